"""A round (申报批次) with a panel: opened by one and published by another, scored, minuted, the last one without a place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final

from django.db import transaction

from huijiang.claims import panels, review, rounds
from huijiang.claims.errors import ClaimError, MayNot
from huijiang.claims.models import Claim, Round
from huijiang.claims.models.rounds import Ranking
from huijiang.demo.calendar import Span
from huijiang.demo.filing import OPEN_AMOUNT, Filing, fresh
from huijiang.entitlements.models import Standing
from huijiang.present import HERE

ENTRANTS: Final = 4
CRITERIA: Final = (
    {"id": "skill", "name": "技能水平", "weight": 600},
    {"id": "gain", "name": "带徒和成果", "weight": 400},
)
SCORERS: Final = ("leader", "analyst", "assessor")
CHAIR: Final = "liaison"
POINTS: Final = ((92, 88), (85, 90), (78, 80), (66, 70), (60, 62), (55, 58))


class Judging:
    """One round of a benefit within a span."""

    def __init__(self, filing: Filing, benefit: str, span: Span) -> None:
        self.filing, self.desk, self.calendar = filing, filing.desk, filing.calendar
        self.benefit, self.span = benefit, span

    def run(self, results: Sequence[Standing]) -> list[Claim]:
        """Lived from its announcement to the minutes; gives the claims with a place, on their way to the notice.

        Raises ClaimError when nobody of the results can enter.
        """
        held = self.published()
        entered = [claim for each in results if (claim := self.entered(each, held)) is not None]
        if len(entered) < 2:
            raise ClaimError(f"{self.benefit}: {len(entered)} 件参评 entered")
        self.scored(held, entered)
        return self.placed(held)

    def _moment(self, day: int, hour: int) -> dt.datetime:
        return dt.datetime.combine(self.span.day(day), dt.time(hour), HERE).astimezone(dt.UTC)

    def published(self) -> Round:
        self.calendar.on(self.span.day(0))
        reviewer, second = self.desk["reviewer"], self.desk["second-reviewer"]
        told: dict[str, Any] = {
            "name": f"{self.span.begins.year}年集中评审（演示）",
            "benefits": [self.benefit],
            "quota": ENTRANTS - 1,
        }
        held = rounds.draft(reviewer, self.desk.region, opens_at=self._moment(0, 18), closes_at=self._moment(8, 18),
                            ranking=Ranking.SCORE, standing_after=True, **told)  # fmt: skip
        panel = panels.make(held, reviewer, CRITERIA, 3, self.span.day(14))
        for name in (*SCORERS, CHAIR):
            panels.confirm(panels.appoint(panel, reviewer, self.desk[name].user, chairs=name == CHAIR), second)
        return rounds.publish(held, second)

    def entered(self, standing: Standing, held: Round) -> Claim | None:
        """A claim in the round, checked; None where it can't be."""
        if held.claims.count() == ENTRANTS:
            return None
        self.filing.begins(self.span.day(1 + held.claims.count()))
        try:
            with transaction.atomic():
                claim = self.filing.checked(self.filing.submitted(standing, round=held))
                if panels.open_interval(claim) is None and not _entitled(claim):
                    raise ClaimError(f"{claim}: 不符合条件 is not entitled")
                return claim
        except (ClaimError, MayNot):
            self.calendar.clock.again()
            return None

    def scored(self, held: Round, entered: Sequence[Claim]) -> None:
        """Each scores each; when the round is over and all are in, the scores open and the chair signs the minutes."""
        panel = held.panel
        self.calendar.on(self.span.day(9))
        for at, claim in enumerate(entered):
            for seat, name in enumerate(SCORERS):
                skill, gain = POINTS[at % len(POINTS)]
                panels.score(panel, self.desk[name], claim, {"skill": skill - seat, "gain": gain + seat})
        self.calendar.on(self.span.day(10), 60)
        panels.open_when_ready(panel)
        awards = {}
        for each in entered:
            interval = panels.open_interval(each)
            if interval is not None:
                awards[each.pk] = interval.at_most(OPEN_AMOUNT)
        panels.conclude(panel, self.desk[CHAIR], self.span.day(10), "按得分排序，名额内入选，其余候补。", awards)

    def placed(self, held: Round) -> list[Claim]:
        """Those with a place are reviewed by two; one without is ended with its rank."""
        won: list[Claim] = []
        lost: list[Claim] = []
        for place in held.places.select_related("claim").order_by("rank"):
            (won if place.standing == "in" else lost).append(place.claim)
        self.calendar.on(self.span.day(11), 120)
        for claim in won:
            review.review(fresh(claim), self.desk["reviewer"])
        self.calendar.on(self.span.day(12), 180)
        for claim in won:
            review.second_review(fresh(claim), self.desk["second-reviewer"])
        for claim in lost[:1]:
            rounds.decline(fresh(claim), self.desk["reviewer"])
        return [fresh(each) for each in won]


def _entitled(claim: Claim) -> bool:
    made = claim.determinations.order_by("-number").first()
    return made is not None and made.outcome == "entitled" and bool(made.point)
