"""What an operator sets about the API; `settings.py` takes every name of this module.

| variable | meaning | default |
|---|---|---|
| HUIJIANG_API_RATE | requests a minute of a person's token (a client's figure is set at its registration) | 600 |
| HUIJIANG_API_ADDRESS_RATE | requests a minute from one address without a token | 300 |
| HUIJIANG_WEBHOOK_HOSTS | host:port,host:port: the only places that webhooks are sent to | none |
| HUIJIANG_WEBHOOK_LOOPBACK | 1: these places may be on this machine | 0 |
| HUIJIANG_WEBHOOK_SECONDS | how long a receiver may take to answer | 10 |
"""

from __future__ import annotations

from huijiang.configuration import ConfigurationError, number, switch, words


def _hosts(name: str) -> frozenset[tuple[str, int]]:
    found = set()
    for each in words(name):
        host, _, port = each.rpartition(":")
        if not host or not port.isascii() or not port.isdigit() or not 0 < int(port) < 65_536:
            raise ConfigurationError(f"{name}: {each!r}；应为 expected host:port, as hooks.example.org:443")
        found.add((host.strip("[]").lower(), int(port)))
    return frozenset(found)


API_RATE = number("HUIJIANG_API_RATE", 600)
API_ADDRESS_RATE = number("HUIJIANG_API_ADDRESS_RATE", 300)
WEBHOOK_HOSTS = _hosts("HUIJIANG_WEBHOOK_HOSTS")
WEBHOOK_LOOPBACK = switch("HUIJIANG_WEBHOOK_LOOPBACK")
WEBHOOK_SECONDS = number("HUIJIANG_WEBHOOK_SECONDS", 10)

REST_FRAMEWORK: dict[str, object] = {
    "EXCEPTION_HANDLER": "huijiang.api.problems.answer",
    "DEFAULT_SCHEMA_CLASS": "huijiang.api.schema.Operation",
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "OAS_VERSION": "3.1.0",
    "TITLE": "惠匠 Huijiang API",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SORT_OPERATIONS": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_NAME_OVERRIDES": {},
    "COMPONENT_SPLIT_REQUEST": True,
}
