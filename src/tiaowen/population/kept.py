"""The facts that a run read, kept beside its results, so that a later run can tell row by row what changed.

`<out>/.facts/<table>.parquet` is a copy: a link would change with a file that is written in
place.  It is worth something only while it has the fingerprint that the ledger tells.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from tiaowen.population.ledger import fingerprint
from tiaowen.population.results import link

KEPT = ".facts"


def keep_facts(
    folder: Path, out: Path, inputs: Mapping[str, str], since: Path | None, before: Mapping[str, str]
) -> None:
    """Copy tables (`inputs`: table → fingerprint); one that an earlier run kept is linked from there."""
    kept = out / KEPT
    kept.mkdir(exist_ok=True)
    for each in kept.iterdir():
        if each.name.removesuffix(".parquet") not in inputs:
            _remove(each)
    for name, found in inputs.items():
        path = kept / f"{name}.parquet"
        if not found:
            _remove(path)
            continue
        if fingerprint(kept, name) == found:
            continue
        earlier = since / KEPT / path.name if since is not None and before.get(name) == found else None
        source = earlier if earlier is not None and earlier.exists() else folder / path.name
        beside = kept / f".{name}.part"
        _remove(beside)
        _copy(source, beside, source is earlier)
        _remove(path)
        beside.replace(path)


def kept_facts(place: Path, inputs: Mapping[str, str], wanted: Iterable[str]) -> set[str]:
    """The tables that a run kept and that still are what it read; a table without a file is one."""
    return {name for name in wanted if name in inputs and fingerprint(place / KEPT, name) == inputs[name]}


def _copy(source: Path, path: Path, shared: bool) -> None:
    if source.is_dir():
        path.mkdir()
        for each in source.glob("*.parquet"):
            _copy(each, path / each.name, shared)
    elif shared:
        link(source, path)
    else:
        shutil.copyfile(source, path)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
