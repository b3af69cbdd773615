"""Invented content for the style guide: 滨海市 and everyone in it exist only here."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.core.paginator import Paginator

from huijiang.web import styleguide_charts
from huijiang.web.components.amount import Amount
from huijiang.web.components.benefits import Benefit, Step, Totals
from huijiang.web.components.clauses import Clause
from huijiang.web.components.conditions import MET, UNKNOWN, UNMET, Condition
from huijiang.web.components.layout import Crumb
from huijiang.web.components.lists import Event, Fact, Message, Tab, Task
from huijiang.web.components.tables import Cell, Column, Table
from huijiang.web.components.tags import ANSWERS, ASK, COLOURS, NEAR, NOT, READY, Tag

DAY = datetime.date(2026, 11, 20)
TIME = datetime.timezone(datetime.timedelta(hours=8))
NUMBER = "滨人社发〔2026〕12 号"
HERE = "#here"


def clause(name: str, document: str = "") -> Clause:
    return Clause(name, HERE, document)


def ready() -> Benefit:
    return Benefit(
        READY, "职业技能提升补贴",
        [
            Condition(MET, "失业保险累计缴费满 12 个月", "您已缴 34 个月", clause("第六条（一）"), "社保系统", DAY),
            Condition(MET, "取得初级工及以上职业技能等级证书", "数控车工 · 高级工（三级）", clause("第六条（一）"), "证书库", DAY),
            Condition(MET, "自证书核发之日起 12 个月内申领", "2026-03-15 核发", clause("第六条（一）"), "证书库", DAY),
            Condition(MET, "同一工种同一等级未申领过", "没有申领记录", clause("第九条"), "补贴台账", DAY),
        ],
        Amount.exactly(200_000, kind="一次性", label="预计可领"), HERE, "市人力资源和社会保障局",
        "取得高级工证书后，由失业保险基金一次性发放。", clause("第六条（一）", NUMBER), "2027-03-14", "还有 114 天",
        "约 7 个工作日到账", Step("核对银行卡后即可提交，约 2 分钟，不用上传材料。", "立即申领", HERE, primary=True),
        (), HERE, HERE,
    )  # fmt: skip


def asking() -> Benefit:
    return Benefit(
        ASK, "紧缺工种人才生活补贴",
        [
            Condition(UNKNOWN, "在同一单位连续在岗满 12 个月", "劳动合同的起止日期还没有送来", clause("第十一条"), "用工备案", DAY, HERE, "补充合同日期"),
            Condition(MET, "工种在当年紧缺目录内", "数控车工 · 2026 年目录第 7 项", clause("第十一条"), "紧缺目录", DAY),
            Condition(MET, "高级工及以上", "高级工（三级）", clause("第十一条"), "证书库", DAY),
        ],
        Amount(50_000, 80_000, per="月", kind="按月，最长 24 个月", label="预计可领"), HERE, "市委人才办",
        "", clause("第十一条", "滨委人才〔2026〕3 号"), "常年受理", "", "每季度首月发放",
        Step("补充劳动合同的起止日期，马上就能判断。", "补充信息", HERE), ("没有在别的城市领同类补贴",), HERE, HERE,
    )  # fmt: skip


def near() -> Benefit:
    return Benefit(
        NEAR, "技师培训补贴",
        [
            Condition(UNMET, "取得高级工证书满 3 年", "已满 0 年 8 个月，还差 2 年 4 个月；2029-03-15 起满足", clause("第十四条"), "证书库", DAY),
            Condition(MET, "在本市企业在岗", "滨海远航重工有限公司", clause("第十四条"), "用工备案", DAY),
        ],
        Amount(None, 350_000, kind="一次性", label="符合后可领"), HERE, "市人力资源和社会保障局", "",
        clause("第十四条", NUMBER), "2029-12-31", "", "", Step("2029-03-15 起年限满足。现在可以先看课程。", "看培训班", HERE),
    )  # fmt: skip


def not_yet() -> list[Benefit]:
    return [
        Benefit(NOT, "高技能人才购房补贴", [Condition(UNMET, "技师（二级）及以上", "现在是高级工（三级）", clause("第四条"))], Amount.exactly(5_000_000), HERE),
        Benefit(NOT, "首席技师津贴", [Condition(UNMET, "由市政府命名为首席技师", "没有命名记录", clause("第七条"))], Amount(None, None), HERE),
    ]  # fmt: skip


def queue() -> Table:
    def row(
        number: str, who: str, what: str, where: str, fen: str, check: Cell, state: Tag, due: Cell
    ) -> list[Cell | str]:
        return [Cell(number, HERE, who), Cell(what, note=where), Cell(fen), check, Cell(tag=state), due]

    def passed(n: str) -> Cell:
        return Cell("规则通过", icon="check", note=n, tone="green")

    def asks(n: str) -> Cell:
        return Cell("需人工判断", icon="question-circle", note=n, tone="amber")

    def fails(n: str) -> Cell:
        return Cell("有不符项", icon="cross", note=n, tone="red")

    late, today, later = (
        Cell("已超期 1 天", icon="clock", tone="red"),
        Cell("今日到期", icon="clock", tone="amber"),
        Cell("剩 5 个工作日", icon="clock"),
    )
    return Table(
        "待办的件，时限从紧到松",
        [Column("受理编号 / 申请人"), Column("事项"), Column("金额（元）", "number"), Column("规则预审"), Column("状态", "state"), Column("时限")],
        [
            row("SB-2026-118839", "滨海远航重工 · 企业", "企业新型学徒制补贴", "临港新区", "186,000", asks("6/7"), Tag("审核中", "amber"), late),
            row("SB-2026-118815", "陈** · 远航重工", "技师培训补贴", "临港新区", "3,500", fails("1/3"), Tag("补正中"), today),
            row("SB-2026-118842", "张** · 示范精密机械", "职业技能提升补贴", "港湾区", "2,000", passed("4/4"), Tag("待复核", "violet"), later),
        ],
    )  # fmt: skip


class Questions(forms.Form):
    """What a form may hold; sent with mistakes, so that they can be seen."""

    name = forms.CharField(label="姓名", help_text="与身份证一致")
    level = forms.ChoiceField(
        label="证书等级", choices=[("", "请选择"), ("3", "高级工（三级）"), ("2", "技师（二级）")]
    )
    employed = forms.ChoiceField(
        label="现在在企业上班吗？",
        widget=forms.RadioSelect,
        choices=[("yes", "在，签了劳动合同"), ("flex", "灵活就业"), ("no", "没有上班")],
    )
    reason = forms.CharField(label="说明", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    agree = forms.BooleanField(label="我已核对以上内容")


class Search(forms.Form):
    words = forms.CharField(
        label="搜索", required=False, widget=forms.TextInput(attrs={"placeholder": "受理编号、姓名、单位"})
    )
    region = forms.ChoiceField(label="区县", required=False, choices=[("", "全部区县"), ("a", "港湾区")])
    check = forms.ChoiceField(label="规则预审", required=False, choices=[("", "全部结果")])
    order = forms.ChoiceField(label="排序", required=False, choices=[("", "时限从紧到松")])


class Roster(forms.Form):
    roster = forms.FileField(label="职工名册")


def everything() -> dict[str, Any]:
    """Every component's data, by the name that the page uses."""
    at = datetime.datetime(2026, 11, 18, 9, 10, tzinfo=TIME)
    return {
        "here": HERE,
        "colours": [Tag(word, colour) for word, colour in zip(("草稿", "现行有效", "审核中", "已超期", "待受理", "待复核", "待拨付"), COLOURS, strict=True)],
        "answers": list(ANSWERS),
        "totals": Totals(
            1, Amount.exactly(200_000), 1, 1, 2,
            [("技能等级", "数控车工，高级工（三级）"), ("单位", "滨海远航重工有限公司"), ("失业保险", "34 个月，滨海市 · 港湾区")], HERE, "2026-11-20 06:00",
        ),
        "ready": ready(), "asking": asking(), "near": near(), "not_yet": not_yet(),
        "amounts": [
            Amount.exactly(200_000, kind="一次性", label="一个数"), Amount.exactly(2_000_000, label="整万"),
            Amount(50_000, 80_000, per="月", label="一个范围"), Amount(None, 350_000, label="上限"),
            Amount(400_000, None, label="下限"), Amount(None, None, label="文件没有定"),
        ],
        "clause": clause("第六条（一）", NUMBER),
        "trail": [Crumb("政策文库", HERE), Crumb("职业技能提升", HERE), Crumb(NUMBER)],
        "current": Tag("现行有效", "green"),
        "step": Step("核对银行卡后即可提交。", "立即申领", HERE, primary=True),
        "queue": queue(),
        "tabs": [Tab("全部", HERE, 10, True), Tab("待受理", HERE, 2), Tab("审核中", HERE, 4), Tab("待复核", HERE, 2), Tab("已办结", HERE, 0)],
        "page": Paginator(range(142), 20).page(2),
        "search": Search(),
        "wrong": Questions({"name": "", "level": "3", "employed": "", "reason": "", "agree": ""}),
        "roster": Roster()["roster"],
        "events": [
            Event(at, "分派给李晓雯", "原因：企业属地调整", "陈立"),
            Event(at - datetime.timedelta(days=6, hours=-7), "完成规则预审", "规则版本 2026.11.3，7 项条件", automatic=True),
            Event(at - datetime.timedelta(days=6, hours=-6), "提交申请", "附件 5 份", "经办人 赵**"),
        ],
        "letters": [
            Message("您的申报已受理", HERE, Tag("我的办件", "blue"), at, True),
            Message("本月有 3 位职工的补贴可以申领", HERE, Tag("可以申领的提醒", "green"), at - datetime.timedelta(days=2), False,
                    "滨海港湾重工有限公司"),
        ],
        "facts": [
            Fact("姓名", "张**", "身份认证 · 2026-11-20"), Fact("开户行", "滨海农商银行港湾支行", change=HERE),
            Fact("证书等级", "高级工（三级）", "证书库 · 2026-11-20", HERE, "提出更正", Tag("已核验", "green")),
        ],
        "tasks": [
            Task("单位信息", HERE, state=Tag("已完成", "green")), Task("学徒名单", HERE, "还有 2 人缺合同日期", Tag("需要更正", "red")),
            Task("核对并提交", hint="前两步完成后可以打开", state=Tag("还不能开始")),
        ],
        **styleguide_charts.everything(),
    }  # fmt: skip
