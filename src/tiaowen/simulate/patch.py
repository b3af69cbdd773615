"""A scenario: patches of blocks by document, of dated figures, and an assumption of take-up.

    name: 高级工两千
    take up: {on: 2026-06-01, because: 上年申领情况, xiaoshan-2025-3#employer-grant: 60}
    parameters:
      minimum_wage: {萧山区 from 2026-07-01: 2760 元/月}  # a figure from a day on, until the next that is there
    xiaoshan-2025-3:
      front matter: {expires: 2029-02-28}               # dates, the fund where no block names its own
      employer-grant: {amount: {高级工: 2000 元/人}}     # merged by key
      star-award: removed                               # the block is gone
      new-grant: {kind: benefit, name: …, for: …, …}    # a block that is not there yet
      event-or-application: {runs: 申请日}                # another reading of a question

See `takeup` for what a take-up may say.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace

from tiaowen.check.document import FRONT_KEYS, KINDS, Source, build
from tiaowen.check.fixes import fixed_plan
from tiaowen.check.library import Library, order_rules
from tiaowen.check.readings import merge, patched
from tiaowen.language.blocks import ID, Block, Clause
from tiaowen.language.yamltext import Mapping, Node, Scalar, Sequence, read_yaml
from tiaowen.plan.rules import DocumentPlan
from tiaowen.problems import Problem, nearest
from tiaowen.simulate.errors import PatchError
from tiaowen.simulate.figures import PARAMETERS, NewFigure, read_figures, with_figures
from tiaowen.simulate.takeup import TAKE_UP, TakeUp, read_take_up
from tiaowen.vocabulary.model import Vocabulary

NAME = "name"
REMOVED = "removed"
FRONT = "front matter"
FIXED_FRONT = ("document", "title", "region", "original")  # what a document is can't be supposed otherwise
SILENT = ("note", "fix", "target", "parameter", "directory")  # blocks that pay nobody: a patch of them says nothing
NAMES = {"between": 2, "checks": 1, "about": 0}  # keys that list other blocks, and how many must be left


@dataclass
class Scenario:
    """`patches`: document → block id → patch (None: the block is removed); `front`: document → its front matter."""

    name: str
    file: str
    patches: dict[str, dict[str, Mapping | None]] = field(default_factory=dict)
    front: dict[str, Mapping] = field(default_factory=dict)
    figures: list[NewFigure] = field(default_factory=list)
    take_up: TakeUp = field(default_factory=TakeUp)
    text: str = ""
    address: str = ""

    @property
    def documents(self) -> list[str]:
        """The documents that it changes."""
        return list(dict.fromkeys((*self.patches, *self.front)))


def read_scenario(text: str, file: str, lang: str = "zh") -> Scenario:
    """One scenario from a file.  Raises PatchError."""
    root, problems = read_yaml(text, file)
    if problems:
        raise PatchError("\n".join(each.show(lang) for each in problems))
    if not isinstance(root, Mapping):
        raise PatchError(f"{file}: 应是“文件: {{块: {{键: 值}}}}” expected {{document: {{block: {{key: value}}}}}}")
    address = hashlib.sha256(text.encode()).hexdigest()
    found = Scenario(file.rpartition(".")[0] or file, file, text=text, address=address)
    for key, value in root:
        if key == NAME and isinstance(value, Scalar):
            found.name = value.text
        elif key == TAKE_UP:
            found.take_up = read_take_up(file, value)
        elif key == PARAMETERS:
            found.figures = read_figures(file, value)
        elif isinstance(value, Mapping):
            patches = {block: _patch(file, block, node) for block, node in value}
            front = patches.pop(FRONT, None)
            if front is not None:
                found.front[key] = _front(file, front)
            elif FRONT in value.entries:
                raise PatchError(f"{file}:{value.line} {FRONT}: 文件头不能删除 the front matter can't be removed")
            found.patches[key] = patches
        else:
            raise PatchError(f"{file}:{value.line} {key}: 应是“块: {{键: 值}}” expected {{block: {{key: value}}}}")
    return found


def _patch(file: str, block: str, node: Node) -> Mapping | None:
    if isinstance(node, Mapping):
        return node
    if isinstance(node, Scalar) and node.text == REMOVED:
        return None
    raise PatchError(f"{file}:{node.line} {block}: 应是键值或 removed expected a map of keys, or removed")


def _front(file: str, patch: Mapping) -> Mapping:
    for key, value in patch:
        if key in FIXED_FRONT or key not in FRONT_KEYS:
            allowed = sorted(FRONT_KEYS - set(FIXED_FRONT))
            raise PatchError(
                f"{file}:{value.line} {FRONT} {key}: 不能这样改 can't be patched；{nearest(key, allowed) or '、'.join(allowed)}"
            )
    return patch


def patched_library(library: Library, scenario: Scenario, lang: str = "zh") -> Library:
    """The library as if the documents said what the scenario says.  Raises PatchError."""
    sources, plans = dict(library.sources), dict(library.plans)
    vocabulary = with_figures(library.vocabulary, scenario.file, scenario.figures)
    for document in scenario.documents:
        if document not in library.sources:
            raise PatchError(
                f"{scenario.file} {document}: 没有这个文件 no such document；"
                f"{nearest(document, library.sources) or '、'.join(library.sources)}"
            )
        sources[document], plans[document] = _document(library, scenario, document, lang)
    _known(plans, vocabulary, scenario)
    release = hashlib.sha256(f"{library.release} {scenario.address}".encode()).hexdigest()
    return replace(library, vocabulary=vocabulary, sources=sources, plans=plans, release=release, _variants={},
                   _placed={})  # fmt: skip


def _known(plans: dict[str, DocumentPlan], vocabulary: Vocabulary, scenario: Scenario) -> None:
    """What a take-up names is there."""
    keys = [rule.key for plan in plans.values() for rule in plan.rules.values() if rule.kind == "benefit"]
    for key, share in scenario.take_up.shares.items():
        at = f"{scenario.file} {TAKE_UP} {key}"
        if key not in keys:
            raise PatchError(f"{at}: 没有这一项 no such benefit；{nearest(key, keys)}")
        for place, _ in share.places:
            if vocabulary.regions.resolve(place) is None:
                raise PatchError(
                    f"{at} {place}: 没有这个地区 no such place；应为 from 2026-01、地区代码、路径或唯一的名称 "
                    "expected from 2026-01, or a place by code, path or unique name"
                )


def _document(library: Library, scenario: Scenario, document: str, lang: str) -> tuple[Source, DocumentPlan]:
    source = library.sources[document]
    patches = scenario.patches.get(document, {})
    base: DocumentPlan | None = library.plans[document]
    blocks = dict(source.blocks)
    overlay: dict[str, Mapping] = {}
    problems: list[Problem] = []
    for name, patch in patches.items():
        at = f"{scenario.file}{f':{patch.line}' if patch is not None else ''} {name}"
        known = blocks.get(name)
        if known is None and patch is None:
            raise PatchError(f"{at}: 没有这个块 no such block；{nearest(name, blocks)}")
        if known is not None and known.kind in SILENT:
            mend = f"；数额写在 figures go under {PARAMETERS}:" if known.kind == "parameter" else ""
            raise PatchError(f"{at}: 是 {known.kind}，改了也不影响支出 a {known.kind} pays nobody{mend}")
        if patch is None:
            del blocks[name]
        elif known is None:
            blocks[name] = _new_block(scenario, source, name, patch)
        elif "kind" in patch.entries:
            raise PatchError(
                f"{at}: 已有这个块（{known.clause.label}），新块要用别的名字，改它就不写 kind "
                f"there is such a block ({known.kind}): name a new block otherwise, or leave out kind to patch it"
            )
        elif known.kind == "question":
            blocks[name], base = patched(known, patch, problems), None
        else:
            overlay[name] = patch
    blocks = _without(blocks, {name for name, patch in patches.items() if patch is None})
    running = replace(source, blocks=blocks, problems=[])
    if document in scenario.front:
        merged = merge(source.read.front, scenario.front[document])
        assert isinstance(merged, Mapping)
        running, base = replace(running, read=replace(source.read, front=merged)), None
    plan, found = build(running, {}, base, overlay)
    changed = replace(running, blocks={name: patched(block, overlay[name], problems) if name in overlay else block
                                       for name, block in blocks.items()}, problems=[])  # fmt: skip
    own = [fix for fix in library.fixes if fix.document == fix.local == document]
    if own:
        plan = fixed_plan(replace(library, sources={**library.sources, document: changed}), plan, own, {}, base)
    order_rules(plan, found)
    errors = [each for each in dict.fromkeys([*found, *problems]) if each.severity == "error"]
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
