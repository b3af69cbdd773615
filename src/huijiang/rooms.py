"""The rooms of the platform and their order: a room knows only those before it.

Foreign keys point to earlier rooms, imports too; import-linter and a test over the
models hold this.  `GROUND` is what every room stands on and holds nothing of the field.
"""

from __future__ import annotations

from typing import Final

GROUND: Final = ("web", "audit", "jobs")
ROOMS: Final = (
    "regions",
    "accounts",
    "registry",
    "access",
    "documents",
    "entitlements",
    "files",
    "letters",
    "notices",
    "claims",
    "funds",
    "people",
    "labour",
    "api",
)


def apps() -> list[str]:
    """Django's names of the ground and the rooms."""
    return [f"huijiang.{name}" for name in (*GROUND, *ROOMS)]
