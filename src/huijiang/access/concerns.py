"""Whose matter something is: nobody decides on their own record, under whichever number, nor on that of their ward.

`people` are numbers of persons, as they stand in whatever is to be decided; each is looked at with its doubles.
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


def is_self(user: User, people: Iterable[int | None]) -> bool:
    """Whether one of some people is the human behind an account: bound to it now or before, or of its own document."""
    listed = every("person", people)
    if not listed:
        return False
    if Binding.objects.filter(user=user, person__in=listed).exists():
        return True
    if user.identity is None:
        return False
    return IdentityDocument.objects.filter(
        found_by(IdentityDocument, "matched", user.identity.open()), person__in=listed
    ).exists()


def people_of(user: User) -> list[int]:
    """Everybody whose matters are an account's own: the persons it was ever bound to, those of its own document, its
    wards; each with its doubles."""
    found = [*Binding.objects.filter(user=user).values_list("person_id", flat=True),
             *Guardianship.objects.filter(user=user).values_list("child_id", flat=True)]  # fmt: skip
    if user.identity is not None:
        papers = IdentityDocument.objects.filter(found_by(IdentityDocument, "matched", user.identity.open()))
        found += papers.values_list("person_id", flat=True)
    return every("person", found)


def is_ward(user: User, people: Iterable[int | None]) -> bool:
    """Whether one of some people is, or was, in the care of an account."""
    return Guardianship.objects.filter(user=user, child__in=every("person", people)).exists()


def is_own(user: User, people: Iterable[int | None]) -> bool:
    listed = [*people]
    return is_self(user, listed) or is_ward(user, listed)
