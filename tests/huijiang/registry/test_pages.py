"""The data desk's pages: who may open them, and what they say."""

from __future__ import annotations

import datetime as dt
import io
import re
import uuid
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from huijiang.accounts.models import Grant, Role, User
from huijiang.regions.models import Region
from huijiang.registry.imports import batches
from huijiang.registry.models import Coverage, ImportBatch, Person
from tests.huijiang.registry.test_imports import PERSON, lines, people

pytestmark = pytest.mark.django_db


def account(login: str, role: Role, region: Region) -> User:
    user = User.objects.create_user(login, "correct horse battery", name="小王")
    Grant.objects.create(user=user, role=role, region=region, starts_on=dt.date(2020, 1, 1))
    return user


@pytest.fixture
def desk(xiaoshan: Region, client: Client) -> Client:
    client.force_login(account("registrar", Role.REGISTRAR, xiaoshan), "django.contrib.auth.backends.ModelBackend")
    return client


def uploaded(desk: Client, content: bytes, **values: Any) -> Any:
    file = SimpleUploadedFile(values.pop("name", "名册.csv"), content)
    told = {"table": "person", "region": "330109", "as_of": "2026-06-30", "file": file, **values}
    return desk.post("/registry/imports/new/", told)


def test_a_file_goes_from_upload_over_preview_to_the_registry(desk: Client) -> None:
    assert "还没有导入过文件" in desk.get("/registry/imports/").content.decode()
    answer = uploaded(desk, lines(PERSON, people(3)))
    batch = ImportBatch.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/registry/imports/{batch.uid}/")
    assert "refresh" in desk.get(answer["Location"]).content.decode()
    batches.examine(batch)
    page = desk.get(answer["Location"]).content.decode()
    assert "检查通过" in page
    assert re.search(r"新增.{0,200}?3", page, re.S)
    assert Person.objects.count() == 0
    for _ in range(2):  # pressing twice asks once
        assert desk.post(f"{answer['Location']}confirm/").status_code == 302
    batches.apply(batch)
    assert Person.objects.count() == 3
    page = desk.get("/registry/imports/").content.decode()
    assert "名册.csv" in page
    assert "已写入" in page


def test_faults_are_shown_and_can_be_taken_away(desk: Client) -> None:
    rows = people(2)
    rows[1][2] = "<b>昨天</b>"
    uploaded(desk, lines(PERSON, rows))
    batch = ImportBatch.objects.get()
    batches.examine(batch)
    page = desk.get(f"/registry/imports/{batch.uid}/").content.decode()
    assert "第 3 行" in page
    assert "&lt;b&gt;昨天&lt;/b&gt;" in page
    assert "确认写入" not in page
    answer = desk.get(f"/registry/imports/{batch.uid}/errors.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert [sheet["B2"].value, sheet["D2"].value] == [3, "<b>昨天</b>"]
    desk.post(f"/registry/imports/{batch.uid}/confirm/")
    batches.apply(batch)
    assert Person.objects.count() == 0


@pytest.mark.parametrize(
    "wrong",
    [{"table": "user"}, {"region": "330108"}, {"region": ""}, {"as_of": "2999-01-01"}, {"as_of": "x"}, {"file": ""}],
)
def test_a_wrong_form_is_answered_and_takes_nothing_in(desk: Client, wrong: dict[str, str]) -> None:
    answer = uploaded(desk, lines(PERSON, people(1)), **wrong)
    assert answer.status_code == 422
    assert "field__error" in answer.content.decode()
    assert ImportBatch.objects.count() == 0


def test_templates_can_be_downloaded(desk: Client) -> None:
    book = openpyxl.load_workbook(io.BytesIO(desk.get("/registry/imports/template/insurance.xlsx").content))
    assert book.worksheets[0]["A1"].value == "参保人·证件号码"
    assert (
        desk.get("/registry/imports/template/insurance.csv").content.decode("utf-8-sig").startswith("参保人·证件号码")
    )
    for address in ("user.xlsx", "insurance.exe"):
        assert desk.get(f"/registry/imports/template/{address}").status_code == 404


def test_nobody_but_a_registrar_of_the_region_sees_a_batch(desk: Client, xiaoshan: Region) -> None:
    uploaded(desk, lines(PERSON, people(1)))
    batch = ImportBatch.objects.get()
    addresses = [f"/registry/imports/{batch.uid}/", f"/registry/imports/{batch.uid}/errors.xlsx"]
    others = {
        "abroad": (Role.REGISTRAR, Region.objects.get(name="滨江区"), 404),
        "leader": (Role.LEADER, xiaoshan, 403),
        "system": (Role.SYSTEM_ADMIN, xiaoshan, 403),
    }
    for login, (role, region, status) in others.items():
        other = Client()
        other.force_login(account(login, role, region), "django.contrib.auth.backends.ModelBackend")
        assert {other.get(each).status_code for each in addresses} == {status}
        for act in ("confirm", "cancel"):
            assert other.post(f"/registry/imports/{batch.uid}/{act}/").status_code == status
        assert "名册.csv" not in other.get("/registry/imports/").content.decode()
    assert Client().get("/registry/imports/").status_code == 302
    assert desk.get(f"/registry/imports/{uuid.uuid4()}/").status_code == 404
    batch.refresh_from_db()
    assert batch.state == "received"


def test_what_is_complete_is_said_and_what_is_not_said_is_listed(desk: Client, xiaoshan: Region) -> None:
    Coverage.objects.create(
        table="hire", region=xiaoshan, since="2022-01-01", complete=True, source="劳动合同", as_of="2026-06-30"
    )
    page = desk.get("/registry/completeness/").content.decode()
    assert "2022-01-01" in page
    assert "齐全" in page
    assert "没有说明的表" in page


def test_every_count_of_the_quality_page_agrees_with_its_list(desk: Client, loaded: object) -> None:
    page = desk.get("/registry/quality/").content.decode()
    found = re.findall(r'<a href="(/registry/quality/[\w-]+/)">.*?is-number.*?table__value">(\d+)', page, re.S)
    assert found
    for address, count in found:
        shown = desk.get(address).content.decode()
        assert f"共 {count} 条" in shown
    assert desk.get("/registry/quality/nothing/").status_code == 404
