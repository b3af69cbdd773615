"""Certificates in cohorts, trainings with attendance, filed bodies' terms, titles, schooling."""

from __future__ import annotations

from typing import Final

# Part 0 is the highest level, 1 and 2 the levels below it some years before (none before the first cohort, 2015),
# 3 a paper without a level, 4 a second occupation.  Numbers of levels have the structure of real ones, of a
# province that there is none of (99).
CERTIFICATE: Final = """
SELECT k, 'c' || i || '-' || j AS id,
       CASE WHEN no = 0 OR issued < DATE '2020-01-01' THEN 'SYN' || i || '-' || j
         ELSE 'S000099' || lpad((k // 1000000)::VARCHAR, 6, '0') || strftime(issued, '%y') || substr('54321AB', no, 1)
           || lpad((k % 1000000)::VARCHAR, 6, '0') END AS number,
       person_id(i) AS holder,
       CASE WHEN part < 2 AND issued >= since THEN organisation_id(employer)
         WHEN has_past(i) AND issued BETWEEN past_from(i) AND past_to(i) THEN organisation_id(past_no(i)) ELSE '∅' END AS holder_employer,
       CASE WHEN issued < DATE '2020-01-01' THEN organisation_id(one_of(k, 'issuer', '人社部门'))
         WHEN part = 0 AND issued >= since AND is_filed(employer) THEN organisation_id(employer)
         WHEN part = 2 THEN organisation_id(one_of(k, 'issuing school', '技工院校'))
         ELSE organisation_id(one_of(k, 'issuing body', '社会培训评价组织')) END AS issuer,
       CASE WHEN part = 2 THEN organisation_id(school_no(i)) WHEN chance(k, 'by a body', 3500) THEN organisation_id(one_of(k, 'trainer', '培训机构'))
         WHEN part = 0 AND issued >= since AND chance(k, 'by the firm', 2500) THEN organisation_id(employer) ELSE '∅' END AS trainer,
       chance(k, 'directly', 8500) AS trained_directly, 60 + 20 * no AS hours,
       CASE WHEN chance(k, 'all hours', 8000) THEN 60 + 20 * no ELSE 40 + 10 * no END AS hours_by_trainer,
       CASE WHEN no = 0 THEN pick(k, 'paper', ['专项职业能力证书', '培训合格证书']) WHEN issued < DATE '2020-01-01' THEN '职业资格证书'
         ELSE '职业技能等级证书' END AS kind,
       CASE WHEN j = 4 THEN occupation(k, 'second occupation') ELSE occupation(i, 'occupation') END AS occupation,
       level_name(no) AS level, issued AS issued_on
FROM (SELECT *, CASE j WHEN 0 THEN top WHEN 1 THEN top - years * 365 WHEN 2 THEN top - years * 730
                  ELSE CASE WHEN j = 3 THEN paper_day(i) ELSE greatest(older(i, 16), day_between(k, 'second on', DATE '2018-01-01', getvariable('on'))) END END AS issued,
             CASE j WHEN 3 THEN 0 WHEN 4 THEN 1 + roll(k, 'second level', highest) ELSE highest - j END AS no
      FROM (SELECT k, i, j, part_of(i) AS part, level_no(i) AS highest, employer_no(i) AS employer, job_from(i) AS since,
                   2 + roll(i, 'years between levels', 3)::INTEGER AS years,
                   least(getvariable('on'), greatest(older(i, 16), make_date(pick(i, 'cohort', getvariable('cohorts')), 1, 1)
                     + roll(i, 'day of cohort', 181 + 184 * (pick(i, 'cohort', getvariable('cohorts')) < 2026)::INTEGER)::INTEGER)) AS top
            FROM (SELECT k, k // 5 AS i, k % 5 AS j FROM range(5 * getvariable('n')) AS t(k)))
      WHERE CASE j WHEN 0 THEN highest > 0 WHEN 1 THEN highest > 1 AND chance(i, 'one below', 6500)
              WHEN 2 THEN highest > 2 AND chance(i, 'two below', 3000) WHEN 3 THEN has_paper(i)
              ELSE highest > 0 AND chance(i, 'second', 500) END)
WHERE issued >= DATE '2015-01-01' AND (j IN (0, 3) OR issued >= older(i, 16))
"""

