"""Running the cases beside a document."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tiaowen.cases.expect import Matcher, Mismatch
from tiaowen.cases.suite import Case, FactBuilder, Suite
from tiaowen.cases.values import ValueProblem, show_fen
from tiaowen.check.document import Source, build
from tiaowen.check.library import Library, order_rules
from tiaowen.evaluate.bound import Bound
from tiaowen.evaluate.evaluation import DocumentResult, evaluate_plan
from tiaowen.evaluate.facts import Facts
from tiaowen.evaluate.targets import measure
from tiaowen.language.expressions import ExpressionError
from tiaowen.language.sentences import TargetValue, parse_number, parse_target_value
from tiaowen.plan.rules import DocumentPlan, Target
from tiaowen.problems import Spot, nearest
from tiaowen.vocabulary.units import UnitError

MAX_WORK = 300  # characters of one line of arithmetic


@dataclass(frozen=True, slots=True)
class Failure:
    """A case that did not come out: where, which block, and both results."""

    case: Case
    block: str
    said: str

    def show(self) -> str:
        return f"{self.case.file}:{self.case.line} · {self.case.sentence}\n    {self.block}: {self.said}"


@dataclass
class CaseRunner:
    """Runs cases against a plan.  Facts of a case are built once and used for all plans."""

    library: Library
    document: str
    _facts: dict[int, Facts] = field(default_factory=dict)
    _built_from: Source | None = None
    _built: dict[frozenset[tuple[str, str]], DocumentPlan | str] = field(default_factory=dict)

    def facts(self, case: Case, assume: frozenset[str] = frozenset()) -> Facts:
        """Facts of a case; for assumptions a copy that shares the rows."""
        found = self._facts.get(id(case))
        if found is None:
            found = FactBuilder(self.library.vocabulary).build(case)
            self._facts[id(case)] = found
        if not assume:
            return found
        return Facts(found.vocabulary, found.tables, found.coverage, found.on, assume)

    def run(self, suite: Suite, plan: DocumentPlan | None = None, blocks: Iterable[str] | None = None) -> list[Failure]:
        """All failures of a suite; with `blocks`, only what is expected of those."""
        wanted = None if blocks is None else set(blocks)
        failures: list[Failure] = []
        for case in suite.cases:
            failures += self.run_case(case, plan, wanted)
        return failures

    def run_case(
        self, case: Case, plan: DocumentPlan | None = None, wanted: set[str] | None = None,
        source: Source | None = None,
    ) -> list[Failure]:  # fmt: skip
        """Failures of one case against a plan; `source` builds that plan's other readings."""
        failures = [Failure(case, "work", said) for said in check_work(case.work)]
        base = plan or self.library.case_plan(self.document)
        expects = [
            (key, value) for key, value in case.expect.items()
            if wanted is None or key.split(" ")[0] in wanted
        ]  # fmt: skip
        if not expects:
            return failures
        try:
            facts = self.facts(case)
        except ValueProblem as error:
            return [*failures, Failure(case, "given", str(error))]
        cache: dict[tuple[Any, ...], DocumentResult] = {}
        for key, value in expects:
            try:
                for choice, sentence in _readings(value):
                    at = base if not choice else self._variant(base, choice, source)
                    self._expect(at, facts, case, key, sentence, cache)
            except Mismatch as error:
                failures.append(Failure(case, key, str(error)))
        return failures

    def _variant(self, base: DocumentPlan, choice: Mapping[str, str], source: Source | None) -> DocumentPlan:
        for question, reading in choice.items():
            if question not in base.questions:
                raise Mismatch(f"{question}: 没有这个问题；{nearest(question, base.questions)}？")
            if reading not in base.questions[question].readings:
                raise Mismatch(f"{question}: 没有读法 {reading}")
        if source is None:
            return self.library.variant(self.document, choice)
        if self._built_from is not source:
            self._built_from, self._built = source, {}
        key = frozenset(choice.items())
        if key not in self._built:
            self._built[key] = self._build(source, choice, base)
        found = self._built[key]
        if isinstance(found, str):
            raise Mismatch(found)
        return found

    @staticmethod
    def _build(source: Source, choice: Mapping[str, str], base: DocumentPlan) -> DocumentPlan | str:
        """The changed document under a reading, or what is wrong with it."""
        plan, problems = build(source, choice, base)
        if any(each.severity == "error" for each in problems):
            return "；".join(each.words() for each in problems)
        order_rules(plan, problems)
        return plan

    def _expect(
        self, plan: DocumentPlan, facts: Facts, case: Case, key: str, sentence: Any,
        cache: dict[tuple[Any, ...], DocumentResult],
    ) -> None:  # fmt: skip
        block, _, row = key.partition(" ")
        expected = [sentence] if isinstance(sentence, str) else list(sentence)
        targets = [target for target in plan.targets if target.id == block]
        if targets:
            self._target(plan, facts, targets, row, expected[0])
            return
        if block not in plan.rules:
            known = [*plan.rules, *(target.id for target in plan.targets)]
            raise Mismatch(f"没有块 no block {block}；{nearest(block, known)}？")

        def rerun(assume: frozenset[str]) -> DocumentResult:
            return self._run(plan, self.facts(case, assume), block, assume, cache)

        Matcher(self.library.vocabulary, rerun).check(rerun(frozenset()), block, expected)

    @staticmethod
    def _run(
        plan: DocumentPlan, facts: Facts, block: str, assume: frozenset[str],
        cache: dict[tuple[Any, ...], DocumentResult],
    ) -> DocumentResult:  # fmt: skip
        key = (id(plan), block, assume)
        if key not in cache:
            cache[key] = evaluate_plan(plan, facts, [block])
        return cache[key]

    def _target(self, plan: DocumentPlan, facts: Facts, targets: list[Target], row: str, expected: str) -> None:
        chosen = [target for target in targets if not row or target.row == row]
        if len(chosen) != 1:
            raise Mismatch(f"行 {row or '—'}：{'、'.join(target.row for target in targets)}")
        found = measure(plan, chosen[0], facts)
        expected, _, promised = expected.partition(" of ")
        if promised and not _same_promise(chosen[0].value, promised):
            raise Mismatch(f"of {promised} ← {chosen[0].spot.text}")
        shown = show_measure(found.value, chosen[0])
        if _bare(shown) != _bare(expected) and not self._same_figure(found.value, expected):
            raise Mismatch(f"{expected} ← {shown}")

    def _same_figure(self, value: Any, expected: str) -> bool:
        """`10 万元` is 100000 元."""
        try:
            figure = self.library.vocabulary.units.figure(parse_number(expected, Spot()))
        except (ExpressionError, UnitError):
            return False
        return isinstance(value, int) and figure.value == value and figure.dimension != ""


