"""Many officers at once: a line is never exceeded, nothing is held or paid twice, no press is lost."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections, transaction

from huijiang.accounts.models import Role, User
from huijiang.claims.models import Due
from huijiang.funds import batches, budget, journal, payers, reserving
from huijiang.funds.models import Allotment, Batch, Line, Payment, Reservation, Source, Waiting
from huijiang.regions import tree
from huijiang.regions.models import Region
from huijiang.registry.vocabulary import vocabulary
from huijiang.sealed import keys
from tests.huijiang.entitlements.town import account
from tests.huijiang.funds.many import DAY, payable
from tests.huijiang.funds.treasury import paid_from

pytestmark = pytest.mark.django_db(transaction=True)
OFFICERS = 64
FUND = "人才专项资金"


@pytest.fixture
def line(settings: Any, tmp_path: Path) -> Line:
    """A line of 40,000 yuan."""
    settings.DATA = tmp_path
    keys.ensure(settings.KEY_FILE)
    tree.sync(vocabulary().regions)
    place = Region.objects.get(code="330109")
    clerk, chief = (account(f"race-{name}", name, Role.FINANCE, place) for name in ("clerk", "chief"))
    source = Source.objects.create(code="talent", name=FUND)
    made = budget.open_line(place, source, 2026, clerk)
    budget.approve(budget.ask(made, Allotment.Kind.ORIGINAL, 4_000_000, "文", clerk), chief)
    paid_from(place, source, clerk, chief)
    made.refresh_from_db()
    return made


def at_once(act: Any, those: list[Any]) -> list[Any]:
    """Everybody does it at the same moment, each over a connection of their own; what each got, errors too."""
    gate = Barrier(len(those))

    def one(each: Any) -> Any:
        gate.wait()
        try:
            return act(each)
        except (batches.BatchError, DatabaseError) as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(those)) as pool:
        return list(pool.map(one, those))


def test_64_officers_on_a_line_that_pays_40_of_their_claims(line: Line) -> None:
    clerk = User.objects.get(login="race-clerk")
    dues = payable(OFFICERS, line.region, clerk, FUND)
    got = at_once(lambda pk: reserving.reserve([Due.objects.get(pk=pk)], clerk, DAY), [each.pk for each in dues])
    assert [each for each in got if isinstance(each, Exception)] == []
    line.refresh_from_db()
    assert (line.reserved, line.free) == (4_000_000, 0)
    assert (Reservation.objects.count(), Waiting.objects.filter(ended_at=None).count()) == (40, 24)
    assert Counter(Due.objects.values_list("claim__state", flat=True)) == {"payable": 40, "approved": 24}
    assert journal.disagreements() == []


def test_64_presses_on_one_claim_hold_its_money_once(line: Line) -> None:
    clerk = User.objects.get(login="race-clerk")
    (due,) = payable(1, line.region, clerk, FUND)
    at_once(lambda n: reserving.reserve([Due.objects.get(pk=due.pk)], clerk, DAY), list(range(OFFICERS)))
    line.refresh_from_db()
    assert (line.reserved, Reservation.objects.count()) == (100_000, 1)


def test_two_who_build_at_once_share_the_claims_and_none_is_in_both(line: Line) -> None:
    clerk = User.objects.get(login="race-clerk")
    reserving.reserve(payable(30, line.region, clerk, FUND), clerk, DAY)
    got = at_once(lambda n: batches.build(line.region, line.source, clerk, pay_on=DAY), list(range(8)))
    made = [each for each in got if not isinstance(each, Exception)]
    assert made
    assert all("没有可以拨付的" in str(each) for each in got if isinstance(each, Exception))
    assert Payment.objects.count() == 30
    assert len({each.number for each in made}) == len(made)


def test_no_other_account_takes_over_while_a_batch_is_built(line: Line) -> None:
    """Whoever approves one waits for the batch; it is paid from the account that was in use when its building began."""
    clerk, chief = (User.objects.get(login=f"race-{name}") for name in ("clerk", "chief"))
    before = payers.in_use(line.region, line.source)
    assert before is not None
    other = payers.propose(line.region, line.source, clerk, name="甲局", bank="农行", cnaps="103331002444",
                           number="1202024409900000009", form=before.form)  # fmt: skip

    def approve(_n: int) -> Any:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '300ms'")
        return payers.approve(other, chief)

    with transaction.atomic():
        paying = payers.held_in_use(line.region, line.source)
        (refused,) = at_once(approve, [0])
        assert "lock timeout" in str(refused)
        Batch.objects.create(number="PB1", region=line.region, source=line.source, year=2026, paying=paying, pay_on=DAY,
                             made_by=clerk)  # fmt: skip
    (approved,) = at_once(approve, [0])
    assert payers.in_use(line.region, line.source) == approved == other
    assert Batch.objects.get().paying == before


def test_money_that_comes_serves_those_who_wait_once(line: Line) -> None:
    clerk, chief = User.objects.get(login="race-clerk"), User.objects.get(login="race-chief")
    reserving.reserve(payable(50, line.region, clerk, FUND), clerk, DAY)
    budget.approve(budget.ask(line, Allotment.Kind.ADDITION, 500_000, "追加文", clerk), chief)
    got = at_once(lambda n: reserving.serve_waiting(Line.objects.get(pk=line.pk)), list(range(16)))
    assert sum(len(each) for each in got) == 5
    line.refresh_from_db()
    assert (line.reserved, line.free) == (4_500_000, 0)
    assert journal.disagreements() == []
