"""Four ways to the same money, through the windows of some twenty people: a worker's own claim, a school's batch, a
round with a panel, an automatic delivery; each from what is owed to the payment that the bank confirmed.

Hand-worked: a chief technician gets 1,000 yuan a month for three years at most, from the day of the honour; the school
1,000 yuan for each of its three certificates; the first of the round 20,000 yuan by the panel's minutes.
"""

from __future__ import annotations

import datetime as dt
import io
import random
import tempfile
from pathlib import Path

import openpyxl
import pytest
from django.urls import reverse
from playwright.sync_api import Page

from huijiang.access.models import Binding
from huijiang.accounts.models import User
from huijiang.accounts.viewers import today
from huijiang.claims import proactive, public_notice
from huijiang.claims.models import Claim, PublicNotice, Round
from huijiang.claims.states import State
from huijiang.entitlements import nightly
from huijiang.funds import journal, simulator
from huijiang.funds.models import Batch, Payment
from huijiang.registry.models import MODELS
from huijiang.sealed import keys
from tests.huijiang.claims.arena import MATCH, Arena, arena
from tests.huijiang.claims.office import office
from tests.huijiang.claims.test_applying import CARD
from tests.huijiang.claims.test_batches import three_certificates
from tests.huijiang.entitlements.town import CHIEF, DAY, TRAINER, account, town
from tests.huijiang.forced import past_the_triggers
from tests.huijiang.funds.treasury import Treasury
from tests.huijiang.gate.windows import PHONE, Windows, decides, goes, presses, shown, told_well

pytestmark = pytest.mark.django_db(transaction=True)
HIS_CARD = "6222020000000015"  # digits doubled from the right, every second: 3+2+4+2+2+2+5 = 20
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def begun(since: dt.date) -> int:
    """Months begun since a day, of three years at most."""
    now = today()
    return min((now.year - since.year) * 12 + now.month - since.month + (now.day >= since.day), 36)


# -- money ---------------------------------------------------------------------------------
def asks_for_money(page: Page) -> str:
    page.goto("/")
    goes(page, "预算额度")
    page.locator("main table a").first.click()
    page.get_by_label("变动类别").select_option(label="年初预算")
    page.get_by_label("金额（元）").fill("500000.00")
    page.get_by_label("依据文号").fill("萧财社〔2026〕1号")
    presses(page, "提出变动")
    return told_well(page)


def approves_the_money(page: Page) -> str:
    page.goto("/desk/funds/")
    page.locator("main table a").first.click()
    page.get_by_role("link", name="去批准").click()
    presses(page, "批准")
    return told_well(page)


# -- the round: one makes it, another publishes it ---------------------------------------------
def opens_a_round(page: Page) -> str:
    """What is forgotten is told; the criteria add up; three assessors and a chair are named from the list."""
    page.goto("/")
    goes(page, "批次管理")
    page.get_by_role("link", name="开一批").click()
    page.get_by_label("名称").fill("2026 年技术比武")
    page.get_by_text("技术比武项目资助").click()
    now = dt.datetime.now(dt.timezone(dt.timedelta(hours=8)))
    page.get_by_label("开始申报").fill(f"{now - dt.timedelta(hours=1):%Y-%m-%dT%H:%M}")
    page.get_by_label("截止申报").fill(f"{now + dt.timedelta(days=1):%Y-%m-%dT%H:%M}")
    page.locator("[name=quota]").fill("1")
    presses(page, "交另一人复核")
    assert "要选一种排序" in shown(page)
    page.get_by_label("怎样排序").select_option(label="按评审得分")
    presses(page, "交另一人复核")
    told_well(page)
    page.get_by_label("评分截止").fill(f"{now + dt.timedelta(days=7):%Y-%m-%d}")
    for at, (name, weight) in enumerate((("规模", 50), ("水平", 40)), start=1):
        page.get_by_label(f"评分项 {at}").fill(name)
        page.get_by_label(f"权重 {at}").fill(str(weight))
    presses(page, "定下评分项")
    assert "合计应为 100%，现在是 90%" in shown(page)
    page.get_by_label("权重 1").fill("60")
    presses(page, "定下评分项")
    told_well(page)
    for at in range(4):
        page.locator("[name=user]").select_option(label=f"专家{at}（expert-{at}）")
        if at == 0:
            page.get_by_label("任组长").check()
        presses(page, "提名")
        told_well(page)
    return page.url


