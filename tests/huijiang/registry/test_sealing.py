"""Several processes seal what one would, each with the installation's own keys."""

from __future__ import annotations

import csv
import datetime as dt
import io

from huijiang.registry.sealing import Papers, Sealing
from huijiang.sealed import Sealed, keyed_hash, keys
from tiaowen.identifiers.person import person_check_character

DAY = dt.date(2026, 6, 30)


def number(sequence: int) -> str:
    body = f"33999919900101{sequence:03d}"
    return body + person_check_character(body)


def test_two_processes_give_the_numbers_in_their_order_and_under_the_same_keys() -> None:
    wrong = number(4)[:17] + ("0" if number(4)[17] != "0" else "1")
    blocks = [[(pk, f"p{pk}", number(pk)) for pk in (1, 2, 3)], [(4, "p4", wrong), (5, "p5", number(5))], []]
    sealing = Sealing("identity.number", "identity.matched", keys.ring(), DAY)
    alone, together = list(sealing.spread(blocks, 1)), list(sealing.spread(blocks, 2))
    assert _opened(alone) == _opened(together) == [(pk, f"p{pk}", number(pk)) for pk in (1, 2, 3, 5)]
    assert [each.refused for each in together] == [[], [(4, "p4", "check")], []]


def _opened(papers: list[Papers]) -> list[tuple[int, str, str]]:
    found = []
    for line in csv.reader(io.StringIO("".join(each.lines.decode() for each in papers))):
        pk, origin, kind, said, matched, hashed, coming = line
        text = Sealed(bytes.fromhex(matched[2:]), "identity.matched").open()
        assert (kind, coming) == ("居民身份证", "")
        assert bytes.fromhex(hashed[2:]) == keyed_hash(text, "identity.matched", keys.ring().active)
        found.append((int(pk), origin, Sealed(bytes.fromhex(said[2:]), "identity.number").open()))
    return found
