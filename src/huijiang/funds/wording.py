"""How money is named on pages: benefits, states, accounts."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _

from huijiang.claims.public_notice import name_of
from huijiang.documents import library
from huijiang.funds.models import Batch, Line, Payment
from huijiang.web.components.amount import yuan
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
