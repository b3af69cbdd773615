"""The tree of places.  Places are compared by code, through the tree, never by text."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Region:
    """One place; `until` is its last day, `successor` the code that took over."""

    code: str
    name: str
    parent: str
    since: dt.date | None = None
    until: dt.date | None = None
    successor: str = ""


@dataclass(slots=True)
class Regions:
    by_code: dict[str, Region] = field(default_factory=dict)
    _names: dict[str, list[str]] = field(default_factory=dict)
    _children: dict[str, list[str]] = field(default_factory=dict)
    _inside: dict[str, frozenset[str]] = field(default_factory=dict, repr=False)  # worked out from the others

    def add(self, region: Region) -> None:
        self.by_code[region.code] = region
        self._names.setdefault(region.name, []).append(region.code)
        self._children.setdefault(region.parent, []).append(region.code)
        if region.successor:  # what was in the old place counts in the one that followed it
            self._children.setdefault(region.successor, []).append(region.code)
        self._inside.clear()

    def path(self, code: str) -> str:
        """`浙江省/杭州市/萧山区`"""
        names: list[str] = []
        at = code
        while at in self.by_code and len(names) < 12:
            names.append(self.by_code[at].name)
            at = self.by_code[at].parent
        return "/".join(reversed(names))

    def name(self, code: str) -> str:
        return self.by_code[code].name if code in self.by_code else code

    def resolve(self, text: str) -> str | None:
        """Code of a code, a path or a name that is unique in the tree; None if not."""
        if text in self.by_code:
            return text
        if "/" in text:
            matches = [c for c in self._names.get(text.rsplit("/", 1)[1], []) if self.path(c) == text]
        else:
            matches = self._names.get(text, [])
        if len(matches) > 1:
            matches = [c for c in matches if self.by_code[c].until is None]
        return matches[0] if len(matches) == 1 else None

    def inside(self, code: str) -> frozenset[str]:
        """The place itself and everything below it (and what it succeeded)."""
        found = self._inside.get(code)
        if found is None:
            seen: set[str] = set()
            stack = [code]
            while stack:
                at = stack.pop()
                if at not in seen:
                    seen.add(at)
                    stack += self._children.get(at, [])
            found = self._inside[code] = frozenset(seen)
        return found

    def above(self, code: str) -> tuple[str, ...]:
        """Its ancestors, nearest first, without itself."""
        found: list[str] = []
        at = self.by_code[code].parent if code in self.by_code else ""
        while at in self.by_code and at not in found:
            found.append(at)
            at = self.by_code[at].parent
        return tuple(found)

    def chain(self, code: str) -> tuple[str, ...]:
        """The place and its ancestors: the places whose documents apply there."""
        return (code, *self.above(code))

    def province(self, code: str) -> str | None:
        """The province that the place lies in, or None."""
        chain = self.chain(code)
        return chain[-1] if chain and chain[-1] in self.by_code else None

    def city(self, code: str) -> str | None:
        """The city (one below the province) that the place lies in, or None."""
        chain = [c for c in self.chain(code) if c in self.by_code]
        return chain[-2] if len(chain) >= 2 else None
