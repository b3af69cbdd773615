"""Ids that rise in runs which do not overlap are each one's own; whatever else is counted."""

from __future__ import annotations

import duckdb
import pytest

from tiaowen.population.soundness import in_order


def order_of(*ids: str | None) -> bool:
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE lines (id VARCHAR)")
        for each in ids:
            connection.execute("INSERT INTO lines VALUES ($1)", [each])
        return in_order(connection, "lines")


@pytest.mark.parametrize(
    "ids", [(), ("a",), ("p9", "p10", "p11"), ("c", "d", "a", "b"), ("b", "a"), ("甲", "乙0", "乙1")]
)
def test_rising_runs_apart_from_each_other_are_in_order(ids: tuple[str, ...]) -> None:
    assert order_of(*ids)


def test_runs_that_overlap_are_no_order_though_every_id_stands_once() -> None:
    assert not order_of("a", "c", "b")


@pytest.mark.parametrize("ids", [("a", "a"), ("a", "b", "a"), ("b", "c", "a", "b"), ("a", "b", "b"), ("b", "a", "b")])
def test_an_id_that_stands_twice_is_never_in_order(ids: tuple[str, ...]) -> None:
    assert not order_of(*ids)


@pytest.mark.parametrize("ids", [(None,), (None, "a"), ("a", None), ("a", None, "b")])
def test_a_missing_id_is_never_in_order(ids: tuple[str | None, ...]) -> None:
    assert not order_of(*ids)
