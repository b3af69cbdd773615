"""Claims over the API: made once per key, read by whom they concern, told of by webhooks; single rows changed by scope."""

from __future__ import annotations

import json
from typing import Any

import pytest

from examples.api import receiver
from huijiang.access.models import Consent, Sighting
from huijiang.accounts.viewers import today
from huijiang.api import clients
from huijiang.api.models import Delivery
from huijiang.api.webhooks import outbox
from huijiang.audit.models import Event
from huijiang.claims import dues
from huijiang.claims.models import Claim
from huijiang.registry.models import MODELS
from tests.huijiang.api.systems import Systems, approved, ask
from tests.huijiang.api.test_webhooks import plain, receiving, subscribed
from tests.huijiang.claims.office import Office, office
from tests.huijiang.entitlements.town import CHIEF, TRAINER

pytestmark = pytest.mark.django_db
CODE = "91339999MA0000001M"
ACCOUNT = {"holder": "乙培训学校", "number": "33050161987654321", "bank": "甲银行"}


@pytest.fixture
def desk(here: Systems) -> Office:
    MODELS["organisation"].objects.filter(pk=here.town.trainer.pk).update(uscc=CODE)
    return office(here.town)


def entitlement(here: Systems) -> str:
    told = ask("POST", "entitlements/organisation", here.firm, {"uscc": CODE, "benefit": TRAINER}).json()
    (ready,) = [each for each in told["entitlements"] if each["state"] == "ready"]
    return str(ready["id"])


def test_a_firms_system_makes_a_claim_once_and_both_sides_read_it(here: Systems, desk: Office) -> None:
    wanted = {"entitlement": entitlement(here), "benefit": TRAINER, "submit": False}
    draft = ask("POST", "claims", here.firm, wanted)
    assert draft.status_code == 201, draft.content.decode()
    assert (draft.json()["state"], draft.json()["number"]) == ("draft", None)
    assert draft.json()["missing"] == [{"kind": "account", "key": "", "label": "收款账户"}]
    refused = ask("POST", "claims", here.firm, {**wanted, "submit": True})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["where"] == "/account"
    wrong = ask(
        "POST", "claims", here.firm, {**wanted, "submit": True, "account": {**ACCOUNT, "number": "not a number"}}
    )
    assert wrong.status_code == 422
    assert "not a number" not in wrong.content.decode()

    sends = {**wanted, "submit": True, "account": ACCOUNT}
    first, again = (ask("POST", "claims", here.firm, sends, key="one") for _turn in range(2))
    assert first.status_code == again.status_code == 201, first.content.decode()
    assert first.json() == again.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    claim = Claim.objects.get()
    assert (claim.state, str(claim.uid), claim.way) == ("submitted", draft.json()["id"], "firm")
    assert claim.applicant_organisation == here.town.trainer
    assert ask("POST", "claims", here.firm, sends).status_code == 409, "the event has a claim"
    assert ACCOUNT["number"] not in str(list(Event.objects.values_list("details", flat=True)))

    assert ask("GET", "claims", here.bureau).status_code == 422, "a bureau says why"
    (listed,) = ask("GET", "claims?purpose=review", here.bureau).json()["items"]
    assert listed["number"] == claim.number
    assert "name" not in listed["payee"]
    assert Sighting.objects.filter(organisation=here.town.trainer, purpose="review", columns=["claim"]).exists()
    one = ask("GET", f"claims/{claim.uid}", here.firm)
    assert [each["event"] for each in one.json()["course"]] == ["submit"]
    assert ask("GET", f"claims/{claim.uid}", here.firm, If_None_Match=one.headers["ETag"]).status_code == 304

    taken_back = ask("POST", f"claims/{claim.uid}/withdraw", here.firm)
    assert (taken_back.status_code, taken_back.json()["state"]) == (200, "withdrawn")
    assert ask("POST", f"claims/{claim.uid}/withdraw", here.firm).status_code == 409
    assert ask("POST", f"claims/{claim.uid}/withdraw", here.bureau).status_code == 403


def test_a_firm_claims_for_a_person_with_their_consent_alone_and_a_bureau_for_nobody(
    here: Systems, desk: Office
) -> None:
    town = here.town
    told = ask(
        "POST",
        "entitlements/person",
        here.bureau,
        {"number": town.worker.documents.get().number.open(), "purpose": "enquiry"},
    )
    chief = next(each for each in told.json()["entitlements"] if each["benefit"] == CHIEF)
    wanted = {"entitlement": chief["id"], "benefit": CHIEF, "person": str(town.worker.uid),
              "account": {"holder": "林小英", "number": "6222020000000000", "bank": "甲银行"}}  # fmt: skip
    assert ask("POST", "claims", here.firm, wanted).status_code == 404
    Consent.objects.create(
        person=town.worker, organisation=town.trainer, purpose="claims", until=today(), given_by=town.worker_user
    )
    done = ask("POST", "claims", here.firm, wanted)
    assert done.status_code == 201, done.content.decode()
    assert done.json()["payee"] == {"kind": "person", "id": str(town.worker.uid)}
    assert Sighting.objects.filter(person=town.worker, purpose="claims").exists()
    assert ask("POST", "claims", here.bureau, wanted).status_code == 403
    with pytest.raises(clients.NotRegistered, match="部门系统不能提交申报"):
        approved(here.system, here.security, town.xiaoshan, ("claims:write",))


