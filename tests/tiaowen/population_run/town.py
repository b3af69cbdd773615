"""A made-up town: three firms, six people, five certificates, two trainings; small enough to count by hand.

Firm 甲 and 乙 lie in 萧山, 丙 in 滨江.  甲 taught 张 and 王 to 高级工 and 李 to 技师, 乙 taught 赵 to
高级技师, 丙 taught 钱 to 高级工.  So 企业自主培养资助 pays 甲 1,000 + 1,000 + 1,500 = 3,500 元 and
乙 2,000 元; 丙 gets nothing.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import duckdb

from tiaowen.evaluate.facts import Coverage, Facts, Row
from tiaowen.files import open_library
from tiaowen.population import write_facts
from tiaowen.population.ledger import read_ledger
from tiaowen.population.results import relation_of

LIBRARY = open_library(thorough=False)
DOCUMENT = "xiaoshan-2025-3"
GRANT = f"{DOCUMENT}#employer-grant"
PLACE = "萧山区"
DAY = dt.date(2026, 6, 1)
TAUGHT = (
    ("张", "甲", "高级工", dt.date(2025, 4, 10)),
    ("王", "甲", "高级工", dt.date(2025, 5, 20)),
    ("李", "甲", "技师", dt.date(2025, 5, 21)),
    ("赵", "乙", "高级技师", dt.date(2026, 1, 5)),
    ("钱", "丙", "高级工", dt.date(2025, 6, 1)),
)


def town() -> Facts:
    facts = Facts(LIBRARY.vocabulary)
    firms = {
        name: Row("organisation", name, {"kind": "企业", "place": place, "assessment_filed": True, "name": name})
        for name, place in (("甲", "330109"), ("乙", "330109"), ("丙", "330108"))
    }
    people = {
        name: Row("person", name, {"employer": firms[firm], "works_in": firms[firm].values["place"]})
        for name, firm, _, _ in TAUGHT
    }
    people["孙"] = Row("person", "孙", {"employer": firms["甲"]})
    certificates = [
        Row("certificate", f"证{at}", _certificate(people[name], firms[firm], level, day))
        for at, (name, firm, level, day) in enumerate(TAUGHT)
    ]
    trainings = [
        Row("training", f"训{at}", {"trainee": people[name], "completed_on": dt.date(2025, 7, 1), "place": "330109"})
        for at, name in enumerate(("张", "孙"))
    ]
    facts.tables = {
        "organisation": list(firms.values()), "person": list(people.values()),
        "certificate": certificates, "training": trainings,
    }  # fmt: skip
    facts.coverage = [Coverage(table) for table in LIBRARY.vocabulary.tables]
    facts.on = DAY
    return facts


def _certificate(person: Row, firm: Row, level: str, day: dt.date) -> dict[str, Any]:
    return {
        "holder": person, "holder_employer": firm, "issuer": firm, "trainer": firm, "trained_directly": True,
        "hours": 120, "hours_by_trainer": 120, "kind": "职业技能等级证书", "occupation": "钳工", "level": level,
        "issued_on": day,
    }  # fmt: skip


def write_town(folder: Path) -> Path:
    write_facts(town(), folder)
    return folder


def same_results(one: Path, other: Path) -> list[str]:
    """Rules whose lines or figures differ, both ways; rules that only one of the folders has."""
    mine, theirs = read_ledger(one).rules, read_ledger(other).rules
    found = sorted(mine.keys() ^ theirs.keys())
    with duckdb.connect() as connection:
        for key in sorted(mine.keys() & theirs.keys()):
            here, there = (relation_of(connection, folder, key) for folder in (one, other))
            alike = here.columns == there.columns and here.types == there.types
            here.create_view("here", replace=True)
            there.create_view("there", replace=True)
            apart = [connection.sql(f"FROM {a} EXCEPT ALL FROM {b}").fetchall() for a, b in (PAIR, PAIR[::-1])]
            if any(apart) or not alike or mine[key].figures != theirs[key].figures:
                found.append(key)
    return found


PAIR = ("here", "there")
