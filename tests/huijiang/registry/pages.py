"""The pages of the data desk for the gate: a batch that waits, one with an error, completeness, quality."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings

from huijiang.accounts.models import Role, User
from huijiang.regions import tree
from huijiang.regions.models import Region
from huijiang.registry.models import Coverage, ImportBatch, ImportFault
from huijiang.registry.vocabulary import vocabulary
from huijiang.sealed import keys
from tests.huijiang.accounts.people import account
from tests.huijiang.gate.pages import Page

DAY = dt.date(2026, 6, 30)
AT = dt.datetime(2026, 7, 1, tzinfo=dt.UTC)


def desk() -> dict[str, Any]:
    """A registrar of 萧山 with two batches."""
    keys.ensure(settings.KEY_FILE)
    tree.sync(vocabulary().regions)
    found = User.objects.filter(login="desk-registrar").first()
    if found is None:
        here = Region.objects.get(code="330109")
        found = account("desk-registrar", Role.REGISTRAR, name="李敏", where=here)
        told = {"managed_by": here, "source": "社保登记", "as_of": DAY, "file_size": 2_048, "uploaded_by": found}
        waiting = ImportBatch.objects.create(
            table="person", file_name="名册.csv", digest="a" * 64, state="read", rows_read=3, rows_new=2,
            rows_changed=1, rows_same=0, rows_wrong=0, **told,
        )  # fmt: skip
        refused = ImportBatch.objects.create(
            table="employment",
            file_name="就业.xlsx",
            digest="b" * 64,
            state="refused",
            rows_read=1,
            finished_at=AT,
            **told,
        )
        ImportFault.objects.create(
            batch=refused, sheet="就业登记", row=2, column="入职日期", seen="2026-13-01", expected="日期，如 2026-03-01"
        )
        Coverage.objects.create(table="person", region=here, complete=True, source="社保登记", as_of=DAY)
        assert waiting.pk
    return {"registrar": found, "read": ImportBatch.objects.get(digest="a" * 64),
            "refused": ImportBatch.objects.get(digest="b" * 64)}  # fmt: skip


def page(name: str, arguments: Any = None) -> Page:
    return Page(f"registry:{name}", desk, lambda world: world["registrar"], arguments or (lambda world: {}))


PAGES = [
    page("imports"),
    page("upload"),
    page("import", lambda world: {"uid": world["read"].uid}),
    page("import", lambda world: {"uid": world["refused"].uid}),
    page("completeness"),
    page("quality"),
    page("quality_list", lambda world: {"check": "no-birth-date"}),
]
NOT_PAGES = {
    "registry:template": "a workbook to download",
    "registry:errors": "a workbook to download",
    "registry:confirm": "takes a form and goes back",
    "registry:cancel": "takes a form and goes back",
}
