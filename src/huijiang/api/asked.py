"""What a request asks for, read field by field; every fault is named at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from huijiang.api import ids
from huijiang.api.problems import Fault, invalid

FEW: Final = 50
MOST: Final = 100
LONGEST: Final = 200


class Asked:
    """Reads values out of a query or a body; `done()` raises the faults, if any."""

    def __init__(self, told: Mapping[str, Any], root: str) -> None:
        self.told, self.root = told, root
        self.faults: list[Fault] = []

    def fault(self, name: str, expected: str, seen: Any = "") -> None:
        self.faults.append(
            Fault(f"{self.root}{name}", expected, seen if isinstance(seen, str) else type(seen).__name__)
        )

    def done(self) -> None:
        if self.faults:
            raise invalid(self.faults)

    def known(self, names: Iterable[str]) -> None:
        """Fields that nobody reads are a mistake."""
        allowed = sorted(names)
        for name in self.told:
            if name not in allowed:
                self.fault(str(name)[:60], _("只有这些：%(names)s") % {"names": "、".join(allowed)})

    def text(self, name: str, required: bool = False, most: int = LONGEST) -> str:
        found = self.told.get(name)
        if found is None or found == "":
            if required:
                self.fault(name, _("必填的文字"))
            return ""
        if not isinstance(found, str) or len(found) > most or "\0" in found:
            self.fault(name, _("不多于 %(n)s 个字的文字") % {"n": most}, found)
            return ""
        return found

    def choice(self, name: str, choices: Iterable[str], required: bool = False) -> str:
        allowed = list(choices)
        found = self.told.get(name)
        if found is None and not required:
            return ""
        if not isinstance(found, str) or found not in allowed:
            self.fault(name, "、".join(allowed[:60]), found if found is not None else "")
            return ""
        return found

    def choices(self, name: str, choices: Iterable[str]) -> list[str]:
        allowed = list(choices)
        found = self.told.get(name)
        if not isinstance(found, list) or not found or not all(isinstance(e, str) and e in allowed for e in found):
            self.fault(name, _("一项或几项：%(names)s") % {"names": "、".join(allowed)}, found)
            return []
        return sorted(set(found))

    def day(self, name: str) -> dt.date | None:
        found = self.told.get(name)
        if found is None:
            return None
        try:
            read = dt.date.fromisoformat(found) if isinstance(found, str) and len(found) == 10 else None
        except ValueError:
            read = None
        if read is None or not 1949 <= read.year <= 2100:
            self.fault(name, _("日期，如 2026-11-22"), found)
            return None
        return read

    def number(self, name: str, default: int, most: int) -> int:
        found = self.told.get(name)
        if found is None:
            return default
        if not isinstance(found, str) or not found.isascii() or not found.isdigit() or not 1 <= int(found[:9]) <= most:
            self.fault(name, _("1 到 %(most)s 的整数") % {"most": most}, found)
            return default
        return int(found[:9])


class Page:
    """One page of a list: `limit` and `cursor` of the query, and the answer's own shape."""

    def __init__(self, asked: Asked, of: str) -> None:
        self.of = of
        self.limit = asked.number("limit", FEW, MOST)
        said = asked.text("cursor", most=ids.LENGTH)
        found = ids.read(f"cursor:{of}", said) if said else 0
        if found is None:
            asked.fault("cursor", _("上一页的 next"), said)
        self.after = found or 0

    def rows(self, found: QuerySet[Any], newest_first: bool = False) -> list[Any]:
        """The page's rows and one more, where there is one; in the order of their numbers."""
        if newest_first:
            found = found.filter(pk__lt=self.after) if self.after else found
            return list(found.order_by("-pk")[: self.limit + 1])
        return list(found.filter(pk__gt=self.after).order_by("pk")[: self.limit + 1])

    def shown(self, items: list[Any], last: int | None) -> dict[str, Any]:
        """`last`: the number of the page's last row where more follow."""
        return {"items": items, "next": None if last is None else ids.shown(f"cursor:{self.of}", last)}

    def of_list(self, found: list[Any]) -> dict[str, Any]:
        """A page of a list in memory, told by place."""
        upto = self.after + self.limit
        return self.shown(found[self.after : upto], upto if upto < len(found) else None)
