"""Ten million people: whether time and memory grow with the people and no faster.  `./run bench population-10m`."""

from __future__ import annotations

import tempfile
from pathlib import Path

from bench import population, population_data
from bench.population import Side, side

TITLE = "Populations: ten million people"
PEOPLE = 10_000_000


def rows() -> list[tuple[str, str, str]]:
    """The ten benefits over a million and over ten million people, one after the other."""
    one, ten = _measured(PEOPLE // 10), _measured(PEOPLE)
    growth = ten.queries / one.queries
    return [
        (f"ten benefits, {PEOPLE // 10:,} people", _told(one), ""),
        (f"ten benefits, {PEOPLE:,} people (30 M certificates, 20 M employments, 20 M insurance spells)",
         _told(ten), "< 2 GB"),
        ("CPU time, ten million to one million", f"{growth:.1f} ×", "linear: about 10"),
    ]  # fmt: skip


def _told(found: Side) -> str:
    return f"{found.queries:.1f} CPU s ({found.whole:.1f} with the check of the folder), {found.peak} MiB"


def _measured(people: int) -> Side:
    with tempfile.TemporaryDirectory(prefix="tiaowen-bench-") as scratch:
        facts = Path(scratch) / "facts"
        population_data.write(facts, people)
        return side("plan", facts, Path(scratch) / "plan", memory="1GB")


__all__ = ["PEOPLE", "TITLE", "population", "rows"]
