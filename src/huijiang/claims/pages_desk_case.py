"""One case: the decision beside its evidence; the full names and numbers only for a purpose; its dossier."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import quote

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from huijiang import audit
from huijiang.access.sightings import Purpose, saw, unmask
from huijiang.accounts.models import Role
from huijiang.accounts.viewers import Viewer, today
from huijiang.claims import clock, deciding, determine, disputes, moving, papers, showing, story
from huijiang.claims.errors import ClaimError, MayNot
from huijiang.claims.models import Act, Check, Claim, Determination, Place
from huijiang.claims.models.checks import Judgement, Verdict
from huijiang.claims.pages_desk import asks, claims_of, reads, viewer_of, works
from huijiang.claims.public_notice import name_of
from huijiang.claims.states import PAUSED, State, Who
from huijiang.claims.verifiers import running
from huijiang.files import dossiers
from huijiang.registry.models import IdentityDocument
from huijiang.web.components import conditions as parts
from huijiang.web.components.lists import Fact
from huijiang.web.components.tables import Cell, Column, Table
from huijiang.web.components.tags import Tag


def audits(claim: Claim, viewer: Viewer, made: Determination | None) -> bool:
    """Whether the viewer may enter an auditor's figure: a reviewer here, while the amount is open."""
    here = claim.region.path.startswith(viewer.paths(Role.REVIEWER) or ("\0",))
    return (
        here and claim.state == State.IN_REVIEW and made is not None and deciding.is_open(made) and made.point is None
    )


@reads
@require_http_methods(["GET", "HEAD"])
def case(request: HttpRequest, number: str) -> HttpResponse:
    """The page.  Looking at it is looking at a person: they can read who did."""
    viewer = viewer_of(request)
    claim = get_object_or_404(claims_of(viewer), number=number)
    made = moving.last_of(claim)
    body = determine.body_of(made) if made is not None else None
    if claim.payee_person is not None and request.method == "GET":
        saw(viewer, claim.payee_person, Purpose.REVIEW, [f"claim {claim.number}"])
    if claim.payee_organisation is not None and request.method == "GET":
        saw(viewer, claim.payee_organisation, Purpose.REVIEW, [f"claim {claim.number}"])
    return render(request, "claims/case.html", {
        **head(claim), "made": made, "audits": audits(claim, viewer, made), "limits": showing.limits(body) if body else [], "amount": showing.amount_of(made), "figure": str(showing.amount_of(made)), "body": body, "facts": facts_of(claim, made, body),
        "conditions": showing.conditions(body) if body else [], "checks": checks_of(claim, viewer),
        "papers": papers_table(viewer, claim), "letters": letters_table(claim), "events": showing.happened(claim),
        "signatures": signature_facts(showing.signatures(claim)), "deeds": deciding.ready(claim, viewer), "first": first_reviewer(claim),
        "disputes": list(claim.disputes.order_by("id")) , "corrections": list(claim.corrections.order_by("-id")),
        "appeal": disputes.appeal(claim), "may_download": bool(viewer.roles & DOSSIER), "works": bool(viewer.roles & WORKING),
        "person": claim.payee_person is not None, "due": list(claim.dues.order_by("period", "instalment")),
    })  # fmt: skip


WORKING = frozenset({Role.COUNTER, Role.INTAKE, Role.REVIEWER, Role.SECOND_REVIEWER, Role.SUPERVISOR})
DOSSIER = frozenset({Role.REVIEWER, Role.SECOND_REVIEWER, Role.SUPERVISOR, Role.AUDITOR})


def head(claim: Claim) -> dict[str, Any]:
    """What stands at the top of every page about one claim."""
    on = today()
    left = clock.days_left(claim, on)
    return {"claim": claim, "name": name_of(claim.benefit), "who": showing.name_of(claim), "tag": showing.state_tag(claim),
            "time": showing.time_cell(claim, left), "clock": showing.clock_words(claim, on), "paused": claim.state in PAUSED}  # fmt: skip


