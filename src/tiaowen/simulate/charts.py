"""Bars as SVG, made here: one group per row, one bar per series, the longest fills the width."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from tiaowen.simulate.sections import Section, shown

COLOURS = ("#9aa6b2", "#1556b0", "#b7791f", "#0a6b42", "#ab231b", "#6b4fa0")
WIDTH, LEFT, RIGHT, BAR, GAP = 760, 200, 130, 14, 12
MOST = 24  # groups that are drawn; the table has all


@dataclass(frozen=True)
class Bar:
    x: int
    y: int
    width: int
    colour: str
    label: str


def chart(section: Section) -> Markup:
    """The drawing of a section; empty where there is nothing to draw."""
    rows = [row for row in section.rows if any(isinstance(row[at], int) and row[at] for at in section.draw)]
    longest = max((abs(int(row[at])) for row in rows for at in section.draw if isinstance(row[at], int)), default=0)
    if not longest:
        return Markup("")
    rows = rows[:MOST]
    step = BAR * len(section.draw) + GAP
    top = 22
    parts = [Markup('<rect x="{}" y="4" width="10" height="10" fill="{}"/><text x="{}" y="13">{}</text>').format(
        LEFT + 180 * n, COLOURS[n % len(COLOURS)], LEFT + 180 * n + 14, section.header[at])
        for n, at in enumerate(section.draw[:3])]  # fmt: skip
    for place, row in enumerate(rows):
        y = top + place * step
        parts.append(Markup('<text x="{}" y="{}" text-anchor="end">{}</text>').format(
            LEFT - 8, y + step // 2 - 2, _short(str(row[0]))))  # fmt: skip
        for n, at in enumerate(section.draw):
            value = row[at]
            amount = value if isinstance(value, int) else 0
            bar = Bar(LEFT, y + n * BAR, abs(amount) * (WIDTH - LEFT - RIGHT) // longest,
                      COLOURS[n % len(COLOURS)], shown(amount, at in section.money))  # fmt: skip
            parts.append(
                Markup(
                    '<rect x="{}" y="{}" width="{}" height="{}" fill="{}"><title>{}</title></rect>'
                    '<text x="{}" y="{}">{}</text>'
                ).format(
                    bar.x,
                    bar.y,
                    bar.width,
                    BAR - 2,
                    bar.colour,
                    section.header[at],
                    bar.x + bar.width + 5,
                    bar.y + BAR - 4,
                    bar.label,
                )
            )
    height = top + len(rows) * step
    return Markup('<svg viewBox="0 0 {} {}" role="img" aria-label="{}" class="chart">{}</svg>').format(
        WIDTH, height, section.heading, Markup("").join(parts)
    )


def _short(text: str) -> str:
    return text if len(text) <= 14 else text[:13] + "…"
