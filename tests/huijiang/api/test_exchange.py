"""Files of other systems: the samples go in and come out again as they were, by HTTP and on the machine."""

from __future__ import annotations

import argparse
import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from huijiang.api import tokens
from huijiang.audit.models import Event
from huijiang.commands import exchange as command
from huijiang.registry.exchange import files, profiles
from huijiang.registry.models import MODELS, IdentityDocument, Organisation, Person
from tests.huijiang.api.systems import Systems, approved
from tests.huijiang.entitlements.town import NUMBER

SAMPLES = Path(__file__).parents[3] / "docs" / "api" / "samples"
FILES = sorted(path.name for path in SAMPLES.iterdir())
ORDER = (
    "jinbao-organisation.csv",
    "jinbao-person.xml",
    "social-insurance.xlsx",
    "jinbao-insurance.csv",
    "certificate-query.csv",
    "jinbao-certificate.xml",
    "training-roster.xlsx",
)
COLUMNS = ("person.*", "person.id_number", "organisation.*", "insurance.*", "certificate.*", "training.*")


def of(name: str) -> tuple[Any, str, bytes]:
    profile, _dot, kind = name.rpartition(".")
    return profiles.profiles()[profile], kind, (SAMPLES / name).read_bytes()


def test_every_profile_has_a_sample_of_each_of_its_files() -> None:
    assert sorted(f"{each.id}.{kind}" for each in profiles.profiles().values() for kind in each.files) == FILES


@pytest.mark.parametrize("name", FILES)
def test_a_sample_is_read_and_written_without_loss(name: str) -> None:
    profile, kind, content = of(name)
    rows = files.read(profile, content, kind)
    assert rows
    again = files.write(profile, rows, kind)
    assert files.read(profile, again, kind) == rows
    if kind == "csv":
        assert content.decode(profile.encoding).splitlines()[0] == again.decode(profile.encoding).splitlines()[0]


def test_the_field_codes_mean_what_they_mean() -> None:
    profile, kind, content = of("jinbao-person.csv")
    assert files.read(profile, content, kind) == [
        {"id_number": NUMBER, "name": "林小英", "birth_date": "1985-06-07", "employer.uscc": "91339999MA0000000J"}
    ]
    utf8 = content.decode("gb18030").encode("utf-8-sig")
    assert files.read(profile, utf8, kind) == files.read(profile, content, kind)
    rare = [{"id_number": NUMBER, "name": "㐂䶮𠮷"}]
    for each in ("csv", "xml"):
        assert files.read(profile, files.write(profile, rare, each), each) == rare


