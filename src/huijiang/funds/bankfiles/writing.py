"""Writing an order by a template.  Every file ends up in a binary stream, in pieces."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import BinaryIO, Final

import xlsxwriter
from lxml import etree

from huijiang.funds.bankfiles.instructions import FileError, Instruction, Order
from huijiang.funds.bankfiles.template import VALUES, Template, told

CONTROL: Final = dict.fromkeys(range(32), " ")


def write(template: Template, order: Order, to: BinaryIO) -> None:
    """Write the file.  Raises FileError for an order that is too long for one file or a name that the encoding lacks."""
    if len(order.instructions) > template.most:
        raise FileError(
            f"{order.reference}: {len(order.instructions)} 笔 payments；{template.name}每个文件最多 at most {template.most}"
        )
    {"text": _text, "workbook": _workbook, "xml": _xml}[template.form](template, order, to)


def _rows(template: Template, order: Order) -> Iterator[tuple[Instruction, list[str]]]:
    for number, each in enumerate(order.instructions, start=1):
        yield each, [VALUES[column.value](number, each).translate(CONTROL) for column in template.columns]


def _text(template: Template, order: Order, to: BinaryIO) -> None:
    def line(values: list[str], whose: str) -> None:
        # The separator in a name would move every field after it.
        parts = [each.replace(template.separator, " ") for each in values]
        try:
            to.write((template.separator.join(parts) + template.line_end).encode(template.encoding))
        except UnicodeEncodeError as error:
            raise FileError(
                f"{whose}: “{error.object[error.start : error.end]}”不在 {template.encoding} 里 is not in the encoding"
            ) from None

    if template.header:
        line([told(order, word) for _name, word in template.header], order.reference)
    for each, values in _rows(template, order):
        line(values, each.reference)
    if template.trailer:
        line([told(order, word) for word in template.trailer], order.reference)


def _workbook(template: Template, order: Order, to: BinaryIO) -> None:
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made, {"constant_memory": True, "in_memory": False, "strings_to_formulas": False,
                                      "strings_to_urls": False, "strings_to_numbers": False})  # fmt: skip
    book.set_properties({"created": order.made_at})  # the same order, the same bytes
    sheet = book.add_worksheet(template.sheet)
    bold = book.add_format({"bold": True})
    for at, column in enumerate(template.columns):
        sheet.set_column(at, at, max(10, 2 * len(column.label)))
        sheet.write_string(0, at, column.label, bold)
    for row, (_each, values) in enumerate(_rows(template, order), start=1):
        for at, value in enumerate(values):
            sheet.write_string(row, at, value)  # account numbers are no figures: Excel would round them
    book.close()
    to.write(made.getvalue())


def _xml(template: Template, order: Order, to: BinaryIO) -> None:
    with etree.xmlfile(to, encoding=template.encoding) as xml:
        xml.write_declaration()
        with xml.element(template.root):
            for name, word in template.header:
                with xml.element(name):
                    xml.write(told(order, word))
            for _each, values in _rows(template, order):
                with xml.element(template.row):
                    for column, value in zip(template.columns, values, strict=True):
                        with xml.element(column.label):
                            xml.write(value)
