"""The guides name every setting that the platform reads, and the commands that they name are there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

from huijiang import cli

ROOT: Final = Path(__file__).resolve().parents[3]
GUIDES: Final = ("docs/operations/README.md", "docs/operations/README.en.md")
UNNAMED: Final = {
    "HUIJIANG_DEMO": "the demo sets it; nobody else may",
}


def read_in_the_code() -> set[str]:
    found: set[str] = set()
    for path in (ROOT / "src" / "huijiang").rglob("*.py"):
        found |= set(re.findall(r"HUIJIANG_[A-Z_]*[A-Z]", path.read_text(encoding="utf-8")))
    return found


def named_in(guide: str) -> set[str]:
    """`HUIJIANG_OIDC`, `…_CLIENT` names HUIJIANG_OIDC_CLIENT: the beginning is that of the first in the row."""
    found: set[str] = set()
    for row in (ROOT / guide).read_text(encoding="utf-8").splitlines():
        names = re.findall(r"`(HUIJIANG_[A-Z_]+|…_[A-Z]+)`", row)
        found |= {each for each in names if not each.startswith("…")}
        for each in names:
            if each.startswith("…"):
                first = names[0]
                found |= {first + each[1:], first.rpartition("_")[0] + each[1:]}
    return found


@pytest.mark.parametrize("guide", GUIDES)
def test_every_setting_stands_in_the_guide(guide: str) -> None:
    assert sorted(read_in_the_code() - named_in(guide) - UNNAMED.keys()) == []


def named_commands() -> list[str]:
    """Commands that the guides, the README and the command line's own list name."""
    texts = [cli.__doc__ or ""]
    for path in (ROOT / "README.md", ROOT / "README.zh-CN.md", *(ROOT / "docs").rglob("*.md")):
        texts.append(path.read_text(encoding="utf-8"))
    found = set()
    for text in texts:
        for first, others in re.findall(r"huijiang ([a-z][a-z-]+)((?: \| [a-z-]+)*)", text):
            found |= {first, *others.split(" | ")} - {""}
    return sorted(found)


@pytest.mark.parametrize("command", named_commands())
def test_every_command_that_is_named_is_there(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main([command, "--help"])
    assert ended.value.code == 0
    assert f"huijiang {command}" in capsys.readouterr().out
