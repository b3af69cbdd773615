"""Rules of the documents with other limits, schedules, amounts and stackings: every construct of a plan."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from random import Random

from tiaowen.plan import amounts as a
from tiaowen.plan import terms as t
from tiaowen.plan.rules import DocumentPlan, Limit, Rule, Schedule, Stacking, Threshold
from tiaowen.problems import Spot
from tiaowen.vocabulary.types import BOOL

RULES_OF_STACKING = ("only the highest", "only one", "in this order", "difference only", "all are paid")


def varied(plan: DocumentPlan, random: Random) -> DocumentPlan:
    """The plan with every benefit varied; rules are copies, nothing of the library changes."""
    found = replace(plan, rules={name: _rule(rule, random) for name, rule in plan.rules.items()})
    found.stackings = {name: _stacking(each, random) for name, each in plan.stackings.items()}
    return found


def _rule(rule: Rule, random: Random) -> Rule:
    if rule.kind != "benefit":
        return replace(rule, compiled=None)
    plain = [c.term for c in rule.conditions if not c.joined and not isinstance(c.term, t.Open)]
    made = replace(rule, compiled=None)
    if random.random() < 0.6:  # most of the text's conditions hide what stands behind them
        made.conditions = tuple(c for c in rule.conditions if c.joined or random.random() < 0.3)
    if random.random() < 0.6:
        made.expires = dt.date(random.choice((2024, 2025, 2026)), random.randint(1, 12), 28)
    if not rule.instalments and random.random() < 0.7:
        made.amount = _amount(plain, random, 2, rule.grouping is not None)
    _vary_schedule(made, plain, random)
    _vary_threshold(made, random)
    _vary_limits(made, random)
    return made


def _nowhere(rule: Rule) -> t.Closure:
    return t.Closure(rule.table, (), "", None, None)


def _keys(rule: Rule, random: Random) -> tuple[t.Term, ...]:
    if rule.grouping is not None:
        return random.choice((rule.grouping.keys, rule.grouping.keys[:1]))
    terms = [rule.pays, rule.beneficiary, rule.date]
    known = [each for each in terms if isinstance(each, t.Term)]
    known += [key for limit in rule.limits for key in limit.keys]
    return tuple(random.sample(known, k=min(len(known), random.randint(1, 2)))) if known else ()


def _vary_schedule(rule: Rule, plain: list[t.Term], random: Random) -> None:
    dates = [
        each for condition in rule.conditions for term in t.walk(condition.term)
        for each in [term] if isinstance(each, t.Column) and each.type.kind == "date" and each.slot == t.EVENT
    ]  # fmt: skip
    if rule.schedule is not None:
        rule.schedule = _schedule(rule.schedule, random)
    elif rule.grouping is None and not rule.instalments and isinstance(rule.date, t.Column) and random.random() < 0.4:
        until = random.choice([None, *dates])
        every = random.choice(("month", "year", "day"))
        most = random.randint(1, 4) if until is None or every == "day" or random.random() < 0.5 else None
        rule.schedule = _schedule(Schedule(every, rule.date, until, most, "count", "continue", (), 0), random)
        rule.schedule = replace(rule.schedule, most=most)


def _schedule(schedule: Schedule, random: Random) -> Schedule:
    return replace(
        schedule,
        part=random.choice(("count", "drop", "by day", "undetermined")),
        past_expiry=random.choice(("continue", "stop")),
        most=random.choice((schedule.most, 2, 13)),
        spread=random.choice((0, 0, 3)),
    )


def _vary_threshold(rule: Rule, random: Random) -> None:
    if rule.grouping is None and random.random() < 0.4:
        labels = [c.label for c in rule.conditions]
        ignoring = frozenset(random.sample(labels, k=min(len(labels), random.randint(0, 2))))
        made = Threshold(
            "满数",
            random.randint(1, 4),
            random.random() < 0.5,
            _keys(rule, random),
            ignoring,
            _nowhere(rule),
            "人",
            Spot(),
        )
        rule.thresholds = (*rule.thresholds, made)
        rule.since_year = random.random() < 0.3


def _vary_limits(rule: Rule, random: Random) -> None:
    limits = list(rule.limits)
    for n in range(random.randint(0, 2)):
        limits.append(Limit(f"上限{n}", "count", 1, _keys(rule, random), _nowhere(rule), "", Spot()))
    made = []
    for limit in limits:
        kind = random.choice(("count", "money", "highest", "difference"))
        most = random.randint(1, 3) if kind == "count" else random.choice((1_000, 30_000, 100_000, 5_000_000))
        events = kind == "count" and rule.grouping is None and random.random() < 0.4
        made.append(replace(limit, kind=kind, most=most, events=events))
    rule.limits = tuple(made)


def _stacking(stacking: Stacking, random: Random) -> Stacking:
    made = replace(stacking, rule=random.choice(RULES_OF_STACKING))
    if random.random() < 0.6:
        cap = Limit(
            "合计封顶",
            "money",
            random.choice((500, 40_000, 200_000)),
            (),
            t.Closure("", (), "", None, None),
            "",
            Spot(),
        )
        made.limits = (cap,)
        made.limit_keys = {name: {cap.label: keys} for name, keys in stacking.keys.items()}
    return made


def _amount(whens: list[t.Term], random: Random, depth: int, grouped: bool) -> a.Amount:
    pick = random.random()
    if depth == 0 or pick < 0.3:
        low = random.choice((0, 500, 30_000, 99_999))
        return random.choice((a.Refused(), a.Fixed(low, low), a.Fixed(low, None), a.Fixed(0, low), a.Fixed(low, low)))
    when = random.choice(whens) if whens else t.Const(BOOL, random.random() < 0.5)

    def inner() -> a.Amount:
        return _amount(whens, random, depth - 1, grouped)

    if pick < 0.5:
        return a.FirstTrue(
            (("甲", inner(), when), ("乙", inner(), random.choice(whens or [when])), ("丙", inner(), None))
        )
    if pick < 0.7:
        return a.Added((("甲", inner()), ("乙", a.Provided(inner(), when))))
    if pick < 0.8 and not grouped:
        money = t.Const(t.Const(BOOL, True).type, 12_345)
        return a.Worth("between", t.Percent(BOOL, 1, 3, money), None if random.random() < 0.5 else money)
    if grouped:
        mode = random.choice(("once", "beyond", "each"))
        figure = 0 if mode == "each" else random.randint(1, 3)
        return a.PerCount(inner(), mode, figure, random.random() < 0.5)
    return a.Provided(inner(), when)
