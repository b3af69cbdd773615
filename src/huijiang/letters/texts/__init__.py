"""The texts of letters, as data: `<kind>.<version>.yaml`.  A version that was used stays, so that what went out can be
set again; a new wording is a new version."""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

FOLDER: Final = Path(__file__).resolve().parent
OWN: Final = frozenset({"name", "number", "date", "office", "amount", "amount_words", "address", "phone", "review_body",
                        "court"})  # fmt: skip
Value = Any  # str | list[str] | {"columns": list[str], "rows": list[list[str]]}


class Incomplete(ValueError):
    """Values that don't fit the text: which, and what was expected."""


@dataclass(frozen=True)
class Text:
    """`values`: name → word, list or table.  `bodies`: language → paragraphs; `{{name}}` alone is a list or table."""

    kind: str
    version: int
    sign: str
    money: bool
    values: Mapping[str, str]
    titles: Mapping[str, str]
    bodies: Mapping[str, tuple[str, ...]]

    def check(self, given: Mapping[str, Value], amount: int | None) -> None:
        """Raises Incomplete."""
        wrong = [f"{name}: 缺 missing ({shape})" for name, shape in self.values.items() if name not in given]
        wrong += [f"{name}: 模板没有 not in the text" for name in given if name not in self.values]
        wrong += [
            f"{name}: {type(given[name]).__name__}；应为 expected {shape}"
            for name, shape in self.values.items()
            if name in given and not _fits(given[name], shape)
        ]
        if self.money and amount is None:
            wrong.append("amount: 缺 missing (分 fen)")
        if wrong:
            raise Incomplete(f"{self.kind}.{self.version}: {'; '.join(wrong)}")


def _fits(value: Value, shape: str) -> bool:
    match shape:
        case "words":
            return isinstance(value, str) and bool(value.strip())
        case "list":
            return isinstance(value, list) and bool(value) and all(isinstance(each, str) and each for each in value)
        case "table":
            return (
                isinstance(value, dict) and set(value) == {"columns", "rows"}
                and all(len(row) == len(value["columns"]) for row in value["rows"])
            )  # fmt: skip
    return False


def text_of(kind: str, version: int | None = None) -> Text:
    """The text of a kind: its newest version, or the one named.  Raises KeyError."""
    versions = {each.version: each for each in all_texts() if each.kind == kind}
    if not versions:
        raise KeyError(
            f"{kind}: 没有这种文书 no such letter; 有 there are {sorted({each.kind for each in all_texts()})}"
        )
    return versions[version or max(versions)]


@cache
def all_texts() -> tuple[Text, ...]:
    return tuple(_read(file) for file in sorted(FOLDER.glob("*.yaml")))


def _read(file: Path) -> Text:
    kind, version, _yaml = file.name.split(".")
    told = yaml.safe_load(file.read_text(encoding="utf-8"))
    bodies = {language: tuple(each.strip() for each in body.strip().split("\n\n")) for language, body in told["body"].items()}  # fmt: skip
    made = Text(kind, int(version), told["sign"], bool(told.get("money")), told["values"] or {}, told["title"], bodies)
    known = OWN | set(made.values)
    for language, body in bodies.items():
        for paragraph in body:
            for _text, field, _format, _conversion in string.Formatter().parse(paragraph):
                if field is not None and field not in known:
                    raise ValueError(
                        f"{file.name} ({language}): {{{field}}} 不是这份文书的值 is no value of this letter"
                    )
    return made
