"""Opening a budget line, and declaring anew what it does when it runs dry, before any money was held on it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huijiang.accounts.viewers import today
from huijiang.documents import library
from huijiang.funds import budget
from huijiang.funds.access import WORKS, access_lines, finance
from huijiang.funds.models import Line, Share, Source
from huijiang.funds.models.budget import ECONOMIC_CODE, FUNCTION_CODE
from huijiang.funds.pages_budget import viewer_of
from huijiang.funds.sources import source_of_benefit
from huijiang.funds.wording import line_name
from huijiang.jobs import enqueue
from huijiang.regions.models import Region
from huijiang.web.components.lists import Fact
from huijiang.web.components.tables import Cell, Column, Table
from tiaowen.plan.rules import DocumentPlan, Rule

PERCENT: Final = re.compile(r"[0-9]{1,3}(\.[0-9])?")
Benefits = Mapping[str, tuple[Rule, DocumentPlan]]
"""Key of a benefit → its rule and the document that it stands in."""


class PercentField(forms.CharField):
    """Per cent with at most one decimal, as thousandths; 0 where nothing is written."""

    def clean(self, value: Any) -> int:
        text = str(super().clean(value) or "").rstrip("%％").strip()
        if not text:
            return 0
        if PERCENT.fullmatch(text) is None:
            raise forms.ValidationError(_("“%(seen)s”不是百分比：写 0 到 100，最多一位小数，如 30 或 12.5") % {"seen": text[:20]})  # fmt: skip
        whole, _point, tenth = text.partition(".")
        found = int(whole) * 10 + int(tenth or 0)
        if found > budget.WHOLE:
            raise forms.ValidationError(_("%(seen)s%% 超过了 100%%") % {"seen": text})
        return found


def _code(label: Any, pattern: str, initial: str, hint: Any, wrong: Any) -> forms.RegexField:
    return forms.RegexField(pattern, label=label, initial=initial, max_length=7, help_text=hint, error_messages={"invalid": wrong},
                            widget=forms.TextInput(attrs={"class": "input", "inputmode": "numeric"}))  # fmt: skip


class RuleForm(forms.Form):
    """What happens when a line runs dry, and to the rest after sharing."""

    dry = forms.ChoiceField(label=gettext_lazy("额度用完时"), choices=Line.Dry.choices)
    rest = forms.ChoiceField(label=gettext_lazy("按比例发放后"), choices=Line.Rest.choices,
                             help_text=gettext_lazy("只在“按比例发放”时起作用"))  # fmt: skip


class ChangeForm(RuleForm):
    """Another rule, and why."""

    reason = forms.CharField(label=gettext_lazy("理由"), max_length=500, help_text=gettext_lazy("写明依据的文号和条款"),
                             widget=forms.Textarea(attrs={"class": "input", "rows": 3, "lang": "zh-Hans"}))  # fmt: skip


class LineForm(RuleForm):
    """A new line: of which source, for what, under which codes, by which rule, and who bears it."""

    field_order = ("region", "source", "year", "benefit", "function_code", "economic_code", "dry", "rest")

    region = forms.ModelChoiceField(Region.objects.none(), label=gettext_lazy("地区"), empty_label=None,
                                    widget=forms.Select(attrs={"lang": "zh-Hans"}))  # fmt: skip
    source = forms.ModelChoiceField(Source.objects.all(), label=gettext_lazy("资金来源"), empty_label=None, to_field_name="code",
                                    widget=forms.Select(attrs={"lang": "zh-Hans"}))  # fmt: skip
    year = forms.TypedChoiceField(label=gettext_lazy("年度"), coerce=int)
    benefit = forms.ChoiceField(label=gettext_lazy("项目"), required=False, widget=forms.Select(attrs={"lang": "zh-Hans"}),
                                help_text=gettext_lazy("一个项目有自己的额度时，先用自己的"))  # fmt: skip
    function_code = _code(gettext_lazy("支出功能分类"), FUNCTION_CODE, "2080799", gettext_lazy("类、款、项，3、5 或 7 位数字"),
                          gettext_lazy("应为 3、5 或 7 位数字，如 2080799"))  # fmt: skip
    economic_code = _code(gettext_lazy("支出经济分类"), ECONOMIC_CODE, "30399", gettext_lazy("类、款，3 或 5 位数字"),
                          gettext_lazy("应为 3 或 5 位数字，如 30399"))  # fmt: skip

    def __init__(self, data: Any, benefits: Mapping[Region, Benefits]) -> None:
        """`benefits`: of each region in which the viewer may open a line."""
        year = today().year
        super().__init__(data, initial={"year": year})
        self.benefits = benefits
        shown = {key: each for found in benefits.values() for key, each in found.items()}
        fields: dict[str, Any] = self.fields
        fields["region"].queryset = Region.objects.filter(pk__in=[each.pk for each in benefits]).order_by("path")
        fields["year"].choices = [(each, str(each)) for each in (year, year + 1)]
        fields["benefit"].choices = [
            ("", _("该来源的全部项目")),
            *((key, f"{rule.name}（{plan.number} {rule.clause}）") for key, (rule, plan) in shown.items()),
        ]
        for tier in Share.Tier:
            fields[f"share_{tier}"] = PercentField(label=tier.label, required=False, max_length=8,
                widget=forms.TextInput(attrs={"class": "input", "inputmode": "decimal"}))  # fmt: skip

    def parts(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The questions by what they are about; the shares stand apart."""
        told = (
            (_("哪一笔额度"), ("region", "source", "year", "benefit")),
            (_("预算科目"), ("function_code", "economic_code")),
            (_("用完以后"), ("dry", "rest")),
        )
        return [(title, [self[name] for name in names]) for title, names in told]

    def shares(self) -> list[forms.BoundField]:
        return [self[f"share_{tier}"] for tier in Share.Tier]

    def borne(self) -> dict[str, int]:
        """Tier → thousandths, of those that bear something."""
        found = {tier.value: self.cleaned_data.get(f"share_{tier}", 0) for tier in Share.Tier}
        return {tier: part for tier, part in found.items() if part}

    def clean(self) -> dict[str, Any]:
        told = self.cleaned_data
        if not any(f"share_{tier}" in self.errors for tier in Share.Tier):
            total = sum(self.borne().values())
            if total != budget.WHOLE:
                self.add_error(None, _("各级分担合计 %(sum)s%%，应为 100%%：改一改各级的百分比") % {"sum": f"{total / 10:g}"})  # fmt: skip
        region, source, benefit = told.get("region"), told.get("source"), told.get("benefit")
        if region is not None and benefit:
            found = self.benefits[region].get(benefit)
            if found is None:
                self.add_error("benefit", _("这个项目在%(place)s不施行，请选别的项目或地区") % {"place": region.name})
            elif source is not None:
                pays = source_of_benefit(benefit, found[0].fund, region.path)
                if pays is not None and pays != source:
                    self.add_error("source", _("“%(benefit)s”由“%(pays)s”支付，用不到“%(seen)s”的额度") % {
                        "benefit": found[0].name, "pays": pays.name, "seen": source.name})  # fmt: skip
        return told


