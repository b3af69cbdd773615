"""Where money comes from: sources declared, and the accounts that pay them, proposed by one and approved by another."""

from __future__ import annotations

import re
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from huijiang.access.humans import same
from huijiang.documents import library
from huijiang.funds import exporting, payers, undetermined
from huijiang.funds.access import WORKS, access_paying, finance, readers
from huijiang.funds.models import PayingAccount, Source
from huijiang.funds.pages_budget import sure, viewer_of, works
from huijiang.funds.sources import source_of
from huijiang.funds.wording import masked_number
from huijiang.regions.models import Region
from huijiang.web.components.lists import Fact
from huijiang.web.components.tables import Cell, Column, Table
from huijiang.web.components.tags import Tag

CODE: Final = r"^[a-z][a-z0-9-]{1,39}$"
MOST_WORDS: Final = 20
LONGEST: Final = 64


def _text(label: Any, most: int, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=most, widget=forms.TextInput(attrs={"class": "input", "lang": "zh-Hans"}), **more
    )


class SourceForm(forms.Form):
    """A source, and how documents call it."""

    name = _text(gettext_lazy("名称"), LONGEST, help_text=gettext_lazy("如 人才专项资金"))
    code = forms.RegexField(
        CODE, label=gettext_lazy("代码"), max_length=40, help_text=gettext_lazy("小写英文、数字、连字符，如 talent；定了不改"),
        error_messages={"invalid": gettext_lazy("应为小写英文字母开头的 2 到 40 位，如 talent")},
        widget=forms.TextInput(attrs={"class": "input", "autocapitalize": "none"}),
    )  # fmt: skip
    words = forms.CharField(
        label=gettext_lazy("文件中的称呼"), required=False, max_length=MOST_WORDS * (LONGEST + 1),
        help_text=gettext_lazy("文件用别的名字写这项资金的，一行写一个"),
        widget=forms.Textarea(attrs={"class": "input", "rows": 3, "lang": "zh-Hans"}),
    )  # fmt: skip

    def clean_words(self) -> list[str]:
        found = [each.strip() for each in re.split(r"[\r\n]+", self.cleaned_data["words"]) if each.strip()]
        long = next((each for each in found if len(each) > LONGEST), None)
        if long is not None:
            raise forms.ValidationError(_("“%(seen)s…”超过 %(most)s 个字") % {"seen": long[:20], "most": LONGEST})
        return found


