"""Whom and what a claim touches: its people, its certificate, other claims of theirs, what was paid before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import Q

from huijiang import present
from huijiang.claims.models import Claim
from huijiang.claims.states import LIVE
from huijiang.registry.linked import family
from huijiang.registry.models import MODELS
from huijiang.registry.tables import plain_number

PAST: Final[list[Callable[[str, Iterable[str]], list[dict[str, str]]]]] = []
"""Room `funds` appends a function: benefit (empty: any), holders → payments of before the take-over, each
{"place": region code, "number": voucher, "benefit": …, "holder": …}."""
SETTLED: Final[list[Callable[[Iterable[int]], dict[int, tuple[dt.date, int]]]]] = []
"""Room `funds` appends a function: claims → when each was first paid, and the number of that payment."""
MOST: Final = 500
"""Other claims that one check looks at; with more, what they say is not known."""


@dataclass
class Circle:
    """The claim, and the numbers of rows around it."""

    claim: Claim
    on: dt.date
    certificate: dict[str, Any] | None = None
    """`id`, `holder_id`, `trainer_id`, `number` of the event's certificate."""
    twins: list[int] = field(default_factory=list)
    others: list[Claim] = field(default_factory=list)
    past: list[dict[str, str]] = field(default_factory=list)
    paid: dict[int, tuple[dt.date, int]] = field(default_factory=dict)
    whole: bool = True
    same: dict[tuple[str, int], int] = field(default_factory=dict)
    """(table, record that was merged) → the record as which the claim names them: one human, one firm."""

    def one(self, table: str, pk: int) -> int:
        """The record that stands for all of somebody's."""
        return self.same.get((table, pk), pk)

    def every(self, table: str, numbers: Iterable[int]) -> list[int]:
        """Those records with everything that was merged with them."""
        listed = set(numbers)
        return sorted(listed | {pk for (at, pk), kept in self.same.items() if at == table and kept in listed})

    @property
    def people(self) -> list[int]:
        """Whoever is paid or benefits, where that is a person."""
        both = (self.claim.beneficiary_person_id, self.claim.payee_person_id)
        return list(dict.fromkeys(each for each in both if each))

    @property
    def about(self) -> int | None:
        """The person whom the claim is about: the beneficiary, else the payee."""
        return about(self.claim)

    @property
    def holder(self) -> int | None:
        return self.certificate["holder_id"] if self.certificate else None

    @property
    def sent(self) -> dt.date:
        return sent(self.claim, self.on)

    @property
    def day(self) -> dt.date:
        return self.claim.event_day or self.sent

    @property
    def certificates(self) -> set[int]:
        """Of every event that is here."""
        holders = [self.claim.holder, *(each.holder for each in self.others), *(each["holder"] for each in self.past)]
        return {pk for each in holders if (pk := number_of(each, "certificate")) is not None} | set(self.twins)

    def ahead(self, other: Claim) -> bool:
        """Whether another claim comes before: any live one of a claim that is not paid, else those paid earlier."""
        if other.pk == self.claim.pk:
            return False
        mine = self.paid.get(self.claim.pk)
        if mine is None:
            return other.state in LIVE
        return other.pk in self.paid and self.paid[other.pk] < mine


def about(claim: Claim) -> int | None:
    return claim.beneficiary_person_id or claim.payee_person_id


def sent(claim: Claim, on: dt.date) -> dt.date:
    """The day here on which it was submitted; `on` before that."""
    return present.day_of(claim.submitted_at) if claim.submitted_at else on


def number_of(holder: str, table: str) -> int | None:
    """The row's number of an event that is a row of a table; None for others and for groups."""
    at, _colon, pk = holder.partition(":")
    return int(pk) if at == table and pk.isdigit() else None


def circle_of(claim: Claim, on: dt.date) -> Circle:
    """Read as the system, over every place."""
    found = Circle(claim, on)
    pk = number_of(claim.holder, "certificate")
    model = MODELS["certificate"]._default_manager
    if pk is not None:
        found.certificate = model.filter(pk=pk).values("id", "holder_id", "trainer_id", "number").first()
    for table, numbers in (("person", [*found.people, found.holder]), ("organisation", [claim.payee_organisation_id])):
        for number in (each for each in numbers if each is not None):
            for each in family(table, number):
                found.same.setdefault((table, each), number)
    mine = [found.certificate["id"]] if found.certificate else []
    if found.certificate and found.certificate["number"]:
        found.twins = _same_number(pk, found.certificate["number"])
    if found.holder is not None:
        mine += (
            model.filter(holder__in=found.every("person", [found.holder]))
            .exclude(pk=pk)
            .values_list("pk", flat=True)[:MOST]
        )
    holders = [claim.holder, *(f"certificate:{each}" for each in dict.fromkeys([*mine, *found.twins]))]
    found.others = _others(found, holders)
    found.whole = len(found.others) <= MOST
    found.past = [each for told in PAST for each in told("", dict.fromkeys(holders))]
    asked = [claim.pk, *(each.pk for each in found.others)]
    for told in SETTLED:
        found.paid.update(told(asked))
    return found


def _others(found: Circle, holders: list[str]) -> list[Claim]:
    claim = found.claim
    near = Q(holder__in=holders)
    if found.people:
        people = found.every("person", found.people)
        near |= Q(payee_person__in=people) | Q(beneficiary_person__in=people)
    if claim.payee_organisation_id is not None:
        firms = found.every("organisation", [claim.payee_organisation_id])
        near |= Q(payee_organisation__in=firms, benefit=claim.benefit, event_day=claim.event_day)
    live = Claim.objects.filter(near, state__in=LIVE).exclude(pk=claim.pk)
    return list(live.order_by("id")[: MOST + 1])


def _same_number(pk: int | None, number: str) -> list[int]:
    """Certificates with the same number written otherwise; written alike the database refuses it."""
    plain = "".join(each for each in number if each.isascii() and each.isalnum()).upper()
    found = MODELS["certificate"]._default_manager.alias(plain=plain_number()).filter(plain=plain).exclude(pk=pk)
    return sorted(found.values_list("pk", flat=True)[:20]) if plain else []
