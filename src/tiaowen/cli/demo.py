"""`tiaowen demo`: a sample roster, evaluated, with its report."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from tiaowen.cli.evaluate import add_language, day_of, evaluate_roster

Commands = Any


def add_demo(commands: Commands) -> None:
    command = commands.add_parser("demo", help="示例名册与报告 a sample roster and its report")
    command.add_argument("--on", help="哪一天，如 2026-11-22 the day of the question (today)")
    command.add_argument("--staff", type=int, default=500, help="示例人数 size of the sample (500)")
    command.add_argument("--folder", type=Path, default=Path("out/demo"), help="写到哪里 where to write (out/demo)")
    add_language(command)
    command.set_defaults(run=run_demo)


def run_demo(arguments: argparse.Namespace) -> int:
    """Write the sample, evaluate it, write the report.  2 when something can't be used."""
    from tiaowen.cli.library import open_policies
    from tiaowen.workbook import write_sample

    on = day_of(arguments.on)
    if on is None:
        print(f"--on {arguments.on} → 2026-11-22")
        return 2
    if not 100 <= arguments.staff <= 100_000:
        print(f"--staff {arguments.staff} → 100–100000")
        return 2
    library = open_policies(arguments)
    if library is None:
        return 2
    folder: Path = arguments.folder
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "roster.xlsx"
    write_sample(path, library.vocabulary, staff=arguments.staff)
    arguments.out = folder / "report.html"
    arguments.json = arguments.no_compare = arguments.drafts = False
    arguments.workbook = None
    return evaluate_roster(arguments, library, path, None, on, sample=True)
