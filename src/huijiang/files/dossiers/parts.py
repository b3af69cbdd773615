"""What a dossier is made of."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Paper:
    """A file that was uploaded or issued."""

    title: str
    uid: uuid.UUID


@dataclass(frozen=True)
class Grid:
    """A table that the caller has as data."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Words:
    """Paragraphs."""

    title: str
    paragraphs: Sequence[str]


Part = Paper | Grid | Words


@dataclass(frozen=True)
class Dossier:
    """One case.  `facts`: what the cover says, in order."""

    title: str
    number: str
    facts: Mapping[str, str]
    parts: Sequence[Part]


@dataclass(frozen=True)
class Line:
    """One part in the manifest.  `digest`: SM3 of the file's own bytes, so that anybody can check an original;
    empty for what was made for the dossier.  `first`, `last`: pages of the bound PDF."""

    number: int
    title: str
    kind: str
    size: int
    digest: str
    first: int
    last: int
    note: str = ""
