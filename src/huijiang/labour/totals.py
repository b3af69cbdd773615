"""Sums over the answers in force: by occupation and level, industry and place; gaps in order; protected totals.

A sum is of those who answered; how many did not is said beside it.  Gap rate: vacancies of 1,000 places (heads and
vacancies), of the lines in which both were answered.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from django.db.models import QuerySet

from huijiang.labour import surveys
from huijiang.labour.figures import NAMES, levels
from huijiang.labour.models import SurveyAnswer, SurveyedFirm, SurveyLine

FEW: Final = 3
"""A row that fewer firms stand behind is not shown to whoever may not see the firms."""
PER_MILLE: Final = 1_000
State = SurveyAnswer.State


@dataclass
class Sum:
    """Figures of several lines.  `told`: firms behind each figure; `firms`: behind any."""

    values: dict[str, int] = field(default_factory=lambda: dict.fromkeys(NAMES, 0))
    told: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    firms: set[int] = field(default_factory=set)
    both: list[int] = field(default_factory=lambda: [0, 0])  # vacancies and heads where both are known

    def add(self, firm: int, line: Told | SurveyLine) -> None:
        for name in NAMES:
            value = getattr(line, name)
            if value is not None:
                self.values[name] += value
                self.told[name].add(firm)
                self.firms.add(firm)
        if line.vacancies is not None and line.heads is not None:
            self.both[0] += line.vacancies
            self.both[1] += line.heads

    def join(self, other: Sum) -> None:
        for name in NAMES:
            self.values[name] += other.values[name]
            self.told[name] |= other.told[name]
        self.firms |= other.firms
        self.both = [one + two for one, two in zip(self.both, other.both, strict=True)]

    def get(self, name: str) -> int | None:
        """None where no firm answered."""
        return self.values[name] if self.told[name] else None

    @property
    def rate(self) -> int | None:
        """Gap rate in thousandths, rounded half up; None where nothing can be said."""
        vacancies, heads = self.both
        whole = vacancies + heads
        return (2 * PER_MILLE * vacancies + whole) // (2 * whole) if whole else None


@dataclass(frozen=True)
class Response:
    """How many firms were asked, answered, began, were sent back, did nothing."""

    asked: int
    sent: int
    draft: int
    returned: int
    waiting: int

    @property
    def rate(self) -> int:
        """Per cent that answered, rounded down."""
        return 100 * self.sent // self.asked if self.asked else 0


def response(firms: QuerySet[SurveyedFirm]) -> Response:
    counts = Counter(surveys.standings(firms).values())
    sent, draft, returned = (counts[each] for each in (State.SENT, State.DRAFT, State.RETURNED))
    asked = counts.total()
    return Response(asked, sent, draft, returned, asked - sent - draft - returned)


class Told(NamedTuple):
    """A line of an answer, without its row: a district's survey has a hundred thousand."""

    occupation: str
    level: str
    heads: int | None
    insured: int | None
    certified: int | None
    vacancies: int | None
    planned_hires: int | None
    planned_training: int | None
    wage_low: int | None
    wage_high: int | None


class Answered(NamedTuple):
    """A line in force, with its firm."""

    firm: SurveyedFirm
    line: Told


def in_force(firms: QuerySet[SurveyedFirm]) -> list[Answered]:
    """Every line of the answers in force of some firms."""
    of = {each.pk: each for each in firms}
    lines = SurveyLine.objects.filter(answer__state=State.SENT, answer__surveyed__in=firms.values("pk"))
    rows = lines.order_by("pk").values_list("answer__surveyed", *Told._fields)
    return [Answered(of[row[0]], Told(*row[1:])) for row in rows.iterator(5_000)]


def summed(rows: Iterable[Answered], by: Callable[[Answered], Any]) -> dict[Any, Sum]:
    """One sum for each value of `by`, in the order in which they come."""
    found: dict[Any, Sum] = {}
    for each in rows:
        found.setdefault(by(each), Sum()).add(each.firm.pk, each.line)
    return found


def occupation(each: Answered) -> str:
    return each.line.occupation


def level(each: Answered) -> str:
    return each.line.level


def cell(each: Answered) -> tuple[str, str]:
    return each.line.occupation, each.line.level


def industry(each: Answered) -> str:
    """Empty: not known."""
    return each.firm.industry


def place(each: Answered) -> str:
    """The name of the firm's place; empty: not known."""
    return each.firm.place.name if each.firm.place else ""


def ordered(found: dict[tuple[str, str], Sum], occupations: Sequence[str]) -> list[tuple[tuple[str, str], Sum]]:
    """Cells in the order of the survey and up the ladder."""
    names = {name: at for at, name in enumerate(occupations)}
    ladder = {name: at for at, name in enumerate(levels())}
    return sorted(found.items(), key=lambda each: (names[each[0][0]], ladder.get(each[0][1], 0)))


def gaps(found: dict[Any, Sum]) -> list[tuple[Any, Sum]]:
    """What has a gap, the largest first; of equal ones that of more firms, then the higher rate."""
    some = [(key, each) for key, each in found.items() if each.get("vacancies")]
    return sorted(some, key=lambda each: (-each[1].values["vacancies"], -len(each[1].told["vacancies"]),
                                          -(each[1].rate or 0), each[0]))  # fmt: skip


def gap_firms(rows: Iterable[Answered], key: Any, by: Callable[[Answered], Any]) -> set[int]:
    """Firms that have a gap there."""
    return {each.firm.pk for each in rows if by(each) == key and each.line.vacancies}


def told_by_enough(whole: Sum) -> tuple[str, ...]:
    """The figures that may be shown at all: those that at least FEW firms answered."""
    return tuple(name for name in NAMES if len(whole.told[name]) >= FEW)


def folded(found: dict[Any, Sum], figures: Sequence[str]) -> tuple[list[tuple[Any, Sum]], Sum | None]:
    """Rows that at least FEW firms stand behind in every one of the figures; the others as one row.

    Where the others together are still too few, the smallest row that could be shown goes with them, so that nothing
    follows by subtraction from the whole.  Where even everything together is too few: ([], None).
    """
    shown: list[tuple[Any, Sum]] = []
    rest: list[tuple[Any, Sum]] = []
    for key, each in found.items():
        (shown if _enough(each, figures) else rest).append((key, each))
    shown.sort(key=lambda each: (-each[1].values["heads"], str(each[0])))
    other = Sum()
    for _key, each in rest:
        other.join(each)
    while rest and not _enough(other, figures):
        if not shown:
            return [], None
        key, each = shown.pop()
        rest.append((key, each))
        other.join(each)
    return shown, other if rest else None


def _enough(each: Sum, figures: Sequence[str]) -> bool:
    """No figure comes from one or two firms; one that nobody answered is no figure."""
    return len(each.firms) >= FEW and all(not each.told[name] or len(each.told[name]) >= FEW for name in figures)
