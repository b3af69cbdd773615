"""What a survey came to, for officers: firms one by one, sums with the firms behind them, gaps, the workbook to take away."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from huijiang import audit
from huijiang.access import purposes
from huijiang.access.sightings import Purpose, saw_all
from huijiang.accounts.viewers import today
from huijiang.entitlements.desk import asked_why, hidden_name
from huijiang.entitlements.firm import XLSX
from huijiang.labour import answering, behind, comparing, export, outliers, registers, showing, surveys, totals
from huijiang.labour.errors import SurveyError
from huijiang.labour.figures import levels
from huijiang.labour.forms import CellFilterForm, ReturnForm
from huijiang.labour.models import EmployerSurvey, SurveyAnswer, SurveyedFirm
from huijiang.labour.pages_desk import crumbs_of, reads, runs, survey_of, tabs_of, viewer_of
from huijiang.labour.totals import Answered
from huijiang.web.components.charts import Chart, Series
from huijiang.web.components.layout import Crumb
from huijiang.web.components.lists import Tab
from huijiang.web.components.tables import Cell, Column, Table
from huijiang.web.forms import called

PER_PAGE: Final = 50
CHARTED: Final = 10
asks = require_http_methods(["GET", "HEAD", "POST"])


@reads
@require_safe
def firms(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The firms, by where they stand; answered heads beside registered ones."""
    survey, viewer = survey_of(request, uid), viewer_of(request)
    mine = surveys.access_firms(viewer, survey)
    rows = totals.in_force(mine)
    striking = outliers.outliers(viewer, survey, rows)
    state = request.GET.get("state", "")
    waiting = surveys.unanswered(mine)
    sets: dict[str, tuple[str, Any]] = {
        "": (_("全部"), mine), "unanswered": (_("未报"), waiting), "sent": (_("已报"), mine.exclude(pk__in=waiting.values("pk"))),
        "returned": (_("已退回"), waiting.filter(answers__state=SurveyAnswer.State.RETURNED).distinct()),
        "striking": (_("要核对"), mine.filter(pk__in=striking)),
    }  # fmt: skip
    if state not in sets:
        raise Http404
    here = reverse("labour:desk_firms", args=[uid])
    kinds = [
        Tab(label, f"{here}?state={name}" if name else here, found.count(), name == state)
        for name, (label, found) in sets.items()
    ]
    chosen = sets[state][1].select_related("organisation", "place", "survey")
    page = Paginator(showing.firms_order(chosen), PER_PAGE).get_page(request.GET.get("page"))
    by_firm = totals.summed(rows, lambda each: each.firm.pk)
    heads = registers.heads_by_firm(
        viewer, [each.organisation_id for each in page], survey.counted_on, survey.occupations
    )
    standings = surveys.standings(SurveyedFirm.objects.filter(pk__in=[each.pk for each in page]))
    columns = [Column(_("单位名称")), Column(_("现有·填报"), "number"), Column(_("现有·登记"), "number"), Column(_("缺口"), "number"),
               Column(_("要核对的")), Column(_("状态"), "state")]  # fmt: skip
    body = []
    for each in page:
        sum_ = by_firm.get(each.pk)
        place = " · ".join(filter(None, [each.industry, each.place.name if each.place else ""]))
        body.append([
            Cell(each.organisation.name, reverse("labour:desk_firm", args=[uid, each.uid]), note=place),
            comparing.shown(sum_.get("heads") if sum_ else None), comparing.shown(heads.get(each.organisation_id)),
            comparing.shown(sum_.get("vacancies") if sum_ else None), "；".join(striking.get(each.pk, [])) or "—",
            Cell(tag=showing.standing_tag(standings[each.pk])),
        ])  # fmt: skip
    return render(request, "labour/desk_firms.html", {
        "survey": survey, "tabs": tabs_of(survey, "desk_firms"), "kinds": kinds, "page": page, "crumbs": crumbs_of(survey, Crumb(_("各单位"))),
        "table": Table(_("各单位"), columns, body) if body else None, "open": surveys.is_open(survey, today()),
        "reminds": bool(viewer.paths(*surveys.REMINDS)) and state in ("", "unanswered") and waiting.exists(),
    })  # fmt: skip


