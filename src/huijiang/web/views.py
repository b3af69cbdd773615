"""The public pages that belong to no room."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from huijiang.web import home, rules_page


@require_safe
def home_page(request: HttpRequest) -> HttpResponse:
    return show_home(request, home.SITE)


def show_home(request: HttpRequest, held: home.Home) -> HttpResponse:
    """A home page with what rooms have registered."""
    return render(
        request,
        "web/home.html",
        {"doors": held.doors(request), "search": held.search(), "announcements": held.announcements(request)},
    )


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    return render(request, "web/help.html")


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "web/accessibility.html")


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "web/privacy.html")


@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    return render(request, "web/rules.html", {"sections": rules_page.shown(request)})


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form came without its proof: too old, or from elsewhere.  Django calls this (CSRF_FAILURE_VIEW)."""
    return render(request, "web/csrf.html", status=403)
