"""What a synthetic county is made to agree with, and where each figure comes from.

The documents state totals of skilled and of high-skilled people.  What no document
states (how many people a register of that county holds, how levels split, how people
spread over streets) is an assumption, named as such in docs/synthetic-county.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

REGISTER: Final = 1_000_000  # people in the register of a whole county: an assumption, not a figure of a document

LEVELS: Final = ("初级工", "中级工", "高级工", "技师", "高级技师", "特级技师", "首席技师")
HIGH_SKILLED_FROM: Final = 3  # 高级工, counted from 1

# How the high-skilled and the other skilled split into levels, parts of a million of each: assumed.
HIGH_PARTS: Final = {"首席技师": 100, "特级技师": 300, "高级技师": 60_000, "技师": 180_000, "高级工": 759_600}
OTHER_PARTS: Final = {"中级工": 530_000, "初级工": 470_000}

# Who the people of the register are, parts of a thousand: assumed.
WORK_HERE: Final = 800
WORK_OUTSIDE: Final = 50
STUDY: Final = 90  # the rest is without work


@dataclass(frozen=True)
class Calibration:
    """Totals of one county.  `streets`: name → weight; empty: facts stay at the county."""

    region: str
    document: str
    skilled_target: str
    high_skilled_target: str
    skilled: int
    high_skilled: int
    streets: dict[str, int]
    nearby: tuple[str, ...]


# Weights are whole shares out of their sum; larger for the urban streets and the big industrial towns.
XIAOSHAN_STREETS: Final = {
    "城厢街道": 9, "北干街道": 10, "蜀山街道": 9, "新塘街道": 6, "靖江街道": 4, "南阳街道": 3, "闻堰街道": 4,
    "宁围街道": 8, "新街街道": 7, "盈丰街道": 7, "楼塔镇": 1, "河上镇": 1, "戴村镇": 2, "浦阳镇": 2, "进化镇": 2,
    "临浦镇": 4, "义桥镇": 3, "所前镇": 2, "衙前镇": 4, "瓜沥镇": 8, "益农镇": 2, "党湾镇": 2,
}  # fmt: skip

CALIBRATIONS: Final = (
    Calibration(
        region="330109", document="xiaoshan-2025-3",
        skilled_target="skilled-stock", high_skilled_target="high-skilled-stock",
        skilled=450_000, high_skilled=165_000, streets=XIAOSHAN_STREETS,
        nearby=("滨江区", "上城区", "钱塘区", "柯桥区", "诸暨市", "宁波市", "上海市"),
    ),
)  # fmt: skip


def scaled(total: int, people: int) -> int:
    """A county's total for a register of `people`, rounded half up."""
    return (2 * total * people + REGISTER) // (2 * REGISTER)


def level_ends(calibration: Calibration, people: int) -> list[int]:
    """How many people hold at least each level, highest level first; the last is all skilled."""
    ends = []
    for parts, whole, below in (
        (HIGH_PARTS, scaled(calibration.high_skilled, people), 0),
        (OTHER_PARTS, scaled(calibration.skilled, people), scaled(calibration.high_skilled, people)),
    ):
        running = 0
        for part in parts.values():
            running += part
            ends.append(below + (2 * running * (whole - below) + 1_000_000) // 2_000_000)
    return ends
