"""`tiaowen coverage`: read the policy file, the index or the original, and compare."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tiaowen.coverage import index as indexes
from tiaowen.coverage.account import account
from tiaowen.coverage.align import FORMAL, LETTERHEAD, Alignment, align, same_title
from tiaowen.coverage.encoded import encoded_figures
from tiaowen.coverage.figures import Figure, find_figures
from tiaowen.coverage.index import Index
from tiaowen.coverage.originals import Original, Passage, read_original
from tiaowen.coverage.report import CoverageReport
from tiaowen.files import default_folder
from tiaowen.language.blocks import BlockFile, read_blocks
from tiaowen.problems import PolicyError, Spot, problem
from tiaowen.vocabulary.load import load_vocabulary
from tiaowen.vocabulary.units import Units

MAX_CHARACTERS = 2_000_000


def run(
    document: str, text: str | None = None, write_index: bool = False, folder: Path | None = None
) -> CoverageReport:
    """Compare a document with its original.

    `document` is the id (the file's name without `.md`); `text` is the original
    itself.  Without it the index beside the policy is used; a missing index is a
    finding of the report.  With `write_index` the index is written anew from
    `text`.  Raises PolicyError for an unknown document, an index that can't be
    read or a text that is too long, FileNotFoundError without a policy folder.
    """
    base = folder or default_folder()
    path = _document(base, document)
    name = path.relative_to(base).as_posix()
    units = units_of(base)
    beside = path.with_name(f"{document}{indexes.SUFFIX}")
    source = path.read_text(encoding="utf-8")
    kept = _kept(beside, base)
    if text is None:
        report = compare(document, read_blocks(source, name), units, kept or Index(document, "", {}))
        report.index_missing = "" if kept else beside.relative_to(base).as_posix()
        return report
    if len(text) > MAX_CHARACTERS:
        said = f"{len(text)} > {MAX_CHARACTERS} characters"
        raise PolicyError([problem("file-unreadable", Spot(f"{document} --text"), said=said)])
    original = read_original(text)
    made = index_of(document, original, units)
    if write_index:
        beside.write_text(indexes.write(made), encoding="utf-8")
        kept = made
    report = compare(document, read_blocks(source, name), units, made, original)
    if kept is None:
        report.index_missing = beside.relative_to(base).as_posix()
    else:
        report.index_differs = differences(kept, made)
        report.other_digest = not report.index_differs and kept.sha256 != made.sha256
    return report


def index_of(document: str, original: Original, units: Units) -> Index:
    """The figures of an original by clause."""
    found = Index(document, original.sha256, {})
    for passage in original.passages:
        figures = [_in_place(passage, figure) for figure in find_figures(passage.text, units)]
        found.clauses.setdefault(passage.label, []).extend(figures)
        if passage.rows:
            found.rows[passage.label] = passage.rows
        if passage.absent:
            found.absent.add(passage.label)
        elif "。" not in passage.text and not passage.own:
            found.bare.add(passage.label)
    for label, figures in found.clauses.items():
        found.clauses[label] = [replace(f, at=at, start=0, end=0) for at, f in enumerate(figures, start=1)]
    return found


def _in_place(passage: Passage, figure: Figure) -> Figure:
    """In a letterhead a number belongs to a title."""
    if passage.label != LETTERHEAD or figure.role in ("date", "document"):
        return figure
    return Figure(figure.at, figure.token, "name")


def compare(
    document: str, read: BlockFile, units: Units, index: Index, original: Original | None = None
) -> CoverageReport:
    """The report on a policy file and the figures of its original."""
    labels = [passage.label for passage in original.passages] if original else list(index.clauses)
    aligned = align(labels, read)
    _without_blocks(aligned, read, index)
    found = account(index.clauses, aligned, encoded_figures(read), read, units)
    report = CoverageReport(document, read.file, index.clauses, aligned, found, sha256=index.sha256)
    report.rows = _rows(aligned, read, index)
    if original is not None:
        report.left_aside = original.left_aside
        for passage in original.passages:
            clause = read.clauses[aligned.headings.get(passage.label, 0)]
            title = _bare_title(clause.title, clause.label)
            if not passage.own and clause.level > 1 and passage.text and not same_title(title, passage.text):
                report.titles.append((passage.label, clause.title))
    return report


def _bare_title(title: str, label: str) -> str:
    """A heading without its number."""
    if label.startswith("附件"):
        return title.lstrip("附件一二三四五六七八九十0123456789 :：")
    return title.lstrip("（()）、.．0123456789一二三四五六七八九十 ") if title[:1] != "〔" else ""


def _without_blocks(aligned: Alignment, read: BlockFile, index: Index) -> None:
    """A clause with words of its own needs a block; a bare title above others does not."""
    used = {block.clause.index for block in read.blocks}
    for label, heading in list(aligned.headings.items()):
        if heading in used or label in FORMAL or label in index.absent:
            continue
        following = read.clauses[heading + 1 :]
        leads = bool(following) and following[0].level > read.clauses[heading].level
        if not (label in index.bare and leads):
            aligned.unread.append(label)


def _rows(aligned: Alignment, read: BlockFile, index: Index) -> list[tuple[str, int, int]]:
    found = []
    for label, printed in index.rows.items():
        heading = aligned.headings.get(label, -1)
        tables = [len(b.table.rows) for b in read.blocks if b.clause.index == heading and b.table is not None]
        if printed not in tables:
            found.append((label, printed, max(tables, default=0)))
    return found


def differences(kept: Index, made: Index) -> list[tuple[str, str]]:
    """Where the kept index is not what the original gives: clause and the first figures that differ."""
    found: list[tuple[str, str]] = []
    for label in dict.fromkeys([*kept.clauses, *made.clauses]):
        if label not in made.clauses or label not in kept.clauses:
            found.append((label, "− " + label if label not in made.clauses else "+ " + label))
            continue
        old, new = kept.clauses[label], made.clauses[label]
        if old != new:
            pairs = zip([*old, *[None] * len(new)], [*new, *[None] * len(old)], strict=False)
            first = next(((a, b) for a, b in pairs if a != b), (None, None))
            found.append((label, " → ".join(figure.token if figure else "∅" for figure in first)))
        elif kept.rows.get(label) != made.rows.get(label):
            found.append((label, f"{kept.rows.get(label, 0)} → {made.rows.get(label, 0)}"))
    if not found and list(kept.clauses) != list(made.clauses):
        found.append(("", "order of clauses"))
    return found


def _document(base: Path, document: str) -> Path:
    paths = [path for path in sorted(base.rglob("*.md")) if path.stem == document]
    if len(paths) != 1:
        known = "、".join(sorted(p.name.removesuffix(".cases.yaml") for p in base.rglob("*.cases.yaml")))
        raise PolicyError([problem("coverage-document", Spot(f"{document}.md"), known=known)])
    return paths[0]


def _kept(beside: Path, base: Path) -> Index | None:
    if not beside.is_file():
        return None
    found, problems = indexes.read(beside.read_text(encoding="utf-8"), beside.relative_to(base).as_posix())
    if problems:
        raise PolicyError(problems)
    return found


def units_of(base: Path) -> Units:
    """The units of a policy folder.  Raises PolicyError when they can't be read."""
    name = "vocabulary/units.md"
    vocabulary, problems = load_vocabulary({name: (base / name).read_text(encoding="utf-8")})
    if any(each.severity == "error" for each in problems):
        raise PolicyError(problems)
    return vocabulary.units
