"""Names are kept as written, compared in one form, sorted by sound; numbers raise nothing but ValueError."""

from __future__ import annotations

import datetime as dt

import pytest

from huijiang.registry import names
from huijiang.registry.identity import KINDS, PASSPORT, read_document
from tiaowen.identifiers.person import person_check_character


@pytest.mark.parametrize("dot", ["·", "•", "‧", "∙", "⋅", "・", "･", "．"])
def test_every_dot_that_people_type_becomes_the_same(dot: str) -> None:
    assert names.written(f"买买提{dot}吐尔逊") == "买买提·吐尔逊"
    assert names.matched(f"买买提 {dot} 吐尔逊") == "买买提吐尔逊"


def test_rare_and_compatible_characters_are_kept() -> None:
    assert names.written("王𠮷") == "王𠮷"
    assert names.written("李\uf9e4") == "李\uf9e4"  # folding would make it 理


def test_names_are_sorted_by_the_sound_that_a_surname_has() -> None:
    assert names.sounded("单小林") == "shan xiao lin"
    assert names.sounded("曾理") == "zeng li"
    assert names.sounded("买买提·吐尔逊") == "mai mai ti tu er xun"
    assert names.sounded("John  Smith") == "john smith"


def test_a_fifteen_digit_number_is_the_same_person_as_its_eighteen() -> None:
    body = "33999919" + "900101001"
    assert read_document("339999900101001").matched == body + person_check_character(body)


def test_a_holder_born_after_the_day_of_the_data_is_refused() -> None:
    body = "339999" + "20270101" + "001"
    number = body + person_check_character(body)
    assert read_document(number).birth_date == dt.date(2027, 1, 1)
    with pytest.raises(ValueError, match="出生"):
        read_document(number, on=dt.date(2026, 6, 30))


def test_a_passport_needs_its_country_and_is_told_apart_by_it() -> None:
    assert read_document("c01x00t47", PASSPORT, "deu").matched == "DEU C01X00T47"
    for number, country in (("C01X00T47", ""), ("C0", "DEU"), ("", "DEU")):
        with pytest.raises(ValueError, match="护照"):
            read_document(number, PASSPORT, country)


@pytest.mark.parametrize(
    "said", ["", " ", "339999", "33011319900101001X", "9" * 18, "1.1E+17", "张三", "\x00" * 18, "H" * 9]
)
@pytest.mark.parametrize("kind", [None, *KINDS, "借书证"])
def test_nothing_but_a_value_error_comes_from_a_wrong_number(said: str, kind: str | None) -> None:
    try:
        read_document(said, kind, "DEU")
    except ValueError:
        return
    assert kind == PASSPORT or said in ("33011319900101001X",)
