"""The pages of claims for the gate, from the lists that stand beside this file (`pages_<part>.py`)."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

from tests.huijiang.gate.pages import Page

PAGES: list[Page] = []
NOT_PAGES: dict[str, Any] = {}
for _file in sorted(Path(__file__).parent.glob("pages_*.py")):
    _part = importlib.import_module(f"tests.huijiang.claims.{_file.stem}")
    PAGES += _part.PAGES
    NOT_PAGES |= _part.NOT_PAGES
