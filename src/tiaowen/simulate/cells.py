"""The money of finished results, cut by month, place and level, and by who is paid.

Each rule is read once per content address, so what a scenario shares with the base is
not read again.  Money is fen; sums are of `paid_low` (sure) and `paid_high` (at most).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tiaowen.plan import terms as t
from tiaowen.plan.rules import Rule
from tiaowen.population.expr import ABSENT_TEXT
from tiaowen.population.ledger import file_of
from tiaowen.population.run_folder import FolderRun
from tiaowen.population.store import Connection
from tiaowen.vocabulary.model import Vocabulary

Used = list[tuple[str, str]]  # key and address of each rule of a side
SIZES = ((300, "300+"), (50, "50–299"), (1, "1–49"), (0, ""))
ORGANISATION, PERSON = "organisation", "person"

MADE = """
CREATE TABLE cells (key VARCHAR, address VARCHAR, month VARCHAR, place VARCHAR, low HUGEINT, high HUGEINT, open BIGINT);
CREATE TABLE paid (key VARCHAR, address VARCHAR, kind VARCHAR, payee VARCHAR, level VARCHAR, low HUGEINT);
CREATE TABLE used (side BIGINT, key VARCHAR, address VARCHAR);
"""
CELLS = """
INSERT INTO cells
SELECT $1, $2, coalesce(strftime(coalesce(l."begin", l.date), '%Y-%m'), ''), coalesce(p.place, ''),
       sum(l.paid_low), coalesce(sum(l.paid_high), 0), count(*) FILTER (l.paid_high IS NULL)
FROM "rule lines" l LEFT JOIN "payee facts" p ON l.payee = p.id
WHERE l.paid_high IS DISTINCT FROM 0
GROUP BY ALL
"""
PAID = """
INSERT INTO paid
SELECT $1, $2, $3, l.payee, coalesce(e.level, ''), sum(l.paid_low)
FROM "rule lines" l LEFT JOIN "event facts" e ON l.row = e.id
WHERE l.paid_low > 0
GROUP BY ALL
"""
BY_MONTH = """
SELECT month, sum(low)::HUGEINT, sum(high)::HUGEINT, sum(open)::HUGEINT
FROM cells NATURAL JOIN used WHERE side = $1 GROUP BY month ORDER BY month
"""
BY_PLACE = """
SELECT place, sum(low)::HUGEINT, sum(high)::HUGEINT, sum(open)::HUGEINT
FROM cells NATURAL JOIN used WHERE side = $1 GROUP BY place ORDER BY place
"""
HOW_MANY = """
SELECT kind, count(DISTINCT payee) FROM paid NATURAL JOIN used WHERE side = $1 GROUP BY kind
"""
PAYEES = """
CREATE OR REPLACE TABLE moved AS
WITH both_sides AS (
  SELECT kind, payee, level,
         coalesce(sum(low) FILTER (side = 0), 0) AS before, coalesce(sum(low) FILTER (side = $1), 0) AS after
  FROM paid NATURAL JOIN used WHERE side IN (0, $1) GROUP BY kind, payee, level)
SELECT b.*, coalesce(f.place, '') AS place, coalesce(f.size, '') AS size
FROM both_sides b LEFT JOIN "every payee" f ON b.kind = f.kind AND b.payee = f.id
"""
TOTAL = """
WITH each AS (SELECT kind, payee, sum(after) - sum(before) AS gain FROM moved GROUP BY kind, payee)
SELECT '', count(*) FILTER (gain > 0), coalesce(sum(gain) FILTER (gain > 0), 0),
       count(*) FILTER (gain < 0), coalesce(-sum(gain) FILTER (gain < 0), 0) FROM each
"""
GROUPED = """
WITH part AS (
  SELECT CASE $1 WHEN 'level' THEN level WHEN 'place' THEN place WHEN 'size' THEN size ELSE kind END AS label,
         kind, payee, sum(after) - sum(before) AS gain
  FROM moved GROUP BY ALL)
SELECT label, count(*) FILTER (gain > 0), coalesce(sum(gain) FILTER (gain > 0), 0)::HUGEINT,
       count(*) FILTER (gain < 0), coalesce(-sum(gain) FILTER (gain < 0), 0)::HUGEINT
FROM part GROUP BY label HAVING count(*) FILTER (gain <> 0) > 0 ORDER BY label
"""
FIRMS = """
CREATE TABLE firms AS
SELECT o.id, nullif(o.place, $1) AS place,
       CASE WHEN s.n >= 300 THEN '300+' WHEN s.n >= 50 THEN '50–299' WHEN s.n >= 1 THEN '1–49' ELSE '' END AS size
