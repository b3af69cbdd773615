"""Bad input by hand at every address of claims: wrong types, foreign ids, huge bodies, bad uploads.  The answer says what
is wrong in plain words, is no fault of the server's, and nothing is stored."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, reverse
from psycopg import sql

from huijiang.access.models import Agency, Binding
from huijiang.accounts.models import Role, User
from huijiang.claims import batches, intake
from huijiang.claims.models import AuditPack, Claim, Relation
from huijiang.claims.models.rounds import Late, Ranking
from huijiang.claims.urls import urlpatterns
from huijiang.entitlements.models import NightlyRun, Standing
from huijiang.files.models import File
from huijiang.jobs.models import Run
from huijiang.letters.models import Letter
from huijiang.notices.models import Notice
from huijiang.registry.models import MODELS
from huijiang.sealed import keys
from tests.huijiang.claims import pages
from tests.huijiang.claims.arena import arena
from tests.huijiang.claims.test_batches import account as firm_account
from tests.huijiang.claims.test_batches import three_certificates, workbook
from tests.huijiang.entitlements.town import CHIEF, DAY, TRAINER, account

pytestmark = pytest.mark.django_db

NUL, LONG, BIG = "a\x00b", "长" * 20_000, "9" * 60
GARBAGE: Final = (NUL, LONG, BIG, "²", "2026-02-30T25:61_5", "'\"><script>", "-1")
QUERY: Final = ("view", "after", "number", "benefit", "state", "region", "overdue", "deed", "page", "year", "answered", "claimed",
                "correction", "level", "rule")  # fmt: skip
ASKED: Final = (NUL, "长" * 1_000, "²", "2026-02-30T25:61_5")
"""After the question mark: many times what a line of a request may have, but read in a moment."""
UNREADABLE: Final = (NUL, LONG)
"""What no field of any form takes."""


# -- the world ----------------------------------------------------------------------------
class World:
    """The office's cases, a worker's and a firm's drafts and claims, a batch, a round with its panel, a pack."""

    def __init__(self) -> None:
        world = pages.World()
        self.sessions: dict[int, str] = {}  # of whom, the cookie
        self.office, self.desk = world, world.desk
        town = self.town = world.desk.town
        told: dict[str, Any] = {"employer": town.employer, "honour": "区首席技师", "recommended_by": town.xiaoshan,
                                "ended_on_none": True, "managed_by": town.xiaoshan, "source": "登记", "as_of": DAY}  # fmt: skip
        honours = MODELS["recognition"].objects
        self.honour = honours.create(person=town.worker, named_on="2025-06-16", **told)
        self.theirs = honours.create(person=town.colleague, named_on="2025-06-17", granted_by=town.xiaoshan, **told)
        held = three_certificates(self.desk)
        night = NightlyRun.objects.create(region=town.xiaoshan, release="x", on=DAY, snapshot_at="2026-06-30T00:00Z")
        for each in held:
            Standing.objects.create(organisation=town.trainer, region=town.xiaoshan, benefit=TRAINER, holder=f"certificate:{each.pk}",
                                    state="ready", low=100_000, high=100_000, first_run=night)  # fmt: skip
        Standing.objects.create(person=town.worker, region=town.xiaoshan, benefit=CHIEF, holder=f"recognition:{self.honour.pk}",
                                state="ready", low=100_000, high=100_000, first_run=night)  # fmt: skip
        self.draft = intake.open_draft(self.desk.worker, town.xiaoshan, CHIEF, f"recognition:{self.honour.pk}")
        self.counter = intake.open_draft(self.desk.staff["counter"], town.xiaoshan, CHIEF, f"recognition:{self.theirs.pk}",
                                         person=town.colleague.pk)  # fmt: skip
        self.firm = intake.open_draft(self.desk.agent, town.xiaoshan, TRAINER, f"certificate:{held[0].pk}")
        self.batch = batches.take(
            self.desk.agent, town.trainer, TRAINER, workbook(self.desk), "申报.xlsx", firm_account(self.desk)
        )
        self.ground = arena(self.desk)
        self.round = self.ground.opened(panel=True, ranking=Ranking.SCORE, quota=1, late=Late.ACCEPT)
        self.entrant = self.ground.in_review(0)
        self.ground.seated(3)
        self.steward = account("bad-input-steward", "政策员", Role.STEWARD, town.xiaoshan)

    def user(self, name: str) -> User | None:
        match name:
            case "":
                return None
            case "worker":
                return self.town.worker_user
            case "agent":
                return self.town.agent_user
            case "counter" | "analyst" | "reviewer":
                return getattr(self.town, f"{name}_user")  # type: ignore[no-any-return]
            case "steward":
                return self.steward
            case "chair" | "member":
                return self.ground.experts[0 if name == "chair" else 1]
        return self.office.user(name)

    def strangers(self) -> dict[str, User]:
        """Others of the same kind: a worker, an agent, officers of another place with every role of the desk."""
        worker, agent = account("other-worker", "林别人"), account("other-agent", "别家经办")
        Binding.objects.create(user=worker, person=self.town.stranger, way="counter")
        Agency.objects.create(user=agent, organisation=self.town.employer, power="owner", starts_on=dt.date(2020, 1, 1),
                              appointed_by=self.town.counter_user)  # fmt: skip
        made = {"worker": worker, "agent": agent}
        for role in Role:
            made[str(role)] = account(f"other-{role}", str(role), role, self.town.yuyao)
        return made


