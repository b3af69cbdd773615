"""Benefits for which the text names no source of money: a question with a number, answered by two people of the place."""

from __future__ import annotations

import uuid

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from huijiang.access.two_people import by_two
from huijiang.accounts.models import User
from huijiang.funds.models.budget import Source
from huijiang.regions.models import Region


class FundQuestion(models.Model):
    """From which source a benefit is paid here.  Opened by the first claim that waits for it; one proposes a source with
    the document and the reason, another decides; decided it does not change."""

    uid = models.UUIDField("外部编号", default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField("编号", max_length=16, unique=True)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    benefit = models.CharField("项目", max_length=128)
    words = models.CharField("文件中的称呼", max_length=64, blank=True)
    opened_at = models.DateTimeField("提出时间", db_default=Now())
    source = models.ForeignKey(Source, models.PROTECT, null=True, blank=True, related_name="+")
    document = models.CharField("依据文号", max_length=80, blank=True)
    reason = models.CharField("理由", max_length=500, blank=True)
    proposed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    proposed_at = models.DateTimeField("提出来源", null=True, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField("决定时间", null=True, blank=True)

    class Meta:
        verbose_name = "待定资金来源"
        ordering = ("decided_at", "id")
        constraints = (
            models.UniqueConstraint(name="fund_question_once", fields=("region", "benefit")),
            models.CheckConstraint(
                name="fund_question_proposed_whole",
                condition=Q(proposed_by=None, proposed_at=None, source=None, document="", reason="")
                | Q(proposed_by__isnull=False, proposed_at__isnull=False, source__isnull=False)
                & ~Q(document="") & ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="fund_question_by_two",
                condition=Q(decided_by=None, decided_at=None)
                | Q(decided_by__isnull=False, decided_at__isnull=False, proposed_by__isnull=False) & ~Q(decided_by=F("proposed_by")),
            ),
        )  # fmt: skip
        triggers = (
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
            by_two("by_two_humans", "proposed_by_id", "decided_by_id"),
            pgtrigger.Trigger(
                name="decided_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF OLD.decided_at IS NOT NULL OR ROW(OLD.uid, OLD.number, OLD.region_id, OLD.benefit, OLD.words)
                       IS DISTINCT FROM ROW(NEW.uid, NEW.number, NEW.region_id, NEW.benefit, NEW.words)
                    THEN RAISE EXCEPTION 'pgtrigger: decided_once: question % does not change', OLD.number;
                    END IF;
                    IF NEW.decided_at IS NOT NULL AND ROW(OLD.source_id, OLD.document, OLD.reason, OLD.proposed_by_id)
                       IS DISTINCT FROM ROW(NEW.source_id, NEW.document, NEW.reason, NEW.proposed_by_id)
                    THEN RAISE EXCEPTION 'pgtrigger: decided_once: what is decided on % is what was proposed', OLD.number;
                    END IF;
                    RETURN NEW;
                """,
            ),
        )

    def __str__(self) -> str:
        return self.number
