"""The sample workbook: an invented manufacturer in 萧山, with the blemishes that real rosters have.

None of the blemishes is an error: blank cells, full-width digits, dates as text, levels in older
words, stray spaces, a sheet that does not belong. The same arguments give the same bytes.
"""

import random
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any, Final

from tiaowen.identifiers import organisation_check_character
from tiaowen.vocabulary.model import Vocabulary
from tiaowen.workbook.roster import STATEMENTS
from tiaowen.workbook.sample_staff import DIGITAL, HOME, LAST_DAY, Staff, Worker, certificate
from tiaowen.workbook.template import write_template

Row = dict[str, object]
FIRM_NAME: Final = "萧然精工机械（虚构）有限公司"
_SCHOOL: Final = "萧然匠心职业培训学校（虚构）"
_COLLEGE: Final = "湘湖技师学院（虚构）"
_BUREAU: Final = "萧山区人力社保局"
_LISTED_FROM: Final = date(2023, 1, 1)
_OLD_LEVELS: Final = {
    "初级工": ("五级/初级工", "初级技能"),
    "中级工": ("四级/中级工", "中级技能"),
    "高级工": ("三级/高级工", "高级技能", "高级工（三级）"),
    "技师": ("二级/技师",),
    "高级技师": ("一级/高级技师",),
}
_FULL_WIDTH: Final = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
_MAY_BE_BLANK: Final = (
    "户籍地",
    "是否一线岗位",
    "是否首次在本地参保",
    "来源地",
    "年收入（元）",
    "合同期限（月）",
    "是否新引进",
    "是否由本单位直接培养",
    "是否该等级首次取得",
)


def write_sample(path: str | Path, vocabulary: Vocabulary, *, staff: int = 500, seed: int = 20261122) -> None:
    """Writes the sample roster for so many staff (at least 100)."""
    if staff < 100:
        raise ValueError(f"staff is {staff}; the sample needs at least 100 to hold all it shows")
    chance = random.Random(seed)
    maker = Staff(chance)
    workers = [maker.worker(i, day) for i, day in enumerate(_first_days(maker, staff), 1)]
    for worker in workers:
        worker.row = maker.row(worker)
    certificates = _certificates(chance, maker, workers)
    rows: dict[str, Iterable[Row]] = {
        "职工花名册": [_blemished(chance, worker.row) for worker in workers],
        "技能证书": [_blemished(chance, row) for row in certificates],
        **_people_sheets(chance, maker, workers),
        **_firm_sheets(),
    }
    extra: dict[str, list[list[object]]] = {"食堂补贴": [["月份", "人数", "金额"], ["2026年10月", staff, staff * 300]]}
    write_template(path, vocabulary, form=_form(), rows=rows, extra_sheets=extra)


def _form() -> dict[str, object]:
    code = "91339999MA2K0XR0T"
    unstated = {"已领补贴已列全，自", "本单位直接培养的证书已列全，自"}
    return {
        "单位名称": FIRM_NAME,
        "统一社会信用代码": code + organisation_check_character(code),
        "所在地区": HOME,
        "单位类型": "企业",
        "行业门类": "制造业",
        "是否规模以上": True,
        "是否制造业": True,
        "是否国有或国有控股": False,
        "是否等级认定备案": True,
        "是否定点培训机构": False,
        "是否建立职工培训体系": True,
        "填报日期": LAST_DAY,
        "空白的终止日期是否表示至今未止": True,
        **{s.label: _LISTED_FROM for s in STATEMENTS if s.label not in unstated},
    }


