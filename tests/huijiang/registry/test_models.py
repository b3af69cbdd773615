"""The tables of the registry refuse what is not so, whoever writes, and remember what was."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from huijiang.regions.models import Region
from huijiang.registry import retention
from huijiang.registry.columns import NONE_SUFFIX
from huijiang.registry.laws import LAWS
from huijiang.registry.models import MODELS, Coverage, IdentityDocument, Organisation, Person
from huijiang.registry.vocabulary import stored_columns, vocabulary

pytestmark = pytest.mark.django_db

DAY = dt.date(2026, 6, 30)
GOOD_CODE = "91339999MA0000000J"  # check character: computed by hand in tests of tiaowen.identifiers


@contextmanager
def refused(law: str) -> Iterator[None]:
    with pytest.raises(IntegrityError, match=law), transaction.atomic():
        yield


def raw(query: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(query, values)


def person(region: Region, **values: object) -> Any:
    return Person.objects.create(managed_by=region, source="实名认证", as_of=DAY, **{"name": "小林", **values})


def firm(region: Region, **values: object) -> Any:
    return Organisation.objects.create(managed_by=region, source="登记", as_of=DAY, **{"name": "甲厂", **values})


def spell(region: Region, worker: Any, employer: Any, since: str, until: str | None, **values: object) -> None:
    raw(
        """INSERT INTO registry_insurance (managed_by_id, source, as_of, worker_id, employer_id, employer_none, kind,
             place_id, started_on, ended_on, ended_on_none)
           VALUES (%s, '社保登记', %s, %s, %s, %s, %s, %s, %s, %s, %s)""",
        region.pk, DAY, worker.pk, employer and employer.pk, values.get("employer_none", False),
        values.get("kind", "职工社会保险"), region.pk, since, until, until is None and values.get("none", True),
    )  # fmt: skip


def test_every_column_of_the_vocabulary_has_its_columns_and_every_change_its_migration() -> None:
    for table in vocabulary().tables.values():
        fields = {field.name for field in MODELS[table.id]._meta.get_fields()}
        for column in stored_columns(table):
            assert column.name in fields
            assert (column.name + NONE_SUFFIX in fields) == column.type.or_none
    assert LAWS.keys() == vocabulary().tables.keys()
    call_command("makemigrations", "registry", "--check", "--dry-run", verbosity=0)


def test_two_spells_of_the_same_insurance_may_touch_but_not_overlap(xiaoshan: Region) -> None:
    worker, employer = person(xiaoshan), firm(xiaoshan)
    spell(xiaoshan, worker, employer, "2024-01-01", "2024-06-30")
    spell(xiaoshan, worker, employer, "2024-07-01", None)
    with refused("insurance_spells_apart"):
        spell(xiaoshan, worker, employer, "2024-06-30", "2024-06-30")
    with refused("insurance_spells_apart"):
        spell(xiaoshan, worker, employer, "2030-01-01", "2030-01-31")
    spell(xiaoshan, worker, firm(xiaoshan), "2024-01-01", None)
    spell(xiaoshan, worker, employer, "2024-01-01", None, kind="灵活就业参保")


def test_spells_without_an_employer_are_held_apart_but_those_of_an_unknown_one_are_not(xiaoshan: Region) -> None:
    worker = person(xiaoshan)
    spell(xiaoshan, worker, None, "2024-01-01", None, employer_none=True)
    with refused("insurance_spells_apart"):
        spell(xiaoshan, worker, None, "2024-05-01", None, employer_none=True)
    spell(xiaoshan, worker, None, "2024-01-01", None)
    spell(xiaoshan, worker, None, "2024-05-01", None)


def test_a_spell_of_unknown_end_overlaps_only_on_its_first_day(xiaoshan: Region) -> None:
    worker, employer = person(xiaoshan), firm(xiaoshan)
    spell(xiaoshan, worker, employer, "2024-01-01", None, none=False)
    spell(xiaoshan, worker, employer, "2024-01-02", None)
    with refused("insurance_spells_apart|insurance_key"):
        spell(xiaoshan, worker, employer, "2024-01-01", "2024-01-01")


def test_a_spell_does_not_end_before_it_begins(xiaoshan: Region) -> None:
    with refused("insurance_dates_agree"):
        spell(xiaoshan, person(xiaoshan), None, "2024-01-02", "2024-01-01")


def test_a_value_is_not_known_and_absent_at_once(xiaoshan: Region) -> None:
    someone = person(xiaoshan, works_in=xiaoshan)
    with refused("person_works_in_known_or_none"):
        raw("UPDATE registry_person SET works_in_none = true WHERE id = %s", someone.pk)
    raw("UPDATE registry_person SET works_in_none = true, works_in_id = NULL WHERE id = %s", someone.pk)


def test_a_closed_list_takes_its_codes_only_and_an_open_one_any_but_nothing(xiaoshan: Region) -> None:
    someone = person(xiaoshan)
    with refused("person_level_stated_listed"):
        raw("UPDATE registry_person SET level_stated = '七级' WHERE id = %s", someone.pk)
    raw("UPDATE registry_person SET level_stated = '技师' WHERE id = %s", someone.pk)
    told = "INSERT INTO registry_membership (managed_by_id, source, as_of, person_id, scheme, started_on) VALUES "
    raw(told + "(%s, '名单', %s, %s, '新的计划', '2024-01-01')", xiaoshan.pk, DAY, someone.pk)
    with refused("membership_scheme_not_empty"):
        raw(told + "(%s, '名单', %s, %s, '', '2024-01-01')", xiaoshan.pk, DAY, someone.pk)


def test_money_is_not_negative(xiaoshan: Region) -> None:
    with refused("person_annual_pay_not_negative"):
        person(xiaoshan, annual_pay=-1)


@pytest.mark.parametrize(
    ("code", "law"),
    [
        ("91339999MA0000000J", ""),
        ("N2339999MA000000A1", ""),  # a rural collective: codes may begin with a letter
        ("91339999MA0000000K", "uscc_check"),
        ("91339999MA000000IJ", "uscc_(form|check)"),
        ("B1339999MA0000000J", "uscc_(form|check)"),
        ("9133", "uscc_(form|check)"),
    ],
)
def test_a_credit_code_has_its_form_and_its_check_character(xiaoshan: Region, code: str, law: str) -> None:
    if law:
        with refused(law):
            firm(xiaoshan, uscc=code)
    else:
        assert firm(xiaoshan, uscc=code).pk
        with refused("organisation_key"):
            firm(xiaoshan, uscc=code)


@pytest.mark.parametrize(
    ("kind", "number", "fine"),
    [
        ("职业技能等级证书", "S000099000001253000001", True),
        ("职业技能等级证书", "Y0001230A0001195T00001", False),  # 22 characters, but the year is no number
        ("职业技能等级证书", "Z000099000001253000001", False),
        ("职业技能等级证书", "S00009900000125300000", False),
        ("培训合格证书", "2025-17", True),
        (None, "2025-17", True),
    ],
)
def test_the_number_of_a_level_certificate_has_its_structure(
    xiaoshan: Region, kind: str | None, number: str, fine: bool
) -> None:
    told = (
        "INSERT INTO registry_certificate (managed_by_id, source, as_of, kind, number) VALUES (%s, '联网', %s, %s, %s)"
    )
    if fine:
        raw(told, xiaoshan.pk, DAY, kind, number)
        with refused("certificate_key"):
            raw(told, xiaoshan.pk, DAY, kind, number)
    else:
        with refused("certificate_number_by_structure"):
            raw(told, xiaoshan.pk, DAY, kind, number)


def test_a_permit_names_the_same_person_through_its_reissues(xiaoshan: Region) -> None:
    from huijiang.registry.identity import PERMIT_HM, read_document

    one, other = read_document("H0123456700"), read_document("h0123456701")
    assert (one.kind, one.matched) == (PERMIT_HM, "H01234567")
    values = {"kind": one.kind, "source": "窗口", "as_of": DAY}
    IdentityDocument.objects.create(person=person(xiaoshan), number=one.number, matched=one.matched, **values)
    with refused("identity_number_once"):
        IdentityDocument.objects.create(person=person(xiaoshan), number=other.number, matched=other.matched, **values)


def test_raw_sql_leaves_the_former_version_behind(xiaoshan: Region) -> None:
    someone = person(xiaoshan, level_stated="高级工")
    raw("UPDATE registry_person SET level_stated = '技师' WHERE id = %s", someone.pk)
    raw("UPDATE registry_person SET level_stated = '技师' WHERE id = %s", someone.pk)
    raw("DELETE FROM registry_person WHERE id = %s", someone.pk)
    kept = Person.pgh_event_model.objects.filter(pgh_obj_id=someone.pk).order_by("pgh_id")
    assert [(each.pgh_label, each.level_stated) for each in kept] == [("update", "高级工"), ("delete", "技师")]


def test_former_versions_go_when_their_time_is_over_and_not_before(xiaoshan: Region) -> None:
    someone = person(xiaoshan)
    raw("UPDATE registry_person SET name = '大林' WHERE id = %s", someone.pk)
    now = timezone.now()
    years = LAWS["person"].history_kept
    assert retention.expire(now + dt.timedelta(days=years * 365)) == {}
    assert retention.expire(now + dt.timedelta(days=years * 366 + 1)) == {"person": 1}


def test_what_is_complete_is_said_once_for_a_place_and_a_time(xiaoshan: Region) -> None:
    values = {"table": "hire", "region": xiaoshan, "source": "登记", "as_of": DAY}
    Coverage.objects.create(since="2022-01-01", until="2022-12-31", complete=True, **values)
    Coverage.objects.create(since="2023-01-01", until=None, complete=True, **values)
    with refused("coverage_said_once"):
        Coverage.objects.create(since="2024-01-01", until=None, complete=False, **values)
    with refused("coverage_table_listed"):
        Coverage.objects.create(complete=True, **{**values, "table": "hires"})
