"""What is taken in, told from the bytes; what is refused, and what the person is told."""

from __future__ import annotations

import pytest

from huijiang.files.content import Refused, inspect, plain_name
from huijiang.files.content.pictures import look_of
from tests.huijiang.files import uploads
from tests.huijiang.files.uploads import upload

SOUND = {
    "pdf": uploads.pdf(3), "png": uploads.picture(), "jpeg": uploads.picture(form="JPEG"), "docx": uploads.docx(),
    "xlsx": uploads.xlsx(), "ofd": uploads.ofd(), "csv": "姓名,等级\n林一,三级\n".encode(),
    "txt": "证明：林一在本厂工作。".encode("gb18030"),
}  # fmt: skip


@pytest.mark.parametrize("kind", SOUND)
def test_a_sound_upload_is_known_by_its_content_whatever_its_name(kind: str) -> None:
    for name in ("a.pdf", "a.exe", "没有后缀"):
        assert inspect(upload(SOUND[kind], name)).kind == kind


ATTACKS = {
    "a program": (b"MZ\x90\0" + bytes(64), "program"),
    "a program of another system": (b"\x7fELF" + bytes(64), "program"),
    "a script": (b"#!/bin/sh\nrm -r .\n", "program"),
    "a page": (b"<!DOCTYPE html><script>alert(1)</script>", "markup"),
    "a page after a line of text": ("收入证明\n<script>alert(1)</script>".encode(), "markup"),
    "a drawing with a script": (b'<svg xmlns="http://www.w3.org/2000/svg" onload="x()"/>', "markup"),
    "an old Office file": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old_office"),
    "a packed file": (uploads.archive({"a.txt": b"a"}), "packed"),
    "a bomb": (uploads.bomb(), "bomb"),
    "an archive of very many entries": (uploads.many_entries(), "bomb"),
    "a workbook with macros": (uploads.xlsx(**{"xl/vbaProject.bin": b"x"}), "macros"),
    "a letter with another file inside": (uploads.docx(**{"word/embeddings/oleObject1.bin": b"x"}), "embedded"),
    "an archive with a path that leads out": (uploads.docx(**{"../../etc/cron": b"x"}), "polyglot"),
    "an archive behind a program": (b"PK\x03\x04" + b"MZ" * 40 + uploads.docx(), "polyglot"),
    "an archive before something else": (uploads.docx() + b"<script>", "polyglot"),
    "a cut archive": (uploads.docx()[:-30], "broken"),
    "a picture of 1,600 million dots": (uploads.huge_picture(), "pixels"),
    "half a picture": (uploads.picture()[:2_000], "broken"),
    "a picture that is an archive": (uploads.picture(form="JPEG") + uploads.archive({"a": b"a"}), "polyglot"),
    "a picture that is a PDF": (b"\xff\xd8\xff\xe0" + b"%PDF-1.4", "broken"),
    "a photo of a telephone": (b"\x00\x00\x00\x18ftypheic" + bytes(64), "phone_picture"),
    "a PDF with a password": (uploads.changed_pdf(password="x"), "locked"),
    "a PDF with a script": (uploads.changed_pdf(script="app.alert(1)"), "active"),
    "a PDF with a program attached": (uploads.changed_pdf(attachment="a.exe"), "embedded"),
    "half a PDF": (b"%PDF-1.7\n1 0 obj", "broken"),
    "a PDF that is an archive": (uploads.pdf() + uploads.archive({"a": b"a"}), "polyglot"),
    "a PDF behind a page": (b"<html>" + uploads.pdf(), "markup"),
    "noise": (bytes(range(1, 256)) * 4, "unknown"),
    "nothing": (b"", "empty"),
    "more than is taken": (bytes(21 << 20), "large"),
}  # fmt: skip


@pytest.mark.parametrize("case", ATTACKS)
def test_what_may_harm_is_refused_and_the_person_is_told_what_to_do(case: str) -> None:
    content, code = ATTACKS[case]
    with pytest.raises(Refused) as told:
        inspect(upload(content, "材料.pdf"))
    assert told.value.code == code
    assert any(word in str(told.value) for word in ("请", "不收", "不能"))


def test_an_electronic_invoice_may_carry_its_data() -> None:
    assert inspect(upload(uploads.changed_pdf(attachment="invoice.xml"))).pages == 1


def test_a_form_may_take_fewer_kinds() -> None:
    with pytest.raises(Refused) as told:
        inspect(upload(SOUND["csv"]), frozenset({"pdf", "jpeg"}))
    assert told.value.code == "not_here"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"), ("C:\\用户\\身份证.jpg", "身份证.jpg"), ("a\r\nSet-Cookie: b.pdf", "aSet-Cookie: b.pdf"),
        ("\u202egpj.exe", "gpj.exe"), ("...", "未命名"), (None, "未命名"), ("长" * 200 + ".pdf", "长" * 116 + ".pdf"),
    ],
)  # fmt: skip
def test_a_name_is_only_a_name(given: str | None, kept: str) -> None:
    assert plain_name(given) == kept


def test_a_scan_looks_like_itself_smaller_or_pressed_harder_and_unlike_another() -> None:
    def bits(content: bytes) -> int:
        look = look_of(content)[1]
        assert look is not None
        return int.from_bytes(look)

    one = uploads.drawing(1, (1200, 900))
    first = bits(uploads.picture(one))
    assert (first ^ bits(uploads.picture(one.resize((500, 375)), "JPEG", quality=60))).bit_count() <= 12
    assert (first ^ bits(uploads.picture(uploads.drawing(2)))).bit_count() > 40
    assert look_of(uploads.picture(one.point(lambda _: 255)))[1] is None
