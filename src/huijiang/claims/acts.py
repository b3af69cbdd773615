"""Signing: by whom, on what, and why not.

why_not(claim, user, kind)   a sentence, or "" when nothing stands in the way
sign(claim, viewer, kind)    the act; the claim is held (`locks.claim`)
"""

from __future__ import annotations

import datetime as dt

from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from huijiang import audit, present
from huijiang.access import concerns, humans
from huijiang.access.models import Agency
from huijiang.accounts.models import User
from huijiang.accounts.viewers import Viewer
from huijiang.claims import effects, locks
from huijiang.claims.errors import MayNot
from huijiang.claims.models import Act, Claim, Determination, Relation
from huijiang.claims.models.decision import REPEATED, Kind


def sign(
    claim: Claim, viewer: Viewer, kind: Kind, determination: Determination | None = None, occasion: str = ""
) -> Act:
    """Sign a determination (or, for intake and a refusal before one, the claim).  `occasion`: a payment batch's uid.

    Raises MayNot with the reason: they applied, they gain, a relation of theirs gains, they signed something already.
    """
    locks.reached("before signature")
    reason = why_not(claim, viewer.user, kind, occasion)
    if reason:
        raise MayNot(reason)
    try:
        with transaction.atomic():
            act = Act.objects.create(
                claim=claim, human=humans.human_of(viewer.user), user=viewer.user, kind=kind, occasion=occasion,
                determination=determination, digest=determination.digest if determination is not None else "",
            )  # fmt: skip
    except IntegrityError as error:
        if not any(law in str(error) for law in ("act_once_a_person", "act_one_kind_a_person")):
            raise
        raise MayNot(_("您在这件申报上已经签署过，一个人只能签一次。")) from None
    except DatabaseError as error:
        raise MayNot(_("数据库不接受这次签署：%(why)s") % {"why": str(error).partition("\n")[0]}) from error
    audit.record(viewer.user, "claims.signed", f"claim:{claim.uid}", claim.region_id, kind=str(kind),
                 digest=act.digest, occasion=occasion)  # fmt: skip
    effects.tell("signed", claim, act=act)
    return act


def why_not(claim: Claim, user: User, kind: Kind, occasion: str = "") -> str:
    """What stands in the way of a signature; empty when nothing does.  The database refuses the same."""
    return why_not_near(claim, user) or _signed_before(claim, user, kind, occasion)


def why_not_near(claim: Claim, user: User) -> str:
    """Whether somebody is too near to a claim to have a say in it: they applied, they gain, a relation of theirs does."""
    if claim.applicant_id == user.pk:
        return _("这件申报由您提交，不能由您签署。")
    return _gains(claim, user)


def _signed_before(claim: Claim, user: User, kind: Kind, occasion: str) -> str:
    mine = Act.objects.filter(claim=claim, human__in=humans.names_of(user), voided_at=None)
    for each in mine:
        if each.kind != kind or kind not in REPEATED or each.occasion == occasion:
            return _("您已在这件申报上签署“%(kind)s”，一个人只能签一次。") % {"kind": each.get_kind_display()}
    return ""


def _gains(claim: Claim, user: User) -> str:
    people = concerns.every("person", (claim.payee_person_id, claim.beneficiary_person_id))
    firms = concerns.every("organisation", (claim.payee_organisation_id, claim.beneficiary_organisation_id,
                                            claim.applicant_organisation_id))  # fmt: skip
    if concerns.is_self(user, people):
        return _("这笔补贴涉及您本人，须回避。")
    if concerns.is_ward(user, people):
        return _("这笔补贴涉及您监护的孩子，须回避。")
    since: dt.datetime = claim.created_at
    agent = Agency.objects.filter(
        Q(ended_at=None) | Q(ended_at__gte=since), Q(ends_on=None) | Q(ends_on__gte=present.day_of(since)),
        user=user, organisation__in=firms,
    )  # fmt: skip
    if agent.exists():
        return _("您是这家单位的经办人，须回避。")
    close = Relation.objects.filter(Q(person__in=people) | Q(organisation__in=firms), user=user, ended_at=None)
    return _("您申报过与收款方的关系，须回避。") if close.exists() else ""


def near_to(user: User) -> Q:
    """The claims that somebody is too near to, among many: what `why_not_near` says of one."""
    related = Relation.objects.filter(user=user, ended_at=None)
    people = concerns.people_of(user) + concerns.every("person", related.values_list("person_id", flat=True))
    firms = concerns.every("organisation", related.values_list("organisation_id", flat=True))
    found = Q(applicant=user) | Q(payee_person__in=people) | Q(beneficiary_person__in=people) | _of_firms(firms)
    for each in Agency.objects.filter(user=user):
        acting = _of_firms(concerns.every("organisation", [each.organisation_id]))
        if each.ended_at is not None:
            acting &= Q(created_at__lte=each.ended_at)
        if each.ends_on is not None:
            acting &= Q(created_at__date__lte=each.ends_on)
        found |= acting
    return found


def _of_firms(firms: list[int]) -> Q:
    return (Q(payee_organisation__in=firms) | Q(beneficiary_organisation__in=firms)
            | Q(applicant_organisation__in=firms))  # fmt: skip


@transaction.atomic
def declare(user: User, by: User, words: str, person: int | None = None, organisation: int | None = None) -> Relation:
    """Declare a relation, one's own or (by security or personnel) another's.  It holds from now on for every claim."""
    made = Relation.objects.create(
        user=user, declared_by=by, words=words, person_id=person, organisation_id=organisation
    )
    audit.record(by, "claims.relation", f"user:{user.uid}", "", to="person" if person else "organisation")
    return made


@transaction.atomic
def end_relation(found: Relation, by: User) -> None:
    """Somebody else confirms that a relation is no more.  Raises MayNot for one's own."""
    if found.user_id == by.pk:
        raise MayNot(_("自己的回避关系要由别人解除。"))
    Relation.objects.filter(pk=found.pk, ended_at=None).update(ended_at=present.now(), ended_by=by)
    audit.record(by, "claims.relation_ended", f"user:{found.user.uid}", "")
