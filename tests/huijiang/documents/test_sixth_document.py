"""A sixth document from nothing to released: one person encodes it, another approves, and everybody sees it.

No code knows of it: its benefits appear in a worker's page, the guide, the comparison, the search, and to other systems.
"""

from __future__ import annotations

import datetime as dt
import json
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from huijiang.accounts.models import Role, User
from huijiang.api import clients, tokens
from huijiang.documents import releases
from huijiang.documents.models import Draft, Release, Trial
from huijiang.jobs.models import Run
from huijiang.jobs.queue import perform
from huijiang.registry.models import MODELS
from huijiang.sealed import keys
from tests.huijiang.documents.bundle import OFFICE_FILES
from tests.huijiang.documents.pages import staff, today
from tests.huijiang.documents.sixth_document import CASES, NAME, PRINTED, TEXT
from tests.huijiang.entitlements.town import DAY, Town, account, town
from tests.huijiang.gate.browser import BrowserThread
from tests.huijiang.gate.walk import BACKEND

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass
class Desk:
    town: Town
    maker: User
    checker: User
    first: Release


@pytest.fixture
def desk(settings: Any, tmp_path: Path) -> Desk:
    """A town, the release in force, and a certificate of this May: 高级工, so 1,500 yuan under the sixth document."""
    settings.DATA = tmp_path
    keys.ensure(settings.KEY_FILE)
    here = town()
    MODELS["certificate"].objects.create(
        holder=here.worker, holder_employer=here.employer, kind="职业技能等级证书", occupation="焊工", level="高级工",
        issued_on="2026-05-01", first_stated=False, managed_by=here.xiaoshan, source="登记", as_of=DAY,
    )  # fmt: skip
    maker, checker = staff("maker", Role.STEWARD), staff("checker", Role.STEWARD_APPROVER)
    return Desk(here, maker, checker, releases.approve(releases.make(OFFICE_FILES, maker), checker, today()))


def opened(browser: Browser, base: str, user: str, width: int = 1280) -> Page:
    context = browser.new_context(viewport={"width": width, "height": 900}, locale="zh-CN")
    if user:
        context.add_cookies([{"name": "sessionid", "value": user, "url": base}])
    return context.new_page()


def cookie(user: User) -> str:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return str(client.session.session_key)


def encodes(browser: Browser, base: str, user: str, files: Path) -> str:
    """Import with a mistake in it, mend it beside its clause, attach the original, set the open amount, ask for trials."""
    tab = opened(browser, base, user)
    tab.goto(f"{base}/policies/")
    tab.get_by_role("link", name="工作稿", exact=True).click()
    tab.get_by_role("link", name="新的工作稿").click()
    tab.get_by_label("政策文件（.md）").set_input_files(files / f"{NAME}.md")
    tab.get_by_label("算例（.cases.yaml）").set_input_files(files / f"{NAME}.cases.yaml")
    tab.get_by_role("button", name="导入").click()
    expect(tab.locator("#problems")).to_contain_text("1500 元/月")
    address = tab.url
    tab.get_by_role("link", name="技能焕新补贴").click()
    area = tab.get_by_label("规则代码")
    area.fill(area.input_value().replace("1500 元/月", "1500 元/人"))
    expect(tab.locator("#findings")).to_contain_text("没有错误")  # without a button: as it is typed
    expect(tab.locator("#findings")).to_contain_text("算例 16 / 16 个通过")
    tab.get_by_role("button", name="保存", exact=True).click()
    expect(tab.locator("#problems")).to_contain_text("没有错误，也没有提醒")
    tab.get_by_role("link", name="附上原文").click()
    tab.get_by_label("原文").set_input_files(files / f"{NAME}.txt")
    tab.get_by_role("button", name="附上原文").click()
    expect(tab.get_by_text("全部对应")).to_be_visible()
    for kind in ("变体", "对全区的影响"):
        tab.goto(address)
        tab.get_by_role("link", name=kind, exact=True).click()
        tab.get_by_role("button", name="开始试").click()
        expect(tab.get_by_text("正在准备").or_(tab.locator("progress"))).to_be_visible()
    tab.context.close()
    return address


def reads_and_submits(browser: Browser, base: str, user: str, address: str) -> str:
    tab = opened(browser, base, user)
    tab.goto(f"{address}trials/mutants/")
    expect(tab.get_by_text("全部查出")).to_be_visible()
    tab.goto(f"{address}trials/effect/")
    expect(tab.get_by_text("+1,500 元")).to_be_visible()
    expect(tab.get_by_text("1 个，共多 1,500 元")).to_be_visible()
    tab.goto(address)
    tab.get_by_label("这一版改了什么").fill("新办法：焕新补贴")
    tab.get_by_role("button", name="检查并提交").click()
    expect(tab.get_by_role("heading", name="正在检查")).to_be_visible()
    tab.context.close()
    return tab.url


def sees_it_checked(browser: Browser, base: str, user: str, checked: str) -> str:
    tab = opened(browser, base, user)
    tab.goto(checked)
    expect(tab.get_by_text("要由另一位政策复核人员决定")).to_be_visible()
    expect(tab.get_by_role("button", name="复核通过")).to_have_count(0)
    release = tab.url
    tab.context.close()
    return release


def approves(browser: Browser, base: str, user: str, release: str) -> None:
    tab = opened(browser, base, user)
    tab.goto(release)
    expect(tab.get_by_text("萧山区技能人才焕新补贴试行办法").first).to_be_visible()
    tab.get_by_role("button", name="复核通过").click()
    expect(tab.get_by_text("已复核通过")).to_be_visible()
    tab.context.close()


