"""What kind of source each of the vocabulary's sources is: who is asked when a fact is missing.

A fact of a register is looked up, never asked for; a declared one is asked in the form; for one of a document its
holder brings the paper.  A source that is not listed counts as a document (a test keeps the list whole).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class SourceKind(StrEnum):
    REGISTER = "register"
    DOCUMENT = "document"
    DECLARATION = "declaration"


_BY_KIND: Final = {
    SourceKind.REGISTER: (
        "人社名单 人社活动记录 人才认定 公安户籍 民政婚姻登记 不动产登记 租赁备案 市场监管登记 统计名录 国资名录 科技部门名单 工会名单 "
        "学校名录 学籍系统 实名认证 社保登记 证书联网查询 评价机构备案 培训备案 支付回单"
    ),
    SourceKind.DOCUMENT: (
        "劳动合同 培养协议 招引协议 见习协议 合作协议 毕业证书 职称证书 保险发票 认定文件 竞赛文件 考核记录 考核结果 考勤记录 "
        "期满评估 服务记录 活动签到"
    ),
    SourceKind.DECLARATION: "单位申报 单位年度报表 薪酬调查",
}  # fmt: skip

KINDS: Final = {source: kind for kind, listed in _BY_KIND.items() for source in listed.split()}


def kind_of(source: str) -> SourceKind:
    return KINDS.get(source, SourceKind.DOCUMENT if source else SourceKind.DECLARATION)
