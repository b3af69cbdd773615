"""Who sees which claims, and as whom they act on one.  One condition a line.

| who | claims |
|---|---|
| worker | that pay them; once sent, also those from which they benefit |
| agent | that pay the organisation, or that the organisation applied for |
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
                Q(payee_person__in=viewer.people) | Q(beneficiary_person__in=viewer.people) & ~Q(state=State.DRAFT)
            )
        case Capacity.AGENT:
            return claims.filter(Q(payee_organisation__in=viewer.firms) | Q(applicant_organisation__in=viewer.firms))
        case Capacity.STAFF:
            return claims.filter(in_scope(viewer.paths(*CASES), "region"))


def acts_as(viewer: Viewer, claim: Claim) -> frozenset[Who]:
    """As whom the viewer may move a claim: applicant or roles of staff, never both at once."""
    match viewer.capacity:
        case Capacity.WORKER:
            return frozenset({Who.APPLICANT}) if claim.payee_person_id in viewer.people else frozenset()
        case Capacity.AGENT:
            mine = {claim.payee_organisation_id, claim.applicant_organisation_id} & set(viewer.firms)
            return frozenset({Who.APPLICANT}) if mine else frozenset()
        case Capacity.STAFF:
            return frozenset(
                who for who, role in ACTING.items() if claim.region.path.startswith(viewer.paths(role) or ("\0",))
            )
