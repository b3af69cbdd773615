"""Invented figures for the style guide."""

from __future__ import annotations

from typing import Any

from huijiang.web.components.charts import Bullet, Chart, Series, Tile, TileMap
from huijiang.web.components.figures import Kpi
from huijiang.web.components.tags import Tag

MONTHS = [f"{month}月" for month in range(1, 11)]
ASKED = [612, 430, 801, 870, 912, 958, 883, 903, 1034, 1107]
PAID = [543, 470, 642, 794, 853, 905, 882, 847, 945, 1021]
AS_OF = "2026-10-31"


def everything() -> dict[str, Any]:
    """The charts and indicators, by the name that the page uses."""
    return {
        "kpis": [
            Kpi("新增高技能人才", "4,165", "/ 5,150 人", 81, 83, Tag("略慢", "amber"), "完成 80.9%，时间进度 83%"),
            Kpi("补贴发放人次", "7,902", "/ 9,000 人次", 88, 83, Tag("快于进度", "green"), "完成 87.8%，同比 +14.2%"),
            Kpi("补贴资金支出", "1,480", "/ 1,800 万元", 82, 83, Tag("正常", "green"), "执行 82.2%，时间进度 83%"),
            Kpi("平均办结时长", "5.6", "个工作日", 100, 89, Tag("超时", "red"), "承诺 5 个，超 0.6 个工作日"),
        ],
        "line": Chart(
            "十月申领 1,107 人次，为年内最高", MONTHS, [Series("申领", ASKED), Series("发放", PAID)], "人次",
            "发放连续三个月回升。", AS_OF, "当月受理、当月到账的人次，同一人多项分别计", "月份",
        ),
        "columns": Chart(
            "三个来源里失业保险基金占一半以上", ["一季度", "二季度", "三季度", "十月"],
            [Series("失业保险基金", [188, 261, 243, 102]), Series("技能提升专账", [92, 120, 131, 44]), Series("人才专项资金", [61, 78, 80, 30])],
            "万元", "", AS_OF, "按到账日期，退回的已经扣除", "季度",
        ),
        "bars": Chart(
            "数控车工领得最多，是第二名的 1.6 倍", ["数控车工", "电工", "焊工", "工业机器人系统操作员", "养老护理员"],
            [Series("人次", [412, 258, 203, 88, 61])], "人次", "", AS_OF, "按证书工种", "工种",
        ),
        "bullets": [
            Bullet("港湾区", 1240, 1400, 1180), Bullet("高新区", 980, 1000, 860), Bullet("临港新区", 742, 1100, 640, behind=True),
            Bullet("城东区", 688, 900, 702), Bullet("西溪县", 301, 450, 260, behind=True), Bullet("南岭县", 214, 300, 228, behind=True),
        ],
        "tiles": TileMap(
            "滨海、东港已完成九成以上，南岭最慢",
            [
                Tile("北川", 2, 1, "78%", 2), Tile("东港", 3, 1, "91%", 5), Tile("滨海", 2, 2, "96%", 5), Tile("城东", 3, 2, "83%", 4),
                Tile("临港", 4, 2, "94%", 5), Tile("海岛", 5, 2, "69%", 1), Tile("西溪", 1, 3, "71%", 2), Tile("江南", 2, 3, "88%", 4),
                Tile("南岭", 3, 3, "62%", 1), Tile("新洲", 4, 3, "80%", 4),
            ],
            [(1, "70% 以下"), (2, "70–79%"), (4, "80–89%"), (5, "90% 以上")], "", AS_OF, "完成数除以年度目标",
        ),
    }  # fmt: skip
