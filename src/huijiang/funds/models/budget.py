"""Budget: sources kept apart, lines by year, region, source and benefit, what was allotted, who shares the cost."""

from __future__ import annotations

import uuid

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy

from huijiang.access.two_people import by_two
from huijiang.accounts.models import User
from huijiang.audit.models import ADDED_ONLY
from huijiang.regions.models import Region

FUNCTION_CODE = r"^[0-9]{3}([0-9]{2}){0,2}$"
"""类, 款 and 项 of 支出功能分类: three, five or seven digits."""
ECONOMIC_CODE = r"^[0-9]{3}([0-9]{2})?$"
"""类 and 款 of 支出经济分类: three or five digits."""


class Source(models.Model):
    """Where money comes from (资金来源): never mixed with another's.  `words`: how documents name it."""

    code = models.SlugField("代码", max_length=40, unique=True)
    name = models.CharField("名称", max_length=64, unique=True)
    words = models.JSONField("文件中的称呼", default=list)

    class Meta:
        verbose_name = "资金来源"
        ordering = ("code",)
        triggers = (pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),)

    def __str__(self) -> str:
        return self.name


class Line(models.Model):
    """A budget line of a year: so much of a source for a region, for one benefit or (empty) for all of the source.

    allotted = the sum of its allotments; reserved = approved and not yet paid; spent = paid.  The database keeps
    the three and refuses whatever would exceed what is allotted, however many press at once.
    """

    class Dry(models.TextChoices):
        FIRST_COME = "first_come", gettext_lazy("先批先付，其余等待追加")
        PRO_RATA = "pro_rata", gettext_lazy("按比例发放")
        NEXT_YEAR = "next_year", gettext_lazy("转下一年度")

    class Rest(models.TextChoices):
        AWAIT = "await", gettext_lazy("其余等待追加")
        LAPSE = "lapse", gettext_lazy("其余不再发放")

    uid = models.UUIDField("外部编号", default=uuid.uuid4, unique=True, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    source = models.ForeignKey(Source, models.PROTECT, related_name="lines")
    year = models.PositiveSmallIntegerField("年度")
    benefit = models.CharField("项目", max_length=128, blank=True, help_text="文件编号#项目编号；空为该来源的全部项目")
    function_code = models.CharField("支出功能分类", max_length=7)
    economic_code = models.CharField("支出经济分类", max_length=5)
    dry = models.CharField("额度用完时", max_length=16, choices=Dry, default=Dry.FIRST_COME)
    rest = models.CharField("按比例发放后", max_length=8, choices=Rest, default=Rest.AWAIT, db_default=Rest.AWAIT)
    warn_at = models.PositiveSmallIntegerField("预警线（‰）", default=850)
    allotted = models.BigIntegerField("额度（分）", default=0, db_default=0, editable=False)
    reserved = models.BigIntegerField("已批未付（分）", default=0, db_default=0, editable=False)
    spent = models.BigIntegerField("已付（分）", default=0, db_default=0, editable=False)
    frozen_at = models.DateTimeField("年终冻结", null=True, blank=True)
    frozen_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = "预算额度"
        ordering = ("-year", "region", "source", "benefit")
        constraints = (
            models.UniqueConstraint(name="line_once", fields=("region", "source", "year", "benefit")),
            models.CheckConstraint(
                name="line_not_exceeded", condition=Q(allotted__gte=F("reserved") + F("spent"))
            ),
            models.CheckConstraint(name="line_not_negative", condition=Q(reserved__gte=0, spent__gte=0)),
            models.CheckConstraint(name="line_function_code", condition=Q(function_code__regex=FUNCTION_CODE)),
            models.CheckConstraint(name="line_economic_code", condition=Q(economic_code__regex=ECONOMIC_CODE)),
            models.CheckConstraint(name="line_warns_in_bounds", condition=Q(warn_at__lte=1000)),
        )  # fmt: skip
        triggers = (
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="moves_by_its_own",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                    IF TG_OP = 'INSERT' AND (NEW.allotted, NEW.reserved, NEW.spent) <> (0, 0, 0)
                       OR TG_OP = 'UPDATE' AND (
                        ROW(NEW.region_id, NEW.source_id, NEW.year, NEW.benefit)
                            IS DISTINCT FROM ROW(OLD.region_id, OLD.source_id, OLD.year, OLD.benefit)
                        OR (NEW.allotted, NEW.reserved, NEW.spent) <> (OLD.allotted, OLD.reserved, OLD.spent)
                           AND pg_trigger_depth() < 2)
                    THEN RAISE EXCEPTION 'pgtrigger: moves_by_its_own: a line moves by allotments and reservations alone';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="rule_stands_once_used",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "(OLD.dry IS DISTINCT FROM NEW.dry OR OLD.rest IS DISTINCT FROM NEW.rest)"
                ),
                func="""
                    IF EXISTS (SELECT FROM funds_reservation WHERE line_id = NEW.id)
                       OR EXISTS (SELECT FROM funds_closing WHERE line_id = NEW.id AND state = 'open')
                    THEN RAISE EXCEPTION 'pgtrigger: rule_stands_once_used: money was held on line %, or a closing is open', NEW.uid;
                    END IF;
                    RETURN NEW;
                """,
            ),
        )

    def __str__(self) -> str:
        return f"{self.year} {self.region_id} {self.source_id} {self.benefit}"

    @property
    def free(self) -> int:
        """What may still be reserved, in fen."""
        return self.allotted - self.reserved - self.spent


