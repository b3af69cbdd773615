"""Every page, form, filter and address against what careless and hostile people send.

The list of pages is the gate's, the list of addresses the access law's: what comes later is attacked too.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from huijiang.accounts.models import Role, User
from huijiang.api.endpoint import CLIENT_DOOR
from huijiang.registry.models import Organisation, Person
from tests.huijiang.access.attacks import Attacker, Forms, attack_form, attack_query, name_of
from tests.huijiang.access.test_law import VISITORS, addresses, door_of, enters, visitors  # noqa: F401
from tests.huijiang.access.world import DAY, World, agent, worker
from tests.huijiang.accounts.people import account, region, signed_in
from tests.huijiang.gate.pages import ROOMS, Page, pages

pytestmark = pytest.mark.django_db
ELSEWHERE = ("claims", "people", "labour")  # not yet held to it: their own tests try bad input
MINE = [room for room in ROOMS if pages(room) and not room.startswith(ELSEWHERE)]


def opened(page: Page, world: Any) -> tuple[Client, str]:
    client = Client()
    visitor = page.visitor(world)
    if visitor is not None:
        client.force_login(visitor, "django.contrib.auth.backends.ModelBackend")
    session: SessionBase = client.session
    session.update(page.session)
    session.save()
    if visitor is None and page.session:
        client.cookies[settings.SESSION_COOKIE_NAME] = str(session.session_key)
    address = page.path or reverse(page.url_name, kwargs=page.arguments(world))
    return client, address


@pytest.mark.parametrize("room", MINE)
def test_whatever_is_sent_to_a_page_is_answered(room: str) -> None:
    faults: list[str] = []
    worlds: dict[Any, Any] = {}
    attacked: set[tuple[str, str, frozenset[str]]] = set()  # the same form is attacked once, whoever sees it
    for page in pages(room):
        if page.world not in worlds:
            worlds[page.world] = page.world()
        client, address = opened(page, worlds[page.world])
        attacker = Attacker(client, faults, page.status)
        shown = attacker.get(address + page.query, f"GET {name_of(address)}")
        read = Forms(shown.content.decode(errors="replace"))
        for form in read.found:
            if form.method == "get":
                read.asked |= form.fields.keys()
                continue
            key = ("POST", name_of(form.action or address), frozenset(form.fields))
            if key not in attacked:
                attacked.add(key)
                attack_form(attacker, form, address)
        asked = ("GET", name_of(address), frozenset(read.asked))
        if asked not in attacked:
            attacked.add(asked)
            attack_query(attacker, address, read.asked)
    assert faults == []


# --- addresses ------------------------------------------------------------------

ODD = {
    "StringConverter": ["a%00b", "x" * 1_500, "%ff", "..%5c..", quote("长" * 300)], "IntConverter": ["9" * 30],
    "SlugConverter": ["x" * 1_500], "PathConverter": ["a%00b", "..%2f..%2fetc", "x" * 1_500],
    "UUIDConverter": ["00000000-0000-0000-0000-000000000000"],
}  # fmt: skip


def odd_addresses() -> list[tuple[str, str, str]]:
    """(name, door, address) with odd values in the place of each argument."""
    return list(_odd(get_resolver().url_patterns, "", []))


def _odd(patterns: list[Any], space: str, above: list[str]) -> Any:
    for pattern in patterns:
        route = str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _odd(pattern.url_patterns, f"{space}{pattern.namespace}:" if pattern.namespace else space,
                            [*above, route])  # fmt: skip
        elif isinstance(pattern, URLPattern) and pattern.pattern.converters and "<" in "".join([*above, route]):
            whole = "".join([*above, route])
            if "(?P" in whole:
                continue
            for at in range(max(len(ODD[type(each).__name__]) for each in pattern.pattern.converters.values())):
                address = whole
                for name, converter in pattern.pattern.converters.items():
                    values = ODD[type(converter).__name__]
                    start = next(f"<{kind}{name}>" for kind in ("", "str:", "int:", "uuid:", "slug:", "path:")
                                 if f"<{kind}{name}>" in address)  # fmt: skip
                    address = address.replace(start, values[min(at, len(values) - 1)])
                yield f"{space}{pattern.name}", getattr(pattern.callback, "door", ""), f"/{address}"


def test_odd_addresses_lead_nowhere(visitors: dict[str, User | None]) -> None:  # noqa: F811
    faults: list[str] = []
    attackers = {name: Attacker(signed_in(user) if user else Client(), faults) for name, user in visitors.items()}
    for name, door, address in odd_addresses():
        door = door_of(name, door)
        who = "nobody" if door.startswith(CLIENT_DOOR) or not door else next(v for v in VISITORS if enters(door, v))
        if attackers[who].get(address, f"GET {address[:80]}").status_code == 405:
            attackers[who].post(address, f"POST {address[:80]}")
    assert faults == []


def test_a_body_larger_than_anything_here_takes_is_not_read() -> None:
    client = Client()
    for _name, _door, address in addresses():
        if address:
            answer = client.post(address, b"", content_type="text/plain", CONTENT_LENGTH=str(settings.LARGEST_BODY + 1))
            assert answer.status_code == 413, address


# --- other people's things --------------------------------------------------------

EVERYBODYS = {
    "documents:": "stewards and approvers of any place read every working copy and release: there is one library",
    "letters:verify": "whoever holds the code of a letter may verify it",
    "accounts:job": "the run is of no region: every system administrator's",
    "registry:quality_list": "its argument names a list, which holds the reader's own rows",
}


@pytest.fixture
def strangers() -> list[Client]:
    """A worker and an agent without any relation to the worlds of the rooms, and staff of another region."""
    far = region("339601", "339600")
    told = {"source": "登记", "as_of": DAY, "managed_by": far}
    firm = Organisation.objects.create(name="陌路厂", **told)
    world = World(far, far, [firm], [Person.objects.create(name="陌路人", employer=firm, **told)])
    people = [worker(world, 0, "stranger-worker"), agent(world, 0, login="stranger-agent")]
    return [signed_in(each) for each in (*people, *(account(f"far-{role}", role, where=far) for role in Role))]


@pytest.mark.parametrize("room", MINE)
def test_nobody_opens_a_strangers_page_by_its_address(room: str, strangers: list[Client]) -> None:
    worlds: dict[Any, Any] = {}
    wrong = []
    for page in pages(room):
        if page.path or any(page.url_name.startswith(each) for each in EVERYBODYS):
            continue
        if page.world not in worlds:
            worlds[page.world] = page.world()
        world = worlds[page.world]
        if page.visitor(world) is None or not page.arguments(world):
            continue
        address = reverse(page.url_name, kwargs=page.arguments(world))
        for client in strangers:
            for answer in (client.get(address), client.post(address)):
                leads = urlsplit(answer.headers.get("Location", "")).path
                if answer.status_code not in (403, 404, 405) and not leads.startswith("/sign-in/"):
                    wrong.append(f"{page.url_name}: {answer.wsgi_request.user.login}: {answer.status_code} {leads}")
    assert sorted(set(wrong)) == []
