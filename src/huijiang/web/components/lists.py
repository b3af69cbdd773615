"""Lists of one kind: tabs, pages, events, facts, tasks."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page
from django.template import Context

from huijiang.web.components.library import register
from huijiang.web.components.tags import Tag


@dataclass(frozen=True)
class Tab:
    """One view of a list, with how many it holds (`1000+` where counting stopped)."""

    label: str
    address: str
    count: int | str | None = None
    current: bool = False


@dataclass(frozen=True)
class Event:
    """Something that happened: by a person, or by the system (`automatic`)."""

    at: datetime.datetime | datetime.date
    title: str
    text: str = ""
    by: str = ""
    automatic: bool = False

    @property
    def has_time(self) -> bool:
        return isinstance(self.at, datetime.datetime)


@dataclass(frozen=True)
class Fact:
    """A line of a summary: what, its value, where it comes from, where it can be changed."""

    label: str
    value: str
    source: str = ""
    change: str = ""
    change_label: str = ""
    tag: Tag | None = None


@dataclass(frozen=True)
class Task:
    """One part of a larger job."""

    title: str
    address: str = ""
    hint: str = ""
    state: Tag | None = None


@register.inclusion_tag("web/components/tabs.html")
def tabs(items: Sequence[Tab], label: str) -> dict[str, Any]:
    """Links that switch between views of one list."""
    return {"tabs": items, "label": label}


@register.inclusion_tag("web/components/pager.html", takes_context=True)
def pager(context: Context, page: Page[Any], parameter: str = "page") -> dict[str, Any]:
    """Before and after, and where one is; other words of the address are kept."""
    request = context.get("request")
    words = request.GET.copy() if request is not None else None
    if words is not None:
        words.pop(parameter, None)
    return {"page": page, "parameter": parameter, "kept": words.urlencode() if words else ""}


@register.inclusion_tag("web/components/timeline.html")
def timeline(events: Sequence[Event]) -> dict[str, Any]:
    """What happened, the newest first as given; people and the system told apart in words."""
    return {"events": events}


@dataclass(frozen=True)
class Message:
    """A message in a list: what about, where it opens, for which organisation (empty: for oneself)."""

    title: str
    address: str
    group: Tag
    at: datetime.datetime
    new: bool
    firm: str = ""


@register.inclusion_tag("web/components/messages.html")
def message_list(messages: Sequence[Message]) -> dict[str, Any]:
    """Messages as given; those not read are heavier, and said to be unread to whoever does not see that."""
    return {"messages": messages}


@register.inclusion_tag("web/components/summary.html")
def summary(facts: Sequence[Fact]) -> dict[str, Any]:
    """Facts with their sources; check-your-answers when they can be changed."""
    return {"facts": facts}


@register.inclusion_tag("web/components/tasks.html")
def tasks(items: Sequence[Task]) -> dict[str, Any]:
    """The parts of a job, each with its state."""
    return {"tasks": items, "done": sum(bool(task.state and task.state.colour == "green") for task in items)}
