"""A person takes their consent back, and the firm's page forgets them at once; two records become one, and two again."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from huijiang.access.models import Consent
from huijiang.accounts.viewers import today
from huijiang.sealed import keys
from tests.huijiang.gate.browser import BrowserThread
from tests.huijiang.people.pages import World, world
from tests.huijiang.people.test_people import client

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def made(settings: Any, tmp_path: Path) -> World:
    settings.DATA = tmp_path
    keys.ensure(settings.KEY_FILE)
    return world()


def open_tabs(browser: Browser, base: str, sessions: dict[str, str]) -> dict[str, Any]:
    tabs = {}
    for name, session in sessions.items():
        context = browser.new_context(locale="zh-CN", viewport={"width": 1280, "height": 900})
        context.add_cookies([{"name": django.SESSION_COOKIE_NAME, "value": session, "url": base}])
        tabs[name] = context.new_page()
    return tabs


def takes_back(browser: Browser, base: str, sessions: dict[str, str]) -> tuple[str, str]:
    tabs = open_tabs(browser, base, sessions)
    firm, worker = tabs["firm"], tabs["worker"]
    try:
        firm.goto(f"{base}/org/staff/")
        before = firm.locator("main").inner_text()
        worker.goto(f"{base}/my/consents/")
        worker.get_by_role("link", name="撤回同意").click()
        worker.get_by_role("button", name="撤回同意").click()
        firm.reload()
        return before, firm.locator("main").inner_text()
    finally:
        for each in tabs.values():
            each.context.close()


def test_a_person_withdraws_consent_and_the_firms_page_forgets(
    made: World, live_server: LiveServer, browser_thread: BrowserThread
) -> None:
    town = made.town
    Consent.objects.create(person=town.worker, organisation=town.trainer, purpose="entitlements",
                           given_by=town.worker_user, until=today() + dt.timedelta(days=30))  # fmt: skip
    sessions = {"firm": str(client(town.agent_user).session.session_key),
                "worker": str(client(town.worker_user).session.session_key)}  # fmt: skip
    before, after = browser_thread.run(takes_back, live_server.url, sessions)
    assert "林小英" in before
    assert "林小英" not in after


def merges(browser: Browser, base: str, sessions: dict[str, str], pair: str) -> tuple[str, str]:
    page = open_tabs(browser, base, sessions)["registrar"]
    try:
        page.goto(f"{base}/desk/duplicates/{pair}/")
        page.get_by_label("不是同一个人").check()
        page.get_by_label("理由").fill("同名同日生，已分别核对证件")
        page.get_by_role("button", name="确定").click()
        told = page.locator("main").inner_text() + page.locator("body").inner_text()
        page.goto(f"{base}/desk/merges/")
        page.get_by_role("link", name="撤销合并").click()
        page.get_by_label("撤销的理由").fill("是父子")
        page.get_by_role("button", name="撤销合并").click()
        return told, page.locator("body").inner_text()
    finally:
        page.context.close()


def test_a_registrar_tells_two_records_apart_and_undoes_a_merge(
    made: World, live_server: LiveServer, browser_thread: BrowserThread
) -> None:
    sessions = {"registrar": str(client(made.registrar).session.session_key)}
    told, undone = browser_thread.run(merges, live_server.url, sessions, str(made.pair.uid))
    assert "以后不再提示" in told
    assert "已撤销" in undone
    made.pair.refresh_from_db()
    made.merge.refresh_from_db()
    assert made.pair.decision == "different"
    assert made.merge.ended_by == made.registrar
