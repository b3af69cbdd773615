"""A survey of employers (用工摸排): its firms, their answers in versions, the lines of an answer, uploaded workbooks."""

from __future__ import annotations

import uuid
from typing import Any, Final

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy

from huijiang.accounts.models import User
from huijiang.labour import triggers
from huijiang.labour.figures import MOST, MOST_PAY, NAMES
from huijiang.regions.models import Region
from huijiang.registry.models import Organisation

LONGEST_NOTE: Final = 300


class EmployerSurvey(models.Model):
    """One round in a region: firms answer as of `counted_on`, from `opens_on` to the end of `closes_on`.

    `chosen`: uscc of a list, codes of industries or regions, by `scope`.  Once open it is only extended or closed.
    """

    class State(models.TextChoices):
        DRAFT = "draft", gettext_lazy("未发布")
        OPEN = "open", gettext_lazy("填报中")
        CLOSED = "closed", gettext_lazy("已结束")
        DROPPED = "dropped", gettext_lazy("已作废")

    class Scope(models.TextChoices):
        ALL = "all", gettext_lazy("本地区全部企业")
        INDUSTRY = "industry", gettext_lazy("按行业")
        STREET = "street", gettext_lazy("按镇街或下级地区")
        LIST = "list", gettext_lazy("按名单")

    uid = models.UUIDField("外部编号", default=uuid.uuid4, unique=True, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    title = models.CharField("名称", max_length=120)
    counted_on = models.DateField("统计时点")
    opens_on = models.DateField("开始填报")
    closes_on = models.DateField("截止填报")
    occupations = ArrayField(models.CharField(max_length=64), verbose_name="职业（工种）")
    scope = models.CharField("范围", max_length=8, choices=Scope)
    chosen = ArrayField(models.CharField(max_length=64), verbose_name="范围里的", default=list)
    above_scale = models.BooleanField("只要规模以上", default=False)
    words = models.TextField("说明", max_length=2_000, blank=True)
    state = models.CharField("状态", max_length=8, choices=State, default=State.DRAFT)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=Now())
    opened_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField("发布时间", null=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField("结束时间", null=True)

    class Meta:
        verbose_name = "用工摸排"
        ordering = ("-counted_on", "-id")
        constraints = (
            models.CheckConstraint(name="survey_days_in_order", condition=Q(opens_on__lte=F("closes_on"))),
            models.CheckConstraint(name="survey_counted_before_it_closes", condition=Q(counted_on__lte=F("closes_on"))),
            models.CheckConstraint(name="survey_of_occupations", condition=~Q(occupations=[])),
            models.CheckConstraint(
                name="survey_scope_says_what", condition=Q(scope="all", chosen=[]) | ~Q(scope="all") & ~Q(chosen=[])
            ),
            models.CheckConstraint(
                name="survey_state_agrees",
                condition=Q(state__in=("draft", "dropped"), opened_at=None, opened_by=None, closed_at=None)
                | Q(state="open", opened_at__isnull=False, opened_by__isnull=False, closed_at=None, closed_by=None)
                | Q(state="closed", opened_at__isnull=False, closed_at__isnull=False),
            ),
        )
        triggers = (*triggers.NEVER_DELETED, triggers.SURVEY_MOVES)

    def __str__(self) -> str:
        return self.title


class SurveyedFirm(models.Model):
    """A firm that is asked, with its industry and place as they were when the survey was opened."""

    uid = models.UUIDField("外部编号", default=uuid.uuid4, unique=True, editable=False)
    survey = models.ForeignKey(EmployerSurvey, models.PROTECT, related_name="firms")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    industry = models.CharField("行业门类", max_length=64, blank=True)
    place = models.ForeignKey(Region, models.PROTECT, null=True, related_name="+")
    told_at = models.DateTimeField("通知时间", null=True)
    reminded_on = models.DateField("最近催报", null=True)

    class Meta:
        verbose_name = "摸排单位"
        constraints = (models.UniqueConstraint(name="surveyed_once", fields=("survey", "organisation")),)
        triggers = (*triggers.NEVER_DELETED, triggers.FIRM_OF_AN_OPEN_SURVEY)

    def __str__(self) -> str:
        return f"{self.survey_id} {self.organisation_id}"


class SurveyAnswer(models.Model):
    """One version of a firm's answer.  One draft and one in force at most; what was sent stays as it was sent."""

    class State(models.TextChoices):
        DRAFT = "draft", gettext_lazy("草稿")
        SENT = "sent", gettext_lazy("已提交")
        WITHDRAWN = "withdrawn", gettext_lazy("已撤回")
        RETURNED = "returned", gettext_lazy("已退回")
        REPLACED = "replaced", gettext_lazy("已更正")

    uid = models.UUIDField("外部编号", default=uuid.uuid4, unique=True, editable=False)
    surveyed = models.ForeignKey(SurveyedFirm, models.PROTECT, related_name="answers")
    version = models.PositiveIntegerField("版次")
    state = models.CharField("状态", max_length=12, choices=State, default=State.DRAFT)
    words = models.CharField("总的说明", max_length=1_000, blank=True)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=Now())
    sent_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    sent_at = models.DateTimeField("提交时间", null=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField("撤回、退回或更正时间", null=True)
    reason = models.CharField("退回理由", max_length=500, blank=True)

    class Meta:
        verbose_name = "摸排填报"
        ordering = ("-version",)
        constraints = (
            models.UniqueConstraint(name="survey_answer_version", fields=("surveyed", "version")),
            models.UniqueConstraint(name="survey_answer_one_draft", fields=("surveyed",), condition=Q(state="draft")),
            models.UniqueConstraint(name="survey_answer_one_sent", fields=("surveyed",), condition=Q(state="sent")),
            models.CheckConstraint(
                name="survey_answer_state_agrees",
                condition=Q(state="draft", sent_at=None, sent_by=None, ended_at=None, ended_by=None)
                | Q(state="sent", sent_at__isnull=False, sent_by__isnull=False, ended_at=None, ended_by=None)
                | Q(state__in=("withdrawn", "returned", "replaced"), sent_at__isnull=False, sent_by__isnull=False,
                    ended_at__isnull=False, ended_by__isnull=False),
            ),
            models.CheckConstraint(
                name="survey_answer_returned_with_a_reason",
                condition=Q(state="returned") & ~Q(reason="") | ~Q(state="returned") & Q(reason=""),
            ),
            models.CheckConstraint(
                name="survey_answer_returned_by_another", condition=~Q(state="returned") | ~Q(ended_by=F("sent_by"))
            ),
        )  # fmt: skip
        triggers = (*triggers.NEVER_DELETED, triggers.ANSWER_MOVES)

    def __str__(self) -> str:
        return f"{self.surveyed_id} v{self.version} {self.state}"


def _heads(label: str) -> models.PositiveIntegerField[Any, Any]:
    return models.PositiveIntegerField(label, null=True)


class SurveyLine(models.Model):
    """What a firm says of one occupation at one level.  None: not answered.  Pay in fen a month."""

    answer = models.ForeignKey(SurveyAnswer, models.PROTECT, related_name="lines")
    occupation = models.CharField("职业（工种）", max_length=64)
    level = models.CharField("技能等级", max_length=16)
    heads = _heads("现有人数")
    insured = _heads("其中参保")
    certified = _heads("其中持证")
    vacancies = _heads("缺口人数")
    planned_hires = _heads("计划招用")
    planned_training = _heads("计划培训")
    wage_low = models.BigIntegerField("月工资下限（分）", null=True)
    wage_high = models.BigIntegerField("月工资上限（分）", null=True)
    difficulty = models.CharField("招用难点", max_length=LONGEST_NOTE, blank=True)

    class Meta:
        verbose_name = "摸排行"
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(name="survey_line_once", fields=("answer", "occupation", "level")),
            *(models.CheckConstraint(name=f"survey_line_{name}", condition=Q(**{name: None}) | Q(**{f"{name}__lte": MOST}))
              for name in NAMES),
            models.CheckConstraint(name="survey_line_insured_within", condition=Q(insured__lte=F("heads"))),
            models.CheckConstraint(name="survey_line_certified_within", condition=Q(certified__lte=F("heads"))),
            models.CheckConstraint(
                name="survey_line_pay",
                condition=Q(wage_low=None, wage_high=None)
                | Q(wage_low__isnull=False, wage_high__isnull=False, wage_low__gt=0, wage_low__lte=F("wage_high"),
                    wage_high__lte=MOST_PAY),
            ),
            models.CheckConstraint(
                name="survey_line_says_something",
                condition=~Q(**dict.fromkeys(NAMES), wage_low=None, difficulty=""),
            ),
        )  # fmt: skip
        triggers = (triggers.NEVER_EMPTIED, triggers.LINE_OF_A_DRAFT)

    def __str__(self) -> str:
        return f"{self.occupation} {self.level}"


class SurveyUpload(models.Model):
    """A workbook that was read: its lines to look at before they are taken, or its faults.  The file is not kept."""

    uid = models.UUIDField("外部编号", default=uuid.uuid4, unique=True, editable=False)
    surveyed = models.ForeignKey(SurveyedFirm, models.PROTECT, related_name="uploads")
    file_name = models.CharField("文件名", max_length=200)
    digest = models.CharField("内容摘要", max_length=64)
    lines = models.JSONField("读到的行", default=list)
    faults = models.JSONField("错误", default=list)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=Now())
    taken_at = models.DateTimeField("采用时间", null=True)
    taken_into = models.ForeignKey(SurveyAnswer, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "摸排工作簿"
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(name="survey_upload_whole", condition=Q(faults=[]) | Q(lines=[], taken_at=None)),
            models.CheckConstraint(name="survey_upload_digest", condition=Q(digest__regex="^[0-9a-f]{64}$")),
        )
        triggers = triggers.NEVER_DELETED

    def __str__(self) -> str:
        return f"{self.uid}"
