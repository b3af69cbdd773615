"""The counter: find whoever stands there, claim for them, and see what became of what the counter took in."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_safe

from huijiang import audit
from huijiang.access.law import access_organisations, access_people
from huijiang.access.sightings import Purpose, saw
from huijiang.accounts.viewers import Viewer
from huijiang.claims import story
from huijiang.claims.access import access_claims
from huijiang.claims.models import Claim
from huijiang.claims.models.claim import Way
from huijiang.claims.pages_apply import asks, payee_of, viewer_of
from huijiang.claims.pages_apply_new import clerk
from huijiang.claims.public_notice import name_of
from huijiang.claims.states import State
from huijiang.entitlements import live, wording
from huijiang.entitlements.desk import SHOWN, find_people, hidden_name
from huijiang.entitlements.firm import by_benefit, one_benefit
from huijiang.entitlements.models import State as Found
from huijiang.entitlements.sees import sees
from huijiang.web.components.layout import Crumb
from huijiang.web.components.tables import Cell, Column, Table
from huijiang.web.components.tags import ANSWERS

RECENT = 20


class SearchForm(forms.Form):
    """Whom the clerk looks for: a person by name or document, an organisation by name or code."""

    kind = forms.ChoiceField(
        label=gettext_lazy("为谁办理"), choices=[("person", gettext_lazy("个人")), ("firm", gettext_lazy("单位"))], initial="person",
        widget=forms.RadioSelect,
    )  # fmt: skip
    words = forms.CharField(
        label=gettext_lazy("姓名、证件号码，或单位名称、统一社会信用代码"), max_length=64,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    checked = forms.BooleanField(label=gettext_lazy("已核对证件原件，本人（或持授权书的经办人）在场"))


@clerk
@sensitive_post_parameters("words")
@asks
def search(request: HttpRequest) -> HttpResponse:
    """Find somebody; below, what the counter took in lately."""
    viewer = viewer_of(request)
    form = SearchForm(request.POST if request.method == "POST" else None)
    told: dict[str, Any] = {"form": form, "recent": _recent(viewer)}
    if form.is_bound and form.is_valid():
        words, person = form.cleaned_data["words"].strip(), form.cleaned_data["kind"] == "person"
        audit.record(viewer.user, "claims.intake_search", form.cleaned_data["kind"], words=audit.digest(words))
        told["table"] = _people(viewer, words) if person else _firms(viewer, words)
        told["count"] = len(told["table"].rows)
    return render(request, "claims/intake_search.html", told, status=422 if form.errors else 200)


def _people(viewer: Viewer, words: str) -> Table:
    rows = [
        [Cell(hidden_name(each.name), reverse("claims:intake_person", args=[each.uid])),
         f"{each.birth_date:%Y}" if each.birth_date else _("不知道"), each.employer.name if each.employer else "—"]
        for each in find_people(viewer, words)[:SHOWN]
    ]  # fmt: skip
    return Table(_("找到的人"), [Column(_("姓名")), Column(_("出生年份")), Column(_("工作单位"))], rows)


def _firms(viewer: Viewer, words: str) -> Table:
    within = access_organisations(viewer).order_by("pinyin", "pk")
    found = within.filter(Q(uscc=words.upper()) | Q(name__startswith=words))[:SHOWN]
    rows = [
        [
            Cell(each.name, reverse("claims:intake_firm", args=[each.uid])),
            each.uscc or _("不知道"),
            each.kind or _("不知道"),
        ]
        for each in found
    ]
    return Table(_("找到的单位"), [Column(_("单位")), Column(_("统一社会信用代码")), Column(_("类型"))], rows)


def _recent(viewer: Viewer) -> Table | None:
    mine = access_claims(viewer).filter(way=Way.COUNTER, applicant=viewer.user) | access_claims(viewer).filter(
        way=Way.COUNTER, state=State.DRAFT, applicant=viewer.user
    )
    found: list[Claim] = list(mine.select_related("payee_person", "payee_organisation").order_by("-id")[:RECENT])
    columns = [
        Column(_("申报")),
        Column(_("发给")),
        Column(_("受理编号")),
        Column(_("时间")),
        Column(_("状态"), "state"),
    ]
    rows = [
        [Cell(name_of(each.benefit), reverse("claims:intake" if each.state == State.DRAFT else "claims:intake_done", args=[each.uid])),
         hidden_name(payee_of(each)) if each.payee_person else payee_of(each), each.number or "—",
         f"{timezone.localtime(each.submitted_at or each.created_at):%Y-%m-%d %H:%M}", Cell(tag=story.tag_of(each))]
        for each in found
    ]  # fmt: skip
    return Table(_("我登记的申报"), columns, rows) if rows else None


@clerk
@require_safe
def person(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """What a person can claim now, each with its way in."""
    viewer = viewer_of(request)
    found: Any = get_object_or_404(access_people(viewer).select_related("managed_by"), uid=uid)
    saw(viewer, found, Purpose.COUNTER, ["entitlements"])
    result = live.of_person(found.pk, found.managed_by_id, viewer.on, sees(viewer))
    listed = [
        each for each in result.entitlements if each.kind == "benefit" and each.to_me and each.state is not Found.NO
    ]
    return _choose(request, found, listed, "claims:intake_new_person")


@clerk
@require_safe
def firm(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """What an organisation can claim now; its benefits by the last night, their events as they are now."""
    viewer = viewer_of(request)
    found: Any = get_object_or_404(access_organisations(viewer).select_related("managed_by"), uid=uid)
    keys = dict.fromkeys(each["benefit"] for each in by_benefit(found))
    listed = [
        each for key in keys for each in one_benefit(viewer, found, key).entitlements if each.state is not Found.NO
    ]
    return _choose(request, found, listed[:100], "claims:intake_new_firm")


def _choose(request: HttpRequest, found: Any, listed: list[live.Entitlement], name: str) -> HttpResponse:
    columns = [Column(_("项目")), Column(_("条款")), Column(_("金额"), "number"), Column(_("状态"), "state")]
    rows = [
        [Cell(each.name, reverse(name, args=[found.uid, *each.key.split("#"), each.holder]), note=each.day.isoformat() if each.day else ""),
         each.clause, str(wording.money(each) or "—"), Cell(tag=ANSWERS[wording.ANSWER[each.state]])]
        for each in listed
    ]  # fmt: skip
    return render(request, "claims/intake_choose.html", {
        "holder": found, "table": Table(_("可以办理的项目"), columns, rows) if rows else None,
        "crumbs": [Crumb(_("窗口受理登记"), reverse("claims:intake_search")), Crumb(found.name)],
    })  # fmt: skip
