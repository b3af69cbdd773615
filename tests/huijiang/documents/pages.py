"""The pages of this room that the gate walks."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from huijiang.accounts.models import Grant, Role, User
from huijiang.accounts.viewers import today
from huijiang.documents import drafts, library, originals, ratings, releases, submissions
from huijiang.documents.models import Draft, Rating, Release, Submission, Trial
from huijiang.jobs.models import Run
from huijiang.regions.models import Region
from huijiang.sealed import keys
from tests.huijiang.accounts.people import account
from tests.huijiang.documents.bundle import DOCUMENT, OFFICE_FILES, changed, raised
from tests.huijiang.documents.sixth_document import CASES, NAME, PATH, PRINTED, TEXT
from tests.huijiang.gate.pages import Page
from tiaowen.language.blocks import read_blocks


@dataclass
class World:
    steward: User
    approver: User
    waiting: Release


def staff(login: str, role: Role) -> User:
    """An account with one role for 萧山, made once."""
    keys.ensure(settings.KEY_FILE)
    known = User.objects.filter(login=login).first()
    if known is not None:
        return known
    province, _ = Region.objects.get_or_create(code="330000", defaults={"name": "浙江省", "path": "330000/"})
    region, _ = Region.objects.get_or_create(
        code="330109", defaults={"name": "萧山区", "parent": province, "path": "330000/330109/"}
    )
    user = User.objects.create_user(
        login, "correct horse battery staple", name={"maker": "周立", "checker": "吴敏"}.get(login, login)
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


@dataclass
class Desk:
    """A working copy with its original, something wrong, and trials of both kinds; two releases; ratings."""

    steward: User
    approver: User
    supervisor: User
    waiting: Release
    draft: Draft
    clean: Draft
    refused: Submission
    checking: Submission


def desk() -> Desk:
    keys.ensure(settings.KEY_FILE)
    world = two_releases()
    known = Draft.objects.filter(path=PATH, state=Draft.State.OPEN).first()
    if known is None:
        wrong = TEXT.replace("1500 元/人", "1500 元/月")
        known = drafts.begin(world.steward, f"{NAME}.md", drafts.Parts(wrong, CASES), "第一稿")
        clean = drafts.copy_of(world.steward, DOC)
        version = clean.latest
        Trial.objects.create(kind="mutants", version=version, asked_by=world.steward, result=MUTANTS)
        Trial.objects.create(kind="effect", version=version, region="330109", asked_by=world.steward, result=EFFECT)
        Trial.objects.create(
            kind="effect", release=world.waiting, region="330109", asked_by=world.steward, result=EFFECT
        )
        held, figures = originals.attached(
            f"{NAME}.txt",
            PRINTED.encode(),
            NAME,
            read_blocks(TEXT, PATH),
            library.current().vocabulary.units,
            world.steward,
        )
        drafts.save(known, world.steward, 1, drafts.Parts(wrong, CASES, "", figures, held), "附上原文")
        ratings.rate("page:compare", 4, "表格清楚，手机上也能看。", None)
        ratings.rate("page:check", 5, "问题不多。", None)
        ratings.moderate(Rating.objects.get(score=4), world.approver)
    clean = Draft.objects.get(path=DOCUMENT, state=Draft.State.OPEN)
    refused = Submission.objects.filter(kind="bundle", note="学徒补贴").first()
    if refused is None:
        refused = submissions.of_bundle(changed(OFFICE_FILES, "800 元/人", "800 元/月"), world.steward, "学徒补贴")
        submissions.carry_out(refused)
        checking = submissions.of_bundle(OFFICE_FILES, world.steward, "再提交一次")
        Run.objects.filter(uid=checking.run).update(
            state="running", done=1, total=3, note="浙江省/杭州市/萧山区/xiaoshan-2025-3.cases.yaml"
        )
    checking = Submission.objects.get(note="再提交一次")
    supervisor = User.objects.filter(login="supervises").first() or account("supervises", Role.SUPERVISOR, name="赵清")
    return Desk(world.steward, world.approver, supervisor, world.waiting, known, clean, refused, checking)


MUTANTS = {"total": 313, "killed": 311, "refused": 0, "equivalent": 0, "stale": [],
           "survivors": ["studio-start · amount: 10 万元/家 → 11 万元/家", "trainer-grant · where: 由该机构直接培养 → —"]}  # fmt: skip
EFFECT: dict[str, Any] = {
    "on": "2026-06-30", "region": "330109", "people": 60_000,
    "before": {"money": [8_340_000_00, 9_120_000_00, 3], "funds": {"就业补助资金": [8_340_000_00, 9_120_000_00, 3]},
               "payees": {"person": 2_104, "organisation": 311}},
    "after": {"money": [8_520_000_00, 9_300_000_00, 3], "funds": {"就业补助资金": [8_520_000_00, 9_300_000_00, 3]},
              "payees": {"person": 2_104, "organisation": 311}},
    "benefits": [{"key": "xiaoshan-2025-3#studio-start", "name": "技师工作室开办补助", "clause": "三(二)2",
                  "before": [900_000_00, 900_000_00, 0], "after": [1_080_000_00, 1_080_000_00, 0]}],
    "moved": {"all": [["", 9, 180_000_00, 0, 0]], "kind": [["organisation", 9, 180_000_00, 0, 0]], "level": [],
              "place": [["330109", 9, 180_000_00, 0, 0]], "size": [["1–49", 9, 180_000_00, 0, 0]]},
    "cliffs": [], "computed": 4,
}  # fmt: skip


def of(draft: str, **more: Any) -> Any:
    return lambda world: {"uid": getattr(world, draft).uid, **more}


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
    Page("documents:releases", world=desk, visitor=by("steward")),
    Page("documents:release_check", world=desk, visitor=by("steward"), arguments=of("refused")),
    Page("documents:release_check", world=desk, visitor=by("approver"), arguments=of("checking")),
    Page("documents:release_upload", world=two_releases, visitor=by("steward")),
    Page("documents:release", world=two_releases, visitor=by("approver"), arguments=release),
    Page("documents:release", world=two_releases, visitor=by("steward"), arguments=release),
    Page("documents:release_effect", world=desk, visitor=by("approver"), arguments=release),
    Page("documents:drafts", world=desk, visitor=by("steward")),
    Page("documents:draft_new", world=desk, visitor=by("steward")),
    Page("documents:draft", world=desk, visitor=by("steward"), arguments=of("draft")),
    Page("documents:draft", world=desk, visitor=by("approver"), arguments=of("clean")),
    Page("documents:draft_block", world=desk, visitor=by("steward"), arguments=of("draft", at=0)),
    Page("documents:draft_clause", world=desk, visitor=by("steward"), arguments=of("draft", clause=2)),
    Page("documents:draft_file", world=desk, visitor=by("steward"), arguments=of("draft", part="cases")),
    Page("documents:draft_original", world=desk, visitor=by("steward"), arguments=of("draft")),
    Page("documents:draft_local_rules", world=desk, visitor=by("steward"), arguments=of("draft")),
    Page("documents:draft_versions", world=desk, visitor=by("steward"), arguments=of("draft")),
    Page("documents:draft_trial", world=desk, visitor=by("steward"), arguments=of("clean", kind="mutants")),
    Page("documents:draft_trial", world=desk, visitor=by("steward"), arguments=of("clean", kind="effect")),
    Page("documents:guide", arguments=lambda world: {"document": DOC, "rule": "self-certification-award"}),
    Page("documents:guide", arguments=lambda world: {"document": DOC, "rule": "school-as-assessor"}),
    Page("documents:compare", query="?topic=certificate"),
    Page("documents:check"),
    Page("documents:rate", query="?about=page:compare"),
    Page("documents:ratings", world=desk),
    Page("documents:moderation", world=desk, visitor=by("supervisor")),
    Page("documents:questions", world=two_releases, visitor=by("steward")),
    Page("documents:coverage", world=two_releases, visitor=by("steward")),
]
NOT_PAGES = {
    "documents:release_approve": "takes a form and goes back",
    "documents:release_refuse": "takes a form and goes back",
    "documents:release_bundle": "a .zip to download",
    "documents:printed": "a text to download",
    "documents:release_again": "takes a form and goes back",
    "documents:draft_restore": "takes a form and goes back",
    "documents:draft_submit": "takes a form and goes on to the release",
    "documents:draft_put_away": "takes a form and goes back",
    "documents:moderate": "takes a form and goes back",
}
