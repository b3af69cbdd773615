"""The words of the comparison, Chinese and English; policy text is never translated."""

from __future__ import annotations

from typing import Final

from tiaowen.compare.instruments import NOBODY, UNDETERMINED, Offer
from tiaowen.compare.placed import Difference, Outcome, Reason
from tiaowen.compare.sums import SumRow
from tiaowen.report.money import at_most, interval, total, yuan

WORDS: Final[dict[str, tuple[str, str]]] = {
    "title": ("各地政策工具比较", "Instruments compared, place by place"),
    "lead": (
        "按“为什么事、发给谁”分类，由各地文件的块直接列出；征求意见稿也列，注明“草案”。数额是一件事（一人、一证、一家）最多能得的，已计封顶和最长期数。",
        "By event and payee, straight from the blocks of each place's documents; drafts are shown and marked. Sums are what one event can bring at most, caps and longest terms counted in.",
    ),
    "instrument": ("工具（事由 → 收款人）", "Instrument (event → payee)"),
    "places": ("地方和文件", "Places and documents"),
    "wide": ("各地都适用的文件", "Documents that hold in every place"),
    "wide none": ("没有。", "None."),
    "none": ("没有这样的条款", "no such clause"),
    "draft": ("草案", "draft"),
    "per": ("每{noun}", "per {noun}"),
    "limits": ("限制：{limits}", "limits: {limits}"),
    "thresholds": ("门槛：{limits}", "threshold: {limits}"),
    "conditions": ("条件：{labels}", "conditions: {labels}"),
    "fund": ("资金：{fund}", "fund: {fund}"),
    "nofund": ("资金未写明", "fund not stated"),
    "month": ("每月", "monthly"), "year": ("每年", "yearly"), "day": ("每天", "daily"),
    "most": ("最多 {n} 期", "at most {n} periods"),
    "ceiling": ("合计 {sum}", "in all {sum}"),
    UNDETERMINED: ("未写明", "not stated"),
    NOBODY: ("不发钱", "in kind"),
    "how undetermined": ("数额未写明", "amount not stated"),
    "how standard": ("按{name}", "set by {name}"),
    "how worked out": ("按实际数额算", "worked out from facts"),
    "how once": ("满 {n}：{sum}", "from {n} on: {sum}"),
    "how beyond": ("超过 {n} 后每个：{sum}", "each beyond {n}: {sum}"),
    "how each": ("每个：{sum}", "each: {sum}"),
    "case title": ("同一份事实，放在各地", "The same facts, in each place"),
    "case lead": (
        "把 {home} 的人和单位整体搬到另一个县（市、区），别的都不变，按那里的文件算；与第一个地方比，差在哪一条、哪个条件、哪个数。草案只是模拟。",
        "People and bodies of {home} are moved to another county, nothing else is changed, and its documents are applied; against the first place: which clause, which condition, which amount. Drafts are a simulation.",
    ),
    "total": ("合计", "In all"),
    "sure": ("可领", "Entitled"),
    "maybe": ("补信息后", "More, if settled"),
    "headline": ("已经能定的，在{most}最多：{sum}；在{least}最少：{low}", "Of what is sure, most in {most}: {sum}; least in {least}: {low}"),
    "headline same": ("已经能定的，各地相同：{sum}", "Of what is sure, the same everywhere: {sum}"),
    "headline one": ("已经能定的，在{most}：{sum}", "Sure in {most}: {sum}"),
    "table of figures": ("数据表", "The figures"),
    "stop": ("；", "; "),
    "waiting": ("不清楚 {n} 笔，{sum}", "{n} unknown, {sum}"),
    "state refused": ("不符合", "not met"),
    "state excluded": ("不重复享受或已封顶", "excluded or capped"),
    "state unknown": ("不清楚", "unknown"),
    "state no event": ("有条款，事实里没有这类事", "a clause, but no such event among the facts"),
    "state no clause": ("没有这样的条款", "no such clause"),
    "reason": ("卡在“{label}”：{number} {clause}《{name}》，{n} 笔", "stopped by “{label}”: {number} {clause} “{name}” ({n}×)"),
    "open": ("等“{label}”：{number} {clause}《{name}》，{n} 笔", "waits for “{label}”: {number} {clause} “{name}” ({n}×)"),
    "paid": ("{number} {clause}《{name}》{n} 笔：{sum}", "{number} {clause} “{name}” ({n}×): {sum}"),
    "diff same": ("与{base}相同", "as in {base}"),
    "diff same so far": ("能定的与{base}相同，其余还不清楚", "what is sure is as in {base}, the rest is unknown"),
    "diff neither": ("与{base}一样，没有可领的", "nothing either, as in {base}"),
    "diff more": ("比{base}多 {sum}", "{sum} more than {base}"),
    "diff less": ("比{base}少 {sum}", "{sum} less than {base}"),
    "diff not comparable": ("与{base}不同，有一边数额未定", "differs from {base}, an amount is not settled"),
    "diff condition": ("{base}有，这里条件不符", "paid or open in {base}; here a condition fails"),
    "diff unknown": ("条件还不清楚", "a condition is unknown"),
    "diff no clause": ("{base}有条款，这里没有", "{base} has a clause, this place none"),
    "diff no event": ("这里的条款管的是另一类事", "the clause here is about other events"),
    "diff only here": ("{base}没有，这里有", "paid here, not in {base}"),
    "there": ("{base}是：{said}", "{base} has: {said}"),
    "release": ("规则版本", "Rules release"),
    "brand": ("惠匠 · 条文", "Huijiang · Tiaowen"),
    "other": ("English", "中文"),
    "as of": ("截至", "As of"),
    "definition": ("金额为区间，左边一定有，右边至多；未定不是零。", "Amounts are intervals: left is sure, right is at most; “not set” is not zero."),
}  # fmt: skip


