"""What an office sets: who its signers are as people, how benefits are handled, which days are worked."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from huijiang import audit
from huijiang.access import humans
from huijiang.access.law import in_scope
from huijiang.accounts.doors import staff
from huijiang.accounts.models import Role
from huijiang.accounts.viewers import Viewer, today
from huijiang.claims import clock, queue
from huijiang.claims.models import DayOverride, ServiceTerms
from huijiang.claims.pages_desk import asks, viewer_of
from huijiang.claims.public_notice import name_of
from huijiang.regions.models import Region
from huijiang.web.components.tables import Cell, Column, Table
from huijiang.web.forms import choice

LATEST = 10  # years ahead that somebody may write an exception for

security = staff(Role.SECURITY_ADMIN)
setting = staff(Role.SYSTEM_ADMIN, Role.INTAKE)


# -- who the signers are -------------------------------------------------------------------
class NumberForm(forms.Form):
    """The document that was seen."""

    number = forms.CharField(label=gettext_lazy("证件号码"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"}),
                             help_text=gettext_lazy("看过原件后登记。只用来保证同一个人不签两次，加密保存。"))  # fmt: skip


def _here(viewer: Viewer) -> Q:
    """Grants for the administrator's regions."""
    return in_scope(viewer.paths(Role.SECURITY_ADMIN), "region")


@security
@require_safe
def identities(request: HttpRequest) -> HttpResponse:
    """Staff who may sign and whose document nobody saw: two accounts of theirs would count as two people."""
    rows = [
        [Cell(each.name, reverse("claims:identity", args=[each.uid])), each.login]
        for each in humans.unknown_signers(_here(viewer_of(request)))[:500]
    ]
    table = Table(_("还没有登记证件的签署人"), [Column(_("姓名")), Column(_("登录名"))], rows) if rows else None
    return render(request, "claims/identities.html", {"table": table})


