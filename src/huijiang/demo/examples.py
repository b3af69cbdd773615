"""Every benefit of a place's own documents, claimed by the facts of their worked cases (`policies/**/*.cases.yaml`).

Each benefit: one claim that is granted and paid, one that is refused with its condition, objected to and answered, and
others that stand where the last weeks have brought them, in turn.  What none of its cases brings there is said.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle
from typing import Any, Final

from django.db import transaction

from huijiang.accounts.viewers import today
from huijiang.claims.errors import ClaimError, MayNot
from huijiang.demo import ending
from huijiang.demo.calendar import LAST, Calendar, Span
from huijiang.demo.filing import Filing
from huijiang.demo.names import Names
from huijiang.demo.plan import OVER, Ending, days_ago
from huijiang.demo.worked_cases import Worked, cases_of, parties, settle, with_cases
from huijiang.documents import library
from huijiang.entitlements import live
from huijiang.entitlements.models import Standing
from huijiang.regions.models import Region
from tiaowen.plan import terms as t
from tiaowen.plan.rules import DocumentPlan, Rule

MOST_CASES: Final = 4
MOST_EVENTS: Final = 2  # of a case
BY_ITSELF: Final = "有效期"  # a refusal that says more than this is shown before
GRANTED: Final = (Ending.APPROVED, Ending.APPROVED, Ending.DISMISSED)
LATE: Final = (Ending.SECOND_REVIEW, Ending.ON_NOTICE, Ending.OBJECTED, Ending.UPHELD)
EARLY: Final = (Ending.CORRECTION, Ending.SUBMITTED, Ending.DRAFT, Ending.WITHDRAWN, Ending.CHECKING, Ending.IN_REVIEW)
UNDER_WAY: Final = tuple(each for pair in zip((*LATE, *LATE[:2]), EARLY, strict=True) for each in pair)
"""Where the last weeks have brought a further claim, in turn: what an approval leads to, and what comes before one."""
PAID_IN: Final = (1, 4, 7, 9)
"""Spans in which what is granted is paid: few, so that a batch has several payments."""


def documents_of(region: Region) -> list[DocumentPlan]:
    """The documents in force of a place itself, with benefits and worked cases."""
    return [plan for plan in library.current().plans.values() if plan.region == region.code and plan.status == "in force"
            and plan.id in with_cases() and benefits_of(plan)]  # fmt: skip


def others(region: Region) -> list[tuple[Region, str]]:
    """The other places of the province whose own documents are in force, each with the name of its document."""
    found = {}
    for document in sorted(library.current().plans.values(), key=lambda each: each.id):
        place = Region.objects.filter(code=document.region).exclude(pk=region.pk).first()
        if place is not None and place.path.split("/")[0] == region.path.split("/")[0] and documents_of(place):
            found[place] = document.id.partition("-")[0]
    return list(found.items())


def benefits_of(plan: DocumentPlan) -> list[Rule]:
    return [rule for rule in plan.rules.values() if rule.kind == "benefit"]


@dataclass
class Example:
    """One claim to be made of a benefit, by the first of some cases that brings it to its ending."""

    plan: DocumentPlan
    rule: Rule
    ending: Ending
    cases: list[Worked]
    why: str = ""


class Examples:
    def __init__(self, filing: Filing, calendar: Calendar) -> None:
        self.filing, self.calendar, self.place = filing, calendar, filing.desk.region
        self.names = Names(self.place)
        self.tasks: dict[int, list[Example]] = defaultdict(list)
        self.missing: list[Example] = []
        under_way, granted = cycle(UNDER_WAY), cycle(GRANTED)
        self.early = cycle(EARLY)
        benefits = [(plan, rule) for plan in documents_of(self.place) for rule in benefits_of(plan)]
        for number, (plan, rule) in enumerate(benefits):
            grants, refuses = self._cases(plan, rule, refused=False), self._cases(plan, rule, refused=True)
            self._add(Example(plan, rule, next(granted), grants), PAID_IN[number % len(PAID_IN)])
            self._add(Example(plan, rule, Ending.CONTESTED, refuses), (number * 5 + 2) % LAST)
            self._add(Example(plan, rule, next(under_way), grants), LAST)

    def _cases(self, plan: DocumentPlan, rule: Rule, *, refused: bool) -> list[Worked]:
        found = sorted(cases_of(plan.id, rule.id, refused), key=lambda each: each.label == BY_ITSELF)
        return [each for each in found if self._from(rule, each) <= LAST][:MOST_CASES]

    def _add(self, example: Example, at: int) -> None:
        """In a span, or as soon afterwards as one of its cases has happened."""
        first = min((self._from(example.rule, each) for each in example.cases), default=0)
        self.tasks[max(at, first)].append(example)

    def _from(self, rule: Rule, worked: Worked) -> int:
        """The first span after a case's event and (where this year has it) the day of its question."""
        days = [worked.on] if worked.on is not None and worked.on <= self.calendar.last else []
        if isinstance(rule.date, t.Column) and not rule.date.hops:
            said = [row.values.get(rule.date.column) for row in worked.facts.rows(rule.date.table)]
            days += [each for each in said if isinstance(each, dt.date)]
        return self.calendar.span_of(max(days)) if days else 0

    # -- a span ---------------------------------------------------------------------------
    def claims(self, span: Span, held: ending.OnNotice) -> None:
        for number, example in enumerate(self.tasks.pop(span.number, [])):
            ago = dt.timedelta(days=days_ago(example.ending, number))
            day = span.day(1 + number % 6) if example.ending in OVER else self.calendar.last - ago
            self.filing.begins(max(day, span.begins))
            if not self._shown(span, example, held):
                self._otherwise(span, example, held)

    def _otherwise(self, span: Span, example: Example, held: ending.OnNotice) -> None:
        """What can't be granted stands, in the end, where a person has to go on; that it can't is said once for a
        benefit."""
        if example.ending in (Ending.CONTESTED, *GRANTED):
            self.missing.append(example)
        if example.ending in (*LATE, *GRANTED):
            instead = Ending.IN_REVIEW if example.ending in GRANTED else next(self.early)
            later = Example(example.plan, example.rule, instead, example.cases)
            if span.number < LAST and instead not in OVER:
                self.tasks[LAST].append(later)
            else:
                self._shown(span, later, held)

    def _shown(self, span: Span, example: Example, held: ending.OnNotice) -> bool:
        for worked in example.cases:
            if self._from(example.rule, worked) > span.number:
                continue
            try:
                with transaction.atomic():
                    self._reached(example, worked, held)
            except (ClaimError, MayNot) as error:
                self.calendar.clock.again()
                example.why = example.why or str(error)
                continue
            example.cases.remove(worked)
            example.cases.insert(0, worked)  # what went once goes the next time too
            return True
        return False

    def _reached(self, example: Example, worked: Worked, held: ending.OnNotice) -> None:
        made, why = settle(worked.facts, self.place, example.rule.table, self.names.of), ""
        for (table, _id), row in made.items():
            if table == "person":
                self.names.known(row)
        for standing in self._results(example.rule, worked, made):
            self.filing.files_alone(standing, self.filing.count % 2 == 1)
            try:
                with transaction.atomic():
                    self.filing.draft(standing)
            except (ClaimError, MayNot) as error:
                self.calendar.clock.again()  # not theirs, or paid to somebody else of the case
                why = why or str(error)
                continue
            ending.reached(self.filing, standing, example.ending, None, False, held, condition=worked.label)
            return
        raise ClaimError(why or "没有可以申报的事由")

    def _results(self, rule: Rule, worked: Worked, made: dict[tuple[str, str], Any]) -> Iterator[Standing]:
        """What the people and bodies of a case may claim: an event, or several that the rule looks at together."""
        for event in worked.facts.rows(rule.table)[:MOST_EVENTS]:
            for party in parties(event):
                pk = made[party.table, party.id].pk
                holders = [f"{rule.table}:{made[event.table, event.id].pk}"]
                if rule.grouping is not None:
                    holders = self._groups(party.table, pk, rule.key) or holders
                for holder in holders:
                    told = {"person_id": pk} if party.table == "person" else {"organisation_id": pk}
                    yield Standing(region=self.place, benefit=rule.key, holder=holder, **told)

    def _groups(self, table: str, pk: int, key: str) -> list[str]:
        on, code = today(), self.place.code
        found = live.of_person(pk, code, on) if table == "person" else live.of_organisation(pk, code, on, only=key)
        return [each.holder for each in found.entitlements if each.key == key]

    # -- what there is not -----------------------------------------------------------------
    def told(self) -> Iterator[str]:
        """One sentence for each benefit without a claim that was granted, or refused; the reason as the rule gives it."""
        for each in self.missing:
            what = "不予支持并提出异议" if each.ending is Ending.CONTESTED else "核准"
            yield f"  {each.plan.number}“{each.rule.name}”没有{what}的办件：{each.why or '没有这样的用例'}"
