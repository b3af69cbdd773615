"""How far two files of a table say the same in the same place, told by their bytes without reading a value.

A Parquet file keeps the values of a column, of some ten thousand rows at a time, as bytes of their own.  Where these
bytes, their codec and the column's type are the same in both files, so are the values: nothing is hashed.  Only files
that DuckDB wrote are looked at, since what they say of where those bytes begin and end is known to be true.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlglot import exp

from tiaowen.population.expr import Sql, call, case, col, lit, op
from tiaowen.population.store import Connection, sql

WRITER = "DuckDB "


@dataclass(frozen=True)
class Standing:
    """`rows`: so many from the first on have the ids that they had; of these the columns `differing` may have changed.

    `rest`: whether either file has more.
    """

    rows: int = 0
    differing: frozenset[str] = field(default_factory=frozenset)
    rest: bool = True


@dataclass(frozen=True)
class _Chunk:
    """The values of one column in one row group: what they are, and where their bytes begin."""

    kind: tuple[object, ...]
    rows: int
    begin: int
    size: int


def standing(connection: Connection, before: Path, now: Path, columns: Collection[str]) -> Standing:
    """Compare two files of one table, in the columns that matter; a folder of files is not looked at."""
    if not (before.is_file() and now.is_file()):
        return Standing()
    files = [str(before), str(now)]
    written = _told(connection, "parquet_file_metadata", files, [col("created_by")])
    if not all(str(by).startswith(WRITER) for (by,) in written):
        return Standing()
    (old, new) = (_chunks(connection, each, {"id", *columns}) for each in files)
    rows, differing = 0, set()
    with before.open("rb") as one, now.open("rb") as other:

        def same(group: int, column: str) -> bool:
            was, is_ = old[group].get(column), new[group].get(column)
            if was is None or is_ is None:  # a file without a column does not know it
                return was is is_
            if (was.kind, was.rows, was.size) != (is_.kind, is_.rows, is_.size):
                return False
            return os.pread(one.fileno(), was.size, was.begin) == os.pread(other.fileno(), is_.size, is_.begin)

        for group in range(min(len(old), len(new))):
            if "id" not in old[group] or not same(group, "id"):
                break
            rows += old[group]["id"].rows
            differing |= {each for each in columns if each not in differing and not same(group, each)}
        else:
            return Standing(rows, frozenset(differing), len(old) != len(new))
    return Standing(rows, frozenset(differing))


def _chunks(connection: Connection, file: str, columns: Collection[str]) -> list[dict[str, _Chunk]]:
    """Of each row group, column → its values."""
    said = ("type", "type_length", "repetition_type", "converted_type", "logical_type", "scale", "precision")
    schema = _told(connection, "parquet_schema", [file], [col(each) for each in ("name", "num_children", *said)])
    kinds = {str(name): told for name, children, *told in schema if not children}
    listed = col("dictionary_page_offset")
    begin = case((op(">", listed, lit(0)), call("least", listed.copy(), col("data_page_offset"))),
                 default=col("data_page_offset"))  # fmt: skip
    asked = [col("row_group_id"), col("path_in_schema"), col("row_group_num_rows"), col("num_values"),
             col("compression"), begin, col("total_compressed_size")]  # fmt: skip
    found: dict[int, dict[str, _Chunk]] = {}
    for group, name, rows, values, codec, at, size in _told(connection, "parquet_metadata", [file], asked):
        mine = found.setdefault(int(group), {})
        if name in columns and name in kinds:
            mine[str(name)] = _Chunk((values, codec, *kinds[str(name)]), int(rows), int(at), int(size))
    return [found[group] for group in sorted(found)]


def _told(connection: Connection, function: str, files: list[str], asked: list[Sql]) -> list[tuple[Any, ...]]:
    """What the footers of files say."""
    query = exp.Select(expressions=asked)
    listed = exp.Array(expressions=[exp.Literal.string(each) for each in files])
    query.set("from_", exp.From(this=exp.Table(this=call(function, listed))))
    return connection.execute(sql(query)).fetchall()
