"""A batch from claims that may be paid to the last answer of the bank, in a process that may be killed at any moment.

    python -m tests.huijiang.funds.steps SOCKET HOME ROUND

Each step looks at what is there, does what comes next and is said before it is done (`step NAME`).  A second process
after a kill therefore goes on where the first one was.  At the end the books are read: `{"wrong": [...], "paid": ...}`.
"""

from __future__ import annotations

import io
import json
import os
import random
import sys
import tempfile
from pathlib import Path
from typing import Any

DUES = 12
AMOUNT = 100_000
FUND = "人才专项资金"


def main(socket: str, home: str, number: int) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.huijiang.settings"
    from django.conf import settings

    settings.DATABASES["default"].update(NAME="prepared", HOST=socket, USER="huijiang", PORT="5432")
    settings.DATA = Path(home)
    settings.KEY_FILE = Path(home) / "keys.json"
    import django

    django.setup()
    from django.db import close_old_connections

    round_(number)
    close_old_connections()


def step(name: str) -> None:
    print(f"step {name}", flush=True)


def office() -> Any:
    """Region, three of finance, a source with money; made once, whole or not at all."""
    from django.db import transaction

    from huijiang.accounts.models import Role, User
    from huijiang.funds import budget
    from huijiang.funds.models import Allotment, Source
    from huijiang.regions import tree
    from huijiang.regions.models import Region
    from huijiang.registry.vocabulary import vocabulary
    from tests.huijiang.entitlements.town import account
    from tests.huijiang.funds.many import DAY
    from tests.huijiang.funds.treasury import paid_from

    names = ("kill-maker", "kill-chief", "kill-third")
    with transaction.atomic():
        if not Source.objects.filter(name=FUND).exists():
            tree.sync(vocabulary().regions)
            place = Region.objects.get(code="330109")
            maker, chief, _third = (account(each, each, Role.FINANCE, place) for each in names)
            source = Source.objects.create(code="talent", name=FUND)
            line = budget.open_line(place, source, DAY.year, maker)
            budget.approve(budget.ask(line, Allotment.Kind.ORIGINAL, 10_000_000_000, "文", maker), chief)
            paid_from(place, source, maker, chief)
    people = [User.objects.get(login=each) for each in names]
    return Region.objects.get(code="330109"), Source.objects.get(name=FUND), people


def round_(number: int) -> None:
    from django.conf import settings
    from django.db import transaction

    from huijiang.claims.models import Due
    from huijiang.funds import answers, batches, exporting, reserving
    from huijiang.funds.models import Batch
    from huijiang.sealed import keys
    from tests.huijiang.funds.many import DAY, payable

    keys.ensure(settings.KEY_FILE)
    place, source, (maker, chief, third) = office()
    name = f"第{number}轮"
    with transaction.atomic():
        if not Due.objects.filter(label=name).exists():
            made = payable(DUES, place, maker, FUND, amount=AMOUNT, label=name)
            assert len(made) == DUES
    step("reserve")
    reserving.reserve(list(Due.objects.filter(label=name)), maker, DAY)
    batch = Batch.objects.exclude(state__in=("settled", "dropped")).order_by("pk").first()
    if batch is None and Due.objects.filter(label=name, claim__state="payable").exists():
        step("build")
        batch = batches.build(place, source, maker, pay_on=DAY)
    if batch is not None:
        step("freeze")
        batch = batches.freeze(batch, maker)
        step("sign")
        batch = batches.sign(batch, chief, "finance")
        step("sign again")
        batch = batches.sign(batch, third, "release")
        step("export")
        files = [each.content for each in exporting.export(batch, maker)]
        step("send")
        batch = batches.send(batch, maker)
        for at, content in enumerate(messages(files, number)):
            step(f"answer {at}")
            answers.take(io.BytesIO(content), len(content), f"{number}-{at}.xml", place, maker)
    step("end")
    print(json.dumps(books(number)), flush=True)


def messages(files: list[bytes], number: int) -> list[bytes]:
    """What the bank says about the files, each message twice, in a shuffled order: the same for the same round."""
    from huijiang.funds import simulator
    from huijiang.funds.simulator import Manners
    from tests.huijiang.funds.many import DAY

    found = []
    for content in files:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "order.xml"
            path.write_bytes(content)
            ordered = simulator.instructions(path)
        manners = Manners(rejected=100, returned=100, late=200, twice=200, unknown=50)
        found += [
            each.content for each in simulator.answers(f"r{number}", ordered, random.Random(number), DAY, manners)
        ]
    random.Random(number).shuffle(found)
    return [*found, *found]


def books(number: int) -> dict[str, Any]:
    """Disagreements of the books; dues of the round by what became of them; dues paid twice; what is lost."""
    from collections import Counter

    from django.db.models import Count, Q

    from huijiang.claims.models import Due
    from huijiang.funds import journal
    from huijiang.funds.models import Payment, Posting

    live = Q(payments__state__in=("prepared", "sent", "paid"))
    twice = Due.objects.annotate(n=Count("payments", filter=live)).filter(n__gt=1).count()
    of_round = Payment.objects.filter(due__label=f"第{number}轮")
    left = Posting.objects.filter(payment__in=of_round, entry__kind="paid").values("payment").annotate(n=Count("id"))
    return {
        "wrong": [f"{each.what}: {each.where} {each.left} {each.right}" for each in journal.disagreements()],
        "twice": twice + left.filter(n__gt=1).count(),
        "payments": dict(Counter(of_round.values_list("state", flat=True))),
        "claims": dict(Counter(Due.objects.filter(label=f"第{number}轮").values_list("claim__state", flat=True))),
    }


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
