"""The tables of the registry.  The fact tables are made from the vocabulary: see `tables.py`."""

from __future__ import annotations

import uuid
from typing import Any, Final

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Coalesce, Now

from huijiang.accounts.models import User
from huijiang.regions.models import Region
from huijiang.registry import identity, names
from huijiang.registry.columns import model_name
from huijiang.registry.history import with_history
from huijiang.registry.people import code_checks, identity_fields, name_indexes
from huijiang.registry.tables import Fact, make_model, plain_number, unknown_indexes
from huijiang.registry.vocabulary import vocabulary
from huijiang.sealed import KeyedHash, SealedText

__all__ = [
    "MODELS", "Coverage", "Fact", "IdentityDocument", "ImportBatch", "Merge", "Moved", "Organisation", "Pair", "Person",
]  # fmt: skip


class ImportBatch(models.Model):
    """One file that someone brought in, from its arrival to its end; kept after that as the source of rows."""

    class State(models.TextChoices):
        RECEIVED = "received", "已收到"
        READING = "reading", "读取中"
        READ = "read", "待确认"
        REFUSED = "refused", "有错误"
        APPLYING = "applying", "写入中"
        APPLIED = "applied", "已写入"
        CANCELLED = "cancelled", "已取消"
        BROKEN = "broken", "已中断"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    table = models.CharField("表", max_length=32)
    managed_by = models.ForeignKey(Region, models.PROTECT, related_name="+")
    source = models.CharField("来源", max_length=64)
    as_of = models.DateField("数据日期")
    file_name = models.CharField("文件名", max_length=200)
    file_size = models.BigIntegerField("字节")
    digest = models.CharField("内容摘要", max_length=64)
    state = models.CharField("状态", max_length=16, choices=State, default=State.RECEIVED, db_default=State.RECEIVED)
    rows_read = models.IntegerField("已读行数", default=0)
    rows_new = models.IntegerField("新增", null=True, blank=True)
    rows_changed = models.IntegerField("变更", null=True, blank=True)
    rows_same = models.IntegerField("不变", null=True, blank=True)
    rows_wrong = models.IntegerField("错误", null=True, blank=True)
    message = models.CharField("说明", max_length=500, blank=True)
    run = models.UUIDField("作业", null=True, blank=True)
    uploaded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    uploaded_at = models.DateTimeField("上传时间", db_default=Now())
    finished_at = models.DateTimeField("结束时间", null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                name="import_state_listed",
                condition=Q(
                    state__in=(
                        "received",
                        "reading",
                        "read",
                        "refused",
                        "applying",
                        "applied",
                        "cancelled",
                        "broken",
                    )
                ),
            ),
            models.CheckConstraint(
                name="import_end_agrees",
                condition=Q(state__in=("applied", "cancelled", "broken", "refused"), finished_at__isnull=False)
                | Q(state__in=("received", "reading", "read", "applying"), finished_at__isnull=True),
            ),
            models.CheckConstraint(
                name="import_counts_agree",
                condition=~Q(state__in=("read", "applying", "applied"))
                | Q(rows_new__gte=0, rows_changed__gte=0, rows_same__gte=0, rows_wrong=0),
            ),
            models.CheckConstraint(name="import_digest_is_sha256", condition=Q(digest__regex="^[0-9a-f]{64}$")),
            models.UniqueConstraint(
                name="import_one_at_a_time",
                fields=("table", "managed_by"),
                condition=Q(state="applying"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.table} · {self.file_name}"


class ImportFault(models.Model):
    """One thing wrong with an uploaded file: where, what was seen, what was expected."""

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="faults")
    sheet = models.CharField("工作表", max_length=64, blank=True)
    row = models.IntegerField("行", null=True, blank=True)
    column = models.CharField("列", max_length=120, blank=True)
    seen = models.CharField("所见", max_length=200, blank=True)
    expected = models.CharField("应为", max_length=300)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.sheet} {self.row} {self.column}"


def _keep_name_forms(sender: type[models.Model], instance: Any, **_: object) -> None:
    instance.name = names.written(instance.name)
    instance.name_key = names.matched(instance.name)
    instance.pinyin = names.sounded(instance.name, sender._meta.model_name == "person")


