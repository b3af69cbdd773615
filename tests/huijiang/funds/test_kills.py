"""A few rounds of what `./run soak funds` does two hundred times."""

from __future__ import annotations

import random

from tests.huijiang.funds.kills import bank, check, rounds_of_the_platform, survived

SEED = 29
"""With which the first rounds kill PostgreSQL as a batch is built, gunicorn's process as it is signed again, the worker at an answer."""


def test_whoever_is_killed_nothing_is_paid_twice_and_nothing_is_lost() -> None:
    chance = random.Random(7)
    with bank() as opened:
        kills = [survived(opened, number, chance, victim) for number, victim in enumerate(("process", "postgres"))]
    assert all(kills), kills  # each kill came before its round was over


def test_the_whole_platform_under_its_supervisor_loses_and_doubles_nothing() -> None:
    """The web server, the worker and PostgreSQL as they serve people; buttons pressed until they are answered."""
    with rounds_of_the_platform(0, 3, SEED, 5) as told:
        *rounds, last = told
    for each in rounds:
        check(each)
    assert len({each["victim"] for each in rounds} - {""}) >= 2, rounds
    assert last == {"told": {"missing": 0, "twice": 0}}
