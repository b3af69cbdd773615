"""Everything a patch may say, each with what it comes to; and what is said of one that can't be used."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from tests.tiaowen.population_run.town import DOCUMENT, GRANT, LIBRARY, PLACE, write_town
from tiaowen.check.library import Library
from tiaowen.simulate import PatchError, Simulation, patched_library, read_scenario, simulate


def what_if(folder: Path, *texts: str, region: str = PLACE) -> Simulation:
    facts = folder / "facts"
    if not facts.exists():
        write_town(facts)
    scenarios = [read_scenario(text, f"{at}.yaml") for at, text in enumerate(texts, 1)]
    return simulate(LIBRARY, facts, scenarios, folder / "results", region=region)


def test_an_amount_a_cap_a_condition_and_a_threshold_are_merged_by_key(tmp_path: Path) -> None:
    found = what_if(
        tmp_path,
        f"{DOCUMENT}: {{employer-grant: {{amount: {{高级工: 2000 元/人}}}}}}",
        f"{DOCUMENT}: {{employer-grant: {{limits: {{每家封顶: at most 3000 元 per certificate.trainer}}}}}}",
        f"{DOCUMENT}: {{employer-grant: {{where: {{技师以上: certificate.level >= 技师}}}}}}",
        f"{DOCUMENT}: {{employer-grant: {{threshold: {{满两人次: at least 2 人次 per certificate.trainer}}}}}}",
    )
    money = [side.benefits[GRANT].money.low for side in found.sides]
    # 甲 1,000 + 1,000 + 1,500, 乙 2,000; then 2,000 + 2,000 + 1,500 + 2,000; then 甲 capped at 3,000;
    # then 李 and 赵 only; then 甲 only, who taught three
    assert money == [550_000, 750_000, 500_000, 350_000, 350_000]


def test_a_document_that_ends_earlier_pays_what_happened_before(tmp_path: Path) -> None:
    found = what_if(tmp_path, f"{DOCUMENT}: {{front matter: {{expires: 2025-12-31, term: removed}}}}")
    # 赵's certificate is of 2026-01-05: 乙 gets nothing
    assert found.sides[1].benefits[GRANT].money.low == 350_000


def test_another_fund_is_stated_where_the_block_names_none(tmp_path: Path) -> None:
    found = what_if(tmp_path, f"{DOCUMENT}: {{front matter: {{fund: 就业补助资金}}}}")
    assert found.base.benefits[GRANT].fund == "人才专项资金"
    assert found.sides[1].benefits[GRANT].fund == "就业补助资金"
    assert found.sides[1].money == found.base.money


def test_a_dated_figure_holds_until_the_next_one_there_is() -> None:
    library = patched_library(LIBRARY, read_scenario(
        "parameters: {minimum_wage: {萧山区 from 2025-07-01: 2600 元/月}}", "wage.yaml"))  # fmt: skip

    def wages(of: Library) -> list[tuple[dt.date, int]]:
        return [(row.since, row.value) for row in of.vocabulary.parameters["minimum_wage"].rows if row.key == "330109"]

    assert wages(LIBRARY) == [(dt.date(2021, 8, 1), 228_000), (dt.date(2024, 1, 1), 249_000),
                              (dt.date(2026, 1, 1), 266_000)]  # fmt: skip
    assert wages(library) == [*wages(LIBRARY)[:2], (dt.date(2025, 7, 1), 260_000), wages(LIBRARY)[2]]


def test_a_figure_that_the_library_lacks_makes_an_open_amount_a_sum(tmp_path: Path) -> None:
    text = "parameters: {职业培训补贴标准: {from 2025-01-01: 1500 元/人}}"
    found = what_if(tmp_path, text)
    key = f"{DOCUMENT}#training-subsidy"
    assert found.base.benefits[key].money.open > 0
    assert found.sides[1].benefits[key].money.open == 0
    assert key in found.sides[1].computed
    assert GRANT not in found.sides[1].computed


CHOSEN = f"""\
name: 就高
{DOCUMENT}:
  second-grant:
    kind: benefit
    name: 二次奖
    for: certificate
    pays: certificate.trainer
    where: {{区内单位: certificate.trainer.place in here}}
    amount: {{by: certificate.level, 高级工: 1200 元/人, 技师: 900 元/人, otherwise: not paid}}
  one-of-two:
    kind: stacking
    between: [employer-grant, second-grant]
    same: [certificate]
    rule: only the highest
    because: 同一本证书只付一项
