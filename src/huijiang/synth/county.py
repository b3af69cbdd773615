"""Makes a synthetic county: variables of the draws, every table as Parquet, what it covers, what was made."""

from __future__ import annotations

import datetime as dt
import json
import math
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from huijiang.synth import (
    tables_organisations,
    tables_people,
    tables_recognition,
    tables_skills,
    tables_work,
    words,
)
from huijiang.synth.calibration import (
    CALIBRATIONS,
    HIGH_SKILLED_FROM,
    LEVELS,
    REGISTER,
    STUDY,
    WORK_HERE,
    WORK_OUTSIDE,
    Calibration,
    level_ends,
    scaled,
)
from huijiang.synth.coverage import coverage
from huijiang.synth.defects import RATES
from huijiang.synth.draws import MACROS
from huijiang.synth.errors import SynthError
from huijiang.synth.page import render
from huijiang.synth.parquet import Writer, open_writer
from huijiang.synth.picture import Picture, take_picture
from tiaowen.identifiers.organisation import organisation_check_character
from tiaowen.vocabulary.model import Vocabulary

QUERIES: Final = (
    tables_people.TABLES | tables_organisations.TABLES | tables_work.TABLES | tables_skills.TABLES
    | tables_recognition.TABLES
)  # fmt: skip
LEAST, MOST = 500, 10_000_000
MADE: Final = "county.json"
PAGE: Final = "county.html"
DAY: Final = dt.date(2026, 6, 30)  # the day that the county is a picture of

# Rows of the smaller tables for a register of REGISTER people, and the fewest that even a small one gets.
SMALL: Final = {
    "membership": (400, 8), "organisation_honour": (600, 9), "payment": (20_000, 12),
    "placement": (12_000, 10), "stay": (15_000, 12), "apprenticeship": (9_000, 12), "fair": (6_000, 8),
    "training": (120_000, 40), "title": (8_000, 8), "recognition": (1_200, 12), "studio": (300, 6), "base": (80, 5),
    "contest": (120, 3), "service": (3_000, 6), "breakthrough": (500, 4), "activity": (200, 9),
}  # fmt: skip

# Bodies other than firms, likewise; schools stand together.
BODIES: Final = {
    "培训机构": (120, 4), "社会培训评价组织": (40, 3), "人力资源服务机构": (80, 3), "技工院校": (4, 2), "中职院校": (8, 2),
    "高职院校": (3, 1), "高等学校": (2, 1), "职教集团": (2, 1), "行业协会": (40, 2), "学会": (10, 1), "社会团体": (20, 1),
    "村社区": (500, 5), "事业单位": (300, 2), "机关": (60, 1), "人社部门": (1, 1), "个体工商户": (4_000, 5),
}  # fmt: skip
SCHOOLS: Final = ("技工院校", "中职院校", "高职院校", "高等学校")
PREFIXES: Final = ("91339999MA", "11339999MB", "12339999MB", "52339999MJ")
_SIGNS: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@dataclass
class Made:
    """What was made: rows of each table, and the variables that decided it."""

    folder: Path
    people: int
    seed: int
    region: str
    rows: dict[str, int] = field(default_factory=dict)
    picture: Picture = field(default_factory=Picture)
    covers: list[dict[str, Any]] = field(default_factory=list)
    on: dt.date = DAY


def make_county(
    vocabulary: Vocabulary, folder: Path, people: int, seed: int, region: str, memory: str = "512MB",
    progress: Callable[[str], None] = lambda _: None,
) -> Made:  # fmt: skip
    """Write every table of the vocabulary into `folder`, with coverage.json and county.json.

    The same vocabulary, people, seed and region give the same bytes.  Raises SynthError for a
    number of people out of range, or a place without totals to agree with.
    """
    calibration = calibrated(vocabulary, region)
    if not LEAST <= people <= MOST:
        raise SynthError(f"--people {people}: 应在 {LEAST} 与 {MOST} 之间 expected {LEAST} to {MOST}")
    missing = sorted(vocabulary.tables.keys() - QUERIES.keys())
    if missing:
        raise SynthError(f"词汇里有、合成县没有的表 tables without a query: {'、'.join(missing)}")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "coverage.json").unlink(missing_ok=True)  # until all is written, nothing is covered
    made = Made(folder, people, seed, calibration.region, covers=coverage(calibration.region))
    with tempfile.TemporaryDirectory(prefix="huijiang-") as scratch:
        writer = open_writer(vocabulary, Path(scratch), memory)
        try:
            prepare(writer, vocabulary, calibration, people, seed)
            for table, query in QUERIES.items():
                made.rows[table] = writer.write(table, query, folder)
                progress(table)
            made.picture = take_picture(writer)
        finally:
            writer.close()
    _write_json(folder / MADE, {
        "people": people, "seed": seed, "region": calibration.region, "on": DAY.isoformat(), "rows": made.rows,
        "skilled": scaled(calibration.skilled, people), "high_skilled": scaled(calibration.high_skilled, people),
        "document": calibration.document, "register": REGISTER, "rates": RATES, "picture": asdict(made.picture),
    })  # fmt: skip
    _write_json(folder / "coverage.json", {"on": DAY.isoformat(), "covers": made.covers})
    (folder / PAGE).write_text(render(made, vocabulary, calibration), encoding="utf-8")
    return made


