"""The one what-if of the county's picture: a firm that trains its own people gets 1,000 yuan a head more."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Final

from tiaowen.check.library import Library
from tiaowen.simulate import read_scenario, simulate
from tiaowen.simulate.simulation import Simulation

PATCH: Final = "own-training-1000-more.yaml"
CHANGED: Final = "xiaoshan-2025-3#employer-grant"
TEXT: Final = """\
name: 企业自主培养资助每人提高 1000 元
xiaoshan-2025-3:
  employer-grant: {amount: {高级工: 2000 元/人, 技师: 2500 元/人, 高级技师: 3000 元/人}}
"""


def run_what_if(
    library: Library, folder: Path, since: Path, results: Path, *, region: str, on: dt.date, memory: str
) -> Simulation:
    """Run the patch against the county; what `since` has finished is taken over.  Raises PatchError, PopulationError."""
    results.mkdir(parents=True, exist_ok=True)
    (results / PATCH).write_text(TEXT, encoding="utf-8")
    scenario = read_scenario(TEXT, PATCH)
    return simulate(library, folder, [scenario], results, region=region, on=on, memory=memory, since=since)
