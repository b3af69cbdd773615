"""What somebody may have, asked by another system."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from huijiang.access.models import Consent, Sighting
from huijiang.api import tokens
from huijiang.audit.models import Event
from huijiang.entitlements.models import NightlyRun, Standing
from huijiang.registry.models import MODELS, Person
from tests.huijiang.api.systems import Systems, ask
from tests.huijiang.entitlements.town import NUMBER

pytestmark = pytest.mark.django_db

CASE = {
    "region": "萧山区", "on": "2025-12-31",
    "tables": {
        "单位": [{"id": "匠心学校", "单位类型": "培训机构", "单位所在地": "萧山区"}],
        "person": [{"id": "小林"}],
        "certificate": [
            {"id": "证", "holder": "小林", "trainer": "匠心学校", "trained_directly": True, "kind": "职业技能等级证书",
             "occupation": "钳工", "issued_on": "2025-10-31"}
        ],
    },
    "covers": [{"table": "certificate", "by": "holder"}],
}  # fmt: skip


def by_key(answer: Any, benefit: str) -> list[dict[str, Any]]:
    return [each for each in answer.json()["entitlements"] if each["benefit"] == benefit]


def test_a_posted_case_is_answered_as_the_command_line_does_and_nothing_is_stored(here: Systems) -> None:
    before = (Person.objects.count(), MODELS["certificate"].objects.count(), Event.objects.count())
    answer = ask("POST", "entitlements/case", here.bureau, CASE)
    assert answer.status_code == 200, answer.content.decode()
    told = answer.json()
    assert (told["region"], told["on"]) == ("330109", "2025-12-31")
    from huijiang.documents import library
    from tiaowen.cases.format import read_case
    from tiaowen.evaluate.answers import answer_case

    held = library.current()
    facts, place = read_case(held.vocabulary, CASE)
    answers = answer_case(held, facts, place)
    assert told["answers"] == [answers.as_json(each) for each in answers]
    assert told["answers"]
    assert before == (Person.objects.count(), MODELS["certificate"].objects.count(), Event.objects.count())


def test_every_mistake_of_a_case_is_named_with_its_place(here: Systems) -> None:
    wrong = {"region": "无此区", "tables": {"certificate": [{"level": "神级"}], "没有这张表": []}}
    answer = ask("POST", "entitlements/case", here.bureau, wrong)
    assert answer.status_code == 422
    places = [each["where"] for each in answer.json()["errors"]]
    assert "tables.certificate[0].level（证书等级）" in places
    assert any(each.startswith("region") for each in places)
    many = {"region": "萧山区", "tables": {"person": [{}] * 1_001}}
    assert ask("POST", "entitlements/case", here.bureau, many).status_code == 413


def test_a_bureau_asks_for_a_person_by_number_and_the_person_sees_that_it_looked(here: Systems) -> None:
    """Named chief technician on 2025-06-15: 1,000 yuan a month for three years, so 36,000 yuan in all."""
    answer = ask("POST", "entitlements/person", here.bureau, {"number": NUMBER, "purpose": "enquiry"})
    assert answer.status_code == 200, answer.content.decode()
    (one,) = by_key(answer, "xiaoshan-2025-3#chief-technician-allowance")
    assert (one["state"], one["amount"], one["to_me"]) == ("ready", {"low": 3_600_000, "high": 3_600_000}, True)
    seen = Sighting.objects.get(person=here.town.worker)
    assert (seen.viewer, seen.purpose, seen.columns) == (here.bureau_client.user, "enquiry", ["results"])
    assert here.town.holder not in answer.content.decode()
    event = Event.objects.get(action="api.person_entitlements")
    assert event.subject == f"person:{here.town.worker.uid}"
    assert NUMBER not in str(list(Event.objects.values()))


@pytest.mark.parametrize(
    ("body", "status", "where"),
    [
        ({"number": NUMBER}, 422, "/purpose"),
        ({"number": NUMBER, "purpose": "curiosity"}, 422, "/purpose"),
        ({"number": NUMBER[:-1] + "1", "purpose": "enquiry"}, 422, "/number"),
        ({"number": 17, "purpose": "enquiry"}, 422, "/number"),
        ({"number": "339999199001010056", "purpose": "enquiry"}, 404, ""),
        ({"number": NUMBER, "purpose": "enquiry", "on": "2025-02-30"}, 422, "/on"),
        ({"number": NUMBER, "purpose": "enquiry", "nubmer": "x"}, 422, "/nubmer"),
    ],
)
def test_a_question_about_a_person_must_be_whole(here: Systems, body: Any, status: int, where: str) -> None:
    answer = ask("POST", "entitlements/person", here.bureau, body)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert where in [each["where"] for each in answer.json().get("errors", [{"where": ""}])]
    assert NUMBER not in answer.content.decode()
    assert not Sighting.objects.exists()


def test_a_column_that_a_client_was_not_registered_for_is_hidden_in_explanations(here: Systems) -> None:
    told = ask("POST", "entitlements/person", here.bureau, {"number": NUMBER, "purpose": "enquiry"}).json()
    shown = [fact for each in told["entitlements"] for condition in each["conditions"] for fact in condition["facts"]]
    assert any(fact["value"] == "区首席技师" for fact in shown)
    from tests.huijiang.api.systems import approved

    narrow = approved(here.system, here.security, here.town.xiaoshan, ("entitlements:read",), ("person.name",), "窄")
    _token, secret = tokens.issue(narrow, here.system, "t", ("entitlements:read",), 5)
    told = ask("POST", "entitlements/person", secret, {"number": NUMBER, "purpose": "enquiry"}).json()
    shown = [fact for each in told["entitlements"] for condition in each["conditions"] for fact in condition["facts"]]
    assert not any(fact["value"] == "区首席技师" for fact in shown)
    assert any(fact["value"] == "（按规定不显示）" for fact in shown)


def test_a_firm_asks_for_itself_and_for_people_who_agreed_alone(here: Systems) -> None:
    """The body that trained a technician directly is paid 1,000 yuan."""
    town = here.town
    town.trainer.uscc = "91339999MA0000001M"
    town.trainer.save()
    answer = ask("POST", "entitlements/organisation", here.firm, {"uscc": "91339999MA0000001M"})
    assert answer.status_code == 200, answer.content.decode()
    assert answer.json()["certain"] == 100_000
    assert ask("POST", "entitlements/organisation", here.firm, {"uscc": town.employer.uscc}).status_code == 404
    body = {"number": NUMBER, "purpose": "entitlements"}
    assert ask("POST", "entitlements/person", here.firm, body).status_code == 404
    consent = Consent.objects.create(
        person=town.worker, organisation=town.trainer, purpose="entitlements", given_by=town.worker_user,
        until=dt.date(2100, 1, 1),
    )  # fmt: skip
    assert ask("POST", "entitlements/person", here.firm, body).status_code == 200
    Consent.objects.filter(pk=consent.pk).update(withdrawn_at=dt.datetime.now(dt.UTC))
    assert ask("POST", "entitlements/person", here.firm, body).status_code == 404


def test_a_person_lets_an_app_look_and_takes_it_back(here: Systems) -> None:
    worker = here.town.worker_user
    token, secret = tokens.issue_own(worker, "我的助手", ("entitlements:read",), 7)
    answer = ask("GET", "entitlements/mine", secret)
    assert answer.status_code == 200
    assert by_key(answer, "xiaoshan-2025-3#chief-technician-allowance")[0]["state"] == "ready"
    assert ask("GET", "entitlements/mine", here.bureau).status_code == 403
    assert ask("GET", "registry/tables", secret).status_code == 403
    assert not Sighting.objects.exists()
    tokens.revoke(token, worker)
    assert ask("GET", "entitlements/mine", secret).status_code == 401


def test_a_system_reads_what_a_night_changed_for_its_own_region_and_firm(here: Systems) -> None:
    town = here.town
    now = dt.datetime.now(dt.UTC)
    for region, person, organisation in ((town.xiaoshan, town.worker, town.trainer), (town.yuyao, town.stranger, None)):
        night = NightlyRun.objects.create(region=region, release="r", on=now.date(), snapshot_at=now, started_at=now, ended_at=now,
                                          opened=1)  # fmt: skip
        for at, whose in enumerate(({"person": person}, {"organisation": organisation})):
            if None not in whose.values():
                Standing.objects.create(**whose, region=region, benefit=f"d#b{at}", holder=f"x:{at}", state="ready",
                                        low=100, high=None, first_run=night)  # fmt: skip
    (seen,) = ask("GET", "nights", here.bureau).json()["items"]
    query = f"entitlements/changes?night={seen['id']}&change=opened"
    assert ask("GET", query, here.bureau).status_code == 422
    changes = ask("GET", f"{query}&purpose=data&limit=1", here.bureau).json()
    assert [each["person"] for each in changes["items"]] == [str(town.worker.uid)]
    assert changes["items"][0]["amount"] == {"low": 100, "high": None}
    rest = ask("GET", f"{query}&purpose=data&cursor={changes['next']}", here.bureau).json()
    assert [(each["organisation"], rest["next"]) for each in rest["items"]] == [(str(town.trainer.uid), None)]
    assert {each.person for each in Sighting.objects.all()} == {town.worker}
    own = ask("GET", query, here.firm).json()["items"]
    assert [each["organisation"] for each in own] == [str(town.trainer.uid)]
