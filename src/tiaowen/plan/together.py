"""Which rules of a plan hang together: asked by one another, or stacked."""

from __future__ import annotations

from collections.abc import Iterable

from tiaowen.plan.rules import DocumentPlan, Stacking


def closure(plan: DocumentPlan, names: Iterable[str]) -> set[str]:
    """The rules asked for, what their conditions ask, and what they are stacked with."""
    wanted = {name for name in names if name in plan.rules}
    queue = list(wanted)
    while queue:
        name = queue.pop()
        near = set(plan.rules[name].asks)
        for stacking in plan.stackings.values():
            if name in stacking.between and (stacking.rule != "all are paid" or stacking.limits):
                near.update(stacking.between)
        for other in near:
            if other in plan.rules and other not in wanted:
                wanted.add(other)
                queue.append(other)
    return wanted


def may_exclude(stacking: Stacking, other: int, at: int) -> bool:
    """Whether the member at one place can take something away from the member at another."""
    return other < at if stacking.rule in ("in this order", "difference only") else other != at
