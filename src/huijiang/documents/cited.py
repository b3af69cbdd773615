"""What else in the library speaks of a clause or a rule: who stacks with it, asks for it, doubts it, settles it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from huijiang.documents.blocks import STACKINGS
from huijiang.documents.shelf import Document
from huijiang.web.components.clauses import Clause
from tiaowen.check.library import Library


@dataclass(frozen=True)
class Citation:
    """One place that speaks of a rule: why, in what name, where."""

    why: str
    name: str
    clause: Clause


@dataclass(frozen=True)
class Together:
    """What happens when a rule meets others that pay the same thing."""

    others: tuple[str, ...]
    outcome: str
    clause: Clause
    undecided: bool


def clause_of(found: Document, label: str) -> Clause:
    return Clause(label or _("整份文件"), found.clause_address(label), found.plan.number)


def citations(library: Library, shelf: dict[str, Document], document: str, rules: set[str]) -> list[Citation]:
    """Blocks outside a clause that name one of its rules."""
    found: dict[Citation, None] = {}
    keys = {f"{document}#{rule}" for rule in rules}

    def add(why: str, name: str, of: str, label: str) -> None:
        found[Citation(why, name, clause_of(shelf[of], label))] = None

    for plan in library.plans.values():
        for stacking in plan.stackings.values():
            if _names(stacking.between, plan.id, keys) and stacking.clause:
                add(_("重复享受的规则"), str(STACKINGS.get(stacking.rule, stacking.rule)), plan.id, stacking.clause)
        for question in plan.questions.values():
            if _names(question.about, plan.id, keys):
                add(_("疑义"), question.asks, plan.id, question.clause)
        for rule in plan.rules.values():
            if rule.key in keys:
                continue
            if _names(rule.asks, plan.id, keys):
                add(_("以它为条件"), rule.name, plan.id, rule.clause)
            if _names(rule.checks, plan.id, keys):
                add(_("核查它"), rule.name, plan.id, rule.clause)
    for fix in library.fixes:
        if f"{fix.document}#{fix.rule}" in keys and fix.local in shelf:
            add(_("地方细则"), fix.block.name or fix.block.id, fix.local, fix.block.clause.label)
    return list(found)


def _names(names: tuple[str, ...], document: str, keys: set[str]) -> bool:
    return any((name if "#" in name else f"{document}#{name}") in keys for name in names)


def together(library: Library, shelf: dict[str, Document], key: str) -> list[Together]:
    """Stacking rules that a benefit is part of, with the names of the others."""
    found = []
    for plan in library.plans.values():
        for stacking in plan.stackings.values():
            members = [name if "#" in name else f"{plan.id}#{name}" for name in stacking.between]
            if key not in members:
                continue
            others = tuple(_rule_name(library, each) for each in members if each != key)
            found.append(
                Together(
                    others,
                    str(STACKINGS.get(stacking.rule, stacking.rule)),
                    clause_of(shelf[plan.id], stacking.clause),
                    stacking.decided == "nobody yet",
                )
            )
    return found


def _rule_name(library: Library, key: str) -> str:
    document, _mark, rule = key.partition("#")
    plan = library.plans.get(document)
    return plan.rules[rule].name if plan is not None and rule in plan.rules else key
