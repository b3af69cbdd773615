"""Which block accounts for which printed figure, by clause, value and role.

Every printed occurrence needs a figure of its own in a block under its clause.
A name (“2+3+X”, 五一) may be listed once in a note for all its occurrences, and
a year or a day of the front matter may serve several.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from tiaowen.coverage.align import FORMAL, Alignment
from tiaowen.coverage.encoded import Encoded
from tiaowen.coverage.figures import Figure, find_figures
from tiaowen.coverage.likeness import LOOSE, Likeness, bounds_agree, serves_all
from tiaowen.coverage.pairing import pair
from tiaowen.coverage.sources import Sources
from tiaowen.language.blocks import BlockFile
from tiaowen.vocabulary.units import Units

FRONT = "文件头"
_WHOLE = ("growth", "coverage")
_ADDED = ("where", "threshold", "must", "share with")
_FRONT_DAYS = ("issued", "effective", "expires")


@dataclass(slots=True)
class Line:
    """A printed figure and what accounts for it (`by` is empty when nothing does)."""

    clause: str
    figure: Figure
    by: Encoded | None = None
    why: str = ""


@dataclass(slots=True)
class Account:
    """Lines by clause, figures of blocks without a source, and those with one elsewhere."""

    lines: list[Line] = field(default_factory=list)
    unsourced: list[tuple[str, Encoded]] = field(default_factory=list)
    elsewhere: list[tuple[str, Encoded, str]] = field(default_factory=list)
    misordered: list[tuple[str, Encoded]] = field(default_factory=list)


def account(
    printed: dict[str, list[Figure]], aligned: Alignment, encoded: Iterable[Encoded], read: BlockFile, units: Units
) -> Account:
    """Match the printed figures of each clause with the figures of the blocks under its heading."""
    return _Accountant(printed, aligned, list(encoded), read, units).run()


class _Accountant:
    def __init__(
        self, printed: dict[str, list[Figure]], aligned: Alignment, encoded: list[Encoded],
        read: BlockFile, units: Units,
    ) -> None:  # fmt: skip
        self.printed = printed
        self.aligned = aligned
        self.encoded = encoded
        self.read = read
        self.found = Account()
        questioned = {word for block in read.blocks if block.kind == "question" for word in block.words("about")}
        self.like = Likeness(units, questioned)
        self.sources = Sources(printed, aligned.headings, read, self.like)

    def run(self) -> Account:
        heads: dict[int, list[str]] = {}
        for label, index in self.aligned.headings.items():
            heads.setdefault(index, []).append(label)
        for index, labels in heads.items():
            mine = [each for each in self.encoded if each.clause == index] + self.front(index, labels)
            figures = [(label, figure) for label in labels for figure in self.printed.get(label, [])]
            self.match(figures, mine)
            self.reverse([figure for _, figure in figures], mine, labels[0])
        for label in set(self.aligned.unread) - set(self.aligned.headings):
            self.found.lines += [Line(label, figure) for figure in self.printed.get(label, [])]
        order = {label: n for n, label in enumerate(self.printed)}
        self.found.lines.sort(key=lambda line: (order[line.clause], line.figure.at))
        lost = {clause.index for clause in self.read.clauses} - set(heads)
        for each in self.encoded:
            if each.clause in lost and not each.reading and self.is_figure(each):
                self.found.unsourced.append((self.read.clauses[each.clause].label, each))
        return self.found

    # -- front matter -------------------------------------------------------------
    def front(self, index: int, labels: list[str]) -> list[Encoded]:
        """What the front matter holds for a formal part, or for a note that points to it."""
        keys: set[str] = set()
        blocks: set[str] = set()
        for block in self.read.blocks:
            if block.kind == "note" and block.clause.index == index:
                for word in block.words("in"):
                    if word.startswith("front matter"):
                        keys.add(word.removeprefix("front matter").strip())
                    else:
                        blocks.add(word.split(" ")[0])
        if any(label in FORMAL for label in labels):
            keys |= {"document", "issued", "basis"}
        if any(label.startswith("〔") and label[-1] == "〕" for label in labels):
            keys.add("title")  # a notice or a preamble repeats the title, figures in it included
        found = [
            replace(each, kind="front matter", clause=index, bound="any", shared=True, reading=False)
            for each in self.encoded
            if each.block in blocks and each.clause != index
        ]
        for key in sorted(keys):
            for text in self.read.front_words(key):
                found += self.front_key(key, text, index)
        return found

    def front_key(self, key: str, text: str, index: int) -> list[Encoded]:
        base = Encoded(FRONT, "front matter", index, key, text, bound="any", shared=True)
        if key in _FRONT_DAYS and re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            return [replace(base, day=text)]
        found = [base]
        for figure in find_figures(text, self.like.units) if key == "term" else ():
            found.append(replace(base, low=figure.low, high=figure.high, unit=figure.unit))
        return found

    # -- printed → block ------------------------------------------------------------
    def match(self, figures: list[tuple[str, Figure]], mine: list[Encoded]) -> None:
        """Pair each printed figure with a figure of the blocks, one to one."""
        costs = [self.options(figure, mine) for _, figure in figures]
        chosen = pair(costs, lambda n, choice: serves_all(mine[choice], figures[n][1]))
        self.drop_misread(figures, chosen, mine)
        matched: dict[int, Encoded] = {}
        for n, (label, figure) in enumerate(figures):
            by = mine[chosen[n]] if n in chosen else None
            if by is not None:
                matched[n] = by
            why = "" if by is not None or figure.role == "wording" else self.why(figure, mine)
            self.found.lines.append(Line(label, figure, by, why))
        self.ordered(figures, matched)

    def drop_misread(self, figures: list[tuple[str, Figure]], chosen: dict[int, int], mine: list[Encoded]) -> None:
        """A reading does not account for a figure when the block that it patches says another one."""
        for n, choice in list(chosen.items()):
            each, figure = mine[choice], figures[n][1]
            if not each.reading or each.kind != "question":
                continue
            patched = each.key.split(" · ")[1]
            if any(
                self.like.other_figure(figure, other)
                for other in mine
                if other.block == patched and other.bound == each.bound and not other.reading
            ):
                del chosen[n]

    def options(self, figure: Figure, mine: list[Encoded]) -> list[tuple[int, int]]:
        """Candidates as (cost, place in `mine`), the closest first.

        A reading's figure comes into question only for a condition that it adds: what is paid,
        and how much at most, must stand in a block.
        """
        costs = []
        base_has = any(
            not e.reading and e.kind != "note" and e.unit == figure.unit and self.like.same_value(figure, e)
            for e in mine
        )
        for n, each in enumerate(mine):
            if each.reading and (base_has or figure.unit == "元" or each.group not in _ADDED):
                continue
            cost = self.like.cost(figure, each)
            if cost is not None:
                costs.append((cost + 10 * each.reading, n))
        return sorted(costs)

    def why(self, figure: Figure, mine: list[Encoded]) -> str:
        """A near miss, so that a gap explains itself: same value, other unit or sense, or used up."""
        for each in mine:
            if each.kind in ("note", "front matter") or each.low is None or each.reading:
                continue
            if self.like.same_value(figure, each):
                if figure.unit in LOOSE and figure.unit != each.unit:
                    return f"unit:{each.place}"
                return f"{'used' if bounds_agree(figure, each) else 'sense'}:{each.place}"
            if figure.low == each.low and figure.high == each.high and each.unit != figure.unit and each.unit:
                return f"unit:{each.place}"
        return ""

    def ordered(self, figures: list[tuple[str, Figure]], matched: dict[int, Encoded]) -> None:
        """Amounts and targets stand in the file in the order in which the text prints them.

        So two figures given to each other's labels are noticed.  Rows of a table have an
        order of their own; `first of` needs the narrower case first.
        """
        last: dict[str, int] = {}
        for n, each in sorted(matched.items(), key=lambda item: (item[1].line, item[1].row, item[0])):
            threshold = each.group == "amount" and each.bound == "at least"  # `once 50 人次`
            paid = each.group in ("amount", "value") or each.row
            if not paid or each.shared or each.reading or threshold or each.nature in _WHOLE or "first of" in each.key:
                continue
            series = each.block if each.row else ""
            if n < last.get(series, n):
                self.found.misordered.append((figures[n][0], each))
            last[series] = n

    # -- block → printed --------------------------------------------------------------
    def is_figure(self, each: Encoded) -> bool:
        return each.kind == "note" or each.low is not None or bool(each.day)

    def reverse(self, figures: list[Figure], mine: list[Encoded], label: str) -> None:
        for each in mine:
            if each.reading or each.kind == "front matter" or not self.is_figure(each) or each.text == "once":
                continue
            if any(self.sources.prints(figure, each) for figure in figures):
                continue
            where = self.sources.elsewhere(each)
            if where:
                self.found.elsewhere.append((label, each, where))
            else:
                self.found.unsourced.append((label, each))
