"""Take-up: how much of what is due is asked for.  Always an assumption, with its day and its reason.

    take up:
      on: 2026-06-01                        # the day that it was assumed
      because: 上年申领情况
      xiaoshan-2025-3#employer-grant: 60    # whole percent of the money that is due
      xiaoshan-2025-3#star-award: {from 2026-01: 80, otherwise: 50, because: 年度通报}   # by month
      xiaoshan-2025-3#trainer-grant: {临浦镇: 70, otherwise: 60}                         # by place

A benefit that is not named counts 100 %.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from tiaowen.language.yamltext import Mapping, Node, Scalar
from tiaowen.simulate.errors import PatchError
from tiaowen.vocabulary.model import Vocabulary

TAKE_UP = "take up"
OTHERWISE = "otherwise"
FROM = re.compile(r"from (\d{4}-(0[1-9]|1[0-2]))")


@dataclass(frozen=True)
class Share:
    """Percent of one benefit: `percent` unless a later month (`months`, ascending) or a place (by code) says otherwise."""

    percent: int
    months: tuple[tuple[str, int], ...] = ()
    places: tuple[tuple[str, int], ...] = ()  # names as written; resolved when the vocabulary is there
    because: str = ""

    @property
    def plain(self) -> bool:
        return not (self.months or self.places)

    def words(self, lang: str) -> str:
        """The share as it is stated in a report."""
        rest = ("其余 {}" if lang == "zh" else "otherwise {}").format(f"{self.percent} %")
        since = "{} 起 {} %" if lang == "zh" else "from {} {} %"
        said = [since.format(month, percent) for month, percent in self.months]
        said += [f"{place} {percent} %" for place, percent in self.places]
        joint = "，" if lang == "zh" else ", "
        return joint.join([*said, rest]) if said else f"{self.percent} %"


@dataclass(frozen=True)
class TakeUp:
    """Shares by `document#benefit`, the day of the assumption and the reason."""

    shares: dict[str, Share] = field(default_factory=dict)
    on: dt.date | None = None
    because: str = ""


FULL = Share(100)


def half_up(fen: int, percent: int) -> int:
    """So many percent of an amount in fen, half a fen up."""
    return (fen * percent * 2 + 100) // 200


def expected(share: Share, low: int, parts: Iterable[tuple[str, str, int]], vocabulary: Vocabulary) -> int:
    """What is asked for of `low` fen; `parts`: month, place (code), fen.  Rounded once per part."""
    if share.plain:
        return half_up(low, share.percent)
    codes = {vocabulary.regions.resolve(name): percent for name, percent in share.places}
    found = 0
    for month, place, fen in parts:
        percent = share.percent
        for since, then in share.months:
            percent = then if month >= since else percent
        chain = vocabulary.regions.chain(place) if place else []
        nearest = next((code for code in chain if code in codes), None)
        found += half_up(fen, codes[nearest] if nearest is not None else percent)
    return found


def read_take_up(file: str, node: Node) -> TakeUp:
    """Raises PatchError: what was found, what was expected."""
    at = f"{file}:{node.line} {TAKE_UP}"
    if not isinstance(node, Mapping):
        raise PatchError(f"{at}: 应是 {{on: 日期, because: 依据, 文件#块: 百分数}} expected a map")
    shares: dict[str, Share] = {}
    on: dt.date | None = None
    because = ""
    for key, value in node:
        said = value.text if isinstance(value, Scalar) else ""
        if key == "on":
            try:
                on = dt.date.fromisoformat(said)
            except ValueError:
                raise PatchError(f"{at} on: {said}，应为 2026-06-01 这样的日期 expected a date") from None
        elif key == "because":
            because = said
        elif isinstance(value, Mapping):
            shares[key] = _grouped(f"{at} {key}", value)
        else:
            shares[key] = Share(_percent(f"{at} {key}", said))
    if shares and on is None:
        raise PatchError(f"{at}: 缺 on，假定的日期 without on, the day of the assumption")
    if any(not (because or share.because) for share in shares.values()):
        raise PatchError(f"{at}: 缺 because，假定的依据 without because, the reason of the assumption")
    return TakeUp(shares, on, because)


def _grouped(at: str, node: Mapping) -> Share:
    percent: int | None = None
    months: dict[str, int] = {}
    places: dict[str, int] = {}
    because = ""
    for key, value in node:
        said = value.text if isinstance(value, Scalar) else ""
        month = FROM.fullmatch(key)
        if key == "because":
            because = said
        elif key == OTHERWISE:
            percent = _percent(f"{at} {key}", said)
        elif month:
            months[month[1]] = _percent(f"{at} {key}", said)
        else:
            places[key] = _percent(f"{at} {key}", said)
    if percent is None:
        raise PatchError(f"{at}: 缺 otherwise，其余的百分数 without otherwise, the percent of the rest")
    if months and places:
        raise PatchError(
            f"{at}: 月份和地区只能按一种分 by month or by place, not both；{next(iter(months))}、{next(iter(places))}"
        )
    return Share(percent, tuple(sorted(months.items())), tuple(places.items()), because)


def _percent(at: str, said: str) -> int:
    if said.isascii() and said.isdigit() and int(said) <= 100:
        return int(said)
    raise PatchError(f"{at}: {said or '—'}，应为 0 到 100 的整数 expected whole percent, 0 to 100")
