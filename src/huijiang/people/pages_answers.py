"""The registrar's page of disputed facts: look at the row and the paper, correct or refuse."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from huijiang.access.sightings import Purpose, saw
from huijiang.accounts.doors import staff
from huijiang.accounts.models import Role
from huijiang.accounts.viewers import Viewer, today
from huijiang.entitlements.portrait import shown
from huijiang.people import corrections
from huijiang.people.pages_corrections import table_of
from huijiang.registry.imports import single
from huijiang.registry.models import MODELS
from huijiang.registry.vocabulary import vocabulary
from huijiang.web.components.layout import Crumb
from huijiang.web.components.lists import Fact, Tab

registrar = staff(Role.REGISTRAR)
PER_PAGE = 30
asks = require_http_methods(["GET", "HEAD", "POST"])


class AnswerForm(forms.Form):
    """Correct to a value, or refuse; in both cases with words that the one who asked reads as they are."""

    decision = forms.ChoiceField(
        label=gettext_lazy("怎样答复"), widget=forms.RadioSelect,
        choices=[("correct", gettext_lazy("更正")), ("refuse", gettext_lazy("不予更正"))],
    )  # fmt: skip
    value = forms.CharField(
        label=gettext_lazy("更正为"), max_length=200, required=False,
        help_text=gettext_lazy("写法同导入文件：日期如 2026-03-01，没有的写“无”，单位写统一社会信用代码。"),
    )  # fmt: skip
    words = forms.CharField(
        label=gettext_lazy("理由"), max_length=1_000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("核对了什么，依据是什么。对方会原样看到。"),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if told.get("decision") == "correct" and not told.get("value", "").strip():
            self.add_error("value", _("更正要写明更正为什么。"))
        return told


def _viewer(request: HttpRequest) -> Viewer:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    return viewer


@registrar
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """What waits, the nearest deadline first; the answered on their own tab."""
    within = corrections.access_corrections(_viewer(request))
    answered = request.GET.get("tab") == "answered"
    here = reverse("people:correction_queue")
    waiting, done = within.filter(state="open").order_by("due_on"), within.exclude(state="open")
    tabs = [
        Tab(_("等待核实"), here, waiting.count(), not answered),
        Tab(_("已答复"), f"{here}?tab=answered", done.count(), answered),
    ]
    page = Paginator(done if answered else waiting, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "people/queue.html", {
        "tabs": tabs, "table": table_of(page, "people:correction_answer"), "page": page, "answered": answered,
        "late": waiting.filter(due_on__lt=today()).count(),
    })  # fmt: skip


@registrar
@asks
def correction(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One disputed fact.  Opening it is a look at a person."""
    viewer = _viewer(request)
    found = get_object_or_404(corrections.access_corrections(viewer), uid=uid)
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        told = form.cleaned_data
        try:
            with transaction.atomic():
                corrections.answer(
                    viewer, found, told["words"], told["value"] if told["decision"] == "correct" else None
                )
        except single.NotAValue as error:
            form.add_error("value", str(error))
        except single.NotTogether:
            form.add_error("value", _("这个值与同一行的其他内容不符，登记库不接受。请先核对日期的先后和编号是否重复。"))
        except (PermissionDenied, corrections.Answered) as error:
            form.add_error(None, str(error))
            found.refresh_from_db()
        else:
            messages.success(request, _("已答复，对方已收到通知。"))
            return redirect("people:correction_answer", uid=uid)
    about = found.person or found.organisation
    if about is not None:
        saw(viewer, about, Purpose.DATA, [f"{found.table}.{found.column}"[:64]])
    row: Any = MODELS[found.table]._default_manager.select_related("managed_by").filter(pk=found.row).first()
    column = vocabulary().tables[found.table].columns[found.column]
    assert found.seen is not None
    facts = [
        Fact(_("提出时登记的"), found.seen.open()), Fact(_("对方认为应当是"), found.wanted.open()), Fact(_("对方的理由"), found.words),
        Fact(_("现在登记的"), (shown(row, column) if row else "") or _("没有登记"),
             source=f"{row.source} · {row.as_of.isoformat()} · {row.managed_by.name}" if row else ""),
        Fact(_("答复期限"), found.due_on.isoformat()),
    ]  # fmt: skip
    if found.answer:
        facts.append(Fact(_("答复"), found.answer, source=found.answered_by.name))
    return render(request, "people/answer.html", {
        "form": form, "of": found, "facts": facts, "title": corrections.label_of(found), "papers": _papers(found),
        "who": found.person.name if found.person else found.organisation.name,
        "crumbs": [Crumb(_("更正答复"), reverse("people:correction_queue")), Crumb(corrections.number_of(found))],
    }, status=422 if form.errors else 200)  # fmt: skip


def _papers(found: Any) -> list[tuple[str, str]]:
    """(name, address) of what was handed in with it; a role that opens papers looks at them for a purpose."""
    from huijiang.files.models import File

    held = File.objects.filter(subject=f"correction:{found.uid}", erased_at=None)
    return [(each.name.open(), reverse("files:file", args=[each.uid])) for each in held if each.name is not None]
