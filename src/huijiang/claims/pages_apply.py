"""Making a claim, one question a page: what it takes, the task list, questions, papers, account, check, sent.

The same pages serve a person (`apply/`), an organisation's agent (`org/apply/`) and a counter clerk (`desk/intake/`);
`pages(…)` makes them for one of the three, behind its own door.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from huijiang.access import doors
from huijiang.access.sightings import Purpose, saw
from huijiang.accounts.doors import staff
from huijiang.accounts.models import Role
from huijiang.accounts.viewers import Capacity, Viewer
from huijiang.claims import drafting, intake, story
from huijiang.claims.access import access_claims, acts_as
from huijiang.claims.drafting import Sheet
from huijiang.claims.errors import CannotDetermine, ClaimError, Incomplete
from huijiang.claims.forms_apply import AccountForm, PaperForm, QuestionForm
from huijiang.claims.models import Claim
from huijiang.claims.public_notice import name_of
from huijiang.claims.states import State, Who
from huijiang.entitlements import wording
from huijiang.files import services as files
from huijiang.files.forms import PAPERS, limit
from huijiang.web.components.layout import Crumb
from huijiang.web.components.lists import Fact, Task
from huijiang.web.components.tags import Tag

asks = require_http_methods(["GET", "HEAD", "POST"])
OPEN = (State.DRAFT, State.AWAITING_CORRECTION)


@dataclass(frozen=True)
class Desk:
    """Whose pages: the prefix of their addresses' names, the page of a case, the words on the way here."""

    prefix: str
    case: str
    cases: str
    withdraw: str
    label: Any

    def address(self, page: str, *args: Any) -> str:
        return reverse(f"claims:{self.prefix}{page}", args=args)

    def of(self, claim: Claim) -> str:
        """The page of a claim that was sent."""
        return (
            reverse(f"claims:{self.case}", args=[claim.number])
            if self.case and claim.number
            else self.address("_done", claim.uid)
        )


WORKER = Desk("apply", "my_case", "claims:my_cases", "my_withdraw", gettext_lazy("我的办件"))
AGENT = Desk("org_apply", "org_case", "claims:org_cases", "org_withdraw", gettext_lazy("单位办件"))
COUNTER = Desk("intake", "", "claims:intake_search", "", gettext_lazy("窗口受理登记"))


def viewer_of(request: HttpRequest) -> Viewer:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    return viewer


def claim_of(viewer: Viewer, uid: uuid.UUID) -> Claim:
    """A claim that the viewer makes: their own, their organisation's, or at the counter.  Raises Http404."""
    found = get_object_or_404(
        access_claims(viewer).select_related(
            "region", "account", "payee_person", "payee_organisation", "applicant_organisation"
        ),
        uid=uid,
    )  # fmt: skip
    if not acts_as(viewer, found) & {Who.APPLICANT, Who.COUNTER}:
        raise Http404
    if viewer.capacity is Capacity.STAFF and found.payee_person is not None:
        saw(viewer, found.payee_person, Purpose.COUNTER, ["claim"])
    return found


Step = Callable[[HttpRequest, Viewer, Claim, Sheet], HttpResponse]


