"""What can't be done with a survey, in the reader's language: what, why, and how to mend it."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied


class SurveyError(ValueError):
    """Something that can't be done with a survey or an answer as it stands."""


class MayNot(PermissionDenied):
    """This person may not do this here; the words say why."""
