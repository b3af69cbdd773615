"""Laws of the database hold whatever a session says."""

from __future__ import annotations

import pgtrigger
import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from huijiang import audit
from huijiang.audit import laws
from huijiang.audit.models import Event

pytestmark = pytest.mark.django_db(transaction=True)
AS_INSTALLED = """
CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name name) RETURNS boolean LANGUAGE plpgsql AS
$$ BEGIN RETURN trigger_name = ANY (current_setting('pgtrigger.ignore')::text[]); END $$
"""


def recorded() -> None:
    with transaction.atomic():
        audit.record(None, "case.open", "case:1", "330109")


def test_a_session_that_asks_for_no_triggers_meets_them_all_the_same() -> None:
    recorded()
    with pytest.raises(ProgrammingError, match="Cannot update or delete"), pgtrigger.ignore("audit.Event:added_only"):
        Event.objects.all().delete()
    assert Event.objects.count() == 1
    assert not laws.can_be_set_aside()


def test_what_a_migration_installs_is_mended_after_it_and_seen_until_then() -> None:
    with connection.cursor() as cursor:
        cursor.execute(AS_INSTALLED)
    assert laws.can_be_set_aside()
    laws.never_set_aside("default")
    assert not laws.can_be_set_aside()
