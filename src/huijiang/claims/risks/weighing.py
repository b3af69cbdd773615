"""What the risk blocks make of a claim: passed, a hit with its evidence, no data; nothing where a block does not apply."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, Final

from django.utils.translation import gettext_noop

from huijiang.claims.connectors.asking import VERDICT_ALONE
from huijiang.claims.models import Claim
from huijiang.claims.risks.blocks import Block, blocks, held
from huijiang.claims.risks.circle import circle_of
from huijiang.claims.risks.desk import FIRMS, Desk, ties_of
from huijiang.claims.verifiers.finding import Finding, failed, no_data, passed
from huijiang.registry.facts import Ties
from tiaowen.evaluate.aggregates import source
from tiaowen.evaluate.expressions import Compiler
from tiaowen.evaluate.facts import Row
from tiaowen.evaluate.lines import Line
from tiaowen.evaluate.runner import Runner
from tiaowen.explain.reading import Reader
from tiaowen.plan import terms as t

NOT_TOLD: Final = gettext_noop("外部登记簿没有答复")
NOT_KNOWN: Final = gettext_noop("缺少判断所需的事实")
NO_NUMBER: Final = gettext_noop("没有登记号码，无从查询")
TOO_MANY: Final = gettext_noop("要看的登记行太多，不能当场判断")
MOST: Final = 20
"""Rows named as evidence of one hit."""


def weigh(
    claim: Claim, on: dt.date, outside: bool = True, only: Callable[[Block], bool] = lambda _: True
) -> list[tuple[Block, Finding]]:
    """Run the blocks of the claim's place; `outside` False: those that ask no other authority.  Nothing is written."""
    chosen = [each for each in blocks(claim.region_id) if (outside or not each.outside) and only(each)]
    if not chosen:
        return []
    checks = held()
    desk = Desk(circle_of(claim, on), chosen, checks.vocabulary).read(_ties(checks.release, claim.region_id))
    runner = Runner(desk.facts)
    found = []
    for block in chosen:
        (line,) = runner.run(block.rule, frozenset({desk.row})).lines
        said = _finding(block, desk, line, runner.compiler)
        if said is not None:
            found.append((block, said))
    return found


@lru_cache(maxsize=64)
def _ties(release: str, region: str) -> Ties:
    checks = held()
    return ties_of(checks.vocabulary, checks.in_place(region))


def _finding(block: Block, desk: Desk, line: Line, compiler: Compiler) -> Finding | None:
    force, *concerns, last = line.checks
    if any(each.outcome is False for each in (force, *concerns)):
        return None
    if block.key in desk.beyond:
        return no_data(TOO_MANY, rows=desk.beyond[block.key])
    registers = [*sorted(block.registers), *([FIRMS] if block.looks_at("firm_state") else [])]
    asked = [each for code in registers for each in desk.registers.get(code, ())]
    evidence: dict[str, Any] = {"registers": asked} if asked else {}
    if last.outcome is False:
        return passed("", **evidence)
    if line.verdict is True:
        if not _verdict_alone(block, desk):
            evidence |= _evidence(desk, compiler, block.rule.conditions[-1].term, line.env)
            evidence |= {"unverified": list(block.unverified)} if block.unverified else {}
        return failed(block.rule.tells or block.rule.name, "", block.score, **evidence)
    if desk.unasked.intersection(registers):
        return no_data(NO_NUMBER)
    if block.outside and (not asked or any("why" in each for each in asked)):
        return no_data(NOT_TOLD, **evidence)
    terms = [condition.term for condition in block.rule.conditions]
    missing = [each.label for term in terms for each in Reader(compiler).missing(term, line.env)]
    return no_data(NOT_KNOWN, **evidence, missing=list(dict.fromkeys(missing))[:MOST])


def _verdict_alone(block: Block, desk: Desk) -> bool:
    """Whether the block reads a register of which nothing but the verdict may be kept."""
    kinds = desk.words.codes["register"].codes
    return any(kinds[code] in VERDICT_ALONE for code in block.registers)


def _evidence(desk: Desk, compiler: Compiler, term: t.Term, env: list[Any]) -> dict[str, Any]:
    """The rows that make it true, as what may be told of them: ids, codes, places and case numbers."""
    found: dict[str, list[Any]] = {}
    for row in _witnesses(compiler, term, env):
        kind, value = desk.told.get((row.table, row.id), ("", None))
        if kind and value not in found.setdefault(kind, []) and len(found[kind]) < MOST:
            found[kind].append(value)
    return found


def _witnesses(compiler: Compiler, term: t.Term, env: list[Any]) -> Iterator[Row]:
    """Rows of tables through which a term became true, outermost first."""
    if isinstance(term, t.Negation):
        return  # what is not there has no rows
    if isinstance(term, t.Exists | t.Aggregate):
        where = compiler.fn(term.where) if term.where is not None else None
        before, seen = env[term.slot], 0
        for row in source(compiler, term.closure)(env):
            env[term.slot] = row
            if where is None or where(env) is True:
                yield row
                if term.where is not None:
                    yield from _witnesses(compiler, term.where, env)
                seen += 1
            if seen >= MOST:
                break
        env[term.slot] = before
        return
    if isinstance(term, t.Both) and term.op == "or":
        for part in term.parts:
            if compiler.fn(part)(env) is True:
                yield from _witnesses(compiler, part, env)
        return
    for inner in t.children(term):
        yield from _witnesses(compiler, inner, env)
