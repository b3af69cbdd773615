"""A record with claims under way is not merged away: its money is on its way under its own name."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext as _

from huijiang.claims.models import Claim
from huijiang.claims.states import LIVE


def under_way(kind: str, pk: int) -> str:
    """Why a person or firm must not become an alias now; empty where they may."""
    concerned = Q(**{f"payee_{kind}": pk}) | Q(**{f"beneficiary_{kind}": pk})
    if kind == "organisation":
        concerned |= Q(applicant_organisation=pk)
    count = Claim.objects.filter(concerned, state__in=LIVE).count()
    return _("要并走的这条还有 %(n)s 件办件没有办结，办结以后才能合并。") % {"n": count} if count else ""
