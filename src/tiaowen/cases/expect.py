"""What a case expects, compared with what a run gave."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass

from tiaowen.cases.values import show_fen
from tiaowen.evaluate.evaluation import DocumentResult, Payment, payments
from tiaowen.evaluate.expressions import half_up
from tiaowen.evaluate.facts import Row
from tiaowen.evaluate.lines import Check, Line
from tiaowen.evaluate.stacking import roles
from tiaowen.language.expressions import ExpressionError
from tiaowen.language.sentences import parse_amount
from tiaowen.language.syntax import Number
from tiaowen.plan import terms as t
from tiaowen.problems import Spot
from tiaowen.vocabulary.model import Vocabulary
from tiaowen.vocabulary.units import UnitError

_PAID = re.compile(
    r"^(?P<amount>[^,]+) to (?P<payee>[^,]+?)(?: by (?P<by>[0-9-]{10}))?(?: if (?P<if>[^,]+?))?"
    r"(?:, of which (?P<share>.+) to (?P<master>[^,]+))?$"
)
_NOT = re.compile(r"^(?P<what>not paid|unknown|not given|not met|does not apply|not applicable)"
                  r"(?: (?:to|for|by) (?P<who>[^,]+?))?(?:, for (?P<label>.+))?$")  # fmt: skip


class Mismatch(AssertionError):
    """A case whose result is not what was worked out by hand."""


@dataclass
class Matcher:
    """Compares one block's result with a sentence.  Raises Mismatch with both."""

    vocabulary: Vocabulary
    rerun: Callable[[frozenset[str]], DocumentResult]

    def check(self, document: DocumentResult, block: str, expected: list[str]) -> None:
        rule = document.plan.rules[block]
        if rule.kind == "benefit":
            self._benefit(document, block, expected)
            return
        for each in expected:
            if rule.kind == "treatment":
                self._treatment(document, block, each)
            elif rule.kind == "duty":
                self._duty(document, block, each)
            else:
                self._risk(document, block, each)

    # -- benefits ---------------------------------------------------------------
    def _benefit(self, document: DocumentResult, block: str, expected: list[str]) -> None:
        if len(expected) == 1 and expected[0].startswith(("not paid", "unknown")):
            self._refusal(document, block, expected[0])
            return
        paid = [p for p in payments(document, block) if p.verdict is not False]
        wanted: dict[str, str] = {}
        for sentence in expected:
            match = _PAID.match(sentence)
            if not match:
                raise Mismatch(f"看不懂 can't read: {sentence}")
            wanted[match.group("payee").strip()] = sentence
        for sentence in expected:
            match = _PAID.match(sentence)
            assert match
            if match.group("if"):
                labels = frozenset(part.strip() for part in match.group("if").split(" and "))
                self._if(document, block, labels, match.group("amount"), match.group("payee"))
                continue
            found = self._payee(paid, match.group("payee").strip(), block, sentence)
            low, high = self._interval(match.group("amount"))
            if match.group("by"):
                self._by(found, match.group("by"), (low, high), sentence)
            elif (found.low, found.high) != (low, high):
                raise Mismatch(f"{sentence} ← {self.show(found)}")
            if match.group("share"):
                self._share(document, found, match.group("share"), match.group("master"))
        extra = [p for p in paid if _name(p.payee) not in wanted and p.high != 0]
        if extra:
            raise Mismatch(f"另有付款 also paid: {'；'.join(self.show(p) for p in extra)}")

    def _payee(self, paid: list[Payment], name: str, block: str, sentence: str) -> Payment:
        for each in paid:
            if _name(each.payee) == name:
                return each
        shown = "；".join(self.show(p) for p in paid) or "没有付款 nothing is paid"
        raise Mismatch(f"{sentence} ← {shown}")

    @staticmethod
    def _by(paid: Payment, day: str, wanted: tuple[int, int | None], sentence: str) -> None:
        """`5000 元 to 甲 by 2023-06-30`: what has fallen due on that day."""
        try:
            until = dt.date.fromisoformat(day)
        except ValueError:
            raise Mismatch(f"看不懂 can't read: {sentence}") from None
        low, high = 0, 0
        for line in paid.lines:
            if line.begin is None or line.begin <= until:
                if line.paid_high is None:
                    raise Mismatch(f"{sentence} ← {show_fen(low)}, …")
                low, high = low + line.paid_low, high + line.paid_high
        if (low, high) != wanted:
            raise Mismatch(f"{sentence} ← [{show_fen(low)}, {show_fen(high)}] 元")

    def _if(
        self, document: DocumentResult, block: str, labels: frozenset[str], amount: str, payee: str
    ) -> None:  # fmt: skip
        now = [line for line in document.results[block].lines if line.verdict is not False]
        open_labels = {c.label for line in now for c in line.checks if c.outcome is None}
        missing = labels - open_labels
        if missing:
            raise Mismatch(
                f"if {'、'.join(missing)}：这些条件并不未知 not unknown（未知 unknown：{'、'.join(open_labels) or '—'}）"
            )
        if any(line.verdict is True for line in now):
            raise Mismatch("不靠这些条件就已成立 paid without them")
        then = self.rerun(labels)
        paid = [p for p in payments(then, block) if p.verdict is not False]
        found = self._payee(paid, payee.strip(), block, f"{amount} to {payee} if …")
        low, high = self._interval(amount)
        if (found.low, found.high) != (low, high) or found.verdict is not True:
            raise Mismatch(f"{amount} to {payee} if … ← {self.show(found)}")

    def _refusal(self, document: DocumentResult, block: str, expected: str) -> None:
        match = _NOT.match(expected)
        if not match:
            raise Mismatch(f"看不懂 can't read: {expected}")
        paid = payments(document, block)
        lines = document.results[block].lines
        wanted = None if match.group("what") == "unknown" else False
        verdict = max((p.verdict for p in paid), key=_rank, default=False)
        if verdict is not wanted:
            raise Mismatch(f"{expected} ← {'；'.join(self.show(p) for p in paid) or '没有行 no rows'}")
        if not lines:
            raise Mismatch(f"{expected} ← 没有 {document.plan.rules[block].table} 行 no rows")
        self._labelled(lines, wanted, match.group("label"), expected)

    def _labelled(self, lines: list[Line], wanted: bool | None, label: str | None, expected: str) -> None:
        if not label:
            return
        labels = {c.label for line in lines for c in _all_checks(line) if c.outcome is wanted}
        labels |= {name for line in lines for name, _ in line.fallen}
        if label.strip() not in labels:
            raise Mismatch(f"{expected} ← {'、'.join(sorted(labels)) or '—'}")

    def _interval(self, text: str) -> tuple[int, int | None]:
        try:
            sentence = parse_amount(text.strip(), Spot())
            ends: list[int | None] = []
            for end in (sentence.low, sentence.high):
                if end is None:
                    ends.append(None)
                    continue
                if not isinstance(end, Number):
                    raise Mismatch(f"看不懂 can't read: {text}")
                figure = self.vocabulary.units.figure(end)
                if figure.dimension != "fen":
                    raise Mismatch(f"{text}: 元？")
                ends.append(figure.value)
        except ExpressionError as error:
            raise Mismatch(error.problem.show()) from None
        except UnitError as error:
            raise Mismatch(f"{text}: {error.values}") from None
        low = ends[0] if ends[0] is not None else 0
        return low, ends[1]

    def _share(self, document: DocumentResult, paid: Payment, text: str, master: str) -> None:
        low, high = self._interval(text)
        found_low, found_high = 0, 0
        for line in paid.lines:
            for share in line.rule.shares:
                to = document.runner.compiler.fn(share.to)(line.env)
                if _name(to) != master.strip() or line.paid_high is None:
                    continue
                top = half_up(line.paid_high * share.numerator, share.denominator)
                bottom = half_up(line.paid_low * share.numerator, share.denominator)
                found_low += 0 if share.up_to else bottom
                found_high += top
        if (found_low, found_high) != (low, high):
            raise Mismatch(f"of which {text} to {master} ← {show_fen(found_low)} to {show_fen(found_high)}")

    @staticmethod
    def show(paid: Payment) -> str:
        high = "…" if paid.high is None else show_fen(paid.high)
        verdict = {True: "", None: "未知 unknown ", False: "不付 not paid "}[paid.verdict]
        why = sorted({c.label for line in paid.lines for c in _all_checks(line)
                      if c.outcome is not True})  # fmt: skip
        why += sorted({f"{label}（{how}）" for line in paid.lines for label, how in line.fallen})
        return f"{verdict}[{show_fen(paid.low)}, {high}] 元 to {_name(paid.payee)}（{'、'.join(why)}）"

    # -- treatments, duties, risks ---------------------------------------------------
    def _lines(self, document: DocumentResult, block: str, who: str | None) -> list[Line]:
        lines = document.results[block].lines
        if not who:
            return lines
        rule = document.plan.rules[block]
        compiler = document.runner.compiler

        def holder(line: Line) -> str:
            if rule.to is not None:
                return _name(compiler.fn(rule.to)(line.env))
            return _name(line.row)

        return [line for line in lines if who in (holder(line), _name(line.row))]

    def _treatment(self, document: DocumentResult, block: str, expected: str) -> None:
        match = _NOT.match(expected)
        if match:
            lines = self._lines(document, block, match.group("who"))
            wanted = None if match.group("what") == "unknown" else False
            best = max((line.verdict for line in lines), key=_rank, default=False)
            if best is not wanted or not lines:
                raise Mismatch(f"{expected} ← {best} {[line.words for line in lines]}")
            self._labelled(lines, wanted, match.group("label"), expected)
            return
        body = expected.removeprefix("given").strip()
        words, _, who = body.partition(" to ")
        if body.startswith("to "):
            words, who = "", body.removeprefix("to ")
        lines = self._lines(document, block, who.strip() or None)
        given = [line for line in lines if line.verdict is True]
        if not given or (words and all(line.words != words.strip() for line in given)):
            why = {c.label for line in lines for c in line.checks if c.outcome is not True}
            raise Mismatch(f"{expected} ← {[line.words for line in given]} {'、'.join(sorted(why))}")

    def _duty(self, document: DocumentResult, block: str, expected: str) -> None:
        match = _NOT.match(expected)
        who = match.group("who") if match else expected.removeprefix("met").removeprefix(" by").strip()
        lines = self._lines(document, block, who or None)
        if not lines:
            raise Mismatch(f"{expected} ← 没有行 no rows")
        outcomes = {_duty_outcome(line) for line in lines}
        what = match.group("what") if match else "met"
        what = {"not applicable": "does not apply"}.get(what, what)
        if outcomes != {what}:
            raise Mismatch(f"{expected} ← {'、'.join(sorted(outcomes))}")
        if match and match.group("label"):
            wanted = None if what == "unknown" else False
            self._labelled(lines, wanted, match.group("label"), expected)

    def _risk(self, document: DocumentResult, block: str, expected: str) -> None:
        wanted, _for, name = expected.split(",")[0].partition(" for ")
        lines = document.results[block].lines
        if name and not any(_name(line.row) == name.strip() for line in lines):
            raise Mismatch(f"{expected}: {name.strip()} ← {'、'.join(sorted(_name(line.row) for line in lines))}")
        of = [line for line in lines if _in_force(line) and (not name or _name(line.row) == name.strip())]
        words = max((_risk_outcome(line) for line in of), key=RISKS.index, default="not found")
        if words != wanted.strip():
            raise Mismatch(f"{expected} ← {words}")


RISKS = ("does not apply", "not found", "unknown", "found")


def _risk_outcome(line: Line) -> str:
    """What a risk check makes of a row; it does not apply where it concerns others (`where`)."""
    if line.verdict is not False:
        return "found" if line.verdict else "unknown"
    return "does not apply" if any(each.outcome is False for each in line.checks[1:-1]) else "not found"


def _in_force(line: Line) -> bool:
    return line.checks[0].outcome is not False


def _duty_outcome(line: Line) -> str:
    if line.verdict is False:
        return "does not apply"
    must = [c.outcome for c in line.checks if c.kind == "must"]
    if line.verdict is None or (False not in must and None in must):
        return "unknown"
    return "not met" if False in must else "met"


def _all_checks(line: Line) -> list[Check]:
    """A group's checks, and those of the rows in it."""
    found = list(line.checks)
    if line.rule.grouping is not None:
        found += [check for member in line.members for check in member.checks]
    return found


def _rank(verdict: bool | None) -> int:
    return {False: 0, None: 1, True: 2}[verdict]


def _name(row: object) -> str:
    if isinstance(row, Row):
        return row.id
    return "unknown" if row is None else str(row)


__all__ = ["Matcher", "Mismatch", "roles", "t"]
