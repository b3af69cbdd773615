"""Event rows of one rule: in force, joined rows, conditions, thresholds, groups."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from itertools import combinations
from typing import Any

from sqlglot import exp

from tiaowen.plan import terms as t
from tiaowen.plan.amounts import PerCount
from tiaowen.plan.rules import Grouping, Rule, Stacking, Threshold
from tiaowen.population.amounts import Counts, codes_paid
from tiaowen.population.certain import always_dated, always_known
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
    same,
    says,
    value_of,
)
from tiaowen.population.joined import join_rows
from tiaowen.population.program import Program, beside, filter_, group, join, select
from tiaowen.population.scope import Pair, Scope, source
from tiaowen.population.world import EVENTS, ROW, World, column_name, reads
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


def tables_read(
    vocabulary: Vocabulary, rules: Iterable[Rule], also: Iterable[Stacking], referred: bool = True
) -> list[str]:
    """The tables that rules (and the keys of stackings) read, each once.

    `referred`: also those of which no more is told than which row is meant.
    """
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
                follow(term.root, term.hops if referred or isinstance(term, t.Column) else term.hops[:-1])
            elif isinstance(term, t.Covers):
                follow(slots[term.slot], term.hops)
    return list(found)


class Rows:
    """The rows of a rule while they are worked out.

    `checks`: label → column of its outcome; `verdict`: column of the verdict so far.
    `owed`: rows that are surely refused are dropped as early as can be.
    """

    def __init__(self, world: World, rule: Rule, more: list[t.Term], asked: list[str], owed: bool = False) -> None:
        self.world = world
        self.rule = rule
        self.owed = owed
        self.dated = always_dated(world, rule)
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
        self.unrefused = False  # whether no row that is left is surely refused
        self.exact = False  # whether what a line comes to is known to the fen
        self.read_within: Sql | None = None  # true of every event row `r` that is not dropped at once
        self.read_kept: Sql | None = None  # the same with what else its own columns tell
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
        # an unknown day may stand before any other
        scope.fix("odate", day if self.dated else call("coalesce", day, lit(dt.date.min)))
        if rule.by_application:  # the day of the question decides, not the event's
            gone, day = lit(False), value_of(self.world.on, DATE)
        scope.fix("counted", self._in_force(gone, day, since))
        first = since if rule.grouping is not None else rule.effective
        self.check(FORCE, self._in_force(gone, day, first))

    def _window(self) -> Sql | None:
        """Of event rows `r` as they are read: whether they are in force, where their own column tells."""
        rule, day = self.rule, self.rule.date
        if not self.dated or rule.by_application or not isinstance(day, t.Column) or day.slot != t.EVENT or day.hops:
            return None
        since = rule.effective
        if since is not None and rule.since_year and (rule.thresholds or rule.grouping is not None):
            since = since.replace(month=1, day=1)
        found = self._in_force(lit(False), col(day.column, EVENTS), since)
        return None if says(found, True) else found

    def _of_event(self, term: t.Term) -> Sql:
        """A condition over event rows `r` as they are read."""
        apart = Scope(self.world, Program(), "", (ROW,), self.rule.key, self.scope.columns)
        return apart.spelled(apart.outcome(term), {name: col(name.partition(".")[2], EVENTS) for name in apart.columns})

    def _in_force(self, gone: Sql, day: Sql, since: dt.date | None) -> Sql:
        since_then = [] if since is None else [op(">=", day, lit(since))]
        until_then = [] if self.rule.expires is None else [op("<=", day, lit(self.rule.expires))]
        inside = all_of([no(gone), *since_then, *until_then])
        if since_then or until_then:
            return inside
        if self.dated and not self.rule.by_application:
            return lit(True)
        return case((gone, lit(False)), (is_null(day), null("BOOLEAN")), default=lit(True))

    def check(self, label: str, outcome: Sql) -> None:
        """A named column of three-valued outcomes."""
        if label in self.checks:
            raise Unsupported(self.rule.key, f"两个同名条件「{label}」")
        self.checks[label] = f"check:{label}"
        self.scope.fix(self.checks[label], outcome)

    def refused(self) -> Sql:
        """Whether a row is surely refused."""
        return lit(False) if self.unrefused else no(not_false(self.scope.take(self.verdict)))

    def outcomes(self) -> list[Sql]:
        """Every check so far."""
        return [self.scope.take(each) for each in self.checks.values()]

    def _conditions(self) -> None:
        plain = [c for c in self.rule.conditions if not (c.joined and self.rule.joined)]
        order = sorted(plain, key=lambda each: _looks(each.term)) if self.owed else plain
        outcomes: dict[str, Sql] = {}
        force = "counted" if self.rule.thresholds else self.checks[FORCE]
        before = [self.scope.take(force) if self.dated else not_false(self.scope.take(force))]
        settled = [force] if self.dated else []
        spared = {label for threshold in self.rule.thresholds for label in threshold.ignoring}
        early = self.owed and self._whole_groups()
        for condition in order:
            if early and _looks(condition.term):
                self._drop_refused(before)
            outcomes[condition.label] = outcome = self.scope.outcome(condition.term)
            if condition.label not in spared:
                known = always_known(self.world, condition.term, self.dated)
                before.append(outcome if known else not_false(outcome))
                if early and known:  # whoever is left meets it
                    outcomes[condition.label] = lit(True)
        if early:
            self._drop_last(before, [each.term for each in order if each.label not in spared])
            for each in settled:
                self.scope.fixed[each] = lit(True)
            self.unrefused = not (self.rule.thresholds or self.rule.grouping or self.rule.joined)
        joined: dict[str, Sql] = {}
        if self.rule.joined:
            joined = join_rows(self.scope, self.rule, self.wanted)
            for join in self.rule.joined:
                self.check(join.label, joined[join.label])
        for condition in self.rule.conditions:
            self.check(condition.label, (outcomes if condition.label in outcomes else joined)[condition.label])
        self.scope.fix("passed", all_of(self.outcomes()))
        self.verdict = "passed"

    def _drop_last(self, before: list[Sql], asked: list[t.Term]) -> None:
        """Drop what the conditions and the amount refuse; say what holds of the event rows that are left."""
        paid = self._paid_at_all()
        if paid is not None:
            if _looks(paid):
                self._drop_refused(before)
            asked.append(paid)
            outcome = self.scope.outcome(paid)
            known = always_known(self.world, paid, self.dated)
            before.append(outcome if known else not_false(outcome))
            if known:
                self.scope.settle(paid)
        self._drop_refused(before)
        self.read_within = self._window()
        if self.read_within is not None:
            own = [not_false(self._of_event(each)) for each in asked if _is_own(each)]
            self.read_kept = all_of([self.read_within, *own])

    def _paid_at_all(self) -> t.Term | None:
        """What a row must meet to be paid anything; None where a refused sum still counts, or hangs on other rows."""
        rule = self.rule
        if rule.thresholds or rule.grouping is not None or rule.joined or rule.schedule is not None or rule.instalments:
            return None
        return codes_paid(rule.amount)

    def _whole_groups(self) -> bool:
        """Whether a refused row says nothing of its group: every key is known and no row can be missing."""
        groups: list[Threshold | Grouping] = [*self.rule.thresholds]
        if self.rule.grouping is not None:
            groups.append(self.rule.grouping)
        return all(
            says(closed(self.scope, each.closure), True)
            and all(always_known(self.world, key, self.dated) for key in each.keys)
            for each in groups
        )

    def _drop_refused(self, outcomes: list[Sql]) -> None:
        """Keep the rows that no outcome refuses (each true or false, never NULL); they are done with."""
        kept = all_of(outcomes)  # one by one, so that each moves to where it is read
        outcomes.clear()
        if not says(kept, True):
            relation = self.scope.flush()
            self.scope.relation = self.program.add(filter_(select([exp.Star()], relation), kept), "kept")

    # -- thresholds -------------------------------------------------------------------
    def thresholds(self) -> None:
        """All or none of a group are paid; sure and possible rows are counted apart."""
        labels = {threshold.label for threshold in self.rule.thresholds}
        for n, threshold in enumerate(self.rule.thresholds):
            scope = self.scope
            rest = [
                scope.take(c)
                for label, c in self.checks.items()
                if label != FORCE and label not in {*threshold.ignoring, *labels}
            ]
            passes = scope.bind(all_of([scope.take("counted"), *rest]))
            keys, unknown, parts = self.key_columns(scope, threshold.keys)
            known = all_of([closed(scope, threshold.closure), no(may_join(scope, parts, not_false(passes)))])
            low, high, whole = self._counts(
                unknown, self._beside(keys, self._counted(passes, scope.bind(known), threshold.persons))
            )
            low = scope.bind(case((unknown, call("least", low, lit(1))), default=low))
            least = lit(threshold.least)
            self.check(
                threshold.label,
                case((op(">=", low, least), lit(True)),
                     (all_of([op("<", high, least), whole]), lit(False)), default=null("BOOLEAN")),
            )  # fmt: skip
            self.scope.put(f"group {n}", low)
            if self.owed and n + 1 == len(self.rule.thresholds) and low == high and says(whole, True):
                self._drop_refused([self.scope.take(self.checks[threshold.label])])
                self.scope.fixed[self.checks[threshold.label]] = lit(True)  # whoever is left meets it
        if self.rule.thresholds:
            self.scope.fix("eligible so far", all_of(self.outcomes()))
            self.verdict = "eligible so far"

    def key_columns(self, scope: Scope, keys: tuple[t.Term, ...]) -> tuple[list[Sql], Sql, list[Part]]:
        """Columns to group by (both ends of a value known within bounds), whether one is unknown, and each apart."""
        parts: list[Part] = []
        for key in keys:
            pair = scope.value(key)
            columns = [scope.bind(pair.low), *([] if pair.high is None else [scope.bind(pair.high)])]
            known = pair.high is None and always_known(self.world, key, self.dated)
            parts.append((columns, lit(False) if known else scope.bind(pair.unknown())))
        every = [column for columns, _ in parts for column in columns]
        return every, scope.bind(any_of([unknown for _, unknown in parts])), parts

    def _counted(self, passes: Sql, known: Sql, persons: bool) -> dict[str, Sql]:
        """Aggregates over a group: sure and possible rows (or persons), and whether all rows are known."""
        maybe = not_false(passes)
        found = {} if says(known, True) else {"whole": call("bool_and", known)}
        if not (persons and self.person):
            return {**found, "low": how_many(passes), "high": how_many(maybe)}
        who = col(column_name(t.EVENT, (), self.person))
        for name, which in (("low", passes), ("high", maybe)):
            found[name] = exp.Count(this=exp.Distinct(expressions=[case((which, who))]))
            if self.world.lacks(self.rule.table, self.person):
                found[f"{name} unnamed"] = how_many(all_of([which, is_null(who)]))
        return found

    def _counts(self, unknown: Sql, found: dict[str, Sql]) -> tuple[Sql, Sql, Sql]:
        """Of what was counted: the least, the most, and whether all rows of the group are known."""
        scope, low, high = self.scope, found["low"], found["high"]
        if "low unnamed" in found:  # an unknown one may be any of those known
            one = call("least", found["low unnamed"], lit(1))
            low = scope.bind(case((op(">", low, lit(0)), low), default=one))
            high = scope.bind(op("+", high, found["high unnamed"]))
        return low, high, scope.bind(all_of([no(unknown), found.get("whole", lit(True))]))

    def _beside(self, keys: list[Sql], measures: dict[str, Sql]) -> dict[str, Sql]:
        """Aggregate per group, and put what was found beside every row of it."""
        scope, columns, each_once = self.scope, *self._columns_for(measures)
        relation = scope.flush()
        found = select([*keys, *each_once], relation)
        made = self.program.add(group(found, keys) if keys else found, "found")
        query = select(
            [exp.Column(this=exp.Star(), table=exp.to_identifier("e")), *(col(each.alias, "a") for each in each_once)],
            relation, "e",
        )  # fmt: skip
        on = all_of(same(col(key.name, "e"), col(key.name, "a")) for key in keys)
        scope.relation = self.program.add(join(query, made, "a", on))
        return {as_: col(column) for as_, column in columns.items()}

    def _columns_for(self, measures: dict[str, Sql]) -> tuple[dict[str, str], list[Sql]]:
        """A column per measure, and what is aggregated: measures that are the same share one."""
        made: dict[Sql, str] = {}
        columns = {as_: made.setdefault(value, self.program.fresh(f"{as_} ")) for as_, value in measures.items()}
        return columns, [named(value, column) for value, column in made.items()]

    # -- groups -------------------------------------------------------------------------
    def grouped(self) -> None:
        """One line per group; its first row that may count stands for it."""
        grouping, scope = self.rule.grouping, self.scope
        assert grouping is not None
        keys, unknown, parts = self.key_columns(scope, grouping.keys)
        passes = scope.take(self.verdict)
        known = all_of([closed(scope, grouping.closure), no(may_join(scope, parts, not_false(passes)))])
        people = _persons(self.rule.amount)
        measures = {f"rows {as_}": value for as_, value in self._counted(passes, scope.bind(known), False).items()}
        if people:
            counted = self._counted(passes, lit(True), True)
            measures |= {f"people {as_}": value for as_, value in counted.items()}
        for label, column in self.checks.items():
            told = scope.take(column)
            rank = case((told, lit(2)), (is_null(told), lit(1)), default=lit(0))
            measures[label] = call("max", rank)
        refused = case((not_false(passes), lit(0)), default=lit(1))
        first = call("row", refused, scope.take("odate"), col(ROW))
        measures["first"] = call("arg_min", col(ROW), first)
        found = self._first_rows(keys, measures)
        scope = self.scope
        low, high, whole = self._counts(unknown, _of("rows ", found))
        for label, column in list(self.checks.items()):
            best = found[label]
            if says(scope.take(column), True):  # of every row
                scope.fixed[f"any {column}"] = lit(True)
                self.checks[label] = f"any {column}"
                continue
            outcome = case(
                (op("is", best, lit(2)), lit(True)), (op("is", best, lit(1)), null("BOOLEAN")), default=lit(False)
            )
            scope.put(f"any {column}", outcome)
            self.checks[label] = f"any {column}"
        scope.fix(
            "group verdict",
            lit(True) if says(all_of([passes, no(unknown)]), True) else case((all_of([op(">", low, lit(0)), no(unknown)]), lit(True)),
                 (any_of([op(">", high, lit(0)), no(whole)]), null("BOOLEAN")), default=lit(False)),
        )  # fmt: skip
        self.verdict = "group verdict"
        scope.fix("several", all_of([unknown, op(">", high, lit(1))]))  # or each to a group of its own

        def at_most(count: Sql) -> Sql:
            return scope.bind(case((whole, count), default=null("BIGINT")))

        rows = (low, at_most(high))
        persons = rows
        if people:
            people_low, people_high, _ = self._counts(unknown, _of("people ", found))
            persons = (people_low, at_most(people_high))
        self.counts = Counts(rows, persons)
        self.keys = [scope.value(key).low for key in grouping.keys]
        scope.flush()

    def _first_rows(self, keys: list[Sql], measures: dict[str, Sql]) -> dict[str, Sql]:
        """One row per group, the one named by `first`, with what was aggregated."""
        scope, columns, each_once = self.scope, *self._columns_for(measures)
        relation = scope.flush()
        found = select(each_once, relation)
        made = self.program.add(group(found, keys) if keys else found, "found")
        rows = exp.Column(this=exp.Star(), table=exp.to_identifier("e"))
        query = select([rows, *(col(each.alias, "a") for each in each_once)], made, "a")
        on = op("is", col(ROW, "e"), col(columns["first"], "a"))
        # without a key there is a group even of no rows, which has no first
        (beside if keys else join)(query, relation, "e", on)
        self.scope = scope.narrowed(self.program.add(query))
        return {as_: col(column) for as_, column in columns.items()}


def _of(prefix: str, found: dict[str, Sql]) -> dict[str, Sql]:
    return {as_.removeprefix(prefix): value for as_, value in found.items() if as_.startswith(prefix)}


def _looks(term: t.Term) -> bool:
    """Whether a term looks through a table."""
    return any(isinstance(each, t.Exists | t.Aggregate | t.MonthsInRow) for each in t.walk(term))


def _is_own(term: t.Term) -> bool:
    """Whether a condition asks nothing but columns of the event row itself."""
    return all(
        not each.hops and each.slot == t.EVENT if isinstance(each, t.Column)
        else isinstance(each, t.Const | t.Comparison | t.InValues | t.IsAbsent | t.Negation | t.Both)
        for each in t.walk(term)
    )  # fmt: skip


def _persons(amount: Any) -> bool:
    """Whether an amount counts distinct persons."""
    if isinstance(amount, PerCount):
        return amount.persons or _persons(amount.amount)
    if is_dataclass(amount):
        return any(_persons(getattr(amount, each.name)) for each in fields(amount))
    return isinstance(amount, tuple) and any(_persons(each) for each in amount)


def may_join(scope: Scope, parts: list[Part], possible: Sql) -> Sql:
    """Whether a group may gain a row whose key is known in part only: all that is known of it agrees."""
    found: list[Sql] = []
    for size in range(1, len(parts) + 1):
        for some in combinations(range(len(parts)), size):
            lacks = [unknown if n in some else no(unknown) for n, (_, unknown) in enumerate(parts)]
            if any(says(each, False) for each in lacks):
                continue
            rest = [column for n, (columns, _) in enumerate(parts) if n not in some for column in columns]
            found.append(op(">", over(how_many(scope.bind(all_of([possible, *lacks]))), rest), lit(0)))
    return scope.bind(any_of(found))


def lines_of(rule: str) -> str:
    """The relation that holds the lines of a rule."""
    return f"lines {rule}"


__all__ = ["FORCE", "ORDER", "Rows", "lines_of", "may_join", "terms_in"]
