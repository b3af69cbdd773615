"""Writing events."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Protocol

from django.conf import settings
from django.db import connection

from huijiang.audit.models import Event
from huijiang.audit.request import REQUEST
from huijiang.sealed.keys import provider

SHOWN = 32  # hexadecimal digits of a digest: 128 bits
SIMPLE = (str, int, bool, type(None))


class Actor(Protocol):
    """An account: only its external id is written down."""

    @property
    def uid(self) -> uuid.UUID: ...


def record(actor: Actor | None, action: str, subject: str, region: str, details: Mapping[str, object]) -> Event:
    """See `huijiang.audit.record`.  Raises RuntimeError outside a transaction, TypeError for a value that
    is neither a code, a number, a date nor a list of such."""
    if not connection.in_atomic_block:
        raise RuntimeError(
            f"{action}: 审计事件须与改动同在一个事务 an event is written in the transaction of its change"
        )
    return Event.objects.create(
        actor=str(actor.uid) if actor is not None else "",
        action=action,
        subject=subject,
        region=region,
        request=REQUEST.get(),
        details={name: _plain(name, value) for name, value in details.items()},
    )


def digest(value: str) -> str:
    return provider().keyed_hash(settings.AUDIT_SALT.encode(), value.encode()).hex()[:SHOWN]


def _plain(name: str, value: object) -> object:
    if isinstance(value, SIMPLE):
        return value
    if isinstance(value, dt.date | uuid.UUID):
        return str(value)
    if isinstance(value, list | tuple):
        return [_plain(name, each) for each in value]
    raise TypeError(f"{name}: {type(value).__name__}；审计详情只收代码、数、日期 details take codes, numbers and dates")
