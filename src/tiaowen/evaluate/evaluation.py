"""A whole document over a case: every rule, the stackings, and the other readings."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tiaowen.check.library import Library
from tiaowen.evaluate.facts import Facts
from tiaowen.evaluate.lines import Line, Result, Total, least, plus
from tiaowen.evaluate.runner import Runner
from tiaowen.evaluate.stacking import apply_across, apply_stackings, roles
from tiaowen.plan.rules import DocumentPlan, Question, Rule
from tiaowen.plan.together import closure

MOST_READINGS = 16


@dataclass(slots=True)
class DocumentResult:
    """What one document says of a case, under one choice of readings."""

    plan: DocumentPlan
    results: dict[str, Result]
    runner: Runner


@dataclass(slots=True)
class Payment:
    """What a benefit comes to for one payee: fen, `high` None open, verdict three-valued."""

    rule: Rule
    payee: Any
    low: int
    high: int | None
    verdict: bool | None
    lines: list[Line] = field(default_factory=list)


def evaluate_plan(plan: DocumentPlan, facts: Facts, only: Iterable[str] | None = None) -> DocumentResult:
    """Run the rules of a plan (or just some, with what they depend on)."""
    runner = Runner(facts)
    wanted = set(plan.rules) if only is None else closure(plan, only)
    results = {name: runner.run(plan.rules[name]) for name in plan.order if name in wanted}
    benefits = {name: r for name, r in results.items() if r.rule.kind == "benefit"}
    apply_stackings(runner.compiler, plan.stackings.values(), benefits)
    return DocumentResult(plan, results, runner)


def payments(document: DocumentResult, rule_id: str) -> list[Payment]:
    """The totals of a benefit by payee: exact under unknowns where one limit decides."""
    result = document.results[rule_id]
    compiler = document.runner.compiler
    found: dict[Any, Payment] = {}
    payee_of: dict[int, Any] = {}
    for line in result.lines:
        payee = roles(compiler, line)["payee"]
        payee_of[id(line)] = payee
        key = payee if isinstance(payee, str) or payee is None else id(payee)
        if key not in found:
            found[key] = Payment(result.rule, payee, 0, 0, False)
        at = found[key]
        at.lines.append(line)
        at.low += line.paid_low
        at.high = plus(at.high, line.paid_high)
        at.verdict = _better(at.verdict, line)
    _exact(result, found, payee_of)
    return list(found.values())


def _better(before: bool | None, line: Line) -> bool | None:
    """True if the conditions entitle to some line, unknown if they may."""
    if before is True or line.payable:
        return True
    return None if before is None or line.possible else False


def _exact(result: Result, found: dict[Any, Payment], payee_of: dict[int, Any]) -> None:
    """Narrow the sums by the limits' own totals where a group has one payee.

    Row bounds do not add up to a group's total; the total of each limit is exact.
    Lines that a stacking took away make the totals too wide, never wrong: the
    narrower of both ends is kept, and a low end only when nothing fell afterwards.
    """
    totals: list[list[Total]] = result.totals
    for level in totals:
        high_by: dict[Any, int | None] = {}
        low_by: dict[Any, int] = {}
        whole: dict[Any, bool] = {}
        for total in level:
            payees = {id(payee_of[id(line)]): payee_of[id(line)] for line in total.lines}
            if len(payees) != 1:
                for payee in payees.values():
                    whole[_payee_key(payee)] = False
                continue
            key = _payee_key(next(iter(payees.values())))
            high_by[key] = plus(high_by.get(key, 0), total.high)
            low_by[key] = low_by.get(key, 0) + total.low
            whole.setdefault(key, True)
        for key, high in high_by.items():
            if not whole.get(key):
                continue
            at = found[key]
            at.high = least(at.high, high)
            if level is totals[-1] and not result.stacked and (at.high is None or low_by[key] <= at.high):
                at.low = max(at.low, low_by[key])


def _payee_key(payee: Any) -> Any:
    return payee if isinstance(payee, str) or payee is None else id(payee)


@dataclass
class Evaluation:
    """A place's documents over one case; with `kinds`, only rules of these kinds are run."""

    library: Library
    facts: Facts
    kinds: frozenset[str] = frozenset()
    documents: dict[str, DocumentResult] = field(default_factory=dict)
    _joined: bool = False
    _variants: dict[tuple[str, tuple[tuple[str, str], ...]], DocumentResult] = field(default_factory=dict)

    def document(self, name: str) -> DocumentResult:
        """The document under the readings that run."""
        if name not in self.documents:
            plan = self.library.plans[name]
            only = [rule.id for rule in plan.rules.values() if rule.kind in self.kinds]
            self.documents[name] = evaluate_plan(plan, self.facts, only if self.kinds else None)
        return self.documents[name]

    def across(self, plans: Iterable[DocumentPlan]) -> None:
        """Apply the stackings that reach over several documents of a place, once."""
        here = {plan.id: plan for plan in plans}
        found = [s for plan in here.values() for s in plan.stackings.values() if s.across]
        if not found or self._joined:
            return
        self._joined = True
        for stacking in found:
            results = {}
            for name in stacking.between:
                document, _, rule = name.rpartition("#")
                owner = document or stacking.document
                if owner in here and rule in self.document(owner).results:
                    results[name] = self.document(owner).results[rule]
            apply_across(self.document(stacking.document).runner.compiler, stacking, results)

    def reading(self, name: str, choice: Mapping[str, str], only: Iterable[str]) -> DocumentResult:
        """The rules that other readings change, run once for all that ask.

        A rule that a reading leaves as it is keeps its result; `only` names what
        the caller will look at.
        """
        key = (name, tuple(sorted(choice.items())))
        plan = self.library.variant(name, dict(choice))
        found = self._variants.get(key)
        wanted = closure(plan, only)
        if found is None or not wanted <= set(found.results):
            about = {
                rule
                for question in choice
                for rule in plan.rules
                if rule in plan.questions[question].about or "all" in plan.questions[question].about
            }
            found = self._variants[key] = evaluate_plan(plan, self.facts, about | set(only))
        return found

    def changes(self, name: str, choice: Mapping[str, str], rule: str) -> bool:
        """Whether a rule, or what its result rests on, differs under other readings."""
        base, plan = self.library.plans[name], self.library.variant(name, dict(choice))
        if closure(base, [rule]) != closure(plan, [rule]):
            return True
        for each in closure(plan, [rule]):
            if plan.rules[each] is not base.rules[each]:
                return True
        return any(
            rule in stacking.between and stacking.rule != base.stackings[stacking.id].rule
            for stacking in plan.stackings.values()
            if stacking.id in base.stackings
        ) or set(plan.stackings) != set(base.stackings)


def questions_of(plan: DocumentPlan, rule: Rule) -> list[Question]:
    """The open questions that name a rule (or all of the document)."""
    return [question for question in plan.questions.values() if rule.id in question.about or "all" in question.about]


def combinations(questions: list[Question]) -> list[dict[str, str]]:
    """Choices to show: every combination while they are few, else one question at a time."""
    count = 1
    for question in questions:
        count *= len(question.readings)
    if count <= MOST_READINGS:
        sets = [[(q.id, reading) for reading in q.readings] for q in questions]
        return [dict(pairs) for pairs in itertools.product(*sets)]
    return [{q.id: reading} for q in questions for reading in q.readings]
