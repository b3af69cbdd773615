"""Whether every stored content is there, whole, and what its address says."""

from __future__ import annotations

from cryptography.hazmat.primitives import hashes, hmac

from huijiang.files import vault
from huijiang.files.models import Blob
from huijiang.sealed import SealedError


def check() -> tuple[int, list[str]]:
    """(how many were read, what is wrong: one line each)."""
    faults, count = [], 0
    key = vault.address_key() if Blob.objects.exists() else b""
    for blob in Blob.objects.order_by("pk").iterator(chunk_size=500):
        count += 1
        work = hmac.HMAC(key, hashes.SM3())
        try:
            for each in vault.read(blob):
                work.update(each)
        except SealedError as error:
            faults.append(f"blob:{blob.uid}: {error}")
            continue
        if work.finalize() != bytes(blob.digest):
            faults.append(f"blob:{blob.uid}: 内容与地址不符 content is not what its address says")
    return count, faults
