"""The access law, generated: every address × every visitor, every fact table × every capacity × foreign rows."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver, resolve, reverse

from huijiang.access import law
from huijiang.access.models import Agency, Consent
from huijiang.access.viewers import as_agent, as_worker
from huijiang.accounts.models import Role, User
from huijiang.accounts.viewers import Viewer, as_staff
from huijiang.api.endpoint import CLIENT_DOOR
from huijiang.registry.models import MODELS, Person
from huijiang.registry.vocabulary import references, vocabulary
from tests.huijiang.access.world import World, agent, make, worker
from tests.huijiang.accounts.people import account, signed_in

pytestmark = pytest.mark.django_db

# --- who comes through which door -------------------------------------------

ARGUMENTS: dict[str, Any] = {
    "UUIDConverter": uuid.UUID(int=7), "IntConverter": 999_999, "SlugConverter": "nothing", "StringConverter": "nothing",
    "PathConverter": "nothing/at/all",
}  # fmt: skip
SIGN_IN = "/sign-in/"


def addresses() -> Iterator[tuple[str, str, str]]:
    """(name, door, address with made-up arguments) of every page of every room, those that come later too."""
    yield from _walk(get_resolver().url_patterns, "", {})


def _walk(
    patterns: list[URLPattern | URLResolver], space: str, above: dict[str, Any]
) -> Iterator[tuple[str, str, str]]:
    for pattern in patterns:
        told = above | {name: _made_up(converter) for name, converter in pattern.pattern.converters.items()}
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, f"{space}{pattern.namespace}:" if pattern.namespace else space, told)
        else:
            name = f"{space}{pattern.name}"
            yield name, getattr(pattern.callback, "door", ""), reverse(name, kwargs=told) if pattern.name else ""


def _made_up(converter: Any) -> Any:
    return ARGUMENTS.get(type(converter).__name__, "nothing")


UNMARKED = {"web:language"}  # Django's own view: a switch of the language, for everybody


def door_of(name: str, door: str) -> str:
    return "public" if not door and (name in UNMARKED or name.startswith(("health:", "web:"))) else door


def test_every_address_of_the_rooms_has_a_door() -> None:
    known = ("public", "signed in", "half way", "worker", "agent", "owner", "staff:", CLIENT_DOOR)
    without = [name for name, door, _ in addresses() if not door_of(name, door).startswith(known)]
    assert without == []


VISITORS = ("nobody", "plain", "worker", "agent", "owner", *Role)


def enters(door: str, visitor: str) -> bool:
    """The table: who comes through."""
    if door in ("public", "half way"):
        return True
    if door == "signed in":
        return visitor != "nobody"
    if door.startswith("staff:"):
        return visitor in door.removeprefix("staff:").split(",")
    return {"worker": ("worker",), "agent": ("agent", "owner"), "owner": ("owner",)}[door].count(visitor) == 1


@pytest.fixture
def visitors() -> dict[str, User | None]:
    world = make(tables=False)
    people: dict[str, User | None] = {
        "nobody": None, "plain": account("plain"), "worker": worker(world, 0), "agent": agent(world, 0),
        "owner": agent(world, 0, Agency.Power.OWNER),
    }  # fmt: skip
    return people | {role: account(f"the-{role}", role) for role in Role}


def is_turned_away(address: str, user: User | None) -> bool:
    """What the door itself does, without the page around a refusal."""
    match = resolve(address)
    for ask in (RequestFactory().get, RequestFactory().post):
        request: Any = ask(address)
        request.user, request.session = user or AnonymousUser(), {}
        try:
            answer = match.func(request, *match.args, **match.kwargs)
        except PermissionDenied:
            return user is not None
        if answer.status_code != 405:
            return user is None and str(answer.headers.get("Location", "")).startswith(SIGN_IN)
    return False


def is_let_in(address: str, client: Client) -> bool:
    """Whether the page, its own checks included, answers: found or not, but neither refused nor broken."""
    answer = client.get(address)
    if answer.status_code == 405:
        answer = client.post(address)
    refused = answer.status_code == 403 or answer.headers.get("Location", "").startswith(SIGN_IN)
    return not refused and answer.status_code < 500


def test_every_door_lets_in_whom_the_table_names_and_nobody_else(visitors: dict[str, User | None]) -> None:
    clients = {name: signed_in(user) if user else Client() for name, user in visitors.items()}
    wrong = []
    for name, door, address in addresses():
        if not door or door in ("public", "half way") or not address or door.startswith(CLIENT_DOOR):
            continue  # a public door answers everybody, a client's only tokens (tests/huijiang/api/test_doors.py)
        for visitor, user in visitors.items():
            if enters(door, visitor):
                right = is_let_in(address, clients[visitor])
            else:
                right = is_turned_away(address, user)
            if not right:
                wrong.append(f"{name} ({door}): {visitor}")
    assert wrong == []


def test_the_table_covers_every_visitor() -> None:
    doors = {door for name, door, _ in addresses() if door and not door.startswith(CLIENT_DOOR)}
    assert {enters(door, visitor) for door in doors for visitor in VISITORS} == {True, False}


# --- who sees which rows and columns ----------------------------------------


@pytest.fixture
def world() -> World:
    return make()


def of_person(table: str) -> bool:
    return bool(references(vocabulary().tables[table], "person"))


def of_firm(table: str) -> bool:
    return bool(references(vocabulary().tables[table], "organisation"))


def main_person(table: str) -> bool:
    told = vocabulary().tables[table]
    return told.person in {each.name for each in references(told, "person")}


def rows_of(world: World, table: str) -> list[Any]:
    return {"person": world.people, "organisation": world.firms}.get(table) or world.rows[table]


NAMED = {"studio": {"master"}, "placement": {"recruiter"}, "apprenticeship": {"master"}}
"""Tables that show something to a person whom a row names beside, or instead of, the one whom it is about."""


def expected(world: World, who: str, table: str) -> set[int]:
    """Numbers of the rows that somebody sees, from the table at the head of `world.py`."""
    if table == "organisation":
        return {"staff X": {0}, "staff Y": {1}, "agent A": {0}, "agent B": {1}}.get(who, set())
    if who in ("worker one", "worker two"):
        mine = table == "person" or main_person(table) or table in NAMED
        return {("worker one", "worker two").index(who)} if mine else set()
    if who in ("agent A", "agent B"):
        return ({0, 2} if who == "agent A" else {1}) if of_firm(table) else set()
    return {"staff X": {0}, "staff Y": {1, 2}, "leader X": set()}[who]


@pytest.fixture
def viewers(world: World) -> dict[str, Viewer]:
    found = {
        "worker one": as_worker(worker(world, 0)), "worker two": as_worker(worker(world, 1)),
        "agent A": as_agent(agent(world, 0)), "agent B": as_agent(agent(world, 1)),
        "staff X": as_staff(account("staff-x", Role.REVIEWER, where=world.x)),
        "staff Y": as_staff(account("staff-y", Role.REVIEWER, where=world.y)),
        "leader X": as_staff(account("leader-x", Role.LEADER, where=world.x)),
    }  # fmt: skip
    return {name: viewer for name, viewer in found.items() if viewer is not None}


def test_nobody_sees_a_foreign_row_in_any_table(world: World, viewers: dict[str, Viewer]) -> None:
    assert len(viewers) == 7
    for table in MODELS:
        rows = rows_of(world, table)
        for who, viewer in viewers.items():
            wanted = {rows[at].pk for at in expected(world, who, table)}
            found = law.access_rows(viewer, table)
            assert set(found.values_list("pk", flat=True)) == wanted, (who, table)
            assert found.count() == len(wanted), (who, table)


def test_no_column_of_a_foreign_row_is_shown(world: World, viewers: dict[str, Viewer]) -> None:
    for table in MODELS:
        rows = rows_of(world, table)
        visible = {
            name: {word.strip() for word in column.visible.split(",")}
            for name, column in vocabulary().tables[table].columns.items()
            if column.derived is None
        }
        for who, viewer in viewers.items():
            words = {"worker": {"self", "named"}, "staff": {"authority"}, "leader": set()}.get(who.split()[0], set())
            if who.startswith("agent"):
                words = {"employer", "supplier"} if of_person(table) or table == "person" else {"self"}
            for at, row in enumerate(rows):
                shown = law.access_columns(viewer, table, row)
                if at not in expected(world, who, table):
                    if table != "person" or who not in ("staff X", "staff Y"):
                        assert shown == set(), (who, table, at)
                    continue
                assert all(visible[name] & words for name in shown), (who, table, at)
                assert "id_number" not in shown


def test_people_and_firms_of_others_are_not_found_by_any_search(world: World, viewers: dict[str, Viewer]) -> None:
    people = {
        "worker one": {"林一"}, "worker two": {"林二"}, "agent A": {"林一", "林三"}, "agent B": {"林二"},
        "staff X": {"林一"}, "staff Y": {"林二", "林三"}, "leader X": set(),
    }  # fmt: skip
    firms = {"agent A": {"甲厂"}, "agent B": {"乙厂"}, "staff X": {"甲厂"}, "staff Y": {"乙厂"}}
    for who, viewer in viewers.items():
        found = law.access_people(viewer)
        assert set(found.filter(name__contains="林").values_list("name", flat=True)) == people[who], who
        assert found.count() == len(people[who]), who
        assert set(law.access_organisations(viewer).values_list("name", flat=True)) == firms.get(who, set()), who


def test_consent_opens_one_person_to_one_firm_until_its_day(world: World, viewers: dict[str, Viewer]) -> None:
    viewer, day = viewers["agent A"], viewers["agent A"].on
    consent = Consent.objects.create(person=world.people[1], organisation=world.firms[0], purpose="claims",
                                     given_by=viewers["worker two"].user, until=day)  # fmt: skip
    for table in MODELS:
        rows = rows_of(world, table)
        extra = {rows[1].pk} if main_person(table) or table == "person" else set()
        own = {rows[at].pk for at in expected(world, "agent A", table)}
        assert set(law.access_rows(viewer, table).values_list("pk", flat=True)) == own | extra, table
        if extra:
            told = vocabulary().tables[table].columns
            shown = law.access_columns(viewer, table, rows[1])
            assert all("consent" in told[name].visible for name in shown), table
    Consent.objects.filter(pk=consent.pk).update(until=day - dt.timedelta(days=1))
    assert law.access_people(viewer).count() == 2


def test_the_numbers_of_documents_are_in_no_list(world: World, viewers: dict[str, Viewer]) -> None:
    for viewer in viewers.values():
        for table in MODELS:
            assert "id_number" not in law.access_columns(viewer, table)


def test_a_capacity_is_not_had_by_whoever_has_none() -> None:
    plain = account("plain")
    asks: list[Callable[[User], Viewer | None]] = [as_worker, as_agent, as_staff]
    assert [ask(plain) for ask in asks] == [None, None, None]
    assert not AnonymousUser().is_authenticated


def test_whoever_is_only_named_in_a_row_sees_what_the_vocabulary_gives_them() -> None:
    """An apprenticeship is about the apprentice; the master sees whom, where, since when and how it ended, and
    neither the contract nor the class.  A person's row is nobody's but their own, whoever their spouse is."""
    world = make()
    apprentice, master, _third = world.people
    viewers = {"apprentice": as_worker(worker(world, 0)), "master": as_worker(worker(world, 1)),
               "third": as_worker(worker(world, 2))}  # fmt: skip
    row = world.rows["apprenticeship"][0]
    type(row)._default_manager.filter(pk=row.pk).update(master=master)
    row.refresh_from_db()
    Person.objects.filter(pk=apprentice.pk).update(spouse=master)
    shown = {}
    for name, viewer in viewers.items():
        assert viewer is not None
        rows = law.access_rows(viewer, "apprenticeship")
        shown[name] = law.access_columns(viewer, "apprenticeship", row), rows.filter(pk=row.pk).exists()
        assert law.access_rows(viewer, "person").count() == 1
        assert law.access_columns(viewer, "apprenticeship") == MASTER_SEES
    assert shown["master"] == (MASTER_SEES, True)
    assert shown["third"] == (frozenset(), False)
    columns, found = shown["apprentice"]
    assert found
    assert columns == MASTER_SEES | {"with_school", "contract_length", "skilled_post", "class"}


MASTER_SEES = {"apprentice", "employer", "master", "kind", "aimed_level", "passed", "started_on", "ended_on"}
