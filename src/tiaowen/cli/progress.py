"""Progress of long work: one line on standard error, only where someone watches."""

from __future__ import annotations

import sys
import time


class Progress:
    """`label 120/500 24%`, redrawn at most ten times a second on a terminal."""

    def __init__(self, label: str) -> None:
        self.label = label
        self.last = 0.0
        self.watched = sys.stderr.isatty()
        self.started = time.monotonic()

    def __call__(self, done: int, total: int, said: str = "") -> None:
        now = time.monotonic()
        if not self.watched or (now - self.last < 0.1 and done < total):
            return
        self.last = now
        share = 100 * done // total if total else 100
        sys.stderr.write(f"\r\033[K{self.label} {done}/{total} {share}% {said}")
        sys.stderr.flush()

    def note(self, said: str) -> None:
        """What is being done, where its end is not known."""
        if self.watched:
            sys.stderr.write(f"\r\033[K{self.label} {said}")
            sys.stderr.flush()

    def clear(self) -> None:
        """Leave an empty line for what is printed next."""
        if self.watched:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()

    def done(self, said: str = "") -> None:
        """Finish the line, with what came of it."""
        elapsed = time.monotonic() - self.started
        if self.watched:
            sys.stderr.write("\r\033[K")
        sys.stderr.write(f"{self.label} {said} ({elapsed:.1f} s)\n")
        sys.stderr.flush()
