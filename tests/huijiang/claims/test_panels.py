"""Panels: recusal, sealed scores, outliers, minutes, awards; and audited cost.  Attacked by raw SQL too."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from reportlab.pdfgen.canvas import Canvas

from huijiang.accounts.viewers import today
from huijiang.claims import acts, audited, moving, panels, review
from huijiang.claims.errors import CannotDetermine, ClaimError, MayNot
from huijiang.claims.models import Act, AuditedCost, Place, Score
from huijiang.claims.models.decision import Basis, Kind
from huijiang.claims.models.rounds import Ranking, Ties
from huijiang.claims.pages_panels import award_of
from huijiang.files import services as files
from tests.huijiang.accounts.people import signed_in
from tests.huijiang.claims.arena import CEILING, CRITERIA, Arena, arena
from tests.huijiang.claims.office import Office
from tests.huijiang.claims.test_laws import SIGN, refused
from tests.huijiang.files import uploads


@pytest.fixture
def ground(desk: Office) -> Arena:
    made = arena(desk)
    made.opened(panel=True, ranking=Ranking.SCORE, ties=Ties.CRITERION, quota=1)
    return made


def test_members_read_the_papers_before_them_on_the_screen_and_no_others(ground: Arena) -> None:
    claim, firm = ground.in_review(0), ground.firms[0]
    chair, one, two, three, four = ground.seated(4)
    kept = files.store(
        SimpleUploadedFile("项目书.pdf", uploads.pdf()), firm, f"claim:{claim.uid}", files.Purpose.EVIDENCE,
        region=claim.region_id, organisation=claim.payee_organisation_id,
    )  # fmt: skip
    address = reverse("files:file", args=[kept.uid])
    member = signed_in(one.user)
    held = ground.round
    assert held is not None
    assert "项目书.pdf" in member.get(reverse("claims:score", args=[held.uid, claim.uid])).content.decode()
    assert "项目书.pdf" not in member.get(address).content.decode()  # first they say why
    assert "项目书.pdf" in member.post(address, {"purpose": "review"}, follow=True).content.decode()
    assert member.get(reverse("files:download", args=[kept.uid])).status_code == 403
    assert signed_in(chair.user).get(address).status_code == 200
    assert signed_in(ground.experts[5]).get(address).status_code == 404  # an assessor without a seat
    assert signed_in(two.user).get(address).status_code == 200
    acts.declare(two.user, two.user, "曾任职", organisation=claim.payee_organisation_id)
    assert signed_in(two.user).get(address).status_code == 404
    for viewer in (one, three, four):
        ground.scored(viewer, claim, 80, 80)
    assert member.get(address).status_code == 200
    ground.over()
    assert ground.panel is not None
    assert panels.open_when_ready(ground.panel)
    panels.conclude(ground.panel, chair, today(), "同意。", {claim.pk: 1_000_000})
    assert member.get(address).status_code == 404  # nothing is before them any more


SCORE = "INSERT INTO claims_score (panel_id, claim_id, member_id, points, total, words) VALUES (%s, %s, %s, %s, %s, '')"


def test_members_are_named_by_one_and_confirmed_by_another(ground: Arena) -> None:
    panel, first, second = ground.panel, ground.desk.staff["first"], ground.desk.staff["second"]
    assert panel is not None
    expert = ground.experts[0]
    with pytest.raises(MayNot, match="提名自己"):
        panels.appoint(panel, first, first.user)
    member = panels.appoint(panel, first, expert, chairs=True)
    with pytest.raises(ClaimError, match="已经有组长"):
        panels.appoint(panel, first, ground.experts[1], chairs=True)
    with pytest.raises(MayNot, match="以外的人确认"):
        panels.confirm(member, first)
    refused(
        "panel_member_confirmed_by_a_third",
        "UPDATE claims_panelmember SET confirmed_at = now(), confirmed_by_id = appointed_by_id",
    )
    refused(
        "panel_member_confirmed_by_a_third",
        "UPDATE claims_panelmember SET confirmed_at = now(), confirmed_by_id = user_id",
    )
    with pytest.raises(MayNot, match="不在这个评审组"):
        panels.seat(panel, expert)
    panels.confirm(member, second)
    refused("as_named", "UPDATE claims_panelmember SET chairs = false")
    refused("criteria_weighed", "INSERT INTO claims_panel (round_id, criteria, least, due_on, made_by_id) "
            "SELECT round_id, '[{\"id\": \"a\", \"weight\": 999}]', 1, due_on, made_by_id FROM claims_panel")  # fmt: skip
    with pytest.raises(ClaimError, match="不能再改评分项"):
        panels.make(panel.round, first, CRITERIA, 3, panel.due_on)


def test_a_panel_from_sealed_scores_to_signed_minutes(ground: Arena) -> None:
    """Five members.  A: 90 80 70 60 10 → 80 70 60 → 70.00; B: 75 ×5 → 75.00 (one recused: four, nothing left out)."""
    a, b = ground.in_review(0), ground.in_review(1)
    chair, *members = ground.seated(5)
    panel = ground.panel
    assert panel is not None
    with pytest.raises(MayNot, match="组长"):
        ground.scored(chair, a, 50, 50)
    with pytest.raises(ClaimError, match="0 到 100"):
        ground.scored(members[0], a, 101, 0)
    acts.declare(members[4].user, members[4].user, "弟弟的企业", organisation=b.payee_organisation_id)
    with pytest.raises(MayNot, match="关系"):
        ground.scored(members[4], b, 75, 75)
    for viewer, points in zip(members, (90, 80, 70, 60, 10), strict=True):
        ground.scored(viewer, a, points, points)
    ground.over()
    panel = ground.panel
    for viewer in members[:3]:
        ground.scored(viewer, b, 75, 75)
    assert not panels.open_when_ready(panel)
    assert [each.member.user for each in panels.visible(panel, members[0])] == [members[0].user] * 2
    assert panels.result(panel, a) is None
    assert [(m.user, c) for m, c in panels.missing(panel)] == [(members[3].user, b)]  # the recused one owes nothing
    with pytest.raises(ClaimError, match="没有启封"):
        panels.conclude(panel, chair, today(), "同意", {})
    ground.scored(members[3], b, 75, 75)
    panel.refresh_from_db()
    assert panel.opened_at is not None
    assert panels.visible(panel, members[0]).count() == 9
    got_a, got_b = panels.result(panel, a), panels.result(panel, b)
    assert got_a is not None
    assert got_b is not None
    assert (got_a.mark, got_a.spread, got_a.left_out) == (70_000, 80_000, (10_000, 90_000))
    assert (got_b.mark, got_b.spread, got_b.left_out) == (75_000, 0, ())
    with pytest.raises(MayNot, match="组长签署"):
        panels.conclude(panel, members[0], today(), "同意", {})
    with pytest.raises(ClaimError, match="评定金额"):
        panels.conclude(panel, chair, today(), "同意", {a.pk: 1})
    with pytest.raises(CannotDetermine, match=r"核定金额 30,000\.01 元 不在文件允许的范围内：0–3 万元"):
        panels.conclude(panel, chair, today(), "同意", {a.pk: 1, b.pk: CEILING + 1})
    made = panels.conclude(
        panel, chair, today(), "乙项目规模大，给足；甲项目候补。", {a.pk: 1_000_000, b.pk: 2_500_000}
    )
    assert [(each.claim_id, each.rank, each.standing) for each in Place.objects.all()] == [
        (b.pk, 1, "in"),
        (a.pk, 2, "reserve"),
    ]
    assert {(each.claim_id, each.wins, each.award) for each in made.lines.all()} == {
        (b.pk, True, 2_500_000),
        (a.pk, False, 1_000_000),
    }
    point = moving.last_of(b)
    assert point is not None
    assert (point.point, point.basis) == (2_500_000, Basis.ASSESSED_AWARD)
    assert (award_of(b, 2_500_000).text, award_of(b, 2_500_000).note) == ("25,000", "")  # of the whole
    assert Act.objects.filter(claim=b, kind=Kind.MINUTES, digest=point.digest, user=chair.user).exists()
    review.review(b, ground.desk.staff["first"])
    b.refresh_from_db()
    review.second_review(b, ground.desk.staff["second"])
    for user in (chair.user, members[0].user):
        assert acts.why_not(b, user, Kind.FINANCE, "batch")
    refused("added_only", "UPDATE claims_minutes SET words = 'x'")
    refused("added_only", "UPDATE claims_score SET total = 1")
    made_again = panels.apply_again  # an award is taken from the minutes again only where the amount is open
    with pytest.raises(ClaimError, match="没有可以套用"):
        made_again(b, ground.desk.staff["third"])


def test_the_database_keeps_scores_and_minutes(ground: Arena) -> None:
    claim = ground.in_review(0)
    chair, one, two, three = ground.seated(3)
    panel = ground.panel
    assert panel is not None
    made = moving.last_of(claim)
    assert made is not None
    seat = ground.member(one.user)
    good = '{"scale": 50, "level": 50}'
    refused("signed by whoever gives it", SCORE, panel.pk, claim.pk, seat.pk, good, 50_000)
    acts.sign(claim, one, Kind.PANEL_SCORE, made)
    refused("by their weights", SCORE, panel.pk, claim.pk, seat.pk, good, 99_000)
    refused("by their weights", SCORE, panel.pk, claim.pk, seat.pk, '{"scale": 500, "level": 0}', 300_000)
    refused("by their weights", SCORE, panel.pk, claim.pk, seat.pk, '{"scale": 50, "level": 50, "x": 1}', 50_000)
    refused("chair does not", SCORE, panel.pk, claim.pk, ground.member(chair.user).pk, good, 50_000)
    Score.objects.create(panel=panel, claim=claim, member=seat, points={"scale": 50, "level": 50}, total=50_000)
    refused("score_once", SCORE, panel.pk, claim.pk, seat.pk, good, 50_000)
    acts.declare(two.user, two.user, "本人参股", organisation=claim.payee_organisation_id)
    refused("declared relation", SIGN, claim.pk, "id:z", two.user.pk, "panel_score", "", made.pk, made.digest)
    human = Act.objects.get(claim=claim, user=one.user).human
    refused("act_o", SIGN, claim.pk, human, one.user.pk, "minutes", "", made.pk, made.digest)
    minutes = ("INSERT INTO claims_minutes (uid, panel_id, held_on, words, digest, made_by_id) "
               "VALUES (gen_random_uuid(), %s, now(), '同意', repeat('0', 64), %s)")  # fmt: skip
    refused("by_the_chair", minutes, panel.pk, chair.user.pk)  # sealed still
    ground.over()
    ground.day_over()
    assert panels.open_when_ready(ground.panel)  # type: ignore[arg-type]
    refused("by_the_chair", minutes, panel.pk, one.user.pk)
    refused("scoring is over", SCORE, panel.pk, claim.pk, ground.member(three.user).pk, good, 50_000)
    refused("nobody joins", "INSERT INTO claims_panelmember (panel_id, user_id, chairs, appointed_by_id) VALUES (%s, %s, false, %s)",
            panel.pk, ground.experts[6].pk, chair.user.pk)  # fmt: skip
    with pytest.raises(ClaimError, match="最少人数"):
        panels.conclude(ground.panel, chair, today(), "同意", {})  # type: ignore[arg-type]


def test_ties_go_to_the_first_criterion_then_to_who_sent_first(ground: Arena) -> None:
    """Totals 60.00 each: A 60/60, B 70/45 (0.6×70 + 0.4×45 = 60), C 60/60, sent after A."""
    a, b, c = (ground.in_review(at) for at in range(3))
    _chair, *members = ground.seated(3)
    for viewer in members:
        for claim, scale, level in ((a, 60, 60), (b, 70, 45), (c, 60, 60)):
            ground.scored(viewer, claim, scale, level)
    ground.over()
    assert panels.open_when_ready(ground.panel)  # type: ignore[arg-type]
    scored, out = panels.ranking(ground.panel)  # type: ignore[arg-type]
    assert [claim.pk for claim, _got in scored] == [b.pk, a.pk, c.pk]
    assert out == []


def report() -> SimpleUploadedFile:
    held = io.BytesIO()
    canvas = Canvas(held)
    canvas.drawString(72, 720, "Audit report")
    canvas.save()
    return SimpleUploadedFile("审计报告.pdf", held.getvalue(), "application/pdf")


def test_an_audited_figure_is_the_point_under_the_ceiling(desk: Office) -> None:
    """28,000 yuan audited: 28,000.  35,000 audited: the text's 30,000."""
    ground = arena(desk)
    one, other = ground.in_review(0), ground.in_review(1)
    told = {"auditor": "甲会计师事务所", "report": "甲审〔2026〕9号", "reported_on": dt.date(2026, 11, 1)}
    with pytest.raises(MayNot):
        audited.enter(one, desk.staff["second"], cost=1, paper=report(), **told)
    made = audited.enter(one, desk.staff["first"], cost=2_800_000, paper=report(), **told)
    assert (made.determination.point, made.determination.basis) == (2_800_000, Basis.AUDITED_COST)
    assert (
        audited.enter(other, desk.staff["first"], cost=3_500_000, paper=report(), **told).determination.point == CEILING
    )
    with pytest.raises(ClaimError, match="不是要核定的区间"):
        audited.enter(one, desk.staff["first"], cost=1, paper=report(), **told)
    refused("added_only", "UPDATE claims_auditedcost SET cost = 1")
    refused("no_more_than_audited", "INSERT INTO claims_auditedcost (uid, claim_id, determination_id, auditor, report, reported_on, cost, paper, made_by_id)"
            " SELECT gen_random_uuid(), %s, %s, 'a', 'b', now(), 1, gen_random_uuid(), %s", one.pk, made.determination_id, desk.user("first").pk)  # fmt: skip
    assert AuditedCost.objects.count() == 2
    review.review(one, desk.staff["third"])


def test_a_member_scores_and_the_chair_minutes_through_the_pages(ground: Arena) -> None:
    claim = ground.in_review(0)
    chair, *members = ground.seated(3)
    panel = ground.panel
    assert panel is not None
    uid = panel.round.uid
    ground.over()
    address = reverse("claims:score", args=[uid, claim.uid])
    browser: Client = signed_in(members[0].user)
    assert browser.post(address, {"scale": "101", "level": "50"}).status_code == 422
    assert browser.post(address, {"scale": "50", "level": "50", "words": "好"}).status_code == 302
    assert "不能再改" in browser.get(reverse("claims:panel", args=[uid])).content.decode()
    assert signed_in(members[1].user).post(address, {"recuse": "老同学合伙"}).status_code == 302
    ground.scored(members[2], claim, 70, 70)
    panel.refresh_from_db()
    assert panel.opened_at is not None
    assert signed_in(ground.experts[6]).get(address).status_code == 404
    page = signed_in(chair.user).get(reverse("claims:minutes", args=[uid])).content.decode()
    assert "没有达到最少打分人数" in page  # two scored, three are needed
