"""Checks over a whole document: clauses left out, conditions that exclude each other, pairs, cliffs.

They look at what a document says when its blocks are read together, so they run
after every block has become a rule.  None of them needs facts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import combinations
from typing import TYPE_CHECKING

from tiaowen.check.amounts import bounds
from tiaowen.check.demands import Demand, complement, demands_of, exclude, standard_form
from tiaowen.check.document import Source
from tiaowen.language.blocks import Clause
from tiaowen.plan import amounts as a
from tiaowen.plan import terms as t
from tiaowen.plan.rules import DocumentPlan, Rule
from tiaowen.problems import Problem, Spot, problem
from tiaowen.vocabulary.model import Vocabulary
from tiaowen.vocabulary.types import BOOL

if TYPE_CHECKING:
    from tiaowen.check.library import Library


MOST_DEMANDS = 60  # of one rule with the rules it asks for; what lies beyond is not compared
MOST_PAIRS = 5_000  # of one document: a real one has some hundred


def lint_document(source: Source, plan: DocumentPlan, library: Library) -> list[Problem]:
    """Every finding over the whole document, in the document's order."""
    vocabulary = library.vocabulary
    return [
        *unread_clauses(source),
        *never_true(plan, vocabulary),
        *unstacked_pairs(source, plan, vocabulary),
        *cliffs(plan),
        *unverified(plan, vocabulary),
    ]


# -- clauses ------------------------------------------------------------------
def unread_clauses(source: Source) -> list[Problem]:
    """Headings at the end of the tree without a block (an error) or without a summary (a warning)."""
    read = source.read
    used = {id(block.clause) for block in read.blocks}
    broken = {each.spot.clause for each in read.problems}  # its blocks could not be read: already said
    if "" in broken:
        return []
    found: list[Problem] = []
    for clause, leaf in _leaves(read.clauses):
        spot = Spot(read.file, clause.line, 1, clause.label, text=clause.title, width=len(clause.title))
        if leaf and id(clause) not in used and clause.label not in broken:
            found.append(problem("clause-unread", spot, clause=clause.path or clause.title))
        elif leaf and not clause.summary:
            found.append(problem("summary-missing", spot, severity="warning"))
    return found


def _leaves(clauses: list[Clause]) -> Iterator[tuple[Clause, bool]]:
    """Each heading, and whether no heading stands below it.  The text before the first is no clause."""
    for clause, following in zip(clauses, [*clauses[1:], None], strict=True):
        if clause.level:
            yield clause, following is None or following.level <= clause.level


# -- conditions ---------------------------------------------------------------
def never_true(plan: DocumentPlan, vocabulary: Vocabulary) -> list[Problem]:
    """Two conditions of one rule (or of a rule it asks for) that no row can meet together."""
    found = []
    for rule in plan.rules.values():
        clash = _clash(rule_demands(plan, rule, vocabulary), vocabulary)
        if clash is not None:
            first, second = clash
            found.append(
                problem("never-true", second.spot, related=[first.spot], first=first.label,
                        second=second.label, column=second.subject_words)
            )  # fmt: skip
    return found


def rule_demands(plan: DocumentPlan, rule: Rule, vocabulary: Vocabulary) -> list[Demand]:
    """What a rule asks of single columns, with what the rules that it names by `eligible` ask."""
    found: list[Demand] = []
    queue, seen = [rule], {rule.id}
    for each in queue:  # grows while it is walked: each rule is asked once, however many ask it
        if len(found) >= MOST_DEMANDS:
            break
        for condition in each.conditions:
            for part in t.conjuncts(condition.term):
                if not isinstance(part, t.Eligible):
                    found += demands_of(part, condition.label, condition.spot, vocabulary)
                elif part.benefit in plan.rules and part.benefit not in seen:
                    seen.add(part.benefit)
                    queue.append(plan.rules[part.benefit])
    return found


def _clash(demands: list[Demand], vocabulary: Vocabulary) -> tuple[Demand, Demand] | None:
    for first, second in combinations(demands, 2):
        if exclude([first, second], vocabulary):
            return first, second
    return None


# -- pairs of benefits ----------------------------------------------------------
def unstacked_pairs(source: Source, plan: DocumentPlan, vocabulary: Vocabulary) -> list[Problem]:
    """Benefits that can pay one row to one payee or beneficiary, and no stacking names both."""
    settled = {
        frozenset(pair)
        for block in source.blocks.values()
        if block.kind == "stacking"
        for pair in combinations([name.split("#")[-1] for name in block.words("between")], 2)
    }
    benefits = [rule for rule in plan.rules.values() if rule.kind == "benefit"]
    asks = {rule.id: payment_demands(plan, rule, vocabulary) for rule in benefits}
    parts = {rule.id: event_parts(rule) for rule in benefits}
    found = []
    for number, (first, second) in enumerate(combinations(benefits, 2)):
        if number >= MOST_PAIRS:
            found.append(problem("pairs-many", second.spot, severity="warning", limit=MOST_PAIRS))
            break
        if first.table != second.table or frozenset((first.id, second.id)) in settled:
            continue
        if not same_holder(first, second) or opposed(first, second, parts):
            continue
        if can_meet(asks[first.id], asks[second.id], vocabulary):
            found.append(
                problem("no-stacking", second.spot, related=[first.spot], first=first.id,
                        second=second.id, table=first.table)
            )  # fmt: skip
    return found


def same_holder(first: Rule, second: Rule) -> bool:
    """One payee, or one person whose claim both use up."""
    if "nobody" in (first.pays, second.pays):
        return False  # in kind: no money can be paid twice
    payees = [rule.pays if isinstance(rule.pays, t.Term) else None for rule in (first, second)]
    holders = [
        rule.beneficiary if rule.beneficiary is not None else payee
        for rule, payee in zip((first, second), payees, strict=True)
    ]
    return any(one is not None and one == other for one, other in (payees, holders))


