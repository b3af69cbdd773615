"""Wording that two officers will read in two ways, as a table: printed by `tiaowen lint --patterns`.

A pattern is looked for sentence by sentence.  `needs` must stand in the same
sentence, `unless` must not; `settled` anywhere in the document settles it.
Add a line here and its words in `wording.py`; nothing else knows the patterns.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

MONEY = r"补贴|补助|奖励|津贴|资助|奖金|经费|安家费|补偿"
FIGURE = r"\d|[一二三四五六七八九十百千万]+(?:元|个|名|人|家)"
LEVELS = "学徒工|初级工|中级工|高级工|高级技师|特级技师|首席技师|技师|大专|本科|硕士|博士|国家级|省级|市级|县级|区级"


@dataclass(frozen=True, slots=True)
class Pattern:
    """`shown` is the group of `finds` that becomes the token."""

    code: str
    finds: str
    needs: str = ""
    unless: str = ""
    settled: str = ""


PATTERNS: tuple[Pattern, ...] = (
    Pattern("range-with-bound", r"\d+(?:\.\d+)?\s*[万]?\s*(?:元|人|名|家|个|%)?\s*(?:至|到|-|—|–|~|～)+\s*\d+(?:\.\d+)?\s*[万]?\s*(?:元|人次|人|名|家|个|%|年|天)?\s*(?:及?以上|及?以下)"),
    Pattern("each-year", r"每年(?!\s*\d{1,2}\s*月)(?:[^，。；]{0,8}?\d+\s*(?:名|人次|人|家|个|次|万元|元|场|期))?", needs=r"\d+\s*(?:名|人|家|个|次|元|万|场|期)",
            unless=r"自然年|公历年|财政年度|会计年度|学年|滚动|1月1日|12个月内|\d{4}年(?:起|开始)"),
    Pattern("each-year-until", r"到\d{4}年[^。；]{0,2}每年"),
    Pattern("once-per-what", r"一次性[^，。；、]{0,12}",
            unless=r"每人(?:限|只|仅|最多)|每[人家户](?:一|1)次|只(?:能)?享受一次|限(?:享受)?(?:一|1)次|不重复|每人每|同一(?:人|单位|企业|工作室|基地|证书|工种)"),
    Pattern("up-to-who-decides", r"(?:最高|至多|上限|不超过)(?:给予|可?达|为|不超过)?\s*\d+(?:\.\d+)?\s*[万亿]?\s*元?|\d+(?:\.\d+)?\s*[万亿]?\s*元\s*(?:以内|以下)",
            unless=r"按[^，。；]{1,16}(?:%|比例|核定|据实)|据实|由[^，。；]{2,20}(?:核定|确定|评定|审定|研究)|评审|分档"),
    Pattern("by-rule", r"按(?:照)?(?:有关|相关)?(?:规定|政策|标准)[^，。；、]{0,10}", needs=MONEY,
            unless=r"《|〔\d{4}〕|第[一二三四五六七八九十\d]+条|附件"),
    Pattern("by-rule", r"(?:根据|参照)[^，。；]{0,8}政策标准", unless=r"《|〔\d{4}〕|附件"),
    Pattern("open-word", r"(?:相应|一定|适当|适度|酌情|有关|相关)(?!部门|单位|人员|职业|层级)(?:的)?(?:予以|给予)?[^，。；、]{0,8}", needs=MONEY,
            unless=r"由[^，。；]{2,20}(?:核定|确定|评定|审定)|具体(?:标准|办法)"),
    Pattern("conditions-open", r"符合(?:相关|有关|规定|补贴|申报|享受)?(?:的)?条件的?",
            unless=r"(?:以下|下列|上述)[^，。；]{0,4}条件|《|〔\d{4}〕|第[一二三四五六七八九十\d]+条"),
    Pattern("about-in-money", r"(?:约|大约|力争)\s*\d+(?:\.\d+)?\s*[万亿]?\s*元|\d+(?:\.\d+)?\s*[万亿]?\s*元\s*(?:左右|上下)"),
    Pattern("soft-target", r"\d+(?:\.\d+)?\s*[万亿]?\s*(?:人次|人|名|家|个|%|所|场)?\s*左右"),
    Pattern("soft-target", r"力争"),
    Pattern("in-a-row-from-when", r"连续[^，。；、]{0,10}(?:个月|年|天|次)",
            unless=r"(?:自|从)[^，。；]{1,24}(?:起|之日|之月)|(?:前|后)\s*(?:连续|\d)|连续\s*\d+\s*(?:年|个月)内"),
    Pattern("level-bound", rf"(?:{LEVELS})\s*(?:以上|以下)", settled=r"(?:以上|以下)[^。]{0,12}(?:均?(?:含|包括)本)"),
    Pattern("matching-open", r"(?:上级|同级|本级)?(?:标准)?同等(?:额度|标准|待遇)[^，。；、]{0,4}|(?:比照|参照)[^，。；]{0,14}", unless=r"《|〔\d{4}〕"),
    Pattern("in-stock-or-new", r"(?:在聘|直接培养|自主培养|全职(?:新)?引进|新引进|新入职|新招(?:用|聘)|一线优秀技术骨干|技术拔尖|优秀骨干|优秀高技能人才|科技型企业|先进制造业企业|紧缺急需|规上企业)",
            unless=r"是指|系指|界定|认定标准|《|〔\d{4}〕|连续|首次"),
    Pattern("share-of-what", r"占比(?:达到?|不低于|超过)?\s*\d+(?:\.\d+)?\s*%", unless=r"占[^，。；比]{2,16}的?(?:比重|比例)"),
    Pattern("cliff-in-text", r"(?:满|达到|超过|不少于|引进|招用|培养)\s*\d+\s*(?:名|人次|人|家|个)(?:以上|及以上)?[^。；]{0,14}(?:给予|奖励|补助|补贴)", needs=r"\d+(?:\.\d+)?\s*万?元",
            unless=r"每(?:增加|多|超)|超(?:过|出)部分|按(?:每)?人"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Compiled:
    code: str
    finds: re.Pattern[str]
    needs: re.Pattern[str] | None
    unless: re.Pattern[str] | None
    settled: re.Pattern[str] | None


@cache
def compiled() -> tuple[Compiled, ...]:
    """The table as regular expressions, made once."""

    def made(text: str) -> re.Pattern[str] | None:
        return re.compile(text) if text else None

    return tuple(
        Compiled(p.code, re.compile(p.finds), made(p.needs), made(p.unless), made(p.settled)) for p in PATTERNS
    )
