"""Reading `.cases.yaml`: sentences with facts and results worked out by hand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tiaowen.cases.values import ValueProblem, read_value
from tiaowen.evaluate.facts import Coverage, Facts, Row
from tiaowen.language.yamltext import Mapping, Node, Scalar, Sequence, read_yaml
from tiaowen.problems import Problem, Spot, nearest, problem
from tiaowen.vocabulary.model import Vocabulary

MAX_NODES = 400_000
MAX_TIMES = 10_000
MAX_ROWS = 100_000  # of one case, all names together
CASE_KEYS = {"case", "given", "expect", "work", "on", "covers", "variants", "change", "suppose"}


@dataclass(slots=True)
class Case:
    """One sentence with its facts and what is expected, block by block."""

    sentence: str
    file: str
    line: int
    given: dict[str, str]
    expect: dict[str, Any]
    covers: dict[str, str]
    on: str
    work: list[str]
    change: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Suite:
    """The cases beside one document."""

    policy: str
    file: str
    cases: list[Case]
    problems: list[Problem]


def read_suite(text: str, file: str) -> Suite:
    """Read a cases file.  Problems name file and line; nothing is raised."""
    root, problems = read_yaml(text, file, most=MAX_NODES)
    suite = Suite("", file, [], problems)
    if not isinstance(root, Mapping):
        if not problems:
            problems.append(problem("case-facts", Spot(file, 1), said="policy: … cases: …"))
        return suite
    policy = root.get("policy")
    suite.policy = policy.text if isinstance(policy, Scalar) else ""
    shared = _texts(root.get("suppose"))
    cases = root.get("cases")
    for node in cases.items if isinstance(cases, Sequence) else []:
        if not isinstance(node, Mapping):
            problems.append(problem("case-facts", Spot(file, node.line), said="- case: …"))
            continue
        for key in node.entries:
            if key not in CASE_KEYS:
                problems.append(
                    problem(
                        "unknown-key",
                        Spot(file, node.keys[key].line),
                        key=key,
                        hint=nearest(key, CASE_KEYS),
                        known="、".join(sorted(CASE_KEYS)),
                    )
                )
        base = _case(node, file, shared, None)
        suite.cases.append(base)
        variants = node.get("variants")
        for inner in variants.items if isinstance(variants, Sequence) else []:
            if isinstance(inner, Mapping):
                suite.cases.append(_case(inner, file, shared, base))
    return suite


def _case(node: Mapping, file: str, shared: dict[str, str], base: Case | None) -> Case:
    sentence = _text(node.get("case"))
    given = {**shared, **_texts(node.get("given"))} if base is None else dict(base.given)
    if base is not None:
        given.update(_texts(node.get("given")))
    covers = dict(base.covers) if base is not None else {}
    covers.update(_texts(node.get("covers")))
    expect = plain(node.get("expect"))
    on = _text(node.get("on")) or (base.on if base is not None else "")
    work = node.get("work")
    lines = [_text(each) for each in work.items] if isinstance(work, Sequence) else [_text(work)]
    return Case(
        sentence, file, node.line, given, expect if isinstance(expect, dict) else {}, covers, on,
        [line for line in lines if line], _texts(node.get("change")),
    )  # fmt: skip


def _text(node: Node | None) -> str:
    return node.text if isinstance(node, Scalar) else ""


def _texts(node: Node | None) -> dict[str, str]:
    if not isinstance(node, Mapping):
        return {}
    return {key: _text(value) for key, value in node}


def plain(node: Node | None) -> Any:
    """YAML nodes as plain lists, dicts and strings."""
    if isinstance(node, Mapping):
        return {key: plain(value) for key, value in node}
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return node.text if isinstance(node, Scalar) else ""


# -- facts ----------------------------------------------------------------------
@dataclass
class FactBuilder:
    """Builds the facts of one case; names stand for one row or, with `N ×`, for several."""

    vocabulary: Vocabulary
    named: dict[str, list[Row]] = field(default_factory=dict)
    pending: list[tuple[Row, str, str, str]] = field(default_factory=list)
    facts: Facts = field(init=False)
    made: int = 0
    rows: int = 0

    def __post_init__(self) -> None:
        self.facts = Facts(self.vocabulary)

    def build(self, case: Case) -> Facts:
        """Facts of a case.  Raises ValueProblem with the name, the column and the value."""
        given = dict(case.given)
        changes: list[tuple[str, str, str]] = []
        for key, value in case.change.items():
            name, _, column = key.partition(".")
            if column:
                changes.append((name, column, value))
            elif value == "removed":
                if given.pop(name, None) is None:
                    raise ValueProblem(f"change {key}: 没有这一行 no such fact")
            else:
                given[name] = value
        for name, line in given.items():
            self._line(name, line)
        for name, column, value in changes:
            if name not in self.named:
                raise ValueProblem(f"change {name}.{column}: {nearest(name, self.named)}？")
            for row in self.named[name]:
                self.pending.append((row, column, value, name))
        for row, column, value, name in self.pending:
            self._set(row, column, value, name)
        self._coverage(case)
        if case.on:
            self.facts.on = _day(case.on)
        return self.facts

    def _line(self, name: str, line: str) -> None:
        times, body = 1, line
        match = re.match(r"(\d{1,9})\s*×\s*", line)
        if match:
            times, body = int(match.group(1)), line[match.end() :]
            if times > MAX_TIMES:
                raise ValueProblem(f"{name}: {times} × > {MAX_TIMES}")
        parts = [part.strip() for part in _split(body)]
        table = parts[0]
        if table not in self.vocabulary.tables:
            raise ValueProblem(f"{name}: {table}；{nearest(table, self.vocabulary.tables)}？")
        if name in self.named:
            raise ValueProblem(f"{name}: 写了两次 named twice")
        rows = self.named.setdefault(name, [])
        for index in range(times):
            row = self.row(table, name if times == 1 else f"{name}{index + 1}")
            rows.append(row)
            for part in parts[1:]:
                column, _, value = part.partition(" ")
                self.pending.append((row, column, value.strip(), name))

    def row(self, table: str, row_id: str) -> Row:
        self.rows += 1
        if self.rows > MAX_ROWS:
            raise ValueProblem(f"{row_id}: > {MAX_ROWS} 行 rows")
        row = Row(table, row_id, {})
        self.facts.tables.setdefault(table, []).append(row)
        return row

    def _set(self, row: Row, name: str, text: str, owner: str) -> None:
        columns = self.vocabulary.tables[row.table].columns
        column = columns.get(name)
        if column is None or column.derived is not None:
            plain_names = [n for n, c in columns.items() if c.derived is None]
            raise ValueProblem(f"{owner}.{name}: {row.table}；{nearest(name, plain_names)}？")
        if column.type.kind == "row" and text not in ("unknown", "none"):
            value: object = self._reference(column.type.name, text, owner, name)
        else:
            try:
                value = read_value(self.vocabulary, column.type, text)
            except ValueProblem as error:
                raise ValueProblem(f"{owner}.{name}: {error}") from None
        if value is None:
            row.values.pop(name, None)
        else:
            row.values[name] = value

    def _reference(self, table: str, text: str, owner: str, column: str) -> Row:
        if text.startswith("a new "):
            self.made += 1
            return self.row(table, f"（新{self.made}）")
        found = self.named.get(text)
        if not found or found[0].table != table:
            hint = nearest(text, self.named)
            raise ValueProblem(f"{owner}.{column}: {text} → {table}；{hint}？")
        return found[0]

    def _coverage(self, case: Case) -> None:
        for name in case.covers:
            if name not in self.vocabulary.tables:
                raise ValueProblem(f"covers.{name}: {nearest(name, self.vocabulary.tables)}？")
        for table in self.vocabulary.tables:
            said = case.covers.get(table, "complete")
            if said == "incomplete":
                continue
            if said == "complete":
                self.facts.coverage.append(Coverage(table))
                continue
            first, _, last = said.partition(" to ")
            self.facts.coverage.append(
                Coverage(table, since=_day(first) if first else None, until=_day(last) if last else None)
            )


def _split(body: str) -> Iterator[str]:
    """Split at commas outside 「」."""
    depth, at = 0, 0
    for index, char in enumerate(body):
        depth += (char == "「") - (char == "」")
        if char == "," and depth == 0:
            yield body[at:index]
            at = index + 1
    yield body[at:]


def _day(text: str) -> Any:
    import datetime as dt

    try:
        return dt.date.fromisoformat(text.strip())
    except ValueError:
        raise ValueProblem(f"{text} → 2025-03-01") from None
