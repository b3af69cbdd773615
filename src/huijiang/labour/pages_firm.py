"""A firm's pages of a survey: the rounds that ask it, its answer occupation by occupation, sending, versions, comparison."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huijiang.access import doors
from huijiang.accounts.viewers import Viewer, today
from huijiang.labour import answering, behind, comparing, registers, showing, surveys
from huijiang.labour.errors import SurveyError
from huijiang.labour.figures import FIGURES, NAMES
from huijiang.labour.forms import OccupationForm, SendForm
from huijiang.labour.models import EmployerSurvey, SurveyAnswer, SurveyedFirm
from huijiang.web.components.layout import Crumb
from huijiang.web.components.lists import Task
from huijiang.web.components.tables import Cell, Column, Table
from huijiang.web.components.tags import Tag

asks = require_http_methods(["GET", "HEAD", "POST"])


def viewer_of(request: HttpRequest) -> Viewer:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    return viewer


def asked(request: HttpRequest, uid: uuid.UUID) -> SurveyedFirm:
    """The viewer's firm in a survey.  Raises Http404."""
    viewer = viewer_of(request)
    survey: EmployerSurvey = get_object_or_404(surveys.access_surveys(viewer), uid=uid)
    surveyed = surveys.access_firms(viewer, survey).get()
    surveyed.survey = survey
    return surveyed


def crumbs_of(survey: EmployerSurvey, *more: Crumb) -> list[Crumb]:
    here = Crumb(survey.title, reverse("labour:survey", args=[survey.uid]) if more else "")
    return [Crumb(_("用工摸排"), reverse("labour:surveys")), here, *more]


@doors.agent
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """The rounds that ask the firm, those that are open first."""
    viewer = viewer_of(request)
    rows = []
    for survey in surveys.access_surveys(viewer):
        surveyed = surveys.access_firms(viewer, survey).get()
        standing = surveys.standing_of(surveyed)
        rows.append([
            Cell(survey.title, reverse("labour:survey", args=[survey.uid]), note=survey.region.name),
            survey.counted_on.isoformat(), showing.period(survey), Cell(tag=showing.survey_tag(survey)),
            Cell(tag=showing.standing_tag(standing)),
        ])  # fmt: skip
    columns = [
        Column(_("名称")),
        Column(_("统计时点")),
        Column(_("填报期")),
        Column(_("摸排")),
        Column(_("本单位"), "state"),
    ]
    return render(request, "labour/surveys.html", {"table": Table(_("用工摸排"), columns, rows) if rows else None})


