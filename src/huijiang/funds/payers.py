"""Where money comes from and which account pays it: a source is declared, an account is proposed by one and approved by
another.  Until an account is approved nothing is paid from its source."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from huijiang import audit
from huijiang.access.humans import same
from huijiang.accounts.models import User
from huijiang.claims.intake import is_number, plain_number
from huijiang.funds.models import PayingAccount, Source
from huijiang.regions.models import Region
from huijiang.sealed import seal

LOCK = "funds.source"
CNAPS = re.compile(r"[0-9]{12}")


class PayerError(ValueError):
    """Something that can't be done with a source or a paying account; says what and how to mend it."""


def in_use(region: Region, source: Source) -> PayingAccount | None:
    """The account that pays a source in a place; None while none is approved."""
    return PayingAccount.objects.filter(region=region, source=source, approved_at__isnull=False, ended_at=None).first()


def held_in_use(region: Region, source: Source) -> PayingAccount | None:
    """The same, held until the transaction ends: no other account takes over meanwhile.  Those who build at once don't
    wait for each other, whoever approves an account waits for them."""
    with connection.cursor() as cursor:  # the lock that naming the source in a batch takes anyway, only earlier
        cursor.execute("SELECT FROM funds_source WHERE id = %s FOR KEY SHARE", [source.pk])
    return in_use(region, source)


def waiting(region: Region, source: Source) -> PayingAccount | None:
    """The account that waits for another person's approval."""
    return PayingAccount.objects.filter(region=region, source=source, approved_at=None, ended_at=None).first()


@transaction.atomic
def declare(code: str, name: str, words: Sequence[str], by: User) -> tuple[Source, bool]:
    """A source with the words that documents call it by, and whether it is new; the same again is given as it is.

    Raises PayerError where code, name or one of the words means another source: no word means two.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [LOCK])
    called = sorted({each.strip() for each in words if each.strip()} - {name.strip()})
    for each in Source.objects.filter(Q(code=code) | Q(name=name.strip())):
        if (each.code, each.name, each.words) == (code, name.strip(), called):
            return each, False
        raise PayerError(_("代码 %(code)s 或名称“%(name)s”已是资金来源“%(other)s”的。")
                         % {"code": code, "name": name.strip(), "other": each.name})  # fmt: skip
    for word in (name.strip(), *called):
        other = Source.objects.filter(Q(name=word) | Q(words__contains=[word])).first()
        if other is not None:
            raise PayerError(_("“%(word)s”已指“%(other)s”，不能再指另一项资金。") % {"word": word, "other": other.name})
    made = Source.objects.create(code=code, name=name.strip(), words=called)
    audit.record(by, "funds.source_declared", f"source:{made.code}", "", words=len(called))
    return made, True


@transaction.atomic
def propose(
    region: Region, source: Source, by: User, *, name: str, number: str, bank: str, cnaps: str, form: str
) -> PayingAccount:
    """The account from which a source is to be paid in a place; another person approves it, until then the one before
    pays on.  One that waited gives way to it; the same again changes nothing.  Raises PayerError."""
    plain = plain_number(number)
    if not is_number(plain):
        raise PayerError(_("账号应为 8 到 30 位数字。"))
    if CNAPS.fullmatch(cnaps) is None:
        raise PayerError(_("联行号应为 12 位数字。"))
    Source.objects.select_for_update(of=("self",)).get(pk=source.pk)
    told = {"name": name.strip(), "bank": bank.strip(), "cnaps": cnaps, "form": form}
    before = waiting(region, source)
    for known in (before, in_use(region, source)):
        if known is None or (known.approved_at is None and known.made_by_id != by.pk):
            continue
        if known.number.open() == plain and told == {key: getattr(known, key) for key in told}:
            return known
    if before is not None:
        PayingAccount.objects.filter(pk=before.pk).update(ended_at=Now())
    made = PayingAccount.objects.create(
        region=region, source=source, number=seal(plain, "paying_account.number"), made_by=by, **told
    )
    audit.record(by, "funds.paying_proposed", f"paying:{made.pk}", region.pk, source=source.code)
    return made


@transaction.atomic
def approve(account: PayingAccount, by: User) -> PayingAccount:
    """Let a proposed account pay from now on, in the place of the one before.  Approving it twice changes nothing.

    Raises PayerError for whoever proposed it, and for one that gave way to another meanwhile.
    """
    Source.objects.select_for_update(of=("self",)).get(pk=account.source_id)
    held = (
        PayingAccount.objects.select_for_update(of=("self",))
        .select_related("made_by", "region", "source")
        .get(pk=account.pk)
    )
    if held.approved_at is not None:
        return held
    if held.ended_at is not None:
        raise PayerError(_("这个账户已被后来提出的替换，请批准新的。"))
    if same(by, held.made_by):
        raise PayerError(_("提出的人不能批准自己提出的账户，请由另一位批准。"))
    PayingAccount.objects.filter(
        region=held.region, source=held.source, approved_at__isnull=False, ended_at=None
    ).update(ended_at=Now())
    PayingAccount.objects.filter(pk=held.pk).update(approved_by=by, approved_at=Now())
    audit.record(by, "funds.paying_approved", f"paying:{held.pk}", held.region_id, source=held.source.code)
    held.refresh_from_db()
    return held
