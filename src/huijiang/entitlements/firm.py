"""Pages of a firm's desk: what the firm is owed, how many of its people are, its roster.

A single employee's result is nobody's at the firm: only how many are owed something is told, and fewer than
FEW are told as such.  Those who agreed to it are listed by name, and can read that the firm looked.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.db.models import Count, F, Q, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_safe

from huijiang import audit
from huijiang.access import doors
from huijiang.access.law import access_organisations, access_people, consenting
from huijiang.access.models import Consent
from huijiang.access.sightings import saw_all
from huijiang.accounts.viewers import Viewer, today
from huijiang.documents import library
from huijiang.entitlements import claiming, live, roster, roster_csv, wording
from huijiang.entitlements.explanation import explanation
from huijiang.entitlements.models import NightlyRun, Standing, State
from huijiang.entitlements.sees import sees
from huijiang.registry.models import Person
from huijiang.web.components.clauses import Clause
from huijiang.web.components.layout import Crumb
from huijiang.web.components.tables import Cell, Column, Table
from huijiang.web.components.tags import ANSWERS
from huijiang.web.language import language
from tiaowen.report.model import READY, UNKNOWN, Report
from tiaowen.report.page import render as render_report

FEW: Final = 3
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_EVENTS: Final = 100
MOST_LIVE: Final = 10_000  # events of one benefit that are judged while somebody waits for the page


def _firm(request: HttpRequest) -> tuple[Viewer, Any]:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    return viewer, get_object_or_404(access_organisations(viewer).select_related("managed_by"))


def by_benefit(organisation: Any) -> list[dict[str, Any]]:
    """The firm's results of the last night, one line per benefit and state; the most money first."""
    found = (
        Standing.objects.filter(organisation=organisation, last_run=None)
        .values("benefit", "state")
        .annotate(events=Count("pk"), least=Sum("low"), most=Sum("high"), open=Count("pk", filter=Q(high=None)))
        .order_by(F("least").desc(), "benefit")
    )
    rules = library.placed(organisation.managed_by_id)
    told = []
    for each in found:
        try:
            rule = rules.rule(each["benefit"])
        except KeyError:
            continue  # the release has dropped it since the last night
        told.append({**each, "rule": rule, "most": None if each["open"] else each["most"]})
    order = [State.READY, State.UNKNOWN, State.NEAR]
    return sorted(told, key=lambda each: (order.index(State(each["state"])), -each["least"], each["benefit"]))


def staff_owed(organisation: Any) -> str:
    """How many of the firm's people are owed something now."""
    mine = Person.objects.filter(employer=organisation).values("pk")
    count = (
        Standing.objects.filter(person__in=mine, last_run=None, state=State.READY).values("person").distinct().count()
    )
    return _("不到 %(n)s 名") % {"n": FEW} if 0 < count < FEW else _("%(n)s 名") % {"n": count}


def last_night(organisation: Any) -> NightlyRun | None:
    return NightlyRun.objects.filter(region=organisation.managed_by_id, ended_at__isnull=False).first()


def first_of(lines: list[dict[str, Any]]) -> dict[str, Any]:
    ready = [each for each in lines if each["state"] == State.READY]
    high = None if any(each["most"] is None for each in ready) else sum(each["most"] for each in ready)
    return {"ready": len(ready), "events": sum(each["events"] for each in ready),
            "amount": wording.amount_of(sum(each["least"] for each in ready), high)}  # fmt: skip


@doors.agent
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """In short: the firm's sum, its people, where to go."""
    viewer, organisation = _firm(request)
    lines = by_benefit(organisation)
    return render(request, "entitlements/firm.html", {
        "firm": organisation, "first": first_of(lines), "owed": staff_owed(organisation), "night": last_night(organisation),
        "staff": access_people(viewer).filter(employer=organisation).count(),
    })  # fmt: skip


@doors.agent
@require_safe
def results(request: HttpRequest) -> HttpResponse:
    """Every benefit of the firm with its events counted."""
    _viewer, organisation = _firm(request)
    lines = by_benefit(organisation)
    return render(request, "entitlements/firm_results.html", {
        "firm": organisation, "groups": grouped(lines, True), "first": first_of(lines), "owed": staff_owed(organisation),
        "night": last_night(organisation),
    })  # fmt: skip


