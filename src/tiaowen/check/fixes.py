"""Local rules: `fix` blocks choose inside the interval that a text leaves, never outside it.

A fix stands in the same document, or in a local rule of a bureau (a document of its own).
It may set `amount`, row by row inside the interval of the row that it fixes, and `where`
for labels that the text left `set elsewhere`.  It holds on event dates within its own
document's dates, in its own place: both become conditions of the plan, so one plan
serves a whole city in which only one district has fixed anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tiaowen.check.amounts import bounds
from tiaowen.check.benefits import lower_benefit, lower_duty, lower_treatment
from tiaowen.check.context import BlockRefused, Lowering
from tiaowen.check.document import Source, _chosen, _front
from tiaowen.check.intervals import Misfit, misfits, show
from tiaowen.check.readings import patched
from tiaowen.language.blocks import Block
from tiaowen.language.yamltext import Mapping as Node
from tiaowen.language.yamltext import Scalar
from tiaowen.plan import amounts as a
from tiaowen.plan import terms as t
from tiaowen.plan.rules import Condition, DocumentPlan, FixedBy, Rule
from tiaowen.problems import Problem, Spot, nearest, problem
from tiaowen.vocabulary.types import BOOL, DATE, REGION

if TYPE_CHECKING:
    from tiaowen.check.library import Library

FIX_KEYS = {"id", "name", "fixes", "amount", "where", "because"}
READERS = {"benefit": lower_benefit, "treatment": lower_treatment, "duty": lower_duty}


@dataclass(frozen=True, slots=True)
class Fix:
    """One checked `fix` block: where it stands, and the block that it fixes."""

    block: Block
    local: str
    document: str
    rule: str

    @property
    def key(self) -> str:
        return f"{self.local}#{self.block.id}"


def apply_fixes(library: Library) -> None:
    """Check every `fix` block; those of a document's own take effect in its plan at once.

    Fixes of other documents are kept in `library.fixes` for `Library.placed`.
    """
    for source in library.sources.values():
        for block in source.blocks.values():
            if block.kind != "fix":
                continue
            found: list[Problem] = []
            fix = _read(library, source, block, found)
            if fix is not None and not any(each.severity == "error" for each in found):
                _clash(library, fix, found)
            if fix is not None and not any(each.severity == "error" for each in found):
                library.fixes.append(fix)
            library.problems += found
    for name, plan in library.plans.items():
        own = [fix for fix in library.fixes if fix.document == fix.local == name]
        if own:
            library.plans[name] = fixed_plan(library, plan, own, {})


def fixed_plan(
    library: Library, plan: DocumentPlan, fixes: Iterable[Fix], choice: Mapping[str, str],
    done: DocumentPlan | None = None,
) -> DocumentPlan:  # fmt: skip
    """The plan with fixes applied; rules shared with `done` carry theirs already."""
    rules = dict(plan.rules)
    for fix in sorted(fixes, key=lambda each: _depth(library, each)):  # the nearest place is asked first
        rule = rules.get(fix.rule)
        if rule is not None and (done is None or rule is not done.rules.get(fix.rule)):
            rules[fix.rule] = _fixed(library, plan, fix, rule, choice, [])
    return replace(plan, rules=rules)


def fixes_in(library: Library, region: str, drafts: bool) -> list[Fix]:
    """The local rules that matter in a place: its own, those above it, those of places inside it."""
    regions = library.vocabulary.regions
    near = set(regions.chain(region)) | set(regions.inside(region))
    allowed = ("in force", "draft") if drafts else ("in force",)
    return [
        fix for fix in library.fixes
        if fix.local != fix.document and library.plans[fix.local].region in near
        and library.plans[fix.local].status in allowed
    ]  # fmt: skip


def _depth(library: Library, fix: Fix) -> int:
    return len(library.vocabulary.regions.chain(library.plans[fix.local].region))


# -- reading and checking one block ---------------------------------------------
def _read(library: Library, source: Source, block: Block, found: list[Problem]) -> Fix | None:
    for key in block.body.entries:
        if key not in FIX_KEYS:
            found.append(problem("unknown-key", block.spot(key), key=key, hint=nearest(key, FIX_KEYS),
                                 known="、".join(sorted(FIX_KEYS))))  # fmt: skip
    needed = [key for key in ("id", "fixes", "because") if key not in block.body.entries]
    if not {"amount", "where"} & set(block.body.entries):
        needed.append("amount（或 or where）")
    found += [problem("missing-key", block.spot(), key=key) for key in needed]
    if needed:
        return None
    document, _, rule = block.text("fixes").rpartition("#")
    document = document or source.id
    plan = library.plans.get(document)
    if plan is None or rule not in plan.rules:
        known = list(plan.rules) if plan is not None else list(library.plans)
        name = rule if plan is not None else document
        found.append(problem("unknown-id", block.spot("fixes"), name=name, hint=nearest(name, known)))
        return None
    fix = Fix(block, source.id, document, rule)
    target = library.sources[document].blocks[rule]
    if not _may_fix(library, plan, library.plans[source.id]):
        regions = library.vocabulary.regions
        found.append(problem("fix-region", block.spot("fixes"), related=[target.spot("id")],
                             place=regions.path(library.plans[source.id].region),
                             outer=regions.path(plan.region)))  # fmt: skip
        return None
    _check(library, plan, fix, target, found)
    return fix


def _may_fix(library: Library, plan: DocumentPlan, local: DocumentPlan) -> bool:
    inside = library.vocabulary.regions.inside
    return local.region in inside(plan.region) or plan.region in inside(local.region)


def _check(library: Library, plan: DocumentPlan, fix: Fix, target: Block, found: list[Problem]) -> None:
    rule = plan.rules[fix.rule]
    by_label = {condition.label: condition for condition in rule.conditions}
    where = fix.block.mapping("where")
    for label, node in where or ():
        condition = by_label.get(label)
        if condition is None or condition.text != "set elsewhere":
            left = [c.label for c in rule.conditions if c.text == "set elsewhere"]
            found.append(
                problem("fix-where", fix.block.spot(f"where · {label}", node), label=label,
                        related=[condition.spot if condition else target.spot("where")],
                        known="、".join(left) or "—", hint=nearest(label, left))
            )  # fmt: skip
    if any(each.severity == "error" for each in found):
        return
    lowered = _lowered(library, fix, {}, found)
    if lowered is None:
        return
    if lowered.amount is not None and "amount" in fix.block.body.entries:
        if rule.amount is None:
            found.append(_outside(plan, fix, target, Misfit("", "", "—")))
            return
        for misfit in misfits(library.vocabulary, rule.amount, lowered.amount):
            found.append(_outside(plan, fix, target, misfit))
        low, high = bounds(lowered.amount)
        if low != high and isinstance(lowered.amount, a.Fixed):
            found.append(problem("fix-open", fix.block.spot("amount", fix.block.body.get("amount")),
                                 severity="warning", found=show(low, high)))  # fmt: skip
    if _needs_place(library, plan, fix) and _place(library, plan, rule, "") is None:
        found.append(problem("fix-place", fix.block.spot("fixes"), related=[target.spot("where")], rule=rule.id))


def _outside(plan: DocumentPlan, fix: Fix, target: Block, misfit: Misfit) -> Problem:
    node = _node(fix.block.body.get("amount"), misfit.label) or fix.block.body.get("amount")
    theirs = _node(target.body.get("amount"), misfit.label) or target.body.get("amount")
    key = f"amount · {misfit.label}" if misfit.label else "amount"
    row = f"{fix.block.id} · {misfit.label}" if misfit.label else fix.block.id
    code = "fix-outside" if misfit.found else "fix-shape"
    return problem(code, fix.block.spot(key, node), related=[target.spot("amount", theirs)], row=row,
                   found=misfit.found, clause=f"{plan.number} {target.clause.label}".strip(),
                   allowed=misfit.allowed)  # fmt: skip


def _node(node: object, label: str) -> Scalar | None:
    """The scalar under a label (or a code among several) of an amount."""
    if isinstance(node, Scalar):
        return None if label else node
    if isinstance(node, Node):
        for key, value in node:
            if isinstance(value, Scalar) and label and (key == label or label in key.split("、")):
                return value
            inner = _node(value, label) if isinstance(value, Node) else None
            if inner is not None:
                return inner
    return None


def _clash(library: Library, fix: Fix, found: list[Problem]) -> None:
    """Two fixes of one block, in one place, on one day: nobody could say which one holds."""
    mine = library.plans[fix.local]
    for other in library.fixes:
        theirs = library.plans[other.local]
        if (other.document, other.rule, theirs.region) != (fix.document, fix.rule, mine.region):
            continue
        shared = {key for key in ("amount", "where") if key in fix.block.body.entries}
        if not shared & set(other.block.body.entries):
            continue
        apart = (mine.expires is not None and theirs.effective is not None and mine.expires < theirs.effective) or (
            theirs.expires is not None and mine.effective is not None and theirs.expires < mine.effective
        )
        if not apart:
            found.append(problem("fix-twice", fix.block.spot("fixes"), related=[other.block.spot("fixes")],
                                 rule=fix.rule))  # fmt: skip


# -- lowering -----------------------------------------------------------------------
def _lowered(library: Library, fix: Fix, choice: Mapping[str, str], found: list[Problem]) -> Rule | None:
    """The fixed block with the fix merged in; `here` is the place of the local rule."""
    source = library.sources[fix.document]
    patches, _, front = _chosen(source, choice, [])
    facts, _ = _front(source, front, [])
    said: list[Problem] = []
    lowering = Lowering(source.vocabulary, replace(facts, region=library.plans[fix.local].region), said)
    block = source.blocks[fix.rule]
    if block.id in patches:
        block = patched(block, patches[block.id], [])
    body = fix.block.body
    entries = {key: value for key, value in body if key in ("amount", "where")}
    keys = {key: body.keys[key] for key in entries}
    try:
        rule = READERS[block.kind](lowering, patched(block, Node(entries, keys, body.line, body.column), said))
    except (BlockRefused, KeyError):
        rule = None
    for each in said:
        if each.severity == "error":
            found.append(_placed_here(fix, each, block))
    return rule


def _placed_here(fix: Fix, said: Problem, target: Block) -> Problem:
    """What lowering found, shown in the local rule: the merged block bears the other file's name."""
    old = said.spot
    inside = fix.block.line <= old.line and any(
        node.line == old.line for key in ("amount", "where") for node in _scalars(fix.block.body.get(key))
    )
    line = old.line if inside else fix.block.spot("fixes").line
    spot = Spot(fix.block.file, line, old.column, fix.block.clause.label, fix.block.id, old.key, old.text, old.width)
    return replace(said, spot=spot, related=(target.spot("id"),))


