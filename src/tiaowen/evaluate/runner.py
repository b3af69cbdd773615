"""Running rules over one set of facts."""

from __future__ import annotations

from dataclasses import dataclass, field

from tiaowen.evaluate.expressions import Compiler, Scope, compiler_of
from tiaowen.evaluate.facts import Facts, Row
from tiaowen.evaluate.lines import Result
from tiaowen.evaluate.program import program_of
from tiaowen.plan.rules import Rule


@dataclass
class Runner:
    """Runs rules of one place over one set of facts; verdicts are shared for `eligible`."""

    facts: Facts
    compiler: Compiler = field(init=False)
    scope: Scope = field(init=False)

    def __post_init__(self) -> None:
        self.compiler = compiler_of(self.facts.vocabulary)
        self.scope = Scope(self.facts)

    def run(self, rule: Rule, only: frozenset[Row] | None = None) -> Result:
        """Lines of a rule.  With `only`, just those event rows (limits then see only them)."""
        program = program_of(self.compiler, rule)
        scope = self.scope
        rows = self.facts.rows(rule.table) if only is None else only
        lines = [program.line(row, scope) for row in rows]
        if rule.grouping is not None:
            lines = program.grouped(lines)
        else:
            program.thresholds(lines)
            scope.verdicts[rule.id] = {line.row: line.verdict for line in lines if line.row is not None}
            if rule.kind == "benefit":
                lines = program.amounts(lines)
        result = Result(rule, lines)
        if rule.kind == "benefit":
            program.limits(result)
        elif rule.kind == "treatment":
            program.words(lines)
        elif rule.kind == "duty":
            program.duties(lines)
        return result
