"""What changed between two sets of policy files: by document, clause and block, each value old and new."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from django.utils.translation import gettext_lazy

from huijiang.documents.blocks import KINDS, leaf_values
from huijiang.web.components.tags import Tag
from tiaowen.language.blocks import Block, BlockFile, read_blocks

ADDED, REMOVED, CHANGED = "added", "removed", "changed"
WORDS: Final = {
    ADDED: Tag(gettext_lazy("新增"), "green"),
    REMOVED: Tag(gettext_lazy("删去"), "red"),
    CHANGED: Tag(gettext_lazy("改动"), "amber"),
}


KEYS: Final = {
    "amount": gettext_lazy("金额"), "where": gettext_lazy("条件"), "limits": gettext_lazy("限制"),
    "threshold": gettext_lazy("门槛"), "schedule": gettext_lazy("怎么发"), "pays": gettext_lazy("发给谁"),
    "fund": gettext_lazy("资金"), "must": gettext_lazy("要做到"), "gives": gettext_lazy("给什么"),
    "value": gettext_lazy("要达到"), "deadline": gettext_lazy("期限"), "years": gettext_lazy("年份"),
    "lead": gettext_lazy("牵头"), "readings": gettext_lazy("几种读法"), "runs": gettext_lazy("现在的读法"),
    "because": gettext_lazy("理由"), "decided by": gettext_lazy("谁定的"), "name": gettext_lazy("名称"),
    "for": gettext_lazy("为哪件事"), "expires": gettext_lazy("有效期至"), "effective": gettext_lazy("施行日期"),
    "status": gettext_lazy("效力"), "issuers": gettext_lazy("发文机关"), "figures": gettext_lazy("数字"),
}  # fmt: skip


@dataclass(frozen=True)
class Value:
    """One value: where in the block, before and after (empty where it was not there)."""

    key: str
    old: str
    new: str

    @property
    def label(self) -> str:
        """The key in words: its first part has a name, the rest is the document's own."""
        head, mark, rest = self.key.partition(" · ")
        return f"{KEYS.get(head, head)}{mark}{rest}"


@dataclass(frozen=True)
class BlockChange:
    how: str
    kind: str
    name: str
    values: tuple[Value, ...]

    @property
    def tag(self) -> Tag:
        return WORDS[self.how]


@dataclass(frozen=True)
class ClauseChange:
    """A clause in which something changed; `summary` when its words did."""

    label: str
    title: str
    blocks: tuple[BlockChange, ...]
    summary: tuple[str, str] | None = None


@dataclass(frozen=True)
class FileChange:
    """A file: `title` is the document's own, else empty; files that are no documents only say that they changed."""

    path: str
    how: str
    title: str = ""
    document: str = ""
    front: tuple[Value, ...] = ()
    clauses: tuple[ClauseChange, ...] = ()

    @property
    def tag(self) -> Tag:
        return WORDS[self.how]

    @property
    def values(self) -> int:
        return len(self.front) + sum(len(block.values) for each in self.clauses for block in each.blocks)


def between(old: Mapping[str, str], new: Mapping[str, str]) -> list[FileChange]:
    """Every file that is not the same, documents first."""
    found = []
    for path in sorted({*old, *new}):
        before, after = old.get(path), new.get(path)
        if before != after:
            how = ADDED if before is None else REMOVED if after is None else CHANGED
            found.append(_file(path, how, before or "", after or ""))
    return sorted(found, key=lambda each: (not each.document, each.path))


def _file(path: str, how: str, before: str, after: str) -> FileChange:
    if not path.endswith(".md"):
        return FileChange(path, how)
    old, new = read_blocks(before, path), read_blocks(after, path)
    shown = old if how == REMOVED else new
    document = PurePosixPath(path).stem if shown.front_text("document") else ""
    if how != CHANGED:
        return FileChange(path, how, shown.front_text("title"), document)
    front = _values(leaf_values(old.front), leaf_values(new.front))
    return FileChange(path, how, shown.front_text("title"), document, front, _clauses(old, new))


def _values(old: Mapping[str, str], new: Mapping[str, str]) -> tuple[Value, ...]:
    keys = list(dict.fromkeys([*old, *new]))
    return tuple(Value(key, old.get(key, ""), new.get(key, "")) for key in keys if old.get(key) != new.get(key))


def _clauses(old: BlockFile, new: BlockFile) -> tuple[ClauseChange, ...]:
    before, after = _by_key(old), _by_key(new)
    changes: dict[str, list[BlockChange]] = {}
    for key in dict.fromkeys([*after, *before]):
        was, now = before.get(key), after.get(key)
        block = now or was
        assert block is not None
        values = _values(leaf_values(was.body) if was else {}, leaf_values(now.body) if now else {})
        rows = [
            tuple(tuple(cells) for _line, cells in each.table.rows) if each and each.table else ()
            for each in (was, now)
        ]
        if rows[0] != rows[1]:
            values += tuple(Value("｜".join(row), "", "＋") for row in rows[1] if row not in rows[0])
            values += tuple(Value("｜".join(row), "－", "") for row in rows[0] if row not in rows[1])
        if values:
            how = ADDED if was is None else REMOVED if now is None else CHANGED
            kind = str(KINDS[block.kind][0]) if block.kind in KINDS else block.kind
            changes.setdefault(block.clause.path, []).append(
                BlockChange(how, kind, block.name or block.text("asks") or block.id, values)
            )
    was_said = {each.path: each for each in old.clauses}
    found = []
    for path, clause in {**was_said, **{each.path: each for each in new.clauses}}.items():
        former = was_said.get(path)
        summary = (former.summary if former else "", clause.summary)
        differs = summary[0] != summary[1]
        if differs or path in changes:
            found.append(
                ClauseChange(clause.label, clause.title, tuple(changes.get(path, ())), summary if differs else None)
            )
    return tuple(found)


def _by_key(read: BlockFile) -> dict[tuple[str, str], Block]:
    """Blocks by kind and id; those without an id by their clause and order in it."""
    found: dict[tuple[str, str], Block] = {}
    for block in read.blocks:
        name, at = block.id or f"@{block.clause.path}", 1
        while (block.kind, name) in found:
            at += 1
            name = f"{block.id or '@' + block.clause.path}~{at}"
        found[block.kind, name] = block
    return found