def grouped(lines: list[dict[str, Any]], linked: bool) -> list[tuple[str, int, Table]]:
    """State, how many benefits, their table."""
    by_state: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for each in lines:
        by_state[each["state"]].append(each)
    return [
        (str(ANSWERS[wording.ANSWER[State(state)]]), len(found), _table(state, found, linked))
        for state, found in by_state.items()
    ]


def _table(state: str, lines: list[dict[str, Any]], linked: bool) -> Table:
    columns = [Column(_("项目")), Column(_("条款")), Column(_("件数"), "number"), Column(_("金额"), "number")]
    rows = []
    for each in lines:
        rule = each["rule"]
        address = reverse("entitlements:firm_result", args=[rule.document, rule.id]) if linked else ""
        amount = _("看说明") if state == State.NEAR else str(wording.amount_of(each["least"], each["most"]))
        rows.append([Cell(rule.name, address), rule.clause, str(each["events"]), amount])
    return Table(str(ANSWERS[wording.ANSWER[State(state)]]), columns, rows)


@doors.agent
@require_safe
def result(request: HttpRequest, document: str, rule: str) -> HttpResponse:
    """One benefit, evaluated now, event by event; one of them in full.  Where there are too many to judge while somebody
    waits, the last night's figures are what the firm reads."""
    viewer, organisation = _firm(request)
    key = f"{document}#{rule}"
    many = Standing.objects.filter(organisation=organisation, benefit=key, last_run=None).count()
    found = one_benefit(viewer, organisation, key) if many <= MOST_LIVE else None
    if found is None or key in found.beyond:
        messages.info(request, _("这一项牵涉的登记太多，不能逐件现算；件数和金额看昨夜算的。"))
        return redirect("entitlements:firm_results")
    if not found.entitlements:
        raise Http404
    chosen = found.find(key, request.GET.get("event", "")) or found.entitlements[0]
    here = reverse("entitlements:firm_result", args=[document, rule])
    columns = [Column(_("事由")), Column(_("金额"), "number"), Column(_("状态"), "state")]
    rows = [
        [Cell(f"{each.what} {each.day or each.holder.partition(':')[2]}", f"{here}?event={each.holder}"),
         str(wording.money(each) or "—"),
         Cell(tag=ANSWERS[wording.ANSWER[each.state]])]
        for each in found.entitlements[:MOST_EVENTS]
    ]  # fmt: skip
    told = explanation(chosen, found)
    told |= {
        "events": Table(_("每一件"), columns, rows), "all": len(found.entitlements), "shown": len(rows),
        "step": wording.next_step(chosen, "", claiming.address_of("firm", chosen)),
        "crumbs": [Crumb(_("单位可享政策"), reverse("entitlements:firm_results")), Crumb(chosen.name)],
    }  # fmt: skip
    return render(request, "entitlements/one.html", told)


def one_benefit(viewer: Viewer, organisation: Any, key: str) -> live.Result:
    """The events of one benefit that is paid to the firm."""
    try:
        library.placed(organisation.managed_by_id).rule(key)
    except KeyError:
        raise Http404 from None
    found = live.of_organisation(organisation.pk, organisation.managed_by_id, viewer.on, sees(viewer), key)
    kept = tuple(each for each in found.entitlements if each.key == key and each.to_me and each.kind == "benefit")
    return live.Result(found.on, found.region, found.release, kept, found.beyond)


def agreed(viewer: Viewer) -> Table | None:
    """Those who agreed that the firm sees their results, by name; each look leaves a trace with them."""
    given = consenting(viewer, Consent.Purpose.ENTITLEMENTS)
    people = list(access_people(viewer).filter(pk__in=given).order_by("pinyin", "pk")[:MOST_EVENTS])
    if not people:
        return None
    ready = Standing.objects.filter(person__in=people, last_run=None, state=State.READY).values_list(
        "person", "low", "high"
    )
    sums: dict[int, list[tuple[int, int | None]]] = defaultdict(list)
    for person, low, high in ready:
        sums[person].append((low, high))
    rows = []
    saw_all(viewer, people, Consent.Purpose.ENTITLEMENTS, ["results"])
    for each in people:
        mine = sums[each.pk]
        most = None if any(high is None for _low, high in mine) else sum(high or 0 for _low, high in mine)
        amount = str(wording.amount_of(sum(low for low, _high in mine), most)) if mine else "—"
        rows.append([each.name, str(len(mine)), amount])
    return Table(
        _("同意给单位看的职工"), [Column(_("姓名")), Column(_("可以申领"), "number"), Column(_("金额"), "number")], rows
    )


class SeveralFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class RosterFiles(forms.FileField):
    """One workbook in the template, or CSV files of its sheets; a list of what was sent."""

    widget = SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        sent = [super(RosterFiles, self).clean(each, initial) for each in data or [None]]
        if sum(each.size for each in sent) > roster.MOST_BYTES:
            raise forms.ValidationError(_("文件超过 10 MB，请分成几份。"))
        if len({each.name for each in sent}) < len(sent):
            raise forms.ValidationError(_("有两个文件同名，只要一个。"))
        return sent


class RosterForm(forms.Form):
    file = RosterFiles(label=gettext_lazy("职工名册"), max_length=200)


def known_of(organisation: Any) -> dict[str, str]:
    """The lines of the form that the register answers, for a firm that sends its staff alone."""
    told = {"单位名称": organisation.name, "统一社会信用代码": organisation.uscc or "",
            "所在地区": organisation.place_id or organisation.managed_by_id, "单位类型": organisation.kind or "",
            "填报日期": today().isoformat()}  # fmt: skip
    return {label: value for label, value in told.items() if value}


@doors.agent
def staff(request: HttpRequest) -> HttpResponse:
    """The roster: uploaded, judged, told; nothing of it is kept."""
    viewer, organisation = _firm(request)
    told: dict[str, Any] = {
        "firm": organisation, "owed": staff_owed(organisation), "agreed": agreed(viewer),
    }  # fmt: skip
    if request.method != "POST":
        return render(request, "entitlements/staff.html", told | {"form": RosterForm()})
    form = RosterForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            sent = {each.name: each.chunks() for each in form.cleaned_data["file"]}
            report = roster.judge(sent, known_of(organisation), viewer.on)
        except roster.FileError as error:
            form.add_error("file", str(error))
        except roster.WorkbookError as error:
            told["faults"] = _faults(error, language())
            form.add_error("file", _("名册有错误，一行也没有计算。请按下面的表改好再传。"))
        else:
            audit.record(viewer.user, "entitlements.roster", f"organisation:{organisation.uid}", organisation.managed_by_id,
                         staff=report.staff)  # fmt: skip
            if request.POST.get("as") == "report":
                return HttpResponse(render_report(report, language()), content_type="text/html; charset=utf-8",
                                    headers={"Content-Disposition": 'attachment; filename="report.html"'})  # fmt: skip
            told |= {"report": report, "tables": _report_tables(report), "form": RosterForm()}
            return render(request, "entitlements/staff.html", told)
    return render(request, "entitlements/staff.html", told | {"form": form}, status=422)


def _faults(error: roster.WorkbookError, language: str) -> Table:
    said: Any = language
    columns = [Column(_("位置")), Column(_("看到")), Column(_("哪里不对")), Column(_("怎样改"))]
    rows = [
        [each.place(said), each.seen or "—", f"{each.wrong(said)}", f"{each.expected(said)}；{each.mend(said)}"]
        for each in roster.mistakes(error, language)
    ]
    return Table(_("错误"), columns, rows)


def _report_tables(report: Report) -> list[tuple[str, int, Table]]:
    columns = [Column(_("项目")), Column(_("发给")), Column(_("件数"), "number"), Column(_("金额"), "number")]
    audience = {"firm": _("单位"), "people": _("职工本人"), "others": _("其他单位"), "unsettled": _("文件没有写明")}
    found = []
    for state, word in ((READY, ANSWERS["ready"]), (UNKNOWN, ANSWERS["ask"])):
        cards = report.of(state)
        rows = [
            [Cell(each.name, note=str(Clause(each.clause, document=each.paper.number))), str(audience[each.audience]),
             str(each.count), str(wording.amount_of(each.sum.low, None if each.sum.open else each.sum.high))]
            for each in cards
        ]  # fmt: skip
        if rows:
            found.append((str(word), sum(each.count for each in cards), Table(str(word), columns, rows)))
    return found


@doors.agent
@require_GET
def template_file(request: HttpRequest) -> HttpResponse:
    if request.GET.get("as") == "csv":
        return HttpResponse(roster_csv.templates(), content_type="application/zip",
                            headers={"Content-Disposition": 'attachment; filename="roster-csv.zip"'})  # fmt: skip
    return HttpResponse(roster.template(), content_type=XLSX,
                        headers={"Content-Disposition": 'attachment; filename="roster.xlsx"'})  # fmt: skip
