"""A claim from a result of the nightly run to whatever state the demo's year leaves it in, through the services.

Whoever is paid files: a demo worker or firm for itself, everybody else at the counter.  Each step takes its working
days on the demo's calendar: sent in, accepted a day later, determined after three, reviewed again after five.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from django.db.models import Max

from huijiang.accounts.viewers import Viewer, today
from huijiang.claims import (
    deciding,
    determine,
    disputes,
    intake,
    locks,
    moving,
    opinions,
    public_notice,
    questions,
    review,
)
from huijiang.claims.errors import ClaimError, Incomplete
from huijiang.claims.models import Batch, Claim, Movement, Round
from huijiang.claims.models.claim import Way
from huijiang.claims.models.decision import Basis, Outcome
from huijiang.claims.models.disputes import Ground
from huijiang.claims.states import Event, State
from huijiang.demo.calendar import Calendar
from huijiang.demo.people import Desk
from huijiang.entitlements.models import Standing

STEP: Final = 20  # minutes between two acts of a day
OPEN_AMOUNT: Final = 300_000  # fen: what a person settles where the text leaves the amount open
FOUND: Final = "已对照主管部门的名单核实“%s”（演示）。"
OBJECTIONS: Final = (
    (Ground.PERSON, "公示的对象与我了解的情况不一致，请核实。"),
    (Ground.CONDITION, "据我所知，公示期前已经不在该单位了，请核对在岗和参保情况。"),
    (Ground.AMOUNT, "公示的金额比文件写的高，请说明是怎样算出来的。"),
    (Ground.OTHER, "同一件事别处好像已经领过一次，请查一查。"),
)
ITEMS: Final = ({"code": "scan", "words": "证书扫描件不清晰，请重新上传。"},
                {"code": "account", "words": "开户行名称不完整，请补充到支行。"})  # fmt: skip


class Filing:
    """The office at work on one claim after another.  Each method gives the claim as it then stands."""

    def __init__(self, desk: Desk, calendar: Calendar) -> None:
        self.desk, self.calendar = desk, calendar
        self.count = self.heard = 0
        self.began = calendar.spans[0].begins
        self.alone: dict[tuple[int | None, int | None], Viewer] = {}

    def begins(self, day: dt.date) -> None:
        """The next claim comes in on a day; its office steps count from there."""
        self.count += 1
        self.began = day
        self.calendar.on(day, self.count * 37)

    def after(self, days: int) -> None:
        """So many days after it came in, and after what was done before."""
        self.later(self.began + dt.timedelta(days=days), self.count * 37)

    def later(self, day: dt.date, minutes: int) -> None:
        """On a day, and after what was done before."""
        self.calendar.after(self.calendar.clock.moment, day, minutes, STEP)

    # -- coming in -------------------------------------------------------------------
    def filer(self, standing: Standing) -> Viewer:
        """Who files for a result."""
        own = self.desk.workers.get(standing.person_id or 0) or self.desk.agents.get(standing.organisation_id or 0)
        return own or self.alone.get(party_of(standing)) or self.desk["counter"]

    def files_alone(self, standing: Standing, alone: bool) -> None:
        """Whether the next one files for itself (with an account of its own), or comes to the counter."""
        self.alone = {party_of(standing): self.desk.own(*party_of(standing))} if alone else {}

    def draft(
        self, standing: Standing, *, batch: Batch | None = None, round: Round | None = None, proactive: bool = False,
    ) -> Claim:  # fmt: skip
        """A draft with its account.  Raises ClaimError where nothing can be claimed for the event."""
        viewer = self.filer(standing)
        told: dict[str, Any] = {"person": standing.person_id, "organisation": standing.organisation_id}
        if proactive:
            return intake.open_draft(None, self.desk.region, standing.benefit, standing.holder, **told)
        claim = intake.open_draft(viewer, self.desk.region, standing.benefit, standing.holder, batch=batch, round=round,
                                  way=Way.FIRM if batch else None, **told)  # fmt: skip
        return claim if claim.account_id is not None else use_new_account(claim, viewer, 1)

    def submitted(self, standing: Standing, batch: Batch | None = None, round: Round | None = None) -> Claim:
        """Sent in; questions that no register answers are answered with "I don't know"."""
        claim, viewer = self.draft(standing, batch=batch, round=round), self.filer(standing)
        try:
            return intake.submit(claim, viewer)
        except Incomplete:
            answers = [{"table": q.table, "complete": False} if not q.column else
                       {"table": q.table, "row": q.row, "column": q.column, "value": None}
                       for q in questions.open_questions(claim, today())]  # fmt: skip
            return intake.submit(intake.save_answers(claim, viewer, answers), viewer)

    # -- in the office ---------------------------------------------------------------
    def accepted(self, claim: Claim) -> Claim:
        self.after(1)
        review.accept(claim, self.desk["intake"])
        return fresh(claim)

    def checked(self, claim: Claim) -> Claim:
        """Checked and determined from the facts of the day."""
        claim = self.accepted(claim)
        self.after(3)
        review.checked(claim, self.desk["reviewer"])
        return fresh(claim)

    def in_review(self, claim: Claim, judged: bool = False) -> Claim:
        """Checked and determined; what the text leaves to a judgement is found as met (`judged`), or left open; where it
        leaves an interval, a reviewer settles it."""
        claim = self.checked(claim)
        made = moving.last_of(claim)
        for label in opinions.left(claim) if judged else ():
            self.after(3)
            made = deciding.give_opinion(claim, self.desk["reviewer"], label, True, FOUND % label)
        if made is not None and made.point is None and (asked := determine.asked(made)) is not None:
            self.after(3)
            determine.determine(locks.claim(claim), self.desk["reviewer"], figure=asked.at_most(OPEN_AMOUNT),
                                basis=Basis.AUDITED_COST, basis_words="按审定的实际支出核定（演示）。")  # fmt: skip
        return claim

    def second_review(self, claim: Claim) -> Claim:
        """Reviewed by one.  Raises ClaimError with the conditions for which nothing can be granted."""
        claim = self.in_review(claim, judged=True)
        made = moving.last_of(claim)
        if made is not None and made.outcome != Outcome.ENTITLED:
            which = "、".join(f"“{each}”" for each in determine.open_conditions(made))
            raise ClaimError(f"{which}{'还没有定' if made.outcome == Outcome.UNKNOWN else '不满足'}")
        self.after(4)
        review.review(claim, self.desk["reviewer"])
        return fresh(claim)

    def on_notice(self, claim: Claim) -> Claim:
        """Approved by two people; waits for its notice, or (where none is due) stands approved."""
        claim = self.second_review(claim)
        self.after(5)
        review.second_review(claim, self.desk["second-reviewer"])
        return fresh(claim)

    def refused(self, claim: Claim, condition: str = "") -> Claim:
        """Refused with a condition that does not hold, the first where none is named.  Raises ClaimError where it (or
        all) hold."""
        claim = self.in_review(claim)
        self.after(4)
        made = moving.last_of(claim)
        open_ = determine.open_conditions(made) if made is not None else []
        if not open_ or (condition and condition not in open_):
            raise ClaimError(f"{claim}: 条件都满足 every condition holds" if not open_ else f"“{condition}”满足")
        why = condition or open_[0]
        review.refuse(claim, self.desk["reviewer"], why, f"经核查，“{why}”这一条件不满足，详见办件的事实清单。")
        return fresh(claim)

    def contested(self, claim: Claim) -> Claim:
        """Whoever was refused objects three days later; somebody who signed nothing on it answers after another three."""
        self.after(7)
        disputes.make(
            claim,
            self.desk.own(claim.payee_person_id, claim.payee_organisation_id),
            Ground.REFUSAL,
            "登记的事实可能有误，请复核。",
        )
        self.after(10)
        return self.answered(fresh(claim), upheld=False)

    def awaiting_correction(self, claim: Claim) -> Claim:
        self.after(1)
        review.request_correction(claim, self.desk["intake"], ITEMS)
        return fresh(claim)

    def objected(self, claim: Claim, name: str = "") -> Claim:
        """A visitor objects to what stands on a notice."""
        self.heard += 1
        ground, words = OBJECTIONS[self.heard % len(OBJECTIONS)]
        name = name or f"{'王李周吴'[self.heard % 4]}某某"
        disputes.make(claim, None, ground, words, name=name, contact="13900000000")
        return fresh(claim)

    def answered(self, claim: Claim, upheld: bool) -> Claim:
        """Somebody who signed nothing on it answers."""
        words = "核实后异议成立，重新核定。" if upheld else "已逐项核对登记的事实，与原来的认定一致，异议不成立。"
        for each in claim.disputes.filter(answered_at=None):
            disputes.answer(each, self.desk["supervisor"], upheld, words)
        return fresh(claim)

    def announce(self, claims: list[Claim], day: dt.date, minutes: int) -> None:
        """One notice for each benefit, on a day, after what was done about its claims."""
        waiting: dict[str, list[Claim]] = {}
        for each in claims:
            if each.state == State.PUBLIC_NOTICE:
                waiting.setdefault(each.benefit, []).append(each)
        self.calendar.on(day, minutes)
        moved = Movement.objects.filter(claim__in=[each for together in waiting.values() for each in together])
        done = moved.aggregate(at=Max("at"))["at"]
        if done is not None:
            self.calendar.after(done, day, minutes, STEP)
        for together in waiting.values():
            public_notice.publish(self.desk["reviewer"], together)

    def closed(self, claim: Claim) -> Claim:
        moving.move(locks.claim(claim), Event.CLOSE, self.desk["reviewer"])
        return fresh(claim)


def party_of(standing: Standing) -> tuple[int | None, int | None]:
    return standing.person_id, standing.organisation_id


def use_new_account(claim: Claim, viewer: Viewer, which: int) -> Claim:
    """An account of whoever is paid, numbered so that no bank has it."""
    payee: Any = claim.payee_organisation or claim.payee_person  # one of the two: the database keeps it
    kind = "1" if claim.payee_person_id else "2"
    account = intake.make_account(
        viewer, holder=str(payee.name), number=f"9999{kind}{which}{payee.pk:013d}", bank=f"演示银行第{which}支行",
        cnaps=f"99999900001{which}", person=claim.payee_person_id, organisation=claim.payee_organisation_id,
    )  # fmt: skip
    return intake.use_account(claim, viewer, account)


def fresh(claim: Claim) -> Claim:
    return Claim.objects.get(pk=claim.pk)