def _scalars(node: object) -> Iterator[Scalar]:
    if isinstance(node, Scalar):
        yield node
    elif isinstance(node, Node):
        yield from node.keys.values()
        for _, value in node:
            yield from _scalars(value)


def _fixed(
    library: Library, plan: DocumentPlan, fix: Fix, rule: Rule, choice: Mapping[str, str], found: list[Problem]
) -> Rule:
    """The rule under the fix: the local figure where it holds, the text's own elsewhere."""
    lowered = _lowered(library, fix, choice, found)
    if lowered is None:
        return rule
    local = library.plans[fix.local]
    when = _when(library, plan, fix, rule)
    amount = rule.amount
    if "amount" in fix.block.body.entries and amount is not None and lowered.amount is not None:
        label = f"{local.number} {fix.block.clause.label}".strip()
        amount = lowered.amount if when is None else a.FirstTrue(
            ((label, lowered.amount, when), ("原文", amount, None))
        )  # fmt: skip
    where = fix.block.mapping("where")
    set_here = set(where.entries) if where is not None else set()
    mine = {condition.label: condition for condition in lowered.conditions}
    conditions = tuple(
        _condition(condition, mine[condition.label], when, fix)
        if condition.label in set_here and condition.label in mine else condition
        for condition in rule.conditions
    )  # fmt: skip
    mark = FixedBy(fix.key, local.number, fix.block.clause.label, when)
    return replace(rule, amount=amount, conditions=conditions, fixed_by=(*rule.fixed_by, mark),
                   slots=max(rule.slots, lowered.slots), compiled=None)  # fmt: skip


