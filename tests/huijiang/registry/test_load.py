"""A whole county goes in; what a law refuses is listed, and nothing else is missing."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from django.db import connection

from huijiang.regions.models import Region
from huijiang.registry.load import Loaded, LoadError, load
from huijiang.registry.models import MODELS, Coverage, IdentityDocument, Organisation, Person
from huijiang.synth import Made

pytestmark = pytest.mark.django_db


def test_every_row_of_a_county_is_stored_or_listed(county: Made, loaded: Loaded, xiaoshan: Region) -> None:
    refused = dict.fromkeys(MODELS, 0)
    for table, _ in {(each.table, each.line) for each in loaded.refused}:
        refused[table] += 1
    for table, rows in county.rows.items():
        assert loaded.rows.get(table, 0) + refused[table] == rows
        assert MODELS[table].objects.count() == loaded.rows.get(table, 0)
    overlapping = [each for each in loaded.refused if each.law == "insurance_spells_apart"]
    assert overlapping
    assert {each.origin.split("-")[1] for each in overlapping} <= {"0", "2"}  # the county's own wrong ones
    _identity_numbers(county, loaded)
    assert Coverage.objects.filter(complete=True, table="hire", region=xiaoshan, since="2022-01-01").count() == 1
    someone = Person.objects.exclude(employer=None).first()
    assert someone.pinyin
    assert someone.source == "实名认证"
    firm = Organisation.objects.first()
    with connection.cursor() as cursor:  # numbers go on after those of the county
        cursor.execute("SELECT nextval(pg_get_serial_sequence('registry_organisation', 'id'))")
        assert cursor.fetchone()[0] == Organisation.objects.order_by("-pk").first().pk + 1
    with pytest.raises(LoadError, match="已有数据"):
        load(Path(county.folder), xiaoshan)
    assert firm.managed_by == xiaoshan


def _identity_numbers(county: Made, loaded: Loaded) -> None:
    """Each person has a document, or their number is listed: wrong, or another person's."""
    listed = [each for each in loaded.values if each.table == "person"]
    assert IdentityDocument.objects.count() + len(listed) == county.rows["person"]
    path = str(Path(county.folder) / "person.parquet")
    numbers = duckdb.execute("SELECT count(*) - count(DISTINCT id_number) FROM read_parquet($1)", [path]).fetchall()
    assert sum(each.law == "identity_number_once" for each in listed) <= numbers[0][0]
    assert {each.law for each in listed} <= {"identity_number_once", "identity_number_check"}
