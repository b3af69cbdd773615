"""What the registers say of a firm's people on a day, as far as the viewer may read them (`access.law`).

Employed on the day: begun by then and not ended before it.  A spell whose begin or end is not known is counted apart,
neither in nor out.  Level: the highest certificate of the same occupation issued by that day; without one, no level
only where the register of certificates is complete for the viewer, else the level is unknown.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from huijiang.access.law import access_rows
from huijiang.accounts.viewers import Capacity, Viewer
from huijiang.labour.figures import NO_LEVEL
from huijiang.registry.models import Coverage
from huijiang.registry.vocabulary import vocabulary
from huijiang.web.language import is_chinese

TABLES: Final = {"employment": ("", "employer"), "insurance": ("", "employer"), "certificate": ("", "holder")}
"""Register → by which columns an entry of coverage promises all rows of a firm's people."""


@dataclass(frozen=True)
class Source:
    """One register behind a comparison: whether everybody is in it, in words, and where its rows come from."""

    table: str
    complete: bool
    words: str
    from_: tuple[tuple[str, dt.date], ...]
    rows: int

    @property
    def label(self) -> str:
        told = vocabulary().tables[self.table]
        return told.label if is_chinese() else self.table


@dataclass(frozen=True)
class Job:
    """A person in an occupation on the day.  `occupation` empty: none registered; `level` None: unknown."""

    person: int
    occupation: str
    level: str | None
    insured: bool


@dataclass
class Registered:
    """A firm's people on a day.  `certified`: occupation and level → people employed there with such a certificate as
    their highest of the occupation, whatever they are employed as.  `unsure`: spells that may hold on the day."""

    on: dt.date
    jobs: list[Job] = field(default_factory=list)
    certified: dict[tuple[str, str], set[int]] = field(default_factory=dict)
    unsure: int = 0
    sources: dict[str, Source] = field(default_factory=dict)

    @cached_property
    def staff(self) -> frozenset[int]:
        """Everybody employed on the day."""
        return frozenset(each.person for each in self.jobs)

    def people(self, occupation: str, level: str | None = "", insured: bool = False) -> list[int]:
        """Who stands behind a figure: of an occupation, at a level (empty: any; None: level unknown)."""
        return sorted({
            each.person for each in self.jobs
            if each.occupation == occupation and (level == "" or each.level == level) and (each.insured or not insured)
        })  # fmt: skip

    def heads(self, occupation: str, level: str | None = "") -> int:
        return len(self.people(occupation, level))

    def insured(self, occupation: str, level: str | None = "") -> int:
        return len(self.people(occupation, level, insured=True))

    def holders(self, occupation: str, level: str = "") -> list[int]:
        """Who holds a certificate of the occupation as their highest: at a level, or (empty) at any."""
        found = (who for (name, at), who in self.certified.items() if name == occupation and level in ("", at))
        return sorted(set().union(*found))

    def is_complete(self, *tables: str) -> bool:
        return all(self.sources[each].complete for each in tables)


def employed_on(on: dt.date, prefix: str = "") -> Q:
    """Spells of employment that surely hold on a day."""
    not_over = Q(**{f"{prefix}ended_on__gte": on}) | Q(**{f"{prefix}ended_on_none": True})
    return Q(**{f"{prefix}started_on__lte": on}) & not_over


def _may_hold(on: dt.date) -> Q:
    begun = Q(started_on=None) | Q(started_on__lte=on)
    lasting = Q(ended_on__gte=on) | Q(ended_on_none=True) | Q(ended_on=None)
    return begun & lasting & (Q(started_on=None) | Q(ended_on=None, ended_on_none=False))


