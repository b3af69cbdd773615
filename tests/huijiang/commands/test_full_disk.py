"""The disk fills while people and jobs write: nothing is stored by halves, each is told, and all comes back."""

from __future__ import annotations

import json
import random
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, LiteralString

import psycopg
import pytest

from huijiang.jobs.queue import ROOM_WAITS
from huijiang.supervisor import places
from huijiang.supervisor.postgres import PORT, USER
from tests.huijiang import prepared
from tests.huijiang.commands.small_disk import SmallDisk, may_mount, mounted, short_folder
from tests.huijiang.commands.test_operations import Installation, answers, free_port

DISK = 640  # MiB; 256 of them are the reserve
ROWS = 24_000  # so many that the disk is full long before the last
PATIENCE = 120  # seconds

HEAD = "---\nregion: 浙江省/杭州市/萧山区\n---\n# 试行办法\n\n"
SETUP = """
import datetime as dt, json
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.utils import timezone
from huijiang.accounts.models import Grant, Role, SecondFactor, User
from huijiang.accounts.sessions import SessionStore
from huijiang.documents import drafts
from huijiang.regions.models import Region
from huijiang.registry.imports import batches
place = Region.objects.get(code="330109")
user = User.objects.create_user("steward", None, name="政策员", managed_by=place)
Grant.objects.create(user=user, role=Role.STEWARD, region=place, starts_on=dt.date(2020, 1, 1))
session = SessionStore()
session.update({SESSION_KEY: str(user.pk), BACKEND_SESSION_KEY: "django.contrib.auth.backends.ModelBackend",
                HASH_SESSION_KEY: user.get_session_auth_hash(), "seen": timezone.now().timestamp() - 120})
session.save()
draft = drafts.begin(user, "a-draft.md", drafts.Parts({head!r}, "", ""), "")
print(json.dumps({"session": session.session_key, "draft": str(draft.uid)}))
"""
IMPORT = """
import csv, io
from tiaowen.identifiers.person import person_check_character
from huijiang.accounts.models import User
from huijiang.regions.models import Region
from huijiang.registry.imports import batches
import datetime as dt
rows = []
for n in range({rows}):
    body = f"339999{{19_900_101 + n // 1_000}}{{n % 1_000:03d}}"
    rows.append([body + person_check_character(body), f"小{{n}}", "", "", "", ""])
text = io.StringIO()
csv.writer(text).writerows([["证件号码", "姓名", "出生日期", "就业地", "年工资收入", "技能等级"], *rows])
batch = batches.receive(None, "person", Region.objects.get(code="330109"), dt.date(2026, 6, 30), "名册.csv",
                        [text.getvalue().encode("utf-8-sig")])
print(batch.pk)
"""
CONFIRM = """
from huijiang.registry.imports import batches
from huijiang.registry.models import ImportBatch
batches.confirm(None, ImportBatch.objects.get(pk={batch}))
"""
NIGHT = """
from huijiang.jobs import enqueue
enqueue("entitlements.nightly")
"""


def until(holds: Callable[[], Any], what: str) -> Any:
    for _ in range(PATIENCE * 5):
        if (found := holds()) is not None and found is not False:  # 0 is an answer
            return found
        time.sleep(0.2)
    raise AssertionError(f"never came true: {what}")


