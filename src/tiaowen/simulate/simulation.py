"""Scenarios side by side over one population; only what a patch touches is run again."""

from __future__ import annotations

import datetime as dt
import os
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tiaowen.check.library import Library
from tiaowen.check.lints import cliffs
from tiaowen.plan.rules import DocumentPlan, Rule
from tiaowen.population.ledger import read_ledger
from tiaowen.population.run_folder import FolderRun, Shared, plans_of, run_folder
from tiaowen.population.store import connect
from tiaowen.problems import Problem
from tiaowen.simulate.cells import Cells, Moved, Part
from tiaowen.simulate.choices import Choice, Results, choices
from tiaowen.simulate.errors import PatchError
from tiaowen.simulate.patch import Scenario, patched_library
from tiaowen.simulate.takeup import FULL, Share, expected
from tiaowen.vocabulary.model import Vocabulary


@dataclass
class Benefit:
    """One benefit of a side: its money in full, and under the take-up assumed."""

    key: str
    name: str
    fund: str
    money: Part
    take_up: Share
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
    assumed_base: int = 0  # the base under the take-up that this scenario assumes
    choices: list[Choice] = field(default_factory=list)
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
    """The base first, then each scenario; the day of the question, the place, the release of the base.

    `names`: `document#benefit` → its name, on whatever side it is; `clauses`: → its clause.
    """

    sides: list[Side]
    on: str
    region: str
    release: str
    names: dict[str, str] = field(default_factory=dict)
    clauses: dict[str, str] = field(default_factory=dict)

    @property
    def base(self) -> Side:
        return self.sides[0]


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
    plans = [plans_of(each, region, drafts) for each in libraries]
    for patch, mine in zip(scenarios, plans[1:], strict=True):
        _applies(library, patch, mine, region)
    return _side_by_side(libraries, plans, folder, scenarios, results, region, drafts, on, memory, since, told)


def simulate_library(
    library: Library, other: Library, folder: Path, results: Path, *, name: str, region: str = "",
    drafts: bool = False, on: dt.date | None = None, memory: str = "1GB",
    told: Callable[[int, int, str], None] | None = None,
) -> Simulation:  # fmt: skip
    """A whole library against another: whatever its files say otherwise, documents added and removed included.

    Results as of `simulate` under `results`; what the folder `base` there holds of the same facts and the same
    rules is not run again.  Raises PopulationError, Unsupported.
    """
    libraries = [library, other]
    plans = [plans_of(each, region, drafts) for each in libraries]
    return _side_by_side(libraries, plans, folder, [Scenario(name, name)], results, region, drafts, on, memory, None,
                         told)  # fmt: skip


def _side_by_side(
    libraries: list[Library], plans: list[list[DocumentPlan]], folder: Path, scenarios: Sequence[Scenario],
    results: Path, region: str, drafts: bool, on: dt.date | None, memory: str, since: Path | None,
    told: Callable[[int, int, str], None] | None,
) -> Simulation:  # fmt: skip
    library = libraries[0]
    outs = [results / ("base" if at == 0 else str(at)) for at in range(len(libraries))]
    results.mkdir(parents=True, exist_ok=True)
    found = Simulation([], "", region, library.release)
    with tempfile.TemporaryDirectory(prefix=".scratch-", dir=results) as scratch:
        connection = connect(memory, Path(scratch))
        try:
            cells = Cells(connection, library.vocabulary, folder, _lasting(since))
            shared: Shared = {}
            runs: list[Results] = []
            base_rules: dict[str, Rule] = {}
            for at, (each, out) in enumerate(zip(libraries, outs, strict=True)):
                run = run_folder(each, folder, out, region=region, drafts=drafts, on=on, memory=memory,
                                 since=since if at == 0 else outs[0], told=told, shared=shared, keep=False)  # fmt: skip
                runs.append(Results(plans[at], run, out))
                found.on = found.on or str(run.ledger.on)
                rules = {rule.key: rule for plan in plans[at] for rule in plan.rules.values()}
                base_rules = base_rules or rules
                found.names |= {key: rule.name for key, rule in rules.items()}
                found.clauses |= {key: rule.clause for key, rule in rules.items()}
                cells.side(at, run, out, rules)
                scenario = scenarios[at - 1] if at else None
                benefits = _benefits(run, rules, scenario or next(iter(scenarios), None), cells, at, each.vocabulary)
                side = Side(scenario.name if scenario else "", benefits, cells.months(at), cells.places(at),
                            cells.payees(at), run.computed, scenario)  # fmt: skip
                if scenario is not None:
                    side.assumed_base = sum(each.expected for each in _benefits(
                        runs[0].run, base_rules, scenario, cells, 0, library.vocabulary).values())  # fmt: skip
                    side.moved = cells.moved(at)
                    side.choices = choices(connection, runs[0], runs[at])
                    side.cliffs_made, side.cliffs_removed = _cliffs(plans[0], plans[at])
                found.sides.append(side)
        finally:
            connection.close()
    return found


def _applies(library: Library, scenario: Scenario, plans: list[DocumentPlan], region: str) -> None:
    """A patch of a document that does not run here would change nothing."""
    for document in scenario.documents:
        if document in {plan.id for plan in plans}:
            continue
        plan = library.plans[document]
        if plan.status == "draft":
            raise PatchError(
                f"{scenario.file} {document}: 是征求意见稿，没有参加计算；加 --drafts，或写 front matter: {{status: in force}} "
                "a draft, not run: add --drafts, or write front matter: {status: in force}"
            )
        place = library.vocabulary.regions.name(plan.region)
        raise PatchError(
            f"{scenario.file} {document}: 在{region or '全部文件'}不适用（{place}，{plan.status}），改了也没有影响 "
            f"does not apply in {region or 'what is run'} ({place}, {plan.status}): its patch would change nothing"
        )


def _lasting(since: Path | None) -> tuple[Path, dict[str, str]] | None:
    """Results of an earlier run that cuts may be kept beside; None where nothing can be written."""
    if since is None or not os.access(since, os.W_OK):
        return None
    return since, {key: each.address for key, each in read_ledger(since).rules.items()}


def _benefits(
    run: FolderRun, rules: dict[str, Rule], scenario: Scenario | None, cells: Cells, side: int, vocabulary: Vocabulary
) -> dict[str, Benefit]:
    found = {}
    for key, rule in rules.items():
        if rule.kind != "benefit":
            continue
        figures = run.ledger.rules[key].figures
        money = Part(figures["low"], figures["high_known"], figures["open"])
        share = scenario.take_up.shares.get(key, FULL) if scenario else FULL
        parts = [] if share.plain else cells.of_one(side, key)
        found[key] = Benefit(key, rule.name, rule.fund, money, share, expected(share, money.low, parts, vocabulary))
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
