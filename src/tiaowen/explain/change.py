"""The smallest change that would turn a refusal, and the day time alone will turn it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from tiaowen.evaluate.amounts import Counts, compile_amount
from tiaowen.evaluate.dates import add_months
from tiaowen.evaluate.expressions import Compiler, Scope
from tiaowen.evaluate.facts import Facts
from tiaowen.evaluate.lines import Check, Line
from tiaowen.evaluate.runner import Runner
from tiaowen.explain.show import show_quantity, show_value
from tiaowen.plan import amounts as a
from tiaowen.plan import terms as t

OPERATORS = {">=": "及以上", "<=": "及以下", ">": "以上（不含）", "<": "以下（不含）"}


@dataclass(frozen=True, slots=True)
class Step:
    """One change: the condition, in words what it needs, what it would bring, from which day."""

    label: str
    needs: str
    low: int
    high: int | None
    day: dt.date | None = None


def one_step(runner: Runner, line: Line) -> Step | None:
    """The one condition in the way, if there is just one."""
    stopping = [c for c in line.checks if c.outcome is False]
    if line.rule.kind != "benefit" or len(stopping) != 1 or stopping[0].kind == "force":
        return None
    check = stopping[0]
    if check.kind == "threshold":
        return _threshold(runner, line, check)
    if check.kind == "amount":
        return _amount(runner.compiler, line, check)
    if line.rule.grouping is not None or check.index < 0 or check.kind != "fact":
        return None
    condition = line.rule.conditions[check.index]
    then = _granted(runner, line, check.label)
    if then is None or not then.possible:
        return None
    needs = requirement(runner.compiler, condition.term, line.env) or condition.label
    day = on_which_day(runner, condition.term, line)
    low = then.paid_low if then.verdict is True else then.low
    return Step(check.label, needs, low, then.paid_high, day)


def _granted(runner: Runner, line: Line, label: str) -> Line | None:
    """The line as it would be if the condition were met."""
    facts = runner.facts
    copy = Facts(facts.vocabulary, facts.tables, facts.coverage, facts.on, facts.assume,
                 frozenset({label}))  # fmt: skip
    copy._index, copy._closed = facts._index, facts._closed
    again = Runner(copy)
    again.scope.verdicts = dict(runner.scope.verdicts)  # this run writes its own
    if line.row is None or line.rule.thresholds:
        return None
    lines = again.run(line.rule, frozenset({line.row})).lines
    if len(lines) > 1:  # a schedule: its whole sum stands for it
        first = lines[0]
        first.paid_low = sum(each.paid_low for each in lines)
        highs = [each.paid_high for each in lines]
        first.paid_high = None if None in highs else sum(h for h in highs if h is not None)
        return first
    return lines[0] if lines else None


def _threshold(runner: Runner, line: Line, check: Check) -> Step | None:
    threshold = next(x for x in line.rule.thresholds if x.label == check.label)
    if line.counts is None:
        return None
    short = threshold.least - line.counts[0]
    if line.rule.amount is None:
        return None
    worth = compile_amount(runner.compiler, line.rule.amount)(line.env, Counts())
    needs = f"再有 {short} {threshold.unit}即满 {threshold.least} {threshold.unit}"
    return Step(check.label, needs, worth.low, worth.high)


def _amount(compiler: Compiler, line: Line, check: Check) -> Step | None:
    """What the nearest paying count or code would bring."""
    amount = line.rule.amount
    if amount is None:
        return None
    if line.rule.grouping is not None and line.counts is not None:
        figures = sorted({(p.figure, p.persons) for p in _per_counts(amount) if p.mode == "once"})
        for figure, persons in figures:
            have = line.counts[2] if persons else line.counts[0]
            if have < figure:
                counts = Counts((figure, figure), (figure, figure))
                worth = compile_amount(compiler, amount)(line.env, counts)
                unit = "人" if persons else line.rule.unit_noun
                needs = f"再有 {figure - have} {unit}即满 {figure} {unit}"
                return Step(check.label, needs, worth.low, worth.high)
        return None
    if isinstance(amount, a.ByCode):
        return _by_code(compiler, line, amount, check)
    return None


def _by_code(compiler: Compiler, line: Line, amount: a.ByCode, check: Check) -> Step | None:
    codes = compiler.vocabulary.codes[amount.term.type.name]
    value = compiler.fn(amount.term)(line.env)
    if not codes.ordered or value not in codes.codes:
        return None
    ladder = list(codes.codes)
    for code in ladder[ladder.index(value) + 1 :]:
        for names, row in amount.rows:
            if code in names:
                worth = compile_amount(compiler, row)(line.env, Counts())
                if worth.pays is True:
                    needs = f"{codes.label}达到{code}（现为{value}）"
                    return Step(check.label, needs, worth.low, worth.high)
    return None


def _per_counts(amount: a.Amount) -> list[a.PerCount]:
    if isinstance(amount, a.PerCount):
        return [amount]
    if isinstance(amount, a.Added):
        return [found for _, row in amount.rows for found in _per_counts(row)]
    return []


def one_more(compiler: Compiler, line: Line) -> tuple[int, int | None] | None:
    """What one more row of the group would add (fen), before limits; None when nothing."""
    if line.rule.grouping is None or line.counts is None or line.rule.amount is None:
        return None
    low, high, people, _ = line.counts
    if high is None:
        return None
    fn = compile_amount(compiler, line.rule.amount)
    now = fn(line.env, Counts((low, low), (people, people)))
    then = fn(line.env, Counts((low + 1, low + 1), (people + 1, people + 1)))
    if then.high is None or now.high is None or then.high == now.high:
        return None
    return then.low - now.low, then.high - now.high


def requirement(compiler: Compiler, term: t.Term, env: list[Any]) -> str:
    """`高级工及以上（现为中级工）` for the part of a condition that is false."""
    vocabulary = compiler.vocabulary
    for part in t.conjuncts(term):
        if compiler.fn(part)(env) is not False:
            continue
        if isinstance(part, t.Comparison) and isinstance(part.right, t.Const):
            now = show_value(vocabulary, part.left.type, compiler.fn(part.left)(env))
            kind = part.right.type
            if kind.kind == "quantity" and isinstance(part.right.value, int):
                wanted = show_quantity(kind, part.right.value)
            else:
                wanted = show_value(vocabulary, part.left.type, part.right.value)
            if part.op == "is not":
                return f"不是{wanted}"
            return f"{wanted}{OPERATORS.get(part.op, '')}（现为{now}）"
        if isinstance(part, t.InValues) and not part.negated:
            now = show_value(vocabulary, part.inner.type, compiler.fn(part.inner)(env))
            return f"{'、'.join(str(v) for v in part.values)}之一（现为{now}）"
        if isinstance(part, t.InRegion) and isinstance(part.region, t.Const):
            now = show_value(vocabulary, part.inner.type, compiler.fn(part.inner)(env))
            place = vocabulary.regions.name(str(part.region.value))
            return f"{'不在' if part.negated else '在'}{place}（现为{now}）"
    return ""


def on_which_day(runner: Runner, term: t.Term, line: Line) -> dt.date | None:
    """The first day on which time alone makes a condition true, if running spells run on."""
    facts = runner.facts
    if facts.on is None:
        return None
    for part in t.walk(term):
        if not isinstance(part, t.Comparison) or not isinstance(part.right, t.Const):
            continue
        months = next((x for x in t.walk(part.left) if isinstance(x, t.MonthsInRow)), None)
        if months is None or part.op not in (">=", ">") or not isinstance(part.right.value, int):
            continue
        begin = runner.compiler.fn(months.begin)(line.env)
        if not isinstance(begin, dt.date):
            continue
        wanted = part.right.value + (part.op == ">")
        day = add_months(begin, wanted) - dt.timedelta(days=1)
        if day > facts.on and _true_on(runner, term, line, day):
            return day
    return None


def _true_on(runner: Runner, term: t.Term, line: Line, day: dt.date) -> bool:
    facts = runner.facts
    later = Facts(facts.vocabulary, facts.tables, facts.coverage, day, facts.assume)
    later._index = facts._index
    env = list(line.env)
    env[t.SCOPE] = Scope(later, runner.scope.verdicts)
    return runner.compiler.fn(term)(env) is True
