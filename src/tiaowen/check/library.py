"""A library: vocabulary, parameters, directories and all documents, checked together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from tiaowen.check.context import BlockRefused, DocumentFacts, Lowering
from tiaowen.check.document import Source, build
from tiaowen.check.fixes import Fix, apply_fixes, fixed_plan, fixes_in
from tiaowen.check.lints import lint_document
from tiaowen.check.others import key_terms
from tiaowen.check.typer import check_derived
from tiaowen.language.blocks import BlockFile, read_blocks
from tiaowen.plan import terms as t
from tiaowen.plan.rules import DocumentPlan, Rule
from tiaowen.problems import PolicyError, Problem, Spot, nearest, problem
from tiaowen.vocabulary.load import is_vocabulary, vocabulary_of
from tiaowen.vocabulary.model import Vocabulary
from tiaowen.vocabulary.types import BOOL

MAX_READINGS = 300  # of one document; each may lower the whole of it again
CHECKS = "checks/"  # the folder of risk documents and of the tables that only the office has


@dataclass
class Behind:
    """The risk documents of a release with their own tables, read when somebody asks: no benefit rests on them.

    `files`: all of the release; the documents outside of `checks/` are left out.
    """

    files: Mapping[str, str]
    release: str
    thorough: bool
    _read: Library | None = None

    def read(self) -> Library:
        if self._read is None:
            mine = {name: text for name, text in self.files.items() if name.endswith(".md") and (
                name.startswith(CHECKS) or is_vocabulary(read_blocks(text, name)))}  # fmt: skip
            self._read = _load(mine, self.thorough)
            self._read.release = self.release
        return self._read


@dataclass
class Library:
    """Everything that a run needs, from file name → text.  Nothing here touches a disk."""

    vocabulary: Vocabulary
    sources: dict[str, Source]
    plans: dict[str, DocumentPlan]
    problems: list[Problem]
    release: str = ""
    _variants: dict[tuple[str, frozenset[tuple[str, str]]], DocumentPlan] = field(default_factory=dict)
    fixes: list[Fix] = field(default_factory=list)
    _placed: dict[tuple[str, bool], Library] = field(default_factory=dict)
    _place: str = ""
    _opinions: Mapping[str, Mapping[str, bool]] = field(default_factory=dict)
    behind: Behind | None = None

    @property
    def checks(self) -> Library:
        """The risk documents of `checks/` over the vocabulary and the office's own tables; empty where there are none."""
        return self.behind.read() if self.behind is not None else Library(self.vocabulary, {}, {}, [])

    @property
    def whole(self) -> dict[str, Library]:
        """Document → the library that it stands in: this one, or that of the checks."""
        found = dict.fromkeys(self.plans, self)
        return {**found, **dict.fromkeys(self.checks.plans, self.checks)}

    def holding(self, document: str) -> Library:
        """The library that a document stands in.  Raises KeyError for one that is in none."""
        return self if document in self.plans else self.whole[document]

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
            mine = [fix for fix in self._in_effect if fix.document == document]
            if mine:  # rules that the reading did not touch carry their local figures already
                plan = fixed_plan(self, plan, mine, choice, self.plans[document])
            plan = self._judged(plan)
            order_rules(plan, [])
            self._variants[key] = plan
        return self._variants[key]

    def with_opinions(self, rule: str, opinions: Mapping[str, bool]) -> Library:
        """The same library where what the text leaves to somebody's judgement (`judged by`) is judged: label → whether it
        holds, of one rule (`document#id`).  Opinions are about one event: another is asked of the library itself.

        Raises KeyError for a rule that there is not, ValueError for a label that the text does not leave to a judgement.
        """
        left = self.rule(rule).judges
        if unknown := opinions.keys() - left.keys():
            raise ValueError(
                f"{rule}：{'、'.join(sorted(unknown))} 不是留给人判断的条件 not left to a judgement; "
                f"应为 expected {'、'.join(sorted(left)) or '—'}"
            )
        told = {**self._opinions, rule: {**self._opinions.get(rule, {}), **opinions}}
        view = replace(self, _opinions=told, _variants={}, _placed={})
        document = rule.partition("#")[0]
        view.plans = {**self.plans, document: view._judged(self.plans[document])}
        return view

    def _judged(self, plan: DocumentPlan) -> DocumentPlan:
        """The plan with the opinions that this library was given."""
        rules = dict(plan.rules)
        for key, told in self._opinions.items():
            document, _, name = key.partition("#")
            if document == plan.id and name in rules:
                conditions = tuple(
                    replace(each, term=t.Const(BOOL, told[each.label])) if each.judge and each.label in told else each
                    for each in rules[name].conditions
                )
                rules[name] = replace(rules[name], conditions=conditions, compiled=None)
        return replace(plan, rules=rules)

    @property
    def _in_effect(self) -> list[Fix]:
        """Local rules that these plans carry: a document's own, and in a place those of the place."""
        return [fix for fix in self.fixes if self._place or fix.local == fix.document]

    def placed(self, region: str, drafts: bool = False) -> Library:
        """The same library with the local rules in effect that matter in a place."""
        key = (region, drafts)
        if key not in self._placed:
            found = fixes_in(self, region, drafts)
            view = self
            if found and not self._place:
                plans = {
                    name: fixed_plan(self, plan, [fix for fix in found if fix.document == name], {})
                    for name, plan in self.plans.items()
                }
                own = [fix for fix in self.fixes if fix.local == fix.document]
                view = replace(self, plans=plans, fixes=[*own, *found], _variants={}, _placed={}, _place=region)
                for plan in view.plans.values():
                    order_rules(plan, [])
            self._placed[key] = view
        return self._placed[key]

    def case_plan(self, document: str) -> DocumentPlan:
        """What the cases beside a document run against: of a local rule, the rules that it fixes."""
        fixes = [fix for fix in self.fixes if fix.local == document and fix.document != document]
        if not fixes or self.plans[document].rules:
            return self.plans[document]
        base = self.plans[fixes[0].document]
        plan = fixed_plan(self, base, [fix for fix in fixes if fix.document == base.id], {})
        order_rules(plan, [])
        return plan

    def in_place(self, region: str, drafts: bool = False) -> list[DocumentPlan]:
        """The documents that apply in a place: its own, those of the places above it, and those of everywhere."""
        chain = set(self.vocabulary.regions.chain(region))
        return [
            plan
            for plan in self.placed(region, drafts).plans.values()
            if (plan.region in chain or not plan.region)
            and (plan.status == "in force" or (drafts and plan.status == "draft"))
        ]

    def rule(self, key: str) -> Rule:
        """The rule of `document#id`.  Raises KeyError."""
        document, _, rule = key.partition("#")
        return self.plans[document].rules[rule]


