"""What each kind of letter is filled with in tests."""

from __future__ import annotations

from typing import Any

SAMPLES: dict[str, dict[str, Any]] = {
    "acceptance": {"case": "萧-2026-000123", "benefit": "技能提升补贴", "received": "2026年6月30日", "due": "2026年7月14日",
                   "papers": ["身份证明", "职业技能等级证书"]},
    "non_acceptance": {"case": "登-0009", "benefit": "技能提升补贴", "received": "2026年6月30日",
                       "reason": "该事项不属于本机关职权范围", "clause": "萧山二(三)7",
                       "elsewhere": "请向参保地的人力资源和社会保障局提出。"},
    "correction": {"case": "萧-2026-000123", "benefit": "技能提升补贴", "until": "2026年7月10日",
                   "items": ["证书照片不清楚，请重新拍照", "收款账户户名与本人不一致"]},
    "grant": {"case": "萧-2026-000123", "benefit": "技能提升补贴", "clause": "萧山二(三)7",
              "working": ["三级证书 1 本，每本 2,000 元", "已发 0 元，本次应发 2,000 元"],
              "payment": "款项将于2026年7月31日前发至你的社会保障卡。"},
    "refusal": {"case": "萧-2026-000123", "benefit": "技能提升补贴", "clause": "萧山二(三)7",
                "reasons": ["申请时未在本区参保（社会保险登记，2026年6月30日）"], "advice": "参保满一个月后可以重新申请。"},
    "public_notice": {"benefit": "技能提升补贴", "clause": "萧山二(三)7", "starts": "2026年7月1日", "ends": "2026年7月7日",
                      "list": {"columns": ["序号", "姓名", "金额"], "rows": [["1", "林*", "2,000元"]]},
                      "contact": "0571-00000000"},
    "service_receipt": {"case": "萧-2026-000123", "letter": "萧人社技准〔2026〕1号",
                        "record": {"columns": ["方式", "日期", "签收人"], "rows": [["平台内阅读", "2026-07-02", "本人"]]}},
    "recovery": {"case": "萧-2026-000123", "benefit": "技能提升补贴", "facts": ["同一证书在外区已领取"],
                 "clause": "萧山二(三)7", "until": "2026年8月31日", "account": "户名：某局；账号尾号0000"},
    "payment_proof": {"case": "萧-2026-000123", "benefit": "技能提升补贴", "paid_on": "2026年7月20日",
                      "account": "尾号0000", "fund": "职业技能提升专账"},
}  # fmt: skip
MONEY = frozenset({"grant", "recovery", "payment_proof"})
