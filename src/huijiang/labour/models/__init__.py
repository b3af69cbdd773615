"""The room's tables."""

from __future__ import annotations

from huijiang.labour.models.survey import EmployerSurvey, SurveyAnswer, SurveyedFirm, SurveyLine, SurveyUpload

__all__ = ["EmployerSurvey", "SurveyAnswer", "SurveyLine", "SurveyUpload", "SurveyedFirm"]
