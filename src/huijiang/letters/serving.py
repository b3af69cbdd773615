"""Service of letters (送达): by hand, by post, in the platform; each act once, never changed."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from huijiang import audit
from huijiang.accounts.models import User
from huijiang.accounts.viewers import Viewer, today
from huijiang.letters.models import Letter, Service


@transaction.atomic
def serve(by: User | None, letter: Letter, way: str, receiver: str, on: dt.date | None = None, tracking: str = "") -> Service:  # fmt: skip
    """Write down an act of service.  Raises ValueError for a day before the letter's or after today."""
    day = on or today()
    if not letter.on <= day <= today():
        raise ValueError(f"送达日期 day of service {day}: 应在 expected {letter.on} … {today()}")
    made = Service.objects.create(letter=letter, way=Service.Way(way), receiver=Service.Receiver(receiver), on=day,
                                  tracking=tracking, by=by)  # fmt: skip
    audit.record(by, "letters.serve", f"letter:{letter.uid}", letter.region_id, way=way, on=day)
    return made


@transaction.atomic
def read(viewer: Viewer, letter: Letter) -> bool:
    """The addressee opened the letter, signed in as themselves or for their firm; whether this was the first time."""
    person = letter.person_id in viewer.people
    firm = letter.organisation_id in viewer.firms
    if not (person or firm) or letter.services.filter(way=Service.Way.IN_APP).exists():
        return False
    receiver = Service.Receiver.SELF if person else Service.Receiver.AGENT
    made = Service.objects.bulk_create(
        [Service(letter=letter, way=Service.Way.IN_APP, receiver=receiver, on=today(), by=viewer.user)],
        ignore_conflicts=True,  # two windows at once: one of them was first
    )
    audit.record(viewer.user, "letters.serve", f"letter:{letter.uid}", letter.region_id, way="in_app", on=today())
    return bool(made)


def served_on(letter: Letter) -> dt.date | None:
    """The day from which the time to object runs; None while it was not served."""
    return letter.services.order_by("on").values_list("on", flat=True).first()


def is_served(letter: Letter) -> bool:
    return letter.services.exists()
