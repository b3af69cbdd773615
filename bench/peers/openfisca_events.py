# ruff: noqa: S608 - the queries are put together from this file's own texts
"""What OpenFisca is told: the columns, and the flattening of event tables to them.

Runs in OpenFisca's own environment.  An event becomes a row of integers: whose it is, the
month, its place among the same one's events of that month (a slot, in order of date and
id), and what the rules ask of it with all references followed.  Only months in which the
document is in force are kept.  Whether a row pays is left to the formulas.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

FIRST, LAST = "2025-03", "2026-06"  # in force from; the last month of the facts
LEVELS = ("∅", "初级工", "中级工", "高级工", "技师", "高级技师", "特级技师", "首席技师", "学徒工")
KINDS = ("企业", "培训机构", "人社部门")
TIERS = ("企业级", "区级", "市级", "省级", "国家级", "世界级")
PRIZES = ("一等奖", "二等奖", "三等奖", "优胜奖")
TITLES = ("全国技术能手", "省技术能手", "市技术能手")
STARS = ("无星", "一星", "二星", "三星", "四星", "五星")
RESULTS = ("不合格", "合格", "良好", "优秀")
HONOURS = ("区首席技师", "萧然青年技师")
STUDIOS = ("技师工作室",)
SERVICES = ("职业技能社会服务",)
CERTIFICATES = ("职业技能等级证书",)
HERE = "(p.place = '330109' OR starts_with(p.place, 'local-330109'))"

Columns = dict[str, np.ndarray]


def code(column: str, values: tuple[str, ...]) -> str:
    """The position of a text in a list from 1 on; 0 for any other."""
    listed = ", ".join(f"'{each}'" for each in values)
    return f"coalesce(list_position([{listed}], {column}), 0)::TINYINT"


def event(who: str, day: str, row: str, columns: str, source: str) -> str:
    """Rows of one kind of event, those before and after left out."""
    return f"""SELECT ({who})::INTEGER AS who,
  ((year({day}) * 12 + month({day})) - (2025 * 12 + 3))::TINYINT AS month,
  (row_number() OVER (PARTITION BY {who}, date_trunc('month', {day}) ORDER BY {day}, {row}) - 1)::TINYINT AS slot,
  {columns} FROM {source} WHERE {day} >= DATE '2025-03-01' AND {day} < DATE '2026-07-01'"""


EVENTS = {
    "certificate": event(
        "h.n", "c.issued_on", "c.id",
        f"{code('c.level', LEVELS)} AS level, dense_rank() OVER (ORDER BY c.occupation)::SMALLINT AS occupation, "
        f"c.trained_directly AS taught, {code('o.kind', KINDS)} AS trainer_kind, coalesce(o.here, false) AS trainer_here",
        "certificate AS c JOIN people AS h ON h.id = c.holder LEFT JOIN firms AS o ON o.id = c.trainer",
    ),
    "entry": event(
        "h.n", "e.announced_on", "e.id",
        f"{code('t.level', TIERS)} AS tier, {code('e.prize', PRIZES)} AS prize, {code('e.title', TITLES)} AS title, "
        "coalesce(t.here, false) AS contest_here, coalesce(s.here, false) AS sent_here",
        "contest_entry AS e JOIN people AS h ON h.id = e.contestant LEFT JOIN contests AS t ON t.id = e.contest "
        "LEFT JOIN places AS s ON s.place = e.sent_by",
    ),
    "service": event(
        "h.n", "v.held_on", "v.id",
        f"{code('v.kind', SERVICES)} AS kind, {code('o.kind', KINDS)} AS organiser_kind, "
        "coalesce(o.here, false) AS organiser_here, EXISTS (SELECT 1 FROM membership AS m WHERE m.person = v.person "
        "AND m.scheme = '萧山名匠领航团' AND v.held_on BETWEEN m.started_on AND m.ended_on) AS pilot",
        "service AS v JOIN people AS h ON h.id = v.person LEFT JOIN firms AS o ON o.id = v.organiser",
    ),
    "title": event(
        "h.n", "r.named_on", "r.id",
        f"{code('r.honour', HONOURS)} AS honour, coalesce(s.here, false) AS granted_here",
        "recognition AS r JOIN people AS h ON h.id = r.person LEFT JOIN places AS s ON s.place = r.granted_by",
    ),
    "term": event(
        "o.n", "a.ended_on", "a.id", f"{code('a.stars', STARS)} AS stars",
        "assessment_term AS a JOIN firms AS o ON o.id = a.organisation",
    ),
    "studio": event(
        "o.n", "s.recognised_on", "s.id",
        f"{code('s.kind', STUDIOS)} AS kind, {code('s.level', TIERS)} AS tier, m.n::INTEGER AS master",
        "studio AS s JOIN firms AS o ON o.id = s.host LEFT JOIN people AS m ON m.id = s.master",
    ),
    "review": event(
        "o.n", "w.concluded_on", "w.id",
        f"{code('s.kind', STUDIOS)} AS kind, {code('w.result', RESULTS)} AS result, "
        "dense_rank() OVER (ORDER BY w.studio)::INTEGER AS studio, w.year::SMALLINT AS year",
        "studio_review AS w JOIN studio AS s ON s.id = w.studio JOIN firms AS o ON o.id = s.host",
    ),
}  # fmt: skip

# how many level certificates a firm issued in each month
ISSUED = """SELECT o.n::INTEGER AS who, ((year(c.issued_on) * 12 + month(c.issued_on)) - (2025 * 12 + 3))::TINYINT AS month,
  0::TINYINT AS slot, count(*)::INTEGER AS certificates
