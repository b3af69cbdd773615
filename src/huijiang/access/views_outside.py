"""Coming in from a sign-in service, with a code from a counter, or not at all."""

from __future__ import annotations

import hmac
import secrets

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huijiang.access import counter, ticket
from huijiang.access.forms import ActivateForm
from huijiang.access.identities import account_of
from huijiang.access.outside import NEXT, arrive, refuse
from huijiang.accounts.models import SignIn
from huijiang.accounts.sign_in import begin
from huijiang.web.doors import public

STATE = "ticket state"
asks = require_http_methods(["GET", "HEAD", "POST"])


@public
@require_POST
def start_ticket(request: HttpRequest) -> HttpResponse:
    """Off to the service that hands out tickets."""
    if not settings.TICKET_LOGIN:
        raise Http404
    request.session[STATE] = secrets.token_urlsafe(24)
    request.session[NEXT] = request.POST.get("next", "")
    back = request.build_absolute_uri(reverse("access:ticket_back"))
    return redirect(ticket.way_there(back, request.session[STATE]))


@public
@require_safe
def ticket_back(request: HttpRequest) -> HttpResponse:
    """Back with a ticket; only for the session that set out."""
    known = request.session.pop(STATE, "")
    if not known or not hmac.compare_digest(known.encode(), request.GET.get("state", "").encode()):
        return refuse(request, SignIn.Way.TICKET, "state")
    try:
        told = ticket.exchange(request.GET.get("ticket", ""))
    except ticket.TicketRefused as error:
        return refuse(request, SignIn.Way.TICKET, str(error))
    return arrive(request, told.number, told.name, SignIn.Way.TICKET)


@public
@require_safe
def counter_needed(request: HttpRequest) -> HttpResponse:
    """The service knows the visitor, we don't: what to bring, and where."""
    return render(request, "access/counter_needed.html", status=403)


@public
@require_safe
def service_failed(request: HttpRequest) -> HttpResponse:
    return render(request, "access/service_failed.html", status=502)


@public
@sensitive_post_parameters("code", "new", "again")
@asks
@transaction.atomic
def activate(request: HttpRequest) -> HttpResponse:
    """Set up a sign-in with a code from a counter."""
    form = ActivateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        held = counter.valid_activation(told["code"])
        if held is None:
            form.add_error("code", _("激活码不对、用过了或已过期。请核对，或到窗口重新领取。"))
        elif account_of(held.person) is None and not told["login"]:
            form.add_error("login", _("请取一个登录名。"))
        else:
            user = counter.activate(held, told["login"], told["new"])
            messages.success(request, _("已开通，登录名是 %(login)s。") % {"login": user.login})
            return begin(request, user, SignIn.Way.ACTIVATION)
    return render(request, "access/activate.html", {"form": form})
