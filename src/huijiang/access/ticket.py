"""Sign-in by a one-time ticket, as provincial services do it.

1. The visitor goes to the service with `app`, `goto` (our address, with a `state` of this session).
2. The service sends them back with `ticket`.
3. We exchange it, server to server: POST {"app", "nonce", "ticket", "time"}, signed; the service answers
   {"nonce", "person": {"name", "number"}, "ticket", "time"}, signed.

The signature is HMAC over SM3 (GB/T 32905) of the JSON body as sent, in hexadecimal, in `X-Signature`.
A ticket is taken once; both clocks may differ by five minutes; the answer must name our nonce and ticket.
"""

from __future__ import annotations

import datetime as dt
import hmac
import json
import secrets
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import requests
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.hmac import HMAC
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from huijiang import audit
from huijiang.accounts.models import UsedTicket

WINDOW: Final = dt.timedelta(minutes=5)
TIMEOUT: Final = 10  # seconds
LONGEST: Final = 512  # characters of a ticket
MOST: Final = 65_536  # bytes of an answer
LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")


class TicketRefused(ValueError):
    """A ticket that does not let anybody in: why, in one word for the audit event."""


@dataclass(frozen=True)
class Told:
    """Whom the service vouches for."""

    number: str
    name: str


def signature(body: bytes) -> str:
    """HMAC-SM3 of a body under the secret shared with the service."""
    work = HMAC(settings.TICKET_SECRET.encode(), hashes.SM3())
    work.update(body)
    return work.finalize().hex()


def way_there(back: str, state: str) -> str:
    """The service's address for a visitor; `back` is where it sends them with the ticket."""
    goto = f"{back}?{urlencode({'state': state})}"
    joint = "&" if urlsplit(settings.TICKET_LOGIN).query else "?"
    return f"{settings.TICKET_LOGIN}{joint}{urlencode({'app': settings.TICKET_APP, 'goto': goto})}"


def exchange(ticket: str, now: dt.datetime | None = None) -> Told:
    """Ask the service whose ticket this is.  Raises TicketRefused."""
    if not ticket or len(ticket) > LONGEST:
        raise TicketRefused("form")
    _use_up(ticket)
    address = urlsplit(settings.TICKET_EXCHANGE)
    if address.scheme != "https" and address.hostname not in LOOPBACK:
        raise TicketRefused("insecure")
    moment = now or timezone.now()
    nonce = secrets.token_hex(16)
    asked = {"app": settings.TICKET_APP, "nonce": nonce, "ticket": ticket, "time": int(moment.timestamp())}
    body = json.dumps(asked, separators=(",", ":"), sort_keys=True).encode()
    content, signed = _post(body)
    if not hmac.compare_digest(signature(content), signed):
        raise TicketRefused("signature")
    return _read(content, nonce, ticket, moment)


def _use_up(ticket: str) -> None:
    try:
        with transaction.atomic():
            UsedTicket.objects.create(digest=audit.digest(f"ticket\0{ticket}"))
    except IntegrityError as error:
        raise TicketRefused("replay") from error


def _post(body: bytes) -> tuple[bytes, str]:
    headers = {"Content-Type": "application/json", "X-Signature": signature(body)}
    try:
        with requests.post(
            settings.TICKET_EXCHANGE, data=body, headers=headers, timeout=TIMEOUT, allow_redirects=False, stream=True
        ) as answer:
            if answer.status_code != requests.codes.ok:
                raise TicketRefused("status")
            content = answer.raw.read(MOST + 1, decode_content=True)
            if len(content) > MOST:
                raise TicketRefused("size")
            return content, answer.headers.get("X-Signature", "")
    except requests.RequestException as error:
        raise TicketRefused("unreachable") from error


def _read(content: bytes, nonce: str, ticket: str, now: dt.datetime) -> Told:
    try:
        told: dict[str, Any] = json.loads(content)
        same = (told["nonce"], told["ticket"]) == (nonce, ticket)
        late = abs(now.timestamp() - int(told["time"])) > WINDOW.total_seconds()
        found = Told(str(told["person"]["number"]), str(told["person"]["name"]))
    except (ValueError, KeyError, TypeError) as error:
        raise TicketRefused("answer") from error
    if not same:
        raise TicketRefused("mismatch")
    if late:
        raise TicketRefused("time")
    return found
