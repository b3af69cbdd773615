"""Search of the library: two characters are enough, sounds too; what is found has the word, and nothing is missed."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from django.test import Client

from huijiang.accounts.viewers import today
from huijiang.documents import library, search, shelf
from huijiang.documents.models import SearchEntry
from huijiang.documents.shelf import Asked

pytestmark = pytest.mark.django_db


def keys(*words: str) -> set[tuple[str, str]]:
    found = search.find(
        library.current(), Asked(tuple(each for word in words for each in shelf.words_of(word))), today()
    )
    return {(hit.document.plan.id, clause.key) for hit in found.hits for clause in hit.clauses}


@pytest.mark.parametrize("word", ["技师", "师", "新型学徒", "60%", "2025", "竞赛 奖励", "Ⅲ", "％"])
def test_the_index_finds_exactly_the_clauses_that_have_the_words(word: str) -> None:
    wanted = {
        (each.plan.id, clause.key)
        for each in shelf.documents(library.current(), today()) for clause in each.clauses
        if all(part in shelf.clause_text(each, clause) for part in shelf.words_of(word))
    }  # fmt: skip
    assert keys(word) == wanted


@pytest.mark.parametrize("sound", ["jishi", "JISHI", "xinxingxuetu", "xxxt"])
def test_titles_are_found_by_their_sound_and_their_first_letters(sound: str) -> None:
    title = {"j": "技师", "x": "新型学徒"}[sound[0].lower()]
    held = library.current()
    found = search.find(held, Asked(tuple(shelf.words_of(sound))), today())
    names = [clause.title for hit in found.hits for clause in hit.clauses]
    names += [held.plans[document].rules[rule].name for document, rule in found.benefits]
    assert any(title in each for each in names), names


def test_an_index_is_made_once_and_those_of_old_libraries_go() -> None:
    held = library.current()
    search.ensure(held)
    count = SearchEntry.objects.count()
    search.ensure(held)
    assert SearchEntry.objects.count() == count > 100
    for name in ("a", "b", "c", "d"):
        search.ensure(replace(held, release=name))
    assert set(SearchEntry.objects.values_list("library", flat=True)) == {"b", "c", "d"}


@pytest.mark.parametrize("validity", list(shelf.VALIDITY))
@pytest.mark.parametrize("on", [dt.date(2021, 6, 1), dt.date(2024, 1, 1), dt.date(2026, 6, 1), dt.date(2031, 1, 1)])
def test_validity_in_the_index_is_that_of_the_document_on_every_day(validity: str, on: dt.date) -> None:
    held = library.current()
    found = {hit.document.plan.id for hit in search.find(held, Asked(validity=validity), on).hits}
    assert found == {plan.id for plan in held.plans.values() if shelf.validity(plan, on) == validity}


def test_benefits_stand_first_with_their_amounts_and_words_are_marked(client: Client) -> None:
    page = client.get("/policies/", {"q": "开办补助"}).content.decode()
    assert "补贴和待遇" in page
    assert "<mark>开办补助</mark>" in page
    assert "10 万元" in page


@pytest.mark.parametrize("word", ["'", "%", "\\", "<b>", "a" * 300, "\u3000", "𠮷野"])
def test_whatever_is_typed_is_looked_for_and_nothing_breaks(client: Client, word: str) -> None:
    answer = client.get("/policies/", {"q": word})
    assert answer.status_code in (200, 422)
    assert "<b>" not in answer.content.decode().split('id="main"')[1] or word != "<b>"
