"""The door of the API: counts, knows the token, writes down who came; all before the request's transaction begins."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from huijiang import audit, disk
from huijiang.accounts import devices
from huijiang.api import entries, rates, tokens
from huijiang.api.callers import Caller, caller_of
from huijiang.api.models import Entry
from huijiang.api.problems import Problem, as_problem, fault

LOG = logging.getLogger(__name__)
ROOT: Final = "/api/v1/"
BEARER: Final = "bearer "


class Doorway:
    """For addresses of the API alone.  Sets `request.caller`: a Caller, or None for whoever brings no token."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(ROOT):
            return self.get_response(request)
        try:
            if request.method not in disk.SAFE:
                disk.require(disk.LEAST)
            counted = self._enter(request)
        except Problem as problem:
            return problem.response()
        except (
            OperationalError,
            InterfaceError,
            disk.NoRoom,
        ) as error:  # nobody else looks after what happens before a view
            return (as_problem(error) or fault()).response()
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "private, no-store")
        for name, value in counted.headers.items():
            response.headers[name] = value
        caller: Caller | None = request.caller  # type: ignore[attr-defined]
        if caller is not None and response.status_code == 403:
            entries.write_down(caller.token, Entry.Outcome.BEYOND, request.path_info, _address(request))
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """What goes wrong outside an endpoint's own care, the database's absence among it."""
        if not request.path_info.startswith(ROOT):
            return None
        known = as_problem(error)
        if known is None:
            LOG.error("API fault", exc_info=error)
        return (known or fault()).response()

    def _enter(self, request: HttpRequest) -> rates.Counted:
        """Raises Problem for a token that opens nothing, and for too many requests."""
        request.caller = None  # type: ignore[attr-defined]
        said = request.headers.get("Authorization", "")
        address = _address(request)
        if not said:
            return self._count(f"address:{audit.digest(address)}", settings.API_ADDRESS_RATE, None, request)
        if not said.casefold().startswith(BEARER):
            self._count(f"address:{audit.digest(address)}", settings.API_ADDRESS_RATE, None, request)
            raise refused(_("Authorization 头应为 Bearer 加令牌。"))
        found = tokens.find(said[len(BEARER) :].strip())
        if not found.opens:
            # Counted by address: whoever tries tokens out is stopped by that, whatever they try.
            self._count(f"address:{audit.digest(address)}", settings.API_ADDRESS_RATE, found.token, request)
            entries.write_down(found.token, found.outcome, request.path_info, address)
            raise refused()
        token = found.token
        caller = caller_of(token) if token is not None else None
        if token is None or caller is None:
            entries.write_down(token, Entry.Outcome.ENDED, request.path_info, address)
            raise refused()
        limit = caller.client.per_minute if caller.client is not None else settings.API_RATE
        key = f"client:{caller.client.uid}" if caller.client is not None else f"token:{token.uid}"
        counted = self._count(key, limit, token, request)
        request.caller = caller  # type: ignore[attr-defined]
        if tokens.used(token):
            entries.write_down(token, Entry.Outcome.IN, "", address)
        return counted

    @staticmethod
    def _count(key: str, limit: int, token: object, request: HttpRequest) -> rates.Counted:
        counted = rates.count(key[:64], limit)
        if not counted.allowed:
            entries.write_down(token, Entry.Outcome.TOO_OFTEN, "", _address(request))  # type: ignore[arg-type]
            raise Problem(
                "too-many", _("这一分钟的请求已用完。"), _("请在 Retry-After 秒后再试；批量接口一次可交 1,000 行。"),
                expected=_("每分钟不多于 %(n)s 次") % {"n": limit},
                headers={**counted.headers, "Retry-After": str(counted.again_in)},
            )  # fmt: skip
        return counted


def refused(what: str = "") -> Problem:
    """One answer for forged, expired and revoked tokens: whoever holds one learns nothing from it."""
    return Problem(
        "bad-token", what or _("令牌不存在、已过期、已作废，或其客户端已停用。"),
        _("请向系统管理员领取新的令牌。"), where="Authorization",
    )  # fmt: skip


def _address(request: HttpRequest) -> str:
    return devices.address(request) or "socket"
