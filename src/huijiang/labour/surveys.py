"""Officers' side of a survey: who may see what, drafting, opening, telling, reminding, extending, closing.

| who | surveys | firms of a survey, one by one |
|---|---|---|
| staff with a role of READS | of a region of theirs; also those with a firm that their region manages | managed by a region of theirs |
| leaders and analysts | of a region of theirs | none: totals alone (`totals.folded`) |
| agent | those that ask the organisation | their own |
| everybody else | none | none |
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any, Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from huijiang import audit, present
from huijiang.access.law import access_rows, in_scope
from huijiang.accounts.models import Role
from huijiang.accounts.viewers import Capacity, Viewer, today
from huijiang.jobs import enqueue
from huijiang.labour.errors import MayNot, SurveyError
from huijiang.labour.models import EmployerSurvey, SurveyAnswer, SurveyedFirm
from huijiang.notices import services as notices
from huijiang.regions.models import Region
from huijiang.registry.linked import aliases
from huijiang.registry.models import Organisation

RUNS: Final = (Role.REGISTRAR,)
"""Who opens, extends, closes, sends back."""
READS: Final = (Role.REGISTRAR, Role.COUNTER, Role.SUPERVISOR, Role.AUDITOR)
REMINDS: Final = (Role.REGISTRAR, Role.COUNTER)
"""A street office chases its own firms."""
TOTALS: Final = (Role.LEADER, Role.ANALYST)
TELL: Final = "labour.tell"
DAYS_BEFORE: Final = (7, 3, 1)
"""Days before the end on which whoever has not answered is reminded."""
MOST_OCCUPATIONS: Final = 60
FIRM_KINDS: Final = ("企业",)
State = EmployerSurvey.State
WAITING: Final = "waiting"


def access_surveys(viewer: Viewer) -> QuerySet[EmployerSurvey]:
    """The surveys whose pages the viewer may open."""
    surveys = EmployerSurvey.objects.select_related("region")
    match viewer.capacity:
        case Capacity.WORKER:
            return surveys.none()
        case Capacity.AGENT:
            mine = SurveyedFirm.objects.filter(survey=OuterRef("pk"), organisation=viewer.organisation)
            return surveys.filter(Exists(mine), state__in=(State.OPEN, State.CLOSED))
        case Capacity.STAFF:
            paths = viewer.paths(*READS)
            theirs = SurveyedFirm.objects.filter(in_scope(paths, "organisation__managed_by"), survey=OuterRef("pk"))
            return surveys.filter(in_scope(paths, "region") | Exists(theirs))


def access_totals(viewer: Viewer) -> QuerySet[EmployerSurvey]:
    """The surveys whose totals a leader or an analyst may read: those of their regions that were opened."""
    surveys = EmployerSurvey.objects.select_related("region").filter(state__in=(State.OPEN, State.CLOSED))
    return surveys.filter(in_scope(viewer.paths(*TOTALS), "region"))


def access_firms(viewer: Viewer, survey: EmployerSurvey) -> QuerySet[SurveyedFirm]:
    """The firms of a survey that the viewer may see one by one."""
    firms = SurveyedFirm.objects.filter(survey=survey).select_related("organisation", "place", "survey")
    match viewer.capacity:
        case Capacity.WORKER:
            return firms.none()
        case Capacity.AGENT:
            return firms.filter(organisation=viewer.organisation)
        case Capacity.STAFF:
            return firms.filter(in_scope(viewer.paths(*READS), "organisation__managed_by"))


def may_run(survey: EmployerSurvey, viewer: Viewer) -> bool:
    return survey.region.path.startswith(viewer.paths(*RUNS) or ("\0",))


def _must_run(survey: EmployerSurvey, viewer: Viewer) -> None:
    if not may_run(survey, viewer):
        raise MayNot(_("您不能处理这个地区的用工摸排。"))


def locked(survey: EmployerSurvey) -> EmployerSurvey:
    return EmployerSurvey.objects.select_for_update(of=("self",)).select_related("region").get(pk=survey.pk)


def is_open(survey: EmployerSurvey, on: dt.date) -> bool:
    """Whether firms may answer on a day."""
    return survey.state == State.OPEN and survey.opens_on <= on <= survey.closes_on


@transaction.atomic
def draft(viewer: Viewer, region: Region, **told: Any) -> EmployerSurvey:
    """A survey that nobody was told of yet.  Raises MayNot, SurveyError."""
    survey = EmployerSurvey(region=region, made_by=viewer.user, **told)
    _must_run(survey, viewer)
    if len(survey.occupations) > MOST_OCCUPATIONS:
        raise SurveyError(_("职业（工种）共 %(n)s 个；一次至多 %(most)s 个，请分几次摸排。")
                          % {"n": len(survey.occupations), "most": MOST_OCCUPATIONS})  # fmt: skip
    survey.save()
    audit.record(viewer.user, "labour.survey_made", f"survey:{survey.uid}", region.code, scope=survey.scope,
                 occupations=len(survey.occupations))  # fmt: skip
    return survey


def wanted(survey: EmployerSurvey) -> QuerySet[Any]:
    """The organisations that the scope of a survey means today, no record that was merged into another."""
    within = Organisation.objects.filter(in_scope([survey.region.path])).exclude(pk__in=aliases("organisation"))
    if survey.above_scale:
        within = within.filter(above_scale=True)
    match survey.scope:
        case EmployerSurvey.Scope.LIST:
            return within.filter(uscc__in=survey.chosen)
        case EmployerSurvey.Scope.INDUSTRY:
            return within.filter(kind__in=FIRM_KINDS, industry__in=survey.chosen)
        case EmployerSurvey.Scope.STREET:
            return within.filter(in_scope(_paths(survey.chosen), "place"), kind__in=FIRM_KINDS)
        case _:
            return within.filter(kind__in=FIRM_KINDS)


def _paths(codes: Iterable[str]) -> list[str]:
    return list(Region.objects.filter(code__in=codes).values_list("path", flat=True))


def not_found(survey: EmployerSurvey) -> list[str]:
    """Credit codes of a list that name no organisation of the region."""
    if survey.scope != EmployerSurvey.Scope.LIST:
        return []
    known = set(wanted(survey).values_list("uscc", flat=True))
    return [each for each in survey.chosen if each not in known]


@transaction.atomic
def publish(survey: EmployerSurvey, viewer: Viewer) -> EmployerSurvey:
    """Open it: its firms are written down and told, by a job.  A second call changes nothing.  Raises MayNot, SurveyError."""
    _must_run(survey, viewer)
    held = locked(survey)
    if held.state == State.OPEN:
        return held
    if held.state != State.DRAFT:
        raise SurveyError(_("这次摸排%(state)s，不能发布。") % {"state": held.get_state_display()})
    if held.closes_on < today():
        raise SurveyError(_("截止填报 %(day)s 已过，请作废后重新建立。") % {"day": held.closes_on.isoformat()})
    firms = list(wanted(held).order_by("pk").values_list("pk", "industry", "place"))
    if not firms:
        raise SurveyError(_("按这个范围没有找到单位；请核对地区、行业、镇街或名单里的统一社会信用代码。"))
    held.state, held.opened_by, held.opened_at = State.OPEN, viewer.user, present.now()
    held.save()
    SurveyedFirm.objects.bulk_create(
        [SurveyedFirm(survey=held, organisation_id=pk, industry=industry or "", place_id=place) for pk, industry, place in firms],
        batch_size=1_000,
    )  # fmt: skip
    enqueue(TELL, actor=viewer.user, region=held.region_id, unique=str(held.uid), survey=held.pk)
    audit.record(viewer.user, "labour.survey_opened", f"survey:{held.uid}", held.region_id, firms=len(firms))
    return held


@transaction.atomic
def drop(survey: EmployerSurvey, viewer: Viewer) -> None:
    """Let go of one that was not opened.  Raises MayNot, SurveyError."""
    _must_run(survey, viewer)
    held = locked(survey)
    if held.state == State.DROPPED:
        return
    if held.state != State.DRAFT:
        raise SurveyError(_("已经发布的摸排不能作废，只能提前结束。"))
    held.state = State.DROPPED
    held.save()
    audit.record(viewer.user, "labour.survey_dropped", f"survey:{held.uid}", held.region_id)


@transaction.atomic
def extend(survey: EmployerSurvey, viewer: Viewer, until: dt.date) -> int:
    """A later end; whoever has not answered is told.  Gives how many.  Raises MayNot, SurveyError."""
    _must_run(survey, viewer)
    held = locked(survey)
    if held.state != State.OPEN:
        raise SurveyError(_("已经结束的摸排不能延期，请另开一次。"))
    if until <= held.closes_on or until < today():
        raise SurveyError(_("新的截止日期应晚于 %(day)s。") % {"day": max(held.closes_on, today()).isoformat()})
    before, held.closes_on = held.closes_on, until
    held.save()
    audit.record(viewer.user, "labour.survey_extended", f"survey:{held.uid}", held.region_id,
                 before=before.isoformat(), until=until.isoformat())  # fmt: skip
    waiting = list(unanswered(SurveyedFirm.objects.filter(survey=held)))
    for each in waiting:
        _tell(each, held, "survey_extended")
    return len(waiting)


@transaction.atomic
def close(survey: EmployerSurvey, viewer: Viewer | None) -> bool:
    """The end, by an officer or by the night's job; whether it was open until now.  Raises MayNot, SurveyError."""
    if viewer is not None:
        _must_run(survey, viewer)
    held = locked(survey)
    if held.state == State.CLOSED:
        return False
    if held.state != State.OPEN:
        raise SurveyError(_("还没有发布的摸排不能结束。"))
    held.state, held.closed_at = State.CLOSED, present.now()
    held.closed_by = viewer.user if viewer else None
    held.save()
    audit.record(held.closed_by, "labour.survey_closed", f"survey:{held.uid}", held.region_id)
    return True


