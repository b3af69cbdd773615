"""What a file to the bank says, whatever its form."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal


class FileError(ValueError):
    """A file that can't be written or read: where, what was seen, what was expected, how to mend it."""


@dataclass(frozen=True)
class Debtor:
    """Who pays: the office's name, its account, its bank."""

    name: str
    account: str
    bank: str
    cnaps: str


@dataclass(frozen=True)
class Instruction:
    """One payment.  `reference`: ours, 1–35 letters and digits, comes back with the reply; `amount` in fen."""

    reference: str
    amount: int
    payee: str
    account: str
    bank: str = ""
    cnaps: str = ""
    remark: str = ""


@dataclass(frozen=True)
class Order:
    """A whole file: its own reference, when it was made (with time zone), the day to pay, who pays, the payments."""

    reference: str
    made_at: dt.datetime
    pay_on: dt.date
    debtor: Debtor
    instructions: Sequence[Instruction]
    budget_code: str = ""
    purpose: str = ""

    @property
    def total(self) -> int:
        return sum(each.amount for each in self.instructions)


def yuan(fen: int) -> str:
    """Fen as yuan with two decimals, as banks write it."""
    return f"{Decimal(fen).scaleb(-2):.2f}"


def fen(text: str) -> int:
    """Yuan as written in a file, in fen.  Raises FileError for what is no amount or has parts of a fen."""
    plain = text.strip().replace(",", "").removeprefix("¥").removeprefix("￥")
    try:
        value = Decimal(plain).scaleb(2)
    except ArithmeticError:
        raise FileError(f"金额“{text[:30]}”不是数 is not an amount；应如 expected such as 1234.56") from None
    if not value.is_finite() or value != value.to_integral_value() or abs(value) >= 10**15:
        raise FileError(f"金额“{text[:30]}”应为两位小数的元 expected yuan with two decimals")
    return int(value)
