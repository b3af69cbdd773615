"""How money is named on pages: benefits, states, accounts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _

from huijiang.claims.public_notice import name_of
from huijiang.documents import library
from huijiang.funds.models import Batch, Line, Payment
from huijiang.web.components.amount import yuan
from huijiang.web.components.tables import Cell, Column, Table
from huijiang.web.components.tags import Tag

BATCH: Final = {"open": ("grey", ""), "frozen": ("amber", "clock"), "signed": ("blue", "check"), "sent": ("blue", "clock"),
                "settled": ("green", "check-circle"), "dropped": ("grey", "cross")}  # fmt: skip
PAYMENT: Final = {"prepared": ("grey", ""), "sent": ("blue", "clock"), "paid": ("green", "check-circle"), "rejected": ("red", "cross"),
                  "returned": ("red", "cross"), "dropped": ("grey", "")}  # fmt: skip


def line_name(line: Line) -> str:
    """What a line is for."""
    return name_of(line.benefit) if line.benefit else _("全部项目")


def batch_tag(batch: Batch) -> Tag:
    colour, icon = BATCH[batch.state]
    return Tag(batch.get_state_display(), colour, icon)


def payment_tag(payment: Payment) -> Tag:
    colour, icon = PAYMENT[payment.state]
    return Tag(payment.get_state_display(), colour, icon)


def money(fen: int) -> str:
    """A figure in yuan for a column headed 元."""
    return yuan(fen)


def masked_number(text: str) -> str:
    """An account number of which the last four show."""
    return f"**** {text[-4:]}" if len(text) > 4 else "****"


def clause_of(benefit: str) -> str:
    """Document and clause of a benefit today; the key where the release no longer has it."""
    try:
        rule = library.current().rule(benefit)
        plan = library.current().plans[benefit.partition("#")[0]]
    except KeyError:
        return benefit
    return f"{plan.number} {rule.clause}"


def transfer_lines(lines: Sequence[Mapping[str, Any]], here: str, leads: str) -> Table | None:
    """The periods that went to the bank in one sum (`reference`, `period`, `label`, `amount`); None for a single one."""
    if len(lines) < 2:
        return None
    total = sum(each["amount"] for each in lines)
    rows = [
        [each["period"] or each["label"] or _("一次性"), Cell(each["reference"], "" if each["reference"] == here else reverse(leads, args=[each["reference"]])),
         Cell(money(each["amount"]), note=_("另抵扣 %(yuan)s") % {"yuan": money(each["offset"])} if each["offset"] else "")]
        for each in lines
    ]  # fmt: skip
    caption = _("一次汇款，%(n)s 期，合计 %(yuan)s 元") % {"n": len(lines), "yuan": money(total)}
    return Table(caption, [Column(_("所属期")), Column(_("流水号")), Column(_("金额（元）"), "number")], rows)
