"""Past payments come whole or not at all, are never paid again, and are held against the office's books and the rules."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.db import DatabaseError, transaction

from huijiang.funds import reserving, takeover
from huijiang.funds.bankfiles.instructions import FileError
from huijiang.funds.models import PastPayment, Reservation
from huijiang.sealed import keys
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
    made = take(treasury, MONTH, said=100_000)
    assert (made.rows, made.total, made.said_total) == (1, 100_000, 100_000)
    assert take(treasury, MONTH, said=100_000) == made
    with pytest.raises(ValueError, match="另一位确认"):
        takeover.confirm(made, treasury.maker)
    assert takeover.confirm(made, treasury.chief).confirmed_by == treasury.chief
    (found,) = takeover.reconciliation(made)
    assert (found.benefit, found.year, found.count, found.amount, found.without_event) == (CHIEF, 2025, 1, 100_000, 1)


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
    with pytest.raises(DatabaseError, match="before the take-over"), transaction.atomic():
        Reservation.objects.create(due=claim.dues.get(), line=treasury.line, amount=100_000)
    (compared,) = takeover.parallel_run(made)
    assert (compared.found, compared.low, compared.agrees) == (True, 100_000, True)
