"""Rows of the registers, read and written: whose rows and which columns is the access law's to say."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Final

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.request import Request
from rest_framework.response import Response

from huijiang.access.law import access_columns, access_rows
from huijiang.access.sightings import Purpose, saw
from huijiang.accounts.viewers import Capacity, Viewer
from huijiang.api import changing, ids, shapes
from huijiang.api.asked import Asked, Page
from huijiang.api.described import CURSOR, IF_MATCH, KEY, LIMIT, described, word
from huijiang.api.endpoint import Endpoint, made, unchanged
from huijiang.api.idempotency import once
from huijiang.api.problems import Fault, Problem, invalid, not_found
from huijiang.api.scopes import Scope
from huijiang.regions.models import Region
from huijiang.registry.columns import NONE_SUFFIX
from huijiang.registry.imports import direct
from huijiang.registry.imports.template import explain
from huijiang.registry.models import MODELS, Coverage, Person
from huijiang.registry.vocabulary import references, stored_columns, vocabulary
from tiaowen.vocabulary.model import Column

MOST: Final = 1_000
NAMED: Final = ("person", "organisation")  # tables whose rows have an external id of their own
CLOSED: Final = ("no-token", "beyond-scope")


def id_of(table: str, row: Any) -> str:
    """The external id of a row."""
    return str(row.uid) if table in NAMED else ids.shown(table, row.pk)


class Tables(Endpoint):
    """What of the registers this token reads and writes, and how a row is written."""

    scopes: ClassVar[Mapping[str, Scope]] = {"GET": Scope.REGISTRY_READ}

    @described("registry", gettext_lazy("可用的表、列和写入时的字段"), shapes.page(shapes.ref("Table")), name="tables",
               may=CLOSED, parameters=(LIMIT, CURSOR))  # fmt: skip
    def get(self, request: Request) -> Response:
        caller = self.caller
        asked = Asked(request.query_params, "?")
        page = Page(asked, "tables")
        asked.done()
        found = []
        for name, told in vocabulary().tables.items():
            reads = readable(caller.viewer, name)
            writes = writable(caller.viewer, name) if caller.has(Scope.REGISTRY_WRITE) else frozenset()
            if not reads and not writes:
                continue
            leaves = direct.fields(name) if writes else {}
            found.append({
                "id": name, "label": told.label, "title": told.title,
                "columns": [
                    {"name": each.name, "label": each.label, "type": each.type.words, "reads": each.name in reads,
                     "writes": each.name in writes}
                    for each in told.columns.values() if each.name in reads | writes
                ],
                "fields": [
                    {"path": path, "header": leaf.header, "holds": explain(leaf), "required": leaf.written.required}
                    for path, leaf in leaves.items() if leaf.path[0] in writes
                ],
            })  # fmt: skip
        return made(page.of_list(found))


def readable(viewer: Viewer, table: str) -> frozenset[str]:
    """Columns that a viewer may see in some row at least: for lists of a firm they are told row by row."""
    if viewer.capacity is Capacity.AGENT:
        told = vocabulary().tables[table]
        return frozenset(each.name for each in stored_columns(told) if f"{table}.{each.name}" in (viewer.only or ()))
    return access_columns(viewer, table)


def writable(viewer: Viewer, table: str) -> frozenset[str]:
    """Columns that a bureau's system may write: those that it was registered for."""
    told = vocabulary().tables[table]
    if viewer.capacity is not Capacity.STAFF:
        return frozenset()
    own = {each.name for each in stored_columns(told)} | ({"id_number"} if table == "person" else set())
    return frozenset(name for name in own if f"{table}.{name}" in (viewer.only or ()))


def about_people(table: str) -> bool:
    return table == "person" or bool(references(vocabulary().tables[table], "person"))


