"""A library: what is shared, what applies where, and in which order rules run."""

from __future__ import annotations

import pytest

from tests.tiaowen.check.documents import benefit, document
from tests.tiaowen.check.fixtures import GOOD, library_of
from tiaowen.check import library
from tiaowen.check.closures import closure_of
from tiaowen.check.library import fingerprint
from tiaowen.check.typer import Typer
from tiaowen.language.blocks import BlockFile, read_blocks
from tiaowen.plan import terms as t
from tiaowen.problems import PolicyError, Spot
from tiaowen.vocabulary import load


def test_two_documents_may_not_have_one_name() -> None:
    text = document(benefit("grant"))
    found = library_of(("east/a.md", text), ("west/a.md", text)).problems
    assert [(problem.code, problem.spot.file) for problem in found] == [("document-number", "west/a.md")]
    assert "east/a.md" in found[0].words("en")


@pytest.mark.parametrize(("place", "found"), [("990101", ["a"]), ("990103", []), ("990102", []), ("990100", [])])
def test_a_document_applies_in_its_place_and_below(place: str, found: list[str]) -> None:
    library = library_of(("a.md", document(benefit("grant"))))
    assert [plan.id for plan in library.in_place(place)] == found


def test_a_draft_applies_only_where_drafts_are_asked_for() -> None:
    library = library_of(("a.md", document(benefit("grant")).replace("status: in force", "status: draft")))
    assert library.in_place("990101") == []
    assert [plan.id for plan in library.in_place("990101", drafts=True)] == ["a"]


def test_a_rule_runs_after_those_whose_verdict_it_asks_for() -> None:
    text = document(
        benefit("first", condition="eligible(second)"), benefit("second", condition="eligible(third)"), benefit("third")
    )
    assert library_of(("a.md", text)).plans["a"].order == ("third", "second", "first")


def test_every_file_is_parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[str] = []

    def read(text: str, file: str) -> BlockFile:
        parsed.append(file)
        return read_blocks(text, file)

    for module in (library, load):
        monkeypatch.setattr(module, "read_blocks", read)
    found = library_of(("east/a.md", document(benefit("grant"))))
    assert list(found.plans) == ["a"]
    assert sorted(parsed) == sorted(set(parsed))
    assert "east/a.md" in parsed
    assert len(parsed) > 1  # the vocabulary too


def test_a_library_with_an_error_refuses_to_be_used() -> None:
    with pytest.raises(PolicyError, match="no column levle"):
        library_of(("a.md", document(benefit("grant", condition="certificate.levle is 高级工")))).require()


def test_the_release_is_the_content_and_nothing_else() -> None:
    text = GOOD[0].read_text(encoding="utf-8")
    assert fingerprint({"a": text, "b": ""}) == fingerprint({"b": "", "a": text})
    assert fingerprint({"a": "bc"}) != fingerprint({"ab": "c"})
    assert len(library_of(("a.md", text)).release) == 64


def test_an_unnamed_front_matter_error_names_its_line() -> None:
    found = library_of(("a.md", document(benefit("grant")).replace("status: in force", "status: alive"))).problems
    assert [(problem.code, problem.spot.line) for problem in found] == [("choice", 6)]


# -- closures -----------------------------------------------------------------------
@pytest.mark.parametrize(
    ("where", "keys", "place", "low", "high"),
    [
        ("insurance.person is hire.worker", ["person"], "", False, False),
        ("insurance.place in here and insurance.person is hire.worker", ["person"], "990101", False, False),
        ("insurance.place not in here", [], "", False, False),
        ("insurance.person is hire.worker or insurance.place in here", [], "", False, False),
        ("hire.worker is insurance.person", ["person"], "", False, False),
        ("insurance.began_on < hire.started_on", [], "", False, True),
        ("insurance.began_on >= 2024-01-01 and event_date >= insurance.began_on", [], "", True, True),
        ("insurance.began_on is event_date", [], "", True, True),
    ],
)
def test_what_must_be_known_is_read_off_the_parts_that_must_all_hold(
    where: str, keys: list[str], place: str, low: bool, high: bool
) -> None:
    vocabulary = library_of().vocabulary
    typer = Typer(vocabulary, "990101")
    typer.bind("hire", "hire")
    slot = typer.bind("insurance", "insurance")
    found: t.Closure = closure_of(vocabulary.tables["insurance"], slot, typer.condition(where, Spot()))
    assert ([name for name, _ in found.keys], found.place) == (keys, place)
    assert (found.low is not None, found.high is not None) == (low, high)


# -- local rules of another document ---------------------------------------------------
LOCAL = "```fix\nid: local\nfixes: a#grant\nbecause: 试行\namount: 500 元/人次\n```\n"


def local_problem(region: str, grant: str, outer: str) -> tuple[str, str]:
    """What is said of a local rule in `region` that fixes a grant of a document of `outer`."""
    upper = document(grant).replace("region: 东区", f"region: {outer}")
    lower = document(LOCAL).replace("region: 东区", f"region: {region}").replace("2号", "3号")
    (found,) = library_of(("a.md", upper), ("b.md", lower)).problems
    assert found.spot.file == "b.md"
    assert [spot.file for spot in found.related] == ["a.md"]
    return found.code, found.words("en")


def test_a_local_rule_of_another_place_is_refused() -> None:
    said = local_problem("南区", benefit("grant", "amount: up to 800 元/人次"), "甲市")
    assert said == ("fix-region", "A local rule of 乙省/乙市/南区 can't fix a document of 甲省/甲市.")


def test_a_local_rule_needs_a_condition_that_says_which_rows_are_its_own() -> None:
    anywhere = benefit("grant", "amount: up to 800 元/人次", rest="anywhere: because 全国都认\n").replace(
        "在本区: certificate.issuer.place in here", "已备案: certificate.issuer.filed"
    )
    code, words = local_problem("东区", anywhere, "甲市")
    assert code == "fix-place"
    assert "grant has no condition" in words
