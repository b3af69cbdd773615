"""Corrections: a fact is disputed, and corrected in the register's row or refused with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from huijiang import audit, present
from huijiang.access import concerns
from huijiang.access.law import access_columns, access_rows, in_scope
from huijiang.accounts.models import Role
from huijiang.accounts.viewers import Viewer, today
from huijiang.claims.clock import add_working_days
from huijiang.entitlements.portrait import shown
from huijiang.notices import services as notices
from huijiang.people.models import Correction
from huijiang.registry.imports import single
from huijiang.registry.models import MODELS
from huijiang.registry.vocabulary import stored_columns, vocabulary
from tiaowen.vocabulary.model import Column

SOURCE: Final = "更正"
DAYS: Final = 15  # working days for an answer


class Waiting(ValueError):
    """Something about the same waits for an answer already, so that this was not kept; the words say which."""


class Answered(ValueError):
    """Somebody else answered meanwhile, so that this answer was not kept."""

    def __init__(self) -> None:
        super().__init__(_("已经有人答复过，您写的没有保存；现在的答复见下面。"))


@dataclass(frozen=True)
class Disputed:
    """One row as the one whom it is about sees it, and its columns that may be disputed."""

    row: Any
    table: str
    columns: list[Column]


def disputed(viewer: Viewer, table: str, row: int) -> Disputed | None:
    """The row, where it is theirs; None else."""
    if table not in MODELS:
        return None
    found = access_rows(viewer, table).select_related("managed_by").filter(pk=row).first()
    if found is None:
        return None
    allowed = access_columns(viewer, table, found)
    told = [each for each in stored_columns(vocabulary().tables[table]) if each.name in allowed]
    return Disputed(found, table, [each for each in told if each.name != vocabulary().tables[table].person])


@transaction.atomic
def dispute(viewer: Viewer, of: Disputed, column: Column, wanted: str, words: str) -> Correction:
    """Store it; said again while it waits, it is the same one.  Raises Waiting where the open one says something else."""
    key = {"table": of.table, "row": of.row.pk, "column": column.name}
    try:
        with transaction.atomic():
            made = Correction.objects.create(
                **key, person_id=viewer.person, organisation_id=viewer.organisation, region=of.row.managed_by,
                seen=shown(of.row, column) or _("没有登记"), wanted=wanted, words=words, raised_by=viewer.user,
                due_on=add_working_days(viewer.on, DAYS, of.row.managed_by),
            )  # fmt: skip
            audit.record(viewer.user, "people.dispute", f"correction:{made.uid}", of.row.managed_by_id,
                         table=of.table, column=column.name)  # fmt: skip
    except IntegrityError:  # it is disputed already, and waits for an answer
        known = Correction.objects.get(**key, state="open")
        if (known.wanted.open(), known.words) != (wanted, words):
            raise Waiting(_("这一项已经提出过更正（编号 %(number)s），%(day)s 前答复；答复以后可以再提。这次写的没有保存。") % {
                "number": number_of(known), "day": known.due_on.isoformat()}) from None  # fmt: skip
        return known
    return made


def access_corrections(viewer: Viewer) -> Any:
    """Corrections that the viewer may read: one's own; for registrars those of their regions."""
    found = Correction.objects.select_related("region", "person", "organisation", "answered_by")
    if viewer.person is not None:
        return found.filter(person__in=viewer.people)
    if viewer.organisation is not None:
        return found.filter(organisation__in=viewer.firms)
    return found.filter(in_scope(viewer.paths(Role.REGISTRAR), "region"))


def open_about(rows: set[tuple[str, str]]) -> list[Correction]:
    """The open corrections about some rows (table, number)."""
    numbers = {(table, int(row)) for table, row in rows if row.isdecimal()}
    if not numbers:
        return []
    asked = Correction.objects.filter(state="open", row__in={row for _table, row in numbers})
    return [each for each in asked if (each.table, each.row) in numbers]


def label_of(found: Correction) -> str:
    """Table and column as the vocabulary calls them."""
    table = vocabulary().tables[found.table]
    return f"{table.label} · {table.columns[found.column].label}"


@transaction.atomic
def answer(viewer: Viewer, found: Correction, words: str, value: str | None) -> Correction:
    """Correct the row to `value` (words, as in a file; 无 for none), or with None refuse.

    Raises PermissionDenied for one's own, Answered, single.NotAValue, single.NotTogether.
    """
    if found.raised_by_id == viewer.user.pk or concerns.is_own(viewer.user, [found.person_id]):
        raise PermissionDenied(_("自己提出的更正要由别人答复。"))
    held = Correction.objects.select_for_update(of=("self",)).get(pk=found.pk)
    state = Correction.State.REFUSED if value is None else Correction.State.CORRECTED
    if held.state != Correction.State.OPEN:
        if (held.answered_by_id, held.state, held.answer) == (viewer.user.pk, state, words):  # pressed twice
            return held
        raise Answered
    became = None
    if value is not None:
        became = _correct(held, value)
    held.state = state
    held.became, held.answer = became, words
    held.answered_by, held.answered_at = viewer.user, present.now()
    held.save()
    audit.record(viewer.user, "people.correct" if value is not None else "people.correction_refused",
                 f"correction:{held.uid}", held.region_id, table=held.table, column=held.column)  # fmt: skip
    notices.tell(held.person or held.organisation, "correction_answered", {"number": number_of(held)},
                 f"correction:{held.uid}")  # fmt: skip
    return held


def number_of(found: Any) -> str:
    """What people read out over the phone."""
    return str(found.uid.hex[:8].upper())


def _correct(held: Correction, text: str) -> str:
    column = single.column_of(held.table, held.column)
    told = single.values_of(held.table, column, text, today())
    row = single.change(held.table, held.row, told, SOURCE, today())
    return shown(row, column) or _("没有登记")
