"""One person of a folder as a case: their rows, the rows these refer to, and what limits and conditions ask for."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlglot import exp

from tiaowen.check.library import Library
from tiaowen.evaluate.answers import Answer, Answers
from tiaowen.evaluate.evaluation import Evaluation
from tiaowen.evaluate.facts import Facts, Row
from tiaowen.plan import terms as t
from tiaowen.plan.rules import DocumentPlan, Rule
from tiaowen.population.errors import PopulationError
from tiaowen.population.expr import ABSENT_DATE, ABSENT_TEXT, Sql, all_of, col, how_many, is_null
from tiaowen.population.program import filter_, one, select
from tiaowen.population.rows import terms_in
from tiaowen.population.store import Connection, connect, open_tables, read_manifest, sql
from tiaowen.population.world import facts_of
from tiaowen.vocabulary.model import Column, Vocabulary
from tiaowen.vocabulary.types import NONE

PERSON = "person"
MOST = 20_000  # rows that one question about others may bring in
ROUNDS = 3  # the person's rows; what shares a limit with them; the rows of those people
WANTED = "wanted"
Edge = tuple[str, str]  # a table, and its column that refers to a row


@dataclass
class PersonCase:
    """The case, the person's own rows, and the rules that reach over too many rows to be judged from it."""

    facts: Facts
    person: Row
    own: set[tuple[str, str]]
    beyond: dict[str, int] = field(default_factory=dict)

    def concerns(self, answer: Answer) -> bool:
        """Whether an answer is about this person: an event of theirs, a group they are in, money to them."""
        if self.person in (answer.payee, answer.beneficiary, answer.applicant):
            return True
        lines = answer.lines
        if lines[0].row is not None:
            return (lines[0].row.table, lines[0].row.id) in self.own
        members = [member.row for line in lines for member in line.members or [] if member.row is not None]
        return any((row.table, row.id) in self.own for row in members)

    def answers(self, library: Library, region: str, drafts: bool = False) -> list[tuple[Answers, Answer]]:
        """The answers about the person.  `library` is placed, `region` a code; empty: every document."""
        evaluation = Evaluation(library, self.facts)
        said = Answers(library, evaluation, region, drafts)
        found = []
        for plan in plans_in(library, region, drafts):
            for answer in said.of(plan) if region else _alone(said, plan):
                if answer.rule.key not in self.beyond and self.concerns(answer):
                    found.append((said, answer))
        return found


def plans_in(library: Library, region: str, drafts: bool) -> list[DocumentPlan]:
    """The documents that a question is put to."""
    if region:
        return library.in_place(region, drafts)
    allowed = ("in force", "draft") if drafts else ("in force",)
    return [plan for plan in library.plans.values() if plan.status in allowed]


def _alone(said: Answers, plan: DocumentPlan) -> list[Answer]:
    """One document without a place: nothing reaches over documents."""
    return Answers(said.library, said.evaluation, plan.region, True).of(plan)


def read_person(
    library: Library, plans: Iterable[DocumentPlan], folder: Path, person: str, *, on: dt.date | None = None,
    memory: str = "1GB",
) -> PersonCase:  # fmt: skip
    """The case of one person of a folder of Parquet.

    Raises PopulationError for a person who is not there and for what is wrong with the folder.
    """
    vocabulary = library.vocabulary
    covers, asked = read_manifest(folder)
    with tempfile.TemporaryDirectory(prefix="tiaowen-") as scratch:
        connection = connect(memory, Path(scratch))
        try:
            open_tables(connection, vocabulary, folder)
            reach = _Reach(connection, vocabulary, *edges(vocabulary, plans))
            own = reach.around(person)
            tables = reach.rows()
        finally:
            connection.close()
    facts = Facts(vocabulary, tables, list(covers), on or asked or dt.datetime.now().astimezone().date())
    found = next(row for row in tables[PERSON] if row.id == person)
    return PersonCase(facts, found, own, reach.beyond)


def edges(vocabulary: Vocabulary, plans: Iterable[DocumentPlan]) -> tuple[dict[Edge, set[str]], set[Edge]]:
    """Table and reference by which rules look for further rows → the rules that do; and those edges
    that a row's own conditions ask for (the others only hold events that share a limit together).

    A rule that looks through a whole table is entered with an empty column.
    """
    found: dict[Edge, set[str]] = {}
    asked: set[Edge] = set()
    for plan in plans:
        for rule in plan.rules.values():
            for closure in _closures(rule):
                edge = (closure.table, _narrowest(vocabulary, closure))
                found.setdefault(edge, set()).add(rule.key)
            asked |= {(closure.table, _narrowest(vocabulary, closure)) for closure in _asked(rule)}
    return found, asked


def _asked(rule: Rule) -> list[t.Closure]:
    """What conditions, amounts and joined rows look through."""
    inside = [each for term in terms_in(rule) for each in t.walk(term)]
    found = [each.closure for each in inside if isinstance(each, t.Exists | t.Aggregate | t.MonthsInRow)]
    return [*found, *(each.closure for each in rule.joined)]


def _closures(rule: Rule) -> list[t.Closure]:
    """What they and limits, thresholds and groups look through."""
    found = [*_asked(rule), *(each.closure for each in rule.thresholds), *(each.closure for each in rule.limits)]
    return [*found, rule.grouping.closure] if rule.grouping is not None else found


def _narrowest(vocabulary: Vocabulary, closure: t.Closure) -> str:
    """The reference to a person if there is one: nobody has as many rows as a firm may."""
    columns = vocabulary.tables[closure.table].columns
    references = [name for name, _ in closure.keys if name in columns and columns[name].type.kind == "row"]
    people = [name for name in references if columns[name].type.name == PERSON]
    return (people or references or [""])[0]


