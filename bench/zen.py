"""Single people in zen-engine and in tiaowen: five clauses as one JDM decision, the ratios whatever they are.

What a decision table can't say is left out of the decision: see `UNSAID`.  A limit or a
stacking can then only take away on our side: people who get less from us are counted and
stated, one who gets more is an error.
"""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path
from typing import Any

from bench import openfisca as ten
from bench.measure import Times
from bench.peers.environment import run, versions

TITLE = "One person beside zen-engine"
PEOPLE = 100_000
CASES = 300
FIVE = ("trainer-grant", "employer-grant", "expert-title-award", "district-prize", "service-subsidy")
TIERS = ("企业级", "区级", "市级", "省级", "国家级", "世界级")
UNSAID = (
    "an unknown fact (a missing value fails a cell, which is a no), a table that is complete for some years only, limits and "
    "stacking over events (once per person, occupation and level; only the higher of two), months of an allowance, groups "
    "over a firm's events (50 certifications in a year), clauses in force by date other than by a cell"
)


def rows() -> list[tuple[str, str, str]]:
    """Plain verdict and traced decision, beside ours."""
    from tiaowen.files import open_library

    library = open_library().require()
    with tempfile.TemporaryDirectory() as scratch:
        folder, told = Path(scratch) / "county", Path(scratch) / "people.json"
        ten.county(folder, PEOPLE)
        people = [person for _, person in ten.sample(folder, CASES)]
        cases = ten.own_cases(library, folder, people)
        told.write_text(json.dumps([context(case) for case in cases], ensure_ascii=False), encoding="utf-8")
        theirs = run("zen", told)
    return _rows(library, cases, theirs)


def _rows(library: Any, cases: list[Any], theirs: dict[str, Any]) -> list[tuple[str, str, str]]:
    explained, found = ten.explained(library, cases)
    verdicts = plain(library, cases)
    other = limited(found, theirs["totals"])
    short, traced = (Times(tuple(sorted(theirs[each]))) for each in ("plain", "traced"))
    version = versions("zen")["zen-engine"]
    return [
        (f"zen-engine {version}, five clauses as decision tables over one person's flattened events, plain result "
         f"({CASES} people, one by one from Python)", _said(short), ""),
        ("the same with trace, the trace as JSON", _said(traced), ""),
        ("tiaowen, the same people: the whole document evaluated over their rows, verdicts and sums", _said(verdicts), ""),
        ("tiaowen, explained: conditions, facts, missing facts, working, readings as JSON", _said(explained), ""),
        ("plain, tiaowen : zen-engine, median", f"{verdicts.median / short.median:.1f} × zen's time", "stated"),
        ("explained, tiaowen : zen-engine traced, median", f"{explained.median / traced.median:.1f} × zen's time", "stated"),
        ("sums of the five", f"equal for {CASES - other} of {CASES} people; {other} get less from tiaowen (once per …, only the "
         "higher), none more", "none more"),
        ("what the decision leaves out (JDM has no form for it short of code in a function node)", UNSAID, ""),
    ]  # fmt: skip


def _said(times: Times) -> str:
    return f"median {times.median:.3f} ms, p95 {times.percentile(0.95):.3f} ms"


def plain(library: Any, cases: list[Any]) -> Times:
    """Verdicts without words and readings."""
    region = library.plans[ten.DOCUMENT].region
    for case in cases[:5]:
        ten.answers_of(library, case, region, readings=False)
    times = []
    for case in cases:
        start = time.perf_counter()
        ten.answers_of(library, case, region, readings=False)
        times.append(1_000 * (time.perf_counter() - start))
    return Times(tuple(sorted(times)))


def limited(ours: list[dict[str, int]], theirs: list[dict[str, int]]) -> int:
    """How many people get less from us, as limits take away; raises Different where we pay more."""
    different = 0
    for mine, other in zip(ours, theirs, strict=True):
        if any(mine[rule] > other[rule] for rule in FIVE):
            ten.agree({rule: mine[rule] for rule in FIVE}, other)
        different += any(mine[rule] < other[rule] for rule in FIVE)
    return different


# -- a case as zen-engine takes it: events with their references followed, days as numbers --------------
def context(case: Any) -> dict[str, Any]:
    tables = case.facts.tables
    mine = {"certificate": "holder", "contest_entry": "contestant", "service": "person", "membership": "person"}
    rows = {
        table: [row for row in tables.get(table, []) if row.values.get(column) is case.person]
        for table, column in mine.items()
    }
    return {
        "certificates": [
            {"day": _day(row.values.get("issued_on")), "level": _text(row.values.get("level")),
             "taught": row.values.get("trained_directly") is True, "trainer_here": _here(_of(row, "trainer", "place")),
             "trainer_kind": _text(_of(row, "trainer", "kind"))}
            for row in rows["certificate"]
        ],
        "entries": [
            {"day": _day(row.values.get("announced_on")), "sent_here": _here(row.values.get("sent_by")),
             "contest_here": _here(_of(row, "contest", "place")), "tier": TIERS.index(_of(row, "contest", "level")),
             "title": _text(row.values.get("title")), "prize": _text(row.values.get("prize"))}
            for row in rows["contest_entry"]
        ],
        "services": [
            {"day": _day(row.values.get("held_on")), "kind": _text(row.values.get("kind")),
             "organiser_here": _here(_of(row, "organiser", "place")), "organiser_kind": _text(_of(row, "organiser", "kind")),
             "pilot": any(each.values["scheme"] == "萧山名匠领航团" and _during(each, row.values["held_on"])
                          for each in rows["membership"])}
            for row in rows["service"]
        ],
    }  # fmt: skip


def _of(row: Any, reference: str, column: str) -> Any:
    there = row.values.get(reference)
    return there.values.get(column) if hasattr(there, "values") else None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _day(day: Any) -> int:
    return day.year * 10_000 + day.month * 100 + day.day if hasattr(day, "year") else 0


def _here(place: Any) -> bool:
    return isinstance(place, str) and place.removeprefix("local-").startswith("330109")


def _during(spell: Any, day: Any) -> bool:
    last = spell.values.get("ended_on")
    return bool(spell.values["started_on"] <= day and (not hasattr(last, "year") or day <= last))
