"""Units over the rows that a change reaches: their lines before and after, and what differs.

Equal to a whole run: the rows that are reached are closed under everything by which one line
depends on another, and each is judged by the whole statement over all the facts that it reads.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
from sqlglot import exp

from tiaowen.population.changes import Changes, inside
from tiaowen.population.computing import Made, drop, forget, shown
from tiaowen.population.doubt import Watched, compare, watch
from tiaowen.population.expr import call, col, lit, name, named, op, total
from tiaowen.population.figures import adjusted, figures_by, no_figures
from tiaowen.population.ledger import Finished
from tiaowen.population.lines import Statement, key_words
from tiaowen.population.near import Near, base, narrowed
from tiaowen.population.program import filter_, group, select, union
from tiaowen.population.reach import Reach
from tiaowen.population.reading import Source, Unbounded, source_of, ties_of
from tiaowen.population.results import (
    BASE,
    GONE,
    LAYERS,
    NEW,
    Placed,
    file_of,
    layers_of,
    link,
    linked,
    within,
    without,
)
from tiaowen.population.rows import lines_of, terms_in
from tiaowen.population.stackings import apply_stacking
from tiaowen.population.store import Connection, create, created, planned_quickly, renamed, sql, write
from tiaowen.population.units import Unit
from tiaowen.population.world import World

SMALL = 20_000  # lines: a file this short is written anew
QUICK = 300_000  # rows near by: so few are run over sooner than a plan is made better
THEN, NOW = 1, -1  # sides of a difference: what stands on both adds up to nothing
LAYERED = 8  # more than one line in eight replaced: the file is written anew


@dataclass
class Reached:
    """A unit's event rows by table: those whose lines may differ, and those it must be run over."""

    sources: list[Source]
    lines: dict[str, str] = field(default_factory=dict)
    bases: dict[str, str] = field(default_factory=dict)
    watched: Watched = field(default_factory=dict)


