"""One question over HTTP, and whether its answer may be believed.

The question: POST, JSON `{"kind", "number", "on", "nonce"}`, header `X-Signature`: HMAC-SM3 over the body.  The answer:
JSON `{"nonce", "subject", "outcome", "as_of", "facts"}`, signed likewise; `subject` is SM3 over nonce and number, so
that an answer about another person is noticed.  The number stands in the body alone: not in the address, nor in a log.
"""

from __future__ import annotations

import datetime as dt
import http.client
import json
import secrets
import socket
import ssl
import threading
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, hmac

from huijiang.claims.connectors.answers import Answer, Outcome

MOST: Final = 1 << 20
SIGNATURE: Final = "X-Signature"


class Failed(Exception):
    """No answer that can be believed: why, in a word.  `again`: whether asking once more may help."""

    def __init__(self, why: str, again: bool) -> None:
        self.why, self.again = why, again
        super().__init__(why)


@dataclass(frozen=True)
class Register:
    """Where a register is, the key shared with it, and how long it may take in all, in seconds."""

    kind: str
    name: str
    address: str
    key: bytes
    seconds: float = 3.0


def sign(key: bytes, body: bytes) -> str:
    work = hmac.HMAC(key, hashes.SM3())
    work.update(body)
    return work.finalize().hex()


def subject_of(nonce: str, number: str) -> str:
    work = hashes.Hash(hashes.SM3())
    work.update(f"{nonce} {number}".encode())
    return work.finalize().hex()


def question(register: Register, number: str, on: dt.date) -> Answer:
    """One try.  Raises Failed."""
    nonce = secrets.token_hex(16)
    body = json.dumps({"kind": register.kind, "number": number, "on": on.isoformat(), "nonce": nonce}).encode()
    status, said, signed = _posted(register, body)
    if status != 200:
        raise Failed(f"HTTP {status}", again=status >= 500 or status == 429)
    work = hmac.HMAC(register.key, hashes.SM3())
    work.update(said)
    try:
        work.verify(bytes.fromhex(signed))
    except (InvalidSignature, ValueError):
        raise Failed("signature", again=False) from None
    return _read(register, said, nonce, number, on)


def _read(register: Register, said: bytes, nonce: str, number: str, on: dt.date) -> Answer:
    try:
        told: Any = json.loads(said)
        outcome = Outcome(told["outcome"])
        as_of, facts = dt.date.fromisoformat(told["as_of"]), told.get("facts", {})
        if outcome is Outcome.UNAVAILABLE or not isinstance(facts, dict) or as_of > on + dt.timedelta(days=1):
            raise ValueError(told["outcome"])
        about = told["nonce"], told["subject"]
    except (ValueError, KeyError, TypeError):
        raise Failed("malformed", again=False) from None
    if about != (nonce, subject_of(nonce, number)):
        raise Failed("another subject", again=False)
    return Answer(outcome, register.name, as_of, facts)


def _posted(register: Register, body: bytes) -> tuple[int, bytes, str]:
    parts = urlsplit(register.address)
    host, secure = parts.hostname or "", parts.scheme == "https"
    made = (
        http.client.HTTPSConnection(host, parts.port, timeout=register.seconds, context=ssl.create_default_context())
        if secure
        else http.client.HTTPConnection(host, parts.port, timeout=register.seconds)
    )
    # A register that sends a byte now and then never lets a read time out: the clock cuts the line.
    late = threading.Event()
    clock = threading.Timer(register.seconds, _cut, [made, late])
    clock.daemon = True
    clock.start()
    try:
        made.request(
            "POST", parts.path or "/", body, {"Content-Type": "application/json", SIGNATURE: sign(register.key, body)}
        )
        answer = made.getresponse()
        said = answer.read(MOST)
    except (OSError, http.client.HTTPException, ValueError) as error:
        why = "late" if late.is_set() or isinstance(error, TimeoutError) else type(error).__name__
        raise Failed(why, again=True) from None
    finally:
        clock.cancel()
        made.close()
    if late.is_set():
        raise Failed("late", again=True)
    return answer.status, said, answer.headers.get(SIGNATURE, "")


def _cut(connection: http.client.HTTPConnection, late: threading.Event) -> None:
    late.set()
    line = connection.sock
    if line is None:
        return
    try:
        line.shutdown(socket.SHUT_RDWR)
    except OSError:
        line.close()
