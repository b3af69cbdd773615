"""The mutants of a document: one small change of one block each.

A figure one up or down, `>=` for `>`, a level shifted, a value taken out of a
list, a condition, threshold, limit or `while` dropped, `is` for `is not`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from tiaowen.language.blocks import Block
from tiaowen.language.lexer import LexicalError, Token, tokens
from tiaowen.language.markdown import Table
from tiaowen.language.yamltext import Mapping, Node, Scalar, Sequence
from tiaowen.problems import Spot
from tiaowen.vocabulary.model import Vocabulary

KINDS = ("benefit", "treatment", "duty", "target", "stacking", "risk", "question")
SENTENCES = {
    "where", "threshold", "amount", "limits", "share", "schedule", "instalments", "must",
    "share with", "value", "finds", "dated", "joined with", "pays", "beneficiary", "applicant",
    "gives", "rule", "same", "counts from", "apply within",
}  # fmt: skip
DROPPED = ("where", "threshold", "limits", "must", "share with", "share")
FLIPS = {">=": ">", ">": ">=", "<=": "<", "<": "<="}
# words whose change is a change of meaning that another mutant already makes
QUIET = {"pays", "beneficiary", "applicant"}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: the block, where in it, from what to what."""

    block: str
    path: tuple[str, ...]
    before: str
    after: str
    changed: Block

    @property
    def key(self) -> str:
        """How an equivalent is listed: `block · path: before → after`."""
        return f"{self.block} · {' · '.join(self.path)}: {self.before} → {self.after}"


def mutants(block: Block, vocabulary: Vocabulary) -> Iterator[Mutant]:
    """Every mutant of a block."""
    if block.kind not in KINDS:
        return
    if block.kind == "question":
        readings = block.mapping("readings")
        if readings is not None:
            yield from _reading(block, ("readings",), readings, vocabulary)
        return
    for key, node in block.body:
        if key in SENTENCES and key not in QUIET:
            yield from _node(block, (key,), node, vocabulary)
    if block.table is not None:
        yield from _cells(block, block.table)


def _node(block: Block, path: tuple[str, ...], node: Node, vocabulary: Vocabulary) -> Iterator[Mutant]:
    if isinstance(node, Scalar):
        for after in _texts(node.text, vocabulary):
            yield _changed(block, path, node.text, after)
        return
    if isinstance(node, Sequence):
        return
    for key, inner in node:
        here = (*path, key)
        dropped = path[-1] in DROPPED or (path[0] == "schedule" and path[-1] == "while")
        if dropped or path == ("joined with",):
            if path[-1] != "joined with" and not (path[0] == "share" and len(path) > 1):
                yield _without(block, here, inner)
        if key in ("part months", "past expiry"):
            continue
        yield from _node(block, here, inner, vocabulary)
    if path[-1] == "schedule" and "at most" in node.entries and "until" in node.entries:
        yield _without(block, (*path, "at most"), node.entries["at most"])


def _reading(block: Block, path: tuple[str, ...], node: Mapping, vocabulary: Vocabulary) -> Iterator[Mutant]:
    """Figures, levels and comparisons inside the patches of a question."""
    for key, inner in node:
        here = (*path, key)
        if isinstance(inner, Mapping):
            yield from _reading(block, here, inner, vocabulary)
        elif isinstance(inner, Scalar) and len(here) > 3:
            if inner.text not in ("as written", "removed") and here[-1] not in QUIET:
                for after in _texts(inner.text, vocabulary):
                    yield _changed(block, here, inner.text, after)


def front_mutants(
    front: Mapping, effective: dt.date | None, expires: dt.date | None
) -> Iterator[tuple[str, str, str, Mapping]]:
    """First and last day in force, one day earlier and later (key, before, after, front)."""
    for key, day in (("effective", effective), ("expires", expires)):
        if day is None:
            continue
        for shift in (-1, 1):
            moved = (day + dt.timedelta(days=shift)).isoformat()
            days = {"effective": effective, "expires": expires}
            entries = {k: v for k, v in front if k != "term"}
            for name, value in days.items():
                text = moved if name == key else (value.isoformat() if value else "never")
                entries[name] = Scalar(text, 1, 0)
            keys = {**front.keys, **{n: Scalar(n, 1, 0) for n in days}}
            yield key, day.isoformat(), moved, Mapping(entries, keys, front.line, front.column)