@pytest.mark.parametrize(
    ("content", "kind", "seen"),
    [
        (b"AAC002,AAC999\r\n1,2\r\n", "csv", "AAC999"), (b"AAC003\r\nx\r\n", "csv", ""), (b"", "csv", ""),
        (b"\xff\xfe\xfd", "csv", ""), (b"<ROWS><ROW>", "xml", "ParseError"), (b"AAC002", "xlsx", "xlsx"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><ROWS><ROW><AAC002>&b;</AAC002></ROW></ROWS>', "xml", "EntitiesForbidden"),
    ],
)  # fmt: skip
def test_a_file_that_is_not_of_its_profile_is_refused_with_its_place(content: bytes, kind: str, seen: str) -> None:
    with pytest.raises(files.FileProblem) as caught:
        files.read(profiles.profiles()["jinbao-person"], content, kind)
    assert caught.value.seen == seen
    assert caught.value.expected


def test_a_place_is_the_row_that_whoever_opens_the_file_sees_and_nothing_beyond_the_limits_is_left_out() -> None:
    """Empty rows count in a workbook; an XML file has no line of headings."""
    person = replace(profiles.profiles()["jinbao-person"], files=("xlsx", "xml"))
    lines = [["AAC002", "AAC003", "AAC004"], [], [NUMBER, "甲", "1"], [], [NUMBER, "乙", "3"]]

    def workbook(*more: tuple[int, int]) -> bytes:
        book, made = openpyxl.Workbook(), io.BytesIO()
        for at, line in enumerate(lines, 2):
            for column, value in enumerate(line, 1):
                book.active.cell(at, column).value = value
        for at, column in more:
            book.active.cell(at, column).value = "x"
        book.save(made)
        return made.getvalue()

    with pytest.raises(files.FileProblem) as caught:
        files.read(person, workbook(), "xlsx")
    assert caught.value.where == "Sheet · 6 · AAC004"
    with pytest.raises(files.FileProblem) as caught:
        files.read(person, workbook((4, 300)), "xlsx")
    assert (caught.value.where, "256" in caught.value.expected) == ("Sheet · 4", True)
    rows = "".join(f"<ROW><AAC002>{NUMBER}</AAC002><AAC003>甲</AAC003><AAC004>{sex}</AAC004></ROW>" for sex in "13")
    with pytest.raises(files.FileProblem) as caught:
        files.read(person, f"<ROWS>{rows}</ROWS>".encode(), "xml")
    assert caught.value.where == "2 · AAC004"


@pytest.mark.parametrize("change", [{"table": "nothing"}, {"columns": [{"name": "A"}]}, {"files": ["doc"]},
                                    {"columns": [{"name": "A", "field": "nothing"}]}, {"constant": {"x": "y"}}])  # fmt: skip
def test_a_profile_that_does_not_fit_the_vocabulary_is_refused(change: dict[str, Any]) -> None:
    told = {"id": "x", "title": "x", "title_en": "x", "table": "person", "files": ["csv"],
            "columns": [{"name": "AAC003", "field": "name"}]}  # fmt: skip
    assert profiles.read("x.yaml", {**told}).table == "person"
    with pytest.raises(profiles.ProfileError, match=r"x\.yaml"):
        profiles.read("x.yaml", told | change)


def test_codes_mean_the_same_both_ways_and_one_that_is_not_listed_is_refused_with_its_place(tmp_path: Path) -> None:
    """Sex from the 17th digit (3: a man's), the kind of document from the form of its number, status from the last day."""
    known = profiles.codes()
    assert (known["sex"].values["2"], known["ethnicity"].values["56"], known["education"].values["47"]) == (
        "女",
        "基诺族",
        "技工学校毕业",
    )
    assert len(known["ethnicity"].values) == 58
    for profile in profiles.profiles().values():
        for column in profile.columns:
            for code, word in column.table.values.items() if column.table is not None and column.field else ():
                assert column.theirs(column.ours(code)) == code, (profile.id, column.name, word)
    ours = [{"id_number": NUMBER, "name": "林小英"}, {"id_number": "护照 DEU C01X00T47", "name": "Anna"}]
    person = profiles.profiles()["jinbao-person"]
    written = files.write(person, ours, "csv").decode("gb18030").splitlines()
    assert [line.split(",")[3] for line in written[1:]] == ["1", ""]
    assert [line.split(",")[7] for line in written[1:]] == ["01", "08"]
    insured = profiles.profiles()["jinbao-insurance"]
    spells = [{"kind": "职工社会保险", "ended_on": "无"}, {"kind": "职工社会保险", "ended_on": "2025-06-30"}]
    lines = files.write(insured, spells, "csv").decode("gb18030").splitlines()
    assert [line.split(",")[-2:] for line in lines[1:]] == [["99991231", "1"], ["20250630", "2"]]

    header = "AAC002,AAC003,AAC004,AAC005,AAC011"
    with pytest.raises(files.FileProblem) as caught:
        files.read(person, f"{header}\n{NUMBER},甲,3,1,21\n{NUMBER},乙,1,01,22\n{NUMBER},丙,2,77,99\n".encode(), "csv")
    found = [caught.value, *caught.value.others]
    assert [(each.where, each.seen) for each in found] == [
        ("2 · AAC004", "3"), ("2 · AAC005", "1"), ("4 · AAC005", "77"), ("4 · AAC011", "99"),
    ]  # fmt: skip
    assert "GB/T 2261.1" in found[0].expected
    assert "01 汉族" in found[1].expected
    query = profiles.profiles()["jinbao-certificate"]
    with pytest.raises(files.FileProblem, match="2 · AAC015"):
        files.write(query, [{"level": "首席技师", "number": "S1"}], "csv")
    with pytest.raises(profiles.ProfileError):
        profiles.read("x.yaml", {"id": "x", "title": "x", "title_en": "x", "table": "person", "files": ["csv"],
                                 "columns": [{"name": "A", "field": "name", "codes": "nothing"}]})  # fmt: skip


@pytest.mark.django_db
def test_the_samples_go_into_the_registry_by_http_and_come_out_again(
    here: Systems, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for table in ("recognition", "certificate"):
        MODELS[table].objects.all().delete()
    Person.objects.filter(pk=here.town.colleague.pk).delete()
    here.town.trainer.uscc = "91339999MA0000001M"
    here.town.trainer.save()
    client = approved(here.system, here.security, here.town.xiaoshan, ("registry:write",), COLUMNS)
    _token, secret = tokens.issue(client, here.system, "t", ("registry:write",), 5)
    for name in ORDER:
        profile, kind, content = of(name)
        path = f"registry/exchange/{profile.id}?region=330109&as_of=2026-06-30&file={kind}"
        answer = put(path, secret, content)
        assert answer.status_code == 200, (name, answer.content.decode())
        assert answer.json()["new"] + answer.json()["changed"] + answer.json()["same"] == len(
            files.read(profile, content, kind)
        )
    assert MODELS["insurance"].objects.get(ended_on_none=True).employer == here.town.employer
    assert MODELS["certificate"].objects.get().level == "高级工"
    assert MODELS["training"].objects.get().certificate == MODELS["certificate"].objects.get()
    assert (IdentityDocument.objects.count(), Organisation.objects.filter(uscc__isnull=False).count()) == (1, 2)
    monkeypatch.setenv("DATABASE_URL", "postgresql://named/by-the-operator")
    for name in ORDER:
        profile, kind, content = of(name)
        assert run("write", profile.id, str(tmp_path / name), "--region", "330109", "--by", "api-system") == 0
        out = files.read(profile, (tmp_path / name).read_bytes(), kind)
        expected = [
            {**row, **({"place": "330109"} if "place" in row else {})} for row in files.read(profile, content, kind)
        ]
        assert sorted(map(str, (sorted(row.items()) for row in out))) == sorted(
            map(str, (sorted(row.items()) for row in expected))
        ), name
    nowhere = str(tmp_path / "no" / "jinbao-person.csv")
    assert run("write", "jinbao-person", nowhere, "--region", "330109", "--by", "api-system") == 2  # not given out
    assert Event.objects.filter(action="registry.exchange_out").count() == len(ORDER)
    again = run("read", "jinbao-person", str(SAMPLES / "jinbao-person.csv"), "--region", "330109", "--by", "api-system",
                "--as-of", "2026-06-30")  # fmt: skip
    assert (again, "不变 same 1" in capsys.readouterr().out) == (0, True)


def put(path: str, secret: str, content: bytes) -> Any:
    from django.test import Client

    return Client().generic("POST", f"/api/v1/{path}", content, "application/octet-stream",
                            headers={"Authorization": f"Bearer {secret}", "Idempotency-Key": path[:100]})  # fmt: skip


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    command.add(parser.add_subparsers())
    arguments = parser.parse_args(["exchange", *words])
    status: int = arguments.run(arguments)
    return status


@pytest.mark.django_db
def test_a_wrong_file_and_a_narrow_token_write_nothing(here: Systems) -> None:
    path = "registry/exchange/certificate-query?region=330109&as_of=2026-06-30&file=csv"
    content = (SAMPLES / "certificate-query.csv").read_bytes().replace("三级/高级工".encode(), "超级工".encode())
    answer = put(path, here.bureau, content)
    assert answer.status_code == 422
    assert {each["where"] for each in answer.json()["errors"]} >= {"/rows/0/level"}
    narrow = approved(here.system, here.security, here.town.xiaoshan, ("registry:write",), ("certificate.number",))
    _token, secret = tokens.issue(narrow, here.system, "t", ("registry:write",), 5)
    assert put(path, secret, (SAMPLES / "certificate-query.csv").read_bytes()).status_code == 403
    assert put(path.replace("=csv", "=xml"), here.bureau, content).status_code == 422
    assert put(path.replace("certificate-query", "nothing"), here.bureau, content).status_code == 404
    assert MODELS["certificate"].objects.count() == 1
