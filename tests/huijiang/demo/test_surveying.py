"""The demo's surveys: one closed, one open, in which the first agent's firm has something to do; made once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from huijiang.access import demo as accounts
from huijiang.access.viewers import as_agent
from huijiang.accounts.models import User
from huijiang.demo import surveying
from huijiang.labour import surveys
from huijiang.labour.models import EmployerSurvey, SurveyedFirm, SurveyLine
from huijiang.notices.models import Notice
from huijiang.sealed import keys
from tests.huijiang.labour.town import place


@pytest.mark.django_db
def test_two_surveys_are_made_once_with_answers_and_something_left_to_do(settings: Any, tmp_path: Path) -> None:
    settings.DATA, settings.DEMO = tmp_path, True
    keys.ensure(settings.KEY_FILE)
    here = place()
    accounts.make(here.town.xiaoshan, firms=[here.firms["丁"], here.firms["甲"]])
    assert surveying.make(here.town.xiaoshan)
    assert not surveying.make(here.town.xiaoshan)
    assert list(EmployerSurvey.objects.order_by("counted_on").values_list("state", flat=True)) == ["closed", "open"]
    agent = as_agent(User.objects.get(login="demo-agent-1"))
    assert agent is not None
    assert agent.organisation == here.firms["丁"].pk
    open_ = EmployerSurvey.objects.get(state="open")
    waiting = surveys.unanswered(SurveyedFirm.objects.filter(survey=open_))
    assert here.firms["丁"].pk in waiting.values_list("organisation", flat=True)
    assert SurveyLine.objects.filter(
        answer__surveyed__survey=open_, answer__surveyed__organisation=here.firms["甲"]
    ).exists()
    assert (
        Notice.objects.filter(template="survey_opened").count() == 2 * SurveyedFirm.objects.filter(survey=open_).count()
    )
