"""The sheets about the firm's honours, contests, studios, bases, guests, training and money."""

from typing import Final

from tiaowen.workbook.columns import CONTESTS, MATCHES, OTHERS, STAYS, Gives, Sheet
from tiaowen.workbook.columns import column as _c

_NUMBER: Final = _c("工号", "staff", required=True, note="与职工花名册一致")

ORGANISATION_HONOURS_SHEET = Sheet(
    "单位荣誉",
    (
        _c("荣誉", "code", "organisation_honour.honour", codes="honour", required=True),
        _c("对象", "text", "organisation_honour.subject", none="word"),
        _c("认定地区", "region", "organisation_honour.granted_by"),
        _c("认定日期", "date", "organisation_honour.named_on", required=True),
        _c("失效日期", "date", "organisation_honour.ended_on", none="word"),
    ),
    (Gives("organisation_honour", "OH", (), (("organisation", "firm"),)),),
)

CONTESTS_SHEET = Sheet(
    CONTESTS,
    (
        _NUMBER,
        _c("竞赛名称", "text", "contest.name", required=True),
        _c("竞赛级别", "code", "contest.level", codes="tier"),
        _c("举办地区", "region", "contest.place"),
        _c("举办日期", "date", "contest.held_on", "contest_item.held_on"),
        _c("竞赛项目", "text", "contest_item.name"),
        _c("奖次", "code", "contest_entry.prize", codes="prize", none="word"),
        _c("技术能手称号", "code", "contest_entry.title", codes="expert_title", none="word"),
        _c("名次", "int", "contest_entry.rank"),
        _c("选派地区", "region", "contest_entry.sent_by", none="word"),
        _c("公布日期", "date", "contest_entry.announced_on", required=True),
    ),
    (
        Gives("contest", "K", ("竞赛名称",)),
        Gives("contest_item", "KI", ("竞赛名称", "竞赛项目"), (("contest", "row contest"),)),
        Gives(
            "contest_entry",
            "KE",
            ("竞赛名称",),
            (("contestant", "person"), ("contest", "row contest"), ("item", "row contest_item")),
        ),
    ),
)

MATCHES_SHEET = Sheet(
    MATCHES,
    (
        _c("竞赛名称", "text", "contest.name", required=True),
        _c("竞赛级别", "code", "contest.level", codes="tier"),
        _c("举办地区", "region", "contest.place"),
        _c("举办日期", "date", "contest.held_on", "contest_item.held_on", required=True),
        _c("竞赛项目", "text", "contest_item.name", required=True),
    ),
    (
        Gives("contest", "K", ("竞赛名称",)),
        Gives(
            "contest_item",
            "KI",
            ("竞赛名称", "竞赛项目"),
            (("contest", "row contest"), ("organiser", "firm")),
        ),
    ),
    note="本单位主办的技术比武，每个项目一行",
)

STUDIOS_SHEET = Sheet(
    "工作室",
    (
        _c("工作室编号", "key", required=True),
        _c("工作室名称", "text"),
        _c("领衔人工号", "staff", "studio.master"),
        _c("工作室类型", "code", "studio.kind", codes="studio_kind"),
        _c("级别", "code", "studio.level", codes="tier"),
        _c("认定日期", "date", "studio.recognised_on", required=True),
        _c("退出日期", "date", "studio.ended_on", none="word"),
    ),
    (Gives("studio", "S", (), (("host", "firm"),)),),
)

STUDIO_REVIEWS_SHEET = Sheet(
    "工作室考核",
    (
        _c("工作室编号", "studio", "studio_review.studio", required=True),
        _c("考核年度", "year", "studio_review.year"),
        _c("考核结果", "code", "studio_review.result", codes="result"),
        _c("考核日期", "date", "studio_review.concluded_on", required=True),
    ),
    (Gives("studio_review", "SR"),),
)

BASES_SHEET = Sheet(
    "实训基地",
    (
        _c("基地编号", "key", required=True),
        _c("基地名称", "text"),
        _c("基地类型", "code", "base.kind", codes="base_kind"),
        _c("级别", "code", "base.level", codes="tier"),
        _c("合作单位", "organisation", "base.partner", none="word"),
        _c("认定日期", "date", "base.recognised_on", required=True),
        _c("退出日期", "date", "base.ended_on", none="word"),
    ),
    (Gives("base", "B", (), (("host", "firm"),)),),
)

BASE_REVIEWS_SHEET = Sheet(
    "基地考核",
    (
        _c("基地编号", "base", "base_review.base", required=True),
        _c("考核年度", "year", "base_review.year"),
        _c("考核结果", "code", "base_review.result", codes="result"),
        _c("考核日期", "date", "base_review.concluded_on", required=True),
    ),
    (Gives("base_review", "BR"),),
)

BASE_SERVICES_SHEET = Sheet(
    "基地服务",
    (
        _c("基地编号", "base", "base_service.base", required=True),
        _c("是否公益", "bool", "base_service.free_of_charge"),
        _c("服务日期", "date", "base_service.held_on", required=True),
    ),
    (Gives("base_service", "BS"),),
)

