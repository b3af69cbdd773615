"""The comparison as text and as one self-contained HTML page in the look of the report."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from tiaowen.compare import wording
from tiaowen.compare.instruments import Comparison, Instrument, Place
from tiaowen.compare.placed import PlacedCase, difference
from tiaowen.report.money import at_most, total

_CHINESE = re.compile("([\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]+)")
WIDTH, BAR, LABEL = 720, 22, 120  # of the chart, in pixels


@cache
def _environment() -> Environment:
    loader = ChoiceLoader([PackageLoader("tiaowen.compare", "templates"), PackageLoader("tiaowen.report", "templates")])
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


@dataclass(frozen=True, slots=True)
class Bar:
    """One place in the chart: pixels for the sure and the possible part."""

    name: str
    y: int
    sure: int
    possible: int
    words: str


def instrument_words(comparison: Comparison, each: Instrument, lang: str) -> str:
    """`招用 → 人`."""
    payee = comparison.labels.get(each.payee) or wording.word(each.payee, lang)
    return f"{comparison.labels[each.table]} → {payee}"


def bars(comparison: Comparison, placed: PlacedCase, lang: str) -> list[Bar]:
    """Sums by place, scaled to the largest; whole pixels."""
    most = max((placed.totals[p.code].high + placed.maybe[p.code].high for p in comparison.places), default=0) or 1
    room = WIDTH - LABEL - 10
    return [
        Bar(place.name, at * (BAR + 8), placed.totals[place.code].high * room // most,
            placed.maybe[place.code].high * room // most, total(placed.totals[place.code], lang))
        for at, place in enumerate(comparison.places)
    ]  # fmt: skip


def headline(comparison: Comparison, placed: PlacedCase, lang: str) -> str:
    """Where the same facts bring most and least, by what is sure."""
    ranked = sorted(comparison.places, key=lambda p: (placed.totals[p.code].low, placed.totals[p.code].high))
    least, most = ranked[0], ranked[-1]

    def said(place: Place) -> str:
        return total(placed.totals[place.code], lang)

    if len(ranked) > 1 and placed.totals[least.code] == placed.totals[most.code]:
        return wording.word("headline same", lang, sum=said(most))
    if least is most:
        return wording.word("headline one", lang, most=most.name, sum=said(most))
    return wording.word("headline", lang, most=most.name, sum=said(most), least=least.name, low=said(least))


def render(
    comparison: Comparison, placed: PlacedCase | None = None, lang: str = "zh", other: str = "", home: str = "",
    on: str = "",
) -> str:  # fmt: skip
    """The page in Chinese or English; `home` is the name of the case's own place, `on` its day."""

    def policy(text: object) -> Markup:
        if lang == "zh":
            return escape(text)
        parts = _CHINESE.split(str(text))
        return Markup("").join(
            Markup('<span lang="zh-Hans">{}</span>').format(part) if at % 2 else escape(part)
            for at, part in enumerate(parts)
        )

    environment = _environment()
    source = environment.get_template("report.css").render()
    return environment.get_template("compare.html").render(
        c=comparison, placed=placed, lang=lang, other=other, home=home, on=on, css=Markup(source), policy=policy,
        w=lambda key, **values: wording.word(key, lang, **values),
        instrument=lambda each: instrument_words(comparison, each, lang),
        row=lambda each: wording.sum_row(each, lang), ceiling=lambda each: wording.ceiling_words(each, lang),
        terms=lambda each: wording.terms(each, lang), outcome=lambda each: wording.outcome_words(each, lang),
        differs=lambda instrument, place: differs(comparison, placed, instrument, place, lang),
        total=lambda each: total(each, lang), at_most=lambda each: at_most(each, lang), bars=bars(comparison, placed, lang) if placed else [],
        headline=headline(comparison, placed, lang) if placed else "", WIDTH=WIDTH, BAR=BAR, LABEL=LABEL,
    )  # fmt: skip


def differs(comparison: Comparison, placed: PlacedCase | None, instrument: Instrument, place: Place, lang: str) -> str:
    """The difference to the first place, in words; empty for the first itself."""
    first = comparison.places[0]
    if placed is None or place is first:
        return ""
    there = placed.outcomes[instrument, first.code]
    found = difference(there, placed.outcomes[instrument, place.code])
    said = [
        wording.difference_words(found, first.name, lang),
        wording.because_words(found.kind, there, first.name, lang),
    ]
    return wording.word("stop", lang).join(part for part in said if part)


def as_text(comparison: Comparison, placed: PlacedCase | None, lang: str) -> str:
    """For the terminal: instrument by instrument, place by place."""
    lines = []
    stop = wording.word("stop", lang)
    mark = wording.word("draft", lang)
    for place in comparison.places:
        papers = "、".join(f"{p.number}{f'（{mark}）' if p.status == 'draft' else ''}" for p in place.plans)
        lines.append(f"{place.name}: {papers or wording.word('wide none', lang)}")
    if comparison.wide:
        lines.append(f"{wording.word('wide', lang)}: {'、'.join(p.number for p in comparison.wide)}")
    if placed is not None:
        return "\n".join([*lines, "", *_placed_text(comparison, placed, lang)])
    for instrument in comparison.instruments:
        lines += ["", instrument_words(comparison, instrument, lang)]
        for place in comparison.places:
            offers = comparison.offers(instrument, place)
            if not offers:
                lines.append(f"  {place.name}  {wording.word('none', lang)}")
            for offer in offers:
                rows = stop.join(wording.sum_row(row, lang) for row in offer.rows)
                lines.append(
                    f"  {place.name}  {offer.clause}《{offer.name}》{rows}  [{stop.join(wording.terms(offer, lang))}]"
                )
    return "\n".join(lines)


def _placed_text(comparison: Comparison, placed: PlacedCase, lang: str) -> list[str]:
    stop = wording.word("stop", lang)
    lines = [headline(comparison, placed, lang)]
    for place in comparison.places:
        maybe = placed.maybe[place.code]
        more = f"{stop}{wording.word('maybe', lang)} {at_most(maybe, lang)}" if not maybe.nothing else ""
        lines.append(f"  {place.name}  {total(placed.totals[place.code], lang)}{more}")
    for instrument in placed.instruments:
        lines += ["", instrument_words(comparison, instrument, lang)]
        for place in comparison.places:
            said = stop.join(wording.outcome_words(placed.outcomes[instrument, place.code], lang))
            apart = differs(comparison, placed, instrument, place, lang)
            lines.append(f"  {place.name}  {said}{f'  ← {apart}' if apart else ''}")
    return lines
