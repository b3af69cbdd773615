"""Running the cases of a document against each of its mutants."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from tiaowen.cases.run import CaseRunner
from tiaowen.cases.suite import Case, Suite
from tiaowen.check.document import Source, build
from tiaowen.check.library import Library, order_rules
from tiaowen.language.blocks import Block
from tiaowen.language.yamltext import Mapping
from tiaowen.mutate.mutants import Mutant, front_mutants, mutants
from tiaowen.plan.rules import DocumentPlan

# Target values, natures and years are not counted by a case but held by the figures check.
HELD_BY_FIGURES = {("value",)}


@dataclass(slots=True)
class MutationReport:
    """Counts, survivors, equivalents that were listed, and listed ones that no longer exist."""

    document: str
    total: int = 0
    refused: int = 0
    killed: int = 0
    survivors: list[Mutant] = field(default_factory=list)
    equivalent: list[Mutant] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.survivors and not self.stale


def mutate(
    library: Library, document: str, suite: Suite, equivalents: dict[str, str] | None = None,
    progress: Callable[[int, int], None] | None = None, only: str = "",
) -> MutationReport:  # fmt: skip
    """Try every mutant of a document.

    `equivalents` maps a mutant's key to the reason why no case can tell it apart.
    """
    source = library.sources[document]
    plan = library.plans[document]
    runner = CaseRunner(library, document)
    by_block = _cases_by_block(suite, plan)
    report = MutationReport(document)
    listed = dict(equivalents or {})
    blocks = [b for b in source.blocks.values() if not only or b.id == only]
    every = [m for block in blocks for m in mutants(block, library.vocabulary)
             if not _held_by_figures(block, m)]  # fmt: skip
    for number, mutant in enumerate(every):
        report.total += 1
        if progress is not None:
            progress(number + 1, len(every))
        outcome = _killed(library, source, plan, runner, by_block, mutant)
        if outcome is None:
            report.refused += 1
        elif outcome:
            report.killed += 1
        elif mutant.key in listed:
            report.equivalent.append(mutant)
        else:
            report.survivors.append(mutant)
    if not only:
        _front(library, source, plan, runner, suite, report, listed)
    seen = {m.key for m in report.equivalent}
    report.stale = [] if only else [key for key in listed if key not in seen]
    return report


def _held_by_figures(block: Block, mutant: Mutant) -> bool:
    """A target's value, as written or in a reading of it."""
    if block.kind == "question":
        return mutant.path[0] == "readings" and mutant.path[3:] == ("value",)
    return mutant.path in HELD_BY_FIGURES


def _front(
    library: Library, source: Source, plan: DocumentPlan, runner: CaseRunner, suite: Suite,
    report: MutationReport, listed: dict[str, str],
) -> None:  # fmt: skip
    """The first and the last day in force, each a day off."""
    any_block = next(iter(source.blocks.values()))
    for key, before, after, front in front_mutants(source.read.front, plan.effective, plan.expires):
        changed = replace(source, read=replace(source.read, front=front), problems=[])
        mutated, problems = build(changed)
        order_rules(mutated, problems)
        mutant = Mutant("front matter", (key,), before, after, any_block)
        report.total += 1
        if any(runner.run_case(case, mutated, None, source=changed) for case in suite.cases):
            report.killed += 1
        elif mutant.key in listed:
            report.equivalent.append(mutant)
        else:
            report.survivors.append(mutant)


def _cases_by_block(suite: Suite, plan: DocumentPlan) -> dict[str, list[Case]]:
    """Cases that a change of a block can fail: its own and those of blocks that depend on it."""
    depends: dict[str, set[str]] = {}
    for rule in plan.rules.values():
        for other in rule.asks:
            depends.setdefault(other, set()).add(rule.id)
    for stacking in plan.stackings.values():
        for name in stacking.between:
            depends.setdefault(name, set()).update(stacking.between)
            depends.setdefault(stacking.id, set()).update(stacking.between)
    for question in plan.questions.values():
        about = set(plan.rules) if "all" in question.about else set(question.about)
        depends.setdefault(question.id, set()).update(about)
    found: dict[str, list[Case]] = {}
    for case in suite.cases:
        for key in case.expect:
            found.setdefault(key.split(" ")[0], []).append(case)
    names = {*found, *depends}
    return {
        name: list({id(c): c for each in _reach(name, depends) for c in found.get(each, [])}.values()) for name in names
    }


def _reach(name: str, depends: dict[str, set[str]]) -> list[str]:
    seen = [name]
    for each in seen:
        seen += [other for other in sorted(depends.get(each, ())) if other not in seen]
    return seen


def _killed(
    library: Library, source: Source, plan: DocumentPlan, runner: CaseRunner,
    by_block: dict[str, list[Case]], mutant: Mutant,
) -> bool | None:  # fmt: skip
    """True: a case fails.  None: the checker refuses the mutant.  False: it survives."""
    blocks = {**source.blocks, mutant.block: mutant.changed}
    changed = replace(source, blocks=blocks, problems=[])
    try:
        mutated, problems = build(changed, None, _without(plan, _rebuilt(plan, mutant)))
    except (RecursionError, AssertionError):
        return None
    if any(each.severity == "error" for each in problems):
        return None
    order_rules(mutated, problems)
    cases = by_block.get(mutant.block, [])
    wanted = {key for case in cases for key in (k.split(" ")[0] for k in case.expect)}
    return any(runner.run_case(case, mutated, wanted, source=changed) for case in cases)


def _rebuilt(plan: DocumentPlan, mutant: Mutant) -> set[str]:
    """The blocks that a mutant changes: itself, or what a changed reading patches."""
    if mutant.changed.kind != "question":
        return {mutant.block}
    readings = mutant.changed.mapping("readings")
    patched = {name for _, patch in readings or () if isinstance(patch, Mapping) for name, _ in patch}
    return patched & {*plan.rules, *(target.id for target in plan.targets)}


def _without(plan: DocumentPlan, blocks: set[str]) -> DocumentPlan:
    """The base plan with some blocks to be lowered again."""
    rules = {key: rule for key, rule in plan.rules.items() if key not in blocks}
    targets = [target for target in plan.targets if target.id not in blocks]
    return replace(plan, rules=rules, targets=targets, stackings={})