def unanswered(firms: QuerySet[SurveyedFirm]) -> QuerySet[SurveyedFirm]:
    """Those without an answer in force."""
    sent = SurveyAnswer.objects.filter(surveyed=OuterRef("pk"), state=SurveyAnswer.State.SENT)
    return firms.filter(~Exists(sent)).select_related("organisation")


def standing_of(surveyed: SurveyedFirm) -> str:
    return standings(SurveyedFirm.objects.filter(pk=surveyed.pk))[surveyed.pk]


def standings(firms: QuerySet[SurveyedFirm]) -> dict[int, str]:
    """Where each firm stands: sent, where a version is in force; returned, until it is sent again; else the state of the
    newest version; waiting where there is none."""
    states: dict[int, list[str]] = {pk: [] for pk in firms.values_list("pk", flat=True)}
    rows = SurveyAnswer.objects.filter(surveyed__in=firms.values("pk")).order_by("-version")
    for surveyed, state in rows.values_list("surveyed", "state"):
        states[surveyed].append(state)
    return {pk: _standing(each) for pk, each in states.items()}


def _standing(newest_first: list[str]) -> str:
    if SurveyAnswer.State.SENT in newest_first:
        return SurveyAnswer.State.SENT
    ended = [each for each in newest_first if each != SurveyAnswer.State.DRAFT]
    if ended[:1] == [SurveyAnswer.State.RETURNED]:
        return SurveyAnswer.State.RETURNED
    return newest_first[0] if newest_first else WAITING


