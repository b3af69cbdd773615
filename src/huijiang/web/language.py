"""The language of the page that is being made: the only place that asks for it."""

from __future__ import annotations

from typing import Literal

from django.utils.translation import get_language


def is_chinese() -> bool:
    """Whether the page is Chinese: every page that is not English."""
    return not (get_language() or "").startswith("en")


def language() -> Literal["zh", "en"]:
    """As the engine, the messages and the reports call it."""
    return "zh" if is_chinese() else "en"
