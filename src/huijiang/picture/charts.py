"""Bars and bullets as SVG made here.  Words stand beside them in the page, so that a phone can show both."""

from __future__ import annotations

from markupsafe import Markup

WIDTH, HEIGHT, TICK = 1000, 18, 6
SURE, POSSIBLE, TARGET = "#1556b0", "#c9daf1", "#17222e"


def bar(low: int, high: int, most: int) -> Markup:
    """Certain in dark, possible in light behind it; the longest of all bars fills the width."""
    return _svg(_rect(0, high, most, POSSIBLE) + _rect(0, low, most, SURE))


def bullet(low: int, high: int | None, target: int) -> Markup:
    """A count against its target: certain, possible up to `high` (None: open), and a mark at the target."""
    most = max(low, high or 0, target, 1)
    span = most + most // 8  # room to the right of the mark
    top = span if high is None else high
    mark = Markup('<rect x="{}" y="0" width="{}" height="{}" fill="{}"/>').format(
        target * WIDTH // span - TICK // 2, TICK, HEIGHT, TARGET
    )
    track = Markup('<rect x="0" y="3" width="{}" height="{}" fill="#e9edf2"/>').format(WIDTH, HEIGHT - 6)
    return _svg(track + _rect(0, top, span, POSSIBLE) + _rect(0, low, span, SURE) + mark)


def _rect(left: int, value: int, most: int, colour: str) -> Markup:
    width = value * WIDTH // most if most else 0
    if value and width < 2:  # something is never drawn as nothing
        width = 2
    return Markup('<rect x="{}" y="3" width="{}" height="{}" fill="{}"/>').format(left, width, HEIGHT - 6, colour)


def _svg(drawn: Markup) -> Markup:
    return Markup('<svg viewBox="0 0 {} {}" preserveAspectRatio="none" aria-hidden="true" class="bar">{}</svg>').format(
        WIDTH, HEIGHT, drawn
    )
