"""Sign-in by OpenID Connect: allauth speaks the protocol (state, PKCE, tokens); who comes in is ours to say.

Nothing of what the service tells is stored: not the claims, not the tokens.
"""

from __future__ import annotations

from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.conf import settings
from django.http import HttpRequest

from huijiang.access.outside import arrive, refuse
from huijiang.accounts.models import SignIn


class Adapter(DefaultSocialAccountAdapter):
    """Takes the identity number from the claims and goes on by itself."""

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        told: dict[str, Any] = sociallogin.account.extra_data
        claims = {**(told.get("id_token") or {}), **(told.get("userinfo") or {})}
        number, name = claims.get(settings.OIDC_CLAIM), claims.get("name")
        raise ImmediateHttpResponse(arrive(request, str(number or ""), str(name or ""), SignIn.Way.OIDC))

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def on_authentication_error(self, request: HttpRequest, provider: object, **told: object) -> None:
        raise ImmediateHttpResponse(refuse(request, SignIn.Way.OIDC, "service"))
