"""What other authorities' registers know: R02 death, R03 custody, R04 pension, R06 student, R07 public payroll, R16 lists
of other departments.

A register that is not there, late or not to be believed gives no data, never "passed".  Of death, custody and
disability the verdict alone is kept: no evidence, no day, no source.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.utils.translation import gettext_noop

from huijiang.claims.connectors import Outcome
from huijiang.claims.connectors.asking import VERDICT_ALONE
from huijiang.claims.verifiers.finding import Finding, Subject, Verify, failed, no_data, passed

NOT_TOLD: Final = gettext_noop("外部登记簿没有答复")


def asks(kind: str, hit: str, on: str = "day", only: Callable[[Subject], bool] = lambda _: True) -> Verify:
    """A verifier: each person of the claim is asked after; `hit` are the words where the register has one.  `on`: `day`
    of the event or of the claim (`sent`)."""

    def verify(subject: Subject) -> Finding | None:
        if not subject.people or not only(subject):
            return None
        told = []
        for person in subject.people:
            answer = subject.asked(kind, person, getattr(subject, on))
            if answer is None:
                return no_data(gettext_noop("没有登记证件"))
            told.append((person, answer))
        alone = kind in VERDICT_ALONE
        for person, answer in told:
            if answer.outcome is Outcome.ANSWERED:
                seen = {"person": person.pk, "source": answer.source, "as_of": str(answer.as_of)}
                return failed(hit, **({} if alone else seen))
        silent = [answer for _person, answer in told if answer.outcome is Outcome.UNAVAILABLE]
        if silent:
            return no_data(NOT_TOLD, **({} if alone else {"source": silent[0].source, "why": silent[0].why}))
        return passed("", **({} if alone else {"source": told[0][1].source, "as_of": str(told[0][1].as_of)}))

    return verify


dead = asks("death", gettext_noop("在事由日期或申报前已死亡"), on="sent")
in_custody = asks("custody", gettext_noop("事由日期在押或服刑"))
pension = asks("pension", gettext_noop("事由当月已领取养老待遇"))
student = asks(
    "student",
    gettext_noop("事由日期是在读全日制学生"),
    only=lambda s: not s.claim.holder.startswith(("enrolment:", "stay:", "student:")),
)
payroll = asks("public_payroll", gettext_noop("事由当月由财政供养"))
other_lists = asks("other_departments", gettext_noop("其他部门已就同一事由发放"))
