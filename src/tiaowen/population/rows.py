"""Event rows of one rule: in force, joined rows, conditions, thresholds, groups."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from itertools import combinations
from typing import Any

from sqlglot import exp

from tiaowen.plan import terms as t
from tiaowen.plan.rules import Rule, Stacking
from tiaowen.population.amounts import Counts
from tiaowen.population.closed import closed
from tiaowen.population.errors import Unsupported
from tiaowen.population.expr import (
    ABSENT_DATE,
    Sql,
    all_of,
    any_of,
    call,
    case,
    col,
    how_many,
    is_null,
    lit,
    named,
    no,
    not_false,
    not_null,
    null,
    op,
    over,
    value_of,
)
from tiaowen.population.joined import join_rows
from tiaowen.population.program import Program, filter_, select
from tiaowen.population.scope import Pair, Scope, source
from tiaowen.population.world import ROW, World, column_name, reads
from tiaowen.vocabulary.model import Vocabulary
from tiaowen.vocabulary.types import DATE

FORCE = "有效期"
ORDER = ("odate", ROW, "index")
Part = tuple[list[Sql], Sql]  # the columns of one key, and whether it is unknown


def terms_in(thing: Any) -> list[t.Term]:
    """Every term that a rule (or a part of one) holds."""
    if isinstance(thing, t.Term):
        return [thing]
    if is_dataclass(thing):
        return [term for each in fields(thing) for term in terms_in(getattr(thing, each.name))]
    if isinstance(thing, tuple | list):
        return [term for each in thing for term in terms_in(each)]
    if isinstance(thing, dict):
        return [term for each in thing.values() for term in terms_in(each)]
    return []


def tables_read(vocabulary: Vocabulary, rules: Iterable[Rule], also: Iterable[Stacking]) -> list[str]:
    """The tables that rules (and the keys of stackings) read, each once."""
    rules, also = list(rules), list(also)
    found = dict.fromkeys(rule.table for rule in rules)

    def follow(table: str, hops: tuple[str, ...]) -> None:
        found[table] = None
        for hop in hops:
            table = vocabulary.tables[table].columns[hop].type.name
            if table:
                found[table] = None

    for rule in rules:
        inside = [each for term in terms_in(rule) for each in t.walk(term)]
        inside += [each for term in terms_in(also) for each in t.walk(term)]
        slots = {t.EVENT: rule.table, **{join.slot: join.table for join in rule.joined}}
        slots |= {each.slot: each.table for each in inside if isinstance(each, t.Exists | t.Aggregate | t.MonthsInRow)}
        found.update(dict.fromkeys(slots.values()))
        for term in inside:
            if isinstance(term, t.RowOf | t.Column):
                follow(term.root, term.hops)
            elif isinstance(term, t.Covers):
                follow(slots[term.slot], term.hops)
    return list(found)


class Rows:
    """The rows of a rule while they are worked out.

    `checks`: label → column of its outcome; `verdict`: column of the verdict so far.
    """

    def __init__(self, world: World, rule: Rule, more: list[t.Term], asked: list[str]) -> None:
        self.world = world
        self.rule = rule
        self.program = Program()
        self.wanted = reads([*terms_in(rule), *more])
        person = world.vocabulary.tables[rule.table].person
        self.person = person if person not in ("", "self") else ""
        mine = self.wanted.setdefault(t.EVENT, {})
        if self.person:
            mine[(), self.person] = None
        relation, columns = source(world, self.program, rule.table, t.EVENT, mine)
        self.scope = Scope(world, self.program, relation, (ROW,), rule.key, columns)
        self.checks: dict[str, str] = {}
        self.keys: list[Sql] = []
        self.counts: Counts | None = None
        for other in asked:
            self._ask(other)
        self._dates()
        self._conditions()

    # -- rows in force, conditions ---------------------------------------------------
    def _ask(self, other: str) -> None:
        """The verdict of another rule for the same row."""
        relation = lines_of(other)
        query = select([named(col("row"), ROW), named(col("eligible"), f"eligible {other}")], relation)
        query.set("distinct", exp.Distinct())
        step = self.program.add(filter_(query, not_null(col("row"))))
        self.scope.join_back(step, [f"eligible {other}"])

    def _dates(self) -> None:
        rule, scope = self.rule, self.scope
        if rule.date is not None:
            raw = scope.value(rule.date)
            known = raw.plain(rule.date.type)
        else:
            known = value_of(self.world.on or rule.effective, DATE)
            raw = Pair(known)
        gone = op("is", known, lit(ABSENT_DATE)) if raw.absent else lit(False)
        scope.put("date", case((no(gone), known), default=null("DATE")))
        scope.flush()
        since = rule.effective
        if rule.since_year and since is not None:
            since = since.replace(month=1, day=1)
        day = col("date")
        scope.put("odate", call("coalesce", day, lit(dt.date.min)))  # it may stand before any other
        if rule.by_application:  # the day of the question decides, not the event's
            gone, day = lit(False), value_of(self.world.on, DATE)
        scope.put("counted", self._in_force(gone, day, since))
        first = since if rule.grouping is not None else rule.effective
        self.check(FORCE, self._in_force(gone, day, first))

    def _in_force(self, gone: Sql, day: Sql, since: dt.date | None) -> Sql:
        late = [] if since is None else [(op("<", day, lit(since)), lit(False))]
        last = lit(True) if self.rule.expires is None else op("<=", day, lit(self.rule.expires))
        return case((gone, lit(False)), (is_null(day), null("BOOLEAN")), *late, default=last)

    def check(self, label: str, outcome: Sql) -> None:
        """A named column of three-valued outcomes."""
        if label in self.checks:
            raise Unsupported(self.rule.key, f"两个同名条件「{label}」")
        self.checks[label] = f"check:{label}"
        self.scope.put(self.checks[label], outcome)

    def _conditions(self) -> None:
        joined: dict[str, Sql] = {}
        if self.rule.joined:
            joined = join_rows(self.scope, self.rule, self.wanted)
            for join in self.rule.joined:
                self.check(join.label, joined[join.label])
        for condition in self.rule.conditions:
            if condition.joined and self.rule.joined:
                self.check(condition.label, joined[condition.label])
            else:
                self.check(condition.label, self.scope.outcome(condition.term))
        self.scope.put("passed", all_of([col(each) for each in self.checks.values()]))
        self.verdict = "passed"

    # -- thresholds -------------------------------------------------------------------
    def thresholds(self) -> None:
        """All or none of a group are paid; sure and possible rows are counted apart."""
        labels = {threshold.label for threshold in self.rule.thresholds}
        for n, threshold in enumerate(self.rule.thresholds):
            scope = self.scope
            rest = [
                col(c)
                for label, c in self.checks.items()
                if label != FORCE and label not in {*threshold.ignoring, *labels}
            ]
            passes = scope.bind(all_of([col("counted"), *rest]))
            keys, unknown, parts = self.key_columns(scope, threshold.keys)
            known = all_of([closed(scope, threshold.closure), no(may_join(scope, parts, not_false(passes)))])
            low, high, whole = self._counted(passes, keys, unknown, known, threshold.persons)
            low = scope.bind(case((unknown, call("least", low, lit(1))), default=low))
            least = lit(threshold.least)
            self.check(
                threshold.label,
                case((op(">=", low, least), lit(True)),
                     (all_of([op("<", high, least), whole]), lit(False)), default=null("BOOLEAN")),
            )  # fmt: skip
            self.scope.put(f"group {n}", low)
        if self.rule.thresholds:
            self.scope.put("eligible so far", all_of([col(each) for each in self.checks.values()]))
            self.verdict = "eligible so far"

    def key_columns(self, scope: Scope, keys: tuple[t.Term, ...]) -> tuple[list[Sql], Sql, list[Part]]:
        """Columns to group by (both ends of a value known within bounds), whether one is unknown, and each apart."""
        parts: list[Part] = []
        for key in keys:
            pair = scope.value(key)
            columns = [scope.bind(pair.low), *([] if pair.high is None else [scope.bind(pair.high)])]
            parts.append((columns, scope.bind(pair.unknown())))
        every = [column for columns, _ in parts for column in columns]
        return every, scope.bind(any_of([unknown for _, unknown in parts])), parts

    def _counted(
        self, passes: Sql, keys: list[Sql], unknown: Sql, all_known: Sql, persons: bool
    ) -> tuple[Sql, Sql, Sql]:
        """Sure and possible rows (or persons) of each row's group, and whether all are known."""
        scope = self.scope
        maybe = not_false(passes)
        whole = scope.bind(all_of([no(unknown), over(call("bool_and", all_known), keys)]))
        if not (persons and self.person):
            return (
                scope.bind(over(how_many(passes), keys)), scope.bind(over(how_many(maybe), keys)), whole,
            )  # fmt: skip
        who = col(column_name(t.EVENT, (), self.person))

        def distinct(which: Sql, least: bool = False) -> Sql:
            people = scope.bind(case((which, who)))
            different = over(exp.Count(this=exp.Distinct(expressions=[people])), keys)
            unnamed = over(how_many(all_of([which, is_null(who)])), keys)
            if least:  # an unknown one may be any of those known
                return scope.bind(case((op(">", different, lit(0)), different), default=call("least", unnamed, lit(1))))
            return scope.bind(op("+", different, unnamed))

        return distinct(passes, least=True), distinct(maybe), whole

    # -- groups -------------------------------------------------------------------------
    def grouped(self) -> None:
        """One line per group; its first row that may count stands for it."""
        grouping, scope = self.rule.grouping, self.scope
        assert grouping is not None
        keys, unknown, parts = self.key_columns(scope, grouping.keys)
        passes = col(self.verdict)
        known = all_of([closed(scope, grouping.closure), no(may_join(scope, parts, not_false(passes)))])
        low, high, whole = self._counted(passes, keys, unknown, known, False)
        people_low, people_high, _ = self._counted(passes, keys, unknown, known, True)
        for label, column in list(self.checks.items()):
            outcome = col(column)
            scope.put(
                f"any {column}",
                case((op(">", over(how_many(outcome), keys), lit(0)), lit(True)),
                     (op(">", over(how_many(is_null(outcome)), keys), lit(0)), null("BOOLEAN")),
                     default=lit(False)),
            )  # fmt: skip
            self.checks[label] = f"any {column}"
        refused = case((not_false(passes), lit(0)), default=lit(1))
        scope.put("first", over(exp.RowNumber(), keys, [refused, col("odate"), col(ROW)]))
        scope.put(
            "group verdict",
            case((all_of([op(">", low, lit(0)), no(unknown)]), lit(True)),
                 (any_of([op(">", high, lit(0)), no(whole)]), null("BOOLEAN")), default=lit(False)),
        )  # fmt: skip
        self.verdict = "group verdict"
        scope.put("several", all_of([unknown, op(">", high, lit(1))]))  # or each to a group of its own

        def at_most(count: Sql) -> Sql:
            return scope.bind(case((whole, count), default=null("BIGINT")))

        self.counts = Counts((low, at_most(high)), (people_low, at_most(people_high)))
        self.keys = [scope.value(key).low for key in grouping.keys]
        relation = scope.flush()
        step = self.program.add(filter_(select([exp.Star()], relation), op("is", col("first"), lit(1))))
        self.scope = scope.narrowed(step)


def may_join(scope: Scope, parts: list[Part], possible: Sql) -> Sql:
    """Whether a group may gain a row whose key is known in part only: all that is known of it agrees."""
    found: list[Sql] = []
    for size in range(1, len(parts) + 1):
        for some in combinations(range(len(parts)), size):
            lacks = [unknown if n in some else no(unknown) for n, (_, unknown) in enumerate(parts)]
            rest = [column for n, (columns, _) in enumerate(parts) if n not in some for column in columns]
            found.append(op(">", over(how_many(scope.bind(all_of([possible, *lacks]))), rest), lit(0)))
    return scope.bind(any_of(found))


def lines_of(rule: str) -> str:
    """The relation that holds the lines of a rule."""
    return f"lines {rule}"


__all__ = ["FORCE", "ORDER", "Rows", "lines_of", "may_join", "terms_in"]
