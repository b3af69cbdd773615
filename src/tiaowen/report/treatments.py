"""Treatments and duties: how many are given or met, how many wait, and for what."""

from __future__ import annotations

from collections import Counter

from tiaowen.evaluate.answers import Answer, Answers
from tiaowen.plan.rules import Rule
from tiaowen.report.gaps import Gaps
from tiaowen.report.model import Paper, Treatment
from tiaowen.report.names import Names

MOST_ASKED = 2_000  # of one treatment: beyond, only some are asked what they wait for, and none is counted
SOME = 60


def treatment(answers: Answers, names: Names, gaps: Gaps, paper: Paper, rule: Rule, found: list[Answer],
              order: int) -> Treatment:  # fmt: skip
    """One treatment or duty over all its rows."""
    counts: Counter[str] = Counter(answer.outcome for answer in found)
    gives: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    waits: dict[str, None] = {}
    facts: dict[tuple[str, str, str], None] = {}
    asked = 0
    all_asked = counts["unknown"] <= MOST_ASKED
    for answer in found:
        if answer.outcome in ("entitled", "unknown"):
            words = answer.lines[0].words
            if words not in ("", "nothing"):
                gives[words] += 1
        if answer.outcome in ("refused", "not met", "not applicable", "not in force"):
            reasons.update({names.label(rule, c) for c in answer.checks if c.outcome is False})
        if answer.outcome == "unknown" and (all_asked or asked < SOME):
            asked += 1
            waits.update(dict.fromkeys(gaps.add(answer) if all_asked else gaps.only_words(answer)))
        if rule.kind == "duty" and answer.outcome in ("met", "not met", "unknown"):
            for check in answer.checks:
                for fact in answers.facts_of(answer, check):
                    facts[fact.label, names.show(fact.value), fact.source] = None
    noun = answers.library.vocabulary.tables[rule.table].noun
    return Treatment(rule.kind, rule.name, paper, rule.clause, noun, [w for w, _ in gives.most_common(6)], dict(counts),
                     list(waits)[:6], reasons.most_common(4), list(facts)[:8], rule.modality, order)  # fmt: skip