def load_library(files: Mapping[str, str], thorough: bool = True) -> Library:
    """Read and check a set of files (name → text): `*.md` only, cases are read elsewhere.

    Without `thorough` readings are lowered only when asked for, and the findings that
    look at a whole document (never true, no stacking, cliffs …) are left to `check`.
    Files under `checks/` make a library of their own, `Library.checks`: their tables are no registry's, and a place's
    benefits are found without them.
    """
    others = {name: text for name, text in files.items() if not name.startswith(CHECKS)}
    found = _load(others, thorough)
    found.release = fingerprint(files)
    if len(others) < len(files):
        found.behind = Behind(files, found.release, thorough)
        if thorough:
            found.problems[:] = _unique([*found.problems, *found.checks.problems])
            twice = set(found.plans) & set(found.checks.plans)
            for name in sorted(twice):
                source = found.checks.sources[name]
                found.problems.append(problem(
                    "document-number", source.read.front_spot("document"), number=name, file=found.sources[name].read.file
                ))  # fmt: skip
    return found


def _load(files: Mapping[str, str], thorough: bool) -> Library:
    """One set of files that refer to each other."""
    shared: list[BlockFile] = []
    documents: list[BlockFile] = []
    for name, text in sorted(files.items()):
        if name.endswith(".md"):
            read = read_blocks(text, name)
            (shared if is_vocabulary(read) else documents).append(read)
    vocabulary, problems = vocabulary_of(shared)
    problems += check_derived(vocabulary)
    library = Library(vocabulary, {}, {}, problems)
    for read in documents:
        source = Source(PurePosixPath(read.file).stem, read, vocabulary)
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
        order_rules(plan, problems)
        library.plans[source.id] = plan
        if thorough:
            _readings(library, source, problems)
    _across(library)
    apply_fixes(library)
    for name in {fix.document for fix in library.fixes if fix.local == fix.document}:
        order_rules(library.plans[name], problems)
    for source in library.sources.values() if thorough else ():
        problems += lint_document(source, library.plans[source.id], library)
    problems[:] = _unique(problems)
    return library


