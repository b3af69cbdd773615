"""One benefit, one event, some facts: what the engine says, in plain values that can be frozen and compared.

    judge_live(region, benefit, holder, on, person=…)     over the registry as it is
    judge(library.placed(region), region, kept, benefit, holder)     over frozen facts

The live one freezes first and judges what it froze, so that a replay sees the very same.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any, Final

from django.utils.translation import gettext as _

from huijiang.claims.errors import CannotDetermine
from huijiang.claims.freezing import Origins, frozen, thawed
from huijiang.documents import library
from huijiang.entitlements.reach import Narrow
from huijiang.registry import facts as registry
from huijiang.registry.facts import Ties
from tiaowen.check.library import Library
from tiaowen.evaluate.answers import WORDS, Answer, Answers, unverified
from tiaowen.evaluate.facts import Row
from tiaowen.evaluate.lines import Check, Line, plus
from tiaowen.evaluate.stacking import key_of
from tiaowen.explain.reading import Missing
from tiaowen.plan.rules import DocumentPlan, Limit, Stacking
from tiaowen.plan.together import closure
from tiaowen.vocabulary.types import NONE

EXCLUDES: Final = frozenset({"only the highest", "only one", "in this order"})
_SCOPES: dict[tuple[str, str, str], tuple[dict[str, frozenset[str]], Ties]] = {}
MOST_SCOPES: Final = 2_048
OPINION: Final = "认定意见"


def scope_of(placed: Library, region: str, benefit: str) -> tuple[dict[str, frozenset[str]], Ties]:
    """The rules that a benefit's answer rests on, by document, and the ties through which they look at others."""
    key = (placed.release, region, benefit)
    found = _SCOPES.get(key)
    if found is None:
        if len(_SCOPES) >= MOST_SCOPES:
            _SCOPES.clear()
        found = _SCOPES[key] = _scope(placed, region, benefit)
    return found


def _scope(placed: Library, region: str, benefit: str) -> tuple[dict[str, frozenset[str]], Ties]:
    plans = {plan.id: plan for plan in placed.in_place(region)}
    wanted: dict[str, set[str]] = {name: set() for name in plans}
    document, _sep, rule = benefit.partition("#")
    if document not in plans or rule not in plans[document].rules:
        raise CannotDetermine(_("%(region)s没有这个项目：%(benefit)s") % {"region": region, "benefit": benefit})
    wanted[document].add(rule)
    for stacking in _across(plans, benefit):
        for name in stacking.between:
            owner, _sep, other = name.rpartition("#")
            if (owner or stacking.document) in wanted:
                wanted[owner or stacking.document].add(other)
    only = {name: frozenset(closure(plans[name], sorted(rules))) for name, rules in wanted.items()}
    slim = [_slim(plan, only[plan.id]) for plan in plans.values()]
    return only, Ties.of(placed.vocabulary, slim)


def _slim(plan: DocumentPlan, only: frozenset[str]) -> DocumentPlan:
    return replace(plan, rules={name: rule for name, rule in plan.rules.items() if name in only})


def _across(plans: Mapping[str, DocumentPlan], benefit: str) -> list[Stacking]:
    """Stackings over several documents that name a benefit."""
    return [s for plan in plans.values() for s in plan.stackings.values() if s.across and _name_in(s, benefit)]


def _name_in(stacking: Stacking, benefit: str) -> str:
    """As what a stacking names a benefit; empty for not at all."""
    document, _sep, rule = benefit.partition("#")
    for name in stacking.between:
        if name == benefit or (name == rule and stacking.document == document):
            return name
    return ""


def text_of(part: object) -> str:
    """A part of a group's key, in ids and codes."""
    if isinstance(part, Row):
        return f"{part.table}:{part.id}"
    if part is NONE:
        return "-"
    return part.isoformat() if isinstance(part, dt.date) else str(part)


