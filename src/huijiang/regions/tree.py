"""The tree of places: kept equal to the vocabulary's, and looked up by code, path or name at a date.

| question | function |
|---|---|
| which place does this text mean? | `find("萧山区")`, `find("浙江省/杭州市/萧山区")`, `find("330109", on)` |
| which place took over? | `today_of(region, on)` |
| what lies in it, what it took over included? | `codes_within(region)` |
| what lies below it and is no county or street? | `functional_zones(region)` |
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q, QuerySet

from huijiang.regions.models import Region
from tiaowen.vocabulary.regions import Regions

STREETS = ("街道", "镇", "乡")
LOCAL = "local-"
MOST_SUCCESSIONS = 12


@dataclass(frozen=True)
class Synced:
    """How many places were added, changed, left alone; places that the tree no longer has stay."""

    added: int
    changed: int
    same: int


def path_of(tree: Regions, code: str) -> str:
    """Codes from the province down, each with a slash behind."""
    return "/".join(reversed(tree.chain(code))) + "/"


@transaction.atomic
def sync(tree: Regions) -> Synced:
    """Bring the stored tree up to the vocabulary's.  Nothing is ever deleted: facts point to it."""
    known = {region.code: region for region in Region.objects.select_for_update()}
    added: list[Region] = []
    changed: list[Region] = []
    for code in sorted(tree.by_code, key=lambda each: (len(tree.chain(each)), each)):
        place = tree.by_code[code]
        wanted = {
            "name": place.name,
            "parent_id": place.parent or None,
            "valid_from": place.since,
            "valid_until": place.until,
            "successor_id": place.successor or None,
            "path": path_of(tree, code),
        }
        found = known.get(code)
        if found is None:
            added.append(Region(code=code, **wanted))
        elif any(getattr(found, name) != value for name, value in wanted.items()):
            for name, value in wanted.items():
                setattr(found, name, value)
            changed.append(found)
    Region.objects.bulk_create(added)
    columns = ["name", "parent_id", "valid_from", "valid_until", "successor_id", "path"]
    Region.objects.bulk_update(changed, [name.removesuffix("_id") for name in columns])
    return Synced(len(added), len(changed), len(known) - len(changed))


def in_use(on: dt.date) -> Q:
    """The condition that a place exists on a day."""
    return (Q(valid_from=None) | Q(valid_from__lte=on)) & (Q(valid_until=None) | Q(valid_until__gte=on))


def find(text: str, on: dt.date | None = None) -> Region | None:
    """The place that a code, a path of names or a unique short name means; None for none or several.

    With `on`, only places that existed that day; without, one still in use goes before one that is not.
    """
    said = text.strip().strip("/")
    if not said:
        return None
    days = in_use(on) if on is not None else Q()
    if "/" not in said and (by_code := Region.objects.filter(days, code=said).first()):
        return by_code
    names = said.split("/")
    found = [each for each in Region.objects.filter(days, name=names[-1]) if names_of(each)[-len(names) :] == names]
    if len(names) > 1:
        found = [each for each in found if len(names_of(each)) == len(names)]
    if len(found) > 1 and on is None:
        found = [each for each in found if each.valid_until is None]
    return found[0] if len(found) == 1 else None


def names_of(region: Region) -> list[str]:
    """The names from the province down."""
    codes = region.path.strip("/").split("/")
    names = dict(Region.objects.filter(code__in=codes).values_list("code", "name"))
    return [names[code] for code in codes]


def today_of(region: Region, on: dt.date) -> Region:
    """The place that `region` has become by `on`; itself while it exists or has no one successor."""
    for _ in range(MOST_SUCCESSIONS):
        following = region.successor
        if region.valid_until is None or region.valid_until >= on or following is None:
            break
        region = following
    return region


def codes_within(region: Region) -> set[str]:
    """The place, what lies in it, and what these took over: as the engine reads `in`."""
    children: dict[str, list[str]] = {}
    for code, parent, successor in Region.objects.values_list("code", "parent_id", "successor_id"):
        for above in {parent, successor} - {None}:
            children.setdefault(above, []).append(code)
    found: set[str] = set()
    waiting = [region.code]
    while waiting:
        code = waiting.pop()
        if code not in found:
            found.add(code)
            waiting += children.get(code, [])
    return found


def functional_zones(region: Region) -> QuerySet[Region]:
    """Zones in the place that manage their own cases (长合区, 开发区) and are neither county nor street."""
    within = Region.objects.filter(path__startswith=region.path, code__startswith=LOCAL)
    for ending in STREETS:
        within = within.exclude(name__endswith=ending)
    return within


def documents_of(region: Region) -> list[str]:
    """Codes of the places whose documents apply here, the nearest first."""
    return list(reversed(region.path.strip("/").split("/")))
