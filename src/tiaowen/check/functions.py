"""The few functions of the expression language and their types."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tiaowen.language import syntax as s
from tiaowen.plan import terms as t
from tiaowen.problems import Spot, nearest
from tiaowen.vocabulary.types import AGE, BOOL, DATE, MONTH, MONTHS, ORDERED_KINDS, REGION, YEAR, Type

if TYPE_CHECKING:
    from tiaowen.check.typer import Typer

NAMES = ("year", "month", "city", "province", "min", "max", "eligible", "years_between",
         "months_between", "directory", "standard")  # fmt: skip


def call(typer: Typer, step: s.Step, spot: Spot) -> t.Term:
    """Type a call.  Raises TypeProblem."""
    name, args = step.name, step.args or ()
    if name in ("year", "month"):
        (inner,) = _typed(typer, step, spot, DATE)
        return t.Call(_like(YEAR if name == "year" else MONTH, inner), name, (inner,))
    if name in ("city", "province"):
        return _region(typer, step, spot)
    if name in ("years_between", "months_between"):
        pair = _typed(typer, step, spot, DATE, DATE)
        kind = AGE if name == "years_between" else MONTHS
        return t.Call(_like(kind, *pair), name, pair)
    if name in ("min", "max"):
        return _extreme(typer, step, spot)
    if name == "eligible":
        return _eligible(typer, step, spot)
    if name == "standard":
        return _standard(typer, step, spot)
    if name == "directory":
        typer.fail("directory-place", spot, step.span)
    if name in typer.vocabulary.parameters:
        return parameter(typer, name, step, spot)
    known = [*NAMES, *typer.vocabulary.parameters]
    typer.fail("unknown-function", spot, step.span, name=name, hint=nearest(name, known),
               known="、".join(known))  # fmt: skip
    raise AssertionError(args)


def _like(kind: Type, *inner: t.Term) -> Type:
    return replace(kind, or_none=any(each.type.or_none for each in inner))


def _typed(typer: Typer, step: s.Step, spot: Spot, *kinds: Type) -> tuple[t.Term, ...]:
    args = step.args or ()
    if len(args) != len(kinds):
        typer.fail("argument-count", spot, step.span, name=step.name, found=len(args),
                   expected="、".join(k.words for k in kinds))  # fmt: skip
    found = []
    for arg, kind in zip(args, kinds, strict=True):
        term = typer.term(arg, spot, kind)
        if term.type.kind != kind.kind:
            typer.fail("types-differ", spot, arg.span, left=kind.words, right=term.type.words)
        found.append(term)
    return tuple(found)


def _region(typer: Typer, step: s.Step, spot: Spot) -> t.Term:
    (inner,) = _typed(typer, step, spot, REGION)
    if isinstance(inner, t.Const):
        regions = typer.vocabulary.regions
        find = regions.city if step.name == "city" else regions.province
        code = find(str(inner.value))
        if code is None and typer.here:
            typer.fail("no-such-tier", spot, step.span, name=step.name,
                       region=regions.path(str(inner.value)))  # fmt: skip
        return t.Const(REGION, code)
    return t.Call(_like(REGION, inner), step.name, (inner,))


def _extreme(typer: Typer, step: s.Step, spot: Spot) -> t.Term:
    args = step.args or ()
    terms = [typer.term(arg, spot) for arg in args]
    if len(terms) < 2 or terms[0].type.kind not in ORDERED_KINDS:
        typer.fail("argument-count", spot, step.span, name=step.name, found=len(args),
                   expected="≥ 2")  # fmt: skip
    for arg, term in zip(args, terms, strict=True):
        if (term.type.kind, term.type.name) != (terms[0].type.kind, terms[0].type.name):
            typer.fail("types-differ", spot, arg.span, left=terms[0].type.words,
                       right=term.type.words)  # fmt: skip
    return t.Call(_like(terms[0].type, *terms), step.name, tuple(terms))


def _eligible(typer: Typer, step: s.Step, spot: Spot) -> t.Term:
    args = step.args or ()
    if len(args) != 1 or not isinstance(args[0], s.Path) or len(args[0].steps) != 1:
        typer.fail("argument-count", spot, step.span, name="eligible", found=len(args),
                   expected="id")  # fmt: skip
        raise AssertionError
    return t.Eligible(BOOL, args[0].steps[0].name)


def _standard(typer: Typer, step: s.Step, spot: Spot) -> t.Term:
    """`standard(标准)` or `standard(标准, key)`: its figure on the event date."""
    args = step.args or ()
    name = args[0].text if args and isinstance(args[0], s.Value) else ""
    found = typer.vocabulary.parameters.get(name)
    if found is None:
        typer.fail("unknown-standard", spot, step.span, name=name or "—",
                   hint=nearest(name, typer.vocabulary.parameters))  # fmt: skip
        raise AssertionError
    if len(args) != (2 if found.by else 1):
        typer.fail("argument-count", spot, step.span, name=f"standard({name})", found=len(args),
                   expected=f"{name}{'、' + found.by if found.by else ''}")  # fmt: skip
    typer.mentions.append(name)
    key = typer.term(args[1], spot) if found.by else None
    kind = Type("quantity", found.dimension, unit=found.unit)
    return t.ParameterAt(kind, name, key, t.Moment(DATE, t.EVENT_DATE))


def parameter(typer: Typer, name: str, step: s.Step, spot: Spot) -> t.Term:
    """`minimum_wage(region, month)`: key (if the parameter has one), then a month or a day."""
    found = typer.vocabulary.parameters[name]
    args = [typer.term(arg, spot, REGION if found.by == "region" else None)
            for arg in step.args or ()]  # fmt: skip
    wanted = 2 if found.by else 1
    if len(args) != wanted or args[-1].type.kind not in ("month", "date"):
        typer.fail("argument-count", spot, step.span, name=name, found=len(args),
                   expected=f"{found.by + ', ' if found.by else ''}month")  # fmt: skip
    typer.mentions.append(name)
    kind = Type("quantity", found.dimension, unit=found.unit)
    return t.ParameterAt(kind, name, args[0] if found.by else None, args[-1])
