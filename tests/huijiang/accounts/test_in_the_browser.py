"""Administrators at a real browser: a list that follows what is typed, a job that is watched, a chain that is verified."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from huijiang.accounts.models import Role, User
from huijiang.accounts.tasks import VERIFY
from huijiang.jobs.models import Run, State
from huijiang.jobs.queue import perform
from tests.huijiang.accounts.people import account, signed_in
from tests.huijiang.gate.browser import BrowserThread

pytestmark = pytest.mark.django_db(transaction=True)


def cookie(user: User) -> str:
    return str(signed_in(user).cookies["sessionid"].value)


def opened(browser: Browser, base: str, session: str, address: str, script: bool = True) -> Page:
    context = browser.new_context(locale="zh-CN", viewport={"width": 1280, "height": 900}, java_script_enabled=script)
    context.add_cookies([{"name": "sessionid", "value": session, "url": base}])
    tab = context.new_page()
    tab.goto(base + address)
    if script:
        tab.evaluate("window.stayed = true")
    return tab


def types_a_name(browser: Browser, base: str, session: str) -> None:
    tab = opened(browser, base, session, "/admin-ops/users/")
    rows = tab.locator("#found tbody tr")
    expect(rows).to_have_count(4)
    search = tab.locator("input[name=q]")
    search.press_sequentially("李晓")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("李晓雯")
    expect(tab).to_have_url(f"{base}/admin-ops/users/?q=%E6%9D%8E%E6%99%93&state=&role=")
    assert tab.evaluate("window.stayed && document.activeElement.name") == "q"  # neither reloaded nor cut off
    search.press_sequentially("不在这里")
    expect(tab.locator("#found")).to_contain_text("没有符合条件的")
    expect(tab.locator("#heard")).to_have_text("没有符合条件的")
    tab.reload()
    expect(search).to_have_value("李晓不在这里")
    tab.context.close()
    plain = opened(browser, base, session, "/admin-ops/users/", script=False)
    plain.locator("input[name=q]").fill("李晓")
    plain.locator("form.filters").get_by_role("button", name="查询").click()
    expect(plain.locator("#found tbody tr")).to_have_count(1)
    plain.context.close()


def test_a_list_follows_what_is_typed_and_works_without_script(
    live_server: LiveServer, browser_thread: BrowserThread
) -> None:
    security = account("security", Role.SECURITY_ADMIN)
    for login, name in (("one", "李晓雯"), ("two", "周立"), ("three", "吴敏")):
        account(login, Role.REVIEWER, name=name)
    browser_thread.run(types_a_name, live_server.url, cookie(security))


def looks(tab: Page, *, share: str) -> None:
    expect(tab.locator("#watched progress")).to_have_text(share)
    assert tab.evaluate("window.stayed")


def test_a_job_is_watched_without_reloading_until_it_is_over(
    live_server: LiveServer, browser_thread: BrowserThread
) -> None:
    run = Run.objects.create(kind="accounts.expire", state=State.RUNNING, started_at=timezone.now(), done=1, total=4)
    session = cookie(account("system", Role.SYSTEM_ADMIN))
    tab = browser_thread.run(opened, live_server.url, session, f"/admin-ops/jobs/{run.uid}/")
    Run.objects.filter(uid=run.uid).update(done=3)
    browser_thread.run(lambda browser: looks(tab, share="75%"))
    Run.objects.filter(uid=run.uid).update(done=4, state=State.DONE, ended_at=timezone.now())
    browser_thread.run(lambda browser: over(tab))


def over(tab: Page) -> None:
    expect(tab.get_by_role("button", name="重新运行")).to_be_visible()
    assert not tab.evaluate("Boolean(window.stayed)")  # the whole page, once
    tab.context.close()


def asks(browser: Browser, base: str, session: str) -> Page:
    tab = opened(browser, base, session, "/admin-ops/audit/")
    tab.get_by_role("button", name="立即校验").click()
    expect(tab.get_by_text("正在校验，这一页自己更新")).to_be_visible()
    return tab


def reads(_browser: Browser, tab: Page) -> None:
    expect(tab.get_by_text("全部相符，没有改动")).to_be_visible()
    tab.context.close()


def test_the_audit_administrator_has_the_chain_verified_and_reads_the_outcome(
    live_server: LiveServer, browser_thread: BrowserThread
) -> None:
    go: Any = browser_thread.run
    tab = go(asks, live_server.url, cookie(account("audit", Role.AUDIT_ADMIN)))
    perform(Run.objects.get(kind=VERIFY).uid)
    go(reads, tab)