@finance
def new(request: HttpRequest) -> HttpResponse:
    """Open a line; one that stands already is shown as it is."""
    places = Region.objects.filter(path__in=viewer_of(request).paths(*WORKS)).order_by("path")
    form = LineForm(
        request.POST if request.method == "POST" else None, {each: library.benefits(each.pk) for each in places}
    )
    if form.is_bound and form.is_valid():
        told = form.cleaned_data
        try:
            with transaction.atomic():
                held, fresh = budget.opened(
                    told["region"], told["source"], told["year"], request.user, benefit=told["benefit"], shares=form.borne(),  # type: ignore[arg-type]
                    **{name: told[name] for name in ("function_code", "economic_code", "dry", "rest")},
                )  # fmt: skip
                if fresh:  # whoever waited for want of a line waits on this one, in the order of approval
                    enqueue("funds.serve_waiting", actor=request.user, region=held.region_id, unique="opened")  # type: ignore[arg-type]
        except budget.BudgetError as error:
            form.add_error(None, str(error))
        else:
            if fresh:
                messages.success(request, _("额度已开，还没有钱。请提出年初预算，由另一位财务人员批准。"))
            else:
                messages.info(request, _("这笔额度已经有了，没有另开，也没有改变什么。下面是原来开的。"))
            return redirect("funds:line", uid=held.uid)
    return render(request, "funds/line_new.html", {"form": form, "sources": Source.objects.exists()},
                  status=422 if form.is_bound else 200)  # fmt: skip


@finance
def rule(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Declare anew what a line does when it runs dry, with the reason; refused once money was held on it."""
    held = get_object_or_404(access_lines(viewer_of(request)), uid=uid)
    form = ChangeForm(request.POST if request.method == "POST" else None, initial={"dry": held.dry, "rest": held.rest})
    wrong = budget.rule_stands(held)
    if form.is_bound and not wrong and form.is_valid():
        told = form.cleaned_data
        try:
            with transaction.atomic():
                changed = budget.change_rule(held, request.user, **told)  # type: ignore[arg-type]
                if changed:  # money that lay there may now be had by whoever waits
                    enqueue("funds.serve_waiting", actor=request.user, region=held.region_id, unique="opened")  # type: ignore[arg-type]
        except budget.BudgetError as error:
            wrong = str(error)
        else:
            if changed:
                messages.success(request, _("规则已改。"))
            else:
                messages.info(request, _("和原来一样，没有改变什么。"))
            return redirect("funds:line", uid=uid)
    facts = [Fact(_("额度"), f"{line_name(held)} {held.year}"), Fact(_("资金来源"), held.source.name),
             Fact(_("额度用完时"), held.get_dry_display()), Fact(_("按比例发放后"), held.get_rest_display())]  # fmt: skip
    return render(request, "funds/line_rule.html", {
        "line": held, "name": line_name(held), "facts": facts, "form": None if wrong else form, "wrong": wrong,
        "back": reverse("funds:line", args=[uid]),
    }, status=422 if form.is_bound else 200)  # fmt: skip


def changes_of(line: Line) -> Table:
    """How the rule of a line was changed, the newest first."""
    columns = [Column(_("时间")), Column(_("原来")), Column(_("改为")), Column(_("理由")), Column(_("经办"))]
    rows = [
        [f"{localtime(each.at):%Y-%m-%d}", Cell(each.get_dry_before_display(), note=each.get_rest_before_display()),
         Cell(each.get_dry_display(), note=each.get_rest_display()), each.reason, each.by.name]
        for each in line.rule_changes.select_related("by").order_by("-id")
    ]  # fmt: skip
    return Table(_("用完时规则的变动"), columns, rows, show_caption=True)
