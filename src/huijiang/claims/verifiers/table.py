"""Every verifier: its rule (R01… of the field's list; empty: none of them), what a hit does, and its version.

A rule that the language of policies can say stands in a document as a `risk` block and arrives through `risks`.  Not
here, because nothing records what they need: R18–R35 (classes, attendance, examinations: rooms to come), R38 (money paid
back outside), R43–R44.  R40 is held by the database; `chain` shows it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from huijiang.claims.models.checks import Severity
from huijiang.claims.verifiers import bodies, duplicates, identity, money, registers, rules, work
from huijiang.claims.verifiers.finding import Verify

BLOCK, REVIEW, SCORE = Severity.BLOCK, Severity.REVIEW, Severity.SCORE


@dataclass(frozen=True)
class Verifier:
    """`outside`: it asks other authorities, and may take seconds."""

    name: str
    rule: str
    label: str | Promise
    severity: Severity
    verify: Verify
    outside: bool = False
    version: str = "1"


def _table() -> tuple[Verifier, ...]:
    v, _ = Verifier, gettext_lazy
    return (
        v("conditions", "", _("条件与登记核对"), REVIEW, rules.conditions),
        v("declared", "", _("申报的事实"), REVIEW, rules.declared),
        v("risks", "", _("文件规定的检查"), REVIEW, rules.risks),
        v("number", "R01", _("证件号码"), BLOCK, identity.number),
        v("death", "R02", _("是否在世"), BLOCK, registers.dead, True),
        v("custody", "R03", _("是否在押"), BLOCK, registers.in_custody, True),
        v("pension", "R04", _("是否领取养老待遇"), BLOCK, registers.pension, True),
        v("age", "R05", _("年龄"), REVIEW, identity.age),
        v("student", "R06", _("是否在读学生"), REVIEW, registers.student, True),
        v("public_payroll", "R07", _("是否财政供养"), REVIEW, registers.payroll, True),
        v("insured_by", "R08", _("由申报单位参保"), BLOCK, work.by_the_employer),
        v("insured_elsewhere", "R09", _("另由别处参保"), REVIEW, work.elsewhere),
        v("insured_around", "R10", _("只在申报前后参保"), REVIEW, work.around_the_claim),
        v("same_human", "R11", _("一人多档"), REVIEW, identity.twice),
        v("same_level", "R12", _("同职业同等级只领一次"), BLOCK, duplicates.same_level),
        v("higher_before", "R13", _("先高后低"), BLOCK, duplicates.higher_before),
        v("times", "R14", _("年度次数"), BLOCK, duplicates.times_a_year),
        v("certificate_number", "R15", _("证书编号重复"), BLOCK, duplicates.number_twice),
        v("same_event", "R16", _("同一事由另有申报"), REVIEW, duplicates.same_event),
        v("other_departments", "R16", _("其他部门发放"), BLOCK, registers.other_lists, True),
        v("exclusive", "R16", _("互斥项目"), BLOCK, duplicates.exclusive),
        v("already", "R12", _("接管前已发放"), BLOCK, duplicates.already),
        v("late", "R17", _("发证是否超过一年"), REVIEW, duplicates.late),
        v("holder", "R36", _("账户户名"), BLOCK, money.holder),
        v("shared_account", "R37", _("账户共用"), REVIEW, money.shared),
        v("amount", "R39", _("金额与事实"), REVIEW, money.amount),
        v("split", "R39", _("拆分申报"), REVIEW, money.split),
        v("chain", "R40", _("两人签署"), BLOCK, money.chain),
        v("shell", "R41", _("单位是否存续"), BLOCK, bodies.shell, True),
        v("concentration", "R42", _("审核集中"), SCORE, bodies.concentration),
        v("own_unit", "R42", _("签署人回避"), BLOCK, bodies.own_unit),
    )


VERIFIERS: Final = _table()
BY_NAME: Final[Mapping[str, Verifier]] = {each.name: each for each in VERIFIERS}
