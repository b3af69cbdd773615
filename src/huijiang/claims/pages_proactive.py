"""已替您备好: what the night made ready for a person, confirmed with an account and nothing else."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from huijiang.access import doors
from huijiang.accounts.viewers import Viewer
from huijiang.claims import determine, intake, proactive, questions
from huijiang.claims.errors import CannotDetermine, ClaimError
from huijiang.claims.forms_apply import fault_of
from huijiang.claims.models import Account, Claim
from huijiang.claims.public_notice import name_of
from huijiang.claims.terms import terms_of
from huijiang.registry.models import Person
from huijiang.web.components.amount import grouped
from huijiang.web.components.lists import Fact
from huijiang.web.components.tables import Cell, Column, Table
from huijiang.web.components.tags import Tag

PER_PAGE = 30
NEW = "new"
SHOWN_DIGITS = 4


class AccountForm(forms.Form):
    """One of the person's accounts, or a new one in their own name."""

    account = forms.ChoiceField(label=gettext_lazy("发到哪个账户"), widget=forms.RadioSelect)
    number = forms.CharField(
        label=gettext_lazy("新账户的账号"), required=False, max_length=40,
        widget=forms.TextInput(attrs={"class": "input", "inputmode": "numeric", "autocomplete": "off"}),
        help_text=gettext_lazy("用新账户时填写；须是您本人的账户，社会保障卡的银行账户也可以。"),
    )  # fmt: skip
    bank = forms.CharField(
        label=gettext_lazy("新账户的开户行"), required=False, max_length=120, widget=forms.TextInput(attrs={"class": "input"}),
        help_text=gettext_lazy("例如：某某银行萧山支行"),
    )  # fmt: skip

    def __init__(self, *args: Any, accounts: list[Account], **more: Any) -> None:
        """Whoever has no account yet is asked for one, and not which."""
        super().__init__(*args, **more)
        if not accounts:
            del self.fields["account"]
            self.fields["number"].label, self.fields["bank"].label = _("收款账号"), _("开户行")
            self.fields["number"].help_text = _("须是您本人的账户，社会保障卡的银行账户也可以。")
            self.fields["number"].required = self.fields["bank"].required = True
            return
        choices = [(str(each.uid), f"{each.bank} ****{each.number.open()[-SHOWN_DIGITS:]}") for each in accounts]
        self.fields["account"].choices = [*choices, (NEW, _("用一个新账户"))]  # type: ignore[attr-defined]
        self.fields["account"].initial = choices[0][0]

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if found.get("account") == NEW:
            for each, words in (("number", _("请填写账号。")), ("bank", _("请填写开户行。"))):
                if not found.get(each):
                    self.add_error(each, words)
        if found.get("number") and found.get("account", NEW) == NEW:
            found["number"] = intake.plain_number(found["number"])
            wrong = fault_of(found["number"], person=True)
            if wrong:
                self.add_error("number", wrong)
        return found


def _viewer(request: HttpRequest) -> Viewer:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    return viewer


@doors.worker
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """What stands ready, and what a fact alone stands in the way of."""
    person = _viewer(request).person
    assert person is not None
    page = Paginator(proactive.ready_for(person), PER_PAGE).get_page(request.GET.get("page"))
    columns = [Column(_("项目")), Column(_("地区")), Column(_("至少（元）"), "number"), Column(_("状态"), "state")]
    owed = proactive.owed_to(person)
    rows = [
        [Cell(name_of(each.benefit), reverse("claims:ready_confirm", args=[each.uid]), note=_("确认收款账户即可")),
         each.region.name, grouped(owed.get((each.benefit, each.holder), 0)), Cell(tag=Tag(_("已备好"), "green", "check-circle"))]
        for each in page
    ]  # fmt: skip
    lacking = [
        [Cell(name_of(each.benefit), _explained(each.benefit, each.holder)), "、".join(each.waits_for) or _("登记里的一项信息")]
        for each in proactive.lacking_for(person)[:PER_PAGE]
    ]  # fmt: skip
    return render(request, "claims/ready.html", {
        "page": page, "table": Table(_("已替您备好的申报"), columns, rows), "count": page.paginator.count,
        "lacking": Table(_("还缺一项信息的"), [Column(_("项目")), Column(_("缺什么"))], lacking) if lacking else None,
    })  # fmt: skip


def _explained(benefit: str, holder: str) -> str:
    document, _hash, rule = benefit.partition("#")
    return reverse("entitlements:one", args=[document, rule, holder])


@doors.worker
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One ready claim: what it is, how much by today's facts, which account; then it is sent."""
    viewer = _viewer(request)
    assert viewer.person is not None
    claim = get_object_or_404(proactive.ready_for(viewer.person), uid=uid)
    accounts = list(Account.objects.filter(person=viewer.person, ended_at=None).order_by("-id"))
    form = AccountForm(request.POST or None, accounts=accounts)
    facts, wrong = _now(claim, viewer)
    if request.method == "POST" and not wrong and form.is_valid():
        try:
            number = _send(claim, viewer, form, accounts)
        except ClaimError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("已提交，受理编号 %(number)s。审核结果会发消息告诉您。") % {"number": number})
            return redirect("claims:ready")
    return render(request, "claims/ready_confirm.html", {
        "form": form, "facts": facts, "wrong": wrong, "name": name_of(claim.benefit),
        "why": _explained(claim.benefit, claim.holder),
    })  # fmt: skip


def _now(claim: Claim, viewer: Viewer) -> tuple[list[Fact], str]:
    """The claim by today's facts; and why it can't be sent as it stands, or nothing."""
    try:
        judged = determine.evaluate(claim, viewer.on)
    except CannotDetermine as error:
        return [], str(error)
    essence = judged.essence()
    low, high, later = judged.span()
    facts = [
        Fact(_("项目"), name_of(claim.benefit)),
        Fact(_("地区"), claim.region.name),
        Fact(_("现在可发"), _yuan(low, high)),
    ]
    if later:
        facts.append(Fact(_("以后各期至多"), _yuan(later, later)))
    met = sum(each.outcome is True for each in judged.answer.checks)
    facts.append(Fact(_("条件"), _("%(n)s 个条件都已由登记核对") % {"n": met}))
    days = terms_of(claim.region, claim.benefit).legal_days
    facts.append(Fact(_("多久办好"), _("受理后 %(days)s 个工作日内作出决定。") % {"days": days}))
    if essence["outcome"] != "entitled":
        return facts, _("登记的信息在夜间之后有变化，现在不能直接确认。")
    open_ = [each.label for each in questions.open_questions(claim, viewer.on)]
    return facts, _("还要补充：%(what)s") % {"what": "、".join(open_)} if open_ else ""


def _yuan(low: int, high: int | None) -> str:
    told = grouped(low)
    return _("共 %(yuan)s 元") % {"yuan": told} if low == high else _("至少 %(yuan)s 元") % {"yuan": told}


@transaction.atomic
def _send(claim: Claim, viewer: Viewer, form: AccountForm, accounts: list[Account]) -> str:
    """Use the account and submit; gives the reference number.  Raises ClaimError."""
    chosen = form.cleaned_data.get("account", NEW)
    account = next((each for each in accounts if str(each.uid) == chosen), None)
    if account is None:
        account = intake.make_account(
            viewer, holder=str(Person.objects.get(pk=viewer.person).name), number=form.cleaned_data["number"],
            bank=form.cleaned_data["bank"], person=viewer.person,
        )  # fmt: skip
    intake.use_account(claim, viewer, account)
    return intake.submit(claim, viewer).number or ""
