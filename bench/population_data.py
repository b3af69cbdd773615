"""A population for the bench: complete facts of any size, made in SQL, part by part.

For a million people: three million certificates, two million employments, two million
insurance spells, a million hires, and what else the ten benefits of bench/floor read.
Every fact is known and every table complete, so that plain two-valued SQL is right;
data with gaps is what `huijiang synth` makes.  A part depends on its number alone; its rows stand in
order of their ids, as a register writes them out.
"""

from __future__ import annotations

import json
from pathlib import Path

import duckdb

ON = "2026-06-30"
PART = 250_000  # people
TABLES = ("organisation", "person", "certificate", "insurance", "employment", "hire", "membership", "enrolment",
          "school_year", "stay", "placement", "recognition")  # fmt: skip
NEVER = "DATE '9999-12-31'"  # known to be absent
SALTS = {
    "person": 1, "certificate": 2, "spell": 3, "hire": 4, "organisation": 5, "member": 6, "school": 7, "stay": 8,
    "placement": 9, "title": 10,
}  # fmt: skip


def write(folder: Path, people: int) -> None:
    """A folder of Parquet with `people` people and its coverage."""
    folder.mkdir(parents=True, exist_ok=True)
    firms = max(200, people // 20)
    with duckdb.connect(config={"memory_limit": "1GB", "threads": 2}) as connection:
        connection.execute("CREATE MACRO h(i, salt) AS hash(i * 64 + salt)")
        # a firm by lot: few are large, most are small
        connection.execute(
            "CREATE MACRO firm(n, firms) AS CAST(floor(firms * pow((n % 1000003) / 1000003, 4)) AS BIGINT)"
        )
        connection.execute("CREATE MACRO pick(n, list) AS list[1 + (n % len(list))::INTEGER]")
        _copy(connection, folder, "organisation", 0, ORGANISATIONS.format(firms=firms))
        for part, first in enumerate(range(0, people, PART)):
            last = min(people, first + PART)
            connection.execute(
                f"CREATE OR REPLACE TEMP TABLE spell AS {SPELLS.format(first=first, last=last, firms=firms)}"
            )
            for table, query in QUERIES.items():
                _copy(connection, folder, table, part, query.format(first=first, last=last, firms=firms))
    covers = [{"table": each, "by": [], "place": "", "since": None, "until": None} for each in TABLES]
    (folder / "coverage.json").write_text(json.dumps({"on": ON, "covers": covers}) + "\n", encoding="utf-8")


def _copy(connection: duckdb.DuckDBPyConnection, folder: Path, table: str, part: int, query: str) -> None:
    path = folder / f"{table}.parquet"
    path.mkdir(exist_ok=True)
    connection.sql(query).order("length(id), id").write_parquet(str(path / f"part-{part:04}.parquet"))


ORGANISATIONS = """
SELECT 'o' || i AS id,
  CASE WHEN i % 50 = 0 THEN '培训机构' WHEN i % 50 = 1 THEN '技工院校' WHEN i % 50 = 2 THEN '人力资源服务机构'
       WHEN i % 50 < 6 THEN '事业单位' ELSE '企业' END AS kind,
  pick(h(i, 5) // 7, ['330109', 'local-330109-04', 'local-330109-11', '330109', '330604', '330604', '330281', '330502',
                      '330503', '330521', '330106', '310115']) AS place,
  h(i, 5) % 10 < 4 AS assessment_filed,
  CASE WHEN i % 50 = 1 AND h(i, 5) % 3 < 2 THEN '技师学院' ELSE '∅' END AS school_rank
FROM range({firms}) AS t(i)"""

# two spells of work per person; in one case out of five the second is at the same firm, in a row
SPELLS = """
SELECT i, s, 'p' || i AS worker,
  'o' || CASE WHEN h(i, 3) % 5 = 0 THEN firm(h(i, 103), {firms}) ELSE firm(h(i, 103 + s), {firms}) END AS employer,
  CAST(DATE '2019-01-01' + to_months(CAST(s * 36 + h(i, 203) % 36 AS INTEGER)) AS DATE) AS since,
  CASE WHEN s = 0 THEN
         CAST(DATE '2019-01-01' + to_months(CAST(36 + h(i, 203) % 36
              - CASE WHEN h(i, 3) % 5 = 0 THEN 0 ELSE h(i, 303) % 20 END AS INTEGER)) - INTERVAL 1 DAY AS DATE)
       WHEN h(i, 403) % 3 = 0 THEN
         CAST(DATE '2019-01-01' + to_months(CAST(37 + h(i, 203) % 36 + h(i, 503) % 40 AS INTEGER)) - INTERVAL 1 DAY AS DATE)
       ELSE DATE '9999-12-31' END AS until
FROM range({first}, {last}) AS t(i), range(2) AS u(s)"""

QUERIES = {
    "person": """
SELECT 'p' || i AS id, DATE '1960-01-01' + (h(i, 1) % 16000)::INTEGER AS birth_date,
  pick(h(i, 1) // 3, ['330109', '330604', '330281', '330502', '410000']) AS hukou,
  pick(h(i, 1) // 5, ['330109', '330604', '330281', '330502', '∅']) AS works_in,
  CASE WHEN h(i, 1) % 20 = 0 THEN '技师' END AS level_stated
FROM range({first}, {last}) AS t(i)""",
    "certificate": """
SELECT 'c' || i || '-' || n AS id, 'p' || i AS holder,
  CASE WHEN h(i * 3 + n, 2) % 10 = 0 THEN '∅' ELSE 'o' || (firm(h(i, 104), {firms})) END AS holder_employer,
  'o' || firm(h(i * 3 + n, 11), {firms}) AS issuer,
  CASE WHEN h(i * 3 + n, 12) % 5 = 0 THEN '∅' WHEN h(i * 3 + n, 12) % 5 < 3 THEN 'o' || (h(i * 3 + n, 13) % ({firms} // 50) * 50)
       ELSE 'o' || (firm(h(i, 104), {firms})) END AS trainer,
  h(i * 3 + n, 14) % 4 > 0 AS trained_directly,
  pick(h(i * 3 + n, 15), ['职业技能等级证书', '职业技能等级证书', '职业技能等级证书', '职业资格证书', '专项职业能力证书']) AS kind,
  pick(h(i, 16) + h(i * 3 + n, 17) % 2, ['车工', '焊工', '电工', '工业机器人系统操作员', '数据库运行管理员', '中式烹调师',
       '茶艺师', '钳工']) AS occupation,
  pick(h(i * 3 + n, 18), ['初级工', '中级工', '中级工', '高级工', '高级工', '技师', '高级技师', '∅']) AS level,
  DATE '2019-01-01' + (h(i * 3 + n, 19) % 2700)::INTEGER AS issued_on
FROM range({first}, {last}) AS t(i), range(3) AS u(n)""",
    "insurance": """
SELECT 'i' || i || '-' || s AS id, worker, employer, pick(h(i * 2 + s, 21), ['330109', '330604', '330604', '330281', '330502']) AS place,
  since AS started_on, until AS ended_on FROM spell""",
    "employment": """
SELECT 'w' || i || '-' || s AS id, worker, employer, h(i * 2 + s, 22) % 3 = 0 AS front_line, since AS started_on,
  until AS ended_on FROM spell""",
    "hire": """
SELECT 'h' || i AS id, worker, employer, h(i, 4) % 10 > 0 AS contract_signed, h(i, 4) // 8 % 2 = 0 AS introduced,
  since + (h(i, 23) % 20)::INTEGER AS started_on,
  CASE WHEN until = DATE '9999-12-31' THEN until ELSE greatest(until - 2, since + 20) END AS ended_on
FROM spell WHERE s = CASE WHEN h(i, 24) % 4 = 0 THEN 0 ELSE 1 END""",
    "membership": """
SELECT 'm' || i AS id, 'p' || i AS person, pick(h(i, 6), ['4.0版人才政策', '技能大师联盟']) AS scheme,
  DATE '2021-01-01' + (h(i, 25) % 1000)::INTEGER AS started_on, DATE '9999-12-31' AS ended_on
FROM range({first}, {last}) AS t(i) WHERE i % 50 = 0""",
    "enrolment": """
SELECT 'e' || i AS id, 'p' || i AS student, 'o' || (h(i, 7) % ({firms} // 50) * 50 + 1) AS school,
  pick(h(i, 26), ['高级工班', '技师班', '中级工班', '普通班']) AS class_type,
  DATE '2017-09-01' + (h(i, 27) % 1000)::INTEGER AS started_on,
  DATE '2020-07-01' + (h(i, 27) % 1000)::INTEGER AS ended_on,
  CASE WHEN i % 3 = 0 THEN DATE '9999-12-31' ELSE DATE '2020-07-01' + (h(i, 27) % 1000)::INTEGER END AS graduated_on
FROM range({first}, {last}) AS t(i) WHERE i % 5 < 2""",
    "school_year": """
SELECT 'y' || i || '-' || n AS id, 'p' || i AS student, 'e' || i AS enrolment,
  CAST(DATE '2022-07-01' + to_months(CAST(12 * n - h(i, 28) % 3 // 2 * 12 * (n % 2) AS INTEGER)) AS DATE) AS ended_on
FROM range({first}, {last}) AS t(i), range(3) AS u(n) WHERE i % 5 < 2""",
    "stay": """
SELECT 's' || i AS id, 'p' || i AS person, 'o' || (h(i, 8) % {firms}) AS host, pick(h(i, 29), ['学生', '学生', '教师']) AS role,
  pick(h(i, 30), ['见习实习', '见习实习', '短期实习']) AS kind,
  pick(h(i, 31), ['专科', '高职', '高级工班', '本科', '技师班', '中职']) AS schooling, '330604' AS place,
  DATE '2022-01-01' + (h(i, 32) % 1500)::INTEGER AS started_on,
  CASE WHEN h(i, 33) % 9 = 0 THEN DATE '9999-12-31' ELSE DATE '2022-01-01' + (h(i, 32) % 1500 + h(i, 34) % 400)::INTEGER END AS ended_on
FROM range({first}, {last}) AS t(i) WHERE i % 10 = 0""",
    "placement": """
SELECT 'l' || i AS id, 'p' || i AS worker, 'o' || (h(i, 9) % ({firms} // 50) * 50 + 2) AS agency, 'o' || (h(i, 35) % {firms}) AS employer,
  DATE '2022-01-01' + (h(i, 36) % 1600)::INTEGER AS started_on
FROM range({first}, {last}) AS t(i) WHERE i % 10 = 1""",
    "recognition": """
SELECT 'r' || i || '-' || n AS id, 'p' || (i // 100 * 100) AS person, pick(h(i, 10), ['区首席技师', '萧然青年技师', '浙江工匠']) AS honour,
  pick(h(i, 37), ['330109', '330109', '330604']) AS granted_by, DATE '2023-01-01' + (h(i * 2 + n, 38) % 1200)::INTEGER AS named_on,
  DATE '9999-12-31' AS ended_on
FROM range({first}, {last}) AS t(i), range(2) AS u(n) WHERE i % 50 = 0""",
}  # fmt: skip
