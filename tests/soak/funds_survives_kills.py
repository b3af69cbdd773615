"""Two hundred batches through the platform's own pages, each with a kill, at every step in its turn: of PostgreSQL, the
worker, a process of gunicorn, gunicorn itself, or the supervisor over them all.

`./run soak funds` runs this, for SOAK_MINUTES at most (25); what was done is kept under `.cache/`, and the next run goes on
from there, so that two hundred rounds need not come in one sitting.  SOAK_ROUNDS and SOAK_SEED choose others, and begin
anew.  A few rounds run in the ordinary tests.
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from pathlib import Path

from tests.huijiang.funds.kills import check, rounds_of_the_platform
from tests.huijiang.funds.platform_kills import STEPS

ROUNDS = int(os.environ.get("SOAK_ROUNDS", "200"))
SEED = int(os.environ.get("SOAK_SEED", "1"))
MINUTES = float(os.environ.get("SOAK_MINUTES", "25"))
KEPT = Path(__file__).resolve().parents[2] / ".cache" / "soak-funds.json"


def test_nothing_is_paid_twice_and_nothing_is_lost_however_often_somebody_is_killed() -> None:
    begun, seen = _kept()
    if begun:
        sys.stderr.write(f"· {begun}/{ROUNDS} done before, going on\n")
    done = begun
    with rounds_of_the_platform(begun, ROUNDS, SEED, MINUTES) as told:
        for each in told:
            if "told" in each:
                assert each["told"] == {"missing": 0, "twice": 0}, each
                continue
            check(each)
            done = each["round"] + 1
            seen[f"{each['victim']} at {each['step']}" if each["victim"] else "over before the kill"] += 1
            KEPT.parent.mkdir(exist_ok=True)
            KEPT.write_text(
                json.dumps(
                    {"rounds": ROUNDS, "seed": SEED, "done": done % ROUNDS, "seen": seen if done < ROUNDS else {}}
                )
            )
            sys.stderr.write(
                f"· {done}/{ROUNDS} {each['victim'] or '—'} at {each['step']}, {each['presses']} presses\n"
            )
    sys.stderr.write("\n".join(f"  {count:4} {what}" for what, count in sorted(seen.items())) + "\n")
    if done < ROUNDS:
        sys.stderr.write(f"· {done}/{ROUNDS} in {MINUTES:g} minutes; run it again to go on\n")
    assert done > begun, "no round came to its end"
    if done == ROUNDS >= len(STEPS):
        assert [step for step in STEPS if not any(each.endswith(f" at {step}") for each in seen)] == [], seen
    assert seen["over before the kill"] * 2 < done, seen


def _kept() -> tuple[int, Counter[str]]:
    if not KEPT.is_file():
        return 0, Counter()
    kept = json.loads(KEPT.read_text())
    if (kept["rounds"], kept["seed"]) != (ROUNDS, SEED):
        return 0, Counter()
    return kept["done"], Counter(kept["seen"])
