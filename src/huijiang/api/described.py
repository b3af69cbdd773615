"""How an endpoint is described: its answers, and every problem that it may answer with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, TypeVar

from django.utils.translation import gettext_lazy
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema

from huijiang.api import problems
from huijiang.api.shapes import Schema, ref

V = TypeVar("V", bound=Callable[..., Any])
EVERYWHERE: Final = ("malformed", "bad-token", "not-found", "not-acceptable", "too-many", "fault", "unavailable")
WITH_BODY: Final = ("too-large", "media-type", "invalid")

LIMIT: Final = OpenApiParameter("limit", {"type": "integer", "minimum": 1, "maximum": 100, "default": 50})
CURSOR: Final = OpenApiParameter(
    "cursor", {"type": "string", "pattern": "^[0-9a-f]{32}$"}, description=gettext_lazy("上一页的 next")
)
KEY: Final = OpenApiParameter(
    "Idempotency-Key", {"type": "string", "minLength": 1, "maxLength": 128}, OpenApiParameter.HEADER, required=True,
    description=gettext_lazy("自取的编号，每次写入一个；重试时用同一个"),
)  # fmt: skip
IF_MATCH: Final = OpenApiParameter(
    "If-Match", {"type": "string"}, OpenApiParameter.HEADER, required=True, description=gettext_lazy("读到时的 ETag")
)


def word(name: str, about: Any, choices: Iterable[str] = (), required: bool = False) -> OpenApiParameter:
    """A parameter of the query."""
    kind: Schema = {"type": "string", "maxLength": 200}
    if listed := list(choices):
        kind = {"type": "string", "enum": listed}
    return OpenApiParameter(name, kind, description=about, required=required)


def described(
    tag: str, summary: Any, answer: Schema | None, *, name: str, body: Schema | None = None, status: int = 200,
    parameters: Sequence[OpenApiParameter] = (), may: Iterable[str] = (), detail: Any = "", media: str = "application/json",
) -> Callable[[V], V]:  # fmt: skip
    """`name`: the operation's id; `may`: problems beside those that every endpoint has."""
    kinds = [*EVERYWHERE, *(WITH_BODY if body is not None else ()), *may, *(("invalid",) if parameters else ())]
    answers: dict[Any, Any] = {}
    told: dict[int, list[str]] = {}
    for kind in dict.fromkeys(kinds):
        told.setdefault(problems.KINDS[kind].status, []).append(kind)
    for code, named in sorted(told.items()):
        answers[code, problems.CONTENT] = OpenApiResponse(ref("Problem"), description=", ".join(named))
    if answer is None:
        answers[status] = OpenApiResponse(description=str(status))
    else:
        answers[status, "application/json"] = OpenApiResponse(answer, description=summary)
    return extend_schema(
        operation_id=name, tags=[tag], summary=summary, description=detail or summary,
        request={media: body} if body is not None else None, responses=answers, parameters=list(parameters),
    )  # fmt: skip