@dataclass(frozen=True)
class Way:
    """Who goes to an address, with what; `own`: whether what it shows is somebody's or some place's."""

    who: str
    told: Callable[[World], dict[str, Any]]
    query: str = ""
    own: bool = True


def event(of: Callable[[World], Any], benefit: str) -> Callable[[World], dict[str, Any]]:
    document, _hash, rule = benefit.partition("#")
    return lambda world: {"document": document, "rule": rule, "holder": of(world)}


def uid(of: Callable[[World], Any], **more: Any) -> Callable[[World], dict[str, Any]]:
    return lambda world: {"uid": of(world).uid, **{name: value(world) for name, value in more.items()}}


def number(of: Callable[[World], Any]) -> Callable[[World], dict[str, Any]]:
    return lambda world: {"number": str(of(world).number)}


def nothing(world: World) -> dict[str, Any]:
    return {}


def benefit(world: World) -> dict[str, Any]:
    return dict(zip(("document", "rule"), TRAINER.split("#"), strict=True))


def chief(world: World) -> Claim:
    return world.office.chief


def key(of: Callable[[World], Claim], kind: str) -> Callable[[World], str]:
    def found(world: World) -> str:
        from huijiang.accounts.viewers import today
        from huijiang.claims import drafting

        sheet = drafting.sheet_of(of(world), today())
        listed = sheet.questions if kind == "question" else sheet.papers
        return listed[0].key if listed else "none"

    return found


def making(name: str, who: str, of: Callable[[World], Any]) -> dict[str, Way]:
    return {
        **{f"{name}{each}": Way(who, uid(of)) for each in ("", "_account", "_check", "_done")},
        f"{name}_question": Way(who, uid(of, key=key(of, "question"))),
        f"{name}_paper": Way(who, uid(of, key=key(of, "paper"))),
    }


