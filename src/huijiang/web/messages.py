"""The English of the pages: reads the `.po` files of every room and compiles them into one catalogue.

No GNU gettext is needed.  `huijiang messages` and every start call `compile_catalogues`; the catalogue
lies in the data folder (LOCALE_PATHS), so an installation that is read-only works too.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

from huijiang import configuration, rooms

SOURCE: Final = Path(__file__).resolve().parent.parent
LANGUAGE: Final = "en"
DOMAIN: Final = "django"


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
    try:
        with file.open("rb") as stream:
            catalogue = read_po(stream, locale=LANGUAGE, domain=DOMAIN, abort_invalid=True)
    except (PoFileError, UnicodeDecodeError) as error:
        number = getattr(error, "lineno", None)
        raise CatalogueError(
            f"{file}:{(number or 0) + 1}: {error}；不是目录文件的写法 not the form of a .po file"
        ) from error
    if catalogue.obsolete or any(message.fuzzy for message in catalogue if message.id):
        first = next(iter(catalogue.obsolete), "") or next(m.id for m in catalogue if m.id and m.fuzzy)
        raise CatalogueError(f"{file}: {first!r}；应当删去或改好 remove or mend it")
    return [_entry(file, message) for message in catalogue if message.id]


def _entry(file: Path, message: Message) -> Entry:
    id_, plural = _two(message.id)
    said, many = _two(message.string)
    return Entry(message.lineno or 0, file, id_, plural, message.context or "", said, many)


def _two(told: object) -> tuple[str, str]:
    """One form, or the first two of several."""
    forms = [str(each) for each in told] if isinstance(told, (list, tuple)) else [str(told)]
    return forms[0], forms[1] if len(forms) > 1 else ""


def compiled(entries: dict[str, Entry]) -> bytes:
    """The catalogue in the binary form that Python's gettext reads."""
    catalogue = Catalog(locale=LANGUAGE, domain=DOMAIN)
    for entry in entries.values():
        if entry.plural:
            catalogue.add((entry.id, entry.plural), (entry.said, entry.said_many), context=entry.context or None)
        else:
            catalogue.add(entry.id, entry.said, context=entry.context or None)
    made = io.BytesIO()
    write_mo(made, catalogue)
    return made.getvalue()


def compile_catalogues(folder: Path | None = None) -> Path:
    """Write the English of all rooms into `folder` (LOCALE_PATHS of this installation) and return the file.

    Whole or not at all: those who read it meanwhile have the old one.  Raises CatalogueError.
    """
    folder = folder or configuration.home() / "locale"
    found: dict[str, Entry] = {}
    for file in files():
        for entry in read(file):
            found.setdefault(entry.key, entry)  # two translations are a fault of the check, not of an installation
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
