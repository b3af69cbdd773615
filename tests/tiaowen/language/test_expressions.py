"""Expressions: which part belongs to which, and where the parser stops."""

from __future__ import annotations

import datetime as dt

import pytest

from tiaowen.language import syntax as s
from tiaowen.language.expressions import MAX_NESTING, MAX_TERMS, ExpressionError, parse_expression
from tiaowen.problems import Problem, Spot


def parsed(text: str) -> s.Expr:
    return parse_expression(text, Spot("a.md", 3))


def shape(expr: s.Expr) -> str:
    """An expression with all its brackets."""
    match expr:
        case s.Join(op, parts):
            return "(" + f" {op} ".join(shape(part) for part in parts) + ")"
        case s.Not(inner):
            return f"(not {shape(inner)})"
        case s.Compare(op, left, right) | s.Arithmetic(op, left, right):
            return f"({shape(left)} {op} {shape(right)})"
        case s.Path():
            return expr.text
        case s.Number(digits, scale, unit):
            return f"{digits}{scale}{unit}"
        case s.Value(text):
            return text
        case s.DateText(value):
            return value.isoformat()
        case s.ListOf(items):
            return "[" + ",".join(shape(item) for item in items) + "]"
        case s.PercentOf(percent, inner):
            return f"({percent.digits}% of {shape(inner)})"
        case s.Quantified(word, table, alias, column):
            where = shape(expr.where) if expr.where is not None else ""
            return f"{word} {table}{'.' + column if column else ''} as {alias}{{{where}}}"
    return "none"


def refused(text: str) -> Problem:
    with pytest.raises(ExpressionError) as caught:
        parsed(text)
    return caught.value.problem


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a and b and c", "(a and b and c)"),
        ("a or (b and c)", "(a or (b and c))"),
        ("not a is b", "(not (a is b))"),
        ("not a and b", "((not a) and b)"),
        ("not not a", "(not (not a))"),
        ("a is not b", "(a is not b)"),
        ("a not in [甲, 乙]", "(a not in [甲,乙])"),
        ("a + b * c", "((a + b) * c)"),  # strictly from the left: the text's own brackets decide
        ("a - b >= c + 1", "((a - b) >= (c + 1))"),
        ("50 % of a.b >= 3 万元", "((50% of a.b) >= 3万元)"),
        ("a >= 2025-03-01", "(a >= 2025-03-01)"),
        ("a is none", "(a is none)"),
        ("a is 「b c」", "(a is b c)"),
        ("some t as x where x.a is b and c", "some t as x{((x.a is b) and c)}"),
        ("no t where t.a", "no t as t{t.a}"),
        ("count of t where a >= 3", "count t as t{(a >= 3)}"),
        ("highest of t.level where t.a is b", "highest t.level as t{(t.a is b)}"),
        ("months in row of t from a.b where t.c", "months t as t{t.c}"),
        ("(some t where a) and b", "(some t as t{a} and b)"),
    ],
)
def test_each_part_binds_as_the_reference_says(text: str, expected: str) -> None:
    assert shape(parsed(text)) == expected


def test_year_of_takes_the_one_thing_that_follows() -> None:
    found = parsed("year of hire.started_on + 1 is 2025")
    assert isinstance(found, s.Compare)
    assert isinstance(found.left, s.Arithmetic)
    assert isinstance(found.left.left, s.Path)
    assert found.left.left.steps[0].name == "year"


def test_a_step_may_have_arguments() -> None:
    found = parsed("a.age_on(event_date, 2).b")
    assert isinstance(found, s.Path)
    assert [(step.name, None if step.args is None else len(step.args)) for step in found.steps] == [
        ("a", None), ("age_on", 2), ("b", None),
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["a and b or c", "a or b and c", "(a and b or c)", "some t where a and b or c"])
def test_and_and_or_may_not_be_mixed(text: str) -> None:
    found = refused(text)
    assert found.code == "mixed-and-or"
    assert text[found.spot.column - 1 :].startswith(("or c", "and c"))


@pytest.mark.parametrize(("text", "column"), [("a -b", 3), ("5 -3", 3), ("a- b is c", 2)])
def test_a_minus_needs_room_on_both_sides(text: str, column: int) -> None:
    assert (refused(text).code, refused(text).spot.column) == ("minus-spaces", column)


@pytest.mark.parametrize(
    ("text", "code", "column"),
    [
        ("a is", "unexpected", 5),
        ("a is b c", "unexpected", 8),
        ("(a", "unexpected", 3),
        ("a.", "unexpected", 3),
        ("a in [", "unexpected", 7),
        ("a is known", "is-known", 3),
        ("a >= 2025-02-29", "bad-date", 6),
        ("1 >= 2 >= 3", "unexpected", 8),
        ("a is 1234567890123456789", "number-long", 6),
        ("", "unexpected", 1),
    ],
)
def test_a_mistake_is_pointed_at_where_it_stands(text: str, code: str, column: int) -> None:
    assert (refused(text).code, refused(text).spot.column) == (code, column)


def test_nesting_and_sums_stop_at_their_limits() -> None:
    assert refused("(" * MAX_NESTING + "a" + ")" * MAX_NESTING).code == "expression-deep"
    assert refused("a" + " + 1" * MAX_TERMS).code == "expression-deep"
    assert shape(parsed("a" + " + 1" * (MAX_TERMS - 1)))


def test_a_date_is_a_day_of_the_calendar() -> None:
    assert parsed("2024-02-29") == s.DateText(dt.date(2024, 2, 29), s.Span(0, 10))
