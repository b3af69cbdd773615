"""Which rules can be about one person, and evaluating just those.

A rule that pays only others and looks through their rows (an award for fifty certifications of one firm) is
the firm's: a person's page leaves it out, so that the page reads a dozen rows and not a firm's thousands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from huijiang.registry.facts import Ties
from tiaowen.check.library import Library
from tiaowen.evaluate.evaluation import DocumentResult, Evaluation, evaluate_plan
from tiaowen.plan import terms as t
from tiaowen.plan.rules import DocumentPlan, Rule
from tiaowen.plan.together import closure
from tiaowen.population.person import PERSON, edges
from tiaowen.vocabulary.model import Vocabulary

KINDS = frozenset({"benefit", "treatment", "duty", "risk"})


@dataclass(frozen=True)
class Reach:
    """Rules by document, and the ties through which they look for rows of others."""

    rules: Mapping[str, frozenset[str]]
    ties: Ties


PEOPLE = "people"
FIRMS = "firms"
MOST_KEPT = 512
_KEPT: dict[tuple[str, str, str], Reach] = {}  # (release, region, which)


def of_people(placed: Library, region: str) -> Reach:
    """What may concern a person in a place."""
    return _reach(placed, region, PEOPLE)


def of_organisations(placed: Library, region: str) -> Reach:
    """What may concern a firm in a place: every rule."""
    return _reach(placed, region, FIRMS)


def of_one(placed: Library, region: str, key: str) -> Reach:
    """One rule, with what its conditions ask and what it is stacked with."""
    return _reach(placed, region, key)


def _reach(placed: Library, region: str, which: str) -> Reach:
    """Kept for each release: `which` is people, firms or the key of a rule."""
    kept = (placed.release, region, which)
    found = _KEPT.get(kept)
    if found is None:
        if len(_KEPT) >= MOST_KEPT:
            _KEPT.clear()
        found = _KEPT[kept] = _worked_out(placed, region, which)
    return found


def _worked_out(placed: Library, region: str, which: str) -> Reach:
    plans = placed.in_place(region, False)
    far = far_rules(placed.vocabulary, plans)
    chosen: dict[str, frozenset[str]] = {}
    for plan in plans:
        mine = [
            rule.id for rule in plan.rules.values()
            if rule.kind in KINDS and (which in (FIRMS, rule.key)
                                       or (which == PEOPLE and _about_person(placed.vocabulary, rule, far)))
        ]  # fmt: skip
        chosen[plan.id] = frozenset(closure(plan, mine))
    slim = [replace(plan, rules={n: r for n, r in plan.rules.items() if n in chosen[plan.id]}) for plan in plans]
    return Reach(chosen, Ties.of(placed.vocabulary, slim))


def far_rules(words: Vocabulary, plans: Iterable[DocumentPlan]) -> frozenset[str]:
    """Keys of the rules that look through rows of firms, places or whole tables."""
    through, _ = edges(words, plans)
    found: set[str] = set()
    for (table, column), rules in through.items():
        if not column or words.tables[table].columns[column].type.name != PERSON:
            found |= rules
    return frozenset(found)


def _about_person(words: Vocabulary, rule: Rule, far: frozenset[str]) -> bool:
    """Pays, or uses up, or is asked for by a person; or its event is a person's and it needs nobody else's rows."""
    if any(_personal(each) for each in (rule.pays, rule.to, rule.beneficiary, rule.applicant)):
        return True
    table = words.tables[rule.table]
    return rule.key not in far and bool(table.person) and rule.grouping is None


def _personal(role: t.Term | str | None) -> bool:
    """Whether somebody in this role may be a person (an undetermined payee may be)."""
    if isinstance(role, t.Term):
        return role.type.name == PERSON
    return role == "undetermined"


@dataclass
class Narrow(Evaluation):
    """An evaluation of some rules of each document; nothing else is computed."""

    only: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def document(self, name: str) -> DocumentResult:
        if name not in self.documents:
            self.documents[name] = evaluate_plan(self.library.plans[name], self.facts, self._of(name))
        return self.documents[name]

    def reading(self, name: str, choice: Mapping[str, str], only: Iterable[str]) -> DocumentResult:
        plan = self.library.variant(name, dict(choice))
        key = (name, (*sorted(choice.items()), *(("", each) for each in sorted(only))))
        found = self._variants.get(key)
        if found is None:
            found = self._variants[key] = evaluate_plan(plan, self.facts, [r for r in only if r in plan.rules])
        return found

    def _of(self, name: str) -> frozenset[str]:
        return self.only.get(name, frozenset())


def evaluation(placed: Library, facts: object, reach: Reach) -> Narrow:
    return Narrow(placed, facts, only=reach.rules)  # type: ignore[arg-type]
