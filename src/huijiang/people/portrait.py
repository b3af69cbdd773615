"""The portrait of a person (画像): levels over time, spells, training, honours, income band, what they may have and got.

Everything is read through the access law; what the viewer may not see is not there.  Income is a band, never a figure.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import gettext as _

from huijiang.access.law import access_columns, access_rows
from huijiang.accounts.viewers import Viewer
from huijiang.entitlements.portrait import shown
from huijiang.registry.columns import NONE_SUFFIX
from huijiang.registry.vocabulary import vocabulary

MOST: Final = 60
BANDS: Final = (0, 5_000_000, 8_000_000, 12_000_000, 20_000_000, 30_000_000)  # fen a year


@dataclass(frozen=True)
class Item:
    """Something with a day: what, more of it, register, its day and region.  `day` None: nobody knows when."""

    day: dt.date | None
    title: str
    text: str
    source: str
    as_of: dt.date
    region: str


@dataclass(frozen=True)
class Spell:
    """`until` None: still under way; `open`: nobody knows whether it ended.  `left`, `width`: hundredths of the
    picture's width."""

    title: str
    since: dt.date
    until: dt.date | None
    open: bool
    source: str
    as_of: dt.date
    region: str
    left: int = 0
    width: int = 0

    @property
    def end(self) -> str:
        if self.open:
            return _("截止不明")
        return self.until.isoformat() if self.until else _("至今")


@dataclass
class Portrait:
    """`years`: (hundredths from the left, year) marks under the spells."""

    levels: list[Item] = field(default_factory=list)
    employment: list[Spell] = field(default_factory=list)
    insurance: list[Spell] = field(default_factory=list)
    training: list[Item] = field(default_factory=list)
    honours: list[Item] = field(default_factory=list)
    payments: list[Item] = field(default_factory=list)
    income: str = ""
    income_source: str = ""
    years: list[tuple[int, int]] = field(default_factory=list)


def portrait(viewer: Viewer, person: Any) -> Portrait:
    """What the viewer may see of a person, in the order in which it happened, the newest first."""
    made = Portrait()
    made.levels = [*_items(viewer, person, "certificate", "holder", "issued_on", ("occupation", "level"), ("kind", "issuer")),
                   *_items(viewer, person, "title", "holder", "granted_on", ("field", "rank"), ())]  # fmt: skip
    made.levels.sort(key=lambda each: each.day or dt.date.min, reverse=True)
    made.training = _items(
        viewer, person, "training", "trainee", "completed_on", ("class", "kind"), ("provider", "hours")
    )
    made.honours = _items(viewer, person, "recognition", "person", "named_on", ("honour",), ("granted_by",))
    made.employment = _spells(viewer, person, "employment", ("employer", "position", "occupation"))
    made.insurance = _spells(viewer, person, "insurance", ("kind", "employer"))
    _place(made, viewer.on)
    if "annual_pay" in access_columns(viewer, "person", person) and person.annual_pay is not None:
        made.income = band(person.annual_pay)
        made.income_source = f"{person.source} · {person.as_of.isoformat()} · {person.managed_by.name}"
    return made


def band(fen: int) -> str:
    """The band of a year's income; both ends in whole ten thousands, the lower one included."""
    low = max(each for each in BANDS if each <= fen)
    above = next((each for each in BANDS if each > fen), None)
    if above is None:
        return _("%(low)s 万元以上") % {"low": low // 1_000_000}
    if not low:
        return _("不到 %(high)s 万元") % {"high": above // 1_000_000}
    return _("%(low)s 万元至 %(high)s 万元") % {"low": low // 1_000_000, "high": above // 1_000_000}


def _rows(viewer: Viewer, person: Any, table: str, subject: str, day: str) -> list[Any]:
    joined = [
        each.name
        for each in vocabulary().tables[table].columns.values()
        if each.derived is None and each.type.kind in ("row", "region")
    ]
    rows = access_rows(viewer, table).filter(**{subject: person.pk}).select_related("managed_by", *joined)
    return list(rows.order_by(f"-{day}", "-pk")[:MOST])


def _said(viewer: Viewer, row: Any, table: str, names: tuple[str, ...]) -> str:
    allowed = access_columns(viewer, table, row)
    columns = vocabulary().tables[table].columns
    return " · ".join(filter(None, (shown(row, columns[name]) for name in names if name in allowed)))


def _items(viewer: Viewer, person: Any, table: str, subject: str, day: str, title: tuple[str, ...],
           more: tuple[str, ...]) -> list[Item]:  # fmt: skip
    return [
        Item(getattr(row, day), _said(viewer, row, table, title) or vocabulary().tables[table].label,
             _said(viewer, row, table, more), row.source, row.as_of, row.managed_by.name)
        for row in _rows(viewer, person, table, subject, day)
    ]  # fmt: skip


def _spells(viewer: Viewer, person: Any, table: str, names: tuple[str, ...]) -> list[Spell]:
    found = []
    for row in _rows(viewer, person, table, "worker", "started_on"):
        if row.started_on is not None:
            ended, none = row.ended_on, getattr(row, "ended_on" + NONE_SUFFIX)
            found.append(Spell(_said(viewer, row, table, names), row.started_on, ended, ended is None and not none,
                               row.source, row.as_of, row.managed_by.name))  # fmt: skip
    return found


def _place(made: Portrait, on: dt.date) -> None:
    """Where each spell lies between the first one's year and today."""
    every = [*made.employment, *made.insurance]
    if not every:
        return
    first = dt.date(min(each.since for each in every).year, 1, 1).toordinal()
    whole = max(on.toordinal() - first, 1)

    def at(day: dt.date) -> int:
        return min(max((day.toordinal() - first) * 10_000 // whole, 0), 10_000)

    for spells in (made.employment, made.insurance):
        for number, each in enumerate(spells):
            left = at(each.since)
            end = at(each.until) if each.until else (left + 100 if each.open else 10_000)
            spells[number] = Spell(each.title, each.since, each.until, each.open, each.source, each.as_of, each.region,
                                   left, max(end - left, 60))  # fmt: skip
    start = dt.date.fromordinal(first).year
    step = max(1, (on.year - start) // 4)
    made.years = [(at(dt.date(year, 1, 1)), year) for year in range(start, on.year, step)]
