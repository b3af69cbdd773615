"""What each event is paid under where benefits exclude each other, before and after.

An event that falls under several benefits of which not all are paid has a *choice*: the
benefits that pay it in the end, and those that fell away with the rule that took them.
A what-if moves choices; here they are counted, with the money, and a few are shown
without saying whose they are.  Money is fen, sure sums only.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tiaowen.plan.rules import DocumentPlan, Stacking
from tiaowen.population.results import relation_of
from tiaowen.population.run_folder import FolderRun
from tiaowen.population.store import Connection

EXAMPLES = 3  # of each move

MADE = """
CREATE OR REPLACE TABLE chosen (side BIGINT, stacking VARCHAR, turn BIGINT, benefit VARCHAR, event VARCHAR, row VARCHAR,
                                low BIGINT, paid BIGINT, fell VARCHAR, payee VARCHAR)
"""
LINES = """
INSERT INTO chosen
SELECT $1, $2, $3, $4, $5, row, sum(low), sum(paid_low),
       coalesce(max(list_filter(fallen, lambda each: starts_with(each, $2 || '|'))[-1]), ''), max(payee)
FROM "rule lines" WHERE verdict IS TRUE AND row IS NOT NULL AND (low > 0 OR len(fallen) > 0)
GROUP BY row
"""
# an event counts when this stacking took something from it, before or after
MOVES = """
CREATE OR REPLACE TABLE moves AS
WITH disputed AS (SELECT DISTINCT event, row FROM chosen WHERE fell <> ''),
sides AS (
  SELECT c.side, c.event, c.row,
         coalesce(string_agg(benefit, '|' ORDER BY turn) FILTER (paid > 0), '') AS paid_as,
         coalesce(string_agg(benefit || '=' || fell || '=' || low, '\x1f' ORDER BY turn) FILTER (fell <> ''), '') AS rest,
         sum(paid)::BIGINT AS money
  FROM chosen c JOIN disputed d ON c.event = d.event AND c.row = d.row GROUP BY ALL)
SELECT d.event, d.row, coalesce(b.paid_as, '') AS before, coalesce(a.paid_as, '') AS after,
       coalesce(b.money, 0) AS money_before, coalesce(a.money, 0) AS money_after,
       coalesce(b.rest, '') AS rest_before, coalesce(a.rest, '') AS rest_after
FROM disputed d
LEFT JOIN (FROM sides WHERE side = 0) b ON b.event = d.event AND b.row = d.row
LEFT JOIN (FROM sides WHERE side = 1) a ON a.event = d.event AND a.row = d.row
"""
COUNTED = """
SELECT before, after, count(*), sum(money_before)::HUGEINT, sum(money_after)::HUGEINT
FROM moves GROUP BY before, after ORDER BY (before = after), count(*) DESC, before, after
"""
SHOWN = """
SELECT count(*), money_before, money_after, rest_before, rest_after FROM moves WHERE before = $1 AND after = $2
GROUP BY ALL ORDER BY count(*) DESC, money_before, money_after, rest_before, rest_after LIMIT $3
"""


@dataclass(frozen=True)
class Fell:
    """A benefit that fell away: what took it, by which benefit (empty: a difference), and what it would have paid."""

    benefit: str
    how: str
    by: str
    low: int


@dataclass(frozen=True)
class Example:
    """Events that are alike, without saying whose: what each is paid, and what fell away."""

    events: int
    money_before: int
    money_after: int
    fell_before: tuple[Fell, ...]
    fell_after: tuple[Fell, ...]


@dataclass(frozen=True)
class Move:
    """Events paid under `before` that are paid under `after`: keys of benefits, in the order of the stacking."""

    before: tuple[str, ...]
    after: tuple[str, ...]
    events: int
    money_before: int
    money_after: int
    examples: tuple[Example, ...] = ()

    @property
    def moved(self) -> bool:
        return self.before != self.after


@dataclass(frozen=True)
class Choice:
    """One stacking that excludes, as it stands before or after (`made`, `gone`: only one of them has it)."""

    key: str
    clause: str
    rule: str
    because: str
    moves: tuple[Move, ...]
    made: bool = False
    gone: bool = False


@dataclass(frozen=True)
class Results:
    """One side: its plans, its run, where the lines are."""

    plans: list[DocumentPlan]
    run: FolderRun
    out: Path

    def stackings(self) -> dict[str, tuple[DocumentPlan, Stacking]]:
        """Those that can take a benefit away, by `document#id`."""
        return {f"{plan.id}#{each.id}": (plan, each) for plan in self.plans for each in plan.stackings.values()
                if not each.across and each.rule != "all are paid"}  # fmt: skip


def choices(connection: Connection, base: Results, scenario: Results) -> list[Choice]:
    """How the choices of each stacking move; stackings none of whose benefits changed are left out."""
    before, after = base.stackings(), scenario.stackings()
    found = []
    for key in dict.fromkeys((*before, *after)):
        plan, stacking = after.get(key) or before[key]
        between = list(dict.fromkeys(name for side in (before, after) if key in side for name in side[key][1].between))
        if not _changed(plan.id, between, base, scenario):
            continue
        connection.execute(MADE)
        for number, side in enumerate((base, scenario)):
            _take(connection, number, side, plan.id, stacking.id, between)
        moves = _moves(connection, plan.id)
        if moves:
            found.append(Choice(key, stacking.clause, stacking.rule, stacking.because, tuple(moves),
                                made=key not in before, gone=key not in after))  # fmt: skip
    return found


def _changed(document: str, between: list[str], base: Results, scenario: Results) -> bool:
    def addresses(side: Results) -> list[str]:
        rules = side.run.ledger.rules
        return [rules[key].address if (key := f"{document}#{name}") in rules else "" for name in between]

    return addresses(base) != addresses(scenario)


def _take(connection: Connection, number: int, side: Results, document: str, stacking: str, between: list[str]) -> None:
    plan = next((each for each in side.plans if each.id == document), None)
    for at, name in enumerate(between):
        rule = plan.rules.get(name) if plan is not None else None
        if rule is None or rule.kind != "benefit":
            continue
        relation_of(connection, side.out, rule.key).create_view("rule lines", replace=True)
        connection.execute(LINES, [number, stacking, at, rule.key, rule.table])


def _moves(connection: Connection, document: str) -> list[Move]:
    connection.execute(MOVES)
    found = []
    for before, after, events, money_before, money_after in connection.execute(COUNTED).fetchall():
        shown = connection.execute(SHOWN, [before, after, EXAMPLES if before != after else 0]).fetchall()
        examples = tuple(Example(int(alike), int(low), int(high), _fell(document, first), _fell(document, second))
                         for alike, low, high, first, second in shown)  # fmt: skip
        found.append(Move(_keys(before), _keys(after), int(events), int(money_before), int(money_after), examples))
    return found


def _keys(text: str) -> tuple[str, ...]:
    return tuple(text.split("|")) if text else ()


def _fell(document: str, text: str) -> tuple[Fell, ...]:
    found = []
    for each in text.split("\x1f") if text else ():
        benefit, told, low = each.split("=")
        how = told.partition("|")[2]
        said, _, by = how.partition(" by ")
        found.append(Fell(benefit, said, f"{document}#{by}" if by else "", int(low)))
    return tuple(found)
