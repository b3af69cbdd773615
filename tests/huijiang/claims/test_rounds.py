"""Rounds: through quota, ties, reserve, late claims; nobody reviews what has no place."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from huijiang.claims import intake, places, review, rounds
from huijiang.claims.errors import CannotMove, ClaimError, MayNot
from huijiang.claims.models import BulkItem, Place
from huijiang.notices.models import Announcement, Notice
from tests.huijiang.accounts.people import signed_in
from tests.huijiang.claims.arena import CEILING, MATCH, Arena, Late, Ranking, arena
from tests.huijiang.claims.office import ON, Office
from tests.huijiang.claims.test_desk import text
from tests.huijiang.claims.test_laws import MOVE, refused, run


@pytest.fixture
def ground(desk: Office) -> Arena:
    return arena(desk)


def standings(ground: Arena) -> list[tuple[int | None, str, bool]]:
    assert ground.round is not None
    return [(each.rank, each.standing, each.lost_at is not None) for each in ground.round.places.all()]


def test_a_round_is_opened_by_one_and_published_by_another(ground: Arena) -> None:
    first, second = ground.desk.staff["first"], ground.desk.staff["second"]
    now = dt.datetime.now(dt.UTC)
    days = {"opens_at": now, "closes_at": now + dt.timedelta(days=9)}
    with pytest.raises(ClaimError, match="没有这个项目"):
        rounds.draft(first, ground.desk.town.xiaoshan, name="一", benefits=["none#such"], **days)
    with pytest.raises(MayNot):
        rounds.draft(first, ground.desk.town.yuyao, name="一", benefits=[MATCH], **days)
    with pytest.raises(ClaimError, match="选一种排序"):
        rounds.draft(first, ground.desk.town.xiaoshan, name="一", benefits=[MATCH], quota=2, **days)
    held = rounds.draft(
        second, ground.desk.town.xiaoshan, name="一", benefits=[MATCH], quota=2, ranking=Ranking.TIME, **days
    )
    assert held not in rounds.published()
    with pytest.raises(MayNot, match="另一个人"):
        rounds.publish(held, second)
    with pytest.raises(MayNot, match="不能发布"):
        rounds.publish(held, first)
    refused("round_published_by_another", "UPDATE claims_round SET published_at = now(), published_by_id = made_by_id")
    rounds.publish(held, ground.desk.staff["fourth"])
    assert Announcement.objects.get(topic="round").values["title"] == "一"
    refused("as_published", "UPDATE claims_round SET quota = 99")
    refused("never_deleted", "DELETE FROM claims_round")


def test_first_come_first_served_with_a_reserve_that_moves_up(ground: Arena) -> None:
    """Quota 2 of 4: the third and fourth wait in their order; when the first withdraws, the third moves up."""
    ground.opened(quota=2)
    claims = [ground.in_review(at) for at in (3, 1, 0, 2)]
    assert {each.round_id for each in claims} == {ground.round.pk}  # type: ignore[union-attr]
    with pytest.raises(CannotMove, match="还没有确定"):
        review.review(claims[0], ground.desk.staff["first"])
    with pytest.raises(ClaimError, match="还没有截止"):
        rounds.settle(ground.round)  # type: ignore[arg-type]
    held = ground.over()
    assert [each.pk for each in rounds.due()] == [held.pk]
    rounds.settle(held)
    assert standings(ground) == [(1, "in", False), (2, "in", False), (3, "reserve", False), (4, "reserve", False)]
    assert [places.of(each).rank for each in claims] == [1, 2, 3, 4]  # type: ignore[union-attr]
    told = Notice.objects.filter(template="round_settled")
    assert sorted("候补" in each.values.open() for each in told) == [False, False, True, True]
    with pytest.raises(ClaimError, match="已经确定"):
        rounds.settle(held)
    with pytest.raises(CannotMove, match="没有入选"):
        review.review(claims[2], ground.desk.staff["first"])
    last = Place.objects.get(claim=claims[3])
    refused(
        "first of the reserve", "UPDATE claims_place SET standing = 'in', moved_up_at = now() WHERE id = %s", last.pk
    )
    third = Place.objects.get(claim=claims[2])
    refused("all taken", "UPDATE claims_place SET standing = 'in', moved_up_at = now() WHERE id = %s", third.pk)
    refused("a place stays", "UPDATE claims_place SET rank = 9 WHERE id = %s", third.pk)
    intake.withdraw(claims[0], ground.firms[3])
    assert standings(ground) == [(1, "in", True), (2, "in", False), (3, "in", False), (4, "reserve", False)]
    assert Notice.objects.filter(template="round_moved_up", organisation=claims[2].payee_organisation).exists()
    claim = claims[3]
    officer = ground.desk.user("first").pk
    refused("has_a_place", MOVE, "review", "second_review", "reviewer", officer, "", "", claim.pk)
    moved = rounds.decline(claim, ground.desk.staff["third"])
    assert "第 4 名" in moved.words
    claim.refresh_from_db()
    assert claim.state == "refused"


def test_money_is_cut_strictly_in_order(ground: Arena) -> None:
    """70,000 yuan for claims of up to 30,000 each: two fit, the third waits though 10,000 are left."""
    ground.opened(quota_money=7_000_000)
    claims = [ground.in_review(at) for at in range(3)]
    late = ground.sent(3)
    held = ground.over()
    with pytest.raises(ClaimError, match=str(late.number)):
        rounds.settle(held)
    intake.withdraw(late, ground.firms[3])
    rounds.settle(held)
    assert [(each.standing, each.amount) for each in held.places.all()] == [
        ("in", CEILING), ("in", CEILING), ("reserve", CEILING)]  # fmt: skip
    place = Place.objects.get(claim=claims[2])
    refused("fen of", "UPDATE claims_place SET standing = 'in', moved_up_at = now() WHERE id = %s", place.pk)


def test_a_round_by_a_fact_ranks_the_unknown_nowhere_and_ties_by_time(ground: Arena) -> None:
    """Items were held on May 10, 9, 8 … : the earliest first is the last firm's."""
    ground.opened(quota=1, ranking=Ranking.FACT, fact="contest_item.held_on", lowest_first=True)
    first, second = ground.in_review(0), ground.in_review(4)
    held = ground.over()
    rounds.settle(held)
    assert [each.claim_id for each in held.places.all()] == [second.pk, first.pk]
    assert held.places.get(claim=second).mark == dt.date(2026, 5, 6).toordinal()


