"""A signed batch as files for the bank: split by the form's limit, the same bytes each time."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Max, Min, Sum
from django.utils.translation import gettext as _

from huijiang import audit
from huijiang.accounts.models import User
from huijiang.claims.models import Account
from huijiang.funds.bankfiles import pain001, template, writing
from huijiang.funds.bankfiles.instructions import Debtor, FileError, Instruction, Order
from huijiang.funds.batches import BatchError
from huijiang.funds.models import BankFile, Batch, Payment

PAIN001: Final = "pain.001"
MOST_OF_PAIN001: Final = 10_000
READY: Final = (Batch.State.SIGNED, Batch.State.SENT, Batch.State.SETTLED)
PURPOSE: Final = "技能人才补贴"


@dataclass(frozen=True)
class Made:
    """A file: what the database keeps of it, and its bytes."""

    row: BankFile
    content: bytes


def forms() -> dict[str, str]:
    """Forms that an office may choose: code → name."""
    own = template.templates(settings.DATA / "bank-templates")
    return {PAIN001: "ISO 20022 pain.001.001.09", **{code: each.name for code, each in own.items()}}


def export(batch: Batch, by: User, form: str = "") -> Iterator[Made]:
    """The files of a batch, one after another.  Made again they have the same bytes.

    Raises BatchError for a batch that is not signed by two, FileError for a form that is not there, or a file that
    is not what it was.
    """
    if batch.state not in READY:
        raise BatchError(_("%(number)s %(state)s；两人签署后才能导出。")
                         % {"number": batch.number, "state": batch.get_state_display()})  # fmt: skip
    code = form or batch.paying.form
    for part, (order, content) in enumerate(files(batch, code), start=1):
        suffix = "xml" if code == PAIN001 else template.templates(settings.DATA / "bank-templates")[code].suffix
        yield _kept(batch, code, part, f"{order.reference}.{suffix}", content, order, by)


def files(batch: Batch, code: str) -> Iterator[tuple[Order, bytes]]:
    """The parts of a frozen batch in a form, one after another, kept nowhere.  Raises FileError."""
    shapes = template.templates(settings.DATA / "bank-templates")
    if code != PAIN001 and code not in shapes:
        raise FileError(f"付款文件格式 {code!r}；应为 expected one of {', '.join(forms())}")
    shape = shapes.get(code)
    most = shape.most if shape else MOST_OF_PAIN001
    parts = -(-batch.payments.filter(amount__gt=0).values("transfer").distinct().count() // most)
    for part in range(1, parts + 1):
        order = _order(batch, part, parts, most)
        out = io.BytesIO()
        if shape is None:
            pain001.write(order, out)
            out.seek(0)
            pain001.check(out)
        else:
            writing.write(shape, order, out)
        yield order, out.getvalue()


@transaction.atomic
def _kept(batch: Batch, form: str, part: int, name: str, content: bytes, order: Order, by: User) -> Made:
    digest = hashlib.sha256(content).hexdigest()
    row, made = BankFile.objects.get_or_create(
        batch=batch, form=form, part=part,
        defaults={"name": name, "digest": digest, "size": len(content), "count": len(order.instructions),
                  "total": order.total, "made_by": by},
    )  # fmt: skip
    if row.digest != digest:
        raise FileError(
            f"{name}: 与上次导出的内容不同 is not what it was（{row.digest[:12]} → {digest[:12]}）；格式模板可能改过 was the template changed?"
        )
    if made:
        audit.record(
            by, "funds.file_exported", f"batch:{batch.uid}", batch.region_id, form=form, part=part, digest=digest
        )
    return Made(row, content)


def _order(batch: Batch, part: int, parts: int, most: int) -> Order:
    paying = batch.paying
    first = (part - 1) * most
    found = list(
        Payment.objects.filter(batch=batch, amount__gt=0).values("transfer", "account_id")
        .annotate(amount=Sum("amount"), lines=Count("id"), since=Min("due__period"), until=Max("due__period"))
        .order_by("transfer")[first : first + most]
    )  # fmt: skip
    accounts = Account.objects.in_bulk({each["account_id"] for each in found})
    instructions = []
    for each in found:
        to = accounts[each["account_id"]]
        instructions.append(Instruction(each["transfer"], int(each["amount"]), to.holder.open(), to.number.open(), to.bank,
                                        to.cnaps, _remark(each["lines"], each["since"], each["until"])))  # fmt: skip
    assert batch.frozen_at is not None
    return Order(
        batch.number if parts == 1 else f"{batch.number}-{part:02d}", batch.frozen_at, batch.pay_on,
        Debtor(paying.name, paying.number.open(), paying.bank, paying.cnaps), instructions, purpose=PURPOSE,
    )  # fmt: skip


def _remark(lines: int, since: str, until: str) -> str:
    """What stands on the payee's statement: of arrears, which periods."""
    if lines == 1:
        return PURPOSE
    return f"{PURPOSE}{since}至{until}共{lines}期" if since else f"{PURPOSE}共{lines}项"
