"""The risk blocks that run for the claims of a place: those of everywhere, of the place and of the places above it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from cryptography.hazmat.primitives import hashes

from huijiang.claims.models.checks import Severity
from huijiang.documents import library
from tiaowen.cases.suite import plain
from tiaowen.check.library import Library
from tiaowen.evaluate.answers import unverified
from tiaowen.plan import terms as t
from tiaowen.plan.rules import DocumentPlan, Rule

CLAIM: Final = "claim"
ASKED: Final = frozenset({"answer", "firm_state"})
"""Tables whose rows other authorities answer: they may take seconds."""
SEVERITY: Final = {"stop": Severity.BLOCK, "ask": Severity.REVIEW}


@dataclass(frozen=True)
class Block:
    """One risk block.  `version` changes with any word of the block; `reads` are (table, column), a whole table with an
    empty column; `registers` the codes of the registers that it asks."""

    rule: Rule
    document: str
    version: str
    reads: frozenset[tuple[str, str]]
    registers: frozenset[str]
    unverified: tuple[str, ...] = ()
    """Figures and lists that it rests on and nobody has verified."""

    @property
    def key(self) -> str:
        """`document#id`."""
        return self.rule.key

    @property
    def clause(self) -> str:
        return f"{self.document} {self.rule.clause}"

    @property
    def severity(self) -> Severity:
        return SEVERITY.get(self.rule.action, Severity.SCORE)

    @property
    def score(self) -> int:
        return int(self.rule.action.removeprefix("score ")) if self.severity == Severity.SCORE else 0

    @property
    def outside(self) -> bool:
        """Whether other authorities are asked."""
        return any(table in ASKED for table, _column in self.reads)

    def looks_at(self, table: str, column: str = "") -> bool:
        return any(each == table and (not column or name == column) for each, name in self.reads)


def held() -> Library:
    """The risk documents in force, with their vocabulary.  Raises PolicyError."""
    return library.checks()


def blocks(region: str) -> tuple[Block, ...]:
    """The blocks over claims that run in a place, in the documents' order."""
    checks = held()
    return _blocks(checks.release, region, tuple(plan.id for plan in checks.in_place(region)))


@lru_cache(maxsize=64)
def _blocks(release: str, region: str, documents: tuple[str, ...]) -> tuple[Block, ...]:
    checks = held()
    found = [_block(checks, checks.plans[name], rule) for name in documents for rule in checks.plans[name].rules.values()
             if rule.kind == "risk" and rule.table == CLAIM]  # fmt: skip
    return tuple(found)


def _block(checks: Library, plan: DocumentPlan, rule: Rule) -> Block:
    terms = [each for condition in rule.conditions for each in t.walk(condition.term)]
    reads = {(each.table, each.column) for each in terms if isinstance(each, t.Column)}
    reads |= {(each.table, "") for each in terms if isinstance(each, t.Exists | t.Aggregate | t.MonthsInRow)}
    reads |= {(each.root, hop) for each in terms if isinstance(each, t.RowOf | t.Column) for hop in each.hops[:1]}
    said = [part.value for each in terms if isinstance(each, t.Comparison) for part in (each.left, each.right)
            if isinstance(part, t.Const) and part.type.name == "register"]  # fmt: skip
    said += [value for each in terms if isinstance(each, t.InValues) and each.inner.type.name == "register"
             for value in each.values]  # fmt: skip
    return Block(rule, plan.number, version_of(checks, rule), frozenset(reads), frozenset(map(str, said)),
                 tuple(unverified(checks, rule)))  # fmt: skip


def version_of(checks: Library, rule: Rule) -> str:
    """Twelve characters of a digest over every key of the block, and the days of its document."""
    body = plain(checks.sources[rule.document].blocks[rule.id].body)
    work = hashes.Hash(hashes.SM3())
    days = [str(rule.effective), str(rule.expires)]
    work.update(json.dumps([body, days], ensure_ascii=False, sort_keys=True).encode())
    return work.finalize().hex()[:12]
