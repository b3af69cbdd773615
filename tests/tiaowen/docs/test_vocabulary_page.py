"""The vocabulary page says what the vocabulary files say."""

from __future__ import annotations

from pathlib import Path

import pytest

from tiaowen.cli import main
from tiaowen.docs import vocabulary_page
from tiaowen.files import open_library

ROOT = Path(__file__).parents[3]
POLICIES = ROOT / "policies"


def test_the_committed_page_is_up_to_date() -> None:
    page = (ROOT / "docs" / "vocabulary.md").read_text(encoding="utf-8")
    is_stale = page != vocabulary_page(open_library(POLICIES).vocabulary)
    assert not is_stale, "run: ./run tiaowen vocabulary --write docs/vocabulary.md"


def test_every_table_column_and_code_list_stands_on_it() -> None:
    vocabulary = open_library(POLICIES).vocabulary
    page = vocabulary_page(vocabulary)
    names = [f"### {table.label} `{table.id}`" for table in vocabulary.tables.values()]
    names += [f"### {codes.label} `{codes.id}`" for codes in vocabulary.codes.values()]
    names += [
        f"`{column.name}`"
        for table in vocabulary.tables.values()
        for column in table.columns.values()
        if column.derived is None
    ]
    assert [name for name in names if name not in page] == []


def test_every_link_on_it_leads_somewhere() -> None:
    page = (ROOT / "docs" / "vocabulary.md").read_text(encoding="utf-8")
    wanted = {part.split(")")[0] for part in page.split("](#")[1:]}
    there = {part.split('"')[0] for part in page.split('<a id="')[1:]}
    assert wanted <= there


def test_the_command_writes_the_same_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    there = tmp_path / "vocabulary.md"
    assert main(["--policies", str(POLICIES), "vocabulary", "--write", str(there)]) == 0
    assert main(["--policies", str(POLICIES), "vocabulary"]) == 0
    printed = capsys.readouterr().out.removeprefix(f"{there}\n")
    assert there.read_text(encoding="utf-8") == printed
