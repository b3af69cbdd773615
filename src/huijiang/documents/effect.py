"""What a change would do to a county before anybody releases it: two libraries over one snapshot of the registry.

The snapshot is taken once a day into a private folder of the data folder, without names and numbers; what runs
on it without the change is kept beside it, so that only the change is computed.  The folder of another day goes
when the next is made, and each night.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from huijiang.registry.models import Person
from huijiang.registry.snapshot import snapshot
from tiaowen.check.library import Library
from tiaowen.simulate import simulate_library
from tiaowen.simulate.cells import Moved, Part
from tiaowen.simulate.simulation import Benefit, Side, Simulation

Progress = Callable[[int, int | None, str], None]
FRESH: Final = 12 * 3600  # seconds for which a snapshot of the day serves
MEMORY: Final = "1GB"
GROUPS: Final = ("all", "kind", "level", "place", "size")


def effect(base: Library, other: Library, region: str, on: dt.date, progress: Progress) -> dict[str, Any]:
    """Money by fund and benefit, how many people and firms, who gains and who loses; as JSON values, money in fen.

    Raises PopulationError, Unsupported.
    """
    with _folder() as home:
        facts = _facts(home, on, progress)
        results = home / f"{on.isoformat()}-{region}"
        shutil.rmtree(results / "1", ignore_errors=True)
        found = simulate_library(base, other, facts, results, name="change", region=region, on=on, memory=MEMORY,
                                 told=progress)  # fmt: skip
        shutil.rmtree(results / "1", ignore_errors=True)
    return _told(found, region, Person.objects.filter(managed_by=region).count())


@contextmanager
def _folder() -> Iterator[Path]:
    """The private folder, one at a time: a second preview waits for the first."""
    home = Path(settings.DATA) / "preview"
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (home / ".lock").open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield home


def _facts(home: Path, on: dt.date, progress: Progress) -> Path:
    held = home / on.isoformat()
    if held.is_dir() and time.time() - held.stat().st_mtime < FRESH:
        return held
    _clear(home)
    progress(0, None, "snapshot")
    snapshot(held, on, MEMORY)
    return held


def _clear(home: Path) -> int:
    gone = [each for each in home.iterdir() if each.is_dir()]
    for each in gone:
        shutil.rmtree(each, ignore_errors=True)
    return len(gone)


def expire() -> int:
    """Let go of every snapshot; returns how many folders went."""
    with _folder() as home:
        return _clear(home)


# -- in words that a page can show --------------------------------------------------
def _told(found: Simulation, region: str, people: int) -> dict[str, Any]:
    base, other = found.sides
    return {
        "on": found.on, "region": region, "people": people, "before": _side(base), "after": _side(other),
        "benefits": [
            {"key": key, "name": found.names[key], "clause": found.clauses[key],
             "before": _money(base.benefits.get(key)), "after": _money(other.benefits.get(key))}
            for key in dict.fromkeys((*base.benefits, *other.benefits))
            if _money(base.benefits.get(key)) != _money(other.benefits.get(key))
        ],
        "moved": {group: [_moved(each) for each in other.moved.get(group, [])] for group in GROUPS},
        "cliffs": [each.words("zh") for each in other.cliffs_made],
        "computed": len(other.computed),
    }  # fmt: skip


def _side(side: Side) -> dict[str, Any]:
    return {"money": _part(side.money), "funds": {fund: _part(each) for fund, each in side.funds().items()},
            "payees": side.payees}  # fmt: skip


def _part(part: Part) -> list[int]:
    return [part.low, part.high, part.open]


def _money(benefit: Benefit | None) -> list[int] | None:
    return None if benefit is None else _part(benefit.money)


def _moved(each: Moved) -> list[Any]:
    return [each.label, each.winners, each.gained, each.losers, each.lost]
