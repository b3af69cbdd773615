"""The small town's office: who takes in, reviews, reviews again, pays; and claims on their way."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from huijiang.access.viewers import as_agent, as_worker
from huijiang.accounts.models import Role, User
from huijiang.accounts.viewers import Viewer, as_staff
from huijiang.claims import acts, dues, intake, moving, public_notice, review
from huijiang.claims.models import Act, Claim, ServiceTerms
from huijiang.claims.models.decision import Kind
from huijiang.claims.states import Event, State
from huijiang.registry.models import MODELS, Person
from tests.huijiang.entitlements.town import CHIEF, DAY, TRAINER, Town, account

ON = dt.date(2026, 11, 23)  # a Monday
OFFICERS = (
    ("intake", Role.INTAKE), ("first", Role.REVIEWER), ("second", Role.SECOND_REVIEWER), ("third", Role.REVIEWER),
    ("fourth", Role.SECOND_REVIEWER), ("watch", Role.SUPERVISOR), ("cashier", Role.FINANCE), ("treasurer", Role.FINANCE),
)  # fmt: skip


@dataclass
class Office:
    """`staff`: name → viewer, all of 萧山."""

    town: Town
    staff: dict[str, Viewer] = field(default_factory=dict)
    worker: Any = None
    agent: Any = None

    def user(self, name: str) -> User:
        return self.staff[name].user

    # -- a claim, so far ---------------------------------------------------------------
    def draft(self, benefit: str = CHIEF) -> Claim:
        """The worker's own allowance; or the training body's grant for her certificate."""
        if benefit == TRAINER:
            viewer, holder = self.agent, f"certificate:{self.town.certificate.pk}"
            owner = {"organisation": self.town.trainer.pk}
        else:
            viewer, holder, owner = self.worker, self.town.holder, {"person": self.town.worker.pk}
        claim = intake.open_draft(viewer, self.town.xiaoshan, benefit, holder, on=ON)
        name = "乙培训学校" if benefit == TRAINER else "林小英"  # as the bank has it: a verifier compares
        kept = intake.make_account(viewer, holder=name, number="6222020000000000", bank="甲银行", **owner)
        return intake.use_account(claim, viewer, kept)

    def submitted(self, benefit: str = CHIEF) -> Claim:
        return intake.submit(self.draft(benefit), self.agent if benefit == TRAINER else self.worker, on=ON)

    def checking(self, benefit: str = CHIEF) -> Claim:
        return self.after(review.accept, self.submitted(benefit), "intake", on=ON)

    def in_review(self, benefit: str = CHIEF) -> Claim:
        claim = self.checking(benefit)
        review.checked(claim, None, on=ON)
        claim.refresh_from_db()
        return claim

    def second_review(self, benefit: str = CHIEF) -> Claim:
        return self.after(review.review, self.in_review(benefit), "first", on=ON)

    def on_notice(self, benefit: str = CHIEF) -> Claim:
        """Put on a notice that ended before today, so that it can be taken down."""
        claim = self.after(review.second_review, self.second_review(benefit), "second", on=ON)
        public_notice.publish(None, [claim], on=ON - dt.timedelta(days=10))
        return claim

    def approved(self, benefit: str = CHIEF) -> Claim:
        claim = self.on_notice(benefit)
        public_notice.take_down()
        claim.refresh_from_db()
        return claim

    def payable(self, benefit: str = CHIEF) -> Claim:
        claim = self.approved(benefit)
        dues.mark_payable(claim, None)
        return claim

    def paid(self, benefit: str = CHIEF) -> Claim:
        claim = self.payable(benefit)
        self.released(claim, "batch-1")
        dues.mark_paid(claim, None)
        return claim

    def released(self, claim: Claim, occasion: str) -> None:
        """Both signatures of finance on a payment."""
        made = moving.last_of(claim)
        with transaction.atomic():
            acts.sign(claim, self.staff["cashier"], Kind.FINANCE, made, occasion)
            acts.sign(claim, self.staff["treasurer"], Kind.RELEASE, made, occasion)

    def refused(self, benefit: str = CHIEF) -> Claim:
        """Refused by the first reviewer, once another place is known to have granted the honour (trained the worker)."""
        claim = self.checking(benefit)
        if benefit == CHIEF:
            MODELS["recognition"].objects.filter(pk=self.town.honour.pk).update(granted_by=self.town.yuyao)
        else:
            MODELS["certificate"].objects.filter(pk=self.town.certificate.pk).update(trained_directly=False)
        review.checked(claim, None, on=ON)
        claim.refresh_from_db()
        condition = "萧山区选树" if benefit == CHIEF else "由该机构直接培养"
        return self.after(review.refuse, claim, "first", condition, "称号不是本区选树的。")

    def again(self, number: int, state: State = State.PAYABLE) -> Claim:
        """One more claim of the training body, for another certificate of hers, as far as payable."""
        old, told = self.town.certificate, {"managed_by": self.town.xiaoshan, "source": "登记", "as_of": DAY}
        made = MODELS["certificate"].objects.create(
            holder=Person.objects.create(name=f"林学员{number}", birth_date="1990-01-01", employer=self.town.employer,
                                         works_in=self.town.xiaoshan, spouse_none=True, **told),
            holder_employer=old.holder_employer, issuer=old.issuer, trainer=old.trainer, trained_directly=True, kind=old.kind,
            occupation=old.occupation, level=old.level, issued_on=old.issued_on, first_stated=True, **told,
        )  # fmt: skip
        owner = {"organisation": self.town.trainer.pk}
        claim = intake.open_draft(self.agent, self.town.xiaoshan, TRAINER, f"certificate:{made.pk}", on=ON)
        kept = intake.make_account(
            self.agent, holder="乙培训学校", number=f"62220200000000{number:02}", bank="甲银行", **owner
        )
        claim = intake.submit(intake.use_account(claim, self.agent, kept), self.agent, on=ON)
        claim = self.after(review.accept, claim, "intake", on=ON)
        review.checked(claim, None, on=ON)
        if state == State.IN_REVIEW:
            claim.refresh_from_db()
            return claim
        self.after(review.review, claim, "first", on=ON)
        self.after(review.second_review, claim, "second", on=ON)
        public_notice.publish(None, [claim], on=ON - dt.timedelta(days=10))
        public_notice.take_down()
        if state == State.PAYABLE:
            claim.refresh_from_db()
            dues.mark_payable(claim, None)
        claim.refresh_from_db()
        return claim

    def after(self, act: Any, claim: Claim, name: str, *said: Any, **more: Any) -> Claim:
        act(claim, self.staff[name], *said, **more)
        claim.refresh_from_db()
        return claim

    def without_notice(self) -> None:
        """From now on the office's benefits need no public notice."""
        ServiceTerms.objects.create(region=self.town.xiaoshan, notice_due=False, made_by=self.user("first"))


def office(town: Town) -> Office:
    made = Office(town, worker=as_worker(town.worker_user), agent=as_agent(town.agent_user))
    for login, role in OFFICERS:
        viewer = as_staff(account(f"claims-{login}", login, role, town.xiaoshan))
        assert viewer is not None
        made.staff[login] = viewer
    counter = as_staff(town.counter_user)
    assert counter is not None
    made.staff["counter"] = counter
    return made


def humans(claim: Claim) -> list[str]:
    return list(Act.objects.filter(claim=claim, voided_at=None).values_list("human", flat=True))


__all__ = ["ON", "Event", "Office", "State", "humans", "office"]
