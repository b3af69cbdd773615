"""Whoever a sign-in service sends: matched by the number it vouches for, else told to come to a counter."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from huijiang import audit
from huijiang.access.identities import account_from_outside, person_of, same_name
from huijiang.accounts.models import SignIn
from huijiang.accounts.sign_in import begin, write_down

NEXT = "outside next"  # in the session: where the visitor was going


def arrive(request: HttpRequest, number: str, name: str, way: str) -> HttpResponse:
    """Sign in the person whom the service names.  No such person, another name, a closed account: to a counter."""
    try:
        person = person_of(number)
    except ValueError:
        person = None  # the service sent what is no number of ours
    if person is None or not same_name(person, name):
        return refuse(request, way, "unknown", number)
    user = account_from_outside(person)
    if not user.is_active:
        return refuse(request, way, "closed", number)
    return begin(request, user, way, request.session.pop(NEXT, ""))


def refuse(request: HttpRequest, way: str, why: str, number: str = "") -> HttpResponse:
    """To the page that says what to do; the log keeps a digest of the number."""
    write_down(request, None, f"number\0{number}", way, SignIn.Outcome.WRONG)
    audit.record(None, "access.sign_in_refused", way=way, why=why)
    return redirect("access:counter_needed" if why in ("unknown", "closed") else "access:service_failed")
