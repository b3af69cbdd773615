"""Past payments come whole or not at all, are never paid again, and are held against the office's books and the rules."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from huijiang.claims import story
from huijiang.funds import past_events, reserving, takeover
from huijiang.funds.bankfiles.instructions import FileError
from huijiang.funds.models import PastPayment, Reservation
from huijiang.registry.models import MODELS
from huijiang.sealed import keys
from tests.huijiang.accounts.people import signed_in
from tests.huijiang.claims.office import office
from tests.huijiang.entitlements.town import CHIEF, NUMBER, TRAINER, town
from tests.huijiang.funds.treasury import Treasury

pytestmark = pytest.mark.django_db
FUND = "人才专项资金"


def past_workbook(*rows: tuple[object, ...], head: tuple[str, ...] = takeover.HEADERS) -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(head)
    for each in rows:
        book.active.append(each)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.fixture
def treasury(db: None, settings: Any, tmp_path: Path) -> Treasury:
    settings.DATA = tmp_path
    keys.ensure(settings.KEY_FILE)
    return Treasury(office(town()))


def take(treasury: Treasury, *rows: tuple[object, ...], said: int = 0) -> Any:
    return takeover.take(io.BytesIO(past_workbook(*rows)), "历年.xlsx", treasury.place, said, treasury.maker)


MONTH = (CHIEF, NUMBER, "", "2025-06", 1, "1000.00", "2025-07-10", FUND, "凭1")


def test_a_workbook_is_taken_once_and_confirmed_by_another(treasury: Treasury) -> None:
    content = past_workbook(MONTH)
    made, again = (
        takeover.take(io.BytesIO(content), "历年.xlsx", treasury.place, 100_000, treasury.maker) for _ in range(2)
    )
    assert (made.rows, made.total, made.said_total, again) == (1, 100_000, 100_000, made)
    with pytest.raises(takeover.Refused, match="paid already there"):  # the same month in another workbook
        take(treasury, (*MONTH[:8], "凭2"))
    with pytest.raises(ValueError, match="另一位确认"):
        takeover.confirm(made, treasury.maker)
    assert takeover.confirm(made, treasury.chief).confirmed_by == treasury.chief
    (found,) = takeover.reconciliation(made)
    assert (found.benefit, found.year, found.count, found.amount, found.without_event) == (CHIEF, 2025, 1, 100_000, 0)


def test_every_fault_is_told_by_row_and_column_and_nothing_is_stored(treasury: Treasury) -> None:
    with pytest.raises(takeover.Refused) as told:
        take(treasury, MONTH, ("没有的项目", "123", "", "去年", 0, "很多", "昨天", "别的钱", ""))
    faults = {(each.row, each.column) for each in told.value.faults}
    assert faults == {
        (3, name)
        for name in ("项目", "证件号码或统一社会信用代码", "所属期", "期次", "金额（元）", "发放日期", "资金来源")
    }
    assert all("123456" not in each.seen for each in told.value.faults)
    assert not PastPayment.objects.exists()


@pytest.mark.parametrize(
    ("content", "named"),
    [(b"no workbook", "工作簿"), (past_workbook(head=("甲",)), "缺少列"), (past_workbook(), "一笔也没有")],
)
def test_what_is_no_such_workbook_is_refused(treasury: Treasury, content: bytes, named: str) -> None:
    with pytest.raises(FileError, match=named):
        takeover.take(io.BytesIO(content), "x.xlsx", treasury.place, 0, treasury.maker)


def test_what_was_paid_before_is_never_paid_again(treasury: Treasury) -> None:
    """The training body's grant for this certificate was paid in 2025 already."""
    certificate = treasury.desk.town.certificate
    type(certificate).objects.filter(pk=certificate.pk).update(number="S000033010900125200001")
    firm = treasury.desk.town.trainer
    type(firm).objects.filter(pk=firm.pk).update(uscc="91339999MA0000001M")
    made = take(
        treasury, (TRAINER, "91339999MA0000001M", "S000033010900125200001", "", 1, "1000.00", "2025-10-01", FUND, "凭7")
    )
    assert made.payments.get().holder == f"certificate:{certificate.pk}"
    claim = treasury.desk.approved(TRAINER)
    treasury.pays_for(*{each.fund for each in claim.dues.all()})
    held = reserving.reserve(list(claim.dues.all()))
    assert (held.reserved, held.waiting) == ((), ())
    assert "已于 2025-10-01 发放，不再重复发放" in story.waits_for(claim)
    with pytest.raises(DatabaseError, match="before the take-over"), transaction.atomic():
        Reservation.objects.create(due=claim.dues.get(), line=treasury.line, amount=100_000)
    (compared,) = takeover.parallel_run(made)
    assert (compared.found, compared.low, compared.agrees) == (True, 100_000, True)


