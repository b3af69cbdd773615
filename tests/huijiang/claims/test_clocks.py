"""Working-day clocks as the applicant sees them: exceptions of the calendar, corrections, rounds.  Counted by hand on the
calendar of November and December 2026, which has no public holiday; 2026-11-23 is a Monday."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from huijiang.accounts.models import Role
from huijiang.audit.models import Event as AuditEvent
from huijiang.claims import clock, intake, places, review, story
from huijiang.claims.models import Claim, ServiceTerms
from huijiang.claims.models.rounds import Ranking
from tests.huijiang.accounts.people import signed_in
from tests.huijiang.claims.arena import arena
from tests.huijiang.claims.office import ON, Office
from tests.huijiang.claims.test_desk import text
from tests.huijiang.entitlements.town import CHIEF, TRAINER, account

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(desk: Office) -> Office:
    """Twenty working days for a decision."""
    ServiceTerms.objects.create(region=desk.town.xiaoshan, legal_days=20, made_by=desk.user("first"))
    return desk


def fresh(claim: Claim) -> Claim:
    return Claim.objects.get(pk=claim.pk)


def day(number: int, month: int = 12) -> dt.date:
    return dt.date(2026, month, number)


def test_an_exception_of_the_calendar_moves_the_deadlines_of_what_is_under_way(office: Office) -> None:
    claim = office.submitted(CHIEF)  # on Monday 23 November: 20 working days later is Monday 21 December
    assert claim.deadline == day(21)
    keeper = signed_in(account("claims-keeper", "系管员", Role.SYSTEM_ADMIN, office.town.xiaoshan))
    told = {"region": office.town.xiaoshan.pk, "words": "停电"}
    said = keeper.post(reverse("claims:days"), {**told, "day": "2026-12-01", "works": "no"}, follow=True)
    assert "1 件在办申报的办理期限随之改动" in text(said)
    assert fresh(claim).deadline == day(22)
    assert AuditEvent.objects.filter(action="claims.day").latest("id").details["moved"] == 1
    # Monday 30 November to Tuesday 22 December: 16 weekdays, without the first of December 15.
    assert story.clock_of(fresh(claim), day(30, 11)) == "办理期限共 20 个工作日，还有 15 个。"
    keeper.post(reverse("claims:days"), {**told, "day": "2026-12-05", "works": "yes"})  # a Saturday
    assert fresh(claim).deadline == day(21)
    keeper.post(reverse("claims:days"), {**told, "day": "2027-03-01", "works": "no"})  # after all deadlines
    keeper.post(reverse("claims:days"), {**told, "day": "2026-11-20", "works": "no"})  # before the claim
    refused = keeper.post(reverse("claims:days"), {**told, "day": "0001-01-01", "works": "no"})
    assert (refused.status_code, "应为去年到十年以后的一天" in refused.content.decode()) == (422, True)
    assert fresh(claim).deadline == day(21)
    page = text(signed_in(office.town.worker_user).get(reverse("claims:my_case", args=[claim.number])))
    assert "最迟办结：2026-12-21" in page
    assert story.clock_of(fresh(claim), day(22)) == "已超过办理期限。可以联系经办科室，或者拨打 12333 反映。"


def test_a_correction_stops_the_clock_and_the_applicant_sees_what_is_left(office: Office) -> None:
    claim = office.checking(CHIEF)
    items = [{"code": "a", "words": "认定文件缺第二页"}]
    review.request_correction(claim, office.staff["first"], items, on=day(30, 11))  # 24, 25, 26, 27, 30: five are used
    assert fresh(claim).deadline is None
    worker = signed_in(office.town.worker_user)
    page = text(worker.get(reverse("claims:my_case", args=[claim.number])))
    assert "办理期限已暂停计算：共 20 个工作日，已用 5 个，恢复后还有 15 个。" in page
    assert "请在这一天以前补正" in page
    clock.recount(day(25, 11), None)  # a clock that stands is not moved
    intake.correct(fresh(claim), office.worker, on=day(7))  # Monday 7 December, fifteen more: Monday 28 December
    assert (fresh(claim).deadline, fresh(claim).used_days) == (day(28), 5)
    assert story.clock_of(fresh(claim), day(7)) == "办理期限共 20 个工作日，还有 15 个。"


def test_the_time_of_a_round_and_its_panel_is_not_the_offices(office: Office) -> None:
    ground = arena(office)
    end = dt.datetime(2026, 12, 18, 9, tzinfo=dt.UTC)  # a Friday, 17:00 here
    ground.opened(ranking=Ranking.TIME, quota=1, closes_at=end)
    claim = fresh(ground.sent(0))  # on 23 November
    # From Friday 18 December: five days to the 25th, four to the 31st, New Year's Day is none, five to 8 January,
    # five to the 15th: nineteen.  The twentieth is Monday 18 January.
    assert (claim.running_since, claim.deadline) == (day(18), dt.date(2027, 1, 18))
    assert story.clock_of(claim, ON) == "办理期限共 20 个工作日，本批收件、评审的时间不算在内，从 2026-12-18 起算。"
    page = text(signed_in(ground.firms[0].user).get(reverse("claims:org_case", args=[claim.number])))
    assert "从 2026-12-18 起算" in page
    # A correction before the end uses none of the office's days.
    office.after(review.accept, claim, "intake", on=day(24, 11))
    review.request_correction(fresh(claim), office.staff["first"], [{"code": "a", "words": "缺页"}], on=day(1))
    assert fresh(claim).used_days == 0
    ground.over()
    assert places.begins_on(fresh(claim)) is not None
    # Whoever comes in after the end, as far as the rule allows, counts from that day; other claims from their own.
    assert fresh(office.submitted(TRAINER)).running_since == ON
