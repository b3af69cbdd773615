"""`huijiang synth`: makes a synthetic county."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from huijiang.synth.county import PAGE, make_county
from huijiang.synth.errors import SynthError
from huijiang.synth.workbook import LARGEST, write_workbook
from tiaowen.files import open_library


def add_synth(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("synth", help="合成一个县 a synthetic county as Parquet")
    parser.add_argument("--people", type=int, required=True, metavar="N", help="名册上的人数 people of the register")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="种子 the same seed gives the same bytes (1)")
    parser.add_argument("--region", default="萧山区", metavar="R", help="对照哪里的总数 whose totals (萧山区)")
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="写到哪个文件夹 where to write")
    parser.add_argument("--memory", default="512MB", help="数据库的内存上限 the database's memory (512MB)")
    parser.add_argument("--workbooks", action="store_true", help=f"另写 .xlsx also a workbook (≤ {LARGEST} 人)")
    parser.set_defaults(run=synth)


def synth(arguments: argparse.Namespace) -> int:
    """Make the county; print its rows and where its page is."""
    try:
        if arguments.workbooks and arguments.people > LARGEST:
            raise SynthError(
                f"--workbooks: {arguments.people} 人太多 too many people; 应不多于 expected at most {LARGEST}"
            )
        vocabulary = open_library().vocabulary
        made = make_county(
            vocabulary, arguments.out, arguments.people, arguments.seed, arguments.region, arguments.memory,
            progress=lambda table: print(f"  {table}", file=sys.stderr, flush=True),
        )  # fmt: skip
        if arguments.workbooks:
            print(f"  {write_workbook(vocabulary, arguments.out).name}", file=sys.stderr, flush=True)
    except SynthError as error:
        print(f"huijiang synth: {error}", file=sys.stderr)
        return 2
    print(f"{len(made.rows)} 张表 tables，{sum(made.rows.values()):,} 行 rows；{arguments.out / PAGE}")
    return 0
