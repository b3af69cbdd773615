"""`huijiang load FOLDER`: a county of Parquet into an empty registry."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from huijiang.commands.django_setup import set_up


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("load", help="把一个县装进登记库 a county of Parquet into an empty registry")
    parser.add_argument(
        "folder", type=Path, metavar="FOLDER", help="`huijiang synth` 的输出 as `huijiang synth` made it"
    )
    parser.add_argument("--region", default="萧山区", metavar="R", help="由哪里管理 who manages the rows (萧山区)")
    parser.add_argument("--memory", default="1GB", help="换算时的内存上限 memory while converting (1GB)")
    parser.add_argument(
        "--refused", type=Path, metavar="FILE", help="拒收清单写到 where to list what was refused (CSV)"
    )
    parser.set_defaults(run=run_load)


def run_load(arguments: argparse.Namespace) -> int:
    """0 when the county is stored, 2 when it can't be."""
    from huijiang.commands.serve import with_database

    if arguments.refused and not arguments.refused.absolute().parent.is_dir():
        print(f"huijiang load: --refused {arguments.refused}: 没有这个文件夹 no such folder", file=sys.stderr)
        return 2
    set_up()
    from huijiang.regions import tree
    from huijiang.registry.load import LoadError, load
    from huijiang.registry.vocabulary import vocabulary
    from tiaowen.population.errors import PopulationError

    with with_database():
        tree.sync(vocabulary().regions)
        region = tree.find(arguments.region)
        if region is None:
            print(f"huijiang load: --region {arguments.region}: 没有这个地区 no such place", file=sys.stderr)
            return 2
        started = time.monotonic()
        try:
            done = load(
                arguments.folder, region, memory=arguments.memory,
                progress=lambda table: print(f"  {table}", file=sys.stderr, flush=True),
            )  # fmt: skip
        except (LoadError, PopulationError) as error:
            print(f"huijiang load: {error}", file=sys.stderr)
            return 2
    refused = [*done.refused, *done.values]
    if arguments.refused:
        _list(arguments.refused, refused)
    print(
        f"{sum(done.rows.values()):,} 行 rows，{done.documents:,} 个证件 identity documents，"
        f"{time.monotonic() - started:.1f} 秒 s；拒收 refused {len(refused):,}："
    )
    for law, count in done.laws.most_common():
        print(f"  {count:>7,}  {law}")
    return 0


def _list(path: Path, refused: Sequence[object]) -> None:
    """Table, the row's id in the folder, the law."""
    import csv

    with path.open("w", encoding="utf-8-sig", newline="") as target:
        lines = csv.writer(target)
        lines.writerow(["table", "id", "law"])
        lines.writerows((each.table, each.origin, each.law) for each in refused)  # type: ignore[attr-defined]
