"""One worker or firm placed in each place: what it comes to there, and which clause makes the difference."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from tiaowen.check.library import Library
from tiaowen.compare.instruments import Comparison, Instrument, Place, instrument_of
from tiaowen.evaluate.answers import Answer
from tiaowen.evaluate.facts import Facts
from tiaowen.plan.rules import DocumentPlan, Rule
from tiaowen.report.money import Sum
from tiaowen.report.places import answers_elsewhere, county_of
from tiaowen.vocabulary.model import Vocabulary

ENTITLED, UNKNOWN, EXCLUDED, REFUSED, NO_EVENT, NO_CLAUSE = (
    "entitled", "unknown", "excluded", "refused", "no event", "no clause")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reason:
    """A condition that `claims` claims fail (or that can't be told) in one clause."""

    name: str
    number: str
    clause: str
    label: str
    claims: int


@dataclass(slots=True)
class Outcome:
    """What an instrument comes to in one place; `paid` by clause: (name, number, clause) → claims and sum."""

    state: str
    claims: int = 0
    sum: Sum = field(default_factory=Sum)
    waiting: int = 0
    maybe: Sum = field(default_factory=Sum)
    paid: dict[tuple[str, str, str], tuple[int, Sum]] = field(default_factory=dict)
    stops: list[Reason] = field(default_factory=list)
    open: list[Reason] = field(default_factory=list)


@dataclass(slots=True)
class PlacedCase:
    """Outcomes by instrument and place's code; totals by place; `home` is where the facts are from."""

    home: str
    outcomes: dict[tuple[Instrument, str], Outcome]
    totals: dict[str, Sum]
    maybe: dict[str, Sum]
    instruments: list[Instrument]


@dataclass(frozen=True, slots=True)
class Difference:
    """Against the first place.  kind: same, same so far, more, less, not comparable, condition, unknown,
    no clause, no event, only here, neither.

    `low`, `high` in fen: the difference of the sums (0 when it can't be told).
    """

    kind: str
    low: int = 0
    high: int = 0


def place_case(
    library: Library, comparison: Comparison, facts: Facts, region: str,
    progress: Callable[[str, int, int], None] | None = None,
) -> PlacedCase:  # fmt: skip
    """The facts moved to each place of the comparison and evaluated there, drafts included."""
    home = home_of(library, facts, region)
    wide = {plan.id for plan in comparison.wide}
    found = PlacedCase(home, {}, {}, {}, [])
    for done, place in enumerate(comparison.places, start=1):
        _, answers = answers_elsewhere(library, facts, home, place.code, wide)
        found.totals[place.code], found.maybe[place.code] = Sum(), Sum()
        _outcomes(found, place, answers, library.vocabulary)
        if progress is not None:
            progress(place.name, done, len(comparison.places))
    for place in comparison.places:
        for instrument in comparison.instruments:
            if (instrument, place.code) not in found.outcomes:
                offered = bool(comparison.offers(instrument, place))
                found.outcomes[instrument, place.code] = Outcome(NO_EVENT if offered else NO_CLAUSE)
    found.instruments = [
        each for each in comparison.instruments
        if any(found.outcomes[each, p.code].state not in (NO_EVENT, NO_CLAUSE) for p in comparison.places)
    ]  # fmt: skip
    return found


def home_of(library: Library, facts: Facts, region: str) -> str:
    """The county that is moved: the case's own, or the seat of its first firm where the case names a wider place."""
    regions = library.vocabulary.regions
    if len(regions.chain(region)) > 2:
        return county_of(regions, region)
    for table, column in (("organisation", "place"), ("person", "works_in")):
        if table in library.vocabulary.tables:
            for row in facts.rows(table):
                place = row.values.get(column)
                if isinstance(place, str) and region in regions.chain(place):
                    return county_of(regions, place)
    return county_of(regions, region)


def _outcomes(
    found: PlacedCase, place: Place, answers: list[tuple[DocumentPlan, Answer]], vocabulary: Vocabulary
) -> None:
    by_instrument: dict[Instrument, list[tuple[DocumentPlan, Answer]]] = {}
    for plan, answer in answers:
        if answer.rule.kind == "benefit":
            by_instrument.setdefault(instrument_of(answer.rule), []).append((plan, answer))
    for instrument, mine in by_instrument.items():
        outcome = found.outcomes[instrument, place.code] = _outcome(mine, vocabulary)
        found.totals[place.code].join(outcome.sum)
        found.maybe[place.code].join(outcome.maybe)


def _outcome(answers: list[tuple[DocumentPlan, Answer]], vocabulary: Vocabulary) -> Outcome:
    outcome = Outcome(REFUSED)
    stops: Counter[tuple[str, str, str, str]] = Counter()
    waits: Counter[tuple[str, str, str, str]] = Counter()
    states = set()
    for plan, answer in answers:
        rule = answer.rule
        at = (rule.name, plan.number, rule.clause)
        states.add(answer.outcome)
        if answer.outcome == "entitled":
            claims, total = outcome.paid.setdefault(at, (0, Sum()))
            total.add(answer.low, answer.high)
            outcome.paid[at] = (claims + 1, total)
            outcome.claims += 1
            outcome.sum.add(answer.low, answer.high)
            continue
        if answer.outcome == "unknown":
            outcome.waiting += 1
            outcome.maybe.add(0, answer.if_high)
            waits.update(
                list(
                    dict.fromkeys(
                        (*at, label_of(rule, c.label, vocabulary)) for c in answer.checks if c.outcome is None
                    )
                )
            )
        elif answer.outcome == "excluded":
            stops.update(
                list(dict.fromkeys((*at, label or how) for line in answer.lines for label, how in line.fallen))
            )
        else:
            stops.update(
                list(
                    dict.fromkeys(
                        (*at, label_of(rule, c.label, vocabulary)) for c in answer.checks if c.outcome is False
                    )
                )
            )
    outcome.stops = [Reason(*key, n) for key, n in stops.most_common(4)]
    outcome.open = [Reason(*key, n) for key, n in waits.most_common(4)]
    outcome.state = next((s for s in (ENTITLED, UNKNOWN, EXCLUDED) if s in states), REFUSED)
    return outcome


def label_of(rule: Rule, label: str, vocabulary: Vocabulary) -> str:
    """A condition's name; an amount by code is named after its column: say the column's own name."""
    if not label.isascii():
        return label
    tables = [vocabulary.tables[rule.table], *vocabulary.tables.values()]
    return next((table.columns[label].label for table in tables if label in table.columns), label)


def difference(base: Outcome, here: Outcome) -> Difference:
    """How a place differs from the first one, for one instrument."""
    something = (ENTITLED, UNKNOWN)
    if here.state not in something and base.state not in something:
        return Difference("neither")
    if here.state in (NO_CLAUSE, NO_EVENT):
        return Difference(here.state)
    if here.state in (REFUSED, EXCLUDED):
        return Difference("condition")
    if here.state == UNKNOWN:
        return Difference("unknown")
    if base.state != ENTITLED:
        return Difference("only here", here.sum.low, here.sum.high)
    if base.sum.open or here.sum.open:
        return Difference("not comparable")
    low, high = here.sum.low - base.sum.low, here.sum.high - base.sum.high
    if low == high == 0:
        return Difference("same so far" if base.waiting or here.waiting else "same")
    if low >= 0 and high >= 0:
        return Difference("more", low, high)
    return Difference("less", low, high) if low <= 0 and high <= 0 else Difference("not comparable", low, high)
