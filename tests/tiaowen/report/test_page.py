"""The page says what the answers say, completely, and its sums agree with its lists."""

from __future__ import annotations

import itertools
import re

import pytest

from tests.tiaowen.report.conftest import Sample
from tests.tiaowen.report.pages import Element
from tiaowen.evaluate.answers import answer_case
from tiaowen.report.model import FIRM, PEOPLE, READY
from tiaowen.report.money import Sum, total
from tiaowen.report.words import WORDS

BOTH = pytest.mark.parametrize("lang", ["zh", "en"])


def cards(page: Element, state: str, audience: str = "") -> list[Element]:
    return [
        card for card in page.all("article") if card.attributes["data-state"] == state
        and (not audience or card.attributes["data-audience"] == audience)
    ]  # fmt: skip


def sum_of(found: list[Element]) -> Sum:
    made = Sum()
    for card in found:
        low, high, unset = (int(card.attributes[f"data-{each}"]) for each in ("low", "high", "open"))
        made.join(Sum(low, high, unset))
    return made


@BOTH
def test_the_sentence_counts_what_the_lists_under_it_hold(sample: Sample, lang: str) -> None:
    page = sample.pages[lang]
    bold = [each.text for each in page.with_id("sum").all("b")]
    firm, people = cards(page, "ready", "firm"), cards(page, "ready", "people")
    assert bold == [
        str(len(firm)), total(sum_of(firm), lang), str(len(people)), total(sum_of(people), lang),
    ]  # fmt: skip


@BOTH
def test_each_card_shows_the_sum_it_was_counted_with(sample: Sample, lang: str) -> None:
    for card in cards(sample.pages[lang], "ready"):
        assert card.all(css="amount__n")[0].text == total(sum_of([card]), lang)


@BOTH
def test_the_counts_in_the_headings_are_those_of_the_lists(sample: Sample, lang: str) -> None:
    page = sample.pages[lang]
    for state in ("ready", "unknown", "near"):
        heading = page.with_id(state).all("h2")[0].all(css="count")[0].text
        assert re.findall(r"\d+", heading) == [str(len(cards(page, state)))]
    rows = page.with_id("no").all("li")
    assert re.findall(r"\d+", page.with_id("no").all("h2")[0].all(css="count")[0].text) == [str(len(rows))]


def test_the_sum_for_the_firm_is_that_of_its_entitled_answers(sample: Sample) -> None:
    expected = Sum()
    for answer in answer_case(sample.library, sample.facts, sample.region):
        if answer.rule.kind == "benefit" and answer.outcome == "entitled":
            if getattr(answer.payee, "id", "") == sample.roster.firm:
                expected.add(answer.low, answer.high)
    assert sample.report.sum_of(READY, FIRM) == expected
    assert expected.low > 0


def test_the_rows_of_a_card_add_up_to_its_sum(sample: Sample) -> None:
    for card in sample.report.of(READY):
        made = Sum()
        for row in card.rows:
            made.add(row.low, row.high)
        assert (card.left_out, made) == (0, card.sum), card.name


def test_the_funds_add_up_to_the_sentence(sample: Sample) -> None:
    for audience in (FIRM, PEOPLE):
        made = Sum()
        for fund in sample.report.funds:
            made.join(fund.by[audience])
        assert made == sample.report.sum_of(READY, audience)


def test_what_is_due_today_and_later_add_up_to_the_whole(sample: Sample) -> None:
    later = 0
    for card in sample.report.of(READY):
        assert card.due.low + card.later.low == card.sum.low, card.name
        later += card.later.low
    assert later > 0


def test_the_home_row_of_the_comparison_agrees_with_the_lists(sample: Sample) -> None:
    report = sample.report
    wide = next(place for place in report.places if place.name == "浙江省")
    home = next(place for place in report.places if place.home)
    for audience in (FIRM, PEOPLE):
        made = Sum()
        made.join(wide.sums[audience])
        made.join(home.sums[audience])
        assert made == report.sum_of(READY, audience)


@BOTH
def test_every_claim_names_its_clause_its_document_and_its_conditions(sample: Sample, lang: str) -> None:
    numbers = {paper.number for paper in sample.report.papers}
    titles = {paper.title for paper in sample.report.papers}
    found = cards(sample.pages[lang], "ready") + cards(sample.pages[lang], "unknown")
    assert found
    for card in found:
        basis = " ".join(each.text for each in card.all(css="basis"))
        assert any(number in basis for number in numbers)
        assert any(title in basis for title in titles)
        assert card.all(css="clause")[0].text
        assert card.all(css="cond")


def test_every_fact_of_a_ready_claim_has_a_source_or_is_worked_out(sample: Sample) -> None:
    facts = [fact for card in sample.report.of(READY) for c in card.conditions for fact in c.facts]
    assert facts
    assert all(fact.values for fact in facts)
    assert sum(bool(fact.source) for fact in facts) > len(facts) * 0.9


