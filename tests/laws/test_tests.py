"""What holds for the tests themselves."""

from __future__ import annotations

import ast
from collections.abc import Callable

import pytest

from tests.laws import syntax
from tests.laws.worktree import files_of_tests, python_files, source


def offences(rule: Callable[[ast.Module], list[str]]) -> list[str]:
    paths = [path for path in python_files() if path.parts[0] == "tests" or path.name == "conftest.py"]
    return [f"{path}:{fault}" for path in paths for fault in rule(ast.parse(source(path)))]


def test_every_test_file_asserts_something() -> None:
    assert [str(path) for path in files_of_tests() if not syntax.asserts_something(ast.parse(source(path)))] == []


def test_no_test_is_put_aside() -> None:
    assert offences(syntax.excuses) == []


def test_no_test_reads_a_stopwatch() -> None:
    assert offences(syntax.stopwatches) == []


def test_no_test_replaces_a_real_part() -> None:
    assert offences(syntax.stand_ins) == []


def test_a_file_without_an_assertion_is_found() -> None:
    assert not syntax.asserts_something(ast.parse("def test_it():\n  call()\n"))


@pytest.mark.parametrize("code", ["with pytest.raises(KeyError):\n  a()", "assert a()"])
def test_an_assertion_is_recognised(code: str) -> None:
    assert syntax.asserts_something(ast.parse(code))


@pytest.mark.parametrize("code", ["@pytest.mark.~skip\ndef test_a(): ...", "pytest.~xfail('later')"])
def test_a_test_put_aside_is_found(code: str) -> None:
    assert syntax.excuses(ast.parse(code.replace("~", ""))) != []  # whole, this file would break the law


def test_a_stopwatch_is_found() -> None:
    assert syntax.stopwatches(ast.parse("begun = time.perf_counter()")) != []


@pytest.mark.parametrize("code", ["from unittest import mock", "from unittest.mock import patch", "import mock"])
def test_a_stand_in_is_found(code: str) -> None:
    assert syntax.stand_ins(ast.parse(code)) != []
