"""The report in a real browser: without script, on a phone, in both languages, on paper."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.tiaowen.population_run.town import LIBRARY, PLACE, write_town
from tests.tiaowen.simulate.test_patches import CHOSEN
from tests.tiaowen.simulate.test_simulation import NEW, RAISED
from tiaowen.simulate import read_scenario, simulate
from tiaowen.simulate.page import render
from tools.picture import launch_options

BOTH = pytest.mark.parametrize("lang", ["zh", "en"])
WIDE = """[...document.querySelectorAll('main *')].filter(each => !each.closest('.vh') && !each.closest('thead')
    && each.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
    .map(each => each.tagName + ' ' + each.textContent.slice(0, 40)).slice(0, 5)"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(**launch_options())
        yield started
        started.close()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    facts = write_town(folder / "facts")
    scenarios = [read_scenario(text, f"{at}.yaml") for at, text in enumerate((RAISED, NEW, CHOSEN), 1)]
    found = simulate(LIBRARY, facts, scenarios, folder / "results", region=PLACE)
    pages = {lang: folder / f"{lang}.html" for lang in ("zh", "en")}
    for lang, path in pages.items():
        path.write_text(render(found, LIBRARY.vocabulary, lang), encoding="utf-8")
    return pages


def without_script(browser: Browser, width: int) -> BrowserContext:
    return browser.new_context(java_script_enabled=False, viewport={"width": width, "height": 800})


@BOTH
@pytest.mark.parametrize("width", [320, 768, 1280])
def test_nothing_scrolls_sideways_even_when_all_is_open(
    browser: Browser, files: dict[str, Path], lang: str, width: int
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800})
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(files[lang].as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    assert page.evaluate(WIDE) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert said == []
    page.close()


@BOTH
def test_without_script_the_findings_the_charts_and_the_tables_are_there(
    browser: Browser, files: dict[str, Path], lang: str
) -> None:
    context = without_script(browser, 375)
    page = context.new_page()
    page.goto(files[lang].as_uri())
    assert page.locator(".find__says").count() == 3
    bars = [box["width"] for each in page.locator(".track i.c1").all() if (box := each.bounding_box()) is not None]
    assert max(bars) > 100
    columns = [box["height"] for each in page.locator(".cols i.c1").all() if (box := each.bounding_box()) is not None]
    assert max(columns) > 50
    fold = page.locator("details.fold:not([open]) > summary").first
    fold.click()
    assert page.locator("details.fold table").first.is_visible()
    context.close()


@BOTH
def test_every_chart_has_a_heading_and_its_table(browser: Browser, files: dict[str, Path], lang: str) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(files[lang].as_uri())
    assert page.evaluate("""[...document.querySelectorAll('figure')].every(each =>
        each.closest('section').querySelector('h2, h3').textContent && each.parentElement.querySelector('details table'))""")
    page.close()


def test_the_english_page_marks_what_stays_chinese(browser: Browser, files: dict[str, Path]) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(files["en"].as_uri())
    unmarked = page.evaluate("""() => {
        const walk = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT), found = []
        while (walk.nextNode()) {
            const each = walk.currentNode
            if (/[\\u4e00-\\u9fff]/.test(each.textContent) && !each.parentElement.closest('[lang=zh-Hans]')
                && !each.parentElement.closest('caption')) found.push(each.textContent)
        }
        return found }""")
    assert unmarked == []
    page.close()


@BOTH
def test_print_opens_every_fold(browser: Browser, files: dict[str, Path], lang: str, tmp_path: Path) -> None:
    page = browser.new_page(viewport={"width": 718, "height": 1000})
    page.emulate_media(media="print")
    page.goto(files[lang].as_uri())
    hidden = page.evaluate("""
        [...document.querySelectorAll('details table')].filter(each => each.getBoundingClientRect().height < 1).length""")
    assert hidden == 0
    page.pdf(path=tmp_path / "page.pdf", format="A4", prefer_css_page_size=True)
    assert (tmp_path / "page.pdf").read_bytes().startswith(b"%PDF")
    page.close()
