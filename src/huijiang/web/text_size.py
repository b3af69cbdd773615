"""大字版: the whole site at 19 px instead of 16, kept in a cookie, without JavaScript."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

COOKIE = "text-size"
LARGE = "large"
ONE_YEAR = 365 * 24 * 60 * 60


def is_large(request: HttpRequest) -> bool:
    return request.COOKIES.get(COOKIE) == LARGE


@require_POST
def text_size(request: HttpRequest) -> HttpResponse:
    """Switch to the size named in `size` and go back to `next`, which must be a page of this site."""
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    response = HttpResponseRedirect(wanted if safe else "/")  # not `redirect`: that takes words for names of views
    if request.POST.get("size") == LARGE:
        response.set_cookie(
            COOKIE, LARGE, max_age=ONE_YEAR, samesite="Lax", httponly=True, secure=settings.SESSION_COOKIE_SECURE
        )
    else:
        response.delete_cookie(COOKIE, samesite="Lax")
    return response
