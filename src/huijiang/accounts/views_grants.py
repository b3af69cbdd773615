"""Roles: the security administrator gives and ends them, for others and within their own regions."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from huijiang.accounts import administration
from huijiang.accounts.administration import within
from huijiang.accounts.forms_admin import GrantForm, GrantSearch
from huijiang.accounts.models import ADMINISTRATORS, Grant, Role
from huijiang.accounts.viewers import Viewer
from huijiang.accounts.views_sign_in import asks
from huijiang.accounts.views_users import grant_state, security
from huijiang.web.components.tables import Cell, Column, Table

PER_PAGE = 30


def seen_by(viewer: Viewer) -> QuerySet[Grant]:
    return Grant.objects.filter(within(viewer.paths(), "region")).select_related("user", "region")


@security
@require_safe
def grants(request: HttpRequest) -> HttpResponse:
    form = GrantSearch(request.GET)
    found = seen_by(request.viewer).order_by("-starts_on", "-id")  # type: ignore[attr-defined]
    told = form.cleaned_data if form.is_valid() else {}
    if told.get("q"):
        found = found.filter(Q(user__login__icontains=told["q"]) | Q(user__name__icontains=told["q"]))
    if told.get("role"):
        found = found.filter(role=told["role"])
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "accounts/grants.html", {"form": form, "page": page, "table": _table(request, list(page))})


def _table(request: HttpRequest, found: list[Grant]) -> Table:
    today = timezone.localdate()
    columns = [
        Column(_("账户")), Column(_("角色")), Column(_("地区")), Column(_("起止")), Column(_("状态"), "state"),
        Column(_("操作")),
    ]  # fmt: skip
    rows = [
        [
            Cell(each.user.name, note=each.user.login), each.get_role_display(), each.region.name,
            f"{each.starts_on.isoformat()} – {each.ends_on.isoformat() if each.ends_on else _('不限期')}",
            Cell(tag=grant_state(each, today)), _end(request, each, today),
        ]
        for each in found
    ]  # fmt: skip
    return Table(_("授权"), columns, rows)


def _end(request: HttpRequest, grant: Grant, today: object) -> Cell:
    over = grant.ended_at or (grant.ends_on is not None and grant.ends_on < today)  # type: ignore[operator]
    if over or grant.role in ADMINISTRATORS or grant.user_id == request.user.pk:
        return Cell("—")
    return Cell(_("结束授权"), reverse("accounts:end_grant", args=[grant.pk]))


@security
@asks
def new_grant(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    form = GrantForm(request.POST or None, paths=request.viewer.paths(), initial={"starts_on": today})  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            administration.give(
                request.user, told["login"], Role(told["role"]), told["region"], told["starts_on"], told["ends_on"]  # type: ignore[arg-type]
            )  # fmt: skip
        except administration.NotGiven as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("已授权。对方下次登录时生效。"))
            return redirect("accounts:grants")
    return render(request, "accounts/new_grant.html", {"form": form})


@security
@asks
def end_grant(request: HttpRequest, pk: int) -> HttpResponse:
    grant = get_object_or_404(seen_by(request.viewer), pk=pk)  # type: ignore[attr-defined]
    if request.method == "POST" and request.POST.get("confirmed") == "yes":
        administration.end_grant(request.user, grant)  # type: ignore[arg-type]
        messages.success(request, _("授权已结束。"))
        return redirect("accounts:grants")
    told = {
        "title": _("结束这项授权？"), "yes": _("结束授权"), "danger": True, "back": reverse("accounts:grants"),
        "text": _("从今天起不再有效，已经办过的事不受影响。"), "account": grant.user,
        "more": f"{grant.get_role_display()}（{grant.region.name}）",
    }  # fmt: skip
    return render(request, "accounts/sure.html", told)
