"""公示 at the desk: what waits for a notice, benefit by benefit; what stands; objections and their answers."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db.models import Count, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from huijiang import present
from huijiang.access.law import in_scope
from huijiang.accounts.doors import staff
from huijiang.accounts.models import Role
from huijiang.accounts.viewers import Viewer, today
from huijiang.claims import disputes, moving, public_notice, showing
from huijiang.claims.access import access_claims
from huijiang.claims.errors import ClaimError
from huijiang.claims.models import Claim, Dispute, NoticeEntry, PublicNotice
from huijiang.claims.pages_desk import asks, reads, viewer_of
from huijiang.claims.pages_desk_case import head
from huijiang.claims.public_notice import name_of
from huijiang.claims.states import State
from huijiang.claims.terms import terms_of
from huijiang.regions.models import Region
from huijiang.web.components.amount import grouped
from huijiang.web.components.lists import Fact, Tab
from huijiang.web.components.tables import Cell, Column, Table
from huijiang.web.components.tags import Tag

PER_PAGE = 50
MOST = 500  # claims on one notice
publishing = staff(Role.REVIEWER, Role.SECOND_REVIEWER)
answering = staff(Role.REVIEWER, Role.SECOND_REVIEWER, Role.SUPERVISOR)


def access_notices(viewer: Viewer) -> QuerySet[PublicNotice]:
    """The notices of the viewer's regions, those that were taken down too."""
    return PublicNotice.objects.filter(in_scope(viewer.paths(), "region"))


def waiting(viewer: Viewer) -> QuerySet[Claim]:
    """Approved by two, on no notice yet."""
    return access_claims(viewer).filter(state=State.PUBLIC_NOTICE).exclude(pk__in=NoticeEntry.objects.values("claim"))


@reads
@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """What waits, by benefit and place; then what stands and what stood."""
    viewer = viewer_of(request)
    may = bool(viewer.roles & {Role.REVIEWER, Role.SECOND_REVIEWER})
    groups = (
        waiting(viewer)
        .order_by("benefit", "region")
        .values("benefit", "region", "region__name")
        .annotate(n=Count("pk"))
    )
    rows = [[Cell(name_of(each["benefit"]), f"{reverse('claims:publish')}?benefit={_quoted(each['benefit'])}&region={each['region']}" if may else ""),
             each["region__name"], str(each["n"])] for each in groups]  # fmt: skip
    found = (
        access_notices(viewer)
        .select_related("region")
        .annotate(n=Count("entries"), total=Sum("entries__amount"))
        .order_by("-starts_on", "-pk")
    )
    page: Page[Any] = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    columns = [
        Column(_("公示")),
        Column(_("地区")),
        Column(_("起止")),
        Column(_("件数"), "number"),
        Column(_("金额（元）"), "number"),
        Column(_("状态"), "state"),
    ]
    stood = [[Cell(_title(each), reverse("claims:notice", args=[each.uid]) if _stands(each) else ""), each.region.name,
              f"{each.starts_on.isoformat()} – {each.ends_on.isoformat()}", str(each.n), grouped(each.total or 0), Cell(tag=_tag(each))]
             for each in page]  # fmt: skip
    return render(request, "claims/desk_notices.html", {
        "waiting": Table(_("等待公示"), [Column(_("项目")), Column(_("地区")), Column(_("件数"), "number")], rows) if rows else None,
        "table": Table(_("公示"), columns, stood) if stood else None, "page": page,
    })  # fmt: skip


def _quoted(benefit: str) -> str:
    return benefit.replace("#", "%23")


def _title(notice: PublicNotice) -> str:
    return str(notice.title)


def _stands(notice: PublicNotice) -> bool:
    return notice.taken_down_at is None and notice.starts_on <= today() <= notice.ends_on


def _tag(notice: PublicNotice) -> Tag:
    if _stands(notice):
        return Tag(_("公示中"), "teal")
    return Tag(_("已撤下"), "grey") if notice.taken_down_at else Tag(_("期满，今夜撤下"), "amber")


