"""`huijiang verify-files`: whether every stored paper is there, whole, and what its address says."""

from __future__ import annotations

import argparse

from huijiang.commands.django_setup import set_up


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("verify-files", help="核对每份材料能否打开 whether every stored paper opens")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """0 when all open, 1 when one does not."""
    from huijiang.commands.serve import with_database

    set_up()
    from huijiang.files import checking

    with with_database():
        count, faults = checking.check()
    print(f"{count} 份内容 papers，{len(faults)} 处不符 faults")
    for each in faults:
        print(each)
    return 1 if faults else 0
