"""What a statement does not say: joins that nobody reads, sums that are refused anyway, comparisons of constants."""

from __future__ import annotations

import datetime as dt

import duckdb
import pytest
from sqlglot import exp

from tiaowen.files import open_library
from tiaowen.plan.amounts import ByCode, Fixed, Refused
from tiaowen.plan.terms import EVENT, Column, InValues
from tiaowen.population.amounts import codes_paid
from tiaowen.population.expr import col, how_many, lit, named, op, says
from tiaowen.population.program import Program, beside, group, join, select
from tiaowen.population.store import sql
from tiaowen.vocabulary.types import BOOL, Type

LIBRARY = open_library(thorough=False)
LEVEL = Column(Type("code", "level"), EVENT, (), "level", "certificate", "certificate")


def counted_by(keys: list[str], also: list[str]) -> exp.Query:
    """How many rows of `town` are in each group, with columns of its first row."""
    program = Program()
    rows = program.add(select([col("id"), col("firm"), col("who")], "town"))
    first = named(exp.Anonymous(this="min", expressions=[col("id")]), "first")
    found = select([named(how_many(), "many"), first], rows)
    made = program.add(group(found, [col(each) for each in keys]) if keys else found)
    query = select([exp.Column(this=exp.Star(), table=exp.to_identifier("e")), col("many", "a")], made, "a")
    (beside if keys else join)(query, rows, "e", op("is", col("id", "e"), col("first", "a")))
    return program.statement(select([col("many"), *(col(each) for each in also)], program.add(query)))


@pytest.mark.parametrize(("keys", "also", "rows", "joined"), [
    (["firm"], [], [(1,), (2,)], False),
    (["firm"], ["who"], [(1, "丙"), (2, "甲")], True),
    ([], [], [(3,)], True),  # without keys there would be a group even of no rows
])  # fmt: skip
def test_a_row_of_a_group_is_joined_back_only_where_it_is_read(
    keys: list[str], also: list[str], rows: list[tuple[object, ...]], joined: bool
) -> None:
    with duckdb.connect() as database:
        database.execute("CREATE TABLE town AS SELECT * FROM (VALUES (1, 'A', '甲'), (2, 'A', '乙'), (3, 'B', '丙')) "
                         "AS t(id, firm, who)")  # fmt: skip
        database.execute("CREATE TABLE nobody AS SELECT * FROM town WHERE false")
        text = sql(counted_by(keys, also))
        assert sorted(database.execute(text).fetchall()) == rows
        assert ("JOIN" in text) is joined
        assert database.execute(text.replace('"town"', '"nobody"')).fetchall() == []


def test_a_table_that_pays_for_the_codes_it_lists_alone_is_a_condition() -> None:
    rules = LIBRARY.plans["xiaoshan-2025-3"].rules
    paid = codes_paid(rules["trainer-grant"].amount)
    assert isinstance(paid, InValues)
    assert paid.values == ("高级工", "技师", "高级技师")
    assert codes_paid(rules["chief-technician-allowance"].amount) is None  # one sum for all


def test_a_code_that_is_listed_as_not_paid_does_not_pay() -> None:
    rows = ((("技师",), Fixed(100, 100)), (("高级工",), Refused()))
    assert codes_paid(ByCode(LEVEL, rows, None, "level")) == InValues(BOOL, LEVEL, ("技师",), False)
    assert codes_paid(ByCode(LEVEL, rows, Refused(), "level")) == InValues(BOOL, LEVEL, ("技师",), False)
    assert codes_paid(ByCode(LEVEL, rows, Fixed(1, 1), "level")) is None  # any other code pays as well
    assert codes_paid(ByCode(LEVEL, rows[1:], None, "level")) is None


def test_constants_are_compared_while_a_statement_is_made() -> None:
    assert says(op("<", lit(dt.date(2025, 3, 1)), lit(dt.date(2025, 3, 2))), True)
    assert says(op("is", lit(dt.date(2025, 3, 1)), lit(dt.date(2025, 3, 2))), False)
    assert says(op(">=", lit(-3), lit(-2)), False)


@pytest.mark.parametrize("most", [7, -7, 3_000_000_000, -9_000_000_000_000_000_000])
def test_a_number_is_compared_as_it_is_and_paid_in_64_bits(most: int) -> None:
    with duckdb.connect() as database:
        database.execute("CREATE TABLE one AS SELECT 2147483647::BIGINT AS fen")
        told = sql(select([op("<", col("fen"), lit(most)), op("+", col("fen"), lit(2147483647))], "one"))
        assert database.execute(told).fetchall() == [(most > 2147483647, 2 * 2147483647)]
