"""The same ten clauses in tiaowen and in OpenFisca: totals that must be equal, CPU seconds, memory.

The ten are all clauses of 萧人社〔2025〕3号 that pay a definite sum and whose conditions are all
in the document.  OpenFisca knows no unknown: its missing values are its defaults, which pay
nothing, so its totals must equal the sums that are surely due, to the fen.
"""

from __future__ import annotations

import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.measure import Times, process
from bench.peers.environment import run, versions

TITLE = "Ten clauses of 萧山 beside OpenFisca"
PEOPLE = 1_000_000
CASES = 300
RUNS = 3
DOCUMENT = "xiaoshan-2025-3"
TO_PEOPLE = ("trainer-grant", "employer-grant", "chief-technician-allowance", "expert-title-award", "district-prize",
             "service-subsidy")  # fmt: skip
TO_FIRMS = ("self-certification-award", "star-award", "studio-start", "studio-running")
TEN = (*TO_PEOPLE, *TO_FIRMS)

OURS = """
import json
from pathlib import Path
from tiaowen.files import open_library
from tiaowen.population import run
found = {{}}
with run(open_library().require(), {document!r}, Path({folder!r}), rules={ten!r}) as population:
    for rule in {ten!r}:
        relation = population.connection.table(f'"lines {{rule}}"')
        found[rule] = int(relation.aggregate('CAST(coalesce(sum(paid_low), 0) AS BIGINT)').fetchall()[0][0])
Path({out!r}).write_text(json.dumps(found), encoding='utf-8')
"""


class Different(Exception):
    """Two engines that were given the same facts don't agree: nothing was measured."""


