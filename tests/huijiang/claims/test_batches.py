"""An organisation's workbook: what is known is filled in, each row is checked, all go out or none."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest

from huijiang.access.models import Consent
from huijiang.accounts.viewers import today
from huijiang.claims import batches, intake
from huijiang.claims.errors import ClaimError
from huijiang.claims.models import Account, Batch, Claim
from huijiang.claims.states import State
from huijiang.entitlements.models import NightlyRun, Standing
from huijiang.registry.models import MODELS
from tests.huijiang.claims.office import Office
from tests.huijiang.claims.test_applying import CARD
from tests.huijiang.entitlements.town import CHIEF, DAY, TRAINER


def three_certificates(desk: Office) -> list[Any]:
    """Beside the town's own one, two of the colleague: 1,000 yuan each to the body for a 技师."""
    told = {"managed_by": desk.town.xiaoshan, "source": "登记", "as_of": DAY, "holder": desk.town.colleague,
            "holder_employer": desk.town.employer, "issuer": desk.town.trainer, "trainer": desk.town.trainer, "trained_directly": True,
            "kind": "职业技能等级证书", "level": "技师", "issued_on": "2025-10-01", "first_stated": True}  # fmt: skip
    make = MODELS["certificate"].objects.create
    return [desk.town.certificate, make(occupation="电工", **told), make(occupation="钳工", **told)]


def account(desk: Office) -> Account:
    return intake.make_account(
        desk.agent, holder="乙培训学校", number="120000001111", bank="乙银行", organisation=desk.town.trainer.pk
    )


def workbook(desk: Office, **changes: dict[str, str]) -> bytes:
    """The template with cells changed: row number (as r2) → heading → text."""
    filled = batches.template(batches.known(desk.agent, desk.town.trainer, TRAINER))
    book = openpyxl.load_workbook(io.BytesIO(filled))
    sheet = book.worksheets[0]
    head = [str(each.value) for each in sheet[1]]
    for row, cells in changes.items():
        for label, told in cells.items():
            sheet.cell(int(row[1:]), head.index(label) + 1).value = told
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def take(desk: Office, content: bytes) -> Batch:
    return batches.take(desk.agent, desk.town.trainer, TRAINER, content, "申报.xlsx", account(desk))


def test_the_template_holds_what_is_known_and_the_whole_batch_goes_out(desk: Office) -> None:
    held = three_certificates(desk)
    batch = take(desk, workbook(desk, r4={"是否申报": "否"}))
    assert (batch.rows, batch.faults) == (2, [])
    sums = batches.totals(batch, today())
    assert (sums.claims, sums.low, sums.high) == (2, 200_000, 200_000)
    assert Claim.objects.filter(state=State.DRAFT, batch=batch).count() == 2
    assert batches.send(batch, desk.agent) == 2
    batch.refresh_from_db()
    assert batch.taken == 2
    with pytest.raises(ClaimError, match="已经提交过"):
        batches.send(batch, desk.agent)
    left = batches.known(desk.agent, desk.town.trainer, TRAINER)
    assert len(left) == 1
    assert left[0].holder in {f"certificate:{each.pk}" for each in held}


def test_wrong_cells_are_told_by_row_and_column_and_part_of_a_batch_goes_only_when_chosen(desk: Office) -> None:
    three_certificates(desk)
    batch = take(desk, workbook(desk, r2={"是否申报": "也许"}, r3={"事由编号": "certificate:1"}))
    assert [(each["row"], each["column"], each["seen"]) for each in batch.faults] == [
        (2, "E（是否申报）", "也许"), (3, "A（事由编号）", "certificate:1"),
    ]  # fmt: skip
    assert batches.totals(batch, today()).faulty == 2
    with pytest.raises(ClaimError, match="有 2 行有误"):
        batches.send(batch, desk.agent)
    assert Claim.objects.filter(state=State.SUBMITTED).count() == 0
    assert batches.send(batch, desk.agent, partial=True) == 1
    assert Claim.objects.get(state=State.SUBMITTED).batch == batch


def test_one_claim_that_can_not_go_out_holds_the_whole_batch(desk: Office) -> None:
    """While the batch waits, another claim of one of its events is sent."""
    three_certificates(desk)
    batch = take(desk, workbook(desk))
    desk.submitted(TRAINER)
    with pytest.raises(ClaimError, match="同一事由"):
        batches.send(batch, desk.agent)
    assert Claim.objects.filter(batch=batch, state=State.DRAFT).count() == 3
    assert batches.drop(batch, desk.agent) == 3
    assert Claim.objects.filter(batch=batch, state=State.WITHDRAWN).count() == 3


def test_a_repeated_row_a_foreign_file_and_an_empty_one_are_refused(desk: Office) -> None:
    three_certificates(desk)
    first = f"certificate:{desk.town.certificate.pk}"
    batch = take(desk, workbook(desk, r3={"事由编号": first}, r2={"事由编号": first}))
    assert [each["row"] for each in batch.faults] == [3]
    with pytest.raises(ClaimError, match="Excel"):
        take(desk, b"PK not a workbook")
    with pytest.raises(ClaimError, match="没有一行"):
        take(desk, workbook(desk, r2={"是否申报": "否"}, r3={"是否申报": "否"}, r4={"是否申报": "否"}))
    assert Batch.objects.count() == 1


def test_for_people_only_with_their_consent_and_to_their_own_account(desk: Office) -> None:
    """The chief technician's allowance stands in the night's results; the school may file once she agreed."""
    night = NightlyRun.objects.create(region=desk.town.xiaoshan, release="x", on=DAY, snapshot_at="2026-06-30T00:00Z")
    Standing.objects.create(person=desk.town.worker, region=desk.town.xiaoshan, benefit=CHIEF, holder=desk.town.holder,
                            state="ready", low=1_800_000, high=1_800_000, first_run=night)  # fmt: skip
    assert batches.known(desk.agent, desk.town.trainer, CHIEF) == []
    Consent.objects.create(
        person=desk.town.worker,
        organisation=desk.town.trainer,
        purpose="claims",
        given_by=desk.town.worker_user,
        until="2099-01-01",
    )
    (row,) = batches.known(desk.agent, desk.town.trainer, CHIEF)
    assert (row.who, row.person) == ("林小英", desk.town.worker.pk)
    book = openpyxl.load_workbook(io.BytesIO(batches.template([row])))
    sheet = book.worksheets[0]
    head = [str(each.value) for each in sheet[1]]
    sheet.cell(2, head.index("开户行") + 1).value = "甲银行"
    sheet.cell(2, head.index("账号") + 1).value = CARD[:-1] + "9"
    kept = io.BytesIO()
    book.save(kept)
    batch = batches.take(desk.agent, desk.town.trainer, CHIEF, kept.getvalue(), "申报.xlsx")
    assert [(each["column"], each["seen"]) for each in batch.faults] == [("G（账号）", "…0129")]
    sheet.cell(2, head.index("账号") + 1).value = CARD
    kept = io.BytesIO()
    book.save(kept)
    batch = batches.take(desk.agent, desk.town.trainer, CHIEF, kept.getvalue(), "申报.xlsx")
    assert batch.faults == []
    assert batches.send(batch, desk.agent) == 1
    claim = Claim.objects.get(batch=batch)
    assert (claim.payee_person, claim.applicant_organisation, claim.way) == (
        desk.town.worker,
        desk.town.trainer,
        "school",
    )
    assert claim.account is not None
    assert claim.account.person == desk.town.worker
