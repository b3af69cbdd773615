"""Puts one expression of the language to one row of a case."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tests.tiaowen.check.fixtures import library_of
from tiaowen.cases.format import read_case
from tiaowen.check.typer import Typer
from tiaowen.evaluate.expressions import Compiler, Scope
from tiaowen.language.expressions import parse_expression
from tiaowen.plan import terms as t
from tiaowen.problems import Spot

VOCABULARY = library_of().vocabulary
Tables = dict[str, list[dict[str, Any]]]


def ask(
    text: str, table: str, tables: Tables, *, date: str | None = "2024-06-15", covers: Any = (), on: str | None = None
) -> Any:
    """The value of an expression over the first row of `table`, in 东区, on an event date."""
    facts, region = read_case(VOCABULARY, {"region": "东区", "on": on, "tables": tables, "covers": [
        {"table": each} if isinstance(each, str) else each for each in covers
    ]})  # fmt: skip
    typer = Typer(VOCABULARY, region)
    slot = typer.bind(table, table)
    term = typer.term(parse_expression(text, Spot()), Spot(text=text))
    env = Scope(facts).env(typer.next_slot + 8, facts.rows(table)[0])
    assert slot == t.EVENT
    env[t.EVENT_DATE] = env[t.PERIOD] = dt.date.fromisoformat(date) if date else None
    return Compiler(VOCABULARY).fn(term)(env)
