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
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tiaowen.check.library import Library
from tiaowen.plan.rules import DocumentPlan
from tiaowen.population.errors import PopulationError
from tiaowen.population.ledger import LEDGER, write_whole
from tiaowen.population.running import FolderRun, Shared, Told, Work
from tiaowen.population.store import connect
from tiaowen.population.units import Unit, units

SUMMARY = "summary.json"
LOCK = ".lock"
SCRATCH = ".scratch-"


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
    told: Told | None = None, shared: Shared | None = None, keep: bool = True,
) -> FolderRun:  # fmt: skip
    """Run all documents of a place over `folder`, write to `out`; going on where a run was killed.

    `on`: the day of the question (default: the manifest's, else today).  `since`: the folder of an
    earlier run; a rule whose definition and whose tables are unchanged is linked from it, whatever
    place or release that run was of; one whose definition is unchanged is brought up to date row by
    row where it can be told which rows a change reaches.  `shared`: what this process has worked out
    over the same facts and day, to be given to each run of them.  `keep`: whether the facts are kept
    for a later `since`.  `told(done, all, what)` is called after each unit.
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
    with running(library, every, folder, out, on=on, memory=memory, threads=threads, since=since) as work:
        work.ledger.region = region
        work.keep = keep
        if shared is not None:
            work.shared = shared
        found = work.run(told)
    found.left_out = [f"{plan.id}#{s.id}" for plan in plans for s in plan.stackings.values() if s.across]
    _write_summary(out, found)
    return found


@contextmanager
def running(
    library: Library, every: Sequence[Unit], folder: Path, out: Path, *, on: dt.date | None = None,
    memory: str = "1GB", threads: int | None = None, since: Path | None = None,
) -> Iterator[Work]:  # fmt: skip
    """Units made ready to run in a folder that nobody else writes to meanwhile."""
    out.mkdir(parents=True, exist_ok=True)
    with _locked(out), _scratch(out) as scratch:
        connection = connect(memory, scratch, threads)
        try:
            yield Work(library, folder, out, scratch, connection, every, since, on)
        finally:
            connection.close()


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


__all__ = ["SUMMARY", "FolderRun", "Shared", "Told", "plans_of", "run_folder", "running"]
