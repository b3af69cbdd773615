"""Whole lives of claims, drawn at random: whoever does whatever, the laws hold after every step."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from huijiang.audit.models import Event as AuditEvent
from huijiang.claims import acts, determine, disputes, dues, intake, locks, moving, public_notice, replay, review
from huijiang.claims.errors import ClaimError, MayNot
from huijiang.claims.models import Act, CapGroup, CapUse, Claim, Dispute, Due, Exclusive, Movement
from huijiang.claims.models.decision import Kind
from huijiang.claims.models.disputes import Ground
from huijiang.claims.states import DECIDED, MOVES, RUNNING, Event, State, moves_from
from huijiang.registry.models import MODELS
from tests.huijiang.claims.office import OFFICERS, ON, Office
from tests.huijiang.entitlements.town import CHIEF, TRAINER

STEPS = 30
STAGES = ("draft", "checking", "in_review", "second_review", "on_notice", "approved", "payable", "paid", "refused")
USUAL = (Event.SUBMIT, Event.ACCEPT, Event.ASK_CORRECTION, Event.CORRECT, Event.CHECKED, Event.REVIEW, Event.SEND_BACK,
         Event.APPROVE, Event.REFUSE, Event.OBJECT, Event.DISMISS, Event.UPHOLD, Event.NOTICE_ENDED, Event.FUND, Event.PAY)  # fmt: skip
"""What the lives together must have come through, or the laws were not tried."""
LONG_AGO = ON - dt.timedelta(days=30)
anybody = st.sampled_from([name for name, _ in OFFICERS])
takers = st.sampled_from(["intake", "intake", "intake", "first", "second"])
firsts = st.sampled_from(["first", "third", "first", "third", "second", "intake"])
seconds = st.sampled_from(["second", "fourth", "second", "fourth", "first", "watch"])
watchers = st.sampled_from(["watch", "fourth", "third", "first", "cashier"])
payers = st.sampled_from(["cashier", "treasurer", "second"])


def during(*events: Event) -> Any:
    """Only while the state table has one of the events: else most lives would end where they began."""
    return precondition(lambda self: any(moves_from(self.claim.state, each) for each in events))


@pytest.mark.hypothesis
def test_the_laws_hold_through_any_life(desk: Office) -> None:
    reached: set[str] = set()

    class Life(Lives):
        def __init__(self) -> None:
            super().__init__(desk)

        def teardown(self) -> None:
            reached.update(Movement.objects.values_list("event", flat=True))
            super().teardown()

    # Each step asks a real database several times: fewer lives than other generated tests, in proportion.
    few = settings(max_examples=max(8, settings().max_examples // 8), stateful_step_count=STEPS)
    run_state_machine_as_test(Life, settings=few)
    assert set(USUAL) <= reached, sorted(set(USUAL) - reached)


class Lives(RuleBasedStateMachine):
    """One claim in whatever state it has come to, an office of eight, an applicant, visitors, a job."""

    def __init__(self, desk: Office) -> None:
        super().__init__()
        self.desk = desk
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.benefit = CHIEF
        self.claim: Any = None
        self.batches = 0
        self.went = 0

    @initialize(stage=st.sampled_from(STAGES), other=st.booleans())
    def begins(self, stage: str, other: bool) -> None:
        """Somewhere on its way, so that late states are tried as often as early ones."""
        self.benefit = TRAINER if other else CHIEF
        self.claim = getattr(self.desk, stage)(self.benefit)

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    def tried(self, act: Any, *said: Any, **more: Any) -> None:
        """Somebody does something that may not be theirs, or not now; the only ways to fail are a claim's own."""
        try:
            with transaction.atomic():
                act(*said, **more)
            self.went += 1
        except (ClaimError, MayNot):
            pass
        self.claim = Claim.objects.get(pk=self.claim.pk)

    @property
    def viewer(self) -> Any:
        return self.desk.agent if self.benefit == TRAINER else self.desk.worker

    # -- the applicant -------------------------------------------------------------------
    @precondition(lambda self: self.claim.state in (State.WITHDRAWN, State.REFUSED, State.CLOSED))
    @rule(other=st.booleans())
    def begins_again(self, other: bool) -> None:
        self.benefit = TRAINER if other else CHIEF
        self.claim = self.desk.draft(self.benefit)

    @during(Event.SUBMIT)
    @rule()
    def sends(self) -> None:
        self.tried(intake.submit, self.claim, self.viewer, on=ON)

    @during(Event.CORRECT)
    @rule()
    def corrects(self) -> None:
        self.tried(intake.correct, self.claim, self.viewer, on=ON)

    @during(Event.WITHDRAW)
    @rule(sure=st.sampled_from([*[False] * 9, True]))
    def withdraws(self, sure: bool) -> None:
        if sure:
            self.tried(intake.withdraw, self.claim, self.viewer)

    @during(Event.OBJECT)
    @rule(visitor=st.booleans())
    def objects(self, visitor: bool) -> None:
        who = {"name": "甲", "contact": "1"} if visitor else {}
        self.tried(disputes.make, self.claim, None if visitor else self.viewer, Ground.OTHER, "不对", on=ON, **who)

    # -- the office ----------------------------------------------------------------------
    @during(Event.ACCEPT)
    @rule(name=takers)
    def accepts(self, name: str) -> None:
        self.tried(review.accept, self.claim, self.desk.staff[name], on=ON)

    @during(Event.CHECKED)
    @rule()
    def is_checked(self) -> None:
        self.tried(review.checked, self.claim, None, on=ON)

    @during(Event.ASK_CORRECTION)
    @rule(name=firsts, code=st.sampled_from("ab"))
    def asks_for_corrections(self, name: str, code: str) -> None:
        self.tried(
            review.request_correction, self.claim, self.desk.staff[name], [{"code": code, "words": code}], on=LONG_AGO
        )

    @during(Event.LAPSE)
    @rule(name=firsts)
    def lets_lapse(self, name: str) -> None:
        self.tried(review.lapse, self.claim, self.desk.staff[name])

    @during(Event.REVIEW)
    @rule(name=firsts)
    def reviews(self, name: str) -> None:
        self.tried(review.review, self.claim, self.desk.staff[name], on=ON)

    @during(Event.APPROVE)
    @rule(name=seconds)
    def reviews_again(self, name: str) -> None:
        self.tried(review.second_review, self.claim, self.desk.staff[name], on=ON)

    @during(Event.SEND_BACK)
    @rule(name=seconds)
    def sends_back(self, name: str) -> None:
        self.tried(review.send_back, self.claim, self.desk.staff[name], "再看", on=ON)

    @during(Event.RECALCULATE)
    @rule(name=firsts)
    def determines_anew(self, name: str) -> None:
        self.tried(review.recalculate, self.claim, self.desk.staff[name], "事实变了", on=ON)

    @during(Event.REFUSE)
    @rule(name=firsts, stated=st.booleans())
    def refuses(self, name: str, stated: bool) -> None:
        """For what the determination finds unmet, or for a condition that it does not."""
        made = moving.last_of(self.claim)
        found = determine.open_conditions(made) if made is not None and stated else []
        self.tried(review.refuse, self.claim, self.desk.staff[name], (*found, "萧山区选树")[0], "不符合")

    @during(Event.DECLINE)
    @rule(name=takers)
    def declines(self, name: str) -> None:
        self.tried(review.decline, self.claim, self.desk.staff[name], "不在申报期", "请下次再来")

    @during(Event.DISMISS)
    @rule(name=watchers, upheld=st.booleans())
    def answers(self, name: str, upheld: bool) -> None:
        for found in Dispute.objects.filter(claim=self.claim, answered_at=None):
            self.tried(disputes.answer, found, self.desk.staff[name], upheld, "答复", on=ON)

    @during(Event.NOTICE_ENDED)
    @rule()
    def puts_on_notice(self) -> None:
        self.tried(public_notice.publish, None, [self.claim], on=LONG_AGO)

    @during(Event.NOTICE_ENDED)
    @rule()
    def takes_notices_down(self) -> None:
        self.tried(public_notice.take_down)

    # -- funds ---------------------------------------------------------------------------
    @during(Event.FUND)
    @rule()
    def is_funded(self) -> None:
        self.tried(dues.mark_payable, self.claim, None)

    @during(Event.PAY)
    @rule(first=payers, second=payers)
    def is_signed_by_finance(self, first: str, second: str) -> None:
        self.batches += 1

        def sign() -> None:
            held = locks.claim(self.claim)
            made = moving.last_of(held)
            if made is None:
                raise ClaimError
            acts.sign(held, self.desk.staff[first], Kind.FINANCE, made, f"b{self.batches}")
            acts.sign(held, self.desk.staff[second], Kind.RELEASE, made, f"b{self.batches}")

        if self.claim.state == State.PAYABLE:
            self.tried(sign)

    @during(Event.PAY)
    @rule()
    def is_paid(self) -> None:
        self.tried(dues.mark_paid, self.claim, None)

    @during(Event.RETURN)
    @rule()
    def is_returned(self) -> None:
        self.tried(dues.mark_returned, self.claim, None)

    @during(Event.NEXT_DUE, Event.FUND)
    @rule(days=st.sampled_from([0, 30, 60]))
    def comes_to_the_next_month(self, days: int) -> None:
        self.tried(dues.next_periods, self.claim, ON + dt.timedelta(days=days))

    @rule(name=anybody, event=st.sampled_from(list(Event)))
    def tries_what_is_not_theirs(self, name: str, event: Event) -> None:
        """Any event by anybody, past the services: the state table and the database alone stand in the way."""
        self.tried(lambda: moving.move(locks.claim(self.claim), event, self.desk.staff[name], on=ON))

    @rule(place=st.sampled_from(["330109", "330109", "330281", None]))
    def facts_change(self, place: str | None) -> None:
        MODELS["recognition"].objects.filter(pk=self.desk.town.honour.pk).update(granted_by=place)

    # -- laws ----------------------------------------------------------------------------
    @invariant()
    def movements_tell_the_state(self) -> None:
        said = list(self.claim.movements.order_by("number"))
        before = State.DRAFT
        for at, each in enumerate(said, 1):
            assert (each.number, each.source) == (at, before)
            row = next(m for m in MOVES if (m.event, m.source, m.target) == (each.event, each.source, each.target))
            assert each.who in row.who
            before = State(each.target)
        assert self.claim.state == before
        events = AuditEvent.objects.filter(subject=f"claim:{self.claim.uid}", action__in=[f"claims.{e}" for e in Event])
        assert events.count() == len(said)

    @invariant()
    def nobody_signs_two_things(self) -> None:
        kinds: dict[str, set[str]] = {}
        for each in Act.objects.filter(claim=self.claim, voided_at=None):
            kinds.setdefault(each.human, set()).add(each.kind)
            assert each.user_id != self.claim.applicant_id
        assert all(len(found) == 1 for found in kinds.values())

    @invariant()
    def refused_by_somebody_for_a_condition(self) -> None:
        if self.claim.state == State.REFUSED:
            said = self.claim.movements.exclude(event__in=("dismiss", "object")).latest("number")
            assert said.by is not None
            assert said.condition
            assert Act.objects.filter(claim=self.claim, user=said.by, kind=Kind.REFUSAL, voided_at=None).exists()

    @invariant()
    def decided_on_two_signatures_and_a_finished_notice(self) -> None:
        if self.claim.state in DECIDED:
            made = moving.last_of(self.claim)
            assert made is not None
            signed = Act.objects.filter(claim=self.claim, digest=made.digest, voided_at=None)
            assert {"review", "second_review"} <= set(signed.values_list("kind", flat=True))
            assert self.claim.notice_entries.filter(digest=made.digest, notice__taken_down_at__isnull=False).exists()

    @invariant()
    def no_more_is_due_than_was_determined(self) -> None:
        made = moving.last_of(self.claim)
        owed = sum(each.amount for each in Due.objects.filter(claim=self.claim, cancelled_at=None))
        if owed:
            assert made is not None
            assert made.point is not None
            assert owed <= made.point + (made.later or 0)
            assert self.claim.state in DECIDED | {State.UNDER_OBJECTION}
        if made is not None:
            assert determine.verify(made)

    @invariant()
    def paid_only_after_two_of_finance(self) -> None:
        for _paid in self.claim.movements.filter(event=Event.PAY):
            kinds = set(Act.objects.filter(claim=self.claim, voided_at=None).values_list("kind", flat=True))
            assert {"finance", "release"} <= kinds

    @invariant()
    def limits_are_kept_and_given_back(self) -> None:
        for group in CapGroup.objects.all():
            assert group.used == sum(each.amount for each in group.uses.filter(released_at=None)) <= group.cap
        if self.claim.state in (State.DRAFT, State.WITHDRAWN, State.IN_REVIEW, State.SECOND_REVIEW):
            assert not CapUse.objects.filter(claim=self.claim, released_at=None).exists()
            assert not Exclusive.objects.filter(claim=self.claim, released_at=None).exists()

    @invariant()
    def the_clock_runs_while_the_office_has_it(self) -> None:
        assert (self.claim.deadline is not None) == (self.claim.state in RUNNING)

    @invariant()
    def what_was_determined_is_determined_again(self) -> None:
        made = moving.last_of(self.claim)
        if made is not None and self.claim.state == State.APPROVED:
            assert replay.replay(made) == []