def rows(people: int = PEOPLE) -> list[tuple[str, str, str]]:
    """The population both ways, then single people."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "county"
        county(folder, people)
        columns = Path(scratch) / "columns.npz"
        run("openfisca", "flatten", folder, columns)
        return [*_population(folder, columns, people), *_cases(folder, columns)]


def county(folder: Path, people: int) -> None:
    """Synthetic people, with the gaps and defects of real data."""
    command = [sys.executable, "-m", "huijiang", "synth", "--people", str(people), "--seed", "1", "--region", "萧山区"]
    subprocess.run([*command, "--out", folder], check=True, stdout=subprocess.DEVNULL)


def _population(folder: Path, columns: Path, people: int) -> list[tuple[str, str, str]]:
    out = folder.parent / "totals.json"
    code = OURS.format(document=DOCUMENT, folder=str(folder), ten=TEN, out=str(out))
    _, cpus, peak = process(code, RUNS)
    ours = statistics.median(cpus)
    totals = json.loads(out.read_text(encoding="utf-8"))
    flat = [run("openfisca", "flat", columns) for _ in range(RUNS)]
    tables = [run("openfisca", "tables", folder) for _ in range(RUNS)]
    for each in (*flat, *tables):
        agree(totals, {name.replace("_", "-"): value for name, value in each["totals"].items()})
    version = versions("openfisca")["openfisca-core"]
    least, most = (statistics.median(each["cpu"] for each in taken) for taken in (flat, tables))
    flat_peak, tables_peak = (max(each["peak"] for each in taken) for taken in (flat, tables))
    return [
        (f"tiaowen, from {people:,} people's event tables to every line of the ten with every condition; whole process, "
         f"median of {RUNS}", f"{ours:.2f} CPU s, {people / ours:,.0f} people per CPU s, peak {peak} MiB", ""),
        (f"OpenFisca {version}, from ready flattened columns (rows of integers, references followed, months set) to the "
         "sums", f"{least:.2f} CPU s, {people / least:,.0f} people per CPU s, peak {flat_peak} MiB", ""),
        ("OpenFisca, from the same event tables, flattened by hand-written DuckDB SQL in the same process",
         f"{most:.2f} CPU s, {people / most:,.0f} people per CPU s, peak {tables_peak} MiB", ""),
        ("(a) people per CPU second, tiaowen (its own reading of the event tables counted) : OpenFisca on ready columns",
         ratio(least, ours), "≥ 3 ×"),
        ("(b) the same, OpenFisca's flattening counted", ratio(most, ours), "≥ 5 ×"),
        ("peak memory, tiaowen : OpenFisca (b)", f"{peak / tables_peak:.2f} ×", "< 1 ×"),
        ("totals of the ten in both", f"equal to the fen: {sum(totals.values()) / 100:,.0f} 元", "equal"),
    ]  # fmt: skip


def ratio(theirs: float, ours: float) -> str:
    """How many times as fast we are; below one we are slower, and it says so."""
    found = theirs / ours
    return f"{found:.2f} ×" if found >= 1 else f"{found:.2f} × (tiaowen is {1 / found:.1f} × slower)"


def agree(ours: dict[str, int], theirs: dict[str, int]) -> None:
    """Raise Different, naming each clause whose sums in fen differ."""
    wrong = [f"{each}: {ours.get(each)} / {theirs.get(each)}" for each in sorted({*ours, *theirs})
             if ours.get(each) != theirs.get(each)]  # fmt: skip
    if wrong:
        raise Different(f"分 fen, tiaowen / the other: {'; '.join(wrong)}")


# -- one person, explained -----------------------------------------------------------
def _cases(folder: Path, columns: Path) -> list[tuple[str, str, str]]:
    from tiaowen.files import open_library

    chosen = sample(folder, CASES)
    library = open_library().require()
    cases = own_cases(library, folder, [person for _, person in chosen])
    times, found = explained(library, cases)
    theirs = run("openfisca", "people", columns, *(str(number) for number, _ in chosen))
    for mine, other in zip(found, theirs["totals"], strict=True):
        agree(mine, {rule: other[rule.replace("-", "_")] for rule in TO_PEOPLE})
    traced = Times(tuple(sorted(theirs["times"])))
    paid = sum(any(each.values()) for each in found)
    return [
        (f"one person explained, tiaowen: their own rows and what these refer to; the document evaluated, the ten as JSON with "
         f"every condition, fact, missing fact, working and reading ({CASES} people with events since 2025-03, {paid} of them paid)",
         f"median {times.median:.1f} ms, p95 {times.percentile(0.95):.1f} ms", ""),
        ("the same people in OpenFisca, their firm's columns too: inputs set, the ten calculated with the tracer on, its log printed to memory "
         f"({theirs['letters'] // 1000} thousand letters each)",
         f"median {traced.median:.1f} ms, p95 {traced.percentile(0.95):.1f} ms", ""),
        ("OpenFisca's traced case : tiaowen's explained case, median (p95)",
         f"{traced.median / times.median:.1f} × ({traced.percentile(0.95) / times.percentile(0.95):.1f} ×)", "> 1 ×"),
    ]  # fmt: skip


def sample(folder: Path, count: int) -> list[tuple[int, str]]:
    """People with an event in the document's time, by lot: their place in order of id, and id.

    Half of them have one that a clause might pay for, as plain draws would hardly find any.
    """
    import duckdb

    with duckdb.connect() as connection:
        for table in ("person", "certificate", "contest_entry", "recognition", "service"):
            connection.read_parquet(str(folder / f"{table}.parquet")).create_view(table)
        order = connection.execute("SELECT id FROM person ORDER BY id").fetchall()
        likely = connection.execute(
            "SELECT DISTINCT holder FROM certificate WHERE issued_on >= DATE '2025-03-01' AND trained_directly "
            "AND level IN ('高级工', '技师', '高级技师') UNION SELECT contestant FROM contest_entry "
            "UNION SELECT person FROM recognition UNION SELECT person FROM service ORDER BY 1"
        ).fetchall()
        any_event = connection.execute(
            "SELECT DISTINCT holder FROM certificate WHERE issued_on >= DATE '2025-03-01' ORDER BY 1"
        ).fetchall()
    lot = random.Random(20261122)
    drawn = dict.fromkeys(person for (person,) in lot.sample(likely, min(count // 2, len(likely))))
    rest = [person for (person,) in any_event if person not in drawn]
    drawn |= dict.fromkeys(lot.sample(rest, min(count - len(drawn), len(rest))))
    number = {person: at for at, (person,) in enumerate(order)}
    return [(number[person], person) for person in drawn]


def own_cases(library: Any, folder: Path, people: list[str]) -> list[Any]:
    """Each person's own rows, whatever these refer to, and no one else's: what a case holds."""
    import duckdb

    from tiaowen.evaluate.facts import Facts
    from tiaowen.population.person import PersonCase, _Reach
    from tiaowen.population.store import read_manifest

    covers, on = read_manifest(folder)
    found = []
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE chosen AS SELECT unnest($1::VARCHAR[]) AS person", [people])
        for table in library.vocabulary.tables.values():
            relation = connection.read_parquet(str(folder / f"{table.id}.parquet"))
            theirs = [c.name for c in table.columns.values() if c.derived is None and c.type.name == "person"]
            wanted = ["id"] if table.id == "person" else theirs
            if wanted:
                relation = relation.filter(" OR ".join(f'"{each}" IN (SELECT person FROM chosen)' for each in wanted))  # noqa: S608
            relation.create(f"fact {table.id}")
        for person in people:
            reach = _Reach(connection, library.vocabulary, {}, set())
            own = reach.around(person)
            tables = reach.rows()
            row = next(each for each in tables["person"] if each.id == person)
            found.append(PersonCase(Facts(library.vocabulary, tables, list(covers), on), row, own))
    return found


def explained(library: Any, cases: list[Any]) -> tuple[Times, list[dict[str, int]]]:
    """Milliseconds per explained case, and what each person is surely due by clause."""
    region = library.plans[DOCUMENT].region

    def answer(case: Any) -> list[Any]:
        said = [pair for pair in answers_of(library, case, region) if pair[1].rule.id in TEN]
        return [(answers.as_json(each), each) for answers, each in said]

    for case in cases[:5]:
        answer(case)
    times, found = [], []
    for case in cases:
        start = time.perf_counter()
        told = answer(case)
        times.append(1_000 * (time.perf_counter() - start))
        due = dict.fromkeys(TO_PEOPLE, 0)
        for _, each in told:
            if each.rule.id in due and case.person in (each.payee, each.beneficiary):
                due[each.rule.id] += each.low
        found.append(due)
    return Times(tuple(sorted(times))), found


def answers_of(library: Any, case: Any, region: str, readings: bool = True) -> list[Any]:
    """The document's answers that are about the person, evaluated anew."""
    from tiaowen.evaluate.answers import Answers
    from tiaowen.evaluate.evaluation import Evaluation

    said = Answers(library, Evaluation(library, case.facts), region)
    return [(said, each) for each in said.of(library.plans[DOCUMENT], readings) if case.concerns(each)]
