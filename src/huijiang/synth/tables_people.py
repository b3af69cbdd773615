"""People, their insurance and memberships, as queries: one row for each `k`, never looking at another."""

from __future__ import annotations

from typing import Final

PERSON: Final = """
SELECT k, person_id(k) AS id,
       pick(i, 'surname', getvariable('surnames')) || pick(i, 'given', getvariable('given'))
         || CASE WHEN chance(i, 'two given', 7000) THEN pick(i, 'second given', getvariable('given')) ELSE '' END AS name,
       '339999' || body::VARCHAR || CASE WHEN chance(i, 'wrong check digit', getvariable('wrong_person_checks'))
         THEN wrong_check(body) ELSE person_check(body) END AS id_number,
       CASE WHEN k < getvariable('n') THEN birth(i) END AS birth_date,
       CASE WHEN chance(i, 'local hukou', 5500) THEN getvariable('region') ELSE pick(i, 'hukou', getvariable('origins')) END AS hukou,
       CASE WHEN part < 2 THEN organisation_place(employer) ELSE '∅' END AS works_in,
       CASE WHEN part = 2 THEN organisation_place(school_no(i)) ELSE '∅' END AS studies_in,
       CASE WHEN part < 2 THEN organisation_id(employer) ELSE '∅' END AS employer,
       part < 2 AND (no > 0 OR chance(i, 'technical', 2500)) AS technical_worker,
       CASE WHEN part < 2 THEN 100 * (48000 + 9000 * no + 100 * roll(i, 'pay', 600)) ELSE 0 END AS annual_pay,
       CASE WHEN k < getvariable('n') AND chance(i, 'level stated', 800) THEN level_name(no) END AS level_stated,
       part = 0 AND employer >= getvariable('first')['培训机构'] AND chance(i, 'teaches', 5000) AS teaches,
       CASE WHEN chance(i, 'rents', 2500) THEN getvariable('region') ELSE '∅' END AS rents_in,
       CASE WHEN chance(i, 'bought a home', 600) THEN getvariable('region') ELSE '∅' END AS bought_home_in,
       CASE WHEN part < 2 AND chance(i, 'married', 2000) THEN person_id(who(getvariable('n') - 1 - roll(i, 'spouse', getvariable('n_others')))) ELSE '∅' END AS spouse,
       CASE WHEN part < 2 AND chance(i, 'child', 1500) THEN person_id(student_no(roll(i, 'which child', getvariable('n_study')))) ELSE '∅' END AS children
FROM (SELECT k, i, part_of(i) AS part, level_no(i) AS no, employer_no(i) AS employer, id_body(i) AS body
      FROM (SELECT k, CASE WHEN k < getvariable('n') THEN k ELSE twin(k) END AS i
            FROM range(getvariable('n') + getvariable('n_twice')) AS t(k)))
"""

# Part 0 is the current job, 1 an earlier one, 2 a spell that overlaps the current one, 3 self-paid.
INSURANCE: Final = """
SELECT k, 'i' || i || '-' || j AS id, person_id(i) AS worker,
       CASE WHEN j = 3 THEN '∅' ELSE organisation_id(o) END AS employer,
       CASE WHEN j = 3 THEN getvariable('region') ELSE organisation_county(o) END AS place,
       CASE WHEN j = 3 THEN '灵活就业参保' ELSE '职工社会保险' END AS kind,
       CASE j WHEN 0 THEN (month_start(job_from(i)) + to_months(late(i)))::DATE
         WHEN 1 THEN month_start(past_from(i))
         WHEN 2 THEN (month_start(getvariable('on')) - to_months(1 + roll(i, 'overlap from', 6)::INTEGER))::DATE
         ELSE (month_start(getvariable('on')) - to_months(6 + roll(i, 'self-paid from', 60)::INTEGER))::DATE END AS started_on,
       CASE j WHEN 1 THEN month_end(past_to(i))
         WHEN 2 THEN getvariable('on') ELSE DATE '9999-12-31' END AS ended_on
FROM (SELECT k, i, j, CASE WHEN j = 1 THEN past_no(i) WHEN j < 3 THEN employer_no(i) END AS o
      FROM (SELECT k, i, k % 4 AS j, part_of(i) AS part FROM (SELECT k, k // 4 AS i FROM range(4 * getvariable('n')) AS t(k)))
      WHERE CASE j WHEN 0 THEN part < 2 WHEN 1 THEN has_past(i)
        WHEN 2 THEN part < 2 AND chance(i, 'overlapping spell', getvariable('overlapping_spells'))
        ELSE part = 3 AND chance(i, 'self-paid', 3500) END)
"""

MEMBERSHIP: Final = """
SELECT k, 'm' || k AS id, person_id(high_skilled(k, 'member')) AS person,
       pick(k, 'scheme', ['萧山名匠领航团', '技能大师联盟', '名优师育高徒', '4.0版人才政策', '高层次人才支持计划']) AS scheme,
       recent(k, 'member from') AS started_on,
       CASE WHEN chance(k, 'left', 1500) THEN getvariable('on') - 20 ELSE DATE '9999-12-31' END AS ended_on
FROM range(getvariable('rows')['membership']) AS t(k)
"""

TABLES: Final = {"person": PERSON, "insurance": INSURANCE, "membership": MEMBERSHIP}
