"""Deciding one case: a form for each act of `deciding.DEEDS`; what the applicant will read is shown before it is signed."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huijiang.accounts.viewers import Viewer, today
from huijiang.claims import deciding, determine, disputes, drafting, moving, opinions, questions, review, showing
from huijiang.claims.deciding import DEEDS, Deed
from huijiang.claims.errors import ClaimError
from huijiang.claims.models import Claim
from huijiang.claims.models.decision import Basis
from huijiang.claims.pages_desk import asks, claims_of, viewer_of, works
from huijiang.claims.pages_desk_case import first_reviewer, head
from huijiang.web.forms import choice

FEN: Final = 100
GROUNDS: Final = ("not_ours", "late", "not_entitled", "repeated")
WHY_NOT_TAKEN: Final = {
    "not_ours": gettext_lazy("不属于本机关受理范围"), "late": gettext_lazy("超过申报期限"),
    "not_entitled": gettext_lazy("申报主体不符合规定"), "repeated": gettext_lazy("同一事项已经受理或办结"),
}  # fmt: skip


class DeedForm(forms.Form):
    """The questions of one act, and no others."""

    items = forms.MultipleChoiceField(label=gettext_lazy("需要补正的事项"), required=False, widget=forms.CheckboxSelectMultiple,
                                      help_text=gettext_lazy("一次告知，全部列出：已经告知过的不能再次要求。"))  # fmt: skip
    more = forms.CharField(label=gettext_lazy("另外要补正的"), required=False, max_length=900, widget=forms.Textarea(attrs={"rows": 4}),
                           help_text=gettext_lazy("每行一项，写给申报人看。"))  # fmt: skip
    condition = forms.ChoiceField(label=gettext_lazy("哪个条件不符合"), widget=forms.RadioSelect)
    ground = forms.ChoiceField(label=gettext_lazy("为什么不予受理"), widget=forms.RadioSelect)
    words = forms.CharField(label=gettext_lazy("告知申报人的理由"), max_length=800, widget=forms.Textarea(attrs={"rows": 5}),
                            help_text=gettext_lazy("申报人会原样看到：核对了什么、哪一点不符合、可以怎样补救。"))  # fmt: skip
    judged = forms.ChoiceField(label=gettext_lazy("认定哪个条件"), widget=forms.RadioSelect)
    met = forms.ChoiceField(label=gettext_lazy("认定结果"), widget=forms.RadioSelect,
                            choices=[("yes", gettext_lazy("符合这个条件")), ("no", gettext_lazy("不符合这个条件"))])  # fmt: skip
    found_words = forms.CharField(label=gettext_lazy("认定的依据"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
                                  help_text=gettext_lazy("名单、会议纪要或决定的名称、文号、日期；申报人会看到。"))  # fmt: skip
    yuan = forms.DecimalField(
        label=gettext_lazy("核定金额（元）"), min_value=Decimal("0.01"), max_digits=14, decimal_places=2
    )
    basis = forms.ChoiceField(label=gettext_lazy("依据"), widget=forms.RadioSelect,
                              choices=[(str(each), each.label) for each in (Basis.AUDITED_COST, Basis.ASSESSED_AWARD)])  # fmt: skip
    basis_words = forms.CharField(label=gettext_lazy("依据说明"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
                                  help_text=gettext_lazy("审计报告或评审纪要的名称、文号、日期。"))  # fmt: skip
    reason = forms.CharField(
        label=gettext_lazy("内部说明"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    reason_needed = forms.CharField(
        label=gettext_lazy("理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args: Any, deed: Deed, claim: Claim, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = {*deed.asks, *(("more",) if "items" in deed.asks else ())}
        for name in list(self.fields):
            if name not in kept:
                del self.fields[name]
        self.listed = listed_items(claim) if "items" in kept else []
        if "items" in kept:
            choice(self, "items").choices = [(each["code"], each["words"]) for each in self.listed]
            if not self.listed:
                del self.fields["items"]
        if "condition" in kept:
            made = moving.last_of(claim)
            choice(self, "condition").choices = [
                (each, each) for each in (determine.open_conditions(made) if made else [])
            ]
        if "judged" in kept:
            choice(self, "judged").choices = [(label, _("%(label)s（由%(judge)s判断）") % {"label": label, "judge": judge})
                                             for label, judge in opinions.left(claim).items()]  # fmt: skip
        if "yuan" in kept and (made := moving.last_of(claim)) is not None:
            showing.ask_figure(self.fields["yuan"], determine.asked(made))
        if "ground" in kept:
            choice(self, "ground").choices = list(WHY_NOT_TAKEN.items())

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        if "more" in self.fields and not told.get("items") and not told.get("more", "").strip():
            raise forms.ValidationError(_("请至少选一项或写一项需要补正的内容。"))
        return told

    def wanted(self) -> list[dict[str, str]]:
        """The list that the applicant gets."""
        by_code = {each["code"]: each for each in self.listed}
        chosen = [by_code[code] for code in self.cleaned_data.get("items", [])]
        written = [each.strip() for each in self.cleaned_data.get("more", "").splitlines() if each.strip()]
        return [*chosen, *({"code": f"other:{each[:80]}", "words": each} for each in written)]


def listed_items(claim: Claim) -> list[dict[str, str]]:
    """What may be asked of an applicant: papers that no register answers, and facts that are unknown; none twice."""
    before = {each["code"] for old in claim.corrections.all() for each in old.items}
    found: dict[str, dict[str, str]] = {}
    try:
        for paper in questions.papers_of(claim, today()):
            code = f"paper:{paper.source}"
            found[code] = {"code": code, "words": _("请提交%(paper)s（用来核对：%(about)s）") % {
                "paper": paper.source, "about": "、".join(paper.about)}}  # fmt: skip
    except ClaimError:
        found = {}  # the event can't be judged now: what is missing is written by hand
    made = moving.last_of(claim)
    for each in determine.body_of(made)["conditions"] if made is not None else []:
        for missing in each["missing"]:
            code = f"fact:{missing['table']}.{missing['column']}"
            if missing["table"] and code not in found:
                found[code] = {"code": code, "words": _("请说明或证明：%(what)s") % {"what": missing["label"]},
                               "table": missing["table"], "column": missing["column"], "row": missing["row"]}  # fmt: skip
    account = {"code": drafting.ACCOUNT, "words": _("收款账户有误，请更正")}
    return [each for each in (*found.values(), account) if each["code"] not in before]


Done = Callable[[Claim, Viewer, DeedForm], object]


def _amount(claim: Claim, viewer: Viewer, form: DeedForm) -> object:
    told = form.cleaned_data
    return deciding.fix_amount(claim, viewer, int(told["yuan"] * FEN), Basis(told["basis"]), told["basis_words"])


def _opinion(claim: Claim, viewer: Viewer, form: DeedForm) -> object:
    told = form.cleaned_data
    return deciding.give_opinion(claim, viewer, told["judged"], told["met"] == "yes", told["found_words"])


def _decline(claim: Claim, viewer: Viewer, form: DeedForm) -> object:
    return review.decline(claim, viewer, str(WHY_NOT_TAKEN[form.cleaned_data["ground"]]), form.cleaned_data["words"])


ACTS: Final[dict[str, Done]] = {
    "accept": lambda claim, viewer, form: review.accept(claim, viewer),
    "checked": lambda claim, viewer, form: review.checked(claim, viewer),
    "review": lambda claim, viewer, form: review.review(claim, viewer, form.cleaned_data["reason"]),
    "approve": lambda claim, viewer, form: review.second_review(claim, viewer, form.cleaned_data["reason"]),
    "opinion": _opinion,
    "amount": _amount,
    "award": lambda claim, viewer, form: deciding.take_award(claim, viewer),
    "again": lambda claim, viewer, form: deciding.compute_again(claim, viewer),
    "ask_correction": lambda claim, viewer, form: review.request_correction(claim, viewer, form.wanted()),
    "send_back": lambda claim, viewer, form: review.send_back(claim, viewer, form.cleaned_data["reason_needed"]),
    "recalculate": lambda claim, viewer, form: review.recalculate(claim, viewer, form.cleaned_data["reason_needed"]),
    "decline": _decline,
    "refuse": lambda claim, viewer, form: review.refuse(claim, viewer, form.cleaned_data["condition"], form.cleaned_data["words"]),
    "lapse": lambda claim, viewer, form: review.lapse(claim, viewer),
}  # fmt: skip
READ_FIRST: Final = ("refuse", "decline", "ask_correction")
"""Acts whose words the applicant reads: shown to the officer as they will be, before they are sent."""


@works
@asks
def decide(request: HttpRequest, number: str) -> HttpResponse:
    """The form of one act (`?deed=`); a post does it, those of READ_FIRST after one look at what will be sent."""
    viewer = viewer_of(request)
    claim = get_object_or_404(claims_of(viewer), number=number)
    deed = DEEDS.get(request.GET.get("deed", ""))
    here = deciding.ready_to(deed, claim, viewer) if deed is not None else None
    if deed is None or here is None:
        messages.error(request, _("请先选择要作的决定；办件的状态可能刚刚变了。"))
        return redirect("claims:case", number=number)
    form = DeedForm(request.POST if request.method == "POST" else None, deed=deed, claim=claim)
    made = moving.last_of(claim)
    told = {**head(claim), "form": form, "deed": deed, "blocked": here.blocked, "made": made, "amount": showing.amount_of(made),
            "first": first_reviewer(claim), "empty": not form.fields}  # fmt: skip
    if request.method == "POST" and not here.blocked and (form.is_valid() or not form.fields):
        if deed.name in READ_FIRST and request.POST.get("confirmed") != "yes":
            return render(
                request,
                "claims/decide_read.html",
                {**told, "reads": reads_of(claim, deed, form), "kept": _kept(request)},
            )
        try:
            ACTS[deed.name](claim, viewer, form)
        except (ClaimError, PermissionDenied) as error:
            form.add_error(None, str(error)) if form.is_bound else None
            told["wrong"] = str(error)
        else:
            messages.success(request, _("已办：%(deed)s。") % {"deed": deed.label})
            return redirect("claims:case", number=number)
    return render(request, "claims/decide.html", told, status=422 if request.method == "POST" else 200)


def _kept(request: HttpRequest) -> list[tuple[str, str]]:
    """What was filled in, for the second page's hidden fields."""
    return [
        (key, value)
        for key in request.POST
        if key not in ("csrfmiddlewaretoken", "confirmed")
        for value in request.POST.getlist(key)
    ]


def reads_of(claim: Claim, deed: Deed, form: DeedForm) -> dict[str, Any]:
    """What the applicant reads."""
    told = form.cleaned_data
    if deed.name == "ask_correction":
        return {"listed": [each["words"] for each in form.wanted()]}
    reason = told.get("condition") or str(WHY_NOT_TAKEN.get(told.get("ground", ""), ""))
    return {"condition": reason, "words": told["words"], "appeal": disputes.appeal(claim)}
