"""What does the arithmetic: software here; a hardware module takes its place by the same three methods."""

from __future__ import annotations

import os
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from huijiang.sealed.errors import SealedError

NONCE = 12  # bytes, GCM's own size
TAG = 16


class Provider(Protocol):
    """Encrypts, decrypts and hashes under a key that it may keep to itself."""

    def encrypt(self, key: bytes, text: bytes, context: bytes) -> bytes: ...

    def decrypt(self, key: bytes, sealed: bytes, context: bytes) -> bytes: ...

    def keyed_hash(self, key: bytes, text: bytes) -> bytes: ...


class Software:
    """SM4 in GCM (GB/T 32907, GB/T 36624) and HMAC over SM3 (GB/T 32905), by OpenSSL."""

    def encrypt(self, key: bytes, text: bytes, context: bytes) -> bytes:
        """nonce ‖ ciphertext ‖ tag"""
        nonce = os.urandom(NONCE)
        work = Cipher(algorithms.SM4(key), modes.GCM(nonce)).encryptor()
        work.authenticate_additional_data(context)
        return nonce + work.update(text) + work.finalize() + work.tag

    def decrypt(self, key: bytes, sealed: bytes, context: bytes) -> bytes:
        """Raises SealedError when the bytes, their column or the key are not the ones that sealed them."""
        if len(sealed) < NONCE + TAG:
            raise SealedError(f"{len(sealed)} 字节，太短 bytes: too short for a sealed value")
        nonce, body, tag = sealed[:NONCE], sealed[NONCE:-TAG], sealed[-TAG:]
        work = Cipher(algorithms.SM4(key), modes.GCM(nonce, tag)).decryptor()
        work.authenticate_additional_data(context)
        try:
            return work.update(body) + work.finalize()
        except InvalidTag as error:
            raise SealedError(
                "密文打不开：被改动过，或不是这一列、这把密钥的 sealed value does not open: "
                "altered, or of another column or key; 请核对密钥文件 check the key file"
            ) from error

    def keyed_hash(self, key: bytes, text: bytes) -> bytes:
        """32 bytes."""
        work = hmac.HMAC(key, hashes.SM3())
        work.update(text)
        return work.finalize()
