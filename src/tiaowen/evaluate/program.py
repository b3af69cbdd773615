"""One rule compiled: its steps in their fixed order, for any facts.

rows in force → joined rows → conditions → threshold → amount → schedule → limits
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tiaowen.evaluate.aggregates import covered, source
from tiaowen.evaluate.amounts import AmountFn, Counts, Sum, compile_amount
from tiaowen.evaluate.bound import Bound
from tiaowen.evaluate.expressions import Compiler, Fn, Scope
from tiaowen.evaluate.facts import Row
from tiaowen.evaluate.limits import (
    count_limit,
    difference_limit,
    groups,
    highest_limit,
    money_limit,
    strays,
)
from tiaowen.evaluate.lines import Check, Line, Outcome, Result, kleene_and
from tiaowen.evaluate.periods import expand_instalments, expand_schedule
from tiaowen.plan import terms as t
from tiaowen.plan.rules import Condition, Rule
from tiaowen.vocabulary.types import NONE

FORCE = "有效期"
SPARE_SLOTS = 8


def program_of(compiler: Compiler, rule: Rule) -> Program:
    """The closures of a rule, made at its first run."""
    if rule.compiled is None:
        rule.compiled = Program(compiler, rule)
    found: Program = rule.compiled
    return found


# a condition's closure, and its check for each outcome (checks are never changed)
_Prepared = tuple[Fn, dict[Outcome, Check]]
_FORCE: dict[Outcome, Check] = {o: Check(FORCE, o, "force") for o in (True, False, None)}


def _checks_of(condition: Condition, index: int) -> dict[Outcome, Check]:
    kind = "open" if isinstance(condition.term, t.Open) else "fact"
    return {o: Check(condition.label, o, kind, index) for o in (True, False, None)}


class Program:
    """The closures of one rule.  It keeps nothing of a run."""

    def __init__(self, compiler: Compiler, rule: Rule) -> None:
        self.rule = rule
        self.compiler = compiler
        self.vocabulary = compiler.vocabulary
        self.date = compiler.fn(rule.date) if rule.date is not None else None
        prepared = [
            (condition.joined, (compiler.fn(condition.term), _checks_of(condition, index)))
            for index, condition in enumerate(rule.conditions)
        ]
        self.plain = [each for joined, each in prepared if not joined]
        self.on_joined = [each for joined, each in prepared if joined]
        self.joins = [
            (join, source(compiler, join.closure), compiler.fn(join.link), covered(compiler, join.closure))
            for join in rule.joined
        ]
        self.size = rule.slots + SPARE_SLOTS
        self.threshold_keys = [
            ([compiler.fn(key) for key in each.keys], covered(compiler, each.closure)) for each in rule.thresholds
        ]
        self.group_keys = [compiler.fn(key) for key in rule.grouping.keys] if rule.grouping else []
        self.group_closed = covered(compiler, rule.grouping.closure) if rule.grouping else None
        self.amount = compile_amount(compiler, rule.amount) if rule.amount is not None else None
        self.limit_keys = [
            ([compiler.fn(key) for key in each.keys], covered(compiler, each.closure)) for each in rule.limits
        ]
        self.pays = compiler.fn(rule.pays) if isinstance(rule.pays, t.Term) else None
        self.beneficiary = compiler.fn(rule.beneficiary) if rule.beneficiary is not None else None
        self.applicant = compiler.fn(rule.applicant) if rule.applicant is not None else None
        self.must = [compiler.fn(c.term) for c in rule.must]
        self.effective = rule.effective
        if rule.since_year and rule.effective is not None:
            self.effective = rule.effective.replace(month=1, day=1)
        # rows of the year before commencement may count towards a threshold, unpaid
        self.counts_earlier = rule.since_year and rule.grouping is None
        self.may_skip = rule.grouping is None and not rule.since_year

    # -- conditions of one event row ------------------------------------------------
    def line(self, row: Row, scope: Scope) -> Line:
        env = scope.env(self.size, row)
        if self.date is not None:
            day = self.date(env)
            if isinstance(day, Bound):  # between two days: which one decides is unknown
                day = None
        else:
            day = scope.facts.on or self.rule.effective
        env[t.EVENT_DATE] = env[t.PERIOD] = None if day is NONE else day
        asked = scope.facts.on if self.rule.by_application else day
        counted = self._in_force(asked, self.effective)
        force = counted
        if self.counts_earlier:
            force = self._in_force(asked, self.rule.effective)
        checks = [_FORCE[force]]
        verdict: Outcome = force
        if force is False and self.may_skip and scope.facts.brief:
            pass  # whatever else it says, it is out of force
        elif self.joins or scope.facts.grant or scope.facts.assume:
            if self.joins:
                self._join(env, checks)
            else:
                self._check(env, checks, self.plain)
            verdict = kleene_and([check.outcome for check in checks])
        else:  # the common way, without a second look at the checks
            for fn, by_outcome in self.plain:
                outcome = fn(env)
                checks.append(by_outcome[outcome])
                if outcome is not True and verdict is not False:
                    verdict = outcome
        order = (day if isinstance(day, dt.date) else dt.date.min, row.id)  # it may stand before any other
        return Line(self.rule, row, (row,), day, checks, verdict, env, order=order, counted=counted)

    def _in_force(self, day: Any, effective: dt.date | None) -> Outcome:
        if day is None:
            return None
        if day is NONE:
            return False
        if effective is not None and day < effective:
            return False
        return self.rule.expires is None or day <= self.rule.expires

    def _check(self, env: list[Any], checks: list[Check], conditions: list[_Prepared]) -> None:
        facts = env[t.SCOPE].facts
        if facts.grant or facts.assume:
            for fn, by_outcome in conditions:
                outcome = fn(env)
                label = by_outcome[True].label
                if label in facts.grant or (outcome is None and label in facts.assume):
                    outcome = True
                checks.append(by_outcome[outcome])
            return
        for fn, by_outcome in conditions:
            checks.append(by_outcome[fn(env)])

    def _join(self, env: list[Any], checks: list[Check]) -> None:
        """The best joined row explains: any true, else unknown, else false."""
        plain: list[Check] = []
        self._check(env, plain, self.plain)
        best: tuple[int, list[Check], list[Any]] | None = None
        closed = True

        def descend(level: int, found: list[Check]) -> None:
            nonlocal best, closed
            if level == len(self.joins):
                mine = list(found)
                self._check(env, mine, self.on_joined)
                score = {True: 2, None: 1, False: 0}[kleene_and([c.outcome for c in mine])]
                if best is None or score > best[0]:
                    best = (score, mine, list(env))
                return
            join, rows, link, is_closed = self.joins[level]
            closed = closed and is_closed(env)
            for other in rows(env):
                if best is not None and best[0] == 2:
                    return
                env[join.slot] = other
                linked = link(env)
                if linked is not False:
                    descend(level + 1, [*found, Check(join.label, linked, "join")])
            env[join.slot] = None

        descend(0, [])
        if best is None:
            outcome: Outcome = False if closed else None
            label = self.rule.joined[0].label
            checks += [Check(label, outcome, "join"), *plain]
            joined = [c for c in self.rule.conditions if c.joined]
            checks += [Check(c.label, None, "joined") for c in joined]
            return
        env[:] = best[2]
        mine = best[1]
        if not closed:  # another row that we do not know of may satisfy what this one does not
            mine = [Check(c.label, c.outcome or None, c.kind, c.index) for c in mine]
        order = {c.label: n for n, c in enumerate(self.rule.conditions)}
        rest = sorted([*plain, *mine], key=lambda c: order.get(c.label, -1))
        checks += rest

    # -- thresholds -------------------------------------------------------------------
    def thresholds(self, lines: list[Line]) -> None:
        """All or none of a group are paid; sure and possible rows are counted apart."""
        for threshold, (keys, closed) in zip(self.rule.thresholds, self.threshold_keys, strict=True):
            person = self.vocabulary.tables[self.rule.table].person

            def verdict(line: Line, ignoring: frozenset[str] = threshold.ignoring) -> Outcome:
                rest = [c.outcome for c in line.checks[1:] if c.kind != "threshold" and c.label not in ignoring]
                return kleene_and([line.counted, *rest])  # earlier rows may count, unpaid

            found: dict[tuple[Any, ...], list[Line]] = {}
            for line in lines:
                found.setdefault(tuple(key(line.env) for key in keys), []).append(line)
            may_join = strays(key for key, rows in found.items() if any(verdict(row) is not False for row in rows))
            for key, members in found.items():
                whole = None not in key and not may_join(key) and all(closed(line.env) for line in members)
                sure = [line for line in members if verdict(line) is True]
                maybe = [line for line in members if verdict(line) is not False]
                low = _least(sure, person if threshold.persons else "")
                high = _count(maybe, person if threshold.persons else "")
                if None in key:  # each may belong to a group of its own
                    low = min(low, 1)
                outcome: Outcome = None
                if low >= threshold.least:
                    outcome = True
                elif high < threshold.least and whole:
                    outcome = False
                for line in members:
                    line.checks.append(Check(threshold.label, outcome, "threshold"))
                    line.counts = (low, high if whole else None, threshold.least, None)
                    line.members = members
        if self.rule.thresholds:
            for line in lines:
                line.verdict = kleene_and([check.outcome for check in line.checks])

    # -- groups -------------------------------------------------------------------------
    def grouped(self, lines: list[Line]) -> list[Line]:
        rule = self.rule
        keys, closed, amount = self.group_keys, self.group_closed, self.amount
        assert amount is not None
        assert closed is not None
        person = self.vocabulary.tables[rule.table].person
        found: dict[tuple[Any, ...], list[Line]] = {}
        for line in lines:
            found.setdefault(tuple(key(line.env) for key in keys), []).append(line)
        result = []
        may_join = strays(key for key, rows in found.items() if any(row.verdict is not False for row in rows))
        for key, members in found.items():
            members.sort(key=lambda each: each.order)
            whole = None not in key and not may_join(key) and all(closed(line.env) for line in members)
            sure = [line for line in members if line.verdict is True]
            maybe = [line for line in members if line.verdict is not False]
            counts = Counts(
                (len(sure), len(maybe) if whole else None),
                (_least(sure, person), _count(maybe, person) if whole else None),
            )
            checks = [
                Check(check.label, _any([line.checks[n].outcome for line in members]), check.kind, check.index)
                for n, check in enumerate(members[0].checks)
            ]
            first = (maybe or members)[0]
            verdict: Outcome = True if sure else None if maybe or not whole else False
            if None in key and verdict is True:  # its rows may all belong to groups that stand for themselves
                verdict = None
            group = Line(rule, None, key, first.date, checks, verdict, first.env,
                         order=(first.order[0], str(key)))  # fmt: skip
            group.members = members
            group.counts = (len(sure), len(maybe) if whole else None,
                            counts.persons[0], counts.persons[1])  # fmt: skip
            if verdict is False:
                result.append(group)
                continue
            worth = amount(first.env, counts)
            if None in key and len(maybe) > 1:  # or each to a group of its own
                worth = replace(worth, high=None if worth.high != 0 else 0)
            result.append(_paid(group, worth, "amount"))
        return result

    # -- amounts, schedules -------------------------------------------------------------
    def amounts(self, lines: list[Line]) -> list[Line]:
        rule = self.rule
        if rule.instalments:
            return expand_instalments(self.compiler, rule, lines)
        amount: AmountFn | None = self.amount
        assert amount is not None
        if rule.schedule is not None:
            return expand_schedule(self.compiler, rule, rule.schedule, amount, lines)
        one = Counts()
        return [line if line.verdict is False else _paid(line, amount(line.env, one), "amount") for line in lines]

    # -- limits -------------------------------------------------------------------------
    def limits(self, result: Result) -> None:
        for line in result.lines:
            line.paid_low = line.low if line.verdict is True else 0
            line.paid_high = line.high if line.verdict is not False else 0
        for limit, (keys, closed) in zip(self.rule.limits, self.limit_keys, strict=True):

            def key_of(line: Line, keys: list[Fn] = keys) -> tuple[Any, ...]:
                env = line.env
                before = env[t.PERIOD]
                env[t.PERIOD] = line.begin or env[t.EVENT_DATE]
                key = tuple(each(env) for each in keys)
                env[t.PERIOD] = before
                return key

            grouping = self.rule.grouping
            alone = grouping is not None and set(grouping.keys) <= set(limit.keys)

            def is_closed(line: Line, closed: Callable[[list[Any]], bool] = closed, alone: bool = alone) -> bool:
                return alone or closed(line.env)  # a group has no rival under its own keys

            live = [line for line in result.lines if line.verdict is not False]
            totals = []
            for group in groups(live, key_of, is_closed):
                if limit.kind == "count":
                    totals.append(count_limit(group, limit.most, limit.label, limit.events))
                elif limit.kind == "money":
                    totals.append(money_limit(group, limit.most, limit.label))
                elif limit.kind == "highest":
                    totals.append(highest_limit(group, limit.label))
                else:
                    totals.append(difference_limit(group, limit.label))
            result.totals.append(totals)

    # -- treatments, duties -----------------------------------------------------------------
    def words(self, lines: list[Line]) -> None:
        gives = self.rule.gives
        assert gives is not None
        if gives.term is None:
            for line in lines:
                line.words = gives.words
            return
        value_of = self.compiler.fn(gives.term)
        table = {code: words for codes, words in gives.rows for code in codes}
        for line in lines:
            value = value_of(line.env)
            if value is None or isinstance(value, Bound):
                line.checks.append(Check(gives.name, None, "amount"))
            else:
                line.words = table.get(value, gives.otherwise)
                given = line.words not in ("", "nothing")
                line.checks.append(Check(gives.name, given, "amount"))
            line.verdict = kleene_and([check.outcome for check in line.checks])

    def duties(self, lines: list[Line]) -> None:
        """`verdict` says whether the duty applies; the checks of kind `must` whether it is met."""
        must = self.must
        for line in lines:
            for index, condition in enumerate(self.rule.must):
                line.checks.append(Check(condition.label, must[index](line.env), "must", index))


def _paid(line: Line, worth: Sum, kind: str) -> Line:
    """Put an amount on a line; `not paid` refuses it, under the name of what decided."""
    line.low, line.high = worth.low, worth.high
    if worth.pays is not True:
        line.checks.append(Check(worth.why or "金额", worth.pays, kind))
        line.verdict = kleene_and([line.verdict, worth.pays])
    if worth.pays is False:
        line.low, line.high = 0, 0
    return line


def _count(lines: list[Line], person: str) -> int:
    """Rows, or distinct persons when `person` names the column; unknown ones count each."""
    if not person:
        return len(lines)
    people = [line.row.values.get(person) for line in lines if line.row is not None]
    known = {id(each) for each in people if each is not None}
    return len(known) + sum(each is None for each in people)


def _least(lines: list[Line], person: str) -> int:
    """Rows, or distinct persons at least: an unknown one may be any of those known."""
    if not person:
        return len(lines)
    people = [line.row.values.get(person) for line in lines if line.row is not None]
    return len({id(each) for each in people if each is not None}) or min(1, len(people))


def _any(outcomes: list[Outcome]) -> Outcome:
    """Whether some row of a group meets a condition."""
    if True in outcomes:
        return True
    return None if None in outcomes else False