class PayingForm(forms.Form):
    """An account from which a source is paid."""

    region = forms.ModelChoiceField(Region.objects.none(), label=gettext_lazy("地区"), empty_label=None,
                                    widget=forms.Select(attrs={"lang": "zh-Hans"}))  # fmt: skip
    source = forms.ModelChoiceField(Source.objects.all(), label=gettext_lazy("资金来源"), empty_label=None, to_field_name="code",
                                    widget=forms.Select(attrs={"lang": "zh-Hans"}))  # fmt: skip
    name = _text(gettext_lazy("户名"), 120)
    number = forms.CharField(
        label=gettext_lazy("账号"), max_length=40, help_text=gettext_lazy("8 到 30 位数字"),
        widget=forms.TextInput(attrs={"class": "input", "inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip
    bank = _text(gettext_lazy("开户行"), 120, help_text=gettext_lazy("写到支行"))
    cnaps = forms.CharField(label=gettext_lazy("联行号"), max_length=12, help_text=gettext_lazy("12 位数字"),
                            widget=forms.TextInput(attrs={"class": "input", "inputmode": "numeric"}))  # fmt: skip
    form = forms.ChoiceField(label=gettext_lazy("付款文件格式"), help_text=gettext_lazy("这家银行收哪一种文件"),
                             widget=forms.Select(attrs={"lang": "zh-Hans"}))  # fmt: skip

    def __init__(self, data: Any, places: Any, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        fields: dict[str, Any] = self.fields
        fields["region"].queryset = places
        fields["form"].choices = list(exporting.forms().items())


def _places(request: HttpRequest) -> Any:
    return Region.objects.filter(path__in=viewer_of(request).paths(*WORKS)).order_by("path")


@readers
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Every source with the words that mean it; every account that pays here or waits for approval."""
    columns = [Column(_("资金来源")), Column(_("文件中的称呼"))]
    rows = [[Cell(each.name, note=each.code), "、".join(each.words) or "—"] for each in Source.objects.order_by("code")]
    accounts = list(
        access_paying(viewer_of(request)).filter(ended_at=None).order_by("region__path", "source__code", "id")
    )
    return render(request, "funds/sources.html", {
        "sources": Table(_("资金来源"), columns, rows, show_caption=True) if rows else None, "accounts": _accounts(request, accounts) if accounts else None,
        "works": works(request), "unnamed": _unnamed(request),
    })  # fmt: skip


def _accounts(request: HttpRequest, accounts: list[PayingAccount]) -> Table:
    columns = [
        Column(_("资金来源")),
        Column(_("户名")),
        Column(_("账号")),
        Column(_("由谁提出")),
        Column(_("状态"), "state"),
    ]
    rows = []
    for each in accounts:
        waits = each.approved_at is None
        open_ = reverse("funds:paying_approve", args=[each.pk]) if waits and works(request) else ""
        rows.append([
            Cell(each.source.name, open_, note=each.region.name), Cell(each.name, note=each.bank), masked_number(each.number.open()),
            Cell(each.made_by.name, note=f"{localtime(each.made_at):%Y-%m-%d}"),
            Cell(tag=Tag(_("待另一人批准"), "amber", "clock") if waits else Tag(_("在用"), "green", "check"),
                 note=each.approved_by.name if each.approved_by else ""),
        ])  # fmt: skip
    return Table(_("付款账户"), columns, rows, show_caption=True)


def _unnamed(request: HttpRequest) -> list[str]:
    """What the documents in force here call the money and no source answers to."""
    used = {rule.fund for region in _places(request) for rule, _plan in library.benefits(region.pk).values()}
    return sorted(each for each in used if each not in undetermined.NONE and source_of(each) is None)


@finance
def source_new(request: HttpRequest) -> HttpResponse:
    """Declare a source; one that stands already is shown as it is."""
    form = SourceForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        told = form.cleaned_data
        try:
            _made, fresh = payers.declare(told["code"], told["name"], told["words"], request.user)  # type: ignore[arg-type]
        except payers.PayerError as error:
            form.add_error(None, str(error))
        else:
            if fresh:
                messages.success(request, _("资金来源已建。接着登记付款账户、开额度。"))
            else:
                messages.info(request, _("和原来一样，没有改变什么。"))
            return redirect("funds:sources")
    return render(request, "funds/source_new.html", {"form": form, "unnamed": _unnamed(request)},
                  status=422 if form.is_bound else 200)  # fmt: skip


@finance
def paying_new(request: HttpRequest) -> HttpResponse:
    """Propose the account that pays a source; another person approves it."""
    form = PayingForm(request.POST if request.method == "POST" else None, _places(request))
    if form.is_bound and form.is_valid():
        told = dict(form.cleaned_data)
        region, source = told.pop("region"), told.pop("source")
        try:
            payers.propose(region, source, request.user, **told)  # type: ignore[arg-type]
        except payers.PayerError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("已提出。由另一位财务人员核对账号并批准，批准前不从这个账户付款。"))
            return redirect("funds:sources")
    return render(request, "funds/paying_new.html", {"form": form, "sources": Source.objects.exists()},
                  status=422 if form.is_bound else 200)  # fmt: skip


@finance
def paying_approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Are you sure?  Then the account pays, in the place of the one before."""
    held = get_object_or_404(access_paying(viewer_of(request), *WORKS).filter(ended_at=None), pk=pk)
    wrong = ""
    if request.method == "POST":
        try:
            payers.approve(held, request.user)  # type: ignore[arg-type]
        except payers.PayerError as error:
            wrong = str(error)
        else:
            messages.success(request, _("已批准，从现在起由这个账户付款。"))
            return redirect("funds:sources")
    before = payers.in_use(held.region, held.source)
    waits = held.approved_at is None  # whoever approves compares every digit; afterwards nobody has to
    facts = [
        Fact(_("资金来源"), held.source.name), Fact(_("地区"), held.region.name), Fact(_("户名"), held.name),
        Fact(_("账号"), held.number.open() if waits else masked_number(held.number.open())), Fact(_("开户行"), held.bank), Fact(_("联行号"), held.cnaps),
        Fact(_("付款文件格式"), exporting.forms().get(held.form, held.form)), Fact(_("由谁提出"), held.made_by.name),
    ]  # fmt: skip
    if before is not None and before.pk != held.pk:
        facts.append(Fact(_("现在用的"), f"{before.name} {masked_number(before.number.open())}"))
    return sure(request, waits and same(viewer_of(request).user, held.made_by), _("提出的人不能批准自己提出的账户，请由另一位批准。"), {
        "title": _("由这个账户付款？"), "yes": _("批准"), "back": reverse("funds:sources"), "wrong": wrong, "facts": facts,
        "text": _("请对照开户证明逐位核对账号和联行号。"),
    })  # fmt: skip
