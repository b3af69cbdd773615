"""Issuing a letter: number, code, sheets, row, in one transaction; and withdrawing it."""

from __future__ import annotations

import datetime as dt
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from cryptography.hazmat.primitives import hashes
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F

from huijiang import audit
from huijiang.accounts.models import User
from huijiang.accounts.viewers import today
from huijiang.files import services as files
from huijiang.letters import rendering
from huijiang.letters.models import Counter, Kind, Letter, Office, Withdrawal
from huijiang.letters.texts import Incomplete, Value, text_of
from huijiang.regions.models import Region
from huijiang.registry.models import Organisation, Person

SIGNS: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # 32, without 0 O 1 I
LENGTH: Final = 16  # 80 bits

__all__ = ["Incomplete", "To", "issue", "withdraw"]


@dataclass(frozen=True)
class To:
    """The addressee, by primary key; both None for what is addressed to the public."""

    person: int | None = None
    organisation: int | None = None


def office_of(region: Region) -> dict[str, str]:
    """The office that issues for a region; where nobody entered one, named after the place."""
    found = Office.objects.filter(pk=region.pk).first() or Office(
        region=region, name=f"{region.name}人力资源和社会保障局", sign=f"{region.name[:1]}人社技"
    )
    return {each: getattr(found, each) for each in ("name", "sign", "address", "phone", "review_body", "court")}


@transaction.atomic
def issue(
    kind: str,
    subject: str,
    *,
    region: str,
    to: To,
    values: Mapping[str, Value],
    by: User | None,
    amount: int | None = None,
    language: str = "zh",
    named: bool = True,
    on: dt.date | None = None,
) -> Letter:
    """Issue a letter of a kind about a subject (`claim:uid`).

    `values`: what the text asks for (`letters/texts/<kind>.yaml`): words, lists of words, or tables
    (`{"columns": […], "rows": [[…]]}`).  `amount`: fen, where the letter is about money.  `language`: `en` adds a
    courtesy translation.  `named`: False for minors and sensitive benefits: verification shows no name.

    Raises Incomplete naming each value that is missing, unknown or of the wrong shape.
    """
    text = text_of(kind)
    text.check(values, amount)
    place, day = Region.objects.get(pk=region), on or today()
    office = office_of(place)
    made = Letter(
        kind=Kind(kind), version=text.version, language=language, number=_number(place, kind, day, office["sign"], text.sign),
        on=day, region=place, office=office, subject=subject, person_id=to.person, organisation_id=to.organisation,
        values=json.dumps({"name": _name(to), **values}, ensure_ascii=False, sort_keys=True), amount=amount,
        named=named, code="".join(secrets.choice(SIGNS) for _ in range(LENGTH)), issued_by=by,
    )  # fmt: skip
    content = rendering.render(rendering.Sheet.of(made, settings.PUBLIC_ADDRESS))
    made.digest = sm3(content)
    made.file = files.store(ContentFile(content, name=f"{made.number}.pdf"), by, f"letter:{made.uid}",
                            files.Purpose.LETTER, region=region, person=to.person, organisation=to.organisation,
                            since=day)  # fmt: skip
    made.save()
    audit.record(by, "letters.issue", f"letter:{made.uid}", region, of=subject, kind=kind, version=text.version,
                 pdf=made.digest[:32])  # fmt: skip
    return made


@transaction.atomic
def withdraw(by: User | None, letter: Letter, reason: str, replaced_by: Letter | None = None) -> Withdrawal:
    """From now on verification says that the letter holds no longer, why, and what took its place."""
    made = Withdrawal.objects.create(letter=letter, reason=Withdrawal.Reason(reason), replaced_by=replaced_by, by=by)
    audit.record(by, "letters.withdraw", f"letter:{letter.uid}", letter.region_id, reason=reason,
                 replaced_by=str(replaced_by.uid) if replaced_by else "")  # fmt: skip
    return made


def sm3(content: bytes) -> str:
    work = hashes.Hash(hashes.SM3())
    work.update(content)
    return work.finalize().hex()


def _number(region: Region, kind: str, day: dt.date, office: str, sign: str) -> str:
    """`萧人社技受〔2026〕12号`; the row stays locked until the letter is written or fell."""
    told: dict[str, Any] = {"region": region, "kind": kind, "year": day.year}
    Counter.objects.bulk_create([Counter(**told)], ignore_conflicts=True)
    Counter.objects.filter(**told).update(last=F("last") + 1)
    return f"{office}{sign}〔{day.year}〕{Counter.objects.get(**told).last}号"


def _name(to: To) -> str:
    if to.person is not None:
        return str(Person.objects.values_list("name", flat=True).get(pk=to.person))
    if to.organisation is not None:
        return str(Organisation.objects.values_list("name", flat=True).get(pk=to.organisation))
    return ""
