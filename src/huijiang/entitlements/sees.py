"""What of a result's facts a viewer may see: the access law's columns and regions, for explanations."""

from __future__ import annotations

from functools import cache

from huijiang.access.law import FACTS, access_columns, access_rows
from huijiang.accounts.viewers import Capacity, Viewer
from huijiang.entitlements.live import Sees
from huijiang.regions.models import Region
from huijiang.registry.models import MODELS
from huijiang.registry.vocabulary import stored_columns, vocabulary


def sees(viewer: Viewer) -> Sees:
    """Columns by the law; for staff, only of rows that their regions manage."""
    paths = viewer.paths(*FACTS)

    @cache
    def here(code: str) -> bool:
        if viewer.capacity is not Capacity.STAFF or not code:
            return True
        region = Region.objects.filter(code=code).first()
        return region is not None and any(region.path.startswith(path) for path in paths)

    @cache
    def columns(table: str, row: str) -> frozenset[str]:
        """A worker is one thing to the rows about them and another to those that only name them."""
        if viewer.capacity is Capacity.WORKER and row.isdecimal() and table in MODELS:
            found = access_rows(viewer, table).filter(pk=row).first()
            return access_columns(viewer, table, found) if found is not None else frozenset()
        return access_columns(viewer, table)

    def visible(table: str, column: str, managed_by: str, row: str = "") -> bool:
        if not here(managed_by):
            return False
        stored = {each.name for each in stored_columns(vocabulary().tables[table])} if table in _tables() else set()
        return column not in stored or _public(table) or column in columns(table, row)

    return visible


@cache
def _tables() -> frozenset[str]:
    return frozenset(vocabulary().tables)


@cache
def _public(table: str) -> bool:
    """A table about nobody in particular: firms, schools, contests."""
    told = vocabulary().tables[table]
    return table != "person" and not any(
        each.type.kind == "row" and each.type.name == "person" for each in stored_columns(told)
    )