class Partial:
    """Which units can be brought up to date row by row, and that."""

    def __init__(self, changes: Changes, world: World, columns: dict[str, set[str]]) -> None:
        self.connection: Connection = changes.connection
        self.changes, self.world = changes, world
        self.reach = Reach(changes, world)
        self.near = Near(self.reach, columns)
        self.reached: dict[tuple[str, ...], Reached] = {}
        self.beyond: dict[str, str] = {}
        self.built = False
        self.columns: dict[str, list[str]] = {}  # rule → those of its lines that are shown

    def take(self, unit: Unit, columns: Mapping[str, frozenset[str]], watched: Watched) -> bool:
        """Find what a change reaches; whether the unit can be run over that alone.  `columns`: table → those it reads."""
        try:
            found = self._reached(unit, columns, watched)
        except Unbounded as why:
            self.beyond.update(dict.fromkeys(unit.keys, str(why)))
            return False
        self.reached[tuple(unit.keys)] = found
        self.near.add(found.sources, found.bases)
        return True

    def _reached(self, unit: Unit, columns: Mapping[str, frozenset[str]], watched: Watched) -> Reached:
        rules = [unit.plan.rules[each] for each in unit.rules]
        tables = {rule.id: rule.table for rule in rules}
        stackings = [(each, unit.members(each)) for each in unit.stackings]
        also = {rule.id: [term for stacking, members in stackings if rule.id in members
                          for words in key_words(stacking, rule.id).values() for term in terms_in(words)]
                for rule in rules}  # fmt: skip
        sources = {rule.id: source_of(rule, also[rule.id]) for rule in rules}
        start: dict[str, list[str]] = {}
        for rule in rules:
            relation, many = self.reach.touched(sources[rule.id], columns)
            if many:
                start.setdefault(rule.table, []).append(relation)
        found = Reached(list(dict.fromkeys(sources.values())), watched=watched)
        if not start:
            return found
        for table_id in dict.fromkeys(tables.values()):
            mine = list(dict.fromkeys(start.get(table_id, [])))
            nobody = filter_(select([col("id")], f"fact {table_id}"), exp.false())
            parts: list[exp.Query] = [select([col("id")], each) for each in mine] or [nobody]
            found.lines[table_id] = mine[0] if len(mine) == 1 else self.reach.keep(union(parts))[0]
        self.reach.bounded(found.lines)
        ties = ties_of(self.world.vocabulary, rules, stackings)
        found.lines = self.reach.closure(found.lines, ties, tables)
        self.reach.bounded(found.lines)
        context = self.reach.strays(ties, tables)
        witnesses = self._witnesses(watched, tables, found.lines)
        if witnesses:
            empty = {each: self.reach.keep(filter_(select([col("id")], f"fact {each}"), exp.false()))[0]
                     for each in found.lines}  # fmt: skip
            beside = {each: self.reach.keep(self.reach.rows(witnesses[each]))[0] for each in witnesses}
            for table_id, relation in self.reach.closure({**empty, **beside}, ties, tables, loose=True).items():
                context.setdefault(table_id, []).append(select([col("id")], relation))
        for table_id, relation in found.lines.items():
            every = [select([col("id")], relation), *context.get(table_id, [])]
            found.bases[table_id] = self.reach.keep(union(every))[0] if len(every) > 1 else relation
        self.reach.bounded(found.bases)
        return found

    def _witnesses(self, watched: Watched, tables: dict[str, str], lines: dict[str, str]) -> dict[str, list[str]]:
        """Of all that was noted of lines elsewhere one row each that is not reached, so that it still holds."""
        found: dict[str, list[str]] = {}
        for what, rows in watched.items():
            if not rows:
                continue
            table_id = tables[what.partition(":")[0]]
            left = self._not_in(rows, lines[table_id])
            if not left:
                raise Unbounded(what)
            found.setdefault(table_id, []).append(left[0])
        return found

    def _not_in(self, rows: list[str], relation: str) -> list[str]:
        known = self.reach.keep(self.reach.rows(rows))[0]
        query = filter_(select([col("id")], known), exp.Not(this=inside(col("id"), relation)))
        return sorted(str(each) for (each,) in self.connection.execute(sql(query)).fetchall())

    # -- lines before and after -------------------------------------------------------------
    def run(
        self, unit: Unit, says: Callable[[], dict[str, Statement]], before: Mapping[str, Finished], place: Path,
        scratch: Path,
    ) -> dict[str, Made]:  # fmt: skip
        """Bring a unit up to date; gives what it made, without the rules that have no line changed.

        Raises Unbounded if it turns out that everybody is reached.  `says` makes the statements, where they
        are run at all; they are used up.
        """
        found = self.reached[tuple(unit.keys)]
        if not found.lines:
            return {}
        if not self.built:
            self.near.build()
            self.built = True
        for table_id, relation in found.bases.items():
            create(self.connection, base(table_id), select([col("id")], relation), "VIEW")
        queries: dict[str, exp.Query] = {}
        used: set[str] = set()
        for rule, statement in says().items():
            self.columns[rule] = shown(each.alias for each in statement.query.expressions)
            queries[rule] = narrowed(statement.query, statement.rule.table)
            used |= {each.name.removeprefix("near ") for each in queries[rule].find_all(exp.Table)
                     if each.name.startswith("near ")}  # fmt: skip
        if not used <= self.near.tables:
            raise Unbounded("、".join(sorted(used - self.near.tables)))
        texts = {rule: self.connection.extract_statements(created(lines_of(rule), query))
                 for rule, query in queries.items()}  # fmt: skip
        made: dict[str, Made] = {}
        noted: Watched = {}
        try:
            with planned_quickly(self.connection) if self.near.many <= QUICK else nullcontext():
                self.near.show("then", used)
                self._lines(unit, texts, "then", found)
                self.near.show("now", used)
                noted = self._lines(unit, texts, "now", found)
                for rule, key in zip(unit.rules, unit.keys, strict=True):
                    changed = self._difference(unit, rule, key, before[key], place, scratch)
                    if changed is not None:
                        made[key] = Made(changed.placed, changed.figures, noted)
        finally:
            forget(self.connection, unit, "TABLE")
            for rule in unit.rules:
                drop(self.connection, f"then {lines_of(rule)}")
                drop(self.connection, f"now {lines_of(rule)}")
        if made:  # what is noted of a unit stands with each of its rules
            for key in unit.keys:
                if key not in made:
                    made[key] = Made(linked(place, key, scratch), before[key].figures, noted)
        return made

    def _lines(self, unit: Unit, texts: dict[str, list[duckdb.Statement]], state: str, found: Reached) -> Watched:
        """The lines of the rows that are reached, in one state of the facts."""
        connection = self.connection
        for parsed in texts.values():  # once for both states
            for each in parsed:
                connection.execute(each)
        mine = {rule: inside(col("first row"), found.lines[unit.plan.rules[rule].table]) for rule in unit.rules}
        noted: Watched = {}
        for stacking in unit.stackings:
            members = unit.members(stacking)
            compare(found.watched, watch(connection, stacking, members))
            for what, rows in watch(connection, stacking, members, mine).items():
                elsewhere = found.watched.get(what, [])
                lines = found.lines[unit.plan.rules[what.partition(":")[0]].table]
                noted[what] = sorted({*rows, *(self._not_in(elsewhere, lines) if elsewhere else [])})
            apply_stacking(connection, self.world, stacking, members)
        for rule in unit.rules:
            renamed(connection, lines_of(rule), f"{state} {lines_of(rule)}")
        return noted

    def _difference(self, unit: Unit, rule: str, key: str, before: Finished, place: Path, scratch: Path) -> Made | None:
        """What takes the place of the earlier lines; None where none has changed."""
        connection, the_rule = self.connection, unit.plan.rules[rule]
        columns = self.columns[rule]
        keys = [each for each in columns if each.startswith("key:")]
        if the_rule.grouping is None or not keys:
            keys = ["row"]
        reached = self.reached[tuple(unit.keys)]
        ids, base_ids = reached.lines[the_rule.table], reached.bases[the_rule.table]
        mine = inside(col("first row"), ids) if ids != base_ids else None  # of rows beside them nothing is asked
        sides = [filter_(select([*(col(each) for each in columns), named(lit(at), "side")], f"{state} {lines_of(rule)}"),
                         mine.copy() if mine is not None else None)
                 for state, at in (("then", THEN), ("now", NOW))]  # fmt: skip
        create(connection, "both lines", union([*sides]), "VIEW")
        apart = group(select([col(each) for each in columns], "both lines"), [col(each) for each in columns])
        apart.set("having", exp.Having(this=op("is not", total(col("side")), lit(0))))
        distinct = exp.Select(expressions=[col(each) for each in keys], distinct=exp.Distinct())
        distinct.set("from_", exp.From(this=exp.Subquery(this=apart, alias=exp.TableAlias(this=name("d")))))
        gone = f"gone {rule}"
        many = create(connection, gone, distinct)
        if not many:
            return None
        create(connection, "differing lines", within("both lines", gone, keys), "VIEW")
        told = figures_by(connection, '"differing lines"', columns, the_rule, "side")
        nothing = no_figures(the_rule)
        found = adjusted(before.figures, told.get(THEN, nothing), told.get(NOW, nothing))
        come = filter_(select([col(each) for each in columns], "differing lines"), op("is", col("side"), lit(NOW)))
        return Made(self._layers(key, gone, many, come, keys, place, scratch, found["lines"]), found)

    def _layers(
        self, key: str, gone: str, many: int, come: exp.Select, keys: list[str], place: Path, scratch: Path, lines: int
    ) -> Placed:
        """The earlier file with what has changed beside it, or all in one where that is little or much."""
        connection = self.connection
        whole = file_of(place, key)
        earlier = layers_of(place, key)
        files = {each: earlier / each for each in LAYERS}
        new: exp.Query = come
        if whole.is_file():
            files[BASE] = whole
        else:
            self._seen("earlier gone", files[GONE])
            self._seen("earlier new", files[NEW])
            both = union([select([exp.Star()], gone), select([exp.Star()], "earlier gone")])
            new = union([come, without("earlier new", gone, keys)])
            gone, many = "all gone", create(connection, "all gone", _distinct(both))
        to = scratch / key.replace("#", " ")
        if lines <= SMALL or many * LAYERED > lines:
            self._seen("earlier lines", files[BASE])
            write(connection, union([without("earlier lines", gone, keys), new]), to)
            return Placed(to)
        to.mkdir()
        link(files[BASE], to / BASE)
        write(connection, select([exp.Star()], gone), to / GONE)
        write(connection, new, to / NEW)
        return Placed(to)

    def _seen(self, view: str, file: Path) -> None:
        """A file of lines under a name."""
        rows = exp.Select(expressions=[exp.Star()])
        rows.set("from_", exp.From(this=exp.Table(this=call("read_parquet", exp.Literal.string(str(file))))))
        create(self.connection, view, rows, "VIEW")


def _distinct(query: exp.Query) -> exp.Select:
    found = exp.Select(expressions=[exp.Star()], distinct=exp.Distinct())
    found.set("from_", exp.From(this=exp.Subquery(this=query, alias=exp.TableAlias(this=name("q")))))
    return found
