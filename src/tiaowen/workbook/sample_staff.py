"""Invented staff of an invented firm, and their certificates.

Identity numbers carry the area code 339999, which no place has, and a right check digit.
"""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from tiaowen.identifiers import certificate_number, person_check_character

LEVELS: Final = ("初级工", "中级工", "高级工", "技师", "高级技师")
_SURNAMES: Final = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓韩冯曹彭曾萧田董潘袁蔡蒋余沈楼俞来"
_GIVEN: Final = "伟芳娜秀英敏静丽强磊军洋勇艳杰涛明超霞平刚桂华建国志海波鑫浩宇轩欣怡雨晨梓佳琪文博俊楠辉鹏飞燕玲红"
_TRADES: Final = (
    ("模具工", 12), ("钳工", 14), ("车工", 10), ("铣工", 6), ("磨工", 6), ("焊工", 10), ("电工", 9),
    ("多工序数控机床操作调整工", 14), ("机床装调维修工", 6), ("装配钳工", 5),
    ("工业机器人系统操作员", 7), ("工业机器人系统运维员", 4), ("物联网安装调试员", 3),
)  # fmt: skip
DIGITAL: Final = frozenset({"工业机器人系统操作员", "工业机器人系统运维员", "物联网安装调试员"})
_OFFICE: Final = ("质检员", "仓管员", "叉车司机", "会计", "采购员", "人事专员", "销售代表", "工艺工程师")
_AWAY: Final = ("安徽省", "江西省", "河南省", "贵州省", "湖北省", "四川省", "湖南省", "云南省")
_NEAR: Final = (
    "浙江省/杭州市/萧山区", "浙江省杭州市萧山区", "萧山区", "浙江省/杭州市/滨江区", "浙江省绍兴市上虞区",
    "浙江省/金华市", "浙江省宁波市余姚市", "浙江省/绍兴市/诸暨市",
)  # fmt: skip
HOME: Final = "浙江省/杭州市/萧山区"
LAST_DAY: Final = date(2026, 11, 22)


@dataclass(slots=True)
class Worker:
    """One invented employee: what the sheets are written from."""

    number: str
    name: str
    document: str
    born: date
    trade: str
    skilled: bool
    level: int
    hukou: str
    started: date
    ended: date | None
    row: dict[str, object] = field(default_factory=dict)


class Staff:
    """Makes workers one after the other from one source of chance."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._documents: set[str] = set()

    def document(self, born: date) -> str:
        """An identity number that nobody has: area 339999, right check digit."""
        while True:
            body = f"339999{born:%Y%m%d}{self._chance.randrange(1, 999):03d}"
            if body not in self._documents:
                self._documents.add(body)
                return body + person_check_character(body)

    def name(self) -> str:
        """An invented name of two or three characters."""
        given = self._chance.sample(_GIVEN, self._chance.choice((1, 2, 2)))
        return self._chance.choice(_SURNAMES) + "".join(given)

    def day(self, first: date, last: date) -> date:
        """A day between the two, both included."""
        return first + timedelta(days=self._chance.randrange((last - first).days + 1))

    def worker(self, index: int, started: date) -> Worker:
        """One worker who began on that day."""
        chance = self._chance
        born = self.day(date(max(started.year - 45, 1968), 1, 1), date(started.year - 19, 12, 31))
        skilled = chance.random() < 0.78
        trade = (
            chance.choices([t for t, _ in _TRADES], [w for _, w in _TRADES])[0] if skilled else chance.choice(_OFFICE)
        )
        level = chance.choices((-1, 0, 1, 2, 3, 4), (34, 16, 24, 19, 5, 2))[0] if skilled else -1
        left = chance.random() < 0.05 and started < date(2026, 6, 1)
        ended = self.day(max(started + timedelta(days=40), date(2024, 6, 1)), date(2026, 10, 31)) if left else None
        hukou = chance.choice(_AWAY) if chance.random() < 0.46 else chance.choice(_NEAR)
        number = f"XR{index:05d}"
        return Worker(number, self.name(), self.document(born), born, trade, skilled, level, hukou, started, ended)

    def row(self, worker: Worker) -> dict[str, object]:
        """The worker's row of the roster, before blemishes."""
        chance = self._chance
        insured = chance.random() < 0.985
        # Insurance starts with the month of hiring, sometimes the month after.
        first = worker.started.replace(day=1)
        if chance.random() < 0.1:
            first = (first + timedelta(days=32)).replace(day=1)
        fresh = worker.started >= date(2025, 1, 1)
        until = None
        if worker.ended is not None:
            until = max((worker.ended.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1), first)
        return {
            "工号": worker.number,
            "姓名": worker.name,
            "证件类型": "居民身份证",
            "证件号码": worker.document,
            "户籍地": worker.hukou,
            "工作地": HOME,
            "岗位": worker.trade + ("岗" if worker.skilled else ""),
            "工种": worker.trade if worker.skilled else "无",
            "是否一线岗位": worker.skilled,
            "是否技术工人": worker.skilled,
            "入职日期": worker.started,
            "离职日期": worker.ended,
            "是否签订劳动合同": True,
            "合同期限（月）": chance.choice((12, 24, 36, 36, 36, 60, 600)),
            "是否参保": insured,
            "参保地": HOME if insured else None,
            "参保起始日期": first if insured else None,
            "参保终止日期": until if insured else None,
            "是否首次在本地参保": (chance.random() < 0.6) if fresh else None,
            "来源地": worker.hukou if fresh else None,
            "是否新引进": (worker.level >= 2 and chance.random() < 0.7) if fresh else None,
            "是否全职": True,
            "人才分类": "无" if fresh else None,
            "已享受的人才计划": "无",
            "年收入（元）": round(chance.gauss(98_000, 24_000) / 100) * 100 + 40_000 * (worker.level >= 3),
        }


def certificate(
    worker: Worker, level: int, issued: date, sequence: int, *, own: bool, direct: bool | None, school: str | None
) -> dict[str, object]:
    """A row of the certificate sheet, before blemishes."""
    name = LEVELS[level]
    number = certificate_number(
        by_employer=own,
        province="33",
        serial="99XR01" if own else "99SH07",
        year=issued.year,
        level=name,
        sequence=sequence,
    )
    return {
        "工号": worker.number,
        "证书类型": "职业技能等级证书",
        "职业（工种）名称": worker.trade,
        "等级": name,
        "证书编号": number,
        "发证日期": issued,
        "发证机构名称": None if own else "钱江技能评价中心（虚构）",
        "发证机构是否本单位": own,
        "培训单位": school,
        "是否由本单位直接培养": direct,
        "是否该等级首次取得": True,
    }
