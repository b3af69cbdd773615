"""One result in full: every condition, the working, what was taken away, how the text may be read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huijiang.entitlements import wording
from huijiang.entitlements.live import Entitlement, Question, Result
from huijiang.web.components.lists import Fact
from huijiang.web.components.tables import Cell, Column, Table
from huijiang.web.components.tags import ANSWERS, Tag

OUTCOMES = {
    "entitled": gettext_lazy("符合"), "unknown": gettext_lazy("还不能判断"), "refused": gettext_lazy("不符合"),
    "excluded": gettext_lazy("符合，但不重复享受"), "not in force": gettext_lazy("文件不在有效期"),
    "not applicable": gettext_lazy("不适用"), "met": gettext_lazy("做到了"), "not met": gettext_lazy("没有做到"),
}  # fmt: skip
HOW = {
    "over the limit": gettext_lazy("超过了上限"), "may be over the limit": gettext_lazy("可能超过上限"),
    "may be a repeat": gettext_lazy("可能是重复享受"), "a repeat": gettext_lazy("属于重复享受"),
}  # fmt: skip


NOTES: Final[list[Callable[[Entitlement], list[str]]]] = []


def register_notes(source: Callable[[Entitlement], list[str]]) -> None:
    """A room above says what else a reader of one result should know (a fact of it is disputed, say)."""
    NOTES.append(source)


def explanation(each: Entitlement, result: Result) -> dict[str, Any]:
    """What the page of one result shows."""
    return {
        "of": each,
        "answer": ANSWERS[wording.ANSWER[each.state]],
        "amount": wording.money(each),
        "conditions": [wording.condition(judged, each) for judged in each.conditions if not wording.is_open(judged)],
        "works": wording.works(each),
        "must_also": wording.must_also(each),
        "about": _about(each),
        "clause": wording.clause_of(each, named=True),
        "taken_away": [(label, _how(how)) for label, how in each.taken_away],
        "questions": [(question, _readings(question)) for question in each.questions],
        "result": result,
        "notes": [words for source in NOTES for words in source(each)],
    }


def _how(how: str) -> str:
    if how in HOW:
        return str(HOW[how])
    for start, said in (("excluded by ", _("已由另一项享受：")), ("may be excluded by ", _("可能已由另一项享受："))):
        if how.startswith(start):
            return said + how.removeprefix(start).rpartition("#")[2]
    return how


def _about(each: Entitlement) -> list[Fact]:
    lines = [Fact(_("文件"), f"{each.title}（{each.document}）"), Fact(_("条款"), each.clause),
             Fact(_("发文单位"), "、".join(each.issuers))]  # fmt: skip
    if each.effective:
        until = each.expires.isoformat() if each.expires else _("长期")
        lines.append(Fact(_("有效期"), f"{each.effective.isoformat()} – {until}"))
    if each.kind == "benefit":
        lines += [Fact(_("资金"), each.fund or _("文件没有写明")), Fact(_("发给"), each.payee or _("文件没有写明"))]
    if each.day:
        lines.append(Fact(_("事由日期"), f"{each.day.isoformat()} {each.what}".strip()))
    return lines


def _readings(question: Question) -> Table:
    columns = [
        Column(_("怎样理解")),
        Column(_("结果会是")),
        Column(_("金额（元）"), "number"),
        Column(_("现在用的"), "state"),
    ]
    rows = [
        [reading, str(OUTCOMES.get(outcome, outcome)), str(wording.amount_of(low, high)) if outcome == "entitled" else "—",
         Cell(tag=Tag(_("现在按这样"), "blue")) if reading == question.runs else Cell("—")]
        for reading, outcome, low, high in question.readings
    ]  # fmt: skip
    return Table(question.asks, columns, rows)
