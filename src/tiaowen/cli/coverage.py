"""`tiaowen coverage`: every figure and clause of the original has its block."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from tiaowen.cli.check import show
from tiaowen.problems import PolicyError


def add_coverage(commands: Any) -> None:
    command = commands.add_parser(
        "coverage", help="原文每个数、每一条由哪个块交代 which block accounts for each figure"
    )
    command.add_argument("document", help="文件编号 id of a document")
    command.add_argument("--text", type=Path, help="原文 .txt the original (else: the index beside the policy)")
    command.add_argument("--write", action="store_true", help="由原文重写索引 write the index anew from --text")
    command.set_defaults(run=run_coverage)


def run_coverage(arguments: argparse.Namespace) -> int:
    """1 when a figure is unaccounted or a clause unread, 2 when the input can't be used."""
    from tiaowen.coverage import run

    text: str | None = None
    if arguments.write and arguments.text is None:
        print("--write 要同时给出 --text  needs --text")
        return 2
    if arguments.text is not None:
        try:
            text = arguments.text.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            print(f"读不了原文 can't read {arguments.text.name}: {error}")
            return 2
    try:
        report = run(arguments.document, text, arguments.write, arguments.policies)
    except PolicyError as error:
        show(error.problems, arguments.lang)
        return 2
    except FileNotFoundError as error:
        print(f"找不到 not found: {error}")
        return 2
    print(report.show(arguments.lang))
    return 0 if report.ok else 1
