"""Who the person is: R01 number, R05 age, R11 the same human twice."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.utils.translation import gettext_noop

from huijiang.claims.verifiers.finding import Finding, Subject, failed, no_data, passed, read_document
from huijiang.registry.models import IdentityDocument, Person
from tiaowen.identifiers.person import RESIDENT

YOUNGEST: Final = 16
_FROM: Final = dt.date(2025, 1, 1)
MEN: Final = (60, 4, 36)
WOMEN: Final = (50, 2, 60)
"""Age in years before 2025, months of birth that each month of delay takes, most months of delay (全国人大常委会关于实施渐进式
延迟法定退休年龄的决定, 2024-09-13; women workers; cadres retire later, which a person looks into)."""


def number(subject: Subject) -> Finding | None:
    """R01: the identity number reads, and the birth date in it is the person's."""
    if not subject.people:
        return None
    for person in subject.people:
        papers = list(IdentityDocument.objects.filter(person=person))
        if not papers:
            return no_data(gettext_noop("没有登记证件"), person=person.pk)
        for paper in papers:
            try:
                read = read_document(paper.number.open(), paper.kind)
            except ValueError:
                return failed(gettext_noop("证件号码不合编码规则"), person=person.pk, document=paper.pk)
            if read.birth_date is not None and person.birth_date is not None and read.birth_date != person.birth_date:
                return failed(
                    gettext_noop("证件号码里的出生日期与登记的不同"), "review", person=person.pk, document=paper.pk
                )
    return passed()


def age(subject: Subject) -> Finding | None:
    """R05: between 16 and the statutory age on the event's day."""
    person = subject.person
    if person is None:
        return None
    if person.birth_date is None:
        return no_data(gettext_noop("没有出生日期"), person=person.pk)
    if _birthday(person.birth_date, YOUNGEST * 12) > subject.day:
        return failed(gettext_noop("当时未满 16 周岁"), person=person.pk)
    leaves = retires(person.birth_date, _is_woman(person))
    if leaves <= subject.day:
        return failed(gettext_noop("当时已到法定退休年龄"), person=person.pk)
    return passed()


def retires(born: dt.date, woman: bool) -> dt.date:
    """The day of the statutory age, delayed gradually from 2025; the earliest that may apply."""
    years, each, most = WOMEN if woman else MEN
    plain = _birthday(born, years * 12)
    if plain < _FROM:
        return plain
    months = (plain.year - _FROM.year) * 12 + plain.month - _FROM.month
    return _birthday(born, years * 12 + min(months // each + 1, most))


def _birthday(born: dt.date, months: int) -> dt.date:
    """Born so many months ago, counted as the law does: the last day of a shorter month."""
    at = born.year * 12 + born.month - 1 + months
    year, month = at // 12, at % 12 + 1
    after = dt.date(year + month // 12, month % 12 + 1, 1)
    return min(dt.date(year, month, 1) + dt.timedelta(days=born.day - 1), after - dt.timedelta(days=1))


def _is_woman(person: Person) -> bool:
    """By the seventeenth digit of a resident's number; a man where there is none, which leaves it to people."""
    paper = IdentityDocument.objects.filter(person=person, kind=RESIDENT).first()
    if paper is None:
        return False
    said = paper.number.open()
    return len(said) == 18 and said[16].isdigit() and int(said[16]) % 2 == 0


def twice(subject: Subject) -> Finding | None:
    """R11: another person with the same name and birth date, or several documents."""
    person = subject.person
    if person is None:
        return None
    if person.birth_date is None:
        return no_data(gettext_noop("没有出生日期"), person=person.pk)
    same = Person.objects.filter(name_key=person.name_key, birth_date=person.birth_date).exclude(pk=person.pk)
    others = sorted(same.values_list("pk", flat=True)[:20])
    if others:
        return failed(gettext_noop("登记里另有同名同生日的人"), person=person.pk, others=others)
    return passed()