def everybody_sees(browser: Browser, base: str, worker: str) -> None:
    tab = opened(browser, base, worker, 375)
    tab.goto(f"{base}/my/entitlements/")
    card = tab.locator("article, section, li").filter(has_text="技能焕新补贴").last
    expect(tab.get_by_role("link", name="技能焕新补贴", exact=True)).to_be_visible()
    expect(card).to_contain_text("1,500")
    tab.context.close()
    tab = opened(browser, base, "", 375)
    tab.goto(f"{base}/policies/?q=huanxin")
    expect(tab.get_by_role("link", name="技能焕新补贴")).to_be_visible()
    tab.goto(f"{base}/policies/{NAME}/一/")
    expect(tab.get_by_text("同一人不重复补贴")).to_be_visible()
    tab.goto(f"{base}/benefits/{NAME}/renewal-grant/guide/")
    expect(tab.get_by_text("区内企业职工")).to_be_visible()
    expect(tab.get_by_text("高级工：1,500 元")).to_be_visible()
    tab.goto(f"{base}/compare/?topic=certificate")
    expect(tab.get_by_role("link", name="技能焕新补贴")).to_be_visible()
    tab.context.close()


def another_system_sees(base: str, here: Town) -> None:
    """A system of the bureau posts a case: a worker of a firm in the district, a certificate of this May."""
    system, security = (
        account(f"api-{role}", "接口", role, here.xiaoshan) for role in (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN)
    )
    scopes = ("entitlements:read",)
    wanted = clients.Wanted(
        "区就业系统", "bureau", "查询", "赵工", here.xiaoshan, None, scopes, (), 100, today() + dt.timedelta(days=30)
    )
    client = clients.register(system, wanted)
    clients.approve(client, security)
    client.refresh_from_db()
    _token, secret = tokens.issue(client, system, "正式", scopes, 1)
    case = {
        "region": "萧山区", "on": "2026-06-30",
        "tables": {
            "organisation": [{"id": "轴承厂", "kind": "企业", "place": "萧山区"}], "person": [{"id": "小林"}],
            "certificate": [{"id": "证", "holder": "小林", "holder_employer": "轴承厂", "kind": "职业技能等级证书",
                             "occupation": "焊工", "level": "高级工", "issued_on": "2026-05-01"}],
        },
        "covers": [{"table": "certificate", "by": "holder"}],
    }  # fmt: skip
    asked = urllib.request.Request(
        f"{base}/api/v1/entitlements/case", json.dumps(case).encode(),
        {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"},
    )  # fmt: skip
    with urllib.request.urlopen(asked, timeout=60) as answer:
        told = json.loads(answer.read())
    (grant,) = [each for each in told["answers"] if each["benefit"] == f"{NAME}#renewal-grant"]
    assert (grant["outcome"], grant["low"], grant["high"], grant["clause"]) == ("entitled", 150_000, 150_000, "一")
    with urllib.request.urlopen(f"{base}/api/v1/benefits/{NAME}/renewal-grant", timeout=60) as answer:
        assert json.loads(answer.read())["name"] == "技能焕新补贴"


def run(kind: str) -> None:
    asked = Run.objects.get(kind=kind)
    perform(asked.uid)
    asked.refresh_from_db()
    assert asked.state == "done", asked.error
    assert asked.done == asked.total


def test_a_sixth_document_goes_from_nothing_to_everybody_with_two_people_and_no_code(
    desk: Desk, live_server: LiveServer, browser_thread: BrowserThread, tmp_path: Path
) -> None:
    files = tmp_path / "files"
    files.mkdir()
    wrong = TEXT.replace("1500 元/人", "1500 元/月")
    for name, text in ((f"{NAME}.md", wrong), (f"{NAME}.cases.yaml", CASES), (f"{NAME}.txt", PRINTED)):
        (files / name).write_text(text, encoding="utf-8")
    go: Callable[..., Any] = browser_thread.run
    address = go(encodes, live_server.url, cookie(desk.maker), files)
    draft = Draft.objects.get()
    assert draft.latest.text == TEXT
    run("documents.mutants")
    run("documents.effect")
    effect = Trial.objects.get(kind="effect").result
    assert effect["moved"]["kind"] == [["person", 1, 150_000, 0, 0]]  # one person, 1,500 yuan; worked out by hand
    assert effect["after"]["money"][0] - effect["before"]["money"][0] == 150_000
    assert [each["name"] for each in effect["benefits"]] == ["技能焕新补贴", "工位补助"]  # new, the second for nobody
    handed_in = go(reads_and_submits, live_server.url, cookie(desk.maker), address)
    run("documents.release_check")
    release = go(sees_it_checked, live_server.url, cookie(desk.maker), handed_in)
    go(approves, live_server.url, cookie(desk.checker), release)
    held = releases.in_force()
    assert held is not None
    assert (held.number, held.made_by, held.decided_by) == (2, desk.maker, desk.checker)
    go(everybody_sees, live_server.url, cookie(desk.town.worker_user))
    another_system_sees(live_server.url, desk.town)
    page = Client().get(f"/policies/{NAME}/diff/?from=1&to=2").content.decode()
    assert "不到 10" in page  # one person is not told as one
    assert not list((tmp_path / "preview").glob("*/1"))  # what was tried is gone; the day's snapshot stays
