"""`python -m tiaowen.spark FOLDER --out OUT`: all documents of a place over a folder of Parquet, on Spark."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tiaowen.files import default_folder, open_library
from tiaowen.population.errors import PopulationError
from tiaowen.problems import PolicyError
from tiaowen.spark.run import run_spark
from tiaowen.spark.session import environment, start


def arguments_of(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tiaowen.spark", description=__doc__)
    parser.add_argument("folder", type=Path, help="事实文件夹 folder of Parquet that every executor can read")
    parser.add_argument("--out", type=Path, required=True, help="结果文件夹 folder that every executor can write to")
    parser.add_argument("--region", default="", help="按哪里的文件 place whose documents apply (all documents)")
    parser.add_argument("--drafts", action="store_true", help="也算征求意见稿 drafts too")
    parser.add_argument("--on", type=dt.date.fromisoformat, help="哪一天 the day of the question (the folder's own)")
    parser.add_argument("--policies", type=Path, help="政策文件夹 folder of policies")
    parser.add_argument("--master", default="local[2]", help="Spark 的 master (local[2])")
    parser.add_argument("--conf", action="append", default=[], metavar="KEY=VALUE", help="Spark 的设置 its settings")
    return parser.parse_args(given)


def main(given: Sequence[str] | None = None) -> int:
    """0 done; 2 unusable input or a rule that has no Spark form, nothing of it counts as finished."""
    arguments = arguments_of(given)
    settings = dict(each.split("=", 1) for each in arguments.conf)
    try:
        library = open_library(arguments.policies or default_folder(), thorough=False).require()
        with tempfile.TemporaryDirectory(prefix="tiaowen-spark-") as scratch:
            with environment(Path(scratch)):
                spark = start(arguments.master, settings)
                try:
                    found = run_spark(library, arguments.folder, arguments.out, spark, region=arguments.region,
                                      drafts=arguments.drafts, on=arguments.on, told=_told)  # fmt: skip
                finally:
                    spark.stop()
    except PolicyError as error:
        print("\n".join(each.show("zh") for each in error.problems), file=sys.stderr)
        return 2
    except PopulationError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"{len(found.computed)} 条规则 rules，{found.statements} 条语句 statements，{found.kept} 张中间表 kept")
    for each in found.left_out:
        print(f"跨文件的叠加未计 stacking over documents left out: {each}", file=sys.stderr)
    return 0


def _told(done: int, every: int, what: str) -> None:
    print(f"{done}/{every} {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
