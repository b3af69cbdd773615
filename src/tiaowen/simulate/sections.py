"""What a simulation says, as sections: a heading that states the finding, a table, what to draw of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from tiaowen.report.money import yuan
from tiaowen.simulate.cells import Moved, Part
from tiaowen.simulate.choices import Choice, Example, Fell
from tiaowen.simulate.simulation import Side, Simulation
from tiaowen.simulate.words import word
from tiaowen.vocabulary.model import Vocabulary

Cell = str | int
BARS, COLUMNS, BOTH_WAYS = "bars", "columns", "both ways"
GAIN, LOSS = 1, 4  # colours
MOST = 12  # bars that are drawn; the table has all


@dataclass
class Section:
    """`money` names the columns that hold fen, `signed` those that hold a change, `draw` those to draw;
    `drawn` the rows to draw; the first column names the rows.  `group` is a heading over several sections."""

    heading: str
    header: list[str]
    rows: list[list[Cell]]
    money: set[int] = field(default_factory=set)
    signed: set[int] = field(default_factory=set)
    draw: list[int] = field(default_factory=list)
    drawn: list[int] = field(default_factory=list)
    style: str = BARS
    notes: list[str] = field(default_factory=list)
    group: str = ""
    level: int = 2  # of its heading
    colours: tuple[int, ...] = (0, 1, 2, 3, 4, 5)  # of the series, in turn
    total: bool = False  # the last row sums up the others


class Sections:
    """Builds the sections of a simulation in one language."""

    def __init__(self, found: Simulation, vocabulary: Vocabulary, lang: str) -> None:
        self.found, self.vocabulary, self.lang = found, vocabulary, lang
        self.names = [side.name or self.word("base") for side in found.sides]

    def word(self, key: str, *values: object) -> str:
        return word(self.lang, key, *values)

    def every(self) -> list[Section]:
        regions = self.vocabulary.regions
        found = [self._benefits()]
        if any(side.scenario is not None and side.scenario.take_up.shares for side in self.found.sides):
            found.append(self._take_up())
        found.append(self._parts("month", [side.months for side in self.found.sides], lambda label: label))
        found.append(self._parts("fund", [side.funds() for side in self.found.sides], lambda label: label))
        found.append(self._parts("place", [side.places for side in self.found.sides],
                                 lambda code: regions.name(code) if code else ""))  # fmt: skip
        found.append(self._payees())
        for name, side in zip(self.names[1:], self.found.sides[1:], strict=True):
            found += self._moved(name, side)
            found += [self._choice(name, each) for each in side.choices]
        found.append(self._cliffs())
        return found

    # -- findings in one line ------------------------------------------------------------
    def headline(self, at: int) -> str:
        """What one scenario comes to against the base."""
        side, gain = self.found.sides[at], self.found.sides[at].money.low - self.found.base.money.low
        return self.word("totals by", self.names[at], yuan(side.money.low), self._against(gain))

    def panel(self, at: int) -> tuple[str, str, list[str]]:
        """Name, the finding, and what stands below it."""
        side, base = self.found.sides[at], self.found.base
        gain = side.money.low - base.money.low
        key = "panel same" if not gain else "panel more" if gain > 0 else "panel less"
        all_ = side.moved["all"][0]
        below = [self.word("panel from", yuan(base.money.low), yuan(side.money.low)),
                 self.word("panel moved", f"{all_.winners:,}", f"{all_.losers:,}")]  # fmt: skip
        if side.scenario is not None and side.scenario.take_up.shares:
            below.append(self.word("panel asked", yuan(side.assumed_base), yuan(side.expected)))
        return self.names[at], self.word(key, yuan(abs(gain))), below

    def _against(self, gain: int) -> str:
        return self.word("same") if not gain else self.word("more" if gain > 0 else "less", yuan(abs(gain)))

    def _label(self, text: str) -> str:
        return text or self.word("none")

    def _change(self, name: str, gain: int) -> str:
        return self.word("change of", name, _signed(gain))

    def name(self, key: str) -> str:
        """A benefit by its name; one that several documents have under the same name also by its document."""
        found = self.found.names.get(key, key)
        twice = [other for other, each in self.found.names.items() if each == found and self._paid(other)]
        return found if len(twice) < 2 else f"{found}（{key.partition('#')[0]}）"

    def _paid(self, key: str) -> bool:
        return any(key in side.benefits for side in self.found.sides)

    # -- money ------------------------------------------------------------------------------
    def _table(self, what: str, labels: list[str], sides: list[dict[str, Part]], name: Callable[[str], str]) -> Section:
        """One row per label: each side's sure money, then the changes, then what it may come to."""
        header, count = [self.word(what)], len(sides)
        header += [self.word("sure", each) for each in self.names]
        header += [self.word("change", each) for each in self.names[1:]]
        header += [self.word("most", each) for each in self.names]
        rows: list[list[Cell]] = []
        for label in labels:
            parts = [side.get(label, Part()) for side in sides]
            rows.append([self._label(name(label)), *(part.low for part in parts),
                         *(part.low - parts[0].low for part in parts[1:]), *(self._most(part) for part in parts)])  # fmt: skip
        signed = set(range(count + 1, 2 * count))
        moves = [max((abs(int(row[at])) for at in signed), default=0) for row in rows]
        order = sorted((n for n, move in enumerate(moves) if move), key=lambda n: -moves[n])
        return Section("", header, rows, set(range(1, 3 * count)), signed, list(range(1, count + 1)), order[:MOST],
                       notes=[self.word("drawn", MOST)] if len(order) > MOST else [])  # fmt: skip

    def _most(self, part: Part) -> Cell:
        return self.word("open") if part.open else part.high

    def _strongest(self, sides: list[dict[str, Part]]) -> tuple[str, str] | None:
        """The label that changes most against the base, and the change in words."""
        base = sides[0]
        changes = [(abs(gain), label, name, gain) for name, side in zip(self.names[1:], sides[1:], strict=True)
                   for label in {*base, *side}
                   if (gain := side.get(label, Part()).low - base.get(label, Part()).low)]  # fmt: skip
        if not changes:
            return None
        _, label, name, gain = max(changes, key=lambda each: (each[0], each[1]))
        return label, self._change(name, gain)

    def _benefits(self) -> Section:
        sides = [{key: each.money for key, each in side.benefits.items()} for side in self.found.sides]
        keys = list(dict.fromkeys(key for side in sides for key, part in side.items() if part != Part()))
        found = self._table("item", keys, sides, self.name)
        found.notes += [self.word("unchanged")] if found.drawn else []
        strongest = self._strongest(sides)
        changed = sum(any(side.get(key, Part()).low != sides[0].get(key, Part()).low for side in sides) for key in keys)
        if strongest is None:
            found.heading = self.word("none changed")
        elif changed == 1:
            found.heading = self.word("one changed", self.name(strongest[0]), strongest[1])
        else:
            found.heading = self.word("some changed", changed, self.name(strongest[0]), strongest[1])
        totals = [side.money for side in self.found.sides]
        found.rows.append([self.word("all"), *(each.low for each in totals),
                           *(each.low - totals[0].low for each in totals[1:]), *(self._most(each) for each in totals)])  # fmt: skip
        found.total = True
        return found

    def _take_up(self) -> Section:
        """What is asked for, under each scenario's own assumption; the base under the first one's."""
        header = [self.word("item")]
        for name in self.names:
            header += [self.word("share"), self.word("asked", name)]
        keys = list(dict.fromkeys(key for side in self.found.sides for key, each in side.benefits.items()
                                  if each.money.low))  # fmt: skip
        rows: list[list[Cell]] = []
        for key in keys:
            row: list[Cell] = [self.name(key)]
            for side in self.found.sides:
                each = side.benefits.get(key)
                row += [each.take_up.words(self.lang) if each else "—", each.expected if each else 0]
            rows.append(row)
        total: list[Cell] = [self.word("all")]
        for side in self.found.sides:
            total += ["", side.expected]
        money = {2 * n + 2 for n in range(len(self.names))}
        said = [self.word("asked by", name, self._against(side.expected - side.assumed_base))
                for name, side in zip(self.names[1:], self.found.sides[1:], strict=True)]  # fmt: skip
        joint = "；" if self.lang == "zh" else "; "
        return Section(self.word("take-up head", joint.join(said)), header, [*rows, total], money,
                       draw=sorted(money), drawn=[len(rows)], notes=self._assumed(), total=True)  # fmt: skip

    def _assumed(self) -> list[str]:
        """Every assumption of take-up with its day and reason."""
        said = [self.word("take-up rule")]
        for side in self.found.sides:
            told = side.scenario.take_up if side.scenario is not None else None
            for key, share in told.shares.items() if told is not None else ():
                because = share.because or (told.because if told is not None else "")
                on = told.on if told is not None else ""
                said.append(self.word("assumed", side.name, self.name(key), share.words(self.lang), on, because))
        return said

    def _parts(self, what: str, sides: list[dict[str, Part]], name: Callable[[str], str]) -> Section:
        labels = sorted({label for side in sides for label, part in side.items() if part != Part()})
        found = self._table(what, labels, sides, name)
        strongest = self._strongest(sides)
        if not labels:
            found.heading = self.word("nothing")
        elif strongest is None:
            found.heading = self.word(f"same {what}")
        else:
            found.heading = self.word(f"top {what}", self._label(name(strongest[0])), strongest[1])
        if len(found.drawn) < 2:  # one bar per side says no more than the findings at the top
            found.drawn = []
        if what == "month":  # time runs on: every month stands in its place
            found.style, found.drawn, found.notes = COLUMNS, [n for n, label in enumerate(labels) if label], []
        return found

    # -- who --------------------------------------------------------------------------------
    def _payees(self) -> Section:
        rows: list[list[Cell]] = []
        for name, side in zip(self.names, self.found.sides, strict=True):
            rows.append([name, side.payees.get("person", 0), side.payees.get("organisation", 0)])
        joint = "；" if self.lang == "zh" else "; "
        said = joint.join(self.word("paid of", name, f"{people:,}", f"{firms:,}") for name, people, firms in rows)
        header = [self.word("scenario"), self.word("people"), self.word("firms")]
        return Section(self.word("paid", said), header, rows)

    def _moved(self, name: str, side: Side) -> list[Section]:
        header = [self.word("who"), self.word("winners"), self.word("gained"), self.word("losers"), self.word("lost")]
        all_ = side.moved["all"][0]
        gained, lost = (f"{all_.winners:,}", yuan(all_.gained)), (f"{all_.losers:,}", yuan(all_.lost))
        told = ("moved", *gained, *lost) if all_.winners and all_.losers else (
            "moved up", *gained) if all_.winners else ("moved down", *lost)  # fmt: skip
        group = self.word(told[0], name, *told[1:])
        if not (all_.winners or all_.losers):
            return [Section(self.word("moved none", name), header, [])]
        found: list[Section] = []
        for key, moved in side.moved.items():
            if key == "all" or len(moved) < 2:  # one group is all of them: the heading says it
                continue
            rows = [self._moved_row(key, each) for each in moved]
            order = sorted(range(len(moved)), key=lambda n: -max(moved[n].gained, moved[n].lost))[:MOST]
            draw = [at for at in (2, 4) if any(row[at] for row in rows)]
            found.append(Section(self._moved_most(key, moved), header, rows, {2, 4}, set(), draw, sorted(order),
                                 BOTH_WAYS if len(draw) == 2 else BARS, group="" if found else group, level=3,
                                 colours=tuple(GAIN if at == 2 else LOSS for at in draw)))  # fmt: skip
        return found or [Section(group, header, [self._moved_row("all", all_)], {2, 4})]

    def _moved_most(self, group: str, moved: list[Moved]) -> str:
        """The group that gains most, or loses most where nobody gains."""
        most = max(moved, key=lambda each: (each.gained, each.lost), default=Moved("", 0, 0, 0, 0))
        said = ("gained most", most.gained) if most.gained else ("lost most", most.lost)
        return self.word(said[0], self.word(group).lower(), self._moved_row(group, most)[0], yuan(said[1]))

    def _moved_row(self, group: str, each: Moved) -> list[Cell]:
        label = each.label
        if group == "place" and label:
            label = self.vocabulary.regions.name(label)
        elif group == "kind":
            label = {"person": self.word("people"), "organisation": self.word("firms")}.get(label, label)
        elif group == "all":
            label = self.word("all")
        return [self._label(label), each.winners, each.gained, each.losers, each.lost]

    # -- which benefit pays where only one may ---------------------------------------------------
    def _choice(self, name: str, choice: Choice) -> Section:
        header = [self.word("was paid"), self.word("is paid"), self.word("events"), self.word("money before"),
                  self.word("money after")]  # fmt: skip
        rows: list[list[Cell]] = [[self._keys(each.before), self._keys(each.after), each.events, each.money_before,
                                   each.money_after] for each in choice.moves]  # fmt: skip
        moved = [each for each in choice.moves if each.moved]
        events = sum(each.events for each in moved)
        gain = sum(each.money_after - each.money_before for each in moved)
        if moved:
            key = "chosen same" if not gain else "chosen more" if gain > 0 else "chosen less"
            heading = self.word("chosen", name, f"{events:,}", self.word(key, yuan(abs(gain))))
        else:
            heading = self.word("chosen none", name, f"{sum(each.events for each in choice.moves):,}")
        rule = self.word("rule", choice.clause, self.word(choice.rule))
        rule += ("。" if self.lang == "zh" else ".") + choice.because
        notes = [
            rule,
            *([self.word("rule made")] if choice.made else []),
            *([self.word("rule gone")] if choice.gone else []),
        ]
        shown = [example for each in moved for example in each.examples]
        notes += [self._example(n, each) for n, each in enumerate(shown, 1)]
        return Section(heading, header, rows, {3, 4}, notes=notes)

    def _keys(self, keys: tuple[str, ...]) -> str:
        return self.word("and").join(self.name(key) for key in keys) or self.word("not paid")

    def _example(self, number: int, each: Example) -> str:
        joint = "；" if self.lang == "zh" else "; "
        said = [self.word(key, joint.join(self._fell(one) for one in fell))
                for key, fell in (("fell before", each.fell_before), ("fell after", each.fell_after)) if fell]  # fmt: skip
        return self.word(
            "example", number, f"{each.events:,}", yuan(each.money_before), yuan(each.money_after), " ".join(said)
        )

    def _fell(self, each: Fell) -> str:
        clause = self.found.clauses.get(each.benefit, "")
        name = self.name(each.benefit) + (f"（{clause}）" if clause else "")
        return self.word(each.how, name, yuan(each.low), *([self.name(each.by)] if each.by else []))

    def _cliffs(self) -> Section:
        rows: list[list[Cell]] = []
        made = removed = 0
        for name, side in zip(self.names[1:], self.found.sides[1:], strict=True):
            made, removed = made + len(side.cliffs_made), removed + len(side.cliffs_removed)
            rows += [[name, self.word("made"), each.words(self.lang)] for each in side.cliffs_made]
            rows += [[name, self.word("removed"), each.words(self.lang)] for each in side.cliffs_removed]
        header = [self.word("scenario"), self.word("made") + " / " + self.word("removed"), self.word("cliff")]
        return Section(self.word("cliffs", made, removed), header, rows)


def _signed(fen: int) -> str:
    return f"+{yuan(fen)}" if fen > 0 else yuan(fen).replace("-", "−")


def shown(section: Section, row: list[Cell], at: int) -> str:
    """A cell as text: fen become yuan, a change has its sign."""
    cell = row[at]
    if isinstance(cell, str):
        return cell
    if at not in section.money:
        return f"{cell:,}"
    return _signed(cell) if at in section.signed else yuan(cell)
