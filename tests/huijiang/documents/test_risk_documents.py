"""Risk documents are released and changed like policies: by a steward, at the desk, with their cases, without code."""

from __future__ import annotations

import pytest

from huijiang.accounts.models import Role
from huijiang.accounts.viewers import today
from huijiang.documents import drafts, library, releases, workbench
from tests.huijiang.documents.bundle import OFFICE_FILES
from tests.huijiang.documents.pages import staff
from tiaowen.check.library import CHECKS
from tiaowen.files import default_folder

pytestmark = pytest.mark.django_db
PATH = "checks/claim-checks.md"
FILES = releases.read_folder(default_folder())
CASES = FILES["checks/claim-checks.cases.yaml"]
LOCAL = """---
document: 萧山核验
title: 萧山区的核验规则
issuers: []
region: 浙江省/杭州市/萧山区
status: in force
issued: unknown
effective: 2026-01-01
expires: never
fund: undetermined
decides: check date
---

# 萧山区的核验规则

## 一、大额
五次签署以上的看一看。

```risk
id: many-signatures
name: 签署次数
for: claim
finds: (count of signature where signature.claim is claim) >= 5 次
does: ask
```
"""


def test_a_steward_changes_a_figure_and_a_case_that_no_longer_holds_stands_in_the_way() -> None:
    as_is = workbench.test(PATH, drafts.Parts(FILES[PATH], CASES))
    assert as_is.ready
    assert len(as_is.cases) > 150
    four = workbench.test(PATH, drafts.Parts(FILES[PATH].replace(")) >= 3 项", ")) >= 4 项"), CASES))
    assert not four.ready
    assert "一年已有三次" in {each.sentence for each in four.failed}
    broken = workbench.test(PATH, drafts.Parts(FILES[PATH].replace("claim.account_matches", "claim.colour"), CASES))
    assert [each.code for each in broken.errors] == ["unknown-column"]


def test_a_working_copy_stands_where_its_document_does_and_a_places_own_rules_below_the_folder() -> None:
    assert drafts.place_of("claim-checks.md", FILES[PATH]) == PATH
    assert drafts.place_of("xiaoshan-checks.md", LOCAL) == f"{CHECKS}浙江省/杭州市/萧山区/xiaoshan-checks.md"
    everywhere = LOCAL.replace("region: 浙江省/杭州市/萧山区", "region: 全国")
    assert drafts.place_of("more-checks.md", everywhere) == f"{CHECKS}more-checks.md"


def test_a_release_without_risk_documents_keeps_those_of_the_software_and_one_with_its_own_runs_its_own() -> None:
    """Nobody is checked less because a release is older than the rules.  A place's own rules run in that place alone."""
    maker, checker = staff("maker", Role.STEWARD), staff("checker", Role.STEWARD_APPROVER)
    releases.approve(releases.make(OFFICE_FILES, maker), checker, today())
    assert library.current().checks.plans == {}
    assert set(library.checks().plans) == {"claim-checks"}
    desk = {name: text for name, text in FILES.items() if name in ("checks/desk.md", "checks/statutory-age.md")}
    files = {**OFFICE_FILES, **desk, PATH: FILES[PATH], "checks/浙江省/杭州市/萧山区/xiaoshan-checks.md": LOCAL}
    made = releases.make(files, maker)
    assert made.documents == 3
    releases.approve(made, checker, today())
    held = library.checks()
    assert [plan.id for plan in held.in_place("330109")] == ["claim-checks", "xiaoshan-checks"]
    assert [plan.id for plan in held.in_place("330281")] == ["claim-checks"]
    assert set(library.current().plans) == {"xiaoshan-2025-3"}
