"""`huijiang serve`: the production entry; `web` and `worker` are its children."""

from __future__ import annotations

import argparse
import logging
import os
import shutil
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from huijiang import configuration
from huijiang.commands import secrets
from huijiang.supervisor import places
from huijiang.supervisor.postgres import Postgres, PostgresError
from huijiang.supervisor.supervisor import DATABASE, Supervisor, SupervisorError, command, only_one

ADDRESS = "127.0.0.1:8000"


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    serve = commands.add_parser(
        "serve", help="运行平台 run the platform: web, worker, and its own database if none is set"
    )
    serve.add_argument("--bind", type=address, default=os.environ.get("HUIJIANG_BIND") or ADDRESS, metavar="ADDRESS:PORT",
                       help=f"监听地址 address to listen on ({ADDRESS})")  # fmt: skip
    serve.set_defaults(run=run)
    for name, act in (("web", web), ("worker", worker)):
        parser = commands.add_parser(name)  # started by serve
        parser.add_argument("--bind", default=ADDRESS)
        parser.set_defaults(run=act)


def address(said: str) -> str:
    """An address to listen on.  Raises ArgumentTypeError."""
    host, _colon, number = said.rpartition(":")
    if not host or not is_port(number):
        raise argparse.ArgumentTypeError(f"{said!r}；应为 expected ADDRESS:PORT, such as {ADDRESS}")
    return said


def port(said: str) -> int:
    """A port to listen on; 0 for any that is free.  Raises ArgumentTypeError."""
    if not is_port(said):
        raise argparse.ArgumentTypeError(f"{said!r}；应为 expected 0–65535")
    return int(said)


def is_port(said: str) -> bool:
    return said.isascii() and said.isdigit() and int(said) < 65_536


def refuse_a_taken_address(said: str) -> None:
    """The web's processes would be started again and again.  Raises SupervisorError where nobody can listen."""
    host, _colon, port = said.rpartition(":")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host.strip("[]"), int(port)), family=family).close()
    except OSError as error:
        raise SupervisorError(
            f"{said}: 不能在这里监听 can't listen there: {error.strerror}；换一个地址，或停掉占用它的程序 "
            "choose another, or stop what uses it"
        ) from error


def embedded() -> Postgres | None:
    """The database that the platform brings, unless DATABASE_URL points elsewhere."""
    home = configuration.home()
    return Postgres(places.data(home), places.socket(home)) if configuration.embedded() else None


@contextmanager
def with_database() -> Iterator[None]:
    """The database for one command: the one that runs already, or the embedded one for as long as it takes."""
    server = embedded()
    if server is None or server.answers():
        yield
        return
    with only_one(configuration.home()):
        server.start()
        try:
            server.ensure_database(DATABASE)
            yield
        finally:
            server.stop()


def run(arguments: argparse.Namespace) -> int:
    """Start what is needed; refuse, with the reasons, a database that does not keep the laws."""
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    configuration.web()
    secrets.ensure()
    supervisor = Supervisor(configuration.home(), embedded(), {
        "web": command("web", "--bind", arguments.bind), "worker": command("worker"),
    })  # fmt: skip
    try:
        supervisor.run(before=partial(_refuse_what_cannot_serve, arguments.bind),
                       ready=lambda: print(f"http://{arguments.bind}", flush=True))  # fmt: skip
    except (SupervisorError, PostgresError) as error:
        print(f"huijiang serve: {error}", file=sys.stderr)
        return 1
    shutil.rmtree(configuration.metrics())  # counters of processes that are gone
    return 0


def _refuse_what_cannot_serve(bind: str) -> None:
    """A taken address, and a database that does not keep the laws.  Raises SupervisorError."""
    from huijiang.commands import doctor, upgrade

    refuse_a_taken_address(bind)
    if configuration.embedded():
        upgrade.apply()
    wrong = [each for each in doctor.examine() if each.failed and each.bars]
    if wrong:
        raise SupervisorError("\n".join(f"{each.name}: {each.words}" for each in wrong))


def web(arguments: argparse.Namespace) -> int:
    """gunicorn, as huijiang.server sets it."""
    metrics = configuration.metrics()
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(metrics), "HUIJIANG_BIND": arguments.bind}
    gunicorn = str(Path(sys.executable).with_name("gunicorn"))
    os.execve(gunicorn, [gunicorn, "-c", "python:huijiang.server"], environment)


def worker(arguments: argparse.Namespace) -> int:
    from huijiang.commands.django_setup import set_up

    set_up()
    from huijiang.jobs.worker import work

    work()
    return 0
