"""The second factor of staff: codes of an app (RFC 6238: SHA-1, 30 seconds, 6 digits), and recovery codes.

The secret is sealed like every other personal number, so that it follows the rotation of keys; the number
of the code taken last stands in the database, so that no process takes a code twice.
"""

from __future__ import annotations

import base64
import datetime as dt
import secrets
from collections.abc import Iterable
from typing import Final
from urllib.parse import quote, urlencode

import qrcode
from cryptography.hazmat.primitives.constant_time import bytes_eq
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.hotp import HOTP
from django.db import transaction
from django.utils import timezone

from huijiang import audit
from huijiang.accounts.models import Grant, RecoveryCode, SecondFactor, User

DIGITS: Final = 6
PERIOD: Final = 30
DRIFT: Final = 1  # periods that a phone's clock may be off
SECRET_BYTES: Final = 20
RECOVERY_CODES: Final = 10
ALPHABET: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # no I, O, 0, 1
CODE_LENGTH: Final = 16
ISSUER: Final = "惠匠"


def new_secret() -> str:
    """A secret as apps take it: 32 letters of base 32."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()


def step_of(now: dt.datetime) -> int:
    return int(now.timestamp()) // PERIOD


def code_of(secret: str, step: int) -> str:
    """The six digits of a step."""
    made = HOTP(base64.b32decode(secret), DIGITS, SHA1(), enforce_key_length=False)
    return made.generate(step).decode()


def step_in(secret: str, code: str, now: dt.datetime, after: int = 0) -> int | None:
    """The step whose code this is, within the drift and after `after`; None when it is none of them."""
    told = "".join(code.split()).encode()
    here = step_of(now)
    for step in range(here - DRIFT, here + DRIFT + 1):
        if step > after and bytes_eq(code_of(secret, step).encode(), told):
            return step
    return None


def address_for_apps(login: str, secret: str) -> str:
    """What the square shows: `otpauth://totp/…`."""
    return f"otpauth://totp/{quote(f'{ISSUER}:{login}')}?{urlencode({'secret': secret, 'issuer': ISSUER})}"


def square(text: str) -> tuple[int, str]:
    """A QR code as (modules a side, path of an SVG)."""
    made = qrcode.QRCode(border=2, error_correction=qrcode.constants.ERROR_CORRECT_M)
    made.add_data(text)
    made.make(fit=True)
    matrix = made.get_matrix()
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(matrix) for x, dark in enumerate(row) if dark)
    return len(matrix), path


def needs_one(user: User, today: dt.date) -> bool:
    """Whoever has a role, now or later, signs in with two factors."""
    held = Grant.objects.filter(user=user, ended_at=None).exclude(ends_on__lt=today)
    return held.exists()


def has_one(user: User) -> bool:
    return SecondFactor.objects.filter(user=user).exists()


@transaction.atomic
def enrol(user: User, secret: str, step: int) -> list[str]:
    """Keep a confirmed secret; gives the recovery codes, which are told this once."""
    SecondFactor.objects.create(user=user, secret=secret, last_step=step)
    audit.record(user, "accounts.second_factor_on", f"user:{user.uid}")
    return new_recovery_codes(user)


def new_recovery_codes(user: User) -> list[str]:
    """Ten codes in place of all earlier ones."""
    RecoveryCode.objects.filter(user=user).delete()
    codes = [random_code(CODE_LENGTH) for _ in range(RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create(RecoveryCode(user=user, digest=digest_of(each)) for each in codes)
    return [in_fours(each) for each in codes]


@transaction.atomic
def take(user: User, code: str, now: dt.datetime | None = None) -> bool:
    """Whether the app's code is right; a code once taken is not right again."""
    held = SecondFactor.objects.select_for_update().filter(user=user).first()
    if held is None:
        return False
    step = step_in(held.secret.open(), code, now or timezone.now(), held.last_step)
    if step is None:
        return False
    held.last_step = step
    held.save(update_fields=["last_step"])
    return True


def take_recovery(user: User, code: str) -> bool:
    """Whether this is one of the recovery codes left; it is used up thereby."""
    digest = digest_of(code)
    return bool(RecoveryCode.objects.filter(user=user, digest=digest, used_at=None).update(used_at=timezone.now()))


@transaction.atomic
def remove(user: User, by: User) -> None:
    """Take the second factor away (a lost phone); the next sign-in sets up a new one."""
    SecondFactor.objects.filter(user=user).delete()
    RecoveryCode.objects.filter(user=user).delete()
    user.end_sessions()
    audit.record(by, "accounts.second_factor_off", f"user:{user.uid}")


def random_code(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def plain(code: str) -> str:
    """As it is compared: no spaces, no dashes, capitals."""
    return "".join(each for each in code.upper() if each.isalnum())


def in_fours(code: str) -> str:
    parts: Iterable[str] = (code[at : at + 4] for at in range(0, len(code), 4))
    return "-".join(parts)


def digest_of(code: str) -> str:
    """Under the installation's own salt: a copy of the database alone does not help to try codes out."""
    return audit.digest(f"one-time code\0{plain(code)}")