def facts_of(claim: Claim, made: Determination | None, body: dict[str, Any] | None) -> list[Fact]:
    told = [
        Fact(_("申报方式"), str(claim.get_way_display())),
        Fact(_("提交时间"), f"{timezone.localtime(claim.submitted_at):%Y-%m-%d %H:%M}" if claim.submitted_at else "—"),
        Fact(_("事由日期"), claim.event_day.isoformat() if claim.event_day else "—"),
        Fact(_("承办"), claim.assigned_to.name if claim.assigned_to else _("还没有人领取")),
    ]
    if claim.batch is not None and claim.batch.organisation is not None:
        listed = f"{reverse('claims:desk')}?view=all&batch={claim.batch.uid}"
        told.append(
            Fact(
                _("批量申报"),
                claim.batch.organisation.name,
                _("共 %(n)s 件") % {"n": claim.batch.taken},
                listed,
                _("看这一批"),
            )
        )
    if claim.round is not None:
        place = Place.objects.filter(claim=claim).first()
        rank = _("第 %(rank)s 名") % {"rank": place.rank} if place is not None and place.rank else _("还没有排序")
        told.append(
            Fact(
                _("申报批次"),
                claim.round.name,
                rank,
                reverse("claims:desk_round", args=[claim.round.uid]),
                _("看申报批次"),
            )
        )
    if made is not None:
        told += [Fact(_("核定日期"), made.on.isoformat(), _("第 %(n)s 次核定") % {"n": made.number}),
                 Fact(_("规则版本"), made.release[:12], made.engine), Fact(_("签署摘要"), made.digest[:12], _("签署覆盖的内容"))]  # fmt: skip
        if made.basis:
            told.append(Fact(_("金额依据"), str(made.get_basis_display()), made.basis_words))
    if body is not None and body.get("fund"):
        named = _("文件没有写明") if body["fund"] == "undetermined" else str(body["fund"])
        told.append(Fact(_("资金"), named, story.waits_for(claim)))
    return told


def checks_of(claim: Claim, viewer: Viewer) -> dict[str, Any]:
    """n/m, the exceptions one by one, the rest folded."""
    found = showing.latest_checks(claim)
    told = [(each, *showing.check_state(each)) for each in found]
    judges = not running.may_judge(claim, viewer)
    open_ = [{"check": each, "evidence": showing.evidence(each), "state": state, "word": word, "icon": parts.STATES[state][1],
              "judges": judges and each.verdict == Verdict.FAILED and not each.judgement}
             for each, state, word in told if state != parts.MET]  # fmt: skip
    return {
        "all": len(told),
        "passed": len(told) - len(open_),
        "open": open_,
        "met": [each for each, state, _w in told if state == parts.MET],
    }


def papers_table(viewer: Viewer, claim: Claim) -> Table | None:
    found = papers.of(viewer, claim)
    rows = [[Cell(each.name.open() if each.name is not None else _("已按期清除"), reverse("files:file", args=[each.uid])), str(each.get_purpose_display()),
             filesizeformat(each.blob.size) if each.blob else "—", f"{timezone.localtime(each.uploaded_at):%Y-%m-%d}"] for each in found]  # fmt: skip
    return (
        Table(_("材料"), [Column(_("文件")), Column(_("用途")), Column(_("大小")), Column(_("上传"))], rows)
        if rows
        else None
    )


def letters_table(claim: Claim) -> Table | None:
    found = papers.letters_of(claim)
    rows = [
        [
            Cell(each.number, reverse("letters:letter", args=[each.uid])),
            str(each.get_kind_display()),
            each.on.isoformat(),
        ]
        for each in found
    ]
    return Table(_("文书"), [Column(_("文号")), Column(_("种类")), Column(_("日期"))], rows) if rows else None


def signature_facts(found: list[Act]) -> list[Fact]:
    return [
        Fact(str(each.get_kind_display()), each.user.name,
             f"{timezone.localtime(each.at):%Y-%m-%d %H:%M}" + (f" · {each.digest[:12]}" if each.digest else ""),
             tag=Tag(_("已失效"), "grey") if each.voided_at else None)
        for each in found
    ]  # fmt: skip


