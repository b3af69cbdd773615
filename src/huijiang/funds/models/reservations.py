"""Money held for what was approved, and what waits for money."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy

from huijiang.accounts.models import User
from huijiang.claims.models import Due
from huijiang.funds.models.budget import Line

MOVES_LINES = """
    UPDATE funds_line AS l SET reserved = l.reserved + s.held, spent = l.spent + s.spent
    FROM (
        SELECT line_id, sum(held) AS held, sum(spent) AS spent FROM (
            SELECT line_id, CASE state WHEN 'held' THEN amount ELSE 0 END AS held,
                   CASE state WHEN 'spent' THEN amount ELSE 0 END AS spent FROM now_
            {less}
        ) AS each GROUP BY line_id
    ) AS s WHERE l.id = s.line_id AND (s.held, s.spent) <> (0, 0);
    RETURN NULL;
"""
LESS = """
            UNION ALL
            SELECT line_id, CASE state WHEN 'held' THEN -amount ELSE 0 END,
                   CASE state WHEN 'spent' THEN -amount ELSE 0 END FROM then_
"""


class Reservation(models.Model):
    """So much of a line held for one due: held → spent (paid) or given back; spent → given back (returned money).

    The database moves the line with it, and refuses what the line does not have.
    """

    class State(models.TextChoices):
        HELD = "held", gettext_lazy("已预留")
        SPENT = "spent", gettext_lazy("已支出")
        RELEASED = "released", gettext_lazy("已退回额度")

    due = models.ForeignKey(Due, models.PROTECT, related_name="reservations")
    line = models.ForeignKey(Line, models.PROTECT, related_name="reservations")
    amount = models.BigIntegerField("金额（分）")
    state = models.CharField("状态", max_length=8, choices=State, default=State.HELD)
    made_at = models.DateTimeField("预留时间", db_default=Now())
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)
    because = models.CharField("退回原因", max_length=200, blank=True)

    class Meta:
        verbose_name = "额度预留"
        constraints = (
            models.UniqueConstraint(name="reservation_once", fields=("due",), condition=~Q(state="released")),
            models.CheckConstraint(name="reservation_of_something", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="reservation_released_with_reason",
                condition=~Q(state="released") & Q(because="")
                | Q(state="released") & ~Q(because="") & Q(ended_at__isnull=False),
            ),
        )
        indexes = (models.Index(name="reservation_of_line", fields=("line", "state")),)
        triggers = (
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="begins_held",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("due", "claims_due"), ("frozen", "timestamptz")],
                func="""
                    SELECT * INTO due FROM claims_due WHERE id = NEW.due_id;
                    SELECT frozen_at INTO frozen FROM funds_line WHERE id = NEW.line_id;
                    IF NEW.state <> 'held' OR due.cancelled_at IS NOT NULL OR NEW.amount <> due.amount OR frozen IS NOT NULL
                    THEN RAISE EXCEPTION 'pgtrigger: begins_held: due % (% fen) is not held on line %: cancelled, another amount, or a frozen line',
                                         due.uid, due.amount, NEW.line_id;
                    END IF;
                    IF EXISTS (SELECT 1 FROM funds_pastpayment AS p WHERE p.holder <> '' AND p.benefit = due.benefit
                               AND p.holder = due.holder AND p.period = due.period AND p.instalment = due.instalment)
                    THEN RAISE EXCEPTION 'pgtrigger: begins_held: due % was paid before the take-over', due.uid;
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="goes_forward",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF ROW(OLD.due_id, OLD.line_id, OLD.amount, OLD.made_at, OLD.made_by_id)
                       IS DISTINCT FROM ROW(NEW.due_id, NEW.line_id, NEW.amount, NEW.made_at, NEW.made_by_id)
                       OR (OLD.state, NEW.state) NOT IN (('held', 'spent'), ('held', 'released'), ('spent', 'released'))
                    THEN RAISE EXCEPTION 'pgtrigger: goes_forward: reservation % does not go from % to %', OLD.id, OLD.state, NEW.state;
                    END IF;
                    RETURN NEW;
                """,
            ),
            # One statement per line, however many reservations a statement makes.
            pgtrigger.Trigger(
                name="taken_from_lines", when=pgtrigger.After, operation=pgtrigger.Insert, level=pgtrigger.Statement,
                referencing=pgtrigger.Referencing(new="now_"), func=MOVES_LINES.format(less=""),
            ),
            pgtrigger.Trigger(
                name="moved_on_lines", when=pgtrigger.After, operation=pgtrigger.Update, level=pgtrigger.Statement,
                referencing=pgtrigger.Referencing(old="then_", new="now_"), func=MOVES_LINES.format(less=LESS),
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.due_id} {self.amount} {self.state}"


class Waiting(models.Model):
    """A due for which its line had no money: approved, awaiting funds, in the order of its approval."""

    class Outcome(models.TextChoices):
        FUNDED = "funded", gettext_lazy("已落实")
        MOVED_ON = "moved_on", gettext_lazy("转下一年度")
        SHARED = "shared", gettext_lazy("按比例发放")
        DROPPED = "dropped", gettext_lazy("不再等待")

    due = models.ForeignKey(Due, models.PROTECT, related_name="waits")
    line = models.ForeignKey(Line, models.PROTECT, null=True, related_name="waits", help_text="空：还没有可用的额度")
    amount = models.BigIntegerField("金额（分）")
    since = models.DateTimeField("等待起", db_default=Now())
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)
    outcome = models.CharField("结果", max_length=8, choices=Outcome, blank=True)

    class Meta:
        verbose_name = "等待资金"
        ordering = ("since", "id")
        constraints = (
            models.UniqueConstraint(name="waiting_once", fields=("due",), condition=Q(ended_at=None)),
            models.CheckConstraint(
                name="waiting_ends_with_outcome",
                condition=Q(ended_at=None, outcome="") | Q(ended_at__isnull=False) & ~Q(outcome=""),
            ),
            models.CheckConstraint(name="waiting_ends_after", condition=Q(ended_at=None) | Q(ended_at__gte=F("since"))),
        )
        indexes = (models.Index(name="waiting_on_line", fields=("line", "since"), condition=Q(ended_at=None)),)
        triggers = (pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),)

    def __str__(self) -> str:
        return f"{self.due_id} {self.since:%F}"