def _firm(request: HttpRequest, uid: uuid.UUID, firm: uuid.UUID) -> SurveyedFirm:
    survey = survey_of(request, uid)
    found: SurveyedFirm = get_object_or_404(
        surveys.access_firms(viewer_of(request), survey).select_related(
            "organisation__managed_by", "organisation__place"
        ),
        uid=firm,
    )
    found.survey = survey
    return found


@reads
@require_safe
def firm(request: HttpRequest, uid: uuid.UUID, firm: uuid.UUID) -> HttpResponse:
    """One firm's answer beside the registers."""
    return _firm_page(request, _firm(request, uid, firm))


def _firm_page(request: HttpRequest, surveyed: SurveyedFirm, form: ReturnForm | None = None) -> HttpResponse:
    viewer, survey = viewer_of(request), surveyed.survey
    sent = answering.sent_of(surveyed)
    last = (
        sent or surveyed.answers.exclude(state=SurveyAnswer.State.DRAFT).order_by("-version").first()
    )  # a draft is the firm's own
    lines = answering.lines_of(last)
    known = registers.registered(viewer, surveyed.organisation, survey.counted_on)
    only = SurveyedFirm.objects.filter(pk=surveyed.pk)
    striking = outliers.outliers(viewer, survey, totals.in_force(only) if sent else [])
    open_ = surveys.is_open(survey, today())

    def people(figure: str, at: int, level: str) -> str:
        return reverse("labour:desk_people", args=[survey.uid, surveyed.uid]) + behind.query(figure, at, level)

    versions = showing.versions_table(surveyed, lambda _each: "") if last else None
    return render(request, "labour/desk_firm.html", {
        "survey": survey, "surveyed": surveyed, "sent": sent, "last": last, "known": known, "striking": striking.get(surveyed.pk, []),
        "tag": showing.standing_tag(surveys.standing_of(surveyed)), "open": open_, "versions": versions,
        "groups": showing.comparison(comparing.compare(lines, known, survey.occupations), survey.occupations, people),
        "sources": showing.sources_facts(known), "lines": showing.lines_table(lines, _("填报的数")) if lines else None,
        "form": (form or ReturnForm(None, initial={"version": sent.version})) if sent and open_ and surveys.may_run(survey, viewer) else None,
        "reminds": bool(viewer.paths(*surveys.REMINDS)) and open_ and sent is None,
        "crumbs": crumbs_of(survey, Crumb(_("各单位"), reverse("labour:desk_firms", args=[survey.uid])), Crumb(surveyed.organisation.name)),
    }, status=422 if form is not None else 200)  # fmt: skip


@runs
@require_http_methods(["POST"])
def give_back(request: HttpRequest, uid: uuid.UUID, firm: uuid.UUID) -> HttpResponse:
    """Send an answer back; the firm is told why."""
    surveyed = _firm(request, uid, firm)
    form = ReturnForm(request.POST)
    if not form.is_valid():
        return _firm_page(request, surveyed, form)
    try:
        answering.give_back(surveyed, viewer_of(request), form.cleaned_data["version"], form.cleaned_data["reason"])
    except (SurveyError, PermissionDenied) as error:
        form.add_error(None, str(error))
        return _firm_page(request, surveyed, form)
    messages.success(request, _("已退回，单位会收到通知和理由。"))
    return redirect("labour:desk_firm", uid=uid, firm=firm)