TRAINING: Final = """
SELECT k, 't' || k AS id, person_id(i) AS trainee, CASE WHEN kind = '师资培训' THEN organisation_id(one_of(k, 'teaches at', '技工院校')) ELSE organisation_id(employer_no(i)) END AS trainee_employer,
       CASE WHEN kind = '师资培训' THEN '教师' WHEN chance(k, 'jobless', 500) THEN '失业人员' ELSE '职工' END AS trainee_role,
       organisation_id(one_of(k, 'provider', '培训机构')) AS provider, kind,
       '班' || (k // 40) AS class, pick(k, 'sector', getvariable('sectors')) AS sector, getvariable('region') AS place,
       chance(k, 'controlled', 400) AS entry_controlled, pick(k, 'hours', [16, 24, 40, 60, 80, 120]) AS hours,
       CASE WHEN has_paper(i) THEN 'c' || i || '-3' ELSE '∅' END AS certificate, training_day(k) AS completed_on
FROM (SELECT k, works(k, 'trainee') AS i, pick(k, 'kind', getvariable('training_kinds')) AS kind FROM range(getvariable('rows')['training']) AS t(k))
"""

ATTENDANCE: Final = """
SELECT k, 'at' || k AS id, person_id(works(k // 2, 'trainee')) AS trainee, 't' || (k // 2) AS training,
       pick(k, 'hours of day', [4, 6, 8, 8]) AS hours, training_day(k // 2) - (k % 2)::INTEGER AS attended_on
FROM range(2 * (getvariable('rows')['training'] // 4)) AS t(k)
"""

ASSESSMENT_TERM: Final = """
SELECT k, 'term' || k AS id, organisation_id(k) AS organisation, pick(k, 'stars', ['无星', '一星', '二星', '三星', '四星', '五星']) AS stars,
       recent(k, 'term ended') AS ended_on
FROM range(1 + getvariable('count')['企业'] * 6 // 100) AS t(k)
"""

TITLE: Final = """
SELECT k, 'ti' || k AS id, person_id(high_skilled(k, 'titled')) AS holder,
       pick(k, 'field', ['工程', '工程', '工程', '工艺美术', '农业', '技工院校教师']) AS field,
       pick(k, 'rank', ['助理级', '助理级', '中级职称', '中级职称', '副高级', '正高级']) AS rank,
       chance(k, 'major', 7000) AS occupation_matches_major, recent(k, 'granted') AS granted_on
FROM range(getvariable('rows')['title']) AS t(k)
"""

ENROLMENT: Final = """
SELECT k, 'e' || i AS id, person_id(i) AS student, organisation_id(school_no(i)) AS school,
       CASE WHEN chance(i, 'sponsored', 800) THEN organisation_id(zipf(i, 'sponsor octave', 'sponsor')) ELSE '∅' END AS sponsor,
       CASE WHEN chance(i, 'sponsored', 800) THEN 6 + roll(i, 'sponsored months', 19) ELSE 0 END AS sponsored_months,
       pick(i, 'class type', ['中级工班', '高级工班', '高级工班', '预备技师班', '技师班', '普通班']) AS class_type,
       pick(i, 'schooling', ['中专', '高级工班', '高职', '本科', '技师班']) AS schooling, chance(i, 'full time', 9500) AS full_time,
       chance(i, 'social', 300) AS social_learner, make_date(2022 + roll(i, 'entered', 4), 9, 1) AS started_on,
       CASE WHEN roll(i, 'entered', 4) = 0 THEN getvariable('on') ELSE DATE '9999-12-31' END AS ended_on,
       CASE WHEN roll(i, 'entered', 4) = 0 THEN getvariable('on') ELSE DATE '9999-12-31' END AS graduated_on
FROM (SELECT k, student_no(k) AS i FROM range(getvariable('n_study')) AS t(k))
"""

SCHOOL_YEAR: Final = """
SELECT k, 'sy' || k AS id, person_id(i) AS student, 'e' || i AS enrolment,
       CASE WHEN chance(i, 'sent', 1500) THEN organisation_id(one_of(i, 'sending school', '中职院校')) ELSE '∅' END AS sending_school,
       make_date(y, 6, 30) AS ended_on
FROM (SELECT k, student_no(k // 3) AS i, 2024 + k % 3 AS y FROM range(3 * getvariable('n_study')) AS t(k))
WHERE y > 2022 + roll(i, 'entered', 4) AND make_date(y, 6, 30) <= getvariable('on')
"""

TABLES: Final = {"certificate": CERTIFICATE, "training": TRAINING, "attendance": ATTENDANCE,
                 "assessment_term": ASSESSMENT_TERM, "title": TITLE, "enrolment": ENROLMENT,
                 "school_year": SCHOOL_YEAR}  # fmt: skip
