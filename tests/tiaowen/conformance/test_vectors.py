"""The published vectors: written from worked cases, up to date, and met through the public format alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.tiaowen.conformance.published import FOLDER, POLICIES, library, vectors
from tiaowen.cases.suite import read_suite
from tiaowen.check.lints import lint_document
from tiaowen.cli import main
from tiaowen.conformance.run import SuiteError, read_vectors, run_vector
from tiaowen.conformance.vectors import VectorError, VectorWriter, suites_in, vector_files

MOST_BYTES = 1024 * 1024


def test_every_vector_holds() -> None:
    found = [difference.show() for vector in vectors() for difference in run_vector(library(), vector)]
    assert found == []


def test_the_published_files_are_what_the_cases_give_today() -> None:
    made = vector_files(library(), suites_in(POLICIES, FOLDER / "documents"))
    there = {path.name: path.read_text(encoding="utf-8") for path in (FOLDER / "vectors").glob("*.json")}
    stale = sorted(name for name in made.keys() | there.keys() if made.get(name) != there.get(name))
    assert stale == [], "run: ./run tiaowen conformance write"


def test_no_file_is_larger_than_a_mebibyte() -> None:
    assert [path.name for path in FOLDER.rglob("*") if path.is_file() and path.stat().st_size >= MOST_BYTES] == []


def test_no_two_vectors_share_an_id() -> None:
    names = [vector["id"] for vector in vectors()]
    assert len(names) == len(set(names))


def test_every_document_with_cases_has_vectors() -> None:
    asked = {suite.policy for suite in suites_in(POLICIES, FOLDER / "documents")}
    assert asked == {vector["id"].split("/")[0] for vector in vectors()}


def test_the_specimen_documents_are_clean() -> None:
    for name in ("specimen", "specimen-local"):
        problems = [p for p in library().problems if p.spot.file.endswith(f"{name}.md")]
        problems += lint_document(library().sources[name], library().plans[name], library())
        assert [p.show() for p in problems if p.severity == "error"] == []


@pytest.mark.parametrize("feature", ["specimen", "specimen-local"])
def test_the_specimens_show_each_outcome_that_they_are_made_for(feature: str) -> None:
    outcomes = {a["outcome"] for v in vectors() if v["id"].startswith(f"{feature}/") for a in v["expected"]}
    assert outcomes >= {"entitled", "unknown", "refused"}


def test_a_wrong_expectation_is_found_and_both_values_are_shown() -> None:
    vector = json.loads(json.dumps(next(v for v in vectors() if v["id"] == "specimen/0001")))
    vector["expected"][0]["low"] += 1
    (found,) = run_vector(library(), vector)
    assert "low: 100001 ← 100000" in found.show()


def test_an_answer_that_is_missing_is_found() -> None:
    vector = json.loads(json.dumps(next(v for v in vectors() if v["id"] == "specimen/0001")))
    vector["expected"][0]["holder"]["id"] = "别人"
    (found,) = run_vector(library(), vector)
    assert "没有这个答案" in found.show()


def test_a_case_that_cannot_be_read_is_a_difference_not_a_crash() -> None:
    vector = json.loads(json.dumps(next(v for v in vectors() if v["id"] == "specimen/0001")))
    vector["case"]["tables"]["certificat"] = []
    (found,) = run_vector(library(), vector)
    assert "certificat" in found.said


def test_an_unknown_document_is_a_difference() -> None:
    (found,) = run_vector(library(), {**vectors()[0], "document": "nowhere"})
    assert "nowhere" in found.said


def test_no_vector_is_written_from_a_case_that_fails() -> None:
    text = (FOLDER / "documents/specimen.cases.yaml").read_text(encoding="utf-8")
    suite = read_suite(text.replace("once-per-person: 1000 元 to 小林", "once-per-person: 999 元 to 小林", 1), "x.yaml")
    with pytest.raises(VectorError, match="999"):
        VectorWriter(library(), suite).write()


def test_a_folder_of_something_else_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "vectors").mkdir()
    (tmp_path / "vectors" / "a.json").write_text("[]")
    with pytest.raises(SuiteError, match=r"a\.json"):
        list(read_vectors(tmp_path))


def test_the_command_runs_the_suite_and_counts_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--policies", str(POLICIES), "--lang", "en", "conformance", "run", str(FOLDER)]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == f"{len(vectors())} vectors, 0 failed"


def test_the_command_says_when_there_is_no_such_folder(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["--policies", str(POLICIES), "conformance", "run", str(tmp_path / "none")]) == 2
    assert "none" in capsys.readouterr().out