def first_reviewer(claim: Claim) -> str:
    """Who signed the review that stands: the second reviewer must be another."""
    act = claim.acts.filter(kind="review", voided_at=None).select_related("user").last()
    return act.user.name if act is not None else ""


# -- full names and numbers ------------------------------------------------------------
class WhyForm(forms.Form):
    purpose = forms.ChoiceField(label=gettext_lazy("为什么查看"), choices=Purpose.choices, widget=forms.RadioSelect)


@works
@asks
def reveal(request: HttpRequest, number: str) -> HttpResponse:
    """Names, document numbers and the account in full, once, for a purpose; the person sees who looked and why."""
    viewer = viewer_of(request)
    claim = get_object_or_404(claims_of(viewer), number=number)
    form = WhyForm(request.POST if request.method == "POST" else None)
    told: dict[str, Any] = {**head(claim), "form": form}
    if form.is_bound and form.is_valid():
        purpose = form.cleaned_data["purpose"]
        told["facts"] = _revealed(viewer, claim, purpose)
        return render(request, "claims/reveal.html", told)
    return render(request, "claims/reveal.html", told, status=422 if form.is_bound else 200)


def _revealed(viewer: Viewer, claim: Claim, purpose: str) -> list[Fact]:
    found: list[Fact] = []
    for label, person in ((_("收款的人"), claim.payee_person), (_("受益人"), claim.beneficiary_person)):
        if person is None or (label == _("受益人") and claim.beneficiary_person_id == claim.payee_person_id):
            continue
        found.append(Fact(label, str(person.name)))
        saw(viewer, person, purpose, ["name", "account"])
        for document in IdentityDocument.objects.filter(person=person).select_related("person"):
            found.append(Fact(str(document.kind), unmask(viewer, document, purpose)))
    if claim.payee_organisation is not None:
        found.append(Fact(_("收款单位"), str(claim.payee_organisation.name), str(claim.payee_organisation.uscc or "")))
    if claim.account is not None:
        found += [
            Fact(_("户名"), claim.account.holder.open()),
            Fact(_("账号"), claim.account.number.open(), claim.account.bank),
        ]
    audit.record(viewer.user, "claims.revealed", f"claim:{claim.uid}", claim.region_id, purpose=purpose)
    return found


# -- judging a finding -------------------------------------------------------------------
class JudgeForm(forms.Form):
    judgement = forms.ChoiceField(label=gettext_lazy("您的判断"), choices=Judgement.choices, widget=forms.RadioSelect)
    because = forms.CharField(label=gettext_lazy("理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 4}))


@works
@asks
def judge(request: HttpRequest, number: str, uid: uuid.UUID) -> HttpResponse:
    """A hit is cleared or confirmed by a person, once, with a reason."""
    viewer = viewer_of(request)
    claim = get_object_or_404(claims_of(viewer), number=number)
    check = get_object_or_404(Check.objects.filter(claim=claim, judgement=""), uid=uid)
    form = JudgeForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            running.judge(check, viewer, Judgement(form.cleaned_data["judgement"]), form.cleaned_data["because"])
        except (MayNot, ClaimError) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("判断已记下。"))
            return redirect("claims:case", number=number)
    return render(
        request,
        "claims/judge.html",
        {**head(claim), "check": check, "evidence": showing.evidence(check), "form": form},
        status=422 if form.is_bound else 200,
    )


# -- dossier -------------------------------------------------------------------------------
@reads
@require_POST
def dossier(request: HttpRequest, number: str) -> HttpResponse:
    """卷宗: the whole case as one PDF; each file in it is opened for the officer, with its trace."""
    viewer = viewer_of(request)
    claim = get_object_or_404(claims_of(viewer), number=number)
    if not viewer.roles & DOSSIER:
        messages.error(request, _("您的岗位不能下载卷宗。"))
        return redirect("claims:case", number=number)
    bound = dossiers.as_pdf(viewer, papers.dossier(viewer, claim), Purpose.REVIEW)
    answer = HttpResponse(bound.content, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(f'卷宗 {claim.number}.pdf')}"
    return answer


__all__ = ["Who", "case", "dossier", "head", "judge", "reveal"]
