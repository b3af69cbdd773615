"""Where a block's figure comes from: its own clause, another clause, the front matter."""

from __future__ import annotations

import re
from decimal import Decimal

from tiaowen.coverage.encoded import Encoded, commented
from tiaowen.coverage.figures import Figure
from tiaowen.coverage.likeness import Likeness, whole, years_of
from tiaowen.language.blocks import BlockFile

_FRONT_DAYS = ("issued", "effective", "expires")


class Sources:
    """Looks a figure up in what the original prints, by clause label."""

    def __init__(
        self, printed: dict[str, list[Figure]], headings: dict[str, int], read: BlockFile, likeness: Likeness
    ) -> None:
        self.printed = printed
        self.headings = headings
        self.read = read
        self.likeness = likeness

    def prints(self, figure: Figure, each: Encoded) -> bool:
        if each.kind == "note":
            return self.likeness.noted(figure, each) is not None
        if figure.role in ("growth", "coverage"):
            return whole(figure, each)
        if each.bound == "years" or each.day:
            return self.time_in(figure, each)
        return self.likeness.same_value(figure, each)

    def time_in(self, figure: Figure, each: Encoded) -> bool:
        """Whether a printed year or day gives the end (and, for a period, also the start)."""
        years = years_of(figure)
        if each.bound == "years":
            return {y for y in (each.low, each.high) if y is not None} <= years
        return figure.day == each.day or (each.day.endswith("-12-31") and Decimal(each.day[:4]) in years)

    def elsewhere(self, each: Encoded) -> str:
        """Where a figure comes from when its own clause does not print it; empty if nowhere."""
        if each.bound == "years":
            return self.years_elsewhere(each)
        if each.day:
            return self.day_elsewhere(each)
        comment = commented(self.read, each.line)
        if comment and each.bound == "at least" and each.low == 1:
            return f"# {comment}"  # an event each year, of which the text gives no number
        if each.kind == "note":
            return next(
                (label for label, figures in self.printed.items()
                 for figure in figures if self.likeness.noted(figure, each) is not None), "",
            )  # fmt: skip
        return ""

    def years_elsewhere(self, each: Encoded) -> str:
        """Each end of a period: a printed year, or the year in which the document was made or starts."""
        known = self.known_years()
        ends = [year for year in (each.low, each.high) if year is not None]
        for label, figures in self.printed.items():
            if any(set(ends) <= years_of(figure) for figure in figures):
                return label
        places = [known.get(year, "") for year in ends]
        return " + ".join(dict.fromkeys(places)) if all(places) else ""

    def known_years(self) -> dict[Decimal, str]:
        known: dict[Decimal, str] = {}
        for label, figures in self.printed.items():
            for figure in figures:
                for year in years_of(figure):
                    known.setdefault(year, label)
        for key in _FRONT_DAYS[:2]:
            text = self.read.front_text(key)
            if re.match(r"\d{4}-", text):
                known.setdefault(Decimal(text[:4]), f"文件头 {key}")
        return known

    def day_elsewhere(self, each: Encoded) -> str:
        known = self.known_years()
        if each.day.endswith("-12-31") and Decimal(each.day[:4]) in known:
            return known[Decimal(each.day[:4])]
        for key in _FRONT_DAYS:
            start = self.read.front_text(key)
            if start[4:] == each.day[4:] and start:
                span = Decimal(int(each.day[:4]) - int(start[:4]))
                label = next(
                    (label for label, index in self.headings.items() if index == each.clause
                     for figure in self.printed.get(label, [])
                     if figure.role == "duration" and figure.unit == "年" and figure.low == span), "",
                )  # fmt: skip
                if label or not span:
                    return f"文件头 {key}" + (f" + {span} 年" if label else "")
        return ""
