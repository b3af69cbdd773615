"""One claim through the windows of nine people: from the counter to its notice, with everything that may come between."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from huijiang.claims.letter_tasks import issue
from huijiang.claims.models import Claim
from huijiang.claims.states import State
from huijiang.registry.models import MODELS
from tests.huijiang.claims.office import Office
from tests.huijiang.claims.test_applying import CARD
from tests.huijiang.entitlements.town import NUMBER
from tests.huijiang.gate.windows import PHONE, Windows, goes, presses, shown, told_well

pytestmark = pytest.mark.django_db(transaction=True)


# -- the counter --------------------------------------------------------------------------
def takes_in_for_her(page: Page) -> str:
    """Found by her document; nobody is looked for before the clerk says that she stands there."""
    page.goto("/")
    goes(page, "窗口受理登记")
    page.get_by_label("姓名、证件号码，或单位名称、统一社会信用代码").fill(NUMBER)
    presses(page, "查找")
    assert page.title().startswith("错误：窗口受理登记")
    page.get_by_label("已核对证件原件").check()
    presses(page, "查找")
    page.get_by_role("link", name="林**").click()
    page.get_by_role("link", name="区首席技师工作津贴").click()
    presses(page, "开始申领")
    page.get_by_role("link", name="继续").click()
    page.get_by_label("卡号或账号").fill(CARD)
    page.get_by_label("开户行").fill("甲银行")
    presses(page, "保存，下一步")
    page.get_by_label("已请本人核对").check()
    presses(page, "提交申报")
    assert "由另一位工作人员受理" in shown(page)
    return str(page.locator(".confirmation__number").inner_text())


def prints_the_letter(page: Page) -> str:
    page.goto("/desk/intake/")
    page.get_by_role("link", name="区首席技师工作津贴").click()
    return shown(page)


# -- the desk -----------------------------------------------------------------------------
def decides(page: Page, label: str, **fields: str) -> None:
    """Choose an act in the case's panel, go on, fill in, press; what is read before it is sent is read and sent."""
    page.locator("#decide").get_by_text(label, exact=True).click()
    presses(page, "继续")
    for name, words in fields.items():
        page.locator(f"[name={name}]").fill(words)
    presses(page, label)


def takes_the_next(page: Page) -> str:
    page.goto("/desk/")
    presses(page, "领取下一件")
    return page.url


def accepts(page: Page) -> None:
    decides(page, "予以受理")
    assert "予以受理" in told_well(page)


def asks_for_a_correction(page: Page, address: str) -> str:
    """What she will read is read first."""
    page.goto(address)
    decides(page, "核验完成，进入审核")
    told_well(page)
    page.locator("#decide").get_by_text("一次性告知补正", exact=True).click()
    presses(page, "继续")
    presses(page, "一次性告知补正")
    assert "请至少选一项" in shown(page)
    page.get_by_label("收款账户有误，请更正").check()
    page.get_by_label("另外要补正的").fill("请补交称号文件原件的照片")
    presses(page, "一次性告知补正")
    reads = shown(page)
    page.locator("main form button").last.click()
    told_well(page)
    return reads


def arranges_a_stand_in(page: Page) -> str:
    page.goto("/desk/")
    page.get_by_role("link", name="代办", exact=True).click()
    page.get_by_label("由谁代办").select_option(label="third")
    presses(page, "安排代办")
    return told_well(page)


def mends(page: Page) -> str:
    """On her phone: the list, the case, another card, sent back."""
    page.goto("/")
    goes(page, "我的办件")
    listed = shown(page)
    page.get_by_role("link", name="区首席技师工作津贴").click()
    page.get_by_role("link", name="去补正").click()
    page.get_by_role("link", name="继续").click()  # another account was asked for: that page is next
    page.get_by_text("换一个账户").click()
    page.get_by_label("新账户的卡号或账号").fill("6222020000000007")
    page.get_by_label("新账户的开户行").fill("乙银行")
    presses(page, "保存，下一步")
    page.get_by_label("以上内容属实").check()
    presses(page, "交回补正")
    return listed


def refuses(page: Page, address: str) -> tuple[str, str]:
    """The stand-in finds the case among their own work; the unmet condition is chosen, the words are read, then sent."""
    page.goto("/desk/")
    desk = shown(page)
    assert page.locator(f"main a[href='{address}']").count() == 1
    page.goto(address)
    decides(page, "核验完成，进入审核")
    told_well(page)
    page.locator("#decide").get_by_text("决定不予支持", exact=True).click()
    presses(page, "继续")
    page.locator("main").get_by_text("萧山区选树", exact=True).click()
    page.get_by_label("告知申报人的理由").fill("称号由余姚选树，不是本区的。")
    presses(page, "决定不予支持")
    reads = shown(page)
    page.locator("main form button").last.click()
    told_well(page)
    return desk, reads


