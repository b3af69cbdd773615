"""代办: who does whose work for some days.

stand_in(absent, deputy, since, until, viewer)
end(found, viewer)
covered(user, on)       whose work this one does, beside their own
"""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from huijiang import audit, present
from huijiang.accounts.models import Grant, Role, User
from huijiang.accounts.viewers import Viewer, today
from huijiang.claims.errors import ClaimError, MayNot
from huijiang.claims.models import StandIn

WORKING = (Role.COUNTER, Role.INTAKE, Role.REVIEWER, Role.SECOND_REVIEWER)
DIRECTING = (Role.SUPERVISOR, Role.INTAKE)
"""Roles that give work out for others; everybody names a deputy of their own."""


def officers(viewer: Viewer) -> list[User]:
    """Who works on claims in the viewer's regions."""
    held = Grant.objects.filter(role__in=WORKING, ended_at=None).select_related("region")
    paths = viewer.paths()
    near = {
        each.user_id
        for each in held
        if each.region.path.startswith(paths) or any(p.startswith(each.region.path) for p in paths)
    }
    return list(User.objects.filter(pk__in=near, is_active=True).order_by("name", "pk"))


@transaction.atomic
def stand_in(absent: User, deputy: User, since: dt.date, until: dt.date, viewer: Viewer) -> StandIn:
    """Name a deputy: one's own, or (supervisor, intake lead) another's.  Raises MayNot, ClaimError (days, overlap)."""
    if absent.pk != viewer.user.pk and not viewer.roles & set(DIRECTING):
        raise MayNot(_("只能为自己安排代办；为别人安排要由受理或监督岗。"))
    if absent.pk == deputy.pk:
        raise ClaimError(_("代办人要是另一个人。"))
    if until < since or until < today():
        raise ClaimError(_("结束日期要在开始日期和今天之后。"))
    try:
        with transaction.atomic():
            made = StandIn.objects.create(
                absent=absent, deputy=deputy, starts_on=since, ends_on=until, made_by=viewer.user
            )
    except IntegrityError as error:
        if "stand_in_one_at_a_time" not in str(error):
            raise
        raise ClaimError(_("这几天已经有别的代办安排，请先结束它。")) from None
    audit.record(viewer.user, "claims.stand_in", f"user:{absent.uid}", "", to=str(deputy.uid),
                 since=since.isoformat(), until=until.isoformat())  # fmt: skip
    return made


@transaction.atomic
def end(found: StandIn, viewer: Viewer) -> None:
    """End it early.  Raises MayNot for whoever is neither of the two nor directs work."""
    if viewer.user.pk not in (found.absent_id, found.deputy_id) and not viewer.roles & set(DIRECTING):
        raise MayNot(_("这个代办安排不是您的。"))
    if StandIn.objects.filter(pk=found.pk, ended_at=None).update(ended_at=present.now()):
        audit.record(viewer.user, "claims.stand_in_ended", f"user:{found.absent.uid}", "", to=str(found.deputy.uid))


def covered(user: User, on: dt.date | None = None) -> list[int]:
    """Primary keys of those whose work the user does on a day."""
    day = on or today()
    running = StandIn.objects.filter(deputy=user, ended_at=None, starts_on__lte=day, ends_on__gte=day)
    return list(running.values_list("absent_id", flat=True))