def _condition(left: Condition, fixed: Condition, when: t.Term | None, fix: Fix) -> Condition:
    """Open where the local rule does not hold: `(when and fixed) or (not when and open)`."""
    term = fixed.term
    if when is not None:
        elsewhere = t.Both(BOOL, "and", (t.Negation(BOOL, when), left.term))
        term = t.Both(BOOL, "or", (t.Both(BOOL, "and", (when, fixed.term)), elsewhere))
    spot = replace(fixed.spot, file=fix.block.file, clause=fix.block.clause.label, block=fix.block.id)
    return Condition(left.label, term, fixed.text, spot, fixed.joined)


def _when(library: Library, plan: DocumentPlan, fix: Fix, rule: Rule) -> t.Term | None:
    """When and where the fix holds; None when wherever and whenever the rule does."""
    local = library.plans[fix.local]
    day = t.Moment(DATE, t.EVENT_DATE)
    parts: list[t.Term] = []
    if local.effective is not None and (rule.effective is None or local.effective > rule.effective):
        parts.append(t.Comparison(BOOL, ">=", day, t.Const(DATE, local.effective)))
    if local.expires is not None and (rule.expires is None or local.expires < rule.expires):
        parts.append(t.Comparison(BOOL, "<=", day, t.Const(DATE, local.expires)))
    if _needs_place(library, plan, fix):
        place = _place(library, plan, rule, local.region)
        if place is not None:
            parts.append(place)
    return t.all_of(tuple(parts)) if parts else None


def _needs_place(library: Library, plan: DocumentPlan, fix: Fix) -> bool:
    """Whether the local rule's place is smaller than the document's."""
    return plan.region not in library.vocabulary.regions.inside(library.plans[fix.local].region)


def _place(
    library: Library, plan: DocumentPlan, rule: Rule, region: str, seen: frozenset[str] = frozenset()
) -> t.Term | None:
    """`… in the local place`, asked of what the rule itself asks to lie in its region."""
    for condition in rule.conditions:
        for part in t.conjuncts(condition.term):
            if isinstance(part, t.InRegion) and not part.negated and isinstance(part.inner, t.Column):
                if part.region == t.Const(REGION, plan.region) and part.inner.slot == t.EVENT:
                    return t.InRegion(BOOL, part.inner, t.Const(REGION, region), False)
            if isinstance(part, t.Eligible) and part.benefit not in seen and part.benefit in plan.rules:
                inner = _place(library, plan, plan.rules[part.benefit], region, seen | {rule.id})
                if inner is not None:
                    return inner
    return None


__all__ = ["Fix", "apply_fixes", "fixed_plan", "fixes_in"]
