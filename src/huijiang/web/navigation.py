"""What each person may go to.  Rooms register their entries when Django starts (`AppConfig.ready`):

    from huijiang.web import navigation
    navigation.register(navigation.Entry(gettext_lazy("政策文库"), "documents:policies", "public", everyone))

An entry is shown only where its predicate says so; the page behind it checks for itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest
from django.urls import reverse

from huijiang.web.words import Words

Predicate = Callable[[HttpRequest], bool]

# The row of the header is sorted by these; `account` stands at the header's right.
GROUPS: Final = ("public", "mine", "firm", "body", "desk", "lead", "policy", "admin", "account")


class NavigationError(ValueError):
    """An entry that can't be shown: which, and why."""


@dataclass(frozen=True)
class Entry:
    """One link of the navigation; `posts` makes it a button (signing out changes something), `count` says how many
    things wait there."""

    label: Words
    url_name: str
    group: str
    visible: Predicate
    order: int = 0
    icon: str = ""
    posts: bool = False
    count: Callable[[HttpRequest], int] | None = None


@dataclass(frozen=True)
class Shown:
    """An entry as one page shows it."""

    label: Words
    address: str
    current: bool
    icon: str = ""
    posts: bool = False
    count: int = 0


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
        """Every entry, in the order of the header."""
        return tuple(sorted(self._entries.values(), key=lambda entry: (GROUPS.index(entry.group), entry.order)))

    def shown(self, request: HttpRequest) -> list[Shown]:
        """The entries of the header's row that this request may see, the current one marked."""
        return self._marked(request, [entry for entry in self.entries() if entry.group != "account"])

    def account(self, request: HttpRequest) -> list[Shown]:
        """The entries at the header's right: signing in, the account, signing out."""
        return self._marked(request, [entry for entry in self.entries() if entry.group == "account"])

    @staticmethod
    def _marked(request: HttpRequest, entries: list[Entry]) -> list[Shown]:
        """The current entry is the one with the longest address that begins the page's own."""
        seen = [entry for entry in entries if entry.visible(request)]
        addresses = [reverse(entry.url_name) for entry in seen]
        leading = [address for address in addresses if request.path.startswith(address) and address != "/"]
        best = max(leading, key=len, default="/" if request.path == "/" else "")
        return [
            Shown(
                entry.label,
                address,
                address == best,
                entry.icon,
                entry.posts,
                entry.count(request) if entry.count else 0,
            )
            for entry, address in zip(seen, addresses, strict=True)
        ]


SITE: Final = Navigation()
register = SITE.register
entries = SITE.entries
shown = SITE.shown
account = SITE.account
