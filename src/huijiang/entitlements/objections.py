"""Objections: raised once per condition, answered by somebody else, never deleted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huijiang import audit
from huijiang.access import concerns
from huijiang.accounts.viewers import Viewer
from huijiang.documents import library
from huijiang.entitlements.live import Entitlement
from huijiang.entitlements.models import Objection, State
from huijiang.entitlements.wording import amount_of
from huijiang.web.components.tables import Cell, Column, Table
from huijiang.web.components.tags import Tag
from huijiang.web.forms import choice

AMOUNT = ""  # the condition of an objection to the amount, or to the result as a whole


class ObjectionForm(forms.Form):
    """Which condition (or the amount), and why."""

    condition = forms.ChoiceField(label=gettext_lazy("哪里不对？"), widget=forms.RadioSelect, required=True)
    words = forms.CharField(
        label=gettext_lazy("请说明"), max_length=2_000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("实际情况是怎样的，有什么可以证明。请不要写身份证号、银行卡号。"),
    )  # fmt: skip

    def __init__(self, *args: Any, of: Entitlement, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = dict.fromkeys(each.label for each in (*of.open, *of.met))
        whole = _("金额不对") if of.kind == "benefit" and of.state is State.READY else _("整个结果不对")
        choice(self, "condition").choices = [("amount", whole), *((f"condition:{each}", each) for each in labels)]

    def clean_condition(self) -> str:
        said: str = self.cleaned_data["condition"]
        return said.removeprefix("condition:")[:128] if said != "amount" else AMOUNT


def raise_objection(viewer: Viewer, person: Any, of: Entitlement, condition: str, words: str) -> Objection:
    """Store it, or give the open one that says the same."""
    told = {"user": viewer.user, "benefit": of.key, "holder": of.holder, "condition": condition}
    known = Objection.objects.filter(**told, answered_at=None).first()
    if known is not None:
        return known
    try:
        with transaction.atomic():
            made = Objection.objects.create(
                **told, person=person, region=person.managed_by, shown=_shown(of), words=words
            )
            audit.record(viewer.user, "entitlements.objection", f"objection:{made.uid}", person.managed_by_id,
                         benefit=of.key, condition=bool(condition))  # fmt: skip
    except IntegrityError:  # the same form was sent twice at once, and the other was first
        return Objection.objects.get(**told, answered_at=None)
    return made


def _shown(of: Entitlement) -> str:
    amount = f" · {amount_of(of.low, of.high)}" if of.kind == "benefit" and of.state is State.READY else ""
    return f"{of.name} · {of.state.label}{amount}"[:400]


def answer(viewer: Viewer, found: Objection, words: str) -> bool:
    """Answer an open objection; whether this call did it.  Raises PermissionDenied for one's own."""
    if found.user_id == viewer.user.pk or concerns.is_own(viewer.user, [found.person_id]):
        raise PermissionDenied(_("自己提出的异议要由别人答复。"))
    done = Objection.objects.filter(pk=found.pk, answered_at=None).update(
        answered_by=viewer.user, answered_at=dt.datetime.now(dt.UTC), answer=words
    )
    if done:
        audit.record(viewer.user, "entitlements.answer", f"objection:{found.uid}", found.region_id)
    return bool(done)


def name_of(found: Objection) -> str:
    """The benefit's name today; its key where the release no longer has it."""
    try:
        return library.current().rule(found.benefit).name
    except KeyError:
        return found.benefit


def number_of(found: Objection) -> str:
    """What people read out over the phone."""
    return found.uid.hex[:8].upper()


def table_of(found: Iterable[Objection], address: Callable[[Objection], str], who: bool = False) -> Table:
    columns = [
        Column(_("编号")),
        Column(_("项目")),
        Column(_("哪里不对")),
        Column(_("提出时间")),
        Column(_("状态"), "state"),
    ]
    rows = [
        [
            Cell(number_of(each), address(each)),
            Cell(name_of(each), note=each.region.name if who else ""),
            each.condition or _("金额或整个结果"),
            f"{localtime(each.made_at):%Y-%m-%d %H:%M}",
            Cell(tag=Tag(_("已答复"), "green") if each.answered_at else Tag(_("等待答复"), "amber")),
        ]
        for each in found
    ]
    return Table(_("异议"), columns, rows)
