"""Closing a period of a dry pro-rata line: computed by one, signed by two, a fen exact, and the rest as the line says."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse

from huijiang.access.models import Binding
from huijiang.claims import dues as claims_dues
from huijiang.claims.models import Claim, Due
from huijiang.funds import batches, journal, letter_tasks, reserving, sharing
from huijiang.funds.models import Closing, ClosingSignature, Line, Portion, Reservation, Waiting
from huijiang.letters.models import Letter
from huijiang.notices.models import Notice
from huijiang.sealed import keys
from tests.huijiang.accounts.people import signed_in
from tests.huijiang.claims.office import office
from tests.huijiang.entitlements.town import town
from tests.huijiang.funds.many import payable
from tests.huijiang.funds.treasury import DAY, Treasury

pytestmark = pytest.mark.django_db
AT = dt.datetime(2026, 12, 2, tzinfo=dt.UTC)
FUND, DOCUMENT = "人才专项资金", "萧人社〔2026〕8号第五条"
ASKED = (100_000, 70_001, 33_333)
SHARES = (49_180, 34_427, 16_393)
"""1,000.00 yuan for 2,033.34, by hand: 100000×100000÷203334 = 49180 rest 33880; 100000×70001÷203334 = 34426 rest 123716;
100000×33333÷203334 = 16393 rest 45738.  Down they sum to 99999; the fen left goes to the largest rest, the second's."""


@pytest.fixture
def poor(db: None, settings: Any, tmp_path: Path) -> Treasury:
    """Three wait on a line without money; then 1,000 yuan come."""
    settings.DATA = tmp_path
    keys.ensure(settings.KEY_FILE)
    made = Treasury(office(town()), yuan=0)
    Line.objects.filter(pk=made.line.pk).update(dry="pro_rata")
    made.pays_for(FUND)
    for amount in ASKED:
        (due,) = payable(1, made.place, made.desk.user("first"), FUND, amount=amount)
        reserving.reserve([due], made.maker, DAY)
    made.allot(1_000)
    assert reserving.serve_waiting(made.line) == []
    return made


def shared(poor: Treasury) -> Closing:
    closing = sharing.compute(poor.line, poor.maker, DOCUMENT)
    sharing.sign(closing, poor.chief)
    return sharing.sign(closing, poor.third)


@pytest.mark.parametrize(
    ("money", "asked", "shares"),
    [
        (100_000, ASKED, SHARES),
        (100, (100, 100, 100), (34, 33, 33)),  # equal rests: whoever waits longer
        (1, (5, 5), (1, 0)),
        (2, (1, 1, 1), (1, 1, 0)),
    ],
)
def test_shares_sum_to_the_money_there(money: int, asked: tuple[int, ...], shares: tuple[int, ...]) -> None:
    assert sharing.shares_of(money, asked).shares == shares
    assert sum(shares) == money


