"""What Spark says otherwise than DuckDB, form by form."""

from __future__ import annotations

import pytest

from tiaowen.spark.steps import NoForm, parsed, steps_of

COLUMNS = {
    "people": ["id", "born"],
    "firms": ["id", "name"],
    "doubles": ["id", "born", "id"],
}


def on_spark(text: str) -> list[str]:
    return [step.text for step in steps_of(parsed(text), COLUMNS.__getitem__)]


@pytest.mark.parametrize(
    ("duckdb", "spark"),
    [
        ("SELECT list_append(a, 'x')", "SELECT ARRAY_APPEND(`a`, 'x')"),
        ("SELECT list_contains(['x', 'y'], a)", "SELECT ((`a`) IN ('x', 'y'))"),
        ("SELECT bool_or(a), bool_and(b)", "SELECT BOOL_OR(`a`), BOOL_AND(`b`)"),
        ("SELECT d + to_months(CAST(n AS INTEGER))", "SELECT `d` + MAKE_YM_INTERVAL(0, CAST(`n` AS INT))"),
        ("SELECT make_date(y, 12, 31)", "SELECT MAKE_DATE(CAST(`y` AS INT), CAST(12 AS INT), CAST(31 AS INT))"),
        ("SELECT a || 'x', greatest(a, b), coalesce(a, 0)", "SELECT `a` || 'x', GREATEST(`a`, `b`), COALESCE(`a`, 0)"),
        ("SELECT CAST([] AS VARCHAR[])", "SELECT CAST(ARRAY() AS ARRAY<STRING>)"),
        ('SELECT "0.holder.id" FROM "fact person"', "SELECT `0.holder.id` FROM `fact person`"),
        ("SELECT 'it''s \\ here'", "SELECT 'it\\'s \\\\ here'"),
    ],
)
def test_a_form_is_said_in_sparks_words(duckdb: str, spark: str) -> None:
    assert on_spark(duckdb) == [spark]


def test_dividing_by_what_may_be_zero_gives_null_as_in_duckdb() -> None:
    assert on_spark("SELECT a // b, a % b") == ["SELECT `a` DIV NULLIF(`b`, 0), `a` % NULLIF(`b`, 0)"]


def test_dividing_by_a_number_stays_as_it_is() -> None:
    assert on_spark("SELECT a // CAST(12 AS BIGINT)") == ["SELECT `a` DIV CAST(12 AS BIGINT)"]


def test_the_greatest_of_one_value_is_that_value() -> None:
    assert on_spark("SELECT least(a)") == ["SELECT `a`"]


def test_a_filtered_aggregate_over_a_window_becomes_one_over_a_case() -> None:
    assert on_spark("SELECT count(*) FILTER (WHERE a) OVER (PARTITION BY b)") == [
        "SELECT COUNT(CASE WHEN `a` THEN 1 END) OVER (PARTITION BY `b`)"
    ]


def test_different_values_in_a_window_are_the_size_of_their_set() -> None:
    assert on_spark("SELECT count(DISTINCT a) FILTER (WHERE c) OVER (PARTITION BY b)") == [
        "SELECT CAST(SIZE(COLLECT_SET(CASE WHEN `c` THEN `a` END) OVER (PARTITION BY `b`)) AS BIGINT)"
    ]


def test_the_first_row_by_several_columns_has_unknown_ones_last() -> None:
    assert on_spark("SELECT arg_min(id, row(a, b)) FROM people") == [
        "SELECT MIN_BY(`id`, STRUCT((`a`) IS NULL, `a`, (`b`) IS NULL, `b`)) FROM `people`"
    ]


def test_counting_up_to_nothing_gives_no_rows() -> None:
    (text,) = on_spark("SELECT unnest(range(n)) AS i FROM people")
    assert text == (
        "SELECT EXPLODE(CASE WHEN (`n`) > CAST(0 AS BIGINT) THEN SEQUENCE(CAST(0 AS BIGINT), (`n`) - 1) "
        "ELSE CAST(ARRAY() AS ARRAY<BIGINT>) END) AS `i` FROM `people`"
    )


def test_a_union_by_name_lists_its_columns_and_null_where_a_branch_has_none() -> None:
    assert on_spark("SELECT * FROM people UNION ALL BY NAME SELECT name, id FROM firms") == [
        "SELECT `id`, `born`, NULL AS `name` FROM (SELECT * FROM `people`) AS `u` UNION ALL "
        "SELECT `id`, NULL AS `born`, `name` FROM (SELECT `name`, `id` FROM `firms`) AS `u`"
    ]


def test_a_query_that_is_a_source_of_rows_becomes_a_step() -> None:
    assert on_spark("SELECT * FROM (SELECT * FROM people UNION ALL BY NAME SELECT id FROM firms) AS e") == [
        "WITH `/0` AS (SELECT `id`, `born` FROM (SELECT * FROM `people`) AS `u` UNION ALL "
        "SELECT `id`, NULL AS `born` FROM (SELECT `id` FROM `firms`) AS `u`) SELECT * FROM `/0` AS `e`"
    ]


def test_of_two_columns_of_one_name_the_first_is_read() -> None:
    assert on_spark("SELECT d.*, f.name, f.id FROM doubles AS d, firms AS f") == [
        "SELECT `d`.`id`, `d`.`born`, `f`.`name` FROM `doubles` AS `d`, `firms` AS `f`"
    ]


def test_columns_without_a_name_are_nobodys_doubles() -> None:
    assert on_spark("SELECT count(*), count(*) FROM people") == ["SELECT COUNT(*), COUNT(*) FROM `people`"]


def test_a_step_that_is_used_twice_is_worked_out_once() -> None:
    steps = steps_of(
        parsed(
            "WITH a AS (SELECT * FROM people), b AS (SELECT id FROM a), c AS (SELECT id FROM b) "
            "SELECT l.id FROM b AS l, c AS r"
        ),
        COLUMNS.__getitem__,
    )
    assert [(step.relation, step.text) for step in steps] == [
        ("b", "WITH `a` AS (SELECT * FROM `people`) SELECT `id` FROM `a`"),
        ("", "WITH `c` AS (SELECT `id` FROM `b`) SELECT `l`.`id` FROM `b` AS `l`, `c` AS `r`"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "SELECT regexp_matches(a, 'x') FROM people",
        "SELECT a / b",
        "SELECT [a] || [b], list_sort(c)",
        "SELECT id FROM people QUALIFY row_number() OVER (ORDER BY id) = 1",
        "SELECT DISTINCT ON (id) id FROM people",
        "SELECT row(a, b)",
        "SELECT list_contains(a, 'x')",
        "SELECT arg_max(a, b, 2) FROM people",
        "SELECT string_agg(a, ',') FROM people",
        "SELECT id FROM people UNION SELECT id FROM firms",
        "SELECT (SELECT max(id) FROM firms)",
        "INSERT INTO people VALUES (1)",
    ],
)
def test_a_form_that_has_no_counterpart_is_refused_by_name(text: str) -> None:
    with pytest.raises(NoForm) as error:
        on_spark(text)
    assert error.value.form in str(error.value)
    assert ":" in error.value.form
