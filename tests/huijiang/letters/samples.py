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
    "recovery_plan": {"case": "萧-2026-000123", "benefit": "技能提升补贴", "notice": "萧人社技追〔2026〕1号",
                      "reason": "本人申请分期。", "account": "户名：某局；账号尾号0000",
                      "plan": {"columns": ["期", "退还期限", "金额"], "rows": [["1", "2026年8月31日", "1,000.00元"]]}},
    "recovery_offset": {"case": "萧-2026-000123", "benefit": "技能提升补贴", "notice": "萧人社技追〔2026〕1号",
                        "kept": "应发1,000.00元，抵扣400.00元，实际拨付600.00元。", "from": "“首席技师津贴”", "left": "100.00元"},
    "recovery_closed": {"case": "萧-2026-000123", "benefit": "技能提升补贴", "notice": "萧人社技追〔2026〕1号",
                        "outcome": "款项已全部退回，追缴办结",
                        "parts": {"columns": ["日期", "方式", "金额"], "rows": [["2026年8月1日", "退到账户", "400.00元"]]}},
    "share": {"case": "萧-2026-000123", "benefit": "技能提升补贴", "clause": "萧山二(三)7", "document": "某文第三条",
              "asked": "3,000.00元", "rest": "其余2,000.00元继续等待，资金追加后再发放。",
              "lines": {"columns": ["所属期", "应发", "本次发放"], "rows": [["2026-03", "3,000.00元", "1,000.00元"]]}},
    "payment_proof": {"case": "萧-2026-000123", "benefit": "技能提升补贴", "paid_on": "2026年7月20日",
                      "account": "尾号0000", "fund": "职业技能提升专账"},
}  # fmt: skip
MONEY = frozenset({
    "grant", "recovery", "recovery_plan", "recovery_offset", "recovery_closed", "share", "payment_proof",
})  # fmt: skip
