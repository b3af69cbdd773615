"""The policy library that runs: read and checked once for each release, placed once for each region."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings

from tiaowen.check.library import Library
from tiaowen.files import open_library


@lru_cache(maxsize=1)
def current() -> Library:
    """The library in force.  Raises PolicyError when the policy files don't pass their checks."""
    return open_library(settings.POLICIES)


@lru_cache(maxsize=64)
def placed(region: str) -> Library:
    """The library with the local rules of a place."""
    return current().placed(region)