def registered(viewer: Viewer, firm: Any, on: dt.date) -> Registered:
    """Everything that the viewer's registers know of a firm's people on a day."""
    spells = access_rows(viewer, "employment").filter(employer=firm)
    held = list(spells.filter(employed_on(on)).values_list("worker", "occupation", "source", "as_of"))
    staff = {worker for worker, *_rest in held}
    insurance = access_rows(viewer, "insurance").filter(employer=firm, worker__in=staff)
    covered = list(insurance.filter(employed_on(on)).values_list("worker", "source", "as_of"))
    papers = access_rows(viewer, "certificate").filter(holder__in=staff, issued_on__lte=on).exclude(level=None)
    certificates = list(papers.exclude(occupation=None).values_list("holder", "occupation", "level", "source", "as_of"))
    sources = {
        "employment": _source("employment", viewer, firm, on, [row[-2:] for row in held]),
        "insurance": _source("insurance", viewer, firm, on, [row[-2:] for row in covered]),
        "certificate": _source("certificate", viewer, firm, on, [row[-2:] for row in certificates]),
    }
    best = _highest((holder, occupation, level) for holder, occupation, level, *_rest in certificates)
    nothing = NO_LEVEL if sources["certificate"].complete else None
    insured = {worker for worker, *_rest in covered}
    certified: dict[tuple[str, str], set[int]] = defaultdict(set)
    for (holder, occupation), level in best.items():
        certified[occupation, level].add(holder)
    jobs = {
        Job(worker, occupation or "", best.get((worker, occupation), nothing) if occupation else None, worker in insured)
        for worker, occupation, *_rest in held
    }  # fmt: skip
    unsure = spells.filter(_may_hold(on)).exclude(worker__in=staff).values("worker").distinct().count()
    ordered = sorted(jobs, key=lambda each: (each.occupation, each.person))
    return Registered(on, ordered, dict(certified), unsure, sources)


def _highest(rows: Iterable[tuple[int, str, str]]) -> dict[tuple[int, str], str]:
    ladder = vocabulary().codes["level"]
    best: dict[tuple[int, str], str] = {}
    for holder, occupation, level in rows:
        now = best.get((holder, occupation))
        if now is None or ladder.rank(level) > ladder.rank(now):
            best[holder, occupation] = level
    return best


def _source(table: str, viewer: Viewer, firm: Any, on: dt.date, rows: list[tuple[str, dt.date]]) -> Source:
    latest: dict[str, dt.date] = {}
    for source, as_of in rows:
        latest[source] = max(as_of, latest.get(source, as_of))
    said = list(Coverage.objects.filter(table=table, complete=True).select_related("region"))
    place = firm.place or firm.managed_by
    whole = any(_promises_all(each, table, place.path, on) for each in said)
    own_only = table == "certificate" and viewer.capacity is Capacity.AGENT
    if own_only:
        words = _("单位只能看到发证当天登记在本单位或由本单位发的证书")
    elif whole:
        words = _("已说明收齐")
    else:
        told = _("；").join(_promise(each) for each in said)
        words = _("只收齐了：%(what)s") % {"what": told} if told else _("没有说明收齐了哪些")
    return Source(table, whole and not own_only, words, tuple(sorted(latest.items())), len(rows))


def _promises_all(entry: Coverage, table: str, path: str, on: dt.date) -> bool:
    """Whether an entry promises every row of a firm's people on a day.  One with a first day does not: whoever began
    before it may be missing."""
    if entry.by not in TABLES[table] or entry.since is not None:
        return False
    if entry.until is not None and entry.until < on:
        return False
    if table == "certificate" or entry.by:
        return entry.region is None  # its region is that of the body that issued: people hold others, too
    return entry.region is None or path.startswith(entry.region.path)


def _promise(entry: Coverage) -> str:
    """What an entry that does not promise everything promises."""
    columns = vocabulary().tables[entry.table].columns
    chinese = is_chinese()
    by = "、".join(columns[each].label if chinese else each for each in entry.by.split())
    parts = [
        _("在册%(by)s的") % {"by": by} if by else "",
        _("%(day)s 以后开始的") % {"day": entry.since.isoformat()} if entry.since else "",
        _("%(place)s的") % {"place": entry.region.name} if entry.region else "",
    ]
    return _("、").join(filter(None, parts))


def heads_by_firm(viewer: Viewer, firms: Iterable[int], on: dt.date, occupations: list[str]) -> dict[int, int]:
    """How many people each firm has in the occupations on a day: the same people as `registered`, for many firms."""
    spells = access_rows(viewer, "employment").filter(
        employed_on(on), employer__in=list(firms), occupation__in=occupations
    )
    return dict(spells.values_list("employer").annotate(Count("worker", distinct=True)))
