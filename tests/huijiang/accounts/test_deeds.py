"""Whatever the code writes down as done, those who read audit events are told in words."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from huijiang.accounts.deeds import DEEDS
from huijiang.claims.states import Event
from huijiang.documents.models import Rating, Trial

SOURCE: Final = Path(__file__).resolve().parents[3] / "src" / "huijiang"
NAME: Final = re.compile(r"[a-z]+\.[a-z_]*[a-z]")

# Names that are made while the code runs: where, and what they can be.
MADE: Final = {
    "access/counter.py": {"access.owner_end", "access.agency_end"},
    "claims/moving.py": {f"claims.{each}" for each in Event},
    "claims/in_bulk.py": {f"claims.{each}_in_bulk" for each in Event},
    "claims/panels.py": {"claims.panel_named", "claims.panel_confirmed", "claims.panel_left"},
    "demo/year.py": {"demo.year"},
    "documents/ratings.py": {f"documents.rating_{each}" for each in (Rating.State.HIDDEN, Rating.State.SHOWN)},
    "documents/trials.py": {f"documents.{each}_asked" for each in Trial.Kind},
}


def recorded() -> Iterator[tuple[str, set[str]]]:
    """(file, names) of each `audit.record(by, name, …)`; no names where they are made while the code runs."""
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "audit.record":
                said = {each.value for each in ast.walk(node.args[1]) if isinstance(each, ast.Constant)}
                yield str(path.relative_to(SOURCE)), {each for each in said if NAME.fullmatch(str(each))}


def test_every_deed_that_is_written_down_has_words() -> None:
    found = list(recorded())
    assert {file for file, names in found if not names} == MADE.keys()
    names = set().union(*(names for _file, names in found), *MADE.values())
    assert sorted(names - DEEDS.keys()) == []
    assert sorted(DEEDS.keys() - names) == []
