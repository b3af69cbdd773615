"""What stands in the finished files, counted from them: the figures of the page and of county.json."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from sqlglot import exp

from huijiang.synth.defects import COUNTS, MISSING
from huijiang.synth.parquet import Writer
from tiaowen.population.expr import col, how_many, is_null
from tiaowen.population.program import select
from tiaowen.population.store import sql

# A person's level is the highest certificate's; where a person works is a street of the county or the county itself.
LEVELS: Final = """
SELECT coalesce(level_name(no), '∅') AS level, count(*)
FROM person LEFT JOIN (SELECT holder, max(list_position(getvariable('levels'), level)) AS no FROM certificate
                       WHERE level <> '∅' GROUP BY holder) AS held ON held.holder = person.id
WHERE list_contains(getvariable('streets'), works_in)
GROUP BY ALL ORDER BY max(no) NULLS FIRST
"""
FIRMS: Final = """
SELECT size, count(*), sum(many)::BIGINT FROM (
  SELECT many, CASE WHEN many < 10 THEN '1–9' WHEN many < 50 THEN '10–49' WHEN many < 300 THEN '50–299'
                 WHEN many < 1000 THEN '300–999' ELSE '1000+' END AS size
  FROM (SELECT employer, count(*) AS many FROM person WHERE employer <> '∅' GROUP BY employer)
       JOIN organisation ON organisation.id = employer AND kind = '企业' AND list_contains(getvariable('streets'), place))
GROUP BY size ORDER BY min(many)
"""
YEARS: Final = """
SELECT year(issued_on)::VARCHAR, count(*) FILTER (list_position(getvariable('levels'), level) >= 3),
       count(*) FILTER (coalesce(list_position(getvariable('levels'), level), 0) < 3)
FROM certificate GROUP BY ALL ORDER BY 1
"""
STREETS: Final = """
SELECT works_in, count(*) FROM person WHERE list_contains(getvariable('streets'), works_in) GROUP BY ALL ORDER BY 2 DESC, 1
"""
INDUSTRIES: Final = """
SELECT coalesce(industry, '（不知道）'), count(*) FROM person JOIN organisation ON organisation.id = person.employer
WHERE list_contains(getvariable('streets'), works_in) GROUP BY ALL ORDER BY 2 DESC, 1
"""


@dataclass(frozen=True)
class Picture:
    """Rows for each chart.  `defects`: name → (found, looked at); `missing`: (table, column, unknown, rows)."""

    levels: list[tuple[str, int]] = field(default_factory=list)
    firms: list[tuple[str, int, int]] = field(default_factory=list)
    years: list[tuple[str, int, int]] = field(default_factory=list)
    streets: list[tuple[str, int]] = field(default_factory=list)
    industries: list[tuple[str, int]] = field(default_factory=list)
    defects: dict[str, tuple[int, int]] = field(default_factory=dict)
    missing: list[tuple[str, str, int, int]] = field(default_factory=list)


def take_picture(writer: Writer) -> Picture:
    """Count the tables that the writer has written."""
    missing = []
    for table, column in MISSING:
        query = select([how_many(is_null(col(column))), exp.Count(this=exp.Star())], table)
        unknown, rows = writer.rows(sql(query))[0]
        missing.append((table, column, unknown, rows))
    defects = {name: writer.rows(query)[0] for name, query in COUNTS.items()}
    return Picture(
        levels=writer.rows(LEVELS), firms=writer.rows(FIRMS), years=writer.rows(YEARS), streets=writer.rows(STREETS),
        industries=writer.rows(INDUSTRIES), defects=defects, missing=missing,
    )  # fmt: skip
