"""What the repository as a whole must hold."""

from __future__ import annotations

import os
import re

from tests.laws.worktree import ROOT, files, source

LARGEST_BYTES = 1024 * 1024
DECISION_NAME = re.compile(r"\d{3}-[a-z0-9]+(-[a-z0-9]+)*\.md")
DECISION_PARTS = ("## Context", "## Decision", "## Consequences")
DECISIONS = [path for path in files() if path.parts[:2] == ("docs", "decisions")]


def test_no_file_is_larger_than_one_mebibyte() -> None:
    sizes = {str(path): (ROOT / path).stat().st_size for path in files()}
    assert {path: size for path, size in sizes.items() if size > LARGEST_BYTES} == {}


def test_the_licence_is_apache_2() -> None:
    licence = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in licence
    assert "Version 2.0, January 2004" in licence
    assert "END OF TERMS AND CONDITIONS" in licence


def test_the_changelog_has_a_place_for_what_comes_next() -> None:
    assert re.search(r"^## \[Unreleased\]$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)


def test_the_entries_that_people_and_servers_start_are_executable() -> None:
    assert [entry for entry in ("run", ".ci/run") if not os.access(ROOT / entry, os.X_OK)] == []


def test_decisions_are_named_by_number_and_title() -> None:
    assert DECISIONS
    assert [path.name for path in DECISIONS if not DECISION_NAME.fullmatch(path.name)] == []


def test_no_two_decisions_share_a_number() -> None:
    numbers = [path.name[:3] for path in DECISIONS]
    assert sorted(set(numbers)) == sorted(numbers)


def test_each_decision_opens_with_its_number_and_has_the_parts_of_the_template() -> None:
    faults = []
    for path in DECISIONS:
        text = source(path)
        if not text.startswith(f"# {path.name[:3]}. "):
            faults.append(f"{path}: the first line should be '# {path.name[:3]}. Title'")
        missing = [part for part in DECISION_PARTS if f"\n{part}\n" not in text]
        faults += [f"{path}: {part!r} is missing" for part in missing]
    assert faults == []


def test_locks_carry_a_hash_for_every_package_and_name_no_index() -> None:
    faults = []
    for path in files():
        if path.parts[0] == "requirements" and path.suffix == ".txt":
            text = source(path)
            for entry in re.split(r"\n(?=\S)", text.strip()):
                if "==" not in entry or "--hash=sha256:" not in entry:
                    faults.append(f"{path}: {entry.splitlines()[0]}")
    assert faults == []
