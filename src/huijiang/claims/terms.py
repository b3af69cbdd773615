"""How a benefit is handled in a place: what the office set, else the defaults."""

from __future__ import annotations

from huijiang.claims.models import ServiceTerms
from huijiang.regions.models import Region


def terms_of(region: Region, benefit: str) -> ServiceTerms:
    """The nearest place's terms, of the benefit before those of all; unsaved defaults where nobody set any."""
    above = region.path.strip("/").split("/")
    rank = {code: at for at, code in enumerate(above)}
    found = ServiceTerms.objects.filter(region__in=above, benefit__in=("", benefit))
    said = sorted(found, key=lambda each: (bool(each.benefit), rank[each.region_id]))
    return said[-1] if said else ServiceTerms(region=region, benefit=benefit)