def test_late_claims_follow_the_rounds_rule(ground: Arena) -> None:
    assert rounds.choose(ground.draft(0)) is None  # standing intake, while there was no round
    one = ground.opened(name="第一批")
    claim = ground.draft(0)
    assert rounds.choose(claim) == one
    ground.over()
    with pytest.raises(ClaimError, match="已经截止"):
        ground.sent(0)
    with pytest.raises(ClaimError, match="不收逾期"):
        rounds.let_in(one, claim, ground.desk.staff["first"], "住院")
    now = dt.datetime.now(dt.UTC)
    later = ground.opened(name="第三批", opens_at=now + dt.timedelta(days=9), closes_at=now + dt.timedelta(days=10))
    with pytest.raises(ClaimError, match="下一批"):
        ground.sent(0)
    two = ground.opened(name="第二批", late=Late.NEXT)
    ground.over(two)
    sent = ground.sent(0)
    assert sent.round == later
    three = ground.opened(name="补报", late=Late.ACCEPT)
    ground.over(three)
    claim = ground.draft(1)
    claim.round = three
    claim.save(update_fields=["round"])
    with pytest.raises(ClaimError, match="写明"):
        rounds.let_in(three, claim, ground.desk.staff["first"], " ")
    rounds.let_in(three, claim, ground.desk.staff["first"], "系统故障，当天未能提交")
    assert intake.submit(claim, ground.firms[1], on=ON).round == three
    refused("added_only", "UPDATE claims_lateentry SET reason = '别的'")


def test_a_round_refuses_raw_rows_that_no_service_writes(ground: Arena) -> None:
    ground.opened(quota=1)
    inside = ground.sent(0)
    held = ground.over()
    place = "INSERT INTO claims_place (round_id, claim_id, rank, standing) VALUES (%s, %s, %s, %s)"
    other = ground.desk.submitted()
    refused("a claim of its round", place, held.pk, other.pk, 1, "in")
    refused("place_ranked_or_out", place, held.pk, inside.pk, None, "in")
    run(place, held.pk, inside.pk, 1, "in")
    refused("claims_place", place, held.pk, inside.pk, 2, "reserve")


def test_what_is_refused_together_has_no_sum(ground: Arena) -> None:
    """Nobody gets what a refused claim came to, so the page of the selection adds nothing up."""
    ground.opened(quota=1)
    claims = [ground.in_review(at) for at in range(2)]
    held = ground.over()
    rounds.settle(held)
    first, address = signed_in(ground.desk.user("first")), reverse("claims:round_decline", args=[held.uid])
    sure = {"confirmed": "yes", "uid": first.post(address, {"confirmed": "yes"}).context["uid"]}
    pressed = [first.post(address, sure).headers["Location"] for _twice in "12"]
    assert pressed[0] == pressed[1]
    page = text(first.get(pressed[0]))
    assert "已办 1 件。" in page
    assert "没有办成" not in page
    assert "，合计" not in page
    assert BulkItem.objects.get(claim=claims[1]).amount is None
