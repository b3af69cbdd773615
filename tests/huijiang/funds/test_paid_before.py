"""What was paid before the take-over is known to the checks of a claim, and is not made ready again."""

from __future__ import annotations

import datetime as dt

from huijiang.claims import proactive
from huijiang.claims.verifiers import running
from huijiang.entitlements.models import NightlyRun, Standing
from huijiang.funds.models import PastFile, PastPayment
from tests.huijiang.claims.office import ON, office
from tests.huijiang.entitlements.town import CHIEF
from tests.huijiang.entitlements.town import town as town_
from tests.huijiang.funds.treasury import Treasury


def test_a_past_payment_of_the_event_is_found_and_nothing_is_made_ready_for_it(db: None) -> None:
    treasury = Treasury(office(town_()))
    desk = treasury.desk
    town, now = desk.town, dt.datetime.now(dt.UTC)
    night = NightlyRun.objects.create(
        region=town.xiaoshan, release="0" * 64, on=ON, snapshot_at=now, started_at=now, ended_at=now
    )
    Standing.objects.create(
        region=town.xiaoshan, person=town.worker, benefit=CHIEF, holder=town.holder, state="ready", low=3_600_000,
        high=3_600_000, first_run=night,
    )  # fmt: skip
    assert proactive.candidates(town.xiaoshan).count() == 1
    file = PastFile.objects.create(
        region=town.xiaoshan, name="2025.xlsx", digest="a" * 64, rows=1, total=100_000, said_total=100_000,
        taken_by=treasury.maker,
    )  # fmt: skip
    PastPayment.objects.create(
        file=file, place="1", benefit=CHIEF, holder=town.holder, period="2025-07", amount=100_000,
        paid_on=dt.date(2025, 8, 1), source=treasury.source, person=town.worker, voucher="凭7",
    )  # fmt: skip
    assert proactive.candidates(town.xiaoshan).count() == 0
    assert proactive.prepare(town.xiaoshan).made == 0
    claim = desk.submitted()
    check, found = next(
        each for each in running.find(claim, ON, outside=False) if each[0].name == "claim-checks#already"
    )
    assert (found.verdict, found.severity or check.severity) == ("failed", "review")  # other months may still be due
    assert found.evidence == {"matches": [{"place": "330109", "number": "凭7"}]}