@dataclass
class Judged:
    """An answer of the engine with the frozen facts that it comes from."""

    placed: Library
    region: str
    kept: dict[str, Any]
    said: Answers
    answer: Answer
    origins: Origins

    @property
    def on(self) -> dt.date:
        return dt.date.fromisoformat(self.kept["on"])

    @property
    def event_day(self) -> dt.date | None:
        day = self.answer.lines[0].date
        return day if isinstance(day, dt.date) else None

    def parties(self) -> dict[str, int | None]:
        """Who is paid and who benefits, as columns of a claim.  Raises CannotDetermine where nobody is paid."""
        payee = self.answer.payee
        if payee == "undetermined":
            payee = self.answer.beneficiary if isinstance(self.answer.beneficiary, Row) else self._subject()
        if not isinstance(payee, Row):
            raise CannotDetermine(_("还不知道发给谁，不能申报。"))
        beneficiary = self.answer.beneficiary if isinstance(self.answer.beneficiary, Row) else payee
        return {
            **{f"payee_{kind}_id": int(payee.id) if payee.table == kind else None for kind in ("person", "organisation")},
            **{f"beneficiary_{kind}_id": int(beneficiary.id) if beneficiary.table == kind else None
               for kind in ("person", "organisation")},
        }  # fmt: skip

    def applicant(self) -> tuple[str, int] | None:
        """The row that may apply, where the text says so: (table, id)."""
        row = self.answer.applicant
        return (row.table, int(row.id)) if isinstance(row, Row) else None

    def _subject(self) -> Row | None:
        table, _sep, row = str(self.kept.get("subject", "")).partition(":")
        return next((each for each in self.said.evaluation.facts.rows(table) if each.id == row), None)

    # -- amounts ---------------------------------------------------------------------
    def taken(self) -> list[Line]:
        """Lines by which something is or may be paid."""
        return [each for each in self.answer.lines if each.verdict is not False and each.paid_high != 0]

    def begun(self, line: Line) -> bool:
        if self.answer.rule.instalments and line.begin is None:
            return False  # nobody knows its day
        return line.begin is None or line.begin <= self.on

    def span(self) -> tuple[int, int | None, int | None]:
        """Low and high of what has begun, and what may still come; fen."""
        low = 0
        high: int | None = 0
        later: int | None = 0
        for line in self.taken():
            if self.begun(line):
                low, high = low + line.paid_low, plus(high, line.paid_high)
            else:
                later = plus(later, line.paid_high)
        return low, high, later

    def place_of(self, line: Line) -> tuple[str, int]:
        """Period and instalment of a line: ("2026-03", 1), ("", 2)."""
        rule = self.answer.rule
        if rule.instalments:
            return "", [each.label for each in rule.instalments].index(line.part) + 1 if line.part else 1
        if rule.schedule is None or line.begin is None:
            return "", 1
        if rule.schedule.spread or rule.schedule.every == "year":
            return f"{line.begin:%Y}", 1
        return (f"{line.begin:%Y-%m}" if rule.schedule.every == "month" else line.begin.isoformat()), 1

    def left_open(self) -> dict[tuple[str, int], int]:
        """Lines whose amount is an interval even where all their conditions hold, by place: the least (fen) of each."""
        found = {self.place_of(line): line for line in self.taken() if line.least_if_payable != line.paid_high}
        return {place: line.least_if_payable for place, line in found.items()}

    # -- limits and places shared with other claims -------------------------------------
    def limits(self) -> list[dict[str, Any]]:
        """Limits that several claims share: {limit_key, label, key, kind, cap, events, places}."""
        rule = self.answer.rule
        result = self.said.evaluation.document(self.answer.document.id).results[rule.id]
        mine = {id(line) for line in self.taken()}
        found = []
        for limit, totals in zip(rule.limits, result.totals, strict=True):
            if limit.kind == "difference":
                continue  # the amount itself is what goes beyond the earlier ones
            for total in totals:
                lines = [line for line in total.lines if id(line) in mine]
                if lines:
                    found.append(self._limit(f"{rule.key}/{limit.label}", limit, total.key, lines))
        return found + self._limits_of_stackings()

    def _limit(self, limit_key: str, limit: Limit, key: tuple[Any, ...], lines: list[Line]) -> dict[str, Any]:
        money = limit.kind == "money"
        return {
            "limit_key": limit_key, "label": limit.label, "key": "|".join(text_of(part) for part in key),
            "kind": "money" if money else "count", "cap": limit.most if limit.kind in ("money", "count") else 1,
            "events": limit.events or limit.kind == "highest",
            "places": [list(self.place_of(line)) for line in lines],
        }  # fmt: skip

    def _limits_of_stackings(self) -> list[dict[str, Any]]:
        found = []
        for stacking, name in self._stackings():
            for cap in stacking.limits:
                words = stacking.limit_keys.get(name, {}).get(cap.label, ())
                if cap.kind == "money" and words:
                    by_key: dict[tuple[Any, ...], list[Line]] = {}
                    for line in self.taken():
                        by_key.setdefault(key_of(self._compiler, line, words) or (), []).append(line)
                    found += [self._limit(f"{stacking.document}#{stacking.id}/{cap.label}", cap, key, lines)
                              for key, lines in by_key.items()]  # fmt: skip
        return found

    def exclusives(self) -> list[dict[str, str]]:
        """Places that one benefit alone may take: {group, event}."""
        found: dict[tuple[str, str], None] = {}
        for stacking, name in self._stackings():
            if stacking.rule not in EXCLUDES:
                continue
            for line in self.taken():
                key = key_of(self._compiler, line, stacking.keys.get(name, ()))
                if key is not None:
                    found[f"{stacking.document}#{stacking.id}", "|".join(text_of(part) for part in key)] = None
        return [{"group": group, "event": event} for group, event in found]

    def _stackings(self) -> list[tuple[Stacking, str]]:
        plans = {plan.id: plan for plan in self.placed.in_place(self.region)}
        named = [(s, _name_in(s, self.answer.rule.key)) for plan in plans.values() for s in plan.stackings.values()]
        return [(stacking, name) for stacking, name in named if name]

    @property
    def _compiler(self) -> Any:
        return self.said.evaluation.document(self.answer.document.id).runner.compiler

    # -- in plain values -------------------------------------------------------------------
    def essence(self) -> dict[str, Any]:
        """What a signature rests on and a replay must give again."""
        low, high, later = self.span()
        return {
            "outcome": self.answer.outcome, "low": low, "high": high, "later": later,
            "lines": [self._line(each) for each in self.taken()],
            "conditions": [[each.label, WORDS[each.outcome], each.kind] for each in self.answer.checks],
            "limits": self.limits(), "exclusives": self.exclusives(), "parties": self._parties(),
        }  # fmt: skip

    def _parties(self) -> list[str]:
        return [text_of(each) for each in (self.answer.payee, self.answer.beneficiary, self.answer.applicant)]

    def told(self) -> dict[str, Any]:
        """Everything that a reader needs, beside the essence: each condition's facts and clause, the working."""
        rule, plan = self.answer.rule, self.answer.document
        return {
            "essence": self.essence(),
            "benefit": rule.key, "name": rule.name, "kind": rule.kind, "clause": rule.clause, "fund": rule.fund,
            "document": plan.number, "title": plan.title, "region": self.region,
            "event_day": self.event_day.isoformat() if self.event_day else None,
            "conditions": [self._condition(each) for each in self.answer.checks],
            "working": list(self.said.working_of(self.answer)),
            "taken_away": [[label, how] for each in self.answer.lines for label, how in each.fallen][:20],
            "fixed_by": self.fixed_by(), "unverified": list(unverified(self.said.library, rule)),
            "readings": {name: {reading: list(result) for reading, result in readings.items()}
                         for name, readings in self.answer.readings.items()},
            "risks": [[risk.id, risk.name, risk.action, risk.outcome] for risk in self.answer.risks],
        }  # fmt: skip

    def fixed_by(self) -> list[dict[str, Any]]:
        """The local rules that settle the amount, or may."""
        found: list[dict[str, Any]] = self.said.as_json(self.answer, explain=False).get("fixed_by", [])
        return found

    def _line(self, line: Line) -> dict[str, Any]:
        period, instalment = self.place_of(line)
        return {
            "period": period, "instalment": instalment, "label": line.part if self.answer.rule.instalments else "",
            "from": line.begin.isoformat() if line.begin else None, "to": line.end.isoformat() if line.end else None,
            "low": line.paid_low, "high": line.paid_high, "outcome": WORDS[line.verdict], "begun": self.begun(line),
        }  # fmt: skip

    def _condition(self, check: Check) -> dict[str, Any]:
        facts = []
        for fact in self.said.facts_of(self.answer, check):
            origin = self.origins.get((fact.table, fact.row))
            facts.append({
                "label": fact.label, "value": fact.value, "table": fact.table, "row": fact.row, "column": fact.column,
                "source": origin.source if origin else fact.source, "as_of": origin.as_of.isoformat() if origin else None,
            })  # fmt: skip
        facts += [
            {"label": each["judge"], "value": each["words"], "table": "", "row": "", "column": "",
             "source": OPINION, "as_of": each["on"]}
            for each in self.kept.get("opinions", ()) if each["label"] == check.label
        ]  # fmt: skip
        missing = self.missing(check) if check.outcome is None else []
        return {
            "label": check.label, "outcome": WORDS[check.outcome], "kind": check.kind, "clause": self.answer.rule.clause,
            "facts": facts, "missing": [{"label": m.label, "source": m.source, "table": m.table, "row": m.row,
                                         "column": m.column} for m in missing],
        }  # fmt: skip

    def missing(self, check: Check) -> list[Missing]:
        """What would settle a condition."""
        return self.said.missing_of(self.answer, check)


