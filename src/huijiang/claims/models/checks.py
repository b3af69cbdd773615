"""What verifiers found about a claim."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import translation
from django.utils.translation import gettext_lazy

from huijiang.accounts.models import User
from huijiang.claims import triggers
from huijiang.claims.models.claim import Claim
from huijiang.claims.models.decision import Determination


class Verdict(models.TextChoices):
    PASSED = "passed", gettext_lazy("通过")
    FAILED = "failed", gettext_lazy("不符")
    NO_DATA = "no_data", gettext_lazy("没有数据")


class Severity(models.TextChoices):
    BLOCK = "block", gettext_lazy("拦截")
    REVIEW = "review", gettext_lazy("人工核实")
    SCORE = "score", gettext_lazy("计分")


class Judgement(models.TextChoices):
    """What a person made of a hit."""

    CLEARED = "cleared", gettext_lazy("核实无误")
    CONFIRMED = "confirmed", gettext_lazy("属实")


LABELS: dict[str, Any] = {}
"""Verifier → its name for people, filled by `verifiers.table`."""


class Check(models.Model):
    """One finding of a verifier or of a risk block, with the block's name, clause and version as they were.  `evidence` holds row ids, codes and digests; of death, custody and disability only
    the verdict is kept.  A hit is cleared or confirmed by a person, once."""

    uid = models.UUIDField("外部编号", default=uuid.uuid4, unique=True, editable=False)
    claim = models.ForeignKey(Claim, models.PROTECT, related_name="checks")
    determination = models.ForeignKey(Determination, models.PROTECT, null=True, related_name="checks")
    verifier = models.CharField("核验项", max_length=128, help_text="核验项，或 文件编号#块")
    name = models.CharField("规则名称", max_length=80, blank=True, default="")
    rule = models.CharField("规则编号", max_length=8, blank=True, default="")
    clause = models.CharField("文号和条款", max_length=200, blank=True, default="", help_text="空：不是文件里的规则")
    version = models.CharField("规则版本", max_length=64)
    verdict = models.CharField("结果", max_length=8, choices=Verdict)
    severity = models.CharField("处理", max_length=8, choices=Severity)
    score = models.SmallIntegerField("分值", default=0)
    words = models.CharField("说明", max_length=300, blank=True)
    evidence = models.JSONField("依据", default=dict)
    at = models.DateTimeField("时间", db_default=Now())
    judgement = models.CharField("人工判断", max_length=12, choices=Judgement, blank=True)
    judged_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    judged_at = models.DateTimeField("判断时间", null=True)
    judged_because = models.CharField("判断理由", max_length=500, blank=True)

    class Meta:
        verbose_name = "核验"
        ordering = ("claim", "id")
        constraints = (
            models.CheckConstraint(name="check_judged_whole", condition=Q(judgement="", judged_by=None, judged_at=None, judged_because="") | (
                ~Q(judgement="") & Q(judged_by__isnull=False, judged_at__isnull=False) & ~Q(judged_because=""))),
        )  # fmt: skip
        indexes = (
            models.Index(name="check_of_claim", fields=("claim", "verifier", "-id")),
            models.Index(name="check_hits", fields=("verifier", "-id"), condition=Q(verdict="failed")),
        )
        triggers = (
            *triggers.NEVER_DELETED,
            triggers.once("judged_once", "judgement", "judged_by_id", "judged_at", "judged_because", words="a finding is judged once"),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.claim_id} {self.verifier} {self.verdict}"

    @property
    def label(self) -> str:
        """The check's name as the case has it, in Chinese; rows of other makers keep their key."""
        with translation.override("zh-hans"):
            return str(self.shown)

    @property
    def block(self) -> str:
        """The block's own id; empty for a verifier in code."""
        return self.verifier.partition("#")[2]

    @property
    def shown(self) -> Any:
        """The name in the reader's language where it is ours; a document's rule keeps the document's words."""
        return self.name or LABELS.get(self.verifier, self.verifier)
