"""Many payable claims at once, for races and benches: rows as the office's work would leave them, written past the
triggers in one go.  What is tested with them then runs with every trigger."""

from __future__ import annotations

import datetime as dt

from huijiang.accounts.models import User
from huijiang.claims.models import Account, Claim, Determination, Due
from huijiang.regions.models import Region
from huijiang.registry.models import Person
from tests.huijiang.forced import past_the_triggers

BENEFIT = "xiaoshan-2025-3#chief-technician-allowance"
DAY = dt.date(2026, 12, 1)
CHUNK = 5_000


def payable(
    count: int, place: Region, by: User, fund: str, *, amount: int = 100_000, state: str = "approved",
    label: str = "",
) -> list[Due]:  # fmt: skip
    """So many people, each with one claim in a state, one determination and one due."""
    with past_the_triggers():
        people = Person.objects.bulk_create(
            [Person(name=f"人{n}", managed_by=place, source="登记", as_of=DAY) for n in range(count)], batch_size=CHUNK
        )
        accounts = Account.objects.bulk_create(
            [Account(person=each, holder=each.name, number=f"6222{each.pk:012d}", bank="甲银行", cnaps="102331002444", made_by=by)
             for each in people], batch_size=CHUNK)  # fmt: skip
        claims = Claim.objects.bulk_create(
            [Claim(region=place, benefit=BENEFIT, holder=f"recognition:{each.pk}", payee_person=each, applicant=by, way="self",
                   number=f"XS{each.pk:014d}", submitted_at=dt.datetime(2026, 11, 2, tzinfo=dt.UTC), clock_days=20, state=state,
                   notice_due=False,
                   account=account) for each, account in zip(people, accounts, strict=True)], batch_size=CHUNK)  # fmt: skip
        made = Determination.objects.bulk_create(
            [Determination(claim=each, number=1, release="r" * 64, engine="1", on=DAY, outcome="entitled", low=amount, high=amount,
                           point=amount, basis="rule", facts="{}", body="{}", digest=f"{each.pk:064x}") for each in claims],
            batch_size=CHUNK)  # fmt: skip
        return Due.objects.bulk_create(
            [Due(claim=each, determination=found, benefit=each.benefit, holder=each.holder, amount=amount, fund=fund, label=label,
                 payee_person_id=each.payee_person_id, due_on=DAY) for each, found in zip(claims, made, strict=True)],
            batch_size=CHUNK)  # fmt: skip
