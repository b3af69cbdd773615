"""A registry that can be checked by hand: two regions, two firms, three people, one row of each for every table.

| person | firm | managed by |
|---|---|---|
| one | A | X |
| two | B | Y |
| three | A | Y |

Firm A is managed by X, firm B by Y.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from huijiang.access.models import Agency, Binding
from huijiang.accounts.models import Role, User
from huijiang.regions.models import Region
from huijiang.registry.identity import read_document
from huijiang.registry.models import MODELS, IdentityDocument, Organisation, Person
from huijiang.registry.vocabulary import references, vocabulary
from tests.huijiang.accounts.people import account, region

DAY = dt.date(2026, 6, 30)
NUMBERS = ("339999199001010013", "33999919900101003X", "339999199001010056")
CODES = ("91339999MA0000001M", None)
KIND = "居民身份证"


@dataclass
class World:
    x: Region
    y: Region
    firms: list[Any]
    people: list[Any]
    rows: dict[str, list[Any]] = field(default_factory=dict)  # table → the rows of one, two, three


def make(tables: bool = True) -> World:
    x, y = region("339901", "339900"), region("339801", "339800")
    told = {"source": "登记", "as_of": DAY}
    firms = [
        Organisation.objects.create(name=name, uscc=code, managed_by=place, **told)
        for name, code, place in (("甲厂", CODES[0], x), ("乙厂", CODES[1], y))
    ]
    of = ((firms[0], x), (firms[1], y), (firms[0], y))
    people = [
        Person.objects.create(name=name, employer=firm, managed_by=place, **told)
        for name, (firm, place) in zip(("林一", "林二", "林三"), of, strict=True)
    ]
    for person, number in zip(people, NUMBERS, strict=True):
        IdentityDocument.objects.create(
            person=person, kind=KIND, number=number, matched=read_document(number, KIND).matched, **told
        )
    world = World(x, y, firms, people)
    if tables:
        for table_id, model in MODELS.items():
            if table_id in ("person", "organisation"):
                continue
            table = vocabulary().tables[table_id]
            world.rows[table_id] = [
                model._default_manager.create(
                    managed_by=place, **told,
                    **{each.name: person for each in references(table, "person")},
                    **{each.name: firm for each in references(table, "organisation")},
                )
                for person, (firm, place) in zip(people, of, strict=True)
            ]  # fmt: skip
    return world


def worker(world: World, number: int, login: str = "") -> User:
    """The account of one of the people, bound at a counter."""
    user = account(login or f"worker{number}", name=world.people[number].name, where=world.people[number].managed_by)
    officer = User.objects.filter(login="binder").first() or account("binder", Role.COUNTER, where=world.x)
    Binding.objects.create(user=user, person=world.people[number], way=Binding.Way.COUNTER, bound_by=officer)
    return user


def agent(world: World, firm: int, power: str = Agency.Power.AGENT, login: str = "") -> User:
    """An account that acts for one of the firms."""
    user = account(login or f"{power}{firm}", where=world.firms[firm].managed_by)
    by = User.objects.filter(login="binder").first() or account("binder", Role.COUNTER, where=world.x)
    Agency.objects.create(
        user=user, organisation=world.firms[firm], power=power, starts_on="2026-01-01", appointed_by=by
    )
    return user
