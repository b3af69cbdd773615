"""What other authorities' registers answered, for a day."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from huijiang.sealed import SealedText


class RegisterAnswer(models.Model):
    """One answer about one subject (`person:12`) as of `on`; the same question is not asked twice a day.  `facts`
    is sealed JSON.  Deleted after its time (`retention`)."""

    kind = models.CharField("登记簿", max_length=32)
    subject = models.CharField("对象", max_length=40)
    on = models.DateField("所问之日")
    asked_on = models.DateField("查询日")
    outcome = models.CharField("结果", max_length=12)
    source = models.CharField("来源", max_length=64)
    as_of = models.DateField("数据日期")
    facts = SealedText("内容", context="register.answer")
    asked_at = models.DateTimeField("查询时间", db_default=Now())

    class Meta:
        verbose_name = "外部登记簿答复"
        constraints = (
            models.UniqueConstraint(name="register_answer_once_a_day", fields=("kind", "subject", "on", "asked_on")),
            models.CheckConstraint(name="register_answered", condition=Q(outcome__in=("answered", "absent"))),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.subject} {self.on}"
