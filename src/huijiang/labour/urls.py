"""Surveys of employers: a firm's pages, officers' pages, totals for leaders and analysts."""

from __future__ import annotations

from django.urls import path

from huijiang.labour import pages_desk, pages_firm, pages_lead, pages_results, pages_workbook

_FIRM, _DESK = "org/surveys/<uuid:uid>", "desk/surveys/<uuid:uid>"

urlpatterns = [
    path("org/surveys/", pages_firm.listed, name="surveys"),
    path(f"{_FIRM}/", pages_firm.survey, name="survey"),
    path(f"{_FIRM}/start/", pages_firm.start, name="survey_start"),
    path(f"{_FIRM}/occupations/<int:at>/", pages_firm.occupation, name="survey_occupation"),
    path(f"{_FIRM}/workbook/", pages_workbook.template, name="survey_workbook"),
    path(f"{_FIRM}/upload/", pages_workbook.upload, name="survey_upload"),
    path(f"{_FIRM}/uploads/<uuid:upload>/", pages_workbook.uploaded, name="survey_uploaded"),
    path(f"{_FIRM}/send/", pages_firm.send, name="survey_send"),
    path(f"{_FIRM}/withdraw/", pages_firm.withdraw, name="survey_withdraw"),
    path(f"{_FIRM}/versions/<int:number>/", pages_firm.version, name="survey_version"),
    path(f"{_FIRM}/compare/", pages_firm.compare, name="survey_compare"),
    path(f"{_FIRM}/people/", pages_firm.people, name="survey_people"),
    path("desk/surveys/", pages_desk.listed, name="desk_surveys"),
    path("desk/surveys/new/", pages_desk.new, name="desk_new"),
    path(f"{_DESK}/", pages_desk.detail, name="desk_survey"),
    path(f"{_DESK}/publish/", pages_desk.publish, name="desk_publish"),
    path(f"{_DESK}/drop/", pages_desk.drop, name="desk_drop"),
    path(f"{_DESK}/extend/", pages_desk.extend, name="desk_extend"),
    path(f"{_DESK}/close/", pages_desk.close, name="desk_close"),
    path(f"{_DESK}/remind/", pages_desk.remind, name="desk_remind"),
    path(f"{_DESK}/firms/", pages_results.firms, name="desk_firms"),
    path(f"{_DESK}/firms/<uuid:firm>/", pages_results.firm, name="desk_firm"),
    path(f"{_DESK}/firms/<uuid:firm>/return/", pages_results.give_back, name="desk_return"),
    path(f"{_DESK}/firms/<uuid:firm>/people/", pages_results.people, name="desk_people"),
    path(f"{_DESK}/totals/", pages_results.sums, name="desk_totals"),
    path(f"{_DESK}/cell/", pages_results.cell, name="desk_cell"),
    path(f"{_DESK}/gaps/", pages_results.gaps, name="desk_gaps"),
    path(f"{_DESK}/export/", pages_results.take_away, name="desk_export"),
    path("lead/surveys/", pages_lead.listed, name="lead_surveys"),
    path("lead/surveys/<uuid:uid>/", pages_lead.survey, name="lead_survey"),
]
