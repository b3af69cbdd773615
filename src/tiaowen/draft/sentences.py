"""A clause sentence by sentence: wording by the table of patterns, figures and money by rule."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from tiaowen.coverage.figures import Figure, find_figures
from tiaowen.coverage.numerals import narrow
from tiaowen.coverage.originals import Passage
from tiaowen.draft.finding import Finding, finding
from tiaowen.draft.patterns import MONEY, Compiled, compiled
from tiaowen.vocabulary.units import Units

PAID = ("amount", "cap", "floor")
MOST = 2_000  # characters of a sentence
NEAR = 200  # characters: no farther back does an amount's payee stand
FAR = 20  # times the largest of its neighbours
_SENTENCE = re.compile(r"[^。；;！？\n]+")
_GIVES = re.compile(
    rf"(?:给予|享受|发放|安排|落实|提供|给|予以)[^，。；]{{0,18}}?(?:{MONEY})|进行补贴|(?:{MONEY})(?:政策)?(?=$|，)"
)
_FUND = re.compile(
    r"(?:专项资金|专项经费|专账|失业保险基金|就业补助资金|人才资金|财政(?:资金|预算)|所需(?:资金|经费))"
    r"|(?:资金|经费)[^，。；]{0,8}(?:列支|承担|统筹|保障|安排)|(?:列支|由[^，。；]{1,12}财政)"
)
_PAYEE = (
    "企业|单位|机构|院校|学校|学院|公司|职工|员工|学员|学生|个人|选手|教练|技师|工匠|人才|毕业生|劳动者|本人|领办人|"
    "导师|师傅|徒弟|培训对象|考生|基地|协会|家庭|求职者|组织|人员|者"
)
_TO = re.compile(r"对(?:于)?([^，。；]*?)(?:，|给予|发放|按|分别|补助|奖励|$)")
_ENDS_IN_PAYEE = re.compile(rf"(?:{_PAYEE})(?:（[^）]*）)?(?:、[^，]*)?$")
_NAMED = re.compile(
    rf"(?:给予|发给|奖励给?|补助给?|补贴给?|支付给|向)\s*(?:每(?:人|家|个|名))?[^，。；\d]{{0,10}}?(?:{_PAYEE})|由[^，。；]{{1,12}}(?:{_PAYEE})(?:享受|申领)|每(?:人|家|户|名)|/人|/家"
)
_RESPECTIVELY = re.compile(
    r"(?:对于?|按照?|给予)?([^，。；]*?)(?:，)?\s*分别(?:按|给予|补助|奖励|为|不超过)?([^，。；]*)"
)
_BETWEEN = re.compile(r"、|和|及|与|或|；")
_GROWTH = re.compile(r"增长|提高|提升|增加|增幅|上浮|翻|超过上年|同比")


@dataclass(frozen=True, slots=True)
class Sentence:
    """`start` counts characters from the clause's first; `figures` are those printed in it."""

    text: str
    start: int
    figures: tuple[Figure, ...]

    @property
    def money(self) -> tuple[Figure, ...]:
        return tuple(f for f in self.figures if f.role in PAID and f.low is not None)


def sentences_of(passage: Passage, units: Units) -> list[Sentence]:
    """The sentences of a clause with their figures."""
    text = narrow(passage.text).replace(",", "，").replace(";", "；").replace("(", "（").replace(")", "）")
    figures = find_figures(passage.text, units)
    starts = [figure.start for figure in figures]
    return [
        Sentence(m.group(), m.start(), tuple(figures[bisect_left(starts, m.start()) : bisect_left(starts, m.end())]))
        for m in _SENTENCE.finditer(text)
    ]


def in_clause(passage: Passage, sentences: list[Sentence], whole: str) -> Iterator[Finding]:
    """Findings of one clause; `whole` is the document's text."""
    at = (passage.label, passage.line)
    yield from _wording(at, sentences, whole)
    yield from _money(at, sentences, whole)
    yield from _figures(at, sentences)


# -- wording ---------------------------------------------------------------------
def _wording(at: tuple[str, int], sentences: list[Sentence], whole: str) -> Iterator[Finding]:
    found: dict[str, list[str]] = {}
    for sentence in sentences:
        for pattern in compiled():
            found.setdefault(pattern.code, []).extend(tokens_of(pattern, sentence.text, whole))
    for code, tokens in found.items():
        if tokens:
            words = "、".join(dict.fromkeys(token[:2] if code == "open-word" else token for token in tokens))
            yield finding(code, at[0], tokens, at[1], token_words=words)


def tokens_of(pattern: Compiled, sentence: str, whole: str = "") -> list[str]:
    """What a pattern finds in a sentence, unless the sentence or the document settles it."""
    if pattern.needs is not None and not pattern.needs.search(sentence):
        return []
    if pattern.unless is not None and pattern.unless.search(sentence):
        return []
    if pattern.settled is not None and pattern.settled.search(whole):
        return []
    return [match.group() for match in pattern.finds.finditer(sentence)]


