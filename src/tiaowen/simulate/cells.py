"""The money of finished results by month, place and level, and who is paid: every side of a simulation.

Each rule is cut once per content address, so what a scenario shares with the base is
not read again, and only what differs is searched for winners and losers.  Money is fen;
sums are of `paid_low` (sure) and `paid_high` (at most).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tiaowen.plan.rules import Rule
from tiaowen.population.ledger import fingerprint
from tiaowen.population.run_folder import FolderRun
from tiaowen.population.store import Connection
from tiaowen.simulate.cuts import ORGANISATION, PERSON, Cuts, Made, payee_kind
from tiaowen.vocabulary.model import Vocabulary

SIZES = ("300+", "50–299", "1–49")

MADE = """
CREATE TABLE cut (key VARCHAR, address VARCHAR, kind VARCHAR, payee VARCHAR, month VARCHAR, level VARCHAR,
                  place VARCHAR, size VARCHAR, low BIGINT, high BIGINT, open BIGINT);
CREATE TABLE used (side BIGINT, key VARCHAR, address VARCHAR);
"""
TAKEN = """
INSERT INTO cut SELECT n.key, n.address, n.kind, payee, month, level, place, size, low, high, open
FROM "some cuts" c JOIN (SELECT unnest($1) AS file, unnest($2) AS key, unnest($3) AS address, unnest($4) AS kind) n
ON c.filename = n.file
"""
USED = "INSERT INTO used SELECT $1, unnest($2), unnest($3)"
PARTS = """
SELECT CASE $2 WHEN 'month' THEN month ELSE place END AS label, sum(low)::HUGEINT, sum(high)::HUGEINT, sum(open)::HUGEINT
FROM cut NATURAL JOIN used WHERE side = $1 GROUP BY label ORDER BY label
"""
OF_ONE = """
SELECT month, place, sum(low)::HUGEINT FROM cut NATURAL JOIN used
WHERE side = $1 AND key = $2 AND low > 0 GROUP BY ALL ORDER BY ALL
"""
HOW_MANY = """
SELECT kind, count(DISTINCT payee) FROM cut NATURAL JOIN used WHERE side = $1 AND low > 0 GROUP BY kind
"""
PAYEES = """
CREATE OR REPLACE TABLE moved AS
WITH same AS (SELECT key, address FROM used WHERE side IN (0, $1) GROUP BY key, address HAVING count(*) = 2),
changed AS (SELECT * FROM used WHERE side IN (0, $1) AND (key, address) NOT IN (FROM same))
SELECT kind, payee, level, place, size,
       coalesce(sum(low) FILTER (side = $1), 0) - coalesce(sum(low) FILTER (side = 0), 0) AS gain
FROM cut NATURAL JOIN changed GROUP BY ALL HAVING gain <> 0
"""
GROUPED = """
WITH part AS (
  SELECT CASE $1 WHEN 'level' THEN level WHEN 'place' THEN place WHEN 'size' THEN size WHEN 'kind' THEN kind ELSE ''
         END AS label, kind, payee, sum(gain) AS gain
  FROM moved GROUP BY ALL)
SELECT label, count(*) FILTER (gain > 0), coalesce(sum(gain) FILTER (gain > 0), 0)::HUGEINT,
       count(*) FILTER (gain < 0), coalesce(-sum(gain) FILTER (gain < 0), 0)::HUGEINT
FROM part GROUP BY label HAVING count(*) FILTER (gain <> 0) > 0 ORDER BY label
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
    """All sides of a simulation in one database.

    `lasting`: results of an earlier run and the addresses in them; their cuts stay there.
    """

    def __init__(
        self, connection: Connection, vocabulary: Vocabulary, folder: Path,
        lasting: tuple[Path, dict[str, str]] | None = None,
    ) -> None:  # fmt: skip
        self.connection = connection
        inputs = {name: fingerprint(folder, name) for name in (ORGANISATION, PERSON)}
        self.cuts = Cuts(connection, vocabulary, folder, inputs, lasting)
        self.read: set[tuple[str, str]] = set()
        connection.execute(MADE)

    def side(self, number: int, run: FolderRun, out: Path, rules: dict[str, Rule]) -> None:
        """Take in the results of one side: 0 is the base."""
        paid = [(Made(key, run.ledger.rules[key].address, rule, out), payee_kind(rule))
                for key, rule in rules.items() if rule.kind == "benefit"]  # fmt: skip
        new = [(str(self.cuts.file(made)), made.key, made.address, kind) for made, kind in paid
               if (made.key, made.address) not in self.read]  # fmt: skip
        if new:
            self.read |= {(key, address) for _, key, address, _ in new}
            files, *told = ([each[at] for each in new] for at in range(4))
            self.connection.read_parquet(files, filename=True).create_view("some cuts", replace=True)
            self.connection.execute(TAKEN, [files, *told])
        used = [(made.key, made.address) for made, _ in paid]
        self.connection.execute(USED, [number, [key for key, _ in used], [address for _, address in used]])

    # -- questions -----------------------------------------------------------------------
    def months(self, side: int) -> dict[str, Part]:
        return self._parts(side, "month")

    def places(self, side: int) -> dict[str, Part]:
        return self._parts(side, "place")

    def _parts(self, side: int, what: str) -> dict[str, Part]:
        return {str(label): Part(int(low), int(high), int(more))
                for label, low, high, more in self.connection.execute(PARTS, [side, what]).fetchall()}  # fmt: skip

    def of_one(self, side: int, key: str) -> list[tuple[str, str, int]]:
        """Sure money of one benefit by month and place."""
        return [(str(month), str(place), int(low))
                for month, place, low in self.connection.execute(OF_ONE, [side, key]).fetchall()]  # fmt: skip

    def payees(self, side: int) -> dict[str, int]:
        """Kind of payee → how many of them surely get something."""
        return {str(kind): int(n) for kind, n in self.connection.execute(HOW_MANY, [side]).fetchall()}

    def moved(self, side: int) -> dict[str, list[Moved]]:
        """Winners and losers against the base: in all, by kind of payee, level, place, size of the firm."""
        self.connection.execute(PAYEES, [side])
        found = {"all": self._grouped("all") or [Moved("", 0, 0, 0, 0)]}
        for group in ("kind", "level", "place"):
            found[group] = self._grouped(group)
        found["size"] = sorted(self._grouped("size"), key=lambda each: _rank(each.label))
        return found

    def _grouped(self, group: str) -> list[Moved]:
        return _moved(self.connection.execute(GROUPED, [group]).fetchall())


def _rank(size: str) -> int:
    return SIZES.index(size) if size in SIZES else len(SIZES)


def _moved(rows: Iterable[tuple[object, ...]]) -> list[Moved]:
    return [Moved(str(label or ""), *(int(str(each)) for each in rest)) for label, *rest in rows]
