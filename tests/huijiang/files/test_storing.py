"""Files are kept encrypted, whole, once each, for their time; and open for those alone who may see them."""

from __future__ import annotations

import datetime as dt
import os
import resource
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.http import Http404

from huijiang.access.models import Sighting
from huijiang.access.viewers import as_agent, as_worker
from huijiang.accounts.models import Role
from huijiang.accounts.viewers import Viewer, as_staff, today
from huijiang.audit.models import Event
from huijiang.files import checking, retention, vault
from huijiang.files import services as files
from huijiang.files.models import Addressing, Blob, File, Purpose
from huijiang.sealed import SealedError, keys, rotation
from tests.huijiang.access.world import World, agent, worker
from tests.huijiang.accounts.people import account
from tests.huijiang.files import uploads
from tests.huijiang.files.uploads import upload

SECRET = "林一的工资流水，一个字也不能在磁盘上看见。"
LONG = (SECRET * 4_000).encode()  # more than three chunks
DAY = dt.date(2026, 6, 30)


@pytest.fixture
def one(world: World) -> Viewer:
    viewer = as_worker(worker(world, 0))
    assert viewer is not None
    return viewer


def stored(
    viewer: Viewer, content: bytes = LONG, subject: str = "paper:1", purpose: str = "evidence", **more: Any
) -> File:
    return files.store(upload(content, "流水.txt"), viewer, subject, purpose, region="339901", **more)


def on_disk(home: Path) -> list[Path]:
    return [each for each in (home / "files").rglob("*") if each.is_file()]


def reviewer(world: World, *roles: Role, name: str = "reviewer") -> Viewer:
    found = as_staff(account(name, *(roles or (Role.REVIEWER,)), where=world.x))
    assert found is not None
    return found


def test_content_comes_back_as_it_was_and_stands_nowhere_in_the_clear(one: Viewer, home: Path) -> None:
    held = stored(one)
    assert files.open_file(one, held.uid, "").read() == LONG
    (path,) = on_disk(home)
    assert path.stat().st_mode & 0o777 == 0o600
    assert SECRET.encode() not in path.read_bytes()
    assert path.name not in (str(held.uid), SECRET)
    row = Blob.objects.get()
    assert bytes(row.digest).hex() == path.name
    assert "流水" not in str(list(File.objects.values_list("name", flat=True)))
    assert (row.size, row.kind) == (len(LONG), "txt")
    told = Event.objects.get(action="files.store")
    assert (told.subject, told.details["of"]) == (f"file:{held.uid}", "paper:1")
    assert "流水" not in str(told.details)


def test_the_same_content_stands_on_disk_once_and_each_file_has_its_own_time(one: Viewer, home: Path) -> None:
    first = stored(one, since=DAY)
    second = stored(one, subject="paper:2", purpose="draft", since=DAY)
    assert len(on_disk(home)) == 1
    assert first.blob == second.blob
    assert (first.keep_until, second.keep_until) == (dt.date(2036, 6, 30), dt.date(2026, 9, 28))


def flipped(path: Path, at: int) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)


RECORD = vault.CHUNK + 28


@pytest.mark.parametrize(
    "harm",
    [
        lambda path: path.write_bytes(path.read_bytes()[:-1]),
        lambda path: path.write_bytes(path.read_bytes()[: 2 * RECORD]),
        lambda path: path.write_bytes(path.read_bytes() + b"\0"),
        lambda path: path.write_bytes(path.read_bytes()[RECORD:] + path.read_bytes()[:RECORD]),
        lambda path: flipped(path, 5), lambda path: flipped(path, RECORD + 400), lambda path: flipped(path, -1),
        lambda path: path.unlink(),
    ],
)  # fmt: skip
def test_cut_moved_altered_or_missing_ciphertext_does_not_open(one: Viewer, home: Path, harm: Any) -> None:
    held = stored(one)
    harm(on_disk(home)[0])
    with pytest.raises(SealedError):
        files.open_file(one, held.uid, "").read()
    checked, faults = checking.check()
    assert (checked, len(faults)) == (1, 1)