FROM certificate AS c JOIN firms AS o ON o.id = c.issuer
WHERE c.kind = '职业技能等级证书' AND c.issued_on >= DATE '2025-03-01' AND c.issued_on < DATE '2026-07-01' GROUP BY 1, 2"""

TABLES = ("person", "organisation", "certificate", "contest", "contest_entry", "service", "membership", "recognition",
          "assessment_term", "studio", "studio_review")  # fmt: skip


def flatten(folder: Path) -> dict[str, Columns]:
    """Every column that the system takes, from the event tables of a folder."""
    found: dict[str, Columns] = {}
    with duckdb.connect(config={"threads": 2}) as connection:
        for table in TABLES:
            path = folder / f"{table}.parquet"
            connection.execute(f"CREATE VIEW {table} AS SELECT * FROM read_parquet('{path}')")
        connection.execute(
            "CREATE TABLE people AS SELECT id, employer, row_number() OVER (ORDER BY id) - 1 AS n FROM person"
        )
        connection.execute(
            f"CREATE TABLE firms AS SELECT id, kind, assessment_filed, {HERE} AS here, row_number() OVER (ORDER BY id) - 1 AS n "
            "FROM organisation AS p"
        )
        connection.execute(f"CREATE TABLE contests AS SELECT id, level, {HERE} AS here FROM contest AS p")
        connection.execute(
            f"CREATE TABLE places AS SELECT place, {HERE} AS here FROM (SELECT DISTINCT sent_by AS place FROM contest_entry "
            "UNION SELECT DISTINCT granted_by FROM recognition) AS p"
        )
        found["firm"] = _columns(
            connection, f"SELECT {code('kind', KINDS)} AS kind, here, assessment_filed AS filed FROM firms ORDER BY n"
        )
        found["person"] = _columns(
            connection,
            "SELECT coalesce(o.n, (SELECT count(*) FROM firms))::INTEGER AS employer FROM people AS h "
            "LEFT JOIN firms AS o ON o.id = h.employer ORDER BY h.n",
        )
        for name, query in {**EVENTS, "issued": ISSUED}.items():
            found[name] = _columns(connection, query)
    return found


def _columns(connection: Any, query: str) -> Columns:
    read = connection.execute(query).fetchnumpy()
    return {name: np.asarray(values) for name, values in read.items()}


# the flattened columns as tables of bench/flat: the same rows, numbers as the words they stand for
WORDS = {
    "certificate": ("occupation::BIGINT AS occupation, taught, trainer_here",
                    {"level": LEVELS, "trainer_kind": KINDS}),
    "entry": ("contest_here, sent_here", {"tier": TIERS, "prize": PRIZES, "title": TITLES}),
    "service": ("kind > 0 AS kind, organiser_here, pilot", {"organiser_kind": KINDS}),
    "title": ("honour > 0 AS honour, granted_here", {}),
    "term": ("", {"stars": STARS}),
    "studio": ("kind > 0 AS kind, master::BIGINT AS master", {"tier": TIERS}),
    "review": ("kind > 0 AS kind, studio::BIGINT AS studio, year::BIGINT AS year", {"result": RESULTS}),
    "issued": ("", {}),
}  # fmt: skip
OTHER = "其他"


def word(column: str, words: tuple[str, ...]) -> str:
    """What a number of `code` stands for."""
    listed = ", ".join(f"'{OTHER if each == '∅' else each}'" for each in (OTHER, *words))
    return f"[{listed}][{column} + 1] AS {column}"


def write_tables(columns: dict[str, Columns], folder: Path) -> None:
    """The flattened columns as Parquet, one file per kind of event, for bench/flat."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, (plain, words) in WORDS.items():
        chosen = ", ".join([*filter(None, [plain]), *(word(each, of) for each, of in words.items())])
        rows = "given, range(certificates)" if name == "issued" else "given"  # one row per certificate
        query = f"""SELECT lpad(row_number() OVER (ORDER BY month, slot, who)::VARCHAR, 9, '0') AS id,
          who::VARCHAR AS who, (DATE '2025-03-01' + to_months(month::INTEGER))::DATE AS day
          {", " + chosen if chosen else ""} FROM {rows} ORDER BY id"""
        _write(folder / f"{name}.parquet", query, columns[name])
    firms = len(columns["firm"]["kind"])
    people = len(columns["person"]["employer"])
    _write(folder / "firm.parquet", f"SELECT n::VARCHAR AS id, here, filed, {word('kind', KINDS)} FROM given ORDER BY n",
           {"n": np.arange(firms), **columns["firm"]})  # fmt: skip
    employer = f"if(employer = {firms}, '∅', employer::VARCHAR) AS employer"
    _write(folder / "person.parquet", f"SELECT n::VARCHAR AS id, {employer} FROM given ORDER BY n",
           {"n": np.arange(people), **columns["person"]})  # fmt: skip
    covers = [{"table": each, "by": [], "place": "", "since": None, "until": None}
              for each in (*WORDS, "firm", "person")]  # fmt: skip
    (folder / "coverage.json").write_text(json.dumps({"on": "2026-06-30", "covers": covers}) + "\n", encoding="utf-8")


def _write(path: Path, query: str, given: Columns) -> None:  # the query reads `given` by its name
    with duckdb.connect() as connection:
        connection.execute(f"COPY ({query}) TO '{path}'")


def save(columns: dict[str, Columns], path: Path) -> None:
    """The columns as one file of arrays, to be read without any flattening."""
    flat = {f"{event}.{name}": values for event, each in columns.items() for name, values in each.items()}
    np.savez(path, **flat)  # type: ignore[arg-type]


def load(path: Path) -> dict[str, Columns]:
    found: dict[str, Columns] = {}
    with np.load(path) as stored:
        for key in stored.files:
            name, _, column = key.partition(".")
            found.setdefault(name, {})[column] = stored[key]
    return found
