"""Organisation codes, certificate numbers and bank cards."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.cn import uscc

from tiaowen.identifiers import (
    LEVEL_DIGITS,
    Identifier,
    IdentifierError,
    certificate_number,
    organisation_check_character,
    parse_bank_card,
    parse_certificate_number,
    parse_organisation_code,
)

NUMBER = "Y00003399XR01253000001"


@pytest.mark.parametrize("code", ["91339999799655058H", "N2339999MA2XXXXXXP", " ９１３３９９９９ 799655058h"])
def test_organisation_codes_are_accepted_also_with_a_letter_first(code: str) -> None:
    assert parse_organisation_code(code).kind == "统一社会信用代码"


@given(st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=17, max_size=17))
def test_the_organisations_check_character_is_that_of_gb_32100(seventeen: str) -> None:
    assert organisation_check_character(seventeen) == uscc.calc_check_digit(seventeen)


@pytest.mark.parametrize(
    ("code", "key"),
    [
        ("91330100799655058C", "check"),
        ("9133010079965505", "wrong form"),
        ("9I330100799655058B", "wrong form"),
        ("91330100799655058O", "wrong form"),
        ("B1330100799655058B", "wrong form"),
        ("9.1330100799655E+17", "scientific"),
        ("", "empty"),
    ],
)
def test_what_is_no_organisation_code_is_refused_with_the_reason(code: str, key: str) -> None:
    with pytest.raises(IdentifierError) as caught:
        parse_organisation_code(code)
    assert caught.value.key == key


def test_a_certificate_number_that_agrees_with_level_year_and_province_has_no_warning() -> None:
    found = parse_certificate_number(NUMBER, level="高级工", year=2025, province="33")
    assert (found.kind, found.value, found.warnings) == ("职业技能等级证书", NUMBER, ())


def test_disagreement_with_level_year_and_province_is_three_warnings() -> None:
    found = parse_certificate_number(NUMBER, level="技师", year=2024, province="34")
    assert [one.key for one in found.warnings] == ["certificate level", "certificate year", "certificate place"]
    assert found.warnings[0].text() == "第 16 位是 3，与等级“技师”不符；这一等级应为 2"


def test_a_letter_at_the_level_is_accepted_for_a_special_technician() -> None:
    assert parse_certificate_number("S00003399XR0125T000001", level="特级技师").warnings == ()


def test_the_old_number_of_sixteen_digits_carries_year_and_level_too() -> None:
    found = parse_certificate_number("1510010000301234", level="高级工", year=2015)
    assert (found.kind, found.warnings) == ("职业资格证书", ())
    assert [one.key for one in parse_certificate_number("1510010000301234", level="技师", year=2016).warnings] == [
        "certificate level",
        "certificate year",
    ]


@pytest.mark.parametrize("text", ["X00003399XR01253000001", "Y0000339", "15100100003012345", "1.51001E+15", "", "？"])
def test_what_is_no_certificate_number_is_refused(text: str) -> None:
    with pytest.raises(IdentifierError):
        parse_certificate_number(text)


@given(
    by_employer=st.booleans(),
    year=st.integers(2019, 2035),
    level=st.sampled_from(sorted(LEVEL_DIGITS)),
    sequence=st.integers(0, 999_999),
)
def test_a_number_that_we_make_is_read_back_without_a_warning(
    by_employer: bool, year: int, level: str, sequence: int
) -> None:
    made = certificate_number(
        by_employer=by_employer, province="33", serial="99XR01", year=year, level=level, sequence=sequence
    )
    assert parse_certificate_number(made, level=level, year=year, province="33").warnings == ()


@given(st.text("0123456789", min_size=15, max_size=18))
def test_a_bank_card_is_accepted_exactly_when_luhn_accepts_it(digits: str) -> None:
    good = digits + luhn.calc_check_digit(digits)
    assert parse_bank_card(good).value == good
    with pytest.raises(IdentifierError, match="校验位"):
        parse_bank_card(digits + str((int(good[-1]) + 1) % 10))


@pytest.mark.parametrize("text", ["6222", "3301040160000123456789", "6222-ABCD", "6.2E+18", ""])
def test_accounts_that_are_no_cards_are_refused(text: str) -> None:
    with pytest.raises(IdentifierError):
        parse_bank_card(text)


@pytest.mark.parametrize("read", [parse_bank_card, parse_certificate_number, parse_organisation_code])
@given(text=st.text(max_size=24))
def test_only_our_own_error_escapes(read: object, text: str) -> None:
    assert callable(read)
    try:
        found: object = read(text)
    except IdentifierError as error:
        found = error.text("en")
    assert isinstance(found, Identifier | str)
