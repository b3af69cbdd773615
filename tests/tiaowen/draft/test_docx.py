"""Reading a .docx without trusting it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tiaowen.draft.drafts import paragraph, word_file
from tiaowen.draft.docx import DraftError, read_docx


def test_paragraphs_become_lines_and_runs_are_joined(tmp_path: Path) -> None:
    path = word_file(tmp_path / "a.docx", paragraph("一、补", "贴") + paragraph("二、附则"))
    assert read_docx(path).text == "一、补贴\n二、附则"


def test_a_row_of_a_table_becomes_a_line_with_tabs(tmp_path: Path) -> None:
    cells = "".join(f"<w:tc>{paragraph(text)}</w:tc>" for text in ("等级", "金额", "条件"))
    assert read_docx(word_file(tmp_path / "a.docx", f"<w:tbl><w:tr>{cells}</w:tr></w:tbl>")).text == "等级\t金额\t条件"


def test_deleted_words_are_left_out_and_inserted_ones_read(tmp_path: Path) -> None:
    body = "<w:p><w:del><w:r><w:delText>旧</w:delText></w:r></w:del><w:ins><w:r><w:t>新</w:t></w:r></w:ins></w:p>"
    read = read_docx(word_file(tmp_path / "a.docx", body))
    assert (read.text, read.changes) == ("新", 2)


def test_numbers_that_word_makes_are_counted(tmp_path: Path) -> None:
    body = "<w:p><w:pPr><w:numPr/></w:pPr><w:r><w:t>培养</w:t></w:r></w:p>"
    assert read_docx(word_file(tmp_path / "a.docx", body)).numbered == 1


def test_words_repeated_for_older_programs_are_read_once(tmp_path: Path) -> None:
    run = "<w:r><w:t>图</w:t></w:r>"
    body = f"<w:p><AlternateContent><Choice>{run}</Choice><Fallback>{run}</Fallback></AlternateContent></w:p>"
    assert read_docx(word_file(tmp_path / "a.docx", body)).text == "图"


def test_a_doctype_is_refused(tmp_path: Path) -> None:
    path = word_file(tmp_path / "a.docx", paragraph("&x;"), '<!DOCTYPE d [<!ENTITY x "y">]>')
    with pytest.raises(DraftError, match="DOCTYPE"):
        read_docx(path)


def test_a_file_that_unpacks_to_far_more_is_refused(tmp_path: Path) -> None:
    path = word_file(tmp_path / "a.docx", paragraph("好" * 3_000_000))
    with pytest.raises(DraftError, match="too large"):
        read_docx(path)


def test_more_text_than_any_document_holds_is_refused(tmp_path: Path) -> None:
    path = word_file(tmp_path / "a.docx", "".join(paragraph(f"第{n}段的文字") for n in range(60_000)))
    with pytest.raises(DraftError):
        read_docx(path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"plain", "not a .docx"),
        (bytes.fromhex("D0CF11E0A1B11AE1") + b"x" * 100, "old .doc"),
        (b"PK\x03\x04 broken", "damaged"),
        (b"", "not a .docx"),
    ],
)
def test_what_is_no_word_file_is_named(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "a.docx"
    path.write_bytes(content)
    with pytest.raises(DraftError, match=said):
        read_docx(path)


def test_another_kind_of_zip_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DraftError, match="no word/document"):
        read_docx(word_file(tmp_path / "a.docx", "", part="xl/workbook.xml"))


def test_xml_that_breaks_off_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DraftError, match="damaged"):
        read_docx(word_file(tmp_path / "a.docx", "<w:p>"))
