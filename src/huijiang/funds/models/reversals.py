"""A wrong entry is undone by another entry: asked for by one person, decided by another."""

from __future__ import annotations

import uuid

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from huijiang.access.two_people import by_two
from huijiang.accounts.models import User
from huijiang.funds.models.ledger import Entry


class Reversal(models.Model):
    """Somebody asks that an entry is undone, and why; another agrees (`made`: the entry that undoes it) or does not."""

    uid = models.UUIDField("外部编号", default=uuid.uuid4, unique=True, editable=False)
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="reversals")
    because = models.CharField("理由", max_length=200)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField("提出时间", db_default=Now())
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField("决定时间", null=True, blank=True)
    made = models.OneToOneField(Entry, models.PROTECT, null=True, blank=True, related_name="reversal_of")
    dropped_because = models.CharField("不同意的理由", max_length=200, blank=True, db_default="")

    class Meta:
        verbose_name = "冲正"
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(name="reversal_once", fields=("entry",), condition=Q(dropped_because="")),
            models.CheckConstraint(name="reversal_says_why", condition=~Q(because="")),
            models.CheckConstraint(
                name="reversal_decided_whole",
                condition=Q(decided_by=None, decided_at=None, made=None, dropped_because="")
                | Q(decided_by__isnull=False, decided_at__isnull=False)
                & (Q(made__isnull=False, dropped_because="") | Q(made=None) & ~Q(dropped_because="")),
            ),
            models.CheckConstraint(name="reversal_by_two", condition=Q(made=None) | ~Q(decided_by=F("asked_by"))),
        )  # fmt: skip
        triggers = (
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="decided_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                    IF TG_OP = 'INSERT' AND NEW.decided_by_id IS NOT NULL
                    THEN RAISE EXCEPTION 'pgtrigger: decided_once: a reversal is asked for before it is made';
                    END IF;
                    IF TG_OP = 'UPDATE' AND (OLD.decided_by_id IS NOT NULL
                       OR ROW(OLD.uid, OLD.entry_id, OLD.because, OLD.asked_by_id) IS DISTINCT FROM ROW(NEW.uid, NEW.entry_id, NEW.because, NEW.asked_by_id))
                    THEN RAISE EXCEPTION 'pgtrigger: decided_once: reversal % does not change', OLD.uid;
                    END IF;
                    IF NEW.made_id IS NOT NULL AND NOT EXISTS (SELECT FROM funds_entry WHERE id = NEW.made_id AND reverses_id = NEW.entry_id)
                    THEN RAISE EXCEPTION 'pgtrigger: decided_once: reversal % is made by the entry that undoes its own', NEW.uid;
                    END IF;
                    RETURN NEW;
                """,
            ),
            by_two("reversed_by_two_humans", "asked_by_id", "decided_by_id", "NEW.made_id IS NOT NULL"),
        )

    def __str__(self) -> str:
        return f"{self.entry_id} {self.because}"
