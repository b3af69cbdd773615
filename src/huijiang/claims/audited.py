"""Audited cost: an auditor's figure with its report becomes the point, never above what the text allows."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from huijiang import audit
from huijiang.accounts.models import Role
from huijiang.accounts.viewers import Viewer
from huijiang.claims import determine, locks, moving
from huijiang.claims.errors import ClaimError, MayNot
from huijiang.claims.models import AuditedCost, Claim
from huijiang.claims.models.decision import Basis
from huijiang.claims.states import State
from huijiang.files import services as files
from huijiang.web.components.amount import grouped


@transaction.atomic
def enter(
    claim: Claim, viewer: Viewer, *, cost: int, auditor: str, report: str, reported_on: dt.date, paper: Any
) -> AuditedCost:  # fmt: skip
    """Keep the report (`paper`: an upload) and determine anew: the lower of `cost` (fen) and the text's ceiling; where
    several periods are open, both are one period's, and the cost that is kept is that of all that have begun.

    Raises MayNot, ClaimError, CannotDetermine (below what the text grants at least), files' Refused and NoRoom.
    """
    held = locks.claim(claim)
    if not held.region.path.startswith(viewer.paths(Role.REVIEWER) or ("\0",)):
        raise MayNot(_("您不能在这件申报上核定金额。"))
    made = moving.last_of(held)
    asked = determine.still_asked(made)
    if held.state != State.IN_REVIEW or asked is None:
        raise ClaimError(_("这件申报的金额不是要核定的区间。"))
    if cost <= 0 or not auditor.strip() or not report.strip():
        raise ClaimError(_("请填写审定金额、审计单位和报告文号。"))
    kept = files.store(paper, viewer, f"claim:{held.uid}", files.Purpose.EVIDENCE, region=held.region_id,
                       person=held.payee_person_id, organisation=held.payee_organisation_id)  # fmt: skip
    figure = cost if asked.high is None else min(cost, asked.high)  # below what is granted at least: refused
    words = _("%(auditor)s %(report)s，审定 %(cost)s 元") % {
        "auditor": auditor.strip(),
        "report": report.strip(),
        "cost": grouped(cost),
    }
    new = determine.determine(held, viewer, figure=figure, basis=Basis.AUDITED_COST, basis_words=words)
    found = AuditedCost.objects.create(
        claim=held, determination=new, auditor=auditor.strip(), report=report.strip(), reported_on=reported_on,
        cost=(new.point or 0) + (cost - figure) * max(asked.begun, 1) or cost,
        paper=kept.uid, made_by=viewer.user,
    )  # fmt: skip
    audit.record(viewer.user, "claims.audited", f"claim:{held.uid}", held.region_id, digest=new.digest)
    return found
