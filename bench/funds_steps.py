"""The steps of `bench.funds`, each in a process of its own: python -m bench.funds_steps STEP PAYMENTS HOME."""

from __future__ import annotations

import random
import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any, Final

RESERVATIONS: Final = 500
RIVALS: Final = 64
FUND: Final = "人才专项资金"


def seed(payments: int, home: Path) -> str:
    """Claims that may be paid, and as many more rows in the ledger as ten batches leave."""
    from django.db import connection

    from huijiang.accounts.models import Role
    from huijiang.funds import budget, ledger
    from huijiang.funds.models import Account, Allotment, Entry, Source
    from huijiang.regions import tree
    from huijiang.regions.models import Region
    from huijiang.registry import load
    from huijiang.registry.vocabulary import vocabulary
    from tests.huijiang.entitlements.town import account
    from tests.huijiang.forced import past_the_triggers
    from tests.huijiang.funds.many import DAY, payable
    from tests.huijiang.funds.treasury import paid_from

    tree.sync(vocabulary().regions)
    place = Region.objects.get(code="330109")
    maker, chief, _third = (account(f"bench-{each}", each, Role.FINANCE, place) for each in ("maker", "chief", "third"))
    source = Source.objects.create(code="talent", name=FUND)
    line = budget.open_line(place, source, DAY.year, maker)
    budget.approve(budget.ask(line, Allotment.Kind.ORIGINAL, 10**14, "文", maker), chief)
    paid_from(place, source, maker, chief)
    dues = payable(payments, place, maker, FUND, state="payable")
    with past_the_triggers(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO funds_reservation (due_id, line_id, amount, state, because, made_at) "
            "SELECT id, %s, amount, 'held', '', now() FROM claims_due",
            [line.pk],
        )
        cursor.execute("UPDATE funds_line SET reserved = (SELECT sum(amount) FROM claims_due) WHERE id = %s", [line.pk])
    del dues
    payable(RESERVATIONS, place, maker, FUND)
    one, other = (ledger.account(place, source, 2000, kind) for kind in (Account.Kind.EXPENSE, Account.Kind.IN_TRANSIT))
    with past_the_triggers(), connection.cursor() as cursor:
        entry = Entry.objects.create(kind="sent", key="bench", on=DAY, digest="0" * 64)
        cursor.execute(
            "INSERT INTO funds_posting (entry_id, account_id, amount) SELECT %s, CASE n %% 2 WHEN 0 THEN %s ELSE %s END,"
            " CASE n %% 2 WHEN 0 THEN 1 ELSE -1 END FROM generate_series(1, %s) AS n",
            [entry.pk, one.pk, other.pk, payments * 10 - payments * 10 % 2],
        )
    load.measure()
    return f"{payments:,} claims"


def reserve(payments: int, home: Path) -> str:
    """So many reservations on one line, each in a transaction of its own, by rivals who press at once over connections
    of their own."""
    from django.db import connections

    from huijiang.accounts.models import User
    from huijiang.claims.models import Due
    from huijiang.funds import reserving
    from huijiang.funds.models import Line, Reservation
    from tests.huijiang.funds.many import DAY

    maker = User.objects.get(login="bench-maker")
    line = Line.objects.get()
    before = line.reserved
    due = list(Due.objects.filter(claim__state="approved").select_related("claim__region"))
    gate, took = Barrier(RIVALS + 1), list[float]()

    def rival(number: int) -> None:
        gate.wait()
        for each in due[number::RIVALS]:
            begun = time.perf_counter()
            reserving.reserve([each], maker, DAY)
            took.append(time.perf_counter() - begun)
        connections.close_all()

    with ThreadPoolExecutor(RIVALS) as pool:
        running = [pool.submit(rival, number) for number in range(RIVALS)]
        gate.wait()
        begun = time.perf_counter()
        for each in running:
            each.result()
        wall = time.perf_counter() - begun
    line.refresh_from_db()
    lost = (line.reserved - before) // due[0].amount - len(due)
    assert (lost, Reservation.objects.filter(due__in=due).count()) == (0, len(due))
    longest = max(took)
    return f"{len(due) * 60 / wall:,.0f} a minute by {RIVALS} at once, none lost, longest {longest:.1f} s"


