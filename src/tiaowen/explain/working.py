"""How an amount was worked out, row by row, in words."""

from __future__ import annotations

from typing import Any

from tiaowen.evaluate.amounts import Counts, compile_amount
from tiaowen.evaluate.expressions import Compiler
from tiaowen.evaluate.lines import Line
from tiaowen.explain.show import show_interval, show_value
from tiaowen.plan import amounts as a
from tiaowen.plan import terms as t


def working(compiler: Compiler, lines: list[Line]) -> list[str]:
    """The steps from the clause's figures to the sum that is left."""
    rule = lines[0].rule
    steps: list[str] = []
    for line in lines[:1]:
        amount = _amount_of(line)
        if amount is not None:
            steps += _describe(compiler, amount, line.env, _counts(line), rule.unit_noun)
    if len(lines) > 1:
        steps += _periods(lines)
    for line in lines:
        for label, how in line.fallen:
            said = f"{label}：{_how(how)}"
            if said not in steps:
                steps.append(said)
    low = sum(line.paid_low for line in lines)
    highs = [line.paid_high for line in lines]
    high = None if None in highs else sum(h for h in highs if h is not None)
    steps.append(f"合计 {show_interval(low, high)}")
    return steps


def _amount_of(line: Line) -> a.Amount | None:
    for instalment in line.rule.instalments:
        if instalment.label == line.part:
            return instalment.amount
    return line.rule.amount


def _counts(line: Line) -> Counts:
    if line.rule.grouping is None or line.counts is None:
        return Counts()
    low, high, people_low, people_high = line.counts
    return Counts((low, high), (people_low, people_high))


def _periods(lines: list[Line]) -> list[str]:
    """`36 期，每期 1,000 元`, one row per run of equal periods."""
    found: list[str] = []
    start = 0
    for at in range(1, len(lines) + 1):
        same = at < len(lines) and (lines[at].paid_low, lines[at].paid_high) == (
            lines[start].paid_low, lines[start].paid_high,
        )  # fmt: skip
        if same:
            continue
        first, last, count = lines[start], lines[at - 1], at - start
        when = f"{first.begin} 至 {last.end}" if first.begin and last.end else first.part
        each = show_interval(first.paid_low, first.paid_high)
        name = first.part if first.part and not first.part[0].isdigit() else f"{count} 期"
        found.append(f"{name}（{when}）：每期 {each}" if count > 1 else f"{name}（{when}）：{each}")
        start = at
    return found


_HOW = {
    "used up": "名额已用完，本笔不付",
    "may be used up": "名额可能已用完",
    "not all rows known": "登记不全，名额可能已用完",
    "capped": "到封顶为止",
    "may be capped": "可能受封顶限制",
    "not the highest": "只付最高一笔，本笔不付",
    "may not be the highest": "只付最高一笔，本笔未必最高",
    "nothing beyond the earlier one": "不超过前一笔，不再补差",
    "difference": "只补差额",
}


def _how(how: str) -> str:
    if how.startswith("excluded by "):
        return f"与 {how.removeprefix('excluded by ')} 不重复享受，本笔不付"
    if how.startswith("may be excluded by "):
        return f"与 {how.removeprefix('may be excluded by ')} 不重复享受，可能不付"
    return _HOW.get(how, how)


def _describe(compiler: Compiler, amount: a.Amount, env: list[Any], counts: Counts, noun: str) -> list[str]:
    worth = compile_amount(compiler, amount)(env, counts)
    vocabulary = compiler.vocabulary
    match amount:
        case a.Added(rows):
            found = []
            for label, row in rows:
                found += [f"{label}：{step}" for step in _describe(compiler, row, env, counts, noun)]
            return found
        case a.ByCode(term, _, _, name):
            value = compiler.fn(term)(env)
            shown = show_value(vocabulary, term.type, value)
            return [f"{_label(compiler, term) or name} {shown} → {show_interval(worth.low, worth.high)}"]
        case a.FirstTrue():
            return [f"{worth.why} → {show_interval(worth.low, worth.high)}"]
        case a.PerCount(inner, mode, figure, persons):
            low, high = counts.persons if persons else counts.rows
            unit = "人" if persons else noun
            count = f"{low}" if low == high else f"{low}–{'…' if high is None else high}"
            each = compile_amount(compiler, inner)(env, counts)
            one = show_interval(each.low, each.high)
            total = show_interval(worth.low, worth.high)
            if mode == "once":
                return [f"{count} {unit}，满 {figure} {unit} 得 {one} → {total}"]
            beyond = f"超出 {figure} {unit} 的部分" if mode == "beyond" else "每" + unit
            return [f"{count} {unit}，{beyond} × {one} → {total}"]
        case a.StandardRate(_, label):
            known = "标准未公布" if worth.high is None else show_interval(worth.low, worth.high)
            return [f"按{label}：{known}"]
    return [show_interval(worth.low, worth.high)]


def _label(compiler: Compiler, term: t.Term) -> str:
    vocabulary = compiler.vocabulary
    if isinstance(term, t.Column):
        return vocabulary.tables[term.table].columns[term.column].label
    if isinstance(term, t.Stated) and isinstance(term.stated, t.Column):
        for column in vocabulary.tables[term.stated.table].columns.values():
            if column.derived is not None and column.derived.stated_by == term.stated.column:
                return column.label
    return ""
