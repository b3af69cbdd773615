"""Amounts: from sentences and tables to plan nodes, with their units checked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from tiaowen.check.context import BlockRefused, Lowering
from tiaowen.check.typer import TypeProblem, Typer
from tiaowen.evaluate.rounding import half_up
from tiaowen.language import syntax as s
from tiaowen.language.blocks import Block
from tiaowen.language.expressions import ExpressionError
from tiaowen.language.sentences import AmountSentence, parse_amount
from tiaowen.language.yamltext import Mapping, Node, Scalar
from tiaowen.plan import amounts as a
from tiaowen.plan import terms as t
from tiaowen.problems import Spot, nearest, problem
from tiaowen.vocabulary.model import Table
from tiaowen.vocabulary.units import Figure, UnitError

PERIODS = {"年": "year", "月": "month", "个月": "month", "天": "day", "日": "day", "学年": "year"}
PERSONS = {"人", "名"}
R = TypeVar("R")


@dataclass
class AmountReader:
    """Reads the amount of one block.

    `grouped` says whether the block pays per group, `every` the schedule's period.
    Units seen are kept for the checks that look at the whole block.
    """

    lowering: Lowering
    typer: Typer
    block: Block
    table: Table
    grouped: bool
    every: str
    spread: bool
    key: str = "amount"
    per_person: bool = False
    same_as: str = ""
    figures: list[Figure] = field(default_factory=list)

    def read(self, node: Node, label: str = "") -> a.Amount:
        """The plan node of an amount.  Raises BlockRefused after recording why."""
        key = f"{self.key} · {label}" if label else self.key
        if isinstance(node, Scalar):
            return self._sentence(node, key)
        if not isinstance(node, Mapping) or not node.entries:
            self.lowering.refuse("not-a-sentence", self.block.spot(key, node), key=self.key)
            raise AssertionError
        if "by" in node.entries:
            return self._by(node)
        if "first of" in node.entries:
            return self._first_of(node)
        rows = tuple((name, self.read(value, name)) for name, value in node)
        for name, _ in rows:
            if name.isascii():
                self.lowering.refuse("label-ascii", self.block.spot(f"{self.key} · {name}"), key=name)
        return a.Added(rows)

    # -- tables -----------------------------------------------------------------
    def _by(self, node: Mapping) -> a.Amount:
        by = node.entries["by"]
        term = self.lowering.term(self.typer, self.block, f"{self.key} · by", by)
        rows, otherwise = self.codes(node, term, self.read)
        name = by.text.rsplit(".", 1)[-1] if isinstance(by, Scalar) else ""
        return a.ByCode(term, rows, otherwise, name)

    def codes(
        self, node: Mapping, term: t.Term, read: Callable[[Node, str], R]
    ) -> tuple[tuple[tuple[tuple[str, ...], R], ...], R | None]:
        """The rows of a `by` table; every code of the list must be settled."""
        return code_rows(self.lowering, self.block, self.key, node, term, read)

    def _first_of(self, node: Mapping) -> a.Amount:
        inner = node.entries["first of"]
        if not isinstance(inner, Mapping):
            self.lowering.refuse("not-a-map", self.block.spot(f"{self.key} · first of", inner),
                                 key="first of")  # fmt: skip
            raise AssertionError
        rows: list[tuple[str, a.Amount, t.Term | None]] = []
        names = list(inner.entries)
        for label, value in inner:
            spot = self.block.spot(f"{self.key} · {label}", value)
            amount = self.read(value, label)
            when: t.Term | None = None
            if isinstance(amount, a.Provided):
                when = amount.when
                amount = amount.amount
            last = label == names[-1]
            if last and when is not None:
                self.lowering.refuse("first-of-last", spot, label=label)
            if not last and when is None:
                self.lowering.refuse("first-of-when", spot, label=label)
            rows.append((label, amount, when))
        return a.FirstTrue(tuple(rows))

    # -- sentences --------------------------------------------------------------
    def _sentence(self, node: Scalar, key: str) -> a.Amount:
        spot = self.block.spot(key, node)
        try:
            sentence = parse_amount(node.text, spot)
            spot = Spot(spot.file, spot.line, 1, spot.clause, spot.block, spot.key, node.text)
            return self._tail(self._bound(sentence, spot), sentence, spot)
        except (ExpressionError, TypeProblem) as error:
            self.lowering.problems.append(error.problem)
            raise BlockRefused from error
        except UnitError as error:
            self.lowering.say(error.code, spot, **error.values)
            raise BlockRefused from error

    def _bound(self, sentence: AmountSentence, spot: Spot) -> a.Amount:
        if sentence.kind == "undetermined":
            return a.Fixed(0, None, "undetermined")
        if sentence.kind == "not paid":
            return a.Refused()
        if sentence.kind == "set by":
            return self._standard(sentence.name, spot)
        if sentence.kind == "same as":
            self.same_as = sentence.name
            return a.Fixed(0, None, f"same as {sentence.name}")
        low = self._money(sentence.low, spot) if sentence.low is not None else None
        high = self._money(sentence.high, spot) if sentence.high is not None else None
        if all(x is None or isinstance(x, t.Const) for x in (low, high)):
            low_fen = low.value if isinstance(low, t.Const) else 0
            high_fen = high.value if isinstance(high, t.Const) else None
            assert isinstance(low_fen, int)
            assert high_fen is None or isinstance(high_fen, int)
            if high_fen is not None and low_fen > high_fen:
                raise TypeProblem(problem("interval-order", spot.at(0, len(spot.text))))
            if sentence.kind == "up to":
                low_fen = 0
            return a.Fixed(low_fen, high_fen)
        return a.Worth(sentence.kind, low, high)

    def _standard(self, name: str, spot: Spot) -> a.Amount:
        parameters = self.lowering.vocabulary.parameters
        if name not in parameters:
            raise TypeProblem(
                problem("unknown-standard", spot.at(0, len(spot.text)), name=name, hint=nearest(name, parameters))
            )
        return a.StandardRate(name, parameters[name].label or name)

    def _money(self, expr: s.Expr, spot: Spot) -> t.Term:
        """A sum of money.  Its units must fit the block's counting and schedule."""
        if isinstance(expr, s.Number):
            figure = self.lowering.vocabulary.units.figure(expr)
            if figure.dimension != "fen":
                raise TypeProblem(problem("not-money", _at(spot, expr), found=expr.unit or "—"))
            self._units(figure.per, expr.unit, _at(spot, expr))
            self.figures.append(figure)
            return self.typer.term(expr, spot)
        term = self.typer.term(expr, spot)
        if term.type.kind != "quantity" or term.type.name != "fen":
            raise TypeProblem(problem("not-money", _at(spot, expr), found=term.type.words))
        _, *rest = term.type.unit.split("/")
        self._units(tuple(p for g in rest for p in g.split("·")), term.type.unit, _at(spot, expr))
        return term

    def _units(self, per: tuple[str, ...], unit: str, spot: Spot) -> None:
        periods = [p for p in per if p in PERIODS]
        counts = [p for p in per if p not in PERIODS]
        if len(periods) > 1 or len(counts) > 1:
            raise TypeProblem(problem("amount-unit", spot, unit=unit, noun=self.table.noun))
        if periods and PERIODS[periods[0]] != self.every:
            raise TypeProblem(problem("period-schedule", spot, unit=unit, period=periods[0], every=self.every or "—"))
        if self.every and not periods and not self.spread:
            raise TypeProblem(problem("schedule-period", spot, unit=unit, every=self.every))
        for count in counts:
            if count in PERSONS and (self.table.person or self.table.noun in PERSONS):
                self.per_person = True
            elif not self._counts_rows(count):
                raise TypeProblem(problem("amount-unit", spot, unit=unit, noun=self.table.noun))

    def _counts_rows(self, unit: str) -> bool:
        known = self.lowering.vocabulary.units.known
        noun = known.get(self.table.noun)
        return unit == self.table.noun or (
            noun is not None and unit in known and known[unit].dimension == noun.dimension
        )

    def _tail(self, amount: a.Amount, sentence: AmountSentence, spot: Spot) -> a.Amount:
        if sentence.plus is not None and sentence.plus_when is not None:
            amount = self._raised(amount, sentence, spot)
        counted = sentence.once or sentence.beyond
        if counted is not None:
            if not self.grouped:
                raise TypeProblem(problem("count-needs-group", _at(spot, counted)))
            figure = self.lowering.vocabulary.units.figure(counted)
            persons = self._persons(counted.unit, _at(spot, counted))
            if sentence.beyond is not None:
                pays = self._per(sentence)
                if pays != counted.unit:
                    raise TypeProblem(
                        problem("counts-differ", _at(spot, counted), pays=pays or "—", counts=counted.unit)
                    )
            mode = "once" if sentence.once is not None else "beyond"
            amount = a.PerCount(amount, mode, figure.value, persons)
        elif self.grouped and self._per(sentence):
            unit = self._per(sentence)
            amount = a.PerCount(amount, "each", 0, self._persons(unit, spot))
        if sentence.when is not None:
            when = self.typer.term(sentence.when, spot)
            if when.type.kind != "bool":
                raise TypeProblem(problem("not-a-condition", spot, found=when.type.words))
            amount = a.Provided(amount, when)
        return amount

    def _raised(self, amount: a.Amount, sentence: AmountSentence, spot: Spot) -> a.Amount:
        """`500 元/人 plus 30 % when …`: the raised amount where the condition holds."""
        assert sentence.plus is not None
        assert sentence.plus_when is not None
        when = self.typer.term(sentence.plus_when, spot)
        if when.type.kind != "bool":
            raise TypeProblem(problem("not-a-condition", spot, found=when.type.words))
        top, bottom = (1 + sentence.plus.value.scaleb(-2)).as_integer_ratio()
        raised: a.Amount
        if isinstance(amount, a.Fixed):
            high = None if amount.high is None else half_up(amount.high * top, bottom)
            raised = a.Fixed(half_up(amount.low * top, bottom), high)
        elif isinstance(amount, a.Worth):
            ends = [
                t.Percent(end.type, top, bottom, end) if end is not None else None for end in (amount.low, amount.high)
            ]
            raised = a.Worth(amount.kind, *ends)
        else:
            raise TypeProblem(problem("not-money", spot, found="plus"))
        return a.FirstTrue((("加成", raised, when), ("基本", amount, None)))

    def _persons(self, unit: str, spot: Spot) -> bool:
        """Whether a unit counts distinct people; refuses units the table can't count."""
        if unit in PERSONS and self.table.person not in ("", "self"):
            return True
        if self._counts_rows(unit):
            return False
        raise TypeProblem(problem("amount-unit", spot, unit=unit or "—", noun=self.table.noun))

    def _per(self, sentence: AmountSentence) -> str:
        expr = sentence.high if sentence.high is not None else sentence.low
        if not isinstance(expr, s.Number) or "/" not in expr.unit:
            return ""
        parts = [p for g in expr.unit.split("/")[1:] for p in g.split("·")]
        return next((p for p in parts if p not in PERIODS), "")


