"""Scenarios side by side over one population; only what a patch touches is run again."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tiaowen.check.library import Library
from tiaowen.check.lints import cliffs
from tiaowen.plan.rules import DocumentPlan, Rule
from tiaowen.population.run_folder import FolderRun, plans_of, run_folder
from tiaowen.population.store import connect
from tiaowen.problems import Problem
from tiaowen.simulate.cells import Cells, Moved, Part
from tiaowen.simulate.patch import Scenario, patched_library


@dataclass
class Benefit:
    """One benefit of a side: its money in full, and under the take-up assumed."""

    key: str
    name: str
    fund: str
    money: Part
    take_up: int
    expected: int


@dataclass
class Side:
    """The base or a scenario.  `computed`: rules run for it; `moved`: winners and losers by group."""

    name: str
    benefits: dict[str, Benefit]
    months: dict[str, Part]
    places: dict[str, Part]
    payees: dict[str, int]
    computed: list[str]
    scenario: Scenario | None = None
    moved: dict[str, list[Moved]] = field(default_factory=dict)
    cliffs_made: list[Problem] = field(default_factory=list)
    cliffs_removed: list[Problem] = field(default_factory=list)

    @property
    def money(self) -> Part:
        return _sum(each.money for each in self.benefits.values())

    @property
    def expected(self) -> int:
        return sum(each.expected for each in self.benefits.values())

    def funds(self) -> dict[str, Part]:
        """Fund → money; empty where the text names none."""
        found: dict[str, list[Part]] = {}
        for each in self.benefits.values():
            found.setdefault(each.fund, []).append(each.money)
        return {fund: _sum(parts) for fund, parts in sorted(found.items())}


@dataclass
class Simulation:
    """The base first, then each scenario; the day of the question, the place, the release of the base."""

    sides: list[Side]
    on: str
    region: str
    release: str

    @property
    def base(self) -> Side:
        return self.sides[0]


def half_up(fen: int, percent: int) -> int:
    """So many percent of an amount in fen, half a fen up."""
    return (fen * percent * 2 + 100) // 200


def simulate(
    library: Library, folder: Path, scenarios: Sequence[Scenario], results: Path, *, region: str = "",
    drafts: bool = False, on: dt.date | None = None, memory: str = "1GB", since: Path | None = None,
    told: Callable[[int, int, str], None] | None = None, lang: str = "zh",
) -> Simulation:  # fmt: skip
    """Run the base and each scenario into folders under `results` (`base`, `1`, `2` …).

    `since`: results of an earlier `evaluate`, taken over where nothing differs.
    Take-up: a scenario's own percent; the base is shown under the first scenario's.
    Raises PatchError, PopulationError, Unsupported.
    """
    libraries = [library, *(patched_library(library, each, lang) for each in scenarios)]
    outs = [results / ("base" if at == 0 else str(at)) for at in range(len(libraries))]
    results.mkdir(parents=True, exist_ok=True)
    sides: list[Side] = []
    with tempfile.TemporaryDirectory(prefix=".scratch-", dir=results) as scratch:
        connection = connect(memory, Path(scratch))
        try:
            cells = Cells(connection, library.vocabulary, folder)
            day = ""
            plans: list[list[DocumentPlan]] = []
            for at, (each, out) in enumerate(zip(libraries, outs, strict=True)):
                run = run_folder(each, folder, out, region=region, drafts=drafts, on=on, memory=memory,
                                 since=since if at == 0 else outs[0], told=told)  # fmt: skip
                day = day or str(run.ledger.on)
                plans.append(plans_of(each, region, drafts))
                rules = {f"{plan.id}#{name}": rule for plan in plans[-1] for name, rule in plan.rules.items()}
                cells.side(at, run, out, rules)
                scenario = scenarios[at - 1] if at else None
                assumed = scenario or (scenarios[0] if scenarios else None)
                side = Side(scenario.name if scenario else "", _benefits(run, rules, assumed), cells.months(at),
                            cells.places(at), cells.payees(at), run.computed, scenario)  # fmt: skip
                if at:
                    side.moved = cells.moved(at)
                    side.cliffs_made, side.cliffs_removed = _cliffs(plans[0], plans[-1])
                sides.append(side)
        finally:
            connection.close()
    return Simulation(sides, day, region, library.release)


def _benefits(run: FolderRun, rules: dict[str, Rule], scenario: Scenario | None) -> dict[str, Benefit]:
    found = {}
    for key, rule in rules.items():
        if rule.kind != "benefit":
            continue
        figures = run.ledger.rules[key].figures
        money = Part(figures["low"], figures["high_known"], figures["open"])
        percent = scenario.take_up.get(key, 100) if scenario else 100
        found[key] = Benefit(key, rule.name, rule.fund, money, percent, half_up(money.low, percent))
    return found


def _sum(parts: Iterable[Part]) -> Part:
    every = list(parts)
    return Part(sum(p.low for p in every), sum(p.high for p in every), sum(p.open for p in every))


def _cliffs(before: list[DocumentPlan], after: list[DocumentPlan]) -> tuple[list[Problem], list[Problem]]:
    """Cliffs that only the scenario has, and those that only the base has."""

    def every(plans: list[DocumentPlan]) -> dict[tuple[object, ...], Problem]:
        return {(plan.id, each.spot.block, each.values): each for plan in plans for each in cliffs(plan)}

    old, new = every(before), every(after)
    return [new[key] for key in new if key not in old], [old[key] for key in old if key not in new]
