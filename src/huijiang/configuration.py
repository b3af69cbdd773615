"""What an operator sets, read once from the environment; every value is checked when the platform starts.

`HUIJIANG_HOME` is the data folder (database of the demo, keys, uploads).  `DATABASE_URL` points at a
PostgreSQL of one's own instead of the embedded one.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from huijiang.supervisor import places
from tiaowen.files import default_folder

SHARED = Path("/dev/shm")
LOOPBACK = ("127.0.0.1", "::1", "localhost")


class ConfigurationError(ValueError):
    """A setting that can't be used: its name, the value seen, what was expected."""


def home() -> Path:
    """The data folder; default `.huijiang` in the folder where the platform was started."""
    return Path(os.environ.get("HUIJIANG_HOME") or ".huijiang").resolve()


def embedded() -> bool:
    """Whether the platform brings its own PostgreSQL."""
    return not os.environ.get("DATABASE_URL")


@dataclass(frozen=True)
class Database:
    """Connection parameters of one PostgreSQL database; a `host` that starts with / is a socket's folder."""

    name: str
    user: str = ""
    password: str = ""
    host: str = ""
    port: str = ""
    options: tuple[tuple[str, str], ...] = ()

    def django(self) -> dict[str, Any]:
        """As an entry of Django's DATABASES.

        `prepared=off` among the options: statements are not kept between calls (`huijiang.prepared`), for a pooler
        that gives each transaction another connection.
        """
        options: dict[str, Any] = dict(self.options)
        kept = options.pop("prepared", "on")
        if kept not in ("on", "off"):
            raise ConfigurationError(f"DATABASE_URL prepared={kept}；应为 expected on or off")
        options["prepare_threshold"] = 5 if kept == "on" else None
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": self.name,
            "USER": self.user,
            "PASSWORD": self.password,
            "HOST": self.host,
            "PORT": self.port,
            "ATOMIC_REQUESTS": True,
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": options,
        }


def database(url: str | None = None) -> Database:
    """`postgresql://user:password@host:port/name?option=value`, from DATABASE_URL when not given.

    Raises ConfigurationError when the address is not one of PostgreSQL; the password is never shown.
    """
    said = url if url is not None else os.environ.get("DATABASE_URL", "")
    if not said:
        return Database("huijiang", "huijiang", host=str(places.socket(home())), port="5432")
    parts = urlsplit(said)
    if parts.scheme not in ("postgresql", "postgres") or len(parts.path) < 2:
        raise ConfigurationError(
            f"DATABASE_URL: {parts.scheme}://{parts.hostname or ''}{parts.path}；"
            "应为 expected postgresql://user:password@host:port/name"
        )
    options = dict(parse_qsl(parts.query))
    host = options.pop("host", "") or unquote(parts.hostname or "")
    try:
        port = str(parts.port or "")
    except ValueError as error:
        raise ConfigurationError(f"DATABASE_URL: {error}") from error
    return Database(
        unquote(parts.path[1:]), unquote(parts.username or ""), unquote(parts.password or ""), host, port,
        tuple(options.items()),
    )  # fmt: skip


def secret(name: str, file: str) -> str:
    """A secret from the environment, else from a private file of the data folder; empty when there is neither."""
    if value := os.environ.get(name, ""):
        return value
    path = home() / "secrets" / file
    return path.read_text(encoding="utf-8").strip() if path.is_file() else ""


def metrics() -> Path:
    """Where the web's processes keep their counters: in memory where the system has a place for that.  They are
    mapped files with holes, and to write into a hole of a full disk kills the process that does."""
    name = hashlib.sha256(os.fsencode(home())).hexdigest()[:12]
    found = SHARED / f"huijiang-{os.geteuid()}-{name}" if os.access(SHARED, os.W_OK) else home() / "metrics"
    found.mkdir(parents=True, exist_ok=True, mode=0o700)
    if found.is_symlink() or found.stat().st_uid != os.geteuid():
        raise ConfigurationError(f"{found}: 属于别人 belongs to somebody else；请删除它 remove it")
    return found


