"""Charts as SVG made on the server: under a heading that states the finding, with its table, date and definition.

All places across are percentages and all text is sized by the stylesheet, so that a chart fills a phone
or a screen without its letters shrinking.  Colours come with a pattern of words: a legend, a label, a table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final

from huijiang.web.components.library import register

TOP, BOTTOM = 4.0, 100.0  # per cent of the height that values may use
STEPS: Final = (1, 2, 2.5, 5, 10)
MANY = 7  # more labels than this: every other one is left out on a phone


@dataclass(frozen=True)
class Series:
    """One line, or one layer of the bars: a value for each label, None where there is none."""

    name: str
    values: Sequence[int | float | None]


@dataclass(frozen=True)
class Chart:
    """What a chart says (`finding`), of what, and the day of its data."""

    finding: str
    labels: Sequence[str]
    series: Sequence[Series]
    unit: str = ""
    note: str = ""
    as_of: str = ""
    definition: str = ""
    label_heading: str = ""

    def __post_init__(self) -> None:
        for each in self.series:
            if len(each.values) != len(self.labels):
                raise ValueError(
                    f"chart {self.finding}: {each.name} has {len(each.values)} values for {len(self.labels)} labels"
                )

    def rows(self) -> list[tuple[str, list[int | float | None]]]:
        return [(label, [each.values[at] for each in self.series]) for at, label in enumerate(self.labels)]


@dataclass(frozen=True)
class Bullet:
    """One line of a bullet chart: reached, aimed at, last year's; and what is to be said of it."""

    label: str
    value: int
    target: int
    before: int | None = None
    behind: bool = False
    note: str = ""


@dataclass(frozen=True)
class Tile:
    """One place of a tile map: its square counted from the upper left, its value, its class 1–5."""

    label: str
    column: int
    row: int
    value: str
    step: int


@dataclass(frozen=True)
class TileMap:
    finding: str
    tiles: Sequence[Tile]
    legend: Sequence[tuple[int, str]]
    note: str = ""
    as_of: str = ""
    definition: str = ""
    columns: int = field(init=False)
    rows: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "columns", max(tile.column for tile in self.tiles))
        object.__setattr__(self, "rows", max(tile.row for tile in self.tiles))


def ticks(highest: float) -> list[float]:
    """Round values for the axis from 0 to just above the highest: at most six."""
    if highest <= 0:
        return [0, 1]
    scale = 1.0
    while scale * 50 < highest:
        scale *= 10
    while scale * 5 > highest:
        scale /= 10
    step = next(size * scale for size in STEPS if size * scale * 5 >= highest)
    count = 1
    while step * count < highest:
        count += 1
    return [step * at for at in range(count + 1)]


def height_of(value: float, top: float) -> float:
    """The place of a value from above, in per cent."""
    return round(BOTTOM - (BOTTOM - TOP) * value / top, 2)


def axis(top_values: Sequence[float]) -> list[dict[str, Any]]:
    return [{"y": height_of(value, top_values[-1]), "text": f"{value:,.10g}"} for value in top_values]


def across(labels: Sequence[str]) -> list[dict[str, Any]]:
    width = 100 / len(labels)
    many = len(labels) > MANY
    return [
        {"x": round(width * (at + 0.5), 2), "text": label, "spare": many and at % 2 == 1}
        for at, label in enumerate(labels)
    ]


def frame(chart: Chart, highest: float) -> dict[str, Any]:
    marks = ticks(highest)
    return {"chart": chart, "axis": axis(marks), "across": across(chart.labels), "top": marks[-1]}


@register.inclusion_tag("web/components/chart_line.html")
def line_chart(chart: Chart, level: int = 2) -> dict[str, Any]:
    """One to four lines over time; each has its own colour, dash and mark."""
    known = [value for each in chart.series for value in each.values if value is not None]
    held = frame(chart, max(known, default=0))
    drawn = []
    for at, each in enumerate(chart.series, start=1):
        points = [
            None
            if value is None
            else {"x": place["x"], "y": height_of(value, held["top"]), "value": value, "label": place["text"]}
            for value, place in zip(each.values, held["across"], strict=True)
        ]
        pairs = [(a, b) for a, b in pairwise(points) if a and b]
        drawn.append({"at": at, "name": each.name, "points": [point for point in points if point], "pairs": pairs})
    return {**held, "series": drawn, "level": level}


@register.inclusion_tag("web/components/chart_columns.html")
def column_chart(chart: Chart, level: int = 2) -> dict[str, Any]:
    """Columns over time; several series are stacked."""
    sums = [sum(value or 0 for value in values) for _, values in chart.rows()]
    held = frame(chart, max(sums, default=0))
    width = round(100 / len(chart.labels) * 0.62, 2)
    columns = []
    for place, (label, values) in zip(held["across"], chart.rows(), strict=True):
        layers, below = [], 0.0
        for at, value in enumerate(values, start=1):
            if value:
                upper, lower = height_of(below + value, held["top"]), height_of(below, held["top"])
                layers.append({"at": at, "y": upper, "height": round(lower - upper, 2)})
                below += value
        columns.append({"x": round(place["x"] - width / 2, 2), "layers": layers, "label": label})
    names = [{"at": at, "name": each.name} for at, each in enumerate(chart.series, start=1)]
    return {**held, "columns": columns, "width": width, "series": names, "level": level}


@register.inclusion_tag("web/components/chart_bars.html")
def bar_chart(chart: Chart, level: int = 2) -> dict[str, Any]:
    """Bars side by side down the page, in the order given; one series."""
    values = chart.series[0].values
    highest = max((value for value in values if value is not None), default=0) or 1
    bars = [
        {"label": label, "value": value, "width": round(100 * (value or 0) / highest, 2)}
        for label, value in zip(chart.labels, values, strict=True)
    ]
    return {"chart": chart, "bars": bars, "level": level}


@register.inclusion_tag("web/components/chart_bullets.html")
def bullet_chart(
    finding: str, bullets: Sequence[Bullet], note: str = "", as_of: str = "", definition: str = "", level: int = 2
) -> dict[str, Any]:
    """Reached against aimed at, line by line: the table is the chart."""
    highest = max((max(each.value, each.target, each.before or 0) for each in bullets), default=1) * 1.04
    rows = [
        {
            "bullet": each,
            "value": round(100 * each.value / highest, 2),
            "target": round(100 * each.target / highest, 2),
            "before": None if each.before is None else round(100 * each.before / highest, 2),
            "share": 100 * each.value // each.target if each.target else None,
        }
        for each in bullets
    ]
    return {"finding": finding, "rows": rows, "note": note, "as_of": as_of, "definition": definition, "level": level}


@register.inclusion_tag("web/components/chart_tiles.html")
def tile_map(tiles: TileMap, level: int = 2) -> dict[str, Any]:
    """Places as squares, roughly where they lie; said not to be a map."""
    width, height = 100 / tiles.columns, 100 / tiles.rows
    squares = [
        {
            "tile": tile,
            "x": round(width * (tile.column - 1) + 0.5, 2),
            "y": round(height * (tile.row - 1) + 0.8, 2),
            "middle": round(width * (tile.column - 0.5), 2),
            "name_y": round(height * (tile.row - 0.58), 2),
            "value_y": round(height * (tile.row - 0.24), 2),
        }
        for tile in tiles.tiles
    ]
    return {
        "map": tiles,
        "squares": squares,
        "width": round(width - 1, 2),
        "height": round(height - 1.6, 2),
        "level": level,
    }
