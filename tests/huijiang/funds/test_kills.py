"""A few rounds of what `./run soak funds` does two hundred times."""

from __future__ import annotations

import random

from tests.huijiang.funds.kills import bank, survived


def test_whoever_is_killed_nothing_is_paid_twice_and_nothing_is_lost() -> None:
    chance = random.Random(7)
    with bank() as opened:
        kills = [survived(opened, number, chance, victim) for number, victim in enumerate(("process", "postgres"))]
    assert all(kills), kills  # each kill came before its round was over
