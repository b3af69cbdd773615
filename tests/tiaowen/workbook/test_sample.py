"""The sample shows a real firm's roster: invented, repeatable, blemished, without an error."""

import tracemalloc
import zipfile
from collections import Counter
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tiaowen.vocabulary.model import Vocabulary
from tiaowen.workbook import RosterCase, WorkbookError, read_roster, write_sample
from tiaowen.workbook.columns import Column
from tiaowen.workbook.container import Container, Limits
from tiaowen.workbook.sheets import Book, Cell
from tiaowen.workbook.values import CellReader, Complaint

ON = date(2026, 11, 22)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory, vocabulary: Vocabulary) -> Path:
    found = tmp_path_factory.mktemp("sample") / "sample.xlsx"
    write_sample(found, vocabulary)
    return found


@pytest.fixture(scope="module")
def case(path: Path, vocabulary: Vocabulary) -> RosterCase:
    return read_roster(path, on=ON, vocabulary=vocabulary)


def test_the_sample_is_the_same_to_the_byte_each_time(tmp_path: Path, path: Path, vocabulary: Vocabulary) -> None:
    write_sample(tmp_path / "again.xlsx", vocabulary)
    assert (tmp_path / "again.xlsx").read_bytes() == path.read_bytes()


def test_another_seed_gives_another_firm(tmp_path: Path, path: Path, vocabulary: Vocabulary) -> None:
    write_sample(tmp_path / "other.xlsx", vocabulary, seed=1)
    assert (tmp_path / "other.xlsx").read_bytes() != path.read_bytes()


def test_a_sample_too_small_to_hold_what_it_shows_is_refused(tmp_path: Path, vocabulary: Vocabulary) -> None:
    with pytest.raises(ValueError, match="staff is 99"):
        write_sample(tmp_path / "a.xlsx", vocabulary, staff=99)


def test_the_blemishes_are_warnings_and_no_errors(case: RosterCase) -> None:
    assert {one.severity for one in case.warnings} == {"warning"}
    assert {one.key for one in case.warnings} == {"sheet unknown", "date as text"}


def test_the_firm_has_what_the_documents_pay_for(case: RosterCase) -> None:
    tables = case.case["tables"]
    assert len(tables["employment"]) == 500
    own = [row for row in tables["certificate"] if row.get("issuer") == case.firm]
    assert sum("2025-03-01" <= row["issued_on"] <= "2025-12-31" for row in own) >= 51
    assert sum(row["issued_on"] >= "2026-01-01" for row in own) >= 61
    assert any("2025-01-01" <= row["issued_on"] < "2025-03-01" for row in own)
    assert any(row.get("trained_directly") and row["level"] in ("高级工", "技师") for row in own)
    hired = Counter(row["started_on"][:4] for row in tables["hire"])
    assert hired["2025"] < 10 < hired["2026"]
    assert {row["honour"] for row in tables["recognition"]} >= {"区首席技师", "萧然青年技师"}
    assert tables["assessment_term"][0]["stars"] in ("四星", "五星")
    assert {row["year"] for row in tables["education_fund"]} == {"2024", "2025"}
    for table in ("apprenticeship", "stay", "contest_entry", "contest_item", "studio", "studio_review", "service"):
        assert tables[table], table


def test_every_person_of_the_sample_carries_a_number_that_nobody_has(case: RosterCase) -> None:
    assert {person.document[:3] for person in case.people.values()} == {"339"}


def test_every_value_agrees_with_the_vocabulary(case: RosterCase, vocabulary: Vocabulary) -> None:
    ids = {row["id"] for rows in case.case["tables"].values() for row in rows}
    for table, rows in case.case["tables"].items():
        for row in rows:
            for name, value in row.items():
                if name == "id" or value == "none":
                    continue
                kind = vocabulary.tables[table].columns[name].type
                if kind.kind == "code" and not vocabulary.codes[kind.name].open:
                    assert value in vocabulary.codes[kind.name].codes
                elif kind.kind == "row":
                    assert value in ids
                elif kind.kind == "region":
                    assert vocabulary.regions.resolve(str(value)) is not None
                elif kind.kind == "bool":
                    assert isinstance(value, bool)


