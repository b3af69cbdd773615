"""An installation of its own: started, examined, backed up, and restored into an empty machine."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.huijiang import prepared

PATIENCE = 180  # seconds


class Installation:
    """A data folder and the command line over it, in processes of their own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("HUIJIANG_", "DJANGO_"))},
            "HUIJIANG_HOME": str(home), "PYTHONPATH": os.pathsep.join(sys.path), "HUIJIANG_WEB_PROCESSES": "1",
        }  # fmt: skip

    def share_fonts(self) -> None:
        """Fonts that other runs cut are not cut again."""
        kept = Path(__file__).resolve().parents[3] / ".cache" / "tests" / "fonts"
        kept.mkdir(parents=True, exist_ok=True)
        (self.home / "fonts").symlink_to(kept)

    def run(self, *arguments: str) -> tuple[int, str]:
        done = subprocess.run([sys.executable, "-m", "huijiang", *arguments], env=self.environment, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=PATIENCE, check=False)  # fmt: skip
        said = [line for line in done.stdout.splitlines(keepends=True) if not line.startswith('{"')]  # no log
        return done.returncode, "".join(said)

    def python(self, code: str) -> str:
        """Code with the database running: `with_database()` as the commands use it."""
        body = (
            "from huijiang.commands.django_setup import set_up; set_up()\n"
            "from huijiang.commands.serve import with_database\n"
            f"with with_database():\n    {code}"
        )
        done = subprocess.run([sys.executable, "-c", body], env=self.environment, text=True, timeout=PATIENCE,
                              capture_output=True, check=True)  # fmt: skip
        return done.stdout


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="hj-", ignore_cleanup_errors=True) as made:
        Path(made).chmod(0o755)
        yield Path(made)


@pytest.fixture
def installed(folder: Path) -> Installation:
    found = Installation(folder / "one")
    assert found.run("secrets")[0] == 0
    found.share_fonts()
    prepared.install(found.home)  # from nothing: test_serve_answers_measures_and_ends
    code, said = found.run("upgrade")
    assert code == 0, said
    return found


RECORD = (
    "from django.db import transaction; from huijiang import audit; from huijiang.audit import seals\n"
    "    with transaction.atomic(): audit.record(None, 'case.open', 'case:1', count=3)\n"
    "    seals.seal()"
)
PAPER = (
    "from django.core.files.base import ContentFile; from huijiang.files import services; from django.db import transaction\n"
    "    with transaction.atomic(): services.store(ContentFile(b'a paper', 'a.txt'), None, 'case:1', 'evidence', region='330109')"
)
COUNT = "from huijiang.audit.models import Event; print(Event.objects.count())"


def test_a_backup_restored_into_an_empty_machine_keeps_the_laws_and_the_chain(
    installed: Installation, folder: Path
) -> None:
    installed.python(RECORD)
    installed.python(PAPER)
    code, anchors = installed.run("anchor")
    assert code == 0
    (folder / "anchors").write_text(anchors)
    backup = folder / "backup.dump"
    code, said = installed.run("backup", str(backup))
    assert code == 0, said
    assert backup.stat().st_mode & 0o777 == 0o600

    other = Installation(folder / "two")
    shutil.copytree(installed.home / "secrets", other.home / "secrets")
    other.share_fonts()
    code, said = other.run("restore", str(backup))
    assert code == 0, said
    assert other.python(COUNT) == "2\n"
    assert other.run("verify-files") == (0, "1 份内容 papers，0 处不符 faults\n")
    code, said = other.run("verify-audit", "--anchors", str(folder / "anchors"))
    assert (code, said.splitlines()[0]) == (0, "1 个封存 seals，2 个事件 events，0 处不符 faults")
    code, said = other.run("doctor")
    assert code == 0, said
    assert other.run("upgrade")[0] == 0

    other.python(RECORD)  # transactions are numbered lower here: the chain goes on in a new era
    code, said = other.run("verify-audit", "--anchors", str(folder / "anchors"))
    assert "3 个事件 events，0 处不符 faults" in said

    code, said = other.run("restore", str(backup))
    assert code == 1
    assert "只恢复到空数据库" in said


