"""Signing in, a code from the counter, an appointment and the administrators, walked through in Chromium."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from huijiang.access.models import Agency, Binding
from huijiang.accounts.models import Role, User
from tests.huijiang.access.world import KIND, NUMBERS, agent, make
from tests.huijiang.accounts.people import PASSWORD, account, code
from tests.huijiang.gate.browser import BrowserThread
from tests.huijiang.gate.windows import goes

pytestmark = pytest.mark.django_db(transaction=True)

NEW = "another hill 7 green"


def password(page: Page, base: str, login: str, told: str = PASSWORD) -> None:
    page.goto(f"{base}/sign-in/")
    page.get_by_label("登录名").fill(login)
    page.get_by_label("密码").fill(told)
    page.locator("main").get_by_role("button", name="登录").click()


def second(page: Page, told: str) -> None:
    page.get_by_label("动态码").fill(told)
    page.get_by_role("button", name="继续").click()


def links(page: Page) -> list[str]:
    return [each.strip() for each in page.locator("nav.rooms a").all_inner_texts()]


def seen(browser: Browser, act: Any, *told: Any) -> Any:
    """`act` on a fresh page of a Chinese browser."""
    context = browser.new_context(locale="zh-CN")
    try:
        return act(context.new_page(), *told)
    finally:
        context.close()


def comes_in(page: Page, base: str, right: str) -> list[str]:
    told = []
    password(page, base, "officer", "not the password")
    told.append(page.locator(".error-summary").inner_text())
    told.append(page.title())
    password(page, base, "officer")
    second(page, "12345")
    told.append(page.locator(".field__error").first.inner_text())
    second(page, right)
    told.append(page.locator("header.top").inner_text())
    page.get_by_role("button", name="退出").click()
    told.append(page.locator("main .notice").inner_text())
    return told


def test_an_officer_signs_in_with_a_code_after_a_wrong_password_and_a_wrong_code(
    live_server: LiveServer, browser_thread: BrowserThread
) -> None:
    account("officer", Role.REVIEWER)
    wrong, title, no_code, header, out = browser_thread.run(seen, comes_in, live_server.url, code())
    assert "登录名或密码不对" in wrong
    assert title.startswith("错误：")
    assert "动态码不对" in no_code
    assert "我的账户" in header
    assert "已退出" in out


def gets_locked(page: Page, base: str) -> str:
    for _ in range(5):
        password(page, base, "officer", "not the password")
    return page.locator("main").inner_text()


def test_five_wrong_passwords_lock_the_account(live_server: LiveServer, browser_thread: BrowserThread) -> None:
    account("officer", Role.REVIEWER)
    assert "暂时锁定 30 分钟" in browser_thread.run(seen, gets_locked, live_server.url)


def hands_out(page: Page, base: str, right: str) -> str:
    password(page, base, "officer")
    second(page, right)
    page.get_by_role("link", name="开通账户").click()
    page.get_by_label("证件种类").select_option(KIND)
    page.get_by_label("证件号码").fill(NUMBERS[0])
    page.get_by_label("已核对证件原件与本人一致").check()
    page.get_by_role("button", name="查找并发码").click()
    return page.locator(".confirmation__number").inner_text()


def activates(page: Page, base: str, told: str) -> str:
    page.goto(f"{base}/activate/")
    page.get_by_label("激活码").fill(told)
    page.get_by_label("登录名").fill("lin.yi")
    page.get_by_label("新密码", exact=True).fill(NEW)
    page.get_by_label("再填一遍新密码").fill(NEW)
    page.get_by_role("button", name="开通").click()
    page.locator(".rooms__menu > summary").click()
    return page.locator("body").inner_text()


def appoints(page: Page, base: str) -> str:
    password(page, base, "boss")
    goes(page, "经办授权")
    page.get_by_role("link", name="授权经办人").click()
    page.get_by_label("对方的登录名").fill("lin.yi")
    page.get_by_label("对方的姓名").fill("林一")
    page.locator("main form button").click()
    return page.locator("main table").inner_text()


def test_a_worker_activates_with_the_officer_s_code_and_is_appointed_by_an_owner(
    live_server: LiveServer, browser_thread: BrowserThread
) -> None:
    world = make(tables=False)
    account("officer", Role.COUNTER, where=world.x)
    agent(world, 0, Agency.Power.OWNER, "boss")
    told = browser_thread.run(seen, hands_out, live_server.url, code())
    page = browser_thread.run(seen, activates, live_server.url, told)
    assert "已开通，登录名是 lin.yi" in page
    assert "谁看过我" in page
    assert Binding.objects.get(user__login="lin.yi").person == world.people[0]
    assert "林一" in browser_thread.run(seen, appoints, live_server.url)
    assert Agency.objects.get(user__login="lin.yi").appointed_by == User.objects.get(login="boss")


def administers(page: Page, base: str, login: str, right: str) -> list[str]:
    password(page, base, login)
    second(page, right)
    return links(page)


def test_each_administrator_sees_their_own_pages_only(live_server: LiveServer, browser_thread: BrowserThread) -> None:
    wanted = {
        "system": (Role.SYSTEM_ADMIN, {"系统状态", "账户", "作业", "地区"}),
        "security": (Role.SECURITY_ADMIN, {"账户", "授权"}),
        "audit": (Role.AUDIT_ADMIN, {"审计事件", "登录日志"}),
    }
    every = set().union(*(pages for _, pages in wanted.values()))
    for login, (role, pages) in wanted.items():
        account(login, role)
        assert set(browser_thread.run(seen, administers, live_server.url, login, code())) & every == pages
