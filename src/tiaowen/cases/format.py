"""The public case format: tables of rows, what each table covers, a date and a place.

Labels may be Chinese (the vocabulary's) or English (its column names).  See
docs/case-format.md.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping as Map
from collections.abc import Sequence as Seq
from dataclasses import dataclass, field
from typing import Any

from tiaowen.cases.values import MAX_TEXT, ValueProblem, read_value
from tiaowen.evaluate.facts import Coverage, Facts, Row
from tiaowen.problems import nearest
from tiaowen.vocabulary.model import Table, Vocabulary

MAX_ROWS = 2_000_000
MAX_PROBLEMS = 200
ALL_TABLES = ("all", "全部")
COVER_KEYS = ("table", "by", "place", "from", "to", "note")


class CaseError(ValueError):
    """A case that can't be read; `problems` lists each with its place."""

    def __init__(self, problems: Seq[str]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(self.problems[:50]))


@dataclass
class CaseReader:
    """Builds facts from the public format, listing every problem with its place."""

    vocabulary: Vocabulary
    problems: list[str] = field(default_factory=list)

    def read(self, case: Map[str, Any]) -> tuple[Facts, str]:
        """Facts and the place's code.  Raises CaseError with all problems."""
        if not isinstance(case, Map):
            raise CaseError(["应是“键: 值” a case must be a map of region, on, tables, covers"])
        known = {"region", "on", "tables", "covers", "people", "origin", "note", "title", "name"}
        for key in case:
            if key not in known:
                self.say(f"{_text(key)}: 不认识的键 unknown key；{nearest(str(key), known)}？")
        region = self._region(case.get("region"))
        on = self._day(case.get("on"), "on")
        facts = Facts(self.vocabulary, on=on)
        tables = case.get("tables")
        if not isinstance(tables, Map):
            self.say("tables: 应是“表: [行…]” must be a map of table to rows")
            raise CaseError(self.problems)
        named: list[tuple[Table, str, Seq[Any]]] = []
        for name, rows in tables.items():
            table = self.table(str(name))
            if table is None:
                continue
            if not isinstance(rows, Seq) or isinstance(rows, str):
                self.say(f"tables.{name}: 应是行的列表 must be a list of rows")
                continue
            named.append((table, str(name), rows))
        self._rows(facts, named)
        covers = case.get("covers") or ()
        if not isinstance(covers, list | tuple):
            self.say("covers: 应是列表 must be a list")
            covers = ()
        for index, cover in enumerate(covers):
            self._cover(facts, cover, f"covers[{index}]")
        if self.problems:
            raise CaseError(self.problems)
        return facts, region

    def say(self, text: str) -> None:
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(text)

    def table(self, name: str) -> Table | None:
        """A table by English id or Chinese label."""
        found = self.vocabulary.tables.get(name)
        if found is None:
            found = next((t for t in self.vocabulary.tables.values() if t.label == name), None)
        if found is None:
            labels = [*self.vocabulary.tables, *(t.label for t in self.vocabulary.tables.values())]
            self.say(f"tables.{name}: 没有这张表 no such table；{nearest(name, labels)}？")
        return found

    def _region(self, raw: Any) -> str:
        code = self.vocabulary.regions.resolve(_text(raw)) if raw else None
        if code is None:
            self.say(f"region: {_text(raw)} → 区划名称、路径或代码 a place")
        return code or ""

    def _day(self, raw: Any, key: str) -> dt.date | None:
        if raw in (None, ""):
            return None
        try:
            return raw if type(raw) is dt.date else dt.date.fromisoformat(_text(raw))
        except ValueError:
            self.say(f"{key}: {_text(raw)} → 2026-11-22")
            return None

    def _rows(self, facts: Facts, named: list[tuple[Table, str, Seq[Any]]]) -> None:
        by_id: dict[tuple[str, str], Row] = {}
        read: list[tuple[Table, str, Map[str, Any], Row]] = []
        for table, name, rows in named:
            if len(rows) > MAX_ROWS:
                self.say(f"tables.{name}: {len(rows)} > {MAX_ROWS}")
                continue
            for index, raw in enumerate(rows):
                at = f"tables.{name}[{index}]"
                if not isinstance(raw, Map):
                    self.say(f"{at}: 应是“列: 值” must be column: value")
                    continue
                row_id = self._id(raw.get("id"), f"{table.id}-{index + 1}", at)
                if (table.id, row_id) in by_id:
                    self.say(f"{at}: id {row_id} 重复 stands twice")
                    continue
                row = Row(table.id, row_id, {})
                by_id[table.id, row_id] = row
                facts.tables.setdefault(table.id, []).append(row)
                read.append((table, at, raw, row))
        for table, at, raw, row in read:
            self._values(table, at, raw, row, by_id)

    def _id(self, raw: Any, otherwise: str, at: str) -> str:
        """The row's name: text or a whole number; one of another kind would name several rows alike."""
        if raw is None:
            return otherwise
        if isinstance(raw, str | int | dt.date) and not isinstance(raw, bool) and _text(raw) != type(raw).__name__:
            return _text(raw)
        self.say(f"{at}.id: {_text(raw)} → 文字或 18 位以内的整数 text or a whole number below 10^18")
        return otherwise

    def _values(
        self, table: Table, at: str, raw: Map[str, Any], row: Row,
        by_id: dict[tuple[str, str], Row],
    ) -> None:  # fmt: skip
        written: set[str] = set()
        for key, value in raw.items():
            if key == "id":
                continue
            column = table.columns.get(str(key))
            if column is None:
                column = next((c for c in table.columns.values() if c.label == key), None)
            if column is None or column.derived is not None:
                labels = [*table.columns, *(c.label for c in table.columns.values())]
                why = "是推算的，不能填 is derived" if column else "没有这一列 no such column"
                self.say(f"{at}.{_text(key)}: {why}；{nearest(str(key), labels)}？")
                continue
            if column.name in written:
                self.say(f"{at}.{key}: {column.name}（{column.label}）写了两次 stands twice")
                continue
            written.add(column.name)
            try:
                found = read_value(self.vocabulary, column.type, value)
            except ValueProblem as error:
                self.say(f"{at}.{key}（{column.label}）: {error}")
                continue
            if column.type.kind == "row" and isinstance(found, str):
                other = by_id.get((column.type.name, found))
                if other is None:
                    self.say(f"{at}.{key}: {found} → {column.type.name} 表里没有这一行 no such row")
                    continue
                found = other
            if found is not None:
                row.values[column.name] = found

    def _cover(self, facts: Facts, raw: Any, at: str) -> None:
        if not isinstance(raw, Map):
            self.say(f"{at}: 应是“键: 值”")
            return
        for key in raw:
            if key not in COVER_KEYS:  # a bound that is passed over would claim rows that are not there
                self.say(f"{at}.{_text(key)}: 不认识的键 unknown key；{nearest(str(key), COVER_KEYS)}？")
                return
        if _text(raw.get("table")) in ALL_TABLES and not raw.get("by"):
            for name in self.vocabulary.tables:
                self._cover(facts, {**raw, "table": name}, at)
            return
        table = self.table(_text(raw.get("table", "")))
        if table is None:
            return
        by = raw.get("by") or []
        by = list(by) if isinstance(by, list | tuple) else [by]
        names = []
        for each in (_text(each) for each in by):
            column = table.columns.get(str(each)) or next((c for c in table.columns.values() if c.label == each), None)
            if column is None or column.type.kind != "row":
                self.say(f"{at}.by: {each} → 指向别的表的列 a column that refers to a row")
            else:
                names.append(column.name)
        place = ""
        if raw.get("place"):
            place = self.vocabulary.regions.resolve(_text(raw["place"])) or ""
            if not place:
                self.say(f"{at}.place: {_text(raw['place'])}")
        since = self._day(raw.get("from"), f"{at}.from")
        until = self._day(raw.get("to"), f"{at}.to")
        facts.coverage.append(Coverage(table.id, tuple(names), place, since, until))


def _text(raw: Any) -> str:
    """A scalar as text; anything else by the name of its kind, so that no value can flood a message."""
    if isinstance(raw, str):
        return raw if len(raw) <= MAX_TEXT else f"{raw[:40]}…"
    if isinstance(raw, dt.date) or (isinstance(raw, int) and abs(raw) < 10**18):
        return str(raw)
    return type(raw).__name__


def read_case(vocabulary: Vocabulary, case: Map[str, Any]) -> tuple[Facts, str]:
    """Facts and place of a case in the public format.  Raises CaseError."""
    return CaseReader(vocabulary).read(case)
