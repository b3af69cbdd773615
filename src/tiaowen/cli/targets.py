"""Targets after a population run: `targets.json` beside the summary, and a line for each on the terminal."""

from __future__ import annotations

import argparse
import datetime as dt
import json
from typing import Any

from tiaowen.check.library import Library

TARGETS = "targets.json"


def write_targets(arguments: argparse.Namespace, library: Library, on: dt.date | None) -> list[str]:
    """Count the targets of the documents that ran, write them to the folder of results; the lines to print.

    Raises PopulationError, Unsupported, OSError.
    """
    from tiaowen.population.ledger import write_whole
    from tiaowen.population.targets import measure_targets

    found = measure_targets(library, arguments.file, region=arguments.region or "", drafts=arguments.drafts, on=on,
                            memory=arguments.memory)  # fmt: skip
    rows = [as_json(each) for each in found]
    told = {"release": library.release, "region": arguments.region or "", "targets": rows}
    write_whole(arguments.out / TARGETS, json.dumps(told, ensure_ascii=False, indent=1) + "\n")
    return lines(found, arguments.lang)


def as_json(counted: Any) -> dict[str, Any]:
    """A stable shape.  Shares are hundredths of a per cent, money fen; a null end is open."""
    from tiaowen.evaluate.bound import ends
    from tiaowen.evaluate.standing import standing, when

    target, measure = counted.target, counted.measure
    low, high = ends(measure.value)
    value = target.value
    return {
        "document": target.document, "clause": target.clause, "id": target.id, "row": target.row,
        "name": target.name, "mode": target.mode, "nature": target.nature, "unit": target.unit,
        "qualifier": value.qualifier, "striving": value.striving,
        "promised": {"low": target.low, "high": target.high}, "counted": {"low": low, "high": high},
        "standing": standing(measure, counted.on), "on": counted.on.isoformat(), "until": when(target),
        "lead": target.lead, "with": list(target.support),
    }  # fmt: skip


def lines(found: list[Any], lang: str) -> list[str]:
    """One line per target: standing, name, counted, promised, by when, who leads."""
    from tiaowen.evaluate.standing import STANDINGS, WORDS, promised, seen, standing, when

    at = 0 if lang == "zh" else 1
    told = []
    ranked = sorted(found, key=lambda each: STANDINGS.index(standing(each.measure, each.on)))
    for each in ranked:
        target = each.target
        name = f"{target.name} {target.row}".strip()
        by = f"到 {when(target)}" if lang == "zh" else f"by {when(target)}"
        told.append(f"{WORDS[standing(each.measure, each.on)][at]}  {name}  {seen(each.measure, lang)} / "
                    f"{promised(target, lang)}  {by}  {target.lead or '—'}")  # fmt: skip
    return told
