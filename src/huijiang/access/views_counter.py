"""The counter: a code for a person, the first owner of a firm, the end of an owner who has left."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_safe

from huijiang.access import counter
from huijiang.access.forms import OwnerForm, PersonForm
from huijiang.access.identities import account_of, person_of
from huijiang.access.law import access_organisations, access_people
from huijiang.access.models import Agency
from huijiang.access.sightings import Purpose, saw
from huijiang.access.views_outside import asks
from huijiang.accounts.doors import staff
from huijiang.accounts.models import Role
from huijiang.accounts.tables import moment
from huijiang.accounts.viewers import today
from huijiang.registry.linked import canonical
from huijiang.web.components.tables import Cell, Column, Table

officer = staff(Role.COUNTER)
ONE = {"kind": "居民身份证"}


def _person(request: HttpRequest, form: PersonForm) -> Any | None:
    """The person of the form, if the officer may see them; else the form says that there is nobody."""
    told = form.cleaned_data
    try:
        found = person_of(told["number"], told["kind"])
    except ValueError:
        form.add_error("number", _("号码的位数或校验位不对，请核对证件。"))
        return None
    viewer = request.viewer  # type: ignore[attr-defined]
    if found is None or not access_people(viewer).filter(pk=found.pk).exists():
        form.add_error("number", _("您负责的地区里没有这个人的登记信息。请先核对，再联系数据归集岗补录。"))
        return None
    saw(viewer, found, Purpose.COUNTER, ["name"])
    return found


@officer
@sensitive_post_parameters("number")
@asks
def activation(request: HttpRequest) -> HttpResponse:
    """Find a person by their document; hand out a code."""
    form = PersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and (person := _person(request, form)) is not None:
        try:
            made, code = counter.issue(request.viewer, person)  # type: ignore[attr-defined]
        except counter.Refused as error:
            form.add_error(None, str(error))
        else:
            told = {"person": person, "code": code, "until": moment(made.expires_at), "again": account_of(person)}
            address = request.build_absolute_uri(reverse("access:activate"))
            return render(request, "access/code.html", {**told, "address": address})
    return render(request, "access/activation.html", {"form": form})


@officer
@sensitive_post_parameters("number")
@asks
@transaction.atomic
def first_owner(request: HttpRequest) -> HttpResponse:
    """Appoint the first owner of a firm."""
    form = OwnerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        code = form.cleaned_data["uscc"].strip().upper()
        firm = access_organisations(request.viewer).filter(uscc=code).first()  # type: ignore[attr-defined]
        if firm is not None:
            saw(request.viewer, firm, Purpose.COUNTER, ["name"])  # type: ignore[attr-defined]
        if firm is None:
            form.add_error("uscc", _("您负责的地区里没有这个单位。"))
        elif (person := _person(request, form)) is not None:
            try:
                counter.appoint_first_owner(request.viewer, firm, person)  # type: ignore[attr-defined]
            except counter.Refused as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _("已授权，对方登录后即可办理单位事项。"))
                return redirect("access:organisation_members", uid=firm.uid)
    return render(request, "access/first_owner.html", {"form": form})


@officer
@require_safe
def organisation_members(request: HttpRequest, uid: str) -> HttpResponse:
    """Who acts for a firm, as the counter sees it."""
    viewer = request.viewer  # type: ignore[attr-defined]
    firm = get_object_or_404(access_organisations(viewer), uid=uid)
    saw(viewer, firm, Purpose.COUNTER, ["members"])
    columns = [
        Column(_("姓名")),
        Column(_("登录名")),
        Column(_("权限")),
        Column(_("生效")),
        Column(_("截止")),
        Column(_("操作")),
    ]
    rows = [
        [
            Cell(each.user.name), each.user.login, each.get_power_display(), each.starts_on.isoformat(),
            each.ends_on.isoformat() if each.ends_on else _("不限期"),
            Cell(_("结束授权"), reverse("access:end_owner", args=[each.pk]))
            if each.power == Agency.Power.OWNER and each.user_id != request.user.pk else Cell("—"),
        ]
        for each in counter.current_agencies(firm, today())
    ]  # fmt: skip
    return render(
        request, "access/organisation_members.html", {"firm": firm, "table": Table(_("经办授权"), columns, rows)}
    )


@officer
@asks
def end_owner(request: HttpRequest, pk: int) -> HttpResponse:
    agency = get_object_or_404(Agency.objects.select_related("user", "organisation"), pk=pk, power=Agency.Power.OWNER)
    within = access_organisations(request.viewer)  # type: ignore[attr-defined]
    firm = get_object_or_404(within, pk=canonical("organisation", agency.organisation_id))
    back = reverse("access:organisation_members", args=[firm.uid])
    if request.method == "POST" and request.POST.get("confirmed") == "yes":
        counter.end_owner(request.viewer, agency)  # type: ignore[attr-defined]
        messages.success(request, _("授权已结束。"))
        return redirect(back)
    return render(request, "access/end.html", {"agency": agency, "back": back})
