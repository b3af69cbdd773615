"""The natural person behind an account: the same for all accounts of one person.

By the number of their document, where it is known (the account's own, else that of the person it is bound to); else
`user:` and the account's external id.  Only a keyed hash is kept.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from huijiang import audit
from huijiang.access.models import Binding
from huijiang.accounts.models import Grant, Role, User
from huijiang.registry.identity import read_document
from huijiang.registry.models import IdentityDocument
from tiaowen.identifiers.person import RESIDENT


def human_of(user: User) -> str:
    """Who signs, for the law that nobody signs twice."""
    return _known(user)[0] if _known(user) else f"user:{user.uid}"


def names_of(user: User) -> frozenset[str]:
    """Every name under which this human may have signed: one for each document, and the bare account."""
    return frozenset({*_known(user), f"user:{user.uid}"})


def same(one: User, other: User) -> bool:
    """Whether two accounts are one human's, as far as is known: whoever asks for something does not grant it under
    another name."""
    return bool(names_of(one) & names_of(other))


def _known(user: User) -> list[str]:
    numbers = [user.identity.open()] if user.identity is not None else []
    bound = Binding.objects.filter(user=user, ended_at=None).first()
    if bound is not None:
        papers = IdentityDocument.objects.filter(person=bound.person_id).order_by("id")
        numbers += [each.matched.open() for each in sorted(papers, key=lambda each: each.kind != RESIDENT)]
    return list(dict.fromkeys(f"id:{audit.digest(f'human {number}')}" for number in numbers))


@transaction.atomic
def know(user: User, number: str, by: User, kind: str | None = None, country: str = "") -> None:
    """Write down who a member of staff is, once their document was seen.  Raises ValueError for what can't be a number,
    and for one's own account."""
    if user.pk == by.pk:
        raise ValueError(_("自己的证件要由别人登记。"))
    user.identity = read_document(number, kind, country).matched
    user.save(update_fields=["identity", "identity_hash", "identity_hash_next"])
    audit.record(by, "claims.staff_identity", f"user:{user.uid}", user.managed_by_id or "")


SIGNERS = (Role.COUNTER, Role.INTAKE, Role.REVIEWER, Role.SECOND_REVIEWER, Role.FINANCE, Role.SUPERVISOR)


def signers(where: Q | None = None) -> QuerySet[User]:
    """Staff who may sign; `where`: a condition on their grants (`access.law.in_scope(paths, "region")`)."""
    held = Grant.objects.filter(where or Q(), role__in=SIGNERS, ended_at=None)
    return User.objects.filter(pk__in=held.values("user"), is_active=True)


def unknown_signers(where: Q | None = None) -> list[User]:
    """Those whose document is not known: two accounts of theirs would count as two people."""
    return [each for each in signers(where).filter(identity=None).order_by("login") if not _known(each)]
