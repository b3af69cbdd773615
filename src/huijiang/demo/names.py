"""What the people and bodies of worked cases are called in the registry: read like names, and no two alike."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Final

from huijiang.regions.models import Region
from huijiang.synth.words import GIVEN, SURNAMES, TRADE_NAMES
from tiaowen.evaluate.facts import Row

PLACES: Final = "省市区县"
AT_FRONT: Final = ("上虞", "湖州", "萧山", "越城", "宁波", "杭州", "余姚", "浙江", "上海", "南浔")
"""Places with which a case's own word for a body begins."""
SAID: Final = {
    "企业": "有限公司", "培训机构": "职业培训学校", "社会培训评价组织": "技能评价中心", "技工院校": "技工学校", "中职院校": "职业学校",
    "高职院校": "职业技术学院", "高等学校": "大学", "人力资源服务机构": "人力资源服务公司", "事业单位": "医院", "村社区": "村",
    "社会团体": "联合会", "行业协会": "行业协会",
}  # fmt: skip
"""Kind of a body → what its name ends with."""
PUBLIC: Final = {"机关": "行政机关（演示）", "人社部门": "人社部门（演示）"}
HAS: Final = ("公司", "学校", "学院", "大学", "中心", "技校", "职校", "医院", "协会", "工会", "高职")
"""A case's own word that ends with one of these needs no further ending."""
NICK: Final = ("小", "老", "阿")


class Names:
    """Names in turn: the same cases in the same order are called the same."""

    def __init__(self, place: Region) -> None:
        self.place = place.name.rstrip(PLACES)
        self.numbers: Iterator[int] = count(sum(map(ord, place.code)))

    def of(self, row: Row) -> str:
        number = next(self.numbers)
        return self._person(row.id, number) if row.table == "person" else self._body(row, number)

    def _person(self, said: str, number: int) -> str:
        """小林 is some 林; of others nothing is known."""
        own = said[1:] if len(said) == 2 and said.startswith(NICK) and said[1:] in SURNAMES else ""
        given = GIVEN[number * 7 % len(GIVEN)] + (GIVEN[number * 11 % len(GIVEN)] if number % 3 else "")
        return (own or SURNAMES[number * 13 % len(SURNAMES)]) + given

    def _body(self, row: Row, number: int) -> str:
        """上虞机械 → 上虞恒达机械有限公司; of a word that says nothing, its place and kind."""
        kind = str(row.values.get("kind"))
        if kind in PUBLIC:
            return self.place + PUBLIC[kind]
        trade = TRADE_NAMES[number * 5 % len(TRADE_NAMES)]
        said = row.id if len(row.id) >= 4 and all("一" <= each <= "鿿" for each in row.id) else ""
        at, rest = (said[:2], said[2:]) if said.startswith(AT_FRONT) else (self.place, said.removeprefix("区"))
        return at + trade + rest + ("" if rest.endswith(HAS) else SAID.get(kind, "有限公司"))
