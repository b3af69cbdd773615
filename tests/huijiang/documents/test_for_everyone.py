"""For everybody, signed in or not: the guide, the comparison, the quick check that stores nothing, the ratings."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client

from huijiang.accounts.models import Role
from huijiang.accounts.viewers import today
from huijiang.audit.models import Event
from huijiang.documents import library, quick_check, ratings, releases
from huijiang.documents.models import Rating
from huijiang.sealed import keys
from tests.huijiang.accounts.people import account, signed_in
from tests.huijiang.documents.bundle import OFFICE_FILES
from tests.huijiang.documents.pages import staff
from tests.huijiang.documents.test_library_pages import words

pytestmark = pytest.mark.django_db
DOC = "xiaoshan-2025-3"


def test_every_benefit_and_treatment_has_a_guide_with_who_what_papers_and_clause(client: Client) -> None:
    held = library.current()
    for plan in held.plans.values():
        rule = next(each for each in plan.rules.values() if each.kind == "benefit" and not each.stands_in_for)
        page = words(client.get(f"/benefits/{plan.id}/{rule.id}/guide/").content.decode())
        assert rule.name in page
        assert plan.number in page
        for condition in rule.conditions:
            assert condition.label in page
    page = words(client.get(f"/benefits/{DOC}/trainer-grant/guide/").content.decode())
    assert "技师：1,000 元" in page
    assert "证书联网查询" in page
    assert "12333" in page


def test_the_comparison_lays_places_side_by_side_and_says_who_has_no_such_clause(client: Client) -> None:
    page = words(client.get("/compare/", {"place": ["330109", "330604"], "topic": "certificate"}).content.decode())
    assert "萧山区、上虞区" in page
    assert "证书 → " in page
    assert "萧人社〔2025〕3号" in page
    assert "没有这样条款的：" in page
    assert "余姚市人社" not in page


def state_of(page: str) -> str:
    found = re.search(r'name="state" value="([^"]*)"', page)
    assert found is not None
    return found[1]


def test_the_quick_check_asks_one_question_a_page_answers_and_stores_nothing(client: Client) -> None:
    events = Event.objects.count()
    page = client.get("/check/").content.decode()
    page = client.post("/check/", {"state": state_of(page), "answer": "330109"}).content.decode()
    page = client.post("/check/", {"state": state_of(page), "answer": "certificate"}).content.decode()
    asked = []
    for _ in range(quick_check.MOST + 1):
        legend = re.search(r"<(?:legend|label for=\"id_answer\")>(.*?)<", page)
        if legend is None:
            break
        asked.append(legend[1])
        choice = re.search(r'type="radio" name="answer" value="([^"]+)"', page)
        answer = choice[1] if choice else "2026-03-01" if 'type="date"' in page else ""
        told = {"state": state_of(page), "answer": answer, "act": "next" if answer else "skip"}
        page = client.post("/check/", told).content.decode()
    assert len(asked) == len(set(asked)) >= 2
    assert "只按您的回答算" in page
    assert "sessionid" not in client.cookies
    assert Session.objects.count() == 0
    assert Event.objects.count() == events
    back = client.post("/check/", {"state": state_of(page), "act": "back"}).content.decode()
    assert asked[-1] in back


def test_answers_of_the_quick_check_decide_as_the_engine_does() -> None:
    held, on = library.current(), today()
    state = quick_check.State("330109", "certificate")
    for _ in range(quick_check.MOST):
        question = quick_check.judge(held, state, on).question
        if question is None:
            break
        state = state.with_answer(question.key, quick_check.SKIPPED)
    judged = quick_check.judge(held, state, on)
    assert judged.found
    assert all(each.outcome != "entitled" for each in judged.found)  # nothing said, nothing promised
    assert (
        quick_check.fitting(
            held.vocabulary, held.vocabulary.tables["certificate"].columns["level"].type, "技师, holder 别人"
        )
        is None
    )


@pytest.mark.parametrize("state", ["", "forged", "W10:1abc:def"])
def test_a_forged_state_begins_again(client: Client, state: str) -> None:
    page = client.post("/check/", {"state": state, "answer": "certificate"}).content.decode()
    assert "您在哪里工作或参保" in page


def test_one_person_rates_a_thing_once_and_who_it_was_is_not_kept(client: Client) -> None:
    user = account("rater")
    mine = signed_in(user)
    about = f"benefit:{DOC}/trainer-grant"
    told = {"about": about, "score": "4", "words": "说得清楚"}
    assert mine.post("/rate/", told).status_code == 200
    again = mine.post("/rate/", told | {"score": "1"})
    assert again.status_code == 422
    assert "已经评过" in again.content.decode()
    rating = Rating.objects.get()
    assert str(user.uid) not in str({**rating.__dict__})
    assert not Event.objects.filter(action="documents.rated").exclude(actor="").filter(actor=str(user.uid)).exists()
    assert client.post("/rate/", told | {"score": "1"}).status_code == 200  # anybody may, without an account
    assert ratings.figures(about).average == "2.5"


def test_words_are_shown_only_after_somebody_has_read_them(client: Client) -> None:
    keys.ensure(settings.KEY_FILE)
    ratings.rate("page:compare", 5, "很好找", None)
    ratings.rate("page:compare", 1, "某某人的电话是…", None)
    page = client.get("/ratings/").content.decode()
    assert "很好找" not in page
    assert "平均 3.0 分" in page
    desk = signed_in(account("supervisor", Role.SUPERVISOR))
    assert "很好找" in desk.get("/desk/ratings/").content.decode()
    good, bad = Rating.objects.get(score=5), Rating.objects.get(score=1)
    desk.post(f"/desk/ratings/{good.uid}/", {"act": "show"})
    desk.post(f"/desk/ratings/{bad.uid}/", {"act": "hide", "because": "有个人信息"})
    page = client.get("/ratings/").content.decode()
    assert "很好找" in page
    assert "某某人的电话" not in page
    assert "平均 3.0 分" in page  # the score counts all the same


@pytest.mark.parametrize(
    "about", ["", "page:nowhere", "benefit:x/y", "case:123", f"benefit:{DOC}/nothing", "document:x"]
)
def test_what_is_not_there_can_not_be_rated(client: Client, about: str) -> None:
    assert client.post("/rate/", {"about": about, "score": "5"}).status_code == 404
    assert Rating.objects.count() == 0


def test_a_case_is_rated_only_with_its_signed_link(client: Client) -> None:
    assert client.post("/rate/", {"about": ratings.case_link("XS-1"), "score": "5"}).status_code == 200
    assert Rating.objects.get().subject == "case:XS-1"
    assert "XS-1" not in client.get("/ratings/").content.decode()


def test_a_flood_of_ratings_is_held_up(client: Client) -> None:
    for _ in range(ratings.FLOOD):
        ratings.rate("page:check", 5, "", None)
    assert client.post("/rate/", {"about": "page:check", "score": "1"}).status_code == 422
    assert ratings.figures().count == ratings.FLOOD


def test_the_page_of_the_rules_tells_the_release_its_people_and_its_limits(client: Client) -> None:
    release = releases.make(OFFICE_FILES, staff("maker", Role.STEWARD), "第一版")
    releases.approve(release, staff("checker", Role.STEWARD_APPROVER), today())
    page = words(client.get("/rules/").content.decode())
    assert release.digest[:12] in page
    assert "周立提交，吴敏复核" in page
    assert "1 份文件、" in page
    assert "还没有人定的" in page
