"""Limits per payee, year or lifetime, and the population that each one counts."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tiaowen.check.amounts import PERIODS
from tiaowen.check.context import BlockRefused, Lowering
from tiaowen.check.typer import TypeProblem, Typer
from tiaowen.language import syntax as s
from tiaowen.language.blocks import Block
from tiaowen.language.expressions import ExpressionError
from tiaowen.language.sentences import LimitSentence, parse_limit
from tiaowen.language.yamltext import Mapping, Node, Scalar
from tiaowen.plan import terms as t
from tiaowen.plan.rules import Limit, Rule
from tiaowen.problems import Spot, problem
from tiaowen.vocabulary.model import Table
from tiaowen.vocabulary.types import DATE
from tiaowen.vocabulary.units import UnitError

MONTHS_IN = {"month": 1, "year": 12}


@dataclass
class LimitReader:
    lowering: Lowering
    typer: Typer
    block: Block
    rule: Rule
    table: Table

    def read(self, node: Node | None) -> tuple[Limit, ...]:
        if node is None:
            return ()
        if not isinstance(node, Mapping):
            self.lowering.refuse("not-a-map", self.block.spot("limits", node), key="limits")
            raise AssertionError
        return tuple(self._limit(label, value) for label, value in node)

    def _limit(self, label: str, node: Node) -> Limit:
        spot = self.block.spot(f"limits · {label}", node)
        if not isinstance(node, Scalar):
            self.lowering.refuse("not-a-sentence", spot, key=label)
            raise AssertionError
        if label.isascii():
            self.lowering.refuse("label-ascii", spot, key=label)
        spot = replace(spot, text=node.text)
        try:
            sentence = parse_limit(node.text, spot)
            kind, most = self._measure(sentence, spot)
            keys = tuple(self._key(key, spot) for key in sentence.keys)
        except (ExpressionError, TypeProblem) as error:
            self.lowering.problems.append(error.problem)
            raise BlockRefused from error
        except UnitError as error:
            self.lowering.say(error.code, spot, **error.values)
            raise BlockRefused from error
        several = self.rule.schedule is not None or "instalments" in self.block.body.entries
        # the highest may still come; all others look back.  Periods of one year come from events of others
        closure = population(self.rule, self.table, keys, whole_year=kind == "highest", by_event=not several)
        by_period = sentence.most is not None and sentence.most.unit in PERIODS
        by_period |= any(t.PERIOD in t.slots_used(key) for key in keys)
        events = kind == "count" and several and not by_period
        return Limit(label, kind, most, keys, closure, node.text, spot, events)

    def _key(self, path: s.Path, spot: Spot) -> t.Term:
        name = path.steps[0].name
        if len(path.steps) == 1 and name in ("payee", "beneficiary", "applicant"):
            term = {"payee": self.rule.pays, "beneficiary": self.rule.beneficiary,
                    "applicant": self.rule.applicant}[name]  # fmt: skip
            if term is None and isinstance(self.rule.pays, t.Term):
                term = self.rule.pays
            if not isinstance(term, t.Term):
                at = replace(spot).at(path.span.start, path.span.end - path.span.start)
                raise TypeProblem(problem("role-open", at, name=name))
            return term
        schedule = self.rule.schedule
        self.typer.in_schedule = schedule is not None and not schedule.spread
        try:
            return self.typer.term(path, spot)
        finally:
            self.typer.in_schedule = False

    def _measure(self, sentence: LimitSentence, spot: Spot) -> tuple[str, int]:
        if sentence.kind != "at most":
            return ("count", 1) if sentence.kind == "once" else (sentence.kind, 0)
        assert sentence.most is not None
        figure = self.lowering.vocabulary.units.figure(sentence.most)
        schedule = self.rule.schedule
        if figure.dimension == "fen":
            return "money", figure.value
        if sentence.most.unit in PERIODS:
            if schedule is None:
                raise TypeProblem(problem("limit-period", spot.at(0, len(spot.text))))
            if figure.dimension == "months" and schedule.every in MONTHS_IN:
                return "count", figure.value // MONTHS_IN[schedule.every]
            if figure.dimension == "days" and schedule.every == "day":
                return "count", figure.value
            raise TypeProblem(
                problem("limit-unit", spot.at(0, len(spot.text)), found=sentence.most.unit, every=schedule.every)
            )
        return "count", figure.value


def population(
    rule: Rule, table: Table, keys: tuple[t.Term, ...], whole_year: bool, by_event: bool = True
) -> t.Closure:
    """Rows that compete for the same threshold or limit: same keys, dated in force.

    A count per year looks at the whole year, a limit at what came before the event.
    `by_event`: a year among the keys is that of the event, so rows of other years don't compete.
    """
    columns: list[tuple[str, t.Term]] = []
    by_year = False
    for key in keys:
        if isinstance(key, t.RowOf) and key.slot == t.EVENT and len(key.hops) == 1:
            columns.append((key.hops[0], key))
        if isinstance(key, t.Call) and key.name == "year" and by_event:
            by_year |= key.args[0] in (t.Moment(DATE, t.EVENT_DATE), rule.date)
    place = ""
    for condition in rule.conditions:
        for part in t.conjuncts(condition.term):
            if (
                isinstance(part, t.InRegion)
                and not part.negated
                and isinstance(part.inner, t.Column)
                and part.inner.slot == t.EVENT
                and part.inner.path == table.place
                and isinstance(part.region, t.Const)
            ):
                place = str(part.region.value)
    moment = t.Moment(DATE, t.EVENT_DATE)
    first = rule.effective
    if rule.since_year and first is not None:
        first = first.replace(month=1, day=1)
    start = t.Const(DATE, first) if first is not None else None
    low: t.Term | None = start
    if by_year:
        year_start = t.Call(DATE, "year_start", (moment,))
        low = t.Call(DATE, "max", (start, year_start)) if start is not None else year_start
    high: t.Term | None = t.Call(DATE, "year_end", (moment,)) if by_year and whole_year else moment
    if whole_year and not by_year:
        high = t.Const(DATE, rule.expires) if rule.expires is not None else None
    if not (isinstance(rule.date, t.Column) and rule.date.slot == t.EVENT and rule.date.path == table.event):
        low = high = None  # a table covers spans of its own date, not of the one that decides here
    return t.Closure(table.id, tuple(columns), place, low, high)
