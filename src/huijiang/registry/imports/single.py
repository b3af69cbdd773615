"""One row changed in place, column by column: read as a cell of an import is, held to the table's own laws.

`change` writes some columns of a row that is there; a new row comes by a file or by `direct`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from huijiang.registry.columns import NONE_SUFFIX
from huijiang.registry.identity import read_document
from huijiang.registry.imports.cells import NONE, Cells
from huijiang.registry.imports.direct import fields
from huijiang.registry.linked import canonical
from huijiang.registry.models import MODELS, IdentityDocument, Organisation
from huijiang.registry.vocabulary import vocabulary
from huijiang.sealed import found_by
from tiaowen.vocabulary.model import Column
from tiaowen.workbook.sheets import Cell

NOTHING: Final = "无"


class NotAValue(ValueError):
    """What was written does not fit the column; the words say what was expected."""


class NotTogether(ValueError):
    """Each value fits its column, but the row as a whole breaks a law of its table."""


def values_of(table: str, column: Column, text: str, on: dt.date) -> dict[str, Any]:
    """Field → value for words (无 for known to be none).  Raises NotAValue."""
    kind = column.type
    cleared = {column.name + NONE_SUFFIX: False} if kind.or_none else {}
    if text == NOTHING:
        return _none(column)
    if kind.kind == "row":
        return {f"{column.name}_id": _reference(column, text)} | cleared
    complaints: list[str] = []
    value = Cells(on).read(Cell("text", text), fields(table)[column.name], complaints.append)
    if complaints:
        raise NotAValue("；".join(complaints))
    if value is NONE:
        return _none(column)
    name = f"{column.name}_id" if kind.kind == "region" else column.name
    return {name: value, **cleared}


def unknown(column: Column) -> dict[str, Any]:
    """Field → value where nobody knows any more."""
    name = f"{column.name}_id" if column.type.kind in ("row", "region") else column.name
    return {name: None} | ({column.name + NONE_SUFFIX: False} if column.type.or_none else {})


def _none(column: Column) -> dict[str, Any]:
    if not column.type.or_none:
        raise NotAValue(_("这一列不能写“无”。"))
    name = f"{column.name}_id" if column.type.kind in ("row", "region") else column.name
    return {name: None, column.name + NONE_SUFFIX: True}


def _reference(column: Column, text: str) -> int:
    """The number of a firm by its credit code, of a person by the number of their document."""
    if column.type.name == "organisation":
        found = Organisation.objects.filter(uscc=text.strip().upper()).first()
        if found is None:
            raise NotAValue(_("登记库里没有这个统一社会信用代码；请写 18 位代码。"))
        return canonical("organisation", found.pk)
    if column.type.name == "person":
        try:
            told = read_document(text)
        except ValueError:
            raise NotAValue(_("位数和校验位都正确的证件号码")) from None
        held = IdentityDocument.objects.filter(
            found_by(IdentityDocument, "matched", told.matched), kind=told.kind
        ).first()
        if held is None:
            raise NotAValue(_("登记库里没有这个证件号码的人。"))
        return canonical("person", held.person_id)
    raise NotAValue(_("这一列指向另一条记录，请用导入文件更正。"))


def change(table: str, pk: int, told: Mapping[str, Any], source: str, as_of: dt.date) -> Any:
    """Write fields of a row, locked; its history keeps what was.  Raises NotTogether."""
    row: Any = MODELS[table]._default_manager.select_for_update(of=("self",)).get(pk=pk)
    for name, value in told.items():
        setattr(row, name, value)
    row.source, row.as_of, row.batch = source, as_of, None
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        law = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") or ""
        raise NotTogether(law) from error
    row.refresh_from_db()
    return row


def column_of(table: str, name: str) -> Column:
    """Raises KeyError."""
    return vocabulary().tables[table].columns[name]
