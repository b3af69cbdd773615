"""One line per step of set-up, with the time it took, on standard error."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

TICK_SECONDS = 0.1
TAIL_LINES = 15


class SetupError(Exception):
    """Set-up can't go on; the message says what is missing and how to mend it."""


def say(words: str) -> None:
    print(f"· {words}", file=sys.stderr, flush=True)


def step(
    words: str,
    command: Sequence[str | Path],
    *,
    log: Path,
    mend: str,
    environment: Mapping[str, str] | None = None,
) -> None:
    """Run one command quietly, showing that it goes on; keep its output in `log`.

    Raises SetupError with the end of the output and `mend` when the command fails.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    live = sys.stderr.isatty()
    begun = time.monotonic()
    if not live:
        say(f"{words} …")
    with log.open("wb") as output:
        running = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
        )
        try:
            while (code := running.poll()) is None:
                time.sleep(TICK_SECONDS)
                if live:
                    print(f"\r· {words} … {time.monotonic() - begun:.0f} s", end="", file=sys.stderr, flush=True)
        except KeyboardInterrupt:
            running.terminate()
            running.wait()
            raise
    elapsed = time.monotonic() - begun
    outcome = "done" if code == 0 else "failed"
    print(f"{chr(13) if live else ''}· {words}: {outcome} in {elapsed:.1f} s", file=sys.stderr, flush=True)
    if code != 0:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
        tail = "\n".join(f"    {line}" for line in lines[-TAIL_LINES:])
        raise SetupError(f"{words}: the command ended with code {code}. Its last lines:\n{tail}\n{mend}")
