"""The plan: what a checked document says, ready to be executed.

A rule reads one event table.  Its steps always run in this order: rows in force,
joined rows, conditions, threshold, amount per row or group, schedule, limits in
file order, stacking, share.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from tiaowen.language.sentences import TargetValue
from tiaowen.plan.amounts import Amount
from tiaowen.plan.terms import Closure, Term
from tiaowen.problems import Spot

JUDGED = "judged by "  # a condition that the text leaves to somebody, who is named after it


@dataclass(frozen=True, slots=True)
class Condition:
    """A labelled condition.  `joined` says that it reads a joined row."""

    label: str
    term: Term
    text: str
    spot: Spot
    joined: bool = False

    @property
    def judge(self) -> str:
        """To whose judgement the text leaves it; empty where it does not."""
        return self.text.removeprefix(JUDGED).strip() if self.text.startswith(JUDGED) else ""


@dataclass(frozen=True, slots=True)
class Joined:
    """A further row that must go with the event row; `label` names it in answers."""

    name: str
    table: str
    slot: int
    link: Term
    label: str
    closure: Closure


@dataclass(frozen=True, slots=True)
class Threshold:
    """At least `least` rows (or distinct persons) of those that pass, per key."""

    label: str
    least: int
    persons: bool
    keys: tuple[Term, ...]
    ignoring: frozenset[str]
    closure: Closure
    unit: str
    spot: Spot


@dataclass(frozen=True, slots=True)
class Limit:
    """kind: count (`once` is 1), money, highest, difference.  `most` in rows or fen."""

    label: str
    kind: str
    most: int
    keys: tuple[Term, ...]
    closure: Closure
    text: str
    spot: Spot
    events: bool = False  # a count of events, though each pays in several periods


@dataclass(frozen=True, slots=True)
class Schedule:
    """Payments per period.  every: month, year, day; `most` periods; spread: equal shares."""

    every: str
    begin: Term
    until: Term | None
    most: int | None
    part: str
    past_expiry: str
    conditions: tuple[Condition, ...]
    spread: int


@dataclass(frozen=True, slots=True)
class Instalment:
    label: str
    due: Term
    conditions: tuple[Condition, ...]
    amount: Amount


@dataclass(frozen=True, slots=True)
class Share:
    """Part of a payment that goes on: `numerator / denominator`, at most (up_to) or exactly."""

    label: str
    numerator: int
    denominator: int
    up_to: bool
    to: Term


@dataclass(frozen=True, slots=True)
class Grouping:
    """One payment per group of event rows."""

    keys: tuple[Term, ...]
    closure: Closure
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """What a treatment gives: words, or words by a code."""

    words: str
    term: Term | None = None
    rows: tuple[tuple[tuple[str, ...], str], ...] = ()
    otherwise: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class FixedBy:
    """A local rule that settles part of a rule; `when` None: wherever and whenever it holds."""

    key: str
    number: str
    clause: str
    when: Term | None


@dataclass(slots=True, eq=False)
class Rule:
    """A benefit, treatment, duty or risk check over one event table.

    `pays` is a term, or one of `undetermined`, `nobody`.  Amounts are fen.
    """

    id: str
    kind: str
    name: str
    document: str
    clause: str
    table: str
    date: Term | None
    conditions: tuple[Condition, ...]
    spot: Spot
    joined: tuple[Joined, ...] = ()
    effective: dt.date | None = None
    expires: dt.date | None = None
    since_year: bool = False
    by_application: bool = False  # in force is judged on the day asked, not the event's day
    pays: Term | str = "undetermined"
    pays_text: str = ""
    beneficiary: Term | None = None
    applicant: Term | None = None
    in_kind: str = ""
    fund: str = ""
    thresholds: tuple[Threshold, ...] = ()
    grouping: Grouping | None = None
    amount: Amount | None = None
    schedule: Schedule | None = None
    instalments: tuple[Instalment, ...] = ()
    limits: tuple[Limit, ...] = ()
    shares: tuple[Share, ...] = ()
    stands_in_for: str = ""
    gives: Words | None = None
    to: Term | None = None
    also_to: tuple[Term, ...] = ()
    purposes: tuple[str, ...] = ()
    modality: str = ""
    must: tuple[Condition, ...] = ()
    checks: tuple[str, ...] = ()
    action: str = ""
    tells: str = ""  # what people are told of a hit
    listed: str = ""  # the number of a risk check in the field's list (R12)
    because: str = ""
    again: bool = False  # looked at again after payment
    slots: int = 4
    unit_noun: str = ""
    unverified: tuple[str, ...] = ()
    fixed_by: tuple[FixedBy, ...] = ()
    asks: tuple[str, ...] = ()  # benefits whose verdict it needs (`eligible`)
    compiled: Any = field(default=None, repr=False)  # the evaluator's own, made once

    @property
    def key(self) -> str:
        """`document#id`, unique in a library."""
        return f"{self.document}#{self.id}"

    @property
    def judges(self) -> dict[str, str]:
        """The conditions that the text leaves to a judgement: label → whose."""
        return {each.label: each.judge for each in self.conditions if each.judge}


@dataclass(slots=True)
class Target:
    """An indicator and the value promised.  mode: rows, persons, distinct, averages, sums, reported."""

    id: str
    name: str
    row: str
    document: str
    clause: str
    table: str
    mode: str
    path: Term | None
    conditions: tuple[Condition, ...]
    share: tuple[Condition, ...]
    value: TargetValue
    low: int | None
    high: int | None
    unit: str
    nature: str
    deadline: dt.date | None
    years: tuple[int, int] | None
    lead: str
    support: tuple[str, ...]
    date: Term | None
    closure: Closure | None
    spot: Spot
    slots: int = 4
    base: dt.date | None = None  # growth: the day whose stock it is compared with


@dataclass(slots=True)
class Stacking:
    """How benefits that pay the same thing add up.

    rule: all are paid, only the highest, only one, in this order, difference only.
    `keys` holds, per benefit, the terms of `same`.
    """

    id: str
    document: str
    clause: str
    between: tuple[str, ...]
    rule: str
    keys: dict[str, tuple[Term | str, ...]]
    limits: tuple[Limit, ...]
    limit_keys: dict[str, dict[str, tuple[Term | str, ...]]]
    because: str
    decided: str
    spot: Spot

    @property
    def across(self) -> bool:
        """Whether it names benefits of other documents."""
        return any("#" in name for name in self.between)


@dataclass(slots=True)
class Question:
    """Unclear wording: its readings as patches of blocks, and the one that runs."""

    id: str
    document: str
    clause: str
    asks: str
    about: tuple[str, ...]
    readings: tuple[str, ...]
    runs: str
    decided: str
    because: str
    spot: Spot


@dataclass(slots=True)
class Note:
    kind: str
    clause: str
    because: str
    figures: tuple[str, ...]
    elsewhere: tuple[str, ...]
    spot: Spot


@dataclass(slots=True)
class DocumentPlan:
    """One document under one choice of readings."""

    id: str
    number: str
    title: str
    region: str
    status: str
    issuers: tuple[str, ...]
    issued: dt.date | None
    effective: dt.date | None
    expires: dt.date | None
    rules: dict[str, Rule] = field(default_factory=dict)
    targets: list[Target] = field(default_factory=list)
    stackings: dict[str, Stacking] = field(default_factory=dict)
    questions: dict[str, Question] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    order: tuple[str, ...] = ()
