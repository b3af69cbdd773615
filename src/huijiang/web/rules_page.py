"""What rooms add to the page "how the rules decide": a template and the function that tells it its figures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest


@dataclass(frozen=True)
class Section:
    """Drawn with `{% include template with section=told %}`."""

    template: str
    tell: Callable[[HttpRequest], dict[str, Any]]


SECTIONS: Final[dict[str, Section]] = {}


def register(template: str, tell: Callable[[HttpRequest], dict[str, Any]]) -> None:
    """Add a section; registering its template again replaces it."""
    SECTIONS[template] = Section(template, tell)


def shown(request: HttpRequest) -> list[tuple[str, dict[str, Any]]]:
    """Each section's template and figures."""
    return [(each.template, each.tell(request)) for each in SECTIONS.values()]
