"""A scenario: patches of blocks by document, in the shape of readings, and an assumption of take-up.

    name: 高级工两千
    take up: {on: 2026-06-01, because: 上年申领情况, xiaoshan-2025-3#employer-grant: 60}
    xiaoshan-2025-3:
      employer-grant: {amount: {高级工: 2000 元/人}}     # merged by key
      star-award: removed                               # the block is gone
      new-grant: {kind: benefit, name: …, for: …, …}    # a block that is not there yet

A take-up is whole percent of the money that the conditions entitle to; `on` is the day
that it was assumed.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass, field, replace

from tiaowen.check.document import KINDS, Source, build
from tiaowen.check.fixes import fixed_plan
from tiaowen.check.library import Library, order_rules
from tiaowen.check.readings import patched
from tiaowen.language.blocks import ID, Block, Clause
from tiaowen.language.yamltext import Mapping, Node, Scalar, Sequence, read_yaml
from tiaowen.plan.rules import DocumentPlan
from tiaowen.problems import Problem, nearest

TAKE_UP = "take up"
REMOVED = "removed"
NAMES = {"between": 2, "checks": 1, "about": 0}  # keys that list other blocks, and how many must be left


class PatchError(ValueError):
    """A patch that can't be used; each line says where, what was found, what was expected."""


@dataclass
class Scenario:
    """`patches`: document → block id → patch (None: the block is removed); `take_up`: key → percent."""

    name: str
    file: str
    patches: dict[str, dict[str, Mapping | None]] = field(default_factory=dict)
    take_up: dict[str, int] = field(default_factory=dict)
    assumed_on: dt.date | None = None
    because: str = ""
    address: str = ""


def read_scenario(text: str, file: str, lang: str = "zh") -> Scenario:
    """One scenario from a file.  Raises PatchError."""
    root, problems = read_yaml(text, file)
    if problems:
        raise PatchError("\n".join(each.show(lang) for each in problems))
    if not isinstance(root, Mapping):
        raise PatchError(f"{file}: 应是“文件: {{块: {{键: 值}}}}” expected {{document: {{block: {{key: value}}}}}}")
    found = Scenario(file.rpartition(".")[0] or file, file, address=hashlib.sha256(text.encode()).hexdigest())
    for key, value in root:
        if key == "name" and isinstance(value, Scalar):
            found.name = value.text
        elif key == TAKE_UP:
            _take_up(found, value)
        elif isinstance(value, Mapping):
            found.patches[key] = {block: _patch(file, block, node) for block, node in value}
        else:
            raise PatchError(f"{file}:{value.line} {key}: 应是“块: {{键: 值}}” expected {{block: {{key: value}}}}")
    return found


def _patch(file: str, block: str, node: Node) -> Mapping | None:
    if isinstance(node, Mapping):
        return node
    if isinstance(node, Scalar) and node.text == REMOVED:
        return None
    raise PatchError(f"{file}:{node.line} {block}: 应是键值或 removed expected a map of keys, or removed")


def _take_up(scenario: Scenario, node: Node) -> None:
    at = f"{scenario.file}:{node.line} {TAKE_UP}"
    if not isinstance(node, Mapping):
        raise PatchError(f"{at}: 应是 {{on: 日期, because: 依据, 文件#块: 百分数}} expected a map")
    for key, value in node:
        said = value.text if isinstance(value, Scalar) else ""
        if key == "on":
            try:
                scenario.assumed_on = dt.date.fromisoformat(said)
            except ValueError:
                raise PatchError(f"{at} on: {said}，应为 2026-06-01 这样的日期 expected a date") from None
        elif key == "because":
            scenario.because = said
        elif said.isascii() and said.isdigit() and int(said) <= 100:
            scenario.take_up[key] = int(said)
        else:
            raise PatchError(f"{at} {key}: {said}，应为 0 到 100 的整数 expected whole percent, 0 to 100")
    if scenario.take_up and scenario.assumed_on is None:
        raise PatchError(f"{at}: 缺 on，假定的日期 without on, the day of the assumption")


