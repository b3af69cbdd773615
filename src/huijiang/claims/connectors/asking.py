"""Asking a register: from what it said today, else over the wire with retries, a rest after failures, and a record.

What was answered is kept for the day (`RegisterAnswer`, sealed); what failed is not, so that the next claim asks again
once the register has rested.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from django.conf import settings

from huijiang.accounts.viewers import today
from huijiang.claims.connectors.answers import Answer, Outcome, unavailable
from huijiang.claims.connectors.wire import Failed, Register, question
from huijiang.claims.models import RegisterAnswer

LOG = logging.getLogger(__name__)
VERDICT_ALONE: Final = frozenset({"death", "custody", "disability"})
"""Of these nothing is kept but whether the register has somebody on that day."""
TRIES: Final = 3
BACK_OFF: Final = (0.2, 0.8)
"""Seconds before the second and the third try."""
FAILURES: Final = 3
REST: Final = 60.0
"""After so many questions in a row that failed, a register is left in peace for so many seconds."""


class Breaker:
    """How often each register failed in a row, and until when it rests.  In this process: each worker finds out itself."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._failed: dict[str, int] = {}
        self._until: dict[str, float] = {}

    def rests(self, name: str) -> bool:
        with self._lock:
            return self._clock() < self._until.get(name, 0.0)

    def answered(self, name: str) -> None:
        with self._lock:
            self._failed.pop(name, None)
            self._until.pop(name, None)

    def failed(self, name: str) -> None:
        """After the rest one more failure is enough for the next rest."""
        with self._lock:
            self._failed[name] = self._failed.get(name, 0) + 1
            if self._failed[name] >= FAILURES:
                self._until[name] = self._clock() + REST

    def forget(self) -> None:
        with self._lock:
            self._failed.clear()
            self._until.clear()


BREAKER: Final = Breaker()


def register_of(kind: str) -> Register | None:
    """The register that is set up for a kind (`HUIJIANG_REGISTERS`), or None."""
    told = settings.REGISTERS.get(kind)
    if told is None:
        return None
    return Register(kind, told["name"], told["address"], bytes.fromhex(told["key"]), float(told.get("seconds", 3.0)))


def ask(kind: str, subject: str, number: str, on: dt.date) -> Answer:
    """What the register of a kind knows of a subject (`person:12`, known there by `number`) on a day.  Never raises
    for what a register does; never keeps or logs the number."""
    register = register_of(kind)
    if register is None:
        return unavailable(kind, "not set up")
    kept = RegisterAnswer.objects.filter(kind=kind, subject=subject, on=on, asked_on=today()).first()
    if kept is not None:
        facts = json.loads(kept.facts.open())
        return Answer(Outcome(kept.outcome), kept.source, kept.as_of, facts)
    if BREAKER.rests(register.name):
        return unavailable(register.name, "resting")
    found = _tried(register, number, on)
    LOG.info("register %s: %s %s", register.name, found.outcome, found.why)
    day = found.as_of
    if found.outcome is Outcome.UNAVAILABLE or day is None:
        BREAKER.failed(register.name)
        return found
    BREAKER.answered(register.name)
    if kind in VERDICT_ALONE:
        found = replace(found, facts={})
    RegisterAnswer.objects.get_or_create(kind=kind, subject=subject, on=on, asked_on=today(), defaults={
        "outcome": found.outcome, "source": found.source, "as_of": day,
        "facts": json.dumps(dict(found.facts), ensure_ascii=False)})  # fmt: skip
    return found


def _tried(register: Register, number: str, on: dt.date) -> Answer:
    why = ""
    for attempt in range(TRIES):
        if attempt:
            time.sleep(BACK_OFF[attempt - 1])
        try:
            return question(register, number, on)
        except Failed as error:
            why = error.why
            if not error.again:
                break
    return unavailable(register.name, why)
