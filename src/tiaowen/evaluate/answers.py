"""Answers: per benefit and holder, what is owed, why, and what would change it.

The shape is public and stable: docs/case-format.md.  Money is fen; `high` null is open.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tiaowen.check.library import Library
from tiaowen.evaluate.evaluation import (
    DocumentResult,
    Evaluation,
    questions_of,
)
from tiaowen.evaluate.facts import Facts, Row
from tiaowen.evaluate.lines import Check, Line, plus
from tiaowen.evaluate.stacking import roles
from tiaowen.explain.change import Step, one_more, one_step
from tiaowen.explain.reading import Fact, Missing, Reader
from tiaowen.explain.working import working
from tiaowen.plan import terms as t
from tiaowen.plan.rules import DocumentPlan, Rule

# the outcomes of an answer, best first
OUTCOMES = ("entitled", "unknown", "excluded", "refused", "not in force")
WORDS = {True: "true", False: "false", None: "unknown"}


@dataclass(frozen=True, slots=True)
class Risk:
    """A risk check that found something, or could not tell.  action: stop, ask, score N."""

    id: str
    name: str
    action: str
    outcome: str


@dataclass(slots=True)
class Answer:
    """One benefit (or treatment, duty) for one event or group.

    `low`/`high` are what is left after limits and stacking, `due_*` the part whose
    day has come; `if_low`/`if_high` what it comes to when every open condition is met.
    """

    rule: Rule
    document: DocumentPlan
    lines: list[Line]
    outcome: str
    low: int
    high: int | None
    due_low: int
    due_high: int | None
    if_low: int
    if_high: int | None
    payee: Any
    beneficiary: Any
    applicant: Any
    readings: dict[str, dict[str, tuple[str, int, int | None]]] = field(default_factory=dict)
    risks: list[Risk] = field(default_factory=list)

    @property
    def holder(self) -> str:
        """The event row's id, or the group's keys."""
        line = self.lines[0]
        if line.row is not None:
            return line.row.id
        return " · ".join(_text(part) or "未知" for part in line.key)

    @property
    def checks(self) -> list[Check]:
        """The conditions of the first period or instalment (`periods` has each one's outcome)."""
        return self.lines[0].checks


@dataclass
class Answers:
    """All answers of a place over one case, with explanations on demand."""

    library: Library
    evaluation: Evaluation
    region: str
    drafts: bool = False

    def __iter__(self) -> Iterator[Answer]:
        for plan in self.plans():
            yield from self.of(plan)

    def plans(self) -> list[DocumentPlan]:
        return self.library.in_place(self.region, self.drafts)

    def of(self, plan: DocumentPlan, readings: bool = True) -> list[Answer]:
        """The answers of one document, in the document's order."""
        self.evaluation.across(self.plans())
        result = self.evaluation.document(plan.id)
        found: list[Answer] = []
        for name in plan.rules:
            rule = plan.rules[name]
            if rule.kind not in ("benefit", "treatment", "duty") or name not in result.results:
                continue
            mine = [self._answer(plan, rule, result, lines) for lines in by_holder(result, name)]
            if readings and mine:
                self.read(mine)
            found += mine
        self._risks(result, found)
        return found

    @staticmethod
    def _risks(result: DocumentResult, answers: list[Answer]) -> None:
        """Mark the answers that a risk check stops, questions or scores."""
        for checked in result.results.values():
            rule = checked.rule
            if rule.kind != "risk":
                continue
            hits = {line.row: line.verdict for line in checked.lines if line.verdict is not False}
            for answer in answers if hits else ():
                row = answer.lines[0].row
                if answer.rule.id in rule.checks and row in hits:
                    answer.risks.append(Risk(rule.id, rule.name, rule.action, WORDS[hits[row]]))

    def _answer(self, plan: DocumentPlan, rule: Rule, result: DocumentResult, lines: list[Line]) -> Answer:
        low, due_low, if_low = 0, 0, 0
        high: int | None = 0
        due_high: int | None = 0
        if_high: int | None = 0
        on = self.evaluation.facts.on
        for line in lines:
            if line.verdict is False and line.paid_high == 0:
                continue  # most lines of a roster are refused
            low += line.paid_low
            high = plus(high, line.paid_high)
            if on is None or line.begin is None or line.begin <= on:
                due_low += line.paid_low
                due_high = plus(due_high, line.paid_high)
            if line.verdict is not False:
                if_low += min(line.low, line.paid_high if line.paid_high is not None else line.low)
                if_high = plus(if_high, line.paid_high)
        who = roles(result.runner.compiler, lines[0])
        return Answer(rule, plan, lines, outcome_of(lines), low, high, due_low, due_high, if_low,
                      if_high, who["payee"], who["beneficiary"], who["applicant"])  # fmt: skip

    def read(self, answers: list[Answer]) -> None:
        """Add to all answers of one rule what each reading of each question makes of the same holders.

        Questions are varied one at a time; together while their combinations are few.
        """
        plan, rule = answers[0].document, answers[0].rule
        questions = questions_of(plan, rule)
        if not questions or all(a.outcome in ("refused", "not in force") and _plain(a) for a in answers):
            return
        by_key = {_key(answer.lines): answer for answer in answers}
        for question in questions:
            for reading in question.readings:
                if reading == question.runs or not self.evaluation.changes(plan.id, {question.id: reading}, rule.id):
                    for answer in answers:
                        answer.readings.setdefault(question.id, {})[reading] = (
                            answer.outcome, answer.low, answer.high,
                        )  # fmt: skip
                    continue
                other = self.evaluation.reading(plan.id, {question.id: reading}, [rule.id])
                if rule.id not in other.results:
                    continue
                for lines in by_holder(other, rule.id):
                    found = by_key.get(_key(lines))
                    if found is not None:
                        low = sum(line.paid_low for line in lines)
                        high: int | None = 0
                        for line in lines:
                            high = plus(high, line.paid_high)
                        found.readings.setdefault(question.id, {})[reading] = (
                            outcome_of(lines), low, high,
                        )  # fmt: skip

    # -- explanations -----------------------------------------------------------
    def facts_of(self, answer: Answer, check: Check) -> list[Fact]:
        """The facts that a condition read."""
        condition = self._condition(answer, check)
        if condition is None:
            return []
        return Reader(self._compiler(answer)).facts(condition, answer.lines[0].env)

    def missing_of(self, answer: Answer, check: Check) -> list[Missing]:
        """What would settle an unknown condition."""
        reader, line = Reader(self._compiler(answer)), answer.lines[0]
        if check.kind == "threshold" or answer.rule.grouping is not None:
            found: list[Missing] = []
            for member in line.members or []:
                for inner in member.checks:
                    term = self._condition(answer, inner)
                    if inner.outcome is None and term is not None:
                        found += [m for m in reader.missing(term, member.env) if m not in found]
                if len(found) > 20:
                    break
            return found or [Missing(answer.rule.table, "", "", "登记是否已列全", "")]
        condition = self._condition(answer, check)
        return reader.missing(condition, line.env) if condition is not None else []

    def _condition(self, answer: Answer, check: Check) -> t.Term | None:
        rule = answer.rule
        if check.kind == "must" and 0 <= check.index < len(rule.must):
            return rule.must[check.index].term
        if check.kind in ("fact", "open") and 0 <= check.index < len(rule.conditions):
            return rule.conditions[check.index].term
        if check.kind == "join":
            return None
        if check.kind == "while" and rule.schedule is not None:
            return next((c.term for c in rule.schedule.conditions if c.label == check.label), None)
        if check.kind == "amount" and rule.amount is not None:
            term = getattr(rule.amount, "term", None)
            return term if isinstance(term, t.Term) else None
        return None

    def _compiler(self, answer: Answer) -> Any:
        return self.evaluation.document(answer.document.id).runner.compiler

    def step_of(self, answer: Answer) -> Step | None:
        """The one condition in the way of a refused answer."""
        runner = self.evaluation.document(answer.document.id).runner
        return one_step(runner, answer.lines[0]) if answer.outcome == "refused" else None

    def one_more(self, answer: Answer) -> tuple[int, int | None] | None:
        return one_more(self._compiler(answer), answer.lines[0])

    def working_of(self, answer: Answer) -> list[str]:
        if answer.rule.kind != "benefit":
            return []
        return working(self._compiler(answer), answer.lines)

    # -- the public shape ---------------------------------------------------------
    def as_json(self, answer: Answer, explain: bool = True) -> dict[str, Any]:
        """One answer in the public format."""
        rule, plan = answer.rule, answer.document
        line = answer.lines[0]
        shown: dict[str, Any] = {
            "benefit": rule.key,
            "kind": rule.kind,
            "name": rule.name,
            "document": plan.number,
            "clause": rule.clause,
            "holder": {"table": rule.table, "id": answer.holder},
            "date": line.date.isoformat() if isinstance(line.date, dt.date) else None,
            "outcome": answer.outcome,
            "conditions": [self._check_json(answer, check, explain) for check in answer.checks],
        }
        if rule.kind == "benefit":
            shown |= {
                "payee": _text(answer.payee),
                "beneficiary": _text(answer.beneficiary),
                "applicant": _text(answer.applicant),
                "fund": rule.fund,
                "low": answer.low,
                "high": answer.high,
                "due": {"low": answer.due_low, "high": answer.due_high},
                "if_met": {"low": answer.if_low, "high": answer.if_high},
                "periods": _periods(answer.lines),
                "taken_away": [{"by": label, "how": how} for each in answer.lines
                               for label, how in each.fallen][:20],
            }  # fmt: skip
        if rule.kind == "treatment":
            shown |= {"gives": line.words, "to": _text(answer.payee), "modality": rule.modality}
        if rule.kind == "duty":
            shown |= {"strength": rule.modality}
        if answer.risks:
            shown["risks"] = [
                {"id": risk.id, "name": risk.name, "does": risk.action, "outcome": risk.outcome}
                for risk in answer.risks
            ]
        if answer.readings:
            shown["readings"] = {
                question: {
                    reading: {"outcome": outcome, "low": low, "high": high}
                    for reading, (outcome, low, high) in readings.items()
                }
                for question, readings in answer.readings.items()
            }
        if explain:
            if rule.kind == "benefit":
                shown["working"] = self.working_of(answer)
            step = self.step_of(answer)
            if step is not None:
                shown["one_step"] = {
                    "condition": step.label, "needs": step.needs, "low": step.low,
                    "high": step.high, "on": step.day.isoformat() if step.day else None,
                }  # fmt: skip
        local = self._fixed_by(answer)
        if local:
            shown["fixed_by"] = local
        marks = unverified(self.library, rule)
        if marks:
            shown["unverified"] = marks
        shown["release"] = self.library.release
        return shown

    def _fixed_by(self, answer: Answer) -> list[dict[str, Any]]:
        """The local rules that settle this answer, or may."""
        compiler, env = self._compiler(answer), answer.lines[0].env
        found = []
        for each in answer.rule.fixed_by:
            outcome = True if each.when is None else compiler.fn(each.when)(env)
            if outcome is not False:
                found.append({"fix": each.key, "document": each.number, "clause": each.clause,
                              "outcome": WORDS[outcome]})  # fmt: skip
        return found

    def _check_json(self, answer: Answer, check: Check, explain: bool) -> dict[str, Any]:
        found: dict[str, Any] = {"label": check.label, "outcome": WORDS[check.outcome], "kind": check.kind}
        if explain:
            facts = self.facts_of(answer, check)
            if facts:
                found["facts"] = [
                    {"label": f.label, "value": f.value, "source": f.source, "table": f.table,
                     "row": f.row, "column": f.column} for f in facts
                ]  # fmt: skip
            if check.outcome is None:
                found["missing"] = [
                    {"label": m.label, "table": m.table, "row": m.row, "column": m.column,
                     "source": m.source} for m in self.missing_of(answer, check)
                ]  # fmt: skip
        return found


def by_holder(result: DocumentResult, rule_id: str) -> list[list[Line]]:
    """Lines that belong together: all periods or instalments of one event row or group."""
    found: dict[Any, list[Line]] = {}
    for line in result.results[rule_id].lines:
        found.setdefault(_key([line]), []).append(line)
    return list(found.values())


def _key(lines: list[Line]) -> Any:
    line = lines[0]
    if line.row is not None:
        return line.row
    return tuple(line.key)


def outcome_of(lines: list[Line]) -> str:
    """The best that can be said of a holder's lines."""
    possible = False
    for line in lines:
        if line.verdict is not False and line.paid_high != 0:
            if line.verdict is True:
                return "entitled"
            possible = True
    if possible:
        return "unknown"
    if lines[0].rule.kind != "benefit":
        return _verdict_of(lines[0])
    if any(line.verdict is not False for line in lines):
        return "excluded"
    force = [check for check in lines[0].checks if check.kind == "force"]
    if force and force[0].outcome is False:
        return "not in force"
    return "refused"


def _verdict_of(line: Line) -> str:
    if line.rule.kind == "duty":
        must = [c.outcome for c in line.checks if c.kind == "must"]
        if line.verdict is False:
            return "not applicable"
        if False in must:
            return "not met"
        return "unknown" if line.verdict is None or None in must else "met"
    if line.verdict is True:
        return "entitled"
    if line.verdict is None:
        return "unknown"
    return "not in force" if line.checks[0].outcome is False else "refused"


def _plain(answer: Answer) -> bool:
    """A refusal that no reading is likely to turn: place or kind is wrong from the start."""
    return sum(check.outcome is False for check in answer.checks) > 1


def _periods(lines: list[Line]) -> list[dict[str, Any]]:
    if len(lines) == 1 and lines[0].begin is None:
        return []
    return [
        {"part": line.part, "from": line.begin.isoformat() if line.begin else None,
         "to": line.end.isoformat() if line.end else None, "low": line.paid_low,
         "high": line.paid_high, "outcome": WORDS[line.verdict]}
        for line in lines
    ]  # fmt: skip


def _text(value: Any) -> str | None:
    if value is None:
        return None
    return value.id if isinstance(value, Row) else str(value)


def unverified(library: Library, rule: Rule) -> list[str]:
    """Parameters and directories that the rule depends on and nobody has verified."""
    found = []
    for name in rule.unverified:
        parameter = library.vocabulary.parameters.get(name)
        directory = library.vocabulary.directories.get(name)
        if parameter is not None and not all(row.verified for row in parameter.rows):
            found.append(parameter.label)
        if directory is not None and not all(row.verified for row in directory.rows):
            found.append(directory.label)
    return found


def answer_case(
    library: Library, facts: Facts, region: str, drafts: bool = False, kinds: frozenset[str] = frozenset()
) -> Answers:
    """Evaluate a place's documents over a case (only rules of some `kinds`, if given)."""
    library = library.placed(region, drafts)
    return Answers(library, Evaluation(library, facts, kinds), region, drafts)