def _at(spot: Spot, expr: s.Expr) -> Spot:
    copy = Spot(spot.file, spot.line, 1, spot.clause, spot.block, spot.key, spot.text)
    return copy.at(expr.span.start, expr.span.end - expr.span.start)


def bounds(amount: a.Amount) -> tuple[int, int | None]:
    """The widest interval of fen that an amount can give (`high` None: open)."""
    match amount:
        case a.Fixed(low, high):
            return low, high
        case a.Refused():
            return 0, 0
        case a.ByCode(_, rows, otherwise):
            parts = [bounds(row) for _, row in rows]
            if otherwise is not None:
                parts.append(bounds(otherwise))
            return _hull(parts)
        case a.FirstTrue(rows):
            return _hull([bounds(row) for _, row, _ in rows])
        case a.Added(rows):
            parts = [bounds(row) for _, row in rows]
            highs = [high for _, high in parts]
            total = None if None in highs else sum(h for h in highs if h is not None)
            return sum(low for low, _ in parts), total
        case a.Provided(inner):
            return 0, bounds(inner)[1]
        case a.PerCount(inner, mode):
            return 0, bounds(inner)[1] if mode == "once" else None
    return 0, None


def _hull(parts: list[tuple[int, int | None]]) -> tuple[int, int | None]:
    if not parts:
        return 0, 0
    highs = [high for _, high in parts]
    return min(low for low, _ in parts), (None if None in highs else max(h for h in highs if h is not None))


