"""The signature of a webhook: over its id, its time and its body, with HMAC-SHA-256 and HMAC-SM3.

    Webhook-Id: 6f1c…                    the same on every try: a receiver drops what it has had
    Webhook-Timestamp: 1795000000        seconds; a receiver refuses what is older than five minutes
    Webhook-Signature: v1,<base64> v1sm3,<base64>

What is signed is `id.timestamp.body`; either signature is enough.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.hmac import HMAC

PREFIX: Final = "whsec_"
WINDOW: Final = 300  # seconds either way that a receiver should allow
SECRET: Final = 32


def new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET)).decode()


def headers(secret: str, number: str, at: int, body: bytes) -> dict[str, str]:
    """The three headers of one try."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    told = f"{number}.{at}.".encode() + body
    sm3 = HMAC(key, hashes.SM3())
    sm3.update(told)
    signed = (("v1", hmac.new(key, told, hashlib.sha256).digest()), ("v1sm3", sm3.finalize()))
    return {
        "Webhook-Id": number,
        "Webhook-Timestamp": str(at),
        "Webhook-Signature": " ".join(f"{name},{base64.b64encode(made).decode()}" for name, made in signed),
    }
