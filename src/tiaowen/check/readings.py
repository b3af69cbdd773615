"""Readings and what-ifs: patches of blocks.

A patch merges by key; `removed` deletes; a patch that names `by` or `first of`
replaces the table, one without changes its rows; `replaced by id` swaps a block.
"""

from __future__ import annotations

from dataclasses import replace

from tiaowen.language.blocks import Block
from tiaowen.language.markdown import Table
from tiaowen.language.yamltext import Mapping, Node, Scalar
from tiaowen.problems import Problem, nearest, problem

TABLES = ("by", "first of")


def merge(base: Node | None, patch: Node) -> Node:
    """The base with the patch applied; neither is changed."""
    if not isinstance(base, Mapping) or not isinstance(patch, Mapping):
        return patch
    if any(word in patch.entries for word in TABLES):
        return patch
    if any(isinstance(v, Mapping) and any(w in v.entries for w in TABLES) for _, v in patch):
        pass  # a nested table is replaced where it stands
    if "first of" in base.entries and "first of" not in patch.entries:
        inner = merge(base.entries["first of"], patch)
        return Mapping({**base.entries, "first of": inner}, dict(base.keys), base.line, base.column)
    entries = dict(base.entries)
    keys = dict(base.keys)
    for key, value in patch:
        if isinstance(value, Scalar) and value.text == "removed":
            entries.pop(key, None)
            keys.pop(key, None)
        else:
            entries[key] = merge(entries.get(key), value)
            keys[key] = patch.keys[key]
    return Mapping(entries, keys, base.line, base.column)


def patched(block: Block, patch: Mapping, problems: list[Problem]) -> Block:
    """A block under a reading."""
    table = block.table
    rows = patch.entries.get("rows")
    body: Mapping = patch
    if isinstance(rows, Mapping) and table is not None:
        table = _table(block, table, rows, problems)
        body = Mapping(
            {k: v for k, v in patch if k != "rows"},
            {k: v for k, v in patch.keys.items() if k != "rows"}, patch.line, patch.column,
        )  # fmt: skip
    _removals(block, block.body, body, "", problems)
    merged = merge(block.body, body)
    assert isinstance(merged, Mapping)
    return replace(block, body=merged, table=table)


def _removals(block: Block, base: Mapping, patch: Mapping, above: str, problems: list[Problem]) -> None:
    """A reading can only remove what is there, at any depth."""
    for key, value in patch:
        name = f"{above} · {key}" if above else key
        inner = base.entries.get(key)
        if isinstance(value, Scalar) and value.text == "removed" and inner is None:
            problems.append(problem("patch-missing", block.spot(name, value), key=key, hint=nearest(key, base.entries)))
        elif isinstance(value, Mapping):
            if not isinstance(inner, Mapping):
                inner = Mapping({}, {}, value.line, value.column)
            rows = inner.entries.get("first of")  # a patch of its rows may name them directly
            if isinstance(rows, Mapping) and "first of" not in value.entries:
                inner = rows
            _removals(block, inner, value, name, problems)


def _table(block: Block, table: Table, rows: Mapping, problems: list[Problem]) -> Table:
    first = next((n for n, column in enumerate(table.header) if column != "no"), 0)
    changed = {}
    for label, cells in rows:
        known = [row[first] for _, row in table.rows]
        if label not in known or not isinstance(cells, Mapping):
            problems.append(problem("patch-row", block.spot("rows", cells), row=label, hint=nearest(label, known)))
            continue
        for column, value in cells:
            if column not in table.header or not isinstance(value, Scalar):
                problems.append(
                    problem("patch-row", block.spot("rows", value), row=column, hint=nearest(column, table.header))
                )
                continue
            changed[label, table.header.index(column)] = value.text
    return Table(
        table.header,
        [(line, [changed.get((row[first], n), cell) for n, cell in enumerate(row)]) for line, row in table.rows],
        table.line,
    )
