"""A small platform for the tests: the real database, and two children that only live."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from huijiang.supervisor import places
from huijiang.supervisor.postgres import Postgres, PostgresError
from huijiang.supervisor.supervisor import Supervisor, SupervisorError

LIVES = {"web": ["/bin/sleep", "600"], "worker": ["/bin/sleep", "601"]}  # told apart by their seconds
SMALL = {"fsync": "off", "shared_buffers": "16MB"}


def main(home: Path) -> int:
    supervisor = Supervisor(
        home,
        Postgres(places.data(home), places.socket(home), SMALL),
        LIVES,
    )
    try:
        supervisor.run(ready=lambda: print("ready", flush=True))
    except (SupervisorError, PostgresError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def become(user: int) -> None:
    """Another user, after everything was imported: that one may have no way to root's Python."""
    places.programs()
    os.setgroups([])
    os.setgid(user)
    os.setuid(user)
    os.environ["HOME"] = "/"


if __name__ == "__main__":
    if len(sys.argv) > 2:
        become(int(sys.argv[2]))
    sys.exit(main(Path(sys.argv[1])))
