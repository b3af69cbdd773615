"""Which heading of the policy file is which clause of the original."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

from tiaowen.language.blocks import BlockFile, Clause

LETTERHEAD = "〔抬头〕"
# parts without a number: the headings of ours that may stand for them, the best first
_OWN = {
    "〔抬头〕": ("〔抬头〕", "〔标题〕"),
    "〔通知〕": ("〔印发通知〕", "〔通知〕"),
    "〔引言〕": ("〔引言〕", "〔依据〕", "〔前言〕"),
    "〔资金〕": ("〔资金〕", "〔附则〕"),
    "〔施行〕": ("〔施行〕", "〔附则〕"),
    "〔附则〕": ("〔附则〕", "〔结尾〕", "〔施行〕"),
    "〔落款〕": ("〔落款〕", "〔版记〕"),
    "〔版记〕": ("〔版记〕", "〔落款〕"),
}
# what the front matter itself may stand for, when no heading does
FORMAL = (LETTERHEAD, "〔落款〕", "〔版记〕")


@dataclass(slots=True)
class Alignment:
    """`headings`: label in the original → index of the heading (0: the front matter)."""

    headings: dict[str, int] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)
    not_printed: list[str] = field(default_factory=list)
    out_of_order: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)


def align(labels: Iterable[str], read: BlockFile) -> Alignment:
    """Match the clauses of an original, by number, with the headings of a policy file."""
    found = Alignment()
    by_label: dict[str, Clause] = {}
    title = next((clause for clause in read.clauses if clause.level == 1), None)
    for clause in read.clauses:
        if clause.level > 1:
            by_label.setdefault(clause.label, clause)
    used: set[int] = set()
    for label in labels:
        if label in found.headings:
            found.twice.append(label)
            continue
        heading = _heading(label, by_label)
        if heading is not None:
            found.headings[label] = heading.index
            used.add(heading.index)
        elif label in FORMAL:
            found.headings[label] = title.index if title is not None and label == LETTERHEAD else 0
        else:
            found.unread.append(label)
    found.not_printed = [clause.label for clause in read.clauses if clause.level > 1 and clause.index not in used]
    found.out_of_order = _out_of_order(found)
    return found


def _heading(label: str, by_label: dict[str, Clause]) -> Clause | None:
    for name in _OWN.get(label, (label,)):
        if name in by_label:
            return by_label[name]
    return None


def _out_of_order(found: Alignment) -> list[str]:
    """The fewest labels to move so that both orders agree (all but a longest rising run)."""
    numbered = [(label, index) for label, index in found.headings.items() if not label.startswith("〔")]
    best: list[tuple[int, int]] = []  # length, previous
    for n, (_, index) in enumerate(numbered):
        length, previous = max(((best[m][0], m) for m in range(n) if numbered[m][1] < index), default=(0, -1))
        best.append((length + 1, previous))
    kept: set[int] = set()
    at = max(range(len(best)), key=lambda n: best[n][0], default=-1)
    while at >= 0:
        kept.add(at)
        at = best[at][1]
    return [label for n, (label, _) in enumerate(numbered) if n not in kept]


def same_title(title: str, text: str) -> bool:
    """Whether a clause begins with the heading's title, signs and spaces aside."""
    wanted, printed = _letters(title), _letters(text)
    return printed.startswith(wanted) or wanted.startswith(printed)


def _letters(text: str) -> str:
    normal = unicodedata.normalize("NFKC", text)
    return "".join(sign for sign in normal if unicodedata.category(sign)[0] in "LN")
