"""That no session sets a law of the database aside.

The library that installs the triggers lets each of them ask first whether the session wants it ignored
(`pgtrigger.ignore`), so that whoever may write could also go around the laws.  The question is answered here, once and
for all: no.  As a constant it also costs nothing, where the library's own answer cost a caught exception for each row
and trigger, most of what writing a large batch took.  Migrations install the library's answer anew, so ours is set
after them.
"""

from __future__ import annotations

from typing import Any, Final

from django.db import connections

_NEVER: Final = """
CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name name) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT false'
"""


def never_set_aside(using: str, **told: Any) -> None:
    """After migrations: whatever a session says, every trigger runs."""
    with connections[using].cursor() as cursor:
        cursor.execute(_NEVER)


def can_be_set_aside() -> bool:
    """Whether a session could have triggers ignored in this database."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT set_config('pgtrigger.ignore', '{law}', true), public._pgtrigger_should_ignore('law')")
        return bool(cursor.fetchone()[1])
