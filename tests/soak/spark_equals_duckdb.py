"""Spark and DuckDB give the same lines for every rule of 萧山, over 100,000 people.

`./run soak spark` runs this; its name keeps it out of the ordinary tests, which need no Java.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from tiaowen.files import default_folder, open_library
from tiaowen.population.ledger import file_of
from tiaowen.population.run_folder import plans_of, run_folder
from tools import spark

PEOPLE = 100_000
REGION = "萧山区"
MASTER = "local-cluster[2,1,1024]"  # two executors in processes of their own, a core and 1 GB each
SETTINGS = ("spark.executor.memory=1024m", "spark.driver.memory=2g", "spark.sql.shuffle.partitions=2")
LONGEST = 3600

LIBRARY = open_library(default_folder(), thorough=False).require()
RULES = [f"{plan.id}#{name}" for plan in plans_of(LIBRARY, REGION) for name in plan.order]


@contextmanager
def ended(command: list[str]) -> Iterator[subprocess.Popen[str]]:
    """A process with all that it started: none of them outlives the test."""
    running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
    try:
        yield running
    finally:
        if running.poll() is None:
            os.killpg(running.pid, signal.SIGKILL)
            running.wait()


def say(words: str) -> None:
    print(f"· {words}", file=sys.stderr, flush=True)


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The folder of DuckDB's lines and that of Spark's."""
    folder = tmp_path_factory.mktemp("soak")
    facts, ours, theirs = folder / "facts", folder / "duckdb", folder / "spark"
    people = ["--people", str(PEOPLE), "--seed", "1", "--region", REGION, "--out", str(facts)]
    say(f"a synthetic county of {PEOPLE:,} people")
    subprocess.run([sys.executable, "-m", "huijiang", "synth", *people], check=True, stdout=subprocess.DEVNULL)
    say(f"{len(RULES)} rules on DuckDB")
    run_folder(LIBRARY, facts, ours, region=REGION)
    say(f"the same on Spark, {MASTER}")
    command = [str(spark.PYTHON), "-m", "tiaowen.spark", str(facts), "--out", str(theirs), "--region", REGION]
    command += ["--master", MASTER, *(each for setting in SETTINGS for each in ("--conf", setting))]
    with ended(command) as running:
        told, _ = running.communicate(timeout=LONGEST)
        assert running.returncode == 0, told
    return ours, theirs


@pytest.mark.parametrize("key", RULES)
def test_every_rule_has_the_same_lines_on_both(results: tuple[Path, Path], key: str) -> None:
    ours, theirs = results
    one = duckdb.read_parquet(str(file_of(ours, key)))
    other = duckdb.read_parquet(str(file_of(theirs, key) / "*.parquet"))
    assert other.columns == one.columns
    assert [str(each) for each in other.types] == [str(each) for each in one.types]
    assert one.except_(other).limit(3).fetchall() == []  # EXCEPT ALL: repeated rows count
    assert other.except_(one).limit(3).fetchall() == []


def test_the_county_is_owed_something_so_that_equal_is_not_empty(results: tuple[Path, Path]) -> None:
    _, theirs = results
    every = duckdb.read_parquet(str(theirs / "*" / "*.parquet" / "*.parquet"), union_by_name=True)
    paid = every.filter("verdict AND paid_high IS DISTINCT FROM 0").aggregate("count(*), sum(paid_low)").fetchall()[0]
    assert paid[0] > 2_000  # what hangs on a condition that the text leaves open is owed to nobody for sure
    assert paid[1] > 0
