"""Instruments by place from the blocks, and one set of facts placed in each."""

from __future__ import annotations

from typing import Any

import pytest

from tiaowen.cases.format import read_case
from tiaowen.compare.instruments import Comparison, Instrument, Place, compare, usual_places
from tiaowen.compare.page import as_text, instrument_words, render
from tiaowen.compare.placed import Outcome, PlacedCase, difference, place_case
from tiaowen.compare.wording import difference_words, sum_row
from tiaowen.files import open_library
from tiaowen.report.money import Sum

LIBRARY = open_library(thorough=False)
NAMES = ["萧山区", "上虞区", "吴兴区", "余姚市"]
STUDIO = Instrument("studio", "organisation")


def places(*names: str) -> list[str]:
    codes = [LIBRARY.vocabulary.regions.resolve(name) for name in names]
    return [code for code in codes if code is not None]


@pytest.fixture(scope="module")
def four() -> Comparison:
    return compare(LIBRARY, places(*NAMES))


def at(comparison: Comparison, name: str) -> Place:
    return next(place for place in comparison.places if place.name == name)


def studio_case(level: str = "区级", kind: str = "技师工作室", **rest: Any) -> dict[str, Any]:
    return {
        "region": "浙江省/杭州市/萧山区",
        "on": "2026-11-22",
        "tables": {
            "organisation": [{"id": "甲厂", "kind": "企业", "place": "萧山区"}],
            "person": [{"id": "小林"}],
            "studio": [
                {"id": "室", "host": "甲厂", "master": "小林", "kind": kind, "level": level,
                 "recognised_on": "2025-06-01"} | rest
            ],
        },
        "covers": [{"table": "all"}],
    }  # fmt: skip


def placed(comparison: Comparison, case: dict[str, Any]) -> PlacedCase:
    facts, region = read_case(LIBRARY.vocabulary, case)
    return place_case(LIBRARY, comparison, facts, region)


def apart(comparison: Comparison, found: PlacedCase, name: str, instrument: Instrument = STUDIO) -> str:
    first, here = comparison.places[0], at(comparison, name)
    each = difference(found.outcomes[instrument, first.code], found.outcomes[instrument, here.code])
    return difference_words(each, first.name, "zh")


# -- instruments --------------------------------------------------------------------
def test_an_instrument_is_an_event_and_a_payee_named_by_the_vocabulary(four: Comparison) -> None:
    assert instrument_words(four, STUDIO, "zh") == "工作室 → 单位"
    assert instrument_words(four, Instrument("training", "undetermined"), "en") == "培训 → not stated"


def test_every_benefit_of_every_place_stands_in_exactly_one_cell(four: Comparison) -> None:
    shown = sorted(offer.key for offers in four.cells.values() for offer in offers)
    meant = sorted(
        rule.key for place in four.places for plan in place.plans for rule in plan.rules.values()
        if rule.kind == "benefit" and not rule.stands_in_for
    )  # fmt: skip
    assert shown == meant


def test_an_offer_says_amount_unit_limit_clause_and_fund(four: Comparison) -> None:
    (offer,) = four.offers(STUDIO, at(four, "萧山区"))
    assert (offer.low, offer.high, offer.clause, offer.per) == (10_000_000, 10_000_000, "二(二)4", "家")
    assert offer.caps == ("一次性",)
    assert offer.fund == "人才专项资金"


def test_a_monthly_allowance_is_counted_to_its_last_month(four: Comparison) -> None:
    offers = four.offers(Instrument("recognition", "person"), at(four, "萧山区"))
    allowance = next(offer for offer in offers if offer.every == "month")
    assert (allowance.most, allowance.high) == (36, 3_600_000)


def test_a_cap_in_money_is_the_ceiling_of_an_amount_that_grows_with_heads(four: Comparison) -> None:
    offers = four.offers(Instrument("certificate", "organisation"), at(four, "萧山区"))
    reward = next(offer for offer in offers if offer.key.endswith("#self-certification-award"))
    assert reward.high == 5_000_000
    assert [row.how for row in reward.rows] == ["once", "beyond"]
    assert sum_row(reward.rows[0], "zh") == "＋满50人次：满 50：30,000 元"


def test_a_draft_is_marked_and_a_document_of_the_province_stands_apart(four: Comparison) -> None:
    assert all(offer.draft for offer in four.offers(STUDIO, at(four, "余姚市")))
    assert [plan.id for plan in four.wide] == ["zhejiang-2023"]
    assert all(plan.id != "zhejiang-2023" for place in four.places for plan in place.plans)


def test_without_places_every_place_with_a_document_is_compared() -> None:
    assert {LIBRARY.vocabulary.regions.name(code) for code in usual_places(LIBRARY)} == set(NAMES)


def test_one_place_alone_keeps_all_its_documents() -> None:
    alone = compare(LIBRARY, places("萧山区"))
    assert {plan.id for plan in alone.places[0].plans} == {"xiaoshan-2025-3", "zhejiang-2023"}
    assert alone.wide == []


# -- one set of facts in each place ------------------------------------------------------
def test_the_same_studio_is_paid_at_home_and_stopped_by_a_named_condition_elsewhere(four: Comparison) -> None:
    found = placed(four, studio_case())
    home = found.outcomes[STUDIO, at(four, "萧山区").code]
    away = found.outcomes[STUDIO, at(four, "上虞区").code]
    assert (home.state, home.sum.low) == ("entitled", 10_000_000)
    assert away.state == "refused"
    assert [(each.label, each.clause) for each in away.stops] == [("技能大师工作室", "三(四)15")]
    assert apart(four, found, "上虞区") == "萧山区有，这里条件不符"
    assert apart(four, found, "吴兴区") == "萧山区有条款，这里没有"


