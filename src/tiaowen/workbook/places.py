"""Reading the names of places as people write them into the region tree's paths."""

from collections import defaultdict
from typing import Final

from tiaowen.vocabulary.regions import Regions

_ENDINGS: Final = (
    "壮族自治区", "回族自治区", "维吾尔自治区", "特别行政区", "自治区", "省", "市", "区", "县",
)  # fmt: skip


class Places:
    """Finds the deepest place of the tree that a text names. Built once for a workbook."""

    def __init__(self, regions: Regions) -> None:
        self._regions = regions
        self._below: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for code, region in regions.by_code.items():
            parent = region.parent if region.parent in regions.by_code else ""
            names = [region.name, *_without_ending(region.name)]
            self._below[parent] += [(name, code) for name in names]
        for known in self._below.values():
            known.sort(key=lambda one: -len(one[0]))
        self._known: dict[tuple[str, str | None], str | None] = {}

    def path(self, text: str, home: str | None = None) -> str | None:
        """The path of the place, or None when it can't be told.

        What the tree does not hold below the place that was found (a street, a county of another
        province) is left out. It is not left out where `home` lies in that place: there, a
        misspelt name of home would turn into "somewhere else".
        """
        key = (text, home)
        if key not in self._known:
            self._known[key] = self._find(text, home)
        return self._known[key]

    def _find(self, text: str, home: str | None) -> str | None:
        plain = text.replace(" ", "").strip("/")
        code = self._regions.resolve(plain)
        rest = ""
        if code is None:
            code, rest = self._walk(plain.replace("/", ""))
        if code is None:
            return None
        if rest and self._below.get(code) and home is not None:
            at_home = self._regions.resolve(home)
            if at_home is not None and at_home in self._regions.inside(code):
                return None
        return self._regions.path(code)

    def _walk(self, text: str) -> tuple[str | None, str]:
        at, rest = "", text
        while rest:
            step = self._step(at, rest) or (self._skip(at, rest) if at else None)
            if step is None:
                break
            name, at = step
            rest = rest[len(name) :]
        return (at or None), rest

    def _step(self, at: str, rest: str) -> tuple[str, str] | None:
        return next((one for one in self._below.get(at, ()) if rest.startswith(one[0])), None)

    def _skip(self, at: str, rest: str) -> tuple[str, str] | None:
        # 浙江省萧山区: the city between was left out.
        for _, child in self._below.get(at, ()):
            found = self._step(child, rest)
            if found is not None:
                return found
        return None


def _without_ending(name: str) -> list[str]:
    for ending in _ENDINGS:
        if name.endswith(ending) and len(name) - len(ending) >= 2:
            return [name[: -len(ending)]]
    return []
