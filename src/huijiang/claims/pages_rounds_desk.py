"""The officer's pages of rounds: list, new, detail with panel, ranking and late claims; and audited cost."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huijiang import present
from huijiang.accounts.doors import staff
from huijiang.accounts.models import Grant, Role, User
from huijiang.accounts.viewers import HERE, Viewer, today
from huijiang.claims import audited, bulk, determine, moving, panels, places, rounds, showing
from huijiang.claims.access import access_claims
from huijiang.claims.errors import ClaimError
from huijiang.claims.forms_rounds import AuditedForm, LateForm, MemberForm, PanelForm, RoundForm
from huijiang.claims.models import BulkDecision, Claim, Panel, PanelMember, Place, Round
from huijiang.claims.models.rounds import Late, Ranking
from huijiang.claims.pages_desk import viewer_of
from huijiang.claims.pages_rounds import facts_of, moment, place_tag, score_words, tag_of
from huijiang.claims.public_notice import name_of
from huijiang.claims.states import State
from huijiang.documents import library
from huijiang.files import services as files
from huijiang.regions.models import Region
from huijiang.registry.vocabulary import vocabulary
from huijiang.web.components.amount import grouped
from huijiang.web.components.lists import Fact
from huijiang.web.components.tables import Cell, Column, Table
from huijiang.web.components.tags import Tag

PER_PAGE = 30
EXPERTS = 300  # people, or drafts, in a list to choose from
see = staff(*rounds.SEES)
run = staff(*rounds.MAKES)
reviewers = staff(Role.REVIEWER)


def _round(request: HttpRequest, uid: uuid.UUID) -> Round:
    return get_object_or_404(rounds.access_rounds(viewer_of(request)), uid=uid)


def _done(request: HttpRequest, held: Round, act: Any, words: str) -> HttpResponse:
    """Do something and go back to the round; what could not be done is said there."""
    try:
        act()
    except (ClaimError, PermissionDenied) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, words)
    return redirect("claims:desk_round", uid=held.uid)


@see
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    page = Paginator(rounds.access_rounds(viewer_of(request)), PER_PAGE).get_page(request.GET.get("page"))
    columns = [
        Column(_("批次名称")),
        Column(_("项目")),
        Column(_("截止申报")),
        Column(_("件数"), "number"),
        Column(_("状态"), "state"),
    ]
    rows = [[Cell(each.name, reverse("claims:desk_round", args=[each.uid]), note=each.region.name),
             "、".join(name_of(b) for b in each.benefits), moment(each.closes_at), str(rounds.entrants(each).count()),
             Cell(tag=tag_of(each))] for each in page]  # fmt: skip
    return render(request, "claims/desk_rounds.html", {
        "page": page, "table": Table(_("申报批次"), columns, rows), "makes": bool(viewer_of(request).paths(*rounds.MAKES))})  # fmt: skip


@run
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    viewer = viewer_of(request)
    regions = Region.objects.filter(path__in=viewer.paths(*rounds.MAKES)).order_by("path")
    rules = {key: each for region in regions for key, each in library.benefits(region.pk).items()}
    benefits = [(key, f"{rule.name}（{plan.number} {rule.clause}）") for key, (rule, plan) in rules.items()]
    facts = facts_to_rank_by({rule.table for rule, _plan in rules.values()})
    form = RoundForm(request.POST if request.method == "POST" else None, regions, benefits, facts)
    if form.is_bound and form.is_valid():
        told = dict(form.cleaned_data)
        try:
            held = rounds.draft(viewer, told.pop("region"), **told)
        except (ClaimError, PermissionDenied) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("已建立，请另一位复核后发布。"))
            return redirect("claims:desk_round", uid=held.uid)
    return render(request, "claims/round_new.html", {"form": form}, status=422 if form.is_bound else 200)


def facts_to_rank_by(tables: Iterable[str]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Dates and figures of events, by table: what claims of a round can be put in order by."""
    known, found = vocabulary().tables, []
    for table in sorted(tables):
        listed_ = [(f"{table}.{each.name}", each.label) for each in known[table].columns.values()
                   if each.type.kind in ("date", "int", "quantity") and each.derived is None]  # fmt: skip
        if listed_:
            found.append((known[table].label, listed_))
    return found


