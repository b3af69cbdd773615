"""The steps of `bench.claims`, each in a process of its own: python -m bench.claims_steps STEP CLAIMS DECISIONS SUBMISSIONS HOME.

People and honours are written by `bulk_create`, the night finds what they are owed, and the cases of the queue are
moved by one statement a move: the database judges each row as it judges a single one.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

CHIEF: Final = "xiaoshan-2025-3#chief-technician-allowance"
PLACE: Final = "330109"
CHUNK: Final = 5_000
WARM: Final = 8
LOOKS: Final = 5  # a second
SUBMITTED: Final = 15  # a second
VIEWS: Final = {
    "mine": "?view=mine", "the department": "?view=all", "the department, from the middle": "?view=all&after={middle}",
    "overdue": "?view=all&overdue=1", "one benefit": "?view=all&benefit=xiaoshan-2025-3%23chief-technician-allowance",
    "one state of one place": "?view=all&state=checking&region=330109", "one number": "?view=all&number={number}",
    "waiting for the second review": "?view=second",
}  # fmt: skip


@dataclass(frozen=True)
class Size:
    claims: int
    decisions: int
    submissions: int
    home: Path


def seed(size: Size) -> str:
    """A district whose chief technicians are all owed an allowance, and its office; some have an account."""
    from huijiang.access.models import Binding
    from huijiang.accounts.models import User
    from huijiang.accounts.viewers import today
    from huijiang.entitlements import nightly
    from huijiang.registry import names
    from huijiang.registry.models import MODELS, Person
    from tests.huijiang.claims.office import office
    from tests.huijiang.entitlements.town import DAY, town

    here = office(town()).town
    told: dict[str, Any] = {"managed_by": here.xiaoshan, "source": "登记", "as_of": DAY}
    people = Person.objects.bulk_create(
        [Person(name=f"林技{n}", name_key=names.matched(f"林技{n}"), birth_date="1980-01-01", employer=here.employer,
                works_in=here.xiaoshan, spouse_none=True, **told) for n in range(size.claims)], batch_size=CHUNK)  # fmt: skip
    honours = MODELS["recognition"]
    honours.objects.bulk_create(
        [honours(person=each, employer=here.employer, honour="区首席技师", granted_by=here.xiaoshan, recommended_by=here.xiaoshan,
                 named_on="2025-06-15", ended_on_none=True, **told) for each in people], batch_size=CHUNK)  # fmt: skip
    users = User.objects.bulk_create(
        User(login=f"bench-{each.pk}", name=each.name, password="!") for each in people[: size.submissions + WARM]
    )
    Binding.objects.bulk_create(
        Binding(user=user, person=each, way="counter") for user, each in zip(users, people, strict=False)
    )
    _analyse()
    nights = nightly.run(today())
    return f"{sum(each.opened for each in nights):,} results"


def ready(size: Size) -> str:
    from huijiang.claims import proactive

    done = proactive.prepare(_place())
    assert done.in_sets >= size.claims, done
    return f"{done.made:,} ready claims, {done.told:,} people told"


def prepare(size: Size) -> str:
    """What is decided and what is sent by people themselves: drafts with their accounts, and sessions."""
    from django.test import Client

    from huijiang.access.models import Binding
    from huijiang.access.viewers import as_worker
    from huijiang.claims import intake
    from huijiang.claims.models import Claim

    _analyse()
    bound = Binding.objects.filter(user__login__startswith="bench-").select_related("user").order_by("pk")
    requests = []
    for each in bound:
        viewer = as_worker(each.user)
        assert viewer is not None
        claim = Claim.objects.get(payee_person=each.person, benefit=CHIEF)
        kept = intake.make_account(viewer, holder=each.user.name, number=f"622202{each.person_id:010}", bank="甲银行", person=each.person_id)  # fmt: skip
        intake.use_account(claim, viewer, kept)
        client = Client()
        client.force_login(each.user, backend="django.contrib.auth.backends.ModelBackend")
        requests.append(
            {"path": f"/apply/{claim.uid}/check/", "session": client.session.session_key, "form": {"true": "yes"}}
        )
    counter = _officer("counter", "counter")
    drafts = (
        Claim.objects.filter(state="draft", account=None, benefit=CHIEF).select_related("payee_person").order_by("pk")
    )
    for claim in drafts[: size.decisions]:
        person = claim.payee_person
        assert person is not None
        kept = intake.make_account(
            counter, holder=str(person.name), number=f"622203{person.pk:010}", bank="甲银行", person=person.pk
        )
        intake.submit(intake.use_account(claim, counter, kept), counter)
    (size.home / "submissions.json").write_text(json.dumps(requests), encoding="utf-8")
    return f"{len(requests)} drafts, {size.decisions} claims"


def decide(size: Size, deed: str, source: str, officer: str) -> str:
    """One deed on each of so many claims, in selections as large as the desk takes; every claim in its transaction."""
    import uuid

    from huijiang.claims import bulk
    from huijiang.claims.models import BulkItem, Claim

    viewer = _officer(officer)
    claims = list(Claim.objects.filter(state=source).order_by("pk")[: size.decisions])
    begun = time.perf_counter()
    for at in range(0, len(claims), bulk.MOST):
        made = bulk.make(uuid.uuid4(), viewer, deed, claims[at : at + bulk.MOST])
        bulk.carry_on(made)
    took = time.perf_counter() - begun
    done = BulkItem.objects.filter(bulk__deed=deed, outcome="done").count()
    assert done == size.decisions, list(BulkItem.objects.filter(outcome="not_done").values_list("why", flat=True)[:3])
    return f"{done * 60 / took:,.0f} a minute"


def accept(size: Size) -> str:
    return decide(size, "accept", "submitted", "intake")


def checked(size: Size) -> str:
    return decide(size, "checked", "checking", "first")


def review(size: Size) -> str:
    return decide(size, "review", "in_review", "first")


def approve(size: Size) -> str:
    return decide(size, "approve", "second_review", "second")


_ACCOUNT: Final = """
INSERT INTO claims_account (uid, person_id, holder, number, number_hash, number_hash_next, bank, cnaps, made_by_id)
SELECT gen_random_uuid(), c.payee_person_id, a.holder, a.number, a.number_hash, a.number_hash_next, a.bank, '', a.made_by_id
FROM claims_claim AS c, (SELECT * FROM claims_account ORDER BY id LIMIT 1) AS a
WHERE c.state = 'draft' AND c.account_id IS NULL AND c.benefit = %(benefit)s
"""
_FILLED: Final = """
UPDATE claims_claim AS c SET account_id = a.id, applicant_id = %(by)s, submitted_at = now() - make_interval(hours => (c.id %% 900)::int),
       number = 'XSBENCH' || lpad(c.id::text, 9, '0'), clock_days = 20, running_since = current_date - (c.id %% 30)::int,
       deadline = current_date - (c.id %% 30)::int + 28, assigned_to_id = CASE WHEN c.id %% 40 = 0 THEN %(first)s END