def patched_library(library: Library, scenario: Scenario, lang: str = "zh") -> Library:
    """The library as if the documents said what the scenario says.  Raises PatchError."""
    sources, plans = dict(library.sources), dict(library.plans)
    for document, patches in scenario.patches.items():
        if document not in library.sources:
            raise PatchError(
                f"{scenario.file} {document}: 没有这个文件 no such document；"
                f"{nearest(document, library.sources) or '、'.join(library.sources)}"
            )
        sources[document], plans[document] = _document(library, scenario, document, patches, lang)
    _known(plans, scenario)
    release = hashlib.sha256(f"{library.release} {scenario.address}".encode()).hexdigest()
    return replace(library, sources=sources, plans=plans, release=release, _variants={}, _placed={})


def _known(plans: dict[str, DocumentPlan], scenario: Scenario) -> None:
    keys = [rule.key for plan in plans.values() for rule in plan.rules.values()]
    for key in scenario.take_up:
        if key not in keys:
            raise PatchError(f"{scenario.file} {TAKE_UP} {key}: 没有这一项 no such benefit；{nearest(key, keys)}")


def _document(
    library: Library, scenario: Scenario, document: str, patches: dict[str, Mapping | None], lang: str
) -> tuple[Source, DocumentPlan]:
    source, base = library.sources[document], library.plans[document]
    blocks = dict(source.blocks)
    overlay: dict[str, Mapping] = {}
    problems: list[Problem] = []
    for name, patch in patches.items():
        if patch is None and name not in blocks:
            raise PatchError(f"{scenario.file} {name}: 没有这个块 no such block；{nearest(name, blocks)}")
        if patch is None:
            del blocks[name]
        elif name in blocks:
            overlay[name] = patch
        else:
            blocks[name] = _new_block(scenario, source, name, patch)
    blocks = _without(blocks, {name for name, patch in patches.items() if patch is None})
    running = replace(source, blocks=blocks, problems=[])
    plan, found = build(running, {}, base, overlay)
    merged = {name: patched(block, overlay[name], problems) if name in overlay else block
              for name, block in blocks.items()}  # fmt: skip
    changed = replace(source, blocks=merged, problems=[])
    own = [fix for fix in library.fixes if fix.document == fix.local == document]
    if own:
        plan = fixed_plan(replace(library, sources={**library.sources, document: changed}), plan, own, {}, base)
    order_rules(plan, found)
    errors = [each for each in found if each.severity == "error"]
    if errors:
        raise PatchError("\n".join(f"{scenario.file} → {each.show(lang)}" for each in errors))
    return changed, plan


def _without(blocks: dict[str, Block], gone: set[str]) -> dict[str, Block]:
    """Blocks that no longer name those removed; a stacking of one, or a check of nothing, goes too."""
    found = {}
    for name, block in blocks.items():
        entries = dict(block.body.entries)
        for key in NAMES:
            node = entries.get(key)
            if isinstance(node, Sequence):
                left = [item for item in node.items if not (isinstance(item, Scalar) and item.text in gone)]
                entries[key] = replace(node, items=left)
                if len(left) < len(node.items) and len(left) < NAMES[key]:
                    break
        else:
            same = entries == block.body.entries
            found[name] = block if same else replace(block, body=replace(block.body, entries=entries))
    return found


def _new_block(scenario: Scenario, source: Source, name: str, patch: Mapping) -> Block:
    """A block that the document does not have, under a heading of its own."""
    kind = patch.get("kind")
    said = kind.text if isinstance(kind, Scalar) else "benefit"
    if said not in KINDS or not ID.match(name):
        near = nearest(name, source.blocks)
        raise PatchError(
            f"{scenario.file}:{patch.line} {name}: 没有这个块，也不是新块 no such block, nor a new one；"
            f"kind: {said}；{near or '、'.join(KINDS)}"
        )
    entries: dict[str, Node] = {"id": Scalar(name, patch.line, 0)}
    entries |= {key: value for key, value in patch if key != "kind"}
    keys = {key: patch.keys.get(key, Scalar(key, patch.line, 0)) for key in entries}
    title = f"模拟：{scenario.name}"
    clause = Clause(len(source.read.clauses), 2, title, patch.line, "", title, title)
    return Block(said, Mapping(entries, keys, patch.line, patch.column), clause, scenario.file, patch.line, None)
