"""The pages of rounds and panels for the gate: a round that was judged, one that is open, a draft of one."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from huijiang.accounts.models import Role, User
from huijiang.accounts.viewers import today
from huijiang.claims import panels, rounds
from huijiang.claims.models import Claim, Round
from huijiang.claims.models.rounds import Late, Ranking
from huijiang.sealed import keys
from tests.huijiang.claims.arena import MATCH, Arena, arena
from tests.huijiang.claims.office import office
from tests.huijiang.entitlements.town import account, town
from tests.huijiang.gate.pages import Page


@dataclass
class World:
    ground: Arena
    judged: Round
    open: Round
    drafted: Round
    claims: list[Claim]
    steward: User

    @property
    def officer(self) -> User:
        return self.ground.desk.user("first")

    @property
    def second(self) -> User:
        return self.ground.desk.user("second")

    @property
    def chair(self) -> User:
        return self.ground.experts[0]

    @property
    def member(self) -> User:
        return self.ground.experts[1]


def world() -> World:
    """Three claims judged by three; a second round with a panel that has not begun; a third as a draft."""
    keys.ensure(settings.KEY_FILE)
    ground = arena(office(town()))
    judged = ground.opened(panel=True, ranking=Ranking.SCORE, quota=1, late=Late.ACCEPT)
    claims = [ground.in_review(at) for at in range(2)]
    chair, *members = ground.seated(3)
    for viewer in members:
        for claim, points in zip(claims, (80, 60), strict=True):
            ground.scored(viewer, claim, points, points, "符合要求")
    ground.over()
    assert ground.panel is not None
    panels.open_when_ready(ground.panel)
    panels.conclude(
        ground.panel, chair, today(), "按得分排序，第一名入选。", {claims[0].pk: 2_000_000, claims[1].pk: 1_000_000}
    )
    judged.refresh_from_db()
    open_ = ground.opened(panel=True, name="第二批", ranking=Ranking.SCORE, quota=2, late=Late.ACCEPT)
    claims.append(ground.in_review(3))
    ground.seated(3)
    now = dt.datetime.now(dt.UTC)
    drafted = rounds.draft(ground.desk.staff["first"], ground.desk.town.xiaoshan, name="第三批", benefits=[MATCH],
                           opens_at=now, closes_at=now + dt.timedelta(days=9))  # fmt: skip
    return World(
        ground,
        judged,
        open_,
        drafted,
        claims,
        account("rounds-steward", "政策员", Role.STEWARD, ground.desk.town.xiaoshan),
    )


def page(name: str, who: str = "", query: str = "", **arguments: Any) -> Page:
    def filled(made: World) -> dict[str, Any]:
        return {key: value(made) for key, value in arguments.items()}

    return Page(f"claims:{name}", world, lambda made: getattr(made, who) if who else None, filled, query)


def judged(made: World) -> Any:
    return made.judged.uid


def open_(made: World) -> Any:
    return made.open.uid


PAGES = [
    page("rounds"),
    page("rounds", query="?view=over"),
    page("round", uid=judged),
    page("round", uid=open_),
    page("desk_rounds", "officer"),
    page("round_new", "officer"),
    page("desk_round", "officer", uid=judged),
    page("desk_round", "officer", uid=open_),
    page("desk_round", "second", uid=lambda made: made.drafted.uid),
    page("audited_cost", "officer", uid=lambda made: made.claims[2].uid),
    page("panels", "member"),
    page("panel", "member", uid=open_),
    page("score", "member", uid=open_, claim=lambda made: made.claims[2].uid),
    page("score", "member", uid=judged, claim=lambda made: made.claims[0].uid),
    page("minutes", "chair", uid=judged),
    page("points", "steward"),
]
NOT_PAGES = {
    "claims:round_publish": "takes a form and goes back",
    "claims:round_settle": "takes a form and goes back",
    "claims:round_late": "takes a form and goes back",
    "claims:round_decline": "takes a form and goes back",
    "claims:round_panel": "takes a form and goes back",
    "claims:round_members": "takes a form and goes back",
}