@publishing
@asks
def publish(request: HttpRequest) -> HttpResponse:
    """One benefit in one place: the names as everybody will see them, then published."""
    viewer = viewer_of(request)
    benefit = request.POST.get("benefit") or request.GET.get("benefit", "")
    place = Region.objects.filter(pk=request.POST.get("region") or request.GET.get("region", "")).first()
    found = list(waiting(viewer).filter(benefit=benefit, region=place).select_related(
        "payee_person", "payee_organisation", "beneficiary_person", "region").order_by("pk")[:MOST])  # fmt: skip
    if place is None or not found:
        messages.info(request, _("没有等待公示的办件。"))
        return redirect("claims:desk_notices")
    if request.method == "POST" and request.POST.get("confirmed") == "yes":
        try:
            made = public_notice.publish(viewer, found)
        except (ClaimError, PermissionDenied) as error:
            messages.error(request, str(error))
            return redirect("claims:desk_notices")
        messages.success(
            request, _("已公示 %(n)s 件，%(day)s 后自动撤下。") % {"n": len(found), "day": made.ends_on.isoformat()}
        )
        return redirect("claims:desk_notices")
    points = {each.pk: (last.point or 0) if (last := moving.last_of(each)) is not None else 0 for each in found}
    rows = [
        [Cell(public_notice.shown(each, today()), note=each.number or ""), grouped(points[each.pk])] for each in found
    ]
    return render(request, "claims/publish.html", {
        "name": name_of(benefit), "benefit": benefit, "region": place, "days": terms_of(place, benefit).notice_days, "count": len(found),
        "total": sum(points.values()), "table": Table(_("公示名单"), [Column(_("公示名称")), Column(_("金额（元）"), "number")], rows),
    })  # fmt: skip


# -- objections ---------------------------------------------------------------------------
class AnswerForm(forms.Form):
    """Whether it holds, and why."""

    upheld = forms.ChoiceField(label=gettext_lazy("异议成立吗"), widget=forms.RadioSelect,
                               choices=[("yes", gettext_lazy("成立：退回审核，未付的应付撤销")), ("no", gettext_lazy("不成立：恢复原来的状态"))])  # fmt: skip
    words = forms.CharField(label=gettext_lazy("答复"), max_length=1_000, widget=forms.Textarea(attrs={"rows": 6}),
                            help_text=gettext_lazy("提出异议的人会原样看到：核对了什么、依据哪一条、结果怎样。"))  # fmt: skip


@answering
@require_safe
def dispute_queue(request: HttpRequest) -> HttpResponse:
    """Open objections, the nearest day first; or those that were answered."""
    viewer = viewer_of(request)
    answered = request.GET.get("answered") == "1"
    found = (Dispute.objects.filter(claim__in=access_claims(viewer), answered_at__isnull=False).order_by("-answered_at")
             if answered else disputes.waiting(viewer)).select_related("claim__payee_person", "claim__payee_organisation")  # fmt: skip
    page: Page[Any] = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    on = today()
    columns = [
        Column(_("受理编号")),
        Column(_("异议内容")),
        Column(_("提出人")),
        Column(_("答复期限")),
        Column(_("状态"), "state"),
    ]
    rows = [[Cell(each.claim.number or "", reverse("claims:dispute", args=[each.uid]), note=showing.name_of(each.claim)),
             str(each.get_ground_display()), _("账户用户") if each.by_id else _("社会公众"),
             Cell(each.answer_by.isoformat(), tone="red" if not answered and each.answer_by < on else ""),
             Cell(tag=_answered_tag(each))] for each in page]  # fmt: skip
    tabs = [
        Tab(_("待答复"), "?", disputes.waiting(viewer).count(), not answered),
        Tab(_("已答复"), "?answered=1", None, answered),
    ]
    return render(
        request,
        "claims/disputes.html",
        {"table": Table(_("异议"), columns, rows) if rows else None, "page": page, "tabs": tabs},
    )


def _answered_tag(each: Dispute) -> Tag:
    if each.answered_at is None:
        return Tag(_("待答复"), "amber")
    return Tag(_("异议成立"), "red") if each.upheld else Tag(_("异议不成立"), "grey")


@answering
@asks
def dispute(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One objection: what it says, about what; the answer of somebody who signed nothing on the claim."""
    viewer = viewer_of(request)
    found = get_object_or_404(Dispute.objects.filter(claim__in=access_claims(viewer)).select_related(
        "claim__region", "claim__payee_person", "claim__payee_organisation", "claim__assigned_to", "by", "answered_by"), uid=uid)  # fmt: skip
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        told = form.cleaned_data
        try:
            disputes.answer(found, viewer, told["upheld"] == "yes", told["words"])
        except (ClaimError, PermissionDenied) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("已答复。"))
            return redirect("claims:dispute", uid=uid)
    facts = [Fact(_("异议内容"), str(found.get_ground_display()), found.condition), Fact(_("提出时间"), present.day_of(found.made_at).isoformat()),
             Fact(_("答复期限"), found.answer_by.isoformat())]  # fmt: skip
    if found.by is None:
        facts += [
            Fact(_("异议人"), found.name.open() if found.name else "—"),
            Fact(_("联系方式"), found.contact.open() if found.contact else "—"),
        ]
    told_: dict[str, Any] = {
        **head(found.claim),
        "dispute": found,
        "facts": facts,
        "form": form,
        "appeal": disputes.appeal(found.claim),
    }
    return render(request, "claims/dispute.html", told_, status=422 if form.is_bound else 200)
