"""Claims of people and firms that were merged: what stops a merge, what it carries over, and gives back when undone.

A claim stays what it was, under the record that made it.  What it stands for is carried to the record that was kept:
its event (`Carried`), its places in limits and exclusive groups.  So nothing is paid twice, and undoing is exact.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from huijiang import present
from huijiang.claims.models import CapGroup, CapUse, Carried, Claim, Due, Exclusive
from huijiang.claims.states import LIVE, State
from huijiang.documents import library
from huijiang.registry.laws import LAWS
from huijiang.registry.linked import Merge, canonical
from huijiang.registry.models import MODELS
from huijiang.registry.vocabulary import references, vocabulary

UNDER_WAY = LIVE - {State.PAID}
"""A paid claim is at rest: the record may go, and the claim counts for the one that stays."""
COUNTS = (*LIVE, State.CLOSED)


def _of(kind: str, pk: int) -> Q:
    concerned = Q(**{f"payee_{kind}": pk}) | Q(**{f"beneficiary_{kind}": pk})
    return concerned | Q(applicant_organisation=pk) if kind == "organisation" else concerned


def under_way(kind: str, pk: int) -> str:
    """Why a person or firm must not become an alias now; empty where they may."""
    count = Claim.objects.filter(_of(kind, pk), state__in=UNDER_WAY).count()
    return _("要并走的这条还有 %(n)s 件办件没有办结，办结以后才能合并。") % {"n": count} if count else ""


def carry(made: Merge) -> None:
    """In the transaction of the merge."""
    kind, gone, kept = made.kind, made.gone.pk, made.kept.pk
    twins = dict(_twins(made))
    found = Claim.objects.filter(_of(kind, gone) | Q(holder__in=twins), state__in=COUNTS).order_by("pk")
    Carried.objects.bulk_create([
        Carried(claim=each, merge=made, holder=holder)
        for each in found
        if (holder := twins.get(each.holder) or _holder(each, kind, gone, kept))
    ])  # fmt: skip
    _carry_limits(made, f"{kind}:{gone}", f"{kind}:{kept}")
    _carry_places(made, f"{kind}:{gone}", f"{kind}:{kept}")


def give_back(ended: Merge) -> None:
    """In the transaction of the undoing: everything that was carried is as if it had not been."""
    now = present.now()
    for model, column in ((Carried, "ended_at"), (CapUse, "released_at"), (Exclusive, "released_at")):
        for each in model.objects.filter(merge=ended, **{column: None}).order_by("pk"):
            model.objects.filter(pk=each.pk).update(**{column: now})


def _holder(claim: Claim, kind: str, gone: int, kept: int) -> str:
    """The event as the kept record has it, where the event is the record itself or a group with it; else nothing."""
    table, _colon, rest = claim.holder.partition(":")
    try:
        grouping = library.current().rule(claim.benefit).grouping
    except KeyError:  # a release since no longer has it: nobody claims it any more
        return ""
    if grouping is None:
        return f"{kind}:{kept}" if claim.holder == f"{kind}:{gone}" else ""
    parts = rest.split(" · ")
    for at, key in enumerate(grouping.keys):
        if key.type.kind == "row" and key.type.name == kind and at < len(parts) and parts[at] == str(gone):
            parts[at] = str(kept)
    told = f"{table}:{' · '.join(parts)}"
    return told if told != claim.holder else ""


def _twins(made: Merge) -> Iterator[tuple[str, str]]:
    """Facts that stayed under the alias because the kept record has them: (event, the same event of the kept one)."""
    kind = made.kind
    for line in made.moved.filter(left=True):
        law = LAWS.get(line.table)
        row = MODELS[line.table]._default_manager.filter(pk=line.row).first() if line.table in MODELS else None
        if law is None or row is None:
            continue
        pointing = {each.name for each in references(vocabulary().tables[line.table], kind)}
        same: dict[str, Any] = {}
        for name in law.apart or law.key:
            field: Any = row._meta.get_field(name)  # a column: keys of a table are none of another's
            value = getattr(row, field.attname)
            same[field.attname] = made.kept.pk if name in pointing and value == made.gone.pk else value
        twin = type(row)._default_manager.filter(**same).exclude(pk=row.pk).order_by("pk").first()
        if twin is not None:
            yield f"{line.table}:{row.pk}", f"{line.table}:{twin.pk}"


def _renamed(key: str, gone: str, kept: str) -> str:
    """A key of a limit or a place with one record's token instead of another's; empty where it is not there."""
    parts = key.split("|")
    return "|".join(kept if each == gone else each for each in parts) if gone in parts else ""


def _carry_limits(made: Merge, gone: str, kept: str) -> None:
    uses = CapUse.objects.filter(released_at=None, group__key__contains=gone).select_related("group").order_by("pk")
    for use in uses:
        key = _renamed(use.group.key, gone, kept)
        if not key:
            continue
        told = {"limit_key": use.group.limit_key, "key": key}
        CapGroup.objects.get_or_create(**told, defaults={"kind": use.group.kind, "cap": use.group.cap})
        group = CapGroup.objects.select_for_update().get(**told)
        if group.used + use.amount > group.cap:  # both had some: nothing is left, and what was paid stands
            CapGroup.objects.filter(pk=group.pk).update(cap=group.used + use.amount)
        CapUse.objects.create(group=group, claim_id=use.claim_id, part=use.part, amount=use.amount, merge=made)


def _carry_places(made: Merge, gone: str, kept: str) -> None:
    for each in Exclusive.objects.filter(released_at=None, event__contains=gone).order_by("pk"):
        event = _renamed(each.event, gone, kept)
        if not event:
            continue
        try:
            with transaction.atomic():
                Exclusive.objects.create(claim_id=each.claim_id, benefit=each.benefit, group=each.group, event=event, merge=made)  # fmt: skip
        except IntegrityError:  # the kept record has another benefit of the group already: the place is taken as it is
            continue


def now_of(claim: Claim) -> tuple[int | None, int | None, str]:
    """The payee's person, organisation, and the event of a claim, as the registry has them after a merge."""
    person = canonical("person", claim.payee_person_id) if claim.payee_person_id else None
    firm = canonical("organisation", claim.payee_organisation_id) if claim.payee_organisation_id else None
    if (person, firm) == (claim.payee_person_id, claim.payee_organisation_id):
        return person, firm, claim.holder
    carried = Carried.objects.filter(claim=claim, ended_at=None).values_list("holder", flat=True).first()
    return person, firm, carried or claim.holder


def merged_away(claim: Claim) -> bool:
    """Whether a claim is that of a record which became another's alias."""
    told = (
        (kind, getattr(claim, f"{side}_{kind}_id"))
        for kind in ("person", "organisation")
        for side in ("payee", "beneficiary")
    )
    return any(pk is not None and canonical(kind, pk) != pk for kind, pk in told)


def due_elsewhere(claim: Claim, period: str, instalment: int) -> bool:
    """Whether the same is due under a record that was merged with the claim's."""
    live = Due.objects.filter(benefit=claim.benefit, period=period, instalment=instalment, cancelled_at=None)
    carried = Carried.objects.filter(ended_at=None)
    before = carried.filter(holder=claim.holder).values("claim")
    after = carried.filter(claim=claim).values("holder")
    return live.filter(Q(claim__in=before) | Q(holder__in=after)).exists()


def carried_for(claim: Claim) -> Any:
    """Live claims of merged records that stand for the same event."""
    return Carried.objects.filter(
        ended_at=None, holder=claim.holder, claim__benefit=claim.benefit, claim__state__in=LIVE
    ).exclude(claim=claim.pk)