def test_the_difference_of_two_sums_is_told_exactly() -> None:
    pair = compare(LIBRARY, places("余姚市", "上虞区"))
    found = placed(pair, studio_case(kind="技能大师工作室"))
    assert apart(pair, found, "上虞区") == "与余姚市相同"


def test_what_is_paid_only_elsewhere_is_said_so(four: Comparison) -> None:
    found = placed(four, studio_case(kind="技能大师工作室"))
    assert apart(four, found, "上虞区") == "萧山区没有，这里有"


def test_an_unknown_stays_unknown_in_every_place(four: Comparison) -> None:
    case = studio_case()
    del case["tables"]["studio"][0]["kind"]
    found = placed(four, case)
    states = {found.outcomes[STUDIO, at(four, name).code].state for name in ("萧山区", "上虞区", "余姚市")}
    assert states == {"unknown"}
    assert found.totals[at(four, "萧山区").code].nothing
    assert found.maybe[at(four, "萧山区").code].high == 10_000_000


def test_a_case_that_names_a_wider_place_is_moved_from_the_seat_of_its_firm(four: Comparison) -> None:
    found = placed(four, studio_case() | {"region": "浙江省"})
    assert found.home == at(four, "萧山区").code


def test_facts_are_not_changed_by_being_placed(four: Comparison) -> None:
    facts, region = read_case(LIBRARY.vocabulary, studio_case())
    before = [dict(row.values) for rows in facts.tables.values() for row in rows]
    place_case(LIBRARY, four, facts, region)
    assert [dict(row.values) for rows in facts.tables.values() for row in rows] == before


# -- page and text --------------------------------------------------------------------------
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_holds_every_place_instrument_and_difference(four: Comparison, lang: str) -> None:
    found = placed(four, studio_case())
    page = render(four, found, lang, "other.html", "萧山区", "2026-11-22")
    for name in NAMES:
        assert name in page
    assert "<script" not in page
    assert page.count('class="apart"') == 3 * len(found.instruments)
    assert "100,000" in page


def test_the_chart_is_scaled_to_the_largest_sum(four: Comparison) -> None:
    page = render(four, placed(four, studio_case()), "zh")
    assert page.count('class="sure"') == len(NAMES)
    assert 'width="590"' in page


def test_the_text_names_the_clause_behind_every_outcome(four: Comparison) -> None:
    said = as_text(four, placed(four, studio_case()), "zh")
    assert "二(二)4《技师工作室开办补助》1 笔：100,000 元" in said
    assert "卡在“技能大师工作室”：虞区人领〔2022〕3号 三(四)15" in said


def test_a_difference_names_the_clause_of_the_first_place_too(four: Comparison) -> None:
    paid = as_text(four, placed(four, studio_case()), "zh")
    assert "萧山区有，这里条件不符；萧山区是：萧人社〔2025〕3号 二(二)4《技师工作室开办补助》1 笔：100,000 元" in paid
    stopped = as_text(four, placed(four, studio_case(kind="技能大师工作室")), "zh")
    assert "萧山区没有，这里有；萧山区是：卡在“技师工作室”：萧人社〔2025〕3号 二(二)4" in stopped


def test_an_amount_that_a_draft_leaves_open_is_not_compared_but_both_clauses_are_named() -> None:
    pair = compare(LIBRARY, places("上虞区", "余姚市"))
    case = studio_case(kind="技能大师工作室")
    case["tables"]["studio_review"] = [
        {"id": "考", "studio": "室", "year": "2026", "result": "优秀", "concluded_on": "2026-05-01"}
    ]
    said = as_text(pair, placed(pair, case), "zh")
    assert "与上虞区不同，有一边数额未定；上虞区是：虞区人领〔2022〕3号 三(四)15" in said


@pytest.mark.parametrize(
    ("base", "here", "words"),
    [
        ((100_000, 100_000), (30_000, 30_000), "比甲地少 700 元"),
        ((100_000, 100_000), (150_000, 250_000), "比甲地多 500–1,500 元"),
        ((100_000, 100_000), (50_000, 250_000), "与甲地不同，有一边数额未定"),
        ((100_000, 100_000), (100_000, 100_000), "与甲地相同"),
    ],
)
def test_two_sums_differ_by_their_ends(base: tuple[int, int], here: tuple[int, int], words: str) -> None:
    one, other = (Outcome("entitled", 1, Sum(*ends)) for ends in (base, here))
    assert difference_words(difference(one, other), "甲地", "zh") == words


def test_equal_sums_are_only_the_same_so_far_while_something_is_unknown() -> None:
    one, other = Outcome("entitled", 1, Sum(100, 100)), Outcome("entitled", 1, Sum(100, 100), waiting=1)
    assert difference(one, other).kind == "same so far"


def test_places_with_one_sum_have_no_most_and_least() -> None:
    pair = compare(LIBRARY, places("上虞区", "余姚市"))
    said = as_text(pair, placed(pair, studio_case(kind="技能大师工作室")), "zh")
    assert "各地相同：30,000 元" in said


def test_names_from_a_document_are_escaped_on_the_page(four: Comparison) -> None:
    sneaky = compare(LIBRARY, places("萧山区", "上虞区"))
    sneaky.places[0].name = "<b>x"
    assert "<b>x" not in render(sneaky, None, "zh")