def test_a_period_is_closed_on_the_pages_and_paid_in_proportion(poor: Treasury) -> None:
    line = reverse("funds:line", args=[poor.line.uid])
    maker, chief, third = (signed_in(each) for each in (poor.maker, poor.chief, poor.third))
    close = reverse("funds:close_period", args=[poor.line.uid])
    assert close in maker.get(line).content.decode()
    assert "49.18%" in maker.get(close).content.decode()
    assert maker.post(close, {"document": " "}).status_code == 422
    at = maker.post(close, {"document": DOCUMENT}).headers["Location"]
    closing = Closing.objects.get()
    assert tuple(closing.portions.values_list("share", flat=True)) == SHARES
    assert "491.80" in maker.get(at).content.decode()
    sign = reverse("funds:sign_closing", args=[closing.uid])
    assert "计算的人不能签署" in maker.post(sign).content.decode()
    chief.post(sign)
    chief.post(sign)  # pressing twice
    assert Closing.objects.get().state == "open"
    third.post(sign)
    closing.refresh_from_db()
    poor.line.refresh_from_db()
    assert (closing.state, poor.line.reserved, poor.line.free) == ("applied", 100_000, 0)
    assert sorted(Reservation.objects.values_list("amount", flat=True)) == sorted(SHARES)
    assert set(Claim.objects.values_list("state", flat=True)) == {"payable"}
    assert sorted(Waiting.objects.filter(ended_at=None).values_list("amount", flat=True)) == [16_940, 35_574, 50_820]
    for portion in closing.portions.select_related("due"):
        assert (portion.due.cancelled_because, portion.share_due.amount) == (f"按比例发放 {DOCUMENT}", portion.share)
        assert "萧人社" in portion.clause or "〔" in portion.clause

    # What was shared is paid; when more comes, the rest of the same claims is.
    batch = poor.sent()
    assert batch.total == 100_000
    poor.told(*[(each, "成功") for each in batch.payments.all()])
    assert set(Claim.objects.values_list("state", flat=True)) == {"paid"}
    assert journal.disagreements() == []
    poor.allot(1_033)
    assert reserving.serve_waiting(poor.line) == []  # 34 fen short of all
    poor.allot(1)
    assert len(reserving.serve_waiting(poor.line)) == 3
    rest = poor.sent()
    poor.told(*[(each, "成功") for each in rest.payments.all()])
    for claim in Claim.objects.all():
        assert sum(each.amount for each in claim.dues.filter(cancelled_at=None)) == claim.determinations.get().point
        assert set(claims_dues.outstanding(claim).values()) == {0}
    assert journal.disagreements() == []

    # Each is told, by message and by one letter.
    claim = Claim.objects.order_by("pk").first()
    assert claim is not None
    letter = letter_tasks.issue_share(closing, claim)
    assert letter is not None
    assert letter_tasks.issue_share(closing, claim) is None
    assert (letter.kind, letter.amount) == ("share", 49_180)
    assert DOCUMENT in str(letter.values.open())
    assert Notice.objects.filter(template="funds_shared").count() == 3


def test_the_rest_lapses_where_the_line_says_so(poor: Treasury) -> None:
    Line.objects.filter(pk=poor.line.pk).update(rest="lapse")
    closing = shared(poor)
    assert not Waiting.objects.filter(ended_at=None).exists()
    assert sum(Due.objects.filter(cancelled_at=None).values_list("amount", flat=True)) == 100_000
    (claim, *_others) = Claim.objects.order_by("pk")
    letter = letter_tasks.issue_share(closing, claim)
    assert letter is not None
    assert "其余508.20元不再发放" in str(letter.values.open())


def test_what_can_not_be_shared_is_refused_with_the_reason(poor: Treasury) -> None:
    with pytest.raises(sharing.SharingError, match="依据"):
        sharing.compute(poor.line, poor.maker, "")
    closing = sharing.compute(poor.line, poor.maker, DOCUMENT)
    with pytest.raises(sharing.SharingError, match="在等签署"):
        sharing.compute(poor.line, poor.chief, DOCUMENT)
    poor.allot(1)  # the money moved since
    with pytest.raises(sharing.SharingError, match="作废重算"):
        sharing.sign(closing, poor.chief)
    with pytest.raises(sharing.SharingError, match="原因"):
        sharing.drop(closing, poor.maker, "")
    signed_in(poor.maker).post(reverse("funds:drop_closing", args=[closing.uid]), {"because": "追加了"})
    closing.refresh_from_db()
    assert closing.state == "dropped"
    assert not Due.objects.exclude(cancelled_at=None).exists()
    poor.allot(2_000)
    with pytest.raises(sharing.SharingError, match="够付全部"):
        sharing.compute(poor.line, poor.maker, DOCUMENT)
    Line.objects.filter(pk=poor.line.pk).update(dry="first_come")
    with pytest.raises(sharing.SharingError, match="不按比例"):
        sharing.compute(poor.line, poor.maker, DOCUMENT)


