"""Rounds (申报批次), who has a place in them, and claims that were let in late."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy

from huijiang.access.two_people import by_two
from huijiang.accounts.models import User
from huijiang.claims import triggers, triggers_rounds
from huijiang.claims.models.claim import BENEFIT, Claim
from huijiang.regions.models import Region


class Ranking(models.TextChoices):
    NONE = "none", gettext_lazy("不排序")
    TIME = "time", gettext_lazy("先到先得")
    SCORE = "score", gettext_lazy("按评审得分")
    FACT = "fact", gettext_lazy("按一项登记事实")


class Late(models.TextChoices):
    REFUSE = "refuse", gettext_lazy("逾期不收")
    NEXT = "next", gettext_lazy("转入下一批")
    ACCEPT = "accept", gettext_lazy("经办人写明理由可收")


class Ties(models.TextChoices):
    TIME = "time", gettext_lazy("先提交的在前")
    CRITERION = "criterion", gettext_lazy("首个评分项得分高的在前，再看提交先后")


class Round(models.Model):
    """When claims of some benefits may come in together, how many can win, and by what.

    `quota` counts claims, `quota_money` is fen; either, both or none.  `fact` is `table.column` of the event's own row
    or of whom it pays.  Published by somebody other than its maker, it changes no more but to be settled.
    """

    uid = models.UUIDField("外部编号", default=uuid.uuid4, unique=True, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    name = models.CharField("名称", max_length=120)
    benefits = ArrayField(models.CharField(max_length=BENEFIT), verbose_name="项目")
    opens_at = models.DateTimeField("开始申报")
    closes_at = models.DateTimeField("截止申报")
    quota = models.PositiveIntegerField("名额", null=True, blank=True)
    quota_money = models.BigIntegerField("资金总额（分）", null=True, blank=True)
    ranking = models.CharField("排序", max_length=8, choices=Ranking, default=Ranking.NONE)
    fact = models.CharField("排序依据的事实", max_length=80, blank=True)
    lowest_first = models.BooleanField("数小的在前", default=False)
    ties = models.CharField("同分", max_length=12, choices=Ties, default=Ties.TIME)
    late = models.CharField("逾期", max_length=8, choices=Late, default=Late.REFUSE)
    standing_after = models.BooleanField("本批结束后常年受理", default=False)
    words = models.TextField("说明", max_length=2_000, blank=True)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=Now())
    published_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    published_at = models.DateTimeField("发布时间", null=True, blank=True)
    settled_at = models.DateTimeField("结果确定", null=True, blank=True)

    class Meta:
        verbose_name = "申报批次"
        ordering = ("-opens_at",)
        constraints = (
            models.CheckConstraint(name="round_opens_first", condition=Q(opens_at__lt=F("closes_at"))),
            models.CheckConstraint(name="round_of_something", condition=~Q(benefits=[])),
            models.CheckConstraint(name="round_quota", condition=Q(quota=None) | Q(quota__gt=0)),
            models.CheckConstraint(name="round_quota_money", condition=Q(quota_money=None) | Q(quota_money__gt=0)),
            models.CheckConstraint(name="round_cut_by_an_order", condition=~Q(ranking="none") | Q(quota=None, quota_money=None)),
            models.CheckConstraint(name="round_ranks_by_its_fact", condition=Q(ranking="fact") & ~Q(fact="") | ~Q(ranking="fact") & Q(fact="")),
            models.CheckConstraint(name="round_ties_by_scores", condition=Q(ties="time") | Q(ranking="score")),
            models.CheckConstraint(name="round_published_by_another", condition=Q(published_at=None, published_by=None) | (
                Q(published_at__isnull=False, published_by__isnull=False) & ~Q(published_by=F("made_by")))),
            models.CheckConstraint(name="round_settled_after_publishing", condition=Q(settled_at=None) | Q(published_at__isnull=False)),
            models.CheckConstraint(name="round_settled_once_closed", condition=Q(settled_at=None) | Q(settled_at__gte=F("closes_at"))),
        )  # fmt: skip
        triggers = (
            *triggers.NEVER_DELETED,
            triggers_rounds.ROUND_AS_PUBLISHED,
            by_two("by_two_humans", "made_by_id", "published_by_id"),
        )

    def __str__(self) -> str:
        return self.name


class Place(models.Model):
    """Where a claim came out.  `mark` thousandths of a point (or the fact's figure), `amount` fen that it takes of the
    money, `rank` within the round from 1; a reserve moves up when somebody before it falls away."""

    class Standing(models.TextChoices):
        IN = "in", gettext_lazy("入选")
        RESERVE = "reserve", gettext_lazy("候补")
        OUT = "out", gettext_lazy("未评审")

    round = models.ForeignKey(Round, models.PROTECT, related_name="places")
    claim = models.OneToOneField(Claim, models.PROTECT, related_name="place")
    rank = models.PositiveIntegerField("名次", null=True)
    mark = models.BigIntegerField("排序值", null=True)
    amount = models.BigIntegerField("金额（分）", null=True)
    standing = models.CharField("结果", max_length=8, choices=Standing)
    at = models.DateTimeField("时间", db_default=Now())
    moved_up_at = models.DateTimeField("递补时间", null=True)
    lost_at = models.DateTimeField("退出时间", null=True)

    class Meta:
        verbose_name = "批次名次"
        ordering = ("round", F("rank").asc(nulls_last=True), "id")
        constraints = (
            models.UniqueConstraint(name="place_one_a_rank", fields=("round", "rank")),
            models.CheckConstraint(name="place_ranked_or_out", condition=Q(standing="out", rank=None) | Q(standing__in=("in", "reserve"), rank__isnull=False, rank__gte=1)),
            models.CheckConstraint(name="place_amount", condition=Q(amount=None) | Q(amount__gte=0)),
            models.CheckConstraint(name="place_moved_up_is_in", condition=Q(moved_up_at=None) | Q(standing="in")),
        )  # fmt: skip
        triggers = (*triggers.NEVER_DELETED, triggers_rounds.PLACE_WITHIN_THE_QUOTA)

    def __str__(self) -> str:
        return f"{self.round_id} {self.rank} {self.standing}"


class LateEntry(models.Model):
    """An officer lets one claim in after the end of its round, and says why."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="late_entries")
    claim = models.ForeignKey(Claim, models.PROTECT, related_name="late_entries")
    reason = models.CharField("理由", max_length=500)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = "逾期准入"
        constraints = (
            models.UniqueConstraint(name="late_entry_once", fields=("round", "claim")),
            models.CheckConstraint(name="late_entry_with_reason", condition=~Q(reason="")),
        )
        triggers = triggers.ADDED_ONLY

    def __str__(self) -> str:
        return f"{self.round_id} {self.claim_id}"
