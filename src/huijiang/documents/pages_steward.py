"""Steward's lists: questions of wording with who decided, and what of each document runs."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from huijiang.accounts.viewers import today
from huijiang.documents import library, shelf
from huijiang.documents.blocks import NOTES
from huijiang.documents.pages_library import about_release
from huijiang.documents.pages_releases import stewards
from huijiang.web.components.lists import Tab
from huijiang.web.components.tables import Cell, Column, Table
from huijiang.web.components.tags import Tag
from tiaowen.plan.rules import Question

NOBODY = "nobody yet"


@stewards
@require_safe
def questions(request: HttpRequest) -> HttpResponse:
    found = [(each, question) for each in shelf.documents(library.current(), today())
             for question in each.plan.questions.values()]  # fmt: skip
    views = {"open": [each for each in found if each[1].decided == NOBODY],
             "decided": [each for each in found if each[1].decided != NOBODY]}  # fmt: skip
    view = "decided" if request.GET.get("view") == "decided" else "open"
    address = reverse("documents:questions")
    tabs = [
        Tab(_("还没有人定"), address, len(views["open"]), view == "open"),
        Tab(_("已经定了"), f"{address}?view=decided", len(views["decided"]), view == "decided"),
    ]
    columns = [
        Column(_("疑义")),
        Column(_("现在的读法")),
        Column(_("其他读法")),
        Column(_("关系到")),
        Column(_("谁定的")),
    ]
    rows = [_question(document, question) for document, question in views[view]]
    told = {"tabs": tabs, "table": Table(_("疑义"), columns, rows), "count": len(rows)}
    return render(request, "documents/questions.html", told | about_release())


def _question(found: shelf.Document, question: Question) -> list[Any]:
    others = "；".join(each for each in question.readings if each != question.runs)
    rules, targets = found.plan.rules, {each.id: each.name for each in found.plan.targets}
    about = [rules[each].name if each in rules else targets.get(each, each) for each in question.about]
    return [
        Cell(question.asks, found.clause_address(question.clause), note=f"{found.plan.number} {question.clause}"),
        Cell(question.runs, note=question.because),
        others,
        _("整份文件") if question.about == ("all",) else "、".join(about),
        _("还没有人定") if question.decided == NOBODY else question.decided,
    ]


@stewards
@require_safe
def coverage(request: HttpRequest) -> HttpResponse:
    parts = [_covered(each) for each in shelf.documents(library.current(), today())]
    return render(request, "documents/coverage.html", {"parts": parts} | about_release())


def _covered(found: shelf.Document) -> dict[str, Any]:
    leaves = [each for each in found.clauses if each.leaf]
    unread = [each for each in leaves if not each.blocks]
    noted = [each for each in leaves if each.blocks and all(block.kind == "note" for block in each.blocks)]
    kinds = Counter(block.text("kind") for each in found.clauses for block in each.blocks if block.kind == "note")
    columns = [Column(_("条款")), Column(_("为什么不执行")), Column(_("状态"), "state")]
    rows = [[Cell(each.title, found.clause_address(each.label)), "", Cell(tag=Tag(_("还没有读"), "red", "exclaim"))]
            for each in unread]  # fmt: skip
    for each in noted:
        said = "；".join(str(NOTES.get(block.text("kind"), block.text("kind"))) for block in each.blocks)
        rows.append([Cell(each.title, found.clause_address(each.label)), said, Cell(tag=Tag(_("只有说明"), "grey"))])
    return {
        "document": found, "leaves": len(leaves), "unread": len(unread), "noted": len(noted),
        "running": len(leaves) - len(unread) - len(noted),
        "notes": [(str(NOTES.get(kind, kind)), count) for kind, count in kinds.most_common()],
        "table": Table(_("没有规则的条款"), columns, rows) if rows else None,
    }  # fmt: skip
