"""One benefit, one event, some facts: what the engine says, in plain values that can be frozen and compared."""

from __future__ import annotations

import datetime as dt
from typing import Any


class Judged:
    def parties(self) -> dict[str, Any]:
        raise NotImplementedError


def judge_live(region: str, benefit: str, holder: str, on: dt.date, *, person: int | None = None,
               organisation: int | None = None, answers: object = ()) -> Judged:  # fmt: skip
    raise NotImplementedError
