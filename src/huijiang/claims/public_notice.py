"""公示: claims approved by two people stand for everybody to see, until their day; then they go on, or an objection stops them.

publish(viewer, claims)        one list per benefit
standing(region, on)           what visitors see
take_down(on)                  nightly: what is over shows nothing any more, its claims go on
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from huijiang import audit, present
from huijiang.accounts.models import Role
from huijiang.accounts.viewers import Viewer, today
from huijiang.claims import dues, effects, locks, moving
from huijiang.claims.access import access_claims
from huijiang.claims.errors import ClaimError, MayNot
from huijiang.claims.models import Claim, Dispute, NoticeEntry, PublicNotice
from huijiang.claims.states import Event, State
from huijiang.claims.terms import terms_of
from huijiang.documents import library
from huijiang.regions.models import Region
from huijiang.registry.models import Person

MASK = "*"
ADULT = 18


def masked(name: str) -> str:
    """张三 → 张*, 张小三 → 张*三, 欧阳小三 → 欧**三, Aisha Bibi → A********i: the first letter and (of three or more) the last."""
    said = name.strip()
    if len(said) <= 1:
        return MASK
    if len(said) == 2:
        return said[0] + MASK
    return said[0] + MASK * (len(said) - 2) + said[-1]


def shown(claim: Claim, on: dt.date) -> str:
    """What a notice says of who is paid: a firm's name, a masked name; for minors (and where the age is unknown) and
    sensitive benefits the reference number alone."""
    if claim.payee_organisation is not None:
        return str(claim.payee_organisation.name)
    person = claim.payee_person
    people = [each for each in (person, claim.beneficiary_person) if each is not None]
    if person is None or claim.sensitive or any(_maybe_minor(each, on) for each in people):
        return claim.number or str(claim.uid)
    return masked(str(person.name))


def _maybe_minor(person: Person, on: dt.date) -> bool:
    born: dt.date | None = person.birth_date
    if born is None:
        return True
    return (on.year - born.year - ((on.month, on.day) < (born.month, born.day))) < ADULT


@transaction.atomic
def publish(viewer: Viewer | None, claims: Iterable[Claim], on: dt.date | None = None, title: str = "") -> PublicNotice:
    """Put claims of one benefit and region on a notice for as many days as its terms say, from `on`.

    Raises ClaimError when one is not waiting for its notice, or stands on one already.
    """
    held = [locks.claim(pk) for pk in sorted(each.pk for each in claims)]
    if not held or len({(each.benefit, each.region_id) for each in held}) != 1:
        raise ClaimError(_("一次公示一个地区的一个项目。"))
    first, day = held[0], on or today()
    if viewer is not None and not _may(viewer, first.region):
        raise MayNot(_("您不能发布这个地区的公示。"))
    terms = terms_of(first.region, first.benefit)
    made = PublicNotice.objects.create(
        region=first.region, benefit=first.benefit, title=title or gettext_noop("%(name)s拟发放公示") % {"name": name_of(first.benefit)},
        starts_on=day, ends_on=day + dt.timedelta(days=terms.notice_days - 1), contact=terms.contact,
        made_by=viewer.user if viewer else None,
    )  # fmt: skip
    for each in held:
        determination = moving.last_of(each)
        if each.state != State.PUBLIC_NOTICE or determination is None or determination.point is None:
            raise ClaimError(_("%(number)s 不在等待公示。") % {"number": each})
        if NoticeEntry.objects.filter(claim=each, digest=determination.digest).exists():
            raise ClaimError(_("%(number)s 已经公示。") % {"number": each})
        entry = NoticeEntry.objects.create(
            notice=made, claim=each, digest=determination.digest, shown=shown(each, day), what=name_of(each.benefit),
            amount=determination.point,
        )  # fmt: skip
        audit.record(
            viewer.user if viewer else None, "claims.on_notice", f"claim:{each.uid}", each.region_id, notice=made.uid
        )
        effects.tell("notice_published", each, entry=entry)
    return made


def waiting(region: Region) -> QuerySet[Claim]:
    """Claims in a place that wait to be put on a notice."""
    said = NoticeEntry.objects.values("claim")
    return Claim.objects.filter(state=State.PUBLIC_NOTICE, region__path__startswith=region.path).exclude(pk__in=said)


def standing(region: Region | None = None, on: dt.date | None = None) -> QuerySet[PublicNotice]:
    """What visitors may see on a day: nothing before its first day, nothing after its last."""
    day = on or today()
    found = PublicNotice.objects.filter(starts_on__lte=day, ends_on__gte=day, taken_down_at=None)
    return found.filter(region__path__startswith=region.path) if region is not None else found


def take_down(on: dt.date | None = None) -> tuple[int, int]:
    """Take down what is over, and let go on what nobody objects to; gives how many notices and claims."""
    day = on or today()
    down = on_ = 0
    for notice in PublicNotice.objects.filter(ends_on__lt=day, taken_down_at=None):
        with transaction.atomic():
            now = present.now()
            down += PublicNotice.objects.filter(pk=notice.pk, taken_down_at=None).update(taken_down_at=now)
            audit.record(None, "claims.notice_taken_down", f"notice:{notice.uid}", notice.region_id)
            for entry in notice.entries.select_related("claim"):
                effects.tell("notice_taken_down", entry.claim, entry=entry)
    for claim in Claim.objects.filter(
        state=State.PUBLIC_NOTICE, notice_entries__notice__taken_down_at__isnull=False
    ).distinct():
        on_ += go_on(claim, None, day)
    return down, on_


@transaction.atomic
def go_on(claim: Claim, viewer: Viewer | None, on: dt.date | None = None) -> bool:
    """Let a claim go on whose notice is over and to which nobody objects; whether it did."""
    held = locks.claim(claim)
    made = moving.last_of(held)
    over = (
        made is not None
        and NoticeEntry.objects.filter(claim=held, digest=made.digest, notice__taken_down_at__isnull=False).exists()
    )
    if held.state != State.PUBLIC_NOTICE or not over or Dispute.objects.filter(claim=held, answered_at=None).exists():
        return False
    moving.move(held, Event.NOTICE_ENDED, viewer, on=on)
    dues.make(held, on or today())
    return True


def name_of(benefit: str) -> str:
    """The benefit's name today; its key where the release no longer has it."""
    try:
        return library.current().rule(benefit).name
    except KeyError:
        return benefit


def _may(viewer: Viewer, region: Region) -> bool:
    return region.path.startswith(viewer.paths(Role.REVIEWER, Role.SECOND_REVIEWER) or ("\0",))


def entries(notice: PublicNotice, viewer: Viewer | None = None) -> QuerySet[NoticeEntry]:
    """What stands on a notice: nothing once it is taken down, but for those who may open its claims."""
    if notice.taken_down_at is None and notice.ends_on >= today():
        return notice.entries.all()
    return notice.entries.filter(Q(claim__in=access_claims(viewer))) if viewer else notice.entries.none()
