"""For leaders and analysts: the response while a survey is open; protected totals once it is closed.

While firms still send, the change of a total from one hour to the next would be one firm's own figures.
"""

from __future__ import annotations

import uuid
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from huijiang.accounts.doors import staff
from huijiang.accounts.viewers import Viewer
from huijiang.labour import comparing, showing, surveys, totals
from huijiang.labour.models import EmployerSurvey, SurveyedFirm
from huijiang.web.components.figures import Kpi
from huijiang.web.components.layout import Crumb
from huijiang.web.components.tables import Cell, Column, Table

leads = staff(*surveys.TOTALS)
BY: Final = (totals.occupation, totals.level, totals.industry, totals.place)


def _viewer(request: HttpRequest) -> Viewer:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    return viewer


@leads
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    columns = [Column(_("名称")), Column(_("统计时点")), Column(_("报送率"), "number"), Column(_("状态"), "state")]
    rows = []
    for each in surveys.access_totals(_viewer(request)):
        answered = totals.response(SurveyedFirm.objects.filter(survey=each))
        rows.append([
            Cell(each.title, reverse("labour:lead_survey", args=[each.uid]), note=each.region.name), each.counted_on.isoformat(),
            f"{answered.rate}%", Cell(tag=showing.survey_tag(each)),
        ])  # fmt: skip
    return render(request, "labour/lead_surveys.html", {"table": Table(_("用工摸排"), columns, rows) if rows else None})


@leads
@require_safe
def survey(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Totals alone."""
    held: EmployerSurvey = get_object_or_404(surveys.access_totals(_viewer(request)), uid=uid)
    firms = SurveyedFirm.objects.filter(survey=held).select_related("place")
    answered = totals.response(firms)
    told: dict[str, Any] = {
        "survey": held, "tag": showing.survey_tag(held), "facts": showing.facts_of(held), "few": totals.FEW,
        "closed": held.state == EmployerSurvey.State.CLOSED,
        "crumbs": [Crumb(_("用工摸排"), reverse("labour:lead_surveys")), Crumb(held.title)],
        "kpis": [Kpi(_("报送率"), f"{answered.rate}", "%", share=answered.rate,
                     note=_("应报 %(asked)s 家，已报 %(sent)s 家") % {"asked": answered.asked, "sent": answered.sent})],
    }  # fmt: skip
    if told["closed"]:
        rows = totals.in_force(firms)
        whole = totals.Sum()
        for each in rows:
            whole.add(each.firm.pk, each.line)
        figures = totals.told_by_enough(whole)
        told["tables"] = _tables(rows, figures) if len(whole.firms) >= totals.FEW else []
        for name, label in (("heads", _("现有人数")), ("vacancies", _("缺口人数")), ("planned_hires", _("计划招用"))):
            if name in figures:
                told["kpis"].append(
                    Kpi(
                        label,
                        comparing.shown(whole.get(name)),
                        _("人"),
                        note=_("%(n)s 家填了") % {"n": len(whole.told[name])},
                    )
                )
    return render(request, "labour/lead_survey.html", told)


def _tables(rows: list[totals.Answered], figures: tuple[str, ...]) -> list[Table]:
    captions = {
        totals.occupation: _("按职业（工种）"),
        totals.level: _("按技能等级"),
        totals.industry: _("按行业"),
        totals.place: _("按镇街"),
    }
    firsts = {
        totals.occupation: _("职业（工种）"),
        totals.level: _("技能等级"),
        totals.industry: _("行业门类"),
        totals.place: _("所在地"),
    }
    found = []
    for by in BY:
        shown, other = totals.folded(totals.summed(rows, by), figures)
        named = [(Cell(name or _("不明")), each) for name, each in shown]
        if other is not None:
            named.append((Cell(_("其余"), note=_("单位太少的合并")), other))
        if named:
            found.append(showing.sums_table(captions[by], firsts[by], named, figures=figures))
    return found
