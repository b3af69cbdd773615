"""Making, approving, refusing and giving back releases.

A release is made only when its files pass every check and every case; whoever made it can't approve it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from huijiang import audit, prepared
from huijiang.access.humans import same
from huijiang.accounts.models import User
from huijiang.accounts.viewers import today
from huijiang.documents.models import Original, Release, ReleaseFile, ReleaseOriginal
from tiaowen.cases.run import CaseRunner
from tiaowen.cases.suite import read_suite
from tiaowen.check.library import Library, fingerprint, load_library

Told = Callable[[int, int, str], None]  # done, of how many, with what
CASES = ".cases.yaml"
SUFFIXES = (".md", ".yaml")
MOST_FILES = 2_000
MOST_BYTES = 2_000_000  # of one file
MOST_PATH = 400
LOCK = 7_202_604_01  # one release is numbered at a time


class ReleaseError(ValueError):
    """Something that can't be done with a release; says what and how to mend it."""


class Tampered(ReleaseError):
    """A release whose files in the database are not those that were released: nothing runs on them."""


class Refused(ReleaseError):
    """Files that don't pass; `problems` are whole findings, one text each."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems[:20]))


@dataclass(frozen=True)
class Checked:
    """Files that pass, and how much is in them."""

    digest: str
    documents: int
    rules: int
    cases: int


def decoded(name: str, content: bytes) -> str:
    """The text of a file.  Raises ReleaseError for one that is too large or not UTF-8 text."""
    if len(content) > MOST_BYTES:
        raise ReleaseError(f"{name}: {len(content)} 字节 bytes；最多 at most {MOST_BYTES}")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ReleaseError(
            f"{name}: 不是 UTF-8 文本 not UTF-8 text（{error.start}）；请另存为 UTF-8 save it as UTF-8"
        ) from None
    if "\0" in text:
        raise ReleaseError(f"{name}: 含有 NUL 字符 holds a NUL character；应为纯文本 expected plain text")
    return text


def read_folder(folder: Path) -> dict[str, str]:
    """The files of a policies folder, byte for byte.  Raises Refused with what can't be taken."""
    found: dict[str, str] = {}
    wrong: list[str] = []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if any(part.startswith(".") for part in name.split("/")) or not path.is_file():
            continue
        try:
            _acceptable(name)
            found[name] = decoded(name, path.read_bytes())
        except (ReleaseError, OSError) as error:
            wrong.append(str(error))
    if wrong:
        raise Refused(wrong)
    return found


def _acceptable(name: str) -> None:
    if not name.endswith(SUFFIXES):
        raise ReleaseError(f"{name}: 不是政策文件 not a policy file；只收 only {'、'.join(SUFFIXES)}")
    if len(name) > MOST_PATH:
        raise ReleaseError(f"{name[:60]}…: 路径 {len(name)} 字 path too long；最多 at most {MOST_PATH}")


def untold(done: int, all_: int, what: str) -> None:
    """For those who do not watch."""


def check(files: Mapping[str, str], language: str = "zh", told: Told = untold) -> Checked:
    """Every check of the language and every case.  Raises Refused with all findings."""
    wrong: list[str] = []
    for name in files:
        try:
            _acceptable(name)
        except ReleaseError as error:
            wrong.append(str(error))
    if len(files) > MOST_FILES:
        wrong.append(f"{len(files)} 个文件 files；最多 at most {MOST_FILES}")
    if wrong:
        raise Refused(wrong)
    suites = sum(name.endswith(CASES) for name in files)
    told(0, suites + 1, _("检查文件"))
    library = load_library(files)
    if not library.plans:
        wrong.append("没有一份政策文件 no document；应为 expected policies/<地区 region>/<文件 document>.md")
    wrong += [each.show(language) for each in library.errors]
    cases = 0 if wrong else _run_cases(library, files, wrong, language, told)
    if wrong:
        raise Refused(wrong)
    plans = [held.plans[name] for name, held in library.whole.items()]
    return Checked(fingerprint(files), len(plans), sum(len(plan.rules) for plan in plans), cases)


def _run_cases(library: Library, files: Mapping[str, str], wrong: list[str], language: str, told: Told) -> int:
    ran, whole = 0, library.whole
    suites = [(name, text) for name, text in sorted(files.items()) if name.endswith(CASES)]
    for done, (name, text) in enumerate(suites):
        told(done + 1, len(suites) + 1, name)
        suite = read_suite(text, name)
        if suite.policy not in whole:
            wrong.append(f"{name}: policy: {suite.policy}；没有这份文件 there is no such document")
            continue
        wrong += [each.show(language) for each in suite.problems]
        wrong += [each.show() for each in CaseRunner(whole[suite.policy], suite.policy).run(suite)]
        ran += len(suite.cases)
    told(len(suites) + 1, len(suites) + 1, "")
    return ran


@transaction.atomic
def make(
    files: Mapping[str, str], by: User, note: str = "", language: str = "zh",
    originals: Mapping[str, Original] | None = None, told: Told = untold,
) -> Release:  # fmt: skip
    """Store a release of files that pass.  The same content as the newest release that was not refused gives that one.

    `originals`: document → its printed text; the others keep what the release in force has.
    Raises Refused with the findings.
    """
    checked = check(files, language, told)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    texts = _originals(files, originals or {})
    newest = Release.objects.filter(refused_because="").first()
    if newest is not None and newest.digest == checked.digest and originals_of(newest) == texts:
        return newest
    last = Release.objects.order_by("-number").values_list("number", flat=True).first()
    release = Release.objects.create(
        number=(last or 0) + 1, digest=checked.digest, note=note, made_by=by,
        documents=checked.documents, rules=checked.rules, cases=checked.cases,
    )  # fmt: skip
    ReleaseFile.objects.bulk_create(
        ReleaseFile(release=release, path=path, text=text, digest=hashlib.sha256(text.encode()).hexdigest())
        for path, text in sorted(files.items())
    )
    ReleaseOriginal.objects.bulk_create(
        ReleaseOriginal(release=release, document=document, original_id=original)
        for document, original in sorted(texts.items())
    )
    audit.record(by, "documents.release_made", f"release:{release.uid}", number=release.number, digest=release.digest)
    return release


