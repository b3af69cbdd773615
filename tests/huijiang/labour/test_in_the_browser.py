"""An officer opens a survey; one firm fills in the workbook and another the form; the officer sees gap and difference,
sends one back; the firm mends it and sends again."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.conf import settings as django
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from huijiang.accounts.viewers import today
from huijiang.jobs.models import Run
from huijiang.jobs.queue import perform
from huijiang.labour import surveys
from huijiang.labour.models import EmployerSurvey
from huijiang.notices.models import Notice
from huijiang.sealed import keys
from tests.huijiang.gate.browser import BrowserThread
from tests.huijiang.labour.town import Place, client, place

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def made(settings: Any, tmp_path: Path) -> Place:
    settings.DATA = tmp_path
    keys.ensure(settings.KEY_FILE)
    return place()


def fill_in(path: str) -> None:
    """As somebody does who opens it in a spreadsheet program: seven welders instead of those registered, five wanted."""
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    for row in range(8, sheet.max_row + 1):
        if (sheet.cell(row, 1).value, sheet.cell(row, 2).value) == ("焊工", "高级工"):
            sheet.cell(row, 3).value, sheet.cell(row, 6).value = 5, 6
    book.save(path)


def walk(browser: Browser, base: str, sessions: dict[str, str], folder: str) -> dict[str, str]:
    tabs = {}
    for name, session in sessions.items():
        context = browser.new_context(locale="zh-CN", viewport={"width": 375 if name == "丙" else 1280, "height": 900})
        context.add_cookies([{"name": django.SESSION_COOKIE_NAME, "value": session, "url": base}])
        tabs[name] = context.new_page()
    desk, sheet, phone = tabs["desk"], tabs["甲"], tabs["丙"]
    said = {}
    try:
        desk.goto(f"{base}/desk/surveys/")
        desk.get_by_role("link", name="新的摸排").click()
        desk.get_by_label("名称").fill("焊工用工摸排")
        desk.get_by_label("统计时点").fill("2026-06-30")
        desk.get_by_label("职业（工种）").fill("焊工\n钳工")
        desk.get_by_label("截止填报").fill((today() + dt.timedelta(days=5)).isoformat())
        desk.get_by_label("本地区全部企业").check()
        desk.get_by_role("button", name="存为草稿").click()
        desk.get_by_role("button", name="发布并通知").click()
        said["opened"] = desk.locator("main").inner_text()

        sheet.goto(f"{base}/org/surveys/")
        sheet.get_by_role("link", name="焊工用工摸排").click()
        with sheet.expect_download() as taken:
            sheet.get_by_role("link", name="下载工作簿").click()
        path = f"{folder}/survey.xlsx"
        taken.value.save_as(path)
        fill_in(path)
        sheet.get_by_role("link", name="上传填好的").click()
        sheet.get_by_label("填好的工作簿").set_input_files(path)
        sheet.get_by_role("button", name="上传并核对").click()
        said["looked"] = sheet.locator("main").inner_text()
        sheet.get_by_role("button", name="整份采用").click()
        sheet.get_by_role("link", name="核对并提交").click()
        sheet.get_by_label("已逐项核对").check()
        sheet.get_by_role("button", name="提交填报").click()
        said["sent"] = sheet.locator("main").inner_text()

        phone.goto(f"{base}/org/surveys/")
        phone.get_by_role("link", name="焊工用工摸排").click()
        phone.get_by_role("button", name="从空白开始").click()
        phone.get_by_role("link", name="焊工", exact=True).click()
        phone.get_by_label("高级工 现有人数").fill("10")
        phone.get_by_label("高级工 缺口人数").fill("2")
        phone.get_by_role("button", name="保存，下一个职业").click()
        phone.get_by_role("button", name="没有这个职业的人").click()
        phone.get_by_role("link", name="核对并提交").click()
        phone.get_by_label("已逐项核对").check()
        phone.get_by_role("button", name="提交填报").click()
        said["phone"] = phone.locator("main").inner_text()

        desk.get_by_role("link", name="缺口排序", exact=True).click()
        said["gaps"] = desk.locator("main").inner_text()
        desk.get_by_role("link", name="各单位", exact=True).click()
        desk.get_by_role("link", name="甲厂").click()
        said["firm"] = desk.locator("main").inner_text()
        desk.get_by_label("退回理由").fill("高级工比登记多 4 人，请核对")
        desk.get_by_role("button", name="退回，请单位更正").click()

        sheet.reload()
        said["returned"] = sheet.locator("main").inner_text()
        sheet.get_by_role("button", name="更正").click()
        sheet.get_by_role("link", name="焊工", exact=True).click()
        sheet.get_by_label("高级工 现有人数").fill("1")
        sheet.get_by_role("button", name="保存", exact=True).click()
        sheet.get_by_role("link", name="核对并提交").click()
        sheet.get_by_label("已逐项核对").check()
        sheet.get_by_role("button", name="提交填报").click()
        desk.reload()
        said["mended"] = desk.locator("main").inner_text()
    finally:
        for each in tabs.values():
            each.context.close()
    return said


def test_from_opening_to_mending(
    made: Place, live_server: LiveServer, browser_thread: BrowserThread, tmp_path: Path
) -> None:
    users = {"desk": made.registrar, "甲": made.agents["甲"], "丙": made.agents["丙"]}
    sessions = {name: str(client(user).session.session_key) for name, user in users.items()}
    said = browser_thread.run(walk, live_server.url, sessions, str(tmp_path))
    assert "已发布，5 家单位会收到通知" in said["opened"]
    assert "工作簿里填了 3 行" in said["looked"]
    assert "第 1 版已提交" in said["sent"]
    assert "第 1 版已提交" in said["phone"]
    gaps = " ".join(said["gaps"].split())
    # 焊工: 6 of 甲 and 2 of 丙; 甲 has 5 and 丙 10 where both figures are known: 8 / 23 = 347.8 ‰
    assert "8 2 17 34.8%" in gaps
    assert "多填 2" in said["firm"]  # seven answered (1 + 5 + 1), five registered
    assert "高级工比登记多 4 人，请核对" in said["returned"]
    assert "第 2 版" in said["mended"]
    survey = EmployerSurvey.objects.get()
    assert survey.state == "open"
    perform(Run.objects.get(kind=surveys.TELL, unique=str(survey.uid)).uid)
    assert Notice.objects.filter(template="survey_opened").count() == 5
    assert Notice.objects.get(template="survey_returned").organisation == made.firms["甲"]
