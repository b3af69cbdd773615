"""Money: a batch of 100,000 payments built, signed, exported and reconciled; reservations on one line; the trace of a yuan.

`HUIJIANG_BENCH_PAYMENTS` sets another size.  Claims are written past the triggers, as the office's work would leave
them; everything that is measured runs with every trigger.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from bench.funds_steps import STEPS
from bench.serving import installation
from bench.steps import Spent, step

TITLE = "Money: batches, reservations, the trace"
PAYMENTS = int(os.environ.get("HUIJIANG_BENCH_PAYMENTS", "100000"))
POSTINGS = PAYMENTS * 10
RESERVATIONS = 500
Row = tuple[str, str, str]
PROMISED = "< 60 s"


def rows() -> list[Row]:
    """What, measured, promised."""
    with installation() as (home, server):
        told = {name: _step(name, home, server) for name in STEPS}
    size = f"{PAYMENTS:,} payments"
    return [
        (f"a batch of {size} built, frozen and exported as pain.001, each file against its schema", told["send"].told(), PROMISED),
        (f"the same batch signed by two, each signature on every claim ({told['sign'].said})", told["sign"].told(), ""),
        (f"the bank's camt.054 for {size} taken in: payments, ledger, line, claims ({told['settle'].said})",
         told["settle"].told(), PROMISED),
        (f"{RESERVATIONS} reservations on one line ({told['reserve'].said})", told["reserve"].told(),
         "< 60 s"),
        (f"trace of one yuan among {POSTINGS:,} postings, median and most of 50", told["trace"].said, "< 100 ms"),
    ]  # fmt: skip


def _step(name: str, home: Path, server: int) -> Spent:
    return step(f"funds: {name}", ["bench.funds_steps", name, str(PAYMENTS), str(home)], home, server)


if __name__ == "__main__":
    sys.exit("./run bench funds")
