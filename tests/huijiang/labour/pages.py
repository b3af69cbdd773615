"""The room's pages for the gate."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from huijiang.accounts.models import Role, User
from huijiang.accounts.viewers import today
from huijiang.labour import answering, surveys
from huijiang.labour.models import EmployerSurvey, SurveyUpload
from huijiang.sealed import keys
from tests.huijiang.entitlements.town import account
from tests.huijiang.gate.pages import Page
from tests.huijiang.labour.town import ANSWER, OCCUPATIONS, Place, asked, place


@dataclass
class World:
    here: Place
    counter: User
    closed: EmployerSurvey
    open: EmployerSurvey
    draft: EmployerSurvey
    upload: SurveyUpload
    faulty: SurveyUpload


def world() -> World:
    """A closed survey that all answered; an open one: 甲 has sent and corrects, 丙 was sent back, 丁 has sent; a draft."""
    keys.ensure(settings.KEY_FILE)
    here = asked(place(), counted_on=dt.date(2025, 12, 31), title="2025 年下半年用工摸排")
    closed = here.survey
    for name in here.firms:
        here.answer(name, {("焊工", "高级工"): {"heads": 12, "vacancies": 3, "planned_hires": 2, "planned_training": 5},
                           ("钳工", "技师"): {"heads": 4, "vacancies": 0}})  # fmt: skip
    surveys.close(closed, here.officer)
    asked(here)
    here.answer("甲", ANSWER)
    here.answer("丙", {("焊工", "高级工"): {"heads": 5, "vacancies": 20, "planned_hires": 0}})
    answering.give_back(here.firm("丙"), here.officer, 1, "缺口是现有的四倍，请核对")
    here.answer("丁", {("钳工", "技师"): {"heads": 2, "vacancies": 1}})
    answering.begin(here.firm("甲"), here.agent("甲"))
    draft = surveys.draft(
        here.officer, here.town.xiaoshan, title="纺织行业用工摸排", counted_on=today(), opens_on=today(),
        closes_on=today() + dt.timedelta(days=20), occupations=OCCUPATIONS, scope="list",
        chosen=["91339999MA0000001M", "91339999MA00000052"],
    )  # fmt: skip
    made: dict[str, Any] = {"surveyed": here.firm("甲"), "made_by": here.agents["甲"], "digest": "0" * 64}
    lines = [{"occupation": "焊工", "level": "技师", "heads": 3, "vacancies": 2}]
    faults = [
        {"sheet": "用工摸排", "row": 12, "column": "C（现有人数）", "seen": "两个", "expected": "不小于 0 的整数"}
    ]
    return World(
        here, account("counter-2", "陈窗口", Role.COUNTER, here.town.xiaoshan), closed, here.survey, draft,
        SurveyUpload.objects.create(file_name="填好的.xlsx", lines=lines, **made),
        SurveyUpload.objects.create(file_name="有错的.xlsx", faults=faults, **made),
    )  # fmt: skip


def _uid(told: World, **more: Any) -> dict[str, Any]:
    return {"uid": told.open.uid, **more}


def hr(name: str, firm: str = "甲", arguments: Any = _uid, **more: Any) -> Page:
    return Page(f"labour:{name}", world, lambda told: told.here.agents[firm], arguments=arguments, **more)


def desk(name: str, arguments: Any = _uid, **more: Any) -> Page:
    return Page(f"labour:{name}", world, lambda told: told.here.registrar, arguments=arguments, **more)


def lead(name: str, arguments: Any = _uid, **more: Any) -> Page:
    return Page(f"labour:{name}", world, lambda told: told.here.leader, arguments=arguments, **more)


def nothing(told: World) -> dict[str, Any]:
    return {}


PAGES = [
    hr("surveys", arguments=nothing), hr("survey"), hr("survey", "丙", query="?"), hr("survey", "己", query="?begin"),
    hr("survey_occupation", arguments=lambda told: _uid(told, at=0)), hr("survey_upload"), hr("survey_send"),
    hr("survey_uploaded", arguments=lambda told: _uid(told, upload=told.upload.uid)),
    hr("survey_uploaded", arguments=lambda told: _uid(told, upload=told.faulty.uid), query="?faulty"),
    hr("survey_withdraw"), hr("survey_version", arguments=lambda told: _uid(told, number=1)), hr("survey_compare"),
    hr("survey_people", query="?f=heads&o=0&l=all"),
    desk("desk_surveys", nothing), desk("desk_new", nothing), desk("desk_survey"),
    desk("desk_survey", lambda told: {"uid": told.draft.uid}, query="?draft"), desk("desk_close"),
    desk("desk_firms"), desk("desk_firm", lambda told: _uid(told, firm=told.here.firm("甲").uid)),
    desk("desk_people", lambda told: _uid(told, firm=told.here.firm("甲").uid), query="?f=heads&o=0&l=all"),
    desk("desk_totals"), desk("desk_gaps"), desk("desk_cell", query="?o=0"),
    Page("labour:desk_firms", world, lambda told: told.counter, arguments=_uid, query="?state=unanswered"),
    lead("lead_surveys", nothing), lead("lead_survey"), lead("lead_survey", lambda told: {"uid": told.closed.uid}, query="?closed"),
]  # fmt: skip
NOT_PAGES = {
    "labour:survey_start": "takes a form and goes back",
    "labour:survey_workbook": "a workbook to download",
    "labour:desk_publish": "takes a form and goes back",
    "labour:desk_drop": "takes a form and goes back",
    "labour:desk_extend": "takes a form and goes back",
    "labour:desk_remind": "takes a form and goes back",
    "labour:desk_return": "takes a form and goes back",
    "labour:desk_export": "a workbook to download",
}
