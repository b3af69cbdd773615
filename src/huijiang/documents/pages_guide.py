"""The service guide (办事指南) of each benefit, made from its rule; and who pays what, place by place."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from huijiang.accounts.viewers import today
from huijiang.documents import blocks, library, shelf, worded
from huijiang.documents.pages_benefits import PROMISES, whom
from huijiang.documents.pages_library import Choices, about_release
from huijiang.web.components.clauses import Clause
from huijiang.web.components.layout import Crumb
from huijiang.web.components.speech import spoken
from huijiang.web.components.tables import Cell, Column, Table
from huijiang.web.doors import public
from huijiang.web.forms import choice
from huijiang.web.language import language
from tiaowen.check.library import Library
from tiaowen.compare import wording
from tiaowen.compare.instruments import NOBODY, UNDETERMINED, Comparison, Instrument, compare, usual_places

# Sources that an office asks itself; what comes from elsewhere is a paper that the applicant brings.
REGISTERS: Final = frozenset({
    "社保登记", "证书联网查询", "学籍系统", "市场监管登记", "公安户籍", "民政婚姻登记", "不动产登记", "实名认证",
    "统计名录", "国资名录", "学校名录", "人社名单", "评价机构备案", "培训备案", "支付回单", "人才认定", "工会名单",
    "科技部门名单", "人社活动记录", "认定文件", "租赁备案",
})  # fmt: skip
MOST_PLACES: Final = 8


@public
@require_safe
def guide(request: HttpRequest, document: str, rule: str) -> HttpResponse:
    """Who, on what conditions, how much, with which papers, where, by when, from which fund, under which clause."""
    held = library.current()
    found = shelf.document(held, document, today())
    promise = found.plan.rules.get(rule) if found is not None else None
    if found is None or promise is None or promise.kind not in PROMISES or promise.stands_in_for:
        raise Http404(f"benefit {document} {rule}")
    told = blocks.told(held, found.plan, held.sources[document].blocks[rule])
    rows = {row.label: row for row in told.rows}
    needed = worded.needed(held.vocabulary, promise)
    conditions = [line for row in told.rows if row.numbered for line in row.lines]
    values = {
        "document": found, "rule": promise, "told": told,
        "clause": Clause(promise.clause, found.clause_address(promise.clause), found.plan.number),
        "whom": whom(held, promise), "conditions": conditions, "amounts": rows.get(_("金额")), "gives": rows.get(_("给什么")),
        "schedule": rows.get(_("怎么发")), "limits": rows.get(_("限制")),
        "asked": [(source, labels) for source, labels in needed.items() if source in REGISTERS],
        "papers": [(source, labels) for source, labels in needed.items() if source and source not in REGISTERS],
        "said": needed.get("", []), "closes": worded.deadlines(promise),
        "fund": promise.fund if promise.fund not in ("", "undetermined") else _("文件没有写明"),
        "crumbs": [Crumb(_("补贴目录"), reverse("documents:benefits")),
                   Crumb(promise.name, reverse("documents:benefit", args=[document, rule])), Crumb(_("办事指南"))],
    }  # fmt: skip
    return render(request, "documents/guide.html", values | about_release())


class PlacesForm(forms.Form):
    """Which places to lay side by side."""

    place = forms.MultipleChoiceField(
        label=gettext_lazy("比较哪些地方"), required=False, widget=forms.CheckboxSelectMultiple
    )
    topic = forms.ChoiceField(label=gettext_lazy("为哪件事"), required=False, widget=Choices(attrs={"class": "input"}))

    def __init__(self, data: Any, held: Library, codes: list[str]) -> None:
        super().__init__(data)
        regions = held.vocabulary.regions
        choice(self, "place").choices = [(code, regions.path(code)) for code in codes]
        used = {rule.table for plan in held.plans.values() for rule in plan.rules.values() if rule.kind == "benefit"}
        tables = [(name, table.label) for name, table in held.vocabulary.tables.items() if name in used]
        choice(self, "topic").choices = [("", _("全部")), *tables]


@public
@require_safe
def places(request: HttpRequest) -> HttpResponse:
    """Instruments × places, straight from the blocks of each place's documents."""
    held = library.current()
    codes = _places(held)
    form = PlacesForm(request.GET or None, held, codes)
    chosen = [code for code in codes if form.is_valid() and code in form.cleaned_data["place"]] or codes
    topic = form.cleaned_data.get("topic", "") if form.is_valid() else ""
    found = compare(held, chosen[:MOST_PLACES])
    parts = [_part(found, each) for each in found.instruments if not topic or each.table == topic]
    values = {"form": form, "parts": parts, "names": spoken("、".join(place.name for place in found.places)), "count": len(parts),
              "wide": found.wide, "crumbs": [Crumb(_("补贴目录"), reverse("documents:benefits")), Crumb(_("各地比较"))]}  # fmt: skip
    return render(request, "documents/compare.html", values | about_release())


def _places(held: Library) -> list[str]:
    """Places that may be compared: where documents are from, a city seen from its first county."""
    regions = held.vocabulary.regions
    own = {plan.region for plan in held.plans.values() if len(regions.chain(plan.region)) > 1}
    covered = {code for each in usual_places(held) for code in regions.chain(each)}
    return [*usual_places(held), *sorted(own - covered)]


def _part(found: Comparison, instrument: Instrument) -> dict[str, Any]:
    rows = []
    offers = [(place.name, offer) for place in found.places for offer in found.offers(instrument, place)]
    offers += [(_("各地都适用"), offer) for offer in found.common.get(instrument, [])]
    for place, offer in offers:
        document, _mark, rule = offer.key.partition("#")
        draft = f"（{_('征求意见稿')}）" if offer.draft else ""
        sums = "；".join(
            wording.sum_row(replace(row, label=row.label.replace("＋", "")), language()) for row in offer.rows
        ) or wording.word("how undetermined", language())
        rows.append([
            Cell(place, note=f"{offer.number}{draft} {offer.clause}"),
            Cell(offer.name, reverse("documents:benefit", args=[document, rule])),
            Cell(sums, note="；".join(wording.terms(offer, language()))),
        ])  # fmt: skip
    without = [
        place.name for place in found.places if not found.offers(instrument, place) and not found.common.get(instrument)
    ]
    columns = [Column(_("地方")), Column(_("补贴奖励")), Column(_("多少"))]
    payees = {UNDETERMINED: _("未写明"), NOBODY: _("不发钱")}
    title = f"{found.labels.get(instrument.table, instrument.table)} → {payees.get(instrument.payee, found.labels.get(instrument.payee, ''))}"
    return {"title": title, "table": Table(title, columns, rows), "without": without}
