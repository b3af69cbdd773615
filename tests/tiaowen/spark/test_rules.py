"""Every rule of every document has Spark statements, and a rule without them is told with its clause."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import cast

import pytest
from sqlglot import exp

from tests.tiaowen.population_run.town import write_town
from tiaowen.files import default_folder, open_library
from tiaowen.population.store import Connection, connect, open_tables, schemas_of
from tiaowen.population.units import units
from tiaowen.population.world import World, facts_of
from tiaowen.spark.run import NotOnSpark, told_with_clause, translate
from tiaowen.spark.session import SparkMissing, start
from tiaowen.spark.steps import files_named, parsed, steps_of

LIBRARY = open_library(default_folder(), thorough=False).require()


@pytest.fixture(scope="module")
def columns(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """The columns of every table of facts, of which there are none."""
    folder = tmp_path_factory.mktemp("facts")
    connection = connect("100MB", folder)
    open_tables(connection, LIBRARY.vocabulary, folder)
    found = {facts_of(each): connection.table(f'"{facts_of(each)}"').columns for each in LIBRARY.vocabulary.tables}
    connection.close()
    return found


@pytest.mark.parametrize("document", sorted(LIBRARY.plans))
def test_every_rule_of_every_document_has_spark_statements(columns: dict[str, list[str]], document: str) -> None:
    assert_translated(columns, document, lacking=True)


@pytest.mark.parametrize("document", ["xiaoshan-2025-3", "zhejiang-2023"])
def test_so_has_every_rule_where_no_column_lacks_values(columns: dict[str, list[str]], document: str) -> None:
    assert_translated(columns, document, lacking=False)


class Said:
    """A connection that notes what it is told."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.texts: list[str] = []

    def execute(self, text: str) -> Connection:
        self.texts.append(text)
        return self.connection.execute(text)


def test_so_has_the_opening_of_every_table_and_the_look_at_its_rows(tmp_path: Path) -> None:
    write_town(tmp_path / "facts")
    connection = connect("100MB", tmp_path)
    present = schemas_of(connection, tmp_path / "facts", LIBRARY.vocabulary.tables)
    said = Said(connection)
    open_tables(cast(Connection, said), LIBRARY.vocabulary, tmp_path / "facts", present=present)
    assert len(said.texts) > len(LIBRARY.vocabulary.tables)  # a view of each, and what is asked of their rows

    def columns_of(relation: str) -> list[str]:
        at = f"'{relation}'" if relation.endswith(".parquet") else f'"{relation}"'
        return connection.sql(f"FROM {at}").columns

    for text in said.texts:
        tree = parsed(text)
        query = tree.expression if isinstance(tree, exp.Create) else tree
        files_named(query)
        assert all(step.text for step in steps_of(query, columns_of))
    connection.close()


def assert_translated(columns: dict[str, list[str]], document: str, *, lacking: bool) -> None:
    plan = LIBRARY.plans[document]
    world = World(LIBRARY.vocabulary, (), dt.date(2026, 6, 30), lambda table, column: lacking)
    translated = {name: texts for unit in units(plan) for name, texts in translate(unit, world, columns).items()}
    assert sorted(translated) == sorted(plan.rules)
    assert all(text for texts in translated.values() for text in texts)


def test_a_rule_that_has_no_spark_form_is_told_with_its_clause_and_the_form() -> None:
    rule = LIBRARY.plans["xiaoshan-2025-3"].rules["trainer-grant"]
    with pytest.raises(NotOnSpark) as error:
        with told_with_clause(rule):
            steps_of(parsed("SELECT list_sort(a) FROM people"), lambda relation: ["a"])
    assert (error.value.rule, error.value.clause) == ("xiaoshan-2025-3#trainer-grant", rule.clause)
    assert rule.clause
    assert "LIST_SORT" in str(error.value)
    assert "DuckDB" in str(error.value)


def test_without_pyspark_the_extra_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sys.path", [str(tmp_path)])
    with pytest.raises(SparkMissing) as error:
        start("local[1]")
    assert "requirements/spark.txt" in str(error.value)
