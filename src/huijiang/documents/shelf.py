"""The library as a shelf: documents with their clauses in order, found by words, topic, issuer, place and validity."""

from __future__ import annotations

import datetime as dt
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache

from django.urls import reverse
from django.utils.translation import gettext_lazy

from huijiang.web.components.tags import Tag
from tiaowen.check.library import Library
from tiaowen.language.blocks import Block
from tiaowen.language.blocks import Clause as Heading
from tiaowen.plan.rules import DocumentPlan, Rule

WHOLE = "all"  # the address of what concerns the whole document
VALIDITY = {
    "valid": Tag(gettext_lazy("现行有效"), "green"), "draft": Tag(gettext_lazy("征求意见稿"), "amber"),
    "coming": Tag(gettext_lazy("尚未施行"), "blue"), "expired": Tag(gettext_lazy("已过有效期"), "grey"),
    "repealed": Tag(gettext_lazy("已废止"), "grey"),
}  # fmt: skip


@dataclass
class Clause:
    """A heading with its blocks; `key` is its part of the address, `leaf` says that no heading lies below it."""

    key: str
    heading: Heading
    blocks: list[Block] = field(default_factory=list)
    leaf: bool = True
    above: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        return self.heading.title

    @property
    def label(self) -> str:
        return self.heading.label

    @property
    def level(self) -> int:
        return self.heading.level

    @property
    def summary(self) -> list[str]:
        return [line for line in self.heading.summary.split("\n") if line]

    @property
    def anchor(self) -> str:
        return f"clause-{self.heading.index}"

    def count(self, kind: str) -> int:
        return sum(block.kind == kind for block in self.blocks)


@dataclass
class Document:
    """One document; `whole` are the blocks before its first clause."""

    plan: DocumentPlan
    clauses: list[Clause]
    whole: Clause
    library: Library
    on: dt.date

    @property
    def address(self) -> str:
        return reverse("documents:document", args=[self.plan.id])

    @property
    def validity(self) -> str:
        return validity(self.plan, self.on)

    @property
    def tag(self) -> Tag:
        return VALIDITY[self.validity]

    @property
    def place(self) -> str:
        return self.library.vocabulary.regions.name(self.plan.region)

    @property
    def rules(self) -> list[Rule]:
        return [rule for rule in self.plan.rules.values() if not rule.stands_in_for]

    def of_kind(self, kind: str) -> list[Rule]:
        return [rule for rule in self.rules if rule.kind == kind]

    @property
    def run_clauses(self) -> int:
        """Clauses with something that runs, notes and questions left out."""
        return sum(any(block.kind not in ("note", "question") for block in each.blocks) for each in self.clauses)

    def clause(self, key: str) -> Clause | None:
        if key == WHOLE:
            return self.whole
        return next((each for each in self.clauses if each.key == key), None)

    def clause_address(self, label: str) -> str:
        """The page of a clause by its label, as rules name it."""
        found = next((each for each in self.clauses if each.label == label), self.whole)
        return reverse("documents:clause", args=[self.plan.id, found.key])

    def topics(self) -> set[str]:
        return {rule.table for rule in self.rules}


def validity(plan: DocumentPlan, on: dt.date) -> str:
    """valid, draft, coming, expired or repealed on a day."""
    if plan.status in ("draft", "repealed"):
        return plan.status
    if plan.effective is not None and plan.effective > on:
        return "coming"
    return "expired" if plan.expires is not None and plan.expires < on else "valid"


def document(library: Library, name: str, on: dt.date) -> Document | None:
    """A document by its id."""
    plan = library.plans.get(name)
    return _document(library, plan, on) if plan is not None else None


def documents(library: Library, on: dt.date) -> list[Document]:
    """All documents: valid ones first, the nearest place first, then the newest.  Kept for each library and day."""
    return list(_documents(_Held(library), on))


class _Held:
    """A library as a key: two of the same release are the same shelf."""

    def __init__(self, library: Library) -> None:
        self.library = library

    def __hash__(self) -> int:
        return hash(self.library.release)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held) and other.library.release == self.library.release


@lru_cache(maxsize=6)
def _documents(held: _Held, on: dt.date) -> tuple[Document, ...]:
    library = held.library
    order = list(VALIDITY)
    regions = library.vocabulary.regions
    found = [_document(library, plan, on) for plan in library.plans.values()]
    found.sort(key=lambda each: (order.index(each.validity), -len(regions.chain(each.plan.region)),
                                 -(each.plan.issued or dt.date.min).toordinal(), each.plan.id))  # fmt: skip
    return tuple(found)


def _document(library: Library, plan: DocumentPlan, on: dt.date) -> Document:
    read = library.sources[plan.id].read
    by_heading: dict[int, list[Block]] = {}
    for block in read.blocks:
        by_heading.setdefault(block.clause.index, []).append(block)
    clauses: list[Clause] = []
    whole = Clause(WHOLE, read.clauses[0])
    keys: dict[str, int] = {}
    stack: list[Clause] = []
    for heading in read.clauses:
        blocks = by_heading.get(heading.index, [])
        if heading.level < 2:
            whole.blocks += blocks
            if heading.level == 1:
                whole.heading = heading
            continue
        label = heading.label.replace("/", "∕") or f"{heading.index}"
        keys[label] = keys.get(label, 0) + 1
        key = label if keys[label] == 1 else f"{label}~{keys[label]}"
        while stack and stack[-1].level >= heading.level:
            stack.pop()
        if stack:
            stack[-1].leaf = False
        made = Clause(key, heading, blocks, above=tuple(each.title for each in stack))
        stack.append(made)
        clauses.append(made)
    return Document(plan, clauses, whole, library, on)


# -- finding ----------------------------------------------------------------------
def folded(text: str) -> str:
    """As it is compared: full and half width, capitals and small letters alike."""
    return unicodedata.normalize("NFKC", text).casefold()


def words_of(query: str) -> list[str]:
    return [each for each in folded(query)[:200].split() if each]


def clause_text(found: Document, clause: Clause) -> str:
    """What a search looks through: the clause's title and summary, its blocks' names, questions and conditions."""
    parts = [clause.title, clause.heading.summary]
    for block in clause.blocks:
        parts += [block.name, block.text("asks"), block.text("gives"), *block.words("gives")]
        where = block.mapping("where")
        parts += list(where.entries) if where is not None else []
        amount = block.mapping("amount")
        parts += list(amount.entries) if amount is not None else []
    return folded("\n".join(parts))


@dataclass(frozen=True)
class Hit:
    """A document with the clauses in it that were asked for; `named`: its title or number has the words."""

    document: Document
    clauses: tuple[Clause, ...]
    named: bool


@dataclass(frozen=True)
class Asked:
    """What a visitor looks for; empty means any."""

    words: tuple[str, ...] = ()
    topic: str = ""
    issuer: str = ""
    place: str = ""
    validity: str = ""

    @property
    def inside(self) -> bool:
        """Whether clauses are looked for, not only documents."""
        return bool(self.words or self.topic)
