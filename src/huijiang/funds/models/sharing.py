"""Sharing out what is left of a line among those who wait (按比例发放): computed by one, signed by two others."""

from __future__ import annotations

import uuid

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy

from huijiang.access.two_people import signed_by_others
from huijiang.accounts.models import User
from huijiang.audit.models import ADDED_ONLY
from huijiang.claims.models import Due
from huijiang.funds.models.budget import Line
from huijiang.funds.models.reservations import Waiting


class Closing(models.Model):
    """A period of a dry pro-rata line that is closed: `money` fen for those who wait for `asked` fen in all.

    Its portions never change; once two others signed the digest of them, each portion's money is held and what is
    left awaits more or lapses (`rest`, as the line said on that day).  Until then it may be dropped.
    """

    class State(models.TextChoices):
        OPEN = "open", gettext_lazy("待签署")
        APPLIED = "applied", gettext_lazy("已落实")
        DROPPED = "dropped", gettext_lazy("已作废")

    uid = models.UUIDField("外部编号", default=uuid.uuid4, unique=True, editable=False)
    line = models.ForeignKey(Line, models.PROTECT, related_name="closings")
    state = models.CharField("状态", max_length=8, choices=State, default=State.OPEN)
    money = models.BigIntegerField("可分配（分）")
    asked = models.BigIntegerField("应发合计（分）")
    count = models.PositiveIntegerField("笔数")
    rest = models.CharField("其余", max_length=8, choices=Line.Rest)
    document = models.CharField("依据", max_length=200)
    digest = models.CharField("内容摘要", max_length=64)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField("计算时间", db_default=Now())
    applied_at = models.DateTimeField("落实时间", null=True, blank=True)
    dropped_because = models.CharField("作废原因", max_length=200, blank=True)

    class Meta:
        verbose_name = "按比例发放"
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(name="closing_one_open", fields=("line",), condition=Q(state="open")),
            models.CheckConstraint(name="closing_of_a_dry_line", condition=Q(money__gt=0, asked__gt=F("money"), count__gt=0)),
            models.CheckConstraint(name="closing_has_document", condition=~Q(document="")),
            models.CheckConstraint(name="closing_state_whole", condition=Q(state="open", applied_at=None, dropped_because="")
                | Q(state="applied", applied_at__isnull=False, dropped_because="") | Q(state="dropped", applied_at=None) & ~Q(dropped_because="")),
        )  # fmt: skip
        triggers = (
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="goes_forward",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                declare=[("line", "funds_line"), ("lines", "bigint"), ("shared", "numeric"), ("wanted", "numeric"), ("held", "numeric")],
                func="""
                    IF TG_OP = 'INSERT' THEN
                        SELECT * INTO line FROM funds_line WHERE id = NEW.line_id FOR UPDATE;
                        IF NEW.state <> 'open' OR line.dry <> 'pro_rata' OR line.frozen_at IS NOT NULL
                           OR NEW.money <> line.allotted - line.reserved - line.spent OR NEW.rest <> line.rest
                        THEN RAISE EXCEPTION 'pgtrigger: goes_forward: a closing shares what is left of a pro-rata line that is not frozen';
                        END IF;
                        RETURN NEW;
                    END IF;
                    IF ROW(OLD.uid, OLD.line_id, OLD.money, OLD.asked, OLD.count, OLD.rest, OLD.document, OLD.digest, OLD.made_by_id)
                       IS DISTINCT FROM ROW(NEW.uid, NEW.line_id, NEW.money, NEW.asked, NEW.count, NEW.rest, NEW.document, NEW.digest, NEW.made_by_id)
                       OR OLD.state <> 'open'
                    THEN RAISE EXCEPTION 'pgtrigger: goes_forward: closing % does not change so (% to %)', OLD.uid, OLD.state, NEW.state;
                    END IF;
                    IF NEW.state = 'applied' THEN
                        IF (SELECT count(DISTINCT human) FROM funds_closingsignature WHERE closing_id = NEW.id AND digest = NEW.digest) < 2
                        THEN RAISE EXCEPTION 'pgtrigger: goes_forward: closing % is not signed by two', NEW.uid;
                        END IF;
                        SELECT count(*), sum(p.share), sum(p.asked), coalesce(sum(r.amount), 0) INTO lines, shared, wanted, held
                        FROM funds_portion AS p LEFT JOIN funds_reservation AS r
                          ON r.due_id = p.share_due_id AND r.line_id = NEW.line_id AND r.state = 'held' AND r.amount = p.share
                        WHERE p.closing_id = NEW.id;
                        IF lines <> NEW.count OR shared <> NEW.money OR wanted <> NEW.asked OR held <> NEW.money
                        THEN RAISE EXCEPTION 'pgtrigger: goes_forward: closing % of % fen: % portions share % and hold %',
                                             NEW.uid, NEW.money, lines, shared, held;
                        END IF;
                    END IF;
                    RETURN NEW;
                """,
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.line_id} {self.money}/{self.asked}"


