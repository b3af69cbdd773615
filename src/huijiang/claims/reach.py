"""应享未享: by benefit and place, who is owed by last night's run, who has claimed, and what is still unclaimed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from huijiang.access.law import in_scope
from huijiang.accounts.viewers import Viewer
from huijiang.claims import proactive
from huijiang.entitlements.models import Standing


@dataclass(frozen=True)
class Line:
    """One benefit in one place: events owed, of them claimed or paid, and the money (fen, at least) of the rest."""

    benefit: str
    region: str
    owed: int
    unclaimed: int
    money: int

    @property
    def claimed(self) -> int:
        return self.owed - self.unclaimed


def access_reach(viewer: Viewer) -> QuerySet[Any]:
    """What the viewer may count: the regions of the roles that brought them through the door."""
    return proactive.owed().filter(in_scope(viewer.paths(), "region"))


def lines(viewer: Viewer) -> list[Line]:
    """By benefit and place, the most money first."""
    open_ = Q(claimed=False)
    found = access_reach(viewer).values("benefit", "region").annotate(
        owed=Count("id"), unclaimed=Count("id", filter=open_), money=Sum("low", filter=open_)
    )  # fmt: skip
    told = [
        Line(each["benefit"], each["region"], each["owed"], each["unclaimed"], each["money"] or 0) for each in found
    ]
    return sorted(told, key=lambda each: (-each.money, each.benefit, each.region))


def unclaimed(viewer: Viewer, benefit: str, region: str) -> QuerySet[Standing]:
    """Whom a line is about: for officers who look at single people (`access.law.FACTS`)."""
    found = access_reach(viewer).filter(benefit=benefit, region=region, claimed=False)
    return found.select_related("person", "organisation").order_by("-low", "id")
