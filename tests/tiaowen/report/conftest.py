"""One sample roster, evaluated once, for all tests of the report."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.tiaowen.report.pages import Page, read_page
from tiaowen.cases.format import read_case
from tiaowen.check.library import Library
from tiaowen.evaluate.facts import Facts
from tiaowen.files import open_library
from tiaowen.report.gather import build_report
from tiaowen.report.model import Report
from tiaowen.report.page import render
from tiaowen.workbook import RosterCase, read_roster, write_sample

DAY = dt.date(2026, 11, 22)


@dataclass
class Sample:
    """The sample roster and all that was made of it."""

    library: Library
    roster: RosterCase
    facts: Facts
    region: str
    report: Report
    html: dict[str, str]
    pages: dict[str, Page]


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    library = open_library().require()
    path: Path = tmp_path_factory.mktemp("sample") / "roster.xlsx"
    write_sample(path, library.vocabulary, staff=500)
    roster = read_roster(path, on=DAY, vocabulary=library.vocabulary)
    facts, region = read_case(library.vocabulary, roster.case)
    report = build_report(library, roster, facts, region, source=path.name, sample=True)
    html = {lang: render(report, lang, "other.html") for lang in ("zh", "en")}
    pages = {lang: read_page(text) for lang, text in html.items()}
    return Sample(library, roster, facts, region, report, html, pages)