def judge(placed: Library, region: str, kept: dict[str, Any], benefit: str, holder: str) -> Judged:
    """What the rules of a placed library say of frozen facts.  Raises CannotDetermine when the event is not there."""
    only, _ties = scope_of(placed, region, benefit)
    facts, origins = thawed(kept, placed.vocabulary)
    placed = _with_opinions(placed, benefit, kept.get("opinions", ()))
    said = Answers(placed, Narrow(placed, facts, only=only), region)
    answer = _benefit(_by_holder(said, placed, benefit).get(holder), holder)
    return Judged(placed, region, kept, said, answer, origins)


def _with_opinions(placed: Library, benefit: str, opinions: Sequence[Mapping[str, Any]]) -> Library:
    """The library with what was found of the conditions that it (still) leaves to a judgement."""
    left = placed.rule(benefit).judges
    told = {each["label"]: each["met"] for each in opinions if each["label"] in left}
    return placed.with_opinions(benefit, told) if told else placed


def _by_holder(said: Answers, placed: Library, benefit: str) -> dict[str, Answer]:
    """The answers about a benefit, by their event."""
    plan = placed.plans[benefit.partition("#")[0]]
    return {f"{each.rule.table}:{each.holder}": each for each in said.of(plan) if each.rule.key == benefit}