class Platform:
    """A whole platform on a small disk, asked over HTTP and looked at in its database."""

    def __init__(self, home: Path, log: Path, **environment: str) -> None:
        self.installation = Installation(home)
        self.installation.environment.update(environment)
        self.log = log
        self.address = f"127.0.0.1:{free_port()}"
        self.cookies: dict[str, str] = {}

    def prepare(self) -> None:
        code, said = self.installation.run("secrets")
        assert code == 0, said
        self.installation.share_fonts()
        prepared.install(self.installation.home)

    @contextmanager
    def serving(self) -> Iterator[None]:
        with self.log.open("wb") as log:
            process = subprocess.Popen([sys.executable, "-m", "huijiang", "serve", "--bind", self.address],
                                       env=self.installation.environment, stdout=log, stderr=log)  # fmt: skip
            try:
                assert answers(f"http://{self.address}/healthz"), self.log.read_text()
                yield
            finally:
                process.send_signal(signal.SIGTERM)
                process.wait(PATIENCE)

    def python(self, code: str) -> str:
        body = "from huijiang.commands.django_setup import set_up; set_up()\n" + code
        done = subprocess.run([sys.executable, "-c", body], env=self.installation.environment, text=True,
                              timeout=PATIENCE, capture_output=True, check=False)  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def ask(self, statement: LiteralString, *values: Any) -> Any:
        """The first column of the first row; None while the database does not answer."""
        try:
            with psycopg.connect(host=str(places.socket(self.installation.home)), port=PORT, user=USER,
                                 dbname="huijiang", autocommit=True) as connection:  # fmt: skip
                row = connection.execute(statement, values).fetchone()
                return row[0] if row else None
        except psycopg.OperationalError:
            return None

    def get(self, path: str) -> tuple[int, str]:
        return self._send(path, None)

    def post(self, path: str, **fields: str) -> tuple[int, str]:
        return self._send(path, urllib.parse.urlencode(fields).encode())

    def _send(self, path: str, body: bytes | None) -> tuple[int, str]:
        told = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        asked = urllib.request.Request(f"http://{self.address}{path}", body, {"Cookie": told})
        opener = urllib.request.build_opener(_Stays)
        try:
            with opener.open(asked, timeout=PATIENCE) as answer:
                status, text, headers = answer.status, answer.read(), answer.headers
        except urllib.error.HTTPError as error:
            status, text, headers = error.code, error.read(), error.headers
        except urllib.error.URLError:  # the web's processes are starting again
            return 0, ""
        for each in headers.get_all("Set-Cookie") or []:
            name, _, value = each.partition(";")[0].partition("=")
            self.cookies[name] = value
        return status, text.decode()

    def ready(self) -> tuple[int, dict[str, bool]]:
        status, body = self.get("/readyz")
        return status, json.loads(body) if body.startswith("{") else {}

    def save(self, page: str, text: str) -> tuple[int, str]:
        """What a steward does: open the text of a draft, write, save."""
        status, shown = self.get(page)
        if status != 200:
            return status, shown
        fields = dict(re.findall(r'<input[^>]*name="(\w+)"[^>]*value="([^"]*)"', shown))
        return self.post(page, **{**fields, "text": text, "act": "save"})


