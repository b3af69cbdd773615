"""Workbooks: reading any .xlsx safely, the roster template, and the case that a filled one gives.

Writers (`write_template`, `write_sample`) load XlsxWriter when they are called.
"""

from tiaowen.workbook.container import Limits
from tiaowen.workbook.problems import WorkbookError, WorkbookProblem
from tiaowen.workbook.reading import CellPlace, RosterCase, read_roster
from tiaowen.workbook.roster import SHEETS, code_lists, mapped_columns
from tiaowen.workbook.sample import write_sample
from tiaowen.workbook.tables import Person
from tiaowen.workbook.template import write_template

__all__ = [
    "SHEETS",
    "CellPlace",
    "Limits",
    "Person",
    "RosterCase",
    "WorkbookError",
    "WorkbookProblem",
    "code_lists",
    "mapped_columns",
    "read_roster",
    "write_sample",
    "write_template",
]