STAYS_SHEET = Sheet(
    STAYS,
    (
        _c("姓名", "text", "person.name", required=True),
        _c("证件类型", "document kind"),
        _c("证件号码", "document", "person.id_number", "person.birth_date", required=True,
           note="整列设为文本"),
        _c("所在学校", "organisation", "stay.school", none="word"),
        _c("交流类型", "code", "stay.kind", codes="stay_kind"),
        _c("身份", "code", "stay.role", codes="role"),
        _c("就读层次", "code", "stay.schooling", codes="schooling", none="word"),
        _c("是否受邀", "bool", "stay.invited"),
        _c("是否提供伙食", "bool", "stay.board_provided"),
        _c("是否提供住宿", "bool", "stay.lodging_provided"),
        _c("是否提供实训教学", "bool", "stay.teaching_provided"),
        _c("是否发放生活补贴", "bool", "stay.allowance_paid"),
        _c("是否参加工伤保险", "bool", "stay.injury_insured"),
        _c("保险费（元）", "money", "stay.premium_paid"),
        _c("所在地", "region", "stay.place"),
        _c("开始日期", "date", "stay.started_on", required=True),
        _c("结束日期", "date", "stay.ended_on", none="word"),
    ),
    (Gives("stay", "T", (), (("person", "person"), ("host", "firm"))),),
    note="学生或教师，不必在职工花名册里",
)  # fmt: skip

TRAININGS_SHEET = Sheet(
    "培训记录",
    (
        _NUMBER,
        _c("培训机构", "organisation", "training.provider"),
        _c("培训类型", "code", "training.kind", codes="training_kind"),
        _c("培训班次", "text", "training.class"),
        _c("行业系统", "code", "training.sector", codes="sector"),
        _c("培训地点", "region", "training.place"),
        _c("学时", "int", "training.hours"),
        _c("所得证书编号", "certificate number", "training.certificate", none="word"),
        _c("结业日期", "date", "training.completed_on", required=True),
    ),
    (
        Gives(
            "training",
            "L",
            (),
            (("trainee", "person"), ("trainee_employer", "firm"), ("trainee_role", "职工")),
        ),
    ),
)

FUNDS_SHEET = Sheet(
    "职工教育经费",
    (
        _c("年度", "year", "education_fund.year", "education_fund.year_end", required=True),
        _c("工资总额（元）", "money", "education_fund.wages"),
        _c("提取（元）", "money", "education_fund.drawn"),
        _c("使用（元）", "money", "education_fund.spent"),
        _c("其中一线职工（元）", "money", "education_fund.front_line"),
    ),
    (Gives("education_fund", "F", (), (("employer", "firm"),)),),
)

TERMS_SHEET = Sheet(
    "评价备案期",
    (
        _c("星级", "code", "assessment_term.stars", codes="stars"),
        _c("期满日期", "date", "assessment_term.ended_on", required=True),
    ),
    (Gives("assessment_term", "Q", (), (("organisation", "firm"),)),),
)

SERVICES_SHEET = Sheet(
    "社会服务",
    (
        _NUMBER,
        _c("组织单位", "organisation", "service.organiser"),
        _c("服务类型", "code", "service.kind", codes="service_kind"),
        _c("服务日期", "date", "service.held_on", required=True),
    ),
    (Gives("service", "V", (), (("person", "person"),)),),
)

TITLES_SHEET = Sheet(
    "职称",
    (
        _NUMBER,
        _c("职称系列", "code", "title.field", codes="title_field"),
        _c("职称层级", "code", "title.rank", codes="title_rank"),
        _c("毕业专业是否与申报职业相关", "bool", "title.occupation_matches_major"),
        _c("取得日期", "date", "title.granted_on", required=True),
    ),
    (Gives("title", "W", (), (("holder", "person"),)),),
)

PAYMENTS_SHEET = Sheet(
    "已领补贴",
    (
        _c("依据文号", "text", "payment.document"),
        _c("补贴项目", "text", "payment.benefit", note="文件里的项目编号"),
        _c("工号", "staff", "payment.person", none="word"),
        _c("证书编号", "certificate number", "payment.certificate", none="word"),
        _c("收款单位", "organisation", "payment.payee", none="word"),
        _c("资金", "code", "payment.fund", codes="fund"),
        _c("金额（元）", "money", "payment.amount"),
        _c("到账日期", "date", "payment.paid_on", required=True),
    ),
    (Gives("payment", "Y"),),
)

OTHERS_SHEET = Sheet(
    OTHERS,
    (
        _c("单位名称", "key", "organisation.name", required=True),
        _c("单位类型", "code", "organisation.kind", codes="organisation_kind"),
        _c("所在地区", "region", "organisation.place"),
        _c("是否定点培训机构", "bool", "organisation.designated"),
        _c("是否等级认定备案", "bool", "organisation.assessment_filed"),
    ),
    (Gives("organisation", "O"),),
    note="别的表里出现的发证机构、培训机构、学校、合作单位",
)
