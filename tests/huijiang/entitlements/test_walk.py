"""Three people at a real browser: a worker on a phone, HR with a roster, an officer who looks somebody up."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from huijiang.access.models import Sighting
from huijiang.accounts.models import User
from huijiang.entitlements.models import Objection
from huijiang.registry.vocabulary import vocabulary
from huijiang.sealed import keys
from tests.huijiang.entitlements.town import NUMBER, Town, town
from tests.huijiang.gate.browser import BrowserThread
from tests.huijiang.gate.walk import BACKEND
from tiaowen.workbook import write_sample

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def small(settings: Any) -> Town:
    keys.ensure(settings.KEY_FILE)
    return town()


def cookie(user: User) -> str:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return str(client.session.session_key)


def opened(browser: Browser, base: str, session: str, width: int) -> Page:
    context = browser.new_context(viewport={"width": width, "height": 800}, locale="zh-CN")
    context.add_cookies([{"name": "sessionid", "value": session, "url": base}])
    return context.new_page()


def worker_on_a_phone(browser: Browser, base: str, session: str) -> str:
    tab = opened(browser, base, session, 375)
    tab.goto(f"{base}/my/entitlements/")
    said = tab.locator(".totals__main").inner_text()
    shown = tab.locator("#ready .amount__figure").inner_text()
    assert re.sub(r"\s", "", said) == f"您现在可以申领1项，共{shown}{tab.locator('#ready .amount__unit').inner_text()}"
    tab.get_by_role("link", name="区首席技师工作津贴", exact=True).click()
    expect(tab.get_by_text("萧山区选树")).to_be_visible()
    tab.get_by_role("link", name="金额不对？").click()
    tab.get_by_label("金额不对").check()
    tab.get_by_label("请说明").fill("少发了一个月")
    tab.get_by_role("button", name="提出异议").click()
    number = tab.locator(".confirmation__number").inner_text()
    tab.context.close()
    return number


def test_a_worker_finds_what_is_owed_opens_it_and_objects(
    small: Town, live_server: LiveServer, browser_thread: BrowserThread
) -> None:
    number = browser_thread.run(worker_on_a_phone, live_server.url, cookie(small.worker_user))
    stored = Objection.objects.get()
    assert stored.uid.hex[:8].upper() == number
    assert (stored.condition, stored.words) == ("", "少发了一个月")


def with_a_roster(browser: Browser, base: str, session: str, file: str) -> tuple[str, str]:
    tab = opened(browser, base, session, 1280)
    tab.goto(f"{base}/org/staff/")
    tab.get_by_label("职工名册").set_input_files(file)
    tab.get_by_role("button", name="看结果").click()
    expect(tab.get_by_text("名册读完了")).to_be_visible()
    result = tab.locator("main").inner_text()
    tab.get_by_label("职工名册").set_input_files(file)
    with tab.expect_download() as download:
        tab.get_by_role("button", name="下载完整报告").click()
    name = download.value.suggested_filename
    tab.context.close()
    return result, name


def test_hr_uploads_a_roster(
    small: Town, live_server: LiveServer, browser_thread: BrowserThread, tmp_path: Path
) -> None:
    roster = tmp_path / "roster.xlsx"
    write_sample(roster, vocabulary(), staff=100)
    result, name = browser_thread.run(with_a_roster, live_server.url, cookie(small.agent_user), str(roster))
    assert "可以申领" in result
    assert name == "report.html"


def officer_looks(browser: Browser, base: str, session: str) -> str:
    tab = opened(browser, base, session, 1280)
    tab.goto(f"{base}/desk/people/")
    tab.get_by_label("姓名、拼音或证件号码").fill(NUMBER)
    tab.get_by_label("查找用途").select_option("counter")
    tab.get_by_role("button", name="查找").click()
    assert NUMBER not in tab.url
    tab.get_by_role("link", name="林**").click()
    expect(tab.get_by_role("heading", name="林小英")).to_be_visible()
    assert NUMBER not in tab.content()
    tab.get_by_role("link", name="区首席技师工作津贴", exact=True).click()
    expect(tab.get_by_role("heading", name="逐条核对")).to_be_visible()
    tab.go_back()
    tab.get_by_role("button", name="显示完整号码").click()
    number = tab.locator(".confirmation__number").inner_text()
    assert NUMBER not in tab.url
    tab.context.close()
    return number


def test_an_officer_looks_somebody_up_and_leaves_a_trace(
    small: Town, live_server: LiveServer, browser_thread: BrowserThread
) -> None:
    assert browser_thread.run(officer_looks, live_server.url, cookie(small.counter_user)) == NUMBER
    seen = Sighting.objects.filter(person=small.worker)
    assert {each.viewer for each in seen} == {small.counter_user}
    assert {each.purpose for each in seen} == {"counter"}
    assert seen.filter(columns=["identity_document.number"]).count() == 1
