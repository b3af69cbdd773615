"""A whole document: front matter and blocks become a plan, under a choice of readings."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping as Map
from dataclasses import dataclass, field

from tiaowen.check.benefits import lower_benefit, lower_duty, lower_risk, lower_treatment
from tiaowen.check.context import BlockRefused, DocumentFacts, Lowering
from tiaowen.check.others import lower_note, lower_question, lower_stacking, lower_targets
from tiaowen.check.readings import merge, patched
from tiaowen.evaluate.dates import add_days, add_months
from tiaowen.language.blocks import ID, Block, BlockFile
from tiaowen.language.yamltext import Mapping, Scalar
from tiaowen.plan.amounts import Fixed
from tiaowen.plan.rules import DocumentPlan, Rule
from tiaowen.problems import Problem, Spot, nearest, problem
from tiaowen.vocabulary.model import Vocabulary

FRONT_KEYS = {
    "document", "title", "issuers", "region", "status", "issued", "effective", "expires", "term",
    "basis", "supersedes", "fund", "decides", "yields to", "interpreted by", "original", "note",
}  # fmt: skip
KINDS = ("benefit", "treatment", "duty", "target", "stacking", "question", "risk", "note", "fix",
         "parameter", "directory")  # fmt: skip
STATUSES = ("in force", "draft", "repealed")
DECIDES = ("event date", "application date", "check date")
EVERYWHERE = "全国"


@dataclass
class Source:
    """One document as read, with its blocks by id."""

    id: str
    read: BlockFile
    vocabulary: Vocabulary
    problems: list[Problem] = field(default_factory=list)
    blocks: dict[str, Block] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.blocks:
            return  # a copy with some blocks changed
        self.problems += self.read.problems
        for block in self.read.blocks:
            if block.kind not in KINDS:
                self.problems.append(
                    problem(
                        "unknown-block",
                        block.spot(),
                        kind=block.kind or "没写名字的‖without a name",
                        hint=nearest(block.kind, KINDS),
                        known="、".join(KINDS),
                    )
                )
                continue
            if block.kind == "note":
                continue
            if not ID.match(block.id) and block.kind not in ("parameter", "directory"):
                self.problems.append(problem("id-form", block.spot("id"), found=block.id or "—"))
            if block.id in self.blocks:
                self.problems.append(
                    problem("duplicate-id", block.spot("id"), id=block.id, related=[self.blocks[block.id].spot("id")])
                )
                continue
            self.blocks[block.id] = block

    def patches(self, question: str, reading: str) -> Mapping | None:
        """The patch of a reading; None for `as written`."""
        block = self.blocks.get(question)
        readings = block.mapping("readings") if block else None
        node = readings.get(reading) if readings else None
        return node if isinstance(node, Mapping) else None


def build(
    source: Source, choice: Map[str, str] | None = None, base: DocumentPlan | None = None,
    overlay: Map[str, Mapping] | None = None,
) -> tuple[DocumentPlan, list[Problem]]:  # fmt: skip
    """The plan of a document under a choice of readings (question → reading).

    Questions not named run as their `runs` says.  `overlay` is a further patch by
    block id (a local rule, a what-if).  With `base`, rules of blocks that no
    patch touches are shared with it, so that only what changed is lowered again.
    """
    problems: list[Problem] = [] if base is not None else list(source.problems)
    patches, swaps, front = _chosen(source, choice or {}, problems)
    for block_id, patch in (overlay or {}).items():
        joined = merge(patches.get(block_id), patch)
        assert isinstance(joined, Mapping)
        patches[block_id] = joined
    usual = _chosen(source, {}, [])[0] if base is not None else {}
    touched = {name for name in {*patches, *usual} if patches.get(name) != usual.get(name)}
    facts, plan = _front(source, front, problems)
    lowering = Lowering(source.vocabulary, facts, problems)
    if front is not None:
        base = None
    if base is None:
        _questions(lowering, source, plan)
    else:
        plan.questions, plan.notes = base.questions, base.notes
    _rules(lowering, source, plan, patches, base, touched)
    _same_as(lowering, source, plan)
    plan.rules = _swapped(plan.rules, swaps)
    _rest(lowering, source, plan, patches, base, touched)
    plan.order = tuple(plan.rules)
    return plan, problems


def _chosen(
    source: Source, choice: Map[str, str], problems: list[Problem]
) -> tuple[dict[str, Mapping], dict[str, str], Mapping | None]:
    """Patches by block, swaps by block, and the patch of the front matter."""
    patches: dict[str, Mapping] = {}
    swaps: dict[str, str] = {}
    front: Mapping | None = None
    for block in source.blocks.values():
        if block.kind != "question":
            continue
        reading = choice.get(block.id, block.text("runs"))
        patch = source.patches(block.id, reading)
        for name, value in patch or ():
            if name == "front matter" and isinstance(value, Mapping):
                merged = merge(front, value) if front else value
                front = merged if isinstance(merged, Mapping) else front
            elif isinstance(value, Scalar) and value.text.startswith("replaced by "):
                swaps[name] = value.text.removeprefix("replaced by ").strip()
            elif isinstance(value, Mapping):
                merged = merge(patches.get(name), value)
                if isinstance(merged, Mapping):
                    patches[name] = merged
            else:
                problems.append(problem("patch-form", block.spot("readings", value), name=name))
            if name != "front matter" and name not in source.blocks:
                problems.append(
                    problem("unknown-id", block.spot("readings", value), name=name, hint=nearest(name, source.blocks))
                )
    return patches, swaps, front


def _front(source: Source, patch: Mapping | None, problems: list[Problem]) -> tuple[DocumentFacts, DocumentPlan]:
    read = source.read
    front = read.front
    if patch is not None:
        merged = merge(front, patch)
        assert isinstance(merged, Mapping)
        front = merged

    def text(key: str) -> str:
        node = front.get(key)
        return node.text if isinstance(node, Scalar) else ""

    for key in front.entries:
        if key not in FRONT_KEYS:
            problems.append(
                problem(
                    "unknown-key",
                    read.front_spot(key),
                    key=key,
                    hint=nearest(key, FRONT_KEYS),
                    known="、".join(sorted(FRONT_KEYS)),
                )
            )
    for key in ("document", "title", "region", "status", "effective"):
        if not text(key):
            problems.append(problem("front-key", read.front_spot(key), key=key))
    everywhere = text("region") == EVERYWHERE
    region = source.vocabulary.regions.resolve(text("region")) if text("region") and not everywhere else None
    if region is None and not everywhere:
        problems.append(problem("unknown-region", read.front_spot("region"), name=text("region")))
    if text("status") not in STATUSES:
        problems.append(
            problem("choice", read.front_spot("status"), found=text("status") or "—", known="、".join(STATUSES))
        )
    if text("decides") and text("decides") not in DECIDES:
        problems.append(problem("choice", read.front_spot("decides"), found=text("decides"), known="、".join(DECIDES)))
    issued = _day(text("issued"), read.front_spot("issued"), problems)
    effective = _day(text("effective"), read.front_spot("effective"), problems)
    expires = _expiry(read, text("expires"), text("term"), effective, problems)
    facts = DocumentFacts(
        source.id, text("document"), region or "", effective, expires, text("fund"),
        text("decides") or "event date",
    )  # fmt: skip
    plan = DocumentPlan(
        source.id, text("document"), text("title"), region or "", text("status"),
        tuple(read.front_words("issuers")), issued, effective, expires,
    )  # fmt: skip
    return facts, plan


def _day(text: str, spot: Spot, problems: list[Problem]) -> dt.date | None:
    if text in ("", "unknown", "undetermined"):
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        problems.append(problem("bad-date", spot, found=text))
        return None


def _expiry(
    read: BlockFile, expires: str, term: str, effective: dt.date | None, problems: list[Problem]
) -> dt.date | None:
    """The last day in force; with a `term` it is worked out again and compared."""
    last = None if expires == "never" else _day(expires, read.front_spot("expires"), problems)
    if not term:
        if not expires:
            problems.append(problem("front-key", read.front_spot("expires"), key="expires"))
        return last
    match = re.fullmatch(r"(\d+)\s*(年|个月)", term)
    if not match or effective is None:
        problems.append(problem("term-form", read.front_spot("term"), found=term))
        return last
    months = int(match.group(1)) * (12 if match.group(2) == "年" else 1)
    worked_out = add_days(add_months(effective, months), -1)
    if last is not None and last != worked_out:
        problems.append(
            problem("expiry-differs", read.front_spot("expires"), found=last, expected=worked_out, term=term)
        )
    return worked_out


def _questions(lowering: Lowering, source: Source, plan: DocumentPlan) -> None:
    for block in source.read.blocks:
        try:
            if block.kind == "question" and source.blocks.get(block.id) is block:
                plan.questions[block.id] = lower_question(lowering, block)
            elif block.kind == "note":
                plan.notes.append(lower_note(lowering, block))
        except BlockRefused:
            continue
    for question in plan.questions.values():
        for name in question.about:
            if name != "all" and name not in source.blocks:
                lowering.say("unknown-id", source.blocks[question.id].spot("about"), name=name,
                             hint=nearest(name, source.blocks))  # fmt: skip


def _rules(
    lowering: Lowering, source: Source, plan: DocumentPlan, patches: dict[str, Mapping],
    base: DocumentPlan | None, touched: set[str],
) -> None:  # fmt: skip
    readers = {"benefit": lower_benefit, "treatment": lower_treatment, "duty": lower_duty}
    for block in source.blocks.values():
        reader = readers.get(block.kind)
        if reader is None:
            continue
        if base is not None and block.id not in touched and block.id in base.rules:
            plan.rules[block.id] = base.rules[block.id]
            continue
        try:
            changed = block
            if block.id in patches:
                changed = patched(block, patches[block.id], lowering.problems)
            plan.rules[block.id] = reader(lowering, changed)
        except BlockRefused:
            continue
        except RecursionError:
            lowering.say("derived-circle", block.spot(), name=block.id)
    tables = {rule.id: rule.table for rule in plan.rules.values()}
    for block in source.blocks.values():
        if block.kind == "risk":
            try:
                plan.rules[block.id] = lower_risk(lowering, block, tables)
            except BlockRefused:
                continue


def _same_as(lowering: Lowering, source: Source, plan: DocumentPlan) -> None:
    """`same as X` takes X's amount; both must be over the same table."""
    for rule in plan.rules.values():
        amount = rule.amount
        if not isinstance(amount, Fixed) or not amount.because.startswith("same as "):
            continue
        name = amount.because.removeprefix("same as ")
        other = plan.rules.get(name)
        spot = source.blocks[rule.id].spot("amount")
        if other is None or other.amount is None:
            lowering.say("unknown-id", spot, name=name, hint=nearest(name, plan.rules))
        elif other.table != rule.table:
            lowering.say("same-as-table", spot, found=other.table, expected=rule.table)
        else:
            rule.amount = other.amount


def _swapped(rules: dict[str, Rule], swaps: dict[str, str]) -> dict[str, Rule]:
    """Dormant twins sleep unless a reading puts them in the place of their block."""
    awake = set(swaps.values())
    return {key: rule for key, rule in rules.items() if key not in swaps and (not rule.stands_in_for or key in awake)}


def _rest(
    lowering: Lowering, source: Source, plan: DocumentPlan, patches: dict[str, Mapping],
    base: DocumentPlan | None, touched: set[str],
) -> None:  # fmt: skip
    for block in source.blocks.values():
        if block.kind not in ("target", "stacking"):
            continue
        same = [target for target in base.targets if target.id == block.id] if base else []
        if same and block.id not in touched:
            plan.targets += same
            continue
        try:
            changed = block
            if block.id in patches:
                changed = patched(block, patches[block.id], lowering.problems)
            if block.kind == "target":
                plan.targets += lower_targets(lowering, changed)
            else:
                awake = dict(plan.rules.items())
                members = [w for w in changed.words("between") if "#" in w or w in awake]
                if len(members) >= 2 or base is None:
                    plan.stackings[block.id] = lower_stacking(lowering, changed, awake)
        except BlockRefused:
            continue


__all__ = ["Source", "build"]
