"""Logs as one JSON object a line, with the number of the request; no personal values belong in them."""

from __future__ import annotations

import logging
from typing import Any, Final

from huijiang.audit.request import REQUEST


class RequestNumber(logging.Filter):
    """Puts the number of the request that is being answered on each record."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request = REQUEST.get()
        return True


FORMAT: Final = {
    "()": "pythonjsonlogger.json.JsonFormatter",
    "fmt": "%(levelname)s %(name)s %(message)s %(request)s",
    "rename_fields": {"levelname": "level"},
    "timestamp": "at",  # UTC
    "json_ensure_ascii": False,
}


def configuration(level: str = "INFO") -> dict[str, Any]:
    """For `logging.config.dictConfig`: everything to standard error."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"request": {"()": RequestNumber}},
        "formatters": {"json": FORMAT},
        "handlers": {
            # a library may set its own logger lower than the operator asked for
            "stderr": {"class": "logging.StreamHandler", "level": level, "formatter": "json", "filters": ["request"]},
        },
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "gunicorn.error": {"propagate": True, "handlers": []},
            "gunicorn.access": {"propagate": True, "handlers": []},
            "procrastinate": {"level": "WARNING"},
            "axes": {"level": "WARNING"},
        },
    }
