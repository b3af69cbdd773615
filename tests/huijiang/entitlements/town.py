"""A town small enough to work out by hand: a chief technician, her training body, her employer, and who looks."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from huijiang.access.models import Agency, Binding
from huijiang.accounts.models import Grant, Role, User
from huijiang.regions import tree
from huijiang.regions.models import Region
from huijiang.registry.models import MODELS, Coverage, IdentityDocument, Organisation, Person
from huijiang.registry.vocabulary import vocabulary

DAY = dt.date(2026, 6, 30)
NUMBER = "33999919850607013X"
CHIEF = "xiaoshan-2025-3#chief-technician-allowance"
TRAINER = "xiaoshan-2025-3#trainer-grant"


@dataclass
class Town:
    xiaoshan: Region
    yuyao: Region
    worker: Any
    colleague: Any
    stranger: Any
    trainer: Any
    employer: Any
    honour: Any
    certificate: Any
    worker_user: User
    agent_user: User
    counter_user: User
    hotline_user: User
    reviewer_user: User
    analyst_user: User
    elsewhere_user: User

    @property
    def holder(self) -> str:
        return f"recognition:{self.honour.pk}"


def account(login: str, name: str, role: Role | None = None, region: Region | None = None) -> User:
    made = User.objects.create_user(login, "not used in these tests", name=name)
    if role is not None:
        Grant.objects.create(user=made, role=role, region=region, starts_on=dt.date(2020, 1, 1))
    return made


def town() -> Town:
    """Named on 2025-06-15: 1,000 yuan a month for three years.  Trained by the body as 技师: 1,000 yuan to the body."""
    tree.sync(vocabulary().regions)
    xiaoshan, yuyao = Region.objects.get(code="330109"), Region.objects.get(code="330281")
    told: dict[str, Any] = {"managed_by": xiaoshan, "source": "登记", "as_of": DAY}
    employer = Organisation.objects.create(name="甲厂", kind="企业", place=xiaoshan, uscc="91339999MA0000000J", **told)
    trainer = Organisation.objects.create(name="乙培训学校", kind="培训机构", place=xiaoshan, **told)
    worker = Person.objects.create(
        name="林小英", birth_date="1990-01-01", employer=employer, works_in=xiaoshan, spouse_none=True, **told
    )
    colleague = Person.objects.create(name="林大力", employer=employer, works_in=xiaoshan, spouse=worker, **told)
    stranger = Person.objects.create(name="林外乡", works_in=yuyao, **{**told, "managed_by": yuyao})
    IdentityDocument.objects.create(
        person=worker, kind="居民身份证", number=NUMBER, matched=NUMBER, source="登记", as_of=DAY
    )
    honour = MODELS["recognition"].objects.create(
        person=worker, employer=employer, honour="区首席技师", granted_by=xiaoshan, recommended_by=xiaoshan,
        named_on="2025-06-15", ended_on_none=True, **told,
    )  # fmt: skip
    certificate = MODELS["certificate"].objects.create(
        holder=worker, holder_employer=employer, issuer=trainer, trainer=trainer, trained_directly=True,
        kind="职业技能等级证书", occupation="焊工", level="技师", issued_on="2025-09-01", first_stated=True, **told,
    )  # fmt: skip
    for table in ("recognition", "certificate"):  # all there are: no other honour or certificate is unknown
        Coverage.objects.create(table=table, complete=True, source="登记", as_of=DAY)
    someone = account("appointer", "任命人")
    worker_user = account("worker", "林小英")
    Binding.objects.create(user=worker_user, person=worker, way="counter")
    agent_user = account("agent", "吴经办")
    Agency.objects.create(
        user=agent_user, organisation=trainer, power="owner", starts_on=dt.date(2020, 1, 1), appointed_by=someone
    )
    return Town(
        xiaoshan, yuyao, worker, colleague, stranger, trainer, employer, honour, certificate, worker_user, agent_user,
        account("counter", "陈窗口", Role.COUNTER, xiaoshan), account("hotline", "何热线", Role.HOTLINE, xiaoshan),
        account("reviewer", "徐审核", Role.REVIEWER, xiaoshan), account("analyst", "高分析", Role.ANALYST, xiaoshan),
        account("elsewhere", "余外地", Role.COUNTER, yuyao),
    )  # fmt: skip
