"""Where a result is claimed: the rooms above say it, when Django starts.

    from huijiang.entitlements import claiming
    claiming.register("worker", lambda each: reverse("claims:apply_new", args=[…]))

Without one the page says that claims are made at the counter.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from huijiang.entitlements.live import Entitlement

Address = Callable[["Entitlement"], str]
_ADDRESSES: Final[dict[str, Address]] = {}


def register(whose: str, address: Address) -> None:
    """`whose`: worker, or firm."""
    _ADDRESSES[whose] = address


def address_of(whose: str, each: Entitlement) -> str:
    """The page on which one claims; empty where it is not claimed here, or is not to be had now."""
    found = _ADDRESSES.get(whose)
    return found(each) if found is not None and each.kind == "benefit" and each.to_me else ""
