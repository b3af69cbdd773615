"""What the database refuses beyond the types of columns: one entry per table, to be read as a list.

`key` tells rows apart: an import finds the row that it changes by it.  With `unique` the database keeps
it so (where all of it is known).  `apart` are the columns in which two rows must differ if their spells
overlap.  `checks` are conditions that a row must meet; a row with an unknown value meets them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from django.db.models import F, Q

LEVEL_CERTIFICATE: Final = r"^[YS]\d{6}[0-9A-Z]{6}\d{2}[0-9A-Z]\d{6}$"


def _in_order(first: str, last: str) -> Q:
    return Q(**{f"{first}__lte": F(last)})


@dataclass(frozen=True, slots=True)
class Law:
    """`key` empty: rows have nothing of their own but their whole content.  `kept` are years after the
    last change; `history_kept` years for former versions of a row."""

    key: tuple[str, ...] = ()
    unique: bool = True
    apart: tuple[str, ...] = ()
    checks: Mapping[str, Q] = field(default_factory=lambda: MappingProxyType({}))
    kept: int = 30
    history_kept: int = 10


LAWS: Final[Mapping[str, Law]] = MappingProxyType({
    "person": Law(
        unique=False,
        checks={
            "born_in_reason": Q(birth_date__gte="1880-01-01"),
            "not_own_spouse": ~Q(spouse=F("id")),
            "not_own_child": ~Q(children=F("id")),
        },
    ),
    "organisation": Law(key=("uscc",)),
    "insurance": Law(key=("worker", "employer", "kind", "started_on"), apart=("worker", "employer", "kind")),
    "membership": Law(key=("person", "scheme", "started_on"), apart=("person", "scheme")),
    "employment": Law(key=("worker", "employer", "started_on"), apart=("worker", "employer")),
    "hire": Law(key=("worker", "employer", "started_on"), apart=("worker", "employer")),
    "placement": Law(
        key=("worker", "employer", "agency", "recruiter", "started_on"),
        checks={"month_12_follows": _in_order("started_on", "month_12_stated")},
    ),
    "stay": Law(key=("person", "host", "kind", "started_on"), apart=("person", "host", "kind")),
    "apprenticeship": Law(
        key=("apprentice", "employer", "kind", "started_on"), apart=("apprentice", "employer", "kind")
    ),
    "fair": Law(),
    "certificate": Law(
        key=("number",),
        checks={
            "number_by_structure": Q(number__isnull=True)
            | Q(kind__isnull=True)
            | ~Q(kind="职业技能等级证书")
            | Q(number__regex=LEVEL_CERTIFICATE),
            "hours_within": _in_order("hours_by_trainer", "hours"),
        },
    ),
    "title": Law(key=("holder", "field", "rank", "granted_on")),
    "assessment_term": Law(key=("organisation", "ended_on")),
    "training": Law(key=("trainee", "provider", "kind", "class", "completed_on"), unique=False),
    "attendance": Law(
        key=("training", "attended_on"), checks={"hours_in_a_day": Q(hours__lte=24)}, kept=5, history_kept=5
    ),
    "enrolment": Law(
        key=("student", "school", "started_on"),
        apart=("student", "school"),
        checks={"graduated_later": _in_order("started_on", "graduated_on")},
    ),
    "school_year": Law(key=("student", "enrolment", "ended_on")),
    "organisation_honour": Law(
        key=("organisation", "honour", "subject", "granted_by", "named_on"),
        apart=("organisation", "honour", "subject", "granted_by"),
    ),
    "recognition": Law(
        key=("person", "honour", "granted_by", "named_on"), apart=("person", "honour", "granted_by")
    ),
    "studio": Law(
        key=("host", "master", "kind", "level", "recognised_on"), apart=("host", "master", "kind", "level")
    ),
    "studio_review": Law(key=("studio", "year")),
    "base": Law(
        key=("host", "partner", "kind", "level", "recognised_on"), apart=("host", "partner", "kind", "level")
    ),
    "base_review": Law(key=("base", "year")),
    "base_service": Law(),
    "training_base": Law(key=("host", "tier", "named_on")),
    "contest": Law(key=("name", "level", "held_on")),
    "contest_item": Law(key=("contest", "name")),
    "contest_entry": Law(
        key=("contestant", "contest", "item"), unique=False, checks={"rank_from_one": Q(rank__gte=1)}
    ),
    "coach_entry": Law(),
    "service": Law(),
    "breakthrough": Law(),
    "activity": Law(),
    "education_fund": Law(key=("employer", "year"), checks={"front_line_within": _in_order("front_line", "spent")}),
    "payment": Law(),
})  # fmt: skip
