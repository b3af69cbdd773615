"""A firm's answer beside the registers: what differs, and what may explain it.

For each occupation: heads against people employed in it, insured against those insured at the firm on the day; for
each level besides: certified against people employed there whose highest certificate of the occupation it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

from huijiang.labour.answering import Key, Line
from huijiang.labour.figures import NO_LEVEL, levels
from huijiang.labour.registers import Registered

HEADS, INSURED, CERTIFIED = "heads", "insured", "certified"
READS: Final = {HEADS: ("employment",), INSURED: ("employment", "insurance"), CERTIFIED: ("employment", "certificate")}
"""Which registers a figure is set beside."""


@dataclass(frozen=True)
class Side:
    """One figure on both sides.  `answered` None: not answered.  `registered` None: nobody is registered, in a register
    that is not complete, so that it says nothing."""

    figure: str
    answered: int | None
    registered: int | None
    complete: bool

    @property
    def difference(self) -> int | None:
        """Answered less registered; None where either says nothing."""
        if self.answered is None or self.registered is None:
            return None
        return self.answered - self.registered


@dataclass(frozen=True)
class Compared:
    """An occupation, at a level, at all levels (empty), or (`level` None) those whose level is unknown."""

    occupation: str
    level: str | None
    sides: tuple[Side, ...]
    reasons: tuple[str, ...] = ()

    def side(self, figure: str) -> Side | None:
        return next((each for each in self.sides if each.figure == figure), None)


@dataclass(frozen=True)
class Asked:
    """What a reason is looked for in."""

    known: Registered
    occupation: str
    side: Side


def total(lines: Mapping[Key, Line], occupation: str, figure: str) -> int | None:
    """The sum of what was answered of an occupation; None where nothing was."""
    told = [
        line[figure] for (name, _level), line in lines.items() if name == occupation and line.get(figure) is not None
    ]
    return sum(told) if told else None


def compare(lines: Mapping[Key, Line], known: Registered, occupations: Sequence[str]) -> list[Compared]:
    """Occupation by occupation: all levels first, then each level of which either side says something."""
    found: list[Compared] = []
    for occupation in occupations:
        sides = [
            _side(known, HEADS, total(lines, occupation, HEADS), known.heads(occupation)),
            _side(known, INSURED, total(lines, occupation, INSURED), known.insured(occupation)),
            _side(known, CERTIFIED, total(lines, occupation, CERTIFIED), len(known.holders(occupation))),
        ]
        found.append(Compared(occupation, "", tuple(sides), _reasons(known, occupation, sides)))
        for level in levels():
            line = lines.get((occupation, level), {})
            at_level = [
                _side(known, HEADS, line.get(HEADS), known.heads(occupation, level)),
                _side(known, INSURED, line.get(INSURED), known.insured(occupation, level)),
            ]
            if level != NO_LEVEL:
                at_level.append(_side(known, CERTIFIED, line.get(CERTIFIED), len(known.holders(occupation, level))))
            if any(each.answered is not None or each.registered for each in at_level):
                found.append(Compared(occupation, level, tuple(at_level)))
        if known.heads(occupation, None):
            unknown = (
                Side(HEADS, None, known.heads(occupation, None), False),
                Side(INSURED, None, known.insured(occupation, None), False),
            )
            found.append(Compared(occupation, None, unknown))
    return found


def _side(known: Registered, figure: str, answered: int | None, registered: int) -> Side:
    complete = known.is_complete(*READS[figure])
    return Side(figure, answered, registered if registered or complete else None, complete)


def _reasons(known: Registered, occupation: str, sides: Sequence[Side]) -> tuple[str, ...]:
    """What may explain the differences of an occupation, each said once."""
    more = [side for side in sides if (side.difference or 0) > 0]
    found = [_incomplete(known, more)] if any(not side.complete for side in more) else []
    for side in sides:
        if not side.difference:
            continue
        for test in REASONS[side.figure, side.difference > 0]:
            words = test(Asked(known, occupation, side))
            if words and words not in found:
                found.append(words)
    return tuple(found)


Reason = Callable[[Asked], str]


def _incomplete(known: Registered, sides: Sequence[Side]) -> str:
    """More was answered than registers know that don't know all; said once for all figures."""
    tables = dict.fromkeys(each for side in sides for each in READS[side.figure] if not known.sources[each].complete)
    names = [known.sources[each].label for each in tables]
    return _("%(tables)s登记不齐全，可能少算") % {"tables": "、".join(names)}


def _without_occupation(asked: Asked) -> str:
    count = asked.known.heads("")
    return _("另有 %(n)s 名在册职工没有登记职业（工种）") % {"n": count} if count else ""


def _unsure(asked: Asked) -> str:
    count = asked.known.unsure
    return _("另有 %(n)s 名职工的入职或离职日期没有登记，没有算入") % {"n": count} if count else ""


def _not_insured(asked: Asked) -> str:
    count = asked.known.heads(asked.occupation) - asked.known.insured(asked.occupation)
    return _("登记的人里有 %(n)s 名在统计时点没有在本单位参保，可能已离职而未登记") % {"n": count} if count else ""


def _elsewhere_employed(asked: Asked) -> str:
    others = set(asked.known.holders(asked.occupation)) - set(asked.known.people(asked.occupation))
    return _("有 %(n)s 名职工持这个职业的证书，登记的岗位是别的职业") % {"n": len(others)} if others else ""


def _other_names(asked: Asked) -> str:
    names = sorted({name for name, _level in asked.known.certified if asked.occupation in name or name in asked.occupation}
                   - {asked.occupation})  # fmt: skip
    return _("证书上的职业名称可能写法不同：%(names)s") % {"names": "、".join(names[:3])} if names else ""


def _dispatched(_asked: Asked) -> str:
    return _("劳务派遣、退休返聘和实习的人可能没有就业登记或不在本单位参保")


REASONS: Final[dict[tuple[str, bool], tuple[Reason, ...]]] = {
    (HEADS, True): (_without_occupation, _unsure, _dispatched),
    (HEADS, False): (_not_insured, _elsewhere_employed),
    (INSURED, True): (_without_occupation, _dispatched),
    (INSURED, False): (_elsewhere_employed,),
    (CERTIFIED, True): (_other_names, _without_occupation),
    (CERTIFIED, False): (_elsewhere_employed,),
}
"""Figure, and whether more was answered than is registered → what is looked for, in this order."""


def shown(value: int | None) -> Any:
    return "—" if value is None else f"{value:,}"
