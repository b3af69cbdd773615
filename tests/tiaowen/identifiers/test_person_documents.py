"""Personal documents: what the standard decides is an error, what a table suggests is a warning."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.iso7064 import mod_11_2

from tiaowen.identifiers import (
    PERSON_DOCUMENTS,
    Identifier,
    IdentifierError,
    mask,
    parse_person_document,
    person_check_character,
)

ON = date(2026, 11, 22)


def numbered(area: str, born: str, sequence: str) -> str:
    body = area + born + sequence
    return body + person_check_character(body)


def refusal(text: str, kind: str | None = None, on: date | None = None) -> IdentifierError:
    with pytest.raises(IdentifierError) as caught:
        parse_person_document(text, kind, on=on)
    return caught.value


def test_a_resident_card_gives_birth_date_and_sex() -> None:
    found = parse_person_document(numbered("339999", "19900307", "001"), on=ON)
    assert (found.kind, found.birth_date, found.sex, found.warnings) == ("居民身份证", date(1990, 3, 7), "男", ())
    assert parse_person_document(numbered("339999", "19900307", "002")).sex == "女"


@given(st.text("0123456789", min_size=17, max_size=17))
def test_the_check_character_is_that_of_iso_7064(seventeen: str) -> None:
    assert person_check_character(seventeen) == mod_11_2.calc_check_digit(seventeen)


@pytest.mark.parametrize("area", ["330113", "330114", "500157", "339999"])
def test_a_county_that_tables_lack_is_no_reason_to_refuse(area: str) -> None:
    assert parse_person_document(numbered(area, "19900307", "001")).warnings == ()


def test_an_unknown_province_is_a_warning() -> None:
    found = parse_person_document(numbered("990000".replace("9", "7", 1), "19900307", "001"))
    assert [one.key for one in found.warnings] == ["area"]
    assert "号码照收" in found.warnings[0].text()
    assert "accepted" in found.warnings[0].text("en")


def test_fifteen_digits_are_upgraded_to_eighteen() -> None:
    found = parse_person_document("339999900307001")
    assert found.value == numbered("339999", "19900307", "001")
    assert found.birth_date == date(1990, 3, 7)


@pytest.mark.parametrize("area", ["810000", "820000", "830000"])
def test_residence_cards_are_told_by_their_area_whatever_the_birth_year(area: str) -> None:
    found = parse_person_document(numbered(area, "19600101", "002"), "港澳台居民居住证")
    assert (found.kind, found.birth_date) == ("港澳台居民居住证", date(1960, 1, 1))


def test_the_five_star_card_begins_with_nine() -> None:
    found = parse_person_document(numbered("911840", "19850630", "003"), "五星卡")
    assert (found.kind, found.birth_date, found.sex) == ("外国人永久居留身份证", date(1985, 6, 30), "男")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("H12345678", "港澳居民来往内地通行证"),
        ("m1234567801", "港澳居民来往内地通行证"),
        ("12345678", "台湾居民来往大陆通行证"),
        ("USA310012345678", "外国人永久居留身份证（旧版）"),
    ],
)
def test_documents_without_a_public_check_digit_are_accepted_by_form_with_a_warning(text: str, kind: str) -> None:
    found = parse_person_document(text)
    assert (found.kind, found.birth_date, found.sex) == (kind, None, None)
    assert [one.key for one in found.warnings] == ["no check digit"]


def test_a_reissued_permit_names_the_same_holder() -> None:
    assert parse_person_document("H12345678").same_holder == parse_person_document("H1234567802").same_holder


@pytest.mark.parametrize(
    "written", ["３３９９９９ 19491231009x", " 339999-1949-1231-009X ", "'33999919491231009X\u200b"]
)
def test_full_width_characters_spaces_and_dashes_are_taken_out(written: str) -> None:
    assert parse_person_document(written).value == "33999919491231009X"


def test_a_wrong_check_character_says_what_was_computed() -> None:
    error = refusal("339999194912310091")
    assert error.key == "check"
    assert "校验位是 1，算得 X" in str(error)
    assert "X was computed" in error.text("en")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (numbered("339999", "19900230", "001"), "no such day"),
        (numbered("339999", "00000101", "001"), "no such day"),
        ("3.30106E+17", "scientific"),
        ("３．３Ｅ＋１７", "scientific"),
        ("", "empty"),
        (" 　", "empty"),
        ("abc", "unknown document"),
        ("33010619900101", "unknown document"),
        ("²²²²²²²²²²²²²²²²²²²", "unknown document"),
    ],
)
def test_what_is_no_document_number_is_refused_with_the_reason(text: str, key: str) -> None:
    assert refusal(text).key == key


def test_the_stated_kind_must_agree_with_the_number() -> None:
    assert refusal("H12345678", "居民身份证").key == "other kind"
    assert refusal("abc", "居民身份证").key == "wrong form"
    assert refusal("H12345678", "学生证").key == "unlisted kind"


def test_a_birth_after_the_day_looked_at_is_an_error_and_an_unusual_age_a_warning() -> None:
    assert refusal(numbered("339999", "20990101", "001"), on=ON).key == "not yet born"
    assert [one.key for one in parse_person_document(numbered("339999", "20101123", "001"), on=ON).warnings] == ["age"]
    assert parse_person_document(numbered("339999", "20101122", "001"), on=ON).warnings == ()
    assert [one.key for one in parse_person_document(numbered("339999", "19501122", "001"), on=ON).warnings] == ["age"]
    assert parse_person_document(numbered("339999", "19501123", "001"), on=ON).warnings == ()


def test_an_error_never_shows_the_number_whole() -> None:
    text = numbered("339999", "19900307", "001")[:-1] + "?"
    assert "19900307" not in str(refusal(text))


@pytest.mark.parametrize(
    ("value", "masked"),
    [("339999199003070011", "339***********0011"), ("H12345678", "H1*****78"), ("abc", "a**"), ("", "")],
)
def test_masking_hides_the_birth_date(value: str, masked: str) -> None:
    assert mask(value) == masked


@given(st.text(max_size=24), st.sampled_from([None, *PERSON_DOCUMENTS]))
def test_only_our_own_error_escapes(text: str, kind: str | None) -> None:
    try:
        found: object = parse_person_document(text, kind, on=ON)
    except IdentifierError as error:
        found = error.text("en") + error.text()
    assert isinstance(found, Identifier | str)


@given(st.from_regex(r"[0-9]{17}[0-9X]|[0-9]{15}|[HM][0-9]{8,10}", fullmatch=True))
def test_only_our_own_error_escapes_from_numbers_that_look_right(text: str) -> None:
    try:
        found: object = parse_person_document(text, on=ON)
    except IdentifierError as error:
        found = error.text("en")
    assert isinstance(found, Identifier | str)
