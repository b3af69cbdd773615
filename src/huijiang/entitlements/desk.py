"""Pages of officers: find a person or a firm within one's regions, see what they see, answer objections.

What is searched for goes by POST: no name and no number stands in an address, a log or a history.
"""

from __future__ import annotations

import uuid
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huijiang import audit
from huijiang.access import looks, purposes
from huijiang.access.law import FACTS, access_organisations, access_people, in_scope
from huijiang.access.models import Sighting
from huijiang.access.sightings import UNMASK, Purpose, masked, saw, saw_all
from huijiang.access.sightings import unmask as open_number
from huijiang.accounts.doors import staff
from huijiang.accounts.models import Role
from huijiang.accounts.viewers import Viewer
from huijiang.entitlements import firm as firm_pages
from huijiang.entitlements import live, objections, portrait, wording
from huijiang.entitlements.explanation import explanation
from huijiang.entitlements.models import Objection
from huijiang.entitlements.sees import sees
from huijiang.registry import names
from huijiang.registry.identity import read_document
from huijiang.registry.linked import family
from huijiang.registry.models import IdentityDocument, Organisation, Person
from huijiang.sealed import found_by
from huijiang.web.components.layout import Crumb
from huijiang.web.components.lists import Event, Tab
from huijiang.web.components.tables import Cell, Column, Table

SHOWN: Final = 20
ENOUGH: Final = 500  # people of a name that are looked at
officer = staff(*FACTS)
answering = staff(Role.REVIEWER, Role.SECOND_REVIEWER, Role.SUPERVISOR)


