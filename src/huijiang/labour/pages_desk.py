"""Officers' pages of surveys: list, new, the round with its response, publishing, extending, reminding, closing."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huijiang.accounts.doors import staff
from huijiang.accounts.viewers import Viewer, today
from huijiang.labour import comparing, outliers, showing, surveys, totals
from huijiang.labour.errors import SurveyError
from huijiang.labour.forms import ExtendForm, SurveyForm
from huijiang.labour.models import EmployerSurvey, SurveyedFirm
from huijiang.regions.models import Region
from huijiang.registry.desk import within
from huijiang.web.components.figures import Kpi
from huijiang.web.components.layout import Crumb
from huijiang.web.components.lists import Tab
from huijiang.web.components.tables import Cell, Column, Table

reads = staff(*surveys.READS)
runs = staff(*surveys.RUNS)
reminds = staff(*surveys.REMINDS)
LASTS = dt.timedelta(days=21)
FIRST_FIRMS = 20
TOP = 5


def viewer_of(request: HttpRequest) -> Viewer:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    return viewer


def survey_of(request: HttpRequest, uid: uuid.UUID) -> EmployerSurvey:
    """A survey that the officer may open.  Raises Http404."""
    found: EmployerSurvey = get_object_or_404(surveys.access_surveys(viewer_of(request)), uid=uid)
    return found


def crumbs_of(survey: EmployerSurvey, *more: Crumb) -> list[Crumb]:
    here = Crumb(survey.title, reverse("labour:desk_survey", args=[survey.uid]) if more else "")
    return [Crumb(_("用工摸排"), reverse("labour:desk_surveys")), here, *more]


def tabs_of(survey: EmployerSurvey, current: str) -> list[Tab]:
    """The views of a round."""
    views = (
        ("desk_survey", _("概况")),
        ("desk_firms", _("各单位")),
        ("desk_totals", _("汇总")),
        ("desk_gaps", _("缺口排序")),
    )
    return [Tab(label, reverse(f"labour:{name}", args=[survey.uid]), current=name == current) for name, label in views]


@reads
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    viewer = viewer_of(request)
    columns = [
        Column(_("名称")),
        Column(_("统计时点")),
        Column(_("填报期")),
        Column(_("已报 / 应报"), "number"),
        Column(_("状态"), "state"),
    ]
    rows = []
    for each in surveys.access_surveys(viewer).exclude(state=EmployerSurvey.State.DROPPED):
        answered = totals.response(surveys.access_firms(viewer, each))
        rows.append([
            Cell(each.title, reverse("labour:desk_survey", args=[each.uid]), note=each.region.name), each.counted_on.isoformat(),
            showing.period(each), f"{answered.sent:,} / {answered.asked:,}", Cell(tag=showing.survey_tag(each)),
        ])  # fmt: skip
    return render(request, "labour/desk_surveys.html", {
        "table": Table(_("用工摸排"), columns, rows) if rows else None, "runs": bool(viewer.paths(*surveys.RUNS)),
    })  # fmt: skip


@runs
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A round, kept as a draft until somebody has looked at whom it would ask."""
    viewer = viewer_of(request)
    paths = viewer.paths(*surveys.RUNS)
    regions = Region.objects.filter(path__in=paths).order_by("path")
    streets = Region.objects.filter(within(paths, "")).exclude(path__in=paths).order_by("path")
    initial = {
        "counted_on": today(),
        "opens_on": today(),
        "closes_on": today() + LASTS,
        "scope": EmployerSurvey.Scope.ALL,
    }
    if request.method != "POST":
        initial["occupations"] = "\n".join(surveys.common_occupations(viewer))
    form = SurveyForm(request.POST if request.method == "POST" else None, regions, streets, initial)
    if form.is_bound and form.is_valid():
        try:
            made = surveys.draft(viewer, form.cleaned_data["region"], **form.survey())
        except (SurveyError, PermissionDenied) as error:
            form.add_error(None, str(error))
        else:
            return redirect("labour:desk_survey", uid=made.uid)
    return render(request, "labour/desk_new.html", {
        "form": form, "parts": form.parts(), "crumbs": [Crumb(_("用工摸排"), reverse("labour:desk_surveys")), Crumb(_("新的摸排"))],
    }, status=422 if form.errors else 200)  # fmt: skip


