"""Paid twice: R12 same occupation and level, R13 lower after higher, R14 annual times, R15 a certificate number twice,
R16 overlap with other benefits and places, R17 late.

Read as the system over every place.  What a reader in one place learns of another is the match, the place and the case
number: never a name, an amount or a decision.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any, Final

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_noop

from huijiang.claims.determine import body_of
from huijiang.claims.models import Claim, Exclusive
from huijiang.claims.states import LIVE, State
from huijiang.claims.verifiers.finding import Finding, Subject, failed, no_data, passed
from huijiang.registry.linked import family
from huijiang.registry.models import MODELS
from huijiang.registry.vocabulary import vocabulary

PAST: Final[list[Callable[[str, Iterable[str]], list[dict[str, str]]]]] = []
"""Room `funds` appends a function: benefit (empty: any), holders → payments of before the take-over, each
{"place": region code, "number": voucher, "benefit": …, "holder": …}."""
DONE: Final = (*sorted(str(each) for each in LIVE), str(State.CLOSED))
MOST: Final = 20


def past(benefit: str, holders: Iterable[str]) -> list[dict[str, str]]:
    """Payments that were made before this system was."""
    listed = list(holders)
    return [each for told in PAST for each in told(benefit, listed)]


def _others(subject: Subject) -> QuerySet[Claim]:
    """Other claims that are under way or were decided for their applicant."""
    return Claim.objects.filter(state__in=LIVE).exclude(pk=subject.claim.pk)


def _matches(found: Iterable[Claim]) -> list[dict[str, str]]:
    return [{"place": each.region_id, "number": each.number or ""} for each in found][:MOST]


def _certificates(holder: Any, **chosen: Any) -> dict[str, Any]:
    found = MODELS["certificate"].objects.filter(holder=holder, **chosen)
    return {f"certificate:{each.pk}": each for each in found}


def same_level(subject: Subject) -> Finding | None:
    """R12: the same benefit for another certificate of the same occupation and level, in any place, by any payer."""
    mine = subject.row_of("certificate")
    if mine is None:
        return None
    if mine.holder_id is None or mine.occupation is None or mine.level is None:
        return no_data(gettext_noop("证书的持证人、职业或等级不详"))
    rows = _certificates(mine.holder, occupation=mine.occupation, level=mine.level)
    rows.pop(subject.claim.holder, None)
    rule = subject.claim.benefit
    found = _matches(_others(subject).filter(holder__in=rows, benefit=rule)) + [
        {"place": each["place"], "number": each["number"]} for each in past(rule, rows)
    ]
    paid = MODELS["payment"].objects.filter(
        certificate__in=[each.pk for each in rows.values()], benefit=rule.partition("#")[2]
    )
    told = sorted(paid.values_list("pk", flat=True)[:MOST])
    if found or told:
        return failed(gettext_noop("同一职业同一等级已经领过或正在申领"), matches=found[:MOST], payments=told)
    return passed()


def higher_before(subject: Subject) -> Finding | None:
    """R13: a higher level of the occupation was claimed before, of the same benefit."""
    mine = subject.row_of("certificate")
    if mine is None:
        return None
    if mine.holder_id is None or mine.occupation is None or mine.level is None:
        return no_data(gettext_noop("证书的持证人、职业或等级不详"))
    ladder = list(vocabulary().codes["level"].codes)
    above = ladder[ladder.index(mine.level) + 1 :] if mine.level in ladder else []
    rows = _certificates(mine.holder, occupation=mine.occupation, level__in=above)
    found = _matches(_others(subject).filter(holder__in=rows, benefit=subject.claim.benefit)) + [
        {"place": each["place"], "number": each["number"]} for each in past(subject.claim.benefit, rows)
    ]
    return failed(gettext_noop("已按同一职业更高的等级领过或正在申领"), matches=found[:MOST]) if found else passed()


def times_a_year(subject: Subject) -> Finding | None:
    """R14: for training and certificates of one person, at most so many claims of a calendar year, by whomever paid."""
    if subject.person is None or not subject.claim.holder.startswith(("certificate:", "training:")):
        return None
    year = subject.day.year
    people = family("person", subject.person.pk)
    about = Q(beneficiary_person__in=people) | Q(payee_person__in=people)
    found = _others(subject).filter(
        about, Q(holder__startswith="certificate:") | Q(holder__startswith="training:"), event_day__year=year
    )
    events = sorted({each.holder for each in found} - {subject.claim.holder})
    if len(events) >= settings.MOST_TIMES_A_YEAR:
        return failed(gettext_noop("一年的次数已满"), times=len(events), most=settings.MOST_TIMES_A_YEAR, year=year,
                      matches=_matches(found))  # fmt: skip
    return passed("", times=len(events), most=settings.MOST_TIMES_A_YEAR, year=year)


def number_twice(subject: Subject) -> Finding | None:
    """R15: the certificate's number stands on another row, written otherwise; written alike the database refuses it."""
    mine = subject.row_of("certificate")
    if mine is None:
        return None
    if not mine.number:
        return no_data(gettext_noop("证书编号不详"))
    plain = "".join(each for each in mine.number if each.isalnum())
    ways = {mine.number, plain, plain.upper(), plain.lower()}
    same = MODELS["certificate"].objects.filter(number__in=ways).exclude(pk=mine.pk)
    others = sorted(same.values_list("pk", flat=True)[:MOST])
    return failed(gettext_noop("同一证书编号登记了不止一次"), certificates=others) if others else passed()


