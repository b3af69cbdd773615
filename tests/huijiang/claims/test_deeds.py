"""Every deed of claims that the audit trail keeps is shown to the auditor in words."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

import huijiang.claims
from huijiang.accounts.deeds import DEEDS, meant
from huijiang.claims.states import Event


def recorded() -> Iterator[str]:
    """The deeds that the room writes by name: what follows the actor in `audit.record(…)` and in a panel's `_record(…)`."""
    for path in Path(huijiang.claims.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or ast.unparse(node.func).rpartition(".")[2] not in ("record", "_record"):
                continue
            for each in node.args[1:2]:
                if isinstance(each, ast.Constant) and isinstance(each.value, str):
                    yield each.value


def test_every_deed_has_words() -> None:
    found = set(recorded())
    assert {"claims.bulk", "claims.panel_named", "claims.due"} <= found
    assert sorted(found - set(DEEDS)) == []


@pytest.mark.parametrize(("language", "single", "many"), [
    ("zh-hans", "办件：拨付", "成批办件：拨付"), ("en", "Claim: Pay", "Claims at once: Pay"),
])  # fmt: skip
def test_every_move_has_words_and_is_found_by_them(language: str, single: str, many: str) -> None:
    with translation.override(language):
        assert (str(DEEDS["claims.pay"]), str(DEEDS["claims.pay_in_bulk"])) == (single, many)
        assert meant(many) == ["claims.pay_in_bulk"]
    assert {f"claims.{each}{way}" for each in Event for way in ("", "_in_bulk")} <= set(DEEDS)
