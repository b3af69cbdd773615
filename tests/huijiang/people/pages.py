"""The room's pages for the gate."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from huijiang.access.models import Guardianship
from huijiang.access.viewers import as_worker
from huijiang.accounts.models import Role, User
from huijiang.accounts.viewers import today
from huijiang.people import corrections, erasing, exports
from huijiang.people.models import Assessment, Correction, Erasure
from huijiang.registry import merging
from huijiang.registry.linked import Merge, Pair
from huijiang.registry.models import MODELS, Person
from huijiang.sealed import keys
from tests.huijiang.entitlements.town import DAY, Town, account, town
from tests.huijiang.gate.pages import Page


@dataclass
class World:
    town: Town
    registrar: User
    security: User
    pair: Pair
    merge: Merge
    correction: Correction
    erasure: Erasure
    assessment: Assessment


def world() -> World:
    """The town with two records of one man, a merge, a disputed fact, a request to erase, an assessment, a child."""
    keys.ensure(settings.KEY_FILE)
    made = town()
    told: dict[str, Any] = {"managed_by": made.xiaoshan, "source": "就业登记", "as_of": DAY}
    registrar = account("registrar", "李归集", Role.REGISTRAR, made.xiaoshan)
    security = account("security", "郑安全", Role.SECURITY_ADMIN, made.xiaoshan)
    Person.objects.filter(pk=made.worker.pk).update(annual_pay=8_812_345)
    for since, until in (("2012-07-01", "2018-12-31"), ("2019-03-01", None)):
        MODELS["employment"].objects.create(worker=made.worker, employer=made.employer, position="焊接岗位", started_on=since,
                                            ended_on=until, ended_on_none=until is None, **told)  # fmt: skip
    MODELS["insurance"].objects.create(worker=made.worker, employer=made.employer, kind="职工社会保险",
                                       started_on="2012-08-01", **told)  # fmt: skip
    one, other, third = (Person.objects.create(name="陈建国", birth_date="1970-02-03", **told) for _ in range(3))
    pair = Pair.objects.create(first_person=one, second_person=other, probability=980, reasons=["name", "birth"])
    merge = merging.merge(registrar, other, third, "核对了身份证")
    viewer = as_worker(made.worker_user)
    assert viewer is not None
    of = corrections.disputed(viewer, "certificate", made.certificate.pk)
    assert of is not None
    column = next(each for each in of.columns if each.name == "level")
    correction = corrections.dispute(viewer, of, column, "高级技师", "证书上写的是高级技师")
    erasure = erasing.ask(viewer, ["facts", "messages"], "不再需要")
    exports.make(exports.ask(viewer))
    assessment = Assessment.objects.create(
        title="免申即享", purpose="自动找出该领未领的人", data="参保、证书", risks="误判", risk="medium", measures="只提示，不自动拒绝",
        assessed_on=dt.date(2026, 6, 30), reviewer="郑安全", recorded_by=security,
    )  # fmt: skip
    child = Person.objects.create(name="林小小", birth_date=today().replace(year=today().year - 9, day=1), **told)
    Guardianship.objects.create(user=made.worker_user, child=child, proof="birth", bound_by=made.counter_user,
                                ends_on=today().replace(year=today().year + 9, day=1))  # fmt: skip
    return World(made, registrar, security, pair, merge, correction, erasure, assessment)


def worker(name: str, **more: Any) -> Page:
    return Page(f"people:{name}", world, lambda told: told.town.worker_user, **more)


def agent(name: str, **more: Any) -> Page:
    return Page(f"people:{name}", world, lambda told: told.town.agent_user, **more)


def registrar(name: str, **more: Any) -> Page:
    return Page(f"people:{name}", world, lambda told: told.registrar, **more)


def security(name: str, **more: Any) -> Page:
    return Page(f"people:{name}", world, lambda told: told.security, **more)


def counter(name: str, **more: Any) -> Page:
    return Page(f"people:{name}", world, lambda told: told.town.counter_user, **more)


PAGES = [
    worker("portrait"), worker("corrections"), worker("privacy"), worker("erase"), worker("wards"),
    worker("dispute", arguments=lambda told: {"table": "certificate", "row": told.town.certificate.pk}),
    agent("firm_facts"),
    agent("firm_dispute", arguments=lambda told: {"table": "organisation", "row": told.town.trainer.pk}),
    Page("people:retention", world),
    counter("guardians"), counter("guardian_end"), counter("portrait_seen", arguments=lambda told: {"uid": told.town.worker.uid}),
    registrar("duplicates"), registrar("duplicate", arguments=lambda told: {"uid": told.pair.uid}),
    registrar("merges"), registrar("undo", arguments=lambda told: {"uid": told.merge.uid}),
    registrar("correction_queue"), registrar("correction_answer", arguments=lambda told: {"uid": told.correction.uid}),
    registrar("erasures"), registrar("erasure", arguments=lambda told: {"uid": told.erasure.uid}),
    security("assessments"), security("assessment_new"),
    security("assessment", arguments=lambda told: {"uid": told.assessment.uid}),
]  # fmt: skip
NOT_PAGES = {
    "people:export": "takes a form and goes back",
    "people:fetch": "an archive to download",
    "people:ward_switch": "takes a form and goes on",
    "people:ward_stop": "asks once more, of whoever pressed the button",
}
