"""An installation to be measured: its folder, its database, its web server."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.load import Loaded, load
from bench.steps import cpu_seconds, run, server_of, start


@contextmanager
def home(kept: str = "") -> Iterator[Path]:
    """A data folder that is gone afterwards, or the one named, which stays.  The database may run as another user."""
    if kept:
        made = Path(kept).resolve()
        made.mkdir(parents=True, exist_ok=True)
        made.chmod(0o755)
        yield made
        return
    with tempfile.TemporaryDirectory(prefix="huijiang-bench-", ignore_cleanup_errors=True) as gone:
        Path(gone).chmod(0o755)
        yield Path(gone)


@contextmanager
def installation() -> Iterator[tuple[Path, int]]:
    """An empty installation with its database running: the folder, and the server's process id."""
    with home() as made, server_of(made) as server:
        set_up(made)
        yield made, server


def set_up(made: Path) -> None:
    """Secrets and tables, as far as they are not there yet."""
    run(["huijiang", "secrets"], made)
    run(["huijiang", "upgrade"], made)


@contextmanager
def web(made: Path, processes: int | None = None) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The web server of an installation, once it answers: host:port, and the process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    told = {} if processes is None else {"HUIJIANG_WEB_PROCESSES": str(processes)}
    with start(["huijiang", "web", "--bind", address], made, quiet=True, **told) as process:
        try:
            _await(address)
            yield address, process
        finally:
            process.terminate()
            process.wait(30)


def as_installed(made: Path) -> None:
    """Make this process one of the installation's: settings are read from here on."""
    os.environ.update(HUIJIANG_HOME=str(made), DJANGO_SETTINGS_MODULE="huijiang.settings")


def under(
    address: str, rate: int, requests: Iterable[dict[str, Any]], web_server: int, database: int
) -> tuple[Loaded, str]:
    """The pages under a load, and in words: the p95, the median, and the CPU of both servers for one request."""
    servers = (web_server, database)
    before = [cpu_seconds(pid) for pid in servers]
    done = load(address, rate, requests)
    own, theirs = (1_000 * (cpu_seconds(pid) - at) / len(done.times) for pid, at in zip(servers, before, strict=True))
    return done, (f"{done.p95:.0f} ms; median {done.median:.0f} ms; "
                  f"CPU for one {own:.1f} ms + PostgreSQL {theirs:.1f} ms")  # fmt: skip


def _await(address: str) -> None:
    for _ in range(600):
        link = http.client.HTTPConnection(address, timeout=5)
        try:
            link.request("GET", "/health/alive")
            link.getresponse().read()
        except OSError:
            time.sleep(0.1)
        else:
            return
        finally:
            link.close()
    raise RuntimeError(f"{address}: 一分钟内没有应答 no answer within a minute")