FROM claims_account AS a WHERE a.person_id = c.payee_person_id AND c.state = 'draft' AND c.account_id IS NULL
"""
_MOVE: Final = """
INSERT INTO claims_movement (claim_id, number, event, source, target, who, by_id, reason, words, condition, digest)
SELECT c.id, c.moves + 1, %(event)s, c.state, %(target)s, %(who)s, %(by)s, '', '', '', '' FROM claims_claim AS c
WHERE c.state = %(source)s AND c.number LIKE 'XSBENCH%%' AND c.id %% 4 < %(share)s ORDER BY c.id
"""
_SIGN: Final = """
INSERT INTO claims_act (claim_id, human, user_id, kind, occasion, determination_id, digest, voided_because)
SELECT id, %(human)s, %(by)s, 'intake', '', NULL, '', '' FROM claims_claim
WHERE state = 'submitted' AND number LIKE 'XSBENCH%%' AND id %% 4 < 3
"""
_DETERMINED: Final = """
INSERT INTO claims_determination (uid, claim_id, number, release, engine, "on", outcome, low, high, point, later, basis, basis_words,
                                  facts, body, digest)
SELECT gen_random_uuid(), c.id, 1, d.release, d.engine, d."on", d.outcome, d.low, d.high, d.point, d.later, d.basis, '', d.facts, d.body,
       lpad(to_hex(c.id), 64, '0')
FROM claims_claim AS c, (SELECT * FROM claims_determination ORDER BY id LIMIT 1) AS d
WHERE c.state = 'checking' AND c.number LIKE 'XSBENCH%%' AND c.id %% 4 < 2
"""
_CHECKS: Final = """
INSERT INTO claims_check (uid, claim_id, determination_id, verifier, name, rule, clause, version, verdict, severity, score,
    words, evidence, judgement, judged_because)
SELECT gen_random_uuid(), d.claim_id, d.id, k.verifier, k.name, k.rule, k.clause, k.version, k.verdict, k.severity, k.score,
    k.words, '[]', '', ''
