"""Records that may be, or were found to be, the same person or firm.

A merge deletes nothing: the record that went stays, an active merge points from it to the one that was kept, and
each fact that was re-pointed is written down, so that the merge can be undone exactly.  There are no chains: a kept
record is nobody's alias, and an alias has taken in nobody.
"""

from __future__ import annotations

import uuid
from typing import Any

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext_lazy

from huijiang import prepared
from huijiang.accounts.models import User

KINDS = ("person", "organisation")


def one_kind(first: str, second: str) -> Q:
    """Two people or two firms, never one of each, never the same twice."""
    found = Q(pk__in=())
    for kind, other in (("person", "organisation"), ("organisation", "person")):
        found |= Q(**{
            f"{first}_{kind}__isnull": False, f"{second}_{kind}__isnull": False,
            f"{first}_{other}__isnull": True, f"{second}_{other}__isnull": True,
        })  # fmt: skip
    return found


def _to(kind: str, name: str) -> Any:
    return models.ForeignKey(f"registry.{kind.capitalize()}", models.PROTECT, null=True, related_name=name)


class Pair(models.Model):
    """Two records that look alike, and what somebody decided.  `first` is the one with the lower number.

    `reasons`: codes of `likeness.SAID`.  `probability` in thousandths, as the linkage model says.
    """

    class Decision(models.TextChoices):
        OPEN = "", gettext_lazy("待判断")
        SAME = "same", gettext_lazy("是同一个")
        DIFFERENT = "different", gettext_lazy("不是同一个")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    first_person = _to("person", "+")
    second_person = _to("person", "+")
    first_organisation = _to("organisation", "+")
    second_organisation = _to("organisation", "+")
    probability = models.IntegerField("可能性（千分）")
    reasons = ArrayField(models.CharField(max_length=24), verbose_name="理由")
    found_at = models.DateTimeField("发现时间", db_default=Now())
    decision = models.CharField("判断", max_length=12, choices=Decision, blank=True, default="")
    words = models.CharField("说明", max_length=500, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField("判断时间", null=True)

    class Meta:
        verbose_name = "疑似重复"
        constraints = (
            models.UniqueConstraint(name="pair_of_people_once", fields=("first_person", "second_person")),
            models.UniqueConstraint(name="pair_of_firms_once", fields=("first_organisation", "second_organisation")),
            models.CheckConstraint(
                name="pair_in_order",
                condition=Q(first_person__lt=F("second_person"), first_organisation=None, second_organisation=None)
                | Q(first_organisation__lt=F("second_organisation"), first_person=None, second_person=None),
            ),
            models.CheckConstraint(name="pair_probability", condition=Q(probability__range=(0, 1000))),
            models.CheckConstraint(
                name="pair_decided_by_somebody",
                condition=Q(decision="", decided_by=None, decided_at=None)
                | Q(decision__in=("same", "different"), decided_by__isnull=False, decided_at__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.uid} {self.decision}"

    @property
    def kind(self) -> str:
        return "person" if self.first_person_id is not None else "organisation"

    @property
    def both(self) -> tuple[Any, Any]:
        return getattr(self, f"first_{self.kind}"), getattr(self, f"second_{self.kind}")


class Merge(models.Model):
    """`gone` is an alias of `kept` until `ended_at`.  `filled`: columns of the kept record that were unknown and
    took the value of the other."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    gone_person = _to("person", "merges")
    kept_person = _to("person", "+")
    gone_organisation = _to("organisation", "merges")
    kept_organisation = _to("organisation", "+")
    filled = ArrayField(models.CharField(max_length=64), verbose_name="补上的列", default=list)
    words = models.CharField("理由", max_length=500)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField("合并时间", db_default=Now())
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField("撤销时间", null=True)
    end_words = models.CharField("撤销理由", max_length=500, blank=True)

    class Meta:
        verbose_name = "合并"
        constraints = (
            models.CheckConstraint(name="merge_of_one_kind", condition=one_kind("gone", "kept")),
            models.CheckConstraint(
                name="merge_of_two",
                condition=(Q(gone_person=None) | ~Q(gone_person=F("kept_person")))
                & (Q(gone_organisation=None) | ~Q(gone_organisation=F("kept_organisation"))),
            ),
            models.UniqueConstraint(name="merge_person_once", fields=("gone_person",), condition=Q(ended_at=None)),
            models.UniqueConstraint(name="merge_firm_once", fields=("gone_organisation",), condition=Q(ended_at=None)),
            models.CheckConstraint(
                name="merge_ended_by_somebody",
                condition=Q(ended_at=None, ended_by=None) | Q(ended_at__isnull=False, ended_by__isnull=False),
            ),
        )
        triggers = (
            pgtrigger.Protect(name="merge_kept", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="merge_no_chains",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    PERFORM pg_advisory_xact_lock(hashtext('registry.merge'));
                    IF EXISTS (SELECT FROM registry_merge WHERE ended_at IS NULL AND (
                        gone_person_id IN (NEW.kept_person_id, NEW.gone_person_id) OR kept_person_id = NEW.gone_person_id
                        OR gone_organisation_id IN (NEW.kept_organisation_id, NEW.gone_organisation_id)
                        OR kept_organisation_id = NEW.gone_organisation_id))
                    THEN RAISE EXCEPTION 'pgtrigger: merge_no_chains: an alias of an alias';
                    END IF;
                    RETURN NEW;
                """,
            ),
        )

    def __str__(self) -> str:
        return f"{self.uid}"

    @property
    def kind(self) -> str:
        return "person" if self.gone_person_id is not None else "organisation"

    @property
    def gone(self) -> Any:
        return getattr(self, f"gone_{self.kind}")

    @property
    def kept(self) -> Any:
        return getattr(self, f"kept_{self.kind}")


class Moved(models.Model):
    """One reference that a merge re-pointed from the record that went to the one that was kept, or (`left`) could
    not, because the kept record has the same fact already."""

    merge = models.ForeignKey(Merge, models.PROTECT, related_name="moved")
    table = models.CharField("表", max_length=48)
    row = models.BigIntegerField("行")
    column = models.CharField("列", max_length=64)
    left = models.BooleanField("未改", default=False)
    restored = models.BooleanField("已还原", null=True)

    class Meta:
        verbose_name = "改指记录"
        constraints = (models.UniqueConstraint(name="moved_once", fields=("merge", "table", "row", "column")),)
        triggers = (pgtrigger.Protect(name="moved_kept", operation=pgtrigger.Delete),)

    def __str__(self) -> str:
        return f"{self.table}:{self.row}.{self.column}"


def aliases(kind: str) -> models.QuerySet[Merge, Any]:
    """Numbers of the records that are aliases today."""
    return Merge.objects.filter(ended_at=None, **{f"gone_{kind}__isnull": False}).values(f"gone_{kind}")


_FAMILY = {
    kind: b"""
SELECT kept, array(SELECT gone_%(kind)s_id FROM registry_merge WHERE kept_%(kind)s_id = kept AND ended_at IS NULL ORDER BY 1)
FROM coalesce((SELECT kept_%(kind)s_id FROM registry_merge WHERE gone_%(kind)s_id = $1::bigint AND ended_at IS NULL),
              $1::bigint) AS kept"""
    % {b"kind": kind.encode()}
    for kind in KINDS
}


def family(kind: str, pk: int) -> tuple[int, ...]:
    """Every number of one person or firm, that of the kept record first; whichever of them is asked about."""
    ((kept, gone),) = prepared.rows(_FAMILY[kind], str(pk))
    return (kept, *gone)


def canonical(kind: str, pk: int) -> int:
    """The number under which a record is read today: its own, or that of the record that it was merged into."""
    return family(kind, pk)[0]


def read_as(kind: str, column: str) -> Coalesce:
    """`canonical` in a query: the number of the kept record for a column that points to people or firms."""
    kept = Merge.objects.filter(ended_at=None, **{f"gone_{kind}": models.OuterRef(column)}).values(f"kept_{kind}")
    return Coalesce(models.Subquery(kept[:1]), F(column), output_field=models.BigIntegerField())
