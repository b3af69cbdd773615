"""Releases of the policy library: what ran from when, made by one person, approved by another, never changed."""

from __future__ import annotations

import datetime as dt
import uuid

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from huijiang.access.two_people import by_two
from huijiang.accounts.models import User
from huijiang.audit.models import CurrentTransaction

NEVER_EMPTIED = pgtrigger.Trigger(
    name="never_emptied",
    when=pgtrigger.Before,
    operation=pgtrigger.Truncate,
    level=pgtrigger.Statement,
    func="RAISE EXCEPTION 'pgtrigger: never_emptied: % keeps what ran', TG_TABLE_NAME;",
)


WITH_ITS_RELEASE = pgtrigger.Trigger(
    name="with_its_release",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    declare=[("made_in", "bigint")],
    func="""
                    SELECT transaction INTO made_in FROM documents_release WHERE id = NEW.release_id;
                    IF made_in IS DISTINCT FROM pg_current_xact_id()::text::bigint
                    THEN RAISE EXCEPTION 'pgtrigger: with_its_release: a file comes with its release, not later';
                    END IF;
                    RETURN NEW;
                """,
)


class Release(models.Model):
    """One bundle of files, named by the digest over their names and texts.

    It waits until somebody else approves or refuses it; after that nothing in it changes.  In force on a
    day is the approved release with the latest `in_force_from` that is not later than the day.
    """

    uid = models.UUIDField("外部编号", default=uuid.uuid4, unique=True, editable=False)
    number = models.PositiveIntegerField("版本号", unique=True)
    digest = models.CharField("内容摘要", max_length=64, db_index=True)
    note = models.CharField("说明", max_length=200, blank=True)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="提交人")
    made_at = models.DateTimeField("提交时间", db_default=Now())
    transaction = models.BigIntegerField(db_default=CurrentTransaction(), editable=False)
    documents = models.PositiveIntegerField("文件数")
    rules = models.PositiveIntegerField("规则数")
    cases = models.PositiveIntegerField("算例数")
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="复核人")
    decided_at = models.DateTimeField("复核时间", null=True)
    in_force_from = models.DateField("启用日期", null=True)
    refused_because = models.CharField("退回理由", max_length=500, blank=True)

    class Meta:
        verbose_name = "规则版本"
        ordering = ("-number",)
        constraints = (
            models.CheckConstraint(
                name="release_decided_by_another", condition=Q(decided_by=None) | ~Q(decided_by=F("made_by"))
            ),
            models.CheckConstraint(
                name="release_decided_whole",
                condition=Q(decided_by=None, decided_at=None, in_force_from=None, refused_because="")
                | Q(decided_by__isnull=False, decided_at__isnull=False, in_force_from__isnull=False, refused_because="")
                | Q(decided_by__isnull=False, decided_at__isnull=False, in_force_from=None) & ~Q(refused_because=""),
            ),
        )
        triggers = (
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
            by_two("by_two_humans", "made_by_id", "decided_by_id"),
            pgtrigger.Trigger(
                name="only_decided_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF OLD.decided_by_id IS NOT NULL
                       OR ROW(OLD.uid, OLD.number, OLD.digest, OLD.note, OLD.made_by_id, OLD.made_at, OLD.transaction,
                              OLD.documents, OLD.rules, OLD.cases)
                          IS DISTINCT FROM
                          ROW(NEW.uid, NEW.number, NEW.digest, NEW.note, NEW.made_by_id, NEW.made_at, NEW.transaction,
                              NEW.documents, NEW.rules, NEW.cases)
                    THEN RAISE EXCEPTION 'pgtrigger: only_decided_once: release % does not change', OLD.number;
                    END IF;
                    RETURN NEW;
                """,
            ),
            NEVER_EMPTIED,
        )

    def __str__(self) -> str:
        return f"{self.number} {self.digest[:12]}"

    @property
    def approved(self) -> bool:
        return self.in_force_from is not None

    @property
    def waiting(self) -> bool:
        return self.decided_by_id is None

    @property
    def until(self) -> dt.date | None:
        """The last day in force; None while nothing approved follows.  Before its first day: never in force."""
        if self.in_force_from is None:
            return None
        later = Q(in_force_from__gt=self.in_force_from) | Q(in_force_from=self.in_force_from, number__gt=self.number)
        following = Release.objects.filter(later).order_by("in_force_from", "number").first()
        if following is None or following.in_force_from is None:
            return None
        return following.in_force_from - dt.timedelta(days=1)


class ReleaseFile(models.Model):
    """One file of a release, as it was: the text with its own line ends."""

    release = models.ForeignKey(Release, models.PROTECT, related_name="files")
    path = models.CharField("路径", max_length=400)
    text = models.TextField("内容")
    digest = models.CharField("内容摘要", max_length=64)

    class Meta:
        verbose_name = "版本内的文件"
        ordering = ("path",)
        constraints = (models.UniqueConstraint(name="release_file_once", fields=("release", "path")),)
        indexes = (models.Index(name="release_file_path", fields=("path", "release")),)
        triggers = (
            pgtrigger.Protect(name="kept_as_it_was", operation=pgtrigger.Update | pgtrigger.Delete),
            WITH_ITS_RELEASE,
            NEVER_EMPTIED,
        )

    def __str__(self) -> str:
        return self.path


from huijiang.documents.desk_records import Draft, DraftVersion, Original, ReleaseOriginal, Trial  # noqa: E402
from huijiang.documents.rating_records import Rating  # noqa: E402
from huijiang.documents.search_records import SearchEntry, SearchSound  # noqa: E402
from huijiang.documents.submission_records import Submission  # noqa: E402

__all__ = [
    "Draft",
    "DraftVersion",
    "Original",
    "Rating",
    "Release",
    "ReleaseFile",
    "ReleaseOriginal",
    "SearchEntry",
    "SearchSound",
    "Submission",
    "Trial",
]
