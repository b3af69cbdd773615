"""The part of the facts that some event rows depend on, as it was and as it is.

`now <table>` and `then <table>` hold it; `near <table>` is the one of them that is shown.  More
rows than needed do no harm: a rule still joins and compares each of them.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlglot import exp

from tiaowen.population.changes import count, inside, left
from tiaowen.population.compared import moved, was
from tiaowen.population.expr import all_of, col, is_null, name, named, no, not_null
from tiaowen.population.program import filter_, select, union
from tiaowen.population.reach import Reach
from tiaowen.population.reading import Source, Unbounded
from tiaowen.population.shared import places_of_events
from tiaowen.population.store import create
from tiaowen.population.world import facts_of

ROUNDS = 9
HALF = 2  # more than one row in two: the table is taken whole
BASE = "base"
Edge = tuple[str, str, str]


def near(table_id: str) -> str:
    return f"near {table_id}"


def base(table_id: str) -> str:
    """The ids of the event rows that a unit is run over."""
    return f"{BASE} {table_id}"


class Near:
    """Gathers what rows need; `columns`: table → the columns that are read at all."""

    def __init__(self, reach: Reach, columns: dict[str, set[str]]) -> None:
        self.reach, self.changes, self.columns = reach, reach.changes, columns
        self.connection = reach.connection
        self.wanted: dict[str, list[str]] = {}
        self.sources: list[Source] = []
        self.tables: set[str] = set()
        self.many = 0  # rows of all of them

    def add(self, sources: Iterable[Source], bases: dict[str, str]) -> None:
        self.sources += sources
        for table_id, relation in bases.items():
            self.wanted.setdefault(table_id, []).append(relation)

    def build(self) -> None:
        """Find the rows and put them into tables of their own."""
        forward, back, asking = self._edges()
        need: dict[str, str] = {}
        sizes: dict[str, int] = {}
        fresh: dict[str, str] = {}
        whole: set[str] = set()

        def more(table_id: str, query: exp.Query) -> None:
            relation, many = self.reach.keep(query)
            if table_id in need:
                new = filter_(select([col("id")], relation), no(inside(col("id"), need[table_id])))
                relation, many = self.reach.keep(new)
                if not many:
                    return
                need[table_id], sizes[table_id] = self.reach.keep(_all([need[table_id], relation]))
            else:
                need[table_id], sizes[table_id] = relation, many
            later[table_id] = (
                relation if table_id not in later else self.reach.keep(_all([later[table_id], relation]))[0]
            )
            if many and sizes[table_id] * HALF > self.changes.size(table_id):
                whole.add(table_id)

        later: dict[str, str] = {}
        for table_id, relations in self.wanted.items():
            more(table_id, _all(relations))
        for _ in range(ROUNDS):
            fresh, later = later, {}
            if not fresh:
                break
            # a table is read from end to end each time: one that may still be asked for more waits
            asked = {target for here, _, target in forward if here in fresh and here != target}
            if not asked >= set(fresh):
                fresh, later = ({each: ids for each, ids in fresh.items() if (each in asked) is waits}
                                for waits in (False, True))  # fmt: skip
            for table_id, relation in fresh.items():
                references = [(column, target) for here, column, target in forward if here == table_id]
                if not references:
                    continue
                leading = self._leading(table_id, relation, [column for column, _ in references])
                for column, target in references:
                    more(target, filter_(select([named(col(column), "id")], leading), not_null(col(column))))
            for table_id, column, target in back:
                if target in fresh:
                    more(table_id, self.reach.gathered.both([col("id")], table_id, column, fresh[target]))
        else:
            whole |= set(later)
        for table_id, column, _ in back:
            if table_id in need and self.reach.lacks(table_id, column):  # they may be anybody's
                more(table_id, self.changes.both([col("id")], table_id, is_null(col(column))))
        for table_id, column, looked in asking:  # rows that do not know their key may go with any
            if table_id in need and self._some_lack(table_id, column, need[table_id]):
                whole.add(looked)
        whole = self._spread(whole | set(later), forward, back)
        self.tables = set(need) | whole | {each for edge in (*forward, *back) for each in (edge[0], edge[2])}
        self.many = sum(self.changes.size(each) if each in whole else sizes.get(each, 0) for each in self.tables)
        for table_id in sorted(self.tables):
            self._fill(table_id, None if table_id in whole else need.get(table_id, ""))

    def _leading(self, table_id: str, ids: str, columns: list[str]) -> str:
        """The references of some rows in either state."""
        relation = f"leading {table_id} {ids}"
        references = [col(each) for each in dict.fromkeys(columns)]
        create(self.connection, relation, self.reach.gathered.both(references, table_id, "id", ids), "VIEW")
        return relation

    def _some_lack(self, table_id: str, column: str, ids: str) -> bool:
        """Whether one of some rows does not know a column, in either state."""
        if not self.reach.lacks(table_id, column):
            return False
        rows = f"asking {table_id}.{column}"
        create(self.connection, rows, self.reach.gathered.both([col(column)], table_id, "id", ids), "VIEW")
        return count(self.connection, rows, is_null(col(column))) > 0

    def _edges(self) -> tuple[list[Edge], list[Edge], list[Edge]]:
        """References that are followed, and columns that are looked through: table, column, table it refers to.

        Then the columns that look-ups ask by: table, column, table that is looked through.
        """
        forward: dict[Edge, None] = {}
        back: dict[Edge, None] = {}
        asking: dict[Edge, None] = {}
        world = self.reach.world

        def walk(source: Source) -> None:
            for path in source.paths:
                here = world.target(source.table, path[:-1])
                forward[here, path[-1], world.target(here, path[-1:])] = None
            for look in source.looks:
                for at in range(len(look.key)):
                    here = world.target(source.table, look.key[:at])
                    forward[here, look.key[at], world.target(here, look.key[at : at + 1])] = None
                    asking[here, look.key[at], look.source.table] = None
                back[look.source.table, look.column, world.target(source.table, look.key)] = None
                walk(look.source)

        for source in self.sources:
            walk(source)
        return list(forward), list(back), list(asking)

    def _spread(self, whole: set[str], forward: list[Edge], back: list[Edge]) -> set[str]:
        """A table that is taken whole takes with it what its rows need."""
        found = set(whole)
        while True:
            more = {target for table_id, _, target in forward if table_id in found}
            more |= {table_id for table_id, _, target in back if target in found}
            if more <= found:
                return found
            found |= more

    def _fill(self, table_id: str, ids: str | None) -> None:
        """`ids` None: the whole table; empty: none of it."""
        chosen = [col(each) for each in ("id", *sorted(self.columns.get(table_id, set()) - {"id"}))]
        here, there = f"now {table_id}", f"then {table_id}"
        some = inside(col("id"), ids) if ids else None
        empty = ids == ""
        kind = "VIEW" if ids is None else "TABLE"
        source = self.reach.gathered.within(table_id, "id", ids) if ids else facts_of(table_id)
        create(self.connection, here, filter_(select(chosen, source), exp.false() if empty else some), kind)
        if not self.changes.moves(table_id):
            create(self.connection, there, select([exp.Star()], here), "VIEW")
        elif ids is None:
            old = exp.Select(expressions=[each.copy() for each in chosen])
            old.set("from_", exp.From(this=was(facts_of(table_id))))
            create(self.connection, there, old, kind)
        else:
            kept = filter_(select([exp.Star()], here), no(inside(col("id"), moved(table_id))))
            gone = filter_(select([each.copy() for each in chosen], left(table_id)),
                           exp.false() if empty else inside(col("id"), ids))  # fmt: skip
            create(self.connection, there, union([kept, gone]), kind)

    def show(self, state: str, tables: Iterable[str]) -> None:
        """Let `near …` be the tables as they are (`now`) or as they were (`then`)."""
        for table_id in tables:
            create(self.connection, near(table_id), select([exp.Star()], f"{state} {table_id}"), "VIEW")


def _all(relations: list[str]) -> exp.Query:
    return union([select([col("id")], each) for each in relations])


def narrowed(query: exp.Query, event: str) -> exp.Query:
    """A rule's statement over the event rows of `base <event>` and the near part of every table.

    Changes the tree it is given.  Raises Unbounded where the event rows are not read in one place.
    """
    places = places_of_events(query, event)
    if len(places) != 1:
        raise Unbounded(f"{event}: 事件行读了 {len(places)} 次 event rows are read in {len(places)} places")
    (place,) = places
    only = inside(col("id", "r"), base(event))
    where = place.args.get("where")
    place.set("where", exp.Where(this=only if where is None else all_of([where.this, only])))
    facts = facts_of("")
    for each in query.find_all(exp.Table):
        if each.name.startswith(facts):
            each.set("this", name(near(each.name.removeprefix(facts))))
    return query
