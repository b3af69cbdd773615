"""For which event something was paid before the platform: found in the registry by the payee, or said by a person.

An office's books name a person, a benefit and a day; the platform pays events.  What is found is never paid again;
what is not found is in no such law, and waits for somebody to say which event it is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from huijiang import audit, present
from huijiang.accounts.models import User
from huijiang.documents import library
from huijiang.funds.models import PastPayment, Reservation
from huijiang.registry.models import MODELS
from huijiang.registry.vocabulary import vocabulary
from tiaowen.plan import terms as t
from tiaowen.plan.rules import Rule

MOST: Final = 20_000
"""Events of one payee that are looked at."""
WORDED: Final = ("text", "code", "date")
MOST_WORDS: Final = 4


@dataclass(frozen=True)
class Event:
    """A row of the registry that a benefit may have paid somebody for.  `keys`: by what an office's books may name it:
    its number, its day."""

    holder: str
    words: str
    keys: tuple[str, ...]


def events(rule: Rule, person: int | None, organisation: int | None) -> list[Event]:
    """The events of a payee that a benefit pays for, by its own term of who is paid; none for a benefit that pays groups
    of events, or whose document leaves the payee open."""
    if rule.table == "person" and person is not None:
        return [Event(f"person:{person}", _("本人"), ())]
    pays = rule.pays
    if not isinstance(pays, t.RowOf) or pays.root != rule.table or not pays.hops or rule.grouping is not None:
        return []
    payee = person if pays.type.name == "person" else organisation
    if payee is None:
        return []
    found = MODELS[rule.table]._default_manager.filter(**{"__".join(pays.hops): payee})
    return [_event(rule, each) for each in found.order_by("pk")[:MOST]]


def _event(rule: Rule, row: Any) -> Event:
    columns = vocabulary().tables[rule.table].columns
    said = {
        name: getattr(row, name) for name, each in columns.items() if each.type.kind in WORDED and each.derived is None
    }
    day = said.get(rule.date.column) if isinstance(rule.date, t.Column) and not rule.date.hops else None
    keys = [str(said["number"]) if said.get("number") else "", day.isoformat() if isinstance(day, dt.date) else ""]
    words = [str(each) for each in dict.fromkeys((day, *said.values())) if each]
    return Event(f"{rule.table}:{row.pk}", " · ".join(words[:MOST_WORDS]), tuple(filter(None, keys)))


def meant(found: Sequence[Event], key: str) -> str:
    """The holder of the only event that is meant: by its number or day where the books say one, else the only one there
    is; empty where none or several are."""
    some = [each for each in found if not key or key in each.keys]
    return some[0].holder if len(some) == 1 else ""


def of(payment: PastPayment) -> list[Event]:
    """The events that a past payment may have been for."""
    known = library.benefits(payment.file.region_id).get(payment.benefit)
    return events(known[0], payment.person_id, payment.organisation_id) if known is not None else []


@transaction.atomic
def place(payment: PastPayment, holder: str, by: User) -> PastPayment:
    """Say for which event a past payment was; from then on its period is not paid again.  The same once more changes
    nothing.  Raises ValueError for another's event, and where the period was paid twice."""
    held = PastPayment.objects.select_for_update(of=("self",)).select_related("file").get(pk=payment.pk)
    if held.holder == holder:
        return held
    if held.holder:
        raise ValueError(_("这一笔的事由已经定了，不能再改。"))
    if holder not in {each.holder for each in of(held)}:
        raise ValueError(_("请从列出的事由里选一个。"))
    same = {"benefit": held.benefit, "holder": holder, "period": held.period, "instalment": held.instalment}
    other = PastPayment.objects.filter(**same).select_related("file").first()
    if other is not None:
        raise ValueError(_("这一期在“%(file)s”%(place)s已有一笔历史发放，请先核对是不是发了两次。")
                         % {"file": other.file.name, "place": other.place})  # fmt: skip
    due = {f"due__{name}": value for name, value in same.items()}
    if Reservation.objects.filter(**due).exclude(state=Reservation.State.RELEASED).exists():
        raise ValueError(_("这一期已在平台上预留或付款，请先核对是不是发了两次。"))
    PastPayment.objects.filter(pk=held.pk).update(holder=holder, placed_by=by, placed_at=present.now())
    audit.record(by, "funds.past_placed", f"past_file:{held.file.uid}", held.file.region_id, place=held.place)
    held.refresh_from_db()
    return held
