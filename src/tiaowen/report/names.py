"""Whom the ids of a case stand for, and where their rows came from."""

from __future__ import annotations

from typing import Any

from tiaowen.evaluate.answers import Answer
from tiaowen.evaluate.facts import Row
from tiaowen.evaluate.lines import Check, Line
from tiaowen.plan.rules import Rule
from tiaowen.report.model import FIRM, OTHERS, PEOPLE, UNSETTLED
from tiaowen.vocabulary.model import Vocabulary
from tiaowen.workbook import RosterCase


class Names:
    """Shows persons by staff number and name, organisations by name, rows by sheet and row."""

    def __init__(self, roster: RosterCase, vocabulary: Vocabulary) -> None:
        self.roster = roster
        self.vocabulary = vocabulary
        self.shown: dict[str, str] = dict(roster.organisations)
        for key, person in roster.people.items():
            self.shown[key] = f"{person.number} {person.name}".strip()

    def show(self, value: Any) -> str:
        """A row, an id or a plain value as people know it; empty for the unknown."""
        if value is None:
            return ""
        if isinstance(value, Row):
            if value.id in self.shown:
                return self.shown[value.id]
            return self.place(value) or value.id
        return self.shown.get(str(value), str(value))

    def place(self, row: Row) -> str:
        """`技能证书 219` for a row of the workbook."""
        at = self.roster.origin.get((row.table, row.id))
        return f"{at[0]} {at[1]}" if at is not None else ""

    def audience(self, payee: Any) -> str:
        """Whether the firm, a person, another body or nobody known yet is paid."""
        if isinstance(payee, Row):
            if payee.table == "person":
                return PEOPLE
            return FIRM if payee.id == self.roster.firm else OTHERS
        return UNSETTLED

    def label(self, rule: Rule, check: Check) -> str:
        """A condition's name."""
        return self.of_label(rule, check.label)

    def of_label(self, rule: Rule, label: str) -> str:
        """An amount by code is named after its column: say the column's Chinese name."""
        if not label.isascii():
            return label
        table = self.vocabulary.tables[rule.table]
        if label in table.columns:
            return table.columns[label].label
        return next((t.columns[label].label for t in self.vocabulary.tables.values() if label in t.columns), label)

    def holder(self, answer: Answer) -> str:
        """The person of an event row, else the row's own name, else the group's keys."""
        line = answer.lines[0]
        if line.row is None:
            return " · ".join(self.show(part) or "?" for part in line.key)
        return self.of_row(line)

    def of_row(self, line: Line) -> str:
        assert line.row is not None
        table = self.vocabulary.tables[line.row.table]
        if line.row.id in self.shown:
            return self.shown[line.row.id]
        person = line.row.values.get(table.person) if table.person not in ("", "self", "none") else None
        return self.show(person) if isinstance(person, Row) else self.place(line.row) or line.row.id
