"""Instruments × places, from the blocks themselves.

An instrument is a kind of event together with the kind of payee: both are the
vocabulary's tables, so that a new table is a new instrument without any code.
The classification is data, and it is printed beside the comparison.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from tiaowen.check.library import Library
from tiaowen.compare.sums import SumRow, ceiling, rows_of
from tiaowen.plan.rules import DocumentPlan, Rule
from tiaowen.report.places import compared_places, county_of
from tiaowen.vocabulary.model import Vocabulary

UNDETERMINED, NOBODY = "undetermined", "nobody"


@dataclass(frozen=True, slots=True, order=True)
class Instrument:
    """`table` is the event's, `payee` a table, `undetermined` or `nobody`."""

    table: str
    payee: str


@dataclass(frozen=True, slots=True)
class Offer:
    """One benefit of one document.  Money in fen; `most` periods of `every`."""

    key: str
    name: str
    number: str
    clause: str
    draft: bool
    rows: tuple[SumRow, ...]
    low: int
    high: int | None
    every: str
    most: int | None
    per: str
    caps: tuple[str, ...]
    thresholds: tuple[str, ...]
    conditions: tuple[str, ...]
    fund: str


@dataclass(slots=True)
class Place:
    """`code` is where one stands (a county), `of` the places whose own documents count there."""

    code: str
    name: str
    plans: list[DocumentPlan]


@dataclass(slots=True)
class Comparison:
    """`cells` by instrument and place's code; `wide` are documents that hold in every place compared."""

    places: list[Place]
    wide: list[DocumentPlan]
    instruments: list[Instrument]
    cells: dict[tuple[Instrument, str], list[Offer]]
    common: dict[Instrument, list[Offer]]
    labels: dict[str, str] = field(default_factory=dict)
    release: str = ""

    def offers(self, instrument: Instrument, place: Place) -> list[Offer]:
        return self.cells.get((instrument, place.code), [])


def instrument_of(rule: Rule) -> Instrument:
    """The kind of event and the kind of payee of a benefit."""
    payee = rule.pays if isinstance(rule.pays, str) else rule.pays.type.name or UNDETERMINED
    return Instrument(rule.table, payee)


def usual_places(library: Library) -> list[str]:
    """Where documents are from, a city seen from its first county: the default of the comparison."""
    regions = library.vocabulary.regions
    counties = sorted(p.region for p in library.plans.values() if len(regions.chain(p.region)) > 2)
    if not counties:
        return list(dict.fromkeys(plan.region for plan in library.plans.values()))
    return [code for code, _ in compared_places(library, county_of(regions, counties[0]))]


def compare(library: Library, codes: Iterable[str]) -> Comparison:
    """The offers of each place; drafts are included and marked.  `codes` are region codes."""
    regions = library.vocabulary.regions
    codes = list(dict.fromkeys(codes))
    chains = [set(regions.chain(code)[1:]) for code in codes]
    shared = set.intersection(*chains) if len(codes) > 1 else set()
    wide = [plan for plan in library.plans.values() if plan.region in shared and plan.status != "repealed"]
    places = []
    for code in codes:
        plans = [plan for plan in library.in_place(code, drafts=True) if plan.region not in shared]
        plans.sort(key=lambda plan: -len(regions.chain(plan.region)))
        places.append(Place(code, regions.name(code), plans))
    cells: dict[tuple[Instrument, str], list[Offer]] = {}
    common: dict[Instrument, list[Offer]] = {}
    for place in places:
        for plan in place.plans:
            for rule in _benefits(plan):
                cells.setdefault((instrument_of(rule), place.code), []).append(offer(plan, rule, library.vocabulary))
    for plan in wide:
        for rule in _benefits(plan):
            common.setdefault(instrument_of(rule), []).append(offer(plan, rule, library.vocabulary))
    met = {instrument for instrument, _ in cells} | set(common)
    found = Comparison(places, wide, in_order(met, library.vocabulary), cells, common, release=library.release)
    found.labels = {name: table.label for name, table in library.vocabulary.tables.items()}
    return found


def _benefits(plan: DocumentPlan) -> list[Rule]:
    return [rule for rule in plan.rules.values() if rule.kind == "benefit" and not rule.stands_in_for]


def in_order(instruments: Iterable[Instrument], vocabulary: Vocabulary) -> list[Instrument]:
    """By the vocabulary's order of tables."""
    tables = list(vocabulary.tables)
    return sorted(instruments, key=lambda each: (
        tables.index(each.table), tables.index(each.payee) if each.payee in tables else len(tables), each.payee))  # fmt: skip


PERIODS = {"year": "年", "month": "月"}


def _part(text: str, vocabulary: Vocabulary) -> str:
    """A part of a group's key by its Chinese name: `certificate.issuer` is 发证单位."""
    table, *columns = text.split(".")
    label = PERIODS.get(text, text)
    for name in columns:
        column = vocabulary.tables[table].columns.get(name) if table in vocabulary.tables else None
        if column is None:
            return text
        label, table = column.label, column.type.name
    return label


def offer(plan: DocumentPlan, rule: Rule, vocabulary: Vocabulary) -> Offer:
    """One benefit, as the comparison shows it."""
    low, high = ceiling(rule, vocabulary)
    schedule = rule.schedule
    per = rule.unit_noun
    if rule.grouping is not None:
        per = " · ".join(_part(text, vocabulary) for text in rule.grouping.texts)
    return Offer(
        rule.key, rule.name, plan.number, rule.clause, plan.status == "draft",
        tuple(rows_of(rule, vocabulary)), low, high,
        schedule.every if schedule is not None and not schedule.spread else "",
        schedule.most if schedule is not None else None, per,
        tuple(limit.label for limit in rule.limits),
        tuple(f"{each.label}（≥ {each.least} {each.unit}）" for each in rule.thresholds),
        tuple(condition.label for condition in rule.conditions), rule.fund,
    )  # fmt: skip
