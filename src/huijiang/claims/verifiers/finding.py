"""What a verifier is given and what it says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from huijiang.claims import moving
from huijiang.claims.connectors import Answer, ask
from huijiang.claims.models import Claim, Determination
from huijiang.claims.models.checks import Severity, Verdict
from huijiang.registry.identity import read_document
from huijiang.registry.models import MODELS, Coverage, IdentityDocument
from tiaowen.identifiers.person import RESIDENT


@dataclass(frozen=True)
class Finding:
    """`words`: a sentence without personal values; `evidence`: row ids, codes, places, case numbers, days as text.
    `severity` empty: the verifier's own."""

    verdict: Verdict
    words: str = ""
    evidence: dict[str, Any] = field(default_factory=dict)
    severity: str = ""
    score: int = 0


def passed(words: str = "", **evidence: Any) -> Finding:
    return Finding(Verdict.PASSED, words, evidence)


def failed(words: str, severity: str = "", score: int = 0, **evidence: Any) -> Finding:
    return Finding(Verdict.FAILED, words, evidence, severity, score)


def no_data(words: str, **evidence: Any) -> Finding:
    return Finding(Verdict.NO_DATA, words, evidence)


@dataclass
class Subject:
    """A claim as verifiers look at it: read as the system, over every place."""

    claim: Claim
    on: dt.date

    @cached_property
    def people(self) -> list[Any]:
        """Whoever is paid or benefits, where that is a person."""
        found = {each.pk: each for each in (self.claim.payee_person, self.claim.beneficiary_person) if each is not None}
        return list(found.values())

    @property
    def person(self) -> Any:
        """The person whom the claim is about: the beneficiary, else the payee."""
        return self.claim.beneficiary_person or self.claim.payee_person

    @property
    def body(self) -> Any:
        """The body that is paid, if one is."""
        return self.claim.payee_organisation

    @cached_property
    def day(self) -> dt.date:
        """The event's day; of an event without one, the day the claim was sent."""
        return self.claim.event_day or self.sent

    @property
    def sent(self) -> dt.date:
        return self.claim.submitted_at.date() if self.claim.submitted_at else self.on

    @cached_property
    def determination(self) -> Determination | None:
        return moving.last_of(self.claim)

    def row_of(self, table: str) -> Any:
        """The row of the event, where it stands in a table; None for groups and other tables."""
        at, _colon, pk = self.claim.holder.partition(":")
        return MODELS[table].objects.filter(pk=int(pk)).first() if at == table and pk.isdigit() else None

    def covered(self, table: str) -> bool:
        """Whether a table is complete where the claim is: then a missing row says something."""
        above = self.claim.region.path.strip("/").split("/")
        said = Coverage.objects.filter(table=table, complete=True)
        return said.filter(region=None).exists() or said.filter(region__in=above).exists()

    def asked(self, kind: str, person: Any, on: dt.date) -> Answer | None:
        """What another authority's register knows of a person; None where their number is not known."""
        papers = IdentityDocument.objects.filter(person=person).order_by("id")
        paper = min(papers, key=lambda each: each.kind != RESIDENT, default=None)
        return ask(kind, f"person:{person.pk}", paper.number.open(), on) if paper is not None else None


Verify = Callable[[Subject], Finding | None]
"""None: the rule does not concern this claim."""

__all__ = ["Finding", "Severity", "Subject", "Verdict", "Verify", "failed", "no_data", "passed", "read_document"]
