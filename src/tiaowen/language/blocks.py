"""Blocks and clauses of a file, before anything is known about their meaning."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from tiaowen.language.markdown import Fence, Table, Text, read_markdown
from tiaowen.language.yamltext import Mapping, Node, Scalar, Sequence, read_yaml
from tiaowen.problems import Problem, Spot, problem

ID = re.compile(r"^[a-z0-9]+(?:-[a-z0-9]+)*$")
HAN = re.compile(r"[\u3400-\u9fff]")


@dataclass(slots=True)
class Clause:
    """A heading of the document.  `number` is its place in the file, `path` its full label."""

    index: int
    level: int
    title: str
    line: int
    summary: str
    path: str
    label: str


@dataclass(slots=True)
class Block:
    """One fenced block with its parsed body."""

    kind: str
    body: Mapping
    clause: Clause
    file: str
    line: int
    table: Table | None

    @property
    def id(self) -> str:
        node = self.body.get("id")
        return node.text if isinstance(node, Scalar) else ""

    @property
    def name(self) -> str:
        node = self.body.get("name")
        return node.text if isinstance(node, Scalar) else ""

    def spot(self, key: str = "", node: Node | None = None) -> Spot:
        """The place of a key (or a value) of this block."""
        at = node if node is not None else self.body.keys.get(key.split(" · ")[0])
        line = at.line if at is not None else self.line
        value = node if node is not None else self.body.get(key)
        text = value.text if isinstance(value, Scalar) else ""
        clause = self.clause.label
        return Spot(self.file, line, 1, clause, self.id or self.kind, key, text, max(1, len(text)))

    def text(self, key: str) -> str:
        """The scalar under a key, or an empty string."""
        node = self.body.get(key)
        return node.text if isinstance(node, Scalar) else ""

    def mapping(self, key: str) -> Mapping | None:
        node = self.body.get(key)
        return node if isinstance(node, Mapping) else None

    def words(self, key: str) -> list[str]:
        """A list of scalars; a single scalar counts as a list of one."""
        node = self.body.get(key)
        if isinstance(node, Sequence):
            return [item.text for item in node.items if isinstance(item, Scalar)]
        return [node.text] if isinstance(node, Scalar) and node.text else []


@dataclass(slots=True)
class BlockFile:
    """A file of blocks: a document, a vocabulary file, parameters or directories."""

    file: str
    front: Mapping
    clauses: list[Clause]
    blocks: list[Block]
    problems: list[Problem] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)

    def front_text(self, key: str) -> str:
        node = self.front.get(key)
        return node.text if isinstance(node, Scalar) else ""

    def front_words(self, key: str) -> list[str]:
        node = self.front.get(key)
        if isinstance(node, Sequence):
            return [item.text for item in node.items if isinstance(item, Scalar)]
        return [node.text] if isinstance(node, Scalar) and node.text else []

    def front_spot(self, key: str) -> Spot:
        node = self.front.get(key)
        at = self.front.keys.get(key)
        text = node.text if isinstance(node, Scalar) else ""
        line = at.line if at else 1
        return Spot(self.file, line, 1, "", "文件头", key, text, max(1, len(text)))


def read_blocks(text: str, file: str) -> BlockFile:
    """Read a file into clauses and blocks.  Never raises for bad text."""
    taken = read_markdown(text, file)
    front = taken.front or Mapping({}, {}, 1, 0)
    found = BlockFile(file, front, _clauses(taken), [], list(taken.problems), taken.lines)
    for fence in taken.fences:
        _block(fence, found)
    return found


def _clauses(taken: Text) -> list[Clause]:
    clauses: list[Clause] = []
    stack: list[tuple[int, str]] = []
    for index, heading in enumerate(taken.headings):
        while stack and stack[-1][0] >= heading.level:
            stack.pop()
        if heading.level > 1:
            stack.append((heading.level, short_label(heading.title)))
        label = "".join(part for _, part in stack)
        path = " / ".join(part for _, part in stack)
        summary = "\n".join(heading.summary)
        clauses.append(Clause(index, heading.level, heading.title, heading.line, summary, path, label))
    return clauses


_NUMBERING = re.compile(
    r"^(?:〔[^〕]+〕|附件[一二三四五六七八九十0-9]*|[一二三四五六七八九十]+(?=、)"
    r"|[（(][一二三四五六七八九十]+[)）]|[0-9]{1,3}(?=[.．、]))"
)


def short_label(title: str) -> str:
    """The number of a heading (`二`, `(三)`, `7`), or the whole title when it has none."""
    match = _NUMBERING.match(title.strip())
    if not match:
        return title.strip()[:24]
    label = match.group().replace("（", "(").replace("）", ")")
    return label


def _block(fence: Fence, found: BlockFile) -> None:
    clause = found.clauses[fence.heading]
    root, problems = read_yaml(fence.body, found.file, fence.line - 1)
    spot = Spot(found.file, fence.line - 1, 1, clause.label, fence.kind)
    for each in problems:
        at = each.spot
        placed = replace(at, clause=clause.label, block=fence.kind)
        found.problems.append(Problem(each.code, placed, each.values, each.severity, each.related))
    if root is None and problems:
        return
    if not isinstance(root, Mapping):
        found.problems.append(problem("block-empty", spot, kind=fence.kind))
        return
    found.blocks.append(Block(fence.kind, root, clause, found.file, fence.line, fence.table))
