"""The language reference says all that the checker knows, in both languages, with examples that are really used."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tiaowen.check import benefits, document, fixes, functions, others, schedules
from tiaowen.vocabulary.load import KEYS, PLAIN

ROOT = Path(__file__).parents[3]
PAGES = ("language.md", "language.en.md")
FORMATS = ("case-format.md", "case-format.en.md")
BLOCK = re.compile(r"^```([a-z]+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
WORDS = {
    "benefit": benefits.BENEFIT_KEYS,
    "treatment": benefits.TREATMENT_KEYS,
    "duty": benefits.DUTY_KEYS,
    "risk": benefits.RISK_KEYS,
    "target": others.TARGET_KEYS,
    "stacking": others.STACKING_KEYS,
    "question": others.QUESTION_KEYS,
    "note": others.NOTE_KEYS,
    "fix": fixes.FIX_KEYS,
    "schedule": schedules.KEYS,
    "front matter": document.FRONT_KEYS,
    "kinds of notes": set(others.NOTE_KINDS),
    "rules of stacking": set(others.STACKING_RULES),
    "natures": set(others.NATURES),
    "part months": set(schedules.PARTS),
    "modalities": set(benefits.MODALITIES),
    "statuses": set(document.STATUSES),
    "functions": set(functions.NAMES),
    "block kinds": set(document.KINDS),
    "vocabulary kinds": set(KEYS),
    "types": set(PLAIN),
    **{f"keys of {kind}": keys for kind, keys in KEYS.items()},
}


def page(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def documents() -> str:
    folders = (ROOT / "policies", ROOT / "conformance" / "documents")
    return "\n".join(path.read_text(encoding="utf-8") for folder in folders for path in sorted(folder.rglob("*.md")))


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("part", sorted(WORDS))
def test_every_fixed_word_is_explained(name: str, part: str) -> None:
    known = {word for span in re.findall(r"`([^`\n]+)`", page(name)) for word in re.findall(r"[a-z_]+", span)}
    missing = [word for word in sorted(WORDS[part]) if not set(re.findall(r"[a-z_]+", word)) <= known]
    assert missing == []


@pytest.mark.parametrize("name", PAGES)
def test_every_kind_of_block_has_an_example(name: str) -> None:
    assert {kind for kind, _ in BLOCK.findall(page(name))} >= set(document.KINDS)


@pytest.mark.parametrize("name", PAGES)
def test_every_example_stands_word_for_word_in_a_document(name: str) -> None:
    there = documents()
    strange = [body for kind, body in BLOCK.findall(page(name)) if kind != "yaml" and body not in there]
    assert strange == []


def test_both_languages_show_the_same_examples_under_the_same_number_of_headings() -> None:
    for chinese, english in (PAGES, FORMATS):
        assert [k for k, _ in BLOCK.findall(page(chinese))] == [k for k, _ in BLOCK.findall(page(english))]
        assert page(chinese).count("\n## ") == page(english).count("\n## ")


@pytest.mark.parametrize("name", [*PAGES, *FORMATS])
def test_links_lead_to_files_that_exist(name: str) -> None:
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page(name))
    assert [link for link in links if not (ROOT / "docs" / link).exists()] == []