class Rows(Endpoint):
    """A table's rows.  Reading people takes a purpose and leaves its trace with each of them."""

    scopes: ClassVar[Mapping[str, Scope]] = {"GET": Scope.REGISTRY_READ, "POST": Scope.REGISTRY_WRITE}

    @described("registry", gettext_lazy("一张表的行，限权限内的地区和列"), shapes.page(shapes.ref("Row")), name="rows",
               may=CLOSED, parameters=(
                   LIMIT, CURSOR, word("purpose", gettext_lazy("用途；表里有个人时必填"), Purpose.values),
                   word("as_of_from", gettext_lazy("只要数据日期不早于这一天的")),
                   word("person", gettext_lazy("只要关于这个人的（外部编号）"))))  # fmt: skip
    def get(self, request: Request, table: str) -> Response:
        viewer = self.caller.viewer
        known(table, readable(viewer, table) if table in MODELS else frozenset())
        asked = Asked(request.query_params, "?")
        page = Page(asked, f"rows {table}")
        people = about_people(table)
        purpose = asked.choice("purpose", Purpose.values, required=people and viewer.capacity is not Capacity.WORKER)
        since, person = asked.day("as_of_from"), asked.text("person", most=36)
        asked.done()
        found = access_rows(viewer, table).select_related(*_joins(table))
        if since is not None:
            found = found.filter(as_of__gte=since)
        if person:
            found = _of_person(found, table, person)
        rows = page.rows(found)
        shown = rows[: page.limit]
        if people:
            _seen(viewer, table, shown, purpose)
        return made(page.shown([row_json(viewer, table, each) for each in shown],
                               shown[-1].pk if len(rows) > page.limit else None))  # fmt: skip

    @described("registry", gettext_lazy("写入一张表的行，全部写入或一行也不写"), shapes.ref("Stored"), name="store_rows",
               body=shapes.ref("Rows"), status=200, parameters=(KEY,), may=(*CLOSED, "conflict", "key-reused"),
               detail=gettext_lazy("一次不多于 1,000 行。字段见 /api/v1/registry/tables 的 fields；引用别的行时写它在系统外的名字，如 holder.id_number、issuer.uscc。没写的字段不改；none 表示明知没有。"))  # fmt: skip
    def post(self, request: Request, table: str) -> Response:
        caller = self.caller
        known(table, writable(caller.viewer, table) if table in MODELS else frozenset())
        told = self.body()
        return once(request, caller, told, lambda: (200, _store(caller.viewer, table, told)))


def known(table: str, columns: frozenset[str]) -> None:
    """Raises Problem where there is no such table, or nothing of it is within the token's columns."""
    if table not in MODELS:
        raise not_found(_("词汇表里没有这张表。"))
    if not columns:
        raise Problem("beyond-scope", _("令牌不含这张表的任何一列。"), _("可用的表和列见 /api/v1/registry/tables。"),
                      seen=table)  # fmt: skip


def _joins(table: str) -> list[str]:
    return [
        "managed_by",
        *(each.name for each in stored_columns(vocabulary().tables[table]) if each.type.kind == "row"),
    ]


def _of_person(found: QuerySet[Model], table: str, uid: str) -> QuerySet[Model]:
    person = Person.objects.filter(uid=_uuid(uid, "?person")).first()
    if person is None:
        return found.none()
    if table == "person":
        return found.filter(pk=person.pk)
    told = vocabulary().tables[table]
    column = told.person or next((each.name for each in references(told, "person")), "")
    return found.filter(**{column: person}) if column else found.none()


