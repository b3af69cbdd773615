"""Pages on the state of the data: for what it is complete, and which rows somebody should look at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from huijiang.registry.desk import paths_of, registrar, rows_of
from huijiang.registry.models import MODELS, Coverage, IdentityDocument, Organisation, Person
from huijiang.registry.pages_imports import table_label
from huijiang.web.components.tables import Cell, Column, Table
from huijiang.web.components.tags import Tag

PER_PAGE = 50


@dataclass(frozen=True)
class Check:
    """A question about the rows of a table; what it finds somebody should look at."""

    label: Any
    table: str
    rows: Callable[[QuerySet[Any]], QuerySet[Any]]


def _alike(people: QuerySet[Any]) -> QuerySet[Any]:
    other = Person.objects.filter(name_key=OuterRef("name_key"), birth_date=OuterRef("birth_date"))
    return people.filter(Exists(other.exclude(pk=OuterRef("pk"))), birth_date__isnull=False)


CHECKS: Final[Mapping[str, Check]] = MappingProxyType({
    "no-document": Check(
        gettext_lazy("没有证件号码的人"), "person",
        lambda rows: rows.filter(~Exists(IdentityDocument.objects.filter(person=OuterRef("pk")))),
    ),
    "alike": Check(gettext_lazy("姓名和出生日期都相同的人"), "person", _alike),
    "no-birth-date": Check(gettext_lazy("出生日期不明的人"), "person", lambda rows: rows.filter(birth_date=None)),
    "no-code": Check(
        gettext_lazy("没有统一社会信用代码的单位"), "organisation", lambda rows: rows.filter(uscc=None)
    ),
    "no-number": Check(gettext_lazy("没有编号的证书"), "certificate", lambda rows: rows.filter(number=None)),
    "no-level": Check(
        gettext_lazy("等级不明的等级证书"), "certificate",
        lambda rows: rows.filter(kind="职业技能等级证书", level=None, level_none=False),
    ),
    "no-end": Check(
        gettext_lazy("参保截止不明的参保"), "insurance", lambda rows: rows.filter(ended_on=None, ended_on_none=False)
    ),
    "no-employer": Check(
        gettext_lazy("参保单位不明的参保"), "insurance", lambda rows: rows.filter(employer=None, employer_none=False)
    ),
})  # fmt: skip


@registrar
@require_safe
def completeness(request: HttpRequest) -> HttpResponse:
    """What each table is complete for.  What is not listed as complete is unknown, not absent."""
    columns = [Column(_("表")), Column(_("地区")), Column(_("从")), Column(_("到")), Column(_("来源")),
               Column(_("数据日期")), Column(_("是否齐全"), "state")]  # fmt: skip
    entries = Coverage.objects.filter(_seen(request)).select_related("region")
    rows = [
        [
            Cell(table_label(each.table), note=_by(each.by)),
            each.region.name if each.region else _("不限"),
            each.since.isoformat() if each.since else _("不限"),
            each.until.isoformat() if each.until else _("今天"),
            each.source,
            each.as_of.isoformat(),
            Cell(tag=Tag(_("齐全"), "green") if each.complete else Tag(_("不齐"), "amber")),
        ]
        for each in entries
    ]
    told = set(entries.values_list("table", flat=True))
    silent = [table_label(table) for table in MODELS if table not in told]
    return render(
        request, "registry/completeness.html", {"table": Table(_("齐全情况"), columns, rows), "silent": silent}
    )


def _seen(request: HttpRequest) -> Q:
    """Entries of the registrar's regions, of those above, and of everywhere."""
    found = Q(region=None)
    for path in paths_of(request):
        above = path.strip("/").split("/")
        found |= Q(region__path__startswith=path) | Q(region__in=above)
    return found


def _by(columns: str) -> str:
    return _("按 %(columns)s") % {"columns": columns} if columns else ""


@registrar
@require_safe
def quality(request: HttpRequest) -> HttpResponse:
    rows = []
    for name, check in CHECKS.items():
        all_rows = rows_of(request, check.table)
        count = check.rows(all_rows).count()
        link = reverse("registry:quality_list", args=[name]) if count else ""
        rows.append([Cell(str(check.label), link), table_label(check.table), str(count), str(all_rows.count())])
    columns = [Column(_("检查")), Column(_("表")), Column(_("行数"), "number"), Column(_("共"), "number")]
    return render(request, "registry/quality.html", {"table": Table(_("数据质量"), columns, rows)})


@registrar
@require_safe
def quality_list(request: HttpRequest, check: str) -> HttpResponse:
    told = CHECKS.get(check)
    if told is None:
        raise Http404
    found = told.rows(rows_of(request, told.table)).order_by("pk")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    columns = [Column(_("行")), Column(_("名称")), Column(_("来源")), Column(_("数据日期"))]
    rows = [[Cell(f"{told.table}:{row.pk}"), _name(row), row.source, row.as_of.isoformat()] for row in page]
    table = Table(str(told.label), columns, rows)
    return render(request, "registry/quality_list.html", {"table": table, "page": page, "label": told.label})


def _name(row: Any) -> str:
    """People and firms have a name; other rows are known by theirs."""
    if isinstance(row, (Person, Organisation)):
        return str(row.name)
    return str(row.worker.name if hasattr(row, "worker") else row.holder.name)
