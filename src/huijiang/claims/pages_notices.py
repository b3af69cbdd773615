"""公示 for everybody: no signing in, nothing for search engines, nothing after its last day; and objecting to an entry."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.core.paginator import Page, Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from huijiang.claims import disputes, public_notice
from huijiang.claims.errors import ClaimError, MayNot
from huijiang.claims.models import NoticeEntry, PublicNotice
from huijiang.claims.models.disputes import Ground
from huijiang.claims.public_notice import name_of
from huijiang.claims.terms import terms_of
from huijiang.web.components.amount import grouped
from huijiang.web.components.tables import Cell, Column, Table
from huijiang.web.doors import public

PER_PAGE = 100
MOST_OPEN = 20  # objections of visitors to one entry that wait at a time: more say nothing new and could bury the desk
GROUNDS = (Ground.PERSON, Ground.AMOUNT, Ground.CONDITION, Ground.OTHER)


def _unlisted(answer: HttpResponse) -> HttpResponse:
    """No search engine keeps it, no cache either: what is taken down is gone."""
    answer.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    answer.headers["Cache-Control"] = "no-store"
    return answer


@public
@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """What stands today."""
    found = public_notice.standing().select_related("region").annotate(n=Count("entries")).order_by("ends_on", "pk")
    page: Page[Any] = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    columns = [Column(_("公示")), Column(_("地区")), Column(_("件数"), "number"), Column(_("公示到"))]
    rows = [
        [
            Cell(each.title, reverse("claims:notice", args=[each.uid])),
            each.region.name,
            str(each.n),
            each.ends_on.isoformat(),
        ]
        for each in page
    ]
    return _unlisted(
        render(
            request,
            "claims/public_notices.html",
            {"table": Table(_("正在公示"), columns, rows) if rows else None, "page": page},
        )
    )


@public
@require_safe
def notice(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One list; 410 after its day."""
    found = get_object_or_404(PublicNotice.objects.select_related("region"), uid=uid)
    if not public_notice.standing().filter(pk=found.pk).exists():
        return _unlisted(render(request, "claims/public_gone.html", status=410))
    page = Paginator(found.entries.order_by("pk"), PER_PAGE).get_page(request.GET.get("page"))
    columns = [
        Column(_("序号")),
        Column(_("公示名称")),
        Column(_("项目")),
        Column(_("金额（元）"), "number"),
        Column(_("异议")),
    ]
    rows = [[str(page.start_index() + at), each.shown, each.what, grouped(each.amount),
             Cell(_("提出异议"), reverse("claims:object_to", args=[uid, each.pk]))] for at, each in enumerate(page)]  # fmt: skip
    return _unlisted(render(request, "claims/public_notice.html", {
        "notice": found, "name": name_of(found.benefit), "table": Table(found.title, columns, rows), "page": page}))  # fmt: skip


class ObjectForm(forms.Form):
    """An objection of anybody's."""

    ground = forms.ChoiceField(
        label=gettext_lazy("对什么有异议"),
        choices=[(str(each), each.label) for each in GROUNDS],
        widget=forms.RadioSelect,
    )
    words = forms.CharField(label=gettext_lazy("具体情况"), max_length=2_000, widget=forms.Textarea(attrs={"rows": 6}))
    name = forms.CharField(
        label=gettext_lazy("您的姓名"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    contact = forms.CharField(
        label=gettext_lazy("联系方式"),
        max_length=120,
        help_text=gettext_lazy("电话或邮箱，用来答复您。加密保存，只有答复的人看得到。"),
    )


@public
@require_http_methods(["GET", "HEAD", "POST"])
def object_to(request: HttpRequest, uid: uuid.UUID, pk: int) -> HttpResponse:
    """Anybody objects to one entry while it stands; the payment waits until somebody answered."""
    entry = get_object_or_404(NoticeEntry.objects.select_related("notice", "claim"), pk=pk, notice__uid=uid)
    if not public_notice.standing().filter(pk=entry.notice_id).exists():
        return _unlisted(render(request, "claims/public_gone.html", status=410))
    form = ObjectForm(request.POST if request.method == "POST" else None)
    told: dict[str, Any] = {"entry": entry, "form": form,
                            "days": terms_of(entry.claim.region, entry.claim.benefit).objection_days}  # fmt: skip
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        if entry.claim.disputes.filter(by=None, answered_at=None).count() >= MOST_OPEN:
            form.add_error(None, _("这一条已有多份异议等待答复，正在核实，不必重复提出。"))
            return _unlisted(render(request, "claims/object_to.html", told, status=429))
        try:
            made = disputes.make(
                entry.claim, None, Ground(said["ground"]), said["words"], name=said["name"], contact=said["contact"]
            )
        except (ClaimError, MayNot) as error:
            form.add_error(None, str(error))
        else:
            return _unlisted(render(request, "claims/objected.html", {"entry": entry, "dispute": made}))
    return _unlisted(render(request, "claims/object_to.html", told, status=422 if form.is_bound else 200))
