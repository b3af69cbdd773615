"""The lines of one rule on disk: one file, or an earlier run's file with the lines that have changed since.

Whole: `<out>/<document>/<rule>.parquet`.  In layers: a folder `<out>/<document>/<rule>.lines` with
`base.parquet` (shared with the run that wrote it), `gone.parquet` (keys whose lines in the base
no longer hold) and `new.parquet` (the lines of those keys now).  Never both, so that nobody
reads a base for the truth; `relation_of` reads either.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb
from sqlglot import exp

from tiaowen.population.errors import PopulationError
from tiaowen.population.expr import all_of, col, name, same, table
from tiaowen.population.program import join, select, union
from tiaowen.population.store import Connection, sql

BASE, GONE, NEW = "base.parquet", "gone.parquet", "new.parquet"
LAYERS = (BASE, GONE, NEW)


def file_of(out: Path, key: str) -> Path:
    """`<out>/<document>/<rule>.parquet`: where the lines are if they are in one file."""
    document, _, rule = key.partition("#")
    return out / document / f"{rule}.parquet"


def layers_of(out: Path, key: str) -> Path:
    """`<out>/<document>/<rule>.lines`: where they are if they are in layers."""
    return file_of(out, key).with_suffix(".lines")


def sizes_of(out: Path, key: str) -> dict[str, int]:
    """The files that hold the lines of a rule → bytes; empty where there are none."""
    whole = file_of(out, key)
    if whole.is_file():
        return {whole.name: whole.stat().st_size}
    return {each: (layers_of(out, key) / each).stat().st_size for each in LAYERS
            if (layers_of(out, key) / each).is_file()}  # fmt: skip


def relation_of(connection: Connection, out: Path, key: str) -> duckdb.DuckDBPyRelation:
    """All lines of a rule, whatever way they are kept.  Raises PopulationError where there are none.

    Views that it needs stay on the connection under names of their own.
    """
    whole = file_of(out, key)
    if whole.is_file():
        return connection.read_parquet(str(whole))
    folder = layers_of(out, key)
    if not all((folder / each).is_file() for each in LAYERS):
        raise PopulationError(f"{key}: 没有结果 no results；请先运行 evaluate run evaluate first")
    views = {each: f"{each} of {folder}" for each in LAYERS}
    for each, view in views.items():
        connection.read_parquet(str(folder / each)).create_view(view, replace=True)
    keys = connection.table(table(views[GONE]).sql("duckdb")).columns
    kept = without(views[BASE], views[GONE], keys)
    return connection.sql(sql(union([kept, select([exp.Star()], views[NEW])])))


def without(lines: str, keys: str, columns: Iterable[str]) -> exp.Select:
    """The lines of a relation whose key is not among those of another; `columns`: what a key is made of."""
    return _matched(lines, keys, columns, "ANTI")


def within(lines: str, keys: str, columns: Iterable[str]) -> exp.Select:
    """The lines of a relation whose key is among those of another."""
    return _matched(lines, keys, columns, "SEMI")


def _matched(lines: str, keys: str, columns: Iterable[str], kind: str) -> exp.Select:
    query = select([exp.Column(this=exp.Star(), table=name("l"))], lines, "l")
    join(query, keys, "k", all_of(same(col(each, "l"), col(each, "k")) for each in columns))
    query.args["joins"][-1].set("kind", kind)
    return query


@dataclass
class Placed:
    """What a rule's lines are made of before they go to their place: a file, or a folder of layers."""

    path: Path

    def files(self) -> list[Path]:
        return sorted(self.path.iterdir()) if self.path.is_dir() else [self.path]

    def into(self, out: Path, key: str) -> dict[str, int]:
        """Put it there in one step; gives the files and their bytes."""
        whole, layers = file_of(out, key), layers_of(out, key)
        whole.parent.mkdir(exist_ok=True)
        if self.path.is_dir():
            remove(out, key)
            self.path.replace(layers)
        else:
            self.path.replace(whole)
            shutil.rmtree(layers, ignore_errors=True)
        return sizes_of(out, key)


def remove(out: Path, key: str) -> None:
    """Whatever there is of a rule."""
    file_of(out, key).unlink(missing_ok=True)
    if layers_of(out, key).is_dir():
        shutil.rmtree(layers_of(out, key))


def linked(source: Path, key: str, scratch: Path) -> Placed:
    """The same files under another name, ready to be placed."""
    to = scratch / f"linked {key}"
    if file_of(source, key).is_file():
        link(file_of(source, key), to)
        return Placed(to)
    return Placed(link_all(layers_of(source, key), LAYERS, to))


def link_all(source: Path, files: Iterable[str], to: Path) -> Path:
    shutil.rmtree(to, ignore_errors=True)
    to.mkdir()
    for each in files:
        link(source / each, to / each)
    return to


def link(source: Path, path: Path) -> None:
    """The same file under another name; a copy where the file system has no links."""
    path.unlink(missing_ok=True)
    try:
        path.hardlink_to(source)
    except OSError:
        shutil.copyfile(source, path)
