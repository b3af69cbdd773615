"""核验规则: the risk blocks in force for the reader's places, clause by clause, with how often each was hit and what
people made of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from huijiang.accounts.doors import staff
from huijiang.accounts.models import Role
from huijiang.accounts.viewers import Viewer
from huijiang.claims.access import CASES, access_claims
from huijiang.claims.models import Check
from huijiang.claims.models.checks import Judgement, Severity, Verdict
from huijiang.claims.pages_desk import READS, viewer_of
from huijiang.claims.risks.blocks import Block, blocks, held
from huijiang.documents.blocks import Told, told
from huijiang.web.components.tables import Cell, Column, Table
from huijiang.web.components.tags import Tag

SEES: Final = (*READS, Role.STEWARD, Role.STEWARD_APPROVER)
Counts = dict[str, dict[str, int]]
TONES: Final = {Severity.BLOCK: "red", Severity.REVIEW: "amber", Severity.SCORE: "grey"}


@dataclass(frozen=True)
class Section:
    """One clause: its heading, its table, and its blocks in full."""

    clause: str
    title: str
    summary: str
    table: Table
    blocks: list[Told]
    open: bool


@staff(*SEES)
@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """The page.  Counts are of the claims that the viewer may open; who may open none sees none."""
    viewer = viewer_of(request)
    listed = _of(viewer)
    counts = hits(viewer, listed) if viewer.roles & set(CASES) else None
    checks = held()
    documents = [{"plan": checks.plans[name], "sections": _sections(checks, name, listed, counts, request.GET.get("rule", "")),
                  "notes": checks.plans[name].notes} for name in dict.fromkeys(each.rule.document for each in listed)]  # fmt: skip
    return render(request, "claims/rules.html", {
        "documents": documents, "count": len(listed), "counted": counts is not None,
        "again": sum(each.rule.again for each in listed), "keeps": Role.STEWARD in viewer.roles,
    })  # fmt: skip


def _of(viewer: Viewer) -> list[Block]:
    """The blocks of the viewer's places; those of everywhere for who has none of their own."""
    regions = [path.rstrip("/").rpartition("/")[2] for path in viewer.paths(*SEES)]
    found = {each.key: each for region in regions or [""] for each in blocks(region)}
    return list(found.values())


def hits(viewer: Viewer, listed: Iterable[Block]) -> Counts:
    """Block → claims that it hit, of these how many nobody judged, were cleared, were confirmed; the last word on each."""
    mine = Check.objects.filter(claim__in=access_claims(viewer), verifier__in=[each.key for each in listed])
    last = mine.order_by("claim_id", "verifier", "-id").distinct("claim_id", "verifier").values("pk")
    rows: Any = (
        Check.objects.filter(pk__in=last, verdict=Verdict.FAILED).order_by().values("verifier")
        .annotate(all=Count("pk"), open=Count("pk", Q(judgement="")), cleared=Count("pk", Q(judgement=Judgement.CLEARED)),
                  confirmed=Count("pk", Q(judgement=Judgement.CONFIRMED)))
    )  # fmt: skip
    return {each.pop("verifier"): each for each in rows}


def _sections(checks: Any, document: str, listed: list[Block], counts: Counts | None, asked: str) -> list[Section]:
    plan, source = checks.plans[document], checks.sources[document]
    by_clause: dict[str, list[Block]] = {}
    for each in listed:
        if each.rule.document == document:
            by_clause.setdefault(each.rule.clause, []).append(each)
    found = []
    for clause, mine in by_clause.items():
        heading = source.blocks[mine[0].rule.id].clause
        columns = [Column(_("核验规则")), Column(_("查到时")), Column(_("查到以后"), "state")]
        rows = [_row(each) for each in mine]
        if counts is not None:
            columns += [Column(_("查到（件）"), "number"), Column(_("还没有判断"), "number")]
            rows = [[*row, *_counted(counts.get(each.key))] for row, each in zip(rows, mine, strict=True)]
        full = [told(checks, plan, source.blocks[each.rule.id]) for each in mine]
        found.append(Section(clause, heading.title, heading.summary, Table(heading.title, columns, rows), full,
                             any(each.rule.id == asked for each in mine)))  # fmt: skip
    return found


def _row(block: Block) -> list[Cell]:
    again = _("付了以后每晚再查") if block.rule.again else ""
    note = " · ".join(each for each in (block.rule.listed, block.version, again) if each)
    return [
        Cell(block.rule.name, f"?rule={block.rule.id}#risk-{block.rule.id}", note), Cell(block.rule.tells),
        Cell(tag=Tag(str(block.severity.label) + (f" {block.score}" if block.score else ""), TONES[block.severity])),
    ]  # fmt: skip


def _counted(found: dict[str, int] | None) -> list[Cell]:
    if found is None:
        return [Cell("0"), Cell("0")]
    note = _("无误 %(cleared)s，属实 %(confirmed)s") % found
    return [Cell(str(found["all"]), note=note), Cell(str(found["open"]), tone="red" if found["open"] else "")]
