"""Organisations, their honours, staff education funds and payments."""

from __future__ import annotations

from typing import Final

ORGANISATION: Final = """
SELECT k, organisation_id(k) AS id,
       pick(k, 'trade name', getvariable('trade_names')) || k || kind AS name,
       prefix || lpad(k::VARCHAR, 7, '0') || CASE WHEN chance(k, 'wrong check', getvariable('wrong_code_checks'))
         THEN code_check(code_sum(prefix) + 3, k) ELSE code_check(code_sum(prefix), k) END AS uscc,
       kind, organisation_place(k) AS place, industry, industry = '制造业' AS manufacturing,
       is_firm(k) AND k * 100 < getvariable('count')['企业'] * 9 AS above_scale,
       is_firm(k) AND chance(k, 'technology', 1200) AS technology_based,
       is_firm(k) AND chance(k, 'state-owned', 300) AS state_owned,
       is_filed(k) OR kind IN ('社会培训评价组织', '技工院校') AS assessment_filed,
       kind = '培训机构' AND chance(k, 'designated', 7000) AS designated,
       CASE WHEN kind = '技工院校' THEN ['技师学院', '高级技工学校', '普通技工学校'][1 + k % 3] ELSE '∅' END AS school_rank,
       CASE WHEN kind IN ('技工院校', '中职院校', '高职院校', '高等学校')
         THEN getvariable('n_study') // getvariable('schools') ELSE 0 END AS students,
       is_firm(k) AND chance(k, 'training system', 3000) AS training_system,
       is_filed(k) AND chance(k, 'training centre', 4000) AS training_centre,
       is_firm(k) AND chance(k, 'allowance', 1000) AS post_allowance_scheme,
       is_filed(k) AND chance(k, 'eight levels', 3000) AS eight_levels,
       is_filed(k) AND chance(k, 'pilot', 1500) AS reform_pilot,
       is_firm(k) AND chance(k, 'wages', 900) AS wage_agreement
FROM (SELECT k, kind, CASE WHEN kind IN ('企业', '人力资源服务机构') THEN '91339999MA'
                     WHEN kind IN ('机关', '人社部门') THEN '11339999MB'
                     WHEN kind IN ('技工院校', '中职院校', '高职院校', '高等学校', '事业单位') THEN '12339999MB'
                     ELSE '52339999MJ' END AS prefix,
             CASE WHEN kind = '企业' THEN pick(k, 'industry', getvariable('industries'))
                  WHEN kind IN ('技工院校', '中职院校', '高职院校', '高等学校', '培训机构') THEN '教育'
                  WHEN kind = '人力资源服务机构' THEN '租赁和商务服务业' ELSE '公共管理社会保障和社会组织' END AS industry
      FROM (SELECT k, CASE WHEN is_outside(k) THEN '企业' ELSE list_filter(getvariable('blocks'), lambda b: in_block(k, b))[1] END AS kind
            FROM range(getvariable('organisations')) AS t(k)))
"""

HONOUR: Final = """
SELECT k, 'oh' || k AS id, CASE WHEN k % 3 = 0 THEN organisation_id(one_of(k, 'honoured school', '技工院校'))
         ELSE organisation_id(roll(k, 'honoured firm', greatest(1, getvariable('count')['企业'] // 20))) END AS organisation,
       CASE WHEN k % 3 = 0 THEN pick(k, 'school honour', ['高水平专业群', '市级品牌专业', '一流技师学院', '产业学院'])
         ELSE pick(k, 'firm honour', ['技能型企业', '产教融合型试点企业', '高技能人才集聚示范企业']) END AS honour,
       CASE WHEN k % 3 = 0 THEN pick(k, 'subject', ['数控加工', '机电一体化', '工业机器人']) ELSE '∅' END AS subject,
       pick(k, 'honoured by', [getvariable('province'), getvariable('city'), getvariable('region')]) AS granted_by,
       recent(k, 'honoured on') AS named_on, DATE '9999-12-31' AS ended_on
FROM range(getvariable('rows')['organisation_honour']) AS t(k)
"""

EDUCATION_FUND: Final = """
SELECT k, 'ef' || k AS id, organisation_id(k // 3) AS employer, 2023 + k % 3 AS year,
       make_date(2023 + k % 3, 12, 31) AS year_end, wages AS wages, wages * 8 // 100 AS drawn,
       wages * 8 // 10000 * spent AS spent, wages * 8 // 1000000 * spent * front AS front_line
FROM (SELECT k, 10000000 * (1 + roll(k // 3, 'wages', 400)) AS wages, 40 + roll(k, 'spent', 61) AS spent,
             35 + roll(k, 'front line', 60) AS front
      FROM range(getvariable('rows')['education_fund']) AS t(k))
"""

PAYMENT: Final = """
SELECT k, 'pay' || k AS id, getvariable('document') AS document, benefit,
       CASE WHEN benefit = 'trainer-grant' THEN organisation_id(one_of(k, 'paid body', '培训机构')) ELSE '∅' END AS payee,
       person_id(high_skilled(k, 'paid for')) AS person, '∅' AS certificate,
       CASE WHEN chance(k, 'other fund', 1500) THEN '职业技能提升专账资金' ELSE '人才专项资金' END AS fund,
       100 * CASE benefit WHEN 'trainer-grant' THEN pick(k, 'trainer grant', [800, 1000, 1500])
         WHEN 'student-certificate-grant' THEN 2000 ELSE pick(k, 'other grant', [1000, 3000, 5000]) END AS amount,
       day_between(k, 'paid on', DATE '2025-06-01', getvariable('on')) AS paid_on
FROM (SELECT k, pick(k, 'benefit', ['trainer-grant', 'trainer-grant', 'student-certificate-grant', 'other']) AS benefit
      FROM range(getvariable('rows')['payment']) AS t(k))
"""

TABLES: Final = {"organisation": ORGANISATION, "organisation_honour": HONOUR, "education_fund": EDUCATION_FUND,
                 "payment": PAYMENT}  # fmt: skip
