"""`tiaowen lint`: a draft document before it is issued."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
from pathlib import Path
from typing import Any

from tiaowen.cli.evaluate import add_language, day_of
from tiaowen.cli.library import open_policies
from tiaowen.draft.docx import CHARACTERS, DraftError, read_docx
from tiaowen.draft.finding import Finding
from tiaowen.draft.report import as_json, as_text, patterns_table
from tiaowen.problems import PolicyError

KINDS = {".txt": "text", ".docx": "docx", ".md": "encoded"}


def add_lint(commands: Any) -> None:
    command = commands.add_parser("lint", help="印发前看草案 look over a draft before it is issued")
    command.add_argument("draft", nargs="?", type=Path, help="草案 .txt、.docx，或已编码的 .md a draft")
    command.add_argument("--json", action="store_true", help="结果写成 JSON findings as JSON")
    command.add_argument("--patterns", action="store_true", help="列出歧义字句表 print the list of wording patterns")
    command.add_argument("--on", help="按哪天的现行文件比 the day whose documents in force count (today)")
    add_language(command)
    command.set_defaults(run=run_lint)


def run_lint(arguments: argparse.Namespace) -> int:
    """0 nothing but notes, 1 something to mend, 2 unusable input."""
    lang = arguments.lang
    if arguments.patterns:
        print(patterns_table(lang))
        return 0
    path: Path | None = arguments.draft
    kind = KINDS.get(path.suffix.lower()) if path is not None else None
    if path is None or kind is None:
        return _unusable(
            "请给出草案：.txt、.docx 或已编码的 .md。", "name a draft: .txt, .docx, or an encoded .md.", lang
        )
    if not path.is_file():
        return _unusable(f"{path.name}：没有这个文件。", f"{path.name}: there is no such file.", lang)
    on = day_of(arguments.on)
    if on is None:
        return _unusable(f"--on {arguments.on}：不是日期；应为 2026-11-22 这样的写法。",
                         f"--on {arguments.on}: not a date; write it like 2026-11-22.", lang)  # fmt: skip
    try:
        found = _encoded(arguments, path, on) if kind == "encoded" else _text(arguments, path, kind)
    except DraftError as error:
        return _unusable(error.zh, error.en, lang)
    except PolicyError as error:
        for each in error.problems:
            print(each.show(lang), file=sys.stderr)
        return 2
    if found is None:
        return 2
    if arguments.json:
        print(json.dumps(as_json(path.name, kind, found, lang), ensure_ascii=False, indent=1))
    else:
        print(as_text(path.name, found, lang))
    return 1 if any(each.gravity != "note" for each in found) else 0


def _text(arguments: argparse.Namespace, path: Path, kind: str) -> list[Finding] | None:
    from tiaowen.draft.text import lint_text

    library = open_policies(arguments)
    if library is None:
        return None
    numbered = changes = 0
    if kind == "docx":
        word = read_docx(path)
        text, numbered, changes = word.text, word.numbered, word.changes
    else:
        text = plain_text(path)
    if not text.strip():
        raise DraftError(f"{path.name}：没有文字", f"{path.name}: there is no text in it")
    return lint_text(text, library.vocabulary, numbered=numbered, changes=changes)


def plain_text(path: Path) -> str:
    """UTF-8 or GB 18030 text.  Raises DraftError for what is neither, or too long."""
    try:
        if path.stat().st_size > 4 * CHARACTERS:
            raise DraftError(
                f"{path.name}：超过 {4 * CHARACTERS} 字节", f"{path.name}: more than {4 * CHARACTERS} bytes"
            )
        data = path.read_bytes()
    except OSError as error:
        raise DraftError(f"{path.name}：读不了（{error.strerror}）", f"{path.name}: {error.strerror}") from error
    if b"\0" in data:
        raise DraftError(f"{path.name}：不是文本文件", f"{path.name}: not a text file")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise DraftError(f"{path.name}：既不是 UTF-8 也不是 GB 18030", f"{path.name}: neither UTF-8 nor GB 18030")


def _encoded(arguments: argparse.Namespace, path: Path, on: dt.date) -> list[Finding]:
    from tiaowen.draft.library import lint_encoded
    from tiaowen.files import MAX_BYTES, default_folder, read_folder

    try:
        folder = arguments.policies or default_folder()
        if path.stat().st_size > MAX_BYTES:
            raise DraftError(f"{path.name}：超过 {MAX_BYTES} 字节", f"{path.name}: more than {MAX_BYTES} bytes")
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise DraftError(f"{path.name}：不是 UTF-8", f"{path.name}: not UTF-8") from error
    except FileNotFoundError as error:
        raise DraftError(f"找不到政策文件夹：{error}", f"no folder of policies: {error}") from error
    return lint_encoded(read_folder(folder), path.name, text, on)


def _unusable(zh: str, en: str, lang: str) -> int:
    print(zh if lang == "zh" else en, file=sys.stderr)
    return 2
