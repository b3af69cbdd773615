"""A claim's life, with the amounts worked out by hand: 1,000 yuan a month from 15 June 2025 on, three years."""

from __future__ import annotations

import datetime as dt

from huijiang.claims import determine, dues, moving, replay, tasks
from huijiang.claims.states import State
from huijiang.registry.models import MODELS
from tests.huijiang.claims.office import ON, Office
from tests.huijiang.entitlements.town import TRAINER


def test_eighteen_months_are_determined_as_one_point(desk: Office) -> None:
    """15 June 2025 to 15 November 2026: 18 months begun, 18 to come."""
    claim = desk.in_review()
    made = moving.last_of(claim)
    assert made is not None
    assert (made.outcome, made.low, made.high, made.point, made.later) == (
        "entitled",
        1_800_000,
        1_800_000,
        1_800_000,
        1_800_000,
    )
    body = determine.body_of(made)
    assert [each["period"] for each in body["due"]][:2] == ["2025-06", "2025-07"]
    assert {each["amount"] for each in body["due"]} == {100_000}
    assert determine.verify(made)
    assert replay.replay(made) == []


def test_an_approved_claim_owes_each_month_begun(desk: Office) -> None:
    claim = desk.approved()
    assert claim.state == State.APPROVED
    owed = dues.outstanding(claim)
    assert len(owed) == 18
    assert sum(owed.values()) == 1_800_000


def test_the_next_month_is_due_under_the_same_signatures(desk: Office) -> None:
    claim = desk.paid()
    made = dues.next_periods(claim, dt.date(2026, 12, 15))
    assert [(each.period, each.amount) for each in made] == [("2026-12", 100_000)]
    claim.refresh_from_db()
    assert claim.state == State.APPROVED


def test_the_night_makes_the_months_due_and_leaves_doubtful_ones_to_a_person(desk: Office) -> None:
    """December and January are due on 15 January 2027; in February nobody knows any more who granted the honour."""
    claim = desk.paid()
    assert tasks.next_periods(dt.date(2027, 1, 15)) == (2, 0)
    MODELS["recognition"].objects.filter(pk=desk.town.honour.pk).update(granted_by=None)
    assert tasks.next_periods(dt.date(2027, 2, 15)) == (0, 1)
    assert tasks.next_periods(dt.date(2027, 2, 16)) == (0, 0)
    (found,) = claim.checks.filter(verifier="next_period")
    assert (found.verifier, found.verdict, found.severity) == ("next_period", "failed", "review")
    assert "2027-02" in found.words


def test_the_training_bodys_grant_is_one_due(desk: Office) -> None:
    claim = desk.approved(TRAINER)
    (due,) = dues.outstanding(claim)
    assert (due.amount, due.period, due.instalment, due.payee_organisation_id) == (100_000, "", 1, desk.town.trainer.pk)
    assert (claim.beneficiary_person_id, claim.event_day) == (desk.town.worker.pk, dt.date(2025, 9, 1))


def test_twenty_working_days_from_a_monday(desk: Office) -> None:
    """23 November to 21 December 2026: four weeks without a holiday."""
    claim = desk.submitted()
    assert (claim.running_since, claim.deadline) == (ON, dt.date(2026, 12, 21))
