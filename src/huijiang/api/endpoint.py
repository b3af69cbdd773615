"""What every endpoint has: JSON in and out, its scopes, problems as answers, a door that the access law walks."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import IO, Any, ClassVar, Final

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from huijiang.api.callers import Caller
from huijiang.api.problems import Problem, too_large
from huijiang.api.scopes import Scope
from huijiang.web.doors import PUBLIC, marked

MOST_BYTES: Final = 2_097_152
CLIENT_DOOR: Final = "client:"


class JsonBody(BaseParser):
    """JSON in UTF-8, exact: fractions stay text, nothing stands twice, no half characters, no NUL."""

    media_type = "application/json"

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Raises ParseError or Problem."""
        body = stream.read(MOST_BYTES + 1)
        if len(body) > MOST_BYTES:
            raise too_large(MOST_BYTES)
        try:
            found = json.loads(
                body.decode("utf-8-sig"), parse_float=str, parse_constant=_constant, object_pairs_hook=_once
            )
            _sound(found)
        except (ValueError, RecursionError) as error:  # UnicodeError is one
            raise ParseError(str(error)[:200]) from error
        return found


def _constant(name: str) -> None:
    raise ValueError(name)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"{key[:40]!r} twice")
        found[key] = value
    return found


def _sound(value: Any) -> None:
    """No half characters and no NUL in any text: neither can be stored or sent back."""
    rest = [value]
    while rest:
        match rest.pop():
            case str() as text:
                if "\0" in text:
                    raise ValueError("NUL")
                text.encode()
            case dict() as found:
                rest += [*found, *found.values()]
            case list() as found:
                rest += found


class Endpoint(APIView):
    """`scopes`: method → what a token needs; a method that is not named is public."""

    scopes: ClassVar[Mapping[str, Scope]] = {}
    parser_classes = (JsonBody,)
    renderer_classes = (JSONRenderer,)
    http_method_names = ("get", "post", "patch", "delete", "head")

    @classmethod
    def door(cls) -> Callable[..., HttpResponse]:
        """The view, with its door said on it."""
        view: Any = cls.as_view()
        return marked(view, f"{CLIENT_DOOR}{','.join(sorted(set(cls.scopes.values())))}" if cls.scopes else PUBLIC)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Whoever lacks the scope comes no further."""
        super().initial(request, *args, **kwargs)
        method = "GET" if request.method == "HEAD" else request.method  # HEAD runs what GET runs
        scope = self.scopes.get(method or "")
        if scope is not None:
            self.caller.need(scope)

    @property
    def caller(self) -> Caller:
        """Raises Problem where no token came."""
        asked: HttpRequest = self.request._request
        found: Caller | None = getattr(asked, "caller", None)
        if found is None:
            raise Problem(
                "no-token", _("此接口要带令牌。"), _("请在 Authorization 头里写 Bearer 加令牌。"),
                where="Authorization",
            )  # fmt: skip
        return found

    def body(self) -> dict[str, Any]:
        """The request's JSON object.  Raises Problem."""
        found = self.request.data
        if not isinstance(found, dict) or not self.request.content_type:
            raise Problem("malformed", _("正文应为一个 JSON 对象。"), _("请按 UTF-8 编码的 JSON 提交。"),
                          seen=type(found).__name__, expected="object")  # fmt: skip
        return found


def made(answer: Any, tag: str = "", status: int = 200, **headers: str) -> Response:
    """An answer, with the mark of its state where it has one."""
    found = Response(answer, status=status)
    if tag:
        found.headers["ETag"] = f'"{tag}"'
    for name, value in headers.items():
        found.headers[name.replace("_", "-")] = value
    return found


def unchanged(request: Request, tag: str) -> Response | None:
    """304 where the reader has this state already."""
    said = [each.strip().removeprefix("W/") for each in request.headers.get("If-None-Match", "").split(",")]
    if f'"{tag}"' not in said and "*" not in said:
        return None
    return made(None, tag, 304)
