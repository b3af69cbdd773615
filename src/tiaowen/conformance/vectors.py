"""Vectors made from the cases beside the documents: each one checked by hand's result first.

A vector is written only after its case, read back through the public format, has met
what was worked out by hand.  So the suite can't drift into "whatever the engine says".
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tiaowen.cases.format import read_case
from tiaowen.cases.run import CaseRunner, _readings
from tiaowen.cases.suite import Case, FactBuilder, Suite, read_suite
from tiaowen.check.library import CHECKS, Library
from tiaowen.conformance.public import only_needed, pinned, public_case
from tiaowen.conformance.run import answers_to
from tiaowen.evaluate.facts import Facts
from tiaowen.files import read_folder

FORMAT = 1
MOST_BYTES = 700_000  # of one file; the repository's own limit is 1 MiB
ANSWERED = ("benefit", "treatment", "duty")


class VectorError(ValueError):
    """A case that does not come out as worked by hand; no vector is written from it."""


@dataclass
class VectorWriter:
    """Writes the vectors of one suite of cases."""

    library: Library
    suite: Suite
    made: list[dict[str, Any]] = field(default_factory=list)

    def write(self) -> list[dict[str, Any]]:
        """All vectors, in the order of the cases.  Raises VectorError."""
        if self.suite.problems:
            raise VectorError(self.suite.problems[0].show())
        for index, case in enumerate(self.suite.cases):
            for choice, blocks in self._asked(case):
                self._vector(case, f"{self.suite.policy}/{index + 1:04d}", choice, blocks)
        return self.made

    def _asked(self, case: Case) -> list[tuple[dict[str, str], dict[str, Any]]]:
        """What a case expects, by choice of readings; only what the public format answers."""
        plan = self.library.case_plan(self.suite.policy)
        found: dict[tuple[tuple[str, str], ...], dict[str, Any]] = {}
        for key, value in case.expect.items():
            if key not in plan.rules or plan.rules[key].kind not in ANSWERED:
                continue  # targets and risks have no holder: they are not part of an answer
            for choice, sentence in _readings(value):
                found.setdefault(tuple(choice.items()), {})[key] = sentence
        return [(dict(choice), blocks) for choice, blocks in found.items()]

    def _vector(self, case: Case, name: str, choice: dict[str, str], blocks: dict[str, Any]) -> None:
        local = self.library.plans[self.suite.policy]
        plan = self.library.case_plan(self.suite.policy)
        shown = public_case(
            self.library.vocabulary, case, FactBuilder(self.library.vocabulary).build(case), local.region
        )
        self._as_by_hand(case, choice, blocks, read_case(self.library.vocabulary, shown)[0])
        vector: dict[str, Any] = {"id": name if not choice else f"{name}{_suffix(choice)}", "sentence": case.sentence}
        vector["document"] = plan.id
        if choice:
            vector["readings"] = choice
        vector["asks"] = list(blocks)
        vector["case"] = shown
        conditional = {block for block, sentence in blocks.items() if " if " in str(sentence)}
        vector["expected"] = self._expected(vector, conditional)
        needed = only_needed(self.library.vocabulary, shown)
        if self._expected({**vector, "case": needed}, conditional) == vector["expected"]:
            vector["case"] = needed
        if case.work:
            vector["work"] = case.work
        self.made.append(vector)

    def _expected(self, vector: Mapping[str, Any], conditional: set[str]) -> list[dict[str, Any]]:
        facts, region = read_case(self.library.vocabulary, vector["case"])
        return [
            pinned(answer, answer["benefit"].split("#")[1] in conditional)
            for answer in answers_to(self.library, vector, facts, region)
        ]

    def _as_by_hand(self, case: Case, choice: dict[str, str], blocks: dict[str, Any], facts: Facts) -> None:
        runner = CaseRunner(self.library, self.suite.policy)
        key = " & ".join(f"{question} {reading}" for question, reading in choice.items())
        expect = {block: {key: sentence} if choice else sentence for block, sentence in blocks.items()}
        alone = replace(case, expect=expect)
        runner._facts[id(alone)] = facts  # the facts as the public format gives them back
        failures = runner.run_case(alone)
        if failures:
            raise VectorError(failures[0].show())


def _suffix(choice: Mapping[str, str]) -> str:
    return "".join(f"@{question}={reading}" for question, reading in choice.items())


def suites_in(*folders: Path) -> list[Suite]:
    """The cases beside the documents of some folders."""
    return [
        read_suite(text, name)
        for folder in folders
        for name, text in read_folder(folder).items()
        if name.endswith(".cases.yaml") and not name.startswith(CHECKS)  # risk checks belong to no place's answers
    ]


def vector_files(library: Library, suites: Iterable[Suite]) -> dict[str, str]:
    """File name → text of all vectors, one vector a line, in files of bounded size."""
    files: dict[str, str] = {}
    for suite in sorted(suites, key=lambda each: each.policy):
        part, size = 1, 0
        lines: list[str] = []
        vectors = VectorWriter(library, suite).write()
        for vector in [*vectors, None]:
            line = "" if vector is None else json.dumps(vector, ensure_ascii=False, separators=(",", ":"))
            bytes_of = len(line.encode())
            if lines and (vector is None or size + bytes_of > MOST_BYTES):
                files[f"{suite.policy}-{part}.json"] = _file(suite.policy, lines)
                part, lines, size = part + 1, [], 0
            lines.append(line)
            size += bytes_of
    return files


def _file(policy: str, lines: list[str]) -> str:
    head = json.dumps({"format": FORMAT, "suite": policy}, ensure_ascii=False)[:-1]
    return head + ', "vectors": [\n' + ",\n".join(lines) + "\n]}\n"


__all__ = ["VectorError", "VectorWriter", "suites_in", "vector_files"]
