"""Five clauses of 萧人社〔2025〕3号 as one JDM decision: a table per clause, looped over a person's events."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

IN_FORCE = "[20250301..20280229]"


def _table(name: str, over: str, columns: dict[str, str], amount: tuple[str, dict[str, int]]) -> dict[str, Any]:
    """One row per figure: the conditions, the value of `amount`'s column, the sum in fen; nothing else is paid."""
    fields = [*columns, amount[0]]
    rules = [
        {"_id": f"{name}-{value}", **columns, amount[0]: json.dumps(value, ensure_ascii=False), "fen": str(fen)}
        for value, fen in amount[1].items()
    ]
    rules.append({"_id": f"{name}-rest", **dict.fromkeys(fields, ""), "fen": "0"})
    return {
        "id": name, "name": name, "type": "decisionTableNode",
        "content": {
            "hitPolicy": "first", "executionMode": "loop", "inputField": over, "outputPath": name, "passThrough": True,
            "inputs": [{"id": each, "name": each, "field": each} for each in fields],
            "outputs": [{"id": "fen", "name": "fen", "field": "fen"}],
            "rules": rules,
        },
    }  # fmt: skip


TABLES = [
    _table("trainer", "certificates", {"day": IN_FORCE, "taught": "true", "trainer_here": "true", "trainer_kind": '"培训机构"'},
           ("level", {"高级工": 80_000, "技师": 100_000, "高级技师": 150_000})),
    _table("employer", "certificates", {"day": IN_FORCE, "taught": "true", "trainer_here": "true", "trainer_kind": '"企业"'},
           ("level", {"高级工": 100_000, "技师": 150_000, "高级技师": 200_000})),
    _table("title", "entries", {"day": IN_FORCE, "sent_here": "true", "tier": ">= 2"},
           ("title", {"全国技术能手": 1_000_000, "省技术能手": 500_000, "市技术能手": 300_000})),
    _table("prize", "entries", {"day": IN_FORCE, "contest_here": "true", "tier": "1"},
           ("prize", {"一等奖": 200_000, "二等奖": 150_000, "三等奖": 100_000, "优胜奖": 50_000})),
    _table("service", "services", {"day": IN_FORCE, "organiser_here": "true", "organiser_kind": '"人社部门"', "pilot": "true"},
           ("kind", {"职业技能社会服务": 100_000})),
]  # fmt: skip
SUMS = {
    "trainer-grant": "trainer", "employer-grant": "employer", "expert-title-award": "title", "district-prize": "prize",
    "service-subsidy": "service",
}  # fmt: skip


def decision() -> dict[str, Any]:
    """The graph: the tables one after the other, then the sums."""
    sums = {
        "id": "sums", "name": "sums", "type": "expressionNode",
        "content": {"expressions": [
            {"id": rule, "key": table, "value": f"sum(map({table}, #.fen))"} for rule, table in SUMS.items()
        ]},
    }  # fmt: skip
    nodes = [
        {"id": "in", "name": "in", "type": "inputNode"},
        *TABLES,
        sums,
        {"id": "out", "name": "out", "type": "outputNode"},
    ]
    edges = [
        {"id": f"e{at}", "type": "edge", "sourceId": one["id"], "targetId": two["id"]}
        for at, (one, two) in enumerate(pairwise(nodes))
    ]
    return {"contentType": "application/vnd.gorules.decision", "nodes": nodes, "edges": edges}
