"""Steps cut down to the columns that later ones read, so that a statement is planned in little time.

Steps are written with `*`, each adding columns to the one before; here every star becomes
the columns that are still wanted, going backwards from the final query.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlglot import exp

from tiaowen.population.expr import col

DEEPEST = 8  # subqueries in one another
FINAL = ""  # what reads the steps
ONE = "one"  # said of a join that gives each row exactly one
Steps = Sequence[tuple[str, exp.Query]]


def slim(steps: Steps, final: exp.Query) -> list[tuple[str, exp.Query]]:
    """The steps that are read at all, each with the columns that are; queries are changed in place."""
    columns: dict[str, list[str]] = {}
    for name, query in steps:
        columns[name] = _columns(query, columns)
    wanted: dict[str, set[str]] = {name: set() for name in columns}
    _note(final, None, columns, wanted)
    read = {each.name for each in _tables(final)}
    kept = []
    for name, query in reversed(steps):
        if name in read:
            _note(query, wanted[name], columns, wanted)
            read |= {each.name for each in _tables(query)}
            kept.append((name, query))
    return _nested(_shortened(kept[::-1], final), final)


def _shortened(steps: list[tuple[str, exp.Query]], final: exp.Query) -> list[tuple[str, exp.Query]]:
    """Steps without those that only pass on what another gives; a star where all of a step is passed on."""
    given: dict[str, set[str]] = {}
    instead: dict[str, str] = {}
    kept = []
    for name, query in [*steps, (FINAL, final)]:
        for read in _tables(query):
            if read.name in instead:
                alias = read.alias_or_name
                read.set("this", exp.to_identifier(instead[read.name], quoted=True))
                read.set("alias", exp.TableAlias(this=exp.to_identifier(alias, quoted=True)))
        given[name] = {each.alias_or_name for each in _first(query).expressions}
        if name != FINAL and _alone(query):
            source = _tables(query)[0].name
            others = [each for each in query.expressions if not isinstance(each, exp.Column)]
            if given[name] - {each.alias for each in others} == given.get(source):
                if not others and query.args.get("where") is None:
                    instead[name] = source
                    continue
                query.set("expressions", [exp.Star(), *others])
        kept.append((name, query))
    return kept[:-1]


def _alone(query: exp.Query) -> bool:
    """Whether a query gives one row for each that it keeps of one source."""
    told = {each for each, value in query.args.items() if value} - {"kind"}
    return isinstance(query, exp.Select) and told <= {"expressions", "from_", "where"} and len(_tables(query)) == 1


def _first(query: Any) -> Any:
    """A select that gives the columns of a query."""
    return _first(query.this) if isinstance(query, exp.Union) else query


def _nested(steps: list[tuple[str, exp.Query]], final: exp.Query) -> list[tuple[str, exp.Query]]:
    """Steps that are read once written where they are read: planning a WITH costs more than planning a subquery."""
    readers = [*(query for _, query in steps), final]
    times: dict[str, int] = {}
    for each in readers:
        for read in _tables(each):
            times[read.name] = times.get(read.name, 0) + 1
    queries = dict(steps)
    depth: dict[str, int] = {}
    for reader in readers:
        deepest = 0
        for read in _tables(reader):
            inner = queries.get(read.name)
            if inner is None or times[read.name] != 1 or depth[read.name] >= DEEPEST:
                continue
            deepest = max(deepest, depth[read.name] + 1)
            alias = exp.TableAlias(this=exp.to_identifier(read.alias_or_name, quoted=True))
            del queries[read.name]
            read.replace(exp.Subquery(this=inner, alias=alias))
        for name, query in steps:
            if query is reader:
                depth[name] = deepest
    return [(name, query) for name, query in steps if name in queries]


def _tables(query: Any) -> list[exp.Table]:
    """What a step reads from: its own sources, not what has been written into their place."""
    if isinstance(query, exp.Union):
        return [*_tables(query.this), *_tables(query.expression)]
    sources = [query.args["from_"].this] if query.args.get("from_") else []
    sources += [each.this for each in query.args.get("joins") or []]
    return [each for each in sources if isinstance(each, exp.Table)]


def _read(query: Any) -> list[exp.Column]:
    """Every column that is named somewhere in a query, or in a list of its parts."""
    found: list[exp.Column] = []
    waiting: list[Any] = [query]
    while waiting:  # a walk of our own: this is most of the work of making a statement
        each = waiting.pop()
        if isinstance(each, exp.Column):
            found.append(each)
        elif isinstance(each, list):
            waiting += each
        elif isinstance(each, exp.Expression):
            waiting += each.args.values()
    return found


def _columns(query: Any, known: dict[str, list[str]]) -> list[str]:
    """What a query gives, in order."""
    if isinstance(query, exp.Union):
        return list(dict.fromkeys([*_columns(query.this, known), *_columns(query.expression, known)]))
    sources = _sources(query)
    found: list[str] = []
    for each in query.expressions:
        star = _star(each)
        if star is None:
            found.append(each.alias_or_name)
        else:
            found += known[sources[star] if star else next(iter(sources.values()))]
    return list(dict.fromkeys(found))


def _star(each: exp.Expression) -> str | None:
    """The alias that a star stands for, empty for a bare one; None for what is no star."""
    if isinstance(each, exp.Star):
        return ""
    return each.table if isinstance(each, exp.Column) and isinstance(each.this, exp.Star) else None


def _sources(query: Any) -> dict[str, str]:
    """Alias → relation, the first one first."""
    tables = [query.args["from_"].this] if query.args.get("from_") else []
    tables += [each.this for each in query.args.get("joins") or []]
    return {each.alias_or_name: each.name for each in tables}


def _note(query: Any, outputs: set[str] | None, known: dict[str, list[str]], wanted: dict[str, set[str]]) -> None:
    """Cut a query down to some outputs (None: all) and say what it reads of the steps before it."""
    if isinstance(query, exp.Union):
        _note(query.this, outputs, known, wanted)
        _note(query.expression, outputs, known, wanted)
        return
    sources = _sources(query)
    first = next(iter(sources.values()), "")
    if query.args.get("distinct"):
        outputs = None
    if outputs is not None or any(_star(each) is not None for each in query.expressions):
        query.set("expressions", _chosen(query, outputs, sources, known))
        _leave_out(query)
    for each in _read(query):
        relation = sources.get(each.table, first) if each.table else first
        if relation in wanted:
            wanted[relation].add(each.name)
        if not each.table and len(sources) > 1:  # a bare name may be any source's
            for other in sources.values():
                if other in wanted and each.name in known[other]:
                    wanted[other].add(each.name)


def _leave_out(query: exp.Select) -> None:
    """Leave out joins that add no row and take none away, and whose columns nobody reads."""
    for each in [each for each in query.args.get("joins") or [] if each.meta.get(ONE)]:
        rest = [value for key, value in query.args.items() if key != "joins"]
        others = [other for other in query.args["joins"] if other is not each]
        if all(column.table != each.alias_or_name for column in _read([*rest, *others])):
            query.set("joins", others)


def _chosen(
    query: Any, outputs: set[str] | None, sources: dict[str, str], known: dict[str, list[str]]
) -> list[exp.Expression]:
    found: dict[str, exp.Expression] = {}
    for each in query.expressions:
        star = _star(each)
        if star is None:
            if outputs is None or each.alias_or_name in outputs:
                found[each.alias_or_name] = each
            continue
        relation = sources[star] if star else next(iter(sources.values()))
        for name in known[relation]:
            if outputs is None or name in outputs:
                found.setdefault(name, col(name, star))
    return list(found.values()) or [exp.Alias(this=exp.true(), alias=exp.to_identifier("any"))]
