"""Moving every sealed value to a new key while the platform runs: begin, fill, finish.

Between begin and finish new values are sealed under the coming key and carry both hashes; `fill` brings
the old ones over in small transactions and can be stopped and started; `finish` refuses while one is left.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.db.models import F
from django.db.models.functions import Substr

from huijiang.sealed import keys
from huijiang.sealed.errors import SealedError
from huijiang.sealed.fields import KeyedHash, SealedText
from huijiang.sealed.value import NUMBER, keyed_hash, seal

BATCH = 1_000


@dataclass(frozen=True)
class Column:
    """One sealed column with its hashes."""

    model: type[models.Model]
    sealed: SealedText
    hashes: tuple[KeyedHash, ...]


def columns() -> Iterator[Column]:
    """Every sealed column of every model, history tables included."""
    for model in apps.get_models():
        fields = model._meta.get_fields()
        for field in fields:
            if isinstance(field, SealedText):
                yield Column(model, field, tuple(e for e in fields if isinstance(e, KeyedHash) and e.of == field.name))


def begin(file: Path) -> int:
    """A coming key; returns its number.  Raises SealedError when one is coming already."""
    held = keys.read(file)
    if held.coming is not None:
        raise SealedError(
            f"第 {held.coming} 号密钥的轮换还没完成 the rotation to key {held.coming} is not finished; "
            "先运行 run first: huijiang rotate-keys fill, finish"
        )
    number = max(each.number for each in held.keys) + 1
    keys.write(file, replace(held, keys=(*held.keys, keys.new_key(number)), coming=number))
    return number


def left(column: Column, coming: int) -> models.QuerySet[Any]:
    """Rows whose value is not yet under the coming key, or whose coming hash is missing."""
    rows = column.model._base_manager.exclude(**{column.sealed.name: None}).annotate(
        sealed_by=Substr(F(column.sealed.name), 1, NUMBER, output_field=models.BinaryField())
    )
    wanted = models.Q(sealed_by=coming.to_bytes(NUMBER))
    for each in column.hashes:
        if each.coming:
            wanted &= models.Q(**{f"{each.name}__isnull": False})
    return rows.exclude(wanted)


def fill(stop_after: int | None = None) -> int:
    """Bring old values over; returns how many.  `stop_after`: at most so many, to go on later."""
    coming = _coming()
    done = 0
    for column in columns():
        while stop_after is None or done < stop_after:
            with transaction.atomic():
                size = BATCH if stop_after is None else min(BATCH, stop_after - done)
                rows = list(left(column, coming).select_for_update(skip_locked=True)[:size])
                for row in rows:
                    _bring_over(column, row, coming)
            if not rows:
                break
            done += len(rows)
    return done


def _bring_over(column: Column, row: models.Model, coming: int) -> None:
    context = column.sealed.context
    text = getattr(row, column.sealed.attname).open()
    values: dict[str, Any] = {column.sealed.name: seal(text, context)}
    values |= {each.name: keyed_hash(text, context, coming) for each in column.hashes if each.coming}
    column.model._base_manager.filter(pk=row.pk).update(**values)


def finish(file: Path) -> None:
    """The coming key becomes the one in use.  Raises SealedError while values are left under another."""
    coming = _coming()
    for column in columns():
        if count := left(column, coming).count():
            raise SealedError(
                f"{column.sealed.context}: 还有 {count} 个值在旧密钥下 values are still under an old key; "
                "先运行 run first: huijiang rotate-keys fill"
            )
    with transaction.atomic():
        for column in columns():
            now = [each for each in column.hashes if not each.coming]
            then = [each for each in column.hashes if each.coming]
            for current, following in zip(now, then, strict=True):
                column.model._base_manager.update(**{current.name: F(following.name), following.name: None})
    # After the commit: killed in between, `fill` and `finish` do the rest again.
    keys.write(file, keys.Ring((keys.read(file).key(coming),), active=coming))


def _coming() -> int:
    coming = keys.ring().coming
    if coming is None:
        raise SealedError("没有在轮换 no rotation is under way；先运行 run first: huijiang rotate-keys begin")
    return coming
