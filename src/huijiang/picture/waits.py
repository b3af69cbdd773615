"""What the possible money waits for: facts that are not known, decisions left to others, amounts left open.

A line waits for a fact where a condition is unknown and a column that it reads is blank: the first
blank one on the way (where a certificate's trainer is not known, neither is the trainer's place).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tiaowen.plan import terms as t
from tiaowen.plan.rules import Rule
from tiaowen.population.expr import Sql, call, case, col, is_null, lit, named, null, op
from tiaowen.population.program import Program, join, select
from tiaowen.population.scope import source
from tiaowen.population.store import Connection, Lacks
from tiaowen.population.world import ROW, World, column_name
from tiaowen.vocabulary.model import Vocabulary

FACT, ROWS, DIRECTORY, DECISION, CONDITION = "fact", "rows", "directory", "decision", "condition"
RANGE, FIGURE = "range", "figure"
MADE: Final = "CREATE TABLE waiting (key VARCHAR, line BIGINT, item VARCHAR, most BIGINT, gap BIGINT)"
ALONE: Final = """
WITH alone AS (SELECT key, line, count(*) AS n FROM waiting GROUP BY key, line)
SELECT item, count(*), coalesce(sum(gap), 0)::BIGINT, count(*) FILTER (gap IS NULL),
       coalesce(sum(gap) FILTER (n = 1), 0)::BIGINT, count(*) FILTER (n = 1), list(DISTINCT key)
FROM waiting JOIN alone USING (key, line) GROUP BY item
"""
Path = tuple[tuple[str, ...], str]


@dataclass(frozen=True)
class Wait:
    """`money` may come of the lines that wait for it; `alone` of those that wait for nothing else; fen.

    kind and subject: fact `table.column`; rows `table`; directory its id; decision and condition
    `document#rule label`;
    range and figure: the amount is certain within bounds, or stands nowhere.
    """

    kind: str
    subject: str
    claims: int
    money: int
    open: int
    alone: int
    alone_claims: int
    benefits: tuple[str, ...]


class Waits:
    """Collects what the lines of benefits wait for; `every` tells, the largest first."""

    def __init__(self, connection: Connection, vocabulary: Vocabulary) -> None:
        self.connection = connection
        self.world = World(vocabulary, (), None, Lacks(connection))
        connection.execute(MADE)

    def add(self, rule: Rule) -> None:
        """Take in the relation `rule lines` of a benefit."""
        columns = self.connection.table('"rule lines"').columns
        terms = {each.label: each.term for each in rule.conditions if f"check:{each.label}" in columns}
        checks = [each.removeprefix("check:") for each in columns if each.startswith("check:")]
        paths = {label: _paths(term) for label, term in terms.items()} if rule.grouping is None else {}
        program = Program()
        wanted: dict[Path, None] = {path: None for each in paths.values() for way in each for path in way}
        relation, _ = source(self.world, program, rule.table, t.EVENT, wanted)
        items = [self._items(rule, label, terms.get(label), paths.get(label, [])) for label in checks]
        amount = case((is_null(col("paid_high")), lit(f"{FIGURE} ")), default=lit(f"{RANGE} "))
        blamed = case((op("is", col("verdict"), lit(True)), call("list_value", amount)),
                      default=call("list_distinct", call("flatten", call("list_value", *items))))  # fmt: skip
        query = select(
            [named(lit(rule.key), "key"), named(blamed, "items"), named(col("paid_high"), "most"),
             named(op("-", col("paid_high"), col("paid_low")), "gap"), named(col("verdict"), "verdict")],
            "rule lines", "l",
        )  # fmt: skip
        join(query, relation, "e", op("is", col("row"), col(ROW, "e")), left=True)
        open_line = "verdict IS NOT FALSE AND most IS DISTINCT FROM 0 AND gap IS DISTINCT FROM 0"
        found = self.connection.sql(program.statement(query).sql(dialect="duckdb", copy=False))
        found.filter(open_line).create_view("blamed", replace=True)
        self.connection.execute(
            "INSERT INTO waiting SELECT key, line, unnest(items), most, gap FROM "
            "(SELECT key, row_number() OVER () AS line, items, most, gap FROM blamed)"
        )

    def _items(self, rule: Rule, label: str, term: t.Term | None, ways: list[list[Path]]) -> Sql:
        """What an unknown condition waits for, as a list; empty where it is known."""
        blank: list[Sql] = []
        for way in ways:
            pairs = []
            for hops, column in way:
                table = self.world.target(rule.table, hops)
                pairs.append((is_null(col(column_name(t.EVENT, hops, column), "e")), lit(f"{FACT} {table}.{column}")))
            blank.append(case(*pairs, default=null("VARCHAR")))
        known = call("list_value", *blank) if blank else call("list_value", null("VARCHAR"))
        rest = lit(_otherwise(rule, label, term))
        told = case((op(">", call("len", call("list_distinct", known)), lit(0)), call("list_distinct", known)),
                    default=call("list_value", rest))  # fmt: skip
        return case((is_null(col(f"check:{label}", "l")), told), default=call("list_value"))

    def every(self) -> list[Wait]:
        """Each thing that money waits for: the one that settles most by itself first."""
        found = []
        for item, claims, money, opened, alone, alone_claims, keys in self.connection.execute(ALONE).fetchall():
            kind, _, subject = str(item).partition(" ")
            found.append(Wait(kind, subject, claims, money, opened, alone, alone_claims, tuple(sorted(keys))))
        return sorted(found, key=lambda each: (-each.alone, -each.money, -each.claims, each.kind, each.subject))


def _paths(term: t.Term) -> list[list[Path]]:
    """The columns of the event row that a condition reads, each with the references on its way."""
    found: dict[Path, list[Path]] = {}
    for each in t.walk(term):
        if isinstance(each, t.Column) and each.slot == t.EVENT:
            way = [(each.hops[:at], hop) for at, hop in enumerate(each.hops)]
            found[each.hops, each.column] = [*way, (each.hops, each.column)]
        elif isinstance(each, t.RowOf) and each.slot == t.EVENT and each.hops:
            way = [(each.hops[:at], hop) for at, hop in enumerate(each.hops)]
            found[each.hops[:-1], each.hops[-1]] = way
    return list(found.values())


def _otherwise(rule: Rule, label: str, term: t.Term | None) -> str:
    """What a condition waits for when no column of its own row is blank."""
    for each in t.walk(term) if term is not None else ():
        if isinstance(each, t.Open):
            return f"{DECISION} {rule.key} {label}"
        if isinstance(each, t.InDirectory):
            return f"{DIRECTORY} {each.directory}"
        if isinstance(each, t.Exists | t.Aggregate | t.MonthsInRow):
            return f"{ROWS} {each.closure.table}"
    return f"{CONDITION} {rule.key} {label}"