def months(count: int) -> list[tuple[object, ...]]:
    """The allowance of the honour of 15 June 2025, month by month, as the office paid it: no number of an event."""
    days = [(2025 + (5 + at) // 12, (5 + at) % 12 + 1) for at in range(count)]
    return [(CHIEF, NUMBER, "", f"{year}-{month:02}", 1, "1000.00", f"{year}-{month:02}-28", FUND, f"凭{at}")
            for at, (year, month) in enumerate(days, start=1)]  # fmt: skip


def test_an_allowance_in_its_fourteenth_month_goes_on_with_the_fifteenth(treasury: Treasury) -> None:
    """36 months from June 2025.  The office paid fourteen, to July 2026; on 23 November 2026 eighteen have begun: from
    August on four are held, and no month before."""
    made = take(treasury, *months(14), said=1_400_000)
    assert set(made.payments.values_list("holder", flat=True)) == {treasury.desk.town.holder}
    claim = treasury.desk.approved(CHIEF)
    assert claim.dues.count() == 18
    treasury.pays_for(*{each.fund for each in claim.dues.all()})
    held = reserving.reserve(list(claim.dues.all()))
    assert sorted(each.due.period for each in held.reserved) == ["2026-08", "2026-09", "2026-10", "2026-11"]
    claim.refresh_from_db()
    assert (claim.state, held.waiting) == ("payable", ())
    (batch,) = [treasury.sent()]
    assert batch.total == 400_000


def test_an_event_that_was_not_found_is_said_by_a_person_once(treasury: Treasury) -> None:
    """Named twice: the books say neither which day nor which number."""
    desk = treasury.desk
    second = MODELS["recognition"].objects.get(pk=desk.town.honour.pk)
    second.pk, second.named_on, second.ended_on, second.ended_on_none = None, "2021-03-01", "2024-02-29", False
    second.save()
    by_day = (*months(2)[1][:2], "2025-06-15", *months(2)[1][3:])
    made = take(treasury, months(1)[0], by_day)
    first, told = made.payments.order_by("pk")
    assert (first.holder, told.holder) == ("", desk.town.holder)
    with pytest.raises(DatabaseError, match="placed_once"), transaction.atomic():
        PastPayment.objects.filter(pk=first.pk).update(holder=desk.town.holder)

    maker = signed_in(treasury.maker)
    listed = maker.get(reverse("funds:past", args=[made.uid])).content.decode()
    here = reverse("funds:past_event", args=[made.uid, first.pk])
    assert here in listed
    assert NUMBER not in listed
    page = maker.get(here).content.decode()
    assert page.count('type="radio"') == 2
    assert maker.post(here, {"holder": "certificate:1"}).status_code == 422
    with pytest.raises(ValueError, match="列出的事由"):
        past_events.place(first, f"certificate:{desk.town.certificate.pk}", treasury.maker)
    assert maker.post(here, {"holder": desk.town.holder}).status_code == 302
    first.refresh_from_db()
    assert (first.holder, first.placed_by) == (desk.town.holder, treasury.maker)
    with pytest.raises(ValueError, match="不能再改"):
        past_events.place(first, f"recognition:{second.pk}", treasury.maker)
    assert here not in maker.get(reverse("funds:past", args=[made.uid])).content.decode()
    for change in ({"holder": f"recognition:{second.pk}"}, {"amount": 1}):
        with pytest.raises(DatabaseError, match="placed_once"), transaction.atomic():
            PastPayment.objects.filter(pk=first.pk).update(**change)

    # The same month once more, in another file: it was paid twice, and is told so.
    again = takeover.take(
        io.BytesIO(past_workbook((*months(1)[0][:8], "凭9"))), "又一份.xlsx", treasury.place, 0, treasury.maker
    )
    with pytest.raises(ValueError, match="已有一笔历史发放"):
        past_events.place(again.payments.get(), desk.town.holder, treasury.maker)


def test_a_past_payment_of_a_period_that_the_platform_holds_money_for_is_not_placed_silently(
    treasury: Treasury,
) -> None:
    town = treasury.desk.town
    claim = treasury.approved(CHIEF)
    assert claim.state == "payable"
    made = take(treasury, (*months(1)[0][:2], "聘书3号", *months(1)[0][3:]))  # a number that the registry does not know
    with pytest.raises(ValueError, match="已在平台上预留或付款"):
        past_events.place(made.payments.get(), town.holder, treasury.maker)
