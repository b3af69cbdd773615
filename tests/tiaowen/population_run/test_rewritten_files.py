"""A file written anew: rows put in between, taken out, in another order, of fewer columns, standing twice.

Where rows stand where they stood they are laid beside each other; otherwise they are found by their ids.
Either way what a run since the earlier one says is what a whole run says.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from tests.tiaowen.population_run.changing_facts import run_unit
from tests.tiaowen.population_run.town import LIBRARY, same_results, town
from tiaowen.evaluate.facts import Facts, Row
from tiaowen.population import PopulationError, write_facts
from tiaowen.population.units import units

PLAN = LIBRARY.plans["xiaoshan-2025-3"]
RULES = ("digital-grant", "employer-grant", "self-certification-award", "settle-in-city")
MANY = 60
# `rows`: the certificates and where each stood; `later`: the same, each of another month
WAYS = {
    "one row in the middle is changed": """
        FROM later WHERE stood = 30 UNION ALL BY NAME FROM rows WHERE stood <> 30 ORDER BY stood""",
    "a row comes first": """
        SELECT * REPLACE ('c new' AS id, -1 AS stood) FROM later WHERE stood = 5
        UNION ALL BY NAME FROM rows ORDER BY stood""",
    "a row comes in the middle, those after it are changed": """
        SELECT * REPLACE ('c new' AS id, 30.5 AS stood) FROM rows WHERE stood = 5
        UNION ALL BY NAME FROM rows WHERE stood < 50
        UNION ALL BY NAME FROM later WHERE stood >= 50 ORDER BY stood""",
    "a row comes last": """
        FROM rows UNION ALL BY NAME
        SELECT * REPLACE ('c new' AS id, 1000 AS stood) FROM rows WHERE stood = 5 ORDER BY stood""",
    "the first row goes": "FROM rows WHERE stood > 0 ORDER BY stood",
    "the last rows go": "FROM rows WHERE stood < 55 ORDER BY stood",
    "the file is turned round, and one row changed": """
        FROM later WHERE stood = 30 UNION ALL BY NAME FROM rows WHERE stood <> 30 ORDER BY stood DESC""",
    "two rows change places, one of them changed": """
        SELECT * REPLACE (21 AS stood) FROM later WHERE stood = 20
        UNION ALL BY NAME SELECT * REPLACE (20 AS stood) FROM rows WHERE stood = 21
        UNION ALL BY NAME FROM rows WHERE stood NOT IN (20, 21) ORDER BY stood""",
    "a row goes and another comes in its place": """
        SELECT * REPLACE (CASE stood WHEN 30 THEN 'c new' ELSE id END AS id) FROM rows ORDER BY stood""",
    "rows move to the holder, the issuer and the firm of the first": """
        SELECT * REPLACE (
            CASE WHEN stood IN (3, 30, 44) THEN (SELECT issuer FROM rows WHERE stood = 0) ELSE issuer END AS issuer,
            CASE WHEN stood IN (3, 30) THEN (SELECT holder_employer FROM rows WHERE stood = 0)
                 ELSE holder_employer END AS holder_employer,
            CASE stood WHEN 44 THEN (SELECT holder FROM rows WHERE stood = 0) ELSE holder END AS holder)
        FROM rows ORDER BY stood""",
    "a column is there no more": "SELECT * EXCLUDE (first_stated) FROM rows ORDER BY stood",
}
TWICE = (
    "FROM rows UNION ALL BY NAME SELECT * REPLACE (1000 AS stood) FROM rows WHERE stood = 5",
    "SELECT * REPLACE (CASE stood WHEN 30 THEN (SELECT id FROM rows WHERE stood = 5) ELSE id END AS id) FROM rows",
    "SELECT * REPLACE (CASE WHEN stood IN (30, 31) THEN 'c new' ELSE id END AS id) FROM rows",
    "SELECT * REPLACE (CASE stood WHEN 30 THEN NULL ELSE id END AS id) FROM rows",
)


def grown_town() -> Facts:
    """The town with as many certificates more, in turn like each of those that it has."""
    facts = town()
    first = list(facts.tables["certificate"])
    for at in range(MANY):
        like = first[at % len(first)]
        person = Row("person", f"人{at:02}", dict(like.values["holder"].values))
        facts.tables["person"].append(person)
        facts.tables["certificate"].append(Row("certificate", f"证{at:02}", {**like.values, "holder": person}))
    return facts


@pytest.fixture(scope="module")
def earlier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The facts of a few dozen certificates, and what each rule makes of them."""
    here = tmp_path_factory.mktemp("rewritten")
    write_facts(grown_town(), here / "facts")
    for rule in RULES:
        (unit,) = (each for each in units(PLAN) if rule in each.rules)
        run_unit(unit, here / "facts", here / rule)
    return here


def rewritten(folder: Path, to: Path, query: str, order: str = "") -> Path:
    """The same facts with the file of certificates written anew."""
    shutil.copytree(folder, to)
    with duckdb.connect() as connection:
        facts = connection.read_parquet(str(folder / "certificate.parquet"), file_row_number=True)
        facts.project("* EXCLUDE (file_row_number), file_row_number::DOUBLE AS stood").create("rows")
        connection.execute("CREATE VIEW later AS SELECT * REPLACE (issued_on + 31 AS issued_on) FROM rows")
        assert len(connection.table("rows").fetchall()) >= MANY
        found = connection.sql(query)
        if order:
            found = found.order(order)
        found.project("* EXCLUDE (stood)").write_parquet(str(to / "certificate.parquet"))
    return to


@pytest.mark.parametrize("way", WAYS)
def test_whatever_was_done_to_a_file_a_later_run_says_what_a_whole_run_says(
    way: str, earlier: Path, tmp_path: Path
) -> None:
    folder = rewritten(earlier / "facts", tmp_path / "facts", WAYS[way])
    updated = []
    for rule in RULES:
        (unit,) = (each for each in units(PLAN) if rule in each.rules)
        updated += run_unit(unit, folder, tmp_path / rule, earlier / rule).updated
        run_unit(unit, folder, tmp_path / f"whole {rule}")
        assert same_results(tmp_path / rule, tmp_path / f"whole {rule}") == []
    assert updated


@pytest.mark.parametrize("order", ["stood", "stood DESC"])
def test_an_id_that_stands_twice_or_is_missing_is_refused_wherever_it_stands(
    order: str, earlier: Path, tmp_path: Path
) -> None:
    (unit,) = (each for each in units(PLAN) if "digital-grant" in each.rules)
    for number, query in enumerate(TWICE):
        folder = rewritten(earlier / "facts", tmp_path / str(number), query, order)
        with pytest.raises(PopulationError, match="twice"):
            run_unit(unit, folder, tmp_path / f"out {number}", earlier / "digital-grant")
