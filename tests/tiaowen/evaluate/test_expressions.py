"""What expressions come to: true, false, unknown; values, bounds and `none`."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tests.tiaowen.evaluate.asking import ask
from tiaowen.evaluate.bound import Bound, bound, compare_bounds, ends
from tiaowen.evaluate.expressions import half_up
from tiaowen.vocabulary.types import NONE

CERTIFICATE: dict[str, Any] = {
    "id": "证", "holder": "甲", "issuer": "厂", "trainer": "none", "level": "高级工", "occupation": "钳工",
    "issued_on": "2024-05-31", "hours": 40,
}  # fmt: skip
WORLD = {
    "certificate": [CERTIFICATE],
    "person": [{"id": "甲", "works_in": "none", "birth_date": "2008-02-29", "pay": "12 万元"}],
    "organisation": [{"id": "厂", "place": "旧县", "kind": "企业"}],
}


def value(text: str, **options: Any) -> Any:
    return ask(text, "certificate", WORLD, **options)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("certificate.level >= 高级工", True),
        ("certificate.level > 高级工", False),
        ("certificate.level < 技师", True),
        ("certificate.level in [初级工, 中级工]", False),
        ("certificate.level not in [初级工, 中级工]", True),
        ("certificate.hours + 1 > 40", True),
        ("certificate.hours - 1 >= 40", False),
        ("certificate.hours * 2 is 80", True),
        ("certificate.issuer.filed", None),
        ("not certificate.issuer.filed", None),
        ("certificate.issuer.filed or certificate.level is 高级工", True),
        ("certificate.issuer.filed and certificate.level is 技师", False),
        ("certificate.issuer.filed or certificate.level is 技师", None),
        ("certificate.trainer is none", True),
        ("certificate.trainer is not none", False),
        ("certificate.trainer is certificate.issuer", False),
        ("certificate.trainer is not certificate.issuer", True),
        ("certificate.trainer.kind is 企业", False),  # of what is not there, nothing holds
        ("certificate.holder is certificate.holder", True),
        ("certificate.issuer.place in here", True),  # the old county became part of the district
        ("certificate.issuer.place in 西区", False),
        ("certificate.issuer.place not in 甲市", False),
        ("certificate.holder.works_in in here", False),
        ("certificate.holder.works_in not in here", True),
        ("city(certificate.issuer.place) is 甲市", True),
        ("province(certificate.issuer.place) is province(here)", True),
        ("year of certificate.issued_on is 2024", True),
        ("month(certificate.issued_on) is month", False),
        ("certificate.issued_on + 12 个月 >= 2025-05-31", True),
        ("certificate.issued_on + 9 个月 is 2025-02-28", True),
        ("certificate.issued_on - 30 天 is 2024-05-01", True),
        ("min(certificate.issued_on, event_date) is 2024-05-31", True),
        ("max(certificate.hours, 50) is 50", True),
        ("50 % of certificate.holder.pay is 6 万元", True),
        ("certificate.holder.age_on(2024-02-28) >= 16 岁", False),
        ("certificate.holder.age_on(2024-02-29) >= 16 岁", True),
        ("months_between(certificate.issued_on, 2024-06-30) is 1 个月", True),
        ("certificate.occupation in directory(紧缺职业)", True),
        ("certificate.issuer.kind in directory(试点单位)", True),
    ],
)  # fmt: skip
def test_a_condition_comes_to(text: str, expected: bool | None) -> None:
    assert value(text) is expected


@pytest.mark.parametrize(
    ("occupation", "date", "expected"),
    [
        ("钳工", "2021-12-31", None),
        ("电工", "2023-12-31", True),
        ("电工", "2024-01-01", None),
        ("焊工", "2024-01-01", None),
    ],
)
def test_a_directory_that_is_not_complete_never_says_no(occupation: str, date: str, expected: bool | None) -> None:
    world = {**WORLD, "certificate": [{**CERTIFICATE, "occupation": occupation}]}
    assert ask("certificate.occupation in directory(紧缺职业)", "certificate", world, date=date) is expected


@pytest.mark.parametrize(("date", "expected"), [("2021-12-31", None), ("2022-01-01", False)])
def test_a_complete_directory_says_no_from_its_first_day_on(date: str, expected: bool | None) -> None:
    world = {**WORLD, "organisation": [{"id": "厂", "kind": "学校"}]}
    assert ask("certificate.issuer.kind in directory(试点单位)", "certificate", world, date=date) is expected


@pytest.mark.parametrize(
    ("date", "fen"), [("2021-07-31", None), ("2021-08-01", 200_000), ("2023-12-31", 200_000), ("2024-01-01", 250_000)]
)
def test_a_parameter_is_the_figure_in_force_of_the_nearest_place_above(date: str, fen: int | None) -> None:
    assert value("base_wage(here, event_date)", date=date) == fen
    assert value("base_wage(南区, event_date)", date=date) is None


def test_somewhere_in_the_city_may_or_may_not_be_in_the_district() -> None:
    world = {**WORLD, "organisation": [{"id": "厂", "place": "甲市"}]}
    assert ask("certificate.issuer.place in here", "certificate", world) is None
    assert ask("certificate.issuer.place not in here", "certificate", world) is None
    assert ask("certificate.issuer.place in 甲省", "certificate", world) is True


# -- rows that may be missing -----------------------------------------------------------
OTHERS = "certificate as other where other.holder is certificate.holder and other.level >= 技师"


@pytest.mark.parametrize(
    ("text", "known", "unknown"),
    [
        (f"some {OTHERS}", False, None),
        (f"no {OTHERS}", True, None),
        (f"count of {OTHERS}", 0, Bound(0, None)),
        ("(count of certificate as other where other.holder is certificate.holder) >= 1 人次", True, True),
        ("(count of certificate as other where other.holder is certificate.holder) >= 2 人次", False, None),
        ("highest of certificate.level where certificate.level >= 技师", NONE, None),
        ("sum of certificate.hours where certificate.level is 高级工", 40, Bound(40, None)),
        ("latest of certificate.issued_on where certificate.level is 高级工", dt.date(2024, 5, 31), Bound(dt.date(2024, 5, 31), None)),
        ("earliest of certificate.issued_on where certificate.level is 高级工", dt.date(2024, 5, 31), Bound(None, dt.date(2024, 5, 31))),
        ("certificate.holder.level >= 高级工", True, True),
        ("certificate.holder.level >= 技师", False, None),
        ("certificate.holder.level is none", False, False),
    ],
)  # fmt: skip
def test_what_looks_through_a_table_depends_on_whether_it_is_complete(
    text: str, known: object, unknown: object
) -> None:
    assert value(text, covers=["certificate"]) == known
    assert value(text) == unknown


def test_a_row_of_an_unknown_person_may_be_anybodys() -> None:
    stray = {"id": "不明", "level": "技师", "issued_on": "2024-01-01"}
    world = {**WORLD, "certificate": [CERTIFICATE, stray]}
    assert ask(f"some {OTHERS}", "certificate", world, covers=["certificate"]) is None


def test_the_stated_level_wins_over_the_certificates() -> None:
    world = {**WORLD, "person": [{"id": "甲", "level_stated": "技师"}]}
    assert ask("certificate.holder.level is 技师", "certificate", world) is True
    world = {**WORLD, "person": [{"id": "甲", "level_stated": "none"}]}
    assert ask("certificate.holder.level is none", "certificate", world, covers=["certificate"]) is True


def test_a_certificate_issued_after_the_event_is_not_yet_held() -> None:
    assert value("certificate.holder.level is none", date="2024-05-30", covers=["certificate"]) is True
    assert value("certificate.holder.level is none", date="2024-05-31", covers=["certificate"]) is False


# -- spells -------------------------------------------------------------------------------
def hired(
    ended: str | None = "none", spells: list[tuple[str, str | None]] | None = None, place: str = "东区"
) -> dict[str, Any]:
    rows = [
        {"person": "甲", "place": place, "began_on": since, **({} if until is None else {"stopped_on": until})}
        for since, until in spells or []
    ]
    hire = {
        "worker": "甲",
        "employer": "厂",
        "started_on": "2024-01-31",
        **({} if ended is None else {"ended_on": ended}),
    }
    return {"hire": [hire], "person": [{"id": "甲"}], "organisation": [{"id": "厂"}], "insurance": rows}


@pytest.mark.parametrize(
    ("ended", "day", "expected"),
    [
        ("none", "2024-01-30", False),
        ("none", "2024-01-31", True),
        ("2024-02-29", "2024-02-29", True),
        ("2024-02-29", "2024-03-01", False),
        (None, "2024-03-01", None),
        (None, "2024-01-30", False),
    ],
)
def test_a_spell_covers_its_first_and_last_day(ended: str | None, day: str, expected: bool | None) -> None:
    assert ask(f"hire.covers({day})", "hire", hired(ended)) is expected


def test_a_spell_that_still_runs_says_nothing_of_tomorrow() -> None:
    assert ask("hire.covers(2024-07-02)", "hire", hired(), on="2024-07-01") is None
    assert ask("hire.covers(2024-07-01)", "hire", hired(), on="2024-07-01") is True


@pytest.mark.parametrize(("date", "expected"), [("2024-01-15", True), ("2023-12-31", False), ("2024-02-01", True)])
def test_a_spell_covers_a_month_that_it_shares_a_day_with(date: str, expected: bool) -> None:
    assert ask("hire.covers(month)", "hire", hired("2024-02-01"), date=date) is expected


MONTHS = "hire.insured_months(here)"


@pytest.mark.parametrize(
    ("spells", "months"),
    [
        ([], 0),
        ([("2024-01-31", "2024-02-27")], 0),
        ([("2024-01-31", "2024-02-28")], 1),  # up to the day before the next month begins
        ([("2024-01-01", "2024-07-30")], 6),
        ([("2024-02-01", "2024-07-30")], 0),  # the first day is not covered
        ([("2024-01-01", "2024-03-30"), ("2024-03-31", "2024-07-30")], 6),
        ([("2024-01-01", "2024-03-30"), ("2024-04-01", "2024-07-30")], 2),  # a gap of one day
        ([("2024-03-31", "2024-07-30"), ("2024-01-01", "2024-05-01")], 6),  # overlap, in any order
    ],
)
def test_months_in_a_row_are_whole_and_without_a_gap(spells: list[tuple[str, str | None]], months: int) -> None:
    assert ask(MONTHS, "hire", hired(spells=spells), covers=["insurance"]) == months
    assert ask(MONTHS, "hire", hired(spells=spells)) == Bound(months, None)


def test_an_end_that_is_unknown_leaves_the_months_open_above() -> None:
    found = ask(MONTHS, "hire", hired(spells=[("2024-01-01", None)]), covers=["insurance"])
    assert isinstance(found, Bound)
    assert isinstance(found.high, int)
    assert (found.low, found.high > 1_000) == (0, True)


def test_insured_elsewhere_is_not_insured_here() -> None:
    assert (
        ask(MONTHS, "hire", hired(spells=[("2024-01-01", "none")], place="西区"), covers=["insurance"], on="2024-12-31")
        == 0
    )


@pytest.mark.parametrize(
    ("began", "covers", "expected"),
    [
        ("2024-01-30", ["insurance"], False),
        ("2024-01-31", ["insurance"], True),
        ("2024-01-31", [], None),
        ("2024-01-30", [], False),
    ],
)
def test_first_insured_here_needs_the_whole_register(began: str, covers: list[str], expected: bool | None) -> None:
    assert ask("hire.first_insured_in(here)", "hire", hired(spells=[(began, "none")]), covers=covers) is expected


@pytest.mark.parametrize(
    ("cover", "expected"),
    [
        ({"table": "insurance", "place": "东区"}, True),
        ({"table": "insurance", "place": "甲市"}, True),
        ({"table": "insurance", "place": "西区"}, None),
        ({"table": "insurance", "by": ["person"]}, True),
        ({"table": "insurance", "from": "2020-01-01"}, None),  # an older spell may be missing
        ({"table": "insurance", "to": "2024-01-31"}, True),
        ({"table": "insurance", "to": "2024-01-01"}, None),
    ],
)
def test_a_register_is_whole_if_it_covers_the_place_and_the_time_asked_for(
    cover: dict[str, Any], expected: bool | None
) -> None:
    found = ask("hire.first_insured_in(here)", "hire", hired(spells=[("2024-01-31", "none")]), covers=[cover])
    assert found is expected


# -- bounds -----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("op", "low", "high", "other", "expected"),
    [
        (">=", 3, None, 3, True), (">=", 0, None, 3, None), (">=", 0, 2, 3, False), (">", 3, None, 3, None), ("<", 3, None, 3, False),
        ("<=", None, 3, 3, True), ("is", 3, 5, 4, None), ("is", 3, 5, 6, False), ("is not", 3, 5, 6, True), ("is not", 3, 5, 4, None),
    ],
)  # fmt: skip
def test_a_bounded_value_compares_only_as_far_as_it_is_known(
    op: str, low: int | None, high: int | None, other: int, expected: bool | None
) -> None:
    assert compare_bounds(op, Bound(low, high), other, lambda each: int(str(each))) is expected


def test_a_bound_with_equal_ends_is_a_plain_value() -> None:
    assert (bound(3, 3), bound(None, None), ends(bound(1, 2)), ends(7)) == (3, None, (1, 2), (7, 7))
    assert len({Bound(1, 2), Bound(1, 2)}) == 1


@pytest.mark.parametrize(
    ("numerator", "denominator", "expected"), [(1, 2, 1), (1, 3, 0), (2, 3, 1), (5, 10, 1), (0, 7, 0), (149, 100, 1)]
)
def test_money_is_rounded_half_up(numerator: int, denominator: int, expected: int) -> None:
    assert half_up(numerator, denominator) == expected
