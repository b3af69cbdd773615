"""The roster template: the form, the statements of completeness, and all sheets in reading order."""

from typing import Final

from tiaowen.workbook.columns import FORM, Statement
from tiaowen.workbook.columns import column as _c
from tiaowen.workbook.roster_firm import (
    BASE_REVIEWS_SHEET,
    BASE_SERVICES_SHEET,
    BASES_SHEET,
    CONTESTS_SHEET,
    FUNDS_SHEET,
    MATCHES_SHEET,
    ORGANISATION_HONOURS_SHEET,
    OTHERS_SHEET,
    PAYMENTS_SHEET,
    SERVICES_SHEET,
    STAYS_SHEET,
    STUDIO_REVIEWS_SHEET,
    STUDIOS_SHEET,
    TERMS_SHEET,
    TITLES_SHEET,
    TRAININGS_SHEET,
)
from tiaowen.workbook.roster_people import (
    APPRENTICES_SHEET,
    CERTIFICATES_SHEET,
    MEMBERSHIPS_SHEET,
    RECOGNITIONS_SHEET,
    STAFF_SHEET,
)

FORM_LINES: Final = (
    _c("单位名称", "text", "organisation.name", required=True),
    _c("统一社会信用代码", "organisation code", "organisation.uscc", required=True, note="18 位"),
    _c("所在地区", "region", "organisation.place", required=True, note="如 浙江省/杭州市/萧山区"),
    _c("单位类型", "code", "organisation.kind", codes="organisation_kind", required=True),
    _c("行业门类", "code", "organisation.industry", codes="industry"),
    _c("是否规模以上", "bool", "organisation.above_scale", also=("是否规上",)),
    _c("是否制造业", "bool", "organisation.manufacturing"),
    _c("是否国有或国有控股", "bool", "organisation.state_owned", also=("是否国有",)),
    _c(
        "是否等级认定备案",
        "bool",
        "organisation.assessment_filed",
        also=("是否已备案职业技能等级认定",),
        note="经人社部门备案的职业技能等级认定（试点）企业",
    ),
    _c("是否定点培训机构", "bool", "organisation.designated"),
    _c("是否建立职工培训体系", "bool", "organisation.training_system"),
    _c("是否设职工培训中心", "bool", "organisation.training_centre"),
    _c("是否建立高技能岗位津贴", "bool", "organisation.post_allowance_scheme"),
    _c("是否建立八级工序列", "bool", "organisation.eight_levels"),
    _c("填报日期", "date", required=True, note="以下各表截至这一天"),
    _c(
        "空白的终止日期是否表示至今未止",
        "bool",
        note="填“是”，则离职日期、参保终止日期空着就是仍在职、仍参保；填“否”或不填，空着就是不清楚",
    ),
)

STATEMENTS: Final = (
    Statement(
        "职工花名册已列全，自",
        (("employment", "employer"), ("hire", "employer"), ("insurance", "employer")),
    ),
    Statement("本单位职工的技能证书已列全，自", (("certificate", "holder"),)),
    Statement("本单位自主认定的证书已列全，自", (("certificate", "issuer"),)),
    Statement("本单位直接培养的证书已列全，自", (("certificate", "trainer"),)),
    Statement("已享受的人才计划已逐人填写，自", (("membership", "person"),)),
    Statement("学徒已列全，自", (("apprenticeship", "employer"),)),
    Statement("荣誉称号已列全，自", (("recognition", "person"),)),
    Statement("竞赛获奖已列全，自", (("contest_entry", "contestant"),)),
    Statement("工作室已列全，自", (("studio", "host"), ("studio_review", "studio"))),
    Statement("实训基地已列全，自", (("base", "host"), ("base_review", "base"), ("base_service", "base"))),
    Statement("见习实习已列全，自", (("stay", "host"),)),
    Statement("培训记录已列全，自", (("training", "trainee"),)),
    Statement("职工教育经费已列全，自", (("education_fund", "employer"),)),
    Statement("评价备案期已列全，自", (("assessment_term", "organisation"),)),
    Statement("已领补贴已列全，自", (("payment", "person"), ("payment", "payee"))),
)

# Sheets whose rows others refer to come first; they are read in this order.
SHEETS: Final = (
    OTHERS_SHEET, STAFF_SHEET, STUDIOS_SHEET, BASES_SHEET, CERTIFICATES_SHEET, MEMBERSHIPS_SHEET, APPRENTICES_SHEET, RECOGNITIONS_SHEET,
    ORGANISATION_HONOURS_SHEET, MATCHES_SHEET, CONTESTS_SHEET, STUDIO_REVIEWS_SHEET, BASE_REVIEWS_SHEET, BASE_SERVICES_SHEET,
    STAYS_SHEET, TRAININGS_SHEET, FUNDS_SHEET, TERMS_SHEET, SERVICES_SHEET, TITLES_SHEET, PAYMENTS_SHEET,
)  # fmt: skip
SHEET: Final = {sheet.name: sheet for sheet in SHEETS}


def mapped_columns() -> dict[str, tuple[tuple[str, str], ...]]:
    """Each vocabulary column that the template fills → the sheets and headers that fill it.

    Columns that a row gets from its place (the firm, the person, a constant) are named with an
    empty header.
    """
    found: dict[str, list[tuple[str, str]]] = {}
    for line in FORM_LINES:
        for target in line.fills:
            found.setdefault(target, []).append((FORM, line.header))
    for sheet in SHEETS:
        for column in sheet.columns:
            for target in column.fills:
                found.setdefault(target, []).append((sheet.name, column.header))
        for gives in sheet.gives:
            for name, _ in gives.fixed:
                found.setdefault(f"{gives.table}.{name}", []).append((sheet.name, ""))
    return {target: tuple(places) for target, places in found.items()}


def code_lists() -> frozenset[str]:
    """The code lists of the vocabulary that the template uses."""
    columns = [*FORM_LINES, *(column for sheet in SHEETS for column in sheet.columns)]
    return frozenset(column.codes for column in columns if column.codes)