def publishes_the_round(page: Page, address: str) -> str:
    page.goto(address)
    while page.locator("main button[name=confirm]").count():
        page.locator("main button[name=confirm]").first.click()
        told_well(page)
    presses(page, "复核无误，发布")
    return told_well(page)


def reads_of_the_round(page: Page) -> str:
    page.goto("/")
    goes(page, "申报批次")
    page.get_by_role("link", name="2026 年技术比武").click()
    return shown(page)


# -- claims come in ----------------------------------------------------------------------------
def claims(page: Page, begin: str, number: str) -> str:
    """What the registers answer whole takes an account and a tick."""
    page.goto(begin)
    presses(page, "开始申领")
    page.get_by_role("link", name="继续").click()
    page.get_by_label("卡号或账号").fill(number)
    page.get_by_label("开户行").fill("甲银行萧山支行")
    presses(page, "保存，下一步")
    page.get_by_label("以上内容属实").check()
    presses(page, "提交申报")
    return str(page.locator(".confirmation__number").inner_text())


def confirms_what_stands_ready(page: Page) -> str:
    page.goto("/")
    goes(page, "已替您备好")
    page.get_by_role("link", name="区首席技师工作津贴").click()
    page.get_by_label("收款账号").fill(HIS_CARD)
    page.get_by_label("开户行").fill("丁银行萧山支行")
    presses(page, "确认并提交")
    return told_well(page)


def sends_a_batch(page: Page) -> str:
    page.goto("/")
    goes(page, "批量申报")
    page.get_by_role("link", name="培训机构高技能人才培养资助").click()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="下载工作簿").click()
    content = Path(waiting.value.path()).read_bytes()
    assert openpyxl.load_workbook(io.BytesIO(content)).worksheets[0].max_row == 4
    page.locator("input[type=file]").set_input_files({"name": "申报.xlsx", "mimeType": XLSX, "buffer": content})
    page.get_by_label("单位账号").fill("120000001111")
    page.get_by_label("开户行").fill("乙银行")
    presses(page, "上传并核对")
    presses(page, "全部提交")
    page.locator(".notice--success").first.wait_for()
    return shown(page)


# -- the panel ---------------------------------------------------------------------------------
def scores(page: Page, points: dict[str, tuple[int, int]]) -> str:
    """By the applicant's name: whom they are related to they have to know."""
    page.goto("/")
    goes(page, "评审")
    page.get_by_role("link", name="2026 年技术比武").click()
    listed = page.url
    for name, (scale, level) in points.items():
        page.goto(listed)
        page.locator("tr", has_text=name).get_by_role("link").click()
        page.get_by_label("规模").fill("101")
        page.get_by_label("水平").fill(str(level))
        presses(page, "签署打分")
        assert page.title().startswith("错误：")
        page.get_by_label("规模").fill(str(scale))
        page.get_by_label("评语").fill("现场看过")
        presses(page, "签署打分")
        told_well(page)
    return shown(page)


def writes_the_minutes(page: Page) -> tuple[str, str]:
    page.goto("/panel/")
    page.get_by_role("link", name="2026 年技术比武").click()
    page.get_by_role("link", name="写纪要").click()
    before = shown(page)
    page.get_by_label("会议日期").fill(today().isoformat())
    page.get_by_label("决定和理由").fill("按得分排序，第一名入选，资助 2 万元。")
    awards = page.get_by_label("评定金额（元）")
    awards.nth(0).fill("30000.01")
    awards.nth(1).fill("15000")
    presses(page, "签署纪要")
    assert page.title().startswith("错误：")
    awards.nth(0).fill("20000")
    presses(page, "签署纪要")
    told_well(page)
    return before, shown(page)


def ends_those_without_a_place(page: Page, address: str) -> None:
    page.goto(address)
    presses(page, "不再递补，办结没有入选的")
    assert "1 件没有入选的申报由您逐件签署" in shown(page)
    presses(page, "签署并办结")
    told_well(page)


