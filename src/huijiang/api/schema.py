"""The OpenAPI 3.1 description, made by drf-spectacular from the endpoints, in the reader's language."""

from __future__ import annotations

import json
from functools import lru_cache
from importlib import import_module
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema

from huijiang.api.scopes import Scope
from huijiang.api.shapes import COMPONENTS

TAGS: Final = {
    "documents": gettext_lazy("政策文件、条款、补贴和规则版本，不用令牌"),
    "entitlements": gettext_lazy("可以享受什么：个人、单位、提交的案例"),
    "registry": gettext_lazy("登记数据：按权限和列读写"),
    "jobs": gettext_lazy("作业和夜间计算"),
    "webhooks": gettext_lazy("事件订阅和投递"),
}


class Operation(AutoSchema):
    """An endpoint's operations, with the scope that each asks for."""

    def get_auth(self) -> list[dict[str, list[str]]]:
        scope = getattr(self.view, "scopes", {}).get(self.method)
        return [{"token": [str(scope)]}] if scope is not None else [{}]


def description() -> dict[str, Any]:
    """The whole description as plain values."""
    return _description(get_language() or "zh-hans")


@lru_cache(maxsize=4)
def _description(language: str) -> dict[str, Any]:
    patterns = import_module("huijiang.api.urls").urlpatterns
    found = SchemaGenerator(patterns=patterns).get_schema(request=None, public=True)
    components = found.setdefault("components", {})
    components["schemas"] = {**components.get("schemas", {}), **COMPONENTS}
    components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    found["tags"] = [{"name": name, "description": words} for name, words in TAGS.items()]
    found["info"]["description"] = gettext_lazy(
        "另一个系统怎样读写惠匠的数据。金额一律为整数分；时间为 UTC，法律日期为日期。"
    )
    found["info"]["license"] = {"name": "Apache-2.0", "identifier": "Apache-2.0"}
    found["x-scopes"] = [{"scope": each.value, "description": each.label} for each in Scope]
    plain: dict[str, Any] = json.loads(json.dumps(found, default=_words, ensure_ascii=False))
    return plain


def _words(value: object) -> str:
    if isinstance(value, Promise):
        return str(value)
    raise TypeError(f"{type(value).__name__} in the API description")