class SearchForm(forms.Form):
    words = forms.CharField(
        label=gettext_lazy("姓名、拼音或证件号码"), max_length=64,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip


class FirmForm(forms.Form):
    words = forms.CharField(
        label=gettext_lazy("单位名称、拼音或统一社会信用代码"), max_length=64,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip


class AnswerForm(forms.Form):
    words = forms.CharField(
        label=gettext_lazy("答复"), max_length=2_000, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("本人会原样看到。写明核对了什么、依据哪一条、接下来怎样。"),
    )  # fmt: skip


def _viewer(request: HttpRequest) -> Viewer:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    return viewer


@officer
def people(request: HttpRequest) -> HttpResponse:
    """Search; the answer is the same page."""
    form = _search(request, SearchForm)
    told: dict[str, Any] = {"form": form, "title": _("查找个人")}
    if form.is_bound and form.is_valid():
        viewer = _viewer(request)
        found = list(find_people(viewer, form.cleaned_data["words"])[: SHOWN + 1])
        _searched(request, form, "person", found)
        told |= {"table": _people_table(found[:SHOWN]), "count": len(found[:SHOWN]), "more": len(found) > SHOWN}
    return render(request, "entitlements/search.html", told, status=422 if form.errors else 200)


def _search(request: HttpRequest, form: type[forms.Form]) -> forms.Form:
    """The form of a search, with the purpose of the work at hand chosen already."""
    asked = purposes.asked_in(form)
    return asked(request.POST) if request.method == "POST" else asked(initial={"purpose": purposes.kept(request)})


def _searched(request: HttpRequest, form: forms.Form, kind: str, found: list[Any]) -> None:
    """Whoever is listed was seen, for the purpose that was said; it holds for what is opened from the list."""
    viewer, purpose = _viewer(request), form.cleaned_data["purpose"]
    purposes.keep(request, purpose)
    with transaction.atomic():
        saw_all(viewer, found[:SHOWN], purpose, ["search"])
        audit.record(viewer.user, "entitlements.search", kind, words=audit.digest(form.cleaned_data["words"]),
                     purpose=purpose, found=len(found))  # fmt: skip


def find_people(viewer: Viewer, words: str) -> QuerySet[Any]:
    """People of the viewer's regions by identity number, by name, or by the sounds of the name."""
    within = access_people(viewer).select_related("managed_by", "employer").order_by("pinyin", "pk")
    if any(character.isdigit() for character in words):
        try:
            number = read_document(words).matched
        except ValueError:
            return within.none()
        return within.filter(
            pk__in=IdentityDocument.objects.filter(found_by(IdentityDocument, "matched", number)).values("person")
        )
    # Of a surname that a fifth of the county bears a few hundred are enough to say "more than are shown": sorting
    # two hundred thousand rows for twenty is what makes such a search slow.
    # Those whom the viewer's own regions manage come first: who belongs by a spell alone is looked for only where they
    # do not fill the page.  Where few people bear the name at all, their spells are looked up one by one; else
    # PostgreSQL reads every spell of the region once.
    own = within.order_by().filter(in_scope(viewer.paths(*FACTS)), _named(words)).values_list("pk", flat=True)[:ENOUGH]
    few: Any = list(own)
    if len(few) < ENOUGH:
        bearers = list(Person.objects.filter(_named(words)).values_list("pk", flat=True)[: ENOUGH + 1])
        few = bearers if len(bearers) <= ENOUGH else within.order_by().filter(_named(words)).values("pk")[:ENOUGH]
    return within.filter(pk__in=few)


def _named(words: str) -> Q:
    plain = names.matched(words)
    if not plain:
        return Q(pk__in=())
    return Q(name_key=plain) | (
        Q(pinyin__startswith=" ".join(words.casefold().split())) if words.isascii() else Q(name_key__startswith=plain)
    )


def _people_table(found: list[Any]) -> Table:
    columns = [Column(_("姓名")), Column(_("出生年份")), Column(_("工作单位")), Column(_("管理地区"))]
    rows = [
        [Cell(hidden_name(each.name), reverse("entitlements:person", args=[each.uid])),
         f"{each.birth_date:%Y}" if each.birth_date else _("不知道"), each.employer.name if each.employer else "—", each.managed_by.name]
        for each in found
    ]  # fmt: skip
    return Table(_("找到的人"), columns, rows)


def hidden_name(name: str) -> str:
    """The family name only: enough in a list."""
    return name[:1] + "*" * min(2, max(1, len(name) - 1))


@officer
def person(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Why first; then what the person sees, and who has looked."""
    viewer = _viewer(request)
    found = get_object_or_404(access_people(viewer).select_related("managed_by", "employer"), uid=uid)
    crumbs = [Crumb(_("查找个人"), reverse("entitlements:people")), Crumb(hidden_name(found.name))]
    asked = asked_why(request, found, hidden_name(found.name), crumbs)
    if asked is not None:
        return asked
    purpose = purposes.kept(request, found.uid)
    groups = portrait.groups(viewer, found)
    saw(viewer, found, purpose, [each.table for each in groups])
    result = live.of_person(found.pk, found.managed_by_id, viewer.on, sees(viewer))
    sections = wording.sections(result, lambda each: _result_address(uid, each))
    return render(request, "entitlements/person.html", {
        "person": found, "crumbs": crumbs, "sections": sections, "first": wording.first_sentence(result, sections),
        "result": result, "groups": groups, "told": portrait.in_short(viewer, found), "looks": _looks(found),
        "documents": [(each, masked(each.number.open())) for each in found.documents.all()],
        "may_unmask": bool(viewer.roles & UNMASK), "purpose": Purpose(purpose).label,
    })  # fmt: skip


def asked_why(request: HttpRequest, found: Any, name: str, crumbs: list[Crumb]) -> HttpResponse | None:
    """The question why somebody is opened, or where its answer leads; None where the purpose is known.

    `?why=1` asks again, to look for another purpose.
    """
    form = purposes.PurposeForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        purposes.keep(request, form.cleaned_data["purpose"], found.uid)
        onward = request.GET.copy()
        onward.pop("why", None)
        return redirect(f"{request.path}?{onward.urlencode()}" if onward else request.path)
    if purposes.kept(request, found.uid) and not form.is_bound and request.GET.get("why") != "1":
        return None
    firm = isinstance(found, Organisation)
    return render(request, "entitlements/purpose.html", {"form": form, "person": name, "crumbs": crumbs, "firm": firm},
                  status=422 if form.errors else 200)  # fmt: skip


def _result_address(uid: uuid.UUID, each: live.Entitlement) -> str:
    document, _hash, rule = each.key.partition("#")
    return reverse("entitlements:person_result", args=[uid, document, rule, each.holder])


def _looks(found: Any) -> list[Event]:
    seen = (
        Sighting.objects.filter(person__in=family("person", found.pk))
        .select_related("viewer", "region")
        .order_by("-at")[:SHOWN]
    )
    return [
        Event(localtime(each.at), looks.purpose(each.purpose),
              each.region.name if each.region else "", each.viewer.name)
        for each in seen
    ]  # fmt: skip


def _open_person(request: HttpRequest, uid: uuid.UUID) -> tuple[Viewer, Any, str] | None:
    """The person, where this officer has said why."""
    viewer = _viewer(request)
    found = get_object_or_404(access_people(viewer).select_related("managed_by"), uid=uid)
    purpose = purposes.kept(request, found.uid)
    return (viewer, found, purpose) if purpose else None


@officer
@require_safe
def result(request: HttpRequest, uid: uuid.UUID, document: str, rule: str, holder: str) -> HttpResponse:
    """One result of a person in full."""
    opened = _open_person(request, uid)
    if opened is None:
        return redirect("entitlements:person", uid=uid)
    viewer, found, purpose = opened
    everything = live.of_person(found.pk, found.managed_by_id, viewer.on, sees(viewer))
    one = everything.find(f"{document}#{rule}", holder)
    if one is None:
        raise Http404
    saw(viewer, found, purpose, [f"result {one.key}"[:64]])
    told = explanation(one, everything)
    told["step"] = wording.next_step(one, "")
    told["crumbs"] = [Crumb(_("查找个人"), reverse("entitlements:people")),
                      Crumb(hidden_name(found.name), reverse("entitlements:person", args=[uid])), Crumb(one.name)]  # fmt: skip
    return render(request, "entitlements/one.html", told)


@officer
@require_POST
def unmask(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One number in full, for the purpose that was given; the person can read that it was."""
    opened = _open_person(request, uid)
    if opened is None:
        return redirect("entitlements:person", uid=uid)
    viewer, found, purpose = opened
    try:
        document = get_object_or_404(found.documents, pk=int(request.POST.get("document", "")))
    except ValueError:
        raise Http404 from None
    number = open_number(viewer, document, purpose)
    return render(
        request, "entitlements/unmasked.html", {"number": number, "kind": document.kind, "uid": uid, "name": found.name}
    )


@officer
def firms(request: HttpRequest) -> HttpResponse:
    """Search for a firm."""
    form = _search(request, FirmForm)
    told: dict[str, Any] = {"form": form, "title": _("查找单位")}
    if form.is_bound and form.is_valid():
        words = form.cleaned_data["words"].strip()
        within = access_organisations(_viewer(request)).select_related("managed_by").order_by("pinyin", "pk")
        found = list(within.filter(Q(uscc=words.upper()) | _named(words))[: SHOWN + 1])
        _searched(request, form, "organisation", found)
        columns = [Column(_("单位")), Column(_("统一社会信用代码")), Column(_("类型")), Column(_("管理地区"))]
        rows = [[Cell(each.name, reverse("entitlements:firm_seen", args=[each.uid])), each.uscc or _("不知道"),
                 each.kind or _("不知道"), each.managed_by.name] for each in found[:SHOWN]]  # fmt: skip
        told |= {"table": Table(_("找到的单位"), columns, rows), "count": len(rows), "more": len(found) > SHOWN}
    return render(request, "entitlements/search.html", told, status=422 if form.errors else 200)


@officer
@require_http_methods(["GET", "HEAD", "POST"])
def firm(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Why first; then what a firm is owed by the last night, as the firm sees it."""
    viewer = _viewer(request)
    found = get_object_or_404(access_organisations(viewer).select_related("managed_by"), uid=uid)
    crumbs = [Crumb(_("查找单位"), reverse("entitlements:firms")), Crumb(found.name)]
    asked = asked_why(request, found, found.name, crumbs)
    if asked is not None:
        return asked
    purpose = purposes.kept(request, found.uid)
    saw(viewer, found, purpose, ["results"])
    lines = firm_pages.by_benefit(found)
    return render(request, "entitlements/firm_results.html", {
        "firm": found, "groups": firm_pages.grouped(lines, False), "first": firm_pages.first_of(lines),
        "owed": firm_pages.staff_owed(found), "night": firm_pages.last_night(found), "officer": True,
        "crumbs": crumbs, "purpose": Purpose(purpose).label,
    })  # fmt: skip


def _objections(viewer: Viewer) -> QuerySet[Objection]:
    scope = in_scope(viewer.paths(), "region")
    return Objection.objects.filter(scope).exclude(user=viewer.user).select_related("region", "person")


@answering
@require_safe
def objection_queue(request: HttpRequest) -> HttpResponse:
    """Waiting ones first come first; the answered ones on their own tab."""
    within = _objections(_viewer(request))
    answered = request.GET.get("tab") == "answered"
    here = reverse("entitlements:objection_queue")
    waiting, done = within.filter(answered_at=None).order_by("made_at"), within.exclude(answered_at=None)
    tabs = [
        Tab(_("等待答复"), here, waiting.count(), not answered),
        Tab(_("已答复"), f"{here}?tab=answered", done.count(), answered),
    ]
    table = objections.table_of((done if answered else waiting)[:200],
                                lambda each: reverse("entitlements:objection_answer", args=[each.uid]), who=True)  # fmt: skip
    return render(
        request, "entitlements/objection_queue.html", {"tabs": tabs, "table": table, "count": len(table.rows)}
    )


@answering
def objection(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Read it, look at the result as it is today, answer it."""
    viewer = _viewer(request)
    found = get_object_or_404(_objections(viewer), uid=uid)
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        if not objections.answer(viewer, found, form.cleaned_data["words"]):
            messages.warning(request, _("已经有人答复过了，您的没有保存。"))
        return redirect("entitlements:objection_answer", uid=uid)
    seen = False
    if found.person is not None and access_people(viewer).filter(pk=found.person_id).exists():
        seen = True
        saw(viewer, found.person, Purpose.REVIEW, ["objection"])
    return render(request, "entitlements/objection_answer.html", {
        "form": form, "objection": found, "name": objections.name_of(found), "number": objections.number_of(found),
        "person": found.person if seen else None,
        "crumbs": [Crumb(_("异议"), reverse("entitlements:objection_queue")), Crumb(objections.number_of(found))],
    }, status=422 if form.errors else 200)  # fmt: skip
