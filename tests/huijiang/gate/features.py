"""What our stylesheet and script may use: each feature with the first versions that know it.

Versions are those of MDN's browser-compat-data, for Chromium, Safari and Firefox.  A feature that is not in the tables
is refused until somebody has looked it up; one that a supported browser lacks stands in BETTERMENTS with what those
people see instead, or in @supports.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Since(NamedTuple):
    """First versions."""

    chromium: float
    safari: float
    firefox: float


FLOOR: Final = Since(88, 14, 90)
OLD: Final = Since(1, 3, 1)  # older than anything that is still used

PROPERTIES: Final[dict[str, Since]] = {
    **dict.fromkeys(
        """background border border-bottom border-bottom-right-radius border-collapse border-color border-left
        border-left-color border-radius border-right border-spacing border-top border-top-right-radius box-shadow clip
        color content counter-increment counter-reset cursor display fill font font-family font-size font-style
        font-weight height left letter-spacing line-height list-style margin margin-bottom margin-left margin-right
        margin-top max-height max-width min-height min-width opacity outline outline-offset overflow overflow-x
        overflow-y padding padding-bottom padding-left padding-right padding-top position right src stroke
        stroke-dasharray stroke-linecap stroke-linejoin stroke-width text-align text-anchor text-decoration
        text-transform top unicode-range vector-effect vertical-align visibility white-space width z-index bottom
        -webkit-appearance -webkit-font-smoothing -webkit-text-size-adjust""".split(),
        OLD,
    ),
    "animation": Since(43, 9, 16), "transform": Since(36, 9, 16), "transition": Since(26, 9, 16),
    "box-sizing": Since(10, 5.1, 29), "order": Since(29, 9, 20), "flex": Since(29, 9, 22),
    "flex-direction": Since(29, 9, 22), "flex-wrap": Since(29, 9, 28), "align-items": Since(29, 9, 20),
    "align-self": Since(29, 9, 20), "justify-content": Since(29, 9, 20), "place-items": Since(59, 11, 45),
    "grid-area": Since(57, 10.1, 52), "grid-column": Since(57, 10.1, 52), "grid-row": Since(57, 10.1, 52),
    "grid-gap": Since(57, 10.1, 52), "grid-template-areas": Since(57, 10.1, 52),
    "grid-template-columns": Since(57, 10.1, 52), "grid-template-rows": Since(57, 10.1, 52),
    "grid-auto-rows": Since(57, 10.1, 70), "grid-auto-flow": Since(57, 10.1, 52),
    "column-gap": Since(50, 10, 52),  # of columns of text
    "gap": Since(84, 14.1, 63),  # in flex; in grid it is grid-gap's
    "break-inside": Since(50, 10, 65), "font-variant-numeric": Since(52, 9.1, 34), "line-break": Since(58, 11, 69),
    "overflow-wrap": Since(23, 7, 49), "scroll-padding-top": Since(69, 14.1, 68), "scroll-behavior": Since(61, 15.4, 36),
    "text-size-adjust": Since(54, 99, 999), "appearance": Since(84, 15.4, 80), "accent-color": Since(93, 15.4, 92),
    "text-decoration-thickness": Since(89, 12.1, 70), "text-underline-offset": Since(87, 12.1, 70),
    "text-wrap": Since(114, 17.5, 121), "pointer-events": Since(1, 4, 1.5), "object-fit": Since(32, 10, 36),
    "will-change": Since(36, 9.1, 36), "columns": Since(50, 9, 52), "resize": Since(1, 3, 4), "word-break": OLD,
}  # fmt: skip
VALUES: Final[dict[str, Since]] = {
    "flow-root": Since(58, 13, 53), "contents": Since(65, 11.1, 37), "sticky": Since(56, 13, 32),
    "anywhere": Since(80, 15.4, 65), "fit-content": Since(46, 11, 94), "min-content": Since(46, 11, 66),
    "max-content": Since(46, 11, 66), "balance": Since(114, 17.5, 121), "pretty": Since(117, 26, 999),
    "ui-monospace": Since(999, 13.1, 999), "break-spaces": Since(76, 13.1, 69), "revert": Since(84, 9.1, 67),
    "start": Since(57, 11, 45), "end": Since(57, 11, 45), "Canvas": Since(89, 15, 78), "CanvasText": Since(89, 15, 78),
}  # fmt: skip
PSEUDO: Final[dict[str, Since]] = {
    **dict.fromkeys("first-child hover last-child only-child root focus active link visited after before".split(), OLD),
    **dict.fromkeys("nth-child checked disabled target empty first-of-type last-of-type".split(), Since(4, 3.1, 3.5)),
    "not": Since(4, 3.2, 3.5),  # of one simple selector; lists are Since(88, 9, 84)
    "focus-visible": Since(86, 15.4, 85), "focus-within": Since(60, 10.1, 52), "placeholder": Since(57, 10.1, 51),
    "is": Since(88, 14, 78), "where": Since(88, 14, 78), "has": Since(105, 15.4, 121), "marker": Since(86, 11.1, 68),
    "-moz-progress-bar": Since(999, 999, 9), "-webkit-progress-bar": Since(25, 7, 999),
    "-webkit-progress-value": Since(25, 7, 999), "-webkit-details-marker": Since(12, 6, 999),
    "-webkit-search-cancel-button": Since(4, 5, 999),
}  # fmt: skip
FUNCTIONS: Final[dict[str, Since]] = {
    **dict.fromkeys("counter counters local rect rgba rgb rotate translate url attr format linear-gradient scale".split(), OLD),
    "calc": Since(26, 7, 16), "repeat": Since(57, 10.1, 52), "minmax": Since(57, 10.1, 52), "var": Since(49, 9.1, 31),
    "min": Since(79, 11.1, 75), "max": Since(79, 11.1, 75), "clamp": Since(79, 13.1, 75), "not": OLD,
    "env": Since(69, 11.1, 65), "color-mix": Since(111, 16.2, 113), "light-dark": Since(123, 17.5, 120),
}  # fmt: skip
UNITS: Final[dict[str, Since]] = {
    **dict.fromkeys("px em % pt deg s ms cm mm".split(), OLD), "rem": Since(4, 5, 3.6), "vh": Since(20, 6, 19),
    "vw": Since(20, 6, 19), "fr": Since(57, 10.1, 52), "ch": Since(27, 7, 1), "dvh": Since(108, 15.4, 101),
    "svh": Since(108, 15.4, 101),
}  # fmt: skip
CONDITIONS: Final[dict[str, Since]] = {
    "@font-face": Since(4, 3.1, 3.5), "@media": OLD, "@keyframes": Since(43, 9, 16), "@page": Since(15, 13.1, 19),
    "@supports": Since(28, 9, 22), "@layer": Since(99, 15.4, 97), "@container": Since(105, 16, 110),
    "prefers-reduced-motion": Since(74, 10.1, 63), "forced-colors": Since(89, 16, 81), "min-width": OLD,
    "max-width": OLD, "orientation": OLD,
}  # fmt: skip
SCRIPT: Final[dict[str, Since]] = {
    "matchMedia": Since(9, 5.1, 6), "forEach": Since(51, 10, 50), "dataset": Since(7, 5.1, 6),
    "closest": Since(41, 6, 35), "classList": Since(8, 5.1, 3.6), "beforeprint": Since(63, 13, 6),
    "MediaQueryList.addEventListener": Since(45, 14, 55), "?.": Since(80, 13.1, 74), "??": Since(80, 13.1, 72),
    "??=": Since(85, 14, 79), "replaceAll": Since(85, 13.1, 77), ".at": Since(92, 15.4, 90),
    "structuredClone": Since(98, 15.4, 94), "hasOwn": Since(93, 15.4, 92), "findLast": Since(97, 15.4, 104),
    "replaceChildren": Since(86, 14, 78), "private fields": Since(84, 14.1, 90), "static block": Since(94, 16.4, 93),
    "showModal": Since(37, 15.4, 98), "AbortSignal.timeout": Since(103, 16, 100), "requestIdleCallback": Since(47, 999, 55),
    "randomUUID": Since(92, 15.4, 95), "toSorted": Since(110, 16, 115), "groupBy": Since(117, 17.4, 119),
}  # fmt: skip

BETTERMENTS: Final[dict[str, str]] = {
    "gap": "Safari 14.0 lacks it in flex: the sheet's last part gives it margins instead, in an @supports",
    "scroll-padding-top": "Safari 14.0: a heading that is jumped to stands at the very top",
    "scroll-behavior": "Safari below 15.4 jumps",
    "text-size-adjust": "-webkit-text-size-adjust stands beside it for Safari; Firefox does not inflate text with a viewport",
    "appearance": "-webkit-appearance stands beside it",
    "accent-color": "boxes and dots have the system's colour",
    "text-decoration-thickness": "the line under a link has the font's own thickness",
    "text-wrap": "lines break as they come",
    "balance": "lines break as they come",
    "pretty": "lines break as they come",
    "anywhere": "word-break: break-word stands beside it, which does the same there",
    "ui-monospace": "the next font of the list",
    "focus-visible": "only as :focus:not(:focus-visible): whoever lacks it drops the rule, and the ring stays",
    "CanvasText": "only asked for where forced-colors is known",
    "forced-colors": "a query that is not known is never true",
    "-moz-progress-bar": "each engine has its own, in a rule of its own",
    "-webkit-progress-bar": "each engine has its own, in a rule of its own",
    "-webkit-progress-value": "each engine has its own, in a rule of its own",
    "-webkit-details-marker": "others take list-style",
}


def lacking(since: Since) -> list[str]:
    """The supported browsers that don't know it."""
    return [f"{name} {int(floor) if floor == int(floor) else floor}" for name, floor, first in
            zip(("Chromium", "Safari", "Firefox"), FLOOR, since, strict=True) if first > floor]  # fmt: skip