class RuleChange(models.Model):
    """What a line does when it runs dry, declared anew before any money was held on it: from what to what, and why."""

    line = models.ForeignKey(Line, models.PROTECT, related_name="rule_changes")
    dry_before = models.CharField("原来用完时", max_length=16, choices=Line.Dry)
    rest_before = models.CharField("原来发放后", max_length=8, choices=Line.Rest)
    dry = models.CharField("额度用完时", max_length=16, choices=Line.Dry)
    rest = models.CharField("按比例发放后", max_length=8, choices=Line.Rest)
    reason = models.CharField("理由", max_length=500)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField("时间", db_default=Now())

    class Meta:
        verbose_name = "额度规则变动"
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(name="rule_change_has_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="rule_change_of_something", condition=~Q(dry_before=F("dry")) | ~Q(rest_before=F("rest"))
            ),
        )
        triggers = ADDED_ONLY

    def __str__(self) -> str:
        return f"{self.line_id} {self.dry_before} → {self.dry}"


class Share(models.Model):
    """Which part of a line's cost a tier of government bears, in thousandths; a line's shares sum to 1,000."""

    class Tier(models.TextChoices):
        CENTRAL = "central", gettext_lazy("中央")
        PROVINCE = "province", gettext_lazy("省")
        CITY = "city", gettext_lazy("市")
        COUNTY = "county", gettext_lazy("区县")
        TOWN = "town", gettext_lazy("镇街")

    line = models.ForeignKey(Line, models.PROTECT, related_name="shares")
    tier = models.CharField("层级", max_length=16, choices=Tier)
    thousandths = models.PositiveSmallIntegerField("分担（‰）")

    class Meta:
        verbose_name = "分担比例"
        constraints = (
            models.UniqueConstraint(name="share_once", fields=("line", "tier")),
            models.CheckConstraint(name="share_in_bounds", condition=Q(thousandths__gte=1, thousandths__lte=1000)),
        )
        triggers = (
            pgtrigger.Protect(name="kept", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="whole",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                declare=[("total", "bigint")],
                func="""
                    SELECT sum(thousandths) INTO total FROM funds_share WHERE line_id = NEW.line_id;
                    IF total <> 1000
                    THEN RAISE EXCEPTION 'pgtrigger: whole: shares of line % sum to % thousandths, not 1000',
                                         NEW.line_id, total;
                    END IF;
                    RETURN NULL;
                """,
            ),
        )

    def __str__(self) -> str:
        return f"{self.line_id} {self.tier} {self.thousandths}‰"


class Allotment(models.Model):
    """Money given to a line, or taken from it, by a document.  Asked for by one person, approved by another;
    it counts from its approval."""

    class Kind(models.TextChoices):
        ORIGINAL = "original", gettext_lazy("年初预算")
        ADDITION = "addition", gettext_lazy("追加")
        REDUCTION = "reduction", gettext_lazy("调减")
        CARRIED_IN = "carried_in", gettext_lazy("上年结转")
        CARRIED_OUT = "carried_out", gettext_lazy("结转下年")
        OPENING = "opening", gettext_lazy("接管时的额度")

    uid = models.UUIDField("外部编号", default=uuid.uuid4, unique=True, editable=False)
    line = models.ForeignKey(Line, models.PROTECT, related_name="allotments")
    kind = models.CharField("类别", max_length=16, choices=Kind)
    amount = models.BigIntegerField("金额（分）")
    document = models.CharField("依据文号", max_length=80)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField("提出时间", db_default=Now())
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField("批准时间", null=True, blank=True)

    class Meta:
        verbose_name = "额度变动"
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                name="allotment_sign",
                condition=Q(kind__in=("reduction", "carried_out"), amount__lt=0)
                | ~Q(kind__in=("reduction", "carried_out")) & Q(amount__gt=0),
            ),
            models.CheckConstraint(
                name="allotment_by_another", condition=Q(approved_by=None) | ~Q(approved_by=F("asked_by"))
            ),
            models.CheckConstraint(
                name="allotment_approved_whole",
                condition=Q(approved_by=None, approved_at=None)
                | Q(approved_by__isnull=False, approved_at__isnull=False),
            ),
            models.CheckConstraint(name="allotment_has_document", condition=~Q(document="")),
        )
        triggers = (
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
            by_two("by_two_humans", "asked_by_id", "approved_by_id"),
            pgtrigger.Trigger(
                name="counts_once_approved",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                    IF TG_OP = 'UPDATE' AND (OLD.approved_by_id IS NOT NULL
                       OR ROW(OLD.uid, OLD.line_id, OLD.kind, OLD.amount, OLD.document, OLD.asked_by_id)
                          IS DISTINCT FROM ROW(NEW.uid, NEW.line_id, NEW.kind, NEW.amount, NEW.document, NEW.asked_by_id))
                    THEN RAISE EXCEPTION 'pgtrigger: counts_once_approved: allotment % does not change', OLD.uid;
                    END IF;
                    IF NEW.approved_by_id IS NOT NULL THEN
                        IF NEW.kind NOT IN ('carried_out') AND EXISTS (
                            SELECT FROM funds_line WHERE id = NEW.line_id AND frozen_at IS NOT NULL)
                        THEN RAISE EXCEPTION 'pgtrigger: counts_once_approved: line % is frozen', NEW.line_id;
                        END IF;
                        UPDATE funds_line SET allotted = allotted + NEW.amount WHERE id = NEW.line_id;
                    END IF;
                    RETURN NULL;
                """,
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.amount} → {self.line_id}"
