"""What every answer says about itself: only our own files run."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

Answer = Callable[[HttpRequest], HttpResponse]

HEADER = "Content-Security-Policy"
POLICY = (
    "default-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
)


class ContentPolicy:
    """No inline script, no inline style, nothing from elsewhere, on every page and every file.

    Forms go to this site alone, and to the sign-in services named in `FORM_ORIGINS` (a browser counts the
    redirect after a form as the form's own).
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response
        origins = " ".join(getattr(settings, "FORM_ORIGINS", ()))
        self.policy = "; ".join((*POLICY, f"form-action 'self' {origins}".rstrip()))

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers[HEADER] = self.policy
        return response


class PlainAddress:
    """An address with a NUL in it leads nowhere and asks nothing: no database takes one in a text."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            return render(request, "400.html", status=400)
        return self.get_response(request)


class BodyLimit:
    """A body that is larger than anything here takes is not read at all."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        said = request.META.get("CONTENT_LENGTH") or "0"
        if said.isdigit() and int(said) > settings.LARGEST_BODY:
            return render(request, "web/too_large.html", {"limit": settings.LARGEST_BODY >> 20}, status=413)
        return self.get_response(request)
