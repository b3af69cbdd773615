"""Pages of those who dispute a fact: a person about their own rows, an agent about the firm's."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from huijiang.access import doors
from huijiang.access.law import access_organisations
from huijiang.accounts.viewers import Viewer
from huijiang.entitlements.portrait import shown
from huijiang.files import services as files
from huijiang.files.forms import PAPERS, PaperField, limit
from huijiang.people import corrections
from huijiang.people.models import Correction
from huijiang.registry.vocabulary import vocabulary
from huijiang.web.components.layout import Crumb
from huijiang.web.components.lists import Fact
from huijiang.web.components.tables import Cell, Column, Table
from huijiang.web.components.tags import Tag

asks = require_http_methods(["GET", "HEAD", "POST"])
COLOURS = {"open": "amber", "corrected": "green", "refused": "grey"}


class DisputeForm(forms.Form):
    """Which column, what it should be, why, and a paper that shows it."""

    column = forms.ChoiceField(label=gettext_lazy("哪一项不对"), widget=forms.RadioSelect)
    wanted = forms.CharField(label=gettext_lazy("应当是"), max_length=200, help_text=gettext_lazy("没有的写“无”。"))
    words = forms.CharField(
        label=gettext_lazy("为什么"), max_length=1_000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("有什么可以证明。请不要写身份证号、银行卡号。"),
    )  # fmt: skip
    paper = PaperField(label=gettext_lazy("证明材料（可不传）"), required=False)

    def __init__(self, *args: Any, of: corrections.Disputed, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["column"].choices = [  # type: ignore[attr-defined]
            (each.name, f"{each.label}：{shown(of.row, each) or _('没有登记')}") for each in of.columns
        ]


def _viewer(request: HttpRequest) -> Viewer:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    return viewer


def _dispute(request: HttpRequest, table: str, row: int, back: str, crumb: Crumb) -> HttpResponse:
    viewer = _viewer(request)
    of = corrections.disputed(viewer, table, row)
    if of is None or not of.columns:
        raise Http404
    asked = request.method == "POST"
    form = DisputeForm(request.POST if asked else None, request.FILES if asked else None, of=of)
    if asked and form.is_valid():
        told = form.cleaned_data
        column = next(each for each in of.columns if each.name == told["column"])
        try:
            with transaction.atomic():
                made = corrections.dispute(viewer, of, column, told["wanted"], told["words"])
                if told["paper"]:
                    files.store(told["paper"], viewer, f"correction:{made.uid}", files.Purpose.EVIDENCE,
                                region=made.region_id)  # fmt: skip
        except corrections.Waiting as error:
            form.add_error("column", str(error))
        except files.NoRoom:
            form.add_error("paper", _("系统暂时存不下新文件，已通知管理员。请稍后再试；没有保存任何内容。"))
        else:
            messages.success(request, _("已收到，编号 %(number)s，%(day)s 前答复。") % {
                "number": corrections.number_of(made), "day": made.due_on.isoformat()})  # fmt: skip
            return redirect(back)
    label = vocabulary().tables[table].label
    return render(request, "people/dispute.html", {
        "form": form, "label": label, "row": of.row, "crumbs": [crumb, Crumb(_("这一条不对"))], "accepts": str(PAPERS),
        "limit": limit(),
    }, status=422 if form.errors else 200)  # fmt: skip


@doors.worker
@asks
def dispute(request: HttpRequest, table: str, row: int) -> HttpResponse:
    """Say what is wrong in a row about oneself."""
    return _dispute(request, table, row, reverse("people:corrections"),
                    Crumb(_("我的档案"), reverse("entitlements:facts")))  # fmt: skip


@doors.agent
@asks
def firm_dispute(request: HttpRequest, table: str, row: int) -> HttpResponse:
    """Say what is wrong in a row about the firm."""
    if table != "organisation":  # rows about people are theirs to dispute
        raise Http404
    return _dispute(request, table, row, reverse("people:firm_facts"),
                    Crumb(_("单位信息更正"), reverse("people:firm_facts")))  # fmt: skip


@doors.worker
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """What one disputed, and the answers."""
    found = corrections.access_corrections(_viewer(request))
    return render(request, "people/corrections.html", {"items": [_shown(each) for each in found[:100]], "firm": False})


@doors.agent
@require_safe
def firm_facts(request: HttpRequest) -> HttpResponse:
    """The firm's own row, and what the firm disputed."""
    viewer = _viewer(request)
    firm = access_organisations(viewer).select_related("managed_by", "place").get()
    of = corrections.disputed(viewer, "organisation", firm.pk)
    facts = [Fact(each.label, shown(firm, each) or _("没有登记")) for each in of.columns] if of else []
    return render(request, "people/corrections.html", {
        "items": [_shown(each) for each in corrections.access_corrections(viewer)[:100]], "firm": firm, "facts": facts,
    })  # fmt: skip


def _shown(each: Correction) -> dict[str, Any]:
    assert each.seen is not None
    facts = [
        Fact(_("登记的内容"), each.seen.open()),
        Fact(_("您认为应当是"), each.wanted.open()),
        Fact(_("理由"), each.words),
    ]
    if each.became is not None:
        facts.append(
            Fact(_("更正为"), each.became.open(), source=_("来源 %(source)s") % {"source": corrections.SOURCE})
        )
    if each.answer:
        facts.append(Fact(_("答复"), each.answer))
    return {"title": corrections.label_of(each), "number": corrections.number_of(each), "facts": facts, "of": each,
            "tag": Tag(each.get_state_display(), COLOURS[each.state])}  # fmt: skip


def table_of(found: Any, address: str) -> Table:
    """For the officer's queue."""
    columns = [
        Column(_("编号")),
        Column(_("哪一项")),
        Column(_("谁提出")),
        Column(_("答复期限")),
        Column(_("状态"), "state"),
    ]
    rows = [
        [Cell(corrections.number_of(each), reverse(address, args=[each.uid])), corrections.label_of(each),
         Cell(_("本人") if each.person_id else each.organisation.name, note=each.region.name), each.due_on.isoformat(),
         Cell(tag=Tag(each.get_state_display(), COLOURS[each.state]))]
        for each in found
    ]  # fmt: skip
    return Table(_("更正申请"), columns, rows)
