"""Every figure that the blocks of a document hold, with the key that gives its role."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from tiaowen.coverage.numerals import number
from tiaowen.language.blocks import Block, BlockFile
from tiaowen.language.lexer import LexicalError, Token, tokens
from tiaowen.language.yamltext import Mapping, Node, Scalar, Sequence
from tiaowen.problems import Spot

# keys whose sentences hold figures
_SENTENCES = {
    "amount", "limits", "threshold", "schedule", "instalments", "share", "where", "must", "share with",
    "value", "nature", "deadline", "years", "compared with", "joined with", "finds", "rows", "front matter",
    "effective", "expires", "until", "from", "counts", "averages", "points", "row",
}  # fmt: skip
# keys whose words can name what the text numbers (一二三等奖, 高级工（三级）)
_WORDS = {"name", "gives", "purposes"}
_GROUPS = ("where", "threshold", "limits", "must", "share with", "share", "amount", "instalments", "gives")
_DATED = ("deadline", "years")


@dataclass(frozen=True, slots=True)
class Encoded:
    """One figure of a block.

    `low` and `high` are in the written unit with 万 and 亿 multiplied in.  `bound`
    is `at least`, `at most`, `more than`, `about`, empty for an exact figure, or
    `any` for an offset (`+ 1 年`) whose sense the words around it give.  `reading`
    marks a figure that only an alternative reading holds; `repeats` one that says
    the same figure again (`beyond` after `once`).
    """

    block: str
    kind: str
    clause: int
    key: str
    text: str
    low: Decimal | None = None
    high: Decimal | None = None
    unit: str = ""
    bound: str = ""
    day: str = ""
    row: int = 0
    line: int = 0
    nature: str = ""
    reading: bool = False
    shared: bool = False
    repeats: bool = False
    striving: bool = False

    @property
    def group(self) -> str:
        """The key of the block: amount, limits, where …"""
        parts = self.key.split(" · ")
        return next((part for part in parts if part in _SENTENCES | {"figures"}), parts[0])

    @property
    def place(self) -> str:
        return f"{self.block} · {self.key}"


def encoded_figures(read: BlockFile) -> list[Encoded]:
    """The figures of all blocks, in the order of the file."""
    found: list[Encoded] = []
    for block in read.blocks:
        stand_in = "stands in for" in block.body.entries
        for each in _of_block(block):
            found.append(replace(each, reading=True) if stand_in else each)
    return found


def _of_block(block: Block) -> Iterator[Encoded]:
    base = Encoded(
        block.id or block.kind, block.kind, block.clause.index, "", "", line=block.line, nature=block.text("nature")
    )
    if block.kind == "note":
        for item in block.words("figures"):
            yield replace(base, key="figures", text=item, line=_line(block, "figures"))
        return
    if block.kind == "question":
        readings = block.mapping("readings")
        for reading, patch in readings or ():
            if isinstance(patch, Mapping):
                for name, inner in patch:
                    for each in _of_patch(base, inner):
                        yield replace(each, key=f"{reading} · {name} · {each.key}", reading=True)
        return
    for key, node in block.body:
        yield from _of_key(base, (key,), node)
    if block.table is not None:
        yield from _of_table(base, block)


def _line(block: Block, key: str) -> int:
    at = block.body.keys.get(key)
    return at.line if at is not None else block.line


def _of_patch(base: Encoded, node: Node) -> Iterator[Encoded]:
    if isinstance(node, Mapping):
        for key, inner in node:
            yield from _of_key(base, (key,), inner)


def _of_key(base: Encoded, path: tuple[str, ...], node: Node) -> Iterator[Encoded]:
    top = path[0]
    if top in _WORDS:
        yield from _words(base, path, node)
    if isinstance(node, Mapping):
        for key, inner in node:
            if path[-1] in _GROUPS or (len(path) > 1 and path[0] in _GROUPS):
                yield replace(base, key=_key((*path, key)), text=key, shared=True, line=inner.line)
            yield from _of_key(base, (*path, key), inner)
    elif isinstance(node, Scalar) and top in _SENTENCES:
        at = replace(base, line=node.line)
        yield from _sentence(at, path, node.text)
    elif isinstance(node, Sequence) and top in _SENTENCES:
        for item in node.items:
            yield from _of_key(base, path, item)


def _key(path: tuple[str, ...]) -> str:
    return " · ".join(path)


def _words(base: Encoded, path: tuple[str, ...], node: Node) -> Iterator[Encoded]:
    if isinstance(node, Scalar):
        yield replace(base, key=_key(path), text=node.text, shared=True, line=node.line)
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from _words(base, path, item)


def _of_table(base: Encoded, block: Block) -> Iterator[Encoded]:
    table = block.table
    assert table is not None
    for row, (line, cells) in enumerate(table.rows, start=1):
        at = replace(base, row=row, line=line)
        for name, cell in zip(table.header, cells, strict=True):
            if name in ("value", "where"):
                yield from _sentence(at, ("rows", str(row), name), cell)
            elif name not in ("no", "lead", "with") and cell:
                yield replace(at, key=f"rows · {row} · {name}", text=cell, shared=True)


# -- sentences ----------------------------------------------------------------------
def _sentence(base: Encoded, path: tuple[str, ...], text: str) -> Iterator[Encoded]:
    base = replace(base, key=_key(path), text=text, striving=text.startswith("striving for "))
    if path[0] == "limits" and text.startswith("once per"):
        yield replace(base, text="once", low=Decimal(1), high=Decimal(1), unit="次", bound="any")
        return
    if text == "undetermined" and path[-1] == "value":
        yield base  # a growth without a number: 成倍
        return
    try:
        found = tokens(text, Spot())
    except LexicalError:
        return  # no sentence of the language: the checker says so
    if path[0] in _DATED and path[-1] in ("years", "deadline"):
        yield from _period(base, path, found)
        return
    skip = -1
    for index, token in enumerate(found):
        if index <= skip:
            continue
        if token.kind == "date":
            yield replace(base, text=token.text, day=token.text, bound=_bound(found, index, path))
        elif token.kind == "number":
            if found[index + 1].text == "to" and found[index + 2].kind == "number":
                skip = index + 2
                yield _ranged(base, token, found[skip])
            else:
                value = number(token.text, token.scale)
                yield replace(
                    base, low=value, high=value, unit=_unit(token), bound=_bound(found, index, path),
                    repeats=found[index - 1].text == "beyond",
                )  # fmt: skip


def _unit(token: Token) -> str:
    return token.unit.split("/")[0]


def _ranged(base: Encoded, low: Token, high: Token) -> Encoded:
    scale = low.scale if low.unit else low.scale or high.scale
    return replace(base, low=number(low.text, scale), high=number(high.text, high.scale), unit=_unit(high), bound="")


def _period(base: Encoded, path: tuple[str, ...], found: list[Token]) -> Iterator[Encoded]:
    """`years: 2022 to 2024`, `2023 to onwards`, `deadline: 2024-12-31`."""
    days = [token.text for token in found if token.kind == "date"]
    years = [Decimal(token.text) for token in found if token.kind == "number"]
    if days:
        yield replace(base, text=days[0], day=days[0], bound="until", shared=True)
    elif years:
        high = years[1] if len(years) > 1 else None
        text = " to ".join(str(year) for year in years)
        yield replace(base, text=text, low=years[0], high=high, unit="年", bound="years", shared=True)


_BEFORE = (
    (("at", "least"), "at least"), (("more", "than"), "more than"), (("at", "most"), "at most"),
    (("up", "to"), "at most"), (("about",), "about"), (("once",), "at least"), (("beyond",), "at least"),
)  # fmt: skip
_SIGNS = {">=": "at least", ">": "more than", "<=": "at most", "<": "at most", "+": "any", "-": "any"}


def _bound(found: list[Token], index: int, path: tuple[str, ...]) -> str:
    before = [token.text for token in found[:index]]
    for words, bound in _BEFORE:
        if tuple(before[-len(words) :]) == words:
            return bound
    if before and before[-1] in _SIGNS:
        return _SIGNS[before[-1]]
    if path[0] == "schedule" and path[-1] == "at most":
        return "at most"
    return ""


_QUALIFIED = re.compile(r"原文|the text")


def commented(read: BlockFile, line: int) -> str:
    """The comment on a line if it speaks of the text's own words, else an empty string."""
    if not 0 < line <= len(read.lines):
        return ""
    _, mark, comment = read.lines[line - 1].partition(" #")
    return comment.strip() if mark and _QUALIFIED.search(comment) else ""