FROM "facts organisation" o
LEFT JOIN (SELECT employer, count(*) AS n FROM "facts person" GROUP BY employer) s ON s.employer = o.id
"""
PEOPLE = """
CREATE TABLE people AS
SELECT p.id, coalesce(nullif(p.works_in, $1), f.place) AS place, f.size
FROM "facts person" p LEFT JOIN firms f ON p.employer = f.id
"""
EVERY = """
CREATE VIEW "every payee" AS
SELECT 'organisation' AS kind, * FROM firms UNION ALL SELECT 'person', * FROM people
"""


@dataclass(frozen=True)
class Part:
    """Sure money, at most, and lines without a highest sum; fen."""

    low: int = 0
    high: int = 0
    open: int = 0


@dataclass(frozen=True)
class Moved:
    """Who gains and who loses of a group, and how much in all; fen, sure money only."""

    label: str
    winners: int
    gained: int
    losers: int
    lost: int


class Cells:
    """All sides of a simulation in one database."""

    def __init__(self, connection: Connection, vocabulary: Vocabulary, folder: Path) -> None:
        self.connection, self.vocabulary, self.folder = connection, vocabulary, folder
        self.read: set[tuple[str, str]] = set()
        connection.execute(MADE)
        self._facts(ORGANISATION, ("place",))
        self._facts(PERSON, ("employer", "works_in"))
        connection.execute(FIRMS, [ABSENT_TEXT])
        connection.execute(PEOPLE, [ABSENT_TEXT])
        connection.execute(EVERY)

    def _facts(self, table: str, columns: tuple[str, ...], view: str = "") -> None:
        """A view with id and some columns of a table as text; those that the file lacks are unknown."""
        path = self.folder / f"{table}.parquet"
        name = view or f"facts {table}"
        if not path.exists():
            chosen = ", ".join(f"NULL::VARCHAR AS {each}" for each in ("id", *columns))
            self.connection.sql("SELECT 1").project(chosen).filter("id IS NOT NULL").create_view(name, replace=True)
            return
        raw = self.connection.read_parquet(str(path / "*.parquet") if path.is_dir() else str(path))
        chosen = ", ".join(f"{each if each in raw.columns else 'NULL'}::VARCHAR AS {each}" for each in ("id", *columns))
        raw.project(chosen).create_view(name, replace=True)

    def side(self, number: int, run: FolderRun, out: Path, rules: dict[str, Rule]) -> None:
        """Take in the results of one side: 0 is the base."""
        for key, rule in rules.items():
            address = run.ledger.rules[key].address
            if rule.kind != "benefit":
                continue
            if (key, address) not in self.read:
                self.read.add((key, address))
                self._rule(key, address, out, rule)
            self.connection.execute("INSERT INTO used VALUES ($1, $2, $3)", [number, key, address])

    def _rule(self, key: str, address: str, out: Path, rule: Rule) -> None:
        kind = rule.pays.type.name if isinstance(rule.pays, t.Term) else ""
        self.connection.read_parquet(str(file_of(out, key))).create_view("rule lines", replace=True)
        known = {ORGANISATION: "firms", PERSON: "people"}.get(kind)
        facts = self.connection.table(known) if known else self.connection.table("firms").filter("false")
        facts.create_view("payee facts", replace=True)
        has_level = "level" in self.vocabulary.tables[rule.table].columns
        derived = has_level and self.vocabulary.tables[rule.table].columns["level"].derived is not None
        self._facts(rule.table, ("level",) if has_level and not derived else (), "event rows")
        levels = "id, level" if has_level and not derived else "id, NULL::VARCHAR AS level"
        self.connection.table('"event rows"').project(levels).create_view("event facts", replace=True)
        self.connection.execute(CELLS, [key, address])
        self.connection.execute(PAID, [key, address, kind])

    # -- questions -----------------------------------------------------------------------
    def months(self, side: int) -> dict[str, Part]:
        return {str(label): Part(int(low), int(high), int(more))
                for label, low, high, more in self.connection.execute(BY_MONTH, [side]).fetchall()}  # fmt: skip

    def places(self, side: int) -> dict[str, Part]:
        return {str(label): Part(int(low), int(high), int(more))
                for label, low, high, more in self.connection.execute(BY_PLACE, [side]).fetchall()}  # fmt: skip

    def payees(self, side: int) -> dict[str, int]:
        """Kind of payee → how many of them surely get something."""
        return {str(kind): int(n) for kind, n in self.connection.execute(HOW_MANY, [side]).fetchall()}

    def moved(self, side: int) -> dict[str, list[Moved]]:
        """Winners and losers against the base: in all, by kind of payee, level, place, size of the firm."""
        self.connection.execute(PAYEES, [side])
        found = {"all": _moved(self.connection.execute(TOTAL).fetchall())}
        for group in ("kind", "level", "place", "size"):
            found[group] = _moved(self.connection.execute(GROUPED, [group]).fetchall())
        return found


def _moved(rows: list[tuple[object, ...]]) -> list[Moved]:
    return [Moved(str(label or ""), *(int(str(each)) for each in rest)) for label, *rest in rows]