class _Stays(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


def words(seed: int, size: int = 400_000) -> str:
    """A text that no database packs smaller."""
    found = random.Random(seed)
    return HEAD + "\n".join(found.randbytes(60).hex() for _ in range(size // 121)) + "\n"


def finding(platform: Platform) -> str:
    code, said = platform.installation.run("doctor")
    assert code == 1, said
    return next((line for line in said.splitlines() if line.startswith("✗ disk: ")), said)


VERSIONS = "SELECT count(*) FROM documents_draftversion"
PERSONS = "SELECT count(*) FROM registry_person"
RUNS = "SELECT state || ' ' || note FROM jobs_run WHERE kind = 'entitlements.nightly' ORDER BY asked_at DESC LIMIT 1"
STATE = "SELECT state || ' ' || message FROM registry_importbatch WHERE id = %s"
DONE = "SELECT r.done FROM jobs_run r JOIN registry_importbatch b ON b.run = r.uid WHERE b.id = %s"
REFUSED = "UploadError: 服务器磁盘快满了"


def nearly_full(platform: Platform) -> None:
    """Below the reserve: what is large is refused or waits, what is small goes on, and both say why."""
    status, points = platform.ready()
    assert (status, points["database"], points["disk"]) == (503, True, False)
    assert "现在不收材料、不做大作业" in finding(platform)
    with pytest.raises(AssertionError, match=REFUSED):
        platform.python(IMPORT.format(rows=10))
    assert not list((platform.installation.home / "imports").iterdir())
    platform.python(NIGHT)
    until(lambda: platform.ask(RUNS) == f"waiting {ROOM_WAITS}", "the night's run waits for room")
    assert platform.get("/policies/")[0] == 200


def test_a_disk_that_fills_while_an_import_a_night_and_a_page_write(
    capsys: pytest.CaptureFixture[str],
) -> None:
    if not may_mount():
        with capsys.disabled():
            print("\nNOT TESTED: a disk that is really full, which only root can make.  Tested instead: a reserve that "
                  "no disk has.")  # fmt: skip
        with short_folder() as folder:
            platform = Platform(folder / "home", folder / "log", HUIJIANG_DISK_RESERVE=str(1 << 40))
            platform.prepare()
            with platform.serving():
                nearly_full(platform)
        return
    with mounted(DISK) as small:
        platform = Platform(small.folder / "home", small.folder / "log")
        platform.prepare()
        with platform.serving():
            told = json.loads(platform.python(SETUP.replace("{head!r}", repr(HEAD))))
            platform.cookies["sessionid"] = told["session"]
            page = f"/steward/drafts/{told['draft']}/files/text/"
            assert platform.ready() == (200, {"database": True, "migrations": True, "seals": True, "disk": True})
            assert platform.save(page, words(1))[0] == 302
            _an_import_is_under_way(platform, small, page)
            _nothing_more_can_be_logged(platform, small)


def _an_import_is_under_way(platform: Platform, small: SmallDisk, page: str) -> None:
    """It is rolled back whole, a page's writing is refused, reading goes on; with room again all is done."""
    small.fill(leave=100 << 20)
    nearly_full(platform)
    assert platform.save(page, words(2))[0] == 302
    small.free()
    until(lambda: (platform.ask(RUNS) or "").startswith("done"), "the night's run was done by itself")
    batch = platform.python(IMPORT.format(rows=ROWS)).strip()
    until(lambda: platform.ask(STATE, batch) == "read ", "the file was read")
    platform.python(CONFIRM.format(batch=batch))
    until(lambda: (platform.ask(DONE, batch) or 0) >= 1_000, "a thousand rows are on their way")
    small.fill()
    status, said = until(lambda: None if (told := platform.post(page, text="x"))[0] == 0 else told, "an answer")
    assert (status, "现在存不下" in said, "no room to store this" in said) == (503, True, True)
    until(lambda: platform.get(page)[0] == 200 and platform.get("/policies/")[0] == 200, "reading goes on")
    for statement, rows in ((PERSONS, 0), (VERSIONS, 3)):  # the server may just be starting again
        assert until(partial(platform.ask, statement), "the database answers") == rows
    small.free()
    until(lambda: platform.ready()[0] == 200, "ready again")
    until(lambda: (platform.ask(STATE, batch) or "").startswith("broken "), "the batch says that it broke off")
    assert "没有写入任何一行" in platform.ask(STATE, batch)
    assert platform.ask(PERSONS) == 0
    assert platform.save(page, words(3))[0] == 302
    again = platform.python(IMPORT.format(rows=10)).strip()
    until(lambda: platform.ask(STATE, again) == "read ", "read again")
    platform.python(CONFIRM.format(batch=again))
    until(lambda: platform.ask(PERSONS) == 10, "stored")


def _nothing_more_can_be_logged(platform: Platform, small: SmallDisk) -> None:
    """The database's own log finds no room: it stops rather than promise, and comes back, whole, with what was set
    aside for that; without that it waits for room."""
    ballast = places.data(platform.installation.home).with_name("ballast")
    until(ballast.exists, "something is set aside again")
    _use_up(platform, small)
    until(lambda: not ballast.exists() and platform.get("/policies/")[0] == 200, "people read again")
    assert platform.ready()[1]["disk"] is False
    assert platform.post("/signin/", login="x")[0] == 503
    _use_up(platform, small)
    small.free()
    until(lambda: platform.ready()[0] == 200, "the database is back")
    assert (platform.ask(PERSONS), platform.ask(VERSIONS)) == (10, 4)


def _use_up(platform: Platform, small: SmallDisk) -> None:
    for _ in range(PATIENCE):
        small.fill()
        if platform.ask("SELECT 1 FROM pg_logical_emit_message(false, 'fill', repeat('x', 4000000))") is None:
            return
    raise AssertionError("the database's log never ran out of room")
