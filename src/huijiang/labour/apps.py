from __future__ import annotations

from django.apps import AppConfig
from django.http import HttpRequest
from django.utils.translation import gettext_lazy


class LabourConfig(AppConfig):
    name = "huijiang.labour"
    label = "labour"
    verbose_name = "用工"

    def ready(self) -> None:
        from huijiang.access.apps import is_agent
        from huijiang.accounts.viewers import has_role
        from huijiang.labour import surveys
        from huijiang.labour.addresses import address_of
        from huijiang.notices import services as notices
        from huijiang.registry.merging import register_guard
        from huijiang.web.navigation import Entry, register

        register(Entry(gettext_lazy("用工摸排"), "labour:surveys", "firm", is_agent, 40, count=waiting))
        register(Entry(gettext_lazy("用工摸排"), "labour:desk_surveys", "desk", has_role(*surveys.READS), 48))
        register(Entry(gettext_lazy("用工摸排"), "labour:lead_surveys", "lead", has_role(*surveys.TOTALS), 60))
        notices.register_target("survey", address_of)
        register_guard(surveys.under_way)


def waiting(request: HttpRequest) -> int:
    """How many open surveys the visitor's firm has not answered."""
    from huijiang.access.viewers import agent_of
    from huijiang.labour import surveys
    from huijiang.labour.models import EmployerSurvey, SurveyedFirm

    viewer = agent_of(request)
    if viewer is None:
        return 0
    asked = SurveyedFirm.objects.filter(
        organisation=viewer.organisation, survey__state=EmployerSurvey.State.OPEN,
        survey__opens_on__lte=viewer.on, survey__closes_on__gte=viewer.on,
    )  # fmt: skip
    return surveys.unanswered(asked).count()
