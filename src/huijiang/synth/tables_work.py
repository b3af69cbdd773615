"""Jobs, hires, placements, stays, apprentices, fairs."""

from __future__ import annotations

from typing import Final

# Part 0 is the current job, 1 an earlier one; a person that stands twice holds an earlier job a second time.
EMPLOYMENT: Final = """
SELECT k, 'w' || i || '-' || j AS id, person_id(i) AS worker,
       organisation_id(CASE j WHEN 0 THEN employer_no(i) ELSE past_no(i) END) AS employer,
       pick(i, 'position', ['操作工', '维修工', '班组长', '质检员', '工艺员', '仓管员', '客服', '司机']) AS position,
       CASE WHEN level_no(i) > 0 THEN occupation(i, 'occupation') ELSE '∅' END AS occupation,
       chance(i, 'front line', 6500) AS front_line,
       CASE j WHEN 0 THEN job_from(i) ELSE past_from(i) END AS started_on,
       CASE j WHEN 0 THEN DATE '9999-12-31' ELSE past_to(i) END AS ended_on
FROM (SELECT k, k // 2 AS i, k % 2 AS j FROM range(2 * getvariable('n')) AS t(k))
WHERE CASE j WHEN 0 THEN part_of(i) < 2 ELSE has_past(i) END
UNION ALL
SELECT 2 * getvariable('n') + d, 'w' || (getvariable('n') + d) || '-1', person_id(getvariable('n') + d),
       organisation_id(past_no(d)), '操作工', '∅', NULL, DATE '2018-03-01' + roll(d, 'twice from', 300)::INTEGER,
       DATE '2019-06-30'
FROM range(getvariable('n_twice')) AS t(d)
"""

HIRE: Final = """
SELECT i AS k, 'h' || i AS id, person_id(i) AS worker, organisation_id(employer_no(i)) AS employer, origin,
       chance(i, 'contract', 9700) AS contract_signed, pick(i, 'months', [12, 24, 36, 36, 36, 60, 600]) AS contract_length,
       TRUE AS insured, chance(i, 'full time', 9600) AS full_time,
       origin <> getvariable('region') AND chance(i, 'introduced', 5000) AS introduced,
       CASE WHEN level_no(i) >= 3 AND chance(i, 'shortage post', 1500) THEN occupation(i, 'occupation') ELSE '∅' END AS shortage_post,
       CASE WHEN level_no(i) >= 5 AND chance(i, 'talent', 600)
         THEN pick(i, 'talent class', ['高级人才', '高级人才', '拔尖人才', '领军人才', '特优人才']) ELSE '∅' END AS talent_class,
       job_from(i) AS started_on, DATE '9999-12-31' AS ended_on
FROM (SELECT i, pick(i, 'hired from', getvariable('origins')) AS origin FROM range(getvariable('n')) AS t(i))
WHERE part_of(i) = 0 AND job_from(i) >= DATE '2022-01-01'
"""

PLACEMENT: Final = """
SELECT k, 'pl' || k AS id, person_id(i) AS worker,
       CASE WHEN k % 5 = 0 THEN '∅' ELSE organisation_id(one_of(k, 'agency', '人力资源服务机构')) END AS agency,
       CASE WHEN k % 5 = 0 THEN person_id(works(k, 'recruiter')) ELSE '∅' END AS recruiter,
       organisation_id(employer_no(i)) AS employer, pick(i, 'hired from', getvariable('origins')) AS origin,
       level_no(i) > 0 AS skilled, '∅' AS talent_class, job_from(i) AS started_on,
       datediff('month', month_start(job_from(i)), getvariable('on')) + 1 AS insured_months_total,
       datesub('month', job_from(i), getvariable('on')) AS worked_for
FROM (SELECT k, works(k, 'placed') AS i FROM range(getvariable('rows')['placement']) AS t(k))
"""

STAY: Final = """
SELECT k, 's' || k AS id, CASE WHEN role = '学生' THEN person_id(student) ELSE person_id(works(k, 'visitor')) END AS person,
       organisation_id(zipf(k, 'stay octave', 'stay firm')) AS host,
       CASE WHEN role = '学生' THEN organisation_id(school_no(student)) ELSE organisation_id(one_of(k, 'stay school', '技工院校')) END AS school,
       kind, role, CASE WHEN role = '学生' THEN pick(student, 'schooling', ['中专', '高级工班', '高职', '本科', '技师班']) ELSE '∅' END AS schooling,
       chance(k, 'invited', 4000) AS invited, chance(k, 'board', 6000) AS board_provided,
       chance(k, 'lodging', 5000) AS lodging_provided, chance(k, 'teaching', 7000) AS teaching_provided,
       chance(k, 'allowance', 6500) AS allowance_paid, chance(k, 'injury', 8000) AS injury_insured,
       100 * roll(k, 'premium', 300) AS premium_paid, organisation_place(zipf(k, 'stay octave', 'stay firm')) AS place, since AS started_on,
       CASE WHEN since + length > getvariable('on') THEN DATE '9999-12-31' ELSE since + length END AS ended_on
FROM (SELECT k, pick(k, 'kind', ['见习实习', '见习实习', '实训', '短期实习', '应聘']) AS kind,
             pick(k, 'role', ['学生', '学生', '学生', '学生', '教师', '带队老师']) AS role,
             student_no(roll(k, 'student', getvariable('n_study'))) AS student,
             day_between(k, 'from', DATE '2023-01-01', getvariable('on') - 1) AS since, 7 + roll(k, 'days', 200)::INTEGER AS length
      FROM range(getvariable('rows')['stay']) AS t(k))
"""

APPRENTICESHIP: Final = """
SELECT k, 'a' || k AS id, person_id(i) AS apprentice, organisation_id(employer_no(i)) AS employer,
       CASE WHEN chance(k, 'has master', 8500) THEN person_id(high_skilled(k, 'master')) ELSE '∅' END AS master, kind,
       kind = '企业新型学徒制' AND chance(k, 'with school', 9000) AS with_school, pick(k, 'contract', [24, 36, 36, 60]) AS contract_length,
       chance(k, 'skilled post', 9300) AS skilled_post, '班' || (k // 30) AS class,
       pick(k, 'aimed', ['中级工', '高级工', '高级工', '技师', '∅']) AS aimed_level,
       since + 365 <= getvariable('on') AND chance(k, 'passed', 8200) AS passed, since AS started_on,
       CASE WHEN since + 365 > getvariable('on') THEN DATE '9999-12-31' ELSE since + 365 END AS ended_on
FROM (SELECT k, works(k, 'apprentice') AS i, pick(k, 'kind', ['企业新型学徒制', '企业新型学徒制', '以师带徒']) AS kind,
             recent(k, 'from') AS since FROM range(getvariable('rows')['apprenticeship']) AS t(k))
"""

FAIR: Final = """
SELECT k, 'f' || k AS id, person_id(works(k, 'at fair')) AS worker, organisation_id(zipf(k, 'fair octave', 'fair firm')) AS employer,
       chance(k, 'by government', 7000) AS organised_by_government, chance(k, 'hired', 2000) AS hired,
       chance(k, 'delegate', 4000) AS delegate, recent(k, 'held on') AS held_on
FROM range(getvariable('rows')['fair']) AS t(k)
"""

TABLES: Final = {"employment": EMPLOYMENT, "hire": HIRE, "placement": PLACEMENT, "stay": STAY,
                 "apprenticeship": APPRENTICESHIP, "fair": FAIR}  # fmt: skip
