"""What was determined, and who signed it."""

from __future__ import annotations

import uuid

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy

from huijiang.accounts.models import User
from huijiang.claims import triggers, triggers_aliases
from huijiang.claims.models.claim import Claim
from huijiang.registry.models import Organisation, Person
from huijiang.sealed import SealedText


class Basis(models.TextChoices):
    """What makes an amount a point."""

    RULE = "rule", gettext_lazy("文件定额")
    LOCAL_RULE = "local_rule", gettext_lazy("本地规定")
    AUDITED_COST = "audited_cost", gettext_lazy("审定成本")
    ASSESSED_AWARD = "assessed_award", gettext_lazy("评审确定")


class Outcome(models.TextChoices):
    """What the rules say; a refusal is still a person's to make."""

    ENTITLED = "entitled", gettext_lazy("符合")
    UNKNOWN = "unknown", gettext_lazy("还不能判断")
    EXCLUDED = "excluded", gettext_lazy("符合，但不重复享受")
    REFUSED = "refused", gettext_lazy("不符合")
    NOT_IN_FORCE = "not in force", gettext_lazy("文件不在有效期")


class Determination(models.Model):
    """What the rules of one release make of frozen facts.  Never changed: new facts make a new one.

    Money in fen, `high` empty is open: both are of the periods begun by `on`; `later` is what further periods may add
    under the same signatures, each once its facts hold.  `facts` are the rows that were read, without names and numbers; `body` the
    conditions, the working and the lines, as canonical JSON.  `digest` is over all of it (`freezing.digest_of`), and
    is what signatures cover.
    """

    uid = models.UUIDField("外部编号", default=uuid.uuid4, unique=True, editable=False)
    claim = models.ForeignKey(Claim, models.PROTECT, related_name="determinations")
    number = models.PositiveSmallIntegerField("次序")
    release = models.CharField("规则摘要", max_length=64)
    engine = models.CharField("引擎版本", max_length=32)
    on = models.DateField("判断日期")
    outcome = models.CharField("结论", max_length=16, choices=Outcome)
    low = models.BigIntegerField("至少（分）")
    high = models.BigIntegerField("至多（分）", null=True)
    point = models.BigIntegerField("核定金额（分）", null=True)
    later = models.BigIntegerField("以后各期至多（分）", null=True, default=0, help_text="空：不封顶")
    basis = models.CharField("金额依据", max_length=16, choices=Basis, blank=True)
    basis_words = models.CharField("依据说明", max_length=500, blank=True)
    facts = SealedText("冻结的事实", context="determination.facts")
    body = SealedText("条件与计算", context="determination.body")
    digest = models.CharField("摘要", max_length=64)
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", help_text="空：系统核算")
    made_at = models.DateTimeField("时间", db_default=Now())

    class Meta:
        verbose_name = "核定"
        ordering = ("claim", "number")
        constraints = (
            models.UniqueConstraint(name="determination_in_order", fields=("claim", "number")),
            models.CheckConstraint(name="determination_bounds", condition=Q(low__gte=0) & (Q(high=None) | Q(high__gte=F("low")))),
            models.CheckConstraint(name="determination_point_has_basis", condition=Q(point=None, basis="") | Q(
                point__isnull=False, point__gte=0, outcome="entitled") & ~Q(basis="")),
            models.CheckConstraint(name="determination_point_within", condition=Q(point=None) | Q(point__gte=F("low")) & (
                Q(high=None) | Q(point__lte=F("high")))),
            models.CheckConstraint(name="determination_rule_fixes_its_point", condition=~Q(basis__in=("rule", "local_rule")) | Q(
                point=F("low"), high=F("low"))),
            models.CheckConstraint(name="determination_person_fixes_the_rest", condition=~Q(basis__in=("audited_cost", "assessed_award")) | (
                Q(made_by__isnull=False) & ~Q(basis_words=""))),
            models.CheckConstraint(name="determination_later", condition=Q(later=None) | Q(later__gte=0)),
            models.CheckConstraint(name="determination_digest", condition=Q(digest__regex="^[0-9a-f]{64}$")),
        )  # fmt: skip
        triggers = (
            *triggers.NEVER_DELETED,
            triggers.DETERMINED_AS_IT_WAS,
            triggers.DETERMINED_IN_ORDER,
            triggers.SIGNATURES_VOIDED,
        )

    def __str__(self) -> str:
        return f"{self.claim_id} {self.number} {self.digest[:12]}"


class Kind(models.TextChoices):
    """What somebody signs.  One person signs one kind on a claim, over the whole chain."""

    INTAKE = "intake", gettext_lazy("受理")
    REVIEW = "review", gettext_lazy("审核")
    SECOND_REVIEW = "second_review", gettext_lazy("复核签署")
    REFUSAL = "refusal", gettext_lazy("不予支持")
    PANEL_SCORE = "panel_score", gettext_lazy("评审打分")
    MINUTES = "minutes", gettext_lazy("评审纪要")
    OBJECTION_ANSWER = "objection_answer", gettext_lazy("答复异议")
    FINANCE = "finance", gettext_lazy("财务签署")
    RELEASE = "release", gettext_lazy("拨付放行")


