"""One try to hand a webhook over: only to places that the operator allows, to the very address that was checked.

A name is resolved once and its address is what is connected to, so that a name that changes between the check
and the call leads nowhere else.  Redirects are not followed.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

MOST_ANSWER: Final = 2_048  # bytes that are read of an answer
SCHEMES: Final = {"http": 80, "https": 443}


class NotAllowed(ValueError):
    """An address that nothing is sent to, with the reason in the reader's language."""


class NotTaken(Exception):
    """The receiver could not be reached, or did not answer in time: what happened, without its insides."""


@dataclass(frozen=True)
class Taken:
    """What the receiver answered."""

    status: int
    answer: str

    @property
    def good(self) -> bool:
        return 200 <= self.status < 300


@dataclass(frozen=True)
class Place:
    """A checked address: what was asked for, and where that is."""

    parts: SplitResult
    host: str
    port: int
    address: str


def named(url: str) -> tuple[SplitResult, str, int]:
    """Check an address against the operator's list, without looking it up.  Raises NotAllowed."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port or SCHEMES.get(parts.scheme, 0)
    except ValueError as error:
        raise NotAllowed(_("不是可以读取的网址。")) from error
    if parts.scheme not in SCHEMES or not host or parts.username is not None or parts.fragment or not url.isascii():
        raise NotAllowed(_("应为 https://主机:端口/路径，不带用户名和 #。"))
    if any(character in url for character in "\r\n\t \\"):
        raise NotAllowed(_("网址里有空白或反斜线。"))
    if (host, port) not in settings.WEBHOOK_HOSTS:
        raise NotAllowed(
            _("%(host)s:%(port)s 不在系统允许的接收地址里（HUIJIANG_WEBHOOK_HOSTS）。") % {"host": host, "port": port}
        )
    return parts, host, port


def resolved(url: str) -> Place:
    """Look the name up and check what it leads to.  Raises NotAllowed, NotTaken."""
    parts, host, port = named(url)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise NotTaken(f"{host}: {type(error).__name__}") from error
    addresses = [str(each[4][0]) for each in found]
    for each in addresses:
        if not permitted(each):
            raise NotAllowed(_("%(host)s 指向 %(address)s，不允许发送。") % {"host": host, "address": each})
    if parts.scheme == "http" and not ipaddress.ip_address(addresses[0]).is_loopback:
        raise NotAllowed(_("只有本机可以用 http，其他地址须用 https。"))
    return Place(parts, host, port, addresses[0])


def permitted(address: str) -> bool:
    """Loopback only by the operator's setting; never link-local (cloud metadata), multicast or nowhere."""
    found = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(found, "ipv4_mapped", None)
    if mapped is not None:
        found = mapped
    if found.is_loopback:
        return bool(settings.WEBHOOK_LOOPBACK)
    return not (found.is_link_local or found.is_multicast or found.is_unspecified or found.is_reserved)


class _Pinned(http.client.HTTPConnection):
    """A connection to a checked address, under the name that was asked for."""

    def __init__(self, place: Place, seconds: int) -> None:
        super().__init__(place.host, place.port, timeout=seconds)
        self.place = place

    def connect(self) -> None:
        self.sock = socket.create_connection((self.place.address, self.place.port), self.timeout)
        if self.place.parts.scheme == "https":
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self.place.host)


def post(url: str, body: bytes, headers: dict[str, str]) -> Taken:
    """One try.  Raises NotAllowed, NotTaken; never waits longer than WEBHOOK_SECONDS in all."""
    place = resolved(url)
    connection = _Pinned(place, settings.WEBHOOK_SECONDS)
    # A receiver that sends a byte now and then never lets a read time out: the clock cuts the line.
    late = threading.Event()
    clock = threading.Timer(settings.WEBHOOK_SECONDS, _cut, [connection, late])
    clock.daemon = True
    clock.start()
    path = place.parts.path or "/"
    target = f"{path}?{place.parts.query}" if place.parts.query else path
    try:
        connection.request("POST", target, body, {**headers, "Content-Type": "application/json",
                                                  "User-Agent": "huijiang-webhooks/1", "Connection": "close"})  # fmt: skip
        answer = connection.getresponse()
        said = answer.read(MOST_ANSWER).decode("utf-8", "replace")
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NotTaken(f"{place.host}:{place.port}: {type(error).__name__}") from error
    finally:
        clock.cancel()
        connection.close()
    if late.is_set():  # half an answer may look like a whole one
        raise NotTaken(f"{place.host}:{place.port}: TimeoutError")
    return Taken(answer.status, "".join(each if each.isprintable() else " " for each in said)[:300])


def _cut(connection: http.client.HTTPConnection, late: threading.Event) -> None:
    late.set()
    line = connection.sock
    if line is None:
        return
    try:
        line.shutdown(socket.SHUT_RDWR)
    except OSError:
        line.close()  # it was closing already
