"""The English of the pages: reads the `.po` files of every room and compiles them into one catalogue.

No GNU gettext is needed.  `huijiang messages` and every start call `compile_catalogues`; the catalogue
lies in the data folder (LOCALE_PATHS), so an installation that is read-only works too.
"""

from __future__ import annotations

import argparse
import ast
import os
import re
import struct
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from huijiang import configuration, rooms

SOURCE: Final = Path(__file__).resolve().parent.parent
LANGUAGE: Final = "en"
DOMAIN: Final = "django"
HEADER: Final = (
    "Content-Type: text/plain; charset=UTF-8\n"
    "Content-Transfer-Encoding: 8bit\n"
    "Language: en\n"
    "Plural-Forms: nplurals=2; plural=(n != 1);\n"
)
MAGIC: Final = 0x950412DE  # of a compiled catalogue, GNU gettext manual, "The Format of GNU MO Files"
LINE = re.compile(r'(?:(msgctxt|msgid_plural|msgid|msgstr(?:\[(\d)\])?)\s+)?("(?:[^"\\]|\\.)*")\s*$')


class CatalogueError(ValueError):
    """A line of a .po file that can't be used: file, line, what is wrong."""


@dataclass
class Entry:
    """One message: its id (Chinese), its plural id where it counts, its English."""

    line: int
    file: Path
    id: str = ""
    plural: str = ""
    context: str = ""
    said: str = ""
    said_many: str = ""

    @property
    def key(self) -> str:
        return f"{self.context}\x04{self.id}" if self.context else self.id

    @property
    def complete(self) -> bool:
        return bool(self.said) and (bool(self.said_many) or not self.plural)


def files() -> list[Path]:
    """The `.po` files of the ground and the rooms, in their order."""
    places = (SOURCE / name / "locale" / LANGUAGE / "LC_MESSAGES" / f"{DOMAIN}.po" for name in app_names())
    return [place for place in places if place.is_file()]


def app_names() -> tuple[str, ...]:
    return (*rooms.GROUND, *rooms.ROOMS)


def read(file: Path) -> list[Entry]:
    """The messages of a file, its header left out.  Raises CatalogueError with file and line."""
    return [entry for entry in _entries(file) if entry.id]


PARTS: Final = {"msgctxt": "context", "msgid": "id", "msgid_plural": "plural"}


def _entries(file: Path) -> Iterator[Entry]:
    entry: Entry | None = None
    part = ""
    for number, text in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        line = text.strip()
        if not line or line.startswith("#"):
            if line.startswith(("#~", "#, fuzzy")):
                raise CatalogueError(f"{file.name}:{number}: {line[:40]}；应当删去或改好 remove or mend it")
            continue
        found = LINE.match(line)
        if found is None:
            raise CatalogueError(f'{file}:{number}: {line[:60]!r}；应为 expected msgid "…", msgstr "…" or "…"')
        word, index, quoted = found.groups()
        if word in ("msgctxt", "msgid") and part not in ("context",):
            if entry is not None:
                yield entry
            entry = Entry(number, file)
        if word:
            part = PARTS.get(word, "said_many" if index == "1" else "said")
        if entry is None:
            raise CatalogueError(f"{file}:{number}: {line[:60]!r}；前面没有 msgid nothing before it")
        setattr(entry, part, getattr(entry, part) + ast.literal_eval(quoted))
    if entry is not None:
        yield entry


def merged(entries: list[Entry]) -> dict[str, Entry]:
    """The messages by id.  Raises CatalogueError where two entries have one id: a word has one English."""
    known: dict[str, Entry] = {}
    for entry in entries:
        other = known.setdefault(entry.key, entry)
        if other is not entry:
            raise CatalogueError(
                f"{entry.file}:{entry.line}: {entry.id!r} 重复 is in {other.file}:{other.line} already"
            )
    return known


def compiled(entries: dict[str, Entry]) -> bytes:
    """The catalogue in the binary form that Python's gettext reads: ids sorted, then texts."""
    pairs = {"": HEADER}
    for entry in entries.values():
        if entry.plural:
            pairs[f"{entry.key}\0{entry.plural}"] = f"{entry.said}\0{entry.said_many}"
        else:
            pairs[entry.key] = entry.said
    ids = sorted((key.encode(), value.encode()) for key, value in pairs.items())
    count, tables = len(ids), 28
    at = tables + 16 * count
    index, texts = [], b""
    for column in (0, 1):
        for pair in ids:
            index += [len(pair[column]), at + len(texts)]
            texts += pair[column] + b"\0"
    head = struct.pack("<7I", MAGIC, 0, count, tables, tables + 8 * count, 0, 0)
    return head + struct.pack(f"<{len(index)}I", *index) + texts


def compile_catalogues(folder: Path | None = None) -> Path:
    """Write the English of all rooms into `folder` (LOCALE_PATHS of this installation) and return the file.

    Whole or not at all: those who read it meanwhile have the old one.  Raises CatalogueError.
    """
    folder = folder or configuration.home() / "locale"
    found = merged([entry for file in files() for entry in read(file)])
    target = folder / LANGUAGE / "LC_MESSAGES" / f"{DOMAIN}.mo"
    target.parent.mkdir(parents=True, exist_ok=True)
    content = compiled(found)
    if target.is_file() and target.read_bytes() == content:
        return target
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".catalogue-")
    with os.fdopen(handle, "wb") as made:
        made.write(content)
    Path(name).chmod(0o644)
    Path(name).replace(target)
    return target


def run_messages(arguments: argparse.Namespace) -> int:
    """`huijiang messages [--check | --missing]`: compile, say what the English lacks, or print it to be filled in."""
    if arguments.check:
        from huijiang.web.message_ids import faults

        found = faults()
        for fault in found:
            print(fault, file=sys.stderr)
        return 2 if found else 0
    if arguments.missing:
        from huijiang.web.message_ids import missing

        print(missing())
        return 0
    print(compile_catalogues())
    return 0


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to `huijiang`."""
    parser = commands.add_parser("messages", help="编译英文目录 compile the English of the pages")
    parser.add_argument("--check", action="store_true", help="只检查缺漏 only say what is missing")
    parser.add_argument("--missing", action="store_true", help="列出待译条目 print entries to fill in, room by room")
    parser.set_defaults(run=run_messages)
