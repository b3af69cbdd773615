"""Charts as plain HTML and CSS: real text that reflows on a phone, no script; every chart has its table beside it."""

from __future__ import annotations

from collections.abc import Callable

from markupsafe import Markup

from tiaowen.simulate.sections import BARS, BOTH_WAYS, COLUMNS, Cell, Section, shown

Names = Callable[[object], Markup]


def chart(section: Section, mixed: Names) -> Markup:
    """The drawing of a section; empty where there is nothing to draw.  `mixed` marks names in another language."""
    rows = [section.rows[at] for at in section.drawn]
    longest = max((abs(_number(row[at])) for row in rows for at in section.draw), default=0)
    if not longest:
        return Markup("")
    draw = {BARS: _bars, COLUMNS: _columns, BOTH_WAYS: _both_ways}[section.style]
    return Markup('<figure class="chart">{}{}</figure>').format(
        _legend(section, mixed), draw(section, rows, longest, mixed)
    )


def _number(cell: Cell) -> int:
    return cell if isinstance(cell, int) else 0


def _legend(section: Section, mixed: Names) -> Markup:
    each = Markup('<li><i class="c{}"></i>{}</li>')
    return Markup('<ul class="legend">{}</ul>').format(
        Markup("").join(each.format(_colour(section, n), mixed(section.header[at])) for n, at in enumerate(section.draw)))  # fmt: skip


def _colour(section: Section, n: int) -> int:
    return section.colours[n % len(section.colours)]


def _share(value: int, longest: int) -> str:
    """Percent of the longest with one decimal, whole-number arithmetic; what is not zero can be seen."""
    tenths = abs(value) * 1000 // longest
    tenths = max(tenths, 4) if value else 0
    return f"{tenths // 10}.{tenths % 10}"


def _bars(section: Section, rows: list[list[Cell]], longest: int, mixed: Names) -> Markup:
    """A label, then one bar per series with its figure."""
    bar = Markup('<span class="track"><i class="c{}" style="width:{}%"></i></span><b>{}</b>')
    group = Markup('<li><span class="lab">{}</span><span class="bars">{}</span></li>')
    found = []
    for row in rows:
        bars = [bar.format(_colour(section, n), _share(_number(row[at]), longest), shown(section, row, at))
                for n, at in enumerate(section.draw)]  # fmt: skip
        found.append(group.format(mixed(row[0]), Markup("").join(bars)))
    return Markup('<ul class="rows">{}</ul>').format(Markup("").join(found))


def _both_ways(section: Section, rows: list[list[Cell]], longest: int, mixed: Names) -> Markup:
    """Gains to the right of the middle, losses to the left."""
    gained, lost = section.draw
    each = Markup(
        '<li><span class="lab">{}</span><span class="ways"><span class="left"><b>{}</b><i class="c4" style="width:{}%"></i></span>'
        '<span class="right"><i class="c1" style="width:{}%"></i><b>{}</b></span></span></li>'
    )
    found = [
        each.format(mixed(row[0]), shown(section, row, lost) if row[lost] else "", _share(_number(row[lost]), longest),
                    _share(_number(row[gained]), longest), shown(section, row, gained) if row[gained] else "")
        for row in rows
    ]  # fmt: skip
    return Markup('<ul class="rows both">{}</ul>').format(Markup("").join(found))


def _columns(section: Section, rows: list[list[Cell]], longest: int, mixed: Names) -> Markup:
    """Months side by side, one column per series; years below."""
    months = _months([str(row[0]) for row in rows])
    by_label = {str(row[0]): row for row in rows}
    found = []
    for month in months:
        row = by_label.get(month, [month, *([0] * (len(section.header) - 1))])
        told = "；".join(f"{section.header[at]} {shown(section, row, at)}" for at in section.draw)
        bars = Markup("").join(Markup('<i class="c{}" style="height:{}%"></i>').format(
            _colour(section, n), _share(_number(row[at]), longest)) for n, at in enumerate(section.draw))  # fmt: skip
        found.append(Markup('<li title="{}">{}</li>').format(f"{month}：{told}", bars))
    years = list(dict.fromkeys(month[:4] for month in months))
    widths = [sum(month[:4] == year for month in months) for year in years]
    # a year of one or two months has no room for its number
    named = Markup("").join(Markup('<span style="flex:{} 1 0">{}</span>').format(n, year if n * 10 >= len(months) else "")
                            for year, n in zip(years, widths, strict=True))  # fmt: skip
    top = next((shown(section, row, at) for row in rows for at in section.draw if _number(row[at]) == longest), "")
    return Markup(
        '<p class="top-of small">{}</p><ul class="cols" role="img" aria-label="{}">{}</ul><p class="years" aria-hidden="true">{}</p>'
    ).format(top, section.heading, Markup("").join(found), named)


def _months(labels: list[str]) -> list[str]:
    """Every month from the first to the last, those without money too."""
    first, last = (int(each[:4]) * 12 + int(each[5:]) - 1 for each in (min(labels), max(labels)))
    return [f"{each // 12:04d}-{each % 12 + 1:02d}" for each in range(first, last + 1)]
