"""Working copies: begin one, save versions of it, attach its original, make a release of it, put it away."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from huijiang import audit
from huijiang.accounts.models import User
from huijiang.documents import library, originals, releases
from huijiang.documents.models import Draft, DraftVersion, Original, Release
from huijiang.documents.releases import MOST_BYTES, ReleaseError, Told, untold
from tiaowen.check.document import EVERYWHERE
from tiaowen.check.library import CHECKS
from tiaowen.language.blocks import read_blocks

NAME = re.compile(r"[a-z0-9][a-z0-9-]{1,80}")
PARTS = ("text", "cases", "equivalents")


class DraftError(ReleaseError):
    """Something that can't be done with a working copy; says what and how to mend it."""


class Conflict(DraftError):
    """Somebody (the steward in another window) saved in between; nothing was overwritten."""


@dataclass(frozen=True)
class Parts:
    """What a version is made of."""

    text: str
    cases: str = ""
    equivalents: str = ""
    figures: str = ""
    original: Original | None = None


def place_of(name: str, text: str) -> str:
    """The path of a document in a policies folder: below its region, named by its id.  Raises DraftError."""
    document = name.rsplit("/", 1)[-1].removesuffix(".md")
    if not NAME.fullmatch(document):
        raise DraftError(
            f"{name}: 文件名就是文件编号 the file's name is the document's id；应为 expected 小写英文、数字和短横 xiaoshan-2025-3.md"
        )
    held = library.current().whole.get(document)
    if held is not None:
        return held.sources[document].read.file
    read = read_blocks(text, name)
    region = read.front_text("region")
    if region == EVERYWHERE:
        return f"{CHECKS}{document}.md"
    regions = library.current().vocabulary.regions
    code = regions.resolve(region) if region else None
    if code is None:
        raise DraftError(
            f"{name}: 文件头 region：{region or '没有写 missing'}；应为认识的地区 expected a known place，如 such as 浙江省/杭州市/萧山区"
        )
    checks = any(block.kind == "risk" and "for" in block.body.entries for block in read.blocks)
    return f"{CHECKS if checks else ''}{regions.path(code)}/{document}.md"


@transaction.atomic
def begin(by: User, name: str, parts: Parts, note: str = "") -> Draft:
    """A new working copy from files.  Raises DraftError when the steward has one of this document already."""
    path = place_of(name, parts.text)
    try:
        with transaction.atomic():
            draft = Draft.objects.create(path=path, owner=by)
    except IntegrityError:
        raise DraftError(
            f"{path}: 您已有这份文件的工作稿，请先提交或搁置 you have a working copy of it already"
        ) from None
    _store(draft, 1, parts, note)
    audit.record(by, "documents.draft_begun", f"draft:{draft.uid}", path=path)
    return draft


def copy_of(by: User, document: str) -> Draft:
    """A working copy of a document in force, its original with it.  Raises DraftError."""
    files = library.files()
    path = next((each for each in files if each.rsplit("/", 1)[-1] == f"{document}.md"), None)
    if path is None:
        raise DraftError(f"{document}: 没有这份文件 no such document")
    base = path.removesuffix(".md")
    original = originals.of_release(releases.in_force(), document)
    cases, equivalents, figures = (files.get(f"{base}.{part}.yaml", "") for part in ("cases", "equivalents", "figures"))
    return begin(by, path, Parts(files[path], cases, equivalents, figures, original))


def _store(draft: Draft, number: int, parts: Parts, note: str) -> DraftVersion:
    for name in (*PARTS, "figures"):
        said = getattr(parts, name)
        if len(said.encode("utf-8")) > MOST_BYTES or "\0" in said:
            raise DraftError(
                f"{draft.document} {name}: 太长或不是文本 too long or not text；最多 at most {MOST_BYTES} 字节 bytes"
            )
    return DraftVersion.objects.create(
        draft=draft, number=number, text=parts.text, cases=parts.cases, equivalents=parts.equivalents,
        figures=parts.figures, original=parts.original, note=note[:200],
    )  # fmt: skip


