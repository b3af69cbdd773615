"""The two messages of coverage that no document provokes by itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from tiaowen.coverage import index
from tiaowen.coverage.comparison import run
from tiaowen.problems import PolicyError


def test_an_index_that_was_edited_by_hand_names_its_line() -> None:
    found, problems = index.read("document: a\nclauses: none\n", "a.figures.yaml")
    assert found is None
    assert [(problem.code, problem.spot.line) for problem in problems] == [("figures-index", 1)]


def test_a_document_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(PolicyError) as caught:
        run("nowhere", folder=tmp_path)
    assert [problem.code for problem in caught.value.problems] == ["coverage-document"]