def _across(library: Library) -> None:
    """Stackings that name `document#id`: keys in terms of the other document's rules."""
    for source in library.sources.values():
        for stacking in library.plans[source.id].stackings.values():
            block = source.blocks[stacking.id]
            for name in stacking.between:
                document, _, rule = name.partition("#")
                if not rule:
                    continue
                plan = library.plans.get(document)
                if plan is None or rule not in plan.rules:
                    known = [f"{p.id}#{r}" for p in library.plans.values() for r in p.rules]
                    library.problems.append(
                        problem("unknown-id", block.spot("between"), name=name, hint=nearest(name, known))
                    )
                    continue
                facts = DocumentFacts(plan.id, plan.number, plan.region, plan.effective, plan.expires, "")
                lowering = Lowering(library.vocabulary, facts, library.problems)
                try:
                    key_terms(lowering, block, stacking, name, plan.rules[rule])
                except BlockRefused:
                    continue


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
    tried = 0
    for question in base.questions.values():
        for reading in question.readings:
            if reading == question.runs:
                continue
            tried += 1
            if tried > MAX_READINGS:
                problems.append(problem("readings-many", question.spot, limit=MAX_READINGS))
                return
            plan, found = build(source, {question.id: reading}, base)
            order_rules(plan, found)
            problems += found


def _unique(problems: Iterable[Problem]) -> list[Problem]:
    return list(dict.fromkeys(problems))


def order_rules(plan: DocumentPlan, problems: list[Problem]) -> None:
    """Put rules after those whose verdict they ask for; refuse circles and other tables."""
    order: list[str] = []
    begun: set[str] = set()
    for start in plan.rules:
        if start in begun:
            continue
        begun.add(start)
        path = [start]
        pending = [iter(_asked(plan, plan.rules[start], problems))]
        while pending:  # a loop, not recursion: a chain may be as long as the file
            other = next(pending[-1], None)
            if other is None:
                pending.pop()
                order.append(path.pop())
            elif other in path:
                circle = path[path.index(other) :]
                first, *rest = (plan.rules[each].spot for each in circle)
                problems.append(problem("eligible-circle", first, related=rest, circle=" → ".join((*circle, other))))
            elif other not in begun:
                begun.add(other)
                path.append(other)
                pending.append(iter(_asked(plan, plan.rules[other], problems)))
    plan.order = tuple(order)


def _asked(plan: DocumentPlan, rule: Rule, problems: list[Problem]) -> list[str]:
    """The rules over the same table whose verdict a rule asks for."""
    found: list[str] = []
    for name in rule.asks:
        other = plan.rules.get(name)
        if other is None:
            problems.append(problem("unknown-id", _asked_at(rule, name), name=name, hint=nearest(name, plan.rules)))
        elif other.table != rule.table:
            problems.append(
                problem(
                    "eligible-table",
                    _asked_at(rule, name),
                    related=[other.spot],
                    name=name,
                    found=other.table,
                    expected=rule.table,
                )
            )
        else:
            found.append(name)
    return found


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
            data = part.encode("utf-8", "surrogatepass")
            digest.update(len(data).to_bytes(8, "big"))
            digest.update(data)
    return digest.hexdigest()
