"""Limits under unknowns, held against every way the unknowns can turn out.

A group is small enough to try all of it: each unknown verdict both ways, each
amount at both ends and in between.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tiaowen.evaluate.facts import Row
from tiaowen.evaluate.limits import count_limit, difference_limit, groups, highest_limit, money_limit
from tiaowen.evaluate.lines import Line, Total
from tiaowen.language.blocks import read_blocks
from tiaowen.plan.rules import Rule

SPOT = read_blocks("", "none.md").front_spot("document")
RULE = Rule("a", "benefit", "", "", "", "certificate", None, (), SPOT)


@dataclass(frozen=True)
class Sketch:
    """One line: its verdict, and fen from `low` to `low + width` (None: open)."""

    verdict: bool | None
    low: int
    width: int | None

    @property
    def high(self) -> int | None:
        return None if self.width is None else self.low + self.width

    def ways(self) -> Iterator[int | None]:
        """Each amount that it can turn out to have; None: it is not payable."""
        if self.verdict is not True:
            yield None
        if self.verdict is not False:
            yield from range(self.low, self.low + (2 if self.width is None else self.width) + 1)


SKETCHES = st.lists(
    st.builds(Sketch, st.sampled_from([True, True, None, None, False]), st.integers(0, 3), st.integers(0, 2)),
    max_size=4,
)
WORTH = st.lists(  # each worth something, so that "paid nothing" means that a limit took it
    st.builds(Sketch, st.sampled_from([True, True, None, None, False]), st.integers(1, 3), st.integers(0, 2)),
    max_size=4,
)
OPEN = st.lists(
    st.builds(Sketch, st.sampled_from([True, None]), st.integers(0, 3), st.sampled_from([0, 1, None])), max_size=4
)


def lines_of(sketches: list[Sketch]) -> list[Line]:
    made = []
    for n, sketch in enumerate(sketches):
        line = Line(
            RULE, Row("certificate", f"r{n}", {}), (), None, [], sketch.verdict, [], sketch.low, sketch.high, order=(n,)
        )
        line.paid_low = sketch.low if sketch.verdict is True else 0
        line.paid_high = sketch.high if sketch.verdict is not False else 0
        made.append(line)
    return made


# What each limit does when everything is known: amounts in order (None: not payable) → what is paid.
Known = Callable[[list[int | None], list[bool], int], list[int]]


def first_few(amounts: list[int | None], worth: list[bool], most: int) -> list[int]:
    paid, taken = [], 0
    for amount, counts in zip(amounts, worth, strict=True):
        pays = amount is not None and taken < most
        paid.append(amount if pays and amount is not None else 0)
        taken += amount is not None and counts
    return paid


def capped(amounts: list[int | None], worth: list[bool], cap: int) -> list[int]:
    paid: list[int] = []
    for amount in amounts:
        paid.append(min(amount or 0, cap - sum(paid)))
    return paid


def only_highest(amounts: list[int | None], worth: list[bool], most: int) -> list[int]:
    top = max((amount for amount in amounts if amount is not None), default=0)
    first = next((n for n, amount in enumerate(amounts) if amount == top and amount is not None), None)
    return [top if n == first else 0 for n in range(len(amounts))]


def only_more(amounts: list[int | None], worth: list[bool], most: int) -> list[int]:
    paid, top = [], 0
    for amount in amounts:
        paid.append(max(0, (amount or 0) - top))
        top = max(top, amount or 0)
    return paid


def engine(kind: str, lines: list[Line], most: int, closed: bool = True) -> Total:
    group = ((), lines, closed)
    if kind == "count":
        return count_limit(group, most, kind)
    if kind == "money":
        return money_limit(group, most, kind)
    return highest_limit(group, kind) if kind == "highest" else difference_limit(group, kind)


KNOWN: dict[str, Known] = {"count": first_few, "money": capped, "highest": only_highest, "difference": only_more}
KINDS = st.sampled_from(sorted(KNOWN))


def outcomes(kinds: list[tuple[str, int]], sketches: list[Sketch]) -> Iterator[list[int]]:
    """What is paid line by line, for each way the unknowns can turn out, after the limits in order."""
    worth = [sketch.high != 0 for sketch in sketches]  # a line of nothing takes nobody's place
    for amounts in itertools.product(*(list(sketch.ways()) for sketch in sketches)):
        left = list(amounts)
        for kind, most in kinds:
            paid = KNOWN[kind](left, worth, most)
            left = [pay if was is not None and pay else None for was, pay in zip(left, paid, strict=True)]
        yield [pay or 0 for pay in left]


@settings(max_examples=400)
@given(KINDS, SKETCHES, st.integers(1, 7))
@example("count", [Sketch(True, 0, 1), Sketch(None, 0, 2), Sketch(True, 0, 2)], 2)  # the first takes its place
def test_the_total_of_a_limit_is_exact(kind: str, sketches: list[Sketch], most: int) -> None:
    total = engine(kind, lines_of(sketches), most)
    sums = [sum(paid) for paid in outcomes([(kind, most)], sketches)]
    assert (total.low, total.high) == (min(sums), max(sums))


@settings(max_examples=400)
@given(KINDS, SKETCHES, st.integers(1, 7))
def test_no_line_is_paid_outside_its_bounds(kind: str, sketches: list[Sketch], most: int) -> None:
    lines = lines_of(sketches)
    engine(kind, lines, most)
    for paid in outcomes([(kind, most)], sketches):
        for line, pay in zip(lines, paid, strict=True):
            assert line.paid_low <= pay <= (line.paid_high or 0), (lines, paid)


@settings(max_examples=400)
@given(st.lists(st.tuples(KINDS, st.integers(1, 7)), min_size=2, max_size=3), WORTH)
def test_limits_in_order_leave_every_outcome_inside_their_bounds(
    limits: list[tuple[str, int]], sketches: list[Sketch]
) -> None:
    lines = lines_of(sketches)
    total = [engine(kind, lines, most) for kind, most in limits][-1]
    for paid in outcomes(limits, sketches):
        assert total.low <= sum(paid) <= (total.high or 0)
        for line, pay in zip(lines, paid, strict=True):
            assert line.paid_low <= pay <= (line.paid_high or 0)


@settings(max_examples=200)
@given(KINDS, OPEN, st.integers(1, 7))
def test_an_open_amount_leaves_the_total_open_or_stops_it_at_the_cap(
    kind: str, sketches: list[Sketch], most: int
) -> None:
    total = engine(kind, lines_of(sketches), most)
    reachable = max((sum(paid) for paid in outcomes([(kind, most)], sketches)), default=0)
    assert total.high is None or total.high >= reachable
    if kind == "money":
        assert total.high is not None
        assert total.high <= most
    least = min(sum(paid) for paid in outcomes([(kind, most)], sketches))
    assert total.low == least


@settings(max_examples=200)
@given(KINDS, SKETCHES, st.integers(1, 7), SKETCHES)
def test_rows_that_nobody_knows_of_make_nothing_sure_and_add_nothing(
    kind: str, sketches: list[Sketch], most: int, unseen: list[Sketch]
) -> None:
    lines = lines_of(sketches)
    total = engine(kind, lines, most, closed=False)
    assert total.low == 0
    for paid in outcomes([(kind, most)], [*unseen, *sketches]):  # they may have come first
        for line, pay in zip(lines, paid[len(unseen) :], strict=True):
            assert line.paid_low <= pay <= (line.paid_high or 0)


def test_once_pays_the_first_and_says_that_the_second_is_used_up() -> None:
    lines = lines_of([Sketch(True, 5, 0), Sketch(True, 7, 0)])
    assert count_limit(((), lines, True), 1, "一次").high == 5
    assert [line.fallen for line in lines] == [[], [("一次", "used up")]]


def test_a_line_that_an_earlier_limit_may_take_away_uses_up_no_count() -> None:
    lines = lines_of([Sketch(True, 1, 1), Sketch(True, 1, 1)])
    highest_limit(((), lines, True), "就高")
    total = count_limit(((), lines, True), 1, "一次")
    assert total.high == 2
    assert [(line.paid_high, line.payable, line.sure) for line in lines] == [(2, True, False)] * 2


def test_what_goes_beyond_a_cap_is_cut_off_the_later_line() -> None:
    lines = lines_of([Sketch(True, 5, 0), Sketch(True, 7, 0)])
    money_limit(((), lines, True), 8, "封顶")
    assert [(line.paid_low, line.paid_high, line.fallen) for line in lines] == [
        (5, 5, []),
        (3, 3, [("封顶", "capped")]),
    ]


def test_of_equals_the_earliest_is_the_highest() -> None:
    lines = lines_of([Sketch(True, 5, 0), Sketch(True, 5, 0)])
    highest_limit(((), lines, True), "就高")
    assert [line.paid_high for line in lines] == [5, 0]


@pytest.mark.parametrize(("events", "paid"), [(True, [2, 2, 0]), (False, [2, 0, 0])])
def test_a_count_of_events_keeps_all_periods_of_the_first_event(events: bool, paid: list[int]) -> None:
    lines = lines_of([Sketch(True, 2, 0)] * 3)
    lines[1].row = lines[0].row
    count_limit(((), lines, True), 1, "一次", events)
    assert [line.paid_high for line in lines] == paid


def test_a_line_whose_key_is_unknown_stands_alone_and_leaves_no_group_whole() -> None:
    lines = lines_of([Sketch(True, 1, 0), Sketch(True, 2, 0)])
    lines[0].key, lines[1].key = ("甲",), (None,)
    found = groups(lines, lambda line: line.key, lambda line: True)
    assert [(key, len(members), closed) for key, members, closed in found] == [(("甲",), 1, False), ((None,), 1, False)]
