"""One's claims: the list; each with what happens next, the decision, letters, papers, its story; taking back, objecting."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from huijiang.access import doors
from huijiang.accounts.viewers import Capacity, Viewer
from huijiang.claims import determine, disputes, drafting, intake, moving, story
from huijiang.claims.access import access_claims, acts_as
from huijiang.claims.errors import ClaimError
from huijiang.claims.forms_apply import DisputeForm
from huijiang.claims.models import Claim
from huijiang.claims.models.disputes import Ground
from huijiang.claims.pages_apply import AGENT, WORKER, Desk, asks, payee_of, viewer_of
from huijiang.claims.pages_rounds import of_claim
from huijiang.claims.public_notice import name_of
from huijiang.claims.states import DISPUTABLE, Event, State, Who
from huijiang.documents import ratings
from huijiang.files.services import access_files
from huijiang.web.components.amount import grouped
from huijiang.web.components.layout import Crumb
from huijiang.web.components.lists import Event as Line
from huijiang.web.components.lists import Fact, Tab
from huijiang.web.components.tables import Cell, Column, Table

PER_PAGE = 30
TODO = (State.DRAFT, State.AWAITING_CORRECTION, State.PAYMENT_RETURNED)
ENDED = (State.PAID, State.REFUSED, State.WITHDRAWN, State.RECOVERED, State.CLOSED)
VIEWS = {"": Q(), "todo": Q(state__in=TODO), "running": ~Q(state__in=(*TODO, *ENDED)), "ended": Q(state__in=ENDED)}


class CasePages:
    """The pages of a worker or of an organisation; each method is a view once its door is put before it."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def _claim(self, viewer: Viewer, **which: Any) -> Claim:
        within = access_claims(viewer).select_related("region", "account", "payee_person", "payee_organisation")
        return get_object_or_404(within, **which)

    def listed(self, request: HttpRequest) -> HttpResponse:
        """What waits for oneself first."""
        viewer = viewer_of(request)
        view = request.GET.get("view", "")
        view = view if view in VIEWS else ""
        within = access_claims(viewer).select_related("payee_person", "payee_organisation", "beneficiary_person")
        here = reverse(self.desk.cases)
        words = {"": _("全部"), "todo": _("要我办的"), "running": _("办理中"), "ended": _("已办结")}
        tabs = [Tab(words[each], f"{here}?view={each}" if each else here, within.filter(said).count(), each == view)
                for each, said in VIEWS.items()]  # fmt: skip
        page = Paginator(within.filter(VIEWS[view]).order_by("-id"), PER_PAGE).get_page(request.GET.get("page"))
        return render(request, "claims/my_cases.html", {
            "tabs": tabs, "page": page, "table": self._table(list(page)), "firm": self.desk is AGENT,
            "batches": reverse("claims:batches") if self.desk is AGENT else "",
        })  # fmt: skip

    def _table(self, found: list[Claim]) -> Table:
        columns = [
            Column(_("项目")),
            Column(_("受理编号")),
            Column(_("提交")),
            Column(_("接下来")),
            Column(_("状态"), "state"),
        ]
        rows = []
        for each in found:
            sent = f"{timezone.localtime(each.submitted_at):%Y-%m-%d}" if each.submitted_at else _("还没有提交")
            address = (
                self.desk.address("", each.uid)
                if each.number is None and each.state == State.DRAFT
                else self.desk.of(each)
            )
            note = each.beneficiary_person.name if self.desk is AGENT and each.beneficiary_person else ""
            rows.append(
                [
                    Cell(name_of(each.benefit), address, note=note),
                    each.number or "—",
                    sent,
                    story.briefly(each),
                    Cell(tag=story.tag_of(each)),
                ]
            )
        return Table(_("办件"), columns, rows)

    def case(self, request: HttpRequest, number: str) -> HttpResponse:
        """One claim."""
        viewer = viewer_of(request)
        claim = self._claim(viewer, number=number)
        mine = Who.APPLICANT in acts_as(viewer, claim)
        events = {each.event for each in moving.possible(claim, viewer)}
        asked = claim.corrections.filter(answered_at=None).first()
        told = {
            "claim": claim, "name": name_of(claim.benefit), "tag": story.tag_of(claim), "next": story.next_of(claim), "facts": self._facts(claim),
            "events": story.events_of(claim), "decision": (decision := story.decision_of(claim)), "amount": grouped(decision.amount) if decision and decision.amount is not None else "",
            "later": grouped(decision.later) if decision and decision.later else "",
            "letters": [each for each in story.letters_of(claim) if self._theirs(viewer, each)], "files": self._files(viewer, claim),
            "correction": asked, "mend": self.desk.address("", claim.uid) if mine and claim.state == State.AWAITING_CORRECTION else "",
            "account": self.desk.address("_account", claim.uid) if mine and claim.state == State.PAYMENT_RETURNED else "",
            "withdraw": reverse(f"claims:{self.desk.withdraw}", args=[claim.uid]) if Event.WITHDRAW in events else "",
            "object": reverse(f"claims:{self._object}", args=[claim.uid]) if mine and claim.state in DISPUTABLE else "",
            "disputes": [_dispute(each) for each in claim.disputes.filter(by=viewer.user)],
            "appeal": disputes.appeal(claim) if decision is not None else "",
            "rate": ratings.case_link(claim.number) if mine and decision is not None and claim.number else "",
            "crumbs": [Crumb(self.desk.label, reverse(self.desk.cases)), Crumb(claim.number or "")],
        }  # fmt: skip
        return render(request, "claims/my_case.html", told | of_claim(claim))

    @property
    def _object(self) -> str:
        return "my_object" if self.desk is WORKER else "org_object"

    @staticmethod
    def _theirs(viewer: Viewer, letter: Any) -> bool:
        if viewer.capacity is Capacity.WORKER:
            return letter.person_id in viewer.people
        return letter.organisation_id in viewer.firms

    def _facts(self, claim: Claim) -> list[Fact]:
        sent = f"{timezone.localtime(claim.submitted_at):%Y-%m-%d %H:%M}" if claim.submitted_at else "—"
        found = [Fact(_("受理编号"), claim.number or "—"), Fact(_("发给"), payee_of(claim)), Fact(_("提交时间"), sent),
                 Fact(_("办理地区"), claim.region.name)]  # fmt: skip
        if claim.account is not None and self._pays_here(claim):
            found.append(Fact(_("收款账户"), drafting.masked(claim.account)))
        return found

    def _pays_here(self, claim: Claim) -> bool:
        return (claim.payee_person_id is not None) is (self.desk is WORKER)

    @staticmethod
    def _files(viewer: Viewer, claim: Claim) -> list[tuple[str, str]]:
        within = access_files(viewer).filter(pk__in=drafting.files_of(claim).values("pk"), blob__isnull=False)
        return [(each.name.open(), reverse("files:file", args=[each.uid])) for each in within.order_by("id")]

    def withdraw(self, request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
        """Asked once more, then taken back."""
        viewer = viewer_of(request)
        claim = self._claim(viewer, uid=uid)
        back = self.desk.of(claim) if claim.number else self.desk.address("", claim.uid)
        if Event.WITHDRAW not in {each.event for each in moving.possible(claim, viewer)}:
            return redirect(back)
        if request.method == "POST" and request.POST.get("confirmed") == "yes":
            try:
                intake.withdraw(claim, viewer)
            except ClaimError as error:
                messages.error(request, str(error))
                return redirect(back)
            messages.success(request, _("已撤回。需要时可以重新申报。"))
            return redirect(self.desk.cases)
        return render(request, "claims/withdraw.html", {"claim": claim, "name": name_of(claim.benefit), "back": back})

    def object_to(self, request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
        """Object to the decision: to the amount, a condition, the refusal."""
        viewer = viewer_of(request)
        claim = self._claim(viewer, uid=uid)
        if claim.state not in DISPUTABLE or Who.APPLICANT not in acts_as(viewer, claim):
            return redirect(self.desk.of(claim))
        made = moving.last_of(claim)
        conditions = [each["label"] for each in determine.body_of(made)["conditions"]] if made is not None else []
        refused = claim.state == State.REFUSED
        form = DisputeForm(request.POST if request.method == "POST" else None, refused=refused, conditions=conditions)
        if form.is_bound and form.is_valid():
            told = form.cleaned_data
            try:
                disputes.make(
                    claim,
                    viewer,
                    Ground(told["ground"]),
                    told["words"],
                    condition=told["condition"] if told["ground"] == Ground.CONDITION else "",
                )
            except ClaimError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _("异议已提交。答复以前，这件申报暂停办理。"))
                return redirect(self.desk.of(claim))
        return render(request, "claims/object.html", {
            "form": form, "claim": claim, "name": name_of(claim.benefit), "refused": refused, "appeal": disputes.appeal(claim),
            "crumbs": [Crumb(self.desk.label, reverse(self.desk.cases)), Crumb(claim.number or "", self.desk.of(claim)), Crumb(_("提出异议"))],
        }, status=422 if form.errors else 200)  # fmt: skip


def _dispute(made: Any) -> Line:
    """An objection of one's own, with its answer."""
    words = (
        _("答复：%(words)s") % {"words": made.answer}
        if made.answered_at
        else _("最迟 %(day)s 答复") % {"day": made.answer_by.isoformat()}
    )
    return Line(timezone.localtime(made.made_at), f"{made.get_ground_display()}{' · ' + made.condition if made.condition else ''}",
                f"{made.words}　{words}")  # fmt: skip


def pages(desk: Desk, door: Callable[[Any], Any]) -> SimpleNamespace:
    """The views of a desk behind its door."""
    made = CasePages(desk)

    def behind(view: Callable[..., HttpResponse], only: Any = asks) -> Any:
        def called(request: HttpRequest, **more: Any) -> HttpResponse:
            return view(request, **more)

        return door(only(called))

    return SimpleNamespace(
        listed=behind(made.listed, require_safe), case=behind(made.case, require_safe), withdraw=behind(made.withdraw),
        object=behind(made.object_to),
    )  # fmt: skip


mine = pages(WORKER, doors.worker)
firm = pages(AGENT, doors.agent)