def _same_promise(value: TargetValue, promised: str) -> bool:
    """Whether `at least 1000 人次`, written behind `of`, is the value that the target promises."""
    try:
        said = parse_target_value(promised, Spot())
    except ExpressionError:
        return False

    def figures(each: TargetValue) -> list[object]:
        ends = [number for number in (each.low, each.high) if number is not None]
        return [each.striving, each.qualifier, *((end.value, end.unit) for end in ends)]

    return figures(said) == figures(value)


def _bare(text: str) -> str:
    return re.sub(r"\s+", "", text)


def show_measure(value: Any, target: Target) -> str:
    """`23 人`, `[3, open) 人`, `37.5 %`, `10 万元` …"""
    unit = target.unit or "人"
    if value is None:
        return "unknown"
    if isinstance(value, Bound):
        low = "0" if value.low is None else _number(int(str(value.low)), unit)
        high = "open)" if value.high is None else f"{_number(int(str(value.high)), unit)}]"
        return f"[{low}, {high} {unit}"
    return f"{_number(value, unit)} {unit}"


def _number(value: int, unit: str) -> str:
    if unit == "%" or unit.startswith("元"):
        return show_fen(value)
    return str(value)


def _readings(value: Any) -> list[tuple[dict[str, str], Any]]:
    """`{question 读法: result}` or a plain result."""
    if not isinstance(value, dict):
        return [({}, value)]
    found = []
    for key, sentence in value.items():
        choice = {}
        for part in key.split(" & "):
            question, _, reading = part.partition(" ")
            choice[question] = reading.strip()
        found.append((choice, sentence))
    return found


def check_work(lines: list[str]) -> list[str]:
    """Arithmetic worked out by hand: integers, + - * and =, nothing else."""
    found = []
    for line in lines:
        if len(line) > MAX_WORK:
            found.append(f"{line[:60]}…: 太长 too long")
            continue
        sides = line.split("=")
        if len(sides) < 2:
            found.append(f"{line}: 缺 = 号 no =")
            continue
        try:
            values = [_arithmetic(ast.parse(side.strip(), mode="eval").body) for side in sides]
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            found.append(f"{line}: 只能用整数与 + - * whole numbers and + - * only")
            continue
        if len(set(values)) != 1:
            found.append(f"{line}: {' ≠ '.join(str(value) for value in values)}")
    return found


def _arithmetic(node: ast.AST) -> int:
    if isinstance(node, ast.Constant) and type(node.value) is int:
        return node.value
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub | ast.Mult):
        left, right = _arithmetic(node.left), _arithmetic(node.right)
        if isinstance(node.op, ast.Add):
            return left + right
        return left - right if isinstance(node.op, ast.Sub) else left * right
    raise ValueError


__all__ = ["CaseRunner", "Failure", "check_work", "show_measure"]
