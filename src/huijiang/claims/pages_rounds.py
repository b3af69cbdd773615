"""Rounds as everybody sees them: open, coming, over; and how a round came out, by its notice policy."""

from __future__ import annotations

import datetime as dt
import uuid

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from huijiang import present
from huijiang.access.viewers import agent_of, worker_of
from huijiang.accounts.viewers import HERE, today
from huijiang.claims import places, rounds
from huijiang.claims.models import Claim, Place, Round
from huijiang.claims.models.rounds import Ranking
from huijiang.claims.public_notice import name_of, shown
from huijiang.claims.terms import terms_of
from huijiang.registry.vocabulary import vocabulary
from huijiang.web.components.amount import grouped
from huijiang.web.components.lists import Fact, Tab
from huijiang.web.components.tables import Cell, Column, Table
from huijiang.web.components.tags import Tag
from huijiang.web.doors import public

PER_PAGE = 30


def moment(at: dt.datetime) -> str:
    return f"{at.astimezone(HERE):%Y-%m-%d %H:%M}"


def tag_of(held: Round, now: dt.datetime | None = None) -> Tag:
    at = now or present.now()
    if held.published_at is None:
        return Tag(_("待复核发布"), "amber", "clock")
    if held.settled_at is not None:
        return Tag(_("结果已定"), "green", "check")
    if at < held.opens_at:
        return Tag(_("即将开始"), "blue", "clock")
    if at <= held.closes_at:
        return Tag(_("正在申报"), "green")
    return Tag(_("已截止"), "grey")


def facts_of(held: Round) -> list[Fact]:
    """For which benefits, where, and its rules."""
    what = "、".join(name_of(each) for each in held.benefits)
    return [Fact(_("项目"), what), Fact(_("地区"), held.region.name), *rules_of(held)]


def rules_of(held: Round) -> list[Fact]:
    """What applicants should know: times, cut, order, late rule."""
    cut = [ngettext("%(n)s 件", "%(n)s 件", held.quota) % {"n": held.quota}] if held.quota else []
    cut += [_("共 %(yuan)s 元") % {"yuan": grouped(held.quota_money)}] if held.quota_money else []
    order = str(held.get_ranking_display()) + (f"（{fact_words(held)}）" if held.fact else "")
    found = [
        Fact(_("开始申报"), moment(held.opens_at)), Fact(_("截止申报"), moment(held.closes_at)),
        Fact(_("名额"), _("、").join(cut) or _("不限名额")), Fact(_("怎样排序"), order),
        Fact(_("逾期"), str(held.get_late_display())),
    ]  # fmt: skip
    if held.ranking != Ranking.NONE:
        found.insert(-1, Fact(_("同分"), str(held.get_ties_display())))
    return found + ([Fact(_("说明"), held.words)] if held.words else [])


def fact_words(held: Round) -> str:
    """The fact that a round ranks by, as the vocabulary calls it, and which end comes first."""
    table, _dot, column = held.fact.partition(".")
    known = vocabulary().tables.get(table)
    if known is None or column not in known.columns:
        return str(held.fact)
    label = f"{known.label}·{known.columns[column].label}"
    if known.columns[column].type.kind == "date":
        return (
            _("%(fact)s，早的在前") % {"fact": label}
            if held.lowest_first
            else _("%(fact)s，晚的在前") % {"fact": label}
        )
    return _("%(fact)s，小的在前") % {"fact": label} if held.lowest_first else _("%(fact)s，大的在前") % {"fact": label}


@public
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Open and coming rounds; those that are over on their own tab."""
    now = present.now()
    over = request.GET.get("view") == "over"
    found = rounds.published()
    current, past = (
        found.filter(closes_at__gte=now).order_by("closes_at"),
        found.filter(closes_at__lt=now).order_by("-closes_at"),
    )
    page = Paginator(past if over else current, PER_PAGE).get_page(request.GET.get("page"))
    columns = [
        Column(_("批次名称")),
        Column(_("项目")),
        Column(_("地区")),
        Column(_("截止申报")),
        Column(_("状态"), "state"),
    ]
    rows = [[Cell(each.name, reverse("claims:round", args=[each.uid])), "、".join(name_of(b) for b in each.benefits),
             each.region.name, moment(each.closes_at), Cell(tag=tag_of(each, now))] for each in page]  # fmt: skip
    address = reverse("claims:rounds")
    tabs = [Tab(_("正在申报和即将开始"), address, current.count(), not over),
            Tab(_("已截止"), f"{address}?view=over", past.count(), over)]  # fmt: skip
    return render(
        request, "claims/rounds.html", {"page": page, "table": Table(_("申报批次"), columns, rows), "tabs": tabs}
    )


@public
@require_safe
def detail(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    held = get_object_or_404(rounds.published(), uid=uid)
    results, until = public_results(held)
    benefits = [(name_of(each), reverse("documents:benefit", args=each.split("#"))) for each in held.benefits]
    now = present.now()
    return render(request, "claims/round.html", {
        "round": held, "tag": tag_of(held), "open": held.opens_at <= now <= held.closes_at, "starts": moment(held.opens_at) if now < held.opens_at else "",
        "worker": worker_of(request) is not None, "agent": agent_of(request) is not None, "facts": rules_of(held), "closes": moment(held.closes_at), "results": results, "until": until, "benefits": benefits,
        "wins": places.taken(held)[0] if held.settled_at else 0,
    })  # fmt: skip


def public_results(held: Round) -> tuple[Table | None, dt.date | None]:
    """Masked names in their order while the notice stands (each benefit's own days, none where it needs no notice)."""
    if held.settled_at is None:
        return None, None
    since = present.day_of(held.settled_at)
    ends = {each: since + dt.timedelta(days=terms_of(held.region, each).notice_days - 1) for each in held.benefits}
    listed_ = [each for each in held.places.select_related("claim__payee_person", "claim__payee_organisation", "claim__region")
               if each.claim.notice_due and each.lost_at is None and ends[each.claim.benefit] >= today()]  # fmt: skip
    if not listed_:
        return None, None
    columns = [Column(_("名次")), Column(_("申报人")), Column(_("项目")), Column(_("结果"), "state")]
    rows = [[str(each.rank or "—"), shown(each.claim, today()), name_of(each.claim.benefit), Cell(tag=place_tag(each))]
            for each in listed_]  # fmt: skip
    return Table(_("结果"), columns, rows, show_caption=True), max(ends[each.claim.benefit] for each in listed_)


def place_tag(place: Place) -> Tag:
    if place.lost_at is not None:
        return Tag(_("已退出"), "grey")
    if place.standing == places.IN:
        return Tag(_("递补入选") if place.moved_up_at else _("入选"), "green", "check")
    return Tag(str(place.get_standing_display()), "amber" if place.standing == places.RESERVE else "grey")


def score_words(thousandths: int) -> str:
    """85,500 thousandths as 85.50; halves of a hundredth up."""
    hundredths = (thousandths + 5) // 10
    return f"{hundredths // 100}.{hundredths % 100:02d}"


def of_claim(claim: Claim) -> dict[str, object]:
    """For the page of a case (`claims/parts/round.html`): its round, and its place once that is known."""
    place = Place.objects.filter(claim=claim).select_related("round").first()
    held = getattr(claim, "round", None)
    return {"round": held, "place": place, "place_tag": place_tag(place) if place else None,
            "mark": date_format(place.at, "Y-m-d") if place else ""}  # fmt: skip
