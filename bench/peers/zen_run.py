"""Runs in zen-engine's own environment: `zen_run.py PEOPLE.json` decides person by person, plain and traced.

Prints JSON: milliseconds per person both ways, and the sums in fen.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import zen
from zen_decision import SUMS, decision


def main(place: str) -> None:
    people: list[dict[str, Any]] = json.loads(Path(place).read_text(encoding="utf-8"))
    made = zen.ZenEngine().create_decision(json.dumps(decision(), ensure_ascii=False))
    made.validate()
    for each in people[:5]:
        made.evaluate(each, {"trace": True})
    plain, traced, totals = [], [], []
    for each in people:
        start = time.perf_counter()
        found = made.evaluate(each)["result"]
        middle = time.perf_counter()
        json.dumps(made.evaluate(each, {"trace": True}), ensure_ascii=False)
        end = time.perf_counter()
        plain.append(1_000 * (middle - start))
        traced.append(1_000 * (end - middle))
        totals.append({rule: int(found[table]) for rule, table in SUMS.items()})
    print(json.dumps({"plain": plain, "traced": traced, "totals": totals}))


if __name__ == "__main__":
    main(*sys.argv[1:])
