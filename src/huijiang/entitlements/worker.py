"""Pages of a worker: what I am owed, why, what the system knows of me, what time will bring, my objections."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from huijiang.access import doors
from huijiang.access.law import access_people
from huijiang.accounts.viewers import Viewer
from huijiang.entitlements import claiming, live, objections, portrait, wording
from huijiang.entitlements.explanation import explanation
from huijiang.entitlements.models import Objection, State
from huijiang.entitlements.sees import sees
from huijiang.web.components.benefits import Step
from huijiang.web.components.layout import Crumb

SHOWN_OF_ME = ("managed_by__name", "employer__name", "employer_none", "name", "uid")


def _me(request: HttpRequest) -> tuple[Viewer, Any]:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    return viewer, get_object_or_404(access_people(viewer).select_related("managed_by", "employer").only(*SHOWN_OF_ME))


def _result(viewer: Viewer, person: Any) -> live.Result:
    return live.of_person(person.pk, person.managed_by_id, viewer.on, sees(viewer))


def address(each: live.Entitlement) -> str:
    document, _hash, rule = each.key.partition("#")
    return reverse("entitlements:one", args=[document, rule, each.holder])


@doors.worker
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """The sum in the first sentence, then every result by state."""
    viewer, person = _me(request)
    result = _result(viewer, person)
    shown = wording.sections(result, address, reverse("entitlements:facts"), _claim)
    return render(request, "entitlements/mine.html", {
        "sections": shown, "first": wording.first_sentence(result, shown), "result": result,
        "told": portrait.my_short(viewer, person, result.own), "place": person.managed_by.name,
    })  # fmt: skip


def _claim(each: live.Entitlement) -> str:
    return claiming.address_of("worker", each)


def _one(request: HttpRequest, document: str, rule: str, holder: str) -> tuple[Viewer, Any, live.Result, Any]:
    viewer, person = _me(request)
    result = _result(viewer, person)
    found = result.find(f"{document}#{rule}", holder)
    if found is None:
        raise Http404
    return viewer, person, result, found


@doors.worker
@require_safe
def one(request: HttpRequest, document: str, rule: str, holder: str) -> HttpResponse:
    """Every condition and the working of the amount."""
    viewer, _person, result, found = _one(request, document, rule, holder)
    told = explanation(found, result)
    told["step"] = wording.next_step(found, "", _claim(found))
    told["crumbs"] = [Crumb(_("我能享受的政策"), reverse("entitlements:mine")), Crumb(found.name)]
    told["object"] = reverse("entitlements:object", args=[document, rule, holder])
    told["open_objections"] = Objection.objects.filter(user=viewer.user, benefit=found.key, holder=found.holder)
    return render(request, "entitlements/one.html", told)


@doors.worker
def object_to(request: HttpRequest, document: str, rule: str, holder: str) -> HttpResponse:
    """Say which condition, or the amount, is wrong; stored once."""
    viewer, person, _all, found = _one(request, document, rule, holder)
    form = objections.ObjectionForm(request.POST if request.method == "POST" else None, of=found)
    if request.method == "POST" and form.is_valid():
        made = objections.raise_objection(
            viewer, person, found, form.cleaned_data["condition"], form.cleaned_data["words"]
        )
        return redirect("entitlements:objection", uid=made.uid)
    told = {
        "form": form, "of": found,
        "crumbs": [Crumb(_("我能享受的政策"), reverse("entitlements:mine")), Crumb(found.name, address(found)),
                   Crumb(_("结果不对？"))],
    }  # fmt: skip
    return render(request, "entitlements/object.html", told, status=422 if form.is_bound else 200)


@doors.worker
@require_safe
def objection(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    viewer, _person = _me(request)
    found = get_object_or_404(Objection.objects.filter(user=viewer.user, person__in=viewer.people), uid=uid)
    return render(request, "entitlements/objection.html", {
        "objection": found, "name": objections.name_of(found), "number": objections.number_of(found),
    })  # fmt: skip


@doors.worker
@require_safe
def my_objections(request: HttpRequest) -> HttpResponse:
    viewer, _person = _me(request)
    found = Objection.objects.filter(user=viewer.user, person__in=viewer.people)
    table = objections.table_of(found, lambda each: reverse("entitlements:objection", args=[each.uid]))
    return render(request, "entitlements/my_objections.html", {"table": table, "count": len(table.rows)})


@doors.worker
@require_safe
def facts(request: HttpRequest) -> HttpResponse:
    """What the system knows, table by table."""
    viewer, person = _me(request)
    return render(request, "entitlements/facts.html", {"groups": portrait.groups(viewer, person), "person": person})


@doors.worker
@require_safe
def future(request: HttpRequest) -> HttpResponse:
    """What one condition keeps away: by time alone first, with the day; then what a step of mine would bring."""
    viewer, person = _me(request)
    result = _result(viewer, person)
    near = [each for each in result.of(State.NEAR) if each.to_me and each.step is not None]
    by_time = sorted((each for each in near if each.step.day), key=lambda each: each.step.day)  # type: ignore[union-attr, arg-type, return-value]
    by_step = [each for each in near if not each.step.day]  # type: ignore[union-attr]
    later = [each for each in result.money if each.high != each.due_high or each.low != each.due_low]
    lists = [
        (_("到那一天自然满足"), [(each.step.day.isoformat(), each) for each in by_time]),  # type: ignore[union-attr]
        (_("已经得到、以后按期发的"), [("", each) for each in later]),
        (_("再走一步就满足"), [("", each) for each in by_step]),
    ]
    shown = [(title, [_coming(day, each) for day, each in found]) for title, found in lists if found]
    return render(request, "entitlements/future.html", {"lists": shown, "count": sum(len(each) for _t, each in shown)})


def _coming(day: str, each: live.Entitlement) -> dict[str, Any]:
    step = wording.next_step(each, address(each)) if each.state is State.NEAR else None
    amount = wording.money(each)
    if each.state is State.READY:
        amount = wording.amount_of(each.low - each.due_low, None if each.high is None or each.due_high is None
                                   else each.high - each.due_high, _("以后还有"))  # fmt: skip
        step = Step(_("按期发放，期间条件要一直满足。"))
    return {"day": day, "name": each.name, "address": address(each), "step": step, "amount": amount,
            "clause": wording.clause_of(each, named=True)}  # fmt: skip
