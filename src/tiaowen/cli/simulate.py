"""`tiaowen simulate`: what if the documents said otherwise."""

from __future__ import annotations

import argparse
import tempfile
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from tiaowen.cli.evaluate import add_language, day_of
from tiaowen.cli.population import say
from tiaowen.cli.progress import Progress

Commands = Any


def add_simulate(commands: Commands) -> None:
    command = commands.add_parser("simulate", help="政策改了会怎样 what if the documents said otherwise")
    command.add_argument(
        "patch", nargs="+", type=Path, metavar="PATCH.yaml", help="方案，可多份 scenarios side by side"
    )
    command.add_argument("--folder", required=True, type=Path, help="事实文件夹 folder of Parquet")
    command.add_argument("--out", required=True, type=Path, metavar="REPORT.html",
                         help="报告；工作簿写在旁边 the report; a workbook is written beside it")  # fmt: skip
    command.add_argument("--since", type=Path, metavar="OUT", help="已有的人群结果 results of `evaluate` to start from")
    command.add_argument("--results", type=Path, metavar="FOLDER", help="保留各方案的结果 keep the results here")
    command.add_argument("--region", help="按哪里的文件 place whose documents apply (all documents)")
    command.add_argument("--on", help="哪一天 the day of the question (the folder's own, else today)")
    command.add_argument("--drafts", action="store_true", help="也算征求意见稿 drafts too")
    command.add_argument("--memory", default="1GB", help="内存上限 bound on memory (1GB)")
    add_language(command)
    command.set_defaults(run=run_simulate)


def run_simulate(arguments: argparse.Namespace) -> int:
    """0 done, 2 unusable input: then no report is written."""
    from tiaowen.cli.library import open_policies
    from tiaowen.population.errors import PopulationError
    from tiaowen.simulate import PatchError, read_scenario, simulate
    from tiaowen.simulate.page import render
    from tiaowen.simulate.sections import Sections
    from tiaowen.simulate.workbook import write_workbook

    library = open_policies(arguments)
    if library is None:
        return 2
    lang = arguments.lang
    on = day_of(arguments.on) if arguments.on else None
    if arguments.on and on is None:
        return say(lang, f"--on {arguments.on}：不是日期。", f"--on {arguments.on}: not a date.")
    progress = Progress(arguments.folder.name)
    book = arguments.out.with_suffix(".xlsx")
    try:
        scenarios = [read_scenario(path.read_text(encoding="utf-8"), path.name, lang) for path in arguments.patch]
        arguments.out.parent.mkdir(parents=True, exist_ok=True)
        kept = nullcontext(arguments.results) if arguments.results else tempfile.TemporaryDirectory(
            prefix=".simulate-", dir=arguments.out.parent)  # fmt: skip
        with kept as results:
            found = simulate(library, arguments.folder, scenarios, Path(results), region=arguments.region or "",
                             drafts=arguments.drafts, on=on, memory=arguments.memory, since=arguments.since,
                             told=progress, lang=lang)  # fmt: skip
        arguments.out.write_text(render(found, library.vocabulary, lang), encoding="utf-8")
        write_workbook(book, found, library.vocabulary, lang)
    except (PatchError, PopulationError, OSError, UnicodeDecodeError) as error:
        progress.clear()
        return say(lang, str(error), str(error))
    progress.done()
    sections = Sections(found, library.vocabulary, lang)
    for at in range(1, len(found.sides)):
        print(sections.headline(at))
    print(arguments.out)
    print(book)
    return 0