def calibrated(vocabulary: Vocabulary, region: str) -> Calibration:
    code = vocabulary.regions.resolve(region)
    for each in CALIBRATIONS:
        if each.region == code:
            return each
    known = "、".join(vocabulary.regions.path(each.region) for each in CALIBRATIONS)
    raise SynthError(f"--region {region}: 没有可对照的总数 no totals to agree with; 现有 known: {known}")


def prepare(writer: Writer, vocabulary: Vocabulary, calibration: Calibration, people: int, seed: int) -> None:
    """Set the variables that the queries read, and define the draws."""
    for name, value in variables(vocabulary, calibration, people, seed).items():
        writer.set(name, value)
    for macro in MACROS:
        writer.define(macro)


def variables(vocabulary: Vocabulary, calibration: Calibration, people: int, seed: int) -> dict[str, Any]:
    """Everything that the queries depend on."""
    stride = _coprime(people, people * 618 // 1000)
    firms, octaves, first_octave = firm_sizes(people)
    first, count = blocks(people, firms)
    ends = level_ends(calibration, people)
    here = people * WORK_HERE // 1000
    outside = here + people * WORK_OUTSIDE // 1000
    students = outside + people * STUDY // 1000
    city = vocabulary.regions.by_code[calibration.region].parent

    def codes(names: list[str] | tuple[str, ...]) -> list[str]:
        return [vocabulary.regions.resolve(each) or each for each in names]

    streets = [name for name, weight in calibration.streets.items() for _ in range(weight)]
    found: dict[str, Any] = {
        "seed": seed, "n": people, "stride": stride, "inverse": pow(stride, -1, people), "shift": seed % people,
        "on": DAY, "n_here": here, "n_outside": outside, "n_students": students, "n_high": ends[len(LEVELS) - HIGH_SKILLED_FROM],
        "n_study": students - outside, "n_others": people - students, "n_twice": (people * RATES["duplicate_persons"] + 5_000) // 10_000,
        "ends": ends, "levels": list(LEVELS), "octaves": octaves, "first_octave": first_octave,
        "first": first, "count": count, "blocks": list(BODIES | {"企业": 0}), "schools": sum(count[each] for each in SCHOOLS),
        "institutions": sum(count[each] for each in BODIES), "organisations": sum(count.values()),
        "region": calibration.region, "city": city, "province": vocabulary.regions.by_code[city].parent,
        "streets": codes(streets) or [calibration.region], "nearby": codes(calibration.nearby),
        "origins": codes(words.ORIGINS), "prefixes": list(PREFIXES), "prefix_sums": [prefix_sum(each) for each in PREFIXES],
        "surnames": words.SURNAMES, "given": words.GIVEN, "trade_names": words.TRADE_NAMES, "industries": words.INDUSTRIES,
        "occupations": words.OCCUPATIONS, "training_kinds": words.TRAINING_KINDS, "sectors": words.SECTORS,
        "service_kinds": words.SERVICE_KINDS, "activity_kinds": words.ACTIVITY_KINDS, "cohorts": words.COHORTS,
        "document": calibration.document,
        "rows": {table: max(least, scaled(rows, people)) for table, (rows, least) in SMALL.items()} | {"education_fund": 3 * max(4, firms // 12)},
    }  # fmt: skip
    return found | {name: rate for name, rate in RATES.items() if name != "duplicate_persons"}


def firm_sizes(people: int) -> tuple[int, int, int]:
    """(firms, octaves, firms of the first octave): about one firm for 20 people, each octave as many workers."""
    wanted = max(16, people // 20)
    octaves = min(11, wanted.bit_length() - 2)
    first_octave = max(1, round(wanted >> (octaves - 1)))
    return first_octave << (octaves - 1), octaves, first_octave


def blocks(people: int, firms: int) -> tuple[dict[str, int], dict[str, int]]:
    """(number of the first organisation, how many) of each kind; firms outside stand last."""
    count = {"企业": firms}
    count |= {kind: max(least, scaled(whole, people)) for kind, (whole, least) in BODIES.items()}
    count["区外企业"] = max(5, firms // 10)
    first, at = {}, 0
    for kind, many in count.items():
        first[kind], at = at, at + many
    return first, count


def prefix_sum(prefix: str) -> int:
    """The weighted sum of the first characters of a credit code (GB 32100)."""
    total = sum(_SIGNS.index(sign) * pow(3, place, 31) for place, sign in enumerate(prefix))
    if organisation_check_character(prefix + "0000000") != _SIGNS[-total % 31]:
        raise SynthError(f"{prefix}: 校验位算法不一致 the two ways to the check character differ")
    return total


def _coprime(people: int, near: int) -> int:
    while math.gcd(near, people) != 1:
        near += 1
    return near


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
