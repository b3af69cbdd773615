"""What is unknown, and which column of which sheet would settle it."""

from __future__ import annotations

from dataclasses import dataclass, field

from tiaowen.evaluate.answers import Answer, Answers
from tiaowen.evaluate.lines import Check
from tiaowen.explain.reading import Missing
from tiaowen.report.model import Gap
from tiaowen.report.money import Sum
from tiaowen.report.names import Names
from tiaowen.workbook.columns import FORM
from tiaowen.workbook.roster import STATEMENTS

Key = tuple[str, str, str, str]  # kind, sheet, header, what is said of it


@dataclass(slots=True)
class _Gathered:
    source: str
    rows: set[int] = field(default_factory=set)
    benefits: dict[str, None] = field(default_factory=dict)
    claims: int = 0
    alone: int = 0
    sum: Sum = field(default_factory=Sum)
    alone_sum: Sum = field(default_factory=Sum)
    treatments: int = 0


class Gaps:
    """Collects what unknown claims wait for."""

    def __init__(self, answers: Answers, names: Names, form: dict[str, str]) -> None:
        self.answers = answers
        self.names = names
        self.form = form
        self.found: dict[Key, _Gathered] = {}

    def add(self, answer: Answer) -> list[str]:
        """Note what a claim waits for; returns it in words, most useful first."""
        keys = self.keys_of(answer)
        for key, (source, rows) in keys.items():
            at = self.found.setdefault(key, _Gathered(source))
            at.rows |= rows
            if answer.rule.kind != "benefit":
                at.treatments += 1
                continue
            at.benefits[answer.rule.name] = None
            at.claims += 1
            at.sum.add(0, answer.if_high)
            if len(keys) == 1:
                at.alone += 1
                at.alone_sum.add(0, answer.if_high)
        return [words(key) for key in sorted(keys, key=_rank)]

    def only_words(self, answer: Answer) -> list[str]:
        """What a claim waits for, without counting it."""
        return [words(key) for key in sorted(self.keys_of(answer), key=_rank)]

    def keys_of(self, answer: Answer) -> dict[Key, tuple[str, set[int]]]:
        """The columns, lines of the form and outside matters that an answer waits for."""
        keys: dict[Key, tuple[str, set[int]]] = {}
        for check in answer.checks:
            if check.outcome is None:
                for missing in self._missing(answer, check):
                    self._place(missing, keys)
        if not keys:
            keys["outside", "", "", "能否认定尚不清楚"] = ("", set())
        return keys

    def _missing(self, answer: Answer, check: Check) -> list[Missing]:
        if check.kind == "joined":
            return []  # settled with the row that it is a condition of
        if check.kind == "join":
            joined = next((j for j in answer.rule.joined if j.label == check.label), None)
            if joined is not None:
                table = self.answers.library.vocabulary.tables[joined.table]
                return [Missing(joined.table, "", "", table.label, table.source)]
        return self.answers.missing_of(answer, check)

    def _place(self, missing: Missing, keys: dict[Key, tuple[str, set[int]]]) -> None:
        if missing.column:
            cells = self.names.roster.places(missing.table, missing.column, missing.row)
            for cell in cells[:1]:
                at = keys.setdefault(("column", cell.sheet, cell.header, ""), (missing.source, set()))
                if cell.row:
                    at[1].add(cell.row)
            if not cells:
                table = self.answers.library.vocabulary.tables[missing.table]
                label = f"{table.label}：{missing.label}"
                keys.setdefault(("outside", "", "", label), (missing.source, set()))
            return
        if missing.table:
            lines = [s.label for s in STATEMENTS if any(table == missing.table for table, _ in s.covers)]
            if lines:
                keys.setdefault(("statement", FORM, lines[0], ""), (missing.source, set()))
                return
            label = self.answers.library.vocabulary.tables[missing.table].label
            keys.setdefault(("outside", "", "", f"{label}记录"), (missing.source, set()))
            return
        keys.setdefault(("outside", "", "", missing.label), (missing.source, set()))

    def gaps(self) -> list[Gap]:
        """All that is waited for: what the roster can settle first, by what it may bring."""
        found = []
        for (kind, sheet, header, said), at in self.found.items():
            now = self.form.get(header, "") if kind == "statement" else ""
            found.append(
                Gap(kind, sheet, header, said, at.source, sorted(at.rows), list(at.benefits), at.claims,
                    at.alone, at.sum, at.alone_sum, at.treatments, now)
            )  # fmt: skip
        kinds = ("column", "statement", "outside")
        found.sort(key=lambda g: (kinds.index(g.kind), -g.sum.high, -g.sum.open, -g.claims, -g.treatments, g.sheet))
        return found


def words(key: Key) -> str:
    """`技能证书“发证日期”`, `填报说明“…已列全，自”`, or the outside matter."""
    kind, sheet, header, said = key
    return said if kind == "outside" else f"{sheet}“{header}”"


def _rank(key: Key) -> int:
    return ("column", "statement", "outside").index(key[0])
