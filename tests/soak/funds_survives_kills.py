"""Two hundred batches, each with a kill at a random step: of the process at work, or of PostgreSQL under it.

`./run soak funds` runs this; SOAK_ROUNDS and SOAK_SEED choose others.  Two rounds run in the ordinary tests.
"""

from __future__ import annotations

import os
import random
import sys
from collections import Counter

from tests.huijiang.funds.kills import bank, survived

ROUNDS = int(os.environ.get("SOAK_ROUNDS", "200"))
SEED = int(os.environ.get("SOAK_SEED", "1"))


def test_nothing_is_paid_twice_and_nothing_is_lost_however_often_somebody_is_killed() -> None:
    chance, seen = random.Random(SEED), Counter[str]()
    with bank() as opened:
        for number in range(ROUNDS):
            kill = survived(opened, number, chance)
            seen[f"{kill.victim} at {kill.step}" if kill else "over before the kill"] += 1
            sys.stderr.write(f"· {number + 1}/{ROUNDS} {kill}\n")
    sys.stderr.write("\n".join(f"  {count:4} {what}" for what, count in sorted(seen.items())) + "\n")
    assert seen["over before the kill"] * 2 < ROUNDS, seen
