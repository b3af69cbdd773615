"""Two surveys of employers in the demo county: one closed, one open, with answers, gaps, differences and one sent back.

Figures are what the registers know of each firm's people, bent a little: the same county gives the same.  For firms that
have no account of their own the demo's agents answer, as a counter's helper would.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from django.db import transaction
from django.db.models import Count

from huijiang.access.viewers import as_agent
from huijiang.accounts import demo
from huijiang.accounts.models import User
from huijiang.accounts.viewers import Capacity, Viewer, as_staff, today
from huijiang.labour import answering, registers, surveys
from huijiang.labour.figures import HIGH_FROM, NO_LEVEL, levels
from huijiang.labour.models import EmployerSurvey
from huijiang.regions.models import Region
from huijiang.registry.models import MODELS, Organisation

FIRMS: Final = 24
OCCUPATIONS: Final = 6
CLOSED_ON, OPEN_ON = dt.date(2025, 12, 31), dt.date(2026, 6, 30)
RUNNER: Final = f"{demo.PREFIX}registrar"


@transaction.atomic
def make(region: Region) -> bool:
    """Both surveys, once; whether they were made now."""
    if EmployerSurvey.objects.filter(region=region).exists():
        return False
    officer = as_staff(User.objects.get(login=RUNNER))
    agents = [found for user in User.objects.filter(login__startswith=f"{demo.PREFIX}agent-").order_by("login")
              if (found := as_agent(user)) is not None]  # fmt: skip
    firms = _firms(region, agents)
    occupations = surveys.common_occupations(officer, OCCUPATIONS) if officer else []
    if officer is None or not agents or not firms or not occupations:
        return False
    for title, counted_on, closed in (
        ("2025 年下半年企业用工摸排", CLOSED_ON, True),
        ("2026 年上半年企业用工摸排", OPEN_ON, False),
    ):
        held = surveys.draft(
            officer, region, title=title, counted_on=counted_on, opens_on=today() - dt.timedelta(days=9),
            closes_on=today() + dt.timedelta(days=12), occupations=occupations, scope=EmployerSurvey.Scope.LIST,
            chosen=[each.uscc for each in firms],
            words="请按统计时点的情况填报，不清楚的空着，没有的填 0。劳务派遣人员由用工单位填报。",
        )  # fmt: skip
        held = surveys.publish(held, officer)
        surveys.tell_firms(held)
        _answers(held, officer, agents, closed)
        if closed:
            surveys.close(held, officer)
    return True


def _firms(region: Region, agents: list[Viewer]) -> list[Any]:
    """Those of the demo's agents, then those with the most people; all have a credit code."""
    within = Organisation.objects.filter(managed_by__path__startswith=region.path, uscc__isnull=False)
    own = list(within.filter(pk__in=[each.organisation for each in agents]))
    spells = MODELS["employment"]._default_manager.filter(
        registers.employed_on(OPEN_ON), employer__in=within.filter(kind="企业")
    )
    most = spells.values_list("employer").annotate(n=Count("pk")).order_by("-n", "employer")[: FIRMS * 2]
    large = within.in_bulk([pk for pk, _n in most])
    return [*own, *(large[pk] for pk, _n in most if large[pk] not in own)][:FIRMS]


def _answers(held: EmployerSurvey, officer: Viewer, agents: list[Viewer], closed: bool) -> None:
    """Most answer; of an open survey the first agent's firm has not, another was sent back, one is a draft."""
    asked = held.firms.select_related("organisation__place", "organisation__managed_by").order_by("pk")
    own = {each.organisation: each for each in agents}
    for number, surveyed in enumerate(asked):
        surveyed.survey = held
        viewer = own.get(surveyed.organisation_id) or Viewer(
            agents[0].user, Capacity.AGENT, today(), organisation=surveyed.organisation_id
        )
        first = surveyed.organisation_id == agents[0].organisation
        if not closed and (first or number % 6 == 5):
            continue
        lines = _lines(held, viewer, surveyed.organisation, number, 3 if number == 7 else 1)
        if not lines or not answering.keep(surveyed, viewer, lines):
            continue
        draft = answering.draft_of(surveyed)
        if draft is None or (not closed and number % 11 == 10):
            continue
        answering.send(surveyed, viewer, draft.version)
        if not closed and number == 8:
            answering.give_back(surveyed, officer, draft.version, "现有人数与就业登记相差较多，请核对后重新提交。")


def _lines(
    held: EmployerSurvey, viewer: Viewer, firm: Any, number: int, times: int
) -> dict[answering.Key, dict[str, Any]]:
    """Registered heads, a few more, with gaps at the higher levels; an occupation without anybody is 0 or left open."""
    known = registers.registered(viewer, firm, held.counted_on)
    found = answering.prefilled(known, held.occupations)
    for at, occupation in enumerate(held.occupations):
        unknown = known.heads(occupation, None)
        if unknown:
            found[occupation, NO_LEVEL] = {"heads": unknown, "insured": known.insured(occupation, None)}
        for rank, level in enumerate(levels()):
            line = found.get((occupation, level))
            if line is None:
                if level == HIGH_FROM and (number + at) % 3 == 0:
                    found[occupation, level] = {
                        "heads": 0,
                        "insured": 0,
                        "certified": 0,
                        "vacancies": (number + at) % 2,
                    }
                continue
            line["heads"] = times * line["heads"] + ((number + at) % 4 == 0)
            gap = (number + 2 * at + rank) % 5 // 4 + (rank >= levels().index(HIGH_FROM) and (number + at) % 2)
            line |= {"vacancies": gap * times, "planned_hires": (gap + 1) // 2, "planned_training": (number + rank) % 5}
            if rank and (number + at) % 2:
                low = 450_000 + 70_000 * rank + 10_000 * (number % 5)
                line |= {"wage_low": low, "wage_high": low + 200_000 + 30_000 * rank}
            if gap:
                line["difficulty"] = ("熟手少，本地招不到", "同行待遇高，留不住", "倒班，年轻人不愿来")[
                    (number + at) % 3
                ]
    return found
