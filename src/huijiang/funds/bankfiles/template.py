"""Templates of files to a bank or a budget system: data that an operator may copy and change, no code.

A template names its form (text, workbook, xml), its encoding, and for each column where its value comes from
(VALUES); a name that is not there is refused when the template is read, not when money is on its way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import yaml

from huijiang.funds.bankfiles.instructions import FileError, Instruction, Order, yuan

FORMS: Final = ("text", "workbook", "xml")
MOST: Final = 50_000

VALUES: Final[Mapping[str, Callable[[int, Instruction], str]]] = {
    "number": lambda number, each: str(number),
    "reference": lambda number, each: each.reference,
    "amount_yuan": lambda number, each: yuan(each.amount),
    "amount_fen": lambda number, each: str(each.amount),
    "payee": lambda number, each: each.payee,
    "account": lambda number, each: each.account,
    "bank": lambda number, each: each.bank,
    "cnaps": lambda number, each: each.cnaps,
    "remark": lambda number, each: each.remark,
}
OF_ORDER: Final[Mapping[str, Callable[[Order], str]]] = {
    "order.reference": lambda order: order.reference,
    "order.count": lambda order: str(len(order.instructions)),
    "order.total_yuan": lambda order: yuan(order.total),
    "order.total_fen": lambda order: str(order.total),
    "order.pay_on": lambda order: order.pay_on.isoformat(),
    "order.pay_on_compact": lambda order: f"{order.pay_on:%Y%m%d}",
    "order.budget_code": lambda order: order.budget_code,
    "order.purpose": lambda order: order.purpose,
    "debtor.name": lambda order: order.debtor.name,
    "debtor.account": lambda order: order.debtor.account,
    "debtor.bank": lambda order: order.debtor.bank,
    "debtor.cnaps": lambda order: order.debtor.cnaps,
}


@dataclass(frozen=True)
class Column:
    """A column of a file: what it is called, and where its value comes from."""

    label: str
    value: str


@dataclass(frozen=True)
class Template:
    """How a file to a bank looks.  `most`: payments in one file; a larger order goes in several."""

    code: str
    name: str
    form: str
    suffix: str
    most: int
    columns: tuple[Column, ...]
    encoding: str = "utf-8"
    separator: str = ","
    line_end: str = "\n"
    header: tuple[tuple[str, str], ...] = ()
    trailer: tuple[str, ...] = ()
    sheet: str = "Sheet1"
    root: str = ""
    row: str = ""


def shipped() -> dict[str, Template]:
    """The templates that come with the platform, by code."""
    folder = files("huijiang.funds.bankfiles") / "templates"
    texts = {each.name.removesuffix(".yaml"): each.read_text(encoding="utf-8") for each in folder.iterdir()
             if each.name.endswith(".yaml")}  # fmt: skip
    return {code: read(code, text) for code, text in sorted(texts.items())}


def templates(own: Path | None = None) -> dict[str, Template]:
    """The shipped templates, and those of the operator's folder, which stand before shipped ones of the same code."""
    found = shipped()
    if own is not None and own.is_dir():
        found |= {path.stem: read(path.stem, path.read_text(encoding="utf-8")) for path in sorted(own.glob("*.yaml"))}
    return found


def read(code: str, text: str) -> Template:
    """A template from its text.  Raises FileError that names the field, what was seen and what was expected."""
    try:
        told = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise FileError(f"{code}.yaml: 不是 YAML not YAML: {error}") from None
    if not isinstance(told, dict):
        raise FileError(f"{code}.yaml: 应为一组字段 expected fields, not {type(told).__name__}")
    form = told.get("form")
    if form not in FORMS:
        raise FileError(f"{code}.yaml: form: {form!r}；应为 expected one of {', '.join(FORMS)}")
    columns = tuple(_column(code, each) for each in told.get("columns") or [])
    if not columns:
        raise FileError(f"{code}.yaml: columns: 一列也没有 there is no column")
    most = told.get("most", MOST)
    if not isinstance(most, int) or not 1 <= most <= MOST:
        raise FileError(f"{code}.yaml: most: {most!r}；应为 expected 1–{MOST}")
    if form == "xml" and not (told.get("root") and told.get("row")):
        raise FileError(f"{code}.yaml: root, row: xml 要写明 an xml template names both")
    encoding = str(told.get("encoding", "utf-8"))
    try:
        "汉".encode(encoding)
    except (LookupError, UnicodeEncodeError):
        raise FileError(f"{code}.yaml: encoding: {encoding!r} 写不出汉字 can't write Chinese; gb18030, utf-8") from None
    return Template(
        code, str(told.get("name") or code), form, str(told.get("suffix", form)), most, columns, encoding,
        str(told.get("separator", ",")), str(told.get("line_end", "\n")), _header(code, told.get("header")),
        tuple(_word(code, each) for each in told.get("trailer") or []), str(told.get("sheet", "Sheet1")),
        str(told.get("root", "")), str(told.get("row", "")),
    )  # fmt: skip


def _column(code: str, said: Any) -> Column:
    if not isinstance(said, dict) or said.get("value") not in VALUES:
        raise FileError(f"{code}.yaml: columns: {said!r}；value 应为 expected one of {', '.join(VALUES)}")
    return Column(str(said.get("label", said["value"])), said["value"])


def _header(code: str, said: Any) -> tuple[tuple[str, str], ...]:
    pairs = said.items() if isinstance(said, dict) else [("", each) for each in said or []]
    return tuple((str(name), _word(code, each)) for name, each in pairs)


def _word(code: str, said: Any) -> str:
    """A value of the order, or a word that stands as it is (without a dot)."""
    word = str(said)
    if "." in word and word not in OF_ORDER:
        raise FileError(f"{code}.yaml: {word!r}；应为 expected one of {', '.join(OF_ORDER)}")
    return word


def told(order: Order, word: str) -> str:
    """A header's or trailer's value."""
    return OF_ORDER[word](order) if word in OF_ORDER else word