@reads
@require_safe
def detail(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    return page_of(request, survey_of(request, uid))


def page_of(request: HttpRequest, survey: EmployerSurvey, form: ExtendForm | None = None) -> HttpResponse:
    viewer = viewer_of(request)
    told: dict[str, Any] = {
        "survey": survey, "tag": showing.survey_tag(survey), "facts": showing.facts_of(survey), "crumbs": crumbs_of(survey),
        "runs": surveys.may_run(survey, viewer), "tabs": tabs_of(survey, "desk_survey"),
    }  # fmt: skip
    if survey.state in (EmployerSurvey.State.DRAFT, EmployerSurvey.State.DROPPED):
        found = surveys.wanted(survey).select_related("place")
        columns = [Column(_("单位名称")), Column(_("行业门类")), Column(_("所在地"))]
        rows = [[each.name, each.industry or _("不知道"), each.place.name if each.place else _("不知道")]
                for each in found.order_by("pinyin", "pk")[:FIRST_FIRMS]]  # fmt: skip
        told |= {"count": found.count(), "firms": Table(_("会通知的单位"), columns, rows), "missing": surveys.not_found(survey),
                 "draft": survey.state == EmployerSurvey.State.DRAFT}  # fmt: skip
        return render(request, "labour/desk_draft.html", told)
    firms = surveys.access_firms(viewer, survey)
    answered = totals.response(firms)
    rows_ = totals.in_force(firms)
    by_occupation = totals.summed(rows_, totals.occupation)
    whole = totals.Sum()
    for each in by_occupation.values():
        whole.join(each)
    striking = outliers.outliers(viewer, survey, rows_)
    here = reverse("labour:desk_firms", args=[survey.uid])
    told |= {
        "answered": answered, "open": surveys.is_open(survey, today()), "reminds": bool(viewer.paths(*surveys.REMINDS)),
        "kpis": [
            Kpi(_("已报"), f"{answered.sent:,}", _("家，应报 %(n)s 家") % {"n": f"{answered.asked:,}"}, share=answered.rate,
                note=_("报送率 %(n)s%%") % {"n": answered.rate}, address=f"{here}?state=sent"),
            Kpi(_("未报"), f"{answered.asked - answered.sent:,}", _("家"), note=_("草稿 %(draft)s，退回 %(returned)s") % {
                "draft": answered.draft, "returned": answered.returned}, address=f"{here}?state=unanswered"),
            Kpi(_("现有人数"), comparing.shown(whole.get("heads")), _("人"), note=_("%(n)s 家填了") % {"n": len(whole.told["heads"])}),
            Kpi(_("缺口人数"), comparing.shown(whole.get("vacancies")), _("人"), note=_("缺口率 %(rate)s") % {"rate": showing.permille(whole.rate)}),
        ],
        "striking": len(striking), "striking_address": f"{here}?state=striking",
        "gaps": showing.sums_table(_("缺口最大的职业"), _("职业（工种）"),
                                   [(Cell(name), each) for name, each in totals.gaps(by_occupation)[:TOP]]),
        "extend": (form or ExtendForm(None)) if told["runs"] and survey.state == EmployerSurvey.State.OPEN else None,
    }  # fmt: skip
    return render(request, "labour/desk_survey.html", told, status=422 if form is not None and form.errors else 200)


def _done(
    request: HttpRequest, survey: EmployerSurvey, act: Callable[[], Any], words: Callable[[Any], str]
) -> HttpResponse:
    """Do something and go back to the round; what could not be done is said there."""
    try:
        done = act()
    except (SurveyError, PermissionDenied) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, words(done))
    return redirect("labour:desk_survey", uid=survey.uid)


@runs
@require_POST
def publish(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    held, viewer = survey_of(request, uid), viewer_of(request)
    return _done(request, held, lambda: surveys.publish(held, viewer),
                 lambda _opened: _("已发布，%(n)s 家单位会收到通知。") % {"n": SurveyedFirm.objects.filter(survey=held).count()})  # fmt: skip


@runs
@require_POST
def drop(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    held, viewer = survey_of(request, uid), viewer_of(request)
    return _done(request, held, lambda: surveys.drop(held, viewer), lambda _none: _("已作废。"))


@runs
@require_POST
def extend(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    held, viewer = survey_of(request, uid), viewer_of(request)
    form = ExtendForm(request.POST)
    if not form.is_valid():
        return page_of(request, held, form)
    until = form.cleaned_data["until"]
    return _done(request, held, lambda: surveys.extend(held, viewer, until),
                 lambda n: _("已延期到 %(day)s，通知了 %(n)s 家还没报的。") % {"day": until.isoformat(), "n": n})  # fmt: skip


@runs
@require_http_methods(["GET", "HEAD", "POST"])
def close(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Before the day: asked once more."""
    held, viewer = survey_of(request, uid), viewer_of(request)
    if request.method == "POST":
        return _done(request, held, lambda: surveys.close(held, viewer), lambda _now: _("已结束，填报的数不再改变。"))
    answered = totals.response(surveys.access_firms(viewer, held))
    return render(request, "labour/desk_close.html", {
        "survey": held, "waiting": answered.asked - answered.sent, "crumbs": crumbs_of(held, Crumb(_("提前结束"))),
    })  # fmt: skip


@reminds
@require_POST
def remind(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """All who have not answered, or one."""
    held, viewer = survey_of(request, uid), viewer_of(request)
    one = request.POST.get("firm", "")
    firms = None
    if one:
        try:
            firms = [get_object_or_404(surveys.access_firms(viewer, held), uid=uuid.UUID(one))]
        except ValueError:
            firms = []
    return _done(request, held, lambda: surveys.remind(held, viewer, firms),
                 lambda n: _("已催报 %(n)s 家；今天催过的不再催。") % {"n": n})  # fmt: skip
