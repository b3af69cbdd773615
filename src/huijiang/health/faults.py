"""The database is full, away or starting: the answer says so, and that nothing was stored by halves."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.defaults import server_error as fault_of_ours

from huijiang import disk

LOG = logging.getLogger(__name__)
API = "/api/"  # says it in its own way
RETRY_AFTER = "30"  # seconds
FULL = {
    "title": "现在存不下", "title_en": "There is no room to store this",
    "what": "服务器磁盘已满，您刚才提交的内容没有存下，以前存下的都还在；不用存东西的页面照常能看。",
    "what_en": "The server's disk is full. What you just sent was not stored; what was stored before is still there, "
    "and pages that store nothing can be read as usual.",
    "then": "等管理员清出空间后，再提交一次。", "then_en": "Send it again once the administrator has freed some space.",
}  # fmt: skip
AWAY = {
    "title": "数据库暂时不可用", "title_en": "The database is away",
    "what": "您刚才提交的内容没有存下，以前存下的都还在。",
    "what_en": "What you just sent was not stored; what was stored before is still there.",
    "then": "过一会儿再试一次。", "then_en": "Try again in a while.",
}  # fmt: skip


class DatabaseFaults:
    """503 for faults of the database, with what happened and what to do; each is logged in full."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in disk.SAFE and not request.path_info.startswith(API) and disk.free() < disk.LEAST:
            LOG.error("the disk is full: a form was not taken")
            return _answered(FULL)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return answer_to(error)


def server_error(request: HttpRequest) -> HttpResponse:
    """What no view raised, such as a session that could not be stored: the same answer.  Django calls this in the
    handler of the error (handler500)."""
    error = sys.exception()
    answered = answer_to(error) if isinstance(error, Exception) else None
    return answered if answered is not None else fault_of_ours(request)


def answer_to(error: Exception) -> HttpResponse | None:
    """503 for a fault of the database or of the disk; None for any other."""
    full = disk.is_full(error)
    if not full and not isinstance(error, OperationalError | InterfaceError):
        return None
    LOG.error("fault of disk or database", exc_info=error)
    return _answered(FULL if full else AWAY)


def _answered(words: dict[str, str]) -> HttpResponse:
    # A template without a request: others ask the database who is signed in.
    body = render_to_string("web/unavailable.html", words)
    return HttpResponse(body, status=503, headers={"Retry-After": RETRY_AFTER})
