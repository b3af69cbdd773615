"""Money as people read it: whole fen in, `2,000 元` or `2 万元` out, an unset amount never as 0."""

from __future__ import annotations

from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from huijiang.web.components.library import register
from huijiang.web.language import is_chinese

FEN = 100
WAN = 10_000 * FEN


@dataclass(frozen=True)
class Amount:
    """What is paid: both ends in fen.  Both None: not determined; only `low`: at least; only `high`: at most.

    `per` follows the unit (月, 人), `kind` says how (一次性), `label` stands above (预计可领).
    """

    low: int | None
    high: int | None = None
    per: str = ""
    kind: str = ""
    label: str = ""

    def __post_init__(self) -> None:
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(f"amount: low {self.low} > high {self.high} 分")

    @classmethod
    def exactly(cls, fen: int, *, per: str = "", kind: str = "", label: str = "") -> Amount:
        return cls(fen, fen, per, kind, label)

    @property
    def lead(self) -> str:
        """What stands before the figure: 最高, 至少, nothing."""
        if self.low == self.high:
            return ""
        if self.low is None:
            return gettext("最高")
        return gettext("至少") if self.high is None else ""

    @property
    def figure(self) -> str:
        """The figure in yuan, or 万 when both ends are whole 万; empty when not determined."""
        ends = [end for end in (self.low, self.high) if end is not None]
        if not ends:
            return ""
        divisor = WAN if self.in_wan else FEN
        said = [grouped(end, divisor) for end in ends]
        return said[0] if len(said) == 1 or said[0] == said[1] else "–".join(said)

    @property
    def unit(self) -> str:
        unit = gettext("万元") if self.in_wan else gettext("元")
        return f"{unit}/{self.per}" if self.per else unit

    @property
    def in_wan(self) -> bool:
        ends = [end for end in (self.low, self.high) if end]
        return is_chinese() and bool(ends) and all(end % WAN == 0 for end in ends)

    @property
    def is_set(self) -> bool:
        return not (self.low is None and self.high is None)

    def __str__(self) -> str:
        if not self.is_set:
            return gettext("数额未定")
        return " ".join(part for part in (self.lead, self.figure, self.unit) if part)


def grouped(fen: int, divisor: int = FEN) -> str:
    """Exactly, with thousands separated: 1234567 → 12,345.67; 3000000 → 30,000."""
    sign, fen = ("-", -fen) if fen < 0 else ("", fen)
    rest = f"{fen % divisor:0{len(str(divisor)) - 1}d}"
    if divisor == FEN:
        tail = f".{rest}" if fen % divisor else ""
    else:
        tail = f".{rest.rstrip('0')}" if fen % divisor else ""
    return f"{sign}{fen // divisor:,}{tail}"


@register.filter
def yuan(fen: int | None) -> str:
    """The figure alone, for columns headed 元; a missing amount is 未定, not 0."""
    return gettext("未定") if fen is None else grouped(fen)


@register.filter
def money(fen: int | None) -> str:
    """The figure with its unit: `2,000 元`, `2 万元`."""
    return str(Amount(fen, fen))


@register.simple_tag
def amount(value: Amount) -> SafeString:
    """The big figure of a benefit."""
    return render_to_string("web/components/amount.html", {"amount": value})
