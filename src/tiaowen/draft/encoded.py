"""An encoded draft: what its blocks leave open, and what the checker finds."""

from __future__ import annotations

from collections.abc import Iterator

from tiaowen.check.amounts import bounds
from tiaowen.check.library import Library
from tiaowen.draft.finding import Finding, finding
from tiaowen.plan import amounts as a
from tiaowen.plan import terms as t
from tiaowen.plan.rules import DocumentPlan, Rule
from tiaowen.problems import Problem

FRONT = (("effective", "施行日‖effective date"), ("expires", "有效期‖last day"))


def in_blocks(library: Library, document: str) -> Iterator[Finding]:
    """Findings of one document of a thoroughly checked library.  Raises KeyError when it is not there."""
    plan, source = library.plans[document], library.sources[document]
    yield from _front(plan)
    for each in library.problems:
        if each.spot.file == source.read.file:
            yield _said(each)
    yield from _funds(plan)
    for rule in plan.rules.values():
        if rule.kind == "benefit":
            yield from _benefit(rule)
        yield from _conditions(rule)
    for question in plan.questions.values():
        if question.decided in ("", "nobody yet"):
            yield finding(
                "question-open", _clause(question.clause), question.id, question.spot.line, asks=question.asks
            )
    for target in plan.targets:
        token = f"{target.id} {target.row}".strip()
        if not target.lead:
            yield finding("target-without-lead", _clause(target.clause), token, target.spot.line, name=target.name)
        if target.deadline is None and target.years is None:
            yield finding("target-without-date", _clause(target.clause), token, target.spot.line, name=target.name)


def _said(each: Problem) -> Finding:
    code = "check" if each.severity == "error" else "cliff" if each.code == "cliff" else "lint"
    token = " · ".join(part for part in (each.spot.block, each.spot.key) if part)
    said = f"{each.words('zh')}‖{each.words('en')}"
    return finding(
        code, _clause(each.spot.clause), token, each.spot.line, rule=each.code, severity=each.severity, said=said
    )


def _clause(label: str) -> str:
    return "" if label in ("文件头", "") else label


def _front(plan: DocumentPlan) -> Iterator[Finding]:
    missing = [words for key, words in FRONT if getattr(plan, key) is None]
    if not [issuer for issuer in plan.issuers if issuer != "undetermined"]:
        missing.append("发文单位‖issuers")
    if missing:
        keys = "、".join(words.split("‖")[0] for words in missing) + "‖" + ", ".join(w.split("‖")[1] for w in missing)
        yield finding("front-undetermined", "", "", keys=keys)


def _funds(plan: DocumentPlan) -> Iterator[Finding]:
    open_ones = [rule for rule in plan.rules.values()
                 if rule.kind == "benefit" and rule.pays != "nobody" and rule.fund in ("", "undetermined")]  # fmt: skip
    if open_ones:
        names = "、".join(rule.name for rule in open_ones[:6]) + ("…" if len(open_ones) > 6 else "")
        yield finding("fund-undetermined", "", [rule.id for rule in open_ones], n=len(open_ones), names=names)


def _benefit(rule: Rule) -> Iterator[Finding]:
    clause, line = _clause(rule.clause), rule.spot.line
    if rule.pays == "undetermined":
        yield finding("payee-undetermined", clause, rule.id, line, name=rule.name)
    amounts = [rule.amount] if rule.amount is not None else [each.amount for each in rule.instalments]
    if any(undetermined(amount) for amount in amounts):
        yield finding("amount-undetermined", clause, rule.id, line, name=rule.name)
    elif any(bounds(each)[1] is None and not isinstance(each, a.StandardRate) for each in amounts):
        if not any(limit.kind == "money" for limit in rule.limits):
            yield finding("amount-open-above", clause, rule.id, line, name=rule.name)


def undetermined(amount: a.Amount | None) -> bool:
    """Whether some branch of the amount is [0, open)."""
    match amount:
        case a.Fixed(low, high):
            return low == 0 and high is None
        case a.ByCode(_, rows, otherwise):
            return any(undetermined(row) for _, row in rows) or undetermined(otherwise)
        case a.FirstTrue(choices):
            return any(undetermined(row) for _, row, _ in choices)
        case a.Added(added):
            return any(undetermined(row) for _, row in added)
        case a.Provided(inner) | a.PerCount(inner):
            return undetermined(inner)
    return False


def _conditions(rule: Rule) -> Iterator[Finding]:
    for condition in rule.conditions:
        for part in t.conjuncts(condition.term):
            if isinstance(part, t.Open):
                code = "condition-elsewhere" if condition.text == "set elsewhere" else "condition-judged"
                yield finding(code, _clause(rule.clause), f"{rule.id} · {condition.label}", condition.spot.line,
                              name=rule.name, label=condition.label)  # fmt: skip
