"""Schedules and instalments of a benefit."""

from __future__ import annotations

from tiaowen.check.amounts import PERIODS, AmountReader
from tiaowen.check.context import BlockRefused, Lowering
from tiaowen.check.typer import Typer
from tiaowen.language.blocks import Block
from tiaowen.language.expressions import ExpressionError
from tiaowen.language.sentences import parse_number
from tiaowen.language.yamltext import Mapping, Node, Scalar
from tiaowen.plan import terms as t
from tiaowen.plan.rules import Instalment, Joined, Schedule
from tiaowen.problems import Spot
from tiaowen.vocabulary.units import UnitError

KEYS = {"every", "from", "until", "at most", "part months", "past expiry", "while", "spread"}
PARTS = ("count", "drop", "by day", "undetermined")


def read_schedule(lowering: Lowering, typer: Typer, block: Block, joined: tuple[Joined, ...]) -> Schedule | None:
    """The schedule of a block, or None.  Raises BlockRefused after recording why."""
    node = block.body.get("schedule")
    if node is None:
        return None
    if not isinstance(node, Mapping):
        lowering.refuse("not-a-map", block.spot("schedule", node), key="schedule")
        raise AssertionError
    for key in node.entries:
        if key not in KEYS:
            lowering.refuse("unknown-key", block.spot(f"schedule · {key}", node.keys[key]), key=key,
                            hint="", known="、".join(sorted(KEYS)))  # fmt: skip
    every, spread = _period(lowering, block, node)
    if "from" not in node.entries:
        lowering.refuse("missing-key", block.spot("schedule"), key="from")
    begin = _date(lowering, typer, block, node.entries["from"], "from")
    until = _date(lowering, typer, block, node.entries["until"], "until") if "until" in node.entries else None
    most = _most(lowering, block, node, every)
    if until is None and most is None and not spread:
        lowering.refuse("schedule-open", block.spot("schedule"))
    part = _choice(lowering, block, node, "part months", PARTS, "drop")
    past = _choice(lowering, block, node, "past expiry", ("continue", "stop"), "continue")
    typer.in_schedule = True
    try:
        slots = frozenset(j.slot for j in joined)
        conditions = lowering.conditions(typer, block, node.get("while"), slots, "schedule · while")
    finally:
        typer.in_schedule = False
    return Schedule(every, begin, until, most, part, past, conditions, spread)


def _period(lowering: Lowering, block: Block, node: Mapping) -> tuple[str, int]:
    spread = node.get("spread")
    if isinstance(spread, Scalar):
        words = spread.text.split(" over ")
        spot = block.spot("schedule · spread", spread)
        if len(words) != 2 or words[0] != "yearly":
            lowering.refuse("spread-form", spot)
        months = _months(lowering, words[1], spot)
        if months % 12:
            lowering.refuse("spread-form", spot)
        return "year", months // 12
    every = _choice(lowering, block, node, "every", ("month", "year", "day"), "")
    return every, 0


def _choice(lowering: Lowering, block: Block, node: Mapping, key: str, known: tuple[str, ...], default: str) -> str:
    value = node.get(key)
    text = value.text if isinstance(value, Scalar) else ""
    if not text and default:
        return default
    if text not in known:
        lowering.refuse("choice", block.spot(f"schedule · {key}", value), found=text or "—",
                        known="、".join(known))  # fmt: skip
    return text


def _date(lowering: Lowering, typer: Typer, block: Block, node: Node, key: str) -> t.Term:
    term = lowering.term(typer, block, f"schedule · {key}", node)
    if term.type.kind != "date":
        lowering.refuse("types-differ", block.spot(f"schedule · {key}", node), left="date",
                        right=term.type.words)  # fmt: skip
    return term


def _months(lowering: Lowering, text: str, spot: Spot) -> int:
    try:
        figure = lowering.vocabulary.units.figure(parse_number(text, spot))
    except ExpressionError as error:
        lowering.problems.append(error.problem)
        raise BlockRefused from error
    except UnitError as error:
        lowering.say(error.code, spot, **error.values)
        raise BlockRefused from error
    if figure.dimension != "months":
        lowering.refuse("limit-unit", spot, found=text, every="month、year")
    return figure.value


def _most(lowering: Lowering, block: Block, node: Mapping, every: str) -> int | None:
    value = node.get("at most")
    if not isinstance(value, Scalar):
        return None
    spot = block.spot("schedule · at most", value)
    if every == "day":
        try:
            figure = lowering.vocabulary.units.figure(parse_number(value.text, spot))
        except ExpressionError as error:
            lowering.problems.append(error.problem)
            raise BlockRefused from error
        if figure.dimension != "days":
            lowering.refuse("limit-unit", spot, found=value.text, every=every)
        return figure.value
    months = _months(lowering, value.text, spot)
    size = 12 if every == "year" else 1
    if months % size:
        lowering.refuse("limit-unit", spot, found=value.text, every=every)
    return months // size


def read_instalments(lowering: Lowering, typer: Typer, block: Block, amounts: AmountReader) -> tuple[Instalment, ...]:
    """Payments each with a due date, conditions of its own and an amount."""
    node = block.body.get("instalments")
    if not isinstance(node, Mapping) or not node.entries:
        lowering.refuse("not-a-map", block.spot("instalments", node), key="instalments")
        raise AssertionError
    found = []
    for label, inner in node:
        key = f"instalments · {label}"
        if not isinstance(inner, Mapping):
            lowering.refuse("not-a-map", block.spot(key, inner), key=label)
            raise AssertionError
        for needed in ("due", "amount"):
            if needed not in inner.entries:
                lowering.refuse("missing-key", block.spot(key, inner), key=needed)
        for extra in set(inner.entries) - {"due", "amount", "where"}:
            lowering.refuse("unknown-key", block.spot(key, inner), key=extra, hint="",
                            known="due、where、amount")  # fmt: skip
        due = lowering.term(typer, block, f"{key} · due", inner.entries["due"])
        if due.type.kind != "date":
            lowering.refuse("types-differ", block.spot(key, inner.entries["due"]), left="date",
                            right=due.type.words)  # fmt: skip
        conditions = lowering.conditions(typer, block, inner.get("where"), frozenset(), f"{key} · where")
        amounts.key = f"{key} · amount"
        found.append(Instalment(label, due, conditions, amounts.read(inner.entries["amount"])))
    return tuple(found)


__all__ = ["PERIODS", "read_instalments", "read_schedule"]
