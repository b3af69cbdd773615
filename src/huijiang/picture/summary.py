"""The picture in a few lines of the terminal."""

from __future__ import annotations

from huijiang.picture.outlook import judge
from huijiang.picture.owed import ORGANISATION, PERSON
from huijiang.picture.page import Picture
from huijiang.picture.sections import Words
from tiaowen.evaluate.standing import WORDS as STANDING_WORDS
from tiaowen.evaluate.standing import promised, seen, when
from tiaowen.report.money import yuan

MOST = 8


def lines(found: Picture, lang: str) -> list[str]:
    """Who is owed what, how far the targets are, the what-if."""
    at = 0 if lang == "zh" else 1
    w = Words(lang, found.vocabulary)
    county, total = found.county, found.county.total
    place = found.vocabulary.regions.name(found.region)
    people, firms = county.payees.get(PERSON, (0, 0))[0], county.payees.get(ORGANISATION, (0, 0))[0]
    told = [
        f"{w('title', place=place)} — {w('under', people=f'{found.people:,}', on=found.on)}",
        w("strip"),
        w("say", people=w("people", f"{people:,}"), firms=w("firms", f"{firms:,}"), sure=w.yuan(total.low))
        .replace("<b>", "").replace("</b>", ""),
        w("say more", possible=w.yuan(total.high - total.low), open=f"{total.open:,}"),
        "",
        f"{w('sure'):>10}  {w('possible'):>12}  {w('item')}",
    ]  # fmt: skip
    shown = [each for each in county.benefits if each.sum.high][:MOST]
    for each in shown:
        name = county.rules[each.key].name
        told.append(f"{yuan(each.sum.low):>12}  {yuan(each.sum.high - each.sum.low):>14}  {name}")
    told += ["", w("targets")]
    for one in judge(found.own_targets(), found.people):
        measure = one.measure
        told.append(f"  {STANDING_WORDS[one.standing][at]}  {measure.target.name}  {seen(measure, lang)} / "
                    f"{promised(measure.target, lang)}  {when(measure.target)}")  # fmt: skip
    base, side = found.what_if.sides
    moved = side.moved["all"][0]
    name = side.name if lang == "zh" else w("what if english")
    told += ["", f"{w('what if')}  " + w(
        "what if found", name=name, more=w.yuan(side.money.low - base.money.low), before=yuan(base.money.low),
        after=w.yuan(side.money.low), winners=moved.winners, losers=moved.losers), ""]  # fmt: skip
    return told
