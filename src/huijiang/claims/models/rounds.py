"""Rounds (申报批次), their panels, scores and minutes."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy

from huijiang.accounts.models import User
from huijiang.claims import triggers
from huijiang.claims.models.claim import BENEFIT, Claim
from huijiang.regions.models import Region


class Ranking(models.TextChoices):
    NONE = "none", gettext_lazy("不排序")
    TIME = "time", gettext_lazy("先到先得")
    SCORE = "score", gettext_lazy("按评审得分")


class Late(models.TextChoices):
    REFUSE = "refuse", gettext_lazy("逾期不收")
    NEXT = "next", gettext_lazy("转入下一批")


class Round(models.Model):
    """When claims of some benefits may come in together, how many can win, and by what."""

    uid = models.UUIDField("外部编号", default=uuid.uuid4, unique=True, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    name = models.CharField("名称", max_length=120)
    benefits = ArrayField(models.CharField(max_length=BENEFIT), verbose_name="项目")
    opens_at = models.DateTimeField("开始申报")
    closes_at = models.DateTimeField("截止申报")
    quota = models.PositiveIntegerField("名额", null=True, blank=True)
    ranking = models.CharField("排序", max_length=8, choices=Ranking, default=Ranking.NONE)
    late = models.CharField("逾期", max_length=8, choices=Late, default=Late.REFUSE)
    words = models.TextField("说明", max_length=2_000, blank=True)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=Now())
    published_at = models.DateTimeField("发布时间", null=True, blank=True)
    settled_at = models.DateTimeField("结果确定", null=True, blank=True)

    class Meta:
        verbose_name = "申报批次"
        ordering = ("-opens_at",)
        constraints = (
            models.CheckConstraint(name="round_opens_first", condition=Q(opens_at__lt=F("closes_at"))),
            models.CheckConstraint(name="round_of_something", condition=~Q(benefits=[])),
            models.CheckConstraint(name="round_quota", condition=Q(quota=None) | Q(quota__gt=0)),
            models.CheckConstraint(name="round_settled_after_publishing", condition=Q(settled_at=None) | Q(published_at__isnull=False)),
        )  # fmt: skip
        triggers = triggers.NEVER_DELETED

    def __str__(self) -> str:
        return self.name


class Panel(models.Model):
    """Those who judge the claims of a round.  `criteria`: [{id, name, most}] in whole points."""

    round = models.OneToOneField(Round, models.PROTECT, related_name="panel")
    criteria = models.JSONField("评分项", default=list)
    least = models.PositiveSmallIntegerField("最少人数", default=3)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = "评审组"
        constraints = (models.CheckConstraint(name="panel_of_some", condition=Q(least__gte=1)),)
        triggers = triggers.NEVER_DELETED

    def __str__(self) -> str:
        return f"{self.round_id}"


class PanelMember(models.Model):
    """Somebody on a panel, until they leave it."""

    panel = models.ForeignKey(Panel, models.PROTECT, related_name="members")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    chairs = models.BooleanField("组长", default=False)
    appointed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    appointed_at = models.DateTimeField(db_default=Now())
    left_at = models.DateTimeField("退出时间", null=True)

    class Meta:
        verbose_name = "评审人"
        constraints = (
            models.UniqueConstraint(name="panel_member_once", fields=("panel", "user"), condition=Q(left_at=None)),
            models.UniqueConstraint(name="panel_one_chair", fields=("panel",), condition=Q(left_at=None, chairs=True)),
            models.CheckConstraint(name="panel_member_by_another", condition=~Q(user=F("appointed_by"))),
        )
        triggers = (*triggers.NEVER_DELETED, triggers.once("left_once", "left_at", words="a member leaves once"))

    def __str__(self) -> str:
        return f"{self.panel_id} {self.user_id}"


class Score(models.Model):
    """One member's points for one claim; a signing act stands beside it (kind panel_score)."""

    panel = models.ForeignKey(Panel, models.PROTECT, related_name="scores")
    claim = models.ForeignKey(Claim, models.PROTECT, related_name="scores")
    member = models.ForeignKey(PanelMember, models.PROTECT, related_name="scores")
    points = models.JSONField("分项得分", help_text="评分项 → 分")
    total = models.PositiveIntegerField("总分")
    words = models.CharField("评语", max_length=1_000, blank=True)
    at = models.DateTimeField("时间", db_default=Now())

    class Meta:
        verbose_name = "评分"
        constraints = (models.UniqueConstraint(name="score_once", fields=("claim", "member")),)
        triggers = triggers.ADDED_ONLY

    def __str__(self) -> str:
        return f"{self.claim_id} {self.total}"


class Minutes(models.Model):
    """What a panel resolved; signed by its members (acts of kind minutes on each claim)."""

    uid = models.UUIDField("外部编号", default=uuid.uuid4, unique=True, editable=False)
    panel = models.ForeignKey(Panel, models.PROTECT, related_name="minutes")
    held_on = models.DateField("会议日期")
    words = models.TextField("纪要", max_length=10_000)
    digest = models.CharField("摘要", max_length=64)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = "评审纪要"
        constraints = (models.CheckConstraint(name="minutes_say_something", condition=~Q(words="")),)
        triggers = triggers.ADDED_ONLY

    def __str__(self) -> str:
        return f"{self.uid}"


class MinutesLine(models.Model):
    """What the panel gives one claim: its rank, whether it wins, and how much (fen)."""

    minutes = models.ForeignKey(Minutes, models.PROTECT, related_name="lines")
    claim = models.ForeignKey(Claim, models.PROTECT, related_name="minutes_lines")
    rank = models.PositiveIntegerField("名次", null=True)
    wins = models.BooleanField("入选")
    award = models.BigIntegerField("评定金额（分）", null=True)

    class Meta:
        verbose_name = "评审结果"
        constraints = (
            models.UniqueConstraint(name="minutes_line_once", fields=("minutes", "claim")),
            models.CheckConstraint(name="minutes_award", condition=Q(award=None) | Q(award__gt=0, wins=True)),
        )
        triggers = triggers.ADDED_ONLY

    def __str__(self) -> str:
        return f"{self.minutes_id} {self.claim_id}"
