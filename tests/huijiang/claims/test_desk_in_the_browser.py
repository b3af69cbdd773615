"""One claim at the desk in Chromium: taken in, reviewed, reviewed again by another, objected to by anybody, answered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from huijiang.claims import public_notice
from huijiang.claims.models import Claim
from huijiang.claims.states import State
from huijiang.sealed import keys
from tests.huijiang.claims.office import office
from tests.huijiang.entitlements.town import TRAINER, town
from tests.huijiang.gate.browser import BrowserThread

pytestmark = pytest.mark.django_db(transaction=True)
OFFICERS = ("intake", "first", "second", "fourth")


def session_of(user: Any) -> str:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return str(client.session.session_key)


def seen_as(browser: Browser, base: str, session: str, act: Any, *told: Any) -> Any:
    """`act` on a fresh page of somebody's browser; without a session, of anybody's."""
    context = browser.new_context(locale="zh-CN")
    if session:
        context.add_cookies([{"name": "sessionid", "value": session, "url": base}])
    try:
        return act(context.new_page(), base, *told)
    finally:
        context.close()


def decides(page: Page, label: str) -> None:
    """Choose an act in the case's panel, go on, press its button."""
    page.locator("#decide").get_by_text(label, exact=True).click()
    page.get_by_role("button", name="继续").click()
    page.locator("main").get_by_role("button", name=label).click()
    page.locator(".notice--success").wait_for()


def takes_in(page: Page, base: str) -> str:
    page.goto(f"{base}/desk/")
    page.get_by_role("button", name="领取下一件").click()
    decides(page, "予以受理")
    return page.url


def reviews(page: Page, base: str, address: str) -> str:
    page.goto(address)
    decides(page, "核验完成，进入审核")
    decides(page, "审核通过，提交复核")
    return page.locator("#decide").inner_text()


def approves(page: Page, base: str, address: str) -> str:
    page.goto(address)
    told = page.locator("#decide").inner_text()
    decides(page, "复核通过")
    return told


def objects(page: Page, base: str) -> str:
    page.goto(f"{base}/notices/")
    page.get_by_role("link", name="拟发放公示").click()
    page.get_by_role("link", name="提出异议").click()
    page.get_by_role("button", name="提出异议").click()
    assert page.title().startswith("错误：")
    page.get_by_text("不该由其享受").click()
    page.get_by_label("具体情况").fill("这位学员不是该校培养的。")
    page.get_by_label("您的姓名").fill("林路人")
    page.get_by_label("联系方式").fill("0571-00000000")
    page.get_by_role("button", name="提出异议").click()
    return page.locator("main").inner_text()


def answers(page: Page, base: str) -> str:
    page.goto(f"{base}/desk/disputes/")
    page.locator("table a").first.click()
    told = page.locator("main").inner_text()
    page.get_by_text("不成立：恢复原来的状态").click()
    page.get_by_label("答复", exact=True).fill("已核对培训记录，确由该校培养。")
    page.get_by_role("button", name="签署答复").click()
    page.locator(".notice--success").wait_for()
    return told


def test_three_people_decide_one_claim_and_a_fourth_answers_who_objects(
    live_server: LiveServer, browser_thread: BrowserThread, settings: Any, tmp_path: Path
) -> None:
    settings.DATA = tmp_path
    keys.ensure(settings.KEY_FILE)
    desk = office(town())
    claim = desk.submitted(TRAINER)
    base, sessions = live_server.url, {name: session_of(desk.user(name)) for name in OFFICERS}
    address = browser_thread.run(seen_as, base, sessions["intake"], takes_in)
    assert address.endswith(f"/desk/cases/{claim.number}/")
    after = browser_thread.run(seen_as, base, sessions["first"], reviews, address)
    assert "这个环节没有等您的决定" in after
    assert "审核由 first 签署，复核要由另一个人" in after
    assert "按 1,000 元" in browser_thread.run(seen_as, base, sessions["second"], approves, address)
    claim = Claim.objects.get(pk=claim.pk)
    assert claim.state == State.PUBLIC_NOTICE
    public_notice.publish(desk.staff["second"], [claim])
    assert "答复之前不付款" in browser_thread.run(seen_as, base, "", objects)
    assert Claim.objects.get(pk=claim.pk).state == State.UNDER_OBJECTION
    assert "林路人" in browser_thread.run(seen_as, base, sessions["fourth"], answers)
    assert Claim.objects.get(pk=claim.pk).state == State.PUBLIC_NOTICE
    assert list(claim.acts.order_by("id").values_list("kind", flat=True)) == [
        "intake", "review", "second_review", "objection_answer",
    ]  # fmt: skip