def switch(name: str, default: bool = False) -> bool:
    """`1`/`0` of an environment variable.  Raises ConfigurationError for anything else."""
    said = os.environ.get(name, "")
    if said not in ("", "0", "1"):
        raise ConfigurationError(f"{name}: {said!r}；应为 expected 0 or 1")
    return default if said == "" else said == "1"


def number(name: str, default: int, least: int = 1) -> int:
    """A whole number.  Raises ConfigurationError for anything else, and for one below `least`."""
    said = os.environ.get(name, "")
    if said and (not said.isascii() or not said.isdigit() or int(said) < least):
        raise ConfigurationError(f"{name}: {said!r}；应为 expected a whole number from {least}")
    return int(said) if said else default


def web() -> tuple[int, int]:
    """Processes of the web, and threads of each."""
    return number("HUIJIANG_WEB_PROCESSES", 2), number("HUIJIANG_WEB_THREADS", 8)


def words(name: str, default: str = "") -> list[str]:
    """A list separated by commas."""
    return [each.strip() for each in os.environ.get(name, default).split(",") if each.strip()]


REGISTER_SECONDS = 60  # a question in a job: nobody waits longer


def registers() -> dict[str, dict[str, Any]]:
    """Registers of other authorities by kind, from the private file that `HUIJIANG_REGISTERS` names:
    `{"death": {"name": "公安死亡登记", "address": "https://…", "key": "<hex>", "seconds": 3}}`.

    Raises ConfigurationError for what can't be one; a key is never shown.
    """
    said = os.environ.get("HUIJIANG_REGISTERS", "")
    if not said:
        return {}
    try:
        told: dict[str, dict[str, Any]] = json.loads(Path(said).read_text(encoding="utf-8"))
        for kind, each in told.items():
            bytes.fromhex(each["key"])
            safe = urlsplit(each["address"])
            if len(each["key"]) < 32 or not each["name"] or not (safe.scheme == "https" or safe.hostname in LOOPBACK):
                raise ConfigurationError(
                    f"HUIJIANG_REGISTERS: {kind}: 应有 expected name, https address (http on loopback), key of at least 16 bytes in hex"
                )
            if not 0 < float(each.get("seconds", 3)) <= REGISTER_SECONDS:
                raise ConfigurationError(
                    f"HUIJIANG_REGISTERS: {kind}: seconds {each['seconds']}；应为 expected more than 0, at most {REGISTER_SECONDS}"
                )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        if isinstance(error, ConfigurationError):
            raise
        raise ConfigurationError(
            f"HUIJIANG_REGISTERS: {said}: {type(error).__name__}；应为 expected JSON by kind"
        ) from None
    return told


def policies() -> Path:
    """The folder of policy files that this installation starts from (`HUIJIANG_POLICIES`)."""
    said = os.environ.get("HUIJIANG_POLICIES", "")
    return Path(said).resolve() if said else default_folder()


def public_address() -> str:
    """Where people reach the platform (`HUIJIANG_ADDRESS`), as printed on letters: `https://hj.example.gov.cn`; else
    the first origin that forms come from.  Raises ConfigurationError for what is no address of the web."""
    said = os.environ.get("HUIJIANG_ADDRESS") or next(iter(words("HUIJIANG_ORIGINS")), "http://localhost:8000")
    if urlsplit(said).scheme not in ("http", "https") or not urlsplit(said).hostname:
        raise ConfigurationError(f"HUIJIANG_ADDRESS: {said!r}；应为 expected https://host")
    return said.rstrip("/")


def provider() -> str:
    """The class that encrypts and hashes, by its dotted name (`HUIJIANG_KEY_PROVIDER`)."""
    return os.environ.get("HUIJIANG_KEY_PROVIDER") or "huijiang.sealed.provider.Software"


def log_level() -> str:
    """`HUIJIANG_LOG_LEVEL`: DEBUG, INFO, WARNING or ERROR.  Raises ConfigurationError for anything else."""
    said = os.environ.get("HUIJIANG_LOG_LEVEL") or "INFO"
    if said not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        raise ConfigurationError(f"HUIJIANG_LOG_LEVEL: {said!r}；应为 expected DEBUG, INFO, WARNING or ERROR")
    return said
