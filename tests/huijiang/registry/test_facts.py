"""What the engine reads from the registry is what it reads from a folder of Parquet."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import duckdb
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from huijiang.regions.models import Region
from huijiang.registry import facts
from huijiang.registry.models import MODELS, Coverage, Organisation, Person
from huijiang.registry.snapshot import LEFT_BEHIND, snapshot
from huijiang.registry.vocabulary import vocabulary
from tiaowen.evaluate.facts import Facts, Row
from tiaowen.files import open_library
from tiaowen.population.person import plans_in, read_person
from tiaowen.population.store import write_facts
from tiaowen.vocabulary.types import NONE

DAY = dt.date(2026, 6, 30)


def flat(case: Any) -> dict[tuple[str, str], dict[str, object]]:
    return {
        (table, row.id): {
            name: value.id if isinstance(value, Row) else value
            for name, value in row.values.items()
            if (table, name) not in LEFT_BEHIND
        }
        for table, rows in case.facts.tables.items()
        for row in rows
    }


@pytest.fixture
def own(xiaoshan: Region) -> dict[str, Any]:
    """One person at one firm, with something unknown and something known to be absent."""
    told = {"managed_by": xiaoshan, "source": "登记", "as_of": DAY}
    firm = Organisation.objects.create(
        name="甲厂", uscc="91339999MA0000000J", place=xiaoshan, kind="企业", school_rank_none=True, students=0, **told
    )
    worker = Person.objects.create(
        name="小林", birth_date="1990-01-01", employer=firm, works_in=xiaoshan, level_stated_none=True, annual_pay=12_345_600,
        spouse_none=True, technical_worker=False, **told,
    )  # fmt: skip
    other = Person.objects.create(name="大林", employer=firm, **told)
    spell = MODELS["insurance"].objects.create(
        worker=worker,
        employer=firm,
        place=xiaoshan,
        kind="职工社会保险",
        started_on="2024-01-01",
        ended_on_none=True,
        **told,
    )
    MODELS["insurance"].objects.create(worker=other, employer_none=True, started_on="2024-01-01", **told)
    Coverage.objects.create(
        table="insurance", region=xiaoshan, since="2019-01-01", complete=True, source="社保", as_of=DAY
    )
    Coverage.objects.create(table="hire", complete=False, source="登记", as_of=DAY)
    return {"worker": worker, "firm": firm, "other": other, "spell": spell}


@pytest.mark.django_db
def test_unknown_none_nought_and_no_are_four_things(own: dict[str, Any]) -> None:
    case = facts.facts_of_person(own["worker"].pk, DAY)
    values = case.person.values
    assert values["level_stated"] is NONE
    assert values["spouse"] is NONE
    assert "hukou" not in values
    assert values["technical_worker"] is False
    assert values["annual_pay"] == 12_345_600
    assert values["birth_date"] == dt.date(1990, 1, 1)
    assert values["works_in"] == "330109"
    firm = values["employer"]
    assert isinstance(firm, Row)
    assert firm.values["students"] == 0
    assert firm.values["school_rank"] is NONE
    (spell,) = case.facts.rows("insurance")
    assert spell.id == str(own["spell"].pk)
    assert spell.values["employer"] is firm
    assert spell.values["ended_on"] is NONE
    assert case.origins["insurance", spell.id] == facts.Origin("登记", DAY, "330109")
    assert case.own == {("person", case.person.id), ("insurance", spell.id)}
    assert [(each.table, each.place, each.since) for each in case.facts.coverage] == [
        ("insurance", "330109", dt.date(2019, 1, 1))
    ]


@pytest.mark.django_db
def test_a_firm_brings_its_people_and_their_spells_with_it(own: dict[str, Any]) -> None:
    case = facts.facts_of_organisation(own["firm"].pk, DAY)
    assert {row.values["name"] for row in case.facts.rows("person")} == {"小林", "大林"}
    assert [row.id for row in case.facts.rows("insurance")] == [str(own["spell"].pk)]


@pytest.mark.django_db
def test_a_person_who_is_not_there_is_said_to_be_so(xiaoshan: Region) -> None:
    with pytest.raises(facts.NoSuchRow, match="999"):
        facts.facts_of_person(999, DAY)


@pytest.mark.django_db(transaction=True)
def test_one_person_reads_the_same_from_the_registry_and_from_its_snapshot(loaded: object, tmp_path: Path) -> None:
    taken = snapshot(tmp_path / "snapshot", DAY)
    assert sum(taken.rows.values()) == sum(model.objects.count() for model in MODELS.values())
    library = open_library(thorough=False)
    plans = plans_in(library, "330109", False)
    ties = facts.Ties.of(library.vocabulary, plans)
    for pk in Person.objects.order_by("?").values_list("pk", flat=True)[:3]:
        with CaptureQueriesContext(connection) as asked:
            here = facts.facts_of_person(pk, DAY, ties, library.vocabulary)
        there = read_person(library, plans, taken.folder, str(pk), on=DAY)
        assert flat(here) == flat(there)
        assert (here.own, here.beyond) == (there.own, there.beyond)
        assert sorted(map(str, here.facts.coverage)) == sorted(map(str, there.facts.coverage))
        assert len(asked) <= 10
    _private_and_nameless(taken.folder)
    with pytest.raises(FileExistsError):
        snapshot(taken.folder, DAY)


def _private_and_nameless(folder: Path) -> None:
    assert folder.stat().st_mode & 0o777 == 0o700
    assert sorted(each.suffix for each in folder.iterdir() if each.suffix != ".parquet") == [".json"]
    assert json.loads((folder / "coverage.json").read_text())["on"] == "2026-06-30"
    for table, column in LEFT_BEHIND:
        kept = duckdb.read_parquet(str(folder / f"{table}.parquet")).columns
        assert column not in kept
        assert "id_number" not in kept


@pytest.mark.django_db(transaction=True)
def test_facts_written_by_the_case_evaluator_and_by_the_snapshot_are_the_same_bytes_of_meaning(
    own: dict[str, Any], tmp_path: Path
) -> None:
    taken = snapshot(tmp_path / "snapshot", DAY)
    case = facts.facts_of_organisation(own["firm"].pk, DAY)
    write_facts(Facts(vocabulary(), case.facts.tables, case.facts.coverage, DAY), tmp_path / "case")
    for table in ("person", "organisation"):
        shown = list(duckdb.read_parquet(str(taken.folder / f"{table}.parquet")).columns)
        one, other = (
            duckdb.read_parquet(str(folder / f"{table}.parquet")).select(*shown).order("id").fetchall()
            for folder in (taken.folder, tmp_path / "case")
        )
        assert one == other
