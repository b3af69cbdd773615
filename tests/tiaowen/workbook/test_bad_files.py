"""A file that is no safe workbook is refused before anything is read from it."""

import os
import tracemalloc
from datetime import date
from pathlib import Path

import pytest

from tests.tiaowen.workbook.broken_samples import broken_samples
from tiaowen.vocabulary.model import Vocabulary
from tiaowen.workbook import Limits, WorkbookError, read_roster, write_sample

ON = date(2026, 11, 22)
REFUSALS = [
    ("text file", "not a workbook", "这不是工作簿"),
    ("web page", "not a workbook", "看到“HTML/XML”"),
    ("pdf", "not a workbook", "看到“PDF”"),
    ("random bytes", "not a workbook", "这不是工作簿"),
    ("empty", "empty file", "文件是空的"),
    ("encrypted", "encrypted", "去掉密码"),
    ("old xls", "old workbook", "旧格式 .xls"),
    ("cut short", "damaged", "重新保存"),
    ("spoilt inside", "damaged", "重新保存"),
    ("plain zip", "other zip", "a.txt"),
    ("macros", "macros", "有宏"),
    ("xlsb", "binary workbook", "二进制"),
    ("no workbook part", "part missing", "xl/workbook.xml"),
    ("zip bomb", "bomb", "不超过 400.0 MiB"),
    ("tight part", "bomb ratio", "不超过 200 倍"),
    ("too many parts", "too many parts", "看到“2500”"),
    ("entities", "entities", "文档类型声明"),
    ("broken xml", "damaged", "xl/worksheets/sheet2.xml"),
    ("endless tag", "damaged", "xl/worksheets/sheet2.xml"),
]


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory, vocabulary: Vocabulary) -> dict[str, Path]:
    return broken_samples(tmp_path_factory.mktemp("broken"), vocabulary)


def refusal(path: Path, vocabulary: Vocabulary, limits: Limits | None = None) -> WorkbookError:
    with pytest.raises(WorkbookError) as caught:
        read_roster(path, on=ON, vocabulary=vocabulary, limits=limits)
    return caught.value


@pytest.mark.parametrize(("kind", "key", "words"), REFUSALS)
def test_a_file_that_is_no_safe_workbook_is_refused_with_the_reason(
    broken: dict[str, Path], vocabulary: Vocabulary, kind: str, key: str, words: str
) -> None:
    error = refusal(broken[kind], vocabulary)
    assert [one.key for one in error.problems] == [key]
    assert words in error.text()
    assert "应为：" in error.text()
    assert "改法：" in error.text()
    assert "To mend: " in error.text("en")


def test_every_kind_of_broken_file_has_its_refusal_above(broken: dict[str, Path]) -> None:
    assert set(broken) == {kind for kind, _, _ in REFUSALS}


def test_a_zip_bomb_is_small_on_disk_and_stays_small_in_memory(broken: dict[str, Path], vocabulary: Vocabulary) -> None:
    assert broken["zip bomb"].stat().st_size < 1024 * 1024
    tracemalloc.start()
    refusal(broken["zip bomb"], vocabulary)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 * 1024 * 1024


def test_a_missing_file_a_folder_and_a_pipe_are_refused_without_waiting(tmp_path: Path, vocabulary: Vocabulary) -> None:
    assert refusal(tmp_path / "none.xlsx", vocabulary).problems[0].key == "no file"
    assert refusal(tmp_path, vocabulary).problems[0].key == "no ordinary file"
    pipe = tmp_path / "pipe.xlsx"
    os.mkfifo(pipe)
    assert refusal(pipe, vocabulary).problems[0].key == "no ordinary file"


def test_a_file_over_the_size_limit_is_refused_by_its_size(tmp_path: Path, vocabulary: Vocabulary) -> None:
    write_sample(tmp_path / "a.xlsx", vocabulary, staff=100)
    error = refusal(tmp_path / "a.xlsx", vocabulary, Limits(file_bytes=1024))
    assert error.problems[0].key == "too large"


def test_too_much_shared_text_is_refused(tmp_path: Path, vocabulary: Vocabulary) -> None:
    write_sample(tmp_path / "a.xlsx", vocabulary, staff=100)
    error = refusal(tmp_path / "a.xlsx", vocabulary, Limits(shared_characters=100))
    assert error.problems[0].key == "too much text"


def test_a_part_that_unpacks_beyond_its_limit_is_cut_off_while_reading(tmp_path: Path, vocabulary: Vocabulary) -> None:
    write_sample(tmp_path / "a.xlsx", vocabulary, staff=100)
    error = refusal(tmp_path / "a.xlsx", vocabulary, Limits(small_part_bytes=100))
    assert error.problems[0].key == "too large part"
