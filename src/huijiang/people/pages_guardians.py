"""Guardians of children under 18: bound at a counter with a paper; they see and claim for the child until 18."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huijiang import audit
from huijiang.access.forms import KIND_NAMES, PersonForm
from huijiang.access.identities import account_of, person_of
from huijiang.access.law import access_people
from huijiang.access.models import Guardianship
from huijiang.access.sightings import Purpose, saw
from huijiang.access.viewers import WARD
from huijiang.accounts.doors import signed_in, staff
from huijiang.accounts.models import Role
from huijiang.accounts.viewers import Viewer, today
from huijiang.files import services as files
from huijiang.files.forms import PAPERS, PaperField, limit
from huijiang.web.components.tables import Cell, Column, Table
from huijiang.web.components.tags import Tag

OF_AGE = 18
counter = staff(Role.COUNTER)


def eighteenth(born: dt.date) -> dt.date:
    """The 18th birthday; of a leap day, the first of March."""
    try:
        return born.replace(year=born.year + OF_AGE)
    except ValueError:
        return dt.date(born.year + OF_AGE, 3, 1)


class GuardianForm(PersonForm):
    """The guardian's document, the child's, and what shows that they belong together."""

    child_kind = forms.ChoiceField(label=gettext_lazy("孩子的证件种类"), choices=list(KIND_NAMES.items()))
    child_number = forms.CharField(
        label=gettext_lazy("孩子的证件号码"), max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    proof = forms.ChoiceField(label=gettext_lazy("监护关系的证明"), choices=Guardianship.Proof.choices)
    paper = PaperField(label=gettext_lazy("证明的扫描件"))
    field_order = ("kind", "number", "child_kind", "child_number", "proof", "paper", "checked")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].label, self.fields["number"].label = _("监护人的证件种类"), _("监护人的证件号码")
        self.fields["checked"].label = _("已核对双方证件和监护证明的原件")


def _found(viewer: Viewer, form: GuardianForm, kind: str, number: str) -> Any | None:
    told = form.cleaned_data
    try:
        found = person_of(told[number], told[kind])
    except ValueError:
        form.add_error(number, _("号码的位数或校验位不对，请核对证件。"))
        return None
    if found is None or not access_people(viewer).filter(pk=found.pk).exists():
        form.add_error(number, _("您负责的地区里没有这个人的登记信息。"))
        return None
    with transaction.atomic():
        saw(viewer, found, Purpose.COUNTER, ["name"])
    return found


def _bind(viewer: Viewer, form: GuardianForm) -> Guardianship | None:
    """None where the form says what stands in the way."""
    guardian = _found(viewer, form, "kind", "number")
    child = _found(viewer, form, "child_kind", "child_number")
    if guardian is None or child is None:
        return None
    user = account_of(guardian)
    if user is None:
        form.add_error("number", _("监护人还没有账户，请先在“开通账户”里发激活码。"))
    elif user.pk == viewer.user.pk:
        form.add_error("number", _("不能为自己登记，请由同事办理。"))
    elif child.birth_date is None:
        form.add_error("child_number", _("孩子的出生日期没有登记，算不出哪天年满 18 岁。请先补录。"))
    elif eighteenth(child.birth_date) <= today():
        form.add_error("child_number", _("此人已年满 18 岁，由本人办理。"))
    if form.errors or user is None:
        return None
    made = Guardianship.objects.create(user=user, child=child, proof=form.cleaned_data["proof"], bound_by=viewer.user,
                                       ends_on=eighteenth(child.birth_date))  # fmt: skip
    files.store(form.cleaned_data["paper"], viewer, f"guardianship:{made.pk}", files.Purpose.EVIDENCE,
                region=child.managed_by_id, person=child.pk, since=made.ends_on)  # fmt: skip
    audit.record(viewer.user, "people.guardian", f"person:{child.uid}", child.managed_by_id, proof=made.proof,
                 until=made.ends_on)  # fmt: skip
    return made


@counter
@sensitive_post_parameters("number", "child_number")
@require_http_methods(["GET", "HEAD", "POST"])
def bind(request: HttpRequest) -> HttpResponse:
    """Bind a guardian to a child, with both documents and a paper on the counter."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    asked = request.method == "POST"
    form = GuardianForm(request.POST if asked else None, request.FILES if asked else None)
    if asked and form.is_valid():
        made = None
        try:
            with transaction.atomic():
                made = _bind(viewer, form)
        except IntegrityError:
            form.add_error(None, _("这个监护关系已经登记过。"))
        except files.NoRoom:
            form.add_error("paper", _("系统暂时存不下新文件，已通知管理员。请稍后再试；没有保存任何内容。"))
        if made is not None:
            messages.success(
                request, _("已登记，到 %(day)s（年满 18 岁）自动结束。") % {"day": made.ends_on.isoformat()}
            )
            return redirect("people:guardians")
    return render(request, "people/guardians.html", {"form": form, "accepts": str(PAPERS), "limit": limit()},
                  status=422 if form.errors else 200)  # fmt: skip


@signed_in
@require_safe
def wards(request: HttpRequest) -> HttpResponse:
    """The children for whom one may act, and for whom one acts now."""
    found = Guardianship.objects.filter(user=request.user, ended_at=None).select_related("child")  # type: ignore[misc]
    chosen = request.session.get(WARD)
    columns = [Column(_("姓名")), Column(_("到哪天")), Column(_("状态"), "state")]
    rows = [
        [Cell(each.child.name), each.ends_on.isoformat(),
         Cell(tag=Tag(_("已年满 18 岁"), "grey") if each.ends_on <= today() else Tag(_("正在代办"), "blue")
              if each.child_id == chosen else Tag(_("可以代办"), "green"))]
        for each in found
    ]  # fmt: skip
    active = [each for each in found if each.ends_on > today()]
    return render(request, "people/wards.html", {
        "table": Table(_("我监护的孩子"), columns, rows), "count": len(rows), "active": active, "chosen": chosen,
    })  # fmt: skip


@signed_in
@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """Go on for a child, or for oneself again."""
    told = request.POST.get("child", "")
    held = Guardianship.objects.filter(user=request.user, ended_at=None, ends_on__gt=today())  # type: ignore[misc]
    found = next((each for each in held.select_related("child") if str(each.child.uid) == told), None)
    if found is None:
        request.session.pop(WARD, None)
        messages.success(request, _("现在办理您自己的事。"))
        return redirect(reverse("people:wards"))
    request.session[WARD] = found.child_id
    messages.success(request, _("现在代 %(name)s 办理，看到的都是孩子的信息。") % {"name": found.child.name})
    return redirect("entitlements:mine")
