"""The security administrator's register of impact assessments (个人信息保护影响评估)."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from huijiang import audit
from huijiang.accounts.doors import staff
from huijiang.accounts.models import Role
from huijiang.accounts.viewers import today
from huijiang.people.models import Assessment
from huijiang.web.components.layout import Crumb
from huijiang.web.components.lists import Fact
from huijiang.web.components.tables import Cell, Column, Table
from huijiang.web.components.tags import Tag

security = staff(Role.SECURITY_ADMIN)
COLOURS = {"low": "green", "medium": "amber", "high": "red"}
LONG = {"rows": 4}


class AssessmentForm(forms.ModelForm):  # type: ignore[type-arg]  # Django has no such subscript at run time
    """One assessment; a later look names the one that it replaces."""

    class Meta:
        model = Assessment
        fields = ("title", "purpose", "data", "risks", "risk", "measures", "assessed_on", "reviewer", "replaces")
        labels: ClassVar = {
            "title": gettext_lazy("处理活动"), "purpose": gettext_lazy("目的和方式"), "data": gettext_lazy("涉及的个人信息"),
            "risks": gettext_lazy("对个人权益的影响和风险"), "risk": gettext_lazy("风险等级"), "measures": gettext_lazy("保护措施"),
            "assessed_on": gettext_lazy("评估日期"), "reviewer": gettext_lazy("评估人"), "replaces": gettext_lazy("更新哪一份"),
        }  # fmt: skip
        widgets: ClassVar = {
            "purpose": forms.Textarea(attrs=LONG), "data": forms.Textarea(attrs=LONG), "risks": forms.Textarea(attrs=LONG),
            "measures": forms.Textarea(attrs=LONG), "risk": forms.RadioSelect,
            "assessed_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "replaces": forms.Select(attrs={"lang": "zh-Hans"}),
        }  # fmt: skip

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["risk"].choices = Assessment.Risk.choices  # type: ignore[attr-defined]
        self.fields["replaces"].required = False
        self.fields["replaces"].empty_label = _("不更新别的")  # type: ignore[attr-defined]
        self.fields["replaces"].queryset = Assessment.objects.filter(replaced_by=None)  # type: ignore[attr-defined]

    def clean_assessed_on(self) -> object:
        told = self.cleaned_data["assessed_on"]
        if told > today():
            raise forms.ValidationError(_("评估日期不能在今天以后。"))
        return told


@security
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """All of them, the newest first; those that were replaced stay."""
    columns = [
        Column(_("处理活动")),
        Column(_("评估日期")),
        Column(_("评估人")),
        Column(_("状态")),
        Column(_("风险等级"), "state"),
    ]
    found = Assessment.objects.select_related("replaced_by")
    rows = [
        [Cell(each.title, reverse("people:assessment", args=[each.uid])), each.assessed_on.isoformat(), each.reviewer,
         _("已由新的评估代替") if hasattr(each, "replaced_by") else _("现行"),
         Cell(tag=Tag(each.get_risk_display(), COLOURS[each.risk]))]
        for each in found[:500]
    ]  # fmt: skip
    return render(
        request, "people/assessments.html", {"table": Table(_("影响评估"), columns, rows), "count": len(rows)}
    )


@security
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Write one down; it is not changed afterwards."""
    form = AssessmentForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        with transaction.atomic():
            made = form.save(commit=False)
            made.recorded_by = request.user
            made.save()
            audit.record(made.recorded_by, "people.assessment", f"assessment:{made.uid}", risk=made.risk)
        messages.success(request, _("已登记。"))
        return redirect("people:assessment", uid=made.uid)
    return render(request, "people/assessment_new.html", {
        "form": form, "crumbs": [Crumb(_("影响评估"), reverse("people:assessments")), Crumb(_("登记评估"))],
    }, status=422 if form.errors else 200)  # fmt: skip


@security
@require_safe
def one(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    found = get_object_or_404(Assessment.objects.select_related("recorded_by", "replaces"), uid=uid)
    facts = [
        Fact(_("目的和方式"), found.purpose), Fact(_("涉及的个人信息"), found.data), Fact(_("对个人权益的影响和风险"), found.risks),
        Fact(_("风险等级"), "", tag=Tag(found.get_risk_display(), COLOURS[found.risk])), Fact(_("保护措施"), found.measures),
        Fact(_("评估日期"), found.assessed_on.isoformat()), Fact(_("评估人"), found.reviewer), Fact(_("登记人"), found.recorded_by.name),
    ]  # fmt: skip
    if found.replaces is not None:
        facts.append(Fact(_("代替"), f"{found.replaces.title}（{found.replaces.assessed_on.isoformat()}）"))
    return render(request, "people/assessment.html", {
        "of": found, "facts": facts, "crumbs": [Crumb(_("影响评估"), reverse("people:assessments")), Crumb(found.title)],
    })  # fmt: skip