"""


def test_a_rule_that_excludes_moves_the_choice_and_says_what_fell_away(tmp_path: Path) -> None:
    side = what_if(tmp_path, CHOSEN).sides[1]
    choice = next(each for each in side.choices if each.key == f"{DOCUMENT}#one-of-two")
    assert choice.made
    assert choice.rule == "only the highest"
    other = f"{DOCUMENT}#second-grant"
    # 张, 王: 1,200 beats 1,000; 李: 1,500 beats 900; 赵 is not in question, 钱 is out of the district
    assert {(move.before, move.after): (move.events, move.money_before, move.money_after) for move in choice.moves} == {
        ((GRANT,), (other,)): (2, 200_000, 240_000),
        ((GRANT,), (GRANT,)): (1, 150_000, 150_000),
    }
    moved = next(move for move in choice.moves if move.moved)
    assert [(each.events, each.money_before, each.money_after) for each in moved.examples] == [(2, 100_000, 120_000)]
    fell = moved.examples[0].fell_after
    assert [(each.benefit, each.how, each.by, each.low) for each in fell] == [(GRANT, "excluded", other, 100_000)]


def test_take_up_by_month_and_by_place_is_rounded_part_by_part(tmp_path: Path) -> None:
    found = what_if(
        tmp_path,
        f"take up: {{on: 2026-06-01, because: 估计, {GRANT}: {{from 2026-01: 80, otherwise: 50}}}}",
        f"take up: {{on: 2026-06-01, {GRANT}: {{萧山区: 40, otherwise: 90, because: 抽样}}}}",
    )
    # 3,500 yuan before 2026, 2,000 after; all of it in 萧山
    assert [side.benefits[GRANT].expected for side in found.sides[1:]] == [175_000 + 160_000, 220_000]
    assert [side.assumed_base for side in found.sides[1:]] == [335_000, 220_000]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nowhere: {a: {b: c}}", "nowhere"),
        ("xiaoshan-2025-3: {employer-grant: later}", "removed"),
        ("xiaoshan-2025-3: {employer-grant: {amount: many}}", "employer-grant"),
        ("xiaoshan-2025-3: {employer-gran: removed}", "employer-grant"),
        ("xiaoshan-2025-3: {employer-grant: {kind: benefit, amount: 1 元/人}}", "leave out kind"),
        ("xiaoshan-2025-3: {employer-grant: {amount: 1 元/人}, employer-grant: {name: 奖}}", "employer-grant"),
        ("xiaoshan-2025-3: {employer-grant: {amont: 1 元/人}}", "amount"),
        ("xiaoshan-2025-3: {front matter: {region: 浙江省}}", "region"),
        ("xiaoshan-2025-3: {front matter: removed}", "can't be removed"),
        ("xiaoshan-2025-3: {front matter: {expires: soon}}", "soon"),
        ("parameters: {minimum_wag: {萧山区 from 2025-07-01: 2600 元/月}}", "minimum_wage"),
        ("parameters: {minimum_wage: {from 2025-07-01: 2600 元/月}}", "by region"),
        ("parameters: {minimum_wage: {萧山区 from 2025-07-01: 2600 元/年}}", "元/月"),
        ("parameters: {minimum_wage: {萧山区: 2600 元/月}}", "from 2026-01-01"),
        ("take up: {because: 估计, xiaoshan-2025-3#employer-grant: 60}", "without on"),
        ("take up: {on: 2026-06-01, xiaoshan-2025-3#employer-grant: 60}", "without because"),
        ("take up: {on: 2026-06-01, xiaoshan-2025-3#employer-grant: 60.5}", "60.5"),
        ("take up: {on: 2026-06-01, because: 估计, xiaoshan-2025-3#employer-gran: 60}", "employer-grant"),
        ("take up: {on: 2026-06-01, because: 估计, xiaoshan-2025-3#employer-grant: {萧山区: 60}}", "without otherwise"),
        ("take up: {on: 2026-06-01, because: 估计, "
         "xiaoshan-2025-3#employer-grant: {某地: 60, otherwise: 50}}", "no such place"),
        ("take up: {on: 2026-06-01, because: 估计, "
         "xiaoshan-2025-3#employer-grant: {萧山区: 60, from 2026-01: 70, otherwise: 50}}", "not both"),
    ],
)  # fmt: skip
def test_a_patch_that_can_not_be_used_says_why(text: str, said: str) -> None:
    with pytest.raises(PatchError, match=said):
        patched_library(LIBRARY, read_scenario(text, "patch.yaml"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("yuyao-2021-draft: {front matter: {fund: 人才专项资金}}", "--drafts"),
        ("shangyu-2022-3: {front matter: {fund: 人才专项资金}}", "does not apply in 萧山区"),
    ],
)
def test_a_patch_of_a_document_that_does_not_run_says_so(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(PatchError, match=said):
        what_if(tmp_path, text)