def test_what_is_unknown_names_the_sheet_and_the_column_that_would_settle_it(sample: Sample) -> None:
    page = sample.pages["zh"]
    gap = next(gap for gap in sample.report.gaps if gap.header == "是否由本单位直接培养")
    assert gap.sheet == "技能证书"
    row = next(row for row in page.with_id("unknown").all("tr") if "是否由本单位直接培养" in row.text)
    assert str(gap.rows[0]) in row.text
    assert f"{gap.claims} 笔" in row.text
    assert all(card.missing for card in sample.report.of("unknown"))


def test_blank_rows_that_are_named_are_blank_in_the_workbook(sample: Sample) -> None:
    gap = next(gap for gap in sample.report.gaps if gap.header == "是否由本单位直接培养")
    told = {row["id"] for row in sample.roster.case["tables"]["certificate"] if "trained_directly" in row}
    at = {sample.roster.origin["certificate", each][1] for each in told}
    assert gap.rows
    assert not at & set(gap.rows)


def test_one_step_away_says_what_is_needed_and_what_it_brings(sample: Sample) -> None:
    for card in sample.report.of("near"):
        assert all(step.needs and step.count for step in card.steps)
        assert sum(step.count for step in card.steps) == card.count


def test_refusals_take_one_line_each_with_the_conditions_in_the_way(sample: Sample) -> None:
    lines = sample.pages["zh"].with_id("no").all("li")
    assert len(lines) == len(sample.report.refusals)
    assert all(line.all(css="why") for line in lines)


def test_five_places_stand_side_by_side_and_the_draft_is_marked(sample: Sample) -> None:
    assert [place.name for place in sample.report.places] == ["萧山区", "余姚市", "湖州市", "上虞区", "浙江省"]
    table = sample.pages["zh"].with_id("places").all("table")[0]
    drafts = [row.all("th")[0].text for row in table.all("tr")[1:] if "模拟" in row.text]
    assert len(drafts) == 1
    assert drafts[0].startswith("余姚市")


def test_each_kind_of_event_has_a_row_or_a_sentence_for_each_place(sample: Sample) -> None:
    tables = sample.pages["zh"].with_id("places").all("table")[1:]
    assert len(tables) == len(sample.report.instruments)
    for table in tables:
        heads = " ".join(row.all("th")[0].text for row in table.all("tr")[1:])
        assert all(place.name in heads for place in sample.report.places), table.text


@BOTH
def test_the_page_needs_no_other_file_and_no_script(sample: Sample, lang: str) -> None:
    page = sample.pages[lang]
    assert page.all("script") == []
    assert [link.attributes["href"] for link in page.all("link")] == ["data:,"]
    assert re.findall(r"url\(|@import|https?:", sample.html[lang]) == []


@BOTH
def test_headings_stand_in_order_and_one_is_first(sample: Sample, lang: str) -> None:
    levels = [int(each.tag[1]) for each in sample.pages[lang].all() if re.fullmatch("h[1-6]", each.tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


@BOTH
def test_every_table_has_a_caption_and_every_head_its_scope(sample: Sample, lang: str) -> None:
    tables = sample.pages[lang].all("table")
    assert tables
    assert all(len(table.all("caption")) == 1 and table.all("caption")[0].text for table in tables)
    assert {th.attributes.get("scope") for table in tables for th in table.all("th")} == {"col", "row"}


@BOTH
def test_links_inside_the_page_lead_somewhere(sample: Sample, lang: str) -> None:
    page = sample.pages[lang]
    ids = {each.attributes["id"] for each in page.all() if "id" in each.attributes}
    wanted = {a.attributes["href"][1:] for a in page.all("a") if a.attributes["href"].startswith("#")}
    assert wanted <= ids


def test_the_english_page_has_no_chinese_outside_what_is_marked_as_chinese(sample: Sample) -> None:
    def stray(element: Element) -> list[str]:
        found: list[str] = []
        for child in element.children:
            if isinstance(child, str):
                found += re.findall("[\u4e00-\u9fff]+", child)
            elif child.attributes.get("lang") != "zh-Hans" and child.tag != "style":
                found += stray(child)
        return found

    page = sample.pages["en"]
    assert page.all("html")[0].attributes["lang"] == "en"
    assert stray(page.all("body")[0]) == []


def test_both_languages_have_every_phrase_with_the_same_places_to_fill() -> None:
    for key, (zh, en) in WORDS.items():
        assert zh, key
        assert set(re.findall(r"\{(\w+)\}", zh)) >= set(re.findall(r"\{(\w+)\}", en)), key


def test_the_page_of_500_staff_stays_small(sample: Sample) -> None:
    assert all(len(html.encode()) < 1_500_000 for html in sample.html.values())


def test_text_from_a_workbook_is_never_markup(sample: Sample) -> None:
    from dataclasses import replace

    from tiaowen.report.page import render

    page = render(replace(sample.report, firm="<script>alert(1)</script>"))
    assert "<script" not in page
    assert "&lt;script&gt;" in page
