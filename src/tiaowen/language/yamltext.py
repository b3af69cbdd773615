"""YAML as plain text with positions: every scalar a string, nothing clever.

The base loader of YAML is used for its scanner and parser only.  Anchors,
aliases, tags, merge keys, several documents and duplicate keys are refused,
and depth and size are bounded, so that a hostile file can neither run code
nor blow up memory (the "billion laughs" needs aliases).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from tiaowen.problems import Problem, Spot, problem

MAX_DEPTH = 12
MAX_NODES = 20_000
# the C scanner where the wheel has it: the same events, several times faster
_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


@dataclass(slots=True)
class Scalar:
    """A scalar as written; `line` counts from 1 in the file, `column` from 0."""

    text: str
    line: int
    column: int


@dataclass(slots=True)
class Sequence:
    items: list[Node]
    line: int
    column: int


@dataclass(slots=True)
class Mapping:
    """Keys keep their order; `keys` holds where each key stands."""

    entries: dict[str, Node]
    keys: dict[str, Scalar]
    line: int
    column: int

    def get(self, key: str) -> Node | None:
        return self.entries.get(key)

    def __iter__(self) -> Iterator[tuple[str, Node]]:
        return iter(self.entries.items())


Node = Scalar | Sequence | Mapping


@dataclass(slots=True)
class _Reader:
    file: str
    offset: int
    most: int = MAX_NODES
    lines: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    count: int = 0

    def spot(self, mark: Any) -> Spot:
        number, column = (mark.line, mark.column) if mark else (0, 0)
        text = self.lines[number] if number < len(self.lines) else ""
        return Spot(self.file, number + 1 + self.offset, text=text).at(min(column, len(text)))

    def at(self, key: Scalar) -> Spot:
        return Spot(self.file, key.line, 1, text=key.text, width=max(1, len(key.text)))


class _Refused(Exception):
    def __init__(self, found: Problem) -> None:
        self.problem = found


def read_yaml(
    text: str, file: str, offset: int = 0, most: int = MAX_NODES
) -> tuple[Mapping | Sequence | Scalar | None, list[Problem]]:
    """Parse YAML text that starts `offset` lines into `file`.

    Returns the root (None when empty or unreadable) and the problems found.
    """
    reader = _Reader(file, offset, most, text.splitlines())
    colon = _full_width_colon(text, reader)
    if colon is not None:
        return None, [colon]
    try:
        events = yaml.parse(text, Loader=_LOADER)
        root = _document(iter(events), reader)
    except _Refused as refused:
        return None, [*reader.problems, refused.problem]
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        said = getattr(error, "problem", None) or str(error).split("\n")[0]
        found = problem("yaml-syntax", reader.spot(mark), said=said)
        return None, [*reader.problems, found]
    except (ValueError, RecursionError) as error:  # e.g. characters YAML does not allow
        return None, [*reader.problems, problem("yaml-syntax", Spot(file, offset + 1), said=error)]
    return root, reader.problems


def _full_width_colon(text: str, reader: _Reader) -> Problem | None:
    """A Chinese colon after a key reads like a key to people but not to YAML."""
    for number, line in enumerate(text.splitlines()):
        body = line.strip().split(" #")[0]
        if "：" in body and ":" not in body and not body.startswith(("#", "-", '"', "'", "|")):
            column = line.index("：")
            spot = Spot(reader.file, number + 1 + reader.offset, text=line).at(column)
            return problem("full-width-colon", spot, key=body.split("：")[0])
    return None


def _document(events: Iterator[yaml.Event], reader: _Reader) -> Node | None:
    root: Node | None = None
    seen = 0
    for event in events:
        if isinstance(event, yaml.StreamStartEvent | yaml.StreamEndEvent | yaml.DocumentEndEvent):
            continue
        if isinstance(event, yaml.DocumentStartEvent):
            seen += 1
            if seen > 1:
                raise _Refused(problem("yaml-several", reader.spot(event.start_mark)))
            continue
        root = _node(event, events, reader, 0)
    if isinstance(root, Scalar) and not root.text:
        return None
    return root


def _node(event: yaml.Event, events: Iterator[yaml.Event], reader: _Reader, depth: int) -> Node:
    reader.count += 1
    if depth > MAX_DEPTH:
        raise _Refused(problem("yaml-deep", reader.spot(event.start_mark), limit=MAX_DEPTH))
    if reader.count > reader.most:
        raise _Refused(problem("yaml-large", reader.spot(event.start_mark), limit=reader.most))
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
        raise _Refused(problem("yaml-anchor", reader.spot(event.start_mark)))
    if getattr(event, "tag", None) not in (None, "!"):
        raise _Refused(problem("yaml-tag", reader.spot(event.start_mark), tag=getattr(event, "tag", "")))
    mark: Any = event.start_mark
    line = mark.line + 1 + reader.offset
    column = mark.column
    if isinstance(event, yaml.ScalarEvent):
        return Scalar(event.value.strip(), line, column)
    if isinstance(event, yaml.SequenceStartEvent):
        items: list[Node] = []
        for inner in events:
            if isinstance(inner, yaml.SequenceEndEvent):
                break
            items.append(_node(inner, events, reader, depth + 1))
        return Sequence(items, line, column)
    return _mapping(line, column, events, reader, depth)


def _mapping(line: int, column: int, events: Iterator[yaml.Event], reader: _Reader, depth: int) -> Mapping:
    found = Mapping({}, {}, line, column)
    for inner in events:
        if isinstance(inner, yaml.MappingEndEvent):
            break
        key = _node(inner, events, reader, depth + 1)
        value = _node(next(events), events, reader, depth + 1)
        if not isinstance(key, Scalar):
            raise _Refused(problem("yaml-key", Spot(reader.file, line)))
        if key.text == "<<":
            raise _Refused(problem("yaml-anchor", reader.at(key)))
        if key.text in found.entries:
            reader.problems.append(
                problem(
                    "duplicate-key",
                    reader.at(key),
                    related=[reader.at(found.keys[key.text])],
                    key=key.text,
                )
            )
            continue
        found.entries[key.text] = value
        found.keys[key.text] = key
    return found
