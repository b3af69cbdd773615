"""Pages of panel members: their panels, the claims, a score, and the chair's minutes.  Made for a tablet on the table."""

from __future__ import annotations

import uuid
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from huijiang.accounts.doors import staff
from huijiang.accounts.models import Role
from huijiang.accounts.viewers import today
from huijiang.claims import acts, determine, moving, panels, showing
from huijiang.claims.errors import ClaimError
from huijiang.claims.forms_rounds import MinutesForm, ScoreForm
from huijiang.claims.models import Claim, Panel, PanelMember
from huijiang.claims.models.decision import Kind
from huijiang.claims.pages_desk import viewer_of
from huijiang.claims.pages_desk_case import papers_table
from huijiang.claims.pages_rounds import moment, score_words, tag_of
from huijiang.claims.public_notice import name_of
from huijiang.web.components.amount import grouped
from huijiang.web.components.conditions import Condition
from huijiang.web.components.lists import Fact
from huijiang.web.components.tables import Cell, Column, Table
from huijiang.web.components.tags import Tag

experts = staff(*Role)
MOST_RELATION: Final = 120
"""Anybody with a role may be named; a seat alone opens a panel."""


@experts
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    found = panels.panel_of(viewer_of(request)).order_by("-due_on")
    columns = [Column(_("批次名称")), Column(_("评分截止")), Column(_("状态"), "state")]
    rows = [[Cell(each.round.name, reverse("claims:panel", args=[each.round.uid]), note=each.round.region.name),
             each.due_on.isoformat(), Cell(tag=tag_of(each.round))] for each in found]  # fmt: skip
    return render(request, "claims/panels.html", {"table": Table(_("我的评审"), columns, rows), "count": len(rows)})


def _panel(request: HttpRequest, uid: uuid.UUID) -> tuple[Panel, PanelMember]:
    found = get_object_or_404(panels.panel_of(viewer_of(request)), round__uid=uid)
    return found, panels.seat(found, viewer_of(request).user)


@experts
@require_safe
def panel(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The claims of a panel: mine to score, recused, scored; all scores once they are open."""
    held, member = _panel(request, uid)
    panels.open_when_ready(held)
    mine_ = {each.claim_id: each for each in panels.visible(held, viewer_of(request)).filter(member=member)}
    columns = [Column(_("受理编号")), Column(_("项目")), Column(_("我的评分"), "number"), Column(_("状态"), "state")]
    if held.opened_at:
        columns[3:3] = [Column(_("得分"), "number"), Column(_("最高与最低之差"), "number")]
    rows = []
    for claim in panels.judged(held):
        why = "" if member.chairs else panels.why_not(member, claim)
        own = mine_.get(claim.pk)
        tag = (Tag(_("须回避"), "grey") if why else Tag(_("已打分"), "green", "check") if own else
               Tag(_("主持"), "grey") if member.chairs else Tag(_("待打分"), "amber", "clock"))  # fmt: skip
        row: list[Any] = [Cell(claim.number or "", reverse("claims:score", args=[uid, claim.uid]), note=showing.name_of(claim)), name_of(claim.benefit),
                          score_words(own.total) if own else "—"]  # fmt: skip
        if held.opened_at:
            got = panels.result(held, claim)
            row += [score_words(got.mark) if got else "—", score_words(got.spread) if got else "—"]
        rows.append([*row, Cell(tag=tag)])
    given, to_come = held.scores.count(), sum(1 for _each in panels.missing(held))
    return render(request, "claims/panel.html", {
        "panel": held, "round": held.round, "member": member, "table": Table(_("待评申报"), columns, rows), "count": len(rows),
        "given": given, "all": given + to_come, "tag": tag_of(held.round), "minutes": getattr(held, "minutes", None),
        "minuting": member.chairs and held.opened_at is not None and held.round.settled_at is None,
        "open": held.opened_at is not None,
    })  # fmt: skip


@experts
@require_http_methods(["GET", "HEAD", "POST"])
def score(request: HttpRequest, uid: uuid.UUID, claim: uuid.UUID) -> HttpResponse:
    """One claim with its facts, and the member's points."""
    held, member = _panel(request, uid)
    found = next((each for each in panels.judged(held) if each.uid == claim), None)
    own = held.scores.filter(claim__uid=claim, member=member).select_related("claim").first()
    if found is None and own is None:
        raise Http404("claim")
    about: Claim = found or own.claim  # type: ignore[union-attr]
    why = _("组长主持评审、签署纪要，不打分。") if member.chairs else panels.why_not(member, about)
    form = ScoreForm(request.POST if request.method == "POST" and "recuse" not in request.POST else None, held)
    relation = request.POST.get("recuse", "").strip()
    if len(relation) > MOST_RELATION:
        messages.error(request, _("与申报人的关系最多写 %(most)s 字。") % {"most": MOST_RELATION})
        return redirect("claims:score", uid=uid, claim=claim)
    if relation and not why and own is None:
        acts.declare(member.user, member.user, relation, about.payee_person_id, about.payee_organisation_id)
        panels.open_when_ready(held)
        messages.success(request, _("已登记回避。"))
        return redirect("claims:panel", uid=uid)
    if form.is_bound and form.is_valid():
        points = {each["id"]: form.cleaned_data[each["id"]] for each in held.criteria}
        try:
            panels.score(held, viewer_of(request), about, points, form.cleaned_data["words"])
        except (ClaimError, PermissionDenied) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("已签署打分，不能再改。"))
            return redirect("claims:panel", uid=uid)
    return render(request, "claims/score.html", {
        "panel": held, "round": held.round, "claim": about, "form": form, "own": own, "why": why, "facts": _facts(about),
        "points": [Fact(each["name"], str(own.points[each["id"]])) for each in held.criteria] if own else [],
        "total": score_words(own.total) if own else "", "scores": _scores(held, about), "checks": _conditions(about),
        "papers": papers_table(viewer_of(request), about), "over": held.opened_at is not None or today() > held.due_on,
    }, status=422 if form.is_bound else 200)  # fmt: skip


