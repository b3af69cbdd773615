"""A person's rights over their data: what is kept and how long, a copy of it, having it erased."""

from __future__ import annotations

import uuid
from itertools import groupby
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huijiang import present
from huijiang.access import doors
from huijiang.accounts.tables import moment
from huijiang.accounts.viewers import Viewer
from huijiang.people import erasing, exports, retained
from huijiang.people.corrections import Waiting, number_of
from huijiang.people.models import Erasure, Export
from huijiang.web.components.layout import Crumb
from huijiang.web.components.lists import Fact
from huijiang.web.components.tables import Cell, Column, Table
from huijiang.web.components.tags import Tag
from huijiang.web.doors import public

COLOURS = {"open": "amber", "granted": "blue", "refused": "grey", "done": "green"}


class EraseForm(forms.Form):
    """What shall go."""

    kinds = forms.MultipleChoiceField(label=gettext_lazy("删除哪些"), widget=forms.CheckboxSelectMultiple)
    words = forms.CharField(
        label=gettext_lazy("说明"), max_length=1_000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kinds"].choices = [  # type: ignore[attr-defined]
            (name, _("%(what)s（%(effect)s）") % {"what": kind.label, "effect": kind.effect})
            for name, kind in erasing.KINDS.items()
        ]


def _viewer(request: HttpRequest) -> Viewer:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    return viewer


@doors.worker
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """Everything one may do about one's data, and what became of it."""
    viewer = _viewer(request)
    copies = Export.objects.filter(person__in=viewer.people, asked_by=viewer.user)[:10]
    columns = [Column(_("申请时间")), Column(_("有效至")), Column(_("状态"), "state")]
    rows = [
        [Cell(moment(each.asked_at), reverse("people:fetch", args=[each.uid]) if _ready(each) else ""),
         moment(each.expires_at), Cell(tag=_state(each))]
        for each in copies
    ]  # fmt: skip
    asked = [_erasure(each) for each in Erasure.objects.filter(person__in=viewer.people)[:10]]
    return render(request, "people/privacy.html", {
        "copies": Table(_("个人信息副本"), columns, rows) if rows else None, "asked": asked,
    })  # fmt: skip


def _ready(each: Export) -> bool:
    return each.content is not None and each.expires_at > present.now()


def _state(each: Export) -> Tag:
    if _ready(each):
        return Tag(_("可以下载"), "green")
    return (
        Tag(_("正在生成"), "blue")
        if each.ready_at is None and each.expires_at > present.now()
        else Tag(_("已失效"), "grey")
    )


def _erasure(each: Erasure) -> dict[str, Any]:
    labels = {name: str(kind.label) for name, kind in erasing.KINDS.items()}
    facts = [Fact(_("要求删除"), _("、").join(labels[name] for name in each.kinds))]
    if each.decided_at:
        facts.append(Fact(_("同意删除"), _("、").join(labels[name] for name in each.granted) or _("没有")))
        facts.append(Fact(_("理由"), each.answer))
    else:
        facts.append(Fact(_("答复期限"), each.due_on.isoformat()))
    return {"number": number_of(each), "facts": facts, "tag": Tag(each.get_state_display(), COLOURS[each.state]), "of": each}  # fmt: skip


@doors.worker
@require_POST
def export(request: HttpRequest) -> HttpResponse:
    """Ask for a copy; a job makes it."""
    exports.ask(_viewer(request))
    messages.success(request, _("正在生成，通常几分钟。生成后在这里下载，7 天内有效。"))
    return redirect("people:privacy")


@doors.worker
@require_safe
def fetch(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The copy, for the one who asked alone."""
    try:
        packed = exports.fetch(_viewer(request), uid)
    except (Export.DoesNotExist, exports.Gone):
        raise Http404 from None
    answer = HttpResponse(packed, content_type="application/zip")
    answer["Content-Disposition"] = 'attachment; filename="huijiang-my-data.zip"'
    return answer


@doors.worker
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: HttpRequest) -> HttpResponse:
    """Ask that data be erased, beside what the law keeps."""
    form = EraseForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            made = erasing.ask(_viewer(request), form.cleaned_data["kinds"], form.cleaned_data["words"])
        except Waiting as error:
            form.add_error("kinds", str(error))
        else:
            messages.success(request, _("已收到，%(day)s 前答复。") % {"day": made.due_on.isoformat()})
            return redirect("people:privacy")
    columns = [Column(_("信息")), Column(_("为什么保留")), Column(_("保留到"))]
    rows = [
        [Cell(str(each.label)), str(each.why), str(each.until)] for each in erasing.kept_of(_viewer(request).people)
    ]
    return render(request, "people/erase.html", {
        "form": form, "kept": Table(_("依法保留的信息"), columns, rows),
        "crumbs": [Crumb(_("我的信息"), reverse("people:privacy")), Crumb(_("申请删除"))],
    }, status=422 if form.errors else 200)  # fmt: skip


@public
@require_safe
def retention(request: HttpRequest) -> HttpResponse:
    """How long everything is kept, for anybody."""
    columns = [Column(_("信息")), Column(_("保存多久")), Column(_("到期以后"))]
    rows = [
        [
            Cell(_("、").join(each.what for each in same)),
            long,
            Cell(_("每晚自动清除"), note=job) if job else _("不清除"),
        ]
        for (long, job), same in groupby(retained.listed(), key=lambda each: (each.long, each.job))
    ]
    return render(request, "people/retention.html", {"table": Table(_("保存期限"), columns, rows)})
