"""Who sees which claims, and as whom they act on one.  One condition a line.

| who | claims |
|---|---|
| worker | that they applied for, that pay them, or from which they benefit |
| agent | that pay the organisation, or that they applied for on its behalf |
| staff with a role of CASES | managed by a region of theirs |
| everybody else | none |
"""

from __future__ import annotations

from typing import Final

from django.db.models import Q, QuerySet

from huijiang.access.law import in_scope
from huijiang.accounts.models import Role
from huijiang.accounts.viewers import Capacity, Viewer
from huijiang.claims.models import Claim
from huijiang.claims.states import State, Who

CASES: Final = frozenset({
    Role.COUNTER, Role.INTAKE, Role.REVIEWER, Role.SECOND_REVIEWER, Role.FINANCE, Role.SUPERVISOR, Role.HOTLINE,
    Role.FINANCE_BUREAU, Role.AUDITOR,
})  # fmt: skip
"""Roles that look at single claims."""

ACTING: Final = {
    Who.COUNTER: Role.COUNTER, Who.INTAKE: Role.INTAKE, Who.REVIEWER: Role.REVIEWER,
    Who.SECOND_REVIEWER: Role.SECOND_REVIEWER, Who.FINANCE: Role.FINANCE, Who.SUPERVISOR: Role.SUPERVISOR,
}  # fmt: skip


def access_claims(viewer: Viewer) -> QuerySet[Claim]:
    """The claims that the viewer may open."""
    claims = Claim.objects.all()
    match viewer.capacity:
        case Capacity.WORKER:
            return claims.filter(
                Q(applicant=viewer.user) & Q(payee_organisation=None)
                | Q(payee_person=viewer.person)
                | Q(beneficiary_person=viewer.person) & ~Q(state=State.DRAFT)
            )
        case Capacity.AGENT:
            return claims.filter(Q(payee_organisation=viewer.organisation) | Q(batch__organisation=viewer.organisation))
        case Capacity.STAFF:
            return claims.filter(in_scope(viewer.paths(*CASES), "region"))


def acts_as(viewer: Viewer, claim: Claim) -> frozenset[Who]:
    """As whom the viewer may move a claim: applicant or roles of staff, never both at once."""
    match viewer.capacity:
        case Capacity.WORKER:
            own = claim.payee_person_id == viewer.person or claim.applicant_id == viewer.user.pk
            return frozenset({Who.APPLICANT}) if own else frozenset()
        case Capacity.AGENT:
            paid = claim.payee_organisation_id is not None and claim.payee_organisation_id == viewer.organisation
            batch = claim.batch is not None and claim.batch.organisation_id == viewer.organisation
            return frozenset({Who.APPLICANT}) if paid or batch else frozenset()
        case Capacity.STAFF:
            return frozenset(
                who for who, role in ACTING.items() if claim.region.path.startswith(viewer.paths(role) or ("\0",))
            )
