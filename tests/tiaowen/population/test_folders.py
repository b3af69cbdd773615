"""Folders of Parquet: what is written, what is refused, what lines look like."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb
import pytest

from tiaowen.evaluate.facts import Coverage, Facts, Row
from tiaowen.files import open_library
from tiaowen.population import PopulationError, Unsupported, lines_as_python, run, write_facts
from tiaowen.vocabulary.types import NONE

LIBRARY = open_library()
DOCUMENT = "xiaoshan-2025-3"
RULE = "trainer-grant"


def some_facts() -> Facts:
    facts = Facts(LIBRARY.vocabulary)
    firm = Row("organisation", "firm", {"place": "330109", "kind": "企业"})
    person = Row("person", "person", {"employer": firm})
    certificate = {
        "holder": person,
        "issuer": firm,
        "trainer": NONE,
        "level": "高级工",
        "issued_on": dt.date(2025, 6, 1),
    }
    facts.tables = {
        "organisation": [firm],
        "person": [person],
        "certificate": [Row("certificate", "one", certificate), Row("certificate", "two", {"holder": person})],
    }
    facts.coverage = [Coverage(table) for table in LIBRARY.vocabulary.tables]
    facts.on = dt.date(2025, 12, 1)
    return facts


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_facts(some_facts(), tmp_path / "facts")
    return tmp_path / "facts"


def read(path: Path) -> duckdb.DuckDBPyRelation:
    return duckdb.connect().read_parquet(str(path))


def test_unknown_is_null_and_none_is_a_value(folder: Path) -> None:
    rows = read(folder / "certificate.parquet").select("id", "trainer", "level", "issued_on").order("id").fetchall()
    assert rows == [("one", "∅", "高级工", dt.date(2025, 6, 1)), ("two", None, None, None)]


def test_each_rule_writes_its_lines_and_no_column_is_a_float(folder: Path, tmp_path: Path) -> None:
    with run(LIBRARY, DOCUMENT, folder, out=tmp_path / "out") as population:
        assert set(population.statements) == set(LIBRARY.plans[DOCUMENT].rules)
    kinds = {str(kind) for path in (tmp_path / "out").glob("*.parquet") for kind in read(path).types}
    assert kinds <= {"VARCHAR", "BIGINT", "BOOLEAN", "DATE", "VARCHAR[]"}
    assert {"row", "verdict", "low", "high", "paid_low", "paid_high", "payee"} <= set(
        read(tmp_path / "out" / f"{RULE}.parquet").columns
    )


def test_each_condition_is_a_column_of_its_own(folder: Path) -> None:
    rule = LIBRARY.plans[DOCUMENT].rules[RULE]
    with run(LIBRARY, DOCUMENT, folder, rules=[RULE]) as population:
        lines = lines_as_python(population, RULE)
    assert [line.row for line in lines] == ["one", "two"]
    assert {condition.label for condition in rule.conditions} <= set(lines[0].checks)
    assert lines[1].verdict is None


def test_without_a_manifest_nothing_is_known_to_be_absent(folder: Path) -> None:
    (folder / "coverage.json").unlink()
    with run(LIBRARY, DOCUMENT, folder, rules=["employer-grant"]) as population:
        lines = lines_as_python(population, "employer-grant")
    assert all(line.paid_low == 0 for line in lines)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(PopulationError, match="nowhere"), run(LIBRARY, DOCUMENT, tmp_path / "nowhere"):
        pass


def test_a_file_that_is_no_parquet_is_named(folder: Path) -> None:
    (folder / "person.parquet").write_text("id,birth_date", encoding="utf-8")
    with pytest.raises(PopulationError, match=r"person\.parquet"), run(LIBRARY, DOCUMENT, folder):
        pass


def test_a_folder_of_files_is_read_whole_and_an_empty_one_is_named(folder: Path) -> None:
    certificates = folder / "certificate.parquet"
    parts = folder / "parts"
    parts.mkdir()
    for part in ("one", "two"):
        read(certificates).filter(f"id = '{part}'").write_parquet(str(parts / f"{part}.parquet"))
    certificates.unlink()
    parts.rename(certificates)
    with run(LIBRARY, DOCUMENT, folder, rules=[RULE]) as population:
        assert [line.row for line in lines_as_python(population, RULE)] == ["one", "two"]
    for part in certificates.iterdir():
        part.unlink()
    with pytest.raises(PopulationError, match=r"certificate\.parquet"), run(LIBRARY, DOCUMENT, folder, rules=[RULE]):
        pass


def test_a_column_of_no_table_is_named_with_those_expected(folder: Path) -> None:
    wrong = duckdb.connect().sql("SELECT 'a' AS id, DATE '2000-01-01' AS born")
    wrong.write_parquet(str(folder / "person.parquet"))
    with pytest.raises(PopulationError, match="born") as caught, run(LIBRARY, DOCUMENT, folder):
        pass
    assert "birth_date" in str(caught.value)


def test_a_value_of_another_type_is_refused_with_its_column(folder: Path) -> None:
    wrong = duckdb.connect().sql("SELECT 'a' AS id, 'soon' AS birth_date")
    wrong.write_parquet(str(folder / "person.parquet"))
    with pytest.raises(PopulationError, match="birth_date"), run(LIBRARY, DOCUMENT, folder):
        pass


def test_one_id_twice_is_refused(folder: Path) -> None:
    wrong = duckdb.connect().sql("SELECT unnest(['person', 'person']) AS id")
    wrong.write_parquet(str(folder / "person.parquet"))
    with pytest.raises(PopulationError, match="twice"), run(LIBRARY, DOCUMENT, folder):
        pass


def test_money_with_a_fraction_is_refused(folder: Path) -> None:
    wrong = duckdb.connect().sql("SELECT 'person' AS id, 1.5::DOUBLE AS annual_pay")
    wrong.write_parquet(str(folder / "person.parquet"))
    with pytest.raises(PopulationError, match="annual_pay: DOUBLE"), run(LIBRARY, DOCUMENT, folder):
        pass


def test_a_reference_to_no_row_is_refused(folder: Path) -> None:
    wrong = duckdb.connect().sql("SELECT 'person' AS id, 'lost' AS employer")
    wrong.write_parquet(str(folder / "person.parquet"))
    with pytest.raises(PopulationError, match="employer: lost"), run(LIBRARY, DOCUMENT, folder):
        pass


def test_a_broken_manifest_says_what_was_expected(folder: Path) -> None:
    (folder / "coverage.json").write_text('{"covers": [{"since": "soon"}]}', encoding="utf-8")
    with pytest.raises(PopulationError, match="expected"), run(LIBRARY, DOCUMENT, folder):
        pass


def test_what_sql_does_not_carry_names_rule_and_construct() -> None:
    assert "甲#乙" in str(Unsupported("甲#乙", "限制"))