def _make_all() -> dict[str, type[models.Model]]:
    made: dict[str, type[models.Model]] = {}
    for table in vocabulary().tables.values():
        extra: dict[str, models.Field[Any, Any]] = {}
        constraints: list[models.BaseConstraint] = []
        indexes = unknown_indexes(table)
        if table.id in ("person", "organisation"):
            extra, indexes = identity_fields(), [*indexes, *name_indexes(table.id)]
        if table.id == "certificate":  # the same number, written otherwise, is looked for at every check of a claim
            indexes.append(models.Index(plain_number(), name="certificate_plain_number"))
        if table.id == "organisation":
            constraints = code_checks()
        made[table.id] = make_model(table, extra, constraints, indexes, "")
    return made


MODELS: Final = _make_all()
"""Table of the vocabulary → its model."""

globals().update({model_name(table): model for table, model in MODELS.items()})
Person: Any = MODELS["person"]
Organisation: Any = MODELS["organisation"]
for each in (Person, Organisation):
    models.signals.pre_save.connect(_keep_name_forms, sender=each, dispatch_uid=f"name forms {each.__name__}")


@with_history
class IdentityDocument(models.Model):
    """A document that names a person.  One number of a kind names one person; a person may have several."""

    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="documents")
    kind = models.CharField("证件种类", max_length=24)
    number = SealedText("证件号码", context="identity.number")
    matched = SealedText("比对用号码", context="identity.matched")
    matched_hash = KeyedHash("matched")
    matched_hash_next = KeyedHash("matched", coming=True)
    valid_from = models.DateField("有效期起", null=True, blank=True)
    valid_until = models.DateField("有效期止", null=True, blank=True)
    source = models.CharField("来源", max_length=64)
    as_of = models.DateField("数据日期")
    recorded_at = models.DateTimeField("登记时间", db_default=Now())

    class Meta:
        constraints = (
            models.CheckConstraint(name="identity_kind_listed", condition=Q(kind__in=identity.KINDS)),
            models.CheckConstraint(name="identity_dates_agree", condition=Q(valid_from__lte=F("valid_until"))),
            models.CheckConstraint(
                name="identity_has_a_hash",
                condition=Q(matched_hash__isnull=False) | Q(matched_hash_next__isnull=False),
            ),
            models.UniqueConstraint(name="identity_number_once", fields=("kind", "matched_hash")),
            models.UniqueConstraint(name="identity_next_number_once", fields=("kind", "matched_hash_next")),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


@with_history
class Coverage(models.Model):
    """What of a table is here: with `complete`, every row of the place and the days; else only some.

    No region means everywhere; with `by`, all rows that these columns point to a listed row with.  What no
    complete entry covers is unknown, and a missing row says nothing.
    """

    table = models.CharField("表", max_length=32)
    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, related_name="+")
    by = models.CharField("按列", max_length=120, blank=True, help_text="列名，以空格分开，按字母次序")
    since = models.DateField("从", null=True, blank=True)
    until = models.DateField("到", null=True, blank=True)
    complete = models.BooleanField("是否齐全")
    source = models.CharField("来源", max_length=64)
    as_of = models.DateField("数据日期")
    recorded_at = models.DateTimeField("登记时间", db_default=Now())

    class Meta:
        ordering = ("table", "region", "since")
        constraints = (
            models.CheckConstraint(name="coverage_table_listed", condition=Q(table__in=sorted(vocabulary().tables))),
            models.CheckConstraint(name="coverage_dates_agree", condition=Q(since__lte=F("until"))),
            ExclusionConstraint(
                name="coverage_said_once",
                expressions=[
                    ("table", RangeOperators.EQUAL),
                    (Coalesce("region_id", Value("")), RangeOperators.EQUAL),
                    ("by", RangeOperators.EQUAL),
                    (
                        Func(F("since"), F("until"), Value("[]"), function="DATERANGE", output_field=DateRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        )

    def __str__(self) -> str:
        return f"{self.table} {self.region_id or '—'} {'complete' if self.complete else 'incomplete'}"


from huijiang.registry.linked import Merge, Moved, Pair  # noqa: E402 - they point to people and firms
