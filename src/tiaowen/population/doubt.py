"""Lines of an unknown key: one of them puts every line of the other members of a stacking in doubt.

So a run over some rows must know whether there are any elsewhere.  A whole run notes a few of
their rows; a run over some rows takes one that has not been reached along.
"""

from __future__ import annotations

from collections.abc import Mapping

from tiaowen.plan.rules import Stacking
from tiaowen.population.expr import Sql, all_of, any_of, col, is_null, lit, named, not_false, op
from tiaowen.population.lines import key_words
from tiaowen.population.program import filter_, select
from tiaowen.population.reading import Unbounded
from tiaowen.population.rows import lines_of
from tiaowen.population.store import Connection, sql

MOST = 40  # rows that are noted
Watched = dict[str, list[str]]


def watch(
    connection: Connection, stacking: Stacking, members: list[str], where: Mapping[str, Sql] | None = None
) -> Watched:
    """`member:key:what` → some rows of lines that may be paid (`live`), and of those whose key is unknown (`stray`).

    To be asked just before the stacking is applied.  `where`: member → which lines are asked about.
    """
    found: Watched = {}
    for member in members:
        some = [where[member]] if where is not None else []
        for key, words in key_words(stacking, member).items():
            if words:
                found[f"{member}:{key}:live"] = _rows(
                    connection, member, all_of([_possible(), *(each.copy() for each in some)])
                )
                stray = all_of([_possible(), is_null(col(key)), *(each.copy() for each in some)])
                found[f"{member}:{key}:stray"] = _rows(connection, member, stray)
    return found


def _possible() -> Sql:
    high = col("paid_high")
    return all_of([not_false(col("verdict")), any_of([is_null(high), op("is not", high, lit(0))])])


def _rows(connection: Connection, member: str, where: Sql) -> list[str]:
    query = filter_(select([named(col("first row"), "id")], lines_of(member)), where).limit(MOST, copy=False)
    return sorted({str(each) for (each,) in connection.execute(sql(query)).fetchall()})


def compare(before: Watched, now: Watched) -> None:
    """Raise Unbounded where there is something now that there was nowhere before: it reaches everybody."""
    for name, rows in now.items():
        if rows and not before.get(name):
            raise Unbounded(f"{name}: {rows[0]}")