def _texts(text: str, vocabulary: Vocabulary) -> Iterator[str]:
    """The sentence with one token changed."""
    try:
        found = tokens(text, Spot())
    except LexicalError:
        return
    for index, token in enumerate(found):
        for piece in _tokens(token, found, index, vocabulary):
            yield text[: token.start] + piece + text[token.end :]
        if token.text == "is" and found[index + 1].text == "not":
            end = found[index + 1].end
            yield text[: token.start] + "is" + text[end:]
        elif token.text == "is":
            yield text[: token.end] + " not" + text[token.end :]
        if token.kind == "sign" and token.text == "[":
            yield from _shorter(text, found, index)
        if token.kind == "name" and token.text in ("and", "or") and not _in_keys(found, index):
            other = "or" if token.text == "and" else "and"
            yield text[: token.start] + other + text[token.end :]
    if text.startswith("up to "):
        yield text.removeprefix("up to ")


def _in_keys(found: list[Token], index: int) -> bool:
    return any(token.text == "per" for token in found[:index])


def _tokens(token: Token, found: list[Token], index: int, vocabulary: Vocabulary) -> Iterator[str]:
    if token.kind == "number":
        rest = token.text
        tail = f" {token.scale}{token.unit}" if token.scale or token.unit else ""
        step = Decimal(1).scaleb(Decimal(rest).as_tuple().exponent)  # type: ignore[arg-type]
        for value in (Decimal(rest) + step, Decimal(rest) - step):
            if value >= 0:
                yield f"{value}{tail}"
    elif token.kind == "sign" and token.text in FLIPS:
        yield FLIPS[token.text]
    elif token.kind == "value" and not _listed(found, index):
        for codes in vocabulary.codes.values():
            if codes.ordered and token.text in codes.codes:
                ladder = list(codes.codes)
                at = ladder.index(token.text)
                for other in (at - 1, at + 1):
                    if 0 <= other < len(ladder):
                        yield ladder[other]
                break


def _listed(found: list[Token], index: int) -> bool:
    """Whether a value stands inside a list: lists lose members instead."""
    depth = 0
    for token in found[:index]:
        depth += (token.text == "[") - (token.text == "]")
    return depth > 0


def _shorter(text: str, found: list[Token], start: int) -> Iterator[str]:
    """The list without one of its members."""
    members: list[Token] = []
    for token in found[start + 1 :]:
        if token.text == "]":
            break
        if token.kind in ("value", "quoted"):
            members.append(token)
    end = next(token.end for token in found[start:] if token.text == "]")
    for dropped in members:
        kept = [text[m.start : m.end] for m in members if m is not dropped]
        if kept:
            yield f"{text[: found[start].start]}[{', '.join(kept)}]{text[end:]}"


def _changed(block: Block, path: tuple[str, ...], before: str, after: str) -> Mutant:
    body = _put(block.body, path, after)
    copy = Block(block.kind, body, block.clause, block.file, block.line, block.table)
    return Mutant(block.id, path, before, after, copy)


def _without(block: Block, path: tuple[str, ...], node: Node) -> Mutant:
    body = _put(block.body, path, None)
    copy = Block(block.kind, body, block.clause, block.file, block.line, block.table)
    before = node.text if isinstance(node, Scalar) else "…"
    return Mutant(block.id, path, before, "（删去）", copy)


def _put(node: Mapping, path: tuple[str, ...], text: str | None) -> Mapping:
    entries, keys = dict(node.entries), dict(node.keys)
    key, *rest = path
    inner = entries[key]
    if rest:
        assert isinstance(inner, Mapping)
        entries[key] = _put(inner, tuple(rest), text)
    elif text is None:
        del entries[key], keys[key]
    else:
        entries[key] = Scalar(text, inner.line, inner.column)
    return Mapping(entries, keys, node.line, node.column)


def _cells(block: Block, table: Table) -> Iterator[Mutant]:
    """A target's rows: conditions dropped; values are held by the figures check."""
    for column, name in enumerate(table.header):
        if name != "where":
            continue
        for index, (_, cells) in enumerate(table.rows):
            if cells[column]:
                rows = [(ln, list(row)) for ln, row in table.rows]
                rows[index][1][column] = ""
                copy = Block(block.kind, block.body, block.clause, block.file, block.line,
                             Table(table.header, rows, table.line))  # fmt: skip
                yield Mutant(block.id, ("rows", str(index + 1), name), cells[column], "（删去）", copy)