@doors.agent
@require_safe
def survey(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Where the firm stands, and what is to be done."""
    surveyed = asked(request, uid)
    viewer, held = viewer_of(request), surveyed.survey
    draft, sent, last = answering.draft_of(surveyed), answering.sent_of(surveyed), answering.newest(surveyed)
    standing = surveys.standing_of(surveyed)
    lines = answering.lines_of(draft or sent or last)
    returned = surveyed.answers.filter(state=SurveyAnswer.State.RETURNED).order_by("-version").first()
    told = {
        "surveyed": surveyed, "survey": held, "crumbs": crumbs_of(held), "tag": showing.standing_tag(standing), "draft": draft,
        "sent": sent, "last": last, "open": surveys.is_open(held, today()), "early": held.state == "open" and today() < held.opens_on,
        "facts": showing.facts_of(held), "returned": returned if standing == "returned" else None,
        "tasks": _tasks(held, lines) if draft else None, "lines": showing.lines_table(lines, _("填报的数")) if lines and not draft else None,
        "versions": showing.versions_table(surveyed, lambda each: reverse("labour:survey_version", args=[held.uid, each.version])) if last else None,
        "days": (held.closes_on - today()).days,
    }  # fmt: skip
    if last is None and told["open"]:
        known = registers.registered(viewer, surveyed.organisation, held.counted_on)
        told |= {"known": len(answering.prefilled(known, held.occupations)), "staff": len(known.staff),
                 "sources": showing.sources_facts(known)}  # fmt: skip
    return render(request, "labour/survey.html", told)


def _tasks(held: EmployerSurvey, lines: dict[Any, Any]) -> list[Task]:
    found = []
    for at, occupation in enumerate(held.occupations):
        count = sum(1 for name, _level in lines if name == occupation)
        heads, gap = (comparing.total(lines, occupation, name) for name in ("heads", "vacancies"))
        hint = (
            _("现有 %(heads)s，缺口 %(gap)s") % {"heads": comparing.shown(heads), "gap": comparing.shown(gap)}
            if count
            else ""
        )
        tag = Tag(_("已填 %(n)s 个等级") % {"n": count}, "green", "check") if count else Tag(_("没有填"), "grey")
        found.append(Task(occupation, reverse("labour:survey_occupation", args=[held.uid, at]), hint, tag))
    return found


@doors.agent
@require_POST
def start(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Begin, with what the registers know or with nothing; or go on from the last version."""
    surveyed = asked(request, uid)
    viewer = viewer_of(request)
    known = None
    if request.POST.get("from") == "registers":
        known = registers.registered(viewer, surveyed.organisation, surveyed.survey.counted_on)
    try:
        answering.begin(surveyed, viewer, known)
    except SurveyError as error:
        messages.error(request, str(error))
    return redirect("labour:survey", uid=uid)


@doors.agent
@asks
def occupation(request: HttpRequest, uid: uuid.UUID, at: int) -> HttpResponse:
    """The figures of one occupation, level by level."""
    surveyed = asked(request, uid)
    viewer, held = viewer_of(request), surveyed.survey
    if at >= len(held.occupations):
        raise Http404
    name = held.occupations[at]
    lines = answering.lines_of(answering.draft_of(surveyed) or answering.newest(surveyed))
    nobody = request.method == "POST" and request.POST.get("act") == "nobody"
    form = OccupationForm(request.POST if request.method == "POST" and not nobody else None, name, lines)
    if nobody or (form.is_bound and form.is_valid()):
        try:
            changed = answering.keep(surveyed, viewer, answering.nobody(name) if nobody else form.lines(), name)
        except SurveyError as error:
            form.add_error(None, str(error)) if form.is_bound else messages.error(request, str(error))
        else:
            messages.success(request, _("已保存，还没有提交。") if changed else _("没有变化。"))
            onward = at + 1 < len(held.occupations) and request.POST.get("act") == "next"
            return redirect("labour:survey_occupation", uid, at + 1) if onward else redirect("labour:survey", uid=uid)
    known = registers.registered(viewer, surveyed.organisation, held.counted_on)
    groups = [(label, fields, filled, known.heads(name, level)) for level, label, fields, filled in form.groups()]
    some = any(filled or heads for _label, _fields, filled, heads in groups)
    return render(request, "labour/occupation.html", {
        "form": form, "survey": held, "name": name, "groups": groups, "some": some, "last": at + 1 == len(held.occupations),
        "open": surveys.is_open(held, today()), "number": at + 1, "all": len(held.occupations),
        "crumbs": crumbs_of(held, Crumb(name)),
    }, status=422 if form.errors else 200)  # fmt: skip


@doors.agent
@asks
def send(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Everything once more, then it goes."""
    surveyed = asked(request, uid)
    viewer, held = viewer_of(request), surveyed.survey
    draft = answering.draft_of(surveyed)
    if draft is None and request.method != "POST":
        return redirect("labour:survey", uid=uid)
    initial = {"version": draft.version, "words": draft.words} if draft else {}
    form = SendForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_bound and form.is_valid():
        try:
            done = answering.send(surveyed, viewer, form.cleaned_data["version"], form.cleaned_data["words"])
        except SurveyError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("第 %(n)s 版已提交。截止 %(day)s 前都可以更正或撤回。") % {
                "n": done.version, "day": held.closes_on.isoformat()})  # fmt: skip
            return redirect("labour:survey", uid=uid)
    lines = answering.lines_of(draft)
    open_ = [name for name in held.occupations if not any(key[0] == name for key in lines)]
    return render(request, "labour/send.html", {
        "form": form, "survey": held, "table": _occupations_table(held, lines), "open": open_,
        "crumbs": crumbs_of(held, Crumb(_("核对并提交"))),
    }, status=422 if form.errors else 200)  # fmt: skip


def _occupations_table(held: EmployerSurvey, lines: dict[Any, Any]) -> Table:
    columns = [
        Column(_("职业（工种）")),
        *(Column(str(each.short), "number") for each in FIGURES),
    ]
    rows = [
        [Cell(name, reverse("labour:survey_occupation", args=[held.uid, at])),
         *(comparing.shown(comparing.total(lines, name, figure)) for figure in NAMES)]
        for at, name in enumerate(held.occupations)
    ]  # fmt: skip
    return Table(_("各职业合计"), columns, rows)


@doors.agent
@asks
def withdraw(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Take back what was sent."""
    surveyed = asked(request, uid)
    sent = answering.sent_of(surveyed)
    if request.method == "POST":
        try:
            version = int(request.POST.get("version", sent.version if sent else 0))
            answering.withdraw(surveyed, viewer_of(request), version)
        except ValueError as error:  # SurveyError too: said in its own words
            messages.error(request, str(error) if isinstance(error, SurveyError) else _("版次不是数，请刷新后再试。"))
        else:
            messages.success(request, _("已撤回，现在算作未报。更正后可以重新提交。"))
        return redirect("labour:survey", uid=uid)
    if sent is None:
        return redirect("labour:survey", uid=uid)
    return render(request, "labour/withdraw.html", {
        "survey": surveyed.survey, "sent": sent, "crumbs": crumbs_of(surveyed.survey, Crumb(_("撤回"))),
    })  # fmt: skip


@doors.agent
@require_safe
def version(request: HttpRequest, uid: uuid.UUID, number: int) -> HttpResponse:
    """One version as it was sent."""
    surveyed = asked(request, uid)
    found = get_object_or_404(surveyed.answers, version=number)
    found.surveyed = surveyed
    return render(request, "labour/version.html", {
        "survey": surveyed.survey, "answer": found, "tag": showing.standing_tag(found.state),
        "table": showing.lines_table(answering.lines_of(found), _("填报的数")),
        "crumbs": crumbs_of(surveyed.survey, Crumb(_("填报第 %(n)s 版") % {"n": number})),
    })  # fmt: skip


@doors.agent
@require_safe
def compare(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The answer beside the registers, as the firm may read them."""
    surveyed = asked(request, uid)
    viewer, held = viewer_of(request), surveyed.survey
    answer = answering.draft_of(surveyed) or answering.sent_of(surveyed) or answering.newest(surveyed)
    known = registers.registered(viewer, surveyed.organisation, held.counted_on)
    compared = comparing.compare(answering.lines_of(answer), known, held.occupations)

    def people(figure: str, at: int, level: str) -> str:
        return reverse("labour:survey_people", args=[held.uid]) + behind.query(figure, at, level)

    return render(request, "labour/compare.html", {
        "survey": held, "groups": showing.comparison(compared, held.occupations, people), "sources": showing.sources_facts(known),
        "known": known, "answer": answer, "crumbs": crumbs_of(held, Crumb(_("与登记对照"))),
    })  # fmt: skip


@doors.agent
@require_safe
def people(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Who stands behind a registered figure: the firm's own people."""
    surveyed = asked(request, uid)
    viewer, held = viewer_of(request), surveyed.survey
    which = behind.asked(request.GET, held)
    known = registers.registered(viewer, surveyed.organisation, held.counted_on)
    found = behind.people(viewer, surveyed.organisation, known, which)
    return render(request, "labour/people.html", {
        "survey": held, "found": found, "table": behind.table(found, lambda each: (each.name, "")),
        "crumbs": crumbs_of(held, Crumb(_("与登记对照"), reverse("labour:survey_compare", args=[held.uid])), Crumb(found.title)),
    })  # fmt: skip
