"""What lies on the steward's desk: working copies of documents with every version of them, originals, trials.

A working copy (`Draft`) belongs to one steward.  Each saving is a version of its own; none is changed or
deleted, so that nothing is lost.
"""

from __future__ import annotations

import uuid

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from huijiang.accounts.models import User
from huijiang.documents.models import NEVER_EMPTIED, WITH_ITS_RELEASE, Release


class Original(models.Model):
    """The printed text of a document, as it was attached: read once, never changed."""

    uid = models.UUIDField("外部编号", default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField("文件名", max_length=200)
    text = models.TextField("文字")
    digest = models.CharField("文件摘要", max_length=64)
    attached_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="谁附上的")
    attached_at = models.DateTimeField("时间", db_default=Now())

    class Meta:
        verbose_name = "原文"
        triggers = (
            pgtrigger.Protect(name="kept_as_it_was", operation=pgtrigger.Update | pgtrigger.Delete),
            NEVER_EMPTIED,
        )

    def __str__(self) -> str:
        return self.name


class ReleaseOriginal(models.Model):
    """The original of one document of a release; comes with the release or never."""

    release = models.ForeignKey(Release, models.PROTECT, related_name="originals")
    document = models.CharField("文件编号", max_length=120)
    original = models.ForeignKey(Original, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "版本内的原文"
        constraints = (models.UniqueConstraint(name="release_original_once", fields=("release", "document")),)
        triggers = (
            pgtrigger.Protect(name="kept_as_it_was", operation=pgtrigger.Update | pgtrigger.Delete),
            WITH_ITS_RELEASE,
            NEVER_EMPTIED,
        )

    def __str__(self) -> str:
        return self.document


class Draft(models.Model):
    """One steward's working copy of one document, until it becomes part of a release or is put away."""

    class State(models.TextChoices):
        OPEN = "open", "编写中"
        RELEASED = "released", "已提交版本"
        PUT_AWAY = "put away", "已搁置"

    uid = models.UUIDField("外部编号", default=uuid.uuid4, unique=True, editable=False)
    path = models.CharField("路径", max_length=400)
    owner = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="谁的工作稿")
    started_at = models.DateTimeField("开始", db_default=Now())
    state = models.CharField("状态", max_length=10, choices=State, default=State.OPEN)
    release = models.ForeignKey(Release, models.PROTECT, null=True, related_name="drafts", verbose_name="成为版本")

    class Meta:
        verbose_name = "工作稿"
        ordering = ("-started_at",)
        constraints = (
            models.UniqueConstraint(name="one_open_draft_each", fields=("owner", "path"), condition=Q(state="open")),
            models.CheckConstraint(
                name="draft_released_with_its_release",
                condition=Q(state="released", release__isnull=False)
                | Q(state__in=("open", "put away"), release__isnull=True),
            ),
        )
        triggers = (pgtrigger.Protect(name="kept", operation=pgtrigger.Delete), NEVER_EMPTIED)

    def __str__(self) -> str:
        return self.path

    @property
    def document(self) -> str:
        """The id of the document: its file's name."""
        return self.path.rsplit("/", 1)[-1].removesuffix(".md")

    @property
    def latest(self) -> DraftVersion:
        """The newest version; a draft has at least one."""
        found = self.versions.select_related("original").order_by("-number").first()
        assert found is not None
        return found


class DraftVersion(models.Model):
    """One saving of a working copy: the document, its cases, its equivalents, the index of its original's figures."""

    draft = models.ForeignKey(Draft, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField("第几次保存")
    text = models.TextField("文件")
    cases = models.TextField("算例", blank=True)
    equivalents = models.TextField("等价变体", blank=True)
    figures = models.TextField("原文数字的索引", blank=True)
    original = models.ForeignKey(Original, models.PROTECT, null=True, related_name="+", verbose_name="原文")
    note = models.CharField("改了什么", max_length=200, blank=True)
    made_at = models.DateTimeField("时间", db_default=Now())

    class Meta:
        verbose_name = "工作稿的一版"
        ordering = ("-number",)
        constraints = (models.UniqueConstraint(name="draft_version_once", fields=("draft", "number")),)
        triggers = (
            pgtrigger.Protect(name="kept_as_it_was", operation=pgtrigger.Update | pgtrigger.Delete),
            NEVER_EMPTIED,
        )

    def __str__(self) -> str:
        return f"{self.draft} {self.number}"

    def files(self) -> dict[str, str]:
        """Path → text, as they stand in a policies folder; what is empty is no file."""
        base = self.draft.path.removesuffix(".md")
        found = {
            self.draft.path: self.text, f"{base}.cases.yaml": self.cases,
            f"{base}.equivalents.yaml": self.equivalents, f"{base}.figures.yaml": self.figures,
        }  # fmt: skip
        return {path: text for path, text in found.items() if text}


class Trial(models.Model):
    """What a job found out: which mutants live, or what a county would get; `result` is empty while it runs."""

    class Kind(models.TextChoices):
        MUTANTS = "mutants", "变体"
        EFFECT = "effect", "影响"

    kind = models.CharField("种类", max_length=10, choices=Kind)
    version = models.ForeignKey(DraftVersion, models.PROTECT, null=True, related_name="trials")
    release = models.ForeignKey(Release, models.PROTECT, null=True, related_name="trials")
    region = models.CharField("地区", max_length=32, blank=True)
    run = models.UUIDField("作业", null=True)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField("时间", db_default=Now())
    result = models.JSONField("结果", null=True)

    class Meta:
        verbose_name = "试算"
        ordering = ("-pk",)
        constraints = (
            models.CheckConstraint(
                name="trial_of_one_thing",
                condition=Q(version__isnull=False, release=None) | Q(version=None, release__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return self.kind
