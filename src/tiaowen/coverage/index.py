"""The index of an original's figures that is kept beside the policy: numbers, units, roles; no sentences."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from tiaowen.coverage.figures import ROLES, Figure
from tiaowen.language.yamltext import Mapping, Scalar, Sequence, read_yaml
from tiaowen.problems import Problem, Spot, problem

SUFFIX = ".figures.yaml"
_BOUNDS = ("", "at least", "at most", "more than", "about", "from", "until")


@dataclass(slots=True)
class Index:
    """Clause label → its figures, in printed order; `rows`: tables' row counts; `titles_only`."""

    document: str
    sha256: str
    clauses: dict[str, list[Figure]]
    rows: dict[str, int] = field(default_factory=dict)
    bare: set[str] = field(default_factory=set)
    absent: set[str] = field(default_factory=set)


def write(index: Index) -> str:
    """The index as YAML text, one line per figure."""
    lines = [
        "# 原文数字的索引：只有数、单位和角色，没有句子。由 tiaowen coverage --write 写成，不手改。",
        "# Index of the original's figures, without its sentences; written by the command, not by hand.",
        f"document: {index.document}",
        f"sha256: {index.sha256}",
        "clauses:",
    ]
    for label, figures in index.clauses.items():
        lines.append(f"  - clause: {_quoted(label)}")
        if label in index.absent:
            lines.append("    absent: yes")
        if label in index.bare:
            lines.append("    title only: yes")
        if index.rows.get(label):
            lines.append(f"    rows: {index.rows[label]}")
        if figures:
            lines.append("    figures:")
            lines += [f"      - {{{', '.join(_pairs(figure))}}}" for figure in figures]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _pairs(figure: Figure) -> Iterator[str]:
    yield f"at: {figure.at}"
    yield f"token: {_quoted(figure.token)}"
    yield f"role: {figure.role}"
    if figure.value:
        yield f"value: {_quoted(figure.value)}"
    if figure.unit:
        yield f"unit: {_quoted(figure.unit)}"
    if figure.bound:
        yield f"bound: {figure.bound}"
    if figure.striving:
        yield f"striving: {figure.striving}"
    if figure.row:
        yield f"row: {figure.row}"


def read(text: str, file: str) -> tuple[Index | None, list[Problem]]:
    """Read an index back.  Problems say where it is not as `write` makes it."""
    root, problems = read_yaml(text, file)
    if problems:
        return None, problems
    reader = _Reader(file)
    index = reader.index(root)
    return (None if reader.problems else index), reader.problems


class _Reader:
    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []

    def bad(self, line: int, text: str) -> None:
        self.problems.append(problem("figures-index", Spot(self.file, line, text=text)))

    def index(self, root: object) -> Index | None:
        clauses = root.get("clauses") if isinstance(root, Mapping) else None
        if not isinstance(root, Mapping) or not isinstance(clauses, Sequence):
            self.bad(1, "clauses")
            return None
        found = Index(_text(root, "document"), _text(root, "sha256"), {})
        for item in clauses.items:
            label = _text(item, "clause") if isinstance(item, Mapping) else ""
            if not isinstance(item, Mapping) or not label or label in found.clauses:
                self.bad(item.line, label or "clause")
                continue
            figures = item.get("figures")
            rows = figures.items if isinstance(figures, Sequence) else []
            found.clauses[label] = [f for row in rows if (f := self.figure(row)) is not None]
            if _text(item, "rows"):
                found.rows[label] = int(_text(item, "rows")) if _text(item, "rows").isdigit() else 0
            for key, labels in (("absent", found.absent), ("title only", found.bare)):
                if _text(item, key) == "yes":
                    labels.add(label)
        return found

    def figure(self, node: object) -> Figure | None:
        if not isinstance(node, Mapping):
            self.bad(getattr(node, "line", 1), "figures")
            return None
        value, role, bound, at = (_text(node, key) for key in ("value", "role", "bound", "at"))
        row = _text(node, "row") or "0"
        if role not in ROLES or bound not in _BOUNDS or not at.isdigit() or not row.isdigit():
            self.bad(node.line, f"{role} {bound}".strip())
            return None
        day, low, high = "", None, None
        if role == "date":
            day = value
        elif value:
            try:
                low, high = (Decimal(part) for part in (value.split(" to ") * 2)[:2])
            except InvalidOperation:
                self.bad(node.line, value)
                return None
        return Figure(
            int(at), _text(node, "token"), role, low, high, _text(node, "unit"), bound, int(row), day,
            _text(node, "striving"),
        )  # fmt: skip


def _text(node: Mapping, key: str) -> str:
    found = node.get(key)
    return found.text if isinstance(found, Scalar) else ""
