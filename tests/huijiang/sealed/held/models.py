from __future__ import annotations

from django.db import models

from huijiang.sealed import KeyedHash, SealedText


class Held(models.Model):
    number = SealedText(context="held.number")
    number_hash = KeyedHash("number")
    number_hash_next = KeyedHash("number", coming=True)
