"""Messages as their addressee reads them; reading is written down, once."""

from __future__ import annotations

import json
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from huijiang import audit
from huijiang.access import concerns
from huijiang.access.models import Binding
from huijiang.access.viewers import agencies
from huijiang.accounts.models import User
from huijiang.notices.models import Notice
from huijiang.notices.wording import wordings


def of(user: User) -> QuerySet[Notice]:
    """The messages of an account: its own, those of the person it is, those of the firms that it acts for."""
    bound = Binding.objects.filter(user=user, ended_at=None).values_list("person", flat=True)
    people = concerns.every("person", bound)
    firms = concerns.every("organisation", (each.organisation_id for each in agencies(user)))
    return Notice.objects.filter(Q(user=user) | Q(person__in=people) | Q(organisation__in=firms))


def unread(user: User) -> int:
    return of(user).filter(read_at=None).count()


@transaction.atomic
def mark_read(user: User, found: Sequence[Notice]) -> int:
    """Write down that these were read, by whom and when; those read before stay as they were."""
    count = 0
    for each in found:
        done = Notice.objects.filter(pk=each.pk, read_at=None).update(read_at=timezone.now(), read_by=user)
        if done:
            audit.record(user, "notices.read", f"notice:{each.uid}", of=each.subject)
            count += done
    return count


def said(notice: Notice, part: str, language: str) -> str:
    """A message's title or body in a language; the template's name where the template is gone."""
    wording = wordings().get(notice.template)
    if wording is None:
        return notice.template
    return wording.say(part, json.loads(notice.values.open()), language)
