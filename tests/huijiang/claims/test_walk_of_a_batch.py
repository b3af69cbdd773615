"""A school's 300 certificates: a workbook with mistakes, a choice in so many words, and its acceptance as one selection."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page

from huijiang.claims import batches
from huijiang.claims.models import Batch, Claim
from huijiang.claims.states import State
from huijiang.entitlements import nightly
from huijiang.registry.models import MODELS, Person
from tests.huijiang.claims.office import ON, Office
from tests.huijiang.entitlements.town import DAY
from tests.huijiang.gate.windows import Windows, decides, goes, presses, shown

pytestmark = pytest.mark.django_db(transaction=True)
MANY = batches.MOST_ROWS


def trained(desk: Office, count: int) -> None:
    """So many more people, each trained by the school and certified 技师: 1,000 yuan each to the school."""
    told = {"managed_by": desk.town.xiaoshan, "source": "登记", "as_of": DAY}
    people = Person.objects.bulk_create(
        [Person(name=f"学员{n}", birth_date="1992-01-01", works_in=desk.town.xiaoshan, **told) for n in range(count)]
    )
    made = MODELS["certificate"]
    made.objects.bulk_create([
        made(holder=each, holder_employer=desk.town.employer, issuer=desk.town.trainer, trainer=desk.town.trainer,
             trained_directly=True, kind="职业技能等级证书", occupation="焊工", level="技师", issued_on="2025-10-01",
             first_stated=True, **told) for each in people])  # fmt: skip


def with_mistakes(content: bytes) -> bytes:
    """Row 5 says 也许, row 10 names another certificate, row 20 repeats row 19, row 30 is not to be claimed."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book.worksheets[0]
    head = [str(each.value) for each in sheet[1]]
    holder, wanted = head.index("事由编号") + 1, head.index("是否申报") + 1
    sheet.cell(5, wanted).value = "也许"
    sheet.cell(10, holder).value = "certificate:1"
    sheet.cell(20, holder).value = sheet.cell(19, holder).value
    sheet.cell(30, wanted).value = "否"
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def uploads(page: Page) -> tuple[str, str]:
    page.goto("/")
    goes(page, "批量申报")
    page.get_by_role("link", name="培训机构高技能人才培养资助").click()
    before = shown(page)
    with page.expect_download() as waiting:
        page.get_by_role("link", name="下载工作簿").click()
    content = with_mistakes(Path(waiting.value.path()).read_bytes())
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    page.locator("input[type=file]").set_input_files({"name": "学员.xlsx", "mimeType": kind, "buffer": content})
    page.get_by_label("单位账号").fill("120000001111")
    page.get_by_label("开户行").fill("乙银行")
    presses(page, "上传并核对")
    page.get_by_text("有误的行").first.wait_for()
    return before, shown(page)


def sends(page: Page) -> tuple[str, str]:
    """Without the choice nothing goes out."""
    presses(page, "提交没有错误的")
    refused = str(page.locator(".error-summary").inner_text())
    page.get_by_label("只提交没有错误的").check()
    presses(page, "提交没有错误的")
    page.locator(".notice--success").first.wait_for()
    return refused, shown(page)


def test_a_batch_of_three_hundred_goes_from_the_workbook_to_its_acceptance(desk: Office, windows: Windows) -> None:
    trained(desk, MANY - 1)  # and the town's own one
    nightly.run(ON)
    before, checked = windows(desk.town.agent_user, uploads)
    assert f"已填好 {MANY} 个事由" in before
    assert "要申报 299 行：296 行没有错误，3 行有误。" in checked
    assert "296,000 元" in checked  # 1,000 yuan each
    for cell in ("第 5 行", "E（是否申报）", "也许", "第 10 行", "certificate:1", "第 20 行", "第 19 行已经有了"):
        assert cell in checked
    assert Claim.objects.filter(state=State.DRAFT).count() == 296
    refused, sent = windows(desk.town.agent_user, sends)
    assert "有 3 行有误" in refused
    assert "已提交 296 件" in sent
    assert Batch.objects.get().taken == 296

    before, after = decides(windows, desk.user("intake"), "予以受理", batch=True)
    assert "296 件" in before
    assert "已办 296 件" in after
    assert set(Claim.objects.values_list("state", flat=True)) == {State.CHECKING}
