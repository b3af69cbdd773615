"""In a real browser: a worker looks for a word and reads the clause; a steward brings a release in, another approves."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from huijiang.accounts.models import Role, User
from huijiang.documents import bundles, releases, submissions
from huijiang.documents.models import Submission
from tests.huijiang.documents.bundle import OFFICE_FILES, raised
from tests.huijiang.documents.pages import staff, today
from tests.huijiang.gate.browser import BrowserThread

pytestmark = pytest.mark.django_db(transaction=True)


def session(user: User) -> str:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return str(client.session.session_key)


def reads_a_clause(browser: Browser, base: str) -> None:
    tab = browser.new_page(viewport={"width": 375, "height": 800}, locale="zh-CN")
    tab.goto(base)
    tab.get_by_label("查政策").fill("技师")
    tab.get_by_role("button", name="查询").click()
    expect(tab.locator(".library__count")).to_contain_text("条条款")
    tab.get_by_role("link", name="2.完善职业培训学校管理").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("2.完善职业培训学校管理")
    expect(tab.get_by_text("由该机构直接培养", exact=True).first).to_be_visible()
    expect(tab.get_by_text("技师：1,000 元")).to_be_visible()
    source = tab.locator("#benefit-trainer-grant pre")
    expect(source).to_be_hidden()
    tab.locator("#benefit-trainer-grant summary").click()
    expect(source).to_contain_text("技师: 1000 元/人")
    tab.get_by_role("link", name="培训机构高技能人才培养资助").first.click()
    expect(tab.get_by_role("heading", name="需要的信息和材料")).to_be_visible()
    tab.close()


def test_a_worker_looks_for_a_word_and_reads_how_the_clause_is_carried_out(
    live_server: LiveServer, browser_thread: BrowserThread
) -> None:
    browser_thread.run(reads_a_clause, live_server.url)


def brings_in(browser: Browser, base: str, key: str, bundle: str) -> str:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN")
    context.add_cookies([{"name": "sessionid", "value": key, "url": base}])
    tab = context.new_page()
    tab.goto(f"{base}/policies/")
    tab.get_by_role("link", name="规则版本", exact=True).click()
    tab.get_by_role("link", name="提交新版本").click()
    tab.get_by_label("这一版改了什么").fill("开办补助提高到 12 万元")
    tab.get_by_label("政策文件夹的压缩包").set_input_files(bundle)
    tab.get_by_role("button", name="检查并提交").click()
    expect(tab.get_by_role("heading", level=1)).to_be_visible()
    address = tab.url
    context.close()
    return address


def reads_that_it_holds(browser: Browser, base: str, key: str, address: str) -> str:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN")
    context.add_cookies([{"name": "sessionid", "value": key, "url": base}])
    tab = context.new_page()
    tab.goto(address)
    expect(tab.get_by_text("检查全部通过")).to_be_visible()
    expect(tab.get_by_text("要由另一位政策复核人员决定")).to_be_visible()
    expect(tab.get_by_role("button", name="复核通过")).to_have_count(0)
    address = tab.url
    context.close()
    return address


def approves(browser: Browser, base: str, key: str, address: str) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN")
    context.add_cookies([{"name": "sessionid", "value": key, "url": base}])
    tab = context.new_page()
    tab.goto(address)
    expect(tab.locator("del")).to_contain_text("10 万元/家")
    expect(tab.locator("ins")).to_contain_text("12 万元/家")
    tab.get_by_role("button", name="复核通过").click()
    expect(tab.get_by_text("已复核通过")).to_be_visible()
    expect(tab.get_by_text("现行", exact=True)).to_be_visible()
    tab.goto(f"{base}/benefits/xiaoshan-2025-3/studio-start/")
    expect(tab.get_by_text("120,000 元")).to_be_visible()
    context.close()


def test_a_steward_brings_a_release_in_and_another_puts_it_in_force(
    live_server: LiveServer, browser_thread: BrowserThread, tmp_path: Path
) -> None:
    maker, checker = staff("maker", Role.STEWARD), staff("checker", Role.STEWARD_APPROVER)
    releases.approve(releases.make(OFFICE_FILES, maker), checker, today())
    bundle = tmp_path / "policies.zip"
    bundle.write_bytes(bundles.pack(raised(OFFICE_FILES)))
    checks = browser_thread.run(brings_in, live_server.url, session(maker), str(bundle))
    submissions.carry_out(Submission.objects.get(ended_at=None))  # as the job does it
    address = browser_thread.run(reads_that_it_holds, live_server.url, session(maker), checks)
    browser_thread.run(approves, live_server.url, session(checker), address)
    held = releases.in_force()
    assert held is not None
    assert (held.number, held.made_by, held.decided_by) == (2, maker, checker)