class Portion(models.Model):
    """What one waiting due gets: its part of the money, a fen up or down (largest remainder)."""

    closing = models.ForeignKey(Closing, models.PROTECT, related_name="portions")
    due = models.ForeignKey(Due, models.PROTECT, related_name="portions")
    waiting = models.ForeignKey(Waiting, models.PROTECT, related_name="+")
    asked = models.BigIntegerField("应发（分）")
    share = models.BigIntegerField("本次发放（分）")
    clause = models.CharField("依据", max_length=200)
    share_due = models.OneToOneField(Due, models.PROTECT, null=True, related_name="share_of")
    rest_due = models.OneToOneField(Due, models.PROTECT, null=True, related_name="rest_of")

    class Meta:
        verbose_name = "按比例份额"
        ordering = ("closing", "id")
        constraints = (
            models.UniqueConstraint(name="portion_once", fields=("closing", "due")),
            models.CheckConstraint(name="portion_within", condition=Q(share__gte=0, share__lte=F("asked"), asked__gt=0)),
        )  # fmt: skip
        triggers = (
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="in_proportion",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                declare=[("closing", "funds_closing"), ("due", "claims_due")],
                func="""
                    SELECT * INTO closing FROM funds_closing WHERE id = NEW.closing_id;
                    IF closing.state <> 'open' OR TG_OP = 'UPDATE' AND (
                        ROW(OLD.closing_id, OLD.due_id, OLD.waiting_id, OLD.asked, OLD.share, OLD.clause)
                        IS DISTINCT FROM ROW(NEW.closing_id, NEW.due_id, NEW.waiting_id, NEW.asked, NEW.share, NEW.clause)
                        OR OLD.share_due_id IS NOT NULL)
                    THEN RAISE EXCEPTION 'pgtrigger: in_proportion: portions of closing % (%) do not change', closing.uid, closing.state;
                    END IF;
                    SELECT * INTO due FROM claims_due WHERE id = NEW.due_id;
                    IF NEW.asked <> due.amount OR abs(NEW.share::numeric * closing.asked - NEW.asked::numeric * closing.money) >= closing.asked
                    THEN RAISE EXCEPTION 'pgtrigger: in_proportion: % of % fen is not its part of % in %', NEW.share, NEW.asked, closing.money, closing.asked;
                    END IF;
                    IF TG_OP = 'INSERT' AND (due.cancelled_at IS NOT NULL OR NOT EXISTS (SELECT FROM funds_waiting AS w
                        WHERE w.id = NEW.waiting_id AND w.due_id = NEW.due_id AND w.line_id = closing.line_id AND w.ended_at IS NULL))
                    THEN RAISE EXCEPTION 'pgtrigger: in_proportion: due % does not wait on the line', due.uid;
                    END IF;
                    RETURN NEW;
                """,
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.due_id} {self.share}/{self.asked}"


class ClosingSignature(models.Model):
    """Somebody's signature over the portions of a closing: not its maker's, nor that of anybody who gains from one."""

    closing = models.ForeignKey(Closing, models.PROTECT, related_name="signatures")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    human = models.CharField("自然人", max_length=64)
    digest = models.CharField("内容摘要", max_length=64)
    at = models.DateTimeField("时间", db_default=Now())

    class Meta:
        verbose_name = "按比例发放签署"
        constraints = (models.UniqueConstraint(name="closing_signed_once", fields=("closing", "human")),)
        triggers = (
            *ADDED_ONLY,
            signed_by_others("signed_by_three_humans", "funds_closingsignature", "closing_id", "funds_closing"),
            pgtrigger.Trigger(
                name="by_nobody_who_gains",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("closing", "funds_closing"), ("signer", "accounts_user")],
                func="""
                    SELECT * INTO closing FROM funds_closing WHERE id = NEW.closing_id FOR UPDATE;
                    SELECT * INTO signer FROM accounts_user WHERE id = NEW.user_id;
                    IF closing.state <> 'open' OR closing.digest <> NEW.digest OR closing.made_by_id = NEW.user_id
                    THEN RAISE EXCEPTION 'pgtrigger: by_nobody_who_gains: closing % is signed while open, over its digest, by another than its maker',
                                         closing.uid;
                    END IF;
                    IF EXISTS (
                        SELECT FROM funds_portion AS p JOIN claims_due AS d ON d.id = p.due_id JOIN claims_claim AS c ON c.id = d.claim_id
                        WHERE p.closing_id = closing.id AND (
                            c.applicant_id = NEW.user_id
                            OR EXISTS (SELECT FROM access_binding b WHERE b.user_id = NEW.user_id
                                       AND b.person_id IN (c.payee_person_id, c.beneficiary_person_id))
                            OR EXISTS (SELECT FROM registry_identitydocument i
                                       WHERE i.person_id IN (c.payee_person_id, c.beneficiary_person_id)
                                       AND (i.matched_hash IN (signer.identity_hash, signer.identity_hash_next)
                                            OR i.matched_hash_next IN (signer.identity_hash, signer.identity_hash_next)))
                            OR EXISTS (SELECT FROM access_agency a WHERE a.user_id = NEW.user_id
                                       AND a.organisation_id IN (c.payee_organisation_id, c.beneficiary_organisation_id, c.applicant_organisation_id)
                                       AND (a.ended_at IS NULL OR a.ended_at >= c.created_at) AND (a.ends_on IS NULL OR a.ends_on >= c.created_at::date))
                            OR EXISTS (SELECT FROM claims_relation r WHERE r.user_id = NEW.user_id AND r.ended_at IS NULL
                                       AND (r.person_id IN (c.payee_person_id, c.beneficiary_person_id)
                                            OR r.organisation_id IN (c.payee_organisation_id, c.beneficiary_organisation_id)))))
                    THEN RAISE EXCEPTION 'pgtrigger: by_nobody_who_gains: nobody signs on what they or a declared relation gain from';
                    END IF;
                    RETURN NEW;
                """,
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.closing_id} {self.human}"