def word(key: str, lang: str, **values: object) -> str:
    """A phrase.  Raises KeyError for one that is not there."""
    text = WORDS[key][0 if lang == "zh" else 1]
    return text.format(**values) if values else text


def sum_row(row: SumRow, lang: str) -> str:
    """`技师：10,000 元`."""
    amount = interval(row.low, row.high, lang)
    if row.how == "fixed":
        said = amount
    elif row.how == "standard":
        said = word("how standard", lang, name=row.name)
        if row.high is not None:
            said += f"（{amount}）" if lang == "zh" else f" ({amount})"
    elif row.how in ("once", "beyond", "each"):
        said = word(f"how {row.how}", lang, n=row.figure, sum=amount)
    else:
        said = word(f"how {row.how}", lang)
    colon = "：" if lang == "zh" else ": "
    return f"{row.label}{colon}{said}" if row.label else said


def ceiling_words(offer: Offer, lang: str) -> str:
    """What one event can bring in all: `10,000–30,000 元`."""
    return interval(offer.low, offer.high, lang)


def terms(offer: Offer, lang: str) -> list[str]:
    """Per what, for how long, under which limits and thresholds, from which fund."""
    said = [word("per", lang, noun=offer.per)] if offer.per else []
    if offer.every:
        said.append(word(offer.every, lang))
        if offer.most is not None:
            said.append(word("most", lang, n=offer.most))
    stop = "、" if lang == "zh" else ", "
    if offer.caps:
        said.append(word("limits", lang, limits=stop.join(offer.caps)))
    if offer.thresholds:
        said.append(word("thresholds", lang, limits=stop.join(offer.thresholds)))
    known = offer.fund not in ("", UNDETERMINED)
    said.append(word("fund", lang, fund=offer.fund) if known else word("nofund", lang))
    return said


def outcome_words(outcome: Outcome, lang: str) -> list[str]:
    """The state of an instrument in a place, and the clauses that make it so."""
    said: list[str] = []
    for (name, number, clause), (n, each) in outcome.paid.items():
        said.append(word("paid", lang, name=name, number=number, clause=clause, n=n, sum=total(each, lang)))
    if not outcome.paid and not outcome.waiting:
        said.append(word(f"state {outcome.state}", lang))
    if outcome.waiting:
        said.append(word("waiting", lang, n=outcome.waiting, sum=at_most(outcome.maybe, lang)))
    if not outcome.paid:
        said += [reason_words("reason", each, lang) for each in outcome.stops]
    said += [reason_words("open", each, lang) for each in outcome.open]
    return said


def because_words(kind: str, there: Outcome, base: str, lang: str) -> str:
    """The first place's clause behind a difference: what it pays, or what stops it there; empty where nothing differs."""
    if kind in ("same", "same so far", "neither", "unknown", "no event"):
        return ""
    said = [
        word("paid", lang, name=name, number=number, clause=clause, n=n, sum=total(each, lang))
        for (name, number, clause), (n, each) in there.paid.items()
    ]
    if not said:
        said = [reason_words("reason", each, lang) for each in there.stops[:1]]
        said = said or [reason_words("open", each, lang) for each in there.open[:1]] or [word("none", lang)]
    return word("there", lang, base=base, said=word("stop", lang).join(said))


def reason_words(key: str, each: Reason, lang: str) -> str:
    return word(key, lang, label=each.label, number=each.number, clause=each.clause, name=each.name, n=each.claims)


def difference_words(each: Difference, base: str, lang: str) -> str:
    """How a place differs from the first."""
    if each.kind in ("more", "less"):
        ends = sorted((abs(each.low), abs(each.high)))
        unit = "元" if lang == "zh" else "yuan"
        said = yuan(ends[0]) if ends[0] == ends[1] else f"{yuan(ends[0])}–{yuan(ends[1])}"
        return word(f"diff {each.kind}", lang, base=base, sum=f"{said} {unit}")
    return word(f"diff {each.kind}", lang, base=base)