def same_event(subject: Subject) -> Finding | None:
    """R16: the same event under another benefit or in another place; a person looks whether both may stand."""
    others = (
        _others(subject)
        .filter(holder=subject.claim.holder)
        .exclude(benefit=subject.claim.benefit, region=subject.claim.region_id)
    )
    found = _matches(others) + [
        {"place": each["place"], "number": each["number"]}
        for each in past("", [subject.claim.holder])
        if each["benefit"] != subject.claim.benefit
    ]
    return failed(gettext_noop("同一事由另有申报或发放"), matches=found[:MOST]) if found else passed()


def exclusive(subject: Subject) -> Finding | None:
    """A stacking rule gives the place to one benefit alone, and another benefit has it."""
    made = subject.determination
    if made is None:
        return None
    places = Q(pk__in=())
    listed = body_of(made)["essence"]["exclusives"]
    for each in listed:
        places |= Q(group=each["group"], event=each["event"])
    taken = (
        Exclusive.objects.filter(places, released_at=None)
        .exclude(claim=subject.claim)
        .exclude(benefit=subject.claim.benefit)
    )
    found = [
        {"place": each.claim.region_id, "number": each.claim.number or "", "group": each.group}
        for each in taken.select_related("claim")
    ]
    if found:
        return failed(gettext_noop("同一事项已批准互斥的另一个项目"), matches=found[:MOST])
    return passed("", groups=len(listed)) if listed else None


def already(subject: Subject) -> Finding:
    """The very event was paid under this benefit before the take-over."""
    found = past(subject.claim.benefit, [subject.claim.holder])
    matches = [{"place": each["place"], "number": each["number"]} for each in found]
    return failed(gettext_noop("接管前已经发放过"), "review", matches=matches[:MOST]) if matches else passed()


def late(subject: Subject) -> Finding | None:
    """R17: claimed more than twelve months after the certificate was issued."""
    mine = subject.row_of("certificate")
    if mine is None:
        return None
    if mine.issued_on is None:
        return no_data(gettext_noop("发证日期不详"))
    day: dt.date = mine.issued_on
    last = dt.date(day.year + 1, day.month, 28 if (day.month, day.day) == (2, 29) else day.day)
    return failed(gettext_noop("发证已超过十二个月"), issued_on=day.isoformat()) if subject.sent > last else passed()
