"""The synthetic county: equal bytes, exact totals, flaws at their rates, readable by the engine."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

from huijiang.synth import Made, SynthError, make_county
from huijiang.synth.calibration import CALIBRATIONS, LEVELS, level_ends, scaled
from huijiang.synth.county import QUERIES, blocks, firm_sizes
from huijiang.synth.defects import MISSING, PARTS, RATES
from huijiang.synth.workbook import write_workbook
from tiaowen.files import open_library
from tiaowen.identifiers.organisation import parse_organisation_code
from tiaowen.identifiers.person import parse_person_document
from tiaowen.identifiers.result import IdentifierError
from tiaowen.population import run
from tiaowen.population.expr import ABSENT_TEXT
from tiaowen.population.store import connect, open_tables

LIBRARY = open_library()
VOCABULARY = LIBRARY.vocabulary
XIAOSHAN = CALIBRATIONS[0]
SEED = 7
ROOT = Path(__file__).resolve().parents[3]

Tables = duckdb.DuckDBPyConnection


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make_county(VOCABULARY, tmp_path_factory.mktemp("small"), 2_000, SEED, "萧山区")


@pytest.fixture(scope="module")
def larger(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make_county(VOCABULARY, tmp_path_factory.mktemp("larger"), 20_000, SEED, "萧山区")


@pytest.fixture
def tables(larger: Made) -> Iterator[Tables]:
    yield from opened(larger.folder)


@pytest.fixture
def small_tables(small: Made) -> Iterator[Tables]:
    yield from opened(small.folder)


def opened(folder: Path) -> Iterator[Tables]:
    connection = duckdb.connect()
    for path in sorted(folder.glob("*.parquet")):
        connection.read_parquet(str(path)).create_view(path.stem)
    yield connection
    connection.close()


def one(connection: Tables, query: str) -> int:
    return int(connection.execute(query).fetchall()[0][0])


def hashes(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def near(found: int, looked_at: int, parts: int) -> bool:
    """Within five standard deviations of a rate in parts of ten thousand, and one more."""
    expected = looked_at * parts / PARTS
    return abs(found - expected) <= 5 * (expected * (1 - parts / PARTS)) ** 0.5 + 1


# ---- reproducible
def test_the_same_people_and_seed_give_the_same_bytes(small: Made, tmp_path: Path) -> None:
    again = make_county(VOCABULARY, tmp_path, 2_000, SEED, "萧山区", memory="200MB")
    assert hashes(again.folder) == hashes(small.folder)


def test_a_workbook_has_the_same_bytes_too(small: Made, tmp_path: Path) -> None:
    found = set()
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        for path in small.folder.glob("*.parquet"):
            (folder / path.name).write_bytes(path.read_bytes())
        found.add(hashlib.sha256(write_workbook(VOCABULARY, folder).read_bytes()).hexdigest())
    assert len(found) == 1


def test_another_seed_gives_other_people(small: Made, tmp_path: Path) -> None:
    other = make_county(VOCABULARY, tmp_path, 2_000, SEED + 1, "萧山区")
    assert hashes(other.folder)["person.parquet"] != hashes(small.folder)["person.parquet"]


# ---- complete and well formed
def test_every_table_of_the_vocabulary_has_rows(small: Made) -> None:
    assert {table: small.rows.get(table, 0) >= 2 for table in VOCABULARY.tables} == dict.fromkeys(
        VOCABULARY.tables, True
    )


def test_no_query_is_for_a_table_that_is_not_there() -> None:
    assert sorted(QUERIES.keys() - VOCABULARY.tables.keys()) == []


@pytest.mark.parametrize("people", [500, 777, 1_999])
def test_the_engine_opens_every_table_and_every_reference_leads_to_a_row(people: int, tmp_path: Path) -> None:
    made = make_county(VOCABULARY, tmp_path / "county", people, people, "萧山区")
    (tmp_path / "scratch").mkdir()
    connection = connect("500MB", tmp_path / "scratch")
    open_tables(connection, VOCABULARY, made.folder)
    connection.close()
    assert made.rows["person"] >= people


def test_every_code_and_place_is_one_of_the_vocabulary(tables: Tables) -> None:
    strange = []
    for table in VOCABULARY.tables.values():
        for column in table.columns.values():
            if column.derived is not None or column.type.kind not in ("code", "region"):
                continue
            if column.type.kind == "code":
                codes = VOCABULARY.codes[column.type.name]
                if codes.open and not codes.codes:
                    continue
                known = set(codes.codes)
            else:
                known = set(VOCABULARY.regions.by_code)
            if column.type.or_none:
                known.add(ABSENT_TEXT)
            relation = tables.view(table.id)
            values = {row[0] for row in relation.project(f'"{column.name}"').distinct().fetchall()} - {None}
            strange += [f"{table.id}.{column.name}: {value}" for value in sorted(values - known)]
    assert strange == []


def test_spells_end_after_they_start(tables: Tables) -> None:
    faults = {}
    for table in VOCABULARY.tables.values():
        if table.spell is not None:
            start, end = table.spell
            faults[table.id] = len(tables.view(table.id).filter(f'"{end}" < "{start}"').fetchall())
    assert faults == dict.fromkeys(faults, 0)


def test_nobody_works_or_is_certified_as_a_child(tables: Tables) -> None:
    young = """SELECT count(*) FROM {} JOIN person ON person.id = {}
               WHERE {} < person.birth_date + INTERVAL 16 YEAR"""
    assert one(tables, young.format("certificate", "holder", "issued_on")) == 0
    assert one(tables, young.format("employment", "worker", "started_on")) == 0


def test_all_identity_numbers_have_the_area_that_was_never_assigned(tables: Tables) -> None:
    assert one(tables, "SELECT count(*) FROM person WHERE NOT starts_with(id_number, '339999')") == 0
    assert one(tables, "SELECT count(*) FROM organisation WHERE uscc[3:8] <> '339999'") == 0


# ---- calibrated
def test_the_totals_are_those_of_the_document() -> None:
    targets = {each.id: each for each in LIBRARY.plans[XIAOSHAN.document].targets}
    assert targets[XIAOSHAN.skilled_target].low == XIAOSHAN.skilled
    assert targets[XIAOSHAN.high_skilled_target].low == XIAOSHAN.high_skilled


@pytest.mark.parametrize("size", ["small", "larger"])
def test_the_skilled_and_high_skilled_are_the_document_s_totals_scaled(
    size: str, request: pytest.FixtureRequest
) -> None:
    made: Made = request.getfixturevalue(size)
    (counted,) = list(_held(made))
    assert counted == (scaled(450_000, made.people), scaled(165_000, made.people))


def _held(made: Made) -> Iterator[tuple[int, int]]:
    """Skilled and high-skilled people at work in the county, counted from certificates."""
    inside = VOCABULARY.regions.inside(XIAOSHAN.region)
    for connection in opened(made.folder):
        held = connection.execute(
            """SELECT works_in, max(list_position($levels, level)) FROM certificate JOIN person ON person.id = holder
               WHERE list_contains($levels, level) GROUP BY holder, works_in""",
            {"levels": list(LEVELS)},
        ).fetchall()
        here = [no for place, no in held if place in inside]
        yield len(here), sum(1 for no in here if no >= 3)


def test_the_targets_of_the_document_are_just_met_by_a_whole_county() -> None:
    ends = level_ends(XIAOSHAN, 1_000_000)
    assert ends[-1] == 450_000
    assert ends[len(LEVELS) - 3] == 165_000
    assert ends == sorted(ends)


def test_firms_fall_off_in_size_and_certificates_fall_into_every_year(tables: Tables) -> None:
    sizes = [
        many
        for (many,) in tables.execute(
            "SELECT count(*) FROM person JOIN organisation AS o ON o.id = employer WHERE o.kind = '企业' GROUP BY o.id"
        ).fetchall()
    ]
    assert sum(1 for many in sizes if many < 10) > len(sizes) / 2
    assert max(sizes) > 20 * sorted(sizes)[len(sizes) // 2]
    years = {year for (year,) in tables.execute("SELECT DISTINCT year(issued_on) FROM certificate").fetchall()}
    assert years == set(range(2015, 2027))


@pytest.mark.parametrize("people", [500, 2_000, 100_000, 10_000_000])
def test_blocks_of_organisations_do_not_overlap(people: int) -> None:
    firms, octaves, first_octave = firm_sizes(people)
    assert firms == first_octave * 2 ** (octaves - 1)
    first, count = blocks(people, firms)
    assert [first[kind] for kind in list(first)[1:]] == [first[kind] + count[kind] for kind in list(first)[:-1]]


# ---- flawed, at the stated rates
def test_flaws_are_there_at_their_rates(larger: Made) -> None:
    defects = larger.picture.defects
    assert {name: near(*defects[name], RATES[name]) for name in RATES} == dict.fromkeys(RATES, True)


def test_missing_facts_are_there_at_their_rates(larger: Made) -> None:
    found = {
        (table, column): near(unknown, rows, MISSING[table, column])
        for table, column, unknown, rows in larger.picture.missing
        if (table, column) != ("person", "birth_date")  # the second rows of a person lack it besides
    }
    assert [key for key, good in found.items() if not good] == []


def test_wrong_check_digits_are_those_that_a_reader_of_identifiers_refuses(small: Made, small_tables: Tables) -> None:
    def refused(values: list[tuple[str]], read: Callable[[str], object]) -> int:
        count = 0
        for (value,) in values:
            try:
                read(value)
            except IdentifierError as error:
                count += error.key == "check"
        return count

    numbers = small_tables.execute("SELECT id_number FROM person").fetchall()
    codes = small_tables.execute("SELECT uscc FROM organisation").fetchall()
    assert refused(numbers, parse_person_document) == small.picture.defects["wrong_person_checks"][0]
    assert refused(codes, parse_organisation_code) == small.picture.defects["wrong_code_checks"][0]


def test_people_who_stand_once_share_no_identity_number(small: Made, small_tables: Tables) -> None:
    assert one(small_tables, "SELECT count(DISTINCT id_number) FROM person") == small.people
    assert small.rows["person"] == small.people + small.picture.defects["duplicate_persons"][0]


def test_some_tables_are_complete_for_some_places_and_years_only(small: Made) -> None:
    covers = json.loads((small.folder / "coverage.json").read_text(encoding="utf-8"))["covers"]
    listed = {each["table"] for each in covers}
    assert VOCABULARY.tables.keys() - listed
    assert any(each["place"] for each in covers)
    assert any(each["since"] for each in covers)


# ---- shown
def test_the_page_shows_the_counts_of_the_files(larger: Made, tables: Tables) -> None:
    page = (larger.folder / "county.html").read_text(encoding="utf-8")
    assert one(tables, "SELECT count(*) FROM certificate") == sum(b + c for _, b, c in larger.picture.years)
    for table, rows in larger.rows.items():
        assert one(tables, f'SELECT count(*) FROM "{table}"') == rows  # noqa: S608  our own table names
        assert f"<td>{table}.parquet</td><td>{rows:,}</td>" in page
    for name, many in larger.picture.levels:
        if name != ABSENT_TEXT:
            assert f'<th scope="row">{name}</th><td>{many:,}</td>' in page
    assert "<script" not in page
    assert re.findall(r'(?:src|href)="http', page) == []


# ---- used
def test_the_engine_runs_the_document_over_it(small: Made) -> None:
    rules = ["trainer-grant", "employer-grant", "studio-start", "district-prize", "expert-title-award"]
    with run(LIBRARY, XIAOSHAN.document, small.folder, memory="500MB", rules=rules) as population:
        met = {
            rule: one(population.connection, f'SELECT count(*) FROM "lines {rule}" WHERE verdict')  # noqa: S608
            for rule in rules
        }
    assert {rule: many > 0 for rule, many in met.items()} == dict.fromkeys(rules, True)


# ---- asked for wrongly
@pytest.mark.parametrize(
    ("people", "region", "named"), [(10, "萧山区", "--people 10"), (2_000, "余姚市", "--region 余姚市")]
)
def test_what_can_not_be_made_is_refused_with_its_argument(
    people: int, region: str, named: str, tmp_path: Path
) -> None:
    with pytest.raises(SynthError, match=named):
        make_county(VOCABULARY, tmp_path, people, SEED, region)
    assert list(tmp_path.iterdir()) == []


PEAK_TOLD = """
import sys
from pathlib import Path
from huijiang.cli import main
code = main(sys.argv[1:])
print("peak", Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0])
sys.exit(code)
"""


def test_the_command_makes_a_county_of_fifty_thousand_in_bounded_memory(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-c",
        PEAK_TOLD,
        "synth",
        "--people",
        "50000",
        "--seed",
        "1",
        "--memory",
        "256MB",
        "--out",
        str(tmp_path),
    ]
    done = subprocess.run(
        command,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
    )
    assert done.returncode == 0, done.stderr
    peak = int(done.stdout.rpartition("peak ")[2])  # of that process alone: a child's rusage begins with its parent's
    assert peak < 600 * 1024
    assert (tmp_path / "county.html").is_file()
