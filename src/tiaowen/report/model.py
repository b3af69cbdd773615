"""What a report says, ready to be shown: plain values, no engine objects, no interface words."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from tiaowen.report.money import Sum

READY, UNKNOWN, NEAR, NO, EXCLUDED = "ready", "unknown", "near", "no", "excluded"
STATES = (READY, UNKNOWN, NEAR, NO, EXCLUDED)
FIRM, PEOPLE, OTHERS, UNSETTLED = "firm", "people", "others", "unsettled"
AUDIENCES = (FIRM, PEOPLE, OTHERS, UNSETTLED)


@dataclass(frozen=True, slots=True)
class Paper:
    """A document: number, title, who issued it, and from when to when it holds."""

    id: str
    number: str
    title: str
    place: str
    status: str
    issuers: tuple[str, ...]
    effective: dt.date | None
    expires: dt.date | None

    @property
    def draft(self) -> bool:
        return self.status == "draft"


@dataclass(slots=True)
class FactLine:
    """A fact that a condition read: `values` holds each distinct value with its number of claims."""

    label: str
    source: str
    values: list[tuple[str, int]] = field(default_factory=list)

    @property
    def varies(self) -> bool:
        return len(self.values) > 1


@dataclass(slots=True)
class Condition:
    """One condition over the claims of a card: how many meet it, fail it, leave it open."""

    label: str
    kind: str
    met: int = 0
    unmet: int = 0
    unknown: int = 0
    facts: list[FactLine] = field(default_factory=list)

    @property
    def outcome(self) -> str:
        if self.unmet:
            return "unmet"
        return "unknown" if self.unknown else "met"


@dataclass(slots=True)
class ClaimRow:
    """One claim of a card: for whom, about what, how much, on which facts that differ by row."""

    who: str
    day: str
    low: int
    high: int | None
    due_low: int
    due_high: int | None
    place: str
    varying: list[tuple[str, str]] = field(default_factory=list)
    working: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


@dataclass(slots=True)
class StepLine:
    """What would turn refusals: the condition, what it needs, from which day, how many, what it brings."""

    label: str
    needs: str
    count: int
    sum: Sum
    days: list[tuple[str, str, int, int | None]] = field(default_factory=list)  # day, who, low, high
    who: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Loss:
    """What a limit or a stacking rule took away: its name, how, from how many, how much."""

    label: str
    how: str
    count: int = 0
    sum: Sum = field(default_factory=Sum)


@dataclass(slots=True)
class ReadingLine:
    """One reading of a question: what the benefit's claims would come to under it."""

    reading: str
    runs: bool
    ready: int
    unknown: int
    sum: Sum


@dataclass(slots=True)
class QuestionLine:
    """A question of the text about one benefit."""

    id: str
    asks: str
    readings: list[ReadingLine]

    @property
    def matters(self) -> bool:
        first = self.readings[0]
        seen = (first.ready, first.unknown, first.sum)
        return any((each.ready, each.unknown, each.sum) != seen for each in self.readings)


@dataclass(slots=True)
class Card:
    """The claims of one benefit that stand alike: same state, same kind of payee."""

    key: str
    name: str
    paper: Paper
    clause: str
    fund: str
    noun: str
    state: str
    audience: str
    payees: list[str]
    order: int
    count: int = 0
    sum: Sum = field(default_factory=Sum)
    due: Sum = field(default_factory=Sum)
    later: Sum = field(default_factory=Sum)
    conditions: list[Condition] = field(default_factory=list)
    rows: list[ClaimRow] = field(default_factory=list)
    explained: int = 0
    working: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    steps: list[StepLine] = field(default_factory=list)
    losses: list[Loss] = field(default_factory=list)
    more: tuple[int, int | None, str] | None = None
    more_who: str = ""
    shares: list[str] = field(default_factory=list)
    in_kind: str = ""
    unverified: list[str] = field(default_factory=list)
    questions: list[QuestionLine] = field(default_factory=list)

    @property
    def left_out(self) -> int:
        return self.count - len(self.rows)


