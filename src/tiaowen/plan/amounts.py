"""Amounts in the plan: each node gives an interval of fen and whether it pays at all."""

from __future__ import annotations

from dataclasses import dataclass

from tiaowen.plan.terms import Term


@dataclass(frozen=True, slots=True)
class Fixed:
    """From `low` to `high` fen; `high` None means open (undetermined, not less than)."""

    low: int
    high: int | None
    because: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """`not paid`: a refusal, not a zero."""


@dataclass(frozen=True, slots=True)
class Worth:
    """An amount worked out from facts.  kind: exactly, up to, at least, between."""

    kind: str
    low: Term | None
    high: Term | None


@dataclass(frozen=True, slots=True)
class StandardRate:
    """`set by X`: the figure of a dated standard on the event date; open while unpublished."""

    parameter: str
    label: str


@dataclass(frozen=True, slots=True)
class ByCode:
    """A table by code.  `name` is the column, named when the table refuses."""

    term: Term
    rows: tuple[tuple[tuple[str, ...], Amount], ...]
    otherwise: Amount | None
    name: str


@dataclass(frozen=True, slots=True)
class FirstTrue:
    """Rows tried in order; an unknown `when` widens to that row and those after it."""

    rows: tuple[tuple[str, Amount, Term | None], ...]


@dataclass(frozen=True, slots=True)
class Added:
    """Labelled rows, added up."""

    rows: tuple[tuple[str, Amount], ...]


@dataclass(frozen=True, slots=True)
class Provided:
    """Paid only when a condition holds; a false one adds nothing and refuses nothing."""

    amount: Amount
    when: Term


@dataclass(frozen=True, slots=True)
class PerCount:
    """In a group.  mode: once (flat, from `figure` on), beyond (per unit past `figure`), each.

    `persons` counts distinct people instead of rows.
    """

    amount: Amount
    mode: str
    figure: int
    persons: bool


Amount = Fixed | Refused | Worth | StandardRate | ByCode | FirstTrue | Added | Provided | PerCount
