"""Answers that an officer may want to ask back about.  A table of tests; each says what it saw, none decides anything."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from huijiang.accounts.viewers import Viewer
from huijiang.labour import registers
from huijiang.labour.figures import NAMES
from huijiang.labour.models import EmployerSurvey, SurveyAnswer, SurveyLine
from huijiang.labour.totals import Answered, Told

MANY: Final = 10
"""Heads below which a difference is nobody's concern."""
TIMES_PAY: Final = 5


@dataclass(frozen=True)
class Seen:
    """A firm's answer in a survey, its registered heads in the asked occupations, its sums in the survey before (None:
    it did not answer that one)."""

    lines: tuple[Told, ...]
    registered: int
    before: Mapping[str, int] | None

    def sum(self, name: str) -> int | None:
        told = [getattr(each, name) for each in self.lines if getattr(each, name) is not None]
        return sum(told) if told else None


def _far(one: int, other: int) -> bool:
    """At least MANY apart, and by more than half of the larger."""
    return abs(one - other) >= MANY and 2 * abs(one - other) > max(one, other)


def _registers(seen: Seen) -> str:
    heads = seen.sum("heads")
    if heads is None or not seen.registered or not _far(heads, seen.registered):
        return ""
    return _("现有 %(heads)s 人，就业登记 %(registered)s 人") % {"heads": heads, "registered": seen.registered}


def _gap(seen: Seen) -> str:
    heads, vacancies = seen.sum("heads"), seen.sum("vacancies")
    if heads is None or vacancies is None or vacancies < 2 * MANY or vacancies <= 2 * heads:
        return ""
    return _("缺口 %(vacancies)s 人，是现有 %(heads)s 人的两倍以上") % {"vacancies": vacancies, "heads": heads}


def _hires(seen: Seen) -> str:
    vacancies, hires = seen.sum("vacancies"), seen.sum("planned_hires")
    if vacancies is None or hires is None or vacancies < MANY or hires:
        return ""
    return _("缺口 %(vacancies)s 人，计划招用 0 人") % {"vacancies": vacancies}


def _pay(seen: Seen) -> str:
    wide = [
        each for each in seen.lines if each.wage_low and each.wage_high and each.wage_high > TIMES_PAY * each.wage_low
    ]
    if not wide:
        return ""
    return _("%(occupation)s（%(level)s）的工资上限是下限的 %(times)s 倍以上") % {
        "occupation": wide[0].occupation, "level": wide[0].level, "times": TIMES_PAY}  # fmt: skip


def _before(seen: Seen) -> str:
    heads = seen.sum("heads")
    if heads is None or seen.before is None or "heads" not in seen.before or not _far(heads, seen.before["heads"]):
        return ""
    return _("现有 %(heads)s 人，上次摸排 %(before)s 人") % {"heads": heads, "before": seen.before["heads"]}


TESTS: Final[tuple[Callable[[Seen], str], ...]] = (_registers, _before, _gap, _hires, _pay)


def outliers(viewer: Viewer, survey: EmployerSurvey, rows: Iterable[Answered]) -> dict[int, list[str]]:
    """What is striking, by firm of the survey; firms with nothing striking are left out."""
    lines: dict[int, list[Told]] = defaultdict(list)
    firms: dict[int, int] = {}
    for each in rows:
        lines[each.firm.pk].append(each.line)
        firms[each.firm.pk] = each.firm.organisation_id
    heads = registers.heads_by_firm(viewer, firms.values(), survey.counted_on, survey.occupations)
    before = _sums_before(survey, firms.values())
    found = {}
    for pk, organisation in firms.items():
        seen = Seen(tuple(lines[pk]), heads.get(organisation, 0), before.get(organisation))
        said = [words for test in TESTS if (words := test(seen))]
        if said:
            found[pk] = said
    return found


def survey_before(survey: EmployerSurvey) -> EmployerSurvey | None:
    """The closed survey before in the same region that asked about the same occupations: sums of others don't compare."""
    earlier = EmployerSurvey.objects.filter(
        region=survey.region_id, state=EmployerSurvey.State.CLOSED, counted_on__lt=survey.counted_on
    )
    return next(
        (each for each in earlier.order_by("-counted_on", "-pk") if set(each.occupations) == set(survey.occupations)),
        None,
    )


def _sums_before(survey: EmployerSurvey, organisations: Iterable[int]) -> dict[int, dict[str, int]]:
    earlier = survey_before(survey)
    if earlier is None:
        return {}
    found: dict[int, dict[str, int]] = defaultdict(dict)
    lines = SurveyLine.objects.filter(
        answer__state=SurveyAnswer.State.SENT, answer__surveyed__survey=earlier,
        answer__surveyed__organisation__in=list(organisations),
    )  # fmt: skip
    for organisation, *values in lines.values_list("answer__surveyed__organisation", *NAMES).iterator(5_000):
        sums = found[organisation]
        for name, value in zip(NAMES, values, strict=True):
            if value is not None:
                sums[name] = sums.get(name, 0) + value
    return dict(found)