def event_parts(rule: Rule) -> set[t.Term]:
    """The conditions that must all hold, each in a form that compares by meaning."""
    return {
        standard_form(part)
        for condition in rule.conditions
        for part in t.conjuncts(condition.term)
        if t.slots_used(part) <= {t.EVENT_DATE, t.EVENT}
    }


def opposed(first: Rule, second: Rule, parts: dict[str, set[t.Term]]) -> bool:
    """One asks for what the other refuses, word for word, or asks that the other does not pay."""
    for one, other in ((first, second), (second, first)):
        if t.Negation(BOOL, t.Eligible(BOOL, other.id)) in parts[one.id]:
            return True
    return any(standard_form(complement(part)) in parts[second.id] for part in parts[first.id])


def payment_demands(plan: DocumentPlan, rule: Rule, vocabulary: Vocabulary) -> list[Demand]:
    """What must hold of the event row itself before the benefit pays; rows beside it may differ."""
    found = rule_demands(plan, rule, vocabulary)
    if isinstance(rule.amount, a.ByCode):
        paid = tuple(code for codes, row in rule.amount.rows if not isinstance(row, a.Refused) for code in codes)
        refused = tuple(code for codes, row in rule.amount.rows if isinstance(row, a.Refused) for code in codes)
        closed = rule.amount.otherwise is None or isinstance(rule.amount.otherwise, a.Refused)
        values = t.InValues(BOOL, rule.amount.term, paid if closed else refused, not closed)
        found += demands_of(values, rule.amount.name, rule.spot, vocabulary)
    return [each for each in found if t.slots_used(each.subject) <= {t.EVENT_DATE, t.EVENT}]


def can_meet(first: list[Demand], second: list[Demand], vocabulary: Vocabulary) -> bool:
    """Whether some row can meet all that both ask of single columns."""
    both = [*first, *second]
    return not any(
        exclude([each for each in both if each.subject == subject], vocabulary)
        for subject in {each.subject for each in both}
    )


# -- cliffs, figures nobody has checked, documents past their end -----------------
def cliffs(plan: DocumentPlan) -> list[Problem]:
    """Thresholds and `once N` where one row fewer turns the whole sum into nothing: worth knowing."""
    found = []
    for rule in plan.rules.values():
        if rule.kind != "benefit":
            continue
        for threshold in rule.thresholds:
            high = bounds(rule.amount)[1] if rule.amount is not None else None
            total = None if high is None else high * threshold.least
            found.append(_cliff(threshold.spot, threshold.label, threshold.unit, total))
        for label, step in _steps(rule.amount, rule.name):
            found.append(_cliff(rule.spot, label, rule.unit_noun, bounds(step.amount)[1]))
    return found


def _cliff(spot: Spot, label: str, unit: str, high: int | None) -> Problem:
    words = "全额‖all of it" if high is None else f"{yuan(high)} 元"
    return problem("cliff", spot, severity="note", label=label, unit=unit, high=words)


def _steps(amount: a.Amount | None, label: str) -> Iterator[tuple[str, a.PerCount]]:
    match amount:
        case a.PerCount(_, "once", figure) if figure > 1:
            yield label, amount
        case a.Added(rows):
            for name, row in rows:
                yield from _steps(row, name)
        case a.FirstTrue(rows):
            for name, row, _ in rows:
                yield from _steps(row, name)
        case a.Provided(inner) | a.PerCount(inner):
            yield from _steps(inner, label)


def yuan(fen: int) -> str:
    """Fen in 元, exactly, without a trailing zero."""
    whole, rest = divmod(fen, 100)
    return f"{whole}.{rest:02d}".rstrip("0").rstrip(".") if rest else str(whole)


def unverified(plan: DocumentPlan, vocabulary: Vocabulary) -> list[Problem]:
    """Standards and directories in use of which no one has checked a figure against its source."""
    users: dict[str, Rule] = {}
    for rule in plan.rules.values():
        names = [*rule.unverified, *(rate.parameter for rate in _rates(rule))]
        for name in names:
            users.setdefault(name, rule)
    found = []
    for name, rule in users.items():
        if name in vocabulary.parameters:
            rows = [row.verified for row in vocabulary.parameters[name].rows]
        elif name in vocabulary.directories:
            rows = [row.verified for row in vocabulary.directories[name].rows]
        else:
            continue
        if not all(rows):  # an empty one is unpublished, which is another matter
            found.append(problem("unverified", rule.spot, severity="note", name=name))
    return found


def _rates(rule: Rule) -> Iterator[a.StandardRate]:
    roots = [rule.amount, *(instalment.amount for instalment in rule.instalments)]
    for root in roots:
        yield from _rates_in(root)


def _rates_in(amount: a.Amount | None) -> Iterator[a.StandardRate]:
    match amount:
        case a.StandardRate():
            yield amount
        case a.ByCode(_, rows, otherwise):
            for _, row in rows:
                yield from _rates_in(row)
            yield from _rates_in(otherwise)
        case a.FirstTrue(choices):
            for _, row, _ in choices:
                yield from _rates_in(row)
        case a.Added(added):
            for _, row in added:
                yield from _rates_in(row)
        case a.Provided(inner) | a.PerCount(inner):
            yield from _rates_in(inner)


def past_expiry(source: Source, plan: DocumentPlan, on: dt.date) -> list[Problem]:
    """A document in force by its status whose last day lies before `on`."""
    if plan.status != "in force" or plan.expires is None or on <= plan.expires:
        return []
    spot = source.read.front_spot("expires")
    return [problem("past-expiry", spot, severity="warning", expires=plan.expires)]
