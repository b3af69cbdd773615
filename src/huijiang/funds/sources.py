"""Which source a document's words mean, and which line of it pays a due."""

from __future__ import annotations

from django.db.models import Q

from huijiang.claims.models import Due
from huijiang.funds import undetermined
from huijiang.funds.models import Line, Source


def source_of(words: str) -> Source | None:
    """The source that a document names, by its name or one of its `words`; None while nobody declared it."""
    told = words.strip()
    if not told:
        return None
    return Source.objects.filter(Q(name=told) | Q(words__contains=[told])).first()


def source_for(due: Due) -> Source | None:
    """The source of a due: as its document names it, else as two people chose where it names none (`undetermined`)."""
    return source_of(due.fund) or undetermined.chosen(due)


def source_of_benefit(benefit: str, words: str, path: str) -> Source | None:
    """The source that pays a benefit in a place, before there is a due: as its document names it (`words`), else as two
    people chose; None while that is open."""
    question = undetermined.asked(benefit, path)
    decided = question.source if question is not None and question.decided_at is not None else None
    return source_of(words) or decided


def line_of(due: Due, year: int) -> Line | None:
    """The line that pays a due in a year: of the nearest region upwards, its own benefit's before the source's."""
    source = source_for(due)
    if source is None:
        return None
    path = due.claim.region.path
    codes = [each for each in path.split("/") if each]
    found = Line.objects.filter(
        source=source, year=year, region__in=codes, benefit__in=("", due.benefit), frozen_at=None
    )
    return max(found, key=lambda each: (codes.index(each.region_id), bool(each.benefit)), default=None)
