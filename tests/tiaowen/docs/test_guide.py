"""The guide's example is itself checked, covered and mutated: what a new user copies must hold."""

from __future__ import annotations

import shutil
from pathlib import Path

from tiaowen.cases.run import CaseRunner
from tiaowen.cases.suite import read_suite
from tiaowen.check.library import Library, load_library
from tiaowen.coverage import run
from tiaowen.files import read_folder
from tiaowen.mutate.run import mutate

ROOT = Path(__file__).resolve().parents[3]
EXAMPLE = ROOT / "docs" / "guide" / "临溪市"
ROW = "| local-linxi | 临溪市 | 330000 |  |  |  |"
CASES = "浙江省/临溪市/linxi-2026-1.cases.yaml"


def practice(folder: Path) -> Path:
    """The folder that the guide has its reader make."""
    copied = folder / "practice"
    shutil.copytree(ROOT / "policies", copied)
    shutil.copytree(EXAMPLE, copied / "浙江省" / "临溪市")
    regions = copied / "vocabulary" / "regions.md"
    regions.write_text(regions.read_text(encoding="utf-8").rstrip() + f"\n{ROW}\n", encoding="utf-8")
    return copied


def library_of(folder: Path) -> tuple[Library, str]:
    files = read_folder(folder)
    return load_library(files), files[CASES]


def test_the_example_has_no_errors_and_every_case_holds(tmp_path: Path) -> None:
    library, text = library_of(practice(tmp_path))
    assert [problem.show() for problem in library.errors] == []
    failures = CaseRunner(library, "linxi-2026-1").run(read_suite(text, CASES))
    assert [failure.show() for failure in failures] == []


def test_no_mutant_of_the_example_survives(tmp_path: Path) -> None:
    library, text = library_of(practice(tmp_path))
    report = mutate(library, "linxi-2026-1", read_suite(text, CASES))
    assert [mutant.key for mutant in report.survivors] == []


def test_every_figure_of_the_example_is_accounted_for(tmp_path: Path) -> None:
    folder = practice(tmp_path)
    original = (EXAMPLE / "linxi-2026-1.txt").read_text(encoding="utf-8")
    report = run("linxi-2026-1", original, folder=folder)
    assert report.ok, report.show("zh")


def test_both_guides_show_the_row_that_the_practice_folder_needs() -> None:
    for name in ("encode-a-document.md", "encode-a-document.en.md"):
        assert ROW in (EXAMPLE.parent / name).read_text(encoding="utf-8")


def test_the_blocks_printed_in_the_guides_are_those_of_the_example() -> None:
    example = (EXAMPLE / "linxi-2026-1.md").read_text(encoding="utf-8")
    for name in ("encode-a-document.md", "encode-a-document.en.md"):
        guide = (EXAMPLE.parent / name).read_text(encoding="utf-8")
        for kind in ("benefit", "treatment", "target", "question", "note"):
            for part in guide.split(f"```{kind}\n")[1:]:
                assert part.split("```")[0] in example
