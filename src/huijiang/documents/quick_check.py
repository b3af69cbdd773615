"""The anonymous quick check: one question a page, chosen by what the rules still lack; nothing is stored.

The answers given so far travel in the form, signed; they are in no address, no session, no log.  A made-up
person with one event is judged by the same engine as everybody; what was not asked stays unknown.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache

from django.core import signing

from tiaowen.cases.suite import Case, FactBuilder
from tiaowen.cases.values import ValueProblem, read_value
from tiaowen.check.library import Library
from tiaowen.compare.instruments import usual_places
from tiaowen.evaluate.answers import Answer, Answers, answer_case
from tiaowen.vocabulary.model import Column, Vocabulary
from tiaowen.vocabulary.types import Type

SALT = "huijiang.documents.check"
MOST = 14  # questions; then the answer as far as it is known
ME, FIRM, EVENT = "我", "单位", "这件事"
TABLES = {ME: "person", FIRM: "organisation"}
ASKABLE = ("bool", "code", "date", "month", "year", "int", "quantity", "region")
SKIPPED = "?"
MOST_LENGTH = 60


@dataclass(frozen=True)
class State:
    """What was said so far: place (a region's code), table of the event, `row.column` → value or `?`."""

    place: str = ""
    event: str = ""
    answers: dict[str, str] = field(default_factory=dict)

    def signed(self) -> str:
        return signing.dumps([self.place, self.event, self.answers], salt=SALT, compress=True)

    def with_answer(self, key: str, value: str) -> State:
        return State(self.place, self.event, {**self.answers, key: value})

    @property
    def without_last(self) -> State:
        if not self.answers:
            return State(self.place)
        return State(self.place, self.event, dict(list(self.answers.items())[:-1]))


def read(text: str) -> State:
    """The state of a form; the beginning for one that is not ours."""
    try:
        place, event, answers = signing.loads(text, salt=SALT)
    except signing.BadSignature:
        return State()
    return State(place, event, answers)


@dataclass(frozen=True)
class Question:
    """One fact to ask for: of whom, what, and of which kind."""

    key: str
    row: str
    column: Column
    source: str

    @property
    def kind(self) -> Type:
        return self.column.type


def places(held: Library) -> list[tuple[str, str]]:
    """Where one may be: the places whose documents are in the library."""
    regions = held.vocabulary.regions
    return [(code, regions.path(code)) for code in usual_places(held)]


def events(held: Library, place: str) -> list[tuple[str, str]]:
    """The events about which a document of a place promises a person something."""
    words = held.vocabulary
    used = {
        rule.table for plan in held.in_place(place) for rule in plan.rules.values()
        if rule.kind in ("benefit", "treatment") and not rule.stands_in_for and _personal(words, rule.table)
    }  # fmt: skip
    return [(name, table.label) for name, table in words.tables.items() if name in used]


def _personal(words: Vocabulary, table: str) -> bool:
    """Whether a row of a table is of one person, so that one person can be asked about it."""
    return table == "person" or any(
        column.type.kind == "row" and column.type.name == "person" and column.derived is None
        for column in words.tables[table].columns.values()
    )


@dataclass
class Judged:
    """The answers about the made-up person, and what would settle those that are open."""

    answers: Answers
    found: list[Answer]
    question: Question | None


def judge(held: Library, state: State, on: dt.date) -> Judged:
    """What can be said by now, and the next question: the fact that most open answers wait for."""
    words = held.vocabulary
    case = Case("", "", 0, _given(words, state), {}, {}, on.isoformat(), [])
    facts = FactBuilder(words).build(case)
    answers = answer_case(held, facts, state.place)
    found = [each for plan in answers.plans() for each in answers.of(plan, readings=False) if _mine(each, state)]
    return Judged(answers, found, _next(words, answers, found, state))


def _given(words: Vocabulary, state: State) -> dict[str, str]:
    """The made-up rows as the language of cases writes them; who belongs to whom is filled in."""
    rows: dict[str, list[str]] = {ME: ["person"], FIRM: ["organisation"]}
    if state.event != "person":
        rows[EVENT] = [state.event]
    for name, parts in rows.items():
        for column in words.tables[parts[0]].columns.values():
            if column.type.kind != "row" or column.derived is not None:
                continue
            target = {"person": ME, "organisation": FIRM}.get(column.type.name)
            if target is not None and target != name:
                parts.append(f"{column.name} {target}")
    for key, value in state.answers.items():
        row, _dot, column_name = key.partition(".")
        if value != SKIPPED and row in rows:
            rows[row].append(f"{column_name} {value}")
    return {name: ", ".join(parts) for name, parts in rows.items()}


def _mine(answer: Answer, state: State) -> bool:
    """About the event asked for, and no refusal only because the document does not hold."""
    return (
        answer.rule.kind in ("benefit", "treatment")
        and answer.rule.table == state.event
        and not answer.rule.stands_in_for
    )


def _next(words: Vocabulary, answers: Answers, found: list[Answer], state: State) -> Question | None:
    if len(state.answers) >= MOST:
        return None
    wanted: Counter[tuple[str, str, str, str]] = Counter()
    for each in found:
        if any(check.outcome is False for check in each.checks):
            continue  # nothing that is asked could turn it
        for check in each.checks:
            if check.outcome is None:
                for missing in answers.missing_of(each, check):
                    wanted[missing.table, missing.row, missing.column, missing.source] += 1
    for (table, row, name, source), _count in sorted(wanted.items(), key=lambda each: -each[1]):
        column = words.tables[table].columns.get(name) if table in words.tables else None
        key = f"{row}.{name}"
        if column is None or key in state.answers or column.derived is not None or row not in (ME, FIRM, EVENT):
            continue
        if column.type.kind in ASKABLE and _can_choose(words, column.type):
            return Question(key, row, column, source)
    return None


def _can_choose(words: Vocabulary, kind: Type) -> bool:
    return kind.kind != "code" or bool(words.codes[kind.name].codes) or words.codes[kind.name].open


def regions_near(words: Vocabulary, place: str) -> list[tuple[str, str]]:
    """One place for each distance: here, elsewhere in the city, in the province, outside it."""
    return list(_near(words, place))


@lru_cache(maxsize=64)
def _near(words: Vocabulary, place: str) -> tuple[tuple[str, str], ...]:
    tree = words.regions
    chain = tree.chain(place)
    found = [("here", place)]
    counties = [code for code in sorted(tree.by_code) if len(tree.chain(code)) == len(chain) and code != place]
    for at, name in enumerate(("city", "province"), start=1):
        if len(chain) > at + (1 if name == "city" else 0):
            code = next((each for each in counties if tree.chain(each)[at:] == chain[at:]
                         and tree.chain(each)[:at] != chain[:at]) if name == "city"
                        else (each for each in counties if chain[-1] in tree.chain(each) and chain[1] not in tree.chain(each)), None)  # fmt: skip
            if code is not None:
                found.append((name, code))
    outside = next((each for each in counties if chain[-1] not in tree.chain(each)), None)
    if outside is not None:
        found.append(("outside", outside))
    return tuple(found)


def fitting(words: Vocabulary, kind: Type, text: str) -> str | None:
    """An answer as a fact may be written; None where it does not fit its kind."""
    plain = " ".join(text.split())[:MOST_LENGTH]
    if not plain or any(sign in plain for sign in ",，「」\n"):
        return None
    try:
        value = read_value(words, kind, plain)
    except ValueProblem:
        return None
    return plain if value is not None else None
