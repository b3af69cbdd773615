"""Who is owed what in the made-up town, by hand: 甲 3,500 元 and 乙 2,000 元 of 企业自主培养资助 (see `town.py`)."""

from __future__ import annotations

from pathlib import Path

import pytest

from huijiang.picture.owed import County, Owed, read_county
from huijiang.picture.waits import DECISION, FACT, RANGE, Wait
from tests.tiaowen.population_run.town import DAY, GRANT, LIBRARY, PLACE, town
from tiaowen.evaluate.facts import Facts
from tiaowen.population import write_facts
from tiaowen.population.run_folder import plans_of, run_folder
from tiaowen.population.store import connect
from tiaowen.report.money import Sum


def county_of(facts: Facts, folder: Path) -> County:
    write_facts(facts, folder / "facts")
    run_folder(LIBRARY, folder / "facts", folder / "out", region=PLACE, on=DAY)
    scratch = folder / "scratch"
    scratch.mkdir()
    connection = connect("512MB", scratch)
    try:
        return read_county(connection, LIBRARY, plans_of(LIBRARY, PLACE), folder / "facts", folder / "out", "330109")
    finally:
        connection.close()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> County:
    return county_of(town(), tmp_path_factory.mktemp("whole"))


@pytest.fixture(scope="module")
def blank(tmp_path_factory: pytest.TempPathFactory) -> County:
    """Of 李's certificate it is not known who taught it, of 王's not whether it was taught directly."""
    facts = town()
    for row in facts.tables["certificate"]:
        holder = row.values["holder"]
        if getattr(holder, "id", "") == "李":
            del row.values["trainer"]
        if getattr(holder, "id", "") == "王":
            del row.values["trained_directly"]
    return county_of(facts, tmp_path_factory.mktemp("blank"))


def grant(county: County) -> Owed:
    return next(each for each in county.benefits if each.key == GRANT)


def wait(county: County, kind: str, subject: str) -> Wait:
    return next(each for each in county.waits if (each.kind, each.subject) == (kind, subject))


def test_certain_money_is_what_the_lines_surely_pay(whole: County) -> None:
    assert grant(whole).sum == Sum(550_000, 550_000, 0)
    assert (grant(whole).sure, grant(whole).maybe, grant(whole).claims) == (2, 0, 4)


def test_each_firm_counts_once_and_money_goes_where_the_firm_is(whole: County) -> None:
    assert whole.payees["organisation"][0] == 2
    assert [(each.key, each.sum.low) for each in whole.places if each.sum.low] == [("330109", 550_000)]
    assert [(each.key, each.sum.low) for each in whole.who if each.sum.low] == [("企业", 550_000)]


def test_a_fund_tells_what_goes_to_people_and_to_organisations(whole: County) -> None:
    fund, total, parts = whole.funds()[0]
    assert (fund, total.low, parts["organisation"].low, parts["person"].low) == ("人才专项资金", 550_000, 550_000, 0)


def test_money_that_waits_for_a_fact_is_possible_and_names_the_first_blank_column(blank: County) -> None:
    # certain: 甲 1,000 for 张, 乙 2,000 for 赵; possible: 1,000 for 王 and 1,500 for 李
    assert grant(blank).sum == Sum(300_000, 550_000, 0)
    trainer = wait(blank, FACT, "certificate.trainer")
    assert GRANT in trainer.benefits
    assert not [each for each in blank.waits if each.subject.startswith("organisation.")]


def test_a_fact_settles_alone_only_what_waits_for_nothing_else(blank: County) -> None:
    direct = wait(blank, FACT, "certificate.trained_directly")
    assert (direct.alone, direct.alone_claims) == (100_000, 1)
    assert direct.money == 100_000


def test_where_everything_is_known_nothing_waits_for_a_fact(whole: County) -> None:
    assert [each for each in whole.waits if each.kind == FACT and GRANT in each.benefits] == []


def test_a_decision_left_to_others_and_an_amount_within_a_range_are_not_facts(drawn_waits: list[Wait]) -> None:
    assert {DECISION, RANGE} <= {each.kind for each in drawn_waits}
    assert all(each.alone <= each.money for each in drawn_waits)


@pytest.fixture
def drawn_waits(drawn: object) -> list[Wait]:
    from tests.huijiang.picture.conftest import Drawn

    assert isinstance(drawn, Drawn)
    return drawn.picture.county.waits
