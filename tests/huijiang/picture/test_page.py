"""The county's page and the terminal's summary say the same figures, in both languages."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from huijiang.picture.charts import bar, bullet
from huijiang.picture.command import make_picture
from huijiang.picture.outlook import judge, scale
from huijiang.picture.summary import lines
from huijiang.picture.what_if import CHANGED, PATCH
from huijiang.picture.words import WORDS
from tests.huijiang.picture.conftest import Drawn
from tests.tiaowen.report.pages import read_page
from tiaowen.report.money import yuan

BOTH = pytest.mark.parametrize("lang", ["zh", "en"])
SECTIONS = ["benefits", "who", "funds", "streets", "waits", "targets", "what-if"]


@BOTH
def test_the_page_says_that_it_is_synthetic_and_names_day_and_release(drawn: Drawn, lang: str) -> None:
    page = read_page(drawn.html[lang])
    strip = next(each for each in page.all("p", "strip"))
    assert ("合成数据" if lang == "zh" else "Synthetic data") in strip.text
    facts = next(each for each in page.all("div", "sum__facts")).text
    assert "2026-06-30" in facts
    assert drawn.picture.release[:12] in facts


@BOTH
def test_every_section_stands_with_its_finding_bars_and_figures(drawn: Drawn, lang: str) -> None:
    page = read_page(drawn.html[lang])
    for name in SECTIONS:
        section = page.with_id(name)
        assert section.all("h2")[0].text
        assert section.all("svg"), name
        assert section.all("tbody")[0].all("tr"), name
    assert [each.attributes["href"] for each in page.all("nav")[0].all("a")] == [f"#{each}" for each in SECTIONS]


@BOTH
def test_the_sum_of_the_benefits_is_the_sum_at_the_top(drawn: Drawn, lang: str) -> None:
    county = drawn.picture.county
    page = read_page(drawn.html[lang])
    total = yuan(county.total.low)
    assert total in page.with_id("sum").text
    assert sum(each.sum.low for each in county.places) == county.total.low
    assert sum(each.sum.low for each in county.who) == county.total.low
    assert sum(whole.low for _, whole, _ in county.funds()) == county.total.low
    assert sum(each.alone for each in county.waits) <= county.total.high - county.total.low
    last = page.with_id("benefits").all("tr", "last")[0]
    assert total in last.text


def test_the_page_agrees_with_the_summary_of_the_run(drawn: Drawn) -> None:
    summary = json.loads((drawn.folder / "county-run" / "summary.json").read_text(encoding="utf-8"))
    total = drawn.picture.county.total
    assert (total.low, total.high) == (summary["low"], summary["high_known"])


def test_what_is_written_in_chinese_says_so_on_the_english_page(drawn: Drawn) -> None:
    html = re.sub(r"<style>.*?</style>", "", drawn.html["en"], flags=re.S)
    body = html[html.index("<main") :]
    told = re.sub(r'<(span|a) [^>]*lang="zh-Hans"[^>]*>.*?</\1>', "", body)
    assert re.findall("[\u4e00-\u9fff]+", told) == []


def test_the_page_has_no_script_and_fetches_nothing(drawn: Drawn) -> None:
    for html in drawn.html.values():
        assert "<script" not in html
        assert re.findall(r'(?:src|href)="(?!#|data:|county)[^"]*"', html) == []


def test_targets_in_people_shrink_with_the_register_and_others_do_not(drawn: Drawn) -> None:
    # 450,000 and 165,000 of 1,000,000, for 2,000 people: 900 and 330
    judged = {each.measure.target.id: each for each in judge(drawn.picture.own_targets(), 2_000)}
    assert judged["skilled-stock"].measure.target.low == 900
    assert judged["high-skilled-stock"].measure.target.low == 330
    assert judged["yearly-contest"].measure.target.low == 1
    assert judged["skilled-stock"].counted.target.low == 450_000
    assert (scale(2_000), scale(20_000), scale(300_000)) == ("1/500", "1/50", "30.0 %")


def test_the_what_if_costs_a_thousand_yuan_for_each_line_that_it_touches(drawn: Drawn) -> None:
    base, side = drawn.picture.what_if.sides
    assert side.benefits[CHANGED].money.low >= base.benefits[CHANGED].money.low
    assert (side.money.low - base.money.low) % 100_000 == 0
    assert (drawn.folder / "what-if" / PATCH).is_file()


@BOTH
def test_the_terminal_tells_money_targets_and_the_what_if(drawn: Drawn, lang: str) -> None:
    told = lines(drawn.picture, lang)
    text = "\n".join(told)
    assert yuan(drawn.picture.county.total.low) in text
    assert "全区技能人才总量" in text
    assert told[-2].startswith("改一处会怎样" if lang == "zh" else "What if")
    assert "<b>" not in text


def test_drawing_again_makes_nothing_again_and_the_same_pages(drawn: Drawn) -> None:
    made = drawn.folder / "county" / "person.parquet"
    before = made.stat().st_mtime_ns
    make_picture(drawn.folder, people=2_000, seed=3, memory="512MB")
    assert made.stat().st_mtime_ns == before
    assert {lang: (drawn.folder / name).read_text(encoding="utf-8") for lang, name in
            (("zh", "county.html"), ("en", "county.en.html"))} == drawn.html  # fmt: skip


def test_another_seed_is_another_county(drawn: Drawn, tmp_path: Path) -> None:
    other = make_picture(tmp_path, people=500, seed=4, memory="512MB")
    assert other.people == 500
    assert replace(drawn.picture, people=500).people == other.people
    assert (tmp_path / "county" / ".made").read_text() != (drawn.folder / "county" / ".made").read_text()


def test_a_bar_is_as_long_as_its_money_and_something_is_never_nothing() -> None:
    assert 'width="500"' in bar(50, 100, 100)
    assert 'width="1000"' in bar(50, 100, 100)
    assert 'width="2"' in bar(1, 1, 1_000_000)
    assert bar(0, 0, 0).count('width="0"') == 2


def test_the_mark_of_a_bullet_stands_at_its_target() -> None:
    # the longest is 80, an eighth of room to its right: 90 wide, the mark at 80/90 of 1,000 less half its width
    assert f'x="{80 * 1000 // 90 - 3}"' in bullet(40, 60, 80)
    assert 'width="1000"' in bullet(40, None, 80)


def test_every_phrase_is_there_in_both_languages() -> None:
    for key, (zh, en) in WORDS.items():
        assert zh, key
        assert en, key
        assert set(re.findall(r"{(\w*)}", zh)) == set(re.findall(r"{(\w*)}", en)), key