def send(payments: int, home: Path) -> str:
    """Built and frozen; exported once it is signed (the signatures are measured by themselves)."""
    from huijiang.funds import batches
    from tests.huijiang.funds.many import DAY

    place, source, (maker, _chief, _third) = _office()
    timed: dict[str, float] = {}
    batch = _timed(timed, "built", lambda: batches.build(place, source, maker, pay_on=DAY, most=payments))
    _timed(timed, "frozen", lambda: batches.freeze(batch, maker))
    _export(batch, maker, home, timed)
    return "、".join(f"{name} {took:.1f} s" for name, took in timed.items())


def _export(batch: Any, maker: Any, home: Path, timed: dict[str, float]) -> None:
    """What the signed batch's export does, before it is signed: the same files, not kept."""
    from huijiang.funds import exporting

    begun = time.perf_counter()
    batch.refresh_from_db()
    orders = exporting.files(batch, exporting.PAIN001)
    (home / "orders").mkdir(exist_ok=True)
    for number, (_order, content) in enumerate(orders):
        (home / "orders" / f"{number:03}.xml").write_bytes(content)
    timed["exported"] = time.perf_counter() - begun


def sign(payments: int, home: Path) -> str:
    """Two people, then sent."""
    from huijiang.funds import batches
    from huijiang.funds.models import Batch

    _place, _source, (maker, chief, third) = _office()
    batch, timed = Batch.objects.get(), dict[str, float]()
    _timed(timed, "one", lambda: batches.sign(batch, chief, "finance"))
    _timed(timed, "other", lambda: batches.sign(batch, third, "release"))
    _timed(timed, "sent", lambda: batches.send(batch, maker))
    return "、".join(f"{name} {took:.1f} s" for name, took in timed.items())


def answer(payments: int, home: Path) -> str:
    """The bank's side: everything is paid, one camt.054 a payment file."""
    from huijiang.funds import simulator
    from huijiang.funds.simulator import Manners
    from tests.huijiang.funds.many import DAY

    (home / "answers").mkdir(exist_ok=True)
    for path in sorted((home / "orders").glob("*.xml")):
        ordered = simulator.instructions(path)
        good = Manners(rejected=0, returned=0, late=0, twice=0, unknown=0)
        for message in simulator.answers(path.stem, ordered, random.Random(path.stem), DAY, good):
            (home / "answers" / message.name).write_bytes(message.content)
    return f"{payments:,} payments"


def settle(payments: int, home: Path) -> str:
    """The bank's answers taken in, file by file."""
    from huijiang.funds import answers
    from huijiang.funds.models import Batch

    place, _source, (maker, *_others) = _office()
    lines = 0
    for path in sorted((home / "answers").iterdir()):
        with path.open("rb") as content:
            lines += answers.take(content, path.stat().st_size, path.name, place, maker).count
    assert lines == payments, (lines, payments)
    assert Batch.objects.get().state == Batch.State.SETTLED
    return f"{lines:,} lines"


def trace(payments: int, home: Path) -> str:
    """The whole trace of payments drawn at random."""
    from huijiang.funds import trace as tracing
    from huijiang.funds.models import Payment

    chance, took = random.Random(1), []
    ids = list(Payment.objects.values_list("pk", flat=True))
    for pk in chance.sample(ids, min(51, len(ids))):
        reference = Payment.objects.get(pk=pk).reference
        begun = time.perf_counter()
        (found,) = tracing.find(reference, "330109/") or tracing.find(reference, "")
        tracing.trace(found)
        took.append(1000 * (time.perf_counter() - begun))
    took = took[1:]
    return f"{statistics.median(took):.1f} ms, {max(took):.1f} ms"


def _office() -> tuple[Any, Any, list[Any]]:
    from huijiang.accounts.models import User
    from huijiang.funds.models import Source
    from huijiang.regions.models import Region

    people = [User.objects.get(login=f"bench-{each}") for each in ("maker", "chief", "third")]
    return Region.objects.get(code="330109"), Source.objects.get(), people


def _timed(timed: dict[str, float], name: str, act: Callable[[], Any]) -> Any:
    begun = time.perf_counter()
    made = act()
    timed[name] = time.perf_counter() - begun
    sys.stderr.write(f"·     {name} {timed[name]:.1f} s\n")
    return made


STEPS: Final = {each.__name__: each for each in (seed, reserve, send, sign, answer, settle, trace)}

if __name__ == "__main__":
    import django

    django.setup()
    print(STEPS[sys.argv[1]](int(sys.argv[2]), Path(sys.argv[3])))
