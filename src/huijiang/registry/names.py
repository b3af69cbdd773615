"""Names of people and firms: kept as written, matched in one form, sorted by sound.

Rare characters (GB 18030, beyond the basic plane) are kept: no compatibility folding, which would turn
some of them into others.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from pypinyin import Style, lazy_pinyin

DOTS: Final = "·•‧∙⋅・･．●᛫"  # what people type between the parts of a name like 买买提·吐尔逊
MIDDLE_DOT: Final = "·"
_TO_DOT: Final = str.maketrans(dict.fromkeys(DOTS, MIDDLE_DOT))
_SPACES: Final = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]+")
_CHINESE: Final = re.compile(r"[\u3400-\u9fff\U00020000-\U000323af]")
# Surnames that sound otherwise than the same character in words.
SURNAMES: Final = {
    "单": "shan", "曾": "zeng", "解": "xie", "任": "ren", "仇": "qiu", "区": "ou", "查": "zha", "翟": "zhai",
    "乐": "yue", "盖": "ge", "朴": "piao", "尉": "wei", "繁": "po", "折": "she", "秘": "bi", "冼": "xian",
    "洗": "xian", "员": "yun", "缪": "miao", "隗": "wei", "种": "chong", "逄": "pang", "召": "shao",
    "令": "ling", "宓": "mi", "覃": "qin", "祭": "zhai", "阚": "kan", "那": "na", "佴": "nai", "藏": "zang",
    "黑": "he", "万": "wan", "尹": "yin", "车": "che", "应": "ying", "燕": "yan", "沈": "shen", "华": "hua",
}  # fmt: skip


def written(name: str) -> str:
    """The name as it is stored: dots of one kind, no spaces between or around Chinese characters."""
    plain = name.strip().translate(_TO_DOT)
    return _SPACES.sub("" if _CHINESE.search(plain) else " ", plain)


def matched(name: str) -> str:
    """The form in which names are compared: no dots, no spaces, no case."""
    return _SPACES.sub("", written(name).replace(MIDDLE_DOT, "")).casefold()


def sounded(name: str, person: bool = True) -> str:
    """The key for sorting and search: syllables with a space between, in ASCII where they are known.

    >>> sounded("单小林")
    'shan xiao lin'
    """
    plain = written(name)
    syllables = [_syllable(character) for character in plain if character != MIDDLE_DOT]
    if person and plain[:1] in SURNAMES:
        syllables[0] = SURNAMES[plain[0]]
    if not _CHINESE.search(plain):
        return plain.replace(MIDDLE_DOT, " ").casefold()
    return " ".join(syllables)[:200]


@lru_cache(maxsize=40_000)
def _syllable(character: str) -> str:
    return lazy_pinyin(character, style=Style.NORMAL)[0].casefold()