def _uuid(text: str, where: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError as error:
        raise invalid([Fault(where, _("外部编号（UUID）"), text)]) from error


def _seen(viewer: Viewer, table: str, rows: Iterable[Any], purpose: str) -> None:
    columns = sorted(f"{table}.{name}"[:64] for name in readable(viewer, table))
    persons: dict[int, Any] = {}
    for row in rows:
        found = [row] if table == "person" else [
            getattr(row, each.name) for each in references(vocabulary().tables[table], "person")
        ]  # fmt: skip
        persons.update({each.pk: each for each in found if each is not None})
    for person in persons.values():
        saw(viewer, person, purpose, columns)


class Row(Endpoint):
    scopes: ClassVar[Mapping[str, Scope]] = {"GET": Scope.REGISTRY_READ, "PATCH": Scope.REGISTRY_WRITE}

    @described("registry", gettext_lazy("一行"), shapes.ref("Row"), name="row", may=CLOSED, parameters=(
        word("purpose", gettext_lazy("用途；表里有个人时必填"), Purpose.values),))  # fmt: skip
    def get(self, request: Request, table: str, row: str) -> Response:
        viewer = self.caller.viewer
        known(table, readable(viewer, table) if table in MODELS else frozenset())
        asked = Asked(request.query_params, "?")
        people = about_people(table)
        purpose = asked.choice("purpose", Purpose.values, required=people and viewer.capacity is not Capacity.WORKER)
        asked.done()
        found = access_rows(viewer, table).filter(**_named(table, row)).select_related(*_joins(table)).first()
        if found is None:
            raise not_found()
        if people:
            _seen(viewer, table, [found], purpose)
        tag = changing.tag_of(table, found)
        return unchanged(request, tag) or made(row_json(viewer, table, found), tag)

    @described("registry", gettext_lazy("改一行的几列；没写的列不动"), shapes.ref("Row"), name="change_row",
               body=shapes.ref("RowChange"), parameters=(IF_MATCH,), may=(*CLOSED, "changed", "no-condition"),
               detail=gettext_lazy("values 是列到值：值的写法同写入行；null 表示不再知道，none 表示明知没有；指向单位的列写统一社会信用代码，指向个人的写证件号码。原来的值留在修改历史里。"))  # fmt: skip
    def patch(self, request: Request, table: str, row: str) -> Response:
        viewer = self.caller.viewer
        allowed = writable(viewer, table) if table in MODELS else frozenset()
        known(table, allowed)
        found = access_rows(viewer, table).filter(**_named(table, row)).first()
        if found is None:
            raise not_found()
        after = changing.change(request, viewer, table, found, allowed, Asked(self.body(), "/"))
        return made(row_json(viewer, table, after), changing.tag_of(table, after))


def _named(table: str, text: str) -> dict[str, Any]:
    return {"uid": _uuid(text, "id")} if table in NAMED else {"pk": ids.read(table, text) or 0}


def row_json(viewer: Viewer, table: str, row: Any) -> dict[str, Any]:
    """A row with the columns that the viewer may see of it, and no others."""
    told = vocabulary().tables[table]
    shown = access_columns(viewer, table, row) if viewer.capacity is Capacity.AGENT else access_columns(viewer, table)
    return {
        "id": id_of(table, row),
        "values": {each.name: _value(each, row) for each in stored_columns(told) if each.name in shown},
        "managed_by": row.managed_by_id, "source": row.source, "as_of": row.as_of.isoformat(),
    }  # fmt: skip


def _value(column: Column, row: Any) -> Any:
    """`none` where something is known to be absent, null where it is not known; money in fen; a reference as the id."""
    if column.type.or_none and getattr(row, column.name + NONE_SUFFIX):
        return "none"
    kind = column.type.kind
    if kind == "row":
        target = getattr(row, column.name)
        return None if target is None else id_of(column.type.name, target)
    if kind == "region":
        return getattr(row, f"{column.name}_id")
    value = getattr(row, column.name)
    if isinstance(value, dt.date):
        return f"{value:%Y-%m}" if kind == "month" else value.isoformat()
    return value


# -- writing ----------------------------------------------------------------------
def target(asked: Asked, viewer: Viewer) -> tuple[Any, dt.date | None]:
    """Whose rows these will be, and of which day; faults go to `asked`."""
    region = Region.objects.filter(code=asked.text("region", required=True)).first()
    if region is None or not region.path.startswith(viewer.paths()):
        asked.fault("region", _("客户端登记的地区，或其下各级的代码"), asked.told.get("region", ""))
    as_of = asked.day("as_of")
    if as_of is None:
        asked.fault("as_of", _("数据日期"))
    return region, as_of


def _store(viewer: Viewer, table: str, told: dict[str, Any]) -> dict[str, Any]:
    asked = Asked(told, "/")
    asked.known(("region", "as_of", "rows", "source"))
    region, as_of = target(asked, viewer)
    source = asked.text("source", most=64)
    rows = told.get("rows")
    if not isinstance(rows, list) or not 1 <= len(rows) <= MOST:
        asked.fault("rows", _("1 到 %(n)s 行") % {"n": MOST}, rows)
        rows = []
    allowed = writable(viewer, table)
    flat = [_flat(asked, f"rows/{at}", row, table, allowed) for at, row in enumerate(rows)]
    asked.done()
    return store(viewer, table, region, as_of, flat, source)


def store(
    viewer: Viewer, table: str, region: Any, as_of: Any, flat: list[dict[str, Any]], source: str
) -> dict[str, Any]:
    """Through the registry's own way in.  Raises Problem."""
    try:
        stored = direct.store(viewer.user, table, region, as_of, flat, source)
    except direct.Busy as error:
        raise Problem("conflict", _("同一张表正有另一批在写入。"), _("请过一会儿用同一个幂等键再试。")) from error
    outcome = stored.outcome
    if outcome.wrong:
        raise invalid(_fault(table, each) for each in outcome.faults.kept)
    return {"batch": str(stored.batch.uid), "new": outcome.new, "changed": outcome.changed, "same": outcome.same}


def _flat(asked: Asked, where: str, row: Any, table: str, allowed: frozenset[str]) -> dict[str, Any]:
    """A row with its references opened (`{"issuer": {"uscc": …}}` → `issuer.uscc`); columns beyond the scope refused."""
    if not isinstance(row, dict):
        asked.fault(where, _("字段到值的对象"), row)
        return {}
    leaves = direct.fields(table)
    flat: dict[str, Any] = {}
    rest = [(str(name), value) for name, value in row.items()]
    while rest:
        path, value = rest.pop()
        if isinstance(value, dict) and path.count(".") < 6:
            rest += [(f"{path}.{name}", inner) for name, inner in value.items()]
        elif path not in leaves:
            asked.fault(f"{where}/{path[:80]}", _("/api/v1/registry/tables 里列出的字段"), path[:80])
        elif path.partition(".")[0] not in allowed:
            raise Problem("beyond-scope", _("令牌不能写这一列，什么也没有写。"), _("请去掉这一列，或重新登记客户端。"),
                          where=f"/{where}/{path}", seen=f"{table}.{path.partition('.')[0]}")  # fmt: skip
        elif not isinstance(value, str | int | bool | None) or (isinstance(value, int) and abs(value) >= 10**15):
            asked.fault(f"{where}/{path}", _("文字、整数、true、false 或 null"), value)
        else:
            flat[path] = value
    return flat


def _fault(table: str, each: Any) -> Fault:
    """A fault of the file as one of the request: line 2 is row 0, and the header leads back to the field."""
    row = f"/rows/{each.row - 2}" if each.row >= 2 else "/rows"
    for path, leaf in direct.fields(table).items():
        if f"（{leaf.header}）" in each.column or each.column == leaf.header:
            return Fault(f"{row}/{path}", each.expected, each.seen)
    return Fault(row, each.expected, each.seen or each.column)


class Completeness(Endpoint):
    scopes: ClassVar[Mapping[str, Scope]] = {"GET": Scope.REGISTRY_READ}

    @described("registry", gettext_lazy("每张表收齐到哪里：没有收齐的，查不到不等于没有"),
               shapes.page(shapes.ref("Completeness")), name="completeness", may=CLOSED, parameters=(LIMIT, CURSOR))  # fmt: skip
    def get(self, request: Request) -> Response:
        asked = Asked(request.query_params, "?")
        page = Page(asked, "completeness")
        asked.done()
        rows = page.rows(Coverage.objects.all())
        shown = [
            {"table": each.table, "region": each.region_id or "", "by": each.by.split(),
             "since": each.since.isoformat() if each.since else None,
             "until": each.until.isoformat() if each.until else None, "complete": each.complete,
             "source": each.source, "as_of": each.as_of.isoformat()}
            for each in rows[: page.limit]
        ]  # fmt: skip
        return made(page.shown(shown, rows[page.limit - 1].pk if len(rows) > page.limit else None))
