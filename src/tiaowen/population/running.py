"""The units of a run in turn: kept, taken over from an earlier run, brought up to date row by row, or run whole."""

from __future__ import annotations

import datetime as dt
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlglot import exp

from tiaowen.check.library import Library
from tiaowen.population.changes import Changes
from tiaowen.population.computing import Made, compute
from tiaowen.population.errors import PopulationError
from tiaowen.population.kept import KEPT, keep_facts, kept_facts
from tiaowen.population.ledger import Finished, Ledger, Worded, address, fingerprint, read_ledger, write_ledger
from tiaowen.population.lines import Statement
from tiaowen.population.partial import Partial
from tiaowen.population.reading import Unbounded, words_in
from tiaowen.population.results import Placed, linked, remove
from tiaowen.population.soundness import claims
from tiaowen.population.store import Connection, Lacks, open_tables, read_manifest
from tiaowen.population.units import Unit, tables_of
from tiaowen.population.wording import Wordings
from tiaowen.population.world import World

Told = Callable[[int, int, str], None]
# rules of units seen over the same facts in this process → the unit, its wording, what came of that
Shared = dict[tuple[int, ...], tuple[Unit, str, Worded]]
OFTEN = 0.1  # seconds between two writings of the ledger: a run that is killed loses no more


@dataclass
class FolderRun:
    """What a run did, by `document#rule`, and what it did not carry.

    `computed` whole, `updated` row by row, `linked` from an earlier run, `kept` from a killed one;
    `beyond`: why a rule could not be brought up to date row by row.
    """

    ledger: Ledger
    computed: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    linked: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    beyond: dict[str, str] = field(default_factory=dict)


@dataclass
class Waiting:
    """A unit that is not finished: what it says, over which facts, and the columns that it reads."""

    unit: Unit
    statements: dict[str, Statement] | None
    definition: str
    address: str
    names: list[str]