def test_submission_decision_payment_and_return_are_told_once_to_whom_they_concern(
    here: Systems, desk: Office, settings: Any
) -> None:
    events = ("claim.submitted", "claim.decided", "claim.paid", "claim.returned")
    with receiving(plain(200)) as (port, came):
        _subscription, secret = subscribed(here, settings, port, here.firm, events)
        claim = desk.paid(TRAINER)
        desk.submitted(CHIEF)  # another's, which the firm is told nothing of
        dues.mark_returned(claim, None, "账号有误")
        assert outbox.gather() == 4
        assert outbox.gather() == 0
        assert outbox.deliver() == (4, 0)
    told = [json.loads(body) for _headers, body in came]
    assert [each["type"] for each in told] == [*events]
    assert {each["data"]["id"] for each in told} == {str(claim.uid)}
    assert [(each["data"]["from"], each["data"]["to"]) for each in told] == [
        ("draft", "submitted"), ("public_notice", "approved"), ("payable", "paid"), ("paid", "payment_returned"),
    ]  # fmt: skip
    assert "林小英" not in str(told)
    headers, body = came[0]
    assert receiver.check(secret, headers, body, int(headers["Webhook-Timestamp"]))
    one = ask("GET", f"claims/{claim.uid}", here.firm).json()
    assert [(each["amount"], each["period"]) for each in one["dues"]] == [(100_000, "")]
    assert ask("GET", told[0]["data"]["claim"].removeprefix("/api/v1/"), here.firm).status_code == 200

    narrow = approved(here.system, here.security, here.town.xiaoshan, ("webhooks:write",), name="只订阅")
    from huijiang.api import tokens

    _token, only = tokens.issue(narrow, here.system, "正式", ("webhooks:write",), 30)
    answer = ask("POST", "webhooks", only, {"url": f"http://127.0.0.1:{port}/", "events": ["claim.paid"]})
    assert (answer.status_code, answer.json()["expected"]) == (403, "claims:read")
    assert Delivery.objects.count() == 4


def test_one_row_changes_by_scope_and_column_only_as_it_was_read_and_its_history_stays(here: Systems) -> None:
    held = here.town.certificate
    model = MODELS["certificate"]
    listed = ask("GET", "registry/tables/certificate/rows?purpose=data", here.bureau).json()["items"]
    at = f"registry/tables/certificate/rows/{listed[0]['id']}"
    read = ask("GET", f"{at}?purpose=data", here.bureau)
    mark = read.headers["ETag"]
    wanted = {"as_of": "2026-07-01", "values": {"level": "高级技师", "occupation": None}}

    assert ask("PATCH", at, here.bureau, wanted).status_code == 428
    assert ask("PATCH", at, here.bureau, wanted, If_Match='"other"').status_code == 412
    unknown = ask("PATCH", at, here.bureau, {**wanted, "values": {"colour": "red", "level": "大师傅"}}, If_Match=mark)
    assert unknown.status_code == 422
    assert {each["where"] for each in unknown.json()["errors"]} == {"/values/colour", "/values/level"}
    assert ask("PATCH", at, here.firm, wanted, If_Match=mark).status_code == 403
    held.refresh_from_db()
    assert (held.level, held.source) == ("技师", "登记")

    done = ask("PATCH", at, here.bureau, wanted, If_Match=mark)
    assert done.status_code == 200, done.content.decode()
    assert (done.json()["values"]["level"], done.json()["values"]["occupation"]) == ("高级技师", None)
    held.refresh_from_db()
    assert (held.level, held.occupation, held.as_of.isoformat()) == ("高级技师", None, "2026-07-01")
    assert held.issuer == here.town.trainer, "what was not named stays"
    former = model.pgh_event_model.objects.filter(pgh_obj=held).latest("pk")
    assert (former.level, former.occupation) == ("技师", "焊工")
    assert ask("PATCH", at, here.bureau, wanted, If_Match=mark).status_code == 412, "it is another row by now"
    assert Event.objects.filter(action="api.row_changed").count() == 1

    person = f"registry/tables/person/rows/{here.town.worker.uid}"
    mark = ask("GET", f"{person}?purpose=data", here.bureau).headers["ETag"]
    beyond = ask("PATCH", person, here.bureau, {"as_of": "2026-07-01", "values": {"annual_pay": 1}}, If_Match=mark)
    assert (beyond.status_code, beyond.json()["where"]) == (403, "/values/annual_pay")
    far = ask("PATCH", f"registry/tables/person/rows/{here.town.stranger.uid}", here.bureau, wanted, If_Match=mark)
    assert far.status_code == 404
    moved = ask("PATCH", person, here.bureau, {"as_of": "2026-07-01", "values": {"name": "林晓英", "employer": here.town.employer.uscc}},
                If_Match=mark)  # fmt: skip
    assert moved.status_code == 200, moved.content.decode()
    here.town.worker.refresh_from_db()
    assert (here.town.worker.name_key, here.town.worker.pinyin) == ("林晓英", "lin xiao ying")