FROM claims_determination AS d JOIN claims_claim AS c ON c.id = d.claim_id,
     (SELECT DISTINCT ON (verifier) * FROM claims_check ORDER BY verifier, id) AS k
WHERE c.number LIKE 'XSBENCH%%'
"""


def spread(size: Size) -> str:
    """All other drafts become cases: a quarter submitted, a quarter being checked, half in review with their checks."""
    from django.db import connection, transaction

    from huijiang.access import humans
    from huijiang.claims.models import Claim

    sent, taker, first = (_officer(each) for each in ("counter", "intake", "first"))
    told = {"benefit": CHIEF, "by": sent.user.pk, "first": first.user.pk}
    with connection.cursor() as cursor:
        for statement, more in (
            (_ACCOUNT, {}), (_FILLED, {}), (_MOVE, {"event": "submit", "source": "draft", "target": "submitted", "who": "counter", "share": 4}),
            (_SIGN, {"by": taker.user.pk, "human": humans.human_of(taker.user)}),
            (_MOVE, {"event": "accept", "source": "submitted", "target": "checking", "who": "intake", "by": taker.user.pk, "share": 3}),
            (_DETERMINED, {}),
            (_MOVE, {"event": "checked", "source": "checking", "target": "in_review", "who": "system", "by": None, "share": 2}),
            (_CHECKS, {}),
        ):  # fmt: skip
            begun = time.perf_counter()
            with transaction.atomic():
                cursor.execute(statement, {**told, **more})
            sys.stderr.write(f"·     {cursor.rowcount:,} rows, {time.perf_counter() - begun:.1f} s\n")
    _analyse()
    cases = Claim.objects.filter(number__startswith="XSBENCH").order_by("deadline", "pk")
    count = cases.count()
    middle = cases[count // 2]
    assert middle.deadline is not None
    places = {"middle": f"{middle.deadline.isoformat()}_{middle.pk}", "number": middle.number}
    _write_requests(size, places)
    return f"{count:,} cases"


def _write_requests(size: Size, places: dict[str, Any]) -> None:
    """What `bench.claims` asks the server: name → rate, promise, requests to warm up with, requests."""
    reads = [_session(each) for each in ("first", "third")]
    looked = LOOKS * size.submissions // SUBMITTED  # as many seconds as submissions go on
    listed: dict[str, Any] = {}
    for name, query in VIEWS.items():
        every = [{"path": f"/desk/{query.format(**places)}", "session": reads[at % 2]} for at in range(looked + WARM)]
        listed[f"the desk: {name}"] = {
            "rate": LOOKS,
            "promised": "< 200 ms",
            "warm": every[:WARM],
            "requests": every[WARM:],
        }
    takes = [{"path": "/desk/next/", "session": reads[at % 2], "form": {}} for at in range(looked + WARM)]
    listed["the desk: take the next"] = {
        "rate": LOOKS,
        "promised": "< 200 ms",
        "warm": takes[:WARM],
        "requests": takes[WARM:],
    }
    sends = json.loads((size.home / "submissions.json").read_text(encoding="utf-8"))
    listed["submission of a claim"] = {
        "rate": 15,
        "promised": "< 250 ms",
        "warm": sends[:WARM],
        "requests": sends[WARM:],
    }
    (size.home / "requests.json").write_text(json.dumps(listed), encoding="utf-8")


def _session(name: str) -> str:
    from django.test import Client

    client = Client()
    client.force_login(_officer(name).user, backend="django.contrib.auth.backends.ModelBackend")
    return str(client.session.session_key)


def _place() -> Any:
    from huijiang.regions.models import Region

    return Region.objects.get(code=PLACE)


def _officer(name: str, login: str = "") -> Any:
    from huijiang.accounts.models import User
    from huijiang.accounts.viewers import as_staff

    viewer = as_staff(User.objects.get(login=login or ("counter" if name == "counter" else f"claims-{name}")))
    assert viewer is not None
    return viewer


def _analyse() -> None:
    from huijiang.registry import load

    load.measure()


STEPS: Final = {each.__name__: each for each in (seed, ready, prepare, accept, checked, review, approve, spread)}


def main(arguments: Sequence[str]) -> None:
    name, claims, decisions, submissions, home = arguments
    print(STEPS[name](Size(int(claims), int(decisions), int(submissions), Path(home))))


if __name__ == "__main__":
    import django

    django.setup()
    main(sys.argv[1:])
