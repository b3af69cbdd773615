"""Service of letters at the desk: what waits, and writing down how one was served."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from huijiang.accounts.doors import staff
from huijiang.accounts.viewers import today
from huijiang.files.opening import FILES
from huijiang.letters.models import Kind, Letter, Service
from huijiang.letters.pages_mine import PER_PAGE, access_letters, table_of
from huijiang.letters.serving import serve
from huijiang.web.components.lists import Tab

officer = staff(*FILES)


class ServedForm(forms.Form):
    """How a letter was served."""

    way = forms.ChoiceField(
        label=gettext_lazy("怎样送达"), widget=forms.RadioSelect,
        choices=[each for each in Service.Way.choices if each[0] != Service.Way.IN_APP],
    )  # fmt: skip
    receiver = forms.ChoiceField(
        label=gettext_lazy("谁签收"), choices=Service.Receiver.choices, widget=forms.RadioSelect
    )
    on = forms.DateField(
        label=gettext_lazy("哪天送达"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    tracking = forms.CharField(label=gettext_lazy("邮寄单号"), max_length=40, required=False,
                               help_text=gettext_lazy("邮寄送达必须填写。"))  # fmt: skip

    def __init__(self, *args: Any, letter: Letter, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.letter = letter

    def clean_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["on"]
        if not self.letter.on <= day <= today():
            raise forms.ValidationError(
                _("应在文书日期 %(first)s 到今天之间。") % {"first": self.letter.on.isoformat()}
            )
        return day

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        if told.get("way") == Service.Way.POST and not told.get("tracking"):
            self.add_error("tracking", _("邮寄送达必须填写单号。"))
        return told


@officer
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """Letters of the officer's regions: those that wait for service first."""
    every = access_letters(request.viewer)  # type: ignore[attr-defined]
    waiting = every.exclude(kind=Kind.PUBLIC_NOTICE).filter(
        ~Exists(Service.objects.filter(letter=OuterRef("pk"))), withdrawal=None
    )
    whole = request.GET.get("all") == "1"
    tabs = [Tab(_("等待送达"), "?", waiting.count(), not whole), Tab(_("全部"), "?all=1", None, whole)]
    page = Paginator(every if whole else waiting.order_by("issued_at", "pk"), PER_PAGE).get_page(
        request.GET.get("page")
    )
    return render(request, "letters/desk.html", {"page": page, "table": table_of(list(page)), "tabs": tabs})


@officer
@require_http_methods(["GET", "HEAD", "POST"])
def served(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    found = get_object_or_404(access_letters(request.viewer), uid=uid)  # type: ignore[attr-defined]
    form = ServedForm(request.POST or None, letter=found, initial={"on": today()})
    if form.is_bound and form.is_valid():
        told = form.cleaned_data
        serve(request.user, found, told["way"], told["receiver"], told["on"], told["tracking"])  # type: ignore[arg-type]
        messages.success(request, _("送达已登记。"))
        return redirect("letters:letter", uid=found.uid)
    return render(request, "letters/served.html", {"form": form, "letter": found}, status=422 if form.is_bound else 200)