def test_ciphertext_of_another_file_does_not_open_in_its_place(one: Viewer, home: Path) -> None:
    first, second = stored(one), stored(one, LONG[::-1].decode("utf-8", "ignore").encode() or b"x" * len(LONG))
    a, b = (vault.place(bytes(each.blob.digest)) for each in (first, second))
    a.write_bytes(b.read_bytes())
    with pytest.raises(SealedError):
        files.open_file(one, first.uid, "").read()
    assert checking.check()[1][0].startswith(f"blob:{first.blob.uid}")


@pytest.mark.django_db(transaction=True)
def test_what_was_rolled_back_or_broke_off_is_swept_away_and_nothing_else(one: Viewer, home: Path) -> None:
    held = stored(one)
    with transaction.atomic():
        stored(one, b"a claim that was not sent after all")
        transaction.set_rollback(True)
    (home / "files/incoming" / "half.part").write_bytes(b"half")
    assert File.objects.count() == 1
    assert retention.sweep() == 0  # they may still be on their way
    for each in on_disk(home):
        os.utime(each, (0, 0))
    assert retention.sweep() == 2
    assert [each.name for each in on_disk(home)] == [bytes(held.blob.digest).hex()]
    assert files.open_file(one, held.uid, "").read() == LONG


@pytest.fixture
def full_disk() -> Iterator[None]:
    """The system refuses to write more than 100 kB into a file, as it refuses a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    heard = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, heard)


def test_a_full_disk_is_said_and_leaves_nothing_behind(one: Viewer, home: Path, full_disk: None) -> None:
    with pytest.raises(files.NoRoom):
        stored(one)
    assert (on_disk(home), File.objects.count(), Blob.objects.count()) == ([], 0, 0)


def test_a_new_master_key_touches_rows_alone(one: Viewer, home: Path) -> None:
    held = stored(one)
    before = on_disk(home)[0].read_bytes()
    rotation.begin(keys.path())
    during = stored(one, subject="paper:2")  # the same content, while the keys change
    rotation.fill()
    rotation.finish(keys.path())
    numbers = {each.key.key_number for each in Blob.objects.all()} | {Addressing.objects.get().key.key_number}
    assert numbers == {2}
    assert on_disk(home)[0].read_bytes() == before
    for each in (held, during):
        assert files.open_file(one, each.uid, "").read() == LONG
    assert stored(one, subject="paper:3").blob_id == held.blob_id


def test_files_go_when_their_time_is_over_and_not_before(
    one: Viewer, home: Path, django_capture_on_commit_callbacks: Any
) -> None:
    short, long = stored(one, purpose="draft", since=today() - dt.timedelta(days=91)), stored(one, subject="paper:2")
    with django_capture_on_commit_callbacks(execute=True):
        assert retention.expire() == 1
    short.refresh_from_db()
    assert (short.blob, short.name) == (None, None)
    assert len(on_disk(home)) == 1  # the other file holds the same content
    with pytest.raises(Http404):
        files.open_file(one, short.uid, "")
    assert retention.expire() == 0
    for change in (
        lambda: File.objects.filter(pk=long.pk).update(keep_until=today()),
        lambda: File.objects.filter(pk=long.pk).update(blob=None, name=None, erased_at=dt.datetime.now(dt.UTC)),
        lambda: File.objects.filter(pk=long.pk).update(subject="paper:9"),
        lambda: File.objects.filter(pk=long.pk).delete(),
        lambda: Blob.objects.update(size=1),
        lambda: Blob.objects.all().delete(),
    ):
        with pytest.raises((DatabaseError, Exception)) as told, transaction.atomic():
            change()
        assert any(word in str(told.value) for word in ("pgtrigger", "protected"))
    assert files.open_file(one, long.uid, "").read() == LONG


def test_the_last_file_takes_the_content_with_it(
    one: Viewer, home: Path, django_capture_on_commit_callbacks: Any
) -> None:
    stored(one, purpose="draft", since=today() - dt.timedelta(days=91))
    with django_capture_on_commit_callbacks(execute=True):
        retention.expire()
    assert (on_disk(home), Blob.objects.count()) == ([], 0)


def test_a_draft_that_is_sent_is_kept_as_evidence_and_its_time_never_shrinks(one: Viewer) -> None:
    held = stored(one, purpose="draft", since=DAY)
    kept = files.keep(one.user, held, "evidence", DAY)
    assert (kept.purpose, kept.keep_until) == ("evidence", dt.date(2036, 6, 30))
    assert files.keep(one.user, kept, "evidence", dt.date(2020, 1, 1)).keep_until == dt.date(2036, 6, 30)


# --- who sees what ------------------------------------------------------------


def test_a_file_opens_for_its_person_its_firm_and_officers_of_the_place_and_is_not_there_for_others(
    world: World, one: Viewer, subjects: dict[str, Any]
) -> None:
    firm, other_firm, two = as_agent(agent(world, 0)), as_agent(agent(world, 1)), as_worker(worker(world, 1))
    assert firm
    assert other_firm
    assert two
    held = files.store(upload(LONG, "a.txt"), firm, "paper:1", "evidence", region="339901", person=world.people[0].pk)
    for viewer in (one, firm):
        assert files.open_file(viewer, held.uid, "").file == held
    elsewhere = as_staff(account("elsewhere", Role.REVIEWER, where=world.y))
    leader = reviewer(world, Role.LEADER, name="leader")
    assert elsewhere
    for viewer in (two, other_firm, elsewhere, leader):
        assert not files.access_files(viewer).exists()
        with pytest.raises(Http404):
            files.open_file(viewer, held.uid, "review")
    officer = reviewer(world)
    with pytest.raises(PermissionDenied, match="用途"):
        files.open_file(officer, held.uid, "curiosity")
    assert files.open_file(officer, held.uid, "review", download=True).read() == LONG
    with pytest.raises(PermissionDenied, match="不能下载"):
        files.open_file(reviewer(world, Role.COUNTER, name="counter"), held.uid, "counter", download=True)
    seen = Sighting.objects.filter(person=world.people[0], viewer=officer.user)
    assert [(each.purpose, each.columns) for each in seen] == [("review", ["file.download"])]
    subjects["paper"] = lambda viewer, number: viewer.user != officer.user
    with pytest.raises(Http404):
        files.open_file(officer, held.uid, "review")


def test_the_panels_own_records_are_not_the_applicants_and_a_private_folder_is_not_the_offices(
    world: World, one: Viewer
) -> None:
    officer = reviewer(world)
    minutes = files.store(upload(b"minutes of the panel"), officer, "paper:1", Purpose.RECORD, region="339901",
                          person=world.people[0].pk)  # fmt: skip
    own = stored(one, b"my own folder", subject=f"person:{world.people[0].uid}", purpose="own")
    for viewer, uid in ((one, minutes.uid), (officer, own.uid)):
        with pytest.raises(Http404):
            files.open_file(viewer, uid, "review")
    used = files.attach(one, own, "paper:1", "evidence", region="339901")
    assert files.open_file(officer, used.uid, "review").read() == b"my own folder"


# --- duplicates ---------------------------------------------------------------


def test_the_same_paper_in_two_cases_is_found_and_whose_it_is_is_not_said(world: World, one: Viewer) -> None:
    two = as_worker(worker(world, 1))
    assert two
    scan = uploads.drawing(5, (1_000, 700))
    stored(two, uploads.picture(scan), subject="paper:7")
    stored(two, uploads.picture(uploads.drawing(6)), subject="paper:8")
    same = stored(one, uploads.picture(scan))
    (found,) = files.findings(same)
    assert (found.same, found.count, found.places, found.since) == (True, 1, ("区339901",), today())
    alike = stored(one, uploads.picture(scan.resize((640, 448)), "JPEG", quality=70), subject="paper:2")
    told = files.findings(alike)
    assert [(each.same, each.count) for each in told] == [(False, 2)]
    assert "林" not in str(told)
    assert [each.subject for each in files.matches(same)] == ["paper:7", "paper:2"]


def test_two_white_pages_are_not_alike_and_a_folder_of_ones_own_is_no_second_case(one: Viewer) -> None:
    white = uploads.drawing().point(lambda _: 255)
    stored(one, uploads.picture(white), subject="paper:7")
    page = stored(one, uploads.picture(white.resize((300, 200))))
    own = stored(one, uploads.picture(), subject="person:1", purpose="own")
    used = files.attach(one, own, "paper:1", "evidence", region="339901")
    assert (files.findings(page), files.findings(used)) == ([], [])


def test_content_that_comes_in_again_while_it_is_being_let_go_stays(one: Viewer, home: Path) -> None:
    first = stored(one)
    assert first.blob is not None
    assert not retention.remove(bytes(first.blob.digest))
    assert files.open_file(one, first.uid, "").read() == LONG
