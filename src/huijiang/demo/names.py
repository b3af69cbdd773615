"""What the people and bodies of worked cases are called in the registry, and by which number people are known there: read
like names, few alike, and numbers that nobody can have."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import count
from typing import Final

from huijiang.demo.people import AREA
from huijiang.regions.models import Region
from huijiang.registry.models import IdentityDocument, Person
from huijiang.sealed.fields import found_by
from huijiang.synth.words import GIVEN, SURNAMES, TRADE_NAMES
from tiaowen.evaluate.facts import Row
from tiaowen.identifiers.person import RESIDENT, person_check_character

PLACES: Final = "省市区县"
AT_FRONT: Final = ("上虞", "湖州", "萧山", "越城", "宁波", "杭州", "余姚", "浙江", "上海", "南浔", "皖北", "太湖", "舜江", "姚江",
                   "萧然", "滨江", "匠心", "湖才")  # fmt: skip
"""With what a case's own word for a body begins, a place mostly."""
SAID: Final = {
    "企业": "有限公司", "培训机构": "职业培训学校", "社会培训评价组织": "技能评价中心", "技工院校": "技工学校", "中职院校": "职业学校",
    "高职院校": "职业技术学院", "高等学校": "大学", "人力资源服务机构": "人力资源服务公司", "事业单位": "医院", "村社区": "村",
    "社会团体": "联合会", "行业协会": "行业协会",
}  # fmt: skip
"""Kind of a body → what its name ends with."""
PUBLIC: Final = {"机关": "行政机关（演示）", "人社部门": "人社部门（演示）"}
HAS: Final = ("公司", "学校", "学院", "大学", "中心", "技校", "职校", "医院", "协会", "工会", "高职", "人力")
"""A case's own word that ends with one of these needs no further ending."""
OLDEST: Final = dt.date(1972, 1, 1)
DAYS: Final = 9_000  # within which they were born
OFFERED: Final = len(TRADE_NAMES)
SERIALS: Final = 1_000  # of a day


class Names:
    """Names in turn: the same cases in the same order are called the same."""

    def __init__(self, place: Region) -> None:
        self.place = place.name.rstrip(PLACES)
        self.numbers: Iterator[int] = count(7 * int(place.code[2:]))  # far enough from another place's

    def of(self, row: Row) -> str:
        number = next(self.numbers)
        return self._person(number) if row.table == "person" else self._body(row, number)

    def known(self, person: Person) -> None:
        """The day of birth where a case says nothing of it, and a document that agrees with it."""
        number = next(self.numbers)
        born = person.birth_date or OLDEST + dt.timedelta(days=number * 37 % DAYS)
        if person.birth_date is None:
            person.birth_date = born
            person.save(update_fields=["birth_date"])
        whole = next(each for each in numbers_of(born, number) if not taken(each))
        IdentityDocument.objects.create(
            person=person, kind=RESIDENT, number=whole, matched=whole, source=person.source, as_of=person.as_of
        )

    @staticmethod
    def _person(number: int) -> str:
        given = GIVEN[number * 7 % len(GIVEN)] + (GIVEN[number * 11 % len(GIVEN)] if number % 3 else "")
        return SURNAMES[number * 13 % len(SURNAMES)] + given

    def _body(self, row: Row, number: int) -> str:
        """上虞机械 → 上虞恒海机械有限公司; of a word that says nothing, its place and kind."""
        kind = str(row.values.get("kind"))
        if kind in PUBLIC:
            return self.place + PUBLIC[kind]
        trade = TRADE_NAMES[number % OFFERED][0] + TRADE_NAMES[(number + number // OFFERED) % OFFERED][1]
        said = row.id if len(row.id) >= 4 and all("一" <= each <= "鿿" for each in row.id) else ""
        at, rest = (said[:2], said[2:]) if said.startswith(AT_FRONT) else (self.place, said.removeprefix("区"))
        return at + trade + rest + ("" if rest.endswith(HAS) else SAID.get(kind, "有限公司"))


def numbers_of(born: dt.date, first: int) -> Iterator[str]:
    """Numbers of somebody born on a day, from a serial number on."""
    for each in range(SERIALS):
        seventeen = f"{AREA}{born:%Y%m%d}{(first + each) % SERIALS:03d}"
        yield seventeen + person_check_character(seventeen)


def taken(number: str) -> bool:
    return IdentityDocument.objects.filter(found_by(IdentityDocument, "matched", number), kind=RESIDENT).exists()
