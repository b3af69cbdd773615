"""What went wrong, as RFC 9457 says it: for machines a kind, for people what, where, seen, expected and how to mend it.

The words come in the reader's language (Accept-Language: zh or en).
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions
from rest_framework.views import set_rollback

from huijiang import disk
from huijiang.audit.request import REQUEST

LOG = logging.getLogger(__name__)
CONTENT: Final = "application/problem+json"
MOST: Final = 100  # faults named in one answer


@dataclass(frozen=True)
class Kind:
    """A kind of problem: its status and its title."""

    status: int
    title: Any


KINDS: Final[Mapping[str, Kind]] = {
    "malformed": Kind(400, gettext_lazy("请求读不懂")),
    "no-token": Kind(401, gettext_lazy("没有带令牌")),
    "bad-token": Kind(401, gettext_lazy("令牌不能用")),
    "beyond-scope": Kind(403, gettext_lazy("超出权限")),
    "not-found": Kind(404, gettext_lazy("没有找到")),
    "method": Kind(405, gettext_lazy("此地址不支持这种方法")),
    "not-acceptable": Kind(406, gettext_lazy("没有您要的格式")),
    "conflict": Kind(409, gettext_lazy("与现状冲突")),
    "changed": Kind(412, gettext_lazy("其间已被改动")),
    "too-large": Kind(413, gettext_lazy("请求太大")),
    "media-type": Kind(415, gettext_lazy("不收这种格式")),
    "invalid": Kind(422, gettext_lazy("内容不符合要求")),
    "key-reused": Kind(422, gettext_lazy("幂等键用过了")),
    "no-condition": Kind(428, gettext_lazy("缺少 If-Match")),
    "too-many": Kind(429, gettext_lazy("请求过多")),
    "fault": Kind(500, gettext_lazy("系统出错")),
    "unavailable": Kind(503, gettext_lazy("暂时不可用")),
}


@dataclass(frozen=True)
class Fault:
    """One thing wrong with what came: where (a JSON pointer, a header or a parameter), what was seen and expected."""

    where: str
    expected: str
    seen: str = ""

    def shown(self) -> dict[str, str]:
        return {"where": self.where, "seen": self.seen[:200], "expected": self.expected[:400]}


@dataclass
class Problem(Exception):
    """Raised anywhere below an endpoint; becomes the answer."""

    kind: str
    what: str
    mend: str = ""
    where: str = ""
    seen: str = ""
    expected: str = ""
    faults: tuple[Fault, ...] = ()
    headers: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.kind}: {self.what}"

    @property
    def status(self) -> int:
        return KINDS[self.kind].status

    def shown(self) -> dict[str, Any]:
        told: dict[str, Any] = {
            "type": f"/api/#problem-{self.kind}", "title": str(KINDS[self.kind].title), "status": self.status,
            "detail": str(self.what), "mend": str(self.mend), "request": REQUEST.get(),
        }  # fmt: skip
        told |= {name: value for name in ("where", "seen", "expected") if (value := str(getattr(self, name))[:400])}
        if self.faults:
            told["errors"] = [each.shown() for each in self.faults[:MOST]]
            told["error_count"] = len(self.faults)
        return told

    def response(self) -> HttpResponse:
        body = json.dumps(self.shown(), ensure_ascii=False).encode("utf-8", "replace")
        made = HttpResponse(body, status=self.status, content_type=CONTENT)
        made.headers["Cache-Control"] = "no-store"
        for name, value in self.headers.items():
            made.headers[name] = value
        if self.status == 401:
            made.headers["WWW-Authenticate"] = 'Bearer realm="huijiang"'
        return made


def invalid(faults: Iterable[Fault], mend: str = "") -> Problem:
    """What came can be read but not taken: every fault at once."""
    found = tuple(faults)
    return Problem(
        "invalid", _("有 %(n)s 处不符合要求，什么也没有做。") % {"n": len(found)},
        mend or _("按 errors 逐处改正后重新提交。"), faults=found,
    )  # fmt: skip


def not_found(what: str = "") -> Problem:
    return Problem("not-found", what or _("没有这一项，或不在您的权限范围内。"), _("请核对地址和编号。"))


def answer(error: Exception, context: Mapping[str, Any]) -> HttpResponse:
    """DRF's exception handler: nothing that the request did stays, and the answer says what happened."""
    found = as_problem(error)
    if found is None:
        raise error
    set_rollback()
    return found.response()


def as_problem(error: Exception) -> Problem | None:
    """The problem that an exception is; None for a fault of our own, which is logged and answered as 500."""
    match error:
        case Problem():
            return error
        case exceptions.ParseError():
            return Problem("malformed", _("正文不是可以读取的 JSON。"), _("请按 UTF-8 编码的 JSON 提交。"),
                           seen=str(error.detail)[:200])  # fmt: skip
        case exceptions.UnsupportedMediaType():
            return Problem("media-type", _("不收这种格式的正文。"), _("请用 Content-Type: application/json。"))
        case exceptions.NotAcceptable():
            return Problem("not-acceptable", _("只提供 JSON。"), _("请用 Accept: application/json。"))
        case exceptions.MethodNotAllowed():
            return Problem("method", _("此地址不支持这种方法。"), _("可用的方法见 Allow 头。"))
        case Http404() | exceptions.NotFound():
            return not_found()
        case PermissionDenied() | exceptions.PermissionDenied():
            return Problem("beyond-scope", str(error) or _("没有这项权限。"), _("请向系统管理员申请。"))
        case RequestDataTooBig():
            return too_large(2_621_440)
        case OperationalError() | InterfaceError() | disk.NoRoom():
            LOG.error("fault of disk or database", exc_info=error)
            if disk.is_full(error):
                return Problem("unavailable", _("服务器磁盘已满，什么也没有存下。"),
                               _("请等管理员清出空间后，用同一个幂等键再试。"), headers={"Retry-After": "30"})  # fmt: skip
            return Problem("unavailable", _("数据库暂时不可用，什么也没有存下。"), _("请过一会儿用同一个幂等键再试。"),
                           headers={"Retry-After": "30"})  # fmt: skip
    return None


def too_large(most: int) -> Problem:
    return Problem("too-large", _("正文太大。"), _("请分批提交。"), expected=_("不大于 %(n)s 字节") % {"n": most})


def fault() -> Problem:
    """A fault of ours: logged in full, told without its insides."""
    return Problem("fault", _("系统出错，什么也没有存下。"), _("请把 request 里的编号告诉管理员。"))
