"""What no committed line says, and proof that each of these laws finds what it forbids."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.laws import wording
from tests.laws.worktree import lines

# What a law forbids can't stand in this file whole: examples have a ~ in the middle, taken out before use.
GAP = "~"


def offences(rule: Callable[[str], list[str]]) -> list[str]:
    return [f"{where}: {found}" for where, line in lines() for found in rule(line)]


def test_no_line_names_a_package_registry() -> None:
    assert offences(wording.registry_addresses) == []


def test_no_line_holds_a_path_of_one_machine() -> None:
    assert offences(wording.machine_paths) == []


def test_no_line_holds_a_secret() -> None:
    assert offences(wording.secrets) == []


def test_every_well_formed_identity_number_has_an_area_that_was_never_assigned() -> None:
    assert offences(wording.possible_persons) == []


def test_every_well_formed_credit_code_has_an_area_that_was_never_assigned() -> None:
    assert offences(wording.possible_organisations) == []


@pytest.mark.parametrize(
    "line",
    ["https://pypi.~org/simple", "--index~-url somewhere", "see registry.npmjs.~org", "http://deb.debian.~org"],
)
def test_a_registry_address_is_found(line: str) -> None:
    assert wording.registry_addresses(line.replace(GAP, "")) != []


@pytest.mark.parametrize("line", ["open('/~work/main')", "/~tmp", "at /~home/li/a.xlsx", "C:~\\Users\\li"])
def test_a_machine_path_is_found(line: str) -> None:
    assert wording.machine_paths(line.replace(GAP, "")) != []


@pytest.mark.parametrize("line", ["social/work/pay", "</root>", "//~root/a", "./tmp/x", "/workers", "/usr/share/fonts"])
def test_a_path_that_any_machine_has_is_left_alone(line: str) -> None:
    assert wording.machine_paths(line.replace(GAP, "")) == []


def test_an_identity_number_that_could_be_somebodys_is_found() -> None:
    assert wording.possible_persons("甲 110101~199003070011".replace(GAP, "")) != []


def test_a_credit_code_that_could_be_some_firms_is_found() -> None:
    assert wording.possible_organisations("91~110000MA0012345C".replace(GAP, "")) != []


@pytest.mark.parametrize("line", ["33999919900307001X", "110101199003070012", "110101199013070011"])
def test_an_identity_number_that_nobody_can_hold_is_left_alone(line: str) -> None:
    assert wording.possible_persons(line) == []


@pytest.mark.parametrize("line", ["91339999MA0012345D", "91110000MA0012345D"])
def test_a_credit_code_that_no_firm_can_hold_is_left_alone(line: str) -> None:
    assert wording.possible_organisations(line) == []


@pytest.mark.parametrize("line", ["-----BEGIN RSA PRIVATE~ KEY-----", "gh~p_" + "a" * 36])
def test_a_secret_is_found(line: str) -> None:
    assert wording.secrets(line.replace(GAP, "")) != []
