"""What a rule pays, cut by payee, month and level: small, made once, kept while its address stands.

A rule has a line per event, most of which pay nothing.  Its cut has those that do, with
who is paid, where, in which month; every table of a report is read from cuts.  A cut is
kept as `.cuts/<name>.cut`, named after all that it depends on, so that it never has
to be brought up to date, only thrown away.  Money is fen.
"""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import dataclass
from pathlib import Path

from duckdb import DuckDBPyRelation as Relation

from tiaowen.plan import terms as t
from tiaowen.plan.rules import Rule
from tiaowen.population.expr import ABSENT_TEXT
from tiaowen.population.results import relation_of
from tiaowen.population.store import Connection
from tiaowen.vocabulary.model import Vocabulary

FORMAT = 1  # of a cut; another number makes all of them anew
KEPT = ".cuts"
SUFFIX = ".cut"  # Parquet, under a name of its own: these are not results
ORGANISATION, PERSON = "organisation", "person"

CUT = """
CREATE OR REPLACE TABLE "bare cut" AS
SELECT payee, coalesce(strftime(coalesce("begin", date), '%Y-%m'), '') AS month, row,
       sum(paid_low)::BIGINT AS low, coalesce(sum(paid_high), 0)::BIGINT AS high,
       count(*) FILTER (paid_high IS NULL) AS open
FROM "rule lines" WHERE paid_high IS DISTINCT FROM 0
GROUP BY ALL
"""
PLACED = """
SELECT c.payee, c.month, coalesce(e.level, '') AS level, coalesce(f.place, '') AS place, coalesce(f.size, '') AS size,
       sum(c.low)::BIGINT AS low, sum(c.high)::BIGINT AS high, sum(c.open)::BIGINT AS open
FROM "bare cut" c LEFT JOIN "event facts" e ON c.row = e.id LEFT JOIN "payee facts" f ON c.payee = f.id
GROUP BY ALL
"""
STAFF = """
CREATE TABLE staff AS
SELECT employer, CASE WHEN count(*) >= 300 THEN '300+' WHEN count(*) >= 50 THEN '50–299' ELSE '1–49' END AS size
FROM "facts person" WHERE employer IS NOT NULL GROUP BY employer
"""
FIRMS = """
CREATE TABLE firms AS
SELECT o.id, nullif(o.place, $1) AS place, s.size FROM "facts organisation" o LEFT JOIN staff s ON s.employer = o.id
"""
# of people only those that are paid: the whole table is a million rows, those paid are few
PEOPLE = """
CREATE OR REPLACE TABLE people AS
SELECT p.id, coalesce(nullif(p.works_in, $1), f.place) AS place, f.size
FROM "facts person" p LEFT JOIN firms f ON p.employer = f.id
WHERE p.id IN (SELECT payee FROM "bare cut")
"""


@dataclass(frozen=True)
class Made:
    """A rule as one run left it: where its lines are, and what they depend on."""

    key: str
    address: str
    rule: Rule
    out: Path


class Cuts:
    """Finds or makes the cut of a rule.  `inputs`: table → fingerprint, of the tables that say where payees are.

    `lasting`: results of an earlier run and their addresses; cuts of those rules are kept there for the
    next simulation.  All others are kept beside the lines they are cut from.
    """

    def __init__(
        self, connection: Connection, vocabulary: Vocabulary, folder: Path, inputs: dict[str, str],
        lasting: tuple[Path, dict[str, str]] | None,
    ) -> None:  # fmt: skip
        self.connection, self.vocabulary, self.folder = connection, vocabulary, folder
        self.inputs, self.lasting = inputs, lasting
        self.opened = False
        if lasting is not None:
            self._forget(lasting[0] / KEPT, {self.name(*each) for each in lasting[1].items()})

    def file(self, made: Made) -> Path:
        """The cut of a rule, made if it is not there."""
        kept = made.out
        if self.lasting is not None and self.lasting[1].get(made.key) == made.address:
            kept = self.lasting[0]
        path = kept / KEPT / f"{self.name(made.key, made.address)}{SUFFIX}"
        if not path.is_file():
            path.parent.mkdir(exist_ok=True)
            with tempfile.TemporaryDirectory(prefix=".making-", dir=path.parent) as scratch:
                part = Path(scratch) / path.name
                self._make(made, part)
                part.replace(path)
        return path

    def name(self, key: str, address: str) -> str:
        """What a cut depends on, as one name."""
        parts = [str(FORMAT), key, address, *(f"{name} {found}" for name, found in sorted(self.inputs.items()))]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:40]

    def _forget(self, kept: Path, wanted: set[str]) -> None:
        """Throw away cuts of results that are no longer there."""
        for path in kept.glob(f"*{SUFFIX}"):
            if path.stem not in wanted:
                path.unlink(missing_ok=True)

    def _make(self, made: Made, part: Path) -> None:
        rule = made.rule
        kind = payee_kind(rule)
        lines = relation_of(self.connection, made.out, made.key)
        lines.create_view("rule lines", replace=True)
        self.connection.execute(CUT)
        some = self.connection.table('"bare cut"').limit(1).fetchall()
        if some and kind in (ORGANISATION, PERSON):
            self._payees(kind)
        known = {ORGANISATION: "firms", PERSON: "people"}.get(kind) if some else None
        nobody = self.connection.sql("SELECT NULL::VARCHAR AS id, NULL::VARCHAR AS place, NULL::VARCHAR AS size")
        (self.connection.table(known) if known else nobody).create_view("payee facts", replace=True)
        levels = self.connection.sql("SELECT NULL::VARCHAR AS id, NULL::VARCHAR AS level")
        if some and has_level(self.vocabulary, rule.table):
            levels = self._facts(rule.table, ("level",))
        levels.create_view("event facts", replace=True)
        self.connection.sql(PLACED).write_parquet(str(part))

    def _payees(self, kind: str) -> None:
        """Where those who are paid are, and how large their firms."""
        if not self.opened:
            self.opened = True
            self._facts(ORGANISATION, ("place",)).create_view("facts organisation", replace=True)
            self._facts(PERSON, ("employer", "works_in")).create_view("facts person", replace=True)
            self.connection.execute(STAFF)
            self.connection.execute(FIRMS, [ABSENT_TEXT])
        if kind == PERSON:
            self.connection.execute(PEOPLE, [ABSENT_TEXT])

    def _facts(self, table: str, columns: tuple[str, ...]) -> Relation:
        """Id and some columns of a table as text; those that the file lacks are unknown."""
        path = self.folder / f"{table}.parquet"
        if not path.exists():
            chosen = ", ".join(f"NULL::VARCHAR AS {each}" for each in ("id", *columns))
            return self.connection.sql("SELECT 1").project(chosen).filter("id IS NOT NULL")
        raw = self.connection.read_parquet(str(path / "*.parquet") if path.is_dir() else str(path))
        chosen = ", ".join(f"{each if each in raw.columns else 'NULL'}::VARCHAR AS {each}" for each in ("id", *columns))
        return raw.project(chosen)


def payee_kind(rule: Rule) -> str:
    """The table that the payee stands in; empty where the text names none."""
    return rule.pays.type.name if isinstance(rule.pays, t.Term) else ""


def has_level(vocabulary: Vocabulary, table: str) -> bool:
    """Whether events of a table have a level of their own."""
    column = vocabulary.tables[table].columns.get("level")
    return column is not None and column.derived is None
