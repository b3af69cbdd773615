"""Determinations computed again from their frozen facts: under their own release, or under a candidate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from huijiang.claims import determine, judging
from huijiang.claims.errors import CannotDetermine
from huijiang.claims.freezing import canonical
from huijiang.claims.models import Claim, Determination
from huijiang.claims.states import DECIDED, State
from huijiang.documents import library
from huijiang.documents.models import Release
from tiaowen.check.library import Library


@dataclass(frozen=True)
class Difference:
    """What a replay gives otherwise: where, what stood there, what comes out now."""

    determination: Determination
    what: str
    stored: str
    replayed: str


def replay(made: Determination) -> list[Difference]:
    """Recompute under the same release; empty when equal.  Raises LookupError when that release is not here."""
    return _compared(made, _library(made.release))


def replay_all(candidate: Release, all_states: bool = False) -> Iterator[Difference]:
    """Recompute the latest determination of every claim that is approved or paid (or of all) under a candidate, before
    it is put in force."""
    held = library.of(candidate)
    claims = Claim.objects.exclude(state=State.DRAFT) if all_states else Claim.objects.filter(state__in=DECIDED)
    for claim in claims.order_by("id").iterator(500):
        made = claim.determinations.order_by("-number").first()
        if made is not None:
            yield from _compared(made, held)


def _library(release: str) -> Library:
    found = Release.objects.filter(digest=release).order_by("-number").first()
    if found is not None:
        return library.of(found)
    current = library.current()
    if current.release == release:
        return current
    raise LookupError(f"{release}: 没有这个规则版本 no such release; 应先导入 import it first")


def _compared(made: Determination, held: Library) -> list[Difference]:
    stored = determine.body_of(made)["essence"]
    region, claim = made.claim.region_id, made.claim
    if not determine.verify(made):
        return [Difference(made, _("摘要"), made.digest, _("与内容不符"))]
    try:
        judged = judging.judge(held.placed(region), region, determine.facts_of(made), claim.benefit, claim.holder)
    except CannotDetermine as error:
        return [Difference(made, _("整个结果"), stored["outcome"], str(error))]
    again = judged.essence()
    return [
        Difference(made, name, canonical(stored[name]), canonical(again[name]))
        for name in stored if stored[name] != again[name]
    ]  # fmt: skip
