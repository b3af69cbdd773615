"""Releases: only what passes, made by one person, approved by another, never changed, given back byte for byte."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client

from huijiang.access import humans
from huijiang.accounts.models import Role, User
from huijiang.accounts.viewers import today
from huijiang.audit.models import Event
from huijiang.documents import differences, library, releases
from huijiang.documents.models import Release, ReleaseFile
from tests.huijiang.accounts.people import signed_in
from tests.huijiang.documents.bundle import DOCUMENT, OFFICE_FILES, changed, raised
from tests.huijiang.documents.pages import staff
from tiaowen.files import default_folder
from tiaowen.identifiers.person import person_check_character

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def maker() -> User:
    return staff("maker", Role.STEWARD)


@pytest.fixture
def checker() -> User:
    return staff("checker", Role.STEWARD_APPROVER)


@pytest.fixture
def first(maker: User) -> Release:
    return releases.make(OFFICE_FILES, maker, "第一版")


def test_a_release_waits_until_somebody_else_approves_it(first: Release, maker: User, checker: User) -> None:
    assert (first.number, first.waiting, releases.in_force()) == (1, True, None)
    with pytest.raises(releases.ReleaseError, match="提交的人不能复核"):
        releases.approve(first, maker, today())
    approved = releases.approve(first, checker, today())
    assert releases.in_force() == approved
    assert library.current().release == first.digest
    said = list(Event.objects.filter(subject=f"release:{first.uid}").order_by("id").values_list("action", flat=True))
    assert said == ["documents.release_made", "documents.release_approved"]


def test_nor_does_another_account_of_whoever_made_it(first: Release, maker: User, checker: User) -> None:
    """Not by the service, not by the database, and the page shows no form for it."""
    second = staff("maker-2", Role.STEWARD_APPROVER)
    seventeen = "33999919850312001"
    for each in (maker, second):
        humans.know(each, seventeen + person_check_character(seventeen), checker)
    with pytest.raises(releases.ReleaseError, match="提交的人不能复核"):
        releases.approve(first, second, today())
    with pytest.raises(DatabaseError, match="by_two_humans"), transaction.atomic():
        Release.objects.filter(pk=first.pk).update(
            decided_by=second, decided_at="2026-01-01T00:00Z", in_force_from=today()
        )
    pages = [signed_in(each).get(f"/steward/releases/{first.uid}/").content.decode() for each in (second, checker)]
    assert ["这一版是您提交的" in page for page in pages] == [True, False]
    assert ['name="in_force_from"' in page for page in pages] == [False, True]


def test_the_database_itself_refuses_approval_by_the_maker(first: Release, maker: User) -> None:
    with pytest.raises(IntegrityError, match="release_decided_by_another"), transaction.atomic():
        Release.objects.filter(pk=first.pk).update(
            decided_by=maker, decided_at="2026-01-01T00:00Z", in_force_from=today()
        )


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE documents_releasefile SET text = 'x'",
        "DELETE FROM documents_releasefile",
        "TRUNCATE documents_releasefile",
        "UPDATE documents_release SET digest = 'x'",
        "DELETE FROM documents_release",
    ],
)
def test_nothing_in_a_release_changes_even_by_raw_sql(first: Release, statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(DatabaseError, match="pgtrigger"), transaction.atomic():
            cursor.execute(statement)


def test_what_was_decided_is_not_decided_again(first: Release, checker: User) -> None:
    releases.approve(first, checker, today())
    assert releases.approve(first, checker, today()).approved  # pressing twice
    with pytest.raises(releases.ReleaseError, match="已经有了结论"):
        releases.refuse(first, checker, "想改主意")
    with pytest.raises(DatabaseError, match="only_decided_once"), transaction.atomic():
        Release.objects.filter(pk=first.pk).update(in_force_from=today() + DAY)


def test_a_file_comes_with_its_release_or_never(maker: User) -> None:
    told = {"digest": "d", "documents": 1, "rules": 1, "cases": 1}
    release = Release.objects.create(number=1, made_by=maker, transaction=1, **told)  # of another transaction
    with pytest.raises(DatabaseError, match="with_its_release"), transaction.atomic():
        ReleaseFile.objects.create(release=release, path="late.md", text="", digest="")


def test_the_later_release_is_in_force_from_its_day_on(first: Release, maker: User, checker: User) -> None:
    releases.approve(first, checker, today())
    second = releases.approve(releases.make(raised(OFFICE_FILES), maker), checker, today() + 5 * DAY)
    assert second.number == 2
    assert releases.in_force() == first
    assert releases.in_force(today() + 4 * DAY) == first
    assert releases.in_force(today() + 5 * DAY) == second
    first.refresh_from_db()
    assert (first.until, second.until) == (today() + 4 * DAY, None)


def test_a_day_that_is_over_is_refused(first: Release, checker: User) -> None:
    with pytest.raises(releases.ReleaseError, match="已过"):
        releases.approve(first, checker, today() - DAY)


def test_one_that_was_sent_back_never_comes_in_force(first: Release, maker: User, checker: User) -> None:
    with pytest.raises(releases.ReleaseError, match="理由"):
        releases.refuse(first, checker, "  ")
    releases.refuse(first, checker, "封顶写错了")
    assert releases.in_force() is None
    again = releases.make(OFFICE_FILES, maker)  # the same content may be brought again after that
    assert again.number == 2


def test_the_same_content_twice_is_one_release(first: Release, maker: User) -> None:
    assert releases.make(OFFICE_FILES, maker) == first
    assert ReleaseFile.objects.count() == len(OFFICE_FILES)


@pytest.mark.parametrize(
    ("files", "named"),
    [
        (changed(OFFICE_FILES, "region: 浙江省/杭州市/萧山区", "region: 浙江省/杭州市/没有的区"), "没有的区"),
        (changed(OFFICE_FILES, "800 元/人", "800 元/月"), "trainer-grant"),
        ({**OFFICE_FILES, "readme.txt": "x"}, "readme.txt"),
        ({name: text for name, text in OFFICE_FILES.items() if name != DOCUMENT}, "没有一份政策文件"),
        ({}, "没有一份政策文件"),
        ({**OFFICE_FILES, "a.cases.yaml": "policy: nowhere\ncases: []\n"}, "nowhere"),
    ],
)
def test_files_that_do_not_pass_are_not_stored(maker: User, files: dict[str, str], named: str) -> None:
    with pytest.raises(releases.Refused) as refused:
        releases.make(files, maker)
    assert named in str(refused.value)
    assert Release.objects.count() == 0


def test_the_folder_goes_in_and_comes_out_byte_for_byte(maker: User, tmp_path: Path) -> None:
    given, back = tmp_path / "given", tmp_path / "back"
    for name, text in OFFICE_FILES.items():
        (given / name).parent.mkdir(parents=True, exist_ok=True)
        (given / name).write_bytes(text.encode())
    document = given / DOCUMENT
    document.write_bytes(b"\xef\xbb\xbf" + document.read_bytes().replace(b"\n", b"\r\n"))  # as some editors save it
    release = releases.make(releases.read_folder(given), maker)
    assert releases.export(release, back) == len(OFFICE_FILES)
    names = sorted(path.relative_to(given) for path in given.rglob("*") if path.is_file())
    assert names == sorted(path.relative_to(back) for path in back.rglob("*") if path.is_file())
    assert all((given / name).read_bytes() == (back / name).read_bytes() for name in names)
    with pytest.raises(releases.ReleaseError, match="不是空文件夹"):
        releases.export(release, back)


def test_a_folder_with_what_is_no_policy_text_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes(b"\xff\xfe")
    (tmp_path / "b.md").write_bytes(b"a\0b")
    (tmp_path / "c.docx").write_bytes(b"PK")
    with pytest.raises(releases.Refused) as refused:
        releases.read_folder(tmp_path)
    assert [each.split(":")[0] for each in refused.value.problems] == ["a.md", "b.md", "c.docx"]


def test_the_policies_of_this_project_pass_with_every_case() -> None:
    checked = releases.check(releases.read_folder(default_folder()))
    assert checked.documents == 7  # the risk checks with them
    assert checked.cases > 1_000


def test_a_comparison_names_clause_block_and_both_figures() -> None:
    (change,) = differences.between(OFFICE_FILES, raised(OFFICE_FILES))
    assert (change.path, change.how, change.document) == (DOCUMENT, "changed", "xiaoshan-2025-3")
    (clause,) = change.clauses
    (block,) = clause.blocks
    assert (block.name, block.how) == ("技师工作室开办补助", "changed")
    assert [(each.key, each.old, each.new) for each in block.values] == [("amount", "10 万元/家", "12 万元/家")]


def test_a_new_document_and_one_that_is_gone_are_told(maker: User) -> None:
    without = {name: text for name, text in OFFICE_FILES.items() if name != DOCUMENT}
    assert [each.how for each in differences.between(without, OFFICE_FILES)] == ["added"]
    assert [each.how for each in differences.between(OFFICE_FILES, without)] == ["removed"]
    assert differences.between(OFFICE_FILES, OFFICE_FILES) == []


def test_a_document_shows_its_versions_and_what_changed_between_them(
    client: Client, first: Release, maker: User, checker: User
) -> None:
    releases.approve(first, checker, today())
    releases.approve(releases.make(raised(OFFICE_FILES), maker, "提高开办补助"), checker, today())
    page = client.get("/policies/xiaoshan-2025-3/").content.decode()
    assert "提高开办补助" in page
    page = client.get("/policies/xiaoshan-2025-3/diff/?from=1&to=2").content.decode()
    assert "10 万元/家</del>" in page
    assert "12 万元/家</ins>" in page
    assert "120,000" in client.get("/benefits/xiaoshan-2025-3/studio-start/").content.decode()
