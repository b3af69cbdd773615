"""A contest in the small town: firms that hold its items, each may have up to 30,000 yuan (萧人社 match-funding), and a panel."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from huijiang import present
from huijiang.access.models import Agency
from huijiang.access.viewers import as_agent
from huijiang.accounts.models import Role, User
from huijiang.accounts.viewers import Viewer, as_staff, today
from huijiang.claims import determine, intake, panels, review, rounds
from huijiang.claims.models import Claim, Panel, PanelMember, Round
from huijiang.claims.models.rounds import Late, Ranking, Ties
from huijiang.registry.models import MODELS, Coverage, Organisation
from tests.huijiang.claims.office import ON, Office
from tests.huijiang.entitlements.town import DAY, account
from tests.huijiang.forced import past_the_triggers

MATCH = "xiaoshan-2025-3#match-funding"
CEILING = 3_000_000  # 3 万元/项, fen
CRITERIA = ({"id": "scale", "name": "规模", "weight": 600}, {"id": "level", "name": "水平", "weight": 400})


@dataclass
class Arena:
    """`firms`: agents of 6 firms; `items`: their contest items; `experts`: people who may sit on a panel."""

    desk: Office
    firms: list[Viewer] = field(default_factory=list)
    items: list[Any] = field(default_factory=list)
    experts: list[User] = field(default_factory=list)
    round: Round | None = None
    panel: Panel | None = None

    def opened(self, panel: bool = False, **values: Any) -> Round:
        """A round made by one officer and published by another; open since yesterday, to tomorrow."""
        now = dt.datetime.now(dt.UTC)
        told = {
            "name": "2026 年技术比武", "benefits": [MATCH], "opens_at": now - dt.timedelta(days=1),
            "closes_at": now + dt.timedelta(days=1), "ranking": Ranking.TIME, "late": Late.REFUSE, **values,
        }  # fmt: skip
        held = rounds.draft(self.desk.staff["first"], self.desk.town.xiaoshan, **told)
        if panel:
            due = max(present.day_of(told["closes_at"]), today()) + dt.timedelta(days=7)
            self.panel = panels.make(held, self.desk.staff["first"], CRITERIA, 3, due)
        self.round = rounds.publish(held, self.desk.staff["second"])
        return self.round

    def over(self, held: Round | None = None) -> Round:
        """The days pass: the round's end is a minute ago.  (A published round does not change; only its clock does here.)"""
        found = held or self.round
        assert found is not None
        with past_the_triggers():
            Round.objects.filter(pk=found.pk).update(closes_at=dt.datetime.now(dt.UTC) - dt.timedelta(minutes=1))
        found.refresh_from_db()
        if self.panel is not None:
            self.panel = Panel.objects.select_related("round").get(pk=self.panel.pk)
        return found

    def day_over(self) -> None:
        """The panel's last day is yesterday."""
        assert self.panel is not None
        with past_the_triggers():
            Panel.objects.filter(pk=self.panel.pk).update(due_on=today() - dt.timedelta(days=1))
        self.panel.refresh_from_db()

    def draft(self, at: int) -> Claim:
        agent = self.firms[at]
        claim = intake.open_draft(agent, self.desk.town.xiaoshan, MATCH, f"contest_item:{self.items[at].pk}", on=ON)
        kept = intake.make_account(agent, holder=f"企业{at}", number=f"622202000000000{at}", bank="甲银行",
                                   organisation=agent.organisation)  # fmt: skip
        return intake.use_account(claim, agent, kept)

    def sent(self, at: int) -> Claim:
        return intake.submit(self.draft(at), self.firms[at], on=ON)

    def in_review(self, at: int) -> Claim:
        claim = self.desk.after(review.accept, self.sent(at), "intake", on=ON)
        review.checked(claim, None, on=ON)
        claim.refresh_from_db()
        return claim

    def seated(self, members: int = 3) -> list[Viewer]:
        """The chair and some members, named by one officer and confirmed by another; the chair is first."""
        assert self.panel is not None
        for user in self.experts[: members + 1]:
            chairs = user == self.experts[0]
            member = panels.appoint(self.panel, self.desk.staff["first"], user, chairs)
            panels.confirm(member, self.desk.staff["second"])
        return [viewer_of(each) for each in self.experts[: members + 1]]

    def member(self, user: User) -> PanelMember:
        assert self.panel is not None
        return self.panel.members.get(user=user)

    def scored(self, viewer: Viewer, claim: Claim, scale: int, level: int, words: str = "") -> None:
        assert self.panel is not None
        panels.score(self.panel, viewer, claim, {"scale": scale, "level": level}, words)


def viewer_of(user: User) -> Viewer:
    found = as_staff(user)
    assert found is not None
    return found


def arena(desk: Office) -> Arena:
    made, town = Arena(desk), desk.town
    told: dict[str, Any] = {"managed_by": town.xiaoshan, "source": "登记", "as_of": DAY}
    contest = MODELS["contest"].objects.create(
        name="技术比武", level="区级", place=town.xiaoshan, held_on="2026-05-01", **told
    )
    for at in range(6):
        firm = Organisation.objects.create(name=f"企业{at}", kind="企业", place=town.xiaoshan, **told)
        user = account(f"firm-{at}", f"企业{at}经办")
        Agency.objects.create(
            user=user, organisation=firm, power="owner", starts_on=dt.date(2020, 1, 1), appointed_by=town.counter_user
        )
        agent = as_agent(user)
        assert agent is not None
        made.firms.append(agent)
        made.items.append(MODELS["contest_item"].objects.create(
            contest=contest, name=f"项目{at}", organiser=firm, held_on=dt.date(2026, 5, 10 - at), **told))  # fmt: skip
    for table in ("contest", "contest_item"):
        Coverage.objects.create(table=table, complete=True, source="登记", as_of=DAY)
    made.experts = [account(f"expert-{at}", f"专家{at}", Role.ASSESSOR, town.xiaoshan) for at in range(7)]
    return made


__all__ = ["CEILING", "CRITERIA", "MATCH", "Arena", "Late", "Ranking", "Ties", "arena", "determine", "viewer_of"]