WAYS: Final[dict[str, Way]] = {
    **making("apply", "worker", lambda world: world.draft),
    **making("org_apply", "agent", lambda world: world.firm),
    **making("intake", "counter", lambda world: world.counter),
    "apply_new": Way("worker", event(lambda world: f"recognition:{world.honour.pk}", CHIEF)),
    "org_apply_new": Way("agent", event(lambda world: f"certificate:{world.town.certificate.pk}", TRAINER)),
    "intake_search": Way("counter", nothing, own=False),
    "intake_person": Way("counter", uid(lambda world: world.town.colleague)),
    "intake_firm": Way("counter", uid(lambda world: world.town.trainer)),
    "intake_new_person": Way("counter", lambda world: {**event(lambda w: f"recognition:{w.theirs.pk}", CHIEF)(world),
                                                       "uid": world.town.colleague.uid}),
    "intake_new_firm": Way("counter", lambda world: {**event(lambda w: f"certificate:{w.town.certificate.pk}", TRAINER)(world),
                                                     "uid": world.town.trainer.uid}),
    **{name: Way(who, nothing, own=False) for name, who in (
        ("my_cases", "worker"), ("org_cases", "agent"), ("batches", "agent"), ("ready", "worker"), ("reach", "analyst"), ("reach_list", "reviewer"),
        ("desk", "first"), ("take", "first"), ("bulk", "first"), ("stand_ins", "first"), ("desk_notices", "first"), ("publish", "second"),
        ("disputes", "fourth"), ("team", "watch"), ("rules", "watch"), ("relations", "first"), ("identities", "security"), ("terms", "keeper"), ("terms_new", "keeper"),
        ("days", "keeper"), ("notices", ""), ("packs", "watch"), ("rounds", ""), ("desk_rounds", "first"), ("round_new", "first"), ("panels", "member"),
        ("points", "steward"))},
    "my_case": Way("worker", number(chief)),
    "my_withdraw": Way("worker", uid(chief)),
    "my_object": Way("worker", uid(chief)),
    "org_case": Way("agent", number(lambda world: world.office.trainer)),
    "org_withdraw": Way("agent", uid(lambda world: world.office.trainer)),
    "org_object": Way("agent", uid(lambda world: world.office.trainer)),
    "batch_upload": Way("agent", benefit, own=False),
    "batch_template": Way("agent", benefit, own=False),
    "batch": Way("agent", uid(lambda world: world.batch)),
    "batch_send": Way("agent", uid(lambda world: world.batch)),
    "ready_confirm": Way("worker", uid(lambda world: world.draft)),
    **{name: Way("first", number(chief)) for name in ("case", "assign", "reveal", "dossier")},
    "decide": Way("first", number(chief), "?deed=ask_correction"),
    "judge": Way("first", lambda world: {"number": str(chief(world).number), "uid": world.office.check.uid}),
    "bulk_done": Way("first", uid(lambda world: world.office.bulk)),
    "bulk_cancel": Way("first", uid(lambda world: world.office.waiting)),
    "pack": Way("watch", uid(lambda world: world.office.pack)),
    "pack_cancel": Way("watch", uid(lambda world: world.office.pack)),
    "pack_part": Way("watch", uid(lambda world: world.office.pack, number=lambda world: 1)),
    "end_stand_in": Way("first", lambda world: {"pk": world.office.stand_in.pk}),
    "dispute": Way("fourth", uid(lambda world: world.office.dispute)),
    "end_relation": Way("watch", lambda world: {"pk": world.office.relation.pk}),
    "identity": Way("security", uid(lambda world: world.desk.user("first"))),
    "terms_edit": Way("keeper", lambda world: {"pk": world.office.terms.pk}),
    "notice": Way("", uid(lambda world: world.office.notice), own=False),
    "object_to": Way("", uid(lambda world: world.office.notice, pk=lambda world: world.office.entry.pk), own=False),
    "round": Way("", uid(lambda world: world.round), own=False),
    **{name: Way("first", uid(lambda world: world.round)) for name in
       ("desk_round", "round_settle", "round_late", "round_decline", "round_panel", "round_members")},
    "round_publish": Way("second", uid(lambda world: world.round)),
    "audited_cost": Way("first", uid(lambda world: world.entrant)),
    "panel": Way("member", uid(lambda world: world.round)),
    "score": Way("member", uid(lambda world: world.round, claim=lambda world: world.entrant.uid)),
    "minutes": Way("chair", uid(lambda world: world.round)),
}  # fmt: skip
ACTS_WITHOUT_FIELDS: Final = {"take", "dossier", "bulk_cancel", "pack_cancel", "batch_send"}
"""A button is all they take: whatever else stands in the form is not read."""
READS_WORDS: Final = {"intake_search"}
"""A search stores nothing but that somebody searched."""


def names() -> list[str]:
    return [str(each.name) for each in urlpatterns if isinstance(each, URLPattern)]


def test_every_address_of_claims_is_among_these() -> None:
    assert sorted(WAYS) == sorted(set(names()))


# -- what an answer is ----------------------------------------------------------------------
COUNTED: Final = [*(each for each in apps.get_app_config("claims").get_models()), File, Letter, Notice, Run, AuditPack]


