"""A Spark session that stands where the population run expects a database connection.

It takes the very text that DuckDB would run, reads it into a tree, and runs the tree on
Spark; so both engines are given one plan.  Tables are kept as Parquet in a folder of the
caller's, which every executor must be able to read and write.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlglot import exp

from tiaowen.population.errors import PopulationError
from tiaowen.spark.steps import NoForm, files_named, parsed, steps_of

LOCAL = {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.caseSensitive": "true",
    "spark.sql.sources.useV1SourceList": "parquet",
    "spark.sql.parquet.datetimeRebaseModeInWrite": "CORRECTED",
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
    # chains of CASE grow without bound when what is known of each column is worked out
    "spark.sql.constraintPropagation.enabled": "false",
}
KINDS = {
    "tinyint": "TINYINT", "smallint": "SMALLINT", "int": "INTEGER", "bigint": "BIGINT",
    "string": "VARCHAR", "date": "DATE", "boolean": "BOOLEAN",
}  # fmt: skip


class SparkMissing(PopulationError):
    """PySpark is an extra that is not installed here."""

    def __init__(self) -> None:
        super().__init__(
            "没有安装 PySpark；请 pip install -r requirements/spark.txt，并装 Java 17 或更新"
            " (PySpark is not installed: pip install -r requirements/spark.txt, with Java 17 or newer)"
        )


@contextmanager
def environment(scratch: Path) -> Iterator[None]:
    """What Spark's own processes are told: its home in the package, loopback, a folder to throw away.

    What the caller's environment says already stands.
    """
    try:
        package = importlib.import_module("pyspark")
    except ModuleNotFoundError as error:
        raise SparkMissing from error
    told = {
        "SPARK_HOME": str(Path(str(package.__file__)).parent),
        "PYSPARK_PYTHON": sys.executable,
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_LOCAL_HOSTNAME": "localhost",
        "SPARK_LOCAL_DIRS": str(scratch / "local"),
        "SPARK_WORKER_DIR": str(scratch / "work"),
    }
    added = {key: value for key, value in told.items() if key not in os.environ}
    os.environ.update(added)
    try:
        yield
    finally:
        for key in added:
            del os.environ[key]


def start(master: str, settings: dict[str, str] | None = None) -> Any:
    """A session of PySpark.  Raises SparkMissing."""
    try:
        module = importlib.import_module("pyspark.sql")
    except ModuleNotFoundError as error:
        raise SparkMissing from error
    builder = module.SparkSession.builder.master(master).appName("tiaowen")
    own = LOCAL if master.startswith("local") else {}
    for key, value in {**own, **SETTINGS, **(settings or {})}.items():
        builder = builder.config(key, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session


@dataclass
class Answer:
    """Rows of a query, fetched the way a database cursor gives them."""

    rows: list[tuple[Any, ...]]

    def fetchone(self) -> tuple[Any, ...] | None:
        return self.rows[0] if self.rows else None

    def fetchall(self) -> list[tuple[Any, ...]]:
        return self.rows


@dataclass
class Relation:
    """Columns of a relation, and their types in DuckDB's words."""

    session: Session
    frame: Any
    columns: list[str] = field(init=False)
    types: list[str] = field(init=False)

    def __post_init__(self) -> None:
        fields = self.frame.schema.fields
        self.columns = [each.name for each in fields]
        self.types = [KINDS.get(each.dataType.simpleString(), each.dataType.simpleString()) for each in fields]

    def limit(self, count: int) -> Answer:
        """Some of its rows."""
        return Answer([tuple(row) for row in self.frame.limit(count).collect()])

    def create_view(self, view_name: str, replace: bool = True) -> None:
        self.session.show(view_name, self.frame, self.columns)


class Session:
    """What a population run asks of its connection: execute, table, read_parquet, close."""

    def __init__(self, spark: Any, scratch: Path) -> None:
        self.spark = spark
        self.scratch = scratch
        self.columns: dict[str, list[str]] = {}
        self.statements = 0
        self.kept = 0

    # -- what the population run asks for ------------------------------------------------
    def execute(self, text: str) -> Answer:
        """One statement of DuckDB's.  Raises NoForm for what has no counterpart."""
        tree = parsed(text)
        if isinstance(tree, exp.Create):
            self._create(tree)
            return Answer([])
        if isinstance(tree, exp.Drop):
            for each in tree.args.get("tables") or [tree.this]:
                self.spark.catalog.dropTempView(each.name)
                self.columns.pop(each.name, None)
            return Answer([])
        return Answer([tuple(row) for row in self.query(tree).collect()])

    def table(self, relation: str) -> Relation:
        return Relation(self, self.spark.table(f"`{relation.strip(chr(34))}`"))

    def read_parquet(self, source: str) -> Relation:
        path = Path(source).parent if source.endswith("*.parquet") else Path(source)
        try:
            return Relation(self, self.spark.read.parquet(str(path)))
        except self._analysis_error() as error:
            raise PopulationError(f"{path.name}: 读不了 can't be read as Parquet: {error}") from error

    def close(self) -> None:
        """The session is the caller's; nothing of it ends here."""

    # -- running -------------------------------------------------------------------------
    def query(self, tree: exp.Expr) -> Any:
        """The frame of a query; steps that are used more than once are worked out first."""
        for path in files_named(tree):
            if path not in self.columns:
                self.read_parquet(path).create_view(path)
        steps = steps_of(tree, lambda relation: self.columns[relation])
        for step in steps[:-1]:
            self.keep(step.relation, self._frame(step.text))
        return self._frame(steps[-1].text)

    def _frame(self, text: str) -> Any:
        self.statements += 1
        return self.spark.sql(text)

    def _create(self, tree: exp.Create) -> None:
        frame = self.query(tree.expression)
        if tree.args.get("kind") == "VIEW":
            self.show(tree.this.name, frame, frame.columns)
        else:
            self.keep(tree.this.name, frame)

    def show(self, relation: str, frame: Any, columns: list[str]) -> None:
        """Give a frame a name.  It is worked out whenever it is read."""
        frame.createOrReplaceTempView(f"`{relation}`")
        self.columns[relation] = list(columns)

    def keep(self, relation: str, frame: Any) -> None:
        """Work a frame out, keep its rows on disk, and give them a name."""
        self.kept += 1
        path = str(self.scratch / f"kept-{self.kept}")
        frame.write.parquet(path)
        self.show(relation, self.spark.read.parquet(path), frame.columns)

    def _analysis_error(self) -> type[Exception]:
        found: type[Exception] = importlib.import_module("pyspark.errors").AnalysisException
        return found


__all__ = ["NoForm", "Session", "SparkMissing", "start"]
