"""What checks a claim: three verifiers in code, which carry what the policy itself says, and every risk block in force.

R18–R35 (classes, attendance, examinations: rooms to come), R38 (money paid back outside) and R43–R44 have no facts yet;
`policies/checks/claim-checks.md` says so clause by clause.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from huijiang.claims.models.checks import LABELS, Severity
from huijiang.claims.risks.blocks import Block
from huijiang.claims.verifiers import rules
from huijiang.claims.verifiers.finding import Verify


@dataclass(frozen=True)
class Check:
    """One check as it is written beside a claim.  `name` is a verifier's, or `document#block`; `clause`: the document's
    number and clause, empty for a verifier in code."""

    name: str
    label: str | Promise
    severity: Severity
    version: str = "1"
    rule: str = ""
    clause: str = ""


def of_block(block: Block) -> Check:
    return Check(block.key, block.rule.name, block.severity, block.version, block.rule.listed, block.clause)


IN_CODE: Final[Mapping[Check, Verify]] = {
    Check("conditions", _("条件与登记核对"), Severity.REVIEW): rules.conditions,
    Check("declared", _("申报的事实"), Severity.REVIEW): rules.declared,
    Check("risks", _("文件规定的检查"), Severity.REVIEW): rules.risks,
}
LABELS.update({each.name: each.label for each in IN_CODE})
