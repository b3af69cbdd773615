"""Budget pages: the lines of a year, one line with its money and its pace, who waits for money."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from huijiang.access.humans import same
from huijiang.accounts.models import Role
from huijiang.accounts.viewers import Viewer, today
from huijiang.funds import budget, commitments, reserving, returned
from huijiang.funds.access import access_lines, finance, readers
from huijiang.funds.bankfiles.instructions import FileError, fen
from huijiang.funds.commitments import Committed
from huijiang.funds.forecast import Forecast, forecast
from huijiang.funds.models import Allotment, Line, Waiting
from huijiang.funds.wording import line_name, money
from huijiang.web.components.charts import Chart, Series
from huijiang.web.components.figures import Kpi, percent
from huijiang.web.components.lists import Fact, Tab
from huijiang.web.components.tables import Cell, Column, Table
from huijiang.web.components.tags import Tag
from huijiang.web.language import is_chinese

PER_PAGE = 50


class MoneyField(forms.CharField):
    """Yuan with two decimals, as fen."""

    def clean(self, value: Any) -> int | None:
        text = super().clean(value)  # as text, so that its length is judged as one
        if not text:
            return None
        try:
            return fen(text)
        except FileError:
            seen = {"seen": text[:30]}
            raise forms.ValidationError(_("“%(seen)s”不是金额：写多少元，最多两位小数，如 1234.56") % seen) from None


class WhyForm(forms.Form):
    """Why somebody asks, or does not agree."""

    because = forms.CharField(
        label=gettext_lazy("理由"),
        max_length=200,
        widget=forms.Textarea(attrs={"class": "input", "rows": 2, "lang": "zh-Hans"}),
    )


class AllotmentForm(forms.Form):
    """A change of a line's money."""

    kind = forms.ChoiceField(label=gettext_lazy("变动类别"), choices=[
        (each.value, each.label) for each in (Allotment.Kind.ORIGINAL, Allotment.Kind.ADDITION, Allotment.Kind.REDUCTION)])  # fmt: skip
    amount = MoneyField(label=gettext_lazy("金额（元）"), max_length=24, help_text=gettext_lazy("如 500000.00；调减也填正数"),
                        widget=forms.TextInput(attrs={"class": "input", "inputmode": "decimal"}))  # fmt: skip
    document = forms.CharField(
        label=gettext_lazy("依据文号"), max_length=80, widget=forms.TextInput(attrs={"class": "input"})
    )


def viewer_of(request: HttpRequest) -> Viewer:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    return viewer


def works(request: HttpRequest) -> bool:
    """Whether the visitor may change money, not only read of it."""
    return Role.FINANCE in viewer_of(request).roles


@readers
@require_safe
def lines(request: HttpRequest) -> HttpResponse:
    """The lines of a year: what is allotted, approved, paid, free, and when each runs dry."""
    found = access_lines(viewer_of(request))
    years = sorted({*found.values_list("year", flat=True), today().year}, reverse=True)
    asked = request.GET.get("year", "")
    year = next((each for each in years if str(each) == asked), today().year)
    shown = list(found.filter(year=year).order_by("region__path", "source__code", "benefit"))
    columns = [Column(_("额度")), Column(_("资金来源")), Column(_("总额（元）"), "number"), Column(_("已批未付（元）"), "number"),
               Column(_("已付（元）"), "number"), Column(_("可用（元）"), "number"), Column(_("状态"), "state")]  # fmt: skip
    rows = [
        [Cell(line_name(each), reverse("funds:line", args=[each.uid]), note=each.region.name), each.source.name,
         *(money(value) for value in (each.allotted, each.reserved, each.spent, each.free)), Cell(tag=line_tag(each))]
        for each in shown
    ]  # fmt: skip
    waiting = Waiting.objects.filter(line__in=shown, ended_at=None).count()
    committed = commitments.of_years_after(viewer_of(request).paths(), max(year, today().year))
    from huijiang.funds.pages_undetermined import listed

    return render(request, "funds/lines.html", {
        "years": [Tab(str(each), f"?year={each}", None, each == year) for each in years],
        "questions": listed(viewer_of(request)),
        "table": Table(_("%(year)s 年额度") % {"year": year}, columns, rows), "year": year, "kpis": _kpis(shown, waiting),
        "committed": _committed(committed) if committed else None, "count": len(shown),
        "works": works(request),
    })  # fmt: skip


def _committed(found: list[Committed]) -> Table:
    columns = [
        Column(_("年度")),
        Column(_("期数"), "number"),
        Column(_("至多（元）"), "number"),
        Column(_("数额未定"), "number"),
    ]
    rows = [[str(each.year) if each.year else _("没有定日期"), str(each.count), money(each.amount), str(each.open or "—")]
            for each in found]  # fmt: skip
    return Table(_("以后年度的承诺"), columns, rows, show_caption=True)


