"""What lowering needs to know while it walks a document's blocks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from tiaowen.check.typer import TypeProblem, Typer
from tiaowen.language.blocks import Block
from tiaowen.language.expressions import ExpressionError
from tiaowen.language.yamltext import Mapping, Node, Scalar
from tiaowen.plan import terms as t
from tiaowen.plan.rules import JUDGED, Condition
from tiaowen.problems import Problem, Spot, nearest, problem
from tiaowen.vocabulary.model import Table, Vocabulary
from tiaowen.vocabulary.types import BOOL


class BlockRefused(Exception):
    """A block that cannot be lowered; its problems are already recorded."""


@dataclass
class DocumentFacts:
    """Front matter that blocks depend on."""

    id: str
    number: str
    region: str
    effective: dt.date | None
    expires: dt.date | None
    fund: str
    decides: str = "event date"


@dataclass
class Lowering:
    """Collects problems while blocks become rules."""

    vocabulary: Vocabulary
    document: DocumentFacts
    problems: list[Problem] = field(default_factory=list)

    def say(self, code: str, spot: Spot, related: Iterable[Spot] = (), **values: Any) -> None:
        self.problems.append(problem(code, spot, related=related, **values))

    def warn(self, code: str, spot: Spot, related: Iterable[Spot] = (), **values: Any) -> None:
        found = problem(code, spot, severity="warning", related=related, **values)
        self.problems.append(found)

    def refuse(self, code: str, spot: Spot, **values: Any) -> None:
        self.say(code, spot, **values)
        raise BlockRefused

    def check_keys(self, block: Block, allowed: Iterable[str], needed: Iterable[str]) -> None:
        """Unknown keys are named with the nearest known one; missing keys are named."""
        allowed = set(allowed)
        for key, node in block.body:
            if key not in allowed:
                self.say(
                    "unknown-key", block.spot(key, block.body.keys[key]), key=key,
                    hint=nearest(key, allowed), known="、".join(sorted(allowed)),
                )  # fmt: skip
            elif isinstance(node, Scalar) and not node.text:
                self.say("empty-key", block.spot(key, block.body.keys[key]), key=key)
        for key in needed:
            if key not in block.body.entries:
                self.refuse("missing-key", block.spot(), key=key)

    def table(self, block: Block, key: str, name: str) -> Table:
        found = self.vocabulary.tables.get(name)
        if found is None:
            self.refuse(
                "unknown-table", block.spot(key, block.body.get(key)), name=name,
                hint=nearest(name, self.vocabulary.tables),
            )  # fmt: skip
            raise AssertionError
        return found

    def typer(self) -> Typer:
        return Typer(self.vocabulary, self.document.region)

    def term(self, typer: Typer, block: Block, key: str, node: Node | None) -> t.Term:
        """Type a scalar as an expression; refuses the block with the exact column."""
        if not isinstance(node, Scalar):
            self.refuse("not-a-sentence", block.spot(key, node), key=key)
            raise AssertionError
        spot = block.spot(key, node)
        try:
            from tiaowen.language.expressions import Parser

            parser = Parser(node.text, spot)
            expr = parser.expression()
            parser.finish()
            return typer.term(expr, parser.spot)
        except (ExpressionError, TypeProblem) as error:
            self.problems.append(error.problem)
            raise BlockRefused from error

    def conditions(
        self, typer: Typer, block: Block, node: Node | None, joined: frozenset[int], key: str
    ) -> tuple[Condition, ...]:
        """The labelled conditions of a mapping; all problems are found before refusing."""
        if node is None:
            return ()
        if not isinstance(node, Mapping):
            self.refuse("not-a-map", block.spot(key, node), key=key)
            raise AssertionError
        found: list[Condition] = []
        bad = False
        for label, value in node:
            spot = block.spot(f"{key} · {label}", value)
            try:
                found.append(self._condition(typer, label, value, spot, joined))
            except BlockRefused:
                bad = True
            except (ExpressionError, TypeProblem) as error:
                self.problems.append(error.problem)
                bad = True
        if bad:
            raise BlockRefused
        return tuple(found)

    def _condition(self, typer: Typer, label: str, value: Node, spot: Spot, joined: frozenset[int]) -> Condition:
        if not isinstance(value, Scalar) or not value.text:
            self.refuse("not-a-sentence", spot, key=label)
            raise AssertionError
        if label.isascii():
            self.refuse("label-ascii", spot, key=label)
        if value.text == "set elsewhere":
            return Condition(label, t.Open(BOOL, "set elsewhere", ""), value.text, spot)
        if value.text.startswith(JUDGED):
            judge = value.text.removeprefix(JUDGED).strip()
            return Condition(label, t.Open(BOOL, JUDGED.strip(), judge), value.text, spot)
        term = typer.condition(value.text, spot)
        return Condition(label, term, value.text, spot, bool(t.slots_used(term) & joined))
