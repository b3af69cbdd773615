"""Event rows that several rules read, taken out of their file once.

Worth it where few rows of a large table are in force: a scan decodes whole columns of text for them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlglot import exp

from tiaowen.population.expr import Sql, any_of, col, how_many, name
from tiaowen.population.lines import Statement
from tiaowen.population.program import filter_, select
from tiaowen.population.store import Connection, create, sql
from tiaowen.population.world import EVENTS, facts_of

LARGE = 100_000  # rows: a smaller table is read in no time
FEW = 8  # one row in so many, at most
AGAIN = 1.25  # how many columns may be read for one, at most


@dataclass(frozen=True)
class Reader:
    """Where a statement reads event rows, which of them it needs, and what it needs of them."""

    place: exp.Select
    kept: Sql
    columns: frozenset[str]


def share_reading(connection: Connection, statements: Iterable[Statement]) -> None:
    """Let statements that read few event rows of the same large table read them from one place.

    Changes their trees; none may have been run.
    """
    reading: dict[str, list[Statement]] = {}
    for each in statements:
        if each.read_within is not None:
            reading.setdefault(each.rule.table, []).append(each)
    for table_id, mine in reading.items():
        if len(mine) > 1 and _few(connection, table_id, _any(each.read_within for each in mine)):
            _share(connection, table_id, [each for told in mine for each in _reader(told)])


def _reader(statement: Statement) -> list[Reader]:
    """A statement that reads its event rows in one place."""
    places = places_of_events(statement.query, statement.rule.table)
    if statement.read_kept is None or len(places) != 1:
        return []
    columns = frozenset(each.name for each in places[0].find_all(exp.Column) if each.table == EVENTS)
    return [Reader(places[0], statement.read_kept, columns)]


def _share(connection: Connection, table_id: str, readers: list[Reader]) -> None:
    """Those that need the same rows share these alone, unless most columns would be read several times then."""
    alike: dict[str, list[Reader]] = {}
    for each in readers:
        alike.setdefault(each.kept.sql(), []).append(each)
    together, *apart = (_columns(each) for each in (readers, *alike.values()))
    groups = list(alike.values()) if sum(map(len, apart)) <= AGAIN * len(together) else [readers]
    for n, group in enumerate(groups):
        if len(group) > 1:
            taken = f"events {table_id} {n}"
            query = select([col(each, EVENTS) for each in _columns(group)], facts_of(table_id), EVENTS)
            create(connection, taken, filter_(query, _any(each.kept for each in group)))
            for each in group:
                each.place.args["from_"].this.set("this", name(taken))


def _columns(readers: list[Reader]) -> list[str]:
    return sorted(frozenset().union(*(each.columns for each in readers)))


def _any(conditions: Iterable[Sql | None]) -> Sql:
    return any_of({each.sql(): each for each in conditions if each is not None}.values())


def _few(connection: Connection, table_id: str, within: Sql) -> bool:
    """Whether so few of so many rows are within that they are worth being kept."""

    def counted(where: Sql | None) -> int:
        query = filter_(select([how_many()], facts_of(table_id), EVENTS), where)
        return int(connection.execute(sql(query)).fetchall()[0][0])

    every = counted(None)  # told by the footers of its files
    return every >= LARGE and counted(within.copy()) * FEW <= every


def places_of_events(query: exp.Query, event: str) -> list[exp.Select]:
    """The selects of a statement that read its event rows."""
    return [each for each in query.find_all(exp.Select) if _reads_events(each, event)]


def _reads_events(query: exp.Select, event: str) -> bool:
    source = query.args.get("from_")
    if source is None or not isinstance(source.this, exp.Table):
        return False
    return bool(source.this.name == facts_of(event) and source.this.alias == EVENTS)
