"""Pairing printed figures with those of the blocks, one to one."""

from __future__ import annotations

from collections.abc import Callable

# per figure: candidates as (cost, number of the candidate)
Costs = list[list[tuple[int, int]]]


def pair(costs: Costs, serves_all: Callable[[int, int], bool]) -> dict[int, int]:
    """Figure → candidate by augmenting paths: none takes the place of one that fits nowhere else.

    Figures with an exact counterpart choose first; misprinted units take what is
    left.  `serves_all(figure, candidate)` says that a candidate is never used up.
    """
    found: dict[int, int] = {}
    taken: dict[int, int] = {}
    for start in sorted(range(len(costs)), key=lambda n: (min(costs[n], default=(99, 0))[0], n)):
        came: dict[int, int] = {}
        queue = [start]
        for n in queue:
            reached = _reach(n, costs[n], serves_all, found, taken, came)
            if reached is None:
                queue += [taken[c] for c in came if taken[c] not in queue]
                continue
            while True:  # unwind: each gives up its candidate for the one that it reached
                n, given_up = came[reached], found.get(came[reached], -1)
                found[n] = reached
                if not serves_all(n, reached):
                    taken[reached] = n
                if n == start:
                    break
                reached = given_up
            break
    return found


def _reach(
    n: int,
    costs: list[tuple[int, int]],
    serves_all: Callable[[int, int], bool],
    found: dict[int, int],
    taken: dict[int, int],
    came: dict[int, int],
) -> int | None:
    """A free candidate of a figure, the closest first; the held ones are noted in `came`."""
    free = [(cost, c) for cost, c in costs if c not in taken or serves_all(n, c)]
    if free:
        used = set(found.values())  # a year may serve twice, but one that has not served comes first
        choice = min(free, key=lambda item: (item[0], item[1] in used, item[1]))[1]
        came[choice] = n
        return choice
    for _, choice in costs:
        came.setdefault(choice, n)
    return None
