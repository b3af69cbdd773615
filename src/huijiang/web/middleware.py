"""What every answer says about itself: only our own files run."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, QueryDict
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


class BodyLimit:
    """A body that is larger than anything here takes is not read at all."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        said = request.META.get("CONTENT_LENGTH") or "0"
        if said.isascii() and said.isdigit() and int(said) > settings.LARGEST_BODY:
            return render(request, "web/too_large.html", {"limit": settings.LARGEST_BODY >> 20}, status=413)
        return self.get_response(request)


NUL = "\x00"


class NoNulls:
    """The database keeps no NUL in a text and nobody types one: an address, question or form with one is not read (400).

    Forms refuse it field by field; this is for what views read themselves.  What is sent to interfaces they judge in
    their own words.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if NUL in request.path_info or _holds(request.GET):
            raise BadRequest("NUL in the address")
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> None:
        if not request.path_info.startswith("/api/") and _holds(request.POST):
            raise BadRequest("NUL in a form")


def _holds(told: QueryDict) -> bool:
    return any(NUL in name or any(NUL in each for each in values) for name, values in told.lists())
