"""A population statement as a few Spark statements: which to keep, and what each is called.

DuckDB works out a WITH that is used twice once; Spark copies it into every place that
uses it, and a chain of such copies grows without bound.  So a step that is used more than
once becomes a statement of its own whose rows are kept; the rest stay WITHs of the one
statement that uses them.  Spark has no UNION BY NAME either: branches list their columns.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import sqlglot
from sqlglot import exp

from tiaowen.population.expr import col, name, named
from tiaowen.spark.forms import NoForm, Sql, rewritten

ColumnsOf = Callable[[str], list[str]]


@dataclass(frozen=True)
class Step:
    """One Spark statement: `relation` is what later steps call its rows, "" for the last."""

    relation: str
    query: exp.Query

    @property
    def text(self) -> str:
        return self.query.sql(dialect="spark", identify=True)


def parsed(text: str) -> Sql:
    """What DuckDB was told, as a tree whose functions are known by what they mean."""
    return sqlglot.parse_one(text, dialect="duckdb")


def files_named(query: Sql) -> list[str]:
    """Put a relation in the place of each file that is read by its path; the paths, which name the relations."""
    found = []
    for read in [*query.find_all(exp.ReadParquet)]:
        (path,) = (each.this for each in read.expressions)
        read.replace(exp.to_identifier(path, quoted=True))
        found.append(str(path))
    return found


def steps_of(query: Sql, columns_of: ColumnsOf) -> list[Step]:
    """Spark statements for one query, in order.

    `columns_of` gives the columns of a relation that is already there.  Raises NoForm.
    """
    if not isinstance(query, exp.Query):
        raise NoForm(query)
    with_ = query.args.get("with_")
    query.set("with_", None)
    inner: dict[str, exp.Query] = {}
    for each in [] if with_ is None else with_.expressions:
        inner.update(_lifted(each.this, each.alias))
        inner[each.alias] = each.this
    inner.update(_lifted(query, ""))
    known: dict[str, list[str]] = {}

    def columns(relation: str) -> list[str]:
        if relation not in known:
            known[relation] = columns_of(relation)
        return known[relation]

    made: dict[str, exp.Query] = {}
    for step, part in inner.items():
        known[step] = column_names(part, columns)
        made[step] = _translated(part, columns)
    made[""] = _translated(query, columns)
    uses = Counter(relation for part in made.values() for relation in relations(part))
    kept = {step for step in inner if uses[step] > 1}
    return [Step(step, _with(part, made, kept)) for step, part in made.items() if step in kept or step == ""]


def _lifted(query: exp.Query, step: str) -> dict[str, exp.Query]:
    """Queries that a step holds as sources of rows, as steps of their own; innermost first."""
    found: dict[str, exp.Query] = {}
    for held in reversed(list(query.find_all(exp.Subquery))):
        if held.this.args.get("with_") or not isinstance(held.parent, exp.From | exp.Join):
            raise NoForm(held)
        made = f"{step}/{len(found)}"
        found[made] = held.this
        alias = exp.TableAlias(this=name(held.alias)) if held.alias else None
        held.replace(exp.Table(this=name(made), alias=alias))
    return found


def relations(query: exp.Query) -> list[str]:
    """The relations that a query reads, as often as it does."""
    return [each.name for each in query.find_all(exp.Table)]


def _with(query: exp.Query, made: dict[str, exp.Query], kept: set[str]) -> exp.Query:
    """A query with the steps before it that nobody else uses."""
    needed: list[str] = []
    ahead = relations(query)
    while ahead:
        relation = ahead.pop()
        if relation in made and relation not in kept and relation not in needed:
            needed.append(relation)
            ahead += relations(made[relation])
    found = query.copy()
    ordered = [step for step in made if step in needed]
    if ordered:
        ctes = [exp.CTE(this=made[step], alias=exp.TableAlias(this=name(step))) for step in ordered]
        found.set("with_", exp.With(expressions=ctes))
    return found


def _translated(query: exp.Query, columns: ColumnsOf) -> exp.Query:
    """One query without a WITH in Spark's forms."""
    if isinstance(query, exp.Union):
        query = _united(query, columns)
    elif isinstance(query, exp.Select):
        _first_of_each(query, columns)
    made = rewritten(query)
    assert isinstance(made, exp.Query)
    return made


# -- columns by name -------------------------------------------------------------------
def column_names(query: exp.Query, columns: ColumnsOf) -> list[str]:
    """The names of the columns that a query gives."""
    if isinstance(query, exp.Union):
        found = [column_names(branch, columns) for branch in _branches(query)]
        return list(dict.fromkeys(each for part in found for each in part)) if _by_name(query) else found[0]
    if not isinstance(query, exp.Select):
        raise NoForm(query)
    return list(dict.fromkeys(each.alias_or_name for each in _spelled_out(query, columns)))


def _spelled_out(query: exp.Select, columns: ColumnsOf) -> list[Sql]:
    """What a query selects, with every star as the columns it stands for."""
    sources = _sources(query)
    given: list[Sql] = []
    for item in query.expressions:
        if isinstance(item, exp.Star):
            given += [col(each, alias) for alias, relation in sources.items() for each in columns(relation)]
        elif isinstance(item, exp.Column) and isinstance(item.this, exp.Star):
            given += [col(each, item.table) for each in columns(sources[item.table])]
        else:
            given.append(item)
    return given


def _first_of_each(query: exp.Select, columns: ColumnsOf) -> None:
    """Of two columns of one name DuckDB reads the first; Spark reads neither."""
    every = _spelled_out(query, columns)
    chosen: dict[object, Sql] = {}
    for n, item in enumerate(every):  # what has no name is nobody's double
        chosen.setdefault(item.alias_or_name if isinstance(item, exp.Alias | exp.Column) else n, item)
    if len(chosen) < len(every):
        query.set("expressions", list(chosen.values()))


def _sources(query: exp.Select) -> dict[str, str]:
    """Alias → relation."""
    held = [query.args["from_"], *(query.args.get("joins") or [])] if query.args.get("from_") else []
    found: dict[str, str] = {}
    for each in held:
        if not isinstance(each.this, exp.Table):
            raise NoForm(each)
        found[each.this.alias_or_name] = each.this.name
    return found


def _by_name(query: exp.Union) -> bool:
    return bool(query.args.get("by_name"))


def _branches(query: exp.Query) -> list[exp.Query]:
    if isinstance(query, exp.Union):
        return [*_branches(query.this), *_branches(query.expression)]
    return [query]


def _united(query: exp.Union, columns: ColumnsOf) -> exp.Query:
    """UNION ALL BY NAME: each branch gives the same columns in the same order, NULL where it has none."""
    if query.args.get("distinct") or not all(_by_name(each) for each in query.find_all(exp.Union)):
        raise NoForm(query)
    every = column_names(query, columns)
    found: exp.Query | None = None
    for branch in _branches(query):
        mine = set(column_names(branch, columns))
        chosen = [col(each) if each in mine else named(exp.null(), each) for each in every]
        inner_query = branch.copy()
        if isinstance(inner_query, exp.Select):
            _first_of_each(inner_query, columns)
        inner = exp.Subquery(this=inner_query, alias=exp.TableAlias(this=name("u")))
        part = exp.Select(expressions=chosen, from_=exp.From(this=inner))
        found = part if found is None else exp.Union(this=found, expression=part, distinct=False)
    assert found is not None
    return found


__all__ = ["NoForm", "Step", "column_names", "parsed", "relations", "steps_of"]
