"""Money's whole life by chance: whatever is pressed in whatever order, the books agree and nothing is paid twice.

What the machine expects of a payment is worked out from what the bank told, not from the program's tables.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import settings as hypothesis
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from huijiang.claims.models import Due
from huijiang.funds import batches, journal, recoveries, reserving, returned, reversing
from huijiang.funds.models import Account, Batch, Entry, Payment, Reservation
from huijiang.sealed import keys
from tests.huijiang.claims.office import office
from tests.huijiang.entitlements.town import town
from tests.huijiang.funds.many import payable
from tests.huijiang.funds.treasury import DAY, YUAN, Treasury

pytestmark = [pytest.mark.django_db, pytest.mark.hypothesis]
AMOUNT = 1_000 * YUAN
STEPS = 30
WORDS = ("成功", "失败", "退票")


class Undone(Exception):
    """Takes an example's rows back."""


def test_whatever_is_pressed_the_books_agree(db: None, settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    keys.ensure(settings.KEY_FILE)
    treasury = Treasury(office(town()), yuan=6_000)  # for six of eight

    reached: set[str] = set()

    class Life(Money):
        desk = treasury

        def teardown(self) -> None:
            reached.update(Payment.objects.values_list("state", flat=True))
            super().teardown()

    few = hypothesis(max_examples=max(6, hypothesis().max_examples // 20), stateful_step_count=STEPS)
    run_state_machine_as_test(Life, settings=few)
    assert reached >= {"sent", "returned"}, reached  # or nothing was tried


class Money(RuleBasedStateMachine):
    """Eight claims of 1,000 yuan on a line of 6,000; three of finance, and a bank that says anything."""

    desk: Treasury

    def __init__(self) -> None:
        super().__init__()
        self.left = transaction.atomic()
        self.left.__enter__()
        self.told: dict[str, str] = {}  # reference → what the bank's news come to
        self.number = 0

    @initialize()
    def eight_approved(self) -> None:
        self.desk.pays_for("人才专项资金")
        self.dues = [each.pk for each in payable(8, self.desk.place, self.desk.maker, "人才专项资金", amount=AMOUNT)]
        self.allotted = 6_000 * YUAN
        reserving.reserve(
            list(Due.objects.filter(pk__in=self.dues[:5]).select_related("claim__region")), self.desk.maker
        )
        self.desk.sent()  # the bank has something to speak of

    def teardown(self) -> None:
        undone = Undone()
        self.left.__exit__(Undone, undone, None)

    # -- what people press ------------------------------------------------------------
    @rule(which=st.integers(0, 7))
    def reserve(self, which: int) -> None:
        reserving.reserve([Due.objects.select_related("claim__region").get(pk=self.dues[which])], self.desk.maker)

    @rule()
    def money_comes(self) -> None:
        if self.allotted < 10_000 * YUAN:
            self.desk.allot(1_000)
            self.allotted += AMOUNT
        reserving.serve_waiting(self.desk.line)

    @rule()
    def build(self) -> None:
        self.tried(lambda: batches.build(self.desk.place, self.desk.source, self.desk.maker, pay_on=DAY, most=3))

    @rule(at=st.integers(0, 5))
    def freeze(self, at: int) -> None:
        self.on_batch(at, lambda batch: batches.freeze(batch, self.desk.maker))

    @rule(
        at=st.integers(0, 5),
        kind=st.sampled_from(["finance", "release"]),
        who=st.sampled_from(["maker", "chief", "third"]),
    )
    def sign(self, at: int, kind: str, who: str) -> None:
        self.on_batch(at, lambda batch: batches.sign(batch, getattr(self.desk, who), kind))

    @rule(at=st.integers(0, 5))
    def both_sign_and_send(self, at: int) -> None:
        def all_of_it(batch: Batch) -> None:
            frozen = batches.freeze(batch, self.desk.maker)
            batches.sign(frozen, self.desk.chief, "finance")
            batches.send(batches.sign(frozen, self.desk.third, "release"), self.desk.maker)

        self.on_batch(at, all_of_it)

    @rule(at=st.integers(0, 5))
    def send(self, at: int) -> None:
        self.on_batch(at, lambda batch: batches.send(batch, self.desk.maker))

    @rule(at=st.integers(0, 5))
    def drop(self, at: int) -> None:
        self.on_batch(at, lambda batch: batches.drop(batch, self.desk.maker, "试验"))

    @precondition(lambda self: Payment.objects.exists())
    @rule(at=st.integers(0, 20), word=st.sampled_from(WORDS), twice=st.booleans())
    def the_bank_says(self, at: int, word: str, twice: bool) -> None:
        """Of any payment, sent or not, once or twice in a file."""
        found = list(Payment.objects.order_by("pk"))
        payment = found[at % len(found)]
        before = payment.state
        self.number += 1
        stranger = ((f"HJ-nobody-{self.number}", word, "1.00", DAY, None, None),)  # makes each file another
        self.desk.told(*[(payment, word)] * (1 + twice), extra=stranger)
        self.told[payment.reference] = expected(before, word)

    @rule(at=st.integers(0, 7), part=st.sampled_from([1, 2]))
    def take_back(self, at: int, part: int) -> None:
        """Half or all of a paid payment is found undue, proposed, decided and comes back."""
        paid = list(Payment.objects.filter(state="paid", recoveries=None).order_by("pk"))
        if paid:
            payment = paid[at % len(paid)]
            finding = recoveries.find(payment, "R12", "paid_twice", {})
            recoveries.propose(finding, self.desk.chief, payment.amount // part, "试验")
            opened = recoveries.decide(finding, self.desk.third, DAY)
            recoveries.came_back(opened, opened.amount, DAY, f"B{payment.pk}", self.desk.maker)

    @precondition(lambda self: Entry.objects.filter(kind="recovered", reversed_by=None).exists())
    @rule(at=st.integers(0, 7))
    def reverse_twice(self, at: int) -> None:
        """An arrival is undone by two; pressing twice is undoing it once."""
        found = list(Entry.objects.filter(kind="recovered", reversed_by=None).order_by("pk"))
        entry = found[at % len(found)]
        if not reversing.way_back(entry):
            asked = reversing.ask(entry, self.desk.maker, "试验")
            assert reversing.agree(asked, self.desk.chief) == reversing.agree(asked, self.desk.third)

    @rule(at=st.integers(0, 7))
    def give_back(self, at: int) -> None:
        """What came back is given back by two."""
        found = returned.standing([self.desk.place.path])
        if found:
            one = found[at % len(found)]
            pot = Account.objects.get(pk=one.account)
            returned.agree(returned.ask(pot, [one.payment.pk], self.desk.maker, "试验"), self.desk.chief)

    @invariant()
    def what_came_back_never_stands_twice(self) -> None:
        pots = Account.objects.filter(source=self.desk.source, kind="returned").values_list("balance", flat=True)
        assert sum(pots) == -sum(each.amount for each in returned.standing([self.desk.place.path]))
        assert all(balance <= 0 for balance in pots)

    # -- how ------------------------------------------------------------------------
    def on_batch(self, at: int, act: Any) -> None:
        found = list(Batch.objects.order_by("pk"))
        if found:
            self.tried(lambda: act(found[at % len(found)]))

    def tried(self, act: Any) -> None:
        """Done, or refused in words: the office's refusals are no faults."""
        try:
            with transaction.atomic():
                act()
        except batches.BatchError:
            return

    # -- what always holds --------------------------------------------------------------
    @invariant()
    def books_agree(self) -> None:
        with connection.cursor() as cursor:  # as at the end of a transaction: balances move then
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        assert journal.disagreements() == []

    @invariant()
    def each_is_paid_once_and_as_the_bank_said(self) -> None:
        live = Payment.objects.filter(state__in=Payment.LIVE).values_list("due", flat=True)
        assert len(set(live)) == len(live)
        for payment in Payment.objects.filter(reference__in=self.told):
            said = self.told[payment.reference]
            if said:
                assert payment.state == said, payment

    @invariant()
    def the_line_is_not_exceeded_and_the_bank_account_is_what_left_it(self) -> None:
        line = self.desk.line
        line.refresh_from_db()
        assert line.reserved + line.spent <= line.allotted
        held = Reservation.objects.filter(line=line).exclude(state="released").count()
        assert line.reserved + line.spent == held * AMOUNT
        banked = sum(Account.objects.filter(source=self.desk.source, kind="bank").values_list("balance", flat=True))
        paid = sum(each.amount for each in Payment.objects.filter(state="paid"))
        back = sum(each.back for payment in Payment.objects.all() for each in payment.recoveries.all())
        assert banked == line.allotted - paid + back


def expected(before: str, word: str) -> str:
    """What a payment is after a line of the bank; empty: as it was, whatever comes next."""
    if before == "sent":
        return {"成功": "paid", "失败": "rejected", "退票": "returned"}[word]
    if before == "paid" and word == "退票":
        return "returned"
    return before if before in ("paid", "rejected", "returned") else ""