def reads_and_objects(page: Page, number: str) -> tuple[str, str]:
    page.goto(f"/my/cases/{number}/")
    refusal = shown(page)
    page.get_by_role("link", name="有异议").click()
    page.get_by_text("某个条件", exact=True).click()
    presses(page, "提交异议")
    assert page.title().startswith("错误：")
    page.locator("[name=condition][value=萧山区选树]").check()
    page.get_by_label("为什么").fill("我是萧山区选树的，有文件。")
    presses(page, "提交异议")
    return refusal, told_well(page)


def answers(page: Page, upheld: bool, words: str) -> str:
    page.goto("/desk/")
    goes(page, "办件异议")
    page.locator("table a").first.click()
    seen = shown(page)
    page.get_by_text("成立：退回审核，未付的应付撤销" if upheld else "不成立：恢复原来的状态", exact=True).click()
    page.get_by_label("答复", exact=True).fill(words)
    presses(page, "签署答复")
    told_well(page)
    return seen


def reviews(page: Page, address: str) -> str:
    page.goto(address)
    decides(page, "重新核算")
    told_well(page)
    decides(page, "审核通过，提交复核", reason="已核对称号文件")
    told_well(page)
    return str(page.locator("#decide").inner_text())


def approves_and_publishes(page: Page, address: str) -> str:
    page.goto("/desk/")
    assert page.locator(".tabs [aria-current]").inner_text().startswith("复核中")  # nothing is theirs yet: what waits
    page.goto(address)
    figure = str(page.locator("#decide").inner_text())
    decides(page, "复核通过")
    told_well(page)
    goes(page, "公示管理")
    page.get_by_role("link", name="区首席技师工作津贴").click()
    page.locator("main form button").last.click()
    assert "已公示 1 件" in told_well(page)
    return figure


def objects_to_the_notice(page: Page) -> str:
    page.goto("/")
    goes(page, "公示")
    page.locator("main table a").first.click()
    page.get_by_role("link", name="提出异议").click()
    presses(page, "提出异议")
    assert page.title().startswith("错误：")
    page.get_by_text("不该由其享受").click()
    page.get_by_label("具体情况").fill("听说她已经离开萧山。")
    page.get_by_label("您的姓名").fill("林路人")
    page.get_by_label("联系方式").fill("0571-00000000")
    presses(page, "提出异议")
    return shown(page)


def test_a_claim_from_the_counter_to_its_notice_with_corrections_a_stand_in_a_refusal_and_two_objections(
    desk: Office, windows: Windows
) -> None:
    honour, user = MODELS["recognition"].objects.filter(pk=desk.town.honour.pk), desk.user
    number = windows(user("counter"), takes_in_for_her)
    claim = Claim.objects.get(number=number)
    address = reverse("claims:case", args=[number])

    assert windows(user("intake"), takes_the_next).endswith(address)
    windows(user("intake"), accepts)
    letter = issue(Claim.objects.get(pk=claim.pk), "acceptance", 2)
    assert letter is not None
    assert letter.number in windows(user("counter"), prints_the_letter)

    assert windows(user("first"), takes_the_next).endswith(address)  # nobody had it: it is theirs now
    reads = windows(user("first"), asks_for_a_correction, address)
    assert "收款账户有误，请更正" in reads
    assert "请补交称号文件原件的照片" in reads
    assert "代办已安排" in windows(user("first"), arranges_a_stand_in)
    assert "请在这一天以前补正" in windows(desk.town.worker_user, mends, size=PHONE)

    honour.update(granted_by=desk.town.yuyao)
    mine, reads = windows(user("third"), refuses, address)
    assert "您正在代办：first" in mine
    assert "不符合：萧山区选树" in reads
    assert "六十日内" in reads
    refusal, sent = windows(desk.town.worker_user, reads_and_objects, number)
    assert "称号由余姚选树，不是本区的。" in refusal
    assert "行政复议" in refusal
    assert "暂停办理" in sent

    honour.update(granted_by=desk.town.xiaoshan)
    assert "我是萧山区选树的" in windows(user("fourth"), answers, True, "已查到区里的文件，异议成立。")
    after = windows(user("first"), reviews, address)
    assert "复核通过" not in after  # nothing is left to them but to take it back
    assert "撤回并重新核定" in after
    assert "审核由 first 签署，复核要由另一个人" in after
    figure = windows(user("second"), approves_and_publishes, address)
    assert "按" in figure
    assert "答复之前不付款" in windows(None, objects_to_the_notice)
    assert "林路人" in windows(user("watch"), answers, False, "已核对社保和在岗记录，异议不成立。")

    claim.refresh_from_db()
    assert claim.state == State.PUBLIC_NOTICE
    assert list(claim.acts.order_by("id").values_list("user__name", "kind")) == [
        ("intake", "intake"), ("third", "refusal"), ("fourth", "objection_answer"), ("first", "review"),
        ("second", "second_review"), ("watch", "objection_answer"),
    ]  # fmt: skip
