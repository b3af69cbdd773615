"""Random facts for the tables that a rule reads: its own constants, a step beside them, unknown, none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from random import Random
from typing import Any

from tiaowen.check.library import Library
from tiaowen.evaluate.dates import add_months
from tiaowen.evaluate.facts import Coverage, Facts, Row
from tiaowen.plan import terms as t
from tiaowen.plan.amounts import ByCode
from tiaowen.plan.rules import DocumentPlan, Rule
from tiaowen.plan.together import closure
from tiaowen.population.rows import terms_in
from tiaowen.vocabulary.model import Vocabulary
from tiaowen.vocabulary.types import NONE, Type

DAYS = (dt.date(2024, 2, 29), dt.date(2024, 1, 31), dt.date(2025, 12, 31), dt.date(2026, 1, 1), dt.date(2022, 5, 16))


class RandomFacts:
    """Facts that a rule (and those it is stacked with) may meet, drawn with one source of chance."""

    def __init__(self, library: Library, plan: DocumentPlan, rule: str, random: Random, size: int) -> None:
        self.vocabulary: Vocabulary = library.vocabulary
        self.random = random
        self.size = size
        names = closure(plan, [rule])
        self.rules: list[Rule] = [plan.rules[name] for name in plan.order if name in names]
        self.terms = [term for each in self.rules for term in terms_in(each)]
        self.terms += [term for each in plan.stackings.values() for term in terms_in(each)]
        self.region = plan.region
        self.tables = self._tables()
        self.liked: dict[tuple[str, str], list[Any]] = {}
        self.days = self._days()
        self._constants()
        self.facts = Facts(self.vocabulary)

    def build(self) -> Facts:
        wide = self.rules[0].table
        for table in self.tables:
            count = self.size * (2 if table == wide else 1)
            self.facts.tables[table] = [Row(table, f"{table}{n:03}", {}) for n in range(self.random.randint(1, count))]
        eager = {table: self.random.random() for table in self.tables}
        for table, rows in self.facts.tables.items():
            for row in rows:
                self._fill(row, eager[table])
        for table in self.tables:
            self._cover(table)
        self.facts.on = self.random.choice([None, self._day(), self._day()])
        return self.facts

    # -- what is read ---------------------------------------------------------------
    def _tables(self) -> list[str]:
        found: dict[str, None] = {}
        for term in (inner for each in self.terms for inner in t.walk(each)):
            if isinstance(term, t.Exists | t.Aggregate | t.MonthsInRow):
                found[term.table] = None
            if isinstance(term, t.RowOf | t.Column | t.Covers):
                root = term.table if isinstance(term, t.Covers) else term.root
                hops = () if isinstance(term, t.Covers) else term.hops
                for at in range(len(hops) + 1):
                    table = root
                    for hop in hops[:at]:
                        table = self.vocabulary.tables[table].columns[hop].type.name
                    found[table] = None
        for rule in self.rules:
            found[rule.table] = None
            for join in rule.joined:
                found[join.table] = None
        return list(found)

    def _days(self) -> list[dt.date]:
        days = [day for rule in self.rules for day in (rule.effective, rule.expires) if day is not None]
        days = [near for day in dict.fromkeys(days) for near in (day, day - dt.timedelta(1), day + dt.timedelta(1))]
        return [*days, *DAYS]

    def _constants(self) -> None:
        """Values that conditions ask for, by the column that they are asked of."""
        for term in (inner for each in self.terms for inner in t.walk(each)):
            if isinstance(term, t.Comparison):
                for column, other in ((term.left, term.right), (term.right, term.left)):
                    if isinstance(column, t.Stated):
                        column = column.stated
                    if isinstance(column, t.Column) and isinstance(other, t.Const):
                        self._like(column, other.value)
            elif isinstance(term, t.InValues) and isinstance(term.inner, t.Column):
                for value in term.values:
                    self._like(term.inner, value)
            elif isinstance(term, t.InRegion) and isinstance(term.inner, t.Column):
                code = str(term.region.value) if isinstance(term.region, t.Const) else self.region
                for each in sorted(self.vocabulary.regions.inside(code))[:4]:
                    self._like(term.inner, each)
        for rule in self.rules:
            if isinstance(rule.amount, ByCode) and isinstance(rule.amount.term, t.Column):
                for codes, _ in rule.amount.rows:
                    for code in codes:
                        self._like(rule.amount.term, code)

    def _like(self, column: t.Column, value: Any) -> None:
        self.liked.setdefault((column.table, column.column), []).append(value)

    # -- values ------------------------------------------------------------------------
    def _fill(self, row: Row, eager: float) -> None:
        for column in self.vocabulary.tables[row.table].columns.values():
            if column.derived is not None:
                continue
            value = self._value(row.table, column.name, column.type, eager)
            if value is not None:
                row.values[column.name] = value

    def _value(self, table: str, name: str, kind: Type, eager: float) -> Any:
        chance = self.random.random()
        if chance < 0.15 * (1 - eager):
            return None
        if kind.or_none and self.random.random() < 0.2:
            return NONE
        if kind.kind == "row":
            rows = self.facts.tables.get(kind.name, [])
            return self.random.choice(rows) if rows else None
        liked = self.liked.get((table, name))
        if liked and self.random.random() < 0.5 + eager / 2:
            value = self.random.choice(liked)
            return self._beside(value, kind) if self.random.random() < 0.3 else value
        return self._any(kind, eager)

    def _beside(self, value: Any, kind: Type) -> Any:
        """One step away."""
        step = self.random.choice((-1, 1))
        if isinstance(value, bool):
            return not value
        if isinstance(value, int):
            return max(0, value + step)
        if isinstance(value, dt.date):
            return value + dt.timedelta(step)
        if kind.kind == "region":
            chain = self.vocabulary.regions.chain(str(value))
            return self.random.choice([*chain, "110000", "330000"])
        if kind.kind == "code":
            codes = list(self.vocabulary.codes[kind.name].codes)
            return codes[(codes.index(value) + step) % len(codes)] if value in codes else value
        return value

    def _any(self, kind: Type, eager: float) -> Any:
        pick: dict[str, Callable[[], Any]] = {
            "bool": lambda: self.random.random() < 0.4 + eager / 2,
            "date": self._day,
            "month": lambda: self._day().year * 12 + self.random.randint(0, 11),
            "year": lambda: self._day().year,
            "int": lambda: self.random.choice((0, 1, 2, 3, 10, 60)),
            "quantity": lambda: self.random.choice(
                (0, 1, 5, 6, 11, 12, 13, 36, 37, 60, 10_000, 12_345, 150_000, 5_000_000)
            ),
            "region": self._place,
            "text": lambda: self.random.choice(("甲", "乙")),
        }
        if kind.kind == "code":
            codes = list(self.vocabulary.codes[kind.name].codes)
            return self.random.choice(codes or ["甲类", "乙类"])
        return pick[kind.kind]()

    def _day(self) -> dt.date:
        day = self.random.choice(self.days)
        months = self.random.choice((0, 0, 0, 1, -1, 3, 6, 12, 13, -12, 36))
        return add_months(day, months) + dt.timedelta(self.random.choice((0, 0, 0, -1, 1, 15)))

    def _place(self) -> str:
        inside = sorted(self.vocabulary.regions.inside(self.region))
        return self.random.choice([*inside[:5], *self.vocabulary.regions.chain(self.region), "110000", "330100"])

    # -- what is covered -----------------------------------------------------------------
    def _cover(self, table: str) -> None:
        chance = self.random.random()
        if chance < 0.2:
            return
        if chance < 0.7:
            self.facts.coverage.append(Coverage(table))
            return
        columns = [
            c.name for c in self.vocabulary.tables[table].columns.values() if c.type.kind == "row" and not c.derived
        ]
        by = (self.random.choice(columns),) if columns and self.random.random() < 0.4 else ()
        place = self.region if self.random.random() < 0.3 else ""
        first, last = sorted((self._day(), self._day()))
        since = first if self.random.random() < 0.6 else None
        until = last if self.random.random() < 0.6 else None
        self.facts.coverage.append(Coverage(table, by, place, since, until))
