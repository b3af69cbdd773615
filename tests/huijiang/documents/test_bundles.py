"""Bundles from outside: what leads out, swells, lies about its size or is no text is refused by name."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest

from huijiang.documents import bundles
from huijiang.documents.releases import MOST_BYTES, MOST_FILES, Refused


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> io.BytesIO:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    held.seek(0)
    return held


def taken(held: io.BytesIO) -> dict[str, str]:
    return bundles.unpack(held, len(held.getvalue()))


FILES = {"vocabulary/work.md": "# 就业\n", "浙江省/a.md": "一\r\n二\n"}


def test_packed_and_unpacked_is_the_same_and_so_are_the_bytes() -> None:
    packed = bundles.pack(FILES)
    assert bundles.unpack(io.BytesIO(packed), len(packed)) == FILES
    assert bundles.pack(dict(reversed(FILES.items()))) == packed


def test_the_folder_itself_may_be_in_the_bundle_and_leftovers_of_systems_are_left_out() -> None:
    inside = {f"policies/{name}": text.encode() for name, text in FILES.items()}
    assert taken(zipped({**inside, "__MACOSX/policies/._a.md": b"\0", "policies/.DS_Store": b"\0"})) == FILES


def test_names_written_by_chinese_windows_are_read() -> None:
    packed = bytearray(zipped({"aaaa/b.md": b"x"}).getvalue())
    assert taken(io.BytesIO(bytes(packed.replace(b"aaaa", "浙江".encode("gb18030"))))) == {"浙江/b.md": "x"}


@pytest.mark.parametrize(
    ("name", "content", "named"),
    [
        ("../a.md", b"x", "路径指到外面"),
        ("/etc/a.md", b"x", "路径指到外面"),
        ("a/../../b.md", b"x", "路径指到外面"),
        ("c:a.md", b"x", "路径指到外面"),
        ("a.md", b"\xff", "不是 UTF-8"),
        ("a.md", b"x\0", "NUL"),
        ("a.md", b"x" * (MOST_BYTES + 1), "超过"),
    ],
)
def test_one_bad_file_refuses_the_bundle_and_is_named(name: str, content: bytes, named: str) -> None:
    with pytest.raises(Refused) as refused:
        taken(zipped({name: content, "good.md": b"x"}))
    assert named in refused.value.problems[0]


def test_a_link_is_not_followed() -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        entry = zipfile.ZipInfo("a.md")
        entry.external_attr = 0o120777 << 16
        archive.writestr(entry, "/etc/passwd")
    with pytest.raises(Refused, match="是链接"):
        taken(held)


def test_a_bundle_that_swells_is_not_unpacked() -> None:
    with pytest.raises(Refused, match="解开后超过"):
        taken(zipped({f"{at}.md": b"0" * MOST_BYTES for at in range(40)}))


def test_an_entry_that_lies_about_its_size_is_read_no_further_than_allowed() -> None:
    packed = bytearray(zipped({"a.md": b"0" * (MOST_BYTES * 3)}).getvalue())
    for mark, at in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):  # the uncompressed size in both headers
        struct.pack_into("<I", packed, packed.index(mark) + at, 10)
    with pytest.raises(Refused):
        taken(io.BytesIO(bytes(packed)))


def test_too_many_files_and_too_large_a_bundle_are_refused() -> None:
    with pytest.raises(Refused, match="个文件"):
        taken(zipped({f"{at}.md": b"" for at in range(MOST_FILES + 1)}))
    with pytest.raises(Refused, match="压缩包最多"):
        bundles.unpack(io.BytesIO(), bundles.MOST_UPLOAD + 1)


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x05\x06" + b"\xff" * 18])
def test_what_is_no_bundle_says_so(content: bytes) -> None:
    with pytest.raises(Refused):
        bundles.unpack(io.BytesIO(content), len(content))
