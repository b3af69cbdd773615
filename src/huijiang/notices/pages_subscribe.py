"""Subscribing without an account: an address, a link that proves it, a link that forgets it."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from huijiang.notices import subscribing
from huijiang.notices.forms import SubscribeForm
from huijiang.web.doors import public
from huijiang.web.language import language

asks = require_http_methods(["GET", "HEAD", "POST"])


@public
@asks
def subscribe(request: HttpRequest) -> HttpResponse:
    """The answer is the same whether the address is known or not."""
    form = SubscribeForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid() and settings.MAIL:
        told = form.cleaned_data
        subscribing.ask(told["mail"], told["topics"], form.regions(), language())
        return render(request, "notices/subscribe_sent.html")
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "notices/subscribe.html", {"form": form, "mail": bool(settings.MAIL)}, status=status)


@public
@asks
def confirm(request: HttpRequest, key: str) -> HttpResponse:
    """A button, not the link itself: programs that look through mail open links."""
    found = subscribing.by_key(key) if len(key) <= 64 else None
    if found is None:
        raise Http404
    if request.method == "POST":
        subscribing.confirm(found)
        return render(request, "notices/subscribed.html", {"key": key})
    return render(request, "notices/confirm.html", {"found": found})


@public
@asks
def leave(request: HttpRequest, key: str) -> HttpResponse:
    found = subscribing.by_key(key) if len(key) <= 64 else None
    if found is None:
        raise Http404
    if request.method == "POST":
        subscribing.leave(found)
        return render(request, "notices/left.html")
    return render(request, "notices/leave.html", {"found": found})
