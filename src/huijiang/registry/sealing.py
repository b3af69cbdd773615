"""The identity numbers of a county, sealed by several processes at once: most of its load is this arithmetic.

Each process reads the key file itself, so no key travels.  What comes back are lines for COPY, in order.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.conf import settings

from huijiang.registry.identity import read_document
from huijiang.sealed import keyed_hash, seal
from huijiang.sealed.keys import Ring
from tiaowen.identifiers.result import IdentifierError

WORTHWHILE: Final = 25_000  # numbers for which starting one more process pays
COLUMNS: Final = ("person_id", "origin", "kind", "number", "matched", "matched_hash", "matched_hash_next")

Numbered = list[tuple[int, str, str]]
"""Person's number in the database, id in the folder, identity number."""


@dataclass(frozen=True, slots=True)
class Papers:
    """CSV lines of `COLUMNS`, and the numbers that are none: person, id, the reason."""

    lines: bytes
    refused: list[tuple[int, str, str]]


@dataclass(frozen=True, slots=True)
class Sealing:
    """What every number is sealed with: the contexts of the two columns, the keys of the hashes, the day."""

    number: str
    matched: str
    held: Ring
    on: dt.date

    def papers(self, rows: Numbered) -> Papers:
        """Read and seal some thousands of numbers."""
        return _papers(rows, self.number, self.matched, self.held.active, self.held.coming, self.on)

    def spread(self, blocks: Iterable[Numbered], processes: int) -> Iterator[Papers]:
        """The same for all blocks, in their order, by so many processes; by this one alone when that is 1."""
        if processes < 2:
            yield from map(self.papers, blocks)
            return
        told = (self.number, self.matched, self.held.active, self.held.coming, self.on)
        with ProcessPoolExecutor(
            processes, multiprocessing.get_context("spawn"), _ready, (Path(settings.KEY_FILE), settings.KEY_PROVIDER)
        ) as pool:
            waiting: deque[Future[Papers]] = deque()
            for rows in blocks:
                waiting.append(pool.submit(_papers, rows, *told))
                if len(waiting) > 2 * processes:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()


def processes_for(count: int) -> int:
    """How many processes so many numbers are worth on this machine."""
    return max(1, min(len(os.sched_getaffinity(0)), count // WORTHWHILE))


def _papers(
    rows: Numbered, number: str, matched: str, active: int, coming: int | None, on: dt.date
) -> Papers:  # fmt: skip
    text, refused = io.StringIO(newline=""), list[tuple[int, str, str]]()
    lines = csv.writer(text, lineterminator="\n")
    for pk, origin, said in rows:
        try:
            read = read_document(said, on=on)
        except IdentifierError as error:
            refused.append((pk, origin, error.key.replace(" ", "_")))
            continue
        lines.writerow((
            pk, origin, read.kind, _hex(seal(read.number, number).data), _hex(seal(read.matched, matched).data),
            _hex(keyed_hash(read.matched, matched, active)),
            "" if coming is None else _hex(keyed_hash(read.matched, matched, coming)),
        ))  # fmt: skip
    return Papers(text.getvalue().encode(), refused)


def _hex(value: bytes) -> str:
    return f"\\x{value.hex()}"


def _ready(key_file: Path, provider: str) -> None:
    """A new process: it knows of the platform's settings only the keys, and ends when its parent does."""
    settings.configure(KEY_FILE=key_file, KEY_PROVIDER=provider)
    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
