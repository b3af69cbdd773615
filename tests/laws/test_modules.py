"""How modules are named, how long they are, and what they don't do with errors and money."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.laws import syntax
from tests.laws.worktree import python_files, source

LONGEST_LINES = 500
VAGUE = frozenset(
    {"util", "utils", "utilities", "helper", "helpers", "common", "misc", "miscellaneous", "stuff"}
    | {"manager", "managers", "handler", "handlers", "processor", "processors"}
)
# A module is about money when a part of its path has one of these words in it; add what turns up.
MONEY_WORDS = ("money", "amount", "fen", "yuan")


def is_vague(path: Path) -> bool:
    words = {word for part in path.with_suffix("").parts for word in part.split("_")}
    return bool(words & VAGUE)


def is_about_money(path: Path) -> bool:
    words = {word for part in path.with_suffix("").parts for word in part.split("_")}
    return path.parts[0] == "src" and any(word.removesuffix("s") in MONEY_WORDS for word in words)


def is_counted(path: Path) -> bool:
    """Tests may be long lists of sentences, and migrations are written by a machine."""
    return path.parts[0] != "tests" and "migrations" not in path.parts


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert [str(path) for path in python_files() if is_vague(path)] == []


def test_no_module_is_longer_than_five_hundred_lines() -> None:
    lengths = {str(path): len(source(path).splitlines()) for path in python_files() if is_counted(path)}
    assert {path: length for path, length in lengths.items() if length > LONGEST_LINES} == {}


def test_no_module_swallows_an_error() -> None:
    faults = [
        f"{path}:{fault}" for path in python_files() for fault in syntax.swallowed_errors(ast.parse(source(path)))
    ]
    assert faults == []


def test_no_module_about_money_uses_floats_or_true_division() -> None:
    paths = [path for path in python_files() if is_about_money(path)]
    assert [f"{path}:{fault}" for path in paths for fault in syntax.inexact_money(ast.parse(source(path)))] == []


@pytest.mark.parametrize("path", ["src/tiaowen/utils.py", "src/helpers/a.py", "tools/date_utils.py"])
def test_a_name_that_says_nothing_is_found(path: str) -> None:
    assert is_vague(Path(path))


@pytest.mark.parametrize("path", ["src/tiaowen/money.py", "src/tiaowen/amounts/caps.py", "src/tiaowen/round_fen.py"])
def test_a_module_about_money_is_known_by_its_path(path: str) -> None:
    assert is_about_money(Path(path))


@pytest.mark.parametrize(
    "handler",
    ["except:\n  a()", "except Exception:\n  a()", "except KeyError:\n  pass", "except (E, BaseException):\n  ..."],
)
def test_a_swallowed_error_is_found(handler: str) -> None:
    assert syntax.swallowed_errors(ast.parse(f"try:\n  b()\n{handler}\n")) != []


def test_a_blanket_suppress_is_found() -> None:
    assert syntax.swallowed_errors(ast.parse("with contextlib.suppress(Exception):\n  a()\n")) != []


@pytest.mark.parametrize("handler", ["except KeyError:\n  a()", "except Exception:\n  undo()\n  raise"])
def test_a_handled_error_is_left_alone(handler: str) -> None:
    assert syntax.swallowed_errors(ast.parse(f"try:\n  b()\n{handler}\n")) == []


@pytest.mark.parametrize("code", ["a = 0.5", "a = float(b)", "a = b / 2", "a /= 2"])
def test_inexact_money_is_found(code: str) -> None:
    assert syntax.inexact_money(ast.parse(code)) != []


def test_whole_division_of_money_is_left_alone() -> None:
    assert syntax.inexact_money(ast.parse("a = (b * 2 + c) // (2 * c)")) == []
