"""Signing: by whom, on what, and why not.

why_not(claim, user, kind)   a sentence, or "" when nothing stands in the way
sign(claim, viewer, kind)    the act; the claim is held (`locks.claim`)
"""

from __future__ import annotations

from functools import reduce
from operator import or_

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
    here, ways = Claim.objects.filter(pk=claim.pk), _ways(user)
    if not here.filter(_any(ways)).exists():
        return ""
    return next(words for words, which in ways if here.filter(which).exists())


def near_to(user: User) -> Q:
    """The claims that somebody is too near to, among many."""
    return _any(_ways(user))


def _any(ways: list[tuple[str, Q]]) -> Q:
    return reduce(or_, (which for _words, which in ways))


def _signed_before(claim: Claim, user: User, kind: Kind, occasion: str) -> str:
    mine = Act.objects.filter(claim=claim, human__in=humans.names_of(user), voided_at=None)
    for each in mine:
        if each.kind != kind or kind not in REPEATED or each.occasion == occasion:
            return _("您已在这件申报上签署“%(kind)s”，一个人只能签一次。") % {"kind": each.get_kind_display()}
    return ""


def _ways(user: User) -> list[tuple[str, Q]]:
    """Each way of being too near to a claim: what is said of it, and the claims of which it holds."""
    related = Relation.objects.filter(user=user, ended_at=None)
    people, firms = (concerns.every(kind, related.values_list(kind, flat=True)) for kind in ("person", "organisation"))
    acting = Q(pk__in=())
    for each in Agency.objects.filter(user=user):  # whoever stopped acting for a firm is far from its later claims
        firm = _of_firms(concerns.every("organisation", [each.organisation_id]))
        if each.ended_at is not None:
            firm &= Q(created_at__lte=each.ended_at)
        if each.ends_on is not None:
            firm &= Q(created_at__date__lte=each.ends_on)
        acting |= firm
    return [
        (_("这件申报由您提交，不能由您签署。"), Q(applicant=user)),
        (_("这笔补贴涉及您本人，须回避。"), _of_people(concerns.own(user))),
        (_("这笔补贴涉及您监护的孩子，须回避。"), _of_people(concerns.wards(user))),
        (_("您是这家单位的经办人，须回避。"), acting),
        (_("您申报过与收款方的关系，须回避。"), _of_people(people) | _of_firms(firms)),
    ]


def _of_people(people: list[int]) -> Q:
    return Q(payee_person__in=people) | Q(beneficiary_person__in=people)


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