def _originals(files: Mapping[str, str], given: Mapping[str, Original]) -> dict[str, int]:
    """Document → primary key of its original, of the documents that are there."""
    there = {path.rsplit("/", 1)[-1].removesuffix(".md") for path in files if path.endswith(".md")}
    last = newest()
    texts = (originals_of(last) if last is not None else {}) | {name: each.pk for name, each in given.items()}
    return {name: original for name, original in texts.items() if name in there}


def originals_of(release: Release) -> dict[str, int]:
    """Document → primary key of its original."""
    return dict(ReleaseOriginal.objects.filter(release=release).values_list("document", "original_id"))


def repeatable(release: Release) -> None:
    """Raises ReleaseError when a release is the one in force or was never approved."""
    now = in_force()
    if not release.approved:
        raise ReleaseError(f"第 {release.number} 版没有启用过，不能退回到它 was never in force")
    if now is not None and now.digest == release.digest:
        raise ReleaseError(f"现行的第 {now.number} 版就是这个内容 the release in force has this content")


def again(release: Release, by: User, told: Told = untold) -> Release:
    """Back to an earlier release: a new one with the same content, for somebody else to approve.

    Raises ReleaseError when it is the one in force, was never approved, or an equal one waits already.
    """
    repeatable(release)
    texts = {each.document: each.original for each in release.originals.select_related("original")}
    made = make(files_of(release), by, f"退回到第 {release.number} 版", originals=texts, told=told)
    if made.approved:
        raise ReleaseError(f"第 {made.number} 版就是这个内容，已经复核 has this content and was approved")
    return made


@transaction.atomic
def approve(release: Release, by: User, from_day: dt.date) -> Release:
    """Put a release in force from a day on, today or later.  Approving it again for the same day changes nothing.

    Raises ReleaseError when it can't be: made by the same person, decided already, a day that is over.
    """
    held = Release.objects.select_for_update().get(pk=release.pk)
    if held.approved and held.decided_by_id == by.pk and held.in_force_from == from_day:
        return held
    _decidable(held, by)
    if from_day < today():
        raise ReleaseError(f"启用日期 {from_day} 已过；应为今天或以后 the day is over: expected today or later")
    Release.objects.filter(pk=held.pk).update(decided_by=by, decided_at=Now(), in_force_from=from_day)
    audit.record(by, "documents.release_approved", f"release:{held.uid}", number=held.number, digest=held.digest,
                 in_force_from=from_day)  # fmt: skip
    held.refresh_from_db()
    return held


@transaction.atomic
def refuse(release: Release, by: User, because: str) -> Release:
    """Send a release back with a reason; it never comes in force.  Raises ReleaseError."""
    held = Release.objects.select_for_update().get(pk=release.pk)
    if not because.strip():
        raise ReleaseError("请写明退回的理由 say why it is sent back")
    if held.decided_by_id == by.pk and held.refused_because == because.strip():
        return held
    _decidable(held, by)
    Release.objects.filter(pk=held.pk).update(decided_by=by, decided_at=Now(), refused_because=because.strip())
    audit.record(by, "documents.release_refused", f"release:{held.uid}", number=held.number)
    held.refresh_from_db()
    return held


def _decidable(release: Release, by: User) -> None:
    if not release.waiting:
        raise ReleaseError(f"版本 {release.number} 已经有了结论，不能再改 was decided already")
    if same(by, release.made_by):
        raise ReleaseError("提交的人不能复核自己的版本，请由另一位复核 whoever made it can't approve it")


def in_force(on: dt.date | None = None) -> Release | None:
    """The release in force on a day; None before the first."""
    return Release.objects.filter(in_force_from__lte=on or today()).order_by("-in_force_from", "-number").first()


def newest() -> Release | None:
    """The approved release that comes last, whether its day has come or not: what a new one goes on from."""
    return Release.objects.filter(in_force_from__isnull=False).order_by("-in_force_from", "-number").first()


_IN_FORCE = b"""
SELECT id FROM documents_release WHERE in_force_from <= $1 ORDER BY in_force_from DESC, number DESC LIMIT 1"""


def number_in_force() -> int | None:
    """The primary key of the release in force today: asked on every page."""
    return next((pk for (pk,) in prepared.rows(_IN_FORCE, today())), None)


def files_of(release: Release) -> dict[str, str]:
    """Path → text of every file.  Raises Tampered when they are not what was released."""
    files = dict(ReleaseFile.objects.filter(release=release).values_list("path", "text"))
    found = fingerprint(files)
    if found != release.digest:
        raise Tampered(
            f"版本 {release.number}: 数据库里的文件被改过，拒绝使用 its files were changed in the database；"
            f"摘要 digest {found[:12]}，应为 expected {release.digest[:12]}；"
            "请从备份恢复，或退回到另一版 restore a backup, or go back to another release"
        )
    return files


def export(release: Release, folder: Path) -> int:
    """Write the files of a release into an empty (or new) folder, byte for byte; returns how many."""
    if folder.exists() and any(folder.iterdir()):
        raise ReleaseError(f"{folder}: 不是空文件夹 the folder is not empty")
    files = files_of(release)
    for name, text in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode("utf-8"))
    return len(files)