def publishes_the_notices(page: Page) -> int:
    page.goto("/desk/")
    goes(page, "公示管理")
    count = 0
    while page.locator("a[href*='/desk/notices/publish/']").count():
        page.locator("a[href*='/desk/notices/publish/']").first.click()
        page.locator("main form button").last.click()
        told_well(page)
        count += 1
    return count


# -- paid --------------------------------------------------------------------------------------
def builds_a_batch(page: Page) -> tuple[str, str]:
    page.goto("/")
    goes(page, "拨付批次")
    page.get_by_role("link", name="组批次").click()
    presses(page, "组批次")
    told_well(page)
    presses(page, "锁定")
    told_well(page)
    return page.url, shown(page)


def signs(page: Page, address: str, label: str) -> str:
    page.goto(address)
    presses(page, label)
    return told_well(page)


def exports_and_sends(page: Page, address: str) -> bytes:
    page.goto(address)
    page.get_by_label("付款文件格式").select_option(label="ISO 20022 pain.001.001.09")
    with page.expect_download() as waiting:
        presses(page, "导出付款文件")
    content = Path(waiting.value.path()).read_bytes()
    page.goto(address)
    presses(page, "文件已送银行")
    told_well(page)
    return content


def brings_the_banks_answer(page: Page, name: str, content: bytes) -> str:
    page.goto("/")
    goes(page, "银行回单")
    page.get_by_role("link", name="上传回单").click()
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "text/xml", "buffer": content})
    presses(page, "上传并入账")
    return told_well(page)


def sees_the_money(page: Page, entry: str) -> str:
    page.goto("/")
    goes(page, entry)
    return shown(page)


def answers_of_the_bank(order: bytes) -> list[simulator.Message]:
    """A bank that pays everything at once, in two notices."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "order.xml"
        path.write_bytes(order)
        ordered = simulator.instructions(path)
    manners = simulator.Manners(rejected=0, returned=0, late=0, twice=0, unknown=0)
    return list(simulator.answers("order", ordered, random.Random(1), today(), manners))


@pytest.fixture
def ground(settings: object, tmp_path: Path) -> Arena:
    """The town on the morning after a night: the colleague was named too and has an account; 3 certificates; 6 firms."""
    settings.DATA = tmp_path  # type: ignore[attr-defined]
    keys.ensure(settings.KEY_FILE)  # type: ignore[attr-defined]
    place = town()
    made = arena(office(place))
    three_certificates(made.desk)
    MODELS["recognition"].objects.create(
        person=place.colleague, employer=place.employer, honour="区首席技师", granted_by=place.xiaoshan,
        recommended_by=place.xiaoshan, named_on="2026-02-03", ended_on_none=True, managed_by=place.xiaoshan,
        source="登记", as_of=DAY,
    )  # fmt: skip
    Binding.objects.create(user=account("colleague", "林大力"), person=place.colleague, way="counter")
    nightly.run(today())
    return made


def days_pass(address: str) -> None:
    """The round's end is a minute ago; every notice ended yesterday.  (What was published does not change: only here.)"""
    with past_the_triggers():
        Round.objects.filter(settled_at=None).update(closes_at=dt.datetime.now(dt.UTC) - dt.timedelta(minutes=1))
        PublicNotice.objects.update(starts_on=today() - dt.timedelta(days=9), ends_on=today() - dt.timedelta(days=1))