class _Reach:
    """Ids of the rows to read, found in rounds."""

    def __init__(
        self, connection: Connection, vocabulary: Vocabulary, ties: dict[Edge, set[str]], asked: set[Edge]
    ) -> None:
        self.connection, self.vocabulary, self.ties, self.asked = connection, vocabulary, ties, asked
        self.ids: dict[str, set[str]] = {name: set() for name in vocabulary.tables}
        self.fresh: dict[str, set[str]] = {}
        self.beyond: dict[str, int] = {}

    def around(self, person: str) -> set[tuple[str, str]]:
        """Find everything; gives the person's own rows: those that name them."""
        if not self._matching(PERSON, "id", {person}):
            raise PopulationError(f"person.parquet id: {person}：没有这个人 no such person")
        own = {(PERSON, person)}
        self._add(PERSON, {person})
        for table in self.vocabulary.tables.values():
            for column in _references(table.columns.values()):
                if column.type.name == PERSON:
                    found = self._matching(table.id, column.name, {person})
                    own |= {(table.id, each) for each in found}
                    self._add(table.id, found)
        for (table_id, name), rules in self.ties.items():
            self._unplaced(table_id, name, rules)
        self._forward()
        for number in range(ROUNDS):
            fresh, self.fresh = self.fresh, {}
            for (table_id, name), rules in self.ties.items():
                target = self.vocabulary.tables[table_id].columns[name].type.name if name else ""
                if number and target != PERSON and (table_id, name) not in self.asked:
                    continue  # what shares a limit with others at their firms would lead on to everybody
                if fresh.get(target):
                    self._add(table_id, self._bounded(table_id, name, fresh[target], rules))
            self._forward()
        return own

    def _unplaced(self, table: str, column: str, rules: set[str]) -> None:
        """Rows that may be anybody's; without a column, all rows of a table."""
        where = is_null(col(column)) if column else None
        counted = self.connection.execute(sql(filter_(select([how_many()], facts_of(table)), where))).fetchall()[0][0]
        query = filter_(select([col("id")], facts_of(table)), where)
        if counted > MOST:
            self.beyond.update(dict.fromkeys(rules, int(counted)))
            query = one(query)  # one is enough to know that rows may be anybody's
        self._add(table, {str(each) for (each,) in self.connection.execute(sql(query)).fetchall()})

    def _bounded(self, table: str, column: str, ids: set[str], rules: set[str]) -> set[str]:
        """Rows that refer to some of the ids; too many are left out, with the rules that need them."""
        found = self._matching(table, column, ids)
        if len(found) <= MOST:
            return found
        self.beyond.update(dict.fromkeys(rules, len(found)))
        return set()

    def _add(self, table: str, ids: set[str]) -> None:
        new = ids - self.ids[table]
        self.ids[table] |= new
        self.fresh.setdefault(table, set()).update(new)

    def _forward(self) -> None:
        """Whatever these rows refer to, and so on."""
        pending = {table: set(ids) for table, ids in self.fresh.items()}
        while any(pending.values()):
            table = next(name for name, ids in pending.items() if ids)
            references = _references(self.vocabulary.tables[table].columns.values())
            ids, pending[table] = pending[table], set()
            if not references:
                continue
            rows = self._read(table, [col(column.name) for column in references], "id", ids)
            for at, column in enumerate(references):
                target = column.type.name
                found = {str(row[at]) for row in rows if row[at] is not None and row[at] != ABSENT_TEXT}
                new = found - self.ids[target]
                self._add(target, new)
                pending.setdefault(target, set()).update(new)

    def _matching(self, table: str, column: str, ids: set[str]) -> set[str]:
        return {str(each) for (each,) in self._read(table, [col("id")], column, ids)}

    def _read(self, table: str, columns: list[Sql], by: str, ids: set[str]) -> list[tuple[Any, ...]]:
        """Columns of the rows whose column `by` is one of the ids."""
        self.connection.execute("CREATE OR REPLACE TEMP TABLE wanted AS SELECT unnest($1::VARCHAR[]) AS id",
                                [sorted(ids)])  # fmt: skip
        inside = exp.In(this=col(by), query=exp.Subquery(this=select([col("id")], WANTED)))
        found: list[tuple[Any, ...]] = self.connection.execute(
            sql(filter_(select(columns, facts_of(table)), all_of([inside])))
        ).fetchall()
        return found

    def rows(self) -> dict[str, list[Row]]:
        """The rows as facts, in order of their ids, references joined up."""
        made = {name: {each: Row(name, each, {}) for each in sorted(ids)} for name, ids in self.ids.items() if ids}
        for name, rows in made.items():
            columns = [c for c in self.vocabulary.tables[name].columns.values() if c.derived is None]
            chosen = [col("id"), *(col(column.name) for column in columns)]
            for values in self._read(name, chosen, "id", set(rows)):
                row = rows[str(values[0])]
                for column, value in zip(columns, values[1:], strict=True):
                    if value is not None:
                        row.values[column.name] = _fact(value, column, made)
        return {name: list(rows.values()) for name, rows in made.items()}


def _references(columns: Iterable[Column]) -> list[Column]:
    return [each for each in columns if each.derived is None and each.type.kind == "row"]


def _fact(value: Any, column: Column, made: dict[str, dict[str, Row]]) -> Any:
    """A stored value as a fact: see `store.stored`."""
    if column.type.or_none and value == (ABSENT_DATE if column.type.kind == "date" else ABSENT_TEXT):
        return NONE
    return made[column.type.name][str(value)] if column.type.kind == "row" else value
