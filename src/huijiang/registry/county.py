"""A folder of Parquet (a county of `huijiang synth`, or another of the engine's layout) as rows for the
database: numbers instead of text ids, `none` in columns of its own.

DuckDB does the work over files, in bounded memory; what comes out are CSV files for COPY.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlglot
from sqlglot import exp

from huijiang.registry import names
from huijiang.registry.columns import NONE_SUFFIX
from huijiang.registry.vocabulary import stored_columns, vocabulary
from tiaowen.identifiers.organisation import parse_organisation_code
from tiaowen.identifiers.result import IdentifierError
from tiaowen.population.expr import ABSENT_DATE, ABSENT_TEXT
from tiaowen.population.store import connect, open_tables, read_manifest
from tiaowen.population.world import facts_of
from tiaowen.vocabulary.model import Column, Table

NAMED = ("person", "organisation")
CHUNK = 10_000
EMPTY = "\\N"


def in_order() -> list[str]:
    """The tables, each after those it refers to."""
    found: list[str] = []
    tables = vocabulary().tables

    def add(table: str) -> None:
        if table not in found:
            for column in stored_columns(tables[table]):
                if column.type.kind == "row" and column.type.name != table:
                    add(column.type.name)
            found.append(table)

    for each in tables:
        add(each)
    return found


class County:
    """An opened folder.  Raises PopulationError for what is wrong with it."""

    def __init__(self, folder: Path, scratch: Path, memory: str = "1GB") -> None:
        self.folder, self.scratch = folder, scratch
        self.duck = connect(memory, scratch)
        open_tables(self.duck, vocabulary(), folder)
        self.covers, self.on = read_manifest(folder)

    def close(self) -> None:
        self.duck.close()

    def number(self, table: str, first: int) -> int:
        """Give the table's rows numbers from `first` on; says how many there are."""
        counted = exp.Window(this=exp.RowNumber(), order=exp.Order(expressions=[exp.column("id")]))
        number = exp.Add(this=exp.Literal.number(first - 1), expression=counted)
        query = exp.select(exp.column("id"), exp.alias_(number, "pk")).from_(_facts(table))
        self._create(f"pk {table}", query)
        return int(self._one(exp.select(exp.Count(this=exp.Star())).from_(_named(f"pk {table}"))))

    def codes_in_doubt(self) -> list[tuple[int, str, str]]:
        """Credit codes that are none: number of the firm, its id, the reason.  They are left out of the rows."""
        query = (
            exp.select(exp.column("pk", "p"), exp.column("id", "r"), exp.column("uscc", "r"))
            .from_(exp.alias_(_facts("organisation"), "r"))
            .join(exp.alias_(_named("pk organisation"), "p"), on="p.id = r.id")
            .where("r.uscc IS NOT NULL")
            .order_by("p.pk")
        )
        wrong: list[tuple[int, str, str]] = []
        seen: set[str] = set()
        for pk, origin, code in self.duck.execute(query.sql("duckdb")).fetchall():
            try:
                plain = parse_organisation_code(code).value
            except IdentifierError as error:
                wrong.append((pk, origin, f"organisation_uscc_{error.key.replace(' ', '_')}"))
                continue
            if plain in seen:
                wrong.append((pk, origin, "organisation_key"))
            seen.add(plain)
        self.duck.execute("CREATE OR REPLACE TABLE doubtful (pk BIGINT)")
        if wrong:
            self.duck.execute("INSERT INTO doubtful SELECT unnest($1::BIGINT[])", [[pk for pk, _, _ in wrong]])
        return wrong

    def names_of(self, table: str) -> None:
        """The forms of each name, once."""
        query = exp.select(exp.column("name")).distinct().from_(_facts(table)).where("name IS NOT NULL")
        rows = [each for (each,) in self.duck.execute(query.sql("duckdb")).fetchall()]
        lists = [
            rows,
            [names.written(each) for each in rows],
            [names.matched(each) for each in rows],
            [names.sounded(each, table == "person") for each in rows],
        ]
        columns = ("name", "written", "name_key", "pinyin")
        texts = [f"unnest(${at}::VARCHAR[]) AS {column}" for at, column in enumerate(columns, 1)]
        self.duck.execute(f"CREATE OR REPLACE TABLE names AS SELECT {', '.join(texts)}", lists)

    def documents(self) -> Iterator[list[tuple[int, str, str]]]:
        """Person's number, id, and identity number, some thousands at a time."""
        query = (
            exp.select(exp.column("pk", "p"), exp.column("id", "r"), exp.column("id_number", "r"))
            .from_(exp.alias_(_facts("person"), "r"))
            .join(exp.alias_(_named("pk person"), "p"), on="p.id = r.id")
            .where("r.id_number IS NOT NULL")
            .order_by("p.pk")
        )
        found = self.duck.execute(query.sql("duckdb"))
        while rows := found.fetchmany(CHUNK):
            yield rows

    def write(self, table: str, fixed: dict[str, str], to: Path) -> list[str]:
        """One table as CSV; gives its columns.  `fixed` are columns with one value for all."""
        told = vocabulary().tables[table]
        chosen: dict[str, exp.Expr] = {"id": exp.column("pk", "p")}
        query = exp.select().from_(exp.alias_(_facts(table), "r"))
        query = query.join(exp.alias_(_named(f"pk {table}"), "p"), on="p.id = r.id")
        for at, column in enumerate(stored_columns(told)):
            chosen.update(_stored(column, f"j{at}"))
            if column.type.kind == "row":
                target = exp.alias_(_named(f"pk {column.type.name}"), f"j{at}")
                on = exp.EQ(this=exp.column("id", f"j{at}"), expression=_mine(column))
                query = query.join(target, on=on, join_type="left")
        if table in NAMED:
            query = query.join(exp.alias_(_named("names"), "n"), on="n.name = r.name", join_type="left")
            chosen |= {"name": exp.column("written", "n")}
            chosen |= {each: exp.column(each, "n") for each in ("name_key", "pinyin")}
        if table == "organisation":
            query = query.join(exp.alias_(_named("doubtful"), "d"), on="d.pk = p.pk", join_type="left")
            chosen["uscc"] = sqlglot.parse_one("CASE WHEN d.pk IS NULL THEN r.uscc END", dialect="duckdb")
        chosen |= {name: exp.Literal.string(value) for name, value in fixed.items()}
        chosen |= {"line": exp.column("pk", "p"), "origin": exp.column("id", "r")}
        query = query.select(*(exp.alias_(value, name, quoted=True) for name, value in chosen.items()))
        self.duck.sql(query.sql("duckdb")).write_csv(str(to), header=False, na_rep=EMPTY, encoding="utf-8")
        return list(chosen)

    def _create(self, name: str, query: exp.Query) -> None:
        made = exp.Create(this=exp.to_table(f'"{name}"'), kind="TABLE", expression=query, replace=True)
        self.duck.execute(made.sql("duckdb"))

    def _one(self, query: exp.Query) -> Any:
        return self.duck.execute(query.sql("duckdb")).fetchall()[0][0]


