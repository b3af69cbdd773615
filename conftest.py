"""How tests run: the longest first; generated ones with the same examples each time in ./run test, fresh and many in
./run soak."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import pytest
from hypothesis import settings

# No deadline: a slow machine is not a failing test. Measuring is for bench/.
settings.register_profile("test", deadline=None, derandomize=True, print_blob=True)
settings.register_profile("soak", deadline=None, max_examples=5_000, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "test"))

ROOT: Final = Path(__file__).resolve().parent
LONGEST: Final = (
    "tests/huijiang/gate/test_gate.py",
    "tests/huijiang/claims/test_bad_input.py",
    "tests/huijiang/commands/test_full_disk.py",
    "tests/huijiang/commands/test_operations.py",
    "tests/huijiang/funds/test_kills.py",
    "tests/huijiang/access/test_attacks.py",
)
"""Files with a test of twenty CPU seconds or more, the longest first.  Of two workers the one that is done takes half of
what the other has left, but a test that is under way it can't take: one that begins last is waited for."""


@pytest.hookimpl(trylast=True)  # after pytest-django, which has an order of its own
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    place = {ROOT / name: at for at, name in enumerate(LONGEST)}
    if lost := [str(path) for path in place if not path.is_file()]:
        raise pytest.UsageError(f"conftest.py, LONGEST: no such file: {', '.join(lost)}")
    items.sort(key=lambda item: place.get(item.path, len(place)))
