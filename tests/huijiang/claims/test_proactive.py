"""免申即享: what is made ready overnight is what the live evaluation finds, once, for the person to confirm."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from huijiang.accounts.models import Role
from huijiang.audit.models import Event as AuditEvent
from huijiang.claims import intake, proactive, reach
from huijiang.claims.models import Account, Claim
from huijiang.claims.states import State
from huijiang.entitlements import nightly
from huijiang.notices.models import Notice
from huijiang.registry.models import MODELS
from huijiang.sealed import keys
from tests.huijiang.accounts.people import signed_in
from tests.huijiang.claims.office import ON, Office, office
from tests.huijiang.claims.test_applying import CARD
from tests.huijiang.entitlements.town import CHIEF, DAY, TRAINER, account, town

pytestmark = pytest.mark.django_db(transaction=True)
SAME = ("benefit", "holder", "region_id", "event_day", "payee_person_id", "beneficiary_person_id", "applicant_id", "way",
        "state", "release_number", "notice_due", "sensitive", "answers")  # fmt: skip


@pytest.fixture
def night(settings: Any, tmp_path: Path) -> Office:
    """The town's office on the morning after a night; the colleague too was named, with two masters' honours more."""
    settings.DATA = tmp_path
    keys.ensure(settings.KEY_FILE)
    made = office(town())
    place = made.town
    MODELS["recognition"].objects.create(
        person=place.colleague, employer=place.employer, honour="区首席技师", granted_by=place.xiaoshan,
        recommended_by=place.xiaoshan, named_on="2026-02-03", ended_on_none=True, managed_by=place.xiaoshan,
        source="登记", as_of=DAY,
    )  # fmt: skip
    nightly.run(ON)
    return made


def live(desk: Office) -> set[tuple[Any, ...]]:
    """The drafts as `intake.open_draft` makes them one by one, taken back."""
    found = set()
    with transaction.atomic():
        for each in proactive.candidates(desk.town.xiaoshan):
            claim = intake.open_draft(None, desk.town.xiaoshan, each.benefit, each.holder, person=each.person_id, on=ON)
            claim.refresh_from_db()
            found.add(tuple(str(getattr(claim, name)) for name in SAME))
        transaction.set_rollback(True)
    return found


def test_the_set_is_what_the_live_evaluation_finds_and_the_person_confirms(night: Office) -> None:
    desk, here = night, night.town.xiaoshan
    wanted = live(desk)
    assert Claim.objects.count() == 0
    done = proactive.prepare(here)
    assert {tuple(str(getattr(each, name)) for name in SAME) for each in Claim.objects.all()} == wanted
    chiefs = Claim.objects.filter(benefit=CHIEF)
    assert {each.holder for each in chiefs} == {
        desk.town.holder,
        f"recognition:{MODELS['recognition'].objects.get(person=desk.town.colleague).pk}",
    }
    assert (done.made, done.held) == (len(wanted), 0)
    assert done.in_sets >= 2
    assert not Claim.objects.filter(payee_organisation__isnull=False).exists()  # a body confirms nothing by itself
    assert AuditEvent.objects.filter(action="claims.prepared", subject=f"benefit:{CHIEF}").get().details == {
        "claims": 2
    }
    again = proactive.prepare(here)
    assert (again.made, again.told, Claim.objects.count()) == (0, 0, len(wanted))

    # told once, whoever has an account; the text for locked screens names no benefit
    (told,) = Notice.objects.filter(person=desk.town.worker, template="claim_made_ready")
    values = json.loads(told.values.open())
    assert "首席技师" in values["what"]
    assert not Notice.objects.filter(person=desk.town.colleague).exists()

    # she confirms with an account of her own and nothing else
    client = signed_in(desk.town.worker_user)
    page = client.get(reverse("claims:ready")).content.decode()
    mine = Claim.objects.get(benefit=CHIEF, payee_person=desk.town.worker)
    address = reverse("claims:ready_confirm", args=[mine.uid])
    assert address in page
    assert "共 18,000 元" in client.get(address).content.decode()  # eighteen months of 1,000 have begun on 2026-11-28
    client.post(address, {"account": "new", "number": "6222 0200 0000 0007"})
    mine.refresh_from_db()
    assert mine.state == State.DRAFT  # the bank is missing
    slip = client.post(address, {"account": "new", "number": "6222 0200 0000 0000", "bank": "甲银行"})
    assert "校验位不对" in slip.content.decode()  # doubled and summed 13: the last digit would be a 7
    sent = client.post(address, {"account": "new", "number": "6222 0200 0000 0007", "bank": "甲银行"})
    assert sent.status_code == 302
    mine.refresh_from_db()
    assert (mine.state, mine.applicant, mine.way) == (State.SUBMITTED, desk.town.worker_user, "proactive")
    assert Account.objects.get(pk=mine.account_id).holder.open() == "林小英"
    assert client.get(address).status_code == 404  # sent: no more to confirm
    other = Claim.objects.get(benefit=CHIEF, payee_person=desk.town.colleague)
    assert client.get(reverse("claims:ready_confirm", args=[other.uid])).status_code == 404


def test_what_changed_since_the_night_is_not_confirmed(night: Office) -> None:
    proactive.prepare(night.town.xiaoshan)
    mine = Claim.objects.get(benefit=CHIEF, payee_person=night.town.worker)
    MODELS["recognition"].objects.filter(pk=night.town.honour.pk).update(granted_by=night.town.yuyao)
    client = signed_in(night.town.worker_user)
    address = reverse("claims:ready_confirm", args=[mine.uid])
    assert "不能直接确认" in client.get(address).content.decode()
    client.post(address, {"account": "new", "number": CARD, "bank": "甲银行"})
    mine.refresh_from_db()
    assert mine.state == State.DRAFT
    nightly.run(ON)
    assert client.get(address).status_code == 404


def test_a_fact_that_is_missing_is_told(night: Office) -> None:
    MODELS["recognition"].objects.filter(pk=night.town.honour.pk).update(granted_by=None)
    nightly.run(ON)
    proactive.prepare(night.town.xiaoshan)
    told = Notice.objects.filter(person=night.town.worker, template="claim_lacks_a_fact").get()
    assert "萧山区选树" in json.loads(told.values.open())["missing"]
    assert "萧山区选树" in signed_in(night.town.worker_user).get(reverse("claims:ready")).content.decode()


def test_owed_and_not_claimed_is_counted_for_some_and_listed_for_fewer(night: Office) -> None:
    """Two chief technicians at 36 months of 1,000 yuan each; one has claimed.  The grant of the body: 1,000 yuan."""
    proactive.prepare(night.town.xiaoshan)
    night.submitted()
    analyst, officer = night.town.analyst_user, night.town.reviewer_user
    viewer = night.staff["first"]
    found = {(each.benefit, each.owed, each.unclaimed, each.money) for each in reach.lines(viewer)}
    assert (CHIEF, 2, 1, 3_600_000) in found
    assert (TRAINER, 1, 1, 100_000) in found
    page = signed_in(analyst).get(reverse("claims:reach")).content.decode()
    listing = f"{reverse('claims:reach_list')}?benefit={CHIEF.replace('#', '%23')}&region=330109"
    assert "36,000" in page
    assert reverse("claims:reach_list") not in page
    assert signed_in(analyst).get(listing).status_code == 403
    assert reverse("claims:reach_list") in signed_in(officer).get(reverse("claims:reach")).content.decode()
    told = signed_in(officer).get(listing).content.decode()
    assert "林*力" in told
    assert "林大力" not in told
    assert "林*英" not in told
    foreign = account("far", "余分析", Role.REVIEWER, night.town.yuyao)
    assert signed_in(foreign).get(listing).status_code == 404
    assert "36,000" not in signed_in(foreign).get(reverse("claims:reach")).content.decode()
    assert Client().get(listing).status_code == 302
