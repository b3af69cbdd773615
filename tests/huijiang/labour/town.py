"""A town with a survey, small enough to work out by hand.  What is registered of 甲厂 on 2026-06-30:

| who | employed as | from – to | certificates | insured there |
|---|---|---|---|---|
| 林小英 | 焊工 | 2019-03-01 – | 焊工 高级工 2020, 焊工 技师 2025-09-01 | yes |
| 王二 | 焊工 | 2020-01-01 – | 焊工 高级工 2023-05-01 | yes |
| 王三 | 焊工 | 2021-01-01 – |  | yes |
| 王四 | 焊工 | 2022-01-01 – |  | no |
| 王五 | 焊工 | 2018-01-01 – 2026-06-29 | 焊工 技师 2019 | no |
| 王六 | 焊工 | 2018-01-01 – 2026-06-30 | 焊工 中级工 2019-01-01 | until 2026-06-30 |
| 王七 | 焊工 | 2026-07-01 – |  | no |
| 王八 | not registered | 2015-01-01 – | 钳工 高级工 2016-01-01, with another firm | no |
| 王九 | 钳工 | 2017-01-01 – | 钳工 中级工 2026-07-15 | yes |
| 王十 | 钳工 | 2017-01-01 – not registered |  | no |

So 焊工: 5 people (英 二 三 四 六), 4 insured (英 二 三 六); levels 技师 1, 高级工 1, 中级工 1, none 2; 钳工: 1 person without a level
(the certificate came later), 1 insured, and one who holds 高级工 but is not registered as 钳工.  Seven people in all, one unsure.
The register of certificates is complete, those of employment and insurance say nothing of that.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.test import Client

from huijiang.access.models import Agency
from huijiang.access.viewers import as_agent
from huijiang.accounts.models import Role, User
from huijiang.accounts.viewers import Viewer, as_staff, today
from huijiang.labour import answering, surveys
from huijiang.labour.models import EmployerSurvey, SurveyAnswer, SurveyedFirm
from huijiang.regions.models import Region
from huijiang.registry.models import MODELS, Organisation, Person
from tests.huijiang.entitlements.town import DAY, Town, account, town
from tests.huijiang.gate.walk import BACKEND

OCCUPATIONS = ["焊工", "钳工"]
STAFF = {
    "王二": ("焊工", "2020-01-01", None, [("焊工", "高级工", "2023-05-01")], ("2020-01-01", None)),
    "王三": ("焊工", "2021-01-01", None, [], ("2021-01-01", None)),
    "王四": ("焊工", "2022-01-01", None, [], None),
    "王五": ("焊工", "2018-01-01", "2026-06-29", [("焊工", "技师", "2019-01-01")], None),
    "王六": ("焊工", "2018-01-01", "2026-06-30", [("焊工", "中级工", "2019-01-01")], ("2018-01-01", "2026-06-30")),
    "王七": ("焊工", "2026-07-01", None, [], None),
    "王八": (None, "2015-01-01", None, [("钳工", "高级工", "2016-01-01")], None),
    "王九": ("钳工", "2017-01-01", None, [("钳工", "中级工", "2026-07-15")], ("2017-01-01", None)),
    "王十": ("钳工", "2017-01-01", "unknown", [], None),
}  # fmt: skip
ANSWER: dict[answering.Key, dict[str, Any]] = {
    ("焊工", "无等级"): {"heads": 3, "insured": 2},
    ("焊工", "中级工"): {"heads": 1, "insured": 1, "certified": 1},
    ("焊工", "高级工"): {"heads": 2, "insured": 2, "certified": 2, "vacancies": 5, "planned_hires": 4, "planned_training": 3,
                    "wage_low": 800_000, "wage_high": 1_200_050, "difficulty": "会氩弧焊的少"},
    ("焊工", "技师"): {"heads": 1, "insured": 1, "certified": 1, "vacancies": 1},
}  # fmt: skip
"""Of 焊工: 7 heads, 6 insured, 4 certified, 6 wanted.  Of 钳工: nothing."""


@dataclass
class Place:
    """The town, its firms by their first character, an agent of each, officers; the survey once it is made."""

    town: Town
    firms: dict[str, Any]
    agents: dict[str, User]
    registrar: User
    leader: User
    staff: dict[str, Any] = field(default_factory=dict)
    survey: Any = None

    def firm(self, name: str) -> SurveyedFirm:
        return SurveyedFirm.objects.select_related("survey__region", "organisation").get(
            survey=self.survey, organisation=self.firms[name]
        )

    def agent(self, name: str) -> Viewer:
        found = as_agent(self.agents[name])
        assert found is not None
        return found

    @property
    def officer(self) -> Viewer:
        found = as_staff(self.registrar)
        assert found is not None
        return found

    def answer(self, name: str, lines: dict[answering.Key, dict[str, Any]]) -> SurveyAnswer:
        """Sent in the firm's name."""
        firm, viewer = self.firm(name), self.agent(name)
        answering.keep(firm, viewer, lines)
        draft = answering.draft_of(firm)
        assert draft is not None
        return answering.send(firm, viewer, draft.version)


