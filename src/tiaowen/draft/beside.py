"""An encoded draft against the documents in force above, beside and below it.

Two benefits clash where they read one table, their conditions can hold of one row
together, they pay one payee or use up one beneficiary's claim, and no stacking names both.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import combinations, product

from tiaowen.check.amounts import bounds
from tiaowen.check.demands import demands_of, exclude
from tiaowen.check.intervals import show
from tiaowen.check.library import Library
from tiaowen.check.lints import can_meet, event_parts, opposed, payment_demands, same_holder
from tiaowen.draft.encoded import undetermined
from tiaowen.draft.finding import Finding, finding
from tiaowen.plan import terms as t
from tiaowen.plan.rules import DocumentPlan, Rule

UNTOLD = "undetermined"


def neighbours(library: Library, draft: DocumentPlan, on: dt.date) -> list[DocumentPlan]:
    """Documents in force on a day whose place is the draft's, contains it, or lies in it."""
    regions = library.vocabulary.regions
    above, inside = set(regions.chain(draft.region)), regions.inside(draft.region)
    return [
        plan
        for plan in library.plans.values()
        if plan.id != draft.id and plan.status == "in force" and (plan.region in above or plan.region in inside)
        and (plan.expires is None or plan.expires >= on)
    ]  # fmt: skip


def in_neighbours(library: Library, document: str, on: dt.date) -> Iterator[Finding]:
    """Double payments and duties that contradict each other, in the draft's order."""
    draft = library.plans[document]
    around = neighbours(library, draft, on)
    settled = _settled(library)
    for mine in draft.rules.values():
        for plan in around:
            for other in plan.rules.values():
                if other.kind != mine.kind or other.table != mine.table:
                    continue
                if mine.kind == "benefit" and frozenset((mine.key, other.key)) not in settled:
                    yield from _payments(library, draft, mine, plan, other)
                if mine.kind == "duty":
                    yield from _duties(library, mine, plan, other)


def _settled(library: Library) -> set[frozenset[str]]:
    """Pairs that some stacking of either document names."""
    found = set()
    for plan in library.plans.values():
        for stacking in plan.stackings.values():
            names = [name if "#" in name else f"{plan.id}#{name}" for name in stacking.between]
            found |= {frozenset(pair) for pair in combinations(names, 2)}
    return found


def _payments(library: Library, draft: DocumentPlan, mine: Rule, plan: DocumentPlan, other: Rule) -> Iterator[Finding]:
    untold = UNTOLD in (mine.pays, other.pays) and "nobody" not in (mine.pays, other.pays)
    if not untold and not same_holder(mine, other):
        return
    parts = {"mine": event_parts(mine), "other": event_parts(other)}
    if _contradict(mine, other, parts["mine"], parts["other"]):
        return
    vocabulary = library.vocabulary
    if not can_meet(payment_demands(draft, mine, vocabulary), payment_demands(plan, other, vocabulary), vocabulary):
        return
    if _places_apart(library, mine, other):
        return
    code = "pays-twice-maybe" if untold else "pays-twice"
    yield finding(code, mine.clause, f"{mine.id}/{other.id}", mine.spot.line, name=mine.name, other=other.name,
                  number=plan.number, clause=other.clause, mine=_amount(mine), theirs=_amount(other))  # fmt: skip


def _contradict(mine: Rule, other: Rule, first: set[t.Term], second: set[t.Term]) -> bool:
    """Word for word; what one rule asks of another of its own document says nothing across."""
    if mine.id == other.id:
        return False
    asked = {name for name in (*mine.asks, *other.asks) if name in (mine.id, other.id)}
    return not asked and opposed(mine, other, {mine.id: first, other.id: second})


def _places_apart(library: Library, mine: Rule, other: Rule) -> bool:
    """Whether the two place one column in regions without a common part."""
    regions = library.vocabulary.regions
    for one, two in product(_places(mine), _places(other)):
        if one[0] == two[0] and two[1] not in regions.inside(one[1]) and one[1] not in regions.inside(two[1]):
            return True
    return False


def _places(rule: Rule) -> list[tuple[t.Term, str]]:
    return [
        (part.inner, str(part.region.value))
        for condition in rule.conditions
        for part in t.conjuncts(condition.term)
        if isinstance(part, t.InRegion) and not part.negated and isinstance(part.region, t.Const)
    ]


def _amount(rule: Rule) -> str:
    amounts = [rule.amount] if rule.amount is not None else [each.amount for each in rule.instalments]
    if any(undetermined(each) for each in amounts):
        return "数额未写明‖amount not stated"
    ends = [bounds(each) for each in amounts]
    highs = [high for _, high in ends]
    return show(sum(low for low, _ in ends), None if None in highs else sum(h for h in highs if h is not None))


def _duties(library: Library, mine: Rule, plan: DocumentPlan, other: Rule) -> Iterator[Finding]:
    """Two duties over one table of which no row can do both."""
    for one, two in product(mine.must, other.must):
        vocabulary = library.vocabulary
        first = demands_of(one.term, one.label, one.spot, vocabulary)
        second = demands_of(two.term, two.label, two.spot, vocabulary)
        if first and second and exclude([*first, *second], vocabulary):
            yield finding("duty-clash", mine.clause, f"{mine.id}/{other.id}", mine.spot.line, name=mine.name,
                          other=other.name, number=plan.number, clause=other.clause, mine=one.label,
                          theirs=two.label)  # fmt: skip
