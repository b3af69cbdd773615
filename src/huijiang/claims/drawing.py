"""docs/claims-states.md, drawn from the state table.

./run huijiang claims-states --write docs/claims-states.md
"""

from __future__ import annotations

from typing import Final

from django.utils import translation

from huijiang.claims.states import DECIDED, MOVES, PAUSED, RUNNING, State

HEAD: Final = """# 申报的状态 · States of a claim

本页由 `./run huijiang claims-states --write docs/claims-states.md` 从 `src/huijiang/claims/states.py` 生成，请勿手改。
Generated from the state table; the database keeps the same table in a trigger, and a test goes through it whole.

"""


def page() -> str:
    """The page: a diagram, then every move with who makes it and what must hold."""
    with translation.override("zh-hans"):
        lines = [HEAD, "```mermaid", "stateDiagram-v2", "    direction TB", f"    [*] --> {State.DRAFT}"]
        lines += [f"    {each} : {each.label}" for each in State]
        arrows: dict[tuple[str, str], list[str]] = {}
        for move in MOVES:
            arrows.setdefault((str(move.source), str(move.target)), []).append(str(move.event.label))
        lines += [
            f"    {source} --> {target} : {'、'.join(dict.fromkeys(events))}"
            for (source, target), events in arrows.items()
        ]
        lines += [
            f"    {State.CLOSED} --> [*]",
            "```",
            "",
            "## 状态 States",
            "",
            "| state | 名称 | 时钟 clock |",
            "|---|---|---|",
        ]
        for each in State:
            clock = "计时 runs" if each in RUNNING else "暂停 stands" if each in PAUSED else ""
            lines.append(
                f"| `{each}` | {each.label} | {clock}{' · 有应付 something is due' if each in DECIDED else ''} |"
            )
        lines += [
            "",
            "## 流转 Moves",
            "",
            "| 从 from | 事件 event | 到 to | 谁 who | 条件 guard |",
            "|---|---|---|---|---|",
        ]
        for move in MOVES:
            who = "、".join(str(each.label) for each in move.who)
            lines.append(
                f"| {move.source.label} | {move.event.label} `{move.event}` | {move.target.label} | {who} | {move.guard.label} |"
            )
    return "\n".join(lines) + "\n"
