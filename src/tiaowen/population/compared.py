"""The rows of one table in which two states of the facts differ.

As far as the ids stand byte for byte where they stood (`standing`), the columns whose bytes differ are laid beside
each other, and no other column is read.  Of the rows after that, most stand where they stood or not: they are laid
beside each other, ids and all, or found by their ids.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlglot import exp

from tiaowen.population.expr import (
    Sql,
    all_of,
    any_of,
    call,
    col,
    how_many,
    is_null,
    lit,
    name,
    named,
    no,
    not_null,
    op,
    same,
)
from tiaowen.population.program import filter_, join, select, union
from tiaowen.population.standing import Standing
from tiaowen.population.store import STANDS, Connection, create, sql
from tiaowen.population.world import facts_of

ELSEWHERE = 4  # one row in four stands elsewhere: ids are looked up, not compared in passing
WAS = "was"  # the schema in which the earlier facts stand under the same names


def moved(table_id: str) -> str:
    return f"moved {table_id}"


def was(relation: str) -> exp.Table:
    return exp.Table(this=name(relation), db=name(WAS))


def of(chosen: Iterable[Sql], source: exp.Expression) -> exp.Select:
    query = exp.Select(expressions=list(chosen))
    query.set("from_", exp.From(this=source))
    return query


def find_moved(connection: Connection, table_id: str, compared: list[str], stands: Standing) -> bool:
    """Make `moved <table>`: the id, whether it was and is there, and of each column whether it moved, before, after.

    Gives whether an id that comes anew still has to be looked for among those that have stayed.
    """
    found: list[exp.Query] = []
    apart = f"apart {table_id}"  # pairs that differ, and rows that stand elsewhere
    pairs: list[exp.Query] = []
    differing = sorted(stands.differing)
    if differing:
        pairs.append(_unlike(connection, table_id, compared, differing, stands.rows))
    rest = [op(">=", col(STANDS), lit(stands.rows))] if stands.rows else []
    in_place = stands.rest and _in_place(connection, table_id, rest)
    every = ["id", *compared]
    if in_place:
        told = [named(col(each, at), f"{at} {each}") for each in every for at in ("a", "b")]
        laid = _beside(table_id, every, every, told, rest)
        pairs.append(filter_(laid, any_of([no(same(col(each, "a"), col(each, "b"))) for each in every])))
    if pairs or not stands.rest:
        create(connection, apart, union(pairs) if pairs else _nothing(table_id, every))
        here = op("is", col("a id"), col("b id"))
        pair = [named(col("a id"), "id"), named(lit(True), "was"), named(lit(True), "now"),
                *(named(no(same(col(f"a {each}"), col(f"b {each}"))), f"moved {each}") for each in compared),
                *(col(f"{at} {each}") for each in compared for at in ("a", "b"))]  # fmt: skip
        found.append(filter_(select(pair, apart), here))
    if stands.rest:
        sides = _elsewhere(apart, every) if in_place else _after(table_id, every, rest)
        found.append(_matched(sides[0], sides[1], compared))
    create(connection, moved(table_id), union(found))
    return in_place or stands.rows > 0


def _in_place(connection: Connection, table_id: str, where: list[Sql]) -> bool:
    """Whether most rows stand where they stood, so that they can be laid beside each other."""
    told = [how_many(), how_many(no(same(col("id", "a"), col("id", "b"))))]
    ((rows, elsewhere),) = connection.execute(sql(_beside(table_id, ["id"], ["id"], told, where))).fetchall()
    return bool(elsewhere * ELSEWHERE <= rows)


def _unlike(
    connection: Connection, table_id: str, compared: list[str], differing: list[str], rows: int
) -> exp.Select:  # fmt: skip
    """Of so many rows that have kept their places, those that differ in one of these columns.

    Only these columns are read of all rows; the others, of those that differ.
    """
    unlike = f"unlike {table_id}"
    every = [STANDS, *differing]
    out_of_line = no(same(col(STANDS, "a"), col(STANDS, "b")))
    laid = _beside(table_id, every, every, [col(STANDS, "b"), named(out_of_line, "astray"),
                                            *(named(col(each, "a"), f"a {each}") for each in differing)],
                   [op("<", col(STANDS), lit(rows))])  # fmt: skip
    unequal = [no(same(col(each, "a"), col(each, "b"))) for each in differing]
    create(connection, unlike, filter_(laid, any_of([out_of_line.copy(), *unequal])))
    astray = filter_(select([how_many()], unlike), col("astray"))
    if connection.execute(sql(astray)).fetchall() != [
        (0,)
    ]:  # files are read from their beginning: nothing else is right
        raise AssertionError(f"{table_id}: the rows of two files were not read in their order")
    told = [named(col("id", "b"), f"{at} id") for at in ("a", "b")]
    told += [named(col(f"a {each}", "u") if at == "a" and each in differing else col(each, "b"), f"{at} {each}")
             for each in compared for at in ("a", "b")]  # fmt: skip
    return join(select(told, facts_of(table_id), "b"), unlike, "u", op("is", col(STANDS, "b"), col(STANDS, "u")))


def _nothing(table_id: str, every: list[str]) -> exp.Select:
    told = [named(col(each), f"{at} {each}") for each in every for at in ("a", "b")]
    return filter_(select(told, facts_of(table_id)), exp.false())


def _beside(
    table_id: str, before: list[str], now: list[str], chosen: list[Sql], where: list[Sql]
) -> exp.Select:  # fmt: skip
    """The rows of both states laid beside each other as they come: `a` as it was, `b` as it is."""
    sources = ((was(facts_of(table_id)), before, "a"), (exp.Table(this=name(facts_of(table_id))), now, "b"))
    sides = [_side(source, columns, at, where) for source, columns, at in sources]
    query = of(chosen, sides[0])
    query.append("joins", exp.Join(this=sides[1], method="POSITIONAL"))
    return query


def _after(table_id: str, every: list[str], where: list[Sql]) -> list[exp.Subquery]:
    """The rows of both states from some place on."""
    sources = ((was(facts_of(table_id)), "a"), (exp.Table(this=name(facts_of(table_id))), "b"))
    return [_side(source, every, at, where) for source, at in sources]


def _elsewhere(apart: str, every: list[str]) -> list[exp.Subquery]:
    """The rows of both states that did not find themselves beside each other."""
    where = no(same(col("a id"), col("b id")))
    return [
        exp.Subquery(
            this=filter_(
                select([named(col(f"{at} {each}"), each) for each in every], apart),
                all_of([not_null(col(f"{at} id")), where.copy()]),
            ),
            alias=exp.TableAlias(this=name(at)),
        )
        for at in ("a", "b")
    ]


def _side(source: exp.Table, columns: list[str], alias: str, where: list[Sql]) -> exp.Subquery:
    rows = filter_(of([col(each) for each in columns], source), all_of([each.copy() for each in where]))
    return exp.Subquery(this=rows, alias=exp.TableAlias(this=name(alias)))


def _matched(before: exp.Subquery, now: exp.Subquery, compared: list[str]) -> exp.Select:
    """Rows of two relations (`a`, `b`) matched by their ids, where they differ or one has none."""
    chosen = [
        named(call("coalesce", col("id", "a"), col("id", "b")), "id"),
        named(not_null(col("id", "a")), "was"), named(not_null(col("id", "b")), "now"),
        *(named(no(same(col(each, "a"), col(each, "b"))), f"moved {each}") for each in compared),
        *(named(col(each, at), f"{at} {each}") for each in compared for at in ("a", "b")),
    ]  # fmt: skip
    query = of(chosen, now)
    query.append("joins", exp.Join(this=before, on=op("is", col("id", "a"), col("id", "b")), side="FULL"))
    differs = [is_null(col("id", "a")), is_null(col("id", "b")),
               *(no(same(col(each, "a"), col(each, "b"))) for each in compared)]  # fmt: skip
    return filter_(query, any_of(differs))