@reads
@asks
def people(request: HttpRequest, uid: uuid.UUID, firm: uuid.UUID) -> HttpResponse:
    """Who stands behind a registered figure: why first, then masked names; each person can read that they were looked at."""
    surveyed = _firm(request, uid, firm)
    viewer, survey = viewer_of(request), surveyed.survey
    which = behind.asked(request.GET, survey)
    back = reverse("labour:desk_firm", args=[uid, firm])
    crumbs = crumbs_of(survey, Crumb(surveyed.organisation.name, back), Crumb(_("名单")))
    why = asked_why(request, surveyed, surveyed.organisation.name, crumbs)
    if why is not None:
        return why
    purpose = purposes.kept(request, surveyed.uid)
    known = registers.registered(viewer, surveyed.organisation, survey.counted_on)
    found = behind.people(viewer, surveyed.organisation, known, which)
    saw_all(viewer, found.named, purpose, found.columns)
    audit.record(viewer.user, "labour.people_seen", f"surveyed:{surveyed.uid}", survey.region_id, purpose=purpose,
                 figure=which.figure, people=len(found.named))  # fmt: skip
    table = behind.table(found, lambda each: (hidden_name(each.name), reverse("entitlements:person", args=[each.uid])))
    return render(request, "labour/people.html", {
        "survey": survey, "found": found, "table": table, "crumbs": crumbs, "purpose": Purpose(purpose).label,
    })  # fmt: skip


# --- sums ---------------------------------------------------------------------


def _narrowed(request: HttpRequest, rows: Sequence[Answered]) -> tuple[CellFilterForm, list[Answered], dict[str, str]]:
    """The lines of some firms, by industry and place; with the form that asks and the words of the address."""
    industries = sorted({each.firm.industry for each in rows if each.firm.industry})
    places = sorted({(each.firm.place.code, each.firm.place.name) for each in rows if each.firm.place})
    form = CellFilterForm(request.GET, industries, places)
    asked = {name: value for name in ("industry", "place") if (value := request.GET.get(name, ""))}
    kept = [
        each for each in rows
        if each.firm.industry == asked.get("industry", each.firm.industry)
        and (each.firm.place_id or "") == asked.get("place", each.firm.place_id or "")
    ]  # fmt: skip
    return form, kept, asked


def _cell(survey: EmployerSurvey, occupation: str, level: str, asked: dict[str, str]) -> str:
    """The firms behind a cell."""
    words = {
        "o": str(survey.occupations.index(occupation)),
        **({"l": str(levels().index(level))} if level else {}),
        **asked,
    }
    return reverse("labour:desk_cell", args=[survey.uid]) + "?" + urlencode(words)


