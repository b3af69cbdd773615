"""The targets at the scale of the register, and the one what-if, as sections of the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from huijiang.picture.charts import bar, bullet
from huijiang.picture.sections import Bar, Cell, Section, Words
from huijiang.picture.what_if import CHANGED, PATCH
from huijiang.synth.calibration import REGISTER, scaled
from tiaowen.evaluate.bound import ends
from tiaowen.evaluate.standing import MET, MISSED, ON_THE_WAY, STANDINGS, amount, promised, seen, standing, when
from tiaowen.evaluate.standing import WORDS as STANDING_WORDS
from tiaowen.evaluate.targets import Measure
from tiaowen.population.targets import Counted
from tiaowen.report.money import yuan
from tiaowen.simulate.simulation import Simulation

TONES = {MET: "green", ON_THE_WAY: "blue", MISSED: "red"}
HEADS = ("人", "名", "人次")  # targets in these shrink with the register


@dataclass(frozen=True)
class Judged:
    """A target of the county with the figure that it comes to at the register's scale."""

    counted: Counted
    measure: Measure
    standing: str


def judge(counted: Sequence[Counted], people: int) -> list[Judged]:
    """How each target stands when those in people are scaled to a register of so many."""
    found = []
    for each in counted:
        target = each.target
        if target.unit in HEADS and target.low is not None and target.high is not None:
            target = replace(target, low=scaled(target.low, people), high=scaled(target.high, people))
        measure = replace(each.measure, target=target)
        found.append(Judged(each, measure, standing(measure, each.on)))
    return found


def scale(people: int) -> str:
    """`1/50`, or a percentage where it does not come out even."""
    if REGISTER % people == 0:
        return f"1/{REGISTER // people:,}"
    tenths = (people * 1000 + REGISTER // 2) // REGISTER
    return f"{tenths // 10}.{tenths % 10} %"


def target_section(own: Sequence[Judged], above: Sequence[Counted], w: Words, place: str, people: int) -> Section:
    """The county's own targets as bullets; those of documents above only as what the county adds."""
    met = sum(1 for each in own if each.standing == MET)
    finding = w.bold("targets found", place=w.policy(place), all=len(own), met=met)
    bars, rows = [], []
    for each in sorted(own, key=lambda one: STANDINGS.index(one.standing)):
        target, measure = each.measure.target, each.measure
        low, high = (None if end is None else int(str(end)) for end in ends(measure.value))
        drawn = bullet(low or 0, high, target.low or 0) if measure.value is not None else Markup("")
        said = w.mixed(f"{seen(measure, w.lang)} / {promised(target, w.lang)}")
        bars.append(Bar(_name(each.counted, w), w.line(when(target), target.lead), drawn, _tag(each.standing, w), said))
        rows.append(_row(each.counted, w, w.mixed(f"{amount(target.low, target)} {target.unit}") if target.low is not None else "—",
                         _tag(each.standing, w)))  # fmt: skip
    rows += [_row(each, w, "—", _tag(standing(each.measure, each.on), w)) for each in above]
    head = tuple(w(each) for each in ("target", "promised", "scaled", "counted", "standing", "until", "lead"))
    notes: list[Cell] = [w("above", len(above))] if above else []
    return Section("targets", w("targets"), finding, w("targets defined", scale=scale(people)), bars, head, rows,
                   w("all of them", len(rows)), keyed=False, notes=notes)  # fmt: skip


def _name(each: Counted, w: Words) -> Markup:
    return w.policy(f"{each.target.name} {each.target.row}".strip())


def _tag(found: str, w: Words) -> Markup:
    tone = TONES.get(found, "amber")
    return Markup('<span class="tag tag--{}">{}</span>').format(tone, STANDING_WORDS[found][0 if w.lang == "zh" else 1])


def _row(each: Counted, w: Words, scaled_to: Cell, tag: Markup) -> tuple[Cell, ...]:
    target = each.target
    departments = "、".join(part for part in (target.lead, *target.support) if part)
    return (_name(each, w), w.mixed(promised(target, w.lang)), scaled_to, w.mixed(seen(each.measure, w.lang)), tag, Markup('<span class="nb">{}</span>').format(when(target)),
            w.policy(departments) if departments else "—")  # fmt: skip


def what_if_section(found: Simulation, w: Words) -> Section:
    """What one change costs, who gains, what was computed again."""
    base, side = found.sides[0], found.sides[1]
    moved = side.moved["all"][0]
    name: Cell = w.policy(side.name) if w.lang == "zh" else w("what if english")
    finding = w.bold(
        "what if found", name=name, more=w.yuan(side.money.low - base.money.low), before=yuan(base.money.low),
        after=w.yuan(side.money.low), winners=moved.winners, losers=moved.losers,
    )  # fmt: skip
    before, after = base.benefits[CHANGED], side.benefits[CHANGED]
    most = max(before.money.high, after.money.high)
    bars = [
        Bar(w(key), w.policy(each.name), bar(each.money.low, each.money.high, most), w.yuan(each.money.low),
            w("possible more", w.yuan(each.money.high - each.money.low)))
        for key, each in (("as it is", before), ("changed", after))
    ]  # fmt: skip
    rows: list[tuple[Cell, ...]] = [(w("all"), f"{moved.winners:,}", w.yuan(moved.gained))]
    for each in side.moved["size"]:
        label = each.label or w("none size")
        rows.append((f"{w('size')} {label}", f"{each.winners:,}", w.yuan(each.gained)))
    for each in sorted(side.moved["place"], key=lambda one: -one.gained):
        rows.append((w.place(each.label), f"{each.winners:,}", w.yuan(each.gained)))
    defined = w("what if defined", patch=PATCH)
    return Section("what-if", w("what if"), finding, defined, bars, (w("payee"), w("winners"), w("gained")), rows,
                   w("numbers"))  # fmt: skip
