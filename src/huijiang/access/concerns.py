"""Whose matter something is: nobody decides on their own record, under whichever number, nor on that of their ward.

`people` are numbers of persons, as they stand in whatever is to be decided, under whichever of their records.
"""

from __future__ import annotations

from collections.abc import Iterable

from huijiang.access.models import Binding, Guardianship
from huijiang.accounts.models import User
from huijiang.registry.linked import family
from huijiang.registry.models import IdentityDocument
from huijiang.sealed import found_by


def every(kind: str, numbers: Iterable[int | None]) -> list[int]:
    """The numbers with those of their doubles."""
    return [one for number in dict.fromkeys(numbers) if number is not None for one in family(kind, number)]


def own(user: User) -> list[int]:
    """The persons that are the human behind an account: bound to it now or before, or of its own document; each with its
    doubles."""
    found = [*Binding.objects.filter(user=user).values_list("person_id", flat=True)]
    if user.identity is not None:
        papers = IdentityDocument.objects.filter(found_by(IdentityDocument, "matched", user.identity.open()))
        found += papers.values_list("person_id", flat=True)
    return every("person", found)


def wards(user: User) -> list[int]:
    """The persons that are, or were, in the care of an account; each with its doubles."""
    return every("person", Guardianship.objects.filter(user=user).values_list("child_id", flat=True))


def is_own(user: User, people: Iterable[int | None]) -> bool:
    """Whether one of some people is the human behind an account, or a ward of theirs."""
    return not {*own(user), *wards(user)}.isdisjoint(people)
