"""The money sections of the page: a finding, bars with their words, the figures folded below."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from markupsafe import Markup, escape

from huijiang.picture.charts import bar
from huijiang.picture.owed import ORGANISATION, OTHER, PERSON, County, Owed
from huijiang.picture.waits import (
    CONDITION,
    DECISION,
    DIRECTORY,
    FACT,
    ROWS,
    Wait,
)
from huijiang.picture.words import WORDS, word
from huijiang.synth.page import share
from tiaowen.report.money import Sum, yuan
from tiaowen.vocabulary.model import Vocabulary

_CHINESE = re.compile("([\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]+)")
MOST = 8  # bars of a chart; the table has all
Cell = str | Markup


@dataclass(frozen=True)
class Bar:
    """What stands beside a bar: name, a line under it, the drawing, its figures."""

    label: Cell
    under: Cell
    svg: Markup
    value: Cell
    more: Cell = ""


@dataclass(frozen=True)
class Section:
    """`id` and `title` for the contents; the heading states the finding."""

    id: str
    title: str
    finding: Cell
    defined: str
    bars: list[Bar]
    head: tuple[str, ...]
    rows: list[tuple[Cell, ...]]
    fold: str
    keyed: bool = True
    last: tuple[Cell, ...] = ()
    notes: list[Cell] = field(default_factory=list)


class Words:
    """Phrases of one language; policy text stays Chinese and says so."""

    def __init__(self, lang: str, vocabulary: Vocabulary) -> None:
        self.lang, self.vocabulary = lang, vocabulary

    def __call__(self, key: str, *values: object, **named: object) -> str:
        return word(key, self.lang, *values, **named)

    def bold(self, key: str, *values: object, **named: object) -> Markup:
        """A phrase with marked-up values; what is not marked up is escaped."""
        return Markup(WORDS[key][0 if self.lang == "zh" else 1]).format(*values, **named)

    def policy(self, text: str) -> Markup:
        return escape(text) if self.lang == "zh" else Markup('<span lang="zh-Hans">{}</span>').format(text)

    def mixed(self, text: str) -> Markup:
        """A sentence of ours with Chinese names in it."""
        parts = _CHINESE.split(text)
        return Markup("").join(self.policy(part) if at % 2 else escape(part) for at, part in enumerate(parts))

    def line(self, *parts: str) -> Markup:
        """Some policy text and days on one line."""
        return Markup(" · ").join(self.policy(each) for each in parts if each)

    def yuan(self, fen: int) -> str:
        return self("yuan", yuan(fen))

    def place(self, code: str) -> Cell:
        return self.policy(self.vocabulary.regions.name(code)) if code else self("none place")

    def more(self, each: Sum) -> str:
        """What may come on top: `还可能 5,000 元，数额未定 3 笔`."""
        parts = [self("possible more", self.yuan(each.high - each.low))] if each.high > each.low else []
        if each.open:
            parts.append(self("unset", f"{each.open:,}"))
        return ("，" if self.lang == "zh" else ", ").join(parts)


def money_sections(county: County, w: Words, on: str) -> list[Section]:
    """By benefit, payee, fund and street, and what the rest waits for."""
    return [_benefits(county, w, on), _who(county, w), _funds(county, w), _streets(county, w), _waits(county, w)]


def _bars(rows: Iterable[tuple[Cell, Cell, Sum]], w: Words) -> list[Bar]:
    shown = [row for row in rows if row[2].high or row[2].open][:MOST]
    most = max((each.high for _, _, each in shown), default=0)
    return [Bar(label, under, bar(each.low, each.high, most), w.yuan(each.low), w.more(each))
            for label, under, each in shown]  # fmt: skip


def _figures(each: Sum, w: Words) -> tuple[Cell, ...]:
    return w.yuan(each.low), w.yuan(each.high - each.low), f"{each.open:,}" if each.open else "—"


def _head(w: Words, *first: str) -> tuple[str, ...]:
    return (*(w(each) for each in first), w("sure"), w("possible"), w("unset head"))


def _section(name: str, finding: Cell, w: Words, bars: list[Bar], head: tuple[str, ...], rows: list[tuple[Cell, ...]],
             defined: str = "", last: tuple[Cell, ...] = ()) -> Section:  # fmt: skip
    fold = w("all of them", len(rows)) if len(rows) > len(bars) else w("numbers")
    return Section(name, w(name), finding, defined or w(f"{name} defined"), bars, head, rows, fold, last=last)


def _benefits(county: County, w: Words, on: str) -> Section:
    total = county.total
    top = county.benefits[0]
    rules = county.rules
    finding = w.bold("benefits found", name=w.policy(rules[top.key].name), sum=w.yuan(top.sum.low),
                     share=share(top.sum.low, total.low))  # fmt: skip

    def cited(each: Owed) -> Markup:
        rule = rules[each.key]
        return w.policy(f"{county.plans[rule.document].number} {rule.clause}")

    def paid(each: Owed) -> str:
        return f"{each.sure:,} / {each.maybe:,}" if each.sure or each.maybe else "—"

    rows: list[tuple[Cell, ...]] = [
        (w.policy(rules[each.key].name), cited(each), _fund(rules[each.key].fund, w), paid(each), *_figures(each.sum, w))
        for each in county.benefits
    ]  # fmt: skip
    return _section("benefits", finding, w, _bars(((w.policy(rules[each.key].name), cited(each), each.sum) for each in county.benefits), w),
                    (w("item"), w("documents"), w("fund"), w("payees"), *_head(w)), rows, w("benefits defined", on=on),
                    (w("all"), "", "", "", *_figures(total, w)))  # fmt: skip


def _fund(fund: str, w: Words) -> Cell:
    return w.policy(fund) if fund not in ("", "undetermined") else w("none fund")


def _who(county: County, w: Words) -> Section:
    def name(each: Owed) -> Cell:
        if each.key in ("", PERSON):
            return w("person" if each.key else "unsettled")
        return w.policy(each.key)

    people = sum(each.sum.low for each in county.who if each.key == PERSON)
    firms = sum(each.sum.low for each in county.who if each.key not in ("", PERSON))
    rows: list[tuple[Cell, ...]] = [(name(each), f"{each.sure:,} / {each.maybe:,}" if each.key else "—", *_figures(each.sum, w))
                                    for each in county.who]  # fmt: skip
    finding = w("who found", firms=w.yuan(firms), people=w.yuan(people))
    return _section("who", finding, w, _bars(((name(each), "", each.sum) for each in county.who), w),
                    (w("payee"), w("payees"), *_head(w)), rows)  # fmt: skip


def _funds(county: County, w: Words) -> Section:
    funds = county.funds()
    top, whole, _ = funds[0]
    unnamed = sum(1 for each in county.benefits if county.rules[each.key].fund in ("", "undetermined"))
    key = "funds found" if unnamed else "funds found named"
    part = w("whole") if whole.low == county.total.low else share(whole.low, county.total.low)
    finding = w.bold(key, fund=_fund(top, w), share=part, n=unnamed)
    rows: list[tuple[Cell, ...]] = []
    for fund, _, parts in funds:
        for kind, label in ((ORGANISATION, "organisation"), (PERSON, "person"), (OTHER, "unsettled")):
            if parts[kind].high or parts[kind].open:
                rows.append((_fund(fund, w), w(label), *_figures(parts[kind], w)))
    return _section("funds", finding, w, _bars(((_fund(fund, w), "", each) for fund, each, _ in funds), w),
                    (w("fund"), w("payee"), *_head(w)), rows)  # fmt: skip


def _streets(county: County, w: Words) -> Section:
    parent = {code: each.parent for code, each in w.vocabulary.regions.by_code.items()}
    named = [each for each in county.places if parent.get(each.key, "") == county.region]
    streets = sum(1 for above in parent.values() if above == county.region)
    top = named[0]
    finding = w.bold("streets found", street=w.place(top.key), sum=w.yuan(top.sum.low),
                     n=sum(1 for each in named if each.sum.low), all=streets)  # fmt: skip
    rows: list[tuple[Cell, ...]] = [(w.place(each.key), f"{each.sure:,} / {each.maybe:,}", *_figures(each.sum, w))
                                    for each in county.places]  # fmt: skip
    return _section("streets", finding, w, _bars(((w.place(each.key), "", each.sum) for each in named), w),
                    (w("street"), w("payees"), *_head(w)), rows)  # fmt: skip


# -- what the rest waits for ------------------------------------------------------------
def _waits(county: County, w: Words) -> Section:
    every = county.waits
    facts = [each for each in every if each.kind in (FACT, ROWS) and each.alone]
    finding: Cell = w("waits found none")
    if facts:
        finding = w.bold("waits found", fact=_subject(facts[0], county, w)[0], money=w.yuan(facts[0].alone),
                         n=facts[0].alone_claims)  # fmt: skip
    shown = [each for each in every if each.alone][:MOST]
    most = max((each.alone for each in shown), default=0)
    bars = []
    for each in shown:
        label, how = _subject(each, county, w)
        bars.append(
            Bar(label, how, bar(0, each.alone, most), w.yuan(each.alone), w("claims") + f" {each.alone_claims:,}")
        )
    rows: list[tuple[Cell, ...]] = []
    for each in every:
        label, how = _subject(each, county, w)
        most_said = w.yuan(each.money) if each.money else "—"
        if each.open:
            most_said = f"{most_said} + {w('unset', f'{each.open:,}')}" if each.money else w("unset", f"{each.open:,}")
        rows.append((label, how, w.yuan(each.alone) if each.alone else "—", most_said, f"{each.claims:,}"))
    head = (w("wait"), w("wait kind"), w("alone"), w("money"), w("claims"))
    fold = w("all of them", len(rows)) if len(rows) > len(bars) else w("numbers")
    return Section("waits", w("waits"), finding, w("waits defined"), bars, head, rows, fold, keyed=False)


def _subject(each: Wait, county: County, w: Words) -> tuple[Cell, Cell]:
    """What is waited for, and how it is settled."""
    if each.kind == FACT:
        table_id, _, column = each.subject.partition(".")
        table = w.vocabulary.tables[table_id]
        found = table.columns[column]
        return w.policy(f"{table.label}：{found.label}"), w.bold(
            "kind fact", source=w.policy(found.source or table.source)
        )
    if each.kind == ROWS:
        table = w.vocabulary.tables[each.subject]
        return w.bold("subject rows", w.policy(table.label)), w.bold("kind rows", source=w.policy(table.source))
    if each.kind == DIRECTORY:
        return w.bold("subject directory", w.policy(each.subject)), w("kind directory")
    if each.kind in (DECISION, CONDITION):
        key, _, label = each.subject.partition(" ")
        said = w.bold("subject label", benefit=w.policy(county.rules[key].name), label=w.policy(label))
        return said, w(f"kind {each.kind}")
    return w(f"subject {each.kind}"), w(f"kind {each.kind}")