@security
@asks
def identity(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    found = get_object_or_404(humans.signers(_here(viewer_of(request))), uid=uid)
    form = NumberForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            humans.know(found, form.cleaned_data["number"], viewer_of(request).user)
        except ValueError as error:
            form.add_error("number", str(error))
        else:
            messages.success(request, _("已登记%(name)s的证件。") % {"name": found.name})
            return redirect("claims:identities")
    return render(request, "claims/identity.html", {"form": form, "found": found}, status=422 if form.is_bound else 200)


# -- how benefits are handled ----------------------------------------------------------------
def places(viewer: Viewer) -> list[Region]:
    """The places for which the viewer sets terms."""
    return list(Region.objects.filter(in_scope_of_codes(viewer)).order_by("path"))


def in_scope_of_codes(viewer: Viewer) -> Q:
    return Q(pk__in=[path.rstrip("/").rpartition("/")[2] for path in viewer.paths()])


class TermsForm(forms.ModelForm):  # type: ignore[type-arg]
    """Days and notice policy of one benefit (or all) in one place."""

    benefit = forms.ChoiceField(
        label=gettext_lazy("项目"), required=False, widget=forms.Select(attrs={"lang": "zh-Hans"})
    )

    class Meta:
        model = ServiceTerms
        fields = ("region", "benefit", "legal_days", "correction_days", "objection_days", "notice_due", "notice_days", "sensitive",
                  "contact", "appeal")  # fmt: skip
        labels: ClassVar = {
            "region": gettext_lazy("地区"), "legal_days": gettext_lazy("办理时限（工作日）"), "correction_days": gettext_lazy("补正期限（工作日）"),
            "objection_days": gettext_lazy("异议答复期限（工作日）"), "notice_due": gettext_lazy("需要公示"), "notice_days": gettext_lazy("公示天数"),
            "sensitive": gettext_lazy("公示只列受理编号"), "contact": gettext_lazy("异议受理的电话和地址"), "appeal": gettext_lazy("救济途径"),
        }  # fmt: skip
        widgets: ClassVar = {
            "appeal": forms.Textarea(attrs={"rows": 4}),
            "region": forms.Select(attrs={"lang": "zh-Hans"}),
        }

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        region: Any = self.fields["region"]
        region.queryset = Region.objects.filter(in_scope_of_codes(viewer))
        region.empty_label = _("请选择")
        known = list(dict.fromkeys([*queue.benefits(), *([self.instance.benefit] if self.instance.benefit else [])]))
        choice(self, "benefit").choices = [("", _("这个地区的全部项目")), *((each, name_of(each)) for each in known)]
        if self.instance.pk:
            self.fields["region"].disabled = self.fields["benefit"].disabled = True


@setting
@require_safe
def terms(request: HttpRequest) -> HttpResponse:
    found = (
        ServiceTerms.objects.filter(in_scope(viewer_of(request).paths(), "region"))
        .select_related("region")
        .order_by("region", "benefit")
    )
    columns = [
        Column(_("项目")),
        Column(_("地区")),
        Column(_("办理（工作日）"), "number"),
        Column(_("补正（工作日）"), "number"),
        Column(_("公示（天）"), "number"),
    ]
    rows = [[Cell(name_of(each.benefit) if each.benefit else _("所有项目"), reverse("claims:terms_edit", args=[each.pk])), each.region.name,
             str(each.legal_days), str(each.correction_days), str(each.notice_days) if each.notice_due else _("不公示")] for each in found]  # fmt: skip
    return render(request, "claims/terms.html", {"table": Table(_("办理要求"), columns, rows) if rows else None})


@setting
@asks
def terms_new(request: HttpRequest) -> HttpResponse:
    return _terms(request, None)


@setting
@asks
def terms_edit(request: HttpRequest, pk: int) -> HttpResponse:
    return _terms(
        request, get_object_or_404(ServiceTerms.objects.filter(in_scope(viewer_of(request).paths(), "region")), pk=pk)
    )


def _terms(request: HttpRequest, found: ServiceTerms | None) -> HttpResponse:
    """A change holds for claims that are sent from now on; those under way keep their days."""
    viewer = viewer_of(request)
    form = TermsForm(request.POST if request.method == "POST" else None, instance=found, viewer=viewer)
    if form.is_bound and form.is_valid():
        with transaction.atomic():
            made = form.save(commit=False)
            made.made_by = viewer.user
            made.save()
            audit.record(viewer.user, "claims.terms", f"terms:{made.pk}", made.region_id, benefit=made.benefit, legal_days=made.legal_days,
                         notice_due=made.notice_due, notice_days=made.notice_days)  # fmt: skip
        messages.success(request, _("办理要求已保存，对今后提交的申报有效。"))
        return redirect("claims:terms")
    return render(
        request, "claims/terms_edit.html", {"form": form, "found": found}, status=422 if form.is_bound else 200
    )


# -- days -------------------------------------------------------------------------------------
class DayForm(forms.Form):
    """One day that is worked, or not, whatever the calendar says."""

    day = forms.DateField(label=gettext_lazy("日期"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    region = forms.ChoiceField(label=gettext_lazy("地区"), widget=forms.Select(attrs={"lang": "zh-Hans"}))
    works = forms.ChoiceField(
        label=gettext_lazy("上班吗"),
        choices=[("yes", gettext_lazy("上班")), ("no", gettext_lazy("不上班"))],
        widget=forms.RadioSelect,
    )
    words = forms.CharField(label=gettext_lazy("说明"), max_length=120)

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice(self, "region").choices = [(each.pk, each.name) for each in places(viewer)]

    def clean_day(self) -> dt.date:
        """A day of the years that deadlines lie in."""
        day: dt.date = self.cleaned_data["day"]
        if not today().year - 1 <= day.year <= today().year + LATEST:
            raise forms.ValidationError(_("应为去年到十年以后的一天。"))
        return day


@setting
@asks
def days(request: HttpRequest) -> HttpResponse:
    """Overrides of the calendar; the deadlines of what is under way are counted anew."""
    viewer = viewer_of(request)
    form = DayForm(request.POST if request.method == "POST" else None, viewer=viewer)
    if form.is_bound and form.is_valid():
        told = form.cleaned_data
        with transaction.atomic():
            made, _new = DayOverride.objects.update_or_create(
                day=told["day"], region_id=told["region"],
                defaults={"works": told["works"] == "yes", "words": told["words"], "made_by": viewer.user},
            )  # fmt: skip
            moved = clock.recount(made.day, made.region)
            audit.record(viewer.user, "claims.day", f"day:{made.day.isoformat()}", told["region"], works=made.works,
                         moved=moved)  # fmt: skip
        messages.success(request, _("已保存。%(n)s 件在办申报的办理期限随之改动。") % {"n": moved})
        return redirect("claims:days")
    found = DayOverride.objects.filter(
        Q(region=None) | in_scope(viewer.paths(), "region"), day__year__gte=today().year - 1
    ).select_related("region")
    columns = [Column(_("日期")), Column(_("地区")), Column(_("上班吗"), "state"), Column(_("说明"))]
    rows = [
        [
            each.day.isoformat(),
            each.region.name if each.region else _("全国"),
            _("上班") if each.works else _("不上班"),
            each.words,
        ]
        for each in found[:200]
    ]
    return render(request, "claims/days.html", {"form": form, "table": Table(_("工作日调整"), columns, rows) if rows else None},
                  status=422 if form.is_bound else 200)  # fmt: skip
