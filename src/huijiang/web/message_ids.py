"""Which messages the templates and the code ask for: so that a test finds every gap in the English."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.utils.translation.template import templatize

from huijiang.web.messages import SOURCE, Entry, app_names, files, read

ONE: Final = frozenset({"gettext", "gettext_lazy", "gettext_noop", "_"})
MANY: Final = frozenset({"ngettext", "ngettext_lazy"})
IN_CONTEXT: Final = frozenset({"pgettext", "pgettext_lazy"})
CALL = re.compile(r"\b(n?gettext|pgettext|_)\((?=\s*u?['\"])")
STRING = re.compile(r"u?('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")")


@dataclass(frozen=True)
class Asked:
    """One use of a message."""

    app: str
    where: str
    id: str
    plural: str = ""
    context: str = ""

    @property
    def key(self) -> str:
        return f"{self.context}\x04{self.id}" if self.context else self.id


def asked() -> list[Asked]:
    """Every use in every room."""
    found = []
    for app in app_names():
        for file in sorted((SOURCE / app).rglob("*")):
            if "migrations" in file.parts:
                continue
            if file.suffix == ".py":
                found += list(of_python(app, file))
            elif file.suffix in (".html", ".txt") and "templates" in file.parts:
                found += list(of_template(app, file))
    return found


def _place(file: Path) -> str:
    return str(file.relative_to(SOURCE)) if file.is_relative_to(SOURCE) else file.name


def of_python(app: str, file: Path) -> Iterator[Asked]:
    """Calls of gettext and its relatives with the message written out."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        words = [each.value for each in node.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]
        where = f"{_place(file)}:{node.lineno}"
        if name in ONE and words:
            yield Asked(app, where, words[0])
        elif name in MANY and len(words) >= 2:
            yield Asked(app, where, words[0], plural=words[1])
        elif name in IN_CONTEXT and len(words) >= 2:
            yield Asked(app, where, words[1], context=words[0])


def of_template(app: str, file: Path) -> Iterator[Asked]:
    """What Django itself would extract from a template."""
    where = _place(file)
    text = templatize(file.read_text(encoding="utf-8"))
    for call in CALL.finditer(text):
        words: list[str] = []
        at = call.end()
        while (found := STRING.match(text, at)) is not None and len(words) < 2:
            words.append(ast.literal_eval(found.group()))
            rest = re.compile(r"\s*,\s*").match(text, found.end())
            if rest is None:
                break
            at = rest.end()
        if call[1] == "ngettext":
            yield Asked(app, where, words[0], plural=words[1])
        elif call[1] == "pgettext":
            yield Asked(app, where, words[1], context=words[0])
        else:
            yield Asked(app, where, words[0])


def first_uses() -> dict[str, Asked]:
    """Each message with its use in the earliest room: that is where its English belongs."""
    first: dict[str, Asked] = {}
    for use in asked():  # in the order of the rooms
        first.setdefault(use.key, use)
    return first


def missing() -> str:
    """What has no English yet, as entries of a .po file to be filled in."""
    known = {entry.key for file in files() for entry in read(file)}
    lines = []
    for key, use in first_uses().items():
        if key in known:
            continue
        lines += ["", f"# {use.app}: {use.where}"]
        lines += [f"msgctxt {_quoted(use.context)}"] if use.context else []
        lines.append(f"msgid {_quoted(use.id)}")
        lines += (
            [f"msgid_plural {_quoted(use.plural)}", 'msgstr[0] ""', 'msgstr[1] ""'] if use.plural else ['msgstr ""']
        )
    return "\n".join(lines)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def faults() -> list[str]:
    """Missing, empty, obsolete, misplaced or twofold English, one sentence each.

    An entry stands in the room that uses the message, or in an earlier one; a word has one English.
    """
    order = {name: at for at, name in enumerate(app_names())}
    first = first_uses()
    entries: dict[str, Entry] = {}
    found = []
    for file in files():
        for entry in read(file):
            other = entries.setdefault(entry.key, entry)
            if (other.said, other.said_many, other.plural) != (entry.said, entry.said_many, entry.plural):
                at, there = (f"{each.file.relative_to(SOURCE)}:{each.line}" for each in (entry, other))
                found.append(f"{at}: {entry.id!r} has another English in {there}")
    for key, use in sorted(first.items()):
        if (known := entries.get(key)) is None:
            found.append(f"{use.app}: no English for {use.id!r} ({use.where})")
            continue
        home = known.file.relative_to(SOURCE).parts[0]
        if not known.complete:
            found.append(f"{home}:{known.line}: empty English for {use.id!r} ({use.where})")
        if use.plural and not known.plural:
            found.append(f"{home}:{known.line}: {use.id!r} counts in {use.where} but has no plural")
        if order[home] > order[use.app]:
            found.append(f"{home}:{known.line}: {use.id!r} is used earlier, in {use.where}: move it to {use.app}")
    found += [
        f"{entry.file.relative_to(SOURCE)}:{entry.line}: nobody asks for {entry.id!r}"
        for key, entry in entries.items()
        if key not in first
    ]
    return found