REPEATED = (Kind.FINANCE, Kind.RELEASE)
"""Kinds that a person may sign again on the same claim for another payment (`occasion`: the batch)."""


class Opinion(models.Model):
    """What was found of a condition that the text leaves to somebody's judgement (`judged by …`), with its basis; the
    last of a label counts.  A determination freezes it with the facts, so that signatures cover it."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="opinions")
    label = models.CharField("条件", max_length=200)
    judge = models.CharField("由谁认定", max_length=100, help_text="文件留给谁判断")
    met = models.BooleanField("是否符合")
    words = models.CharField("依据", max_length=500)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField("时间", db_default=Now())

    class Meta:
        verbose_name = "认定意见"
        ordering = ("claim", "id")
        constraints = (
            models.CheckConstraint(name="opinion_says_why", condition=~Q(words="") & ~Q(label="") & ~Q(judge="")),
        )
        triggers = (*triggers.ADDED_ONLY, triggers.JUDGED_IN_REVIEW)

    def __str__(self) -> str:
        return f"{self.claim_id} {self.label}"


class Act(models.Model):
    """A signature.  `human` is the natural person behind the account (`humans.human_of`).

    Law: nobody signs two kinds on one claim, nor one kind twice, except a later payment's batch; nobody signs what
    they or a declared relation gain from.
    """

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="acts")
    human = models.CharField("自然人", max_length=64)
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    kind = models.CharField("签署事项", max_length=20, choices=Kind)
    occasion = models.CharField("批次", max_length=64, blank=True, help_text="拨付批次的外部编号；其他签署为空")
    determination = models.ForeignKey(Determination, models.PROTECT, null=True, related_name="acts")
    digest = models.CharField("核定摘要", max_length=64, blank=True)
    at = models.DateTimeField("时间", db_default=Now())
    voided_at = models.DateTimeField("失效时间", null=True)
    voided_because = models.CharField("失效原因", max_length=200, blank=True)

    class Meta:
        verbose_name = "签署"
        ordering = ("claim", "id")
        constraints = (
            ExclusionConstraint(
                name="act_one_kind_a_person",
                expressions=[("claim", RangeOperators.EQUAL), ("human", RangeOperators.EQUAL), ("kind", RangeOperators.NOT_EQUAL)],
                condition=Q(voided_at=None),
            ),
            models.UniqueConstraint(name="act_once_a_person", fields=("claim", "human", "occasion"), condition=Q(voided_at=None)),
            models.CheckConstraint(name="act_occasion_of_payments", condition=Q(occasion="") ^ Q(kind__in=REPEATED)),
            models.CheckConstraint(name="act_has_a_human", condition=~Q(human="")),
            models.CheckConstraint(name="act_covers_a_digest", condition=(
                Q(determination=None, digest="", kind__in=("intake", "refusal", "objection_answer")) | Q(determination__isnull=False, digest__regex="^[0-9a-f]{64}$"))),
            models.CheckConstraint(name="act_voided_with_reason", condition=Q(voided_at=None, voided_because="") | Q(voided_at__isnull=False) & ~Q(voided_because="")),
        )  # fmt: skip
        indexes = (models.Index(name="act_of_user", fields=("user", "-at")),)
        triggers = (*triggers.NEVER_DELETED, triggers.SIGNED_BY_NOBODY_WHO_GAINS, triggers_aliases.STANDS_ASIDE_FOR_ALIASES,
                    triggers.ACT_VOIDED_BY_FACTS, triggers.SIGNED_BY_AS_MANY_HUMANS)  # fmt: skip

    def __str__(self) -> str:
        return f"{self.claim_id} {self.kind}"


class Relation(models.Model):
    """A member of staff declares: this person is close to me, or I have a stake in this organisation."""

    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    words = models.CharField("关系", max_length=120)
    declared_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    declared_at = models.DateTimeField("申报时间", db_default=Now())
    ended_at = models.DateTimeField("解除时间", null=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "回避关系"
        constraints = (
            models.CheckConstraint(name="relation_to_one", condition=Q(person__isnull=False) ^ Q(organisation__isnull=False)),
            models.CheckConstraint(name="relation_ended_by_another", condition=Q(ended_at=None, ended_by=None) | (
                Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(ended_by=F("user")))),
        )  # fmt: skip
        triggers = (
            *triggers.NEVER_DELETED,
            triggers.once("ended_once", "ended_at", "ended_by_id", words="a relation ends once"),
        )

    def __str__(self) -> str:
        return f"{self.user_id} → {self.person_id or self.organisation_id}"