@see
@require_safe
def detail(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    return page_of(request, _round(request, uid))


def page_of(request: HttpRequest, held: Round, status: int = 200, **forms: Any) -> HttpResponse:
    viewer = viewer_of(request)
    panel = Panel.objects.filter(round=held).select_related("round").first()
    runs = rounds.may_run(held, viewer)
    over = held.published_at is not None and held.closes_at < present.now()
    ranks = held.ranking in (Ranking.TIME, Ranking.FACT)
    without = _without_place(held) if Role.REVIEWER in viewer.roles and runs else []
    late_ = held.late == Late.ACCEPT and over and not held.settled_at and runs
    drafts_ = drafts(held, viewer) if late_ else []
    told = {
        "round": held, "tag": tag_of(held), "facts": facts_of(held), "runs": runs, "panel": panel,
        "publishes": rounds.may_publish(held, viewer), "ranking": _ranking(request, held, panel),
        "settles": runs and held.settled_at is None and ranks and over, "waits": ranks and held.published_at and not over,
        "panel_form": forms.get("panel_form") or PanelForm(None) if panel is None and not held.published_at and runs and not ranks else None,
        "member_form": forms.get("member_form") or MemberForm(None, experts(held)) if panel and panel.opened_at is None and runs else None,
        "criteria": [(each["name"], panels.percent(int(each["weight"]))) for each in panel.criteria] if panel else [],
        "late_form": forms.get("late_form") or LateForm(None, drafts_) if late_ else None, "without": len(without),
        "drafts": len(drafts_), "unjudged": held.ranking == Ranking.SCORE and panel is None,
        "late": held.late_entries.select_related("claim", "by").order_by("pk"), "bad": (bad := next(iter(forms.values()), None)), "form": bad,
        "members": _members(panel, viewer) if panel else [], "minutes": getattr(panel, "minutes", None) if panel else None,
    }  # fmt: skip
    return render(request, "claims/desk_round.html", told, status=status)


def _without_place(held: Round) -> list[Place]:
    """Claims of a settled round that got no place and that nobody ended yet."""
    if held.settled_at is None:
        return []
    return list(
        held.places.exclude(standing=places.IN)
        .filter(lost_at=None, claim__state=State.IN_REVIEW)
        .select_related("claim")
    )


def experts(held: Round) -> list[User]:
    """Accounts with the role of an assessor for the round's region, or for one above it."""
    above = held.region.path.strip("/").split("/")
    on = today()
    granted = Grant.objects.filter(Q(ends_on=None) | Q(ends_on__gte=on), role=Role.ASSESSOR, region__in=above,
                                   ended_at=None, starts_on__lte=on)  # fmt: skip
    return list(User.objects.filter(pk__in=granted.values("user"), is_active=True).order_by("name", "pk")[:EXPERTS])


def drafts(held: Round, viewer: Viewer) -> list[tuple[str, str]]:
    """Drafts that may be let in late: of the round's benefits and place, not let in yet."""
    found = access_claims(viewer).filter(
        state=State.DRAFT, benefit__in=held.benefits, region__path__startswith=held.region.path
    )
    found = found.exclude(late_entries__round=held).select_related("payee_person", "payee_organisation")
    return [(str(each.uid), _("%(who)s · %(what)s · %(day)s 起草") % {
        "who": showing.name_of(each), "what": name_of(each.benefit), "day": f"{each.created_at.astimezone(HERE):%m-%d}"})
        for each in found.order_by("-pk")[:EXPERTS]]  # fmt: skip


def _members(panel: Panel, viewer: Viewer) -> list[tuple[PanelMember, Tag, bool]]:
    found = []
    for each in (
        panel.members.filter(left_at=None)
        .select_related("user", "appointed_by", "confirmed_by")
        .order_by("-chairs", "pk")
    ):
        tag = Tag(_("已确认"), "green", "check") if each.confirmed_at else Tag(_("待另一人确认"), "amber", "clock")
        open_ = each.confirmed_at is None and viewer.user.pk not in (each.user_id, each.appointed_by_id)
        found.append((each, tag, open_ and panel.opened_at is None))
    return found


def _case(claim: Claim, theirs: set[int]) -> Cell:
    """Its number, with the applicant as lists show them; a link for whoever may open it."""
    address = reverse("claims:case", args=[claim.number]) if claim.number and claim.pk in theirs else ""
    return Cell(claim.number or "—", address, note=showing.name_of(claim))


def _ranking(request: HttpRequest, held: Round, panel: Panel | None) -> Table | None:
    """Places once settled; else whoever is in, without an order that could be taken for a result."""
    theirs = set(access_claims(viewer_of(request)).filter(round=held).values_list("pk", flat=True))
    if held.settled_at is None:
        columns = [Column(_("受理编号")), Column(_("提交时间")), Column(_("项目")), Column(_("状态"), "state")]
        rows = [[_case(each, theirs), moment(each.submitted_at) if each.submitted_at else "", name_of(each.benefit),
                 Cell(tag=Tag(str(each.get_state_display())))]
                for each in rounds.entrants(held)]  # fmt: skip
        return Table(_("已收申报"), columns, rows, show_caption=True) if rows else None
    columns = [Column(_("名次")), Column(_("受理编号")), Column(_("得分"), "number"), Column(_("最高与最低之差"), "number"),
               Column(_("金额（元）"), "number"), Column(_("结果"), "state")]  # fmt: skip
    rows_ = []
    for each in held.places.select_related("claim__payee_person", "claim__payee_organisation"):
        got = panels.result(panel, each.claim) if panel else None
        rows_.append([str(each.rank or "—"), _case(each.claim, theirs), score_words(each.mark) if got and each.mark is not None else "—",
                      score_words(got.spread) if got else "—", grouped(each.amount) if each.amount is not None else "—",
                      Cell(tag=place_tag(each))])  # fmt: skip
    return Table(_("结果"), columns, rows_, show_caption=True) if rows_ else None


@see
@require_POST
def publish(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    held = _round(request, uid)
    return _done(request, held, lambda: rounds.publish(held, viewer_of(request)), _("已发布。"))


@run
@require_POST
def settle(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    held = _round(request, uid)
    return _done(request, held, lambda: rounds.settle(held, viewer_of(request)), _("结果已确定，已告知申报人。"))


@run
@require_POST
def late(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Let a draft in after the end, with the reason."""
    held = _round(request, uid)
    form = LateForm(request.POST, drafts(held, viewer_of(request)))
    if not form.is_valid():
        return page_of(request, held, 422, late_form=form)
    found = Claim.objects.filter(uid=form.cleaned_data["claim"], pk__in=access_claims(viewer_of(request))).first()
    if found is None:
        form.add_error("claim", _("没有这件草稿，请核对编号。"))
        return page_of(request, held, 422, late_form=form)
    return _done(request, held, lambda: rounds.let_in(held, found, viewer_of(request), form.cleaned_data["reason"]),
                 _("已准许，申报人可以提交了。"))  # fmt: skip


@reviewers
@require_POST
def decline(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """End every claim that got no place, each signed by whoever asks, once they said so twice: a few at once, more by a
    job."""
    held, viewer = _round(request, uid), viewer_of(request)
    found = _without_place(held)
    asked = bulk.uid_of(request.POST.get("uid", ""), viewer)
    if asked is None or request.POST.get("confirmed") != "yes":
        told = {"round": held, "count": len(found), "uid": uuid.uuid4()}
        return render(request, "claims/round_decline.html", told)
    if not found and not BulkDecision.objects.filter(uid=asked).exists():
        messages.info(request, _("没有要告知的申报。"))
        return redirect("claims:desk_round", uid=uid)
    made = bulk.make(asked, viewer, bulk.OUT, [each.claim for each in found])
    return redirect("claims:bulk_done", uid=made.uid)


@run
@require_POST
def panel(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The criteria, before the round is published."""
    held, form = _round(request, uid), PanelForm(request.POST)
    if form.is_valid():
        try:
            panels.make(
                held, viewer_of(request), form.criteria(), form.cleaned_data["least"], form.cleaned_data["due_on"]
            )
        except (ClaimError, PermissionDenied) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("评分项已定，现在提名评审人。"))
            return redirect("claims:desk_round", uid=uid)
    return page_of(request, held, 422, panel_form=form)


@see
@require_POST
def members(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Name somebody, or confirm or take out a member (`confirm`, `leave`: their number)."""
    held, viewer = _round(request, uid), viewer_of(request)
    found = get_object_or_404(Panel.objects.select_related("round__region"), round=held)
    for name, act, words in (("confirm", panels.confirm, _("已确认。")), ("leave", panels.leave, _("已移出。"))):
        said = request.POST.get(name, "")
        if said.isascii() and said.isdigit() and len(said) < 19:
            member = get_object_or_404(found.members, pk=int(said))
            return _done(request, held, lambda act=act, member=member: act(member, viewer), words)
    form = MemberForm(request.POST, experts(held))
    if not form.is_valid():
        return page_of(request, held, 422, member_form=form)
    return _done(request, held, lambda: panels.appoint(found, viewer, form.named, form.cleaned_data["chairs"]),
                 _("已提名，请另一位确认。"))  # fmt: skip


@reviewers
@require_http_methods(["GET", "HEAD", "POST"])
def audited_cost(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """An auditor's figure with its report, for a claim whose amount is open."""
    claim = get_object_or_404(access_claims(viewer_of(request)), uid=uid)
    form = AuditedForm(request.POST or None, request.FILES or None)
    if form.is_bound and form.is_valid():
        try:
            made = audited.enter(claim, viewer_of(request), **form.cleaned_data)
        except (ClaimError, PermissionDenied, files.Refused, files.NoRoom) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("金额核定为 %(yuan)s 元。") % {"yuan": grouped(made.determination.point or 0)})
            return redirect("claims:case", number=claim.number) if claim.number else redirect("claims:desk")
    last = moving.last_of(claim)
    asked = determine.asked(last) if last is not None else None
    showing.ask_figure(form.fields["cost"], asked)
    facts = [Fact(_("受理编号"), claim.number or "—"), Fact(_("项目"), name_of(claim.benefit))]
    if last is not None:
        facts += [*([Fact(_("文件所留的范围"), showing.range_of(asked))] if asked is not None else []),
                  Fact(_("核定金额"), _("%(yuan)s 元") % {"yuan": grouped(last.point)} if last.point is not None else _("还没有定")),
                  Fact(_("金额依据"), last.basis_words or str(last.get_basis_display()) or "—")]  # fmt: skip
    return render(request, "claims/audited_cost.html", {
        "form": form, "claim": claim, "facts": facts, "open": determine.still_asked(last) is not None and claim.state == State.IN_REVIEW,
    }, status=422 if form.is_bound else 200)  # fmt: skip