COUNT: Final = sql.SQL(
    "SELECT {counts}, (SELECT ARRAY[sum(moves), sum(account_id), sum(used_days)] FROM claims_claim),"
    " (SELECT count(*) FROM claims_dispute WHERE answered_at IS NOT NULL)"
).format(counts=sql.SQL(", ").join(
    sql.SQL("(SELECT count(*) FROM {})").format(sql.Identifier(each._meta.db_table)) for each in COUNTED
))  # fmt: skip


def stored() -> tuple[Any, ...]:
    """How many rows there are of whatever claims write, and how far they have moved: asked after every request, so in
    one question."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT)
        return tuple(cursor.fetchone())


def one_row_more_is_seen(world: World) -> None:
    before, third = stored(), world.desk.user("third")
    with transaction.atomic():
        Relation.objects.create(user=third, declared_by=third, organisation=world.town.trainer, words="配偶任职")
        assert stored() != before
        transaction.set_rollback(True)
    assert stored() == before


def in_words(answer: Any) -> bool:
    """Whether a refusal says something: a page of words, or a redirect with a message that is none of success."""
    if 300 <= answer.status_code < 400:
        told = list(get_messages(answer.wsgi_request))
        return not any(each.level_tag == "success" for each in told)
    return bool(re.search(r"[一-鿿]{4,}", html_of(answer)))


class Attack:
    """One visitor at one address; every request falls with its savepoint."""

    def __init__(self, world: World, name: str) -> None:
        self.name, self.way = name, WAYS[name]
        self.told = self.way.told(world)
        self.address = reverse(f"claims:{name}", kwargs=self.told) + self.way.query
        self.user = world.user(self.way.who)
        self.sessions = world.sessions
        self.faults: list[str] = []
        self.before = stored()

    def client(self, user: User | None) -> Client:
        """A window of its own, with the visitor's session: each signs in once, before what is asked begins."""
        made = Client(raise_request_exception=False)
        if user is not None:
            if user.pk not in self.sessions:
                first = Client()
                first.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
                self.sessions[user.pk] = first.cookies[settings.SESSION_COOKIE_NAME].value
            made.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[user.pk]
        return made

    def ask(self, what: str, *, post: Any = None, address: str = "", user: Any = ..., said: tuple[int, ...] = (),
            may_store: bool = False, **more: Any) -> Any:  # fmt: skip
        """Ask, and write down what is wrong with the answer.  `said`: the statuses that are right; else any but faults."""
        client = self.client(self.user if user is ... else user)
        with transaction.atomic():
            at = address or self.address
            answer = client.get(at, **more) if post is None else client.post(at, post, **more)
            if answer.status_code >= 500:
                self.faults.append(f"{what}: {answer.status_code} {at[:120]}")
            else:
                kept = stored() != self.before
                if kept and not may_store:
                    self.faults.append(f"{what}: something was stored")
                if not kept:
                    self._judged(what, answer, said)
            transaction.set_rollback(True)
        return answer

    def _judged(self, what: str, answer: Any, said: tuple[int, ...]) -> None:
        if said and answer.status_code not in said:
            self.faults.append(f"{what}: {answer.status_code}, not {said}")
        elif (
            answer.status_code >= 300
            and answer.status_code != 405
            and not getattr(answer, "streaming", False)
            and not in_words(answer)
        ):
            self.faults.append(f"{what}: {answer.status_code} without words")

    # -- the kinds of bad input -------------------------------------------------------
    def questions(self) -> None:
        """Nonsense after the question mark."""
        for nonsense in ASKED:
            self.ask(
                f"?{nonsense[:12]!r}",
                address=f"{self.address.partition('?')[0]}?{urlencode(dict.fromkeys(QUERY, nonsense))}",
            )

    def places(self) -> None:
        """Nonsense in the address itself, where it is more than a number or an id."""
        for name, value in self.told.items():
            if isinstance(value, str):
                for nonsense in (
                    NUL,
                    "长" * 300,
                    "certificate:" + BIG,
                    "certificate:²",
                    "certificate:-1",
                    "nothing:1",
                    "9" * 24,
                ):
                    if name not in ("number", "holder") and not re.fullmatch(r"[-a-zA-Z0-9_]+", nonsense):
                        continue  # a slug takes nothing else
                    self.ask(
                        f"{name}={nonsense[:14]!r}",
                        address=reverse(f"claims:{self.name}", kwargs={**self.told, name: nonsense}),
                    )
            if isinstance(value, int):
                self.ask(
                    f"{name}=big",
                    address=reverse(f"claims:{self.name}", kwargs={**self.told, name: int(BIG)}),
                    said=(404, 405),
                )

    def forms(self) -> None:
        """Nothing at all, what no field takes, and nonsense of every kind, in every field at once."""
        page = self.ask("page")
        fields = fields_of(page) or DIRECT.get(self.name, [])
        if self.ask("nothing", post={}, may_store=self.name in ACTS_WITHOUT_FIELDS | READS_WORDS).status_code == 405:
            return
        for nonsense in GARBAGE:
            sure = nonsense in UNREADABLE and self.name not in ACTS_WITHOUT_FIELDS
            self.ask(f"fields {nonsense[:12]!r}", post=dict.fromkeys(fields, nonsense), may_store=not sure)
        self.ask("a body that says it is huge", post={}, said=(413,), CONTENT_LENGTH=str(settings.LARGEST_BODY + 1))
        self.ask(
            "many fields",
            post={f"f{n}": "1" for n in range(settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1)},
            said=(400, 413),
        )
        self.ask("no form at all", address=self.address, post="{" * 100, content_type="application/json",
                 may_store=self.name in ACTS_WITHOUT_FIELDS)  # fmt: skip
        for kind, content in UPLOADS.items():
            for name in files_of(page):
                told = {**dict.fromkeys(fields, ""), name: SimpleUploadedFile(f"{kind}.pdf", content)}
                self.ask(f"upload {kind}", post=told, said=(422,))

    def strangers(self, others: dict[str, User]) -> None:
        """Somebody of the same kind whose it is not."""
        door = next(each for each in urlpatterns if each.name == self.name).callback.door
        if not self.way.own:
            return
        kinds = door.removeprefix("staff:").split(",") if door.startswith("staff:") else [door]
        for each in kinds:
            for post in (None, {"confirmed": "yes", "true": "yes"}):
                self.ask(f"another {each}", user=others[each], post=post, said=(302, 403, 404, 405))


