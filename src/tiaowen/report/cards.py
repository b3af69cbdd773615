"""Answers of a place, gathered into cards: one benefit, one state, one kind of payee."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from tiaowen.evaluate.answers import Answer, Answers, unverified
from tiaowen.evaluate.lines import Check
from tiaowen.explain.change import Step
from tiaowen.plan.rules import DocumentPlan, Rule
from tiaowen.report.gaps import Gaps
from tiaowen.report.model import (
    EXCLUDED,
    NEAR,
    NO,
    READY,
    UNKNOWN,
    Card,
    ClaimRow,
    Condition,
    FactLine,
    Loss,
    Paper,
    Refusal,
    StepLine,
)
from tiaowen.report.money import Sum
from tiaowen.report.names import Names

MOST_ROWS = 120  # of one card; the rest is in the workbook of results and the JSON
MOST_EXPLAINED = 400  # claims whose facts are read for a card's conditions
# Not a step that anyone takes: what kind of body it is, and where it is seated.
_FIXED = frozenset({("organisation", "kind"), ("organisation", "place")})


@dataclass
class Cards:
    """Collects the answers of benefits."""

    answers: Answers
    names: Names
    gaps: Gaps
    cards: dict[tuple[str, str, str], Card] = field(default_factory=dict)
    refused: dict[str, Refusal] = field(default_factory=dict)
    reasons: dict[str, Counter[str]] = field(default_factory=dict)
    facts: dict[tuple[int, str, str], Counter[str]] = field(default_factory=dict)
    order: int = 0

    def add(self, plan: DocumentPlan, paper: Paper, answer: Answer) -> None:
        """One answer of a benefit."""
        state, step = self._state(answer)
        if state == NO:
            self._refusal(paper, answer)
            return
        audience = self.names.audience(answer.payee)
        key = (answer.rule.key, state, audience)
        card = self.cards.get(key)
        if card is None:
            self.order += 1
            card = self.cards[key] = self._card(plan, paper, answer.rule, state, audience)
        self._count(card, answer, step)
        if card.explained < MOST_EXPLAINED:
            self._explain(card, answer, state)
        elif state == UNKNOWN:
            self.gaps.add(answer)

    def _state(self, answer: Answer) -> tuple[str, Step | None]:
        match answer.outcome:
            case "entitled":
                return READY, None
            case "unknown":
                return UNKNOWN, None
            case "excluded":
                return EXCLUDED, None
            case "refused":
                stopping = [c for c in answer.checks if c.outcome is False]
                if len(stopping) != 1 or self._fixed(answer, stopping[0]):
                    return NO, None
                step = self.answers.step_of(answer)
                return (NEAR, step) if step is not None else (NO, None)
        return NO, None

    def _fixed(self, answer: Answer, check: Check) -> bool:
        facts = self.answers.facts_of(answer, check)
        return bool(facts) and all((fact.table, fact.column) in _FIXED for fact in facts)

    def _card(self, plan: DocumentPlan, paper: Paper, rule: Rule, state: str, audience: str) -> Card:
        table = self.answers.library.vocabulary.tables[rule.table]
        shares = [share.label for share in rule.shares]
        return Card(rule.key, rule.name, paper, rule.clause, rule.fund, rule.unit_noun or table.noun, state, audience,
                    [], self.order, in_kind=rule.in_kind, shares=shares,
                    unverified=unverified(self.answers.library, rule))  # fmt: skip

    def _count(self, card: Card, answer: Answer, step: Step | None) -> None:
        card.count += 1
        payee = self.names.show(answer.payee) if answer.payee not in (None, "undetermined", "nobody") else ""
        if payee and payee not in card.payees and len(card.payees) < 4:
            card.payees.append(payee)
        if step is not None:
            _step(card, step, self.names.of_label(answer.rule, step.label), self.names.holder(answer))
            return
        if card.state == EXCLUDED:
            for line in answer.lines:
                _losses(card, line.low, line.high, line.fallen)
            return
        card.sum.add(answer.low, answer.high)
        card.due.add(answer.due_low, answer.due_high)
        if (answer.due_low, answer.due_high) != (answer.low, answer.high):
            open_end = answer.high is None or answer.due_high is None
            high = None if open_end else (answer.high or 0) - (answer.due_high or 0)
            card.later.add(answer.low - answer.due_low, high)
        for line in answer.lines:
            if line.fallen and line.verdict is not False:
                low = line.low - line.paid_low if line.verdict is True else 0
                high = None if line.high is None or line.paid_high is None else line.high - line.paid_high
                if low or high:
                    _losses(card, low, high, line.fallen)
        more = self.answers.one_more(answer)
        if more is not None:  # of several groups the last counts: an earlier year gets no more rows
            card.more, card.more_who = (*more, answer.rule.unit_noun), self.names.holder(answer)

    # -- conditions and facts -------------------------------------------------------
    def _explain(self, card: Card, answer: Answer, state: str) -> None:
        card.explained += 1
        row = ClaimRow(self.names.holder(answer), _day(answer), answer.low, answer.high, answer.due_low,
                       answer.due_high, self._place(answer))  # fmt: skip
        if state == UNKNOWN:
            row.low, row.high = answer.if_low, answer.if_high
            row.missing = self.gaps.add(answer)
        for at, check in enumerate(answer.checks):
            condition = self._condition(card, answer, at, check)
            condition.met += check.outcome is True
            condition.unmet += check.outcome is False
            condition.unknown += check.outcome is None
            for fact in self.answers.facts_of(answer, check):
                value = self.names.show(fact.value)
                line = next((each for each in condition.facts if each.label == fact.label), None)
                if line is None:
                    line = FactLine(fact.label, fact.source)
                    condition.facts.append(line)
                self.facts.setdefault((id(card), condition.label, fact.label), Counter())[value] += 1
                row.varying.append((f"{condition.label}\0{fact.label}", value))
        if len(card.rows) < MOST_ROWS:
            row.working = self.answers.working_of(answer)
            card.rows.append(row)

    def _condition(self, card: Card, answer: Answer, at: int, check: Check) -> Condition:
        label = self.names.label(answer.rule, check)
        if at < len(card.conditions) and card.conditions[at].label == label:
            return card.conditions[at]
        found = next((c for c in card.conditions if c.label == label and c.kind == check.kind), None)
        if found is None:
            found = Condition(label, check.kind)
            card.conditions.append(found)
        return found

    def _place(self, answer: Answer) -> str:
        line = answer.lines[0]
        if line.row is not None:
            return self.names.place(line.row)
        return ""

    def _refusal(self, paper: Paper, answer: Answer) -> None:
        rule = answer.rule
        at = self.refused.get(rule.key)
        if at is None:
            self.order += 1
            noun = rule.unit_noun or self.answers.library.vocabulary.tables[rule.table].noun
            at = self.refused[rule.key] = Refusal(rule.name, paper, rule.clause, noun, 0, [], self.order)
            self.reasons[rule.key] = Counter()
        at.count += 1
        stopping = [self.names.label(rule, c) for c in answer.checks if c.outcome is False]
        self.reasons[rule.key].update(dict.fromkeys(stopping or ["金额为零"], 1))

    def finish(self) -> tuple[list[Card], list[Refusal]]:
        """Cards with their facts put together: what is alike once, what differs by row."""
        for card in self.cards.values():
            for condition in card.conditions:
                for line in condition.facts:
                    line.values = self.facts[id(card), condition.label, line.label].most_common()
            varies = {f"{c.label}\0{f.label}" for c in card.conditions for f in c.facts if f.varies}
            for row in card.rows:
                seen: dict[str, str] = {}
                for key, value in row.varying:
                    if key in varies:
                        seen[key.partition("\0")[2]] = value
                row.varying = list(seen.items())
            card.working = card.rows[0].working if card.count == 1 and card.rows else []
            card.rows.sort(key=lambda row: (-row.low, -(row.high or 0), row.who))
            card.missing = list(dict.fromkeys(each for row in card.rows for each in row.missing))
            card.steps.sort(key=lambda step: (not step.days, -step.sum.high, -step.count))
        for key, refusal in self.refused.items():
            refusal.reasons = self.reasons[key].most_common()
        return list(self.cards.values()), sorted(self.refused.values(), key=lambda each: each.order)


def _step(card: Card, step: Step, label: str, who: str) -> None:
    found = next((s for s in card.steps if (s.label, s.needs) == (label, step.needs)), None)
    if found is None:
        found = StepLine(label, step.needs, 0, Sum())
        card.steps.append(found)
    found.count += 1
    found.sum.add(step.low, step.high)
    card.sum.add(step.low, step.high)
    if step.day is not None:
        found.days.append((step.day.isoformat(), who, step.low, step.high))
    elif len(found.who) < MOST_ROWS:
        found.who.append(who)


def _losses(card: Card, low: int, high: int | None, fallen: list[tuple[str, str]]) -> None:
    label, how = fallen[-1] if fallen else ("", "")
    found = next((each for each in card.losses if (each.label, each.how) == (label, how)), None)
    if found is None:
        found = Loss(label, how)
        card.losses.append(found)
    found.count += 1
    found.sum.add(low, high)


def _day(answer: Answer) -> str:
    date = answer.lines[0].date
    return date.isoformat() if hasattr(date, "isoformat") else ""
