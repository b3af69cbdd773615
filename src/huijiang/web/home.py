"""What rooms show on the home page: doors, the search of policies, notices.  Only what exists is shown."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest
from django.urls import reverse

from huijiang.web.navigation import Predicate, everyone
from huijiang.web.words import Words


@dataclass(frozen=True)
class Door:
    """One of the big ways in: a title, one sentence, a page."""

    title: Words
    text: Words
    url_name: str
    icon: str
    order: int = 0
    visible: Predicate = everyone


@dataclass(frozen=True)
class Announcement:
    """One line under 通知公告."""

    title: str
    address: str
    day: datetime.date


@dataclass(frozen=True)
class Search:
    """Where the home page's search box sends its words."""

    url_name: str
    parameter: str = "q"
    examples: tuple[str, ...] = ()


@dataclass(frozen=True)
class OpenDoor:
    title: str
    text: str
    address: str
    icon: str


Announcements = Callable[[HttpRequest], list[Announcement]]

SHOWN = 5  # announcements


class Home:
    """What stands on a home page."""

    def __init__(self) -> None:
        self._doors: dict[str, Door] = {}
        self._searches: list[Search] = []
        self._sources: list[Announcements] = []

    def register_door(self, door: Door) -> None:
        """Add a way in; registering it again replaces it."""
        self._doors[door.url_name] = door

    def register_search(self, search: Search) -> None:
        """Say which page searches policies."""
        self._searches[:] = [search]

    def register_announcements(self, source: Announcements) -> None:
        """Add a source of announcements, asked at each visit."""
        self._sources.append(source)

    def doors(self, request: HttpRequest) -> list[OpenDoor]:
        """The ways in that this visitor may use, in order."""
        ordered = sorted(self._doors.values(), key=lambda door: door.order)
        return [
            OpenDoor(str(door.title), str(door.text), reverse(door.url_name), door.icon)
            for door in ordered
            if door.visible(request)
        ]

    def search(self) -> tuple[str, Search] | None:
        """The address that searches, with its parameter; nothing where no room has registered one."""
        return (reverse(self._searches[0].url_name), self._searches[0]) if self._searches else None

    def announcements(self, request: HttpRequest) -> list[Announcement]:
        """The newest announcements of all sources."""
        found = [each for source in self._sources for each in source(request)]
        return sorted(found, key=lambda each: each.day, reverse=True)[:SHOWN]


SITE: Final = Home()
register_door = SITE.register_door
register_search = SITE.register_search
register_announcements = SITE.register_announcements
