"""The short sentences of a block: amounts, limits, thresholds, shares, target values.

amount    undetermined | not paid | set by STANDARD | same as ID | bound [tail]
bound     money | up to money | at least money | money to money
tail      when expr | once quantity | beyond quantity
limit     once per keys | at most Q per keys | highest per keys | difference per keys
threshold at least N unit [ignoring 「label」…] per keys
share     [up to] N % to path
value     [striving for] [about | at least | more than | at most] quantity [to quantity]
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from tiaowen.language.expressions import Parser
from tiaowen.language.syntax import Expr, Number, Path, Span
from tiaowen.problems import Spot

NOWHERE = Span(0, 0)


@dataclass(frozen=True, slots=True)
class AmountSentence:
    """kind: undetermined, not paid, set by, same as, exactly, up to, at least, between."""

    kind: str
    low: Expr | None = None
    high: Expr | None = None
    name: str = ""
    when: Expr | None = None
    once: Number | None = None
    beyond: Number | None = None
    plus: Number | None = None
    plus_when: Expr | None = None
    span: Span = NOWHERE


@dataclass(frozen=True, slots=True)
class DeadlineSentence:
    """`12 个月 of certificate.issued_on`"""

    within: Number
    of: Path


@dataclass(frozen=True, slots=True)
class LimitSentence:
    """kind: once, at most, highest, difference."""

    kind: str
    most: Number | None
    keys: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class ThresholdSentence:
    least: Number
    ignoring: tuple[str, ...]
    keys: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class ShareSentence:
    up_to: bool
    percent: Number
    to: Path


@dataclass(frozen=True, slots=True)
class TargetValue:
    """qualifier: exactly, about, at least, more than, at most, undetermined."""

    striving: bool
    qualifier: str
    low: Number | None
    high: Number | None


def parse_amount(text: str, spot: Spot) -> AmountSentence:
    parser = Parser(text, spot)
    sentence = _amount(parser)
    parser.finish()
    return sentence


def _amount(parser: Parser) -> AmountSentence:
    span = Span(0, len(parser.text))
    if parser.accept("undetermined"):
        return _tail(parser, AmountSentence("undetermined", span=span))
    if parser.accept("not", "paid"):
        return _tail(parser, AmountSentence("not paid", span=span))
    if parser.accept("set", "by"):
        if parser.now.kind not in ("value", "quoted", "name"):
            parser.fail(expected="标准的名称‖the name of a standard")
        return _tail(parser, AmountSentence("set by", name=parser.take().text.strip("「」"), span=span))
    if parser.accept("same", "as"):
        if parser.now.kind != "name":
            parser.fail(expected="块的 id‖the id of a block")
        return AmountSentence("same as", name=parser.take().text, span=span)
    if parser.is_word("at", "most"):
        parser.fail("at-most-in-amount")
    if parser.accept("up", "to"):
        return _tail(parser, AmountSentence("up to", high=parser.sum(), span=span))
    if parser.accept("at", "least"):
        return _tail(parser, AmountSentence("at least", low=parser.sum(), span=span))
    low = parser.sum()
    if parser.accept("to"):
        high = parser.sum()
        if isinstance(low, Number) and isinstance(high, Number) and not low.unit:
            low = Number(low.digits, low.scale or high.scale, high.unit, low.span)
        return _tail(parser, AmountSentence("between", low=low, high=high, span=span))
    return _tail(parser, AmountSentence("exactly", low=low, high=low, span=span))


def _tail(parser: Parser, found: AmountSentence) -> AmountSentence:
    when: Expr | None = None
    once: Number | None = None
    beyond: Number | None = None
    plus: Number | None = None
    plus_when: Expr | None = None
    if parser.accept("plus"):
        plus = parser.number()
        if plus.unit != "%":
            parser.fail(expected="%")
        if not parser.accept("when"):
            parser.fail(expected="“when”")
        plus_when = parser.expression()
    if parser.accept("once"):
        once = parser.number()
    elif parser.accept("beyond"):
        beyond = parser.number()
    if parser.accept("when"):
        when = parser.expression()
    return replace(found, when=when, once=once, beyond=beyond, plus=plus, plus_when=plus_when)


def _keys(parser: Parser) -> tuple[Path, ...]:
    if not parser.accept("per"):
        parser.fail(expected="“per”")
    keys = [parser.path()]
    while parser.accept("and"):
        keys.append(parser.path())
    return tuple(keys)


def parse_limit(text: str, spot: Spot) -> LimitSentence:
    parser = Parser(text, spot)
    if parser.accept("once"):
        found = LimitSentence("once", None, _keys(parser))
    elif parser.accept("highest"):
        found = LimitSentence("highest", None, _keys(parser))
    elif parser.accept("difference"):
        found = LimitSentence("difference", None, _keys(parser))
    elif parser.accept("at", "most"):
        most = parser.number()
        found = LimitSentence("at most", most, _keys(parser))
    else:
        parser.fail("limit-start")
        raise AssertionError
    if parser.is_sign(","):
        parser.take()
        if not parser.accept("earliest", "first"):
            parser.fail(expected="“earliest first”")
    parser.finish()
    return found


def parse_deadline(text: str, spot: Spot) -> DeadlineSentence:
    parser = Parser(text, spot)
    within = parser.number()
    if not parser.accept("of"):
        parser.fail(expected="“of”")
    path = parser.path()
    parser.finish()
    return DeadlineSentence(within, path)


def parse_threshold(text: str, spot: Spot) -> ThresholdSentence:
    parser = Parser(text, spot)
    if not parser.accept("at", "least"):
        parser.fail(expected="“at least”")
    least = parser.number()
    ignoring: list[str] = []
    if parser.accept("ignoring"):
        while parser.now.kind in ("quoted", "value"):
            ignoring.append(parser.take().text.strip("「」"))
        if not ignoring:
            parser.fail(expected="「条件的标签」‖「the label of a condition」")
    keys = _keys(parser)
    parser.finish()
    return ThresholdSentence(least, tuple(ignoring), keys)


def parse_share(text: str, spot: Spot) -> ShareSentence:
    parser = Parser(text, spot)
    up_to = parser.accept("up", "to")
    percent = parser.number()
    if percent.unit != "%":
        parser.fail(expected="百分数，如 20 %‖a percentage, e.g. 20 %")
    if not parser.accept("to"):
        parser.fail(expected="“to”")
    path = parser.path()
    parser.finish()
    return ShareSentence(up_to, percent, path)


def parse_target_value(text: str, spot: Spot) -> TargetValue:
    parser = Parser(text, spot)
    if parser.accept("undetermined"):
        parser.finish()
        return TargetValue(False, "undetermined", None, None)
    striving = parser.accept("striving", "for")
    qualifier = "exactly"
    for words in (("about",), ("at", "least"), ("more", "than"), ("at", "most")):
        if parser.accept(*words):
            qualifier = " ".join(words)
            break
    low = parser.number()
    high: Number | None = None
    if parser.accept("to"):
        high = parser.number()
        if not low.unit:
            low = Number(low.digits, low.scale or high.scale, high.unit, low.span)
    parser.finish()
    return TargetValue(striving, qualifier, low, high)


def parse_path(text: str, spot: Spot) -> Path:
    """A scalar that must be one path and nothing else."""
    parser = Parser(text, spot)
    found = parser.path()
    parser.finish()
    return found


def parse_number(text: str, spot: Spot) -> Number:
    parser = Parser(text, spot)
    found = parser.number()
    parser.finish()
    return found
