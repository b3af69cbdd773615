"""What the registry knows of somebody, as far as the viewer may see it: by table, with source, day and region."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from huijiang.access.law import access_columns, access_rows
from huijiang.accounts.viewers import Viewer
from huijiang.entitlements.live import ANOTHERS
from huijiang.registry.columns import NONE_SUFFIX
from huijiang.registry.vocabulary import references, stored_columns, vocabulary
from huijiang.web.components.lists import Fact
from huijiang.web.language import is_chinese
from tiaowen.evaluate.facts import Row
from tiaowen.explain.show import show_value
from tiaowen.vocabulary.model import Column

MOST = 40  # rows of one table on a page


@dataclass(frozen=True)
class Known:
    """One row: its facts, where they come from, and what nobody has told."""

    facts: Sequence[Fact]
    source: str
    as_of: dt.date
    region: str
    unknown: Sequence[str]
    dispute: str = ""  # where one says that it is wrong


DISPUTES: list[Callable[[Viewer, str, int], str]] = []


def register_dispute(address: Callable[[Viewer, str, int], str]) -> None:
    """The room above that takes corrections says where those of a row (table, number) begin; empty: nowhere."""
    DISPUTES[:] = [address]


@dataclass(frozen=True)
class Group:
    """The rows of one table; `more` are not shown."""

    table: str
    label: str
    rows: Sequence[Known]
    count: int

    @property
    def more(self) -> int:
        return self.count - len(self.rows)


def groups(viewer: Viewer, person: Any) -> list[Group]:
    """Every table in which somebody occurs, in the vocabulary's order; themselves first."""
    found = []
    for table in vocabulary().tables.values():
        subject = "pk" if table.id == "person" else table.person
        if not subject or (subject != "pk" and subject not in {each.name for each in references(table, "person")}):
            continue
        rows = access_rows(viewer, table.id).filter(**{subject: person.pk})
        joined = [each.name for each in stored_columns(table) if each.type.kind in ("row", "region")]
        listed = list(rows.select_related("managed_by", *joined).order_by("-pk")[: MOST + 1])
        if not listed:
            continue
        count = rows.count() if len(listed) > MOST else len(listed)
        found.append(
            Group(
                table.id, _label(table.id), [_known(viewer, each, table.id, subject) for each in listed[:MOST]], count
            )
        )
    return found


def _label(table: str) -> str:
    told = vocabulary().tables[table]
    return told.label if is_chinese() else table.replace("_", " ")


def _known(viewer: Viewer, row: Any, table: str, subject: str) -> Known:
    allowed = access_columns(viewer, table, row)
    facts, unknown = [], []
    for column in stored_columns(vocabulary().tables[table]):
        if column.name not in allowed or column.name == subject:
            continue
        value = shown(row, column)
        if value:
            facts.append(Fact(column.label, value))
        else:
            unknown.append(column.label)
    dispute = next((address(viewer, table, row.pk) for address in DISPUTES), "")
    return Known(facts, row.source, row.as_of, row.managed_by.name, unknown, dispute)


def shown(row: Any, column: Column) -> str:
    """A stored value in words; empty where it is unknown."""
    kind = column.type
    if kind.or_none and getattr(row, column.name + NONE_SUFFIX):
        return _("无")
    value = getattr(row, column.name)
    if value is None:
        return ""
    match kind.kind:
        case "row" if kind.name == "person":
            return ANOTHERS
        case "row":
            return str(getattr(value, "name", "")) or f"{vocabulary().tables[kind.name].label} {value.pk}"
        case "region":
            return str(value.name)
        case "month":
            return f"{value:%Y-%m}"
        case _:
            return show_value(vocabulary(), kind, value)


def in_short(viewer: Viewer, person: Any) -> list[tuple[str, str]]:
    """The facts that most results rest on: employer, place, highest certificate, insurance since."""
    certificate: Any = access_rows(viewer, "certificate").filter(holder=person.pk).order_by("-issued_on").first()
    spell: Any = access_rows(viewer, "insurance").filter(worker=person.pk).order_by("-started_on").first()
    told = (certificate.occupation, certificate.level) if certificate is not None else None
    return _short(viewer, person, told, spell.started_on if spell is not None else None)


def my_short(viewer: Viewer, person: Any, own: Mapping[str, Sequence[Row]]) -> list[tuple[str, str]]:
    """The same for the worker themselves, from the rows that their results were just worked out from."""
    certificate = _last(own.get("certificate", ()), "issued_on")
    spell = _last(own.get("insurance", ()), "started_on")
    told = (certificate.get("occupation"), certificate.get("level")) if certificate is not None else None
    return _short(viewer, person, told, spell.get("started_on") if spell is not None else None)


def _last(rows: Sequence[Row], column: str) -> Mapping[str, object] | None:
    """The newest; one whose day nobody knows stands before all others, as in a list sorted by the database."""
    days = [each.values.get(column) for each in rows]
    newest = [day.toordinal() if isinstance(day, dt.date) else dt.date.max.toordinal() for day in days]
    return rows[newest.index(max(newest))].values if rows else None


def _short(
    viewer: Viewer, person: Any, certificate: tuple[object, object] | None, since: object
) -> list[tuple[str, str]]:
    found = []
    if "employer" in access_columns(viewer, "person"):
        known = _("无") if person.employer_none else ""
        found.append((_("工作单位"), person.employer.name if person.employer else known or _("不知道")))
    if certificate is not None:
        told = [each for each in certificate if isinstance(each, str) and each]
        found.append((_("最近的证书"), "，".join(told) or _("不知道")))
    if isinstance(since, dt.date):
        found.append((_("参保"), _("%(day)s 起") % {"day": since.isoformat()}))
    return found
