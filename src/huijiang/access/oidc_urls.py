"""The two addresses of OpenID Connect under the names that allauth looks for (no namespace of a room)."""

from __future__ import annotations

from functools import wraps

from allauth.socialaccount.providers.openid_connect import views
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from huijiang.access.outside import NEXT
from huijiang.web.doors import public


@public
@require_POST
@wraps(views.login)
def login(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Off to the service; only from a form, so that no foreign page sends anybody there."""
    request.session[NEXT] = request.POST.get("next", "")
    answer: HttpResponse = views.login(request, provider_id)
    return answer


@public
@require_safe
@wraps(views.callback)
def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    answer: HttpResponse = views.callback(request, provider_id)
    return answer


urlpatterns = [
    path("sign-in/oidc/<slug:provider_id>/login/", login, name="openid_connect_login"),
    path("sign-in/oidc/<slug:provider_id>/login/callback/", callback, name="openid_connect_callback"),
]
