"""A library: vocabulary, parameters, directories and all documents, checked together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from tiaowen.check.document import Source, build
from tiaowen.check.typer import check_derived
from tiaowen.language.blocks import read_blocks
from tiaowen.plan import terms as t
from tiaowen.plan.rules import DocumentPlan, Rule
from tiaowen.problems import PolicyError, Problem, Spot, nearest, problem
from tiaowen.vocabulary.load import is_vocabulary, load_vocabulary
from tiaowen.vocabulary.model import Vocabulary


@dataclass
class Library:
    """Everything that a run needs, from file name → text.  Nothing here touches a disk."""

    vocabulary: Vocabulary
    sources: dict[str, Source]
    plans: dict[str, DocumentPlan]
    problems: list[Problem]
    release: str = ""
    _variants: dict[tuple[str, frozenset[tuple[str, str]]], DocumentPlan] = field(default_factory=dict)

    @property
    def errors(self) -> list[Problem]:
        return [each for each in self.problems if each.severity == "error"]

    def require(self) -> Library:
        """Itself, or PolicyError when anything is wrong."""
        if self.errors:
            raise PolicyError(self.errors)
        return self

    def variant(self, document: str, choice: Mapping[str, str]) -> DocumentPlan:
        """The document under other readings (question → reading), kept for the next call."""
        key = (document, frozenset(choice.items()))
        if key not in self._variants:
            plan, problems = build(self.sources[document], choice, self.plans[document])
            errors = [each for each in problems if each.severity == "error"]
            if errors:
                raise PolicyError(errors)
            _order(plan, [])
            self._variants[key] = plan
        return self._variants[key]

    def in_place(self, region: str, drafts: bool = False) -> list[DocumentPlan]:
        """The documents that apply in a place: its own and those of the places above it."""
        chain = set(self.vocabulary.regions.chain(region))
        return [
            plan
            for plan in self.plans.values()
            if plan.region in chain and (plan.status == "in force" or (drafts and plan.status == "draft"))
        ]

    def rule(self, key: str) -> Rule:
        """The rule of `document#id`.  Raises KeyError."""
        document, _, rule = key.partition("#")
        return self.plans[document].rules[rule]


def load_library(files: Mapping[str, str]) -> Library:
    """Read and check a set of files (name → text): `*.md` only, cases are read elsewhere."""
    shared: dict[str, str] = {}
    documents: dict[str, str] = {}
    for name, text in files.items():
        if not name.endswith(".md"):
            continue
        (shared if is_vocabulary(read_blocks(text, name)) else documents)[name] = text
    vocabulary, problems = load_vocabulary(shared)
    problems += check_derived(vocabulary)
    library = Library(vocabulary, {}, {}, problems)
    for name, text in sorted(documents.items()):
        source = Source(PurePosixPath(name).stem, read_blocks(text, name), vocabulary)
        if source.id in library.sources:
            other = library.sources[source.id].read.file
            problems.append(
                problem("document-number", source.read.front_spot("document"), number=source.id, file=other)
            )
            continue
        _local_blocks(source, vocabulary, problems)
        library.sources[source.id] = source
    for source in library.sources.values():
        plan, found = build(source)
        problems += found
        _order(plan, problems)
        library.plans[source.id] = plan
        _readings(library, source, problems)
    problems[:] = _unique(problems)
    library.release = fingerprint(files)
    return library


def _local_blocks(source: Source, vocabulary: Vocabulary, problems: list[Problem]) -> None:
    """Parameters and directories that a document prints itself."""
    from tiaowen.vocabulary.load import _Loader

    loader = _Loader(vocabulary, problems)
    for block in source.blocks.values():
        if block.kind in ("parameter", "directory"):
            loader.keys(block)
            getattr(loader, block.kind)(block)


def _readings(library: Library, source: Source, problems: list[Problem]) -> None:
    """Every reading is lowered once, so that a broken patch is found before it is asked for."""
    base = library.plans[source.id]
    for question in base.questions.values():
        for reading in question.readings:
            if reading == question.runs:
                continue
            plan, found = build(source, {question.id: reading}, base)
            _order(plan, found)
            problems += found


def _unique(problems: Iterable[Problem]) -> list[Problem]:
    return list(dict.fromkeys(problems))


def _order(plan: DocumentPlan, problems: list[Problem]) -> None:
    """Put rules after those whose verdict they ask for; refuse circles and other tables."""
    order: list[str] = []
    state: dict[str, int] = {}

    def visit(name: str, path: tuple[str, ...]) -> None:
        if state.get(name) == 2:
            return
        rule = plan.rules[name]
        if state.get(name) == 1:
            circle = " → ".join((*path, name))
            problems.append(problem("eligible-circle", rule.spot, circle=circle))
            return
        state[name] = 1
        for other in rule.asks:
            if other not in plan.rules:
                problems.append(problem("unknown-id", _asked_at(rule, other), name=other, hint=nearest(other, plan.rules)))
            elif plan.rules[other].table != rule.table:
                problems.append(
                    problem("eligible-table", _asked_at(rule, other), related=[plan.rules[other].spot], name=other, found=plan.rules[other].table, expected=rule.table)
                )
            else:
                visit(other, (*path, name))
        state[name] = 2
        order.append(name)

    for name in plan.rules:
        visit(name, ())
    plan.order = tuple(order)


def _asked_at(rule: Rule, other: str) -> Spot:
    """Where a rule asks for another one's verdict."""
    conditions = [*rule.conditions, *rule.must, *(rule.schedule.conditions if rule.schedule else ())]
    for condition in conditions:
        if any(isinstance(term, t.Eligible) and term.benefit == other for term in t.walk(condition.term)):
            return condition.spot
    return rule.spot


def fingerprint(files: Mapping[str, str]) -> str:
    """Content address of a set of files: SHA-256 over names and texts, in name order."""
    import hashlib

    digest = hashlib.sha256()
    for name, text in sorted(files.items()):
        for part in (name, text):
            data = part.encode()
            digest.update(len(data).to_bytes(8, "big"))
            digest.update(data)
    return digest.hexdigest()
