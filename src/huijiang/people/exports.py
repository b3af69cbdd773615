"""A copy of what is kept of a person: made by a job, sealed, fetched by the person alone, gone after a week."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from typing import Any, Final

from django.db import transaction

from huijiang import audit, jobs, present
from huijiang.access.law import access_columns, access_rows
from huijiang.access.models import Binding, Consent, Sighting
from huijiang.access.viewers import as_worker
from huijiang.accounts.viewers import Viewer
from huijiang.claims.models import Claim
from huijiang.entitlements.models import Objection
from huijiang.entitlements.portrait import shown
from huijiang.files.models import File
from huijiang.funds.models import Payment
from huijiang.notices.models import Notice
from huijiang.people import reading
from huijiang.people.models import Correction, Export
from huijiang.registry.vocabulary import references, stored_columns, vocabulary

JOB: Final = "people.export"
LASTS: Final = dt.timedelta(days=7)
FORM: Final = "huijiang-personal-data/1"


class Gone(LookupError):
    """The copy is not ready yet, or its week is over."""


@transaction.atomic
def ask(viewer: Viewer) -> Export:
    """Ask for a copy, or give the one that is under way."""
    known = Export.objects.filter(person__in=viewer.people, ready_at=None, expires_at__gt=present.now()).first()
    if known is not None:
        return known
    assert viewer.person is not None  # whoever asks is a worker
    made = Export.objects.create(person_id=viewer.person, asked_by=viewer.user, expires_at=present.now() + LASTS)
    audit.record(viewer.user, "people.export", f"export:{made.uid}")
    jobs.enqueue(JOB, actor=viewer.user, export=made.pk)
    return made


@transaction.atomic
def make(export: Export) -> None:
    """Gather and seal it, as the one who asked may see it today."""
    held = Export.objects.select_for_update().get(pk=export.pk)
    viewer = as_worker(held.asked_by)
    if held.ready_at is not None or viewer is None or held.person_id not in viewer.people:
        return
    held.content = json.dumps(gathered(viewer), ensure_ascii=False)
    held.ready_at = present.now()
    held.expires_at = held.ready_at + LASTS
    held.save()


def gathered(viewer: Viewer) -> dict[str, Any]:
    """Everything by kind, in words; columns that the law does not show to the person are left out and counted."""
    assert viewer.person is not None
    people = viewer.people
    return {
        "form": FORM,
        "made": present.now().isoformat(),
        "facts": _facts(viewer),
        "documents": _documents(people),
        "consents": [
            {"organisation": each.organisation.name, "purpose": each.purpose, "given": _at(each.given_at),
             "until": each.until.isoformat(), "withdrawn": _at(each.withdrawn_at)}
            for each in Consent.objects.filter(person__in=people).select_related("organisation").order_by("id")
        ],
        "accounts": [
            {"login": each.user.login, "bound": _at(each.bound_at), "ended": _at(each.ended_at)}
            for each in Binding.objects.filter(person__in=people).select_related("user").order_by("id")
        ],
        "seen_by": [
            {"name": each.viewer.name, "as": each.capacity, "region": each.region.name if each.region else "",
             "purpose": each.purpose, "columns": each.columns, "at": _at(each.at)}
            for each in Sighting.objects.filter(person__in=people).select_related("viewer", "region").order_by("id")
        ],
        "claims": [
            {"number": each.number, "benefit": each.benefit, "state": each.state, "made": _at(each.created_at)}
            for each in Claim.objects.filter(payee_person__in=people).order_by("id")
        ],
        "payments": [
            {"reference": each.reference, "benefit": each.due.benefit, "fen": each.amount, "state": each.state,
             "settled": each.settled_on.isoformat() if each.settled_on else None}
            for each in Payment.objects.filter(due__payee_person__in=people).select_related("due").order_by("id")
        ],
        "files": [
            {"name": each.name.open() if each.name is not None else None, "purpose": each.purpose,
             "uploaded": _at(each.uploaded_at), "kept_until": each.keep_until.isoformat()}
            for each in File.objects.filter(person__in=people).exclude(purpose="record").order_by("id")
        ],
        "messages": [
            {"template": each.template, "about": each.subject, "made": _at(each.made_at), "read": _at(each.read_at)}
            for each in Notice.objects.filter(person__in=people).order_by("id")
        ],
        "objections": [
            {"benefit": each.benefit, "words": each.words, "answer": each.answer, "made": _at(each.made_at)}
            for each in Objection.objects.filter(person__in=people).order_by("id")
        ],
        "corrections": [
            {"table": each.table, "column": each.column, "seen": each.seen.open(), "wanted": each.wanted.open(),
             "state": each.state, "answer": each.answer, "raised": _at(each.raised_at)}
            for each in Correction.objects.filter(person__in=people).order_by("id")
        ],
    }  # fmt: skip


def _at(moment: dt.datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None


def _facts(viewer: Viewer) -> list[dict[str, Any]]:
    found = []
    for table in vocabulary().tables.values():
        subject = "pk" if table.id == "person" else table.person
        if not subject or (subject != "pk" and subject not in {each.name for each in references(table, "person")}):
            continue
        rows: Any = access_rows(viewer, table.id).filter(**{f"{subject}__in": viewer.people})
        for row in rows.select_related("managed_by").order_by("pk"):
            allowed = access_columns(viewer, table.id, row)
            found.append({
                "table": table.id, "label": table.label, "source": row.source, "as_of": row.as_of.isoformat(),
                "region": row.managed_by.name,
                "values": {each.label: shown(row, each) or None for each in stored_columns(table) if each.name in allowed},
            })  # fmt: skip
    return found


def _documents(people: tuple[int, ...]) -> list[dict[str, Any]]:
    from huijiang.registry.models import IdentityDocument

    return [
        {"kind": each.kind, "number": each.number.open(), "source": each.source, "as_of": each.as_of.isoformat()}
        for each in IdentityDocument.objects.filter(person__in=people).order_by("id")
    ]


@transaction.atomic
def fetch(viewer: Viewer, uid: Any) -> bytes:
    """The zip: `data.json` and `data.html`.  Raises Export.DoesNotExist (not theirs), Gone."""
    held = Export.objects.select_for_update().get(uid=uid, person__in=viewer.people, asked_by=viewer.user)
    if held.content is None or held.expires_at <= present.now():
        raise Gone(str(uid))
    text = held.content.open()
    Export.objects.filter(pk=held.pk).update(fetched=held.fetched + 1)
    audit.record(viewer.user, "people.export_fetched", f"export:{held.uid}")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.json", json.dumps(json.loads(text), ensure_ascii=False, indent=1))
        archive.writestr("data.html", reading.page(json.loads(text)))
    return packed.getvalue()


def expire(now: dt.datetime | None = None) -> int:
    """Empty the copies whose week is over; gives how many."""
    return Export.objects.filter(content__isnull=False, expires_at__lte=now or present.now()).update(content=None)
