"""The registrar's pages of requests to erase."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Case, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from huijiang.access.sightings import Purpose, saw
from huijiang.accounts.viewers import Viewer
from huijiang.entitlements.desk import hidden_name
from huijiang.people import erasing
from huijiang.people.corrections import Answered, number_of
from huijiang.people.pages_answers import PER_PAGE, registrar
from huijiang.people.pages_privacy import COLOURS
from huijiang.registry.linked import family
from huijiang.web.components.layout import Crumb
from huijiang.web.components.lists import Fact
from huijiang.web.components.tables import Cell, Column, Table
from huijiang.web.components.tags import Tag


class DecisionForm(forms.Form):
    """Which of them are erased; nothing ticked is a refusal."""

    granted = forms.MultipleChoiceField(
        label=gettext_lazy("同意删除哪些"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("一项都不选就是不予删除。同意的由夜间作业清除，不能恢复。"),
    )  # fmt: skip
    words = forms.CharField(
        label=gettext_lazy("理由"), max_length=1_000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("不同意的写明依据和保留到何时。本人会原样看到。"),
    )  # fmt: skip

    def __init__(self, *args: Any, kinds: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["granted"].choices = [(each, str(erasing.KINDS[each].label)) for each in kinds]  # type: ignore[attr-defined]


@registrar
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Requests, those that wait first."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    found = erasing.access_erasures(viewer).order_by(Case(When(state="open", then=0), default=1), "due_on", "-id")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    columns = [
        Column(_("编号")),
        Column(_("姓名")),
        Column(_("管理地区")),
        Column(_("答复期限")),
        Column(_("状态"), "state"),
    ]
    rows = [
        [Cell(number_of(each), reverse("people:erasure", args=[each.uid])), hidden_name(each.person.name),
         each.region.name, each.due_on.isoformat(), Cell(tag=Tag(each.get_state_display(), COLOURS[each.state]))]
        for each in page
    ]  # fmt: skip
    return render(request, "people/erasures.html", {"table": Table(_("删除申请"), columns, rows), "page": page})


@registrar
@require_http_methods(["GET", "HEAD", "POST"])
def erasure(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Decide one, kind by kind."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    found = get_object_or_404(erasing.access_erasures(viewer), uid=uid)
    form = DecisionForm(request.POST if request.method == "POST" else None, kinds=found.kinds)
    if form.is_bound and form.is_valid():
        try:
            erasing.decide(viewer, found, form.cleaned_data["granted"], form.cleaned_data["words"])
        except (PermissionDenied, Answered) as error:
            form.add_error(None, str(error))
            found.refresh_from_db()
        else:
            messages.success(request, _("已答复，本人已收到通知。"))
            return redirect("people:erasure", uid=uid)
    with transaction.atomic():
        saw(viewer, found.person, Purpose.DATA, ["name"])
    facts = [Fact(_("姓名"), found.person.name), Fact(_("要求删除"), _("、").join(str(erasing.KINDS[each].label) for each in found.kinds)),
             Fact(_("说明"), found.words or "—"), Fact(_("答复期限"), found.due_on.isoformat())]  # fmt: skip
    if found.answer:
        facts.append(
            Fact(_("同意删除"), _("、").join(str(erasing.KINDS[each].label) for each in found.granted) or _("没有"))
        )
        facts.append(Fact(_("理由"), found.answer))
    kept = [[Cell(str(each.label)), str(each.why), str(each.until)]
            for each in erasing.kept_of(family("person", found.person_id))]  # fmt: skip
    return render(request, "people/erasure.html", {
        "form": form, "of": found, "facts": facts, "number": number_of(found), "kept": Table(_("依法保留的信息"), [Column(_("信息")), Column(_("为什么保留")), Column(_("保留到"))], kept),
        "crumbs": [Crumb(_("删除申请"), reverse("people:erasures")), Crumb(number_of(found))],
    }, status=422 if form.errors else 200)  # fmt: skip
