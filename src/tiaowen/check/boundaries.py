"""Whether a document's cases stand on both sides of its figures, and whether its readings differ.

Nothing here runs when a library is loaded: it needs the cases.  Every case is run
against the plan, so that what is counted is what the engine counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from tiaowen.cases.run import CaseRunner
from tiaowen.cases.suite import Case, Suite
from tiaowen.cases.values import ValueProblem
from tiaowen.check.library import Library
from tiaowen.evaluate.evaluation import evaluate_plan, payments
from tiaowen.evaluate.facts import Facts, Row
from tiaowen.evaluate.targets import measure
from tiaowen.plan import amounts as a
from tiaowen.plan.rules import DocumentPlan, Question, Rule
from tiaowen.problems import Problem, problem


def cases_at_boundaries(library: Library, document: str, suite: Suite) -> list[Problem]:
    """Figures no case stands at, and readings no case tells apart, as warnings.

    A case whose facts can't be read says so when it is run; here it is left out.
    """
    plan = library.plans[document]
    runner = CaseRunner(library, document)
    cases = list(_readable(runner, suite.cases))
    found = []
    for rule in plan.rules.values():
        found += _figures(plan, rule, [facts for case, facts in cases if _names(case, {rule.id})])
    for question in plan.questions.values():
        found += _readings(library, plan, question, cases)
    return found


def _readable(runner: CaseRunner, cases: Iterable[Case]) -> Iterator[tuple[Case, Facts]]:
    for case in cases:
        try:
            yield case, runner.facts(case)
        except ValueProblem:
            continue  # `run` reports it with its sentence


def _names(case: Case, blocks: set[str]) -> bool:
    return any(key.split(" ")[0] in blocks for key in case.expect)


# -- both sides of a figure ------------------------------------------------------
def _figures(plan: DocumentPlan, rule: Rule, facts: list[Facts]) -> list[Problem]:
    """Thresholds, and the figures of `once N` and `beyond N`, that lack a case at N or just below."""
    found = []
    for threshold in rule.thresholds:
        alone = replace(
            rule, thresholds=(threshold,), schedule=None, instalments=(), limits=(), amount=a.Fixed(0, 0), compiled=None
        )
        seen = {line.counts[0] for each in facts for line in _lines(plan, alone, each) if line.counts is not None}
        found += _missing(rule, threshold.label, threshold.least - 1, threshold.least, seen)
    for label, step in steps(rule.amount, rule.name):
        low = step.figure - 1 if step.mode == "once" else step.figure
        seen = {
            line.counts[2] if step.persons else line.counts[0]
            for each in facts for line in _lines(plan, rule, each) if line.counts is not None
        }  # fmt: skip
        found += _missing(rule, label, low, low + 1, seen)
    return found


def _lines(plan: DocumentPlan, rule: Rule, facts: Facts) -> Iterable[Any]:
    changed = replace(plan, rules={**plan.rules, rule.id: rule})
    return evaluate_plan(changed, facts, [rule.id]).results[rule.id].lines


def _missing(rule: Rule, label: str, low: int, high: int, seen: set[int]) -> list[Problem]:
    missing = [n for n in (low, high) if n > 0 and n not in seen]
    if not missing:
        return []
    numbers = "、".join(str(n) for n in missing)
    return [problem("boundary-case", rule.spot, severity="warning", label=label, missing=numbers)]


def steps(amount: a.Amount | None, label: str) -> Iterator[tuple[str, a.PerCount]]:
    """The parts of an amount that turn on a count, with their labels."""
    match amount:
        case a.PerCount(inner, mode, _):
            if mode in ("once", "beyond"):
                yield label, amount
            yield from steps(inner, label)
        case a.Added(rows):
            for name, row in rows:
                yield from steps(row, name)
        case a.FirstTrue(choices):
            for name, row, _ in choices:
                yield from steps(row, name)
        case a.Provided(inner):
            yield from steps(inner, label)


# -- readings ---------------------------------------------------------------------
def _readings(
    library: Library, plan: DocumentPlan, question: Question, cases: list[tuple[Case, Facts]]
) -> list[Problem]:
    blocks = set(question.about)
    if "all" in blocks:
        blocks = {*plan.rules, *(target.id for target in plan.targets)}
    told = [(case, facts) for case, facts in cases if _names(case, blocks)]
    found = []
    for reading in question.readings:
        if reading == question.runs:
            continue
        other = library.variant(plan.id, {question.id: reading})
        if not any(_outcome(plan, facts, blocks) != _outcome(other, facts, blocks) for _, facts in told):
            found.append(
                problem("reading-idle", question.spot, severity="warning", first=question.runs, second=reading)
            )
    return found


def _outcome(plan: DocumentPlan, facts: Facts, blocks: set[str]) -> list[Any]:
    """What the blocks come to, in a form that compares: a block that a reading swaps counts as its twin."""
    wanted = {rule.id for rule in plan.rules.values() if rule.id in blocks or rule.stands_in_for in blocks}
    document = evaluate_plan(plan, facts, wanted)
    found: list[Any] = []
    for rule_id in sorted(wanted):
        rule = plan.rules[rule_id]
        if rule.kind == "benefit":
            paid = [(_name(p.payee), p.low, p.high, p.verdict) for p in payments(document, rule_id)]
            shares = [
                (share.numerator, share.denominator, share.up_to) for share in rule.shares if any(p[3] for p in paid)
            ]
            found.append((rule.stands_in_for or rule_id, sorted(paid, key=str), shares))
        else:
            lines = document.results[rule_id].lines
            said = [(_name(line.row), line.verdict, line.words, [c.outcome for c in line.checks]) for line in lines]
            found.append((rule.stands_in_for or rule_id, said))
    targets = [
        (t.id, t.row, measure(plan, t, facts).value, t.low, t.high, t.deadline, t.years, t.nature, t.lead)
        for t in plan.targets
        if t.id in blocks
    ]
    return [sorted(found, key=str), targets]


def _name(row: object) -> str:
    return row.id if isinstance(row, Row) else str(row)
