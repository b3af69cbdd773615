"""What a person decides about their own data: whom they let act for them, and who looked."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from huijiang import audit
from huijiang.access import looks
from huijiang.access.doors import agent, worker
from huijiang.access.forms import ConsentForm
from huijiang.access.models import Consent, Sighting
from huijiang.access.views_outside import asks
from huijiang.accounts.tables import moment
from huijiang.accounts.viewers import Viewer, today
from huijiang.registry.linked import aliases, family
from huijiang.registry.models import MODELS, Organisation, Person
from huijiang.registry.vocabulary import references, vocabulary
from huijiang.web.components.tables import Cell, Column, Table
from huijiang.web.components.tags import Tag

PER_PAGE = 30


def concerned(viewer: Viewer) -> Any:
    """Organisations that a person has to do with: their employers, schools, trainers; only these may be given consent."""
    found = Q(pk__in=Person.objects.filter(pk__in=viewer.people, employer__isnull=False).values("employer"))
    for table in vocabulary().tables.values():
        people = {each.name for each in references(table, "person")}
        if table.person not in people:
            continue
        rows = MODELS[table.id]._default_manager.filter(**{f"{table.person}__in": viewer.people})
        for column in references(table, "organisation"):
            found |= Q(pk__in=rows.exclude(**{column.name: None}).values(column.name))
    return Organisation.objects.filter(found).exclude(pk__in=aliases("organisation")).order_by("pinyin")


@worker
@require_safe
def consents(request: HttpRequest) -> HttpResponse:
    """To whom, for what, until when; those taken back stay to be read."""
    viewer = request.viewer  # type: ignore[attr-defined]
    found = Consent.objects.filter(person__in=viewer.people).select_related("organisation").order_by("-given_at", "-id")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    columns = [
        Column(_("单位名称")),
        Column(_("用途")),
        Column(_("同意时间")),
        Column(_("有效至")),
        Column(_("状态"), "state"),
        Column(_("操作")),
    ]
    rows = [
        [
            Cell(each.organisation.name), each.get_purpose_display(), moment(each.given_at), each.until.isoformat(),
            Cell(tag=_state(each)),
            Cell(_("撤回同意"), reverse("access:withdraw", args=[each.pk])) if _holds(each) else Cell("—"),
        ]
        for each in page
    ]  # fmt: skip
    return render(request, "access/consents.html", {"page": page, "table": Table(_("授权同意"), columns, rows)})


def _holds(consent: Consent) -> bool:
    return consent.withdrawn_at is None and consent.until >= today()


def _state(consent: Consent) -> Tag:
    if consent.withdrawn_at is not None:
        return Tag(_("已撤回"), "grey")
    return Tag(_("有效"), "green") if _holds(consent) else Tag(_("已到期"), "grey")


@worker
@asks
@transaction.atomic
def give_consent(request: HttpRequest) -> HttpResponse:
    """Let a firm look, for a purpose, until a day; given again it holds until the new day."""
    viewer = request.viewer  # type: ignore[attr-defined]
    form = ConsentForm(request.POST or None, organisations=concerned(viewer))
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        Person.objects.select_for_update().get(pk=viewer.person)  # twice at once: one waits
        held = _standing(viewer, told["organisation"], told["purpose"])
        if [each.until for each in held] != [told["until"]]:
            held.update(withdrawn_at=timezone.now())
            Consent.objects.create(person_id=viewer.person, organisation=told["organisation"], purpose=told["purpose"],
                                   until=told["until"], given_by=viewer.user)  # fmt: skip
            audit.record(viewer.user, "access.consent", f"organisation:{told['organisation'].uid}",
                         purpose=told["purpose"], until=told["until"])  # fmt: skip
        messages.success(request, _("已同意，您随时可以撤回。"))
        return redirect("access:consents")
    return render(request, "access/give_consent.html", {"form": form})


def _standing(viewer: Viewer, organisation: Any, purpose: str) -> Any:
    """What was agreed to with a firm for a purpose and not taken back, under whichever record of either."""
    firms = family("organisation", organisation.pk)
    return Consent.objects.filter(person__in=viewer.people, organisation__in=firms, purpose=purpose, withdrawn_at=None)


@worker
@asks
@transaction.atomic
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    viewer = request.viewer  # type: ignore[attr-defined]
    consent = get_object_or_404(Consent.objects.select_related("organisation"), pk=pk, person__in=viewer.people)
    if request.method == "POST" and request.POST.get("confirmed") == "yes":
        if _standing(viewer, consent.organisation, consent.purpose).update(withdrawn_at=timezone.now()):
            audit.record(viewer.user, "access.consent_withdrawn", f"organisation:{consent.organisation.uid}",
                         purpose=consent.purpose)  # fmt: skip
        messages.success(request, _("已撤回，对方从现在起看不到。"))
        return redirect("access:consents")
    return render(request, "access/withdraw.html", {"consent": consent})


@worker
@require_safe
def seen_by(request: HttpRequest) -> HttpResponse:
    """Who looked at this person, as what, why, and at what."""
    viewer = request.viewer  # type: ignore[attr-defined]
    lead = _("工作人员和单位每次查看您的信息都会记在这里。")
    return _looks(request, _("谁看过我"), lead, Q(person__in=viewer.people), "person")


@agent
@require_safe
def firm_seen_by(request: HttpRequest) -> HttpResponse:
    """Who looked at the firm for which somebody acts."""
    viewer = request.viewer  # type: ignore[attr-defined]
    lead = _("工作人员和其他系统每次查看贵单位的信息都会记在这里。")
    return _looks(request, _("谁看过本单位"), lead, Q(organisation__in=viewer.firms), "organisation")


def _looks(request: HttpRequest, title: str, lead: str, which: Q, of: str) -> HttpResponse:
    found = Sighting.objects.filter(which).select_related("region", "viewer").order_by("-at", "-id")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    columns = [Column(_("时间")), Column(_("谁")), Column(_("地区")), Column(_("用途")), Column(_("看到的内容"))]
    rows = [
        [
            Cell(moment(each.at)), Cell(each.viewer.name, note=looks.capacity(each.capacity)), each.region.name if each.region else "—",
            looks.purpose(each.purpose), looks.columns(each.columns, of),
        ]
        for each in page
    ]  # fmt: skip
    return render(
        request,
        "access/seen_by.html",
        {"page": page, "title": title, "lead": lead, "table": Table(title, columns, rows)},
    )
