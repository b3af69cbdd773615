"""Panels (评审组), their members, scores and minutes; figures that an auditor found."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from huijiang.accounts.models import User
from huijiang.claims import triggers, triggers_rounds
from huijiang.claims.models.claim import Claim
from huijiang.claims.models.decision import Determination
from huijiang.claims.models.rounds import Round


class Panel(models.Model):
    """Those who judge the claims of a round.

    `criteria`: [{id, name, weight}], weights in thousandths that sum to 1000; each is scored 0–100.  Scores are sealed
    until `opened_at`: all are in, or the day `due_on` is over.
    """

    round = models.OneToOneField(Round, models.PROTECT, related_name="panel")
    criteria = models.JSONField("评分项", default=list)
    least = models.PositiveSmallIntegerField("最少人数", default=3)
    due_on = models.DateField("评分截止")
    opened_at = models.DateTimeField("启封时间", null=True)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = "评审组"
        constraints = (models.CheckConstraint(name="panel_of_some", condition=Q(least__gte=1)),)
        triggers = (
            *triggers.NEVER_DELETED,
            triggers_rounds.CRITERIA_WEIGHED,
            triggers.once("opened_once", "opened_at", words="a panel stays as it was made; its scores are opened once"),
        )

    def __str__(self) -> str:
        return f"{self.round_id}"


class PanelMember(models.Model):
    """Somebody on a panel, named by one and confirmed by another, until they leave it.  The chair does not score."""

    panel = models.ForeignKey(Panel, models.PROTECT, related_name="members")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    chairs = models.BooleanField("组长", default=False)
    appointed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    appointed_at = models.DateTimeField(db_default=Now())
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField("确认时间", null=True)
    left_at = models.DateTimeField("退出时间", null=True)

    class Meta:
        verbose_name = "评审人"
        constraints = (
            models.UniqueConstraint(name="panel_member_once", fields=("panel", "user"), condition=Q(left_at=None)),
            models.UniqueConstraint(name="panel_one_chair", fields=("panel",), condition=Q(left_at=None, chairs=True)),
            models.CheckConstraint(name="panel_member_by_another", condition=~Q(user=F("appointed_by"))),
            models.CheckConstraint(name="panel_member_confirmed_by_a_third", condition=Q(confirmed_by=None, confirmed_at=None) | (
                Q(confirmed_by__isnull=False, confirmed_at__isnull=False) & ~Q(confirmed_by=F("appointed_by")) & ~Q(confirmed_by=F("user")))),
        )  # fmt: skip
        triggers = (*triggers.NEVER_DELETED, triggers_rounds.MEMBER_AS_NAMED)

    def __str__(self) -> str:
        return f"{self.panel_id} {self.user_id}"


class Score(models.Model):
    """One member's points for one claim; a signing act stands beside it (kind panel_score).

    `points`: criterion → 0–100; `total` = Σ points × weight, thousandths of a point (0–100,000).
    """

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
        triggers = (*triggers.ADDED_ONLY, triggers_rounds.SCORED_BY_THE_PANEL)

    def __str__(self) -> str:
        return f"{self.claim_id} {self.member_id}"


class Minutes(models.Model):
    """What a panel resolved and why; signed by its chair (acts of kind minutes on each claim), who scored nothing."""

    uid = models.UUIDField("外部编号", default=uuid.uuid4, unique=True, editable=False)
    panel = models.OneToOneField(Panel, models.PROTECT, related_name="minutes")
    held_on = models.DateField("会议日期")
    words = models.TextField("纪要", max_length=10_000)
    digest = models.CharField("摘要", max_length=64)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = "评审纪要"
        constraints = (
            models.CheckConstraint(name="minutes_say_something", condition=~Q(words="")),
            models.CheckConstraint(name="minutes_digest", condition=Q(digest__regex="^[0-9a-f]{64}$")),
        )
        triggers = (*triggers.ADDED_ONLY, triggers_rounds.MINUTES_BY_THE_CHAIR)

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
            models.CheckConstraint(name="minutes_award", condition=Q(award=None) | Q(award__gt=0)),
        )
        triggers = triggers.ADDED_ONLY

    def __str__(self) -> str:
        return f"{self.minutes_id} {self.claim_id}"


class AuditedCost(models.Model):
    """An auditor's figure for one claim, with its paper: the determination takes the lower of it and what the text allows.

    `cost` fen as audited, of all periods that have begun; `paper` the report's file uid (`files`), `digest` of its content.
    """

    uid = models.UUIDField("外部编号", default=uuid.uuid4, unique=True, editable=False)
    claim = models.ForeignKey(Claim, models.PROTECT, related_name="audited_costs")
    determination = models.OneToOneField(Determination, models.PROTECT, related_name="audited_cost")
    auditor = models.CharField("审计单位", max_length=120)
    report = models.CharField("报告文号", max_length=80)
    reported_on = models.DateField("报告日期")
    cost = models.BigIntegerField("审定金额（分）")
    paper = models.UUIDField("审计报告")
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = "审定成本"
        constraints = (
            models.CheckConstraint(name="audited_something", condition=Q(cost__gt=0) & ~Q(auditor="") & ~Q(report="")),
        )
        triggers = (*triggers.ADDED_ONLY, triggers_rounds.NO_MORE_THAN_AUDITED)

    def __str__(self) -> str:
        return f"{self.claim_id} {self.report}"