def _first_days(maker: Staff, staff: int) -> list[date]:
    """When each began: eight in 2025, one in twenty in 2026, the others before."""
    recent = max(12, staff // 20)
    days = [maker.day(date(2004, 3, 1), date(2024, 12, 31)) for _ in range(staff - recent - 8)]
    days += [maker.day(date(2025, 1, 6), date(2025, 12, 20)) for _ in range(8)]
    days += [maker.day(date(2026, 1, 5), date(2026, 9, 28)) for _ in range(recent)]
    return sorted(days)


def _certificates(chance: random.Random, maker: Staff, workers: list[Worker]) -> list[Row]:
    rows: list[Row] = []
    skilled = [w for w in workers if w.skilled and w.level >= 0]
    chance.shuffle(skilled)
    # Certified by the firm itself: before the document was in force, in the rest of 2025, in 2026.
    scale = max(1.0, len(workers) / 500)
    rounds = (
        (date(2023, 3, 1), date(2023, 12, 20), int(30 * scale)),
        (date(2024, 3, 1), date(2024, 12, 20), int(35 * scale)),
        (date(2025, 1, 8), date(2025, 2, 27), int(12 * scale)),
        (date(2025, 3, 3), date(2025, 12, 19), int(58 * scale)),
        (date(2026, 1, 12), date(2026, 11, 6), int(66 * scale)),
    )
    pool = iter(skilled)
    used: set[str] = set()
    for first, last, wanted in rounds:
        taken = 0
        while taken < wanted and (worker := next(pool, None)) is not None:
            issued = maker.day(first, last)
            if issued < worker.started or (worker.ended is not None and issued > worker.ended):
                continue
            direct = chance.random() < 0.6
            school = None if direct else _SCHOOL
            row = certificate(worker, worker.level, issued, len(rows) + 1, own=True, direct=direct, school=school)
            rows.append(row)
            used.add(worker.number)
            taken += 1
            if worker.level > 0 and chance.random() < 0.5:
                # The level below was reached some years before, elsewhere.
                earlier = maker.day(date(issued.year - 5, 3, 1), date(issued.year - 2, 12, 20))
                below = certificate(
                    worker, worker.level - 1, earlier, len(rows) + 1, own=False, direct=None, school=None
                )
                rows.append(below)
    for worker in skilled:
        if worker.number in used:
            continue
        # Earned elsewhere, often before joining; digital occupations mostly of late.
        late = worker.trade in DIGITAL or chance.random() < 0.2
        first = date(2023, 1, 9) if late else date(max(2008, worker.born.year + 18), 1, 9)
        issued = maker.day(min(first, date(2026, 6, 1)), date(2026, 10, 30))
        school = _SCHOOL if chance.random() < 0.5 else None
        rows.append(
            certificate(
                worker, worker.level, issued, len(rows) + 1, own=False, direct=False if school else None, school=school
            )
        )
    rows.sort(key=lambda row: str(row["发证日期"]))
    return rows


def _blemished(chance: random.Random, row: Row) -> Row:
    """The row as a busy person would have typed it."""
    found = dict(row)
    for header in _MAY_BE_BLANK:
        if header in found and chance.random() < 0.03:
            found[header] = None
    for header, value in row.items():
        if isinstance(value, date) and chance.random() < 0.04:
            found[header] = chance.choice(
                (f"{value.year}/{value.month}/{value.day}", f"{value.year}.{value.month}.{value.day}",
                 f"{value.year}年{value.month}月{value.day}日", f"{value:%Y%m%d}",
                 f"{value:%Y-%m-%d}".translate(_FULL_WIDTH))
            )  # fmt: skip
    if chance.random() < 0.01 and "证件号码" in found:
        found["证件号码"] = str(found["证件号码"]).translate(_FULL_WIDTH)
    if chance.random() < 0.02 and "姓名" in found:
        found["姓名"] = f" {found['姓名']}　"
    level = found.get("等级")
    if isinstance(level, str) and level in _OLD_LEVELS and chance.random() < 0.3:
        found["等级"] = chance.choice(_OLD_LEVELS[level])
    if "证书编号" in found and chance.random() < 0.02:
        found["证书编号"] = f"{found['证书编号']} "
    return found


def _people_sheets(chance: random.Random, maker: Staff, workers: list[Worker]) -> dict[str, list[Row]]:
    here = [w for w in workers if w.ended is None]
    best = sorted((w for w in here if w.level >= 3 and w.started.year < 2022), key=lambda w: (-w.level, w.number))
    young = [w for w in here if w.started.year >= 2023 and w.skilled and w.level < 1][:12]
    entrants = [w for w in here if w.level >= 2 and w.started.year < 2024][:8]
    prizes = ("一等奖", "二等奖", "三等奖", "优胜奖", "优胜奖")
    contest: list[Row] = [
        {
            "工号": w.number, "竞赛名称": "萧山区职业技能竞赛", "竞赛级别": "区级", "举办地区": HOME,
            "举办日期": date(2025, 9, 20), "竞赛项目": "数控加工", "奖次": prize, "技术能手称号": "无",
            "名次": rank, "选派地区": "无", "公布日期": date(2025, 10, 9),
        }
        for rank, (w, prize) in enumerate(zip(entrants, prizes, strict=False), 1)
    ]  # fmt: skip
    for w, level, title, held in zip(
        entrants[5:],
        ("市级", "省级"),
        ("市技术能手", "省技术能手"),
        (date(2025, 11, 2), date(2026, 5, 16)),
        strict=False,
    ):
        contest.append(
            {
                "工号": w.number, "竞赛名称": f"{level}模具工技能大赛", "竞赛级别": level,
                "举办地区": "浙江省/杭州市", "举办日期": held, "竞赛项目": "模具工", "奖次": "一等奖",
                "技术能手称号": title, "名次": 1, "选派地区": HOME, "公布日期": held,
            }
        )  # fmt: skip
    honours = (
        ("区首席技师", date(2025, 5, 12)),
        ("萧然青年技师", date(2025, 5, 12)),
        ("浙江青年工匠", date(2025, 12, 3)),
        ("区首席技师", date(2024, 4, 18)),
    )
    interns = [_intern(chance, maker, i) for i in range(15)]
    return {
        "学徒": [
            {
                "工号": w.number, "学徒类型": "企业新型学徒制", "师傅工号": best[i % 2].number if best else None,
                "是否工学一体": True, "合同期限（月）": 36, "是否技能岗位": True, "是否培养合格": None,
                "学徒起始日期": max(date(2025, 9, 1), w.started), "学徒截止日期": "无",
            }
            for i, w in enumerate(young)
        ],
        "荣誉称号": [
            {
                "工号": w.number, "荣誉": honour, "授予地区": HOME if honour[:2] != "浙江" else "浙江省",
                "推荐地区": HOME, "命名日期": day, "失效日期": "无",
            }
            for w, (honour, day) in zip(best, honours, strict=False)
        ],
        "竞赛获奖": contest,
        "团队与计划": [
            {"工号": w.number, "团队或计划": "萧山名匠领航团", "加入日期": date(2025, 4, 1), "退出日期": "无"} for w in best[:2]
        ],
        "社会服务": [
            {"工号": w.number, "组织单位": _BUREAU, "服务类型": "职业技能社会服务", "服务日期": day}
            for w, day in zip(best[:2], (date(2025, 7, 8), date(2026, 4, 22)), strict=False)
        ],
        "工作室": [
            {
                "工作室编号": "GZS-1", "工作室名称": "精密模具技师工作室", "领衔人工号": best[0].number if best else None,
                "工作室类型": "技师工作室", "级别": "区级", "认定日期": date(2025, 6, 18), "退出日期": "无",
            }
        ],
        "见习实习": interns,
        "培训记录": [
            {
                "工号": w.number, "培训机构": _SCHOOL, "培训类型": "职业技能培训", "培训班次": f"数控班{i % 3 + 1}期",
                "行业系统": "智能制造", "培训地点": HOME, "学时": 80, "所得证书编号": "无", "结业日期": date(2026, 3, 27),
            }
            for i, w in enumerate(young)
            if w.started < date(2026, 3, 1)
        ],
    }  # fmt: skip


def _intern(chance: random.Random, maker: Staff, index: int) -> Row:
    born = maker.day(date(2004, 1, 1), date(2007, 6, 30))
    started = date(2026, 7, 1) if index % 3 else date(2025, 7, 7)
    return {
        "姓名": maker.name(), "证件类型": "居民身份证", "证件号码": maker.document(born), "所在学校": _COLLEGE,
        "交流类型": "见习实习" if index % 2 else "实训", "身份": "学生", "就读层次": "高级工班" if index % 4 else "专科",
        "是否受邀": None, "是否提供伙食": True, "是否提供住宿": index % 5 != 0, "是否提供实训教学": True,
        "是否发放生活补贴": True, "是否参加工伤保险": True, "保险费（元）": chance.choice((120, 150, 186.5)),
        "所在地": HOME, "开始日期": started, "结束日期": date(started.year, 12, 31) if started.year == 2025 else "无",
    }  # fmt: skip


def _firm_sheets() -> dict[str, list[Row]]:
    def fund(year: int, wages: int, drawn: int, spent: int, front: int) -> dict[str, Any]:
        return {
            "年度": str(year),
            "工资总额（元）": wages,
            "提取（元）": drawn,
            "使用（元）": spent,
            "其中一线职工（元）": front,
        }

    return {
        "工作室考核": [
            {"工作室编号": "GZS-1", "考核年度": "2025", "考核结果": "合格", "考核日期": date(2025, 12, 22)},
            {"工作室编号": "GZS-1", "考核年度": "2026", "考核结果": "优秀", "考核日期": date(2026, 11, 10)},
        ],
        "技术比武": [
            {
                "竞赛名称": "萧然精工岗位练兵", "竞赛级别": "企业级", "举办地区": HOME,
                "举办日期": date(2026, 5, 20), "竞赛项目": project,
            }
            for project in ("焊工", "数控车")
        ],
        "职工教育经费": [
            fund(2024, 47_200_000, 1_180_000, 702_000, 455_000),
            fund(2025, 49_650_000, 1_241_250, 986_300, 561_800),
        ],
        "评价备案期": [{"星级": "四星", "期满日期": date(2026, 6, 30)}],
        "相关单位": [
            {"单位名称": _SCHOOL, "单位类型": "培训机构", "所在地区": HOME, "是否定点培训机构": True},
            {"单位名称": _COLLEGE, "单位类型": "技工院校", "所在地区": HOME},
            {"单位名称": _BUREAU, "单位类型": "人社部门", "所在地区": HOME},
            {"单位名称": "钱江技能评价中心（虚构）", "单位类型": "社会培训评价组织", "所在地区": "浙江省/杭州市"},
        ],
    }  # fmt: skip
