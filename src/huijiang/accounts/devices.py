"""Where a visitor comes from: address, kind of device, and a mark by which a browser is known again."""

from __future__ import annotations

import re
import secrets
from ipaddress import ip_address
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse

COOKIE: Final = "device"
YEAR: Final = 365 * 24 * 60 * 60
_MARK: Final = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
# In this order: later browsers name the earlier ones too.
BROWSERS: Final = (
    ("MicroMessenger", "WeChat"), ("DingTalk", "DingTalk"), ("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"),
    ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
SYSTEMS: Final = (
    ("HarmonyOS", "HarmonyOS"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"),
    ("Windows", "Windows"), ("Mac OS", "macOS"), ("Linux", "Linux"),
)  # fmt: skip


def address(request: HttpRequest) -> str | None:
    """The visitor's address: behind our own proxy the last one that it wrote down, else the connection's."""
    told = request.META.get("REMOTE_ADDR", "")
    if settings.BEHIND_PROXY:
        told = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")[-1].strip() or told
    try:
        return str(ip_address(told))
    except ValueError:
        return None  # a Unix socket has none


def words(request: HttpRequest) -> str:
    """`Chrome · Windows`; empty where the browser says nothing that is known."""
    told = request.META.get("HTTP_USER_AGENT", "")
    found = [next((name for mark, name in of if mark in told), "") for of in (BROWSERS, SYSTEMS)]
    return " · ".join(each for each in found if each)


def mark(request: HttpRequest) -> str:
    """The browser's mark from its cookie, or a new one."""
    told = request.COOKIES.get(COOKIE, "")
    return told if _MARK.fullmatch(told) else secrets.token_urlsafe(32)


def remember(response: HttpResponse, value: str) -> None:
    """Let the browser bring its mark again."""
    response.set_cookie(
        COOKIE, value, max_age=YEAR, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )
