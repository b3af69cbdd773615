"""What one person or firm is owed now: evaluated when asked, with every condition, its fact and its clause.

Facts of other people, which a condition may read (a cap that a team shares, say), are counted and never shown.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from huijiang.documents import library
from huijiang.entitlements import reach
from huijiang.entitlements.models import State
from huijiang.registry import facts as registry
from huijiang.registry.vocabulary import vocabulary
from tiaowen.check.library import Library
from tiaowen.evaluate.answers import Answer, Answers, unverified
from tiaowen.evaluate.facts import Row
from tiaowen.evaluate.lines import Check
from tiaowen.explain.reading import Fact
from tiaowen.plan.terms import Term

ANOTHERS = "（涉及他人，不显示）"
HIDDEN = "（按规定不显示）"
Sees = Callable[[str, str, str, str], bool]  # table, column, managing region, row
"""Whether the reader may see a column of a table in a row that a region manages."""


def _everything(table: str, column: str, managed_by: str, row: str) -> bool:
    return True


@dataclass(frozen=True)
class FactShown:
    """A fact that a condition read: its name and value, the register and the day it comes from."""

    label: str
    value: str
    source: str
    as_of: dt.date | None
    known: bool
    table: str
    column: str
    row: str = ""  # empty where the row is about somebody else


@dataclass(frozen=True)
class MissingShown:
    """What would settle an open condition, and who has it: a register, or (no table) a list not yet published."""

    label: str
    source: str
    table: str = ""


@dataclass(frozen=True)
class Condition:
    """`outcome`: True met, False unmet, None unknown.  `kind`: force (the document holds), fact, join, threshold,
    amount, while, must; open: left by the text to somebody, whom `missing` names: no register can settle it.

    `facts` and `missing` are looked up when asked for: most conditions of a page stand folded.
    """

    label: str
    outcome: bool | None
    kind: str
    read: Callable[[], tuple[FactShown, ...]] = field(repr=False, compare=False)
    lacks: Callable[[], tuple[MissingShown, ...]] = field(repr=False, compare=False)

    @cached_property
    def facts(self) -> tuple[FactShown, ...]:
        return self.read()

    @cached_property
    def missing(self) -> tuple[MissingShown, ...]:
        return self.lacks()


@dataclass(frozen=True)
class Step:
    """The one condition in the way: what it needs, what it would bring (fen), and from which day by time alone."""

    label: str
    needs: str
    low: int
    high: int | None
    day: dt.date | None


@dataclass(frozen=True)
class Question:
    """What is unclear in the text, and what each reading would make of this result; `runs` is the one in use."""

    asks: str
    runs: str
    decided_by: str
    readings: tuple[tuple[str, str, int, int | None], ...]


@dataclass(frozen=True)
class Entitlement:
    """One benefit for one event or group.  Money in fen; `high` None is open; `if_…`: once all is known.

    The working, the readings and what is unverified are worked out when asked for, from the same evaluation.
    """

    key: str
    name: str
    kind: str
    state: State
    document: str
    document_id: str
    title: str
    clause: str
    fund: str
    holder: str
    what: str
    day: dt.date | None
    low: int
    high: int | None
    due_low: int
    due_high: int | None
    if_low: int
    if_high: int | None
    payee: str
    to_me: bool
    conditions: tuple[Condition, ...]
    step: Step | None
    gives: str
    taken_away: tuple[tuple[str, str], ...]
    issuers: tuple[str, ...]
    effective: dt.date | None
    expires: dt.date | None
    periods: int
    _told: _Told = field(repr=False, compare=False)

    @cached_property
    def working(self) -> tuple[str, ...]:
        """The amount, row by row."""
        return tuple(self._told.said.working_of(self._told.answer))

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """Those whose readings disagree about this result."""
        return tuple(self._told.questions())

    @cached_property
    def unverified(self) -> tuple[str, ...]:
        """Lists and figures behind it that nobody has verified."""
        return tuple(unverified(self._told.said.library, self._told.answer.rule))

    @property
    def open(self) -> tuple[Condition, ...]:
        """Unmet first, then unknown: what stands in the way."""
        return tuple(sorted((c for c in self.conditions if c.outcome is not True), key=lambda c: c.outcome is None))

    @property
    def met(self) -> tuple[Condition, ...]:
        return tuple(each for each in self.conditions if each.outcome is True)


@dataclass(frozen=True)
class Result:
    """Everything about one person or firm on a day.  `beyond`: rules that reach too far to be judged alone."""

    on: dt.date
    region: str
    release: str
    entitlements: tuple[Entitlement, ...]
    beyond: tuple[str, ...] = field(default=())
    own: Mapping[str, Sequence[Row]] = field(default_factory=dict, compare=False, repr=False)  # about them, by table

    def of(self, state: State) -> tuple[Entitlement, ...]:
        return tuple(each for each in self.entitlements if each.state is state)

    @property
    def money(self) -> tuple[Entitlement, ...]:
        """What can be claimed now and goes to the one asked about."""
        return tuple(each for each in self.of(State.READY) if each.to_me and each.kind == "benefit")

    @property
    def low(self) -> int:
        """What is certain to be due by now, in fen."""
        return sum(each.due_low for each in self.money)

    @property
    def high(self) -> int | None:
        """What it may come to by now; None: open."""
        ends = [each.due_high for each in self.money]
        return None if None in ends else sum(each for each in ends if each is not None)

    def find(self, key: str, holder: str) -> Entitlement | None:
        return next((each for each in self.entitlements if (each.key, each.holder) == (key, holder)), None)


def of_person(pk: int, region: str, on: dt.date, sees: Sees = _everything) -> Result:
    """What a person is owed in a place on a day.  Raises NoSuchRow."""
    placed = library.placed(region)
    near = reach.of_people(placed, region)
    case = registry.facts_of_person(pk, on, near.ties, placed.vocabulary)
    case.own = {each for each in case.own if _about(case, *each)}
    return _result(case, placed, near, region, on, sees)


def of_organisation(pk: int, region: str, on: dt.date, sees: Sees = _everything, only: str = "") -> Result:
    """What an organisation is owed in a place on a day, of one benefit where `only` names it.  Raises NoSuchRow."""
    placed = library.placed(region)
    near = reach.of_one(placed, region, only) if only else reach.of_organisations(placed, region)
    case = registry.facts_of_organisation(pk, on, near.ties, placed.vocabulary)
    return _result(case, placed, near, region, on, sees)


def _about(case: registry.RegistryCase, table: str, row: str) -> bool:
    """Whether a row that names somebody is about them: their own certificate, not that of their spouse or apprentice."""
    subject = vocabulary().tables[table].person
    if table == "person":
        return row == case.person.id
    found = next(each for each in case.facts.tables[table] if each.id == row)
    return bool(subject) and found.values.get(subject) is case.person


def _result(
    case: registry.RegistryCase, placed: Library, near: reach.Reach, region: str, on: dt.date, sees: Sees
) -> Result:
    case.facts.brief = True  # what is out of force is not shown
    said = Answers(placed, reach.evaluation(placed, case.facts, near), region)
    found = []
    for plan in placed.in_place(region):
        answers = said.of(plan, readings=False)
        found += [
            _Told(case, said, answer, answers, sees).entitlement()
            for answer in answers
            if answer.outcome not in ("not in force", "not applicable")
            and answer.rule.key not in case.beyond
            and case.concerns(answer)
        ]
    order = list(State)
    found.sort(key=lambda each: (order.index(each.state), not each.to_me, -(each.low or each.if_low), each.key))
    own = {table: [each for each in rows if (table, each.id) in case.own] for table, rows in case.facts.tables.items()}
    return Result(on, region, placed.release, tuple(found), tuple(sorted(case.beyond)), own)


class _Told:
    """One answer in plain values.  `answers` are all of its document: readings look at a rule's together."""

    def __init__(
        self, case: registry.RegistryCase, said: Answers, answer: Answer, answers: list[Answer], sees: Sees
    ) -> None:
        self.case, self.said, self.answer, self.answers, self.sees = case, said, answer, answers, sees

    def entitlement(self) -> Entitlement:
        answer = self.answer
        rule, plan, line = answer.rule, answer.document, answer.lines[0]
        step = self._step()
        return Entitlement(
            key=rule.key, name=rule.name, kind=rule.kind, state=self._state(step), document=plan.number,
            document_id=plan.id, title=plan.title, clause=rule.clause, fund=rule.fund,
            holder=f"{rule.table}:{answer.holder}", what=self._what(), day=line.date if isinstance(line.date, dt.date) else None,
            low=answer.low, high=answer.high, due_low=answer.due_low, due_high=answer.due_high,
            if_low=answer.if_low, if_high=answer.if_high, payee=self._who(answer.payee),
            to_me=rule.kind != "benefit" or self._to_me(),
            conditions=tuple(self._condition(each) for each in answer.checks), step=step,
            gives=line.words,
            taken_away=tuple(dict.fromkeys(fallen for each in answer.lines for fallen in each.fallen)),
            issuers=plan.issuers, effective=plan.effective, expires=plan.expires, periods=len(answer.lines), _told=self,
        )  # fmt: skip

    def questions(self) -> Iterable[Question]:
        """Those whose readings disagree about this result."""
        if not self.answer.readings:
            self.said.read([each for each in self.answers if each.rule is self.answer.rule])
        for name, readings in self.answer.readings.items():
            if len(set(readings.values())) > 1:
                asked = self.answer.document.questions[name]
                told = tuple((reading, *result) for reading, result in readings.items())
                yield Question(asked.asks, asked.runs, asked.decided, told)

    def _to_me(self) -> bool:
        """Whether the money goes to the one asked about; where the text names nobody, to whose event it is."""
        named = isinstance(self.answer.rule.pays, Term)
        return (self.answer.payee if named else self.answer.beneficiary) is self.case.person

    def _state(self, step: Step | None) -> State:
        match self.answer.outcome:
            case "entitled" | "met":
                return State.READY
            case "unknown":
                return State.UNKNOWN
            case "refused" if step is not None:
                return State.NEAR
            case _:
                return State.NO

    def _step(self) -> Step | None:
        found = self.said.step_of(self.answer)
        return None if found is None else Step(found.label, found.needs, found.low, found.high, found.day)

    def _what(self) -> str:
        """The event in a few words: its table's noun."""
        table = vocabulary().tables.get(self.answer.rule.table)
        return table.label if table is not None else ""

    def _who(self, payee: object) -> str:
        if not isinstance(payee, Row):
            return ""
        if payee is self.case.person or payee.table == "organisation":
            return str(payee.values.get("name", ""))
        return ANOTHERS

    def _condition(self, check: Check) -> Condition:
        return Condition(check.label, check.outcome, check.kind, lambda: self.facts(check), lambda: self.missing(check))

    def facts(self, check: Check) -> tuple[FactShown, ...]:
        """What a condition read."""
        return tuple(dict.fromkeys(self._fact(each) for each in self.said.facts_of(self.answer, check)))

    def missing(self, check: Check) -> tuple[MissingShown, ...]:
        """What would settle it; nothing where it is settled."""
        if check.outcome is not None:
            return ()
        found = self.said.missing_of(self.answer, check)
        return tuple(dict.fromkeys(MissingShown(each.label, each.source, each.table) for each in found))

    def _fact(self, fact: Fact) -> FactShown:
        origin = self.case.origins.get((fact.table, fact.row))
        mine = self._mine(fact.table, fact.row)
        value = fact.value if mine else ANOTHERS
        if value and not self.sees(fact.table, fact.column, origin.managed_by if origin else "", fact.row):
            value = HIDDEN
        return FactShown(fact.label, value, origin.source if origin else fact.source,
                         origin.as_of if origin else None, fact.known, fact.table, fact.column, fact.row if mine else "")  # fmt: skip

    def _mine(self, table: str, row: str) -> bool:
        """Rows that name the one asked about, and rows about nobody (firms, places, documents)."""
        if (table, row) in self.case.own or not row:
            return True
        kinds = vocabulary().tables.get(table)
        return kinds is not None and table != "person" and not any(
            each.type.kind == "row" and each.type.name == "person" for each in kinds.columns.values()
        )  # fmt: skip
