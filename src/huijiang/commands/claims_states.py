"""`huijiang claims-states`: the page of a claim's states, drawn from the state table."""

from __future__ import annotations

import argparse
from pathlib import Path

from huijiang.commands.django_setup import set_up


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("claims-states", help="画出申报的状态表 draw the states of a claim")
    parser.add_argument("--write", type=Path, metavar="FILE", help="写到文件 write to a file")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    set_up()
    from huijiang.claims.drawing import page

    if arguments.write is None:
        print(page(), end="")
    else:
        arguments.write.write_text(page(), encoding="utf-8")
    return 0
