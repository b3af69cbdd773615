"""The whole platform for kills: PostgreSQL, gunicorn and the worker as children of the supervisor.

HUIJIANG_HOME=HOME python -m tests.huijiang.funds.platform HOME PORT
"""

from __future__ import annotations

import sys
from pathlib import Path

from huijiang.supervisor import places
from huijiang.supervisor.postgres import Postgres
from huijiang.supervisor.supervisor import Supervisor, command

SMALL = {"shared_buffers": "32MB"}  # what is promised after a kill is promised with fsync


def main(home: Path, port: str) -> None:
    Supervisor(home, Postgres(places.data(home), places.socket(home), SMALL), {
        "web": command("web", "--bind", f"127.0.0.1:{port}"), "worker": command("worker"),
    }).run()  # fmt: skip


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
