"""From a document's number to the person, and from the person to their account."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from huijiang import audit
from huijiang.access.models import Binding
from huijiang.accounts import second_factor
from huijiang.accounts.models import User
from huijiang.registry import names
from huijiang.registry.identity import read_document
from huijiang.registry.linked import canonical, family
from huijiang.registry.models import IdentityDocument
from huijiang.sealed.fields import found_by

LOGIN_LETTERS = 12  # of a login name that nobody types


class CannotBind(ValueError):
    """An account can't become a person's, with the reason in the reader's language."""


def person_of(number: str, kind: str | None = None, country: str = "") -> Any | None:
    """The person whom a number names, found by its keyed hash; None for nobody.  Raises ValueError for what
    can't be a number."""
    told = read_document(number, kind, country)
    held = IdentityDocument.objects.filter(found_by(IdentityDocument, "matched", told.matched), kind=told.kind)
    found = held.select_related("person").first()
    return _kept(found.person) if found else None


def _kept(person: Any) -> Any:
    """The record under which somebody is read: a number may have stayed with a double that was merged away."""
    return type(person)._default_manager.get(pk=canonical("person", person.pk))


def same_name(person: Any, name: str) -> bool:
    """Whether a name that somebody else wrote is the person's."""
    return bool(names.matched(name)) and names.matched(name) == person.name_key


def account_of(person: Any) -> User | None:
    """The account bound to a person now."""
    people = family("person", person.pk)
    bound = Binding.objects.filter(person__in=people, ended_at=None).select_related("user").order_by("id")
    return next((each.user for each in sorted(bound, key=lambda each: people.index(each.person_id))), None)


def account_from_outside(person: Any) -> User:
    """The account of a person whom a sign-in service has identified; made at their first visit."""
    found = account_of(person)
    if found is not None:
        return found
    login = f"p-{second_factor.random_code(LOGIN_LETTERS).lower()}"
    try:
        with transaction.atomic():
            user = User.objects.create_user(login, None, name=person.name[:64], managed_by=person.managed_by)
            Binding.objects.create(user=user, person=person, way=Binding.Way.SIGN_IN)
            audit.record(user, "access.bind", f"person:{person.uid}", person.managed_by_id, way="sign_in")
    except IntegrityError:
        other = account_of(person)  # the same person came through another door at the same moment
        if other is None:
            raise
        return other
    return user


def bind_at_counter(person: Any, officer: User, login: str, password: str) -> User:
    """A new account of a person whose document an officer has checked.  Raises CannotBind."""
    if account_of(person) is not None:
        raise CannotBind(_("这个人已经有账户。"))
    user = User.objects.create_user(login, password, name=person.name[:64], managed_by=person.managed_by)
    Binding.objects.create(user=user, person=person, way=Binding.Way.COUNTER, bound_by=officer)
    audit.record(officer, "access.bind", f"person:{person.uid}", person.managed_by_id, way="counter")
    return user
