"""The API's description as a page: our own, from the same description that machines read; nothing from elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from huijiang.api import schema
from huijiang.api.problems import KINDS
from huijiang.web.components.tables import Cell, Column, Table
from huijiang.web.doors import public

METHODS: Final = ("get", "post", "patch", "delete")


@dataclass(frozen=True)
class Operation:
    """One operation as it is shown."""

    method: str
    path: str
    summary: str
    detail: str
    scope: str
    parameters: Table | None
    body: Table | None
    answer: str
    problems: str


@dataclass(frozen=True)
class Section:
    tag: str
    words: str
    operations: list[Operation]


@public
@require_safe
def reference(request: HttpRequest) -> HttpResponse:
    told = schema.description()
    sections = [
        Section(tag["name"], tag["description"], [
            _operation(told, method, path, one) for path, methods in told["paths"].items()
            for method, one in methods.items() if method in METHODS and tag["name"] in one.get("tags", ())
        ])
        for tag in told["tags"]
    ]  # fmt: skip
    columns = [Column(_("类型")), Column(_("状态码"), "number"), Column(_("含义"))]
    rows = [[Cell(name), str(kind.status), str(kind.title)] for name, kind in KINDS.items()]
    scopes = Table(_("接口权限"), [Column(_("接口权限")), Column(_("可以做什么"))],
                   [[Cell(each["scope"]), each["description"]] for each in told["x-scopes"]])  # fmt: skip
    return render(request, "api/reference.html", {
        "sections": sections, "problems": Table(_("问题类型"), columns, rows), "scopes": scopes, "info": told["info"],
        "kinds": list(KINDS),
    })  # fmt: skip


def _operation(told: dict[str, Any], method: str, path: str, one: dict[str, Any]) -> Operation:
    scope = next((said for each in one.get("security", ()) for said in each.get("token", ())), "")
    parameters = [
        [Cell(each["name"]), _where(each["in"]), _kind(each.get("schema", {})), each.get("description", "") or "—",
         _("必填") if each.get("required") else "—"]
        for each in one.get("parameters", ())
    ]  # fmt: skip
    columns = [Column(_("参数")), Column(_("位置")), Column(_("类型")), Column(_("参数说明")), Column(_("必填"))]
    good: dict[str, Any] = next((each for code, each in one["responses"].items() if code.startswith("2")), {})
    shape = good.get("content", {}).get("application/json", {}).get("schema", {})
    return Operation(
        method.upper(), path, one.get("summary", ""), one.get("description", ""), scope,
        Table(_("参数"), columns, parameters) if parameters else None, _body(told, one), _kind(shape) if shape else "",
        " ".join(code for code in one["responses"] if code >= "300"),
    )  # fmt: skip


def _body(told: dict[str, Any], one: dict[str, Any]) -> Table | None:
    content = one.get("requestBody", {}).get("content", {})
    shape = next((each.get("schema", {}) for each in content.values()), None)
    if shape is None:
        return None
    if "$ref" in shape:
        shape = told["components"]["schemas"][shape["$ref"].rpartition("/")[2]]
    required = shape.get("required", ())
    rows = [[Cell(name), _kind(kind), _("必填") if name in required else "—"]
            for name, kind in shape.get("properties", {}).items()]  # fmt: skip
    if not rows:
        return None
    return Table(_("正文"), [Column(_("字段")), Column(_("类型")), Column(_("必填"))], rows)


def _where(place: str) -> str:
    return {"query": _("地址参数"), "header": _("请求头"), "path": _("路径")}[place]


def _kind(shape: dict[str, Any]) -> str:
    """A schema in a few words."""
    if "$ref" in shape:
        return str(shape["$ref"]).rpartition("/")[2]
    if "enum" in shape:
        return " | ".join(str(each) for each in shape["enum"])
    kind = shape.get("type", "any")
    words = " | ".join(kind) if isinstance(kind, list) else str(kind)
    if words == "array":
        return f"[{_kind(shape.get('items', {}))}]"
    if words == "object" and "items" in shape.get("properties", {}):
        return f"{{items: {_kind(shape['properties']['items'])}, next}}"
    return f"{words} ({shape['format']})" if "format" in shape else words
