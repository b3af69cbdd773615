"""What the page "how the rules decide" says of the release in force: how much runs, who released it, its limits."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from huijiang.accounts.viewers import today
from huijiang.documents import library, releases, shelf
from huijiang.documents.models import Release

NOBODY = "nobody yet"
SHOWN = 10


def told(request: HttpRequest) -> dict[str, Any]:
    """Figures of the release, its history, what is known not to be settled or not to be read."""
    held = library.current()
    release = releases.in_force()
    found = shelf.documents(held, today())
    rules = [rule for each in found for rule in each.rules]
    questions = [question for each in found for question in each.plan.questions.values()]
    leaves = [clause for each in found for clause in each.clauses if clause.leaf]
    open_conditions = sum(condition.text == "set elsewhere" for rule in rules for condition in rule.conditions)
    return {
        "release": release, "documents": len(found), "rules": len(rules),
        "benefits": sum(rule.kind == "benefit" for rule in rules), "risks": sum(rule.kind == "risk" for rule in rules),
        "cases": release.cases if release is not None else 0,
        "questions": len(questions), "undecided": sum(question.decided == NOBODY for question in questions),
        "clauses": len(leaves), "unread": sum(not clause.blocks for clause in leaves),
        "noted": sum(bool(clause.blocks) and all(block.kind == "note" for block in clause.blocks) for clause in leaves),
        "open": open_conditions,
        "unverified": [parameter.label for parameter in held.vocabulary.parameters.values()
                       if any(not row.verified for row in parameter.rows)],
        "history": list(Release.objects.filter(in_force_from__lte=today()).select_related("made_by", "decided_by")[:SHOWN]),
    }  # fmt: skip
