"""Stored content, once each, and the files by which people and cases hold it."""

from __future__ import annotations

import uuid
from typing import Final

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy

from huijiang.accounts.models import User
from huijiang.regions.models import Region
from huijiang.registry.models import Organisation, Person
from huijiang.sealed.fields import SealedText


class Kind(models.TextChoices):
    """What is taken in, told from the content alone."""

    PDF = "pdf", "PDF"
    PNG = "png", "PNG"
    JPEG = "jpeg", "JPEG"
    DOCX = "docx", "Word"
    XLSX = "xlsx", "Excel"
    OFD = "ofd", "OFD"
    CSV = "csv", "CSV"
    TXT = "txt", gettext_lazy("文本")
    ZIP = "zip", "ZIP"


class Purpose(models.TextChoices):
    """Why a file is kept; how long follows from it (`retention.TIME`)."""

    DRAFT = "draft", gettext_lazy("草稿材料")
    OWN = "own", gettext_lazy("个人材料夹")
    EVIDENCE = "evidence", gettext_lazy("申报材料")
    RECORD = "record", gettext_lazy("评审与检查记录")
    LETTER = "letter", gettext_lazy("文书")
    PACK = "pack", gettext_lazy("审计包")


class Addressing(models.Model):
    """The one key that turns content into its address.  Sealed like every value, so a rotation reaches it; itself it
    never changes, or every address would."""

    one = models.BooleanField(primary_key=True, default=True)
    key = SealedText("寻址密钥", context="files.addressing")

    class Meta:
        verbose_name = "寻址"
        constraints = (models.CheckConstraint(name="addressing_is_one", condition=Q(one=True)),)
        triggers = (pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),)

    def __str__(self) -> str:
        return "addressing"


class Blob(models.Model):
    """Content on disk, once however often it was handed in.

    `digest`: HMAC-SM3 under the addressing key, the file's name on disk.  `key`: this content's own key; only the
    row changes when the master key does.  `look`, `bands`: how a picture looks, for finding alike ones.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    digest = models.BinaryField("内容摘要", max_length=32, unique=True)
    key = SealedText("内容密钥", context="blob.key")
    kind = models.CharField("类型", max_length=8, choices=Kind)
    size = models.BigIntegerField("字节数")
    pages = models.PositiveIntegerField("页数", null=True, blank=True)
    look = models.BinaryField(max_length=32, null=True, blank=True)
    bands = ArrayField(models.IntegerField(), default=list)
    stored_at = models.DateTimeField("存入时间", db_default=Now())

    class Meta:
        verbose_name = "内容"
        constraints = (models.CheckConstraint(name="blob_has_content", condition=Q(size__gt=0)),)
        indexes = (GinIndex(name="blob_bands", fields=("bands",)),)
        triggers = (
            pgtrigger.Protect(
                name="kept_as_it_was",
                operation=pgtrigger.UpdateOf("uid", "digest", "kind", "size", "pages", "look", "bands", "stored_at"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.size} B"


class File(models.Model):
    """One file of one subject.  `person`: whom it concerns; `organisation`: who handed it in for them or for itself.

    Never deleted: when its time is over the content goes, and the row says that it was here.
    """

    uid = models.UUIDField("编号", default=uuid.uuid4, unique=True, editable=False)
    blob = models.ForeignKey(Blob, models.PROTECT, null=True, related_name="files")
    name = SealedText("文件名", context="file.name", null=True)
    subject = models.CharField("归属", max_length=128, help_text="种类:外部编号")
    purpose = models.CharField("用途", max_length=12, choices=Purpose)
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    uploaded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    uploaded_at = models.DateTimeField("上传时间", db_default=Now())
    keep_until = models.DateField("保存至")
    erased_at = models.DateTimeField("清除时间", null=True, blank=True)
    let_go = models.CharField("提前清除的依据", max_length=64, blank=True, default="", help_text="种类:外部编号")

    class Meta:
        verbose_name = "文件"
        ordering = ("-uploaded_at", "-id")
        constraints = (
            models.CheckConstraint(
                name="file_erased_whole",
                condition=Q(erased_at=None, blob__isnull=False, name__isnull=False)
                | Q(erased_at__isnull=False, blob=None, name=None),
            ),
            models.CheckConstraint(name="file_subject_form", condition=Q(subject__regex=r"^[a-z_]+:[0-9A-Za-z_.-]+$")),
        )
        indexes = (
            models.Index(name="file_of_subject", fields=("subject",)),
            models.Index(name="file_of_person", fields=("person", "-uploaded_at")),
            models.Index(name="file_of_organisation", fields=("organisation", "-uploaded_at")),
            models.Index(name="file_until", fields=("keep_until",), condition=Q(erased_at=None)),
        )
        triggers = (
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="kept_its_time",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF ROW(OLD.uid, OLD.subject, OLD.person_id, OLD.organisation_id, OLD.uploaded_by_id, OLD.uploaded_at)
                       IS DISTINCT FROM
                       ROW(NEW.uid, NEW.subject, NEW.person_id, NEW.organisation_id, NEW.uploaded_by_id, NEW.uploaded_at)
                    THEN RAISE EXCEPTION 'pgtrigger: kept_its_time: file % stays what it was', OLD.uid;
                    END IF;
                    -- What somebody may have erased on their request, for a ground that is named and stays; records and
                    -- letters of the office never.
                    IF NEW.let_go IS DISTINCT FROM OLD.let_go AND (OLD.let_go <> '' OR NEW.purpose NOT IN ('own', 'draft', 'evidence'))
                    THEN RAISE EXCEPTION 'pgtrigger: kept_its_time: file % is not let go before its time', OLD.uid;
                    END IF;
                    IF NEW.keep_until < OLD.keep_until AND (OLD.let_go <> '' OR NEW.let_go = '')
                    THEN RAISE EXCEPTION 'pgtrigger: kept_its_time: file % is kept until % at least', OLD.uid, OLD.keep_until;
                    END IF;
                    IF NEW.blob_id IS DISTINCT FROM OLD.blob_id AND
                       (NEW.blob_id IS NOT NULL OR OLD.keep_until >= (now() AT TIME ZONE 'Asia/Shanghai')::date)
                    THEN RAISE EXCEPTION 'pgtrigger: kept_its_time: file % is kept until %', OLD.uid, OLD.keep_until;
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="never_emptied",
                when=pgtrigger.Before,
                operation=pgtrigger.Truncate,
                level=pgtrigger.Statement,
                func="RAISE EXCEPTION 'pgtrigger: never_emptied: % keeps what it was told', TG_TABLE_NAME;",
            ),
        )

    def __str__(self) -> str:
        return f"{self.uid} {self.subject}"


PICTURES: Final = frozenset({Kind.PNG, Kind.JPEG})
READABLE: Final = PICTURES | {Kind.PDF, Kind.CSV, Kind.TXT}
"""Kinds that the platform shows itself; the others are downloaded by those who may."""

__all__ = ["PICTURES", "READABLE", "Addressing", "Blob", "File", "Kind", "Purpose"]
