"""The pages of this room that the gate walks."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from huijiang.accounts.models import Grant, Role, User
from huijiang.accounts.viewers import today
from huijiang.documents import releases
from huijiang.documents.models import Release
from huijiang.regions.models import Region
from tests.huijiang.documents.bundle import OFFICE_FILES, raised
from tests.huijiang.gate.pages import Page


@dataclass
class World:
    steward: User
    approver: User
    waiting: Release


def staff(login: str, role: Role) -> User:
    """An account with one role for 萧山, made once."""
    known = User.objects.filter(login=login).first()
    if known is not None:
        return known
    province, _ = Region.objects.get_or_create(code="330000", defaults={"name": "浙江省", "path": "330000/"})
    region, _ = Region.objects.get_or_create(
        code="330109", defaults={"name": "萧山区", "parent": province, "path": "330000/330109/"}
    )
    user = User.objects.create_user(
        login, "correct horse battery staple", name={"maker": "周立", "checker": "吴敏"}[login]
    )
    Grant.objects.create(user=user, role=role, region=region, starts_on=dt.date(2020, 1, 1))
    return user


def two_releases() -> World:
    """One release in force, and one that waits, with a figure changed."""
    steward, approver = staff("maker", Role.STEWARD), staff("checker", Role.STEWARD_APPROVER)
    first = releases.make(OFFICE_FILES, steward, "第一版")
    if first.waiting:
        releases.approve(first, approver, today())
    return World(steward, approver, releases.make(raised(OFFICE_FILES), steward, "开办补助提高到 12 万元"))


def by(who: str) -> Any:
    return lambda world: getattr(world, who)


def release(world: World) -> dict[str, Any]:
    return {"uid": world.waiting.uid}


def clause_at(clause: str) -> Any:
    return lambda world: {"document": "xiaoshan-2025-3", "clause": clause}


DOC = "xiaoshan-2025-3"
PAGES = [
    Page("documents:policies"),
    Page("documents:policies", query="?q=%E6%8A%80%E5%B8%88&validity=valid"),
    Page("documents:policies", query="?q=nothing-like-this"),
    Page("documents:document", arguments=lambda world: {"document": DOC}),
    Page("documents:clause", arguments=clause_at("二(三)7")),
    Page("documents:clause", arguments=clause_at("二(一)2")),
    Page("documents:clause", arguments=clause_at("all")),
    Page("documents:benefits"),
    Page("documents:benefits", query="?q=nothing-like-this"),
    Page("documents:benefit", arguments=lambda world: {"document": DOC, "rule": "self-certification-award"}),
    Page("documents:benefit", arguments=lambda world: {"document": DOC, "rule": "school-as-assessor"}),
    Page("documents:difference", world=two_releases, arguments=lambda world: {"document": DOC}, query="?from=1&to=1"),
    Page("documents:releases", world=two_releases, visitor=by("steward")),
    Page("documents:release_upload", world=two_releases, visitor=by("steward")),
    Page("documents:release", world=two_releases, visitor=by("approver"), arguments=release),
    Page("documents:release", world=two_releases, visitor=by("steward"), arguments=release),
    Page("documents:questions", world=two_releases, visitor=by("steward")),
    Page("documents:coverage", world=two_releases, visitor=by("steward")),
]
NOT_PAGES = {
    "documents:release_approve": "takes a form and goes back",
    "documents:release_refuse": "takes a form and goes back",
    "documents:release_bundle": "a .zip to download",
}
