"""Running vectors through the public format: case in, answers out, compared."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tiaowen.cases.format import CaseError, read_case
from tiaowen.check.library import Library, load_library
from tiaowen.evaluate.answers import Answers
from tiaowen.evaluate.evaluation import Evaluation, evaluate_plan
from tiaowen.evaluate.facts import Facts
from tiaowen.files import read_folder


@dataclass(frozen=True, slots=True)
class Difference:
    """A vector that did not come out; `said` names the answer and what differs."""

    vector: str
    sentence: str
    said: str

    def show(self) -> str:
        return f"{self.vector} · {self.sentence}\n    {self.said}"


class SuiteError(ValueError):
    """A file of vectors that can't be read."""


def conformance_library(policies: Path, folder: Path) -> Library:
    """The project's policies together with the suite's own specimen documents."""
    files = read_folder(policies)
    files |= {f"conformance/{name}": text for name, text in read_folder(folder / "documents").items()}
    return load_library(files)


def read_vectors(folder: Path) -> Iterator[dict[str, Any]]:
    """All vectors below a folder, by file name.  Raises SuiteError."""
    for path in sorted((folder / "vectors").glob("*.json")):
        try:
            file = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise SuiteError(f"{path.name}: {error}") from error
        if not isinstance(file, Mapping) or file.get("format") != 1 or not isinstance(file.get("vectors"), list):
            raise SuiteError(f'{path.name}: {{"format": 1, "vectors": […]}}')
        yield from file["vectors"]


def answers_to(library: Library, vector: Mapping[str, Any], facts: Facts, region: str) -> list[dict[str, Any]]:
    """The public answers to what a vector asks, under the readings that it chooses."""
    placed = library.placed(region, drafts=True)
    name, asks = vector["document"], list(vector["asks"])
    choice = vector.get("readings") or {}
    if choice:
        plans = {**placed.plans, name: placed.variant(name, choice)}
        placed = replace(placed, plans=plans, _variants={}, _placed={})
    evaluation = Evaluation(placed, facts)
    plan = placed.plans[name]
    evaluation.documents[name] = evaluate_plan(plan, facts, asks)
    answers = Answers(placed, evaluation, region, drafts=True)
    found = [answer for answer in answers.of(plan, readings=False) if answer.rule.id in asks]
    shown = [answers.as_json(answer, explain=False) for answer in found]
    return sorted(shown, key=_place)


def _place(answer: Mapping[str, Any]) -> tuple[str, str]:
    return str(answer["benefit"]), str(answer["holder"]["id"])


def run_vector(library: Library, vector: Mapping[str, Any]) -> list[Difference]:
    """What differs between the answers and the vector; nothing when it holds."""

    def differs(said: str) -> list[Difference]:
        return [Difference(str(vector["id"]), str(vector["sentence"]), said)]

    if vector["document"] not in library.plans:
        return differs(f"document: {vector['document']}")
    try:
        facts, region = read_case(library.vocabulary, vector["case"])
    except CaseError as error:
        return differs(str(error))
    found = {_place(answer): answer for answer in answers_to(library, vector, facts, region)}
    wanted = {_place(answer): answer for answer in vector["expected"]}
    said = []
    for key in sorted(found.keys() | wanted.keys()):
        if key not in found or key not in wanted:
            said.append(f"{key}: {'没有这个答案 no such answer' if key not in found else '多出的答案 not expected'}")
            continue
        said += [f"{key}.{name}: {there} ← {here}" for name, there, here in _compare(wanted[key], found[key])]
    return differs("；".join(said)) if said else []


def _compare(wanted: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """Keys that the vector pins and that came out otherwise."""
    for name, there in wanted.items():
        here = found.get(name)
        if name == "conditions":
            here = [{"label": c["label"], "outcome": c["outcome"]} for c in found["conditions"]]
        if here != there:
            yield name, there, here


def run_suite(library: Library, folder: Path) -> tuple[int, list[Difference]]:
    """How many vectors ran, and every difference."""
    count, found = 0, []
    for vector in read_vectors(folder):
        count += 1
        found += run_vector(library, vector)
    return count, found
