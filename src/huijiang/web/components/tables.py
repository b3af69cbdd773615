"""Tables that become lists on a phone and stay tables to those who listen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from huijiang.web.components.library import register
from huijiang.web.components.tags import Tag
from huijiang.web.words import Words

KINDS: Final = ("text", "number", "state")


@dataclass(frozen=True)
class Column:
    """A column: its heading, and whether it holds words, figures (set right) or a state (top right on a phone)."""

    label: Words
    kind: str = "text"

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"column {self.label}: kind {self.kind!r}；应为 expected one of {', '.join(KINDS)}")


@dataclass(frozen=True)
class Cell:
    """A cell: its words, where they lead, a second line, a tag, a colour for what matters."""

    text: Words = ""
    address: str = ""
    note: str = ""
    tag: Tag | None = None
    tone: str = ""  # red, amber, green
    icon: str = ""

    @property
    def is_blank(self) -> bool:
        """Nothing to show: a list on a phone leaves it out, label and all."""
        return not (str(self.text) or self.note or self.tag or self.icon)


@dataclass(frozen=True)
class Table:
    """Rows of as many cells as there are columns; the first cell of a row names the row.  What is no Cell is shown as
    its text."""

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[object]]
    show_caption: bool = False

    def __post_init__(self) -> None:
        for at, row in enumerate(self.rows, start=1):
            if len(row) != len(self.columns):
                raise ValueError(f"table {self.caption}: row {at} has {len(row)} cells, expected {len(self.columns)}")

    def pairs(self) -> list[list[tuple[Column, Cell]]]:
        return [
            [
                (column, cell if isinstance(cell, Cell) else Cell(str(cell)))
                for column, cell in zip(self.columns, row, strict=True)
            ]
            for row in self.rows
        ]


@register.inclusion_tag("web/components/table.html")
def table(value: Table) -> dict[str, Any]:
    """The table, in its card."""
    return {"table": value, "rows": value.pairs()}
