"""Every message is pinned by a document that provokes it, word for word and column for column.

After a deliberate change of words, write the expected files again and read the difference:

    python -m tests.tiaowen.check.write_expected
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tiaowen.check.fixtures import BAD, GOOD, found_in, shown
from tiaowen.messages import MESSAGES

# Codes that no small document can provoke, and the test that pins each.
PINNED_ELSEWHERE = {
    "file-unreadable": "language/test_hostile_files.py",
    "file-long": "language/test_hostile_files.py",
    "line-long": "language/test_hostile_files.py",
    "yaml-large": "language/test_hostile_files.py",
    "expression-long": "language/test_lexer.py",
    "document-number": "check/test_library.py",
    "case-facts": "check/test_boundaries.py",
    "boundary-case": "check/test_boundaries.py",
    "reading-idle": "check/test_boundaries.py",
    "past-expiry": "check/test_lints.py",
    "coverage-document": "check/test_coverage_messages.py",
    "figures-index": "check/test_coverage_messages.py",
    "pairs-many": "language/test_hostile_files.py",
    "readings-many": "language/test_hostile_files.py",
    "fix-region": "check/test_library.py",
    "fix-place": "check/test_library.py",
}
TESTS = Path(__file__).parents[1]


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_bad_document_says_exactly_what_is_wrong_and_where(path: Path) -> None:
    assert shown(found_in(path)) == path.with_suffix(".expected").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_bad_document_provokes_the_message_it_is_named_after(path: Path) -> None:
    assert len(found_in(path)) == 1 or path.stem in {"derived-circle"}


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_a_good_document_has_no_errors_and_no_warnings(path: Path) -> None:
    assert [each.show("en") for each in found_in(path) if each.severity != "note"] == []


def test_every_message_is_pinned() -> None:
    pinned = {problem.code for path in BAD for problem in found_in(path)}
    assert sorted(set(MESSAGES) - pinned - set(PINNED_ELSEWHERE)) == []


def test_every_code_that_a_bad_document_provokes_has_words() -> None:
    assert sorted({problem.code for path in BAD for problem in found_in(path)} - set(MESSAGES)) == []


@pytest.mark.parametrize(("code", "file"), PINNED_ELSEWHERE.items(), ids=lambda value: value)
def test_a_message_pinned_by_a_test_is_named_in_that_test(code: str, file: str) -> None:
    assert f'"{code}"' in (TESTS / file).read_text(encoding="utf-8")


@pytest.mark.parametrize("code", sorted(MESSAGES))
def test_a_message_has_words_in_both_languages(code: str) -> None:
    chinese, english = MESSAGES[code]
    assert chinese != english
    assert english.isascii() or any(mark in english for mark in "“”…元万年月人：")


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_every_place_that_a_message_names_is_in_the_file(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    for problem in found_in(path):
        for spot in (problem.spot, *problem.related):
            assert 1 <= spot.line <= lines
            assert spot.column - 1 <= len(spot.text)
