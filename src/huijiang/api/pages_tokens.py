"""A person's own tokens: an app may look for them, within what they chose, until they take it back."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from huijiang.access.doors import worker
from huijiang.accounts.views_sign_in import asks
from huijiang.api import tables, tokens
from huijiang.api.forms import OwnTokenForm
from huijiang.api.models import Token


@worker
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    return _page(request)


def _page(request: HttpRequest, secret: str = "") -> HttpResponse:
    found = Token.objects.filter(owner=request.user)  # type: ignore[misc]  # the door lets in who is signed in
    response = render(
        request, "api/my_tokens.html", {"table": tables.tokens(found, "api:my_token_revoke"), "secret": secret}
    )
    response.headers["Cache-Control"] = "private, no-store"
    return response


@worker
@asks
def new(request: HttpRequest) -> HttpResponse:
    form = OwnTokenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            _token, secret = tokens.issue_own(request.user, told["name"], told["scopes"], told["days"])  # type: ignore[arg-type]
        except tokens.NotIssued as error:
            form.add_error(None, str(error))
        else:
            return _page(request, secret)
    return render(request, "api/my_token_new.html", {"form": form})


@worker
@asks
def revoke(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    token = get_object_or_404(Token, owner=request.user, uid=uid)
    if request.method == "POST" and request.POST.get("confirmed") == "yes":
        tokens.revoke(token, request.user)  # type: ignore[arg-type]
        messages.success(request, _("已收回，这个应用不能再看您的信息。"))
        return redirect("api:my_tokens")
    told = {"title": _("收回这个应用的授权？"), "text": _("应用立即不能再看您的信息。"), "yes": _("收回"), "danger": True,
            "more": f"{token.mark}… {token.name}", "back": reverse("api:my_tokens")}  # fmt: skip
    return render(request, "api/sure.html", told)