def _facts(claim: Claim) -> list[Fact]:
    made = moving.last_of(claim)
    asked = determine.asked(made) if made is not None else None
    found = [
        Fact(_("申报人"), showing.name_of(claim)),
        Fact(_("项目"), name_of(claim.benefit)),
        Fact(_("提交时间"), moment(claim.submitted_at) if claim.submitted_at else ""),
    ]
    return found + ([Fact(_("文件所留的范围"), showing.range_of(asked))] if asked is not None else [])


def _conditions(claim: Claim) -> list[Condition]:
    """The conditions of the determination and whether each is met; no names, no numbers, no facts of a person."""
    made = moving.last_of(claim)
    body = determine.body_of(made) if made is not None else {"conditions": []}
    return [Condition(showing.OUTCOMES[each["outcome"]], each["label"], "", showing.clause_of(body["benefit"], each["clause"]))
            for each in body["conditions"]]  # fmt: skip


def _scores(held: Panel, claim: Claim) -> Table | None:
    """Everybody's scores, once they are open."""
    if held.opened_at is None:
        return None
    got = panels.result(held, claim)
    columns = [
        Column(_("评审人")),
        *(Column(each["name"], "number") for each in held.criteria),
        Column(_("总分"), "number"),
        Column(_("评语")),
    ]
    left = list(got.left_out) if got else []
    rows = []
    for each in held.scores.filter(claim=claim).select_related("member__user").order_by("total", "pk"):
        out = each.total in left
        if out:
            left.remove(each.total)
        rows.append([Cell(each.member.user.name, note=_("不计入平均") if out else ""), *(str(each.points[c["id"]]) for c in held.criteria),
                     score_words(each.total), each.words or "—"])  # fmt: skip
    return Table(_("各人评分"), columns, rows, show_caption=True)


@experts
@require_http_methods(["GET", "HEAD", "POST"])
def minutes(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """What the panel resolved: written and signed by the chair, read by its members."""
    held, member = _panel(request, uid)
    known = getattr(held, "minutes", None)
    if not panels.open_when_ready(held):
        raise Http404("sealed")
    scored, out = panels.ranking(held) if known is None else ([], [])
    open_ = [(claim, showing.range_of(left)) for claim, _got in scored if (left := panels.open_interval(claim))]
    form = (
        MinutesForm(request.POST if request.method == "POST" else None, open_)
        if member.chairs and known is None
        else None
    )
    if form is not None and form.is_bound and form.is_valid():
        try:
            panels.conclude(
                held, viewer_of(request), form.cleaned_data["held_on"], form.cleaned_data["words"], form.awards()
            )
        except (ClaimError, PermissionDenied) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("纪要已签署，结果已确定并告知申报人。"))
            return redirect("claims:minutes", uid=uid)
    return render(request, "claims/minutes.html", {
        "panel": held, "round": held.round, "form": form, "minutes": known, "out": out,
        "table": _resolved(known) if known else _standing(scored),
        "why": next(filter(None, (acts.why_not(claim, member.user, Kind.MINUTES) for claim, _g in scored)), "") if form else "",
    }, status=422 if form is not None and form.is_bound else 200)  # fmt: skip


def _standing(scored: list[tuple[Claim, panels.Result]]) -> Table:
    columns = [
        Column(_("名次")),
        Column(_("受理编号")),
        Column(_("得分"), "number"),
        Column(_("最高与最低之差"), "number"),
        Column(_("打分人数"), "number"),
    ]
    rows = [[str(rank), claim.number or "", score_words(got.mark), score_words(got.spread), str(len(got.totals))]
            for rank, (claim, got) in enumerate(scored, start=1)]  # fmt: skip
    return Table(_("得分排序"), columns, rows, show_caption=True)


def award_of(claim: Claim, fen: int | None) -> Cell:
    """In yuan; of each period where that is what the panel was asked for."""
    if not fen:
        return Cell("—")
    return Cell(grouped(fen), note=_("每期") if panels.of_each_period(claim) else "")


def _resolved(known: Any) -> Table:
    columns = [
        Column(_("名次")),
        Column(_("受理编号")),
        Column(_("评定金额（元）"), "number"),
        Column(_("结果"), "state"),
    ]
    rows = [[str(each.rank or "—"), each.claim.number or "", award_of(each.claim, each.award),
             Cell(tag=Tag(_("入选"), "green", "check") if each.wins else Tag(_("未入选"), "grey"))]
            for each in known.lines.select_related("claim").order_by("rank")]  # fmt: skip
    return Table(_("评审结果"), columns, rows, show_caption=True)
