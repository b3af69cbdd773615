"""The expression parser: recursive descent, one token of look-ahead, exact columns.

expr = not {"and" not} | not {"or" not}          mixing the two needs brackets
not  = "not" not | cmp
cmp  = sum [ "is" ["not"] (sum | "none") | ["not"] "in" sum | (">="|"<="|">"|"<") sum ]
sum  = prim {("+"|"-"|"*") prim}
prim = number | number % "of" prim | date | value | 「…」 | "none" | [list] | (expr)
     | path | "some"/"no"/"count of"/… over a table
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from tiaowen.language.lexer import LexicalError, Token, tokens
from tiaowen.language.syntax import (
    Absent,
    Arithmetic,
    Compare,
    DateText,
    Expr,
    Join,
    ListOf,
    Not,
    Number,
    Path,
    PercentOf,
    Quantified,
    Span,
    Step,
    Value,
)
from tiaowen.problems import Problem, Spot, problem

MAX_NESTING = 40
MAX_TERMS = 60  # added up in one sum; each nests the tree once more
AGGREGATES = ("sum", "highest", "lowest", "earliest", "latest")
RESERVED = {"and", "or", "not", "is", "in", "none", "where", "as", "of", "per", "when", "once",
            "beyond", "to", "from", "some", "no", "known"}  # fmt: skip


class ExpressionError(Exception):
    """The text is not an expression; carries the problem with its column."""

    def __init__(self, found: Problem) -> None:
        super().__init__(found.code)
        self.problem = found


class Parser:
    """Reads one scalar.  Sentences of other grammars share its tokens and position."""

    def __init__(self, text: str, spot: Spot) -> None:
        self.text = text
        self.spot = Spot(spot.file, spot.line, 1, spot.clause, spot.block, spot.key, text)
        try:
            self.tokens = tokens(text, self.spot)
        except LexicalError as error:
            raise ExpressionError(error.problem) from error
        self.at = 0
        self.depth = 0

    # -- tokens ---------------------------------------------------------------
    @property
    def now(self) -> Token:
        return self.tokens[self.at]

    def ahead(self, steps: int = 1) -> Token:
        return self.tokens[min(self.at + steps, len(self.tokens) - 1)]

    def take(self) -> Token:
        token = self.now
        if token.kind != "end":
            self.at += 1
        return token

    def is_word(self, *words: str) -> bool:
        """Whether the next tokens are these ASCII words, in order."""
        for n, word in enumerate(words):
            token = self.ahead(n)
            if token.text != word or token.kind != "name":
                return False
        return True

    def accept(self, *words: str) -> bool:
        if self.is_word(*words):
            self.at += len(words)
            return True
        return False

    def is_sign(self, sign: str) -> bool:
        return self.now.kind == "sign" and self.now.text == sign

    def expect_sign(self, sign: str) -> Token:
        if not self.is_sign(sign):
            self.fail(expected=f"“{sign}”")
        return self.take()

    def fail(self, code: str = "unexpected", token: Token | None = None, **values: Any) -> None:
        """Stop with a problem at the token (default: the next one)."""
        token = token or self.now
        found = token.text or "结尾‖the end"
        raise ExpressionError(problem(code, self.spot.at(token.start, token.end - token.start), found=found, **values))

    def finish(self) -> None:
        if self.now.kind != "end":
            if self.is_word("and") or self.is_word("or"):
                self.fail("mixed-and-or")
            self.fail(expected="结尾‖the end")

    # -- grammar --------------------------------------------------------------
    def expression(self) -> Expr:
        self.depth += 1
        if self.depth > MAX_NESTING:
            self.fail("expression-deep", limit=MAX_NESTING)
        first = self._not()
        for op in ("and", "or"):
            if self.is_word(op):
                parts = [first]
                while self.accept(op):
                    parts.append(self._not())
                first = Join(op, tuple(parts), Span(parts[0].span.start, parts[-1].span.end))
                break
        if self.is_word("and") or self.is_word("or"):
            self.fail("mixed-and-or")
        self.depth -= 1
        return first

    def _not(self) -> Expr:
        if self.is_word("not"):
            start = self.take()
            self.depth += 1
            if self.depth > MAX_NESTING:
                self.fail("expression-deep", limit=MAX_NESTING)
            inner = self._not()
            self.depth -= 1
            return Not(inner, Span(start.start, inner.span.end))
        return self._comparison()

    def _comparison(self) -> Expr:
        left = self.sum()
        op = ""
        if self.is_word("is", "known"):
            self.fail("is-known")
        if self.accept("is", "not"):
            op = "is not"
        elif self.accept("is"):
            op = "is"
        elif self.accept("not", "in"):
            op = "not in"
        elif self.accept("in"):
            op = "in"
        elif self.now.kind == "sign" and self.now.text in (">=", "<=", ">", "<"):
            op = self.take().text
        if not op:
            return left
        right = self.sum()
        return Compare(op, left, right, Span(left.span.start, right.span.end))

    def sum(self) -> Expr:
        left = self.primary()
        terms = 1
        while self.now.kind == "sign" and self.now.text in "+-*":
            terms += 1
            if terms > MAX_TERMS:
                self.fail("expression-deep", limit=MAX_TERMS)
            token = self.take()
            if token.text == "-" and not self._spaced(token):
                self.fail("minus-spaces", token)
            right = self.primary()
            left = Arithmetic(token.text, left, right, Span(left.span.start, right.span.end))
        return left

    def _spaced(self, token: Token) -> bool:
        before = self.text[token.start - 1 : token.start]
        after = self.text[token.end : token.end + 1]
        return before == " " and after == " "

    def primary(self) -> Expr:
        self.depth += 1
        if self.depth > MAX_NESTING:
            self.fail("expression-deep", limit=MAX_NESTING)
        found = self._primary()
        self.depth -= 1
        return found

    def _primary(self) -> Expr:
        token = self.now
        if token.kind == "number":
            return self._number()
        if token.kind == "date":
            self.take()
            try:
                return DateText(dt.date.fromisoformat(token.text), Span(token.start, token.end))
            except ValueError:
                self.fail("bad-date", token)
        if token.kind == "quoted":
            self.take()
            return Value(token.text[1:-1], Span(token.start, token.end))
        if token.kind == "value":
            self.take()
            return Value(token.text, Span(token.start, token.end))
        if self.is_sign("["):
            return self._list()
        if self.is_sign("("):
            self.take()
            inner = self.expression()
            self.expect_sign(")")
            return inner
        if token.kind == "name":
            return self._named()
        self.fail(expected="表达式‖an expression")
        raise AssertionError  # fail always raises

    def _number(self) -> Expr:
        number = self.number()
        if number.unit == "%" and self.is_word("of"):
            self.take()
            inner = self.primary()
            return PercentOf(number, inner, Span(number.span.start, inner.span.end))
        return number

    def number(self) -> Number:
        """A number with its unit, or a problem."""
        token = self.now
        if token.kind != "number":
            self.fail(expected="数‖a number")
        self.take()
        digits = Decimal(token.text)
        if len(token.text) > 18:
            self.fail("number-long", token)
        return Number(digits, token.scale, token.unit, Span(token.start, token.end))

    def _list(self) -> Expr:
        start = self.take()
        items = [self.primary()]
        while self.is_sign(","):
            self.take()
            items.append(self.primary())
        end = self.expect_sign("]")
        return ListOf(tuple(items), Span(start.start, end.end))

    def _named(self) -> Expr:
        token = self.now
        follow = self.ahead()
        if token.text == "none":
            self.take()
            return Absent(Span(token.start, token.end))
        if token.text in ("some", "no") and follow.kind == "name":
            return self._quantified(token.text)
        if token.text == "count" and self.is_word("count", "of"):
            return self._quantified("count")
        if token.text in AGGREGATES and self.is_word(token.text, "of"):
            return self._quantified(token.text)
        if self.is_word("months", "in", "row", "of"):
            return self._quantified("months")
        if follow.kind == "name" and follow.text == "of":
            self.take()
            self.take()
            inner = self.primary()
            step = Step(token.text, (inner,), Span(token.start, token.end))
            return Path((step,), Span(token.start, inner.span.end))
        if token.text in RESERVED:
            self.fail(expected="表达式‖an expression")
        return self.path()

    def path(self) -> Path:
        """A dotted path; any step may have arguments."""
        steps = [self._step()]
        while self.is_sign("."):
            self.take()
            steps.append(self._step())
        return Path(tuple(steps), Span(steps[0].span.start, steps[-1].span.end))

    def _step(self) -> Step:
        token = self.now
        if token.kind != "name":
            self.fail(expected="名称‖a name")
        self.take()
        if not self.is_sign("("):
            return Step(token.text, None, Span(token.start, token.end))
        self.take()
        args: list[Expr] = []
        while not self.is_sign(")"):
            self.depth += 1
            if self.depth > MAX_NESTING:
                self.fail("expression-deep", limit=MAX_NESTING)
            args.append(self.sum())
            self.depth -= 1
            if not self.is_sign(")"):
                self.expect_sign(",")
        end = self.take()
        return Step(token.text, tuple(args), Span(token.start, end.end))

    def _quantified(self, word: str) -> Expr:
        start = self.take()
        if word == "months":
            self.at += 3
        elif word not in ("some", "no"):
            self.take()
        table = self._name()
        column = ""
        if word in AGGREGATES:
            self.expect_sign(".")
            column = self._name()
        alias = self._name() if self.accept("as") else table
        begin: Expr | None = None
        if word == "months":
            if not self.accept("from"):
                self.fail(expected="“from”")
            begin = self.primary()
        where: Expr | None = None
        if self.accept("where"):
            where = self.expression()
        elif word in ("some", "no"):
            self.fail(expected="“where”")
        end = self.tokens[self.at - 1].end
        return Quantified(word, table, alias, column, begin, where, Span(start.start, end))

    def _name(self) -> str:
        if self.now.kind != "name":
            self.fail(expected="名称‖a name")
        return self.take().text


def parse_expression(text: str, spot: Spot) -> Expr:
    """Parse a whole scalar as one expression.  Raises ExpressionError."""
    parser = Parser(text, spot)
    found = parser.expression()
    parser.finish()
    return found