def code_rows(
    lowering: Lowering,
    block: Block,
    key: str,
    node: Mapping,
    term: t.Term,
    read: Callable[[Node, str], R],
) -> tuple[tuple[tuple[tuple[str, ...], R], ...], R | None]:
    """Rows `code、code: value` of a `by` table.  Refuses codes unknown, twice or unsettled."""
    by_spot = block.spot(f"{key} · by", node.entries["by"])
    if term.type.kind != "code":
        lowering.refuse("by-what", by_spot, found=term.type.words)
    codes = lowering.vocabulary.codes[term.type.name]
    rows: list[tuple[tuple[str, ...], R]] = []
    otherwise: R | None = None
    seen: dict[str, str] = {}
    for label, value in node:
        if label == "by":
            continue
        if label == "otherwise":
            otherwise = read(value, label)
            continue
        names = tuple(part.strip() for part in label.split("、"))
        spot = block.spot(f"{key} · {label}", node.keys[label])
        for name in names:
            if name not in codes.codes and not codes.open:
                lowering.refuse(
                    "unknown-code", spot, found=name, list=f"{codes.id}（{codes.label}）",
                    known="、".join(codes.codes),
                    hint=codes.also.get(name) or nearest(name, codes.codes),
                )  # fmt: skip
            if name in seen:
                lowering.refuse("listed-twice", spot, found=name)
            seen[name] = label
        rows.append((names, read(value, label)))
    missing = [code for code in codes.codes if code not in seen]
    if otherwise is None and (missing or codes.open):
        lowering.refuse("by-unsettled", by_spot, by=by_spot.text, missing="、".join(missing) or "…")
    return tuple(rows), otherwise