def _kpis(shown: list[Line], waiting: int) -> list[Kpi]:
    allotted = sum(each.allotted for each in shown)
    used = sum(each.reserved + each.spent for each in shown)
    return [
        Kpi(_("总额"), money(allotted), _("元")),
        Kpi(
            _("已批"),
            money(used),
            _("元"),
            share=used * 100 // allotted if allotted else 0,
            note=_("占总额 %(share)s") % {"share": percent(used, allotted)},
        ),
        Kpi(_("已付"), money(sum(each.spent for each in shown)), _("元")),
        Kpi(_("等待资金"), str(waiting), _("笔"), verdict=Tag(_("额度已用完"), "red") if waiting else None),
    ]


def line_tag(line: Line) -> Tag:
    """Frozen, dry, near its warning, or sound."""
    if line.frozen_at:
        return Tag(_("已冻结"), "grey")
    if line.allotted and line.free == 0:
        return Tag(_("已用完"), "red")
    if line.waits.filter(ended_at=None).exists():
        return Tag(_("额度不足"), "red")
    told = forecast(line)
    if told.warn:
        return Tag(_("将用完"), "amber", "clock")
    return Tag(_("额度正常"), "green") if line.allotted else Tag(_("没有额度"), "grey")


def _line(request: HttpRequest, uid: uuid.UUID) -> Line:
    return get_object_or_404(access_lines(viewer_of(request)), uid=uid)


@readers
@require_safe
def line(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One line: its money, its pace, its changes, who waits."""
    return _page(request, _line(request, uid), AllotmentForm())


def _page(request: HttpRequest, held: Line, form: AllotmentForm, status: int = 200) -> HttpResponse:
    told = forecast(held)
    changes = held.allotments.select_related("asked_by", "approved_by").order_by("-id")
    columns = [
        Column(_("变动类别")),
        Column(_("金额（元）"), "number"),
        Column(_("依据文号")),
        Column(_("由谁提出")),
        Column(_("批准"), "state"),
    ]
    rows = [[each.get_kind_display(), money(each.amount), each.document, each.asked_by.name, _approval(request, each)]
            for each in changes]  # fmt: skip
    page = Paginator(held.waits.filter(ended_at=None).select_related("due__claim").order_by("since", "id"), PER_PAGE).get_page(
        request.GET.get("page"))  # fmt: skip
    from huijiang.funds.pages_lines import changes_of
    from huijiang.funds.pages_sharing import closings_of

    closings, rule_changes = closings_of(held), changes_of(held)
    return render(request, "funds/line.html", {
        "line": held, "name": line_name(held), "tag": line_tag(held), "facts": _facts(held, told), "chart": _chart(held, told),
        "changes": Table(_("额度变动"), columns, rows, show_caption=True), "form": form, "works": works(request) and not held.frozen_at,
        "freezes": works(request) and not held.frozen_at, "carries": works(request) and budget.carries(held),
        "stands": returned.must_be_settled(held) if works(request) else "", "page": page, "closings": closings if closings.rows else None,
        "can_close": works(request) and _can_close(held, page.paginator.count), "waiting": _waiting(page), "forecast": told,
        "can_change": works(request) and not budget.rule_stands(held), "rule_changes": rule_changes if rule_changes.rows else None,
    }, status=status)  # fmt: skip


def _can_close(held: Line, waiting: int) -> bool:
    """A dry pro-rata line on which somebody waits, with something left to share and no closing under way."""
    dry = held.dry == Line.Dry.PRO_RATA and held.free > 0 and held.frozen_at is None
    return dry and waiting > 0 and not held.closings.filter(state="open").exists()


def _month(day: dt.date) -> str:
    """As short as an axis wants it: 3 月, Mar."""
    if not is_chinese():
        return date_format(day, "M").capitalize()
    return _("%(month)s 月") % {"month": day.month}


def _approval(request: HttpRequest, each: Allotment) -> Cell:
    if each.approved_by:
        return Cell(tag=Tag(_("已批准"), "green", "check"), note=each.approved_by.name)
    if works(request) and not same(viewer_of(request).user, each.asked_by):
        return Cell(_("去批准"), reverse("funds:approve", args=[each.uid]))
    return Cell(tag=Tag(_("待另一人批准"), "amber", "clock"))


def _facts(held: Line, told: Forecast) -> list[Fact]:
    shares = "、".join(
        f"{each.get_tier_display()} {each.thousandths / 10:g}%" for each in held.shares.order_by("-thousandths")
    )
    facts = [
        Fact(_("总额"), _("%(yuan)s 元") % {"yuan": money(held.allotted)}),
        Fact(_("已批未付"), _("%(yuan)s 元") % {"yuan": money(held.reserved)}),
        Fact(_("已付"), _("%(yuan)s 元") % {"yuan": money(held.spent)}),
        Fact(_("可用"), _("%(yuan)s 元") % {"yuan": money(held.free)}),
        Fact(_("分担"), shares), Fact(_("支出功能分类"), held.function_code), Fact(_("支出经济分类"), held.economic_code),
        Fact(_("额度用完时"), held.get_dry_display()),
    ]  # fmt: skip
    if held.dry == Line.Dry.PRO_RATA:
        facts.append(Fact(_("按比例发放后"), held.get_rest_display()))
    if told.dry_on:
        facts.append(Fact(_("按近三个月的速度"), _("%(day)s 用完") % {"day": told.dry_on.isoformat()}))
    elif told.pace:
        facts.append(Fact(_("按近三个月的速度"), _("年内够用")))
    return facts


def _chart(held: Line, told: Forecast) -> Chart | None:
    if not told.months:
        return None
    wan = [each.up_to // 1_000_000 for each in told.months]
    finding = (_("照现在的速度，%(day)s 用完") % {"day": told.dry_on.isoformat()}) if told.dry_on else _("已批 %(share)s") % {
        "share": percent(held.reserved + held.spent, held.allotted)}  # fmt: skip
    return Chart(finding, [_month(dt.date(held.year, each.month, 1)) for each in told.months],
                 [Series(_("累计已批"), wan), Series(_("总额"), [held.allotted // 1_000_000] * len(wan))], _("万元"),
                 as_of=today().isoformat(), definition=_("已批：已预留和已支出的合计，按批准的月份"), label_heading=_("月份"))  # fmt: skip


def _waiting(page: Any) -> Table:
    columns = [Column(_("受理编号")), Column(_("金额（元）"), "number"), Column(_("等待起"))]
    rows = [[each.due.claim.number, money(each.amount), f"{each.since:%Y-%m-%d}"] for each in page]
    return Table(_("等待资金"), columns, rows)


@finance
@require_POST
def ask(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Ask for a change; somebody else approves it."""
    held = _line(request, uid)
    form = AllotmentForm(request.POST)
    if form.is_valid():
        told = form.cleaned_data
        amount = -abs(told["amount"]) if told["kind"] == Allotment.Kind.REDUCTION else told["amount"]
        try:
            budget.ask(held, told["kind"], amount, told["document"], request.user)  # type: ignore[arg-type]
        except budget.BudgetError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("已提出。请另一位财务人员批准后生效。"))
            return redirect("funds:line", uid=uid)
    return _page(request, held, form, 422)


