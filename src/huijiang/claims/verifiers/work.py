"""Insurance around the event: R08 by the claiming employer, R09 elsewhere, R10 only around the claim."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_noop

from huijiang.claims.verifiers.finding import Finding, Subject, failed, no_data, passed
from huijiang.registry.models import MODELS

MONTH = dt.timedelta(days=31)


def _spells(person: Any) -> QuerySet[Any]:
    return MODELS["insurance"].objects.filter(worker=person)


def _in_month(found: QuerySet[Any], day: dt.date) -> QuerySet[Any]:
    """The spells that touch the month of a day; a spell with an unknown end counts, its end is looked into by people."""
    first = day.replace(day=1)
    last = (first + MONTH).replace(day=1) - dt.timedelta(days=1)
    return found.filter(Q(ended_on=None) | Q(ended_on__gte=first), started_on__lte=last)


def _employs(subject: Subject) -> bool:
    """Whether the body that is paid claims for its own worker."""
    if subject.body is None or subject.person is None:
        return False
    works = MODELS["employment"].objects.filter(worker=subject.person, employer=subject.body).exists()
    return works or subject.person.employer_id == subject.body.pk


def by_the_employer(subject: Subject) -> Finding | None:
    """R08: in the event's month insured by the employer that claims."""
    if not _employs(subject):
        return None
    mine = _in_month(_spells(subject.person), subject.day)
    here = mine.filter(employer=subject.body).first()
    if here is not None:
        return passed(insurance=here.pk)
    if not subject.covered("insurance"):
        return no_data(gettext_noop("社保登记不全，不能判断"))
    return failed(gettext_noop("当月不由申报单位参保"), others=sorted(mine.values_list("pk", flat=True)[:20]))


def elsewhere(subject: Subject) -> Finding | None:
    """R09: in the event's month insured by another employer as well."""
    if not _employs(subject):
        return None
    others = _in_month(_spells(subject.person), subject.day).exclude(employer=subject.body)
    found = sorted(others.values_list("pk", flat=True)[:20])
    if found:
        return failed(gettext_noop("当月另由别处参保"), insurance=found)
    return passed() if subject.covered("insurance") else no_data(gettext_noop("社保登记不全，不能判断"))


def around_the_claim(subject: Subject) -> Finding | None:
    """R10: with the claiming employer only from less than a month before the claim to less than a month after."""
    if not _employs(subject):
        return None
    mine = list(_spells(subject.person).filter(employer=subject.body))
    if not mine:
        return no_data(gettext_noop("社保登记里没有在申报单位的参保")) if not subject.covered("insurance") else None
    first = min((each.started_on for each in mine if each.started_on is not None), default=None)
    ends = [each.ended_on for each in mine]
    if first is None:
        return no_data(gettext_noop("参保起始日期不详"))
    hung = first > subject.sent - MONTH and None not in ends and max(ends) < subject.sent + MONTH
    return failed(gettext_noop("只在申报前后参保"), insurance=[each.pk for each in mine]) if hung else passed()
