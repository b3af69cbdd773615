"""`tiaowen evaluate`: a roster workbook or a case in the public format."""

from __future__ import annotations

import argparse
import datetime as dt
import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tiaowen.cli.progress import Progress

Commands = Any
CASE_ENDINGS = (".yaml", ".yml", ".json")


def add_evaluate(commands: Commands) -> None:
    from tiaowen.cli.population import add_population_options

    command = commands.add_parser("evaluate", help="名册或案例能领什么 what a roster or a case is owed")
    command.add_argument(
        "file",
        nargs="?",
        type=Path,
        help="名册 .xlsx，案例 .yaml .json，或人群文件夹 a roster, a case, or a folder of Parquet",
    )
    command.add_argument("--region", help="按哪里的文件 place whose documents apply (the workbook's own)")
    command.add_argument("--on", help="哪一天，如 2026-11-22 the day of the question (today)")
    command.add_argument(
        "--out",
        type=Path,
        help="网页写到哪里；人群：结果文件夹 where to write the page (FILE.html); population: a folder",
    )
    command.add_argument("--workbook", type=Path, help="全部结果写成工作簿 all results as a workbook")
    command.add_argument("--json", action="store_true", help="结果写成 JSON answers as JSON on standard output")
    command.add_argument("--drafts", action="store_true", help="也模拟征求意见稿 simulate drafts too")
    command.add_argument("--no-compare", action="store_true", help="不作各地比较 leave the other places out")
    command.add_argument("--template", type=Path, metavar="FILE.xlsx", help="写一份空名册 write an empty roster")
    add_population_options(command)
    add_language(command)
    command.set_defaults(run=run_evaluate)


def add_language(command: Any) -> None:
    """`--lang` after the command as well as before it."""
    command.add_argument("--lang", choices=("zh", "en"), default=argparse.SUPPRESS, help="中文或英文 language")


def run_evaluate(arguments: argparse.Namespace) -> int:
    """0 done, 1 nothing to say, 2 unusable input: then nothing is written."""
    from tiaowen.cli.library import open_policies

    library = open_policies(arguments)
    if library is None:
        return 2
    if arguments.template is not None:
        from tiaowen.workbook import write_template

        try:
            write_template(arguments.template, library.vocabulary)
        except OSError as error:
            return _say(
                arguments.lang, f"写不了 {arguments.template}：{error}", f"can't write {arguments.template}: {error}"
            )
        print(arguments.template)
        return 0
    if arguments.file is None:
        return _say(arguments.lang, "请给出名册或案例文件；--template 写一份空的。",
                    "name a roster or a case; --template writes an empty roster.")  # fmt: skip
    if arguments.file.is_dir():
        from tiaowen.cli.population import evaluate_folder

        return evaluate_folder(arguments, library)
    region = None
    if arguments.region:
        region = library.vocabulary.regions.resolve(arguments.region)
        if region is None:
            return _say(arguments.lang, f"--region {arguments.region}：不认识的地方；写名称、路径或代码，如 萧山区、浙江省/杭州市/萧山区、330109。",
                        f"--region {arguments.region}: no such place; give a name, path or code such as 萧山区 or 330109.")  # fmt: skip
    on = day_of(arguments.on)
    if on is None:
        return _say(arguments.lang, f"--on {arguments.on}：不是日期；应为 2026-11-22 这样的写法。",
                    f"--on {arguments.on}: not a date; write it like 2026-11-22.")  # fmt: skip
    if not arguments.file.is_file():
        return _say(arguments.lang, f"{arguments.file}：没有这个文件。", f"{arguments.file}: there is no such file.")
    if arguments.file.suffix.lower() in CASE_ENDINGS:
        from tiaowen.cli.cases import evaluate_case

        return evaluate_case(arguments, library, region, on)
    return evaluate_roster(arguments, library, arguments.file, region, on)


def evaluate_roster(
    arguments: argparse.Namespace, library: Any, path: Path, region: str | None, on: dt.date, sample: bool = False
) -> int:
    """Read, evaluate, write the page in both languages, print the summary."""
    from tiaowen.cases.format import read_case
    from tiaowen.report.gather import build_report
    from tiaowen.report.page import render
    from tiaowen.report.summary import summary
    from tiaowen.workbook import WorkbookError, read_roster

    progress = Progress(path.name)

    def rows_read(sheet: str, rows: int) -> None:
        progress.note(f"{sheet} {rows}")

    with _without_collector():
        try:
            roster = read_roster(path, on=on, vocabulary=library.vocabulary, progress=rows_read)
        except WorkbookError as error:
            progress.clear()
            print(error.text(arguments.lang), file=sys.stderr)
            return 2
        facts, own = read_case(library.vocabulary, roster.case)
        place = region or own
        if arguments.json:
            from tiaowen.cli.cases import print_answers

            progress.clear()
            return print_answers(library, facts, place, arguments.drafts)
        report = build_report(library, roster, facts, place, source=path.name, sample=sample,
                              compare=not arguments.no_compare, drafts=arguments.drafts,
                              progress=lambda said, done, whole: progress(done, whole, said))  # fmt: skip
        out = arguments.out or path.with_suffix(".html")
        files = {"zh": out, "en": out.with_suffix(".en.html")}
        try:
            out.parent.mkdir(parents=True, exist_ok=True)
            for lang, other in (("zh", "en"), ("en", "zh")):
                files[lang].write_text(render(report, lang, files[other].name), encoding="utf-8")
            if arguments.workbook is not None:
                from tiaowen.evaluate.answers import answer_case
                from tiaowen.report.names import Names
                from tiaowen.report.results import write_results

                answers = answer_case(library, facts, place, arguments.drafts)
                write_results(arguments.workbook, answers, Names(roster, library.vocabulary))
        except OSError as error:
            return _say(arguments.lang, f"写不了：{error}", f"can't write: {error}")
    progress.done()
    print(summary(report, arguments.lang))
    print()
    for each in (files[arguments.lang], files["en" if arguments.lang == "zh" else "zh"], arguments.workbook):
        if each is not None:
            print(each)
    return 0


def day_of(text: str | None) -> dt.date | None:
    """The day asked for, today when none was, or None when it is not a date."""
    if text is None:
        return dt.datetime.now().astimezone().date()
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _say(lang: str, zh: str, en: str) -> int:
    print(zh if lang == "zh" else en, file=sys.stderr)
    return 2


@contextmanager
def _without_collector() -> Iterator[None]:
    """Millions of rows that all live until the end: looking for cycles among them only costs time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.freeze()  # the process is about to end: what lives need not be looked at again
            gc.enable()