def tell_firms(survey: EmployerSurvey) -> int:
    """Tell the firms that were not told yet; gives how many.  Repeatable."""
    count = 0
    for each in SurveyedFirm.objects.filter(survey=survey, told_at=None).select_related("organisation").order_by("pk"):
        with transaction.atomic():
            if SurveyedFirm.objects.filter(pk=each.pk, told_at=None).update(told_at=present.now()):
                _tell(each, survey, "survey_opened")
                count += 1
    return count


def _tell(each: SurveyedFirm, survey: EmployerSurvey, template: str, **more: str) -> None:
    values = {"title": survey.title, "until": survey.closes_on.isoformat(), **more}
    notices.tell(each.organisation, template, values, f"survey:{survey.uid}")


@transaction.atomic
def remind(survey: EmployerSurvey, viewer: Viewer | None, firms: Sequence[SurveyedFirm] | None = None) -> int:
    """Remind those without an answer, once a day; gives how many.  Raises MayNot, SurveyError."""
    held = locked(survey)
    day = today()
    if not is_open(held, day):
        raise SurveyError(_("现在不在填报期内，不能催报。"))
    asked = SurveyedFirm.objects.filter(survey=held)
    if viewer is not None:
        asked = asked.filter(in_scope(viewer.paths(*REMINDS), "organisation__managed_by"))
    if firms is not None:
        asked = asked.filter(pk__in=[each.pk for each in firms])
    waiting = list(unanswered(asked).filter(Q(reminded_on=None) | Q(reminded_on__lt=day)))
    for each in waiting:
        SurveyedFirm.objects.filter(pk=each.pk).update(reminded_on=day)
        _tell(each, held, "survey_reminder")
    if waiting:
        audit.record(viewer.user if viewer else None, "labour.survey_reminded", f"survey:{held.uid}", held.region_id,
                     firms=len(waiting))  # fmt: skip
    return len(waiting)


def night(on: dt.date) -> tuple[int, int]:
    """Close what is over; remind on the days before an end.  Gives (closed, reminded)."""
    closed = sum(close(each, None) for each in EmployerSurvey.objects.filter(state=State.OPEN, closes_on__lt=on))
    ends = [on + dt.timedelta(days=each) for each in DAYS_BEFORE]
    due = EmployerSurvey.objects.filter(state=State.OPEN, opens_on__lte=on, closes_on__in=ends)
    return closed, sum(remind(each, None) for each in due)


def common_occupations(viewer: Viewer, most: int = 20) -> list[str]:
    """The occupations that most people of the viewer's firms are registered in: to begin a list with."""
    from django.db.models import Count

    rows = access_rows(viewer, "employment").exclude(occupation=None).exclude(occupation="")
    found = rows.values_list("occupation").annotate(n=Count("pk")).order_by("-n", "occupation")[:most]
    return [name for name, _n in found]


def under_way(kind: str, pk: int) -> str:
    """Why a firm's record must not become another's alias now: it is being asked; empty where it may."""
    if kind != "organisation" or not SurveyedFirm.objects.filter(organisation=pk, survey__state=State.OPEN).exists():
        return ""
    return _("这家单位的用工摸排还没有结束。")


def told_returned(answer: SurveyAnswer, survey: EmployerSurvey) -> None:
    """Tell a firm that its answer came back, with the reason."""
    _tell(answer.surveyed, survey, "survey_returned", reason=answer.reason)