def test_a_file_that_is_no_backup_stores_nothing(folder: Path) -> None:
    empty = Installation(folder / "three")
    assert empty.run("secrets")[0] == 0
    (folder / "nonsense").write_bytes(b"PGDMP but no more")
    code, said = empty.run("restore", str(folder / "nonsense"))
    assert code == 1
    assert "pg_restore" in said
    tables = "from django.db import connection; print(connection.introspection.table_names())"
    assert empty.python(tables) == "[]\n"
    code, said = empty.run("appoint", "system", "first", "--region", "330109")
    assert (code, said.endswith("；先运行 run first: huijiang upgrade\n")) == (1, True), said


def test_the_doctor_finds_secrets_that_others_can_read(installed: Installation) -> None:
    (installed.home / "secrets" / "django").chmod(0o644)
    code, said = installed.run("doctor")
    assert code == 1
    assert "✗ secrets/django: 别人也能读" in said


def test_anchors_that_are_none_are_named_by_line(installed: Installation, folder: Path) -> None:
    (folder / "anchors").write_text("2026-11-22 abc\n\nyesterday def\n")
    code, said = installed.run("verify-audit", "--anchors", str(folder / "anchors"))
    assert (code, said) == (2, "huijiang verify-audit: anchors:3: 'yesterday def'；应为 expected YYYY-MM-DD HEAD\n")


def free_port() -> int:
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return int(tried.getsockname()[1])


def get(address: str) -> tuple[int, bytes, dict[str, str]]:
    try:
        with urllib.request.urlopen(address, timeout=30) as answer:
            return answer.status, answer.read(), dict(answer.headers)
    except urllib.error.HTTPError as error:
        return error.code, error.read(), dict(error.headers)


def answers(address: str) -> bool:
    """Whether somebody answers there, looked at ten times a second."""
    for _ in range(10 * PATIENCE):
        try:
            get(address)
        except urllib.error.URLError:
            time.sleep(0.1)
        else:
            return True
    return False


def test_serve_answers_measures_and_ends(folder: Path) -> None:
    """From nothing: secrets, database, structure, static files; then healthy; then gone."""
    installation = Installation(folder / "four")
    address = f"127.0.0.1:{free_port()}"
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "-m", "huijiang", "serve", "--bind", address],
                                   env=installation.environment, stdout=subprocess.PIPE, stderr=log)  # fmt: skip
        try:
            assert process.stdout is not None
            assert process.stdout.readline().decode() == f"http://{address}\n", (folder / "log").read_text()
            assert answers(f"http://{address}/healthz"), (folder / "log").read_text()
            status, body, headers = get(f"http://{address}/healthz")
            assert (status, body) == (200, b"ok\n")
            assert headers["X-Request-ID"]
            status, body, _ = get(f"http://{address}/readyz")
            assert (status, json.loads(body)) == (
                200,
                {"database": True, "migrations": True, "seals": True, "disk": True},
            )
            status, body, headers = get(f"http://{address}/")
            assert status == 200
            assert "惠匠" in body.decode()
            assert "default-src 'self'" in headers["Content-Security-Policy"]
            status, body, _ = get(f"http://{address}/metrics")
            assert status == 200
            assert 'huijiang_requests_total{method="GET",route="health:alive",status="200"} 2.0' in body.decode()
            assert get(f"http://{address}/nowhere/")[0] == 404
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(PATIENCE) == 0
            assert process.stdout is not None
            process.stdout.close()
    with pytest.raises(urllib.error.URLError):
        get(f"http://{address}/healthz")


def test_without_secrets_a_command_says_how_to_make_them(folder: Path) -> None:
    code, said = Installation(folder / "five").run("upgrade")
    assert code == 1
    assert said.startswith("huijiang upgrade: HUIJIANG_SECRET_KEY: ")
    assert "run: huijiang secrets" in said
