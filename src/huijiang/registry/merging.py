"""Merging two records of one person or firm, and undoing it: facts are re-pointed one by one, each written down.

What both records say alike stays where it is (the database refuses it twice) and is written down as left.  Values
of the kept record stand; only what it does not know is filled from the other.  Undoing gives back every reference
that still points to the kept record, whatever was changed in the row meanwhile: a later correction survives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from huijiang import audit
from huijiang.accounts.models import User
from huijiang.registry.columns import NONE_SUFFIX
from huijiang.registry.linked import KINDS, Merge, Moved, Pair
from huijiang.registry.models import MODELS, IdentityDocument
from huijiang.registry.vocabulary import references, stored_columns, vocabulary

DOCUMENT: Final = "identity_document"


class Refused(Exception):
    """Why two records are not merged, or a merge not undone, in words for the officer."""


Guard = Callable[[str, int], str]
GUARDS: Final[list[Guard]] = []
Effect = Callable[[Merge], None]
EFFECTS: Final[list[tuple[Effect, Effect]]] = []
LOCK: Final = "SELECT pg_advisory_xact_lock(hashtext('registry.merge'))"


def register_guard(guard: Guard) -> None:
    """A room above says why a record (kind, number) must not become an alias now; empty where it may."""
    GUARDS.append(guard)


def register_effect(merged: Effect, undone: Effect) -> None:
    """What a room above does in the transaction of a merge, and of its undoing."""
    EFFECTS.append((merged, undone))


def _pointing(kind: str) -> Iterator[tuple[str, Any, str]]:
    """(table, model, column) of everything in the registry that refers to a person or a firm."""
    for table in vocabulary().tables.values():
        for column in references(table, kind):
            yield table.id, MODELS[table.id], column.name
    if kind == "person":
        yield DOCUMENT, IdentityDocument, "person"


@transaction.atomic
def merge(by: User, kept: Any, gone: Any, words: str) -> Merge:
    """Make `gone` an alias of `kept`.  Raises Refused."""
    kind = str(kept._meta.model_name)
    if type(kept) is not type(gone) or kind not in KINDS or kept.pk == gone.pk:
        raise ValueError(f"{kept} ← {gone}: 应为两个不同的人或两个不同的单位 expected two people or two firms")
    with connection.cursor() as cursor:
        cursor.execute(
            LOCK
        )  # before everything: whoever submits a claim holds it shared, and then waits for nothing of ours
    for _locked in MODELS[kind]._default_manager.select_for_update().filter(pk__in=(kept.pk, gone.pk)).order_by("pk"):
        pass
    _may(kind, kept, gone)
    made = Merge.objects.create(**{f"kept_{kind}": kept, f"gone_{kind}": gone}, words=words, made_by=by)
    made.filled = _fill(kind, kept, gone)
    made.save(update_fields=["filled"])
    log = [line for table, model, column in _pointing(kind) for line in _repoint(made, table, model, column)]
    Moved.objects.bulk_create(log)
    for merged, _undone in EFFECTS:
        merged(made)
    first, second = sorted((kept, gone), key=lambda each: each.pk)
    Pair.objects.update_or_create(
        **{f"first_{kind}": first, f"second_{kind}": second},
        defaults={"decision": "same", "decided_by": by, "decided_at": timezone.now(), "words": words},
        create_defaults={"decision": "same", "decided_by": by, "decided_at": timezone.now(), "words": words,
                         "probability": 1000, "reasons": ["officer"],
                         f"first_{kind}": first, f"second_{kind}": second},
    )  # fmt: skip
    audit.record(by, "registry.merge", f"{kind}:{kept.uid}", kept.managed_by_id, gone=str(gone.uid),
                 moved=sum(not each.left for each in log), left=sum(each.left for each in log))  # fmt: skip
    return made


def _may(kind: str, kept: Any, gone: Any) -> None:
    active = Merge.objects.filter(ended_at=None)
    for each in (kept, gone):
        if active.filter(**{f"gone_{kind}": each}).exists():
            raise Refused(_("其中一条已经并入别的记录。"))
    if active.filter(**{f"kept_{kind}": gone}).exists():
        raise Refused(_("要并走的这条自己已并入过别的记录。请保留它，并走另一条；或先撤销以前的合并。"))
    for guard in GUARDS:
        said = guard(kind, gone.pk)
        if said:
            raise Refused(said)


def _fill(kind: str, kept: Any, gone: Any) -> list[str]:
    """Give the kept record what it does not know and the other does."""
    filled = []
    for column in stored_columns(vocabulary().tables[kind]):
        name, none = column.name, column.name + NONE_SUFFIX
        if getattr(kept, _attname(kept, name)) is not None or (column.type.or_none and getattr(kept, none)):
            continue
        told = getattr(gone, _attname(gone, name))
        absent = column.type.or_none and getattr(gone, none)
        if (told is None and not absent) or told == kept.pk or name == "uscc":
            continue
        try:
            with transaction.atomic():
                type(kept)._default_manager.filter(pk=kept.pk).update(
                    **{_attname(kept, name): told}, **({none: absent} if column.type.or_none else {})
                )
        except IntegrityError:  # the two values do not go together by a law of the table: the kept record stands
            continue
        filled.append(name)
    kept.refresh_from_db()
    return filled


def _attname(row: Any, name: str) -> str:
    return str(row._meta.get_field(name).attname)


def _repoint(made: Merge, table: str, model: Any, column: str) -> Iterator[Moved]:
    kept, gone = made.kept.pk, made.gone.pk
    for pk in (
        model.objects.filter(**{column: gone})
        .exclude(pk=gone if table == made.kind else None)
        .order_by("pk")
        .values_list("pk", flat=True)
    ):
        left = table == made.kind and pk == kept  # nobody becomes their own spouse
        if not left:
            try:
                with transaction.atomic():
                    model.objects.filter(pk=pk).update(**{column: kept})
            except IntegrityError:  # the kept record has this fact already, or a spell that overlaps it
                left = True
        yield Moved(merge=made, table=table, row=pk, column=column, left=left)


@transaction.atomic
def undo(by: User, made: Merge, words: str) -> tuple[int, int]:
    """Restore both records.  Gives how many references went back, and how many were elsewhere by now and stay there.

    Raises Refused where it was undone before.
    """
    with connection.cursor() as cursor:
        cursor.execute(LOCK)
    held = Merge.objects.select_for_update().get(pk=made.pk)
    if held.ended_at is not None:
        raise Refused(_("这次合并已经撤销过。"))
    kept, gone = held.kept, held.gone
    held.ended_at, held.ended_by, held.end_words = timezone.now(), by, words
    held.save(update_fields=["ended_at", "ended_by", "end_words"])
    models = {table: model for table, model, _column in _pointing(held.kind)}
    back = elsewhere = 0
    for line in held.moved.filter(left=False):
        done = models[line.table].objects.filter(pk=line.row, **{line.column: kept}).update(**{line.column: gone})
        back, elsewhere = back + done, elsewhere + (not done)
        Moved.objects.filter(pk=line.pk).update(restored=bool(done))
    _empty(held)
    for _merged, undone in EFFECTS:
        undone(held)
    first, second = sorted((kept, gone), key=lambda each: each.pk)
    Pair.objects.filter(**{f"first_{held.kind}": first, f"second_{held.kind}": second}).update(
        decision="different", decided_by=by, decided_at=timezone.now(), words=words
    )
    audit.record(by, "registry.unmerge", f"{held.kind}:{kept.uid}", kept.managed_by_id, gone=str(gone.uid),
                 moved=back, elsewhere=elsewhere)  # fmt: skip
    return back, elsewhere


def _empty(held: Merge) -> None:
    """Take back what was filled, unless somebody has told the kept record otherwise since."""
    kept, gone = held.kept, held.gone
    columns = vocabulary().tables[held.kind].columns
    for name in held.filled:
        attname, none = _attname(kept, name), name + NONE_SUFFIX
        same = getattr(kept, attname) == getattr(gone, attname)
        if columns[name].type.or_none:
            same &= getattr(kept, none) == getattr(gone, none)
        if same:
            empty = {attname: None} | ({none: False} if columns[name].type.or_none else {})
            type(kept)._default_manager.filter(pk=kept.pk).update(**empty)


@transaction.atomic
def tell_apart(by: User, pair: Pair, words: str) -> None:
    """Remember that two records are two: they are not offered again.  Raises Refused where it is decided."""
    done = Pair.objects.filter(pk=pair.pk, decision="").update(
        decision="different", decided_by=by, decided_at=timezone.now(), words=words
    )
    if not done:
        raise Refused(_("已经有人判断过了。"))
    first = pair.both[0]
    audit.record(by, "registry.told_apart", f"{pair.kind}:{first.uid}", first.managed_by_id, pair=str(pair.uid))
