"""Former versions of rows: kept by triggers of the database, so that raw SQL leaves its trace too."""

from __future__ import annotations

from typing import Any, TypeVar

import pghistory
import pgtrigger
from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

M = TypeVar("M", bound=type[models.Model])


def with_history(model: M) -> M:
    """Keep every former version of a row, written by the database itself, whoever changes it."""
    tracked: M = pghistory.track(
        pghistory.UpdateEvent(row=pghistory.Old, level=pgtrigger.Row),
        pghistory.DeleteEvent(row=pghistory.Old, level=pgtrigger.Row),
    )(model)
    return tracked


class InstallTriggers(Operation):
    """Install the triggers that the models of an app were created with.

    One by one (AddTrigger) each would render all models anew, which takes most of a migration's time.
    """

    reduces_to_sql = True
    reversible = False

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """The models' options hold the triggers already."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for (label, _), model in to_state.models.items():
            triggers: list[Any] = model.options.get("triggers", []) if label == app_label else []
            for trigger in triggers:
                schema_editor.execute(trigger.install_sql, params=None)

    def describe(self) -> str:
        return "Install the triggers of the models"
