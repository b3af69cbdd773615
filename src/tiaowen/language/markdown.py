"""A policy file's Markdown: front matter, headings, summaries, fenced blocks, tables.

Only what the language needs of Markdown is read, line by line, in one pass.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tiaowen.language.yamltext import Mapping, read_yaml
from tiaowen.problems import Problem, Spot, problem

MAX_LINES = 10_000
MAX_LINE = 4_000
_HEADING = re.compile(r"^(#{1,6})[ \t]+(\S.*)$")  # closing marks are cut off without backtracking
_FENCE = re.compile(r"^(`{3,})([A-Za-z][A-Za-z-]*)?\s*(\S.*)?$")


@dataclass(slots=True)
class Table:
    """A Markdown table: header cells and rows of cells, each row with its line."""

    header: list[str]
    rows: list[tuple[int, list[str]]]
    line: int


@dataclass(slots=True)
class Fence:
    """A fenced block: its kind, its body, the first line of the body, a table right after it."""

    kind: str
    body: str
    line: int
    heading: int
    table: Table | None = None


@dataclass(slots=True)
class Heading:
    """One heading: level 1–6, title as printed, its line, the summary under it."""

    level: int
    title: str
    line: int
    summary: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Text:
    """A file taken apart."""

    file: str
    front: Mapping | None
    headings: list[Heading]
    fences: list[Fence]
    problems: list[Problem]
    lines: list[str]


def read_markdown(text: str, file: str) -> Text:
    """Take a policy file apart.  Never raises for bad text: problems are listed."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    found = Text(file, None, [Heading(0, "", 1)], [], [], lines)
    if len(lines) > MAX_LINES:
        found.problems.append(problem("file-long", Spot(file), lines=len(lines), limit=MAX_LINES))
        found.lines = []
        return found
    long = next((n for n, line in enumerate(lines) if len(line) > MAX_LINE), None)
    if long is not None:
        found.problems.append(problem("line-long", Spot(file, long + 1), limit=MAX_LINE))
        found.lines = []
        return found
    start = _front_matter(lines, found)
    _body(lines, start, found)
    return found


def _front_matter(lines: list[str], found: Text) -> int:
    if not lines or lines[0].strip() != "---":
        found.problems.append(problem("front-matter-missing", Spot(found.file, 1)))
        return 0
    for number in range(1, len(lines)):
        if lines[number].strip() == "---":
            root, problems = read_yaml("\n".join(lines[1:number]), found.file, 1)
            found.problems += problems
            if isinstance(root, Mapping):
                found.front = root
            elif not problems:
                found.problems.append(problem("front-matter-missing", Spot(found.file, 1)))
            return number + 1
    found.problems.append(problem("front-matter-open", Spot(found.file, 1)))
    return len(lines)


def _body(lines: list[str], start: int, found: Text) -> None:
    number = start
    while number < len(lines):
        line = lines[number]
        heading = _HEADING.match(line)
        fence = _FENCE.match(line)
        if heading:
            found.headings.append(
                Heading(len(heading.group(1)), _plain(heading.group(2).rstrip().rstrip("#")), number + 1)
            )
        elif fence:
            number = _fence(lines, number, fence, found)
        elif line.lstrip().startswith("|"):
            number = _table(lines, number, found)
        elif line.strip():
            found.headings[-1].summary.append(line.strip())
        number += 1


def _plain(title: str) -> str:
    return title.replace("**", "").strip()


def _fence(lines: list[str], number: int, fence: re.Match[str], found: Text) -> int:
    mark = fence.group(1)
    for end in range(number + 1, len(lines)):
        if lines[end].strip() == mark:
            break
    else:
        found.problems.append(problem("fence-open", Spot(found.file, number + 1)))
        return len(lines)
    kind = fence.group(2) or ""
    body = "\n".join(lines[number + 1 : end])
    found.fences.append(Fence(kind, body, number + 2, len(found.headings) - 1))
    return end


def _table(lines: list[str], number: int, found: Text) -> int:
    end = number
    while end < len(lines) and lines[end].lstrip().startswith("|"):
        end += 1
    rows = [(n + 1, _cells(lines[n])) for n in range(number, end)]
    spot = Spot(found.file, number + 1, text=lines[number])
    if len(rows) < 2 or not all(re.fullmatch(r":?-{2,}:?", cell) for cell in rows[1][1]):
        found.problems.append(problem("table-rule", spot))
        return end - 1
    header = rows[0][1]
    table = Table(header, [], number + 1)
    for line, cells in rows[2:]:
        if len(cells) != len(header):
            found.problems.append(
                problem(
                    "table-cells",
                    Spot(found.file, line, text=lines[line - 1]),
                    found=len(cells),
                    expected=len(header),
                )
            )
            continue
        table.rows.append((line, cells))
    for name in {n for n in header if header.count(n) > 1}:
        found.problems.append(problem("duplicate-key", spot, key=name))
    owner = found.fences[-1] if found.fences else None
    if owner and owner.heading == len(found.headings) - 1 and owner.table is None:
        owner.table = table
    else:
        found.problems.append(problem("table-alone", spot))
    return end - 1


def _cells(line: str) -> list[str]:
    body = line.strip()
    body = body[1:] if body.startswith("|") else body
    body = body[:-1] if body.endswith("|") else body
    return [cell.strip() for cell in body.split("|")]
