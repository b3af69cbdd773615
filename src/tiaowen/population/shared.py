"""Event rows that several rules read, taken out of their file once.

Worth it where few rows of a large table are in force: a scan decodes whole columns of text for them.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlglot import exp

from tiaowen.plan import terms as t
from tiaowen.population.expr import Sql, any_of, col, how_many, name
from tiaowen.population.lines import Statement
from tiaowen.population.program import filter_, select
from tiaowen.population.store import Connection, create, sql
from tiaowen.population.world import column_name, facts_of

LARGE = 100_000  # rows: a smaller table is read in no time
FEW = 8  # one row in so many, at most
MINE = column_name(t.EVENT, (), "")  # how what is read of event rows begins


def share_reading(connection: Connection, statements: Iterable[Statement]) -> None:
    """Let statements that read few event rows of the same large table read them from one place.

    Changes their trees; none may have been run.
    """
    readers: dict[str, list[tuple[exp.Select, Sql]]] = {}
    for each in statements:
        places = places_of_events(each.query, each.rule.table)
        if each.read_within is not None and len(places) == 1:
            readers.setdefault(each.rule.table, []).append((places[0], each.read_within))
    for table_id, mine in readers.items():
        if len(mine) > 1:
            _share(connection, table_id, mine)


def _share(connection: Connection, table_id: str, readers: list[tuple[exp.Select, Sql]]) -> None:
    conditions = {within.sql(): within for _, within in readers}
    within = any_of(list(conditions.values()))
    if not _few(connection, table_id, within):
        return
    columns = dict.fromkeys(
        each.name for place, _ in readers for each in place.find_all(exp.Column) if each.table == "r"
    )
    taken = f"events {table_id}"
    create(connection, taken, filter_(select([col(each, "r") for each in columns], facts_of(table_id), "r"), within))
    for place, _ in readers:
        place.args["from_"].this.set("this", name(taken))


def _few(connection: Connection, table_id: str, within: Sql) -> bool:
    """Whether so few of so many rows are within that they are worth being kept."""

    def counted(where: Sql | None) -> int:
        query = filter_(select([how_many()], facts_of(table_id), "r"), where)
        return int(connection.execute(sql(query)).fetchall()[0][0])

    every = counted(None)  # told by the footers of its files
    return every >= LARGE and counted(within.copy()) * FEW <= every


def places_of_events(query: exp.Query, event: str) -> list[exp.Select]:
    """The selects of a statement that read its event rows."""
    return [each for each in query.find_all(exp.Select) if _reads_events(each, event)]


def _reads_events(query: exp.Select, event: str) -> bool:
    source = query.args.get("from_")
    if source is None or not isinstance(source.this, exp.Table) or source.this.name != facts_of(event):
        return False
    return any(isinstance(each, exp.Alias) and each.alias.startswith(MINE) for each in query.expressions)
