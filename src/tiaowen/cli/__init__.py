"""The `tiaowen` command.

tiaowen demo                      a sample roster and its report
tiaowen check                     documents, readings, cases
tiaowen mutate [DOC]              no small change may go unnoticed
tiaowen coverage DOC [--text F]   every figure and clause of the original
tiaowen evaluate FILE …           a roster workbook or a case
tiaowen vocabulary [--write F]    the page of tables, columns and codes
tiaowen conformance run|write     the open conformance suite
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from tiaowen.cli.check import add_check, add_mutate
from tiaowen.cli.coverage import add_coverage
from tiaowen.cli.demo import add_demo
from tiaowen.cli.documents import add_conformance, add_vocabulary
from tiaowen.cli.evaluate import add_evaluate


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit status (0 fine, 1 findings, 2 unusable input)."""
    parser = argparse.ArgumentParser(prog="tiaowen", description="条文：政策即代码 policies that run")
    parser.add_argument("--policies", type=Path, help="政策文件夹 folder of policies (policies/)")
    parser.add_argument("--lang", choices=("zh", "en"), default=_language(), help="中文或英文 language of messages")
    commands = parser.add_subparsers(dest="command", required=True)
    add_demo(commands)
    add_evaluate(commands)
    add_check(commands)
    add_mutate(commands)
    add_coverage(commands)
    add_vocabulary(commands)
    add_conformance(commands)
    arguments = parser.parse_args(argv)
    try:
        status: int = arguments.run(arguments)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return status


def _language() -> str:
    """English only where the user's environment asks for it; Chinese first."""
    wanted = os.environ.get("TIAOWEN_LANG") or os.environ.get("LC_ALL") or os.environ.get("LANG", "")
    return "en" if wanted.lower().startswith("en") else "zh"
