"""The smallest parts of a document that can be run alone: rules that ask each other or share a stacking."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

import duckdb

from tiaowen.plan.rules import DocumentPlan, Stacking
from tiaowen.population.lines import Statement, acting, lines_statement, members
from tiaowen.population.rows import tables_read
from tiaowen.population.world import World
from tiaowen.vocabulary.model import Vocabulary

FORMAT = 1  # of the files that a run leaves; another number makes every rule run again


@dataclass(frozen=True)
class Unit:
    """Rules of one document, in the plan's order; what they come to depends on no other rule."""

    plan: DocumentPlan
    rules: tuple[str, ...]

    @property
    def keys(self) -> list[str]:
        return [f"{self.plan.id}#{name}" for name in self.rules]

    @property
    def stackings(self) -> list[Stacking]:
        return acting(self.plan, self._benefits)

    @property
    def _benefits(self) -> list[str]:
        return [name for name in self.rules if self.plan.rules[name].kind == "benefit"]

    def tables(self, vocabulary: Vocabulary) -> list[str]:
        return tables_read(vocabulary, [self.plan.rules[name] for name in self.rules], self.stackings)

    def statements(self, world: World) -> dict[str, Statement]:
        """One statement per rule.  Raises Unsupported."""
        stackings, benefits = self.stackings, self._benefits
        return {name: lines_statement(world, self.plan.rules[name], stackings, benefits) for name in self.rules}

    def members(self, stacking: Stacking) -> list[str]:
        return members(stacking, self._benefits)

    def address(self, statements: Mapping[str, Statement], inputs: Mapping[str, str]) -> str:
        """SHA-256 over everything that the result depends on.

        The statements say what is computed, with every figure, place and day spelled out;
        `inputs` are the fingerprints of the tables they read.
        """
        digest = hashlib.sha256()
        parts = [f"format {FORMAT}", f"duckdb {duckdb.__version__}", f"engine {_engine()}"]
        parts += [f"{name}\n{statement.query.sql(dialect='duckdb')}" for name, statement in statements.items()]
        for each in self.stackings:
            caps = [(limit.kind, limit.label, limit.most) for limit in each.limits]
            parts.append(repr((each.id, each.rule, self.members(each), caps)))
        parts += [f"{table} {found}" for table, found in sorted(inputs.items())]
        for part in parts:
            data = part.encode()
            digest.update(len(data).to_bytes(8, "big"))
            digest.update(data)
        return digest.hexdigest()


def units(plan: DocumentPlan) -> list[Unit]:
    """The document cut into units; every rule is in exactly one."""
    benefits = [name for name in plan.order if plan.rules[name].kind == "benefit"]
    together: list[set[str]] = [{name} for name in plan.order]
    ties = [{name, *plan.rules[name].asks} & set(plan.rules) for name in plan.order]
    ties += [set(members(stacking, benefits)) for stacking in acting(plan, benefits)]
    for tie in ties:
        joined = [group for group in together if group & tie]
        if len(joined) > 1:
            together = [group for group in together if not group & tie]
            together.append(set().union(*joined))
    place = {name: at for at, name in enumerate(plan.order)}
    found = [Unit(plan, tuple(sorted(group, key=place.__getitem__))) for group in together]
    return sorted(found, key=lambda unit: place[unit.rules[0]])


def tables_of(vocabulary: Vocabulary, every: Iterable[Unit]) -> list[str]:
    """The tables that some unit reads, each once."""
    return list(dict.fromkeys(table for unit in every for table in unit.tables(vocabulary)))


def _engine() -> str:
    try:
        return version("huijiang")
    except PackageNotFoundError:  # run from a checkout
        return "checkout"
