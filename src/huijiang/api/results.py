"""A live result in plain values, without numbers of the database."""

from __future__ import annotations

from typing import Any

from huijiang import audit
from huijiang.entitlements.live import Condition, Entitlement, Result

OUTCOMES = {True: "true", False: "false", None: "unknown"}


def shown(result: Result) -> dict[str, Any]:
    """Money in fen; `possible` null is open.  `from_the_night`: rules that reach too far to be judged when asked."""
    return {
        "on": result.on.isoformat(), "region": result.region, "release": result.release, "certain": result.low,
        "possible": result.high, "entitlements": [_entitlement(each) for each in result.entitlements],
        "from_the_night": list(result.beyond),
    }  # fmt: skip


def _entitlement(each: Entitlement) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": audit.digest(f"{each.key} {each.holder}"), "benefit": each.key, "kind": each.kind, "name": each.name,
        "state": each.state.value, "document": each.document, "title": each.title, "clause": each.clause,
        "fund": each.fund, "event": each.what, "date": each.day.isoformat() if each.day else None,
        "amount": {"low": each.low, "high": each.high}, "due": {"low": each.due_low, "high": each.due_high},
        "if_met": {"low": each.if_low, "high": each.if_high}, "payee": each.payee, "to_me": each.to_me,
        "conditions": [_condition(condition) for condition in each.conditions], "working": list(each.working),
        "gives": each.gives, "taken_away": [{"by": by, "how": how} for by, how in each.taken_away],
        "unverified": list(each.unverified),
    }  # fmt: skip
    if each.step is not None:
        step = each.step
        told["one_step"] = {"condition": step.label, "needs": step.needs, "low": step.low, "high": step.high,
                            "on": step.day.isoformat() if step.day else None}  # fmt: skip
    return told


def _condition(each: Condition) -> dict[str, Any]:
    return {
        "label": each.label, "outcome": OUTCOMES[each.outcome], "kind": each.kind,
        "facts": [
            {"label": fact.label, "value": fact.value, "source": fact.source,
             "as_of": fact.as_of.isoformat() if fact.as_of else None}
            for fact in each.facts
        ],
        "missing": [{"label": missing.label, "source": missing.source} for missing in each.missing],
    }  # fmt: skip
