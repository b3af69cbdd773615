"""Rows that another system hands over one by one: the same way into the registry as a file, held to the same laws.

The rows are written as the table's own file and stored by the same run, in the transaction that is under way;
a batch says afterwards where they came from.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from django.db import IntegrityError, transaction

from huijiang import audit
from huijiang.registry.imports import batches
from huijiang.registry.imports.applying import Outcome, run
from huijiang.registry.imports.template import Leaf, template
from huijiang.registry.models import ImportBatch
from huijiang.registry.vocabulary import vocabulary

if TYPE_CHECKING:
    from huijiang.accounts.models import User
    from huijiang.regions.models import Region

NONE: Final = "无"
WORDS: Final = {True: "是", False: "否"}
Values = Mapping[str, str | int | bool | None]


class Busy(RuntimeError):
    """Another batch is being written to the same table of the same region just now."""


@dataclass(frozen=True)
class Stored:
    """What became of some rows; with any fault nothing was stored."""

    batch: ImportBatch
    outcome: Outcome


def fields(table: str) -> dict[str, Leaf]:
    """Field path (`issuer.uscc`, `holder.id_number`) → the column of the table's file.  Raises KeyError."""
    found = {}
    for leaf in template(table).leaves:
        path = ".".join(leaf.path)
        own = leaf.written.kind == "document" and leaf.path != ("id_number",)
        found[f"{path}.id_number" if own else path] = leaf
    return found


def written(value: str | int | bool | None) -> str:
    """A value as a cell of the file; `none` says that there is none, null says nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return WORDS[value]
    return NONE if value == "none" else str(value)


def store(
    user: User,
    table: str,
    region: Region,
    as_of: dt.date,
    rows: Sequence[Values],
    source: str = "",
    name: str = "api.csv",
) -> Stored:
    """Store rows (field path → value), whole or not at all; the transaction under way keeps them.

    Raises KeyError for a table or field that there is not, Busy.
    """
    leaves = fields(table)
    used = [path for path in leaves if any(path in row for row in rows)]
    with tempfile.TemporaryDirectory(prefix="huijiang-rows-") as folder:
        path = Path(folder) / "rows.csv"
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow([leaves[each].header for each in used])
            writer.writerows([written(row.get(each)) for each in used] for row in rows)
        content = path.read_bytes()
        batch = ImportBatch(
            table=table, managed_by=region, source=source or vocabulary().tables[table].source, as_of=as_of,
            file_name=name, file_size=len(content), digest=hashlib.sha256(content).hexdigest(), uploaded_by=user,
            state=ImportBatch.State.APPLYING, rows_new=0, rows_changed=0, rows_same=0, rows_wrong=0,
        )  # fmt: skip
        try:
            with transaction.atomic():
                batch.save()
        except IntegrityError as error:
            raise Busy(table) from error
        outcome = run(batch, path, True)
    if not outcome.wrong:
        batches.finish(batch, outcome)
        audit.record(user, "registry.import", f"import:{batch.uid}", region.code, table=table, new=outcome.new,
                     changed=outcome.changed, digest=batch.digest)  # fmt: skip
    return Stored(batch, outcome)
