"""The sheets about people: staff, certificates, groups, apprentices, titles."""

from typing import Final

from tiaowen.workbook.columns import CERTIFICATES, STAFF, Gives, Sheet
from tiaowen.workbook.columns import column as _c

_WORKER: Final = (("worker", "person"), ("employer", "firm"))
_NUMBER: Final = _c("工号", "staff", required=True, note="与职工花名册一致")

STAFF_SHEET = Sheet(
    STAFF,
    (
        _c("工号", "key", required=True),
        _c("姓名", "text", "person.name", required=True),
        _c("证件类型", "document kind"),
        _c("证件号码", "document", "person.id_number", "person.birth_date", required=True,
           also=("身份证号", "身份证号码"), note="整列设为文本"),
        _c("户籍地", "region", "person.hukou", also=("户籍所在地",)),
        _c("工作地", "region", "person.works_in", none="word", also=("就业地",)),
        _c("岗位", "text", "employment.position"),
        _c("工种", "code", "employment.occupation", codes="occupation", none="word",
           also=("职业（工种）", "岗位/工种")),
        _c("是否一线岗位", "bool", "employment.front_line"),
        _c("是否技术工人", "bool", "person.technical_worker"),
        _c("技能等级", "code", "person.level_stated", codes="level", none="word",
           note="现有最高等级；没有写“无”；不填则按技能证书推算"),
        _c("入职日期", "date", "employment.started_on", "hire.started_on", required=True),
        _c("离职日期", "date", "employment.ended_on", "hire.ended_on", none="blank",
           note="仍在职写“无”"),
        _c("是否签订劳动合同", "bool", "hire.contract_signed"),
        _c("合同期限（月）", "months", "hire.contract_length", note="无固定期限写 600"),
        _c("是否参保", "bool", "hire.insured"),
        _c("参保地", "region", "insurance.place"),
        _c("参保起始日期", "date", "insurance.started_on"),
        _c("参保终止日期", "date", "insurance.ended_on", none="blank", note="仍参保写“无”"),
        _c("是否首次在本地参保", "bool", "hire.first_insured_stated"),
        _c("连续参保月数", "months", "hire.insured_months_stated"),
        _c("来源地", "region", "hire.origin", also=("引进前所在地", "引进前所在地（来源地）"),
           note="来之前工作或就读的地方"),
        _c("是否新引进", "bool", "hire.introduced"),
        _c("是否全职", "bool", "hire.full_time", also=("是否全日制", "是否全日制/全职")),
        _c("紧缺岗位", "code", "hire.shortage_post", codes="post", none="word"),
        _c("人才分类", "code", "hire.talent_class", codes="talent_class", none="word"),
        _c("已享受的人才计划", "schemes", "membership.scheme", codes="scheme", none="word"),
        _c("年收入（元）", "money", "person.annual_pay", note="一个日历年，税前"),
    ),
    (
        Gives("employment", "E", ("入职日期",), _WORKER),
        Gives("hire", "H", ("入职日期",), _WORKER),
        Gives("insurance", "I", ("参保起始日期",), (*_WORKER, ("kind", "职工社会保险"))),
    ),
    required=True,
    note="每人一行，含统计期内离职的",
)  # fmt: skip

CERTIFICATES_SHEET = Sheet(
    CERTIFICATES,
    (
        _NUMBER,
        _c("证书类型", "code", "certificate.kind", codes="certificate_kind"),
        _c("职业（工种）名称", "code", "certificate.occupation", codes="occupation", none="word",
           also=("职业(工种)名称", "职业工种")),
        _c("职业编码", "text"),
        _c("等级", "code", "certificate.level", codes="level", none="word",
           note="如 高级工；专项能力证书写“无”"),
        _c("证书编号", "certificate number", "certificate.number"),
        _c("发证日期", "date", "certificate.issued_on", required=True),
        _c("发证机构名称", "organisation", "certificate.issuer", also=("发证机构",)),
        _c("发证机构是否本单位", "bool", "certificate.issuer"),
        _c("培训单位", "organisation", "certificate.trainer", none="word", also=("培训单位名称",)),
        _c("是否由本单位直接培养", "bool", "certificate.trainer", "certificate.trained_directly"),
        _c("是否该等级首次取得", "bool", "certificate.first_stated"),
        _c("培训课时", "int", "certificate.hours"),
        _c("培训单位授课课时", "int", "certificate.hours_by_trainer"),
    ),
    (Gives("certificate", "C", (), (("holder", "person"),)),),
)  # fmt: skip

MEMBERSHIPS_SHEET = Sheet(
    "团队与计划",
    (
        _NUMBER,
        _c("团队或计划", "code", "membership.scheme", codes="scheme", required=True),
        _c("加入日期", "date", "membership.started_on", required=True),
        _c("退出日期", "date", "membership.ended_on", none="word"),
    ),
    (Gives("membership", "M", (), (("person", "person"),)),),
    note="知道起止日期的写在这里；只知道享受过的写在职工花名册",
)

APPRENTICES_SHEET = Sheet(
    "学徒",
    (
        _NUMBER,
        _c("学徒类型", "code", "apprenticeship.kind", codes="apprenticeship_kind"),
        _c("师傅工号", "staff", "apprenticeship.master", none="word"),
        _c("是否工学一体", "bool", "apprenticeship.with_school"),
        _c("合同期限（月）", "months", "apprenticeship.contract_length"),
        _c("是否技能岗位", "bool", "apprenticeship.skilled_post"),
        _c("是否培养合格", "bool", "apprenticeship.passed"),
        _c("学徒起始日期", "date", "apprenticeship.started_on", required=True),
        _c("学徒截止日期", "date", "apprenticeship.ended_on", none="word"),
    ),
    (Gives("apprenticeship", "A", (), (("apprentice", "person"), ("employer", "firm"))),),
)

RECOGNITIONS_SHEET = Sheet(
    "荣誉称号",
    (
        _NUMBER,
        _c("荣誉", "code", "recognition.honour", codes="honour", required=True),
        _c("授予地区", "region", "recognition.granted_by"),
        _c("推荐地区", "region", "recognition.recommended_by", none="word"),
        _c("命名日期", "date", "recognition.named_on", required=True),
        _c("失效日期", "date", "recognition.ended_on", none="word"),
    ),
    (Gives("recognition", "R", (), (("person", "person"), ("employer", "firm"))),),
)
