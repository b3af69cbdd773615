"""`huijiang verify-audit`, `huijiang anchor`: the chain of audit seals, against itself and against what was kept outside."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from pathlib import Path

from huijiang.commands.django_setup import set_up


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    verify = commands.add_parser("verify-audit", help="核对审计链 recompute the chain of audit seals")
    verify.add_argument(
        "--anchors", type=Path, metavar="FILE", help="外存的链首 heads kept outside, as `anchor` prints them"
    )
    verify.set_defaults(run=run_verify)
    anchor = commands.add_parser("anchor", help="列出每天的链首 print each day's head, to be kept outside")
    anchor.set_defaults(run=run_anchor)


def run_verify(arguments: argparse.Namespace) -> int:
    """0 when the chain is whole, 1 when it is not, 2 when the anchors can't be read."""
    from huijiang.commands.serve import with_database

    try:
        anchors = read_anchors(arguments.anchors) if arguments.anchors else {}
    except (OSError, ValueError) as error:
        print(f"huijiang verify-audit: {error}", file=sys.stderr)
        return 2
    set_up()
    from huijiang.audit import seals
    from huijiang.audit.models import Event, Seal

    with with_database():
        faults = list(seals.verify(anchors))
        for each in faults:
            print(f"✗ 封存 seal {each.seal}: {each.words}")
        print(
            f"{Seal.objects.count()} 个封存 seals，{Event.objects.count()} 个事件 events，{len(faults)} 处不符 faults"
        )
        oldest = seals.oldest_unsealed()
        if oldest is not None:
            print(f"最早未封存 oldest unsealed: {oldest.isoformat()}")
    return 1 if faults else 0


def run_anchor(arguments: argparse.Namespace) -> int:
    from huijiang.commands.serve import with_database

    set_up()
    from huijiang.audit import seals

    with with_database():
        for day, head in seals.heads():
            print(f"{day} {head}")
    return 0


def read_anchors(path: Path) -> dict[dt.date, str]:
    """Lines `2026-11-22 head`.  Raises ValueError (line, what was expected) and OSError."""
    found = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.strip():
            day, _, head = line.strip().partition(" ")
            try:
                found[dt.date.fromisoformat(day)] = head.strip()
            except ValueError:
                raise ValueError(f"{path.name}:{number}: {line!r}；应为 expected YYYY-MM-DD HEAD") from None
    return found
