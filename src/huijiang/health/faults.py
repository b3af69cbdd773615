"""The database is full, away or starting: the answer says so, and that nothing was stored by halves."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

LOG = logging.getLogger(__name__)
DISK_FULL = "53100"
RETRY_AFTER = "30"  # seconds


class DatabaseFaults:
    """503 for faults of the database, with what happened and what to do; each is logged in full."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, OperationalError | InterfaceError):
            return None
        LOG.error("database fault", exc_info=error)
        full = getattr(error.__cause__, "sqlstate", None) == DISK_FULL
        title = _("现在存不下") if full else _("数据库暂时不可用")
        words = _("服务器磁盘已满，您刚才提交的内容没有存下。请联系管理员，稍后再提交一次。") if full else _(
            "您刚才提交的内容没有存下。请过一会儿再试一次。")  # fmt: skip
        # No template: those ask the database who is signed in.
        body = f'<!doctype html><meta charset="utf-8"><title>{title}</title><h1>{title}</h1><p>{words}</p><p>12333</p>'
        return HttpResponse(body, status=503, headers={"Retry-After": RETRY_AFTER})
