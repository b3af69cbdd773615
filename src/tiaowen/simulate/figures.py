"""Dated figures that a scenario supposes: the minimum wage, a training price.

    parameters:
      minimum_wage: {萧山区 from 2026-07-01: 2760 元/月}   # of a place (or another key)
      职业培训补贴标准: {from 2026-01-01: 1500 元/人}

A figure holds until the next one that is there; one of the same day takes its place.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace

from tiaowen.language.expressions import ExpressionError
from tiaowen.language.sentences import parse_number
from tiaowen.language.yamltext import Mapping, Node, Scalar
from tiaowen.problems import Spot, nearest
from tiaowen.simulate.errors import PatchError
from tiaowen.vocabulary.model import Parameter, ParameterRow, Vocabulary
from tiaowen.vocabulary.units import UnitError

PARAMETERS = "parameters"
SINCE = re.compile(r"(?:(?P<key>.+) )?from (?P<day>\d{4}-\d{2}-\d{2})")


@dataclass(frozen=True)
class NewFigure:
    """A figure as written: of which parameter, for which key, from which day."""

    parameter: str
    key: str
    since: dt.date
    text: str
    line: int


def read_figures(file: str, node: Node) -> list[NewFigure]:
    """The figures of a scenario, not yet looked up.  Raises PatchError."""
    if not isinstance(node, Mapping):
        raise PatchError(
            f"{file}:{node.line} {PARAMETERS}: 应是 {{名称: {{from 日期: 数额}}}} expected a map of figures"
        )
    found = []
    for name, rows in node:
        for key, value in rows if isinstance(rows, Mapping) else ():
            said = SINCE.fullmatch(key)
            day = _day(said["day"]) if said else None
            if said is None or day is None or not isinstance(value, Scalar):
                raise PatchError(
                    f"{file}:{value.line} {PARAMETERS} {name} {key}: 应为 from 2026-01-01: 数额，分地区的前面写地区 "
                    "expected from 2026-01-01: figure, with the place before it where there is one per place"
                )
            found.append(NewFigure(name, said["key"] or "", day, value.text, value.line))
        if not isinstance(rows, Mapping):
            raise PatchError(
                f"{file}:{rows.line} {PARAMETERS} {name}: 应是 {{from 日期: 数额}} expected a map of figures"
            )
    return found


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def with_figures(vocabulary: Vocabulary, file: str, figures: list[NewFigure]) -> Vocabulary:
    """The vocabulary with these figures; the same one where there are none.  Raises PatchError."""
    if not figures:
        return vocabulary
    found = dict(vocabulary.parameters)
    for each in figures:
        at = f"{file}:{each.line} {PARAMETERS} {each.parameter}"
        if each.parameter not in found:
            raise PatchError(
                f"{at}: 没有这个标准 no such parameter；{nearest(each.parameter, found) or '、'.join(found)}"
            )
        old = found[each.parameter]
        row = ParameterRow(each.since, _key(vocabulary, old, each, at), _value(vocabulary, old, each, at), True, file)
        rows = [other for other in old.rows if (other.since, other.key) != (row.since, row.key)]
        found[each.parameter] = replace(old, rows=sorted([*rows, row], key=lambda one: (one.key, one.since)))
    return replace(vocabulary, parameters=found, compiled=None)


def _key(vocabulary: Vocabulary, parameter: Parameter, new: NewFigure, at: str) -> str:
    if not parameter.by:
        if new.key:
            raise PatchError(f"{at} {new.key}: 这个标准不分{new.key} this figure is one for all；写 from {new.since}")
        return ""
    if not new.key:
        raise PatchError(
            f"{at}: 按 {parameter.by} 分，前面要写是哪个 by {parameter.by}: say which before from {new.since}"
        )
    if parameter.by != "region":
        return new.key
    code = vocabulary.regions.resolve(new.key)
    if code is None:
        raise PatchError(
            f"{at} {new.key}: 没有这个地区 no such place；代码、路径或唯一的名称 a code, path or unique name"
        )
    return code


def _value(vocabulary: Vocabulary, parameter: Parameter, new: NewFigure, at: str) -> int:
    try:
        figure = vocabulary.units.figure(parse_number(new.text, Spot(at, new.line, 1, "")))
    except (UnitError, ExpressionError):
        figure = None
    unit = parameter.unit.replace(" ", "")
    if figure is None or figure.dimension != parameter.dimension or unit.split("/")[1:] != figure.unit.split("/")[1:]:
        raise PatchError(f"{at}: {new.text}，单位应为 expected a figure in {unit or '—'}")
    return figure.value
