"""Who is owed what, read from the results of a population run.

Money is fen.  A line is *certain* as far as its `paid_low` goes; what lies between that and
`paid_high` is *possible*; a line without a highest sum is *open* and counted, not added up.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from huijiang.picture.waits import Wait, Waits
from tiaowen.check.library import Library
from tiaowen.plan import terms as t
from tiaowen.plan.rules import DocumentPlan, Rule
from tiaowen.population.results import relation_of
from tiaowen.population.store import Connection, open_tables
from tiaowen.report.money import Sum

PERSON, ORGANISATION, OTHER = "person", "organisation", ""
MADE: Final = """
CREATE TABLE owed (key VARCHAR, kind VARCHAR, payee VARCHAR, sure BOOLEAN, low BIGINT, high BIGINT)
"""
TAKEN: Final = """
INSERT INTO owed
SELECT $1, $2, CASE WHEN $2 = '' THEN NULL ELSE payee END, verdict IS TRUE, paid_low, paid_high
FROM "rule lines" WHERE verdict IS NOT FALSE AND paid_high IS DISTINCT FROM 0
"""
PLACED: Final = """
CREATE VIEW placed AS
SELECT owed.*, CASE WHEN owed.kind = 'person' THEN coalesce(nullif(p.works_in, '∅'), f.place)
                    ELSE o.place END AS place,
       CASE WHEN owed.kind = 'organisation' THEN coalesce(o.kind, '') ELSE owed.kind END AS who
FROM owed LEFT JOIN "fact organisation" o ON owed.kind = 'organisation' AND o.id = owed.payee
LEFT JOIN "fact person" p ON owed.kind = 'person' AND p.id = owed.payee
LEFT JOIN "fact organisation" f ON f.id = p.employer
"""
MEASURES: Final = """
sum(low)::BIGINT, sum(coalesce(high, low))::BIGINT, count(*) FILTER (high IS NULL),
count(DISTINCT payee) FILTER (sure), count(DISTINCT payee) FILTER (NOT sure), count(*)
"""
HOW_MANY: Final = """
SELECT kind, count(*) FILTER (sure), count(*) FILTER (NOT sure) FROM (
  SELECT kind, payee, bool_or(sure AND low > 0) AS sure FROM owed WHERE payee IS NOT NULL GROUP BY kind, payee)
GROUP BY kind
"""


@dataclass
class Owed:
    """What one benefit, place or kind of payee comes to.  `sure` and `maybe` count payees, `claims` lines."""

    key: str
    sum: Sum
    sure: int
    maybe: int
    claims: int

    @property
    def possible(self) -> int:
        return self.sum.high - self.sum.low


@dataclass
class County:
    """All that the page says of money.  `payees`: kind → (surely paid something, perhaps)."""

    benefits: list[Owed]
    places: list[Owed]
    who: list[Owed]
    payees: dict[str, tuple[int, int]]
    waits: list[Wait]
    rules: dict[str, Rule]
    plans: dict[str, DocumentPlan]
    region: str

    @property
    def total(self) -> Sum:
        found = Sum()
        for each in self.benefits:
            found.join(each.sum)
        return found

    def funds(self) -> list[tuple[str, Sum, dict[str, Sum]]]:
        """Fund, what it pays, and what of it goes to persons, organisations, or a payee that is not settled."""
        found: dict[str, tuple[Sum, dict[str, Sum]]] = {}
        for each in self.benefits:
            rule = self.rules[each.key]
            fund = "" if rule.fund == "undetermined" else rule.fund
            whole, parts = found.setdefault(fund, (Sum(), {kind: Sum() for kind in (PERSON, ORGANISATION, OTHER)}))
            whole.join(each.sum)
            parts[kind_of(rule)].join(each.sum)
        return sorted(((fund, *both) for fund, both in found.items()), key=lambda row: (-row[1].low, -row[1].high))


def kind_of(rule: Rule) -> str:
    """Whether a benefit pays persons or organisations; empty where the text leaves it open."""
    name = rule.pays.type.name if isinstance(rule.pays, t.Term) else ""
    return name if name in (PERSON, ORGANISATION) else OTHER


def read_county(
    connection: Connection, library: Library, plans: Iterable[DocumentPlan], folder: Path, out: Path, region: str
) -> County:
    """Read the finished results in `out` over the facts in `folder`; `region` is a code.  Raises PopulationError."""
    by_id = {plan.id: plan for plan in plans}
    rules = {rule.key: rule for plan in by_id.values() for rule in plan.rules.values() if rule.kind == "benefit"}
    connection.execute(MADE)
    open_tables(connection, library.vocabulary, folder)
    waits = Waits(connection, library.vocabulary)
    for key, rule in rules.items():
        relation_of(connection, out, key).create_view("rule lines", replace=True)
        connection.execute(TAKEN, [key, kind_of(rule)])
        waits.add(rule)
    connection.execute(PLACED)
    order = {key: at for at, key in enumerate(rules)}
    benefits = _owed(connection, "owed", "key")
    payees = {str(kind): (int(a), int(b)) for kind, a, b in connection.execute(HOW_MANY).fetchall()}
    return County(
        sorted(benefits, key=lambda each: (-each.sum.low, -each.sum.high, order[each.key])),
        _largest_first(_owed(connection, "placed", "coalesce(nullif(place, '∅'), '')")),
        _largest_first(_owed(connection, "placed", "who")),
        payees, waits.every(), rules, by_id, region,
    )  # fmt: skip


def _owed(connection: Connection, relation: str, by: str) -> list[Owed]:
    found = []
    for key, *rest in connection.table(relation).aggregate(f"{by}, {MEASURES}", by).fetchall():
        low, high, opened, sure, maybe, claims = (int(each) for each in rest)
        found.append(Owed(str(key), Sum(low, high, opened), sure, maybe, claims))
    return found


def _largest_first(found: list[Owed]) -> list[Owed]:
    return sorted(found, key=lambda each: (-each.sum.low, -each.sum.high, each.key))
