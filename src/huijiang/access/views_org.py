"""Acting for a firm: who may, and for which firm just now."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from huijiang.access import counter
from huijiang.access.doors import agent, owner
from huijiang.access.forms import AppointForm
from huijiang.access.law import access_organisations
from huijiang.access.models import Agency
from huijiang.access.viewers import CHOSEN, agencies
from huijiang.access.views_outside import asks
from huijiang.accounts.viewers import today
from huijiang.web.components.tables import Cell, Column, Table
from huijiang.web.components.tags import Tag


@agent
@require_safe
def members(request: HttpRequest) -> HttpResponse:
    """Who acts for the firm; owners change it."""
    viewer = request.viewer  # type: ignore[attr-defined]
    firm = access_organisations(viewer).get()
    others = [each for each in agencies(viewer.user) if each.organisation_id not in viewer.firms]
    told = {"firm": firm, "owner": viewer.owner, "table": _table(request), "others": others}
    return render(request, "access/members.html", told)


def _table(request: HttpRequest) -> Table:
    viewer = request.viewer  # type: ignore[attr-defined]
    day = today()
    columns = [
        Column(_("姓名")),
        Column(_("权限"), "state"),
        Column(_("生效")),
        Column(_("截止")),
        Column(_("由谁授权")),
    ]
    if viewer.owner:
        columns.append(Column(_("操作")))
    rows = []
    for each in counter.current_agencies(viewer.organisation, day).select_related("appointed_by"):
        colour = "blue" if each.power == Agency.Power.OWNER else "grey"
        row: list[Cell | str] = [
            Cell(each.user.name, note=each.user.login), Cell(tag=Tag(each.get_power_display(), colour)),
            each.starts_on.isoformat(), each.ends_on.isoformat() if each.ends_on else _("不限期"),
            each.appointed_by.name,
        ]  # fmt: skip
        if viewer.owner:
            row.append(Cell(_("结束授权"), reverse("access:end_member", args=[each.pk])))
        rows.append(row)
    return Table(_("经办授权"), columns, rows)


@owner
@asks
@transaction.atomic
def appoint(request: HttpRequest) -> HttpResponse:
    form = AppointForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            counter.appoint(request.viewer, told["user"], told["power"], told["ends_on"])  # type: ignore[attr-defined]
        except counter.Refused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("已授权，对方登录后即可办理单位事项。"))
            return redirect("access:members")
    return render(request, "access/appoint.html", {"form": form})


@owner
@asks
@transaction.atomic
def end_member(request: HttpRequest, pk: int) -> HttpResponse:
    viewer = request.viewer  # type: ignore[attr-defined]
    held = Agency.objects.filter(organisation__in=viewer.firms).select_related("user", "organisation")
    agency = get_object_or_404(held, pk=pk)
    back = reverse("access:members")
    if request.method == "POST" and request.POST.get("confirmed") == "yes":
        try:
            counter.end(viewer, agency)
        except counter.Refused as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("授权已结束。"))
        return redirect(back if agency.user_id != request.user.pk else "web:home")
    return render(request, "access/end.html", {"agency": agency, "back": back})


@agent
@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """Go on for another firm."""
    wanted = request.POST.get("organisation", "")
    chosen = next((each for each in agencies(request.user) if str(each.organisation.uid) == wanted), None)  # type: ignore[arg-type]
    if chosen is None:
        messages.error(request, _("您没有这个单位的经办授权。"))
    else:
        request.session[CHOSEN] = chosen.organisation_id
        messages.success(request, _("现在代表 %(name)s 办理。") % {"name": chosen.organisation.name})
    onward = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(onward, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(onward if safe else reverse("access:members"))
