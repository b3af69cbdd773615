"""A working copy put to the test: every check, its cases, its figures against the original, its mutants.

The version is read together with everything else that is in force, as a release of it would be.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from huijiang.documents import library, originals
from huijiang.documents.desk_records import DraftVersion
from huijiang.documents.drafts import Parts
from tiaowen.cases.run import CaseRunner
from tiaowen.cases.suite import Suite, plain, read_suite
from tiaowen.check.amounts import bounds
from tiaowen.check.library import Library, load_library
from tiaowen.coverage.report import CoverageReport
from tiaowen.language.blocks import Block, BlockFile, read_blocks
from tiaowen.language.yamltext import read_yaml
from tiaowen.mutate.run import mutate
from tiaowen.plan.rules import DocumentPlan, Rule
from tiaowen.problems import Problem

Files = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class CaseRun:
    """One case: its sentence, its line, and what did not come out (empty: it passed)."""

    sentence: str
    line: int
    failures: tuple[str, ...]


@dataclass(frozen=True)
class Examined:
    """What is known of one version.  `plan` is None where the document could not be read as one at all."""

    held: Library
    document: str
    read: BlockFile
    plan: DocumentPlan | None
    problems: tuple[Problem, ...]
    elsewhere: tuple[Problem, ...]
    cases: tuple[CaseRun, ...]
    report: CoverageReport | None

    @property
    def errors(self) -> tuple[Problem, ...]:
        """What stops a release, here and in other documents."""
        return tuple(each for each in (*self.problems, *self.elsewhere) if each.severity == "error")

    @property
    def failed(self) -> tuple[CaseRun, ...]:
        return tuple(each for each in self.cases if each.failures)

    @property
    def ready(self) -> bool:
        """Whether nothing that the desk itself sees is in a release's way."""
        return not self.errors and not self.failed and self.plan is not None

    def of_block(self, block: Block) -> list[Problem]:
        """What is wrong within the lines of one block."""
        first, last = span(self.read, block)
        return [each for each in self.problems if first < each.spot.line <= last]


def examine(version: DraftVersion) -> Examined:
    """One saved version, kept for the next look."""
    parts = Parts(version.text, version.cases, version.equivalents, version.figures, version.original)
    return test(version.draft.path, parts)


def test(path: str, parts: Parts) -> Examined:
    """A document and its cases as they are in a form, saved or not."""
    held = together(path, parts.text)
    document = path.rsplit("/", 1)[-1].removesuffix(".md")
    read = read_blocks(parts.text, path)
    cases_file = path.removesuffix(".md") + ".cases.yaml"
    problems = held.problems
    found = [each for each in problems if each.spot.file == path]
    held = held.whole.get(document, held)  # a risk document stands in a library of its own
    plan = held.plans.get(document)
    cases: tuple[CaseRun, ...] = ()
    if parts.cases:
        suite = read_suite(parts.cases, cases_file)
        found += suite.problems
        if suite.policy == document and plan is not None and not held.errors:
            cases = _run(held, suite)
    report = originals.coverage(document, read, held.vocabulary.units, parts.original, parts.figures)
    others = tuple(each for each in problems if each.spot.file != path and each.severity == "error")
    return Examined(held, document, read, plan, tuple(found), others, cases, report)


def together(path: str, text: str) -> Library:
    """Everything in force with one document read anew, every check made."""
    files = library.files()
    files[path] = text
    return _loaded(tuple(sorted((name, each) for name, each in files.items() if name.endswith(".md"))))


@lru_cache(maxsize=4)
def _loaded(files: Files) -> Library:
    return load_library(dict(files))


def _run(held: Library, suite: Suite) -> tuple[CaseRun, ...]:
    runner = CaseRunner(held, suite.policy)
    return tuple(
        CaseRun(case.sentence, case.line, tuple(f"{each.block}: {each.said}" for each in runner.run_case(case)))
        for case in suite.cases
    )


