"""A worker on a phone: from what she is owed to the reference number, in a real browser."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from huijiang.claims.models import Claim
from huijiang.claims.states import State
from huijiang.registry.models import MODELS
from tests.huijiang.claims.office import Office
from tests.huijiang.claims.test_applying import CARD
from tests.huijiang.entitlements.town import CHIEF
from tests.huijiang.files import uploads
from tests.huijiang.gate.browser import BrowserThread

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = {"width": 375, "height": 667}


def claims(browser: Browser, base: str, session: str, begin: str) -> list[str]:
    """Entitlements → begin → a question, a paper, the account, after a slip in its number → check → sent → her case."""
    context = browser.new_context(locale="zh-CN", viewport=PHONE, has_touch=True)
    context.add_cookies([{"name": "sessionid", "value": session, "url": base}])
    page, told = context.new_page(), []
    try:
        page.goto(f"{base}/my/entitlements/")
        page.locator(f'a[href="{begin}"]').tap()
        page.get_by_role("button", name="开始申领").tap()
        page.get_by_role("link", name="继续").tap()
        page.locator("#id_value").fill("萧山区")
        page.get_by_role("button", name="保存，下一步").tap()
        page.locator("input[type=file]").set_input_files(
            {"name": "红头.png", "mimeType": "image/png", "buffer": uploads.picture()}
        )
        page.get_by_role("button", name="保存，下一步").tap()
        page.get_by_label("卡号或账号").fill(CARD[:-1] + "9")
        told.append(page.locator("h1").inner_text())
        page.get_by_label("开户行").fill("甲银行萧山支行")
        page.get_by_role("button", name="保存，下一步").tap()
        told.append(page.locator(".error-summary").inner_text())
        told.append(page.title())
        page.get_by_label("卡号或账号").fill(CARD)
        page.get_by_role("button", name="保存，下一步").tap()
        page.get_by_label("以上内容属实").check()
        told.append(page.locator("main").inner_text())
        page.get_by_role("button", name="提交申报").tap()
        told.append(page.locator(".confirmation__number").inner_text())
        page.get_by_role("link", name="看办理进度").tap()
        page.get_by_text("办理经过").wait_for()
        told.append(page.locator("main").inner_text())
        return told
    finally:
        context.close()


def test_from_what_she_is_owed_to_the_reference_number(
    desk: Office, live_server: LiveServer, browser_thread: BrowserThread
) -> None:
    MODELS["recognition"].objects.filter(pk=desk.town.honour.pk).update(granted_by=None)
    client = Client()
    client.force_login(desk.town.worker_user, backend="django.contrib.auth.backends.ModelBackend")
    begin = reverse("claims:apply_new", args=[*CHIEF.split("#"), desk.town.holder])
    account, slip, wrong, check, number, case = browser_thread.run(
        claims, live_server.url, client.session.session_key, begin
    )
    assert account == "收款账户"
    assert wrong.startswith("错误：")
    assert "校验位不对" in slip
    assert "尾号 0128" in check
    assert "红头.png" in check
    claim = Claim.objects.get(state=State.SUBMITTED)
    assert number == claim.number
    assert number in case
    assert claim.deadline is not None
    assert claim.deadline.isoformat() in case
