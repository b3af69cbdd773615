"""The `tiaowen` command.

tiaowen demo                      a sample roster and its report
tiaowen check                     documents, readings, cases
tiaowen mutate [DOC]              no small change may go unnoticed
tiaowen coverage DOC [--text F]   every figure and clause of the original
tiaowen evaluate FILE …           a roster workbook or a case
tiaowen evaluate FOLDER --out O   a population in Parquet
tiaowen explain --person ID …     one person of it
tiaowen simulate PATCH …          what if the documents said otherwise
tiaowen lint DRAFT                a draft before it is issued
tiaowen compare [--case F]        instruments by place; a case in each place
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
from tiaowen.cli.compare import add_compare
from tiaowen.cli.coverage import add_coverage
from tiaowen.cli.demo import add_demo
from tiaowen.cli.documents import add_conformance, add_vocabulary
from tiaowen.cli.draft import add_lint
from tiaowen.cli.evaluate import add_evaluate
from tiaowen.cli.population import add_explain
from tiaowen.cli.simulate import add_simulate


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit status (0 fine, 1 findings, 2 unusable input)."""
    parser = argparse.ArgumentParser(prog="tiaowen", description="条文：政策即代码 policies that run")
    parser.add_argument("--policies", type=Path, help="政策文件夹 folder of policies (policies/)")
    parser.add_argument("--lang", choices=("zh", "en"), default=_language(), help="中文或英文 language of messages")
    commands = parser.add_subparsers(dest="command", required=True)
    add_demo(commands)
    add_evaluate(commands)
    add_explain(commands)
    add_simulate(commands)
    add_check(commands)
    add_mutate(commands)
    add_coverage(commands)
    add_vocabulary(commands)
    add_conformance(commands)
    add_lint(commands)
    add_compare(commands)
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
