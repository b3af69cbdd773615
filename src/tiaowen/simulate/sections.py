"""What a simulation says, as sections: a heading that states the finding, a table, what to draw of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from tiaowen.report.money import yuan
from tiaowen.simulate.cells import Moved, Part
from tiaowen.simulate.simulation import Side, Simulation
from tiaowen.vocabulary.model import Vocabulary

Cell = str | int
WORDS: Final = {
    "base": ("现行", "As it is"),
    "sure": ("{} · 确定（元）", "{} · sure (yuan)"),
    "most": ("{} · 至多（元）", "{} · at most (yuan)"),
    "expected": ("{} · 按申领率（元）", "{} · by take-up (yuan)"),
    "share": ("申领率 %", "Take-up %"),
    "item": ("项目", "Benefit"),
    "fund": ("资金", "Fund"),
    "none": ("未写明", "Not stated"),
    "month": ("月份", "Month"),
    "place": ("地区", "Place"),
    "people": ("人", "People"),
    "firms": ("单位", "Organisations"),
    "kind": ("收款方", "Paid to"),
    "level": ("等级", "Level"),
    "size": ("单位人数", "Staff of the firm"),
    "who": ("分组", "Group"),
    "winners": ("得益", "Winners"),
    "gained": ("多得（元）", "Gained (yuan)"),
    "losers": ("受损", "Losers"),
    "lost": ("少得（元）", "Lost (yuan)"),
    "cliff": ("门槛", "Cliff"),
    "made": ("新增", "Made"),
    "removed": ("消除", "Removed"),
    "all": ("合计", "In all"),
    "scenario": ("方案", "Scenario"),
    "totals by": ("{}：确定支出 {} 元，{}", "{}: sure spending {} yuan, {}"),
    "more": ("比现行多 {} 元", "{} yuan more than as it is"),
    "less": ("比现行少 {} 元", "{} yuan less than as it is"),
    "same": ("与现行相同", "the same as it is"),
    "benefits": ("各项目支出", "Spending by benefit"),
    "top fund": ("支出最多的资金：{}，{} 元（{}）", "The fund that spends most: {}, {} yuan ({})"),
    "top month": ("支出最多的月份：{}，{} 元（{}）", "The month that costs most: {}, {} yuan ({})"),
    "top place": ("支出最多的地区：{}，{} 元（{}）", "The place that gets most: {}, {} yuan ({})"),
    "nothing": ("没有支出", "No spending"),
    "paid": ("确定领到钱的：{}", "Surely paid: {}"),
    "moved": ("{}：{} 个收款方多得 {} 元，{} 个少得 {} 元", "{}: {} payees gain {} yuan, {} lose {} yuan"),
    "gained most": ("{}：按{}，多得最多的是{}，{} 元", "{}: by {}, {} gains most, {} yuan"),
    "lost most": ("{}：按{}，少得最多的是{}，{} 元", "{}: by {}, {} loses most, {} yuan"),
    "cliffs": ("门槛：新增 {} 处，消除 {} 处", "Cliffs: {} made, {} removed"),
    "open": ("未定", "open"),
}  # fmt: skip


@dataclass
class Section:
    """`money` names the columns that hold fen; `draw` those to draw as bars, the first column names them."""

    heading: str
    header: list[str]
    rows: list[list[Cell]]
    money: set[int] = field(default_factory=set)
    draw: list[int] = field(default_factory=list)
    note: str = ""


class Sections:
    """Builds the sections of a simulation in one language."""

    def __init__(self, found: Simulation, vocabulary: Vocabulary, lang: str) -> None:
        self.found, self.vocabulary, self.lang = found, vocabulary, lang
        self.names = [side.name or self.word("base") for side in found.sides]

    def word(self, key: str, *values: object) -> str:
        return WORDS[key][0 if self.lang == "zh" else 1].format(*values)

    def every(self) -> list[Section]:
        found = [self._benefits()]
        found.append(self._parts("fund", [side.funds() for side in self.found.sides], lambda label: label))
        found.append(self._parts("month", [side.months for side in self.found.sides], lambda label: label))
        regions = self.vocabulary.regions
        found.append(self._parts("place", [side.places for side in self.found.sides],
                                 lambda code: regions.name(code) if code else ""))  # fmt: skip
        found.append(self._payees())
        for name, side in zip(self.names[1:], self.found.sides[1:], strict=True):
            found += self._moved(name, side)
        found.append(self._cliffs())
        return found

    def headline(self, at: int) -> str:
        """What one scenario comes to against the base."""
        side, gain = self.found.sides[at], self.found.sides[at].money.low - self.found.base.money.low
        change = self.word("same") if not gain else self.word("more" if gain > 0 else "less", yuan(abs(gain)))
        return self.word("totals by", self.names[at], yuan(side.money.low), change)

    def _label(self, text: str) -> str:
        return text or self.word("none")

    def _benefits(self) -> Section:
        keys = list(dict.fromkeys(key for side in self.found.sides for key in side.benefits))
        header, rows = [self.word("item")], []
        for name in self.names:
            header += [self.word("sure", name), self.word("most", name), self.word("share"),
                       self.word("expected", name)]  # fmt: skip
        for key in keys:
            mine = [side.benefits.get(key) for side in self.found.sides]
            if not any(each is not None and (each.money.low or each.money.high or each.money.open) for each in mine):
                continue
            row: list[Cell] = [next(each.name for each in mine if each is not None)]
            for each in mine:
                money = each.money if each is not None else Part()
                row += [money.low, self._most(money), each.take_up if each else 100, each.expected if each else 0]
            rows.append(row)
        total: list[Cell] = [self.word("all")]
        for side in self.found.sides:
            total += [side.money.low, self._most(side.money), "", side.expected]
        count = len(self.names)
        money_columns = {1 + 4 * n + at for n in range(count) for at in (0, 1, 3)}
        heading = "；".join(self.headline(at) for at in range(1, count)) or self.word("benefits")
        return Section(
            heading, header, [*rows, total], money_columns, [1 + 4 * n for n in range(count)], self._assumed()
        )

    def _assumed(self) -> str:
        """Every assumption of take-up with its day and reason."""
        said = [f"{side.name}：{each.assumed_on} {each.because} {'、'.join(f'{k} {v} %' for k, v in each.take_up.items())}"
                for side in self.found.sides if (each := side.scenario) is not None and each.take_up]  # fmt: skip
        rule = ("申领率是假定；未列的项目按 100 %；按申领率的金额逐项四舍五入到分。"
                if self.lang == "zh" else "Take-up is assumed; benefits not listed count 100 %; "
                "rounded half up to the fen for each benefit.")  # fmt: skip
        return " ".join([rule, *said])

    def _most(self, part: Part) -> Cell:
        return self.word("open") if part.open else part.high

    def _parts(self, what: str, sides: list[dict[str, Part]], name: Callable[[str], str]) -> Section:
        labels = sorted({label for side in sides for label, part in side.items() if part != Part()})
        header, rows = [self.word(what)], []
        for each in self.names:
            header += [self.word("sure", each), self.word("most", each)]
        for label in labels:
            row: list[Cell] = [self._label(name(label))]
            for side in sides:
                part = side.get(label, Part())
                row += [part.low, self._most(part)]
            rows.append(row)
        last = sides[-1]
        top = max(last, key=lambda label: last[label].low, default=None)
        heading = self.word("nothing") if top is None else self.word(
            f"top {what}", self._label(name(top)), yuan(last[top].low), self.names[-1])  # fmt: skip
        columns = range(1, 2 * len(sides) + 1)
        return Section(heading, header, rows, set(columns), [at for at in columns if at % 2])

    def _payees(self) -> Section:
        rows: list[list[Cell]] = []
        for name, side in zip(self.names, self.found.sides, strict=True):
            rows.append([name, side.payees.get("person", 0), side.payees.get("organisation", 0)])
        said = "；".join(
            f"{name} {people} {self.word('people')}、{firms} {self.word('firms')}" for name, people, firms in rows
        )
        header = [self.word("scenario"), self.word("people"), self.word("firms")]
        return Section(self.word("paid", said), header, rows, draw=[1, 2])

    def _moved(self, name: str, side: Side) -> list[Section]:
        header = [self.word("who"), self.word("winners"), self.word("gained"), self.word("losers"), self.word("lost")]
        found = []
        for group, moved in side.moved.items():
            if group == "all":
                each = moved[0]
                heading = self.word("moved", name, each.winners, yuan(each.gained), each.losers, yuan(each.lost))
            else:
                heading = self._moved_most(name, group, moved)
            if moved:
                rows = [self._moved_row(group, each) for each in moved]
                found.append(Section(heading, header, rows, {2, 4}, [2, 4] if group != "all" else []))
        return found

    def _moved_most(self, name: str, group: str, moved: list[Moved]) -> str:
        """The group that gains most, or loses most where nobody gains."""
        most = max(moved, key=lambda each: (each.gained, each.lost), default=Moved("", 0, 0, 0, 0))
        said = ("gained most", most.gained) if most.gained else ("lost most", most.lost)
        return self.word(said[0], name, self.word(group), self._moved_row(group, most)[0], yuan(said[1]))

    def _moved_row(self, group: str, each: Moved) -> list[Cell]:
        label = each.label
        if group == "place" and label:
            label = self.vocabulary.regions.name(label)
        elif group == "kind":
            label = {"person": self.word("people"), "organisation": self.word("firms")}.get(label, label)
        elif group == "all":
            label = self.word("all")
        return [self._label(label), each.winners, each.gained, each.losers, each.lost]

    def _cliffs(self) -> Section:
        rows: list[list[Cell]] = []
        made = removed = 0
        for name, side in zip(self.names[1:], self.found.sides[1:], strict=True):
            made, removed = made + len(side.cliffs_made), removed + len(side.cliffs_removed)
            rows += [[name, self.word("made"), each.words(self.lang)] for each in side.cliffs_made]
            rows += [[name, self.word("removed"), each.words(self.lang)] for each in side.cliffs_removed]
        return Section(self.word("cliffs", made, removed), [self.word("scenario"), "", self.word("cliff")], rows)


def shown(cell: Cell, money: bool) -> str:
    """A cell as text: fen become yuan."""
    if isinstance(cell, str):
        return cell
    return yuan(cell) if money else f"{cell:,}"