@reads
@require_safe
def sums(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """By occupation and level, by industry, by place."""
    survey, viewer = survey_of(request, uid), viewer_of(request)
    form, rows, asked = _narrowed(request, totals.in_force(surveys.access_firms(viewer, survey)))
    count = len({each.firm.pk for each in rows})
    cells = totals.ordered(totals.summed(rows, totals.cell), survey.occupations)
    by_occupation = totals.summed(rows, totals.occupation)
    occupations = [(name, by_occupation[name]) for name in survey.occupations if name in by_occupation]
    tables = [
        showing.sums_table(_("按职业（工种）"), _("职业（工种）"),
                           [(Cell(name, _cell(survey, name, "", asked)), each) for name, each in occupations], count),
        showing.sums_table(_("按职业（工种）和等级"), _("职业（工种）"),
                           [(Cell(name, _cell(survey, name, level, asked), note=level), each) for (name, level), each in cells], count),
        showing.sums_table(_("按行业"), _("行业门类"), _named(totals.summed(rows, totals.industry), _("行业不明")), count),
        showing.sums_table(_("按镇街"), _("所在地"), _named(totals.summed(rows, totals.place), _("所在地不明")), count),
    ]  # fmt: skip
    return render(request, "labour/desk_totals.html", {
        "survey": survey, "tabs": tabs_of(survey, "desk_totals"), "form": form, "tables": tables if rows else [], "count": count,
        "crumbs": crumbs_of(survey, Crumb(_("汇总"))),
    })  # fmt: skip


def _named(found: dict[Any, totals.Sum], unknown: str) -> list[tuple[Cell, totals.Sum]]:
    ordered = sorted(found.items(), key=lambda each: (-each[1].values["heads"], each[0]))
    return [(Cell(name or unknown), each) for name, each in ordered]


@reads
@require_safe
def cell(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The firms behind one sum."""
    survey, viewer = survey_of(request, uid), viewer_of(request)
    level = request.GET.get("l", "")
    occupation, chosen = (
        behind.at(request.GET.get("o", ""), survey.occupations),
        behind.at(level, levels()) if level else "",
    )
    form, rows, asked = _narrowed(request, totals.in_force(surveys.access_firms(viewer, survey)))
    rows = [each for each in rows if each.line.occupation == occupation and chosen in ("", each.line.level)]
    whole = totals.Sum()
    for each in rows:
        whole.add(each.firm.pk, each.line)
    of = {each.firm.pk: each.firm for each in rows}
    by_firm = sorted(totals.summed(rows, lambda each: each.firm.pk).items(),
                     key=lambda each: (-each[1].values["vacancies"], -each[1].values["heads"], each[0]))  # fmt: skip
    named = [(Cell(_("合计")), whole), *(
        (Cell(of[pk].organisation.name, reverse("labour:desk_firm", args=[uid, of[pk].uid])), each) for pk, each in by_firm
    )]  # fmt: skip
    narrowed = [called(form, name, value) for name, value in asked.items()]
    title = " · ".join(filter(None, [occupation, chosen, *narrowed]))
    return render(request, "labour/desk_cell.html", {
        "survey": survey, "title": title, "count": len(by_firm), "table": showing.sums_table(title, _("单位名称"), named) if rows else None,
        "crumbs": crumbs_of(survey, Crumb(_("汇总"), reverse("labour:desk_totals", args=[uid])), Crumb(title)),
    })  # fmt: skip


@reads
@require_safe
def gaps(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """What is short, the most first: evidence for a directory of shortage occupations."""
    survey, viewer = survey_of(request, uid), viewer_of(request)
    mine = surveys.access_firms(viewer, survey)
    rows = totals.in_force(mine)
    by_occupation = totals.gaps(totals.summed(rows, totals.occupation))
    by_cell = totals.gaps(totals.summed(rows, totals.cell))
    tables = [
        export.gaps_table(_("按职业（工种）"), rows, by_occupation, totals.occupation, lambda name: Cell(name, _cell(survey, name, "", {}))),
        export.gaps_table(_("按职业（工种）和等级"), rows, by_cell, totals.cell,
                          lambda key: Cell(key[0], _cell(survey, key[0], key[1], {}), note=key[1])),
    ]  # fmt: skip
    return render(request, "labour/desk_gaps.html", {
        "survey": survey, "tabs": tabs_of(survey, "desk_gaps"), "tables": tables if by_occupation else [], "chart": _chart(survey, by_occupation),
        "answered": totals.response(mine), "crumbs": crumbs_of(survey, Crumb(_("缺口排序"))),
    })  # fmt: skip


def _chart(survey: EmployerSurvey, ranked: Sequence[tuple[str, totals.Sum]]) -> Chart | None:
    """The largest gaps as bars."""
    some = ranked[:CHARTED]
    if not some:
        return None
    finding = _("%(name)s缺口最大，%(n)s 人") % {"name": some[0][0], "n": f"{some[0][1].values['vacancies']:,}"}
    return Chart(finding, [name for name, _sum in some], [Series(_("缺口"), [each.values["vacancies"] for _name, each in some])],
                 unit=_("人"), as_of=survey.counted_on.isoformat(), label_heading=_("职业（工种）"))  # fmt: skip


@reads
@require_safe
def take_away(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Gaps, sums, firms and who has not answered, as a workbook."""
    survey, viewer = survey_of(request, uid), viewer_of(request)
    content = export.as_workbook(viewer, survey)
    audit.record(viewer.user, "labour.survey_exported", f"survey:{survey.uid}", survey.region_id)
    name = f"survey-{survey.counted_on.isoformat()}.xlsx"
    return HttpResponse(content, content_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})
