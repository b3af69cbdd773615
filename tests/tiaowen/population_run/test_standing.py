"""How far two files say the same in the same place: told by their bytes, and never more than is true."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.tiaowen.population_run.town import LIBRARY
from tiaowen.population.changes import Changes
from tiaowen.population.compared import moved
from tiaowen.population.expr import col
from tiaowen.population.gathered import Gathered
from tiaowen.population.program import select
from tiaowen.population.reach import Reach
from tiaowen.population.standing import Standing, standing
from tiaowen.population.store import connect, read_manifest
from tiaowen.population.world import World

GROUP = 2_048  # rows of a row group: as few as the writer has
COLUMNS = ("kind", "level", "issued_on")
ROWS = 3 * GROUP + 100
FIRST = f"""
    SELECT 'c' || lpad(i::VARCHAR, 6, '0') AS id, i AS stood, 'p' || (i % 700) AS holder, ['甲', '乙', '丙'][1 + i % 3] AS kind,
      CASE WHEN i % 5 > 0 THEN ['初级工', '高级工'][1 + i % 2] END AS level, DATE '2020-01-01' + i::INTEGER AS issued_on
    FROM range({ROWS}) AS t(i)"""  # noqa: S608 a number of our own


@dataclass
class Files:
    """Two states of one table, each a folder."""

    connection: duckdb.DuckDBPyConnection
    before: Path
    now: Path

    def write(self, folder: Path, query: str, options: str = "") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        rows = f"SELECT * EXCLUDE (stood) FROM ({query}) ORDER BY stood"  # noqa: S608 queries of our own
        file = folder / "certificate.parquet"
        self.connection.execute(f"COPY ({rows}) TO '{file}' (FORMAT parquet, ROW_GROUP_SIZE {GROUP}{options})")

    def standing(self) -> Standing:
        files = [folder / "certificate.parquet" for folder in (self.before, self.now)]
        return standing(self.connection, files[0], files[1], COLUMNS)


def two(here: Path, now: str, options: str = "") -> Files:
    files = Files(duckdb.connect(), here / "before", here / "now")
    files.connection.execute(f"CREATE TABLE rows AS {FIRST}")
    files.write(files.before, "FROM rows")
    files.write(files.now, now, options)
    return files


def test_a_file_stands_as_it_stood_but_for_the_column_that_changed(tmp_path: Path) -> None:
    files = two(
        tmp_path,
        "SELECT * REPLACE (CASE stood WHEN 5000 THEN DATE '1999-01-01' ELSE issued_on END AS issued_on) FROM rows",
    )
    assert files.standing() == Standing(ROWS, frozenset({"issued_on"}), False)


def test_the_same_numbers_of_other_words_are_no_same_column(tmp_path: Path) -> None:
    """A column of few words is kept as numbers and a list of words; here the list alone differs."""
    files = two(tmp_path, "SELECT * REPLACE (replace(kind, '丙', '丁') AS kind) FROM rows")
    assert files.standing() == Standing(ROWS, frozenset({"kind"}), False)


def test_rows_after_the_last_one_leave_those_before_them_where_they_stood(tmp_path: Path) -> None:
    files = two(
        tmp_path, "FROM rows UNION ALL BY NAME SELECT * REPLACE ('new' AS id, 99999 AS stood) FROM rows WHERE stood = 5"
    )
    assert files.standing() == Standing(3 * GROUP, frozenset(), True)


def test_a_row_that_is_gone_moves_all_that_come_after_it(tmp_path: Path) -> None:
    assert two(tmp_path, f"FROM rows WHERE stood <> {GROUP + 7}").standing() == Standing(GROUP, frozenset(), True)


def test_a_column_that_is_there_no_more_differs(tmp_path: Path) -> None:
    assert two(tmp_path, "SELECT * EXCLUDE (level) FROM rows").standing() == Standing(ROWS, frozenset({"level"}), False)


def test_what_is_packed_otherwise_tells_nothing(tmp_path: Path) -> None:
    assert two(tmp_path, "FROM rows", ", COMPRESSION zstd").standing() == Standing()


def test_what_another_program_wrote_tells_nothing(tmp_path: Path) -> None:
    files = two(tmp_path, "FROM rows")
    for folder in (files.before, files.now):
        file = folder / "certificate.parquet"
        written = file.read_bytes()
        assert written.count(b"DuckDB version") == 1
        file.write_bytes(written.replace(b"DuckDB version", b"Another writer"))
    assert files.standing() == Standing()


def test_a_folder_of_files_tells_nothing(tmp_path: Path) -> None:
    files = two(tmp_path, "FROM rows")
    folder = tmp_path / "folder"
    folder.mkdir()
    assert standing(files.connection, folder, files.now / "certificate.parquet", COLUMNS) == Standing()


# -- what is made of it: the rows that moved -------------------------------------------
# an edit of the rows from some place on: what stands there is changed, goes, or gets a neighbour
EDITS = {
    "another day": "UPDATE edited SET issued_on = issued_on + 31 WHERE stood BETWEEN {at} AND {at} + {many}",
    "another kind": "UPDATE edited SET kind = '丁' WHERE stood BETWEEN {at} AND {at} + {many}",
    "known no more": "UPDATE edited SET level = NULL WHERE stood BETWEEN {at} AND {at} + {many}",
    "gone": "DELETE FROM edited WHERE stood BETWEEN {at} AND {at} + {many}",
    "come": "INSERT INTO edited SELECT * REPLACE (id || '+{edit}' AS id, stood + 0.5 AS stood) FROM edited "
            "WHERE stood BETWEEN {at} AND {at} + {many}",
    "come last": "INSERT INTO edited SELECT * REPLACE (id || '-{edit}' AS id, stood + 100000 AS stood) FROM edited "
                 "WHERE stood BETWEEN {at} AND {at} + {many}",
    "elsewhere": "UPDATE edited SET stood = {rows} - stood WHERE stood BETWEEN {at} AND {at} + {many}",
}  # fmt: skip
edits = st.lists(st.tuples(st.sampled_from(sorted(EDITS)), st.integers(0, ROWS), st.integers(0, 40)), max_size=4)


@given(edits=edits)
@example(edits=[("come", 0, 0), ("come", 0, 0)])
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_was_done_to_a_file_the_rows_that_moved_are_found(edits: list[tuple[str, int, int]]) -> None:
    with TemporaryDirectory() as folder:
        files = two(Path(folder), "FROM rows")
        files.connection.execute("CREATE TABLE edited AS SELECT * REPLACE (stood::DOUBLE AS stood) FROM rows")
        for number, (edit, at, many) in enumerate(edits):  # which is part of the ids that come: none stands twice
            files.connection.execute(EDITS[edit].format(edit=number, at=at, many=many, rows=ROWS))
        files.write(files.now, "SELECT * FROM edited")
        stands = files.standing()
        pairs = [dict(enumerate(files.connection.read_parquet(str(each / "certificate.parquet")).fetchall()))
                 for each in (files.before, files.now)]  # fmt: skip
        names = files.connection.read_parquet(str(files.now / "certificate.parquet")).columns
        for at in range(stands.rows):  # what is said to stand does
            for name, was, now in zip(names, pairs[0][at], pairs[1][at], strict=True):
                assert name == "holder" or name in stands.differing or was == now  # nobody asked of holders
        with connect("200MB", Path(folder), 1) as connection:
            _changes(connection, files)
            moves = ", ".join(f'was AND now AND "moved {each}"' for each in COLUMNS)
            told = connection.table(f'"{moved("certificate")}"').project(f"id, was, now, {moves}").fetchall()
        assert sorted(told) == sorted(_by_hand(names, *pairs))


def _changes(connection: duckdb.DuckDBPyConnection, files: Files) -> Changes:
    return Changes(connection, LIBRARY.vocabulary, files.now, files.before, ["certificate"], set(),
                   {"certificate": {*COLUMNS, "holder"}})  # fmt: skip


def _by_hand(
    names: list[str], before: dict[int, tuple[object, ...]], now: dict[int, tuple[object, ...]]
) -> list[tuple[object, ...]]:
    """The rows that differ, matched by their ids in Python."""
    places = [names.index(each) for each in COLUMNS]
    old, new = ({row[names.index("id")]: row for row in rows.values()} for rows in (before, now))
    found: list[tuple[object, ...]] = []
    for key in old.keys() | new.keys():
        both = key in old and key in new
        apart = [both and old[key][at] != new[key][at] for at in places]
        if not both or any(apart):
            found.append((key, key in old, key in new, *apart))
    return found


# -- rows looked for --------------------------------------------------------------------
def test_rows_that_are_looked_for_are_taken_out_of_their_file_unless_they_are_many(tmp_path: Path) -> None:
    files = two(
        tmp_path,
        "SELECT * REPLACE (CASE stood WHEN 5000 THEN DATE '1999-01-01' ELSE issued_on END AS issued_on) FROM rows",
    )
    with connect("200MB", tmp_path, 1) as connection:
        gathered = Gathered(_changes(connection, files))
        connection.execute("CREATE TABLE fifty AS SELECT 'p' || i AS id FROM range(50) AS t(i)")
        connection.execute("CREATE TABLE hundreds AS SELECT 'p' || i AS id FROM range(600) AS t(i)")
        connection.execute("CREATE TABLE named AS SELECT unnest(['c000001', 'c000701', 'c005000', 'nobody']) AS id")
        for ids, column, where in (("fifty", "holder", "gathered certificate"), ("hundreds", "holder", "fact certificate"),
                                   ("named", "id", "gathered certificate")):  # fmt: skip
            relation = gathered.within("certificate", column, ids)
            assert relation == where
            found, every = (
                sorted(connection.table(f'"{source}"').filter(f"{column} IN (FROM {ids})")
                       .project("id, holder, issued_on").fetchall())
                for source in (relation, "fact certificate")
            )  # fmt: skip
            assert found == every
            assert found
        twice = connection.execute('SELECT count(*) - count(DISTINCT id) FROM "gathered certificate"').fetchall()
        assert twice == [(0,)]


def test_the_same_ids_have_one_name_and_no_day_is_an_id(tmp_path: Path) -> None:
    files = two(
        tmp_path,
        "SELECT * REPLACE (CASE stood WHEN 5000 THEN DATE '1999-01-01' ELSE issued_on END AS issued_on) FROM rows",
    )
    with connect("200MB", tmp_path, 1) as connection:
        changes = _changes(connection, files)
        reach = Reach(
            changes, World(LIBRARY.vocabulary, read_manifest(files.now)[0], None, lambda table, column: False)
        )
        for name, value in (
            ("a", "'2020-01-01'"),
            ("b", "'2020-01-01'"),
            ("c", "DATE '2020-01-01'"),
            ("d", "'2020-01-02'"),
        ):
            connection.execute(f"CREATE TABLE {name} AS SELECT {value} AS id")
        names = [reach.keep(select([col("id")], each))[0] for each in "abcd"]
        assert names[0] == names[1]
        assert len(set(names)) == 3
