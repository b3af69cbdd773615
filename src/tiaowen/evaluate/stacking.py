"""How benefits that pay the same thing add up or exclude each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tiaowen.evaluate.bound import Bound
from tiaowen.evaluate.expressions import Compiler
from tiaowen.evaluate.limits import money_limit
from tiaowen.evaluate.lines import Line, Result, plus
from tiaowen.evaluate.program import program_of
from tiaowen.plan import terms as t
from tiaowen.plan.rules import Rule, Stacking
from tiaowen.plan.together import may_exclude


def roles(compiler: Compiler, line: Line) -> dict[str, Any]:
    """Payee, beneficiary (default payee) and applicant (default payee) of a line."""
    rule: Rule = line.rule
    program = program_of(compiler, rule)
    payee = program.pays(line.env) if program.pays is not None else rule.pays
    beneficiary = program.beneficiary(line.env) if program.beneficiary is not None else payee
    applicant = program.applicant(line.env) if program.applicant is not None else payee
    return {"payee": payee, "beneficiary": beneficiary, "applicant": applicant}


def apply_stackings(compiler: Compiler, stackings: Iterable[Stacking], results: Mapping[str, Result]) -> None:
    """Apply each stacking of a document, in file order, to the lines that limits left."""
    for stacking in stackings:
        if not stacking.across:
            _apply(compiler, stacking, results)


def apply_across(compiler: Compiler, stacking: Stacking, results: Mapping[str, Result]) -> None:
    """Apply a stacking that names benefits of other documents (`document#id`).

    `results` is keyed as `between` is written.
    """
    _apply(compiler, stacking, results)


def _apply(compiler: Compiler, stacking: Stacking, results: Mapping[str, Result]) -> None:
    members = [name for name in stacking.between if name in results]
    if len(members) < 2:
        return
    before = {name: _left(results[name]) for name in members}
    found: dict[tuple[Any, ...], dict[str, list[Line]]] = {}
    live: dict[str, list[Line]] = {}
    strays: dict[str, list[Line]] = {}
    for name in members if stacking.rule != "all are paid" else ():  # then nothing excludes
        for line in results[name].lines:
            if not line.possible:
                continue
            key = key_of(compiler, line, stacking.keys.get(name, ()))
            if key is None:
                continue
            live.setdefault(name, []).append(line)
            if _is_partial(key):
                strays.setdefault(name, []).append(line)
            else:
                found.setdefault(key, {}).setdefault(name, []).append(line)
    _doubt(stacking, members, live, strays)
    for by_name in found.values():
        if len(by_name) > 1:
            _exclude(stacking, [(n, by_name[n]) for n in members if n in by_name])
    _caps(compiler, stacking, members, results)
    for name in members:
        results[name].stacked |= _left(results[name]) != before[name]


def _left(result: Result) -> list[tuple[int, int | None]]:
    return [(line.paid_low, line.paid_high) for line in result.lines]


def key_of(compiler: Compiler, line: Line, words: tuple[Any, ...]) -> tuple[Any, ...] | None:
    if not words:
        return None
    before = line.env[t.PERIOD]
    line.env[t.PERIOD] = line.begin or line.env[t.EVENT_DATE]
    who = roles(compiler, line)
    key = tuple(who[word] if isinstance(word, str) else compiler.fn(word)(line.env) for word in words)
    line.env[t.PERIOD] = before
    return key


def _is_partial(key: tuple[Any, ...]) -> bool:
    """Whether it is not known what the line stands for: it may be the same thing as any other."""
    return any(part is None or isinstance(part, Bound) for part in key)


def _doubt(stacking: Stacking, members: list[str], live: dict[str, list[Line]], strays: dict[str, list[Line]]) -> None:
    """A line of an unknown key may exclude, or be excluded by, whatever the other members pay."""
    for at, name in enumerate(members):
        others = [other for n, other in enumerate(members) if may_exclude(stacking, n, at)]
        apart = {id(line) for line in strays.get(name, ())}
        for line in live.get(name, ()):
            rivals = live if id(line) in apart else strays
            first = next((other for other in others if other in rivals), "")
            if first:
                line.doubt(stacking.id, f"may be excluded by {first}")


def _span(lines: list[Line]) -> tuple[int, int | None, bool]:
    low = sum(line.paid_low for line in lines if line.sure)
    high: int | None = 0
    for line in lines:
        high = plus(high, line.paid_high)
    return low, high, any(line.sure for line in lines)


def _exclude(stacking: Stacking, members: list[tuple[str, list[Line]]]) -> None:
    spans = [_span(lines) for _, lines in members]
    if stacking.rule == "difference only":
        _difference(stacking, members, spans)
        return
    ordered = stacking.rule == "in this order"
    for at, (_, lines) in enumerate(members):
        _, mine_high, _ = spans[at]
        mine_low = spans[at][0]
        beaten = doubtful = ""
        for other, (low, high, sure) in enumerate(spans):
            if other == at:
                continue
            name = members[other][0]
            first = other < at
            if ordered:
                if first and sure:
                    beaten = name
                elif first:
                    doubtful = name
                continue
            if mine_high is not None and sure and (low > mine_high or (first and low >= mine_high)):
                beaten = name
            elif high is None or high > mine_low or (first and high >= mine_low):
                doubtful = name
        for line in lines:
            if beaten:
                line.fall(stacking.id, f"excluded by {beaten}")
            elif doubtful:
                line.doubt(stacking.id, f"may be excluded by {doubtful}")


def _difference(
    stacking: Stacking, members: list[tuple[str, list[Line]]],
    spans: list[tuple[int, int | None, bool]],
) -> None:  # fmt: skip
    top_low = 0
    top_high: int | None = 0
    for (_, lines), (low, high, _) in zip(members, spans, strict=True):
        cut_low, cut_high = top_low, top_high
        for line in lines:
            line_low, line_high = line.paid_low, line.paid_high
            line.paid_high = None if line_high is None else max(0, line_high - cut_low)
            line.paid_low = 0 if cut_high is None else max(0, line_low - cut_high)
            line.doubted |= line.paid_low == 0 and cut_high != 0
            if (line.paid_low, line.paid_high) != (line_low, line_high):
                line.fallen.append((stacking.id, "difference"))
            cut_low = max(0, cut_low - line_low)
            cut_high = None if cut_high is None or line_high is None else max(0, cut_high - line_high)
        top_low = max(top_low, low)
        top_high = None if top_high is None or high is None else max(top_high, high)


def _caps(compiler: Compiler, stacking: Stacking, members: list[str], results: Mapping[str, Result]) -> None:
    for cap in stacking.limits:
        if cap.kind != "money":
            continue
        found: dict[tuple[Any, ...], list[Line]] = {}
        strays: list[tuple[tuple[Any, ...], list[Line]]] = []
        for name in members:
            for line in results[name].lines:
                if line.possible:
                    key = key_of(compiler, line, stacking.limit_keys.get(name, {}).get(cap.label, ()))
                    if key is not None and _is_partial(key):
                        strays.append((key, [line]))
                    elif key is not None:
                        found.setdefault(key, []).append(line)
        whole = not strays  # else each of them may use up what is there for any other
        for key, lines in [*found.items(), *strays]:
            money_limit((key, sorted(lines, key=lambda each: (each.order[0], str(each.order[1:]))),
                         whole), cap.most, cap.label)  # fmt: skip