def test_our_reader_sees_what_openpyxl_sees(path: Path) -> None:
    ours: dict[tuple[str, int, int], str] = {}
    container = Container(path, Limits())
    book = Book(container)
    for sheet in book.sheets:
        for number, row in book.rows(sheet):
            ours |= {(sheet.name, number, column): cell.text for column, cell in row.items()}
    container.close()
    theirs: dict[tuple[str, int, int], str] = {}
    for page in openpyxl.load_workbook(path):
        for line in page.iter_rows():
            for cell in line:
                if cell.value is not None:
                    theirs[page.title, cell.row, cell.column or 0] = str(cell.value)
    assert ours.keys() == theirs.keys()
    dates = [place for place, text in theirs.items() if text.endswith("00:00:00")]
    assert len(dates) > 1_000
    assert {p: t for p, t in ours.items() if p not in dates} == {p: t for p, t in theirs.items() if p not in dates}


def test_a_workbook_saved_by_openpyxl_gives_the_same_case(
    tmp_path: Path, path: Path, case: RosterCase, vocabulary: Vocabulary
) -> None:
    openpyxl.load_workbook(path).save(tmp_path / "saved.xlsx")
    assert read_roster(tmp_path / "saved.xlsx", on=ON, vocabulary=vocabulary).case == case.case


def test_progress_is_told_for_each_sheet(path: Path, vocabulary: Vocabulary) -> None:
    told: list[tuple[str, int]] = []
    read_roster(path, on=ON, vocabulary=vocabulary, progress=lambda sheet, rows: told.append((sheet, rows)))
    assert ("职工花名册", 500) in told


def test_three_thousand_staff_are_read_in_bounded_memory(tmp_path: Path, vocabulary: Vocabulary) -> None:
    write_sample(tmp_path / "big.xlsx", vocabulary, staff=3_000)
    tracemalloc.start()
    case = read_roster(tmp_path / "big.xlsx", on=ON, vocabulary=vocabulary)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(case.case["tables"]["employment"]) == 3_000
    assert peak < 40 * 1024 * 1024


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_workbook_with_spoilt_parts_is_read_or_refused_never_crashed_on(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory, vocabulary: Vocabulary
) -> None:
    folder = tmp_path_factory.getbasetemp()
    source, target = folder / "fuzz-source.xlsx", folder / "fuzz-target.xlsx"
    if not source.exists():
        write_sample(source, vocabulary, staff=100)
    with zipfile.ZipFile(source) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    name = data.draw(st.sampled_from(sorted(n for n in parts if n.endswith((".xml", ".rels")))))
    text = bytearray(parts[name])
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(text) - 1))
        text[at : at + data.draw(st.integers(0, 6))] = data.draw(
            st.sampled_from([b"", b"<", b"9" * 30, b'"', b"&", b"\xff", b"-1", b"<row>", b'r="A0"', b' t="s"'])
        )
    parts[name] = bytes(text)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for part, content in parts.items():
            new.writestr(part, content)
    refused = None
    try:
        read_roster(target, on=ON, vocabulary=vocabulary)
    except WorkbookError as error:
        refused = error
    assert refused is None or (refused.problems and refused.text("en"))


_PIECES = [
    "1e400", "NaN", "sNaN", "Infinity", "-0", "9" * 40, "2025-03-01", "²", "①", "٣", "1e-400", "1_000", "0x10", "是",
    "无", "", " ", "﷽", "1.005", "12:30", "45717.999", "1E+30000", "🀄", "萧山", "/",
]  # fmt: skip
_KINDS = ["date", "bool", "year", "int", "months", "money", "region", "text", "document", "staff", "code"]


@settings(max_examples=400, deadline=None)
@given(
    pieces=st.lists(st.sampled_from(_PIECES), min_size=1, max_size=3),
    kind=st.sampled_from(_KINDS),
    stored=st.sampled_from(["text", "number", "date", "bool", "error"]),
    formula=st.booleans(),
)
def test_any_cell_is_a_value_unknown_or_complained_of(
    pieces: list[str], kind: str, stored: str, formula: bool, vocabulary: Vocabulary
) -> None:
    complaints: list[Complaint] = []
    column = Column("甲", kind, codes="level" if kind == "code" else "")
    reader = CellReader(vocabulary, from_1904=False)
    found = reader.value(Cell(stored, "".join(pieces), formula), column, complaints.append)
    assert found is None or isinstance(found, str | bool | int | date)
    assert found is None or not [one for one in complaints if one.severity == "error"]
