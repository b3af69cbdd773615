"""What each person may go to.  Rooms register their entries when Django starts (`AppConfig.ready`):

    from huijiang.web import navigation
    navigation.register(navigation.Entry(gettext_lazy("政策文库"), "documents:policies", "public", everyone))

An entry is shown only where its predicate says so; the page behind it checks for itself.

The header has one row with as many entries as fit, those of daily work first, and a menu that holds every entry by
group.  On a phone the row is what fits there; the menu is a `<details>`, so it opens without JavaScript too.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy

from huijiang.web.words import Words

Predicate = Callable[[HttpRequest], bool]

# The menu's parts in their order, with their headings; `account` stands at the header's right and in no menu.
GROUPS: Final = {
    "mine": gettext_lazy("申领和待遇"),
    "mine-papers": gettext_lazy("我的资料"),
    "mine-rights": gettext_lazy("授权和隐私"),
    "firm": gettext_lazy("单位事务"),
    "firm-papers": gettext_lazy("单位资料和授权"),
    "body": gettext_lazy("机构"),
    "counter": gettext_lazy("窗口"),
    "desk": gettext_lazy("审核办理"),
    "money": gettext_lazy("资金拨付"),
    "register": gettext_lazy("登记库"),
    "lead": gettext_lazy("统计"),
    "policy": gettext_lazy("政策维护"),
    "admin": gettext_lazy("系统管理"),
    "public": gettext_lazy("政策和公开"),
    "account": "",
}
SECOND: Final = ("mine-papers", "mine-rights", "firm-papers")
"""Groups that are looked up now and then: in the row they come after everything else."""

# The row, in heights of its letters: 1178 px of a window of 1280, 343 px of a phone of 375, less the menu's button.
WIDE: Final = 66.0
NARROW: Final = 16.2
AROUND: Final = {WIDE: 2.05, NARROW: 1.0}  # beside each entry's words
BADGE: Final = 1.9
LATIN: Final = 0.56  # the mean width of a letter of the Latin alphabet


class NavigationError(ValueError):
    """An entry that can't be shown: which, and why."""


@dataclass(frozen=True)
class Entry:
    """One link of the navigation.

    `posts` makes it a button (signing out changes something); `count` says how many things wait there; `daily` says for
    whom it is every day's work: it stands before the others in the row; `also` names pages that lie under it, though
    their addresses do not.
    """

    label: Words
    url_name: str
    group: str
    visible: Predicate
    order: int = 0
    icon: str = ""
    posts: bool = False
    count: Callable[[HttpRequest], int] | None = None
    daily: Predicate | None = None
    also: tuple[str, ...] = ()

    def addresses(self) -> list[str]:
        """Its own, then those of the pages that lie under it."""
        return [reverse(name) for name in (self.url_name, *self.also)]


@dataclass(frozen=True)
class Shown:
    """An entry as one page shows it; `narrow`: in the row of a phone too."""

    label: Words
    address: str
    current: bool
    icon: str = ""
    posts: bool = False
    count: int = 0
    narrow: bool = False


@dataclass(frozen=True)
class Section:
    """A part of the menu."""

    title: str
    entries: list[Shown]


@dataclass(frozen=True)
class Menu:
    """A page's navigation: the row, and everything by section.

    `folds`: something stands in the menu alone; `here`: the page itself does.
    """

    row: list[Shown]
    sections: list[Section]
    folds: bool
    here: bool


def everyone(request: HttpRequest) -> bool:
    """Anybody, signed in or not."""
    return True


def signed_in(request: HttpRequest) -> bool:
    """Whoever has an account."""
    return request.user.is_authenticated


class Navigation:
    """The entries of a site."""

    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}

    def register(self, entry: Entry) -> None:
        """Add an entry.  Raises NavigationError for an unknown group or a second entry for one page."""
        if entry.group not in GROUPS:
            raise NavigationError(f"{entry.url_name}: group {entry.group!r}；应为 expected one of {', '.join(GROUPS)}")
        known = self._entries.get(entry.url_name)
        if known is not None and known != entry:
            raise NavigationError(f"{entry.url_name}: 已经登记过 is registered already, as {known.label}")
        self._entries[entry.url_name] = entry

    def entries(self) -> tuple[Entry, ...]:
        """Every entry, in the order of the menu."""
        order = list(GROUPS)
        return tuple(sorted(self._entries.values(), key=lambda entry: (order.index(entry.group), entry.order)))

    def shown(self, request: HttpRequest) -> list[Shown]:
        """The entries of the menu that this request may see, the current one marked."""
        return [each for _entry, each in self._marked(request, [e for e in self.entries() if e.group != "account"])]

    def menu(self, request: HttpRequest) -> Menu:
        """The header's row and menu."""
        found = self._marked(request, [entry for entry in self.entries() if entry.group != "account"])

        def rank(pair: tuple[Entry, Shown]) -> tuple[bool, bool]:
            entry = pair[0]
            return not (entry.daily is not None and entry.daily(request)), entry.group in SECOND

        ranked = [each for _entry, each in sorted(found, key=rank)]
        row = ranked[: _fitting(ranked, WIDE)]
        narrow = _fitting(row, NARROW)
        row = [replace(each, narrow=at < narrow) for at, each in enumerate(row)]
        sections = [
            Section(str(title), [each for entry, each in found if entry.group == group])
            for group, title in GROUPS.items()
        ]
        left = ranked[len(row) :]
        return Menu(row, [each for each in sections if each.entries], bool(left), any(each.current for each in left))

    def account(self, request: HttpRequest) -> list[Shown]:
        """The entries at the header's right: signing in, the account, signing out."""
        return [each for _entry, each in self._marked(request, [e for e in self.entries() if e.group == "account"])]

    @staticmethod
    def _marked(request: HttpRequest, entries: list[Entry]) -> list[tuple[Entry, Shown]]:
        """The current entry is the one with the longest address that begins the page's own."""
        seen = [entry for entry in entries if entry.visible(request)]
        addresses = [entry.addresses() for entry in seen]
        leading = [each for of in addresses for each in of if request.path.startswith(each) and each != "/"]
        best = max(leading, key=len, default="/" if request.path == "/" else "")
        shown = [
            Shown(
                entry.label,
                of[0],
                best in of,
                entry.icon,
                entry.posts,
                entry.count(request) if entry.count else 0,
            )
            for entry, of in zip(seen, addresses, strict=True)
        ]
        return list(zip(seen, shown, strict=True))


def _fitting(entries: list[Shown], width: float) -> int:
    """How many of the first entries fit in a row."""
    used = 0.0
    for count, entry in enumerate(entries):
        letters = sum(1 if unicodedata.east_asian_width(each) in "WF" else LATIN for each in str(entry.label))
        used += letters + AROUND[width] + (BADGE if entry.count else 0)
        if used > width:
            return count
    return len(entries)


SITE: Final = Navigation()
register = SITE.register
entries = SITE.entries
shown = SITE.shown
menu = SITE.menu
account = SITE.account