class Work:
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
        self.shared: Shared = {}
        self.keep = True
        self.opened: set[str] = set()
        self.columns = {each.name for table in library.vocabulary.tables.values() for each in table.columns.values()}
        self.checked: set[str] = set()
        tables = library.vocabulary.tables
        self.sound = {*self.earlier.sound_of(inputs, tables), *self.before.sound_of(inputs, tables)}
        self.known = {**self.earlier.lacks_of(inputs), **self.before.lacks_of(inputs)}
        self.counted = Lacks(connection, folder, self.tables)
        self.asked: dict[str, bool] = {}  # of columns, since a unit began to be worded
        self.written = 0.0
        self.world = World(library.vocabulary, covers, day, self.lacks)
        self.wordings = Wordings(self.world)

    def lacks(self, name: str, column: str) -> bool:
        """Whether some row does not know a column: from an earlier run over the same file, or counted."""
        if (name, column) not in self.known:
            if name not in self.opened:
                open_tables(self.connection, self.library.vocabulary, self.folder, [name], checked=[name])
                self.opened.add(name)
            self.known[name, column] = self.counted(name, column)
        found = self.asked[f"{name}.{column}"] = self.known[name, column]
        return found

    def open(self, names: list[str]) -> None:
        """Open tables and look whether their rows are sound."""
        if not set(names) <= self.checked:
            self.sound |= set(open_tables(self.connection, self.library.vocabulary, self.folder, names,
                                          checked=self.checked, sound=self.sound))  # fmt: skip
            self.opened |= set(names)
            self.checked |= set(names)

    def run(self, told: Told | None) -> FolderRun:
        found = FolderRun(self.ledger)
        waiting: list[Waiting] = []
        for unit in self.every:
            each = self._asked(unit)
            if self._from(each, self.before, self.out):
                found.kept += unit.keys
            elif self.since is not None and self._from(each, self.earlier, self.since):
                found.linked += unit.keys
            else:
                waiting.append(each)
        self.ledger.unfinished = sorted({*self.before.rules, *self.before.unfinished} - set(self.ledger.rules))
        self._remember()
        done = len(self.every) - len(waiting)
        partial = self._partial(waiting)
        if waiting:
            self.open(tables_of(self.library.vocabulary, [each.unit for each in waiting]))
        for each in waiting:
            if told is not None:
                told(done, len(self.every), "、".join(each.unit.rules))
            if partial is not None and self._updated(partial, each):
                found.updated += each.unit.keys
            else:
                found.computed += each.unit.keys
                made = compute(self.connection, self.world, each.unit, self._says(each), self.scratch)
                self._enter(each, made)
            self._remember(due=False)
            done += 1
        found.beyond = partial.beyond if partial is not None else {}
        if self.keep:  # last: `since` may be this very folder
            keep_facts(self.folder, self.out, self.ledger.inputs, self.since, self.earlier.inputs)
        if told is not None:
            told(done, len(self.every), "")
        self._sweep()
        return found

    def _asked(self, unit: Unit) -> Waiting:
        """What a unit says, where this process has not worked it out before."""
        # dated figures are the vocabulary's, not the rules': another one may say other figures
        known = tuple(
            id(each)
            for each in (self.library.vocabulary, *(unit.plan.rules[name] for name in unit.rules), *unit.stackings)
        )
        statements = None
        if known not in self.shared:
            wording = self.wordings.of(unit)
            found = self._worded(wording)
            if found is None:
                self.asked.clear()
                statements = unit.statements(self.world)
                names = {each.name for one in statements.values() for each in one.query.find_all(exp.Column)}
                found = Worded(
                    unit.address(statements, {}), dict(sorted(self.asked.items())), sorted(names & self.columns)
                )
            self.shared[known] = (unit, wording, found)
        _, wording, worded = self.shared[known]
        self.ledger.wordings[wording] = worded
        inputs = {name: self.ledger.inputs[name] for name in unit.tables(self.library.vocabulary)}
        return Waiting(unit, statements, worded.definition, address(worded.definition, inputs), worded.names)

    def _worded(self, wording: str) -> Worded | None:
        """What an earlier run made of the same words, if rows lack values where they did then."""
        for ledger in (self.before, self.earlier):
            found = ledger.wordings.get(wording)
            if found is not None and all(
                self.lacks(*told.split(".", 1)) is lacks for told, lacks in found.lacks.items()
            ):
                return found
        return None

    def _says(self, each: Waiting) -> dict[str, Statement]:
        """The statements of a unit, to be used up once."""
        found = each.statements or each.unit.statements(self.world)
        each.statements = None
        return found

    def _from(self, each: Waiting, ledger: Ledger, place: Path) -> bool:
        """Take over a unit that is finished, here or in the folder of an earlier run."""
        finished = {key: ledger.done(place, key, each.address) for key in each.unit.keys}
        for key, one in finished.items():
            if one is None:
                return False
            if place is not self.out:
                self._into_place(linked(place, key, self.scratch), key)
            self.ledger.rules[key] = one
        return True

    def _partial(self, waiting: list[Waiting]) -> Partial | None:
        """The units of an earlier run that say the same over rows that are still known."""
        if self.since is None:
            return None
        vocabulary, since = self.library.vocabulary, self.since
        ready = [each for each in waiting
                 if all(self.earlier.defined(since, key, each.definition) for key in each.unit.keys)]  # fmt: skip
        tables = tables_of(vocabulary, [each.unit for each in ready])
        kept = kept_facts(since, self.earlier.inputs, tables)
        ready = [each for each in ready if set(each.unit.tables(vocabulary)) <= kept]
        tables = tables_of(vocabulary, [each.unit for each in ready])
        if not ready:
            return None
        same = {name for name in tables if self.earlier.inputs[name] == self.ledger.inputs[name]}
        columns = {each: self._read(each, {name for one in ready for name in one.names}) for each in tables}
        words = words_in(
            [[*(each.unit.plan.rules[name] for name in each.unit.rules), *each.unit.stackings] for each in ready]
        )
        wanted = {each: columns[each] | self._read(each, words) for each in tables}
        changes = Changes(self.connection, vocabulary, self.folder, since / KEPT, tables, same, wanted)
        self.opened |= set(tables)
        self.checked |= set(tables)
        self.sound |= {claim for name in tables for claim in claims(vocabulary.tables[name], tables)}
        found = Partial(changes, self.world, columns)
        for each in ready:
            read = {name: frozenset(self._read(name, set(each.names))) for name in tables}
            found.take(each.unit, read, self.earlier.rules[each.unit.keys[0]].watched)
        return found

    def _read(self, table: str, names: set[str]) -> set[str]:
        """Columns of a table that somebody may read who reads columns of these names."""
        columns = self.library.vocabulary.tables[table].columns.values()
        return {each.name for each in columns if each.derived is None and each.name in names}

    def _updated(self, partial: Partial, each: Waiting) -> bool:
        """Bring a unit up to date row by row; False where it must be run whole."""
        keys, since = each.unit.keys, self.since
        if since is None or tuple(keys) not in partial.reached:
            return False
        before = {key: self.earlier.rules[key] for key in keys}
        try:
            made = partial.run(each.unit, lambda: self._says(each), before, since, self.scratch)
        except Unbounded as why:
            partial.beyond.update(dict.fromkeys(keys, str(why)))
            return False
        for key in keys:
            made.setdefault(key, Made(linked(since, key, self.scratch), before[key].figures, before[key].watched))
        self._enter(each, made)
        return True

    def _enter(self, each: Waiting, made: dict[str, Made]) -> None:
        """Put the lines of a unit in their place and into the ledger."""
        for key, one in made.items():
            files = self._into_place(one.placed, key)
            self.ledger.rules[key] = Finished(each.address, each.definition, files, one.figures, one.watched)

    def _into_place(self, placed: Placed, key: str) -> dict[str, int]:
        for path in placed.files():
            with path.open("rb") as stream:
                os.fsync(stream.fileno())
        return placed.into(self.out, key)

    def _remember(self, due: bool = True) -> None:
        """The ledger as it stands; files that are there but not finished stay named until they are swept.

        Not `due`: only if some time has passed since it was written.
        """
        if not due and time.monotonic() - self.written < OFTEN:
            return
        self.ledger.lacks = {f"{name}.{column}": lacks for (name, column), lacks in sorted(self.known.items())}
        self.ledger.sound = sorted(self.sound)
        write_ledger(self.out, self.ledger)
        self.written = time.monotonic()

    def _sweep(self) -> None:
        """Files that an earlier run wrote here and this one has no rule for."""
        for key in set(self.ledger.unfinished) - set(self.ledger.rules):
            remove(self.out, key)
        self.ledger.unfinished = []
        self._remember()
