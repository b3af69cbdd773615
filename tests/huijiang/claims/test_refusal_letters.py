"""Every way of refusing ends in a letter: reasons, how and by when to contest it, and its service once it is opened."""

from __future__ import annotations

import uuid
from io import BytesIO

import pytest
from pypdf import PdfReader

from huijiang.accounts.viewers import Viewer
from huijiang.claims import bulk, disputes, panels, review, rounds
from huijiang.claims.letter_tasks import JOB, issue
from huijiang.claims.models import Claim
from huijiang.claims.models.disputes import Ground
from huijiang.claims.models.rounds import Ranking
from huijiang.claims.states import MOVES, Event, State
from huijiang.files.opening import open_file
from huijiang.files.paper import faces
from huijiang.jobs.models import Run
from huijiang.letters.models import Letter, Service
from tests.huijiang.accounts.people import signed_in
from tests.huijiang.claims.arena import Arena, arena
from tests.huijiang.claims.office import ON, Office
from tests.huijiang.entitlements.town import CHIEF, TRAINER

pytestmark = pytest.mark.django_db
CONTEST = ("六十日内", "行政复议", "六个月内", "行政诉讼")


def written(claim: Claim) -> list[Letter]:
    """Set the letters of a claim that were asked for; twice, as after a worker's death."""
    for run in Run.objects.filter(kind=JOB, arguments__claim=str(claim.uid)).order_by("asked_at"):
        for _twice in "12":
            issue(Claim.objects.get(pk=claim.pk), run.arguments["kind"], run.arguments["movement"])
    return list(
        Letter.objects.filter(subject=f"claim:{claim.uid}", kind__in=("refusal", "non_acceptance")).order_by("pk")
    )


def words_of(letter: Letter, viewer: Viewer) -> str:
    assert letter.file is not None
    content = open_file(viewer, letter.file.uid, "own").read()
    return "".join("".join(page.extract_text().split()) for page in PdfReader(BytesIO(content)).pages)


def is_served(letter: Letter, viewer: Viewer) -> bool:
    """The addressee opens it in the platform: that is written down once."""
    client = signed_in(viewer.user)
    for _twice in "12":
        client.get(f"/letters/{letter.uid}/")
    (act,) = Service.objects.filter(letter=letter)
    return act.way == Service.Way.IN_APP and act.by == viewer.user


def refusals(desk: Office) -> dict[str, tuple[Claim, Viewer, str]]:
    """A claim for each way of refusing, whom it is addressed to, and what it was refused for."""
    found: dict[str, tuple[Claim, Viewer, str]] = {}
    reviewed = desk.refused(CHIEF)
    found["reviewer"] = (reviewed, desk.worker, "萧山区选树")
    declined = desk.after(review.decline, desk.submitted(TRAINER), "intake", "超过申报期限", "期限到六月底。")
    found["intake"] = (declined, desk.agent, "期限到六月底")
    ground: Arena = arena(desk)
    ground.opened(quota=1)
    claims = [ground.in_review(at) for at in range(3)]
    rounds.settle(ground.over())
    bulk.make(uuid.uuid4(), desk.staff["first"], bulk.OUT, claims[1:])
    for at, claim in enumerate(claims[1:], start=1):
        found[f"a selection of a round, {at}"] = (claim, ground.firms[at], f"第{at + 1}名")
    ground.opened(panel=True, name="第二批", ranking=Ranking.SCORE, quota=1)
    judged = [ground.in_review(at) for at in (3, 4)]
    chair, *members = ground.seated(3)
    for viewer in members:
        for claim, points in zip(judged, (80, 60), strict=True):
            ground.scored(viewer, claim, points, points, "符合要求")
    ground.over()
    assert ground.panel is not None
    panels.open_when_ready(ground.panel)
    panels.conclude(
        ground.panel, chair, ON, "按得分排序，第一名入选。", {judged[0].pk: 2_000_000, judged[1].pk: 1_000_000}
    )
    bulk.make(uuid.uuid4(), desk.staff["first"], bulk.OUT, judged[1:])
    found["a panel"] = (judged[1], ground.firms[4], "第2名")
    return found


def test_every_refusal_has_its_letter_with_reasons_appeal_and_service(desk: Office) -> None:
    faces.prepare()
    for name, (claim, viewer, reason) in refusals(desk).items():
        claim.refresh_from_db()
        assert claim.state == State.REFUSED, name
        (letter,) = written(claim)
        assert letter.kind == ("non_acceptance" if name == "intake" else "refusal"), name
        said = words_of(letter, viewer)
        assert [each for each in (*CONTEST, reason.replace(" ", ""), str(claim.number)) if each not in said] == [], name
        assert not Service.objects.filter(letter=letter).exists(), name
        assert is_served(letter, viewer), name


def test_an_overturned_refusal_is_taken_back_and_the_next_has_a_letter_of_its_own(desk: Office) -> None:
    faces.prepare()
    claim = desk.refused(CHIEF)
    (first,) = written(claim)
    found = disputes.make(claim, desk.worker, Ground.REFUSAL, "称号是本区选树的。")
    disputes.answer(found, desk.staff["fourth"], True, "重新核对。")
    written(claim)
    first.refresh_from_db()
    assert first.withdrawal is not None
    again = Claim.objects.get(pk=claim.pk)
    review.refuse(again, desk.staff["third"], "萧山区选树", "核对了选树文件，仍不是本区的。")
    letters = written(claim)
    assert [getattr(each, "withdrawal", None) is None for each in letters] == [False, True]
    assert "仍不是本区的" in words_of(letters[1], desk.worker)


def test_no_other_event_refuses() -> None:
    """Whoever adds a way of refusing has to give it a letter here."""
    assert {each.event for each in MOVES if each.target == State.REFUSED} == {
        Event.DECLINE,
        Event.REFUSE,
        Event.DISMISS,
    }
