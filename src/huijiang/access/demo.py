"""Sign-ins for the demo: workers and agents of firms, beside those of staff (`accounts.demo`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.db import transaction
from django.utils import timezone

from huijiang.access.models import Agency, Binding
from huijiang.accounts import demo
from huijiang.accounts.models import User
from huijiang.regions.models import Region
from huijiang.registry.models import Organisation, Person

WORKERS: Final = 3
FIRMS: Final = 2


@transaction.atomic
def make(region: Region, workers: Sequence[Person] = (), firms: Sequence[Organisation] = ()) -> list[User]:
    """Accounts of staff, of a few workers and of two firms' owners and agents: those named first, then whoever is there.
    A second call changes nothing."""
    made = demo.make(region)
    officer = made[0]
    people = Person.objects.filter(managed_by__path__startswith=region.path, bindings=None).order_by("pk")
    named = [each for each in workers if not each.bindings.exists()]
    others = Organisation.objects.filter(managed_by__path__startswith=region.path).order_by("pk")
    firms = [*firms, *others.exclude(pk__in=[each.pk for each in firms])[:FIRMS]]
    for number in range(1, WORKERS + 1):
        login = f"{demo.PREFIX}worker-{number}"
        if User.objects.filter(login=login).exists():
            made.append(User.objects.get(login=login))
        elif (person := next(iter(named), None) or people.filter(employer__isnull=False).first()) is not None:
            named = named[1:]
            user = demo.account(login, person.name[:64], region)
            Binding.objects.create(user=user, person=person, way=Binding.Way.COUNTER, bound_by=officer)
            made.append(user)
    for number, firm in enumerate(firms[:FIRMS], start=1):
        owner = demo.account(f"{demo.PREFIX}owner-{number}", f"演示单位负责人{number}", region)
        agent = demo.account(f"{demo.PREFIX}agent-{number}", f"演示经办人{number}", region)
        for user, power, by in ((owner, Agency.Power.OWNER, officer), (agent, Agency.Power.AGENT, owner)):
            if not user.agencies.exists():
                Agency.objects.create(
                    user=user, organisation=firm, power=power, starts_on=timezone.localdate(), appointed_by=by
                )
        made += [owner, agent]
    return made
