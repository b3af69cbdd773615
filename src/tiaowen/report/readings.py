"""What each reading of the open questions would make of a document's benefits."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tiaowen.evaluate.answers import Answers, by_holder, outcome_of
from tiaowen.evaluate.evaluation import DocumentResult, evaluate_plan
from tiaowen.plan.rules import DocumentPlan
from tiaowen.report.model import QuestionLine, ReadingLine
from tiaowen.report.money import Sum

Advance = Callable[[], None]


def questions(
    answers: Answers, plan: DocumentPlan, rules: Iterable[str], advance: Advance | None = None
) -> dict[str, list[QuestionLine]]:
    """Rule → its questions, each with what every reading makes of all its claims.

    Questions are varied one at a time, all their rules together.
    """
    wanted = list(rules)
    found: dict[str, list[QuestionLine]] = {}
    base = answers.evaluation.document(plan.id)
    for question in plan.questions.values():
        about = [name for name in wanted if name in question.about or "all" in question.about]
        lines: dict[str, list[ReadingLine]] = {name: [] for name in about}
        for reading in question.readings if about else ():
            runs = reading == question.runs
            result = base
            if not runs:
                variant = answers.library.variant(plan.id, {question.id: reading})
                result = evaluate_plan(variant, answers.evaluation.facts, about)
                if advance is not None:
                    advance()
            for name in about:
                if name in result.results:
                    lines[name].append(_line(reading, runs, result, name))
        for name, each in lines.items():
            if each:
                found.setdefault(name, []).append(QuestionLine(question.id, question.asks, each))
    return found


def _line(reading: str, runs: bool, result: DocumentResult, name: str) -> ReadingLine:
    ready = unknown = 0
    total = Sum()
    for lines in by_holder(result, name):
        outcome = outcome_of(lines)
        if outcome not in ("entitled", "unknown"):
            continue
        ready += outcome == "entitled"
        unknown += outcome == "unknown"
        high: int | None = 0
        for line in lines:
            high = None if high is None or line.paid_high is None else high + line.paid_high
        total.add(sum(line.paid_low for line in lines), high)
    return ReadingLine(reading, runs, ready, unknown, total)