def test_whoever_gains_signs_no_share(poor: Treasury) -> None:
    closing = sharing.compute(poor.line, poor.maker, DOCUMENT)
    payee = Claim.objects.order_by("pk").first()
    assert payee is not None
    Binding.objects.create(user=poor.chief, person=payee.payee_person, way="counter", bound_by=poor.maker)
    with pytest.raises(sharing.SharingError, match="受益"):
        sharing.sign(closing, poor.chief)


def test_the_database_itself_keeps_the_proportion_and_the_two(poor: Treasury) -> None:
    closing = sharing.compute(poor.line, poor.maker, DOCUMENT)
    portion = closing.portions.order_by("id").first()
    assert portion is not None
    for act, law in (
        (lambda: Portion.objects.filter(pk=portion.pk).update(share=portion.share + 1), "in_proportion"),
        (lambda: Closing.objects.filter(pk=closing.pk).update(money=5), "goes_forward"),
        (lambda: Closing.objects.filter(pk=closing.pk).update(state="applied", applied_at=AT), "not signed by two"),
        (lambda: ClosingSignature.objects.create(closing=closing, user=poor.maker, human="x", digest=closing.digest), "by_nobody_who_gains"),
        (lambda: ClosingSignature.objects.create(closing=closing, user=poor.chief, human="x", digest="other"), "by_nobody_who_gains"),
        (lambda: closing.portions.all().delete(), "kept"),
    ):  # fmt: skip
        with pytest.raises(DatabaseError, match=law), transaction.atomic():
            act()
    for user in (poor.chief, poor.third):
        ClosingSignature.objects.create(closing=closing, user=user, human=str(user.pk), digest=closing.digest)
    with pytest.raises(DatabaseError, match="hold 0"), transaction.atomic():  # signed, and no money is held
        Closing.objects.filter(pk=closing.pk).update(state="applied", applied_at=AT)


def test_the_database_itself_keeps_parts_within_their_due(poor: Treasury) -> None:
    whole = Due.objects.order_by("pk").first()
    assert whole is not None
    with pytest.raises(ValueError, match="不能拆出"):
        claims_dues.split(whole, whole.amount, poor.maker, "试验", rest=True)
    now, rest = claims_dues.split(whole, 40_000, poor.maker, "试验", rest=True)
    assert rest is not None
    assert (now.part, now.amount, rest.part, rest.amount) == (1, 40_000, 2, 60_000)
    told = {
        name: getattr(now, name)
        for name in ("claim_id", "determination_id", "benefit", "holder", "due_on", "fund", "payee_person_id")
    }
    Due.objects.filter(pk=rest.pk).update(cancelled_at=AT, cancelled_because="试验")
    with pytest.raises(DatabaseError, match="parts_within"), transaction.atomic():
        Due.objects.create(**told, part=2, split_from=whole, amount=1)
    with pytest.raises(IntegrityError, match="due_part_from_one"), transaction.atomic():
        Due.objects.create(**told, part=2, amount=1)


def test_a_share_is_held_for_its_batch_alone(poor: Treasury) -> None:
    """Whoever waits later than the computation waits for the next period, and overtakes nobody."""
    closing = sharing.compute(poor.line, poor.maker, DOCUMENT)
    (late,) = payable(1, poor.place, poor.desk.user("first"), FUND, amount=10)
    reserving.reserve([late], poor.maker, DAY)
    sharing.sign(closing, poor.chief)
    sharing.sign(closing, poor.third)
    assert Waiting.objects.filter(due=late, ended_at=None).exists()
    batch = batches.build(poor.place, poor.source, poor.maker, pay_on=DAY)
    assert sorted(batch.payments.values_list("amount", flat=True)) == sorted(SHARES)
    assert Letter.objects.count() == 0  # letters are set by their job
