"""What an operator sets about signing in and sending messages; `settings.py` takes every name of this module.

| variable | meaning | default |
|---|---|---|
| HUIJIANG_PASSWORD_DAYS | days after which a password must be changed | 180 |
| HUIJIANG_IDLE_MINUTES | minutes without a click after which a session ends | 30 |
| HUIJIANG_FAILURES, HUIJIANG_LOCK_MINUTES | wrong tries before an account is locked, and for how long | 5, 30 |
| HUIJIANG_MAIL | smtp://user:password@host:port or smtps://…; empty: no mail | |
| HUIJIANG_MAIL_FROM | the sender | |
| HUIJIANG_SMS, HUIJIANG_SMS_TOKEN | address of the SMS gateway (HTTP, JSON) and its token; empty: no SMS | |
| HUIJIANG_OIDC, …_CLIENT, …_SECRET, …_NAME, …_CLAIM | an OpenID Connect service and the claim with the identity number | |
| HUIJIANG_TICKET_LOGIN, …_EXCHANGE, …_APP, …_SECRET, …_NAME | a sign-in service that hands out one-time tickets | |
"""

from __future__ import annotations

import datetime as dt
import os
from urllib.parse import unquote, urlsplit

from huijiang.configuration import ConfigurationError, number, secret, switch


def _address(name: str, *schemes: str) -> str:
    said = os.environ.get(name, "").strip()
    if said and (urlsplit(said).scheme not in schemes or not urlsplit(said).hostname):
        raise ConfigurationError(f"{name}: {said!r}；应为 expected {' or '.join(f'{each}://…' for each in schemes)}")
    return said


def _origin(address: str) -> list[str]:
    parts = urlsplit(address)
    return [f"{parts.scheme}://{parts.netloc}"] if address else []


LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "web:home"
LOGOUT_REDIRECT_URL = "web:home"
PASSWORD_DAYS = number("HUIJIANG_PASSWORD_DAYS", 180)
IDLE_MINUTES = number("HUIJIANG_IDLE_MINUTES", 30)
BEHIND_PROXY = switch("HUIJIANG_PROXY")  # then the last address of X-Forwarded-For is the visitor's

AXES_FAILURE_LIMIT = number("HUIJIANG_FAILURES", 5)
AXES_COOLOFF_TIME = dt.timedelta(minutes=number("HUIJIANG_LOCK_MINUTES", 30))
AXES_LOCKOUT_PARAMETERS = ["username", "ip_address"]
AXES_HANDLER = "huijiang.accounts.lockout.Handler"
AXES_LOCKOUT_CALLABLE = "huijiang.accounts.lockout.answer"
AXES_CLIENT_IP_CALLABLE = "huijiang.accounts.devices.address"
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True  # SignIn is the log: with digests, and with every way in
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_SENSITIVE_PARAMETERS = ["login", "username", "ip_address", "code", "csrfmiddlewaretoken"]

ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = "login"
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_EMAIL_VERIFICATION = "none"

OIDC_SERVER = _address("HUIJIANG_OIDC", "https", "http")
OIDC_CLAIM = os.environ.get("HUIJIANG_OIDC_CLAIM") or "id_number"
OIDC_NAME = os.environ.get("HUIJIANG_OIDC_NAME") or "统一身份认证"
SOCIALACCOUNT_ADAPTER = "huijiang.access.oidc.Adapter"
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "main",
                "name": OIDC_NAME,
                "client_id": os.environ.get("HUIJIANG_OIDC_CLIENT", ""),
                "secret": secret("HUIJIANG_OIDC_SECRET", "oidc"),
                "settings": {"server_url": OIDC_SERVER},
            }
        ] if OIDC_SERVER else [],
    }
}  # fmt: skip

TICKET_LOGIN = _address("HUIJIANG_TICKET_LOGIN", "https", "http")
TICKET_EXCHANGE = _address("HUIJIANG_TICKET_EXCHANGE", "https", "http")
TICKET_APP = os.environ.get("HUIJIANG_TICKET_APP", "")
TICKET_SECRET = secret("HUIJIANG_TICKET_SECRET", "ticket")
TICKET_NAME = os.environ.get("HUIJIANG_TICKET_NAME") or "省统一身份认证"

SIGN_IN_ORIGINS = [*_origin(OIDC_SERVER), *_origin(TICKET_LOGIN)]  # a form may lead there

MAIL = _address("HUIJIANG_MAIL", "smtp", "smtps")
EMAIL_HOST = urlsplit(MAIL).hostname or "localhost"
EMAIL_PORT = urlsplit(MAIL).port or (465 if MAIL.startswith("smtps") else 25)
EMAIL_HOST_USER = unquote(urlsplit(MAIL).username or "")
EMAIL_HOST_PASSWORD = unquote(urlsplit(MAIL).password or "")
EMAIL_USE_SSL = MAIL.startswith("smtps")
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = os.environ.get("HUIJIANG_MAIL_FROM") or "huijiang@localhost"
SMS = _address("HUIJIANG_SMS", "https", "http")
SMS_TOKEN = secret("HUIJIANG_SMS_TOKEN", "sms")

__all__ = [name for name in dir() if name.isupper() and not name.startswith("_")]