def _benefit(answer: Answer | None, holder: str) -> Answer:
    """The answer about an event, where there is one and it is about money."""
    if answer is None:
        raise CannotDetermine(_("没有找到这个事由：%(holder)s") % {"holder": holder})
    if answer.rule.kind != "benefit":
        raise CannotDetermine(_("“%(name)s”不是发钱的项目。") % {"name": answer.rule.name})
    return answer


_SHARED: ContextVar[dict[tuple[Any, ...], tuple[Judged, dict[str, Answer]]] | None] = ContextVar("shared", default=None)


@contextmanager
def shared() -> Iterator[None]:
    """Within: events of one person or organisation on one day are judged together, once.

    For a list of claims (or several looks at one) that are done within moments, and where facts as of the first look are
    what is wanted: three hundred rows of a firm would otherwise be read and judged three hundred times, all of them each
    time.
    """
    token = _SHARED.set({})
    try:
        yield
    finally:
        _SHARED.reset(token)


def judge_live(
    region: str, benefit: str, holder: str, on: dt.date, *, person: int | None = None,
    organisation: int | None = None, answers: Sequence[Mapping[str, Any]] = (), opinions: Sequence[Mapping[str, Any]] = (),
    placed: Library | None = None,
) -> Judged:  # fmt: skip
    """What the rules in force say of the registry as it is, with declared facts where it has none, and with opinions on
    what they leave to somebody's judgement.

    Raises CannotDetermine: no such benefit or event, or the rules look at too many others to be judged one by one.
    """
    held = placed or library.placed(region)
    once, key = _SHARED.get(), (held.release, region, benefit, on, person, organisation)
    alone = bool(answers or opinions)
    if once is not None and not alone and key in once:
        found, by_holder = once[key]
        return replace(found, answer=_benefit(by_holder.get(holder), holder))
    _only, ties = scope_of(held, region, benefit)
    if person is not None:
        case = registry.facts_of_person(person, on, ties, held.vocabulary)
    elif organisation is not None:
        case = registry.facts_of_organisation(organisation, on, ties, held.vocabulary)
    else:
        raise CannotDetermine(_("要说明为哪个人或哪家单位申报。"))
    if benefit in case.beyond:
        raise CannotDetermine(_("这个项目要看的记录太多，由夜间计算给出结果后再核定。"))
    kept = frozen(case, answers)
    kept["subject"] = f"person:{person}" if person is not None else f"organisation:{organisation}"
    if opinions:
        kept["opinions"] = list(opinions)
    judged = judge(held, region, kept, benefit, holder)
    if once is not None and not alone:
        once[key] = judged, _by_holder(judged.said, held, benefit)
    return judged
