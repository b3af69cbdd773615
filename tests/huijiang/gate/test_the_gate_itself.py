"""The gate finds what it is there to find: a sound page passes, each broken one is named."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.huijiang.gate import checks
from tests.huijiang.gate.browser import BrowserThread
from tests.huijiang.gate.checks import Size

SOUND = """<!doctype html><html lang="LANGUAGE"><head><title>首页 - 惠匠</title></head><body><a class="skip" href="#main">跳到正文</a>
<main id="main"><h1>首页</h1>{}</main><footer><a href="tel:12333"><img alt="12333" width="44" height="44"></a></footer></body></html>"""


def judged(browser: Browser, body: str, language: str) -> list[str]:
    context = browser.new_context(viewport={"width": 320, "height": 700})
    checks.equip(context)
    tab = context.new_page()
    tab.set_content(SOUND.format(body).replace("LANGUAGE", language))
    (wrong,) = checks.layouts(tab, [Size(large=False, axe=True)])
    found = [*checks.frame(tab, language), *wrong]
    context.close()
    return found


def test_a_sound_page_has_no_fault(browser_thread: BrowserThread) -> None:
    assert browser_thread.run(judged, "<p>正文</p>", "zh-Hans") == []


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ("<h1>第二个</h1>", "2 h1"),
        ('<p style="color:#000">字</p>', "inline: <p>"),
        ('<p onclick="go()">字</p>', "inline onclick"),
        ('<p id="main">字</p>', "id main twice"),
        ("<pre>" + "宽" * 60 + "</pre>", "scrolls sideways"),
        ('<ul><li><a href="#main">小</a></li></ul>', "target under 24 px: a"),
        ('<p><font color="#bbbbbb">看不清</font></p>', "axe color-contrast"),
        ('<img src="data:,">', "axe image-alt"),
        ("<input>", "axe label"),
    ],
)
def test_a_fault_is_named(browser_thread: BrowserThread, body: str, named: str) -> None:
    assert [fault for fault in browser_thread.run(judged, body, "zh-Hans") if fault.startswith(named)] != []


def test_a_link_in_a_sentence_is_as_high_as_its_words(browser_thread: BrowserThread) -> None:
    found = browser_thread.run(judged, '<p>换一个区县，或者<a href="#main">看全部</a>。</p>', "zh-Hans")
    assert [fault for fault in found if fault.startswith("target")] == []


def test_chinese_on_an_english_page_must_be_marked(browser_thread: BrowserThread) -> None:
    body = '<p>Basis: <span lang="zh-Hans">第六条</span></p><p>忘了翻译</p>'
    found = browser_thread.run(judged, body, "en")
    assert [fault for fault in found if "忘了翻译" in fault] != []
    assert [fault for fault in found if "第六条" in fault] == []