def parts_of(version: DraftVersion) -> Parts:
    return Parts(version.text, version.cases, version.equivalents, version.figures, version.original)


@transaction.atomic
def save(draft: Draft, by: User, number: int, parts: Parts, note: str = "") -> DraftVersion:
    """The next version; the same content makes none.  `number`: the version that was worked on.

    Raises Conflict when there is a later one, DraftError when it is not the steward's or no longer open.
    """
    held = _held(draft, by)
    latest = held.latest
    if parts_of(latest) == parts:
        return latest
    if latest.number != number:
        raise Conflict(
            f"第 {number} 次保存之后又有了第 {latest.number} 次，没有覆盖它；请对照后再保存 "
            f"version {latest.number} was saved meanwhile and is not overwritten"
        )
    made = _store(held, latest.number + 1, parts, note)
    audit.record(by, "documents.draft_saved", f"draft:{held.uid}", version=made.number)
    return made


def _held(draft: Draft, by: User) -> Draft:
    held = Draft.objects.select_for_update(of=("self",)).select_related("owner").get(pk=draft.pk)
    if held.owner_id != by.pk:
        raise DraftError(f"这是{held.owner.name}的工作稿，只有本人能改 only its owner may change it")
    if held.state != Draft.State.OPEN:
        raise DraftError(f"{held.document}: 工作稿{held.get_state_display()}，不能再改 is no longer open")
    return held


@transaction.atomic
def put_away(draft: Draft, by: User) -> None:
    """Leave a working copy; all its versions stay."""
    held = _held(draft, by)
    Draft.objects.filter(pk=held.pk).update(state=Draft.State.PUT_AWAY)
    audit.record(by, "documents.draft_put_away", f"draft:{held.uid}")


def submittable(draft: Draft, by: User) -> DraftVersion:
    """The version that would be handed in, its working copy locked.  Raises DraftError: not the owner's, not open, or
    another release waits."""
    held = _held(draft, by)
    waits = Release.objects.filter(decided_by=None).first()
    if waits is not None:
        raise DraftError(
            f"第 {waits.number} 版还在等复核；请先复核或退回它，再提交，免得互相盖掉 release {waits.number} waits: decide on it first"
        )
    version = held.latest
    version.draft = held
    return version


@transaction.atomic
def submit(
    draft: Draft, by: User, note: str, language: str = "zh", *, number: int | None = None, told: Told = untold
) -> Release:
    """A release of the newest approved one with the latest version of this document; somebody else approves it.

    While another release waits none is made: whichever came second would undo the other.  `number`: the version that
    was handed in.

    Raises Refused with the findings, DraftError.
    """
    version = submittable(draft, by)
    held = version.draft
    if number is not None and version.number != number:
        raise DraftError(
            f"第 {number} 次保存送检以后又有了第 {version.number} 次；请再提交一次 version {version.number} was saved meanwhile: hand that in"
        )
    base = version.draft.path.removesuffix(".md")
    mine = {version.draft.path, *(f"{base}.{part}.yaml" for part in ("cases", "equivalents", "figures"))}
    last = releases.newest()
    base_files = releases.files_of(last) if last is not None else library.files()
    files = {path: text for path, text in base_files.items() if path not in mine} | version.files()
    given = {held.document: version.original} if version.original is not None else {}
    release = releases.make(files, by, note, language, given, told)
    if release.made_by_id != by.pk or not release.waiting:
        raise DraftError(
            f"第 {release.number} 版就是这个内容，没有要提交的改动 nothing differs from release {release.number}"
        )
    Draft.objects.filter(pk=held.pk).update(state=Draft.State.RELEASED, release=release)
    audit.record(by, "documents.draft_submitted", f"draft:{held.uid}", release=release.number)
    return release