def test_four_ways_from_what_is_owed_to_the_payment_that_the_bank_confirmed(ground: Arena, windows: Windows) -> None:
    desk = ground.desk
    place, user = desk.town, desk.user
    treasury = Treasury(desk, yuan=0)
    treasury.pays_for("人才专项资金")  # as the document of the district says for all of its benefits
    assert "请另一位财务人员批准" in windows(treasury.maker, asks_for_money)
    assert "已批准" in windows(treasury.chief, approves_the_money)

    # a round is opened by one, published by another, read by everybody
    round_ = windows(user("first"), opens_a_round)
    assert "已发布" in windows(user("second"), publishes_the_round, round_)
    told = windows(None, reads_of_the_round)
    assert "1 件" in told
    assert "按评审得分" in told
    assert "怎样申报" in told

    # seven claims come in: her own, three of the school's, two for the round, one that stood ready
    hers = reverse("claims:apply_new", args=[*CHIEF.split("#"), place.holder])
    colleague = User.objects.get(login="colleague")
    number = windows(place.worker_user, claims, hers, CARD, size=PHONE)
    proactive.prepare(place.xiaoshan)  # the night after: her own claim is sent, his is made ready
    assert "受理编号" in windows(colleague, confirms_what_stands_ready)
    assert "已提交 3 件" in windows(place.agent_user, sends_a_batch)
    for at in (0, 1):
        begin = reverse("claims:org_apply_new", args=[*MATCH.split("#"), f"contest_item:{ground.items[at].pk}"])
        windows(ground.firms[at].user, claims, begin, f"33000000000{at}")
    sent = Claim.objects.filter(state=State.SUBMITTED)
    assert sorted(sent.values_list("way", flat=True)) == [
        "firm",
        "firm",
        "proactive",
        "school",
        "school",
        "school",
        "self",
    ]

    # taken in by one, checked by another; the panel judges the round; the rest is reviewed by two
    assert "已办 7 件" in decides(windows, user("intake"), "予以受理")[1]
    assert "已办 7 件" in decides(windows, user("first"), "核验完成，进入审核")[1]
    days_pass(round_)
    points = {"企业0": (80, 90), "企业1": (60, 70)}
    for at in (1, 2, 3):
        seen = windows(ground.experts[at], scores, points)
    assert "评分已启封" in seen  # the last one opens them
    before, minutes = windows(ground.experts[0], writes_the_minutes)
    assert "84.00" in before  # 80 × 60% + 90 × 40%
    assert "64.00" in before  # 60 × 60% + 70 × 40%
    assert "0 元到 30,000 元" in before
    assert "20,000" in minutes
    before, after = decides(windows, user("first"), "审核通过，提交复核")
    assert "1 件不能办" in before
    assert "没有入选“2026 年技术比武”" in before
    assert "已办 6 件" in after
    windows(user("first"), ends_those_without_a_place, round_)
    assert "已办 6 件" in decides(windows, user("second"), "复核通过")[1]

    # three notices stand their time; then the money is held
    assert windows(user("second"), publishes_the_notices) == 3
    days_pass(round_)
    public_notice.take_down()
    assert set(Claim.objects.exclude(number=None).values_list("state", flat=True)) == {State.PAYABLE, State.REFUSED}

    # built, signed by two others, exported, sent, answered
    months = begun(dt.date(2025, 6, 15)) + begun(dt.date(2026, 2, 3))
    total = months * 1_000 + 3 * 1_000 + 20_000
    address, built = windows(treasury.maker, builds_a_batch)
    assert f"{total:,}" in built
    assert "已签署" in windows(treasury.chief, signs, address, "财务签署")
    assert "已签署" in windows(treasury.third, signs, address, "拨付放行")
    order = windows(treasury.maker, exports_and_sends, address)
    for answer in answers_of_the_bank(order):
        assert "已入账" in windows(treasury.maker, brings_the_banks_answer, answer.name, answer.content)
    assert Batch.objects.get().state == Batch.State.SETTLED
    assert set(Payment.objects.values_list("state", flat=True)) == {Payment.State.PAID}
    assert journal.disagreements() == []
    assert Claim.objects.get(number=number).state == State.PAID

    # and everybody sees it
    assert f"{begun(dt.date(2025, 6, 15)) * 1_000:,}" in windows(place.worker_user, sees_the_money, "到账记录")
    assert f"{begun(dt.date(2026, 2, 3)) * 1_000:,}" in windows(colleague, sees_the_money, "到账记录")
    assert "1,000" in windows(place.agent_user, sees_the_money, "单位到账")
    assert "20,000" in windows(ground.firms[0].user, sees_the_money, "单位到账")
    assert TRAINER in Claim.objects.filter(state=State.PAID).values_list("benefit", flat=True)
