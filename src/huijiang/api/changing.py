"""One row of a register changed by another system: only columns of its scope, only the row that it has read."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from django.utils.translation import gettext as _
from rest_framework.request import Request

from huijiang import audit
from huijiang.accounts.viewers import Viewer
from huijiang.api.asked import Asked
from huijiang.api.problems import Fault, Problem, invalid
from huijiang.registry.columns import NONE_SUFFIX
from huijiang.registry.imports import direct, single
from huijiang.registry.models import MODELS
from huijiang.registry.vocabulary import stored_columns, vocabulary

MOST: Final = 60


def tag_of(table: str, row: Any) -> str:
    """The mark of a row's state: the same for whoever reads it, whatever columns they see."""
    told = []
    for column in stored_columns(vocabulary().tables[table]):
        told.append(getattr(row, row._meta.get_field(column.name).attname))
        told.append(column.type.or_none and getattr(row, column.name + NONE_SUFFIX))
    return audit.digest(repr([*told, row.source, row.as_of]))


def change(request: Request, viewer: Viewer, table: str, found: Any, allowed: Collection[str], asked: Asked) -> Any:
    """The row after the change.  Raises Problem; then nothing was written."""
    asked.known(("as_of", "values", "source"))
    as_of, source = asked.day("as_of"), asked.text("source", most=64)
    if as_of is None:
        asked.fault("as_of", _("数据日期"))
    values = asked.told.get("values")
    if not isinstance(values, dict) or not 1 <= len(values) <= MOST:
        asked.fault("values", _("列到值的对象，1 到 %(n)s 列") % {"n": MOST}, values)
        values = {}
    own = {each.name for each in stored_columns(vocabulary().tables[table])}
    fields: dict[str, Any] = {}
    for name, value in values.items():
        if name not in own:
            asked.fault(f"values/{name[:80]}", _("/api/v1/registry/tables 里列出的列"), name[:80])
        elif name not in allowed:
            raise Problem("beyond-scope", _("令牌不能写这一列，什么也没有写。"), _("请去掉这一列，或重新登记客户端。"),
                          where=f"/values/{name}", seen=f"{table}.{name}")  # fmt: skip
        else:
            fields |= _read(asked, table, name, value, viewer)
    asked.done()
    held: Any = MODELS[table]._default_manager.select_for_update(of=("self",)).get(pk=found.pk)
    _expected(request, tag_of(table, held))
    try:
        after = single.change(table, held.pk, fields, source or vocabulary().tables[table].source, as_of)  # type: ignore[arg-type]  # told, or done() raised
    except single.NotTogether as error:
        raise invalid(
            [Fault("/values", _("与同一行其他列不符，或与别的行重复：%(law)s") % {"law": str(error)})]
        ) from error
    audit.record(viewer.user, "api.row_changed", f"{table}:{held.pk}", held.managed_by_id, columns=sorted(values))
    return (
        MODELS[table]
        ._default_manager.select_related(
            "managed_by", *(each.name for each in stored_columns(vocabulary().tables[table]) if each.type.kind == "row")
        )
        .get(pk=after.pk)
    )


def _read(asked: Asked, table: str, name: str, value: Any, viewer: Viewer) -> dict[str, Any]:
    """Field → value; a fault goes to `asked`."""
    column = single.column_of(table, name)
    if value is None:
        if name == "name" and table in ("person", "organisation"):
            asked.fault(f"values/{name}", _("名称不能清空"))
            return {}
        return single.unknown(column)
    if not isinstance(value, str | int | bool) or (isinstance(value, int) and abs(value) >= 10**15):
        asked.fault(f"values/{name}", _("文字、整数、true、false 或 null"), value)
        return {}
    try:
        return single.values_of(table, column, direct.written(value), viewer.on)
    except single.NotAValue as error:
        hidden = column.type.kind == "row"  # a number is not said back
        asked.fault(f"values/{name}", str(error), "" if hidden else str(value)[:80])
        return {}


def _expected(request: Request, tag: str) -> None:
    """The row is as the writer read it.  Raises Problem."""
    said = request.headers.get("If-Match", "")
    if not said:
        raise Problem("no-condition", _("改动要带 If-Match。"), _("请先读取，再带上答复里的 ETag。"), where="If-Match")
    if said != f'"{tag}"':
        raise Problem("changed", _("读取之后已被改动，什么也没有改。"), _("请重新读取，再改一次。"), where="If-Match",
                      seen=said[:80], expected=f'"{tag}"')  # fmt: skip
