"""What a run has finished: written after every unit, so that a run that was killed goes on."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tiaowen.population.errors import PopulationError
from tiaowen.population.results import file_of, sizes_of
from tiaowen.vocabulary.model import Table

LEDGER = "run.json"
CHUNK = 1 << 20


@dataclass
class Finished:
    """One rule: the addresses of its definition and of that with its inputs, its files and their bytes, its figures.

    `watched`: for a stacking, some rows that lines of an unknown key come from (`doubt.py`).
    """

    address: str
    definition: str
    files: dict[str, int]
    figures: dict[str, Any]
    watched: dict[str, list[str]] = field(default_factory=dict)


@dataclass
class Worded:
    """`definition`: the address of a unit's statements; `lacks`: `table.column` → what was asked and answered
    while they were made; `names`: the columns that they read."""

    definition: str
    lacks: dict[str, bool] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)


@dataclass
class Ledger:
    """`rules`: `document#rule` → Finished; `inputs`: table → fingerprint; `lacks`: `table.column` →
    whether some row does not know it (true of `inputs` only); `sound`: what has been found to hold of
    the rows of `inputs` (`soundness`); `wordings`: what a unit says (`wording`) → what came of it;
    `unfinished`: keys of an earlier run whose files may still be there."""

    release: str = ""
    region: str = ""
    on: str | None = None
    inputs: dict[str, str] = field(default_factory=dict)
    lacks: dict[str, bool] = field(default_factory=dict)
    sound: list[str] = field(default_factory=list)
    rules: dict[str, Finished] = field(default_factory=dict)
    wordings: dict[str, Worded] = field(default_factory=dict)
    unfinished: list[str] = field(default_factory=list)

    def done(self, out: Path, key: str, address: str) -> Finished | None:
        """What is finished of a rule, if its file is there whole and nothing it depends on has changed."""
        found = self.rules.get(key)
        if found is None or found.address != address:
            return None
        return found if found.files and sizes_of(out, key) == found.files else None

    def defined(self, out: Path, key: str, definition: str) -> Finished | None:
        """What is finished of a rule that says the same, though rows of its tables may have changed."""
        found = self.rules.get(key)
        if found is None or found.definition != definition:
            return None
        return found if found.files and sizes_of(out, key) == found.files else None

    def lacks_of(self, inputs: dict[str, str]) -> dict[tuple[str, str], bool]:
        """What is known of columns of tables that have not changed since."""
        found = {}
        for name, lacks in self.lacks.items():
            table, _, column = name.partition(".")
            if table in inputs and self.inputs.get(table) == inputs[table]:
                found[table, column] = lacks
        return found

    def sound_of(self, inputs: dict[str, str], tables: Mapping[str, Table]) -> list[str]:
        """What is known to hold of rows of tables that have not changed since, nor those they refer to."""

        def same(name: str) -> bool:
            return name in inputs and self.inputs.get(name) == inputs[name]

        found = []
        for claim in self.sound:
            name, _, column = claim.partition(".")
            told = tables[name].columns.get(column) if name in tables else None
            if same(name) and (not column or (told is not None and same(told.type.name))):
                found.append(claim)
        return found


def read_ledger(out: Path) -> Ledger:
    """The ledger of a folder; an empty one where there is none.  Raises PopulationError."""
    path = out / LEDGER
    if not path.is_file():
        return Ledger()
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        rules = {key: Finished(**each) for key, each in told.pop("rules").items()}
        wordings = {key: Worded(**each) for key, each in told.pop("wordings", {}).items()}
        return Ledger(**told, rules=rules, wordings=wordings)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise PopulationError(
            f"{path.name}: {error}；不是本命令写的，请换一个输出文件夹 not written by this command: name another folder"
        ) from error


def write_ledger(out: Path, ledger: Ledger) -> None:
    """On one line: it is written again and again, and Python indents ten times slower than it writes."""
    write_whole(out / LEDGER, json.dumps(ledger, default=vars, ensure_ascii=False) + "\n")


def write_whole(path: Path, text: str) -> None:
    """A file is there whole or not at all: written beside, then renamed."""
    beside = path.with_name(f".{path.name}.part")
    with beside.open("w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    beside.replace(path)


def address(definition: str, inputs: Mapping[str, str]) -> str:
    """SHA-256 over a definition and the fingerprints of the tables it reads."""
    told = json.dumps([definition, sorted(inputs.items())], ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()


def fingerprint(folder: Path, table: str) -> str:
    """SHA-256 of a table's file, or of all files of its folder; empty when there is none."""
    path = folder / f"{table}.parquet"
    if path.is_dir():
        digest = hashlib.sha256()
        for each in sorted(path.glob("*.parquet")):
            digest.update(f"{each.name} {_sha256(each)}\n".encode())
        return digest.hexdigest()
    return _sha256(path) if path.is_file() else ""


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    try:
        with path.open("rb") as stream:
            while chunk := stream.read(CHUNK):
                digest.update(chunk)
    except OSError as error:
        raise PopulationError(f"{path.name}: {error.strerror}") from error
    return digest.hexdigest()


__all__ = [
    "LEDGER",
    "Finished",
    "Ledger",
    "Worded",
    "address",
    "file_of",
    "fingerprint",
    "read_ledger",
    "write_ledger",
    "write_whole",
]
