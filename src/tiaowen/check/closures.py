"""What must be covered before "there is no such row" may be said."""

from __future__ import annotations

from tiaowen.plan import terms as t
from tiaowen.vocabulary.model import Table


def closure_of(table: Table, slot: int, where: t.Term | None) -> t.Closure:
    """Read keys, place and dates off the parts of a condition that must all hold."""
    keys: list[tuple[str, t.Term]] = []
    place = ""
    low: t.Term | None = None
    high: t.Term | None = None
    for part in t.conjuncts(where):
        if isinstance(part, t.InRegion) and not part.negated:
            place = _place(table, slot, part) or place
        if not isinstance(part, t.Comparison):
            continue
        for mine, other, op in (
            (part.left, part.right, part.op),
            (part.right, part.left, _FLIP[part.op]),
        ):
            if slot in t.slots_used(other):
                continue
            if op == "is" and isinstance(mine, t.RowOf) and mine.slot == slot:
                if len(mine.hops) == 1:
                    keys.append((mine.hops[0], other))
            elif isinstance(mine, t.Column) and mine.slot == slot and not mine.hops:
                if mine.column == table.event:
                    if op in (">=", ">", "is"):
                        low = other
                    if op in ("<=", "<", "is"):
                        high = other
    return t.Closure(table.id, tuple(keys), place, low, high)


_FLIP = {"is": "is", "is not": "is not", ">=": "<=", "<=": ">=", ">": "<", "<": ">"}


def _place(table: Table, slot: int, part: t.InRegion) -> str:
    inner = part.inner
    if not isinstance(inner, t.Column) or inner.slot != slot or inner.path != table.place:
        return ""
    return str(part.region.value) if isinstance(part.region, t.Const) else ""
