"""What was found of the conditions that a text leaves to somebody's judgement (`judged by …`).

left(claim)                  the conditions of its benefit that somebody has to judge, each with whom the text names
of(claim)                    the opinions that count, as a determination freezes them
give(claim, viewer, …)       keep one, in review
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from huijiang import audit
from huijiang.accounts.viewers import Viewer
from huijiang.claims.errors import CannotDetermine
from huijiang.claims.models import Claim, Opinion
from huijiang.documents import library
from huijiang.present import day_of


def left(claim: Claim) -> dict[str, str]:
    """Label → who judges it, of the rules in force; empty where the benefit is not there any more."""
    document, _sep, name = claim.benefit.partition("#")
    plan = library.placed(claim.region_id).plans.get(document)
    rule = plan.rules.get(name) if plan is not None else None
    return rule.judges if rule is not None else {}


def of(claim: Claim) -> list[dict[str, Any]]:
    """The last opinion on each label: {label, judge, met, words, on}."""
    last = {each.label: each for each in claim.opinions.order_by("pk")}
    return [
        {"label": each.label, "judge": each.judge, "met": each.met, "words": each.words, "on": day_of(each.made_at).isoformat()}
        for _label, each in sorted(last.items())
    ]  # fmt: skip


def give(claim: Claim, viewer: Viewer, label: str, met: bool, words: str) -> Opinion:
    """Keep what was found, with its basis (a list, a decision, minutes); the claim is held, in review.

    Raises CannotDetermine for a condition that the text does not leave to a judgement, and without a basis.
    """
    judges = left(claim)
    if label not in judges:
        raise CannotDetermine(_("“%(label)s”不是留给人认定的条件。") % {"label": label})
    if not words.strip():
        raise CannotDetermine(_("认定要写明依据。"))
    made = Opinion.objects.create(
        claim=claim, label=label, judge=judges[label], met=met, words=words.strip(), made_by=viewer.user
    )
    audit.record(viewer.user, "claims.opinion", f"claim:{claim.uid}", claim.region_id, label=label, met=met)
    return made
