"""The published schemas describe what is really read and written."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from tests.tiaowen.conformance.published import FOLDER, library, schema, vectors
from tiaowen.cases.format import CaseError, read_case
from tiaowen.evaluate.answers import answer_case

NAMES = ("case.schema.json", "answer.schema.json", "vector.schema.json")


def validator(name: str) -> Any:
    known = Registry().with_resources((each, Resource.from_contents(schema(each))) for each in NAMES)
    return Draft202012Validator(schema(name), registry=known)


def faults(name: str, instance: Any) -> list[str]:
    return [f"{list(each.path)}: {each.message}" for each in validator(name).iter_errors(instance)]


@pytest.mark.parametrize("name", NAMES)
def test_the_schema_is_itself_well_formed(name: str) -> None:
    Draft202012Validator.check_schema(schema(name))
    assert schema(name)["$schema"].endswith("2020-12/schema")


def test_every_published_vector_fits() -> None:
    assert faults("vector.schema.json", {"format": 1, "suite": "all", "vectors": list(vectors())}) == []


@pytest.mark.parametrize("suite", sorted({vector["id"].split("/")[0] for vector in vectors()}))
def test_real_answers_fit_with_every_explanation(suite: str) -> None:
    mine = [vector for vector in vectors() if vector["id"].startswith(f"{suite}/")][::12]
    for vector in mine:
        facts, region = read_case(library().vocabulary, vector["case"])
        answers = answer_case(library(), facts, region, drafts=True)
        for answer in answers:
            assert faults("answer.schema.json", answers.as_json(answer)) == [], vector["id"]


@pytest.mark.parametrize(
    ("case", "why"),
    [
        ({"tables": {}}, "no place"),
        ({"region": "杭州市", "tables": []}, "tables must be a map"),
        ({"region": "杭州市", "tables": {"person": {"id": "a"}}}, "rows must be a list"),
        ({"region": "杭州市", "tables": {"education_fund": [{"wages": 0.1}]}}, "a float"),
        ({"region": "杭州市", "tables": {}, "regoin": "杭州市"}, "an unknown key"),
        ({"region": "杭州市", "tables": {}, "on": "2025/01/01"}, "a date of another form"),
    ],
)
def test_what_the_schema_refuses_the_reader_refuses_too(case: dict[str, Any], why: str) -> None:
    assert faults("case.schema.json", case) != [], why
    with pytest.raises(CaseError):
        read_case(library().vocabulary, case)


def test_the_folder_holds_the_schemas_that_the_pages_name() -> None:
    assert {path.name for path in FOLDER.glob("*.json")} == set(NAMES)
