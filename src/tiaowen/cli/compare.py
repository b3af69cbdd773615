"""`tiaowen compare`: instruments × places, and one case placed in each."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tiaowen.cli.evaluate import CASE_ENDINGS, add_language, day_of
from tiaowen.cli.library import open_policies
from tiaowen.cli.progress import Progress

if TYPE_CHECKING:
    import datetime as dt

    from tiaowen.check.library import Library
    from tiaowen.evaluate.facts import Facts


def add_compare(commands: Any) -> None:
    command = commands.add_parser("compare", help="各地政策工具比较 who pays what, place by place")
    command.add_argument("--places", help="用逗号隔开，如 萧山区,上虞区 places, by commas (all with documents)")
    command.add_argument("--case", type=Path, help="案例 .yaml .json 或名册 .xlsx 放在各地 a case or roster to place")
    command.add_argument("--on", help="哪一天 the day of the question (the case's, or today)")
    command.add_argument("--out", type=Path, help="网页写到哪里 where to write the page (FILE.html)")
    add_language(command)
    command.set_defaults(run=run_compare)


def run_compare(arguments: argparse.Namespace) -> int:
    """0 done, 1 nothing to compare, 2 unusable input: then nothing is written."""
    from tiaowen.compare.instruments import compare, usual_places
    from tiaowen.compare.page import as_text, render
    from tiaowen.compare.placed import place_case

    lang = arguments.lang
    library = open_policies(arguments)
    if library is None:
        return 2
    regions = library.vocabulary.regions
    codes = usual_places(library)
    if arguments.places:
        codes = []
        for name in arguments.places.replace("，", ",").split(","):
            code = regions.resolve(name.strip())
            if code is None:
                return _unusable(f"--places {name}：不认识的地方；写名称、路径或代码，如 萧山区、330109。",
                                 f"--places {name}: no such place; give a name, path or code such as 330109.", lang)  # fmt: skip
            codes.append(code)
    on = day_of(arguments.on)
    if on is None:
        return _unusable(f"--on {arguments.on}：不是日期；应为 2026-11-22 这样的写法。",
                         f"--on {arguments.on}: not a date; write it like 2026-11-22.", lang)  # fmt: skip
    comparison = compare(library, codes)
    placed, home = None, ""
    if arguments.case is not None:
        read = _facts(arguments, library, on)
        if read is None:
            return 2
        facts, region = read
        progress = Progress(arguments.case.name)
        placed = place_case(library, comparison, facts, region, lambda said, done, whole: progress(done, whole, said))
        progress.done()
        home = regions.name(placed.home)
        on = facts.on or on
    out: Path | None = arguments.out
    files = {} if out is None else {"zh": out, "en": out.with_suffix(".en.html")}
    if out is not None:
        day = on.isoformat() if placed is not None else ""
        try:
            out.parent.mkdir(parents=True, exist_ok=True)
            for each, other in (("zh", "en"), ("en", "zh")):
                page = render(comparison, placed, each, files[other].name, home, day)
                files[each].write_text(page, encoding="utf-8")
        except OSError as error:
            return _unusable(f"写不了：{error}", f"can't write: {error}", lang)
    print(as_text(comparison, placed, lang))
    if files:
        print(f"\n{files[lang]}")
    return 0 if comparison.instruments else 1


def _facts(arguments: argparse.Namespace, library: Library, on: dt.date) -> tuple[Facts, str] | None:
    """The facts of a case or a roster and its place, or None after saying why not."""
    from tiaowen.cases.format import CaseError, read_case
    from tiaowen.cli.cases import Unreadable, load_case
    from tiaowen.workbook import WorkbookError, read_roster

    path: Path = arguments.case
    if not path.is_file():
        _unusable(f"{path}：没有这个文件。", f"{path}: there is no such file.", arguments.lang)
        return None
    try:
        if path.suffix.lower() in CASE_ENDINGS:
            case = load_case(path, arguments.lang)
            if arguments.on is not None or not case.get("on"):
                case["on"] = on.isoformat()
        else:
            case = read_roster(path, on=on, vocabulary=library.vocabulary).case
        return read_case(library.vocabulary, case)
    except Unreadable as error:
        print(error, file=sys.stderr)
    except WorkbookError as error:
        print(error.text(arguments.lang), file=sys.stderr)
    except CaseError as error:
        for each in error.problems:
            print(f"{path.name}: {each}", file=sys.stderr)
    return None


def _unusable(zh: str, en: str, lang: str) -> int:
    print(zh if lang == "zh" else en, file=sys.stderr)
    return 2