def _facts(table: str) -> exp.Table:
    return _named(facts_of(table))


def _named(name: str) -> exp.Table:
    return exp.Table(this=exp.to_identifier(name, quoted=True))


def _mine(column: Column) -> exp.Column:
    return exp.column(column.name, "r", quoted=True)


def _stored(column: Column, joined: str) -> dict[str, exp.Expression]:
    """The columns of the database for one of the vocabulary: value, and whether it is known to be absent."""
    kind, mine = column.type, _mine(column)
    absent: exp.Expression = exp.Literal.string(ABSENT_TEXT)
    value: exp.Expression = mine
    if kind.kind == "date":
        absent = exp.cast(exp.Literal.string(ABSENT_DATE.isoformat()), "date")
    if kind.or_none:
        value = exp.Nullif(this=mine, expression=absent)
    if kind.kind == "month":
        month = sqlglot.parse_one("make_date(m // 12, m % 12 + 1, 1)", dialect="duckdb")
        value = month.transform(lambda node: mine.copy() if node == exp.column("m") else node)
    found: dict[str, exp.Expression] = {column.name: value}
    if kind.kind == "row":
        found = {f"{column.name}_id": exp.column("pk", joined)}
    elif kind.kind == "region":
        found = {f"{column.name}_id": value}
    if kind.or_none:
        same = exp.EQ(this=mine.copy(), expression=absent.copy())
        found[column.name + NONE_SUFFIX] = exp.Coalesce(this=same, expressions=[exp.false()])
    return found


def columns_of(table: Table) -> list[str]:
    """The database's columns of a table's own facts."""
    return [name for column in stored_columns(table) for name in _stored(column, "j")]
