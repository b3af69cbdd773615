"""The published suite as it stands in the repository, read once per test run."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from tiaowen.check.library import Library
from tiaowen.conformance.run import conformance_library, read_vectors

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "conformance"
POLICIES = ROOT / "policies"


@cache
def library() -> Library:
    return conformance_library(POLICIES, FOLDER)


@cache
def vectors() -> tuple[dict[str, Any], ...]:
    return tuple(read_vectors(FOLDER))


def schema(name: str) -> Any:
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))
