"""Each look at a person leaves a trace that the person can read; a number is unmasked one by one, for a purpose."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huijiang import audit
from huijiang.access.law import FACTS, access_people
from huijiang.access.models import Sighting
from huijiang.accounts.models import Role
from huijiang.accounts.viewers import Capacity, Viewer
from huijiang.regions.models import Region
from huijiang.registry.models import IdentityDocument, Person

UNMASK = FACTS - {Role.HOTLINE}


class Purpose(models.TextChoices):
    """Why somebody looks; a closed list, so that it can be counted."""

    COUNTER = "counter", gettext_lazy("窗口办理")
    ENQUIRY = "enquiry", gettext_lazy("答复本人咨询")
    REVIEW = "review", gettext_lazy("审核办件")
    DATA = "data", gettext_lazy("核对数据")
    INSPECTION = "inspection", gettext_lazy("监督检查")


def saw(viewer: Viewer, seen: models.Model, purpose: str, columns: Iterable[str]) -> None:
    """Write down that somebody looked at somebody else, a Person or an Organisation; a look at oneself is nobody's
    concern."""
    saw_all(viewer, [seen], purpose, columns)


def saw_all(viewer: Viewer, seen: Iterable[models.Model], purpose: str, columns: Iterable[str]) -> None:
    """The same for several of one kind: whoever stands in a list was seen."""
    others = [each for each in seen if each.pk not in (viewer.people if isinstance(each, Person) else viewer.firms)]
    if not others:
        return
    region = Region.objects.filter(path__in=viewer.paths()).order_by("path").first()
    told = sorted(columns)
    Sighting.objects.bulk_create([
        Sighting(**{"person" if isinstance(each, Person) else "organisation": each}, viewer=viewer.user,
                 capacity=viewer.words[:24], region=region, purpose=purpose, columns=told)
        for each in others
    ])  # fmt: skip


def unmask(viewer: Viewer, document: IdentityDocument, purpose: str) -> str:
    """The number of a person's document in full.  Raises PermissionDenied (person, role, purpose)."""
    if purpose not in Purpose.values:
        raise PermissionDenied(_("请选择查看用途。"))
    allowed = viewer.capacity is Capacity.STAFF and bool(viewer.roles & UNMASK)
    if not allowed or not access_people(viewer).filter(pk=document.person_id).exists():
        raise PermissionDenied(_("您的岗位不能查看完整证件号码。"))
    saw(viewer, document.person, purpose, ["identity_document.number"])
    audit.record(viewer.user, "access.unmask", f"person:{document.person.uid}", purpose=purpose)
    number: str = document.number.open()
    return number


def masked(number: str) -> str:
    """First three and last two characters: enough to tell two people of one name apart."""
    return f"{number[:3]}{'•' * max(0, len(number) - 5)}{number[-2:]}" if len(number) > 6 else "•" * len(number)