# -- mutants ----------------------------------------------------------------------
def try_mutants(version: DraftVersion, progress: Callable[[int, int], None]) -> dict[str, Any]:
    """Counts, and the names of those that no case tells apart.  Raises ValueError while something is wrong."""
    examined = examine(version)
    if not examined.ready:
        raise ValueError("先让检查和算例全部通过 make every check and case pass first")
    path = version.draft.path
    suite = read_suite(version.cases, path.removesuffix(".md") + ".cases.yaml")
    suite.policy = examined.document
    report = mutate(examined.held, examined.document, suite, equivalents(version.equivalents, path), progress)
    return {
        "total": report.total, "killed": report.killed, "refused": report.refused,
        "equivalent": len(report.equivalent), "survivors": [each.key for each in report.survivors],
        "stale": report.stale,
    }  # fmt: skip


def equivalents(text: str, path: str) -> dict[str, str]:
    """Mutants listed as telling nothing, with the reason."""
    root, problems = read_yaml(text, path.removesuffix(".md") + ".equivalents.yaml") if text else (None, [])
    items = plain(root) if root is not None and not problems else {}
    entries = items.get("equivalent", []) if isinstance(items, dict) else []
    return {entry["mutant"]: entry["because"] for entry in entries if entry.get("because")}


# -- blocks in the text -------------------------------------------------------------
def span(read: BlockFile, block: Block) -> tuple[int, int]:
    """Lines of a block from its opening fence (from 0) to behind its last line, its table with it."""
    start = block.line - 2
    mark = read.lines[start].strip()
    fence = mark[: len(mark) - len(mark.lstrip("`~"))]
    end = block.line - 1
    while end < len(read.lines) and read.lines[end].strip() != fence:
        end += 1
    end = min(end + 1, len(read.lines))
    if block.table is not None:
        end = max(end, max((line for line, _ in block.table.rows), default=block.table.line + 1))
    return start, end


def source(read: BlockFile, block: Block) -> str:
    first, last = span(read, block)
    return "\n".join(read.lines[first:last])


def replaced(text: str, read: BlockFile, block: Block, new: str) -> str:
    """The whole text with one block said otherwise; nothing: without it."""
    return _spliced(text, read, *span(read, block), new)


def added(text: str, read: BlockFile, clause: int, new: str) -> str:
    """The whole text with a block more at the end of a clause."""
    following = [each.line for each in read.clauses if each.index == clause + 1]
    end = following[0] - 1 if following else len(read.lines)
    while end > 0 and not read.lines[end - 1].strip():
        end -= 1
    return _spliced(text, read, end, end, "\n" + new)


def _spliced(text: str, read: BlockFile, first: int, last: int, new: str) -> str:
    """Other lines stay as they are, their ends with them."""
    kept = text.splitlines(keepends=True)
    ending = "\r\n" if "\r\n" in text else "\n"
    lines = new.replace("\r\n", "\n").strip("\n").split("\n") if new.strip() else []
    if new.startswith("\n") and lines:
        lines = ["", *lines]
    return "".join([*kept[:first], *(line + ending for line in lines), *kept[last:]])


# -- local rules ------------------------------------------------------------------
@dataclass(frozen=True)
class Left:
    """A rule whose amount the text leaves open: between `low` and `high` (None: no end), in fen; fixed or not."""

    rule: Rule
    low: int
    high: int | None
    fixed: tuple[str, ...]


def left_open(plan: DocumentPlan, read: BlockFile) -> list[Left]:
    """The rules of a document that a local rule may fix, each with the fixes that stand in the document."""
    by_rule: dict[str, list[str]] = {}
    for block in read.blocks:
        if block.kind == "fix":
            by_rule.setdefault(block.text("fixes").rpartition("#")[2], []).append(block.text("amount") or block.id)
    found = []
    for rule in plan.rules.values():
        if rule.kind != "benefit" or rule.amount is None or rule.stands_in_for:
            continue
        low, high = bounds(rule.amount)
        if low != high or rule.id in by_rule:
            found.append(Left(rule, low, high, tuple(by_rule.get(rule.id, ()))))
    return found
