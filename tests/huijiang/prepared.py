"""A database with every migration applied, made once for a state of the migrations and copied for each run.

To migrate takes most of a minute; to copy, a second.  What is kept stands under `.cache/`, named by the digest of all
that makes it; migrations that are not in it (there are none) would still be applied to the copy.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from huijiang.supervisor import places
from huijiang.supervisor.postgres import USER, Postgres
from huijiang.supervisor.supervisor import DATABASE

ROOT: Final = Path(__file__).resolve().parent.parent.parent
KEPT: Final = ROOT / ".cache" / "tests" / "postgres"
NAME: Final = "prepared"
SETTINGS: Final = {"fsync": "off", "shared_buffers": "64MB", "max_connections": "100"}
MIGRATE: Final = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.huijiang.settings"
from django.conf import settings
settings.DATABASES["default"].update(NAME=sys.argv[1], HOST=sys.argv[2], USER=sys.argv[3], PORT="5432")
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
"""


def digest() -> str:
    """Of every migration and every lock: what the finished database depends on."""
    found = hashlib.sha256(sys.version.encode())
    files = [*ROOT.glob("src/huijiang/*/migrations/*.py"), *ROOT.glob("tests/huijiang/**/migrations/*.py"),
             *ROOT.glob("requirements/*.txt")]  # fmt: skip
    for path in sorted(files):
        found.update(f"{path.relative_to(ROOT)}\n".encode() + path.read_bytes())
    return found.hexdigest()[:24]


def copy_to(folder: Path) -> None:
    """Put a data folder with the database NAME at a place that is not there yet."""
    kept = KEPT / digest()
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / "lock").open("w") as lock:  # the second worker waits for the first
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.is_dir():
            _make(kept)
        # -a keeps the owner: as root, the server runs as another user
        subprocess.run(["cp", "-a", str(kept), str(folder)], check=True)


def install(home: Path) -> None:
    """An installation's database, migrated: the prepared one under the name that an installation gives it.  Starting the
    installation does the rest (places, static files, languages)."""
    copy_to(places.data(home))
    server = Postgres(places.data(home), places.socket(home), SETTINGS)
    server.start()
    try:
        server.run("psql", "-X", "-d", "postgres", "-c", f"ALTER DATABASE {NAME} RENAME TO {DATABASE}")
    finally:
        server.stop()


def _make(kept: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="huijiang-", ignore_cleanup_errors=True) as made:
        place = Path(made)
        place.chmod(0o755)  # the server may run as another user than root
        server = Postgres(place / "data", place / "run", SETTINGS)
        server.start()
        try:
            server.ensure_database(NAME)
            subprocess.run([sys.executable, "-c", MIGRATE, NAME, str(server.socket), USER], check=True, cwd=ROOT,
                           env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"})  # fmt: skip
        finally:
            server.stop()
        for earlier in KEPT.iterdir():
            if earlier.is_dir():
                shutil.rmtree(earlier)
        subprocess.run(["cp", "-a", str(place / "data"), str(kept) + ".new"], check=True)
        Path(str(kept) + ".new").rename(kept)
