"""What later years' budgets must carry: periods of approved allowances that have not begun."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from huijiang.accounts.viewers import today
from huijiang.claims import determine, dues, public_notice, review
from huijiang.funds import commitments
from huijiang.funds.commitments import Committed
from huijiang.funds.models import Commitment
from huijiang.sealed import keys
from tests.huijiang.accounts.people import signed_in
from tests.huijiang.claims.office import ON, office
from tests.huijiang.entitlements.town import CHIEF, TRAINER, town
from tests.huijiang.forced import past_the_triggers
from tests.huijiang.funds.treasury import Treasury

pytestmark = pytest.mark.django_db


@pytest.fixture
def treasury(settings: Any, tmp_path: Path) -> Treasury:
    settings.DATA = tmp_path
    keys.ensure(settings.KEY_FILE)
    return Treasury(office(town()))


def after(treasury: Treasury, year: int) -> list[Committed]:
    return commitments.of_years_after([treasury.place.path], year)


def test_an_allowance_of_three_years_is_told_by_year_once_it_is_approved(treasury: Treasury) -> None:
    """1,000 yuan a month from 15 June 2025, 36 months: twelve begin in 2027, five in 2028 (the last on 15 May)."""
    desk, claim = treasury.desk, treasury.desk.in_review(CHIEF)
    assert after(treasury, 2026) == []  # nothing is approved yet
    treasury.approved(TRAINER)  # paid once: nothing is to come
    desk.after(review.review, claim, "first", on=ON)
    desk.after(review.second_review, claim, "second", on=ON)
    public_notice.publish(None, [claim], on=ON - dt.timedelta(days=10))
    public_notice.take_down()
    assert after(treasury, 2026) == [Committed(2027, 12, 1_200_000, 0), Committed(2028, 5, 500_000, 0)]
    assert after(treasury, 2027) == [Committed(2028, 5, 500_000, 0)]
    assert commitments.of_years_after([], 2026) == []
    page = signed_in(treasury.maker).get(reverse("funds:lines")).content.decode()
    assert ("以后年度的承诺" in page) == bool(after(treasury, today().year))

    # A period that begins in its year is due then: it is no commitment of a later year any more.
    dues.next_periods(claim, dt.date(2027, 1, 15))
    assert after(treasury, 2027) == [Committed(2028, 5, 500_000, 0)]
    with pytest.raises(DatabaseError, match="added_only"), transaction.atomic():
        Commitment.objects.update(amount=1)


def test_what_was_determined_before_there_was_a_record_is_noted_by_night(treasury: Treasury) -> None:
    claim = treasury.approved(CHIEF)
    before = after(treasury, 2026)
    with_record = Commitment.objects.filter(determination__claim=claim)
    assert with_record.exists()
    with past_the_triggers():
        with_record.delete()
    assert after(treasury, 2026) == []
    assert commitments.note_missing() == 1
    assert commitments.note_missing() == 0
    assert after(treasury, 2026) == before
    assert determine.body_of(claim.determinations.latest("number"))["coming"]