class Pages:
    """The pages of one desk; each method is a view once its door is put before it."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def _opened(self, request: HttpRequest, uid: uuid.UUID) -> tuple[Viewer, Claim, Sheet] | HttpResponse:
        viewer = viewer_of(request)
        claim = claim_of(viewer, uid)
        if claim.state not in OPEN:
            return redirect(self.desk.of(claim))
        try:
            return viewer, claim, drafting.sheet_of(claim, viewer.on)
        except CannotDetermine as error:
            told = {"reason": str(error), "crumbs": self._crumbs(claim), "claim": claim, "desk": self.desk}
            return render(request, "claims/cannot.html", told, status=409)

    def _crumbs(self, claim: Claim, *rest: str) -> list[Crumb]:
        here = self.desk.address("", claim.uid)
        found = [Crumb(self.desk.label, reverse(self.desk.cases)), Crumb(name_of(claim.benefit), here if rest else "")]
        return [*found, *(Crumb(each) for each in rest)]

    def _told(self, claim: Claim, sheet: Sheet, *rest: str) -> dict[str, Any]:
        return {
            "claim": claim, "sheet": sheet, "name": name_of(claim.benefit), "crumbs": self._crumbs(claim, *rest),
            "back": self.desk.address("", claim.uid), "desk": self.desk, "correction": sheet.correction,
            "payee": payee_of(claim), "counter": self.desk is COUNTER,
        }  # fmt: skip

    def _next(self, claim: Claim, sheet: Sheet, chosen: bool = False) -> str:
        """The first thing that is missing; when nothing is, the page on which everything is checked.  `chosen`: the
        account was looked at just now."""
        for kind, key, _words in sheet.missing:
            return self._place(claim, kind, key)
        return self.desk.address("_account" if sheet.account_asked and not chosen else "_check", claim.uid)

    def _place(self, claim: Claim, kind: str, key: str) -> str:
        return self.desk.address(f"_{kind}", claim.uid, *([key] if key else []))

    # -- the task list --------------------------------------------------------------
    def tasks(self, request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
        """Everything that the claim takes, each with its state."""
        opened = self._opened(request, uid)
        if isinstance(opened, HttpResponse):
            return opened
        _viewer, claim, sheet = opened
        told = self._told(claim, sheet) | {
            "tasks": self.listed(claim, sheet), "next": self._next(claim, sheet), "ready": not sheet.missing and not sheet.account_asked,
            "withdraw": reverse(f"claims:{self.desk.withdraw}", args=[claim.uid]) if self.desk.withdraw else "",
        }  # fmt: skip
        return render(request, "claims/tasks.html", told)

    def listed(self, claim: Claim, sheet: Sheet) -> list[Task]:
        done, todo, maybe = Tag(_("已填"), "green", "check"), Tag(_("还没有填"), "amber"), Tag(_("需要时上传"), "grey")
        found = [
            Task(each.question.label, self._place(claim, "question", each.key), each.shown, done if each.answered else todo)
            for each in sheet.questions
        ]  # fmt: skip
        found += [
            Task(_("上传：%(paper)s") % {"paper": each.title} if each.needed else each.about, self._place(claim, "paper", each.key),
                 each.about if each.needed else _("有文件要补的，在这里上传"), done if each.files else todo if each.needed else maybe)
            for each in sheet.papers
        ]  # fmt: skip
        account = drafting.masked(claim.account) if claim.account else ""
        state = Tag(_("请更正"), "amber") if sheet.account_asked else done if claim.account else todo
        found.append(Task(_("收款账户"), self._place(claim, "account", ""), account, state))
        checked = self.desk.address("_check", claim.uid) if not sheet.missing else ""
        last = _("核对并提交") if claim.state == State.DRAFT else _("核对并交回")
        return [*found, Task(last, checked, "" if checked else _("前面的都填好以后"), Tag(_("最后一步"), "grey"))]

    # -- one thing a page -------------------------------------------------------------
    def question(self, request: HttpRequest, uid: uuid.UUID, key: str) -> HttpResponse:
        """One question."""
        opened = self._opened(request, uid)
        if isinstance(opened, HttpResponse):
            return opened
        viewer, claim, sheet = opened
        asked = sheet.question(key)
        if asked is None:
            return redirect(self.desk.address("", claim.uid))
        form = QuestionForm(request.POST if request.method == "POST" else None, of=asked)
        if form.is_bound and form.is_valid():
            try:
                drafting.answer(claim, viewer, asked.question, form.raw)
            except ClaimError as error:
                form.add_error("value", str(error))
            else:
                return self._on(request, uid)
        title = _("第 %(at)s 个问题，共 %(all)s 个") % {
            "at": sheet.questions.index(asked) + 1,
            "all": len(sheet.questions),
        }
        return render(request, "claims/question.html", self._told(claim, sheet, asked.question.label) | {
            "form": form, "asked": asked, "lead": title}, status=422 if form.errors else 200)  # fmt: skip

    def _on(self, request: HttpRequest, uid: uuid.UUID, chosen: bool = False) -> HttpResponse:
        """To what is missing now; whoever came from the check page goes back there."""
        viewer = viewer_of(request)
        claim = claim_of(viewer, uid)
        return redirect(self._next(claim, drafting.sheet_of(claim, viewer.on), chosen))

    def paper(self, request: HttpRequest, uid: uuid.UUID, key: str) -> HttpResponse:
        """One paper: from this device, or from one's folder."""
        opened = self._opened(request, uid)
        if isinstance(opened, HttpResponse):
            return opened
        viewer, claim, sheet = opened
        paper = sheet.paper(key)
        if paper is None:
            return redirect(self.desk.address("", claim.uid))
        own = [] if viewer.capacity is Capacity.STAFF else list(drafting.own_files(viewer))
        bound = (request.POST, request.FILES) if request.method == "POST" else (None, None)
        form, status = PaperForm(*bound, own=own), 200
        if form.is_bound:
            status = 422
            if form.is_valid():
                try:
                    with transaction.atomic():
                        held = next((each for each in own if str(each.uid) == form.cleaned_data.get("held")), None)
                        if form.cleaned_data.get("file"):
                            drafting.add_paper(claim, viewer, paper, form.cleaned_data["file"])
                        elif held is not None:
                            drafting.take_paper(claim, viewer, paper, held)
                except files.NoRoom:
                    form.add_error("file", _("系统暂时存不下新文件，已通知管理员。请稍后再试；没有保存任何内容。"))
                    status = 507
                else:
                    messages.success(
                        request, _("已存好“%(paper)s”。") % {"paper": paper.title if paper.needed else paper.about}
                    )
                    return self._on(request, uid) if paper.needed else redirect(self.desk.address("", claim.uid))
        shown = [each.name.open().partition(drafting.BETWEEN)[2] for each in paper.files]
        return render(request, "claims/paper.html", self._told(claim, sheet, paper.title if paper.needed else paper.about) | {
            "form": form, "paper": paper, "shown": shown, "accepts": str(PAPERS), "limit": limit()}, status=status)  # fmt: skip

    def account(self, request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
        """Where to be paid; the number is shown once, while it is typed."""
        viewer = viewer_of(request)
        claim = claim_of(viewer, uid)
        if claim.state not in (*OPEN, State.PAYMENT_RETURNED):
            return redirect(self.desk.of(claim))
        known = list(drafting.accounts_of(claim))
        form = AccountForm(request.POST if request.method == "POST" else None, claim=claim, known=known)
        if form.is_bound and form.is_valid():
            try:
                with transaction.atomic():
                    account = form.chosen or intake.make_account(
                        viewer, holder=payee_of(claim), number=form.cleaned_data["number"],
                        bank=form.cleaned_data["bank"], person=claim.payee_person_id, organisation=claim.payee_organisation_id,
                    )  # fmt: skip
                    intake.use_account(claim, viewer, account)
            except ClaimError as error:
                form.add_error(None, str(error))
            else:
                if claim.state == State.PAYMENT_RETURNED:
                    messages.success(request, _("账户已更换，将重新拨付。"))
                    return redirect(self.desk.of(claim))
                return self._on(request, uid, chosen=True)
        told = {
            "form": form, "payee": payee_of(claim), "name": name_of(claim.benefit), "claim": claim,
            "crumbs": self._crumbs(claim, _("收款账户")), "counter": self.desk is COUNTER, "person": claim.payee_person is not None,
            "back": self.desk.address("", claim.uid) if claim.state in OPEN else self.desk.of(claim),
        }  # fmt: skip
        return render(request, "claims/account.html", told, status=422 if form.errors else 200)

    # -- check and send -----------------------------------------------------------------
    def check(self, request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
        """Everything once more, then sent.  Who is not entitled reads why and what else; sending stays theirs."""
        opened = self._opened(request, uid)
        if isinstance(opened, HttpResponse):
            return opened
        viewer, claim, sheet = opened
        told = self._told(claim, sheet, _("核对")) | {"facts": self._facts(claim, sheet), "errors": []}
        if request.method == "POST":
            try:
                if request.POST.get("true") != "yes":
                    raise ClaimError(_("请勾选“以上内容属实”。"))
                if sheet.missing:
                    words = [each for _kind, _key, each in sheet.missing]
                    raise Incomplete(_("还缺：%(what)s") % {"what": "、".join(words)}, tuple(words))
                (intake.submit if claim.state == State.DRAFT else intake.correct)(claim, viewer)
            except ClaimError as error:
                told["errors"] = [(str(error), "id_true")]
            else:
                return redirect(self.desk.address("_done", claim.uid))
        low, high, _later = sheet.judged.span()
        told |= {"amount": wording.amount_of(low, high, _("按现在的信息可领")) if not sheet.unmet and not sheet.missing else None,
                 "unmet": sheet.unmet, "clause": sheet.judged.answer.rule.clause, "missing": [
                     (words, self._place(claim, kind, key)) for kind, key, words in sheet.missing]}  # fmt: skip
        return render(request, "claims/check.html", told, status=422 if told["errors"] else 200)

    def _facts(self, claim: Claim, sheet: Sheet) -> list[Fact]:
        found = [Fact(_("申领项目"), name_of(claim.benefit)), Fact(_("发给"), payee_of(claim))]
        found += [
            Fact(each.question.label, each.shown or _("还没有填"), _("您申报的"), self._place(claim, "question", each.key))
            for each in sheet.questions
        ]  # fmt: skip
        found += [
            Fact(each.title if each.needed else each.about, "、".join(_plain(file) for file in each.files) or _("还没有上传"), "", self._place(claim, "paper", each.key))
            for each in sheet.papers if each.needed or each.files
        ]  # fmt: skip
        account = drafting.masked(claim.account) if claim.account else _("还没有填")
        return [*found, Fact(_("收款账户"), account, "", self._place(claim, "account", ""))]

    def done(self, request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
        """The number, what happens next, by when."""
        claim = claim_of(viewer_of(request), uid)
        if claim.number is None or claim.submitted_at is None:
            return redirect(self.desk.address("", claim.uid))
        told = {
            "claim": claim, "name": name_of(claim.benefit), "next": story.next_of(claim), "desk": self.desk,
            "case": self.desk.of(claim) if self.desk.case else "", "payee": payee_of(claim), "counter": self.desk is COUNTER,
            "letters": story.letters_of(claim) if self.desk is COUNTER else [],
        }  # fmt: skip
        return render(request, "claims/done.html", told)


def _plain(file: Any) -> str:
    return str(file.name.open()).partition(drafting.BETWEEN)[2]


def payee_of(claim: Claim) -> str:
    """The name of whoever is paid."""
    found = claim.payee_person or claim.payee_organisation
    return str(found.name) if found is not None else ""


def pages(desk: Desk, door: Callable[[Any], Any]) -> SimpleNamespace:
    """The views of a desk behind its door."""
    made = Pages(desk)

    def behind(view: Callable[..., HttpResponse], only: Any = asks) -> Any:
        def called(request: HttpRequest, **more: Any) -> HttpResponse:
            return view(request, **more)

        return door(only(called))

    return SimpleNamespace(
        tasks=behind(made.tasks, require_safe), question=behind(made.question), paper=behind(made.paper),
        account=door(sensitive_post_parameters("number")(behind_plain(made.account))), check=behind(made.check),
        done=behind(made.done, require_safe),
    )  # fmt: skip


def behind_plain(view: Callable[..., HttpResponse]) -> Any:
    def called(request: HttpRequest, **more: Any) -> HttpResponse:
        return view(request, **more)

    return asks(called)


mine = pages(WORKER, doors.worker)
firm = pages(AGENT, doors.agent)
counter = pages(COUNTER, staff(Role.COUNTER))
