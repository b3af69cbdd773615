"""Word lists of the synthetic county: names, trades, industries.  A word that stands twice is twice as likely."""

from __future__ import annotations

from typing import Final

SURNAMES: Final = (
    "王 李 张 刘 陈 杨 黄 赵 吴 周 徐 孙 马 朱 胡 郭 何 高 林 罗 郑 梁 谢 宋 唐 许 韩 冯 邓 曹 彭 曾 肖 田 董 袁 潘 于 "
    "蒋 蔡 余 杜 叶 程 苏 魏 吕 丁 任 沈 姚 卢 姜 崔 钟 谭 陆 汪 范 金 石 廖 贾 夏 韦 傅 方 白 邹 孟 熊 秦 邱 江 尹 薛 "
    "闫 段 雷 侯 龙 史 陶 黎 贺 顾 毛 郝 龚 邵 万 钱 严 覃 武 戴 莫 孔 向 汤 俞 楼 来 欧阳 上官 诸葛"
).split()
GIVEN: Final = (
    "伟 芳 娜 敏 静 丽 强 磊 军 洋 勇 艳 杰 涛 明 超 霞 平 刚 桂 辉 玲 建 国 华 红 文 志 海 春 秋 林 峰 云 飞 鹏 宇 浩 "
    "然 梓 涵 轩 欣 怡 佳 琪 雨 晨 思 远 博 俊 凯 婷 雪 倩 莹 萍 燕 娟 荣 昌 庆 祥 福 安 康 宁 立 新 成 功 玥 堃 喆 䶮"
).split()
TRADE_NAMES: Final = "恒达 兴盛 东海 钱江 湘湖 航民 万和 金桥 星火 长山 宏远 瑞丰 明珠 天成 新塘 嘉润 华丰 永泰".split()
INDUSTRIES: Final = (
    ["制造业"] * 48 + ["建筑业"] * 9 + ["批发和零售业"] * 16 + ["交通运输仓储和邮政业"] * 6 + ["住宿和餐饮业"] * 5
    + ["信息传输软件和信息技术服务业"] * 5 + ["租赁和商务服务业"] * 4 + ["居民服务修理和其他服务业"] * 4
    + ["科学研究和技术服务业"] * 2 + ["农林牧渔业"]
)  # fmt: skip
OCCUPATIONS: Final = (
    "焊工 焊工 电工 电工 电工 钳工 车工 铣工 模具工 装配钳工 机床装调维修工 数控机床操作工 工业机器人系统操作员 "
    "工业机器人系统运维员 汽车维修工 纺织纤维梳理工 印染工 化工总控工 叉车司机 起重装卸机械操作工 砌筑工 钢筋工 "
    "保育师 养老护理员 中式烹调师 西式面点师 美容师 健康管理师 物流服务师 电子商务师 互联网营销师 企业人力资源管理师 "
    "计算机程序设计员 信息通信网络运行管理员 工程测量员 茶艺师"
).split()
ORIGINS: Final = (
    ["萧山区"] * 5 + ["杭州市"] * 2
    + "绍兴市 金华市 衢州市 安徽省 安徽省 江西省 江西省 河南省 河南省 湖北省 四川省 贵州省 云南省 湖南省 江苏省".split()
)  # fmt: skip
TRAINING_KINDS: Final = (
    "职业技能培训 职业技能培训 职业技能培训 岗位技能提升培训 岗位技能提升培训 双百提升培训 青年工匠菁英培训 "
    "师资培训 进修培训 网上培训 继续教育"
).split()
SECTORS: Final = (
    "制造业 制造业 制造业 智能制造 数字技术 养老护理 建筑 农业农村 现代服务业 商务 文旅 卫健 退役军人 高危特种作业 小微个体 邮政快递 其他"
).split()
SERVICE_KINDS: Final = ["职业技能社会服务", "职业技能社会服务", "技能交流", "技术攻关"]
ACTIVITY_KINDS: Final = [
    "线下招聘",
    "线上招聘",
    "技能招聘会",
    "省内技工院校招聘",
    "招才引智活动",
    "外出引才",
    "工匠活动月",
]
# Certificates by year of the highest level: few before 2019, the years of the upgrading drive, a half year at the end.
COHORTS: Final = [
    year
    for year, weight in {
        2015: 4, 2016: 4, 2017: 5, 2018: 6, 2019: 8, 2020: 11, 2021: 12, 2022: 12, 2023: 12, 2024: 12, 2025: 11, 2026: 3,
    }.items()
    for _ in range(weight)
]  # fmt: skip
