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
from tiaowen.draft import cost
from tiaowen.draft.cost import Bill
from tiaowen.draft.docx import CHARACTERS, DraftError, read_docx
from tiaowen.draft.finding import Finding
from tiaowen.draft.report import as_json, as_text, patterns_table
from tiaowen.population.errors import PopulationError
from tiaowen.problems import PolicyError

KINDS = {".txt": "text", ".docx": "docx", ".md": "encoded"}


def add_lint(commands: Any) -> None:
    command = commands.add_parser("lint", help="印发前看草案 look over a draft before it is issued")
    command.add_argument("draft", nargs="?", type=Path, help="草案 .txt、.docx，或已编码的 .md a draft")
    command.add_argument("--json", action="store_true", help="结果写成 JSON findings as JSON")
    command.add_argument("--patterns", action="store_true", help="列出歧义字句表 print the list of wording patterns")
    command.add_argument("--on", help="按哪天的现行文件比 the day whose documents in force count (today)")
    command.add_argument("--county", type=Path, metavar="FOLDER",
                         help="已编码的草案在这份名册上要花多少 what an encoded draft costs on this population")  # fmt: skip
    command.add_argument("--place", help="假如由哪里印发，如 萧山区 as if this place had drawn it up (its own)")
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
    if kind != "encoded" and (arguments.county or arguments.place):
        return _unusable("--county、--place：只有已编码的 .md 能算花费。",
                         "--county, --place: only an encoded .md can be costed.", lang)  # fmt: skip
    bill: Bill | None = None
    try:
        found: list[Finding] | None
        if kind == "encoded":
            found, bill = _encoded(arguments, path, on)
        else:
            found = _text(arguments, path, kind)
    except PopulationError as error:
        return _unusable(str(error), str(error), lang)
    except DraftError as error:
        return _unusable(error.zh, error.en, lang)
    except PolicyError as error:
        for each in error.problems:
            print(each.show(lang), file=sys.stderr)
        return 2
    if found is None:
        return 2
    if arguments.json:
        told = as_json(path.name, kind, found, lang) | ({"cost": cost.as_json(bill)} if bill is not None else {})
        print(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        print(as_text(path.name, found, lang))
        if bill is not None:
            print(f"\n{cost.as_text(bill, lang)}")
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


def _encoded(arguments: argparse.Namespace, path: Path, on: dt.date) -> tuple[list[Finding], Bill | None]:
    """Findings, and the bill where a population was given.  Raises DraftError, PolicyError, PopulationError."""
    from tiaowen.draft.library import lint_encoded, with_draft
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
    files = read_folder(folder)
    if arguments.place:
        regions = with_draft(files, path.name, text)[0].vocabulary.regions
        code = regions.resolve(arguments.place)
        if code is None:
            raise DraftError(f"--place {arguments.place}：不认识的地方。", f"--place {arguments.place}: no such place.")
        text = cost.moved(text, regions.path(code))
    found = lint_encoded(files, path.name, text, on)
    if arguments.county is None:
        return found, None
    library, ident = with_draft(files, path.name, text)
    if library.errors:  # the findings say so; a draft with errors can't run
        return found, None
    asked = on if arguments.on else None
    return found, cost.cost(library, ident, arguments.county, asked)


def _unusable(zh: str, en: str, lang: str) -> int:
    print(zh if lang == "zh" else en, file=sys.stderr)
    return 2