# -- money -----------------------------------------------------------------------
def _money(at: tuple[str, int], sentences: list[Sentence], whole: str) -> Iterator[Finding]:
    bare = [f.token for s in sentences for f in s.money if not f.unit]
    if bare:
        yield finding("unit-missing", at[0], bare, at[1])
    paid = [f.token for s in sentences for f in s.money]
    if paid and not _FUND.search(whole):
        yield finding("fund-missing", at[0], paid, at[1])
    unpaid = [f.token for s in sentences for f in s.money if not names_payee(s, f)]
    if unpaid:
        yield finding("payee-missing", at[0], unpaid, at[1])
    given = [match.group() for s in sentences for match in _promises(s)]
    if given:
        yield finding("grant-without-amount", at[0], given, at[1])
    for sentence in sentences:
        yield from _respectively(at, sentence)


def names_payee(sentence: Sentence, figure: Figure) -> bool:
    """Whether the words before the amount, or right after it, say who is paid.

    `对……的，给予` with nothing after 的 names none.
    """
    before = sentence.text[: figure.start - sentence.start][-NEAR:]
    after = sentence.text[figure.end - sentence.start :][:24]
    if _NAMED.search(before[-40:] + "\n" + after):
        return True
    objects = [match.group(1).strip() for match in _TO.finditer(before)]
    if objects:
        return not objects[-1].endswith("的") and bool(_ENDS_IN_PAYEE.search(objects[-1]))
    return bool(re.search(_PAYEE, before))


def _promises(sentence: Sentence) -> Iterable[re.Match[str]]:
    """Money given in a phrase of a sentence that prints no amount and no percentage."""
    if sentence.money or any(f.role == "share" for f in sentence.figures):
        return []
    return [m for m in _GIVES.finditer(sentence.text) if re.match(r"给|享|发|安|落|提|予|进", m.group())]


def _respectively(at: tuple[str, int], sentence: Sentence) -> Iterator[Finding]:
    if "分别" not in sentence.text or len(sentence.text) > MOST:
        return  # no document has such a sentence
    for match in _RESPECTIVELY.finditer(sentence.text):
        end = sentence.start + match.end()
        begin = sentence.start + match.start(2)
        amounts = [f for f in sentence.money if begin <= f.start < end]
        if not amounts:
            continue
        named = match.group(1).strip()
        items = [part for part in _BETWEEN.split(_listed(named)) if part.strip()]
        if len(items) > 1 and len(items) != len(amounts):
            tokens = [f.token for f in amounts]
            yield finding("counts-differ", at[0], tokens, at[1], items=len(items), amounts=len(amounts))
        lows = [f.low for f in amounts if f.low is not None]
        if len(lows) > 2 and lows not in (sorted(lows), sorted(lows, reverse=True)):
            yield finding("ladder-broken", at[0], [f.token for f in amounts], at[1],
                          amounts="、".join(f.token for f in amounts))  # fmt: skip


def _listed(named: str) -> str:
    """The row of names itself: from the verb before it on, without `的单位` after it."""
    named = re.sub(r"的(?:[^、的]{1,8})?$", "", named)
    first = re.search(r"[、和及与或]", named)
    if first is None:
        return named
    lead = max(named.rfind(word, 0, first.start()) for word in ("的", "为", "获", "入选", "培育"))
    return named[lead + 1 :] if lead >= 0 else named


# -- figures that can't be right ----------------------------------------------------
def _figures(at: tuple[str, int], sentences: list[Sentence]) -> Iterator[Finding]:
    for sentence in sentences:
        over = [
            f.token
            for f in sentence.figures
            if f.role == "share" and f.high is not None and f.high > 100
            and not _GROWTH.search(sentence.text[: f.start - sentence.start][-12:])
        ]  # fmt: skip
        if over:
            yield finding("percent-too-high", at[0], over, at[1])
    bare = [f.token for s in sentences for f in s.figures if not f.unit and not f.row
            and f.role in ("count", "threshold") and f.low is not None]  # fmt: skip
    if bare:
        yield finding("number-without-unit", at[0], bare, at[1])
    for sentence in sentences:
        yield from _outliers(at, sentence)


def _outliers(at: tuple[str, int], sentence: Sentence) -> Iterator[Finding]:
    """A count far above the others of its unit in one sentence."""
    groups: dict[str, list[Figure]] = {}
    for figure in sentence.figures:
        if figure.role in ("count", "threshold") and figure.unit and figure.low is not None:
            groups.setdefault(figure.unit, []).append(figure)
    for group in groups.values():
        for figure in group if 2 < len(group) <= 40 else ():
            others: list[Decimal] = sorted(f.low for f in group if f is not figure and f.low is not None)
            assert figure.low is not None
            if figure.low >= FAR * others[-1]:
                near = "、".join(f.token for f in group if f is not figure)
                yield finding("outlier", at[0], figure.token, at[1], others=near)
