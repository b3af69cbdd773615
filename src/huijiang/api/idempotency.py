"""A write that is asked for twice under one key happens once; the same key with another body is refused."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any, Final

from django.db import connection
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from huijiang.api.callers import Caller
from huijiang.api.endpoint import made
from huijiang.api.models import Kept
from huijiang.api.problems import Problem

HEADER: Final = "Idempotency-Key"
LONGEST: Final = 128


def once(
    request: Request, caller: Caller, body: Any, act: Callable[[], tuple[int, dict[str, Any]]], secret: str = ""
) -> Response:
    """Do `act` in the request's transaction, unless this key did it before: then its answer, again.

    `secret` names a field of the answer that is told once and never kept.

    A second request under the key that comes meanwhile waits for the first to end: the key's row is the lock.
    What fails leaves no key behind, so that it can be tried again.  Raises Problem.
    """
    key = request.headers.get(HEADER, "")
    if not 0 < len(key) <= LONGEST or not key.isascii() or not key.isprintable():
        raise Problem(
            "malformed", _("写入要带幂等键。"), _("请在 Idempotency-Key 头里写一个自取的编号，如 UUID。"),
            where=HEADER, seen=key[:40], expected=_("1 到 128 个可见的 ASCII 字符"),
        )  # fmt: skip
    client = caller.client
    if client is None:
        raise Problem("beyond-scope", _("个人的令牌只能查询。"), _("请用客户端的令牌。"))
    asked = digest_of(request, body)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO api_kept (client_id, key, asked) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING RETURNING id",
            [client.pk, key, asked],
        )
        fresh = cursor.fetchone()
    if fresh is None:
        return _again(Kept.objects.get(client=client, key=key), asked)
    status, answer = act()
    kept = {name: value for name, value in answer.items() if name != secret}
    Kept.objects.filter(pk=fresh[0]).update(status=status, answer=kept)
    return made(answer, status=status)


def digest_of(request: Request, body: Any) -> str:
    """What a key came with: method, address and content, whatever the order of its fields."""
    told = json.dumps([request.method, request.path, body], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()


def _again(kept: Kept, asked: str) -> Response:
    if kept.asked != asked:
        raise Problem(
            "key-reused", _("这个幂等键已用于另一次不同的写入，什么也没有做。"), _("新的内容请换一个新的幂等键。"),
            where=HEADER, seen=kept.key,
        )  # fmt: skip
    return made(kept.answer, status=kept.status or 200, Idempotent_Replayed="true")
