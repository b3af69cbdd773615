"""Bars as SVG made here: no script, readable without colour, each with its figures in a table beside it."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

LABEL, BAR, VALUE, ROW = 260, 400, 110, 28
COLOURS = ("#1556b0", "#9db9dd")


def bars(title: str, rows: Sequence[tuple[str, Sequence[int]]]) -> Markup:
    """Horizontal bars, one for each row; several values of a row stand end to end, their sum behind them."""
    most = max([1, *(sum(values) for _, values in rows)])
    drawn = Markup("")
    for at, (label, values) in enumerate(rows):
        top = at * ROW
        drawn += Markup('<text x="{}" y="{}" text-anchor="end">{}</text>').format(LABEL - 8, top + 18, label)
        left = LABEL
        for n, value in enumerate(values):
            width = value * BAR // most
            if value and not width:
                width = 1
            drawn += Markup('<rect x="{}" y="{}" width="{}" height="18" fill="{}"/>').format(
                left, top + 4, width, COLOURS[n % len(COLOURS)]
            )
            left += width
        drawn += Markup('<text x="{}" y="{}">{}</text>').format(left + 6, top + 18, f"{sum(values):,}")
    return Markup(
        '<svg viewBox="0 0 {w} {h}" role="img" aria-label="{title}" font-size="14" fill="#17222e">{drawn}</svg>'
    ).format(w=LABEL + BAR + VALUE, h=len(rows) * ROW + 4, title=title, drawn=drawn)
