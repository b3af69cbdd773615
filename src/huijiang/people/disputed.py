"""What the explanation of an entitlement says of facts that are disputed: they still count, and are under review."""

from __future__ import annotations

from django.utils.translation import gettext as _

from huijiang.entitlements.live import Entitlement
from huijiang.people import corrections


def notes(each: Entitlement) -> list[str]:
    """One sentence for each open correction of the event that the result is about, or of a fact that it read."""
    table, _colon, row = each.holder.partition(":")
    read = {(table, row)} | {(fact.table, fact.row) for judged in each.conditions for fact in judged.facts if fact.row}
    columns = {(fact.table, fact.row, fact.column) for judged in each.conditions for fact in judged.facts}
    return [
        _("“%(fact)s”正在更正，%(day)s 前答复；现在的结果按登记的内容判断。")
        % {"fact": corrections.label_of(found), "day": found.due_on.isoformat()}
        for found in corrections.open_about(read)
        if (found.table, str(found.row)) == (table, row) or (found.table, str(found.row), found.column) in columns
    ]
