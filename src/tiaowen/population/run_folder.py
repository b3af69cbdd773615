"""Whole documents over a folder of Parquet: bounded memory, resumable, only what changed if asked.

`<out>/<document>/<rule>.parquet` holds the lines of a rule with every condition;
`run.json` is the ledger of what is finished, `summary.json` the figures.  A file is
written under another name and renamed when it is whole, then entered in the ledger:
a run that is killed leaves finished files and nothing half done.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlglot import exp

from tiaowen.check.library import Library
from tiaowen.plan.rules import DocumentPlan
from tiaowen.population.errors import PopulationError
from tiaowen.population.expr import col, table
from tiaowen.population.figures import figures
from tiaowen.population.ledger import (
    LEDGER,
    Finished,
    Ledger,
    file_of,
    fingerprint,
    read_ledger,
    write_ledger,
    write_whole,
)
from tiaowen.population.lines import Statement
from tiaowen.population.program import select
from tiaowen.population.rows import lines_of
from tiaowen.population.stackings import apply_stacking
from tiaowen.population.store import Connection, Lacks, connect, create, open_tables, read_manifest, sql
from tiaowen.population.units import Unit, tables_of, units
from tiaowen.population.world import World

SUMMARY = "summary.json"
LOCK = ".lock"
SCRATCH = ".scratch-"
INTERNAL = ("line date", "first row", "index", "doubted")
Told = Callable[[int, int, str], None]


@dataclass
class FolderRun:
    """What a run did, by `document#rule`, and what it did not carry."""

    ledger: Ledger
    computed: list[str] = field(default_factory=list)
    linked: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def plans_of(library: Library, region: str = "", drafts: bool = False) -> list[DocumentPlan]:
    """The documents of a place with its local rules; without a place all of the library."""
    if region:
        code = library.vocabulary.regions.resolve(region)
        if code is None:
            raise PopulationError(
                f"region {region}: 没有这个地区 no such place；应为代码、路径或唯一的名称 a code, path or name"
            )
        return library.in_place(code, drafts)
    allowed = ("in force", "draft") if drafts else ("in force",)
    return [plan for plan in library.plans.values() if plan.status in allowed]


def run_folder(
    library: Library, folder: Path, out: Path, *, region: str = "", drafts: bool = False,
    on: dt.date | None = None, memory: str = "1GB", threads: int | None = None, since: Path | None = None,
    told: Told | None = None,
) -> FolderRun:  # fmt: skip
    """Run all documents of a place over `folder`, write to `out`; going on where a run was killed.

    `on`: the day of the question (default: the manifest's, else today).  `since`: the folder of an
    earlier run; a rule whose definition and whose tables are unchanged is linked from it, whatever
    place or release that run was of.  `told(done, all, what)` is called after each unit.
    Stackings over several documents do not run; they are listed in `left_out`.
    Raises PopulationError (folder, file, column) and Unsupported (rule, construct).
    """
    if not folder.is_dir():
        raise PopulationError(f"{folder.name}: 没有这个文件夹 no such folder")
    if since is not None and not (since / LEDGER).is_file():
        raise PopulationError(f"{since.name}: 没有 {LEDGER}，不是运行的结果 no {LEDGER}: not the folder of a run")
    if out.resolve() == folder.resolve():
        raise PopulationError(f"{out.name}: 结果不能写进事实所在的文件夹 results can't go where the facts are")
    plans = plans_of(library, region, drafts)
    every = [unit for plan in plans for unit in units(plan)]
    out.mkdir(parents=True, exist_ok=True)
    with _locked(out), _scratch(out) as scratch:
        connection = connect(memory, scratch, threads)
        try:
            work = _Work(library, folder, out, scratch, connection, every, since, on)
            work.ledger.region = region
            found = work.run(told)
        finally:
            connection.close()
    found.left_out = [f"{plan.id}#{s.id}" for plan in plans for s in plan.stackings.values() if s.across]
    _write_summary(out, found)
    return found


class _Work:
    """One run: the inputs, what is known of them, and the units in turn."""

    def __init__(
        self, library: Library, folder: Path, out: Path, scratch: Path, connection: Connection,
        every: Sequence[Unit], since: Path | None, on: dt.date | None,
    ) -> None:  # fmt: skip
        self.library, self.folder, self.out, self.scratch = library, folder, out, scratch
        self.connection, self.every, self.since = connection, every, since
        covers, asked = read_manifest(folder)
        today = dt.datetime.now().astimezone().date()
        day = on or asked or today
        self.tables = tables_of(library.vocabulary, every)
        if not any((folder / f"{name}.parquet").exists() for name in library.vocabulary.tables):
            raise PopulationError(
                f"{folder.name}: 没有任何一张表，如 person.parquet no table at all, such as person.parquet"
            )
        inputs = {name: fingerprint(folder, name) for name in self.tables}
        self.before = read_ledger(out)
        self.earlier = read_ledger(since) if since is not None else Ledger()
        self.ledger = Ledger(library.release, "", day.isoformat(), inputs)
        self.opened: set[str] = set()
        self.known = {**self.earlier.lacks_of(inputs), **self.before.lacks_of(inputs)}
        self.counted = Lacks(connection)
        self.world = World(library.vocabulary, covers, day, self.lacks)

    def lacks(self, name: str, column: str) -> bool:
        """Whether some row does not know a column: from an earlier run over the same file, or counted."""
        if (name, column) not in self.known:
            self.open(self.tables)
            self.known[name, column] = self.counted(name, column)
        return self.known[name, column]

    def open(self, names: list[str]) -> None:
        if not set(names) <= self.opened:
            open_tables(self.connection, self.library.vocabulary, self.folder, names)
            self.opened |= set(names)

    def run(self, told: Told | None) -> FolderRun:
        found = FolderRun(self.ledger)
        waiting: list[tuple[Unit, dict[str, Statement], str]] = []
        for unit in self.every:
            statements = unit.statements(self.world)
            inputs = {name: self.ledger.inputs[name] for name in unit.tables(self.library.vocabulary)}
            address = unit.address(statements, inputs)
            if self._from(unit, address, self.before, self.out):
                found.kept += unit.keys
            elif self.since is not None and self._from(unit, address, self.earlier, self.since):
                found.linked += unit.keys
            else:
                waiting.append((unit, statements, address))
        self.ledger.unfinished = sorted({*self.before.rules, *self.before.unfinished} - set(self.ledger.rules))
        self._remember()
        done = len(self.every) - len(waiting)
        if waiting:
            self.open(tables_of(self.library.vocabulary, [unit for unit, _, _ in waiting]))
        for unit, statements, address in waiting:
            if told is not None:
                told(done, len(self.every), "、".join(unit.rules))
            self._compute(unit, statements, address)
            self._remember()
            found.computed += unit.keys
            done += 1
        if told is not None:
            told(done, len(self.every), "")
        self._sweep()
        return found

    def _from(self, unit: Unit, address: str, ledger: Ledger, place: Path) -> bool:
        """Take over a unit that is finished, here or in the folder of an earlier run."""
        finished = {key: ledger.done(place, key, address) for key in unit.keys}
        if any(each is None for each in finished.values()):
            return False
        for key, each in finished.items():
            if each is None:
                continue
            if place is not self.out:
                _link(file_of(place, key), self.scratch / "linked.parquet")
                self._into_place(self.scratch / "linked.parquet", key)
            self.ledger.rules[key] = each
        return True

    def _compute(self, unit: Unit, statements: dict[str, Statement], address: str) -> None:
        alone = len(unit.rules) == 1
        for name, statement in statements.items():  # a rule that stands alone need not be kept in between
            create(self.connection, lines_of(name), statement.query, "VIEW" if alone else "TABLE")
        for stacking in unit.stackings:
            apply_stacking(self.connection, self.world, stacking, unit.members(stacking))
        finished = {}
        for name, key in zip(unit.rules, unit.keys, strict=True):
            relation = self.connection.table(f'"{lines_of(name)}"')
            shown = [col(each) for each in relation.columns
                     if each not in INTERNAL and not each.startswith(("stack:", "cap:"))]  # fmt: skip
            part = self.scratch / f"{name}.parquet"
            self.connection.sql(sql(select(shown, lines_of(name)))).write_parquet(str(part))
            summed = figures(self.connection, part, unit.plan.rules[name])
            finished[key] = (part, Finished(address, part.stat().st_size, summed))
        for key, (part, each) in finished.items():
            self._into_place(part, key)
            self.ledger.rules[key] = each
        for name in unit.rules:
            self._drop(lines_of(name), "VIEW" if alone else "TABLE")
        for stacking in unit.stackings:
            self._drop(f"spans {stacking.id}", "TABLE")
            self._drop(f"capped {stacking.id}", "TABLE")

    def _drop(self, relation: str, kind: str) -> None:
        self.connection.execute(sql(exp.Drop(tables=[table(relation)], kind=kind, exists=True)))

    def _into_place(self, part: Path, key: str) -> None:
        path = file_of(self.out, key)
        path.parent.mkdir(exist_ok=True)
        with part.open("rb") as stream:
            os.fsync(stream.fileno())
        part.replace(path)

    def _remember(self) -> None:
        """The ledger as it stands; files that are there but not finished stay named until they are swept."""
        self.ledger.lacks = {f"{name}.{column}": lacks for (name, column), lacks in sorted(self.known.items())}
        write_ledger(self.out, self.ledger)

    def _sweep(self) -> None:
        """Files that an earlier run wrote here and this one has no rule for."""
        for key in set(self.ledger.unfinished) - set(self.ledger.rules):
            file_of(self.out, key).unlink(missing_ok=True)
        self.ledger.unfinished = []
        self._remember()


def _link(source: Path, path: Path) -> None:
    """The same file under another name; a copy where the file system has no links."""
    try:
        path.hardlink_to(source)
    except OSError:
        shutil.copyfile(source, path)


@contextmanager
def _locked(out: Path) -> Iterator[None]:
    """One run at a time writes to a folder; the system lets go of the lock when a run is killed."""
    with (out / LOCK).open("w") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise PopulationError(
                f"{out.name}: 另一次运行正在写这个文件夹 another run is writing to this folder"
            ) from None
        yield


@contextmanager
def _scratch(out: Path) -> Iterator[Path]:
    """A folder beside the results for what is not finished; what a killed run left goes first."""
    for left in out.glob(f"{SCRATCH}*"):
        shutil.rmtree(left)
    with tempfile.TemporaryDirectory(prefix=SCRATCH, dir=out) as made:
        yield Path(made)


def _write_summary(out: Path, run: FolderRun) -> None:
    ledger = run.ledger
    rules = {key: each.figures for key, each in sorted(ledger.rules.items())}
    money = [each for each in rules.values() if each["kind"] == "benefit"]
    summary = {
        "release": ledger.release,
        "region": ledger.region,
        "on": ledger.on,
        "low": sum(each["low"] for each in money),
        "high": None if any(each["high"] is None for each in money) else sum(each["high"] for each in money),
        "high_known": sum(each["high_known"] for each in money),
        "left_out": run.left_out,
        "rules": rules,
    }
    write_whole(out / SUMMARY, json.dumps(summary, ensure_ascii=False, indent=1) + "\n")