def html_of(page: Any) -> str:
    """The page, where it is one."""
    plain = not page.streaming and page.headers.get("Content-Type", "").startswith("text/html")
    return str(page.content.decode()) if plain else ""


def fields_of(page: Any) -> list[str]:
    """The names of a page's fields, those hidden too."""
    found = re.findall(r'<(?:input|select|textarea|button)[^>]*\bname="([^"]+)"', html_of(page))
    return [each for each in dict.fromkeys(found) if each not in ("csrfmiddlewaretoken", "language", "next", "q")]


def files_of(page: Any) -> list[str]:
    return [
        name[1]
        for each in re.findall(r"<input[^>]*>", html_of(page))
        if 'type="file"' in each and (name := re.search(r'\bname="([^"]+)"', each))
    ]


DIRECT: Final = {
    "bulk": ["deed", "claim", "confirmed", "uid", "whole", "scope"], "packs": ["benefit", "year"], "batch_send": ["act", "partial"],
    "publish": ["benefit", "region", "confirmed"], "round_late": ["claim", "reason"], "round_panel": ["criteria", "least", "due_on"],
    "round_members": ["confirm", "leave", "login", "chairs"], "decide": ["items", "more", "confirmed"],
    "round_publish": ["x"], "round_settle": ["x"], "round_decline": ["confirmed", "uid"],
}  # fmt: skip
"""What is read of forms that stand on another page."""
UPLOADS: Final = {
    "program": b"MZ" + b"\x00" * 200, "empty": b"", "cut": b"%PDF-1.7\n", "wrong": b"PK\x03\x04" + b"\x00" * 50, "script": b"#!/bin/sh\n",
}  # fmt: skip


def test_bad_input_is_answered_in_words_and_stores_nothing(settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    keys.ensure(settings.KEY_FILE)
    world = World()
    others = world.strangers()
    one_row_more_is_seen(world)
    faults = []
    for name in sorted(WAYS):
        attack = Attack(world, name)
        attack.questions()
        attack.places()
        attack.forms()
        attack.strangers(others)
        faults += [f"{name}: {each}" for each in attack.faults]
    assert faults == [], "\n".join(faults)
