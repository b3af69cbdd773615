"""One result in full: every condition, the working, what was taken away, how the text may be read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huijiang.documents import library
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
    "used up": gettext_lazy("额度已经用完"), "may be used up": gettext_lazy("额度可能已经用完"),
    "not all rows known": gettext_lazy("登记不齐全，还有没有余额说不准"), "capped": gettext_lazy("只付到上限"),
    "may be capped": gettext_lazy("可能只付到上限"), "not the highest": gettext_lazy("只付最高的一项，这一项不是最高"),
    "may not be the highest": gettext_lazy("只付最高的一项，这一项可能不是最高"),
    "nothing beyond the earlier one": gettext_lazy("只补差额，没有超出先前享受的部分"), "difference": gettext_lazy("只补差额"),
}  # fmt: skip
"""Why the engine took an amount away (`tiaowen.evaluate`: limits, stacking), in the reader's words."""
EXCLUDED: Final = {
    "excluded by ": gettext_lazy("已由“%(other)s”享受"), "may be excluded by ": gettext_lazy("可能已由“%(other)s”享受"),
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
        "taken_away": taken_away(each),
        "questions": [(question, _readings(question)) for question in each.questions],
        "result": result,
        "notes": [words for source in NOTES for words in source(each)],
    }


def taken_away(each: Entitlement) -> list[tuple[str, str]]:
    """By which limit, and how; a rule of stacking has no name to show, its benefits have."""
    return [_taken(label, how) for label, how in each.taken_away]


def _taken(label: str, how: str) -> tuple[str, str]:
    for start, said in EXCLUDED.items():
        if how.startswith(start):
            return _("不重复享受"), str(said) % {"other": _named(how.removeprefix(start))}
    return label, str(HOW.get(how, how))


def _named(key: str) -> str:
    """The benefit's name today; its key where the release no longer has it."""
    try:
        return str(library.current().rule(key).name)
    except KeyError:
        return key


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
