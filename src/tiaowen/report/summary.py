"""The report in a few lines for a terminal."""

from __future__ import annotations

import re

from tiaowen.report.model import FIRM, NEAR, OTHERS, PEOPLE, READY, UNKNOWN, UNSETTLED, Report
from tiaowen.report.money import at_most, total
from tiaowen.report.words import word

MOST = 5


def summary(report: Report, lang: str) -> str:
    """Headline, what is ready by payee, sums by fund, the columns worth filling, the places."""

    def w(key: str, **values: object) -> str:
        return re.sub("</?b>", "", word(key, lang, **values))

    colon = "：" if lang == "zh" else ": "
    lines = [f"{report.firm} · {report.place} · {report.on} · {w('release')} {report.release[:12]}"]
    if report.sample:
        lines.append(w("sample"))
    lines.append(headline(report, lang))
    for audience in (FIRM, PEOPLE, OTHERS, UNSETTLED):
        cards = report.of(READY, audience)
        if cards:
            lines += ["", f"{w('to ' + audience)}{colon}{total(report.sum_of(READY, audience), lang)}"]
            lines += [f"  {c.name}  {total(c.sum, lang)}  ({w('n claims', n=c.count)}, {c.paper.number} {c.clause})"
                      for c in cards]  # fmt: skip
    lines += ["", w("funds title") + colon]
    for line in report.funds:
        fund = w("fund undetermined") if line.fund in ("", "undetermined") else line.fund
        lines.append(f"  {fund}  {total(line.sum, lang)}  {w('maybe')} {at_most(line.maybe, lang)}")
    lines.append("")
    for state in (UNKNOWN, NEAR):
        lines.append(
            f"{w('state ' + state)} {w('n items', n=len(report.of(state)))}, {w('n claims', n=report.claims_of(state))}"
        )
    lines.append(f"{w('state no')} {w('n items', n=len(report.refusals))}")
    gaps = [gap for gap in report.gaps if gap.kind == "column" and gap.claims][:MOST]
    if gaps:
        lines += ["", w("gaps title") + colon]
    for gap in gaps:
        settles = w("gap claims", benefits=len(gap.benefits), claims=gap.claims)
        lines.append(f"  {gap.sheet}“{gap.header}”  {w('gap blank')} {len(gap.rows)}  {w('gap settles')} {settles}  "
                     f"{at_most(gap.sum, lang)}")  # fmt: skip
    if report.places:
        lines += ["", w("places title") + colon]
    for place in report.places:
        mark = f" ({w('draft tag')})" if place.draft else ""
        lines.append(f"  {place.name}{mark}  {w('place firm')} {total(place.sums[FIRM], lang)}  "
                     f"{w('place people')} {total(place.sums[PEOPLE], lang)}")  # fmt: skip
    if report.warnings:
        lines += ["", w("warnings title") + colon]
        lines += [f"  {zh if lang == 'zh' else en}" for zh, en in report.warnings[:MOST]]
    return "\n".join(lines)


def headline(report: Report, lang: str) -> str:
    """The one sentence: how many benefits, how much, for the firm and for its people."""
    parts = []
    for audience in (FIRM, PEOPLE):
        cards = report.of(READY, audience)
        key = f"headline {audience}" + ("" if cards else " none")
        values = {"n": len(cards), "sum": total(report.sum_of(READY, audience), lang)} if cards else {}
        parts.append(re.sub("</?b>", "", word(key, lang, **values)))
    return word("semicolon", lang).join(parts) + word("stop", lang)
