"""The people behind a registered figure: as many as the figure says, named as far as the access law lets them be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.http import Http404, QueryDict
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from huijiang.access.law import access_people, access_rows
from huijiang.accounts.viewers import Viewer
from huijiang.labour.comparing import CERTIFIED, HEADS, INSURED
from huijiang.labour.figures import levels
from huijiang.labour.models import EmployerSurvey
from huijiang.labour.registers import Registered, employed_on
from huijiang.labour.showing import ALL, UNKNOWN
from huijiang.web.components.tables import Cell, Column, Table

FIGURES: Final = (HEADS, INSURED, CERTIFIED)


@dataclass(frozen=True)
class Which:
    """A cell of the comparison: figure, occupation, level (empty: all; None: unknown)."""

    figure: str
    occupation: str
    level: str | None


@dataclass(frozen=True)
class Behind:
    """`named`: those whom the viewer may open; `others`: how many more there are; together they are `count`."""

    title: str
    count: int
    named: list[Any]
    others: int
    jobs: dict[int, dict[str, Any]]
    columns: tuple[str, ...] = (
        "employment.occupation",
        "employment.started_on",
        "insurance.started_on",
        "certificate.level",
    )


def query(figure: str, at: int, level: str) -> str:
    return "?" + urlencode({"f": figure, "o": str(at), "l": level})


def asked(told: QueryDict, survey: EmployerSurvey) -> Which:
    """The cell that an address names.  Raises Http404 for one that is not there."""
    figure, level = told.get("f", ""), told.get("l", ALL)
    if figure not in FIGURES:
        raise Http404
    chosen = "" if level == ALL else None if level == UNKNOWN else at(level, levels())
    return Which(figure, at(told.get("o", ""), survey.occupations), chosen)


def at(place: str, of: Sequence[str]) -> str:
    """What stands at a place of a list, as an address says it: "0" is the first.  Raises Http404 where nothing does."""
    found = {str(number): each for number, each in enumerate(of)}
    if place not in found:
        raise Http404
    return found[place]


def people(viewer: Viewer, firm: Any, known: Registered, which: Which) -> Behind:
    match which.figure:
        case "certified":
            numbers = known.holders(which.occupation, which.level or "")
        case figure:
            numbers = known.people(which.occupation, which.level, insured=figure == INSURED)
    named = list(access_people(viewer).filter(pk__in=numbers).order_by("pinyin", "pk"))
    jobs: dict[int, dict[str, Any]] = {}
    spells = access_rows(viewer, "employment").filter(employed_on(known.on), employer=firm, worker__in=numbers)
    for worker, occupation, started in spells.order_by("started_on").values_list("worker", "occupation", "started_on"):
        jobs[worker] = {"occupation": occupation, "started": started, "insured": False, "level": ""}
    for each in known.jobs:
        if each.person in jobs and each.insured:
            jobs[each.person]["insured"] = True
    for (occupation, level), holders in known.certified.items():
        for holder in holders & set(jobs) if occupation == which.occupation else ():
            jobs[holder]["level"] = level
    words = {HEADS: _("登记在册"), INSURED: _("登记在册且在本单位参保"), CERTIFIED: _("在册且持证")}
    level_words = _("等级不明") if which.level is None else which.level or _("各等级")
    title = f"{which.occupation} · {level_words} · {words[which.figure]}"
    return Behind(title, len(numbers), named, len(numbers) - len(named), jobs)


def table(found: Behind, name: Callable[[Any], tuple[str, str]]) -> Table:
    """`name` gives how a person is called and where that leads."""
    columns = [
        Column(_("姓名")),
        Column(_("登记的职业")),
        Column(_("入职日期")),
        Column(_("在本单位参保")),
        Column(_("这个职业的证书")),
    ]
    rows = []
    for each in found.named:
        job = found.jobs.get(each.pk, {})
        words, address = name(each)
        rows.append([
            Cell(words, address), job.get("occupation") or _("没有登记"), job["started"].isoformat() if job.get("started") else "—",
            _("是") if job.get("insured") else _("没有登记"), job.get("level") or _("没有登记"),
        ])  # fmt: skip
    return Table(found.title, columns, rows)