@finance
def approve(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Approve what somebody else asked for."""
    found = get_object_or_404(
        Allotment.objects.filter(line__in=access_lines(viewer_of(request))).select_related("line__region", "asked_by"),
        uid=uid,
    )
    wrong = ""
    if request.method == "POST" and request.POST.get("confirmed") == "yes":
        try:
            budget.approve(found, request.user)  # type: ignore[arg-type]
        except budget.BudgetError as error:
            wrong = str(error)
        else:
            served = reserving.serve_waiting(found.line, request.user)  # type: ignore[arg-type]
            messages.success(
                request, _("已批准。%(n)s 笔等待的落实了资金。") % {"n": len(served)} if served else _("已批准。")
            )
            return redirect("funds:line", uid=found.line.uid)
    return sure(request, same(viewer_of(request).user, found.asked_by), _("提出的人不能批准自己的额度变动，请由另一位批准。"), {
        "title": _("批准这笔额度变动？"), "yes": _("批准"), "back": reverse("funds:line", args=[found.line.uid]), "wrong": wrong,
        "facts": [Fact(_("额度"), line_name(found.line)), Fact(_("变动类别"), found.get_kind_display()),
                  Fact(_("金额"), _("%(yuan)s 元") % {"yuan": money(found.amount)}), Fact(_("依据文号"), found.document),
                  Fact(_("由谁提出"), found.asked_by.name)],
    })  # fmt: skip


def sure(request: HttpRequest, own: bool, why_not: str, told: dict[str, Any]) -> HttpResponse:
    """Are you sure?  Whoever asked for it, under whichever account, reads why another has to say yes, and has no button."""
    wrong = told.get("wrong", "")
    return render(request, "funds/sure.html", {**told, "why_not": why_not if own and not wrong else "", "own": own},
                  status=422 if wrong else 200)  # fmt: skip


@finance
def freeze(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """End a line's year, and ask for what is left to go on."""
    held = _line(request, uid)
    wrong = ""
    if request.method == "POST" and request.POST.get("confirmed") == "yes":
        try:
            budget.freeze(held, request.user)  # type: ignore[arg-type]
            budget.carry_over(held, request.user, request.POST.get("document", "")[:80] or _("年终结转"))  # type: ignore[arg-type]
            reserving.move_to_next_year(held, request.user)  # type: ignore[arg-type]
        except budget.BudgetError as error:
            wrong = str(error)
        else:
            messages.success(request, _("已冻结。结余的结转等另一位批准。"))
            return redirect("funds:line", uid=uid)
    return render(request, "funds/sure.html", {
        "title": _("结转这一年的结余？") if held.frozen_at else _("冻结这一年的额度？"),
        "yes": _("提出结转") if held.frozen_at else _("冻结"), "danger": not held.frozen_at, "back": reverse("funds:line", args=[uid]), "wrong": wrong,
        "facts": [Fact(_("额度"), line_name(held)), Fact(_("年度"), str(held.year)),
                  Fact(_("可用"), _("%(yuan)s 元") % {"yuan": money(held.free)})],
        "text": " ".join(filter(None, [
            "" if held.frozen_at else _("冻结后不再批准新的支出，已批未付的照常拨付；可用的部分提请结转下一年度。"), returned.must_be_settled(held)])),
    }, status=422 if wrong else 200)  # fmt: skip
