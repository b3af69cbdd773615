"""The county's page in a real browser: narrow, without script, in large type, on paper."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from huijiang.picture.command import PAGES
from tests.huijiang.picture.conftest import Drawn
from tools.picture import launch_options

BOTH = pytest.mark.parametrize("lang", ["zh", "en"])
OPEN_ALL = "document.querySelectorAll('details').forEach(each => { each.open = true })"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(**launch_options())
        yield started
        started.close()


@BOTH
@pytest.mark.parametrize("width", [320, 768, 1280])
def test_nothing_scrolls_sideways_even_when_all_is_open(browser: Browser, drawn: Drawn, lang: str, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800})
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto((drawn.folder / PAGES[lang]).as_uri())
    page.evaluate(OPEN_ALL)
    wide = page.evaluate("""
        [...document.querySelectorAll('main *')].filter(each => !each.closest('thead')
            && each.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
            .map(each => each.tagName + ' ' + each.textContent.slice(0, 40)).slice(0, 5)""")
    assert wide == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert said == []
    page.close()


@BOTH
def test_all_can_be_read_with_script_switched_off(browser: Browser, drawn: Drawn, lang: str) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 375, "height": 800})
    page = context.new_page()
    page.goto((drawn.folder / PAGES[lang]).as_uri())
    assert page.locator("section.chart").count() == 8
    page.locator("#benefits summary").click()
    assert page.locator("#benefits table").is_visible()
    assert page.locator("#targets .bar").first.is_visible()
    context.close()


@BOTH
def test_nothing_scrolls_sideways_in_large_type(browser: Browser, drawn: Drawn, lang: str) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 800})
    page.goto((drawn.folder / PAGES[lang]).as_uri())
    page.evaluate("document.documentElement.style.fontSize = '150%'")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.close()


@BOTH
def test_text_stands_out_from_what_is_behind_it(browser: Browser, drawn: Drawn, lang: str) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto((drawn.folder / PAGES[lang]).as_uri())
    page.evaluate(OPEN_ALL)
    weak = page.evaluate("""() => {
        const light = c => { const [r, g, b] = c.match(/[\\d.]+/g).map(Number).map(x => x / 255)
            .map(x => x <= .03928 ? x / 12.92 : ((x + .055) / 1.055) ** 2.4)
            return .2126 * r + .7152 * g + .0722 * b }
        const behind = each => { while (each) { const c = getComputedStyle(each).backgroundColor
            if (c !== 'rgba(0, 0, 0, 0)') return c; each = each.parentElement } return 'rgb(255, 255, 255)' }
        const found = new Set()
        for (const each of document.querySelectorAll('body *')) {
            if (![...each.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())) continue
            const [a, b] = [light(getComputedStyle(each).color), light(behind(each))].sort((x, y) => y - x)
            if ((a + .05) / (b + .05) < 4.5) found.add(each.className + ' ' + each.textContent.slice(0, 20))
        }
        return [...found] }""")
    assert weak == []
    page.close()


@BOTH
def test_links_and_folds_are_large_enough_to_hit(browser: Browser, drawn: Drawn, lang: str) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 800})
    page.goto((drawn.folder / PAGES[lang]).as_uri())
    small = page.evaluate("""
        [...document.querySelectorAll('nav a, .lang a, summary')].filter(each => each.offsetParent)
            .filter(each => each.getBoundingClientRect().height < 24).map(each => each.textContent)""")
    assert small == []
    page.close()


@BOTH
def test_it_prints_with_the_sum_on_the_first_page(browser: Browser, drawn: Drawn, lang: str, tmp_path: Path) -> None:
    page = browser.new_page(viewport={"width": 718, "height": 1000})
    page.emulate_media(media="print")
    page.goto((drawn.folder / PAGES[lang]).as_uri())
    assert page.evaluate("document.querySelector('#sum').getBoundingClientRect().bottom") < 900
    page.pdf(path=tmp_path / "page.pdf", format="A4", prefer_css_page_size=True)
    assert (tmp_path / "page.pdf").read_bytes().startswith(b"%PDF")
    page.close()
