"""The offices that issue letters: name, sign of document numbers, address, and where to appeal."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from huijiang import audit
from huijiang.accounts.doors import staff
from huijiang.accounts.models import Role
from huijiang.accounts.viewers import Viewer
from huijiang.letters.issuing import office_of
from huijiang.letters.models import Office
from huijiang.regions.models import Region
from huijiang.web.components.tables import Cell, Column, Table
from huijiang.web.components.tags import Tag

system = staff(Role.SYSTEM_ADMIN)
PER_PAGE = 30


class OfficeForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Office
        fields = ("name", "sign", "address", "phone", "review_body", "court")
        labels = {  # noqa: RUF012 - Django's own form
            "name": gettext_lazy("机关名称"), "sign": gettext_lazy("文号代字"), "address": gettext_lazy("地址"),
            "phone": gettext_lazy("电话"), "review_body": gettext_lazy("复议机关"), "court": gettext_lazy("管辖法院"),
        }  # fmt: skip
        help_texts = {"sign": gettext_lazy("如“萧人社技”，文号写作“萧人社技准〔2026〕1号”。")}  # noqa: RUF012


def _regions(viewer: Viewer) -> QuerySet[Region]:
    within = Q(pk__in=())
    for path in viewer.paths(Role.SYSTEM_ADMIN):
        within |= Q(path__startswith=path)
    return Region.objects.filter(within)


@system
@require_safe
def offices(request: HttpRequest) -> HttpResponse:
    page = Paginator(_regions(request.viewer).order_by("path"), PER_PAGE).get_page(request.GET.get("page"))  # type: ignore[attr-defined]
    known = {each.pk: each for each in Office.objects.filter(pk__in=[each.pk for each in page])}
    columns = [
        Column(_("地区")),
        Column(_("机关名称")),
        Column(_("文号代字")),
        Column(_("电话")),
        Column(_("状态"), "state"),
    ]
    rows = []
    for each in page:
        told = office_of(each)
        state = Tag(_("已填写"), "green") if each.pk in known else Tag(_("按地名推定"), "amber")
        rows.append([Cell(each.name, reverse("letters:office", args=[each.pk])), told["name"], told["sign"],
                     told["phone"] or "—", Cell(tag=state)])  # fmt: skip
    return render(request, "letters/offices.html", {"page": page, "table": Table(_("出文机关"), columns, rows)})


@system
@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def office(request: HttpRequest, code: str) -> HttpResponse:
    region = get_object_or_404(_regions(request.viewer), pk=code)  # type: ignore[attr-defined]
    held = Office.objects.filter(pk=region.pk).first() or Office(region=region, **office_of(region))
    form = OfficeForm(request.POST or None, instance=held)
    if form.is_bound and form.is_valid():
        form.save()
        audit.record(request.user, "letters.office", f"region:{region.pk}", region.pk, fields=sorted(form.changed_data))  # type: ignore[arg-type]
        messages.success(request, _("已保存。以后出具的文书用新的内容，已经出具的不变。"))
        return redirect("letters:offices")
    return render(
        request, "letters/office.html", {"form": form, "region": region}, status=422 if form.is_bound else 200
    )