@dataclass(slots=True)
class Refusal:
    """A benefit's claims that are not met: how many, and which conditions stand in the way."""

    name: str
    paper: Paper
    clause: str
    noun: str
    count: int
    reasons: list[tuple[str, int]]
    order: int


@dataclass(slots=True)
class Treatment:
    """A treatment or duty over all its rows: counts by outcome, and what it gives."""

    kind: str
    name: str
    paper: Paper
    clause: str
    noun: str
    gives: list[str]
    counts: dict[str, int]
    waits: list[str]
    reasons: list[tuple[str, int]]
    facts: list[tuple[str, str, str]]
    strength: str
    order: int


@dataclass(slots=True)
class Gap:
    """A column (or a line of the form, or something outside the roster) that would settle claims.

    `rows` are the workbook's rows in which it is blank; `alone` counts the claims that wait for
    nothing else, `sum` is what all claims that wait for it may come to.
    """

    kind: str  # column, statement, outside
    sheet: str
    header: str
    said: str
    source: str
    rows: list[int]
    benefits: list[str]
    claims: int
    alone: int
    sum: Sum
    alone_sum: Sum
    treatments: int = 0
    now: str = ""


@dataclass(slots=True)
class Offer:
    """What a place pays for one kind of event: one benefit, one kind of payee."""

    name: str
    number: str
    clause: str
    audience: str
    payees: list[str]
    ready: int
    sum: Sum
    unknown: int
    maybe: Sum


@dataclass(slots=True)
class PlaceColumn:
    """A place in the comparison: its documents, its sums by payee, what it pays by kind of event."""

    code: str
    name: str
    example: str
    papers: list[Paper]
    home: bool
    offers: dict[str, list[Offer]]
    why_none: dict[str, tuple[str, int, str]]
    sums: dict[str, Sum]
    maybe: dict[str, Sum]

    @property
    def draft(self) -> bool:
        return any(paper.draft for paper in self.papers)

    @property
    def rest(self) -> Sum:
        """What goes to other bodies, or to a payee that is not settled."""
        found = Sum()
        found.join(self.sums[OTHERS])
        found.join(self.sums[UNSETTLED])
        return found

    @property
    def all_maybe(self) -> Sum:
        """What more information may add, for all payees."""
        found = Sum()
        for each in self.maybe.values():
            found.join(each)
        return found


@dataclass(slots=True)
class FundLine:
    fund: str
    by: dict[str, Sum]
    sum: Sum
    due: Sum
    later: Sum
    maybe: Sum


@dataclass(slots=True)
class Report:
    """All that the page, the terminal and the workbook of results show."""

    firm: str
    place: str
    on: dt.date
    release: str
    staff: int
    source: str
    sample: bool
    papers: list[Paper]
    cards: list[Card]
    refusals: list[Refusal]
    treatments: list[Treatment]
    duties: list[Treatment]
    gaps: list[Gap]
    places: list[PlaceColumn]
    instruments: list[tuple[str, str]]
    funds: list[FundLine]
    warnings: list[tuple[str, str]]
    elsewhere: str = ""

    def of(self, state: str, audience: str = "") -> list[Card]:
        """The cards of a state, largest first, then in the documents' order."""
        found = [c for c in self.cards if c.state == state and (not audience or c.audience == audience)]
        return sorted(found, key=lambda card: (AUDIENCES.index(card.audience), -card.sum.low, card.order))

    def silent(self, table: str) -> list[PlaceColumn]:
        """The places whose documents pay nothing for a kind of event."""
        return [p for p in self.places if table not in p.offers and table not in p.why_none]

    def sum_of(self, state: str, audience: str = "") -> Sum:
        """The sum over the cards of a state."""
        found = Sum()
        for card in self.of(state, audience):
            found.join(card.sum)
        return found

    def claims_of(self, state: str) -> int:
        return sum(card.count for card in self.of(state))