def client(user: User) -> Client:
    made = Client()
    made.force_login(user, backend=BACKEND)
    return made


def place() -> Place:
    """Five firms, one school; nobody was asked anything yet."""
    made = town()
    streets = {each: Region.objects.get(code=f"local-330109-0{each}") for each in (1, 2)}
    told: dict[str, Any] = {"managed_by": made.xiaoshan, "source": "登记", "as_of": DAY}
    Organisation.objects.filter(pk=made.employer.pk).update(industry="制造业", place=streets[1], above_scale=True)
    firms = {"甲": Organisation.objects.get(pk=made.employer.pk)}
    for name, industry, street, code in (
        ("丙机械", "制造业", 1, "91339999MA0000001M"), ("丁纺织", "制造业", 2, "91339999MA0000002Q"),
        ("戊软件", "信息传输软件和信息技术服务业", 2, "91339999MA0000003U"), ("己食品", None, 2, "91339999MA0000004Y"),
    ):  # fmt: skip
        firms[name[0]] = Organisation.objects.create(name=name, kind="企业", industry=industry, place=streets[street],
                                                     uscc=code, **told)  # fmt: skip
    by = account("binder", "授权人")
    agents = {}
    for name, firm in firms.items():
        agents[name] = account(f"hr-{name}", f"{name}人事")
        Agency.objects.create(
            user=agents[name], organisation=firm, power="agent", starts_on=dt.date(2020, 1, 1), appointed_by=by
        )
    found = Place(made, firms, agents, account("registrar", "李归集", Role.REGISTRAR, made.xiaoshan),
                  account("leader", "赵领导", Role.LEADER, made.xiaoshan))  # fmt: skip
    _staff(found, told)
    return found


def _staff(found: Place, told: dict[str, Any]) -> None:
    firm, school = found.firms["甲"], found.town.trainer
    found.staff["林小英"] = found.town.worker
    rows = {"林小英": ("焊工", "2019-03-01", None, [("焊工", "高级工", "2020-01-01")], ("2019-03-01", None)), **STAFF}
    for name, (occupation, since, until, certificates, insured) in rows.items():
        if name not in found.staff:
            found.staff[name] = Person.objects.create(name=name, birth_date="1985-01-01", employer=firm, **told)
        person = found.staff[name]
        known = until != "unknown"
        MODELS["employment"].objects.create(
            worker=person, employer=firm, occupation=occupation, started_on=since, ended_on=until if known else None,
            ended_on_none=until is None, **{**told, "source": "劳动合同"},
        )  # fmt: skip
        for occupation_, level, day in certificates:
            MODELS["certificate"].objects.create(
                holder=person, holder_employer=found.firms["丙"] if name == "王八" else firm, issuer=school, kind="职业技能等级证书",
                occupation=occupation_, level=level, issued_on=day, **told,
            )  # fmt: skip
        if insured:
            MODELS["insurance"].objects.create(
                worker=person, employer=firm, kind="职工社会保险", started_on=insured[0], ended_on=insured[1],
                ended_on_none=insured[1] is None, **{**told, "source": "社保登记"},
            )  # fmt: skip


def asked(found: Place, counted_on: dt.date = DAY, **more: Any) -> Place:
    """A survey of all five firms that is open until ten days from now."""
    values: dict[str, Any] = {
        "title": "2026 年上半年用工摸排", "counted_on": counted_on, "opens_on": today() - dt.timedelta(days=3),
        "closes_on": today() + dt.timedelta(days=10), "occupations": OCCUPATIONS, "scope": EmployerSurvey.Scope.ALL, "chosen": [],
    }  # fmt: skip
    found.survey = surveys.publish(surveys.draft(found.officer, found.town.xiaoshan, **(values | more)), found.officer)
    return found


def answered(found: Place) -> Place:
    """焊工: 甲 7 heads 6 wanted, 丙 10 and 2; 钳工: 丙 4 and 4, 丁 0 and 0."""
    found.answer("甲", ANSWER)
    found.answer(
        "丙", {("焊工", "高级工"): {"heads": 10, "vacancies": 2}, ("钳工", "高级工"): {"heads": 4, "vacancies": 4}}
    )
    found.answer("丁", {("钳工", "高级工"): {"heads": 0, "vacancies": 0}})
    return found


def states(firm: SurveyedFirm) -> list[tuple[int, str]]:
    return list(firm.answers.order_by("version").values_list("version", "state"))
