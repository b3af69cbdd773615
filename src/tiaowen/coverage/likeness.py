"""Whether a printed figure and a figure of a block are the same one: value, unit, sense, name."""

from __future__ import annotations

import re
from decimal import Decimal

from tiaowen.coverage.encoded import Encoded
from tiaowen.coverage.figures import Figure, find_figures
from tiaowen.coverage.numerals import plain
from tiaowen.vocabulary.units import Units

# units that are misprints or left out: what they may stand for, if a question asks about it
LOOSE = {"次": ("人次", "班次"), "人才": ("人", "人次"), "": ("元",)}
_SAME = {"周岁": "岁", "名": "人", "个": "家", "所": "家"}


class Likeness:
    """Compares figures.  `questioned` holds the ids of blocks that a question is about."""

    def __init__(self, units: Units, questioned: set[str]) -> None:
        self.units = units
        self.questioned = questioned

    def cost(self, figure: Figure, each: Encoded) -> int | None:
        """0 for the same value and role; None when the block's figure is another one."""
        if each.repeats:
            return None
        if each.kind == "note":
            return self.noted(figure, each)
        if figure.row and each.row != figure.row:
            return None
        if each.kind == "front matter" and each.low is None and not each.day:
            same = figure.role in ("document", "name") and plain(figure.token) in plain(each.text)
            return 0 if same else None
        if figure.role in ("name", "wording"):
            return self.named(figure, each)
        if figure.role in ("date", "year"):
            return 0 if self.same_time(figure, each) else self.named(figure, each)
        if figure.role == "once":
            return 0 if each.text == "once" and each.group == "limits" else None
        if figure.role in ("growth", "coverage"):
            return 0 if whole(figure, each) else None
        if not self.same_value(figure, each):
            return None
        if figure.unit in LOOSE and figure.unit != each.unit:
            return 1 if each.block in self.questioned and bounds_agree(figure, each) else None
        same_unit = _SAME.get(figure.unit, figure.unit) == _SAME.get(each.unit, each.unit)
        return (0 if same_unit else 1) if bounds_agree(figure, each) else None

    def noted(self, figure: Figure, note: Encoded) -> int | None:
        """A note lists tokens: names may stand inside longer ones, figures must be the same."""
        token, text = plain(figure.token), plain(note.text)
        if token == text:
            return 5
        if figure.role in ("name", "wording", "document") and len(token) > 1 and (token in text or text in token):
            return 6
        whole = [f for f in find_figures(note.text, self.units) if f.value and plain(f.token) == text]
        return 5 if any((f.value, f.unit) == (figure.value, figure.unit) for f in whole) else None

    def named(self, figure: Figure, each: Encoded) -> int | None:
        """A label, a name or a value that carries the token (五星; 一二三等奖 one by one)."""
        if not each.shared or each.bound or each.low is not None:
            return None
        token, text = plain(figure.token), plain(each.text)
        if len(token) > 1 and token in text:
            return 7
        prizes = re.fullmatch(r"([一二三四五六七八九]{2,})等奖", token)
        return 7 if prizes and text == f"{prizes.group(1)[-1]}等奖" else None

    def same_time(self, figure: Figure, each: Encoded) -> bool:
        if figure.day:
            return figure.day == each.day
        if each.bound == "years" and figure.low is not None:
            if figure.bound == "from":
                return figure.low == each.low
            if figure.low != figure.high:
                return (figure.low, figure.high) == (each.low, each.high)
            return figure.high in (each.high, each.low if figure.bound != "until" else each.high)
        if each.day and figure.high is not None and figure.low == figure.high:
            start = each.bound in ("at least", "any") and each.day.endswith("-01-01")
            end = each.day.endswith("-12-31")
            return (start or end or each.kind == "front matter") and Decimal(each.day[:4]) == figure.high
        return False

    def same_value(self, figure: Figure, each: Encoded) -> bool:
        """Value and dimension alike; the dimension of a loose unit is judged by the caller."""
        if figure.low is None or each.low is None or figure.role == "year" or each.bound == "years":
            return False
        if each.text == "once":
            return False
        unit, other = _SAME.get(figure.unit, figure.unit), _SAME.get(each.unit, each.unit)
        if figure.unit in LOOSE and other in LOOSE[figure.unit]:
            return (figure.low, figure.high) == (each.low, each.high)
        if not other:
            return figure.role == "rank" and figure.low == each.low
        first, second = self.in_base(figure.low, figure.high, unit), self.in_base(each.low, each.high, other)
        return first == second

    def in_base(self, low: Decimal, high: Decimal | None, unit: str) -> tuple[str, Decimal, Decimal]:
        known = self.units.known.get(unit)
        top = low if high is None else high
        if known is None or unit == "岁":
            return unit, low, top
        return known.dimension, low * known.factor, top * known.factor

    def other_figure(self, figure: Figure, each: Encoded) -> bool:
        """Whether a block's own figure is of the printed one's kind (元, 年 …) but of another value."""
        if each.low is None or each.shared or each.repeats:
            return False
        units = (_SAME.get(figure.unit, figure.unit), _SAME.get(each.unit, each.unit))
        first, second = (self.in_base(each.low, each.high, unit)[0] for unit in units)
        return first == second and not self.same_value(figure, each)


def years_of(figure: Figure) -> set[Decimal]:
    """The years that a figure prints: one, or both ends of a period."""
    if figure.role != "year" or figure.low is None or figure.high is None:
        return set()
    return {figure.low, figure.high}


def serves_all(each: Encoded, figure: Figure) -> bool:
    """Whether one entry may stand for several printed places: years, days, names."""
    return each.shared or (each.kind == "note" and figure.role in ("name", "wording", "document"))


def whole(figure: Figure, each: Encoded) -> bool:
    """全覆盖 is 100 % of coverage, 翻番 100 % of growth, 成倍 a growth that says no number."""
    if each.nature != figure.role or each.group != "value" or each.shared:
        return False
    if each.low is not None and not _striving_agrees(figure, each):
        return False
    return each.low is None if figure.token == "成倍" else (each.low, each.unit) == (Decimal(100), "%")


def _striving_agrees(figure: Figure, each: Encoded) -> bool:
    """力争 in the figure's own phrase must be written; earlier in the sentence it may or may not reach."""
    return bool(figure.striving) if each.striving else figure.striving != "near"


def bounds_agree(figure: Figure, each: Encoded) -> bool:
    """Whether the block says of the figure what the words around it say (以上, 最高, 左右, 力争 …)."""
    if each.group == "value" and not _striving_agrees(figure, each):
        return False
    if each.bound == "any" or figure.bound == each.bound:
        return True
    if figure.low != figure.high:
        return each.low != each.high
    condition = each.group in ("where", "must", "share with", "schedule", "instalments", "joined with")
    if figure.bound == "":
        return condition or (each.group == "share" and each.bound == "at most")
    if figure.bound == "at most":
        return figure.role == "duration" and each.group == "schedule"
    return False
