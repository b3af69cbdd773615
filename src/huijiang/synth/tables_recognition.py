"""Honours of people, studios, bases, contests, services, activities."""

from __future__ import annotations

from typing import Final

RECOGNITION: Final = """
SELECT k, 'r' || k AS id, person_id(i) AS person, organisation_id(employer_no(i)) AS employer, honour,
       CASE WHEN honour IN ('区首席技师', '萧然青年技师', '区技术能手', '企业首席技师') THEN getvariable('region')
         WHEN honour = '市技术能手' THEN getvariable('city') ELSE getvariable('province') END AS granted_by,
       getvariable('region') AS recommended_by, recent(k, 'named') AS named_on, DATE '9999-12-31' AS ended_on
FROM (SELECT k, high_skilled(k, 'honoured') AS i,
             ['区首席技师', '企业首席技师', '萧然青年技师', '浙江青年工匠', '浙江工匠', '区技术能手',
               '浙江杰出工匠', '市技术能手', '浙江大工匠', '省技术能手'][1 + k % 10] AS honour
      FROM range(getvariable('rows')['recognition']) AS t(k))
"""

STUDIO: Final = """
SELECT k, 'st' || k AS id, organisation_id(employer_no(i)) AS host, person_id(i) AS master,
       pick(k, 'studio kind', ['技师工作室', '技师工作室', '技能大师工作室']) AS kind,
       pick(k, 'studio level', ['区级', '区级', '区级', '市级', '省级', '国家级']) AS level,
       studio_day(k) AS recognised_on,
       CASE WHEN chance(k, 'studio ended', 500) THEN getvariable('on') ELSE DATE '9999-12-31' END AS ended_on
FROM (SELECT k, high_skilled(k, 'studio master') AS i FROM range(getvariable('rows')['studio']) AS t(k))
"""

STUDIO_REVIEW: Final = """
SELECT k, 'sr' || k AS id, 'st' || s AS studio, y AS year, pick(k, 'result', ['优秀', '良好', '合格', '合格', '合格', '不合格']) AS result,
       make_date(y, 12, 1 + roll(k, 'reviewed', 28)) AS concluded_on
FROM (SELECT k, k // 4 AS s, 2022 + k % 4 AS y FROM range(4 * getvariable('rows')['studio']) AS t(k))
WHERE make_date(y, 1, 1) > studio_day(s) OR s = 0
"""

BASE: Final = """
SELECT k, 'b' || k AS id, CASE WHEN kind = '乡村社区技能实训基地' THEN organisation_id(one_of(k, 'village', '村社区'))
         ELSE organisation_id(school) END AS host,
       CASE WHEN kind = '乡村社区技能实训基地' THEN organisation_id(school) ELSE '∅' END AS partner,
       kind, CASE WHEN k % 5 < 2 THEN '区级' ELSE pick(k, 'base level', ['区级', '市级', '省级']) END AS level, recent(k, 'base') AS recognised_on,
       DATE '9999-12-31' AS ended_on
FROM (SELECT k, getvariable('first')['技工院校'] + roll(k, 'base school', getvariable('schools')) AS school,
             ['公共实训基地', '乡村社区技能实训基地', '高技能人才培训基地', '产教融合基地', '实习实训基地'][1 + k % 5] AS kind
      FROM range(getvariable('rows')['base']) AS t(k))
"""

BASE_REVIEW: Final = """
SELECT k, 'br' || k AS id, 'b' || (k // 2) AS base, 2024 + k % 2 AS year, pick(k, 'base result', ['优秀', '良好', '合格', '不合格']) AS result,
       make_date(2024 + k % 2, 12, 20) AS concluded_on
FROM range(2 * getvariable('rows')['base']) AS t(k)
"""

BASE_SERVICE: Final = """
SELECT k, 'bs' || k AS id, 'b' || (k // 6) AS base, chance(k, 'free', 7000) AS free_of_charge,
       day_between(k, 'service of base', DATE '2024-01-01', getvariable('on')) AS held_on
FROM range(6 * getvariable('rows')['base']) AS t(k)
"""

TRAINING_BASE: Final = """
SELECT k, 'tb' || k AS id, organisation_id(getvariable('first')['技工院校'] + k) AS host, ['国家级', '省级', '市级'][1 + k % 3] AS tier,
       recent(k, 'training base') AS named_on
FROM range(getvariable('count')['技工院校']) AS t(k)
"""

CONTEST: Final = """
SELECT k, 'ct' || k AS id, '职业技能竞赛' || k AS name, contest_level(k) AS level,
       getvariable('region') AS place, recent(k, 'contest') AS held_on
FROM range(getvariable('rows')['contest']) AS t(k)
"""

CONTEST_ITEM: Final = """
SELECT k, 'ci' || k AS id, 'ct' || (k // 2) AS contest, occupation(k, 'item') AS name,
       CASE k % 3 WHEN 0 THEN organisation_id(one_of(k, 'association', '行业协会'))
         WHEN 1 THEN organisation_id(one_of(k, 'society', '学会')) ELSE organisation_id(one_of(k, 'organiser', '技工院校')) END AS organiser, recent(k // 2, 'contest') AS held_on
FROM range(2 * getvariable('rows')['contest']) AS t(k)
"""

CONTEST_ENTRY: Final = """
SELECT k, 'ce' || k AS id, person_id(works(k, 'contestant')) AS contestant, 'ct' || (k // 12) AS contest, 'ci' || (k // 6) AS item,
       CASE WHEN k % 4 = 0 THEN organisation_id(one_of(k, 'coaches', '技工院校')) ELSE '∅' END AS coaching_team,
       CASE WHEN contest_level(k // 12) = '区级' THEN ['一等奖', '二等奖', '三等奖', '优胜奖', '∅', '∅'][1 + k % 6]
         ELSE ['金牌', '银牌', '铜牌', '优胜奖', '∅', '∅'][1 + k % 6] END AS prize,
       CASE WHEN k % 6 > 0 THEN '∅' ELSE CASE contest_level(k // 12) WHEN '区级' THEN '区技术能手' WHEN '市级' THEN '市技术能手'
         WHEN '省级' THEN '省技术能手' ELSE '全国技术能手' END END AS title, 1 + k % 6 AS rank,
       getvariable('region') AS sent_by, least(getvariable('on'), recent(k // 12, 'contest') + 20) AS announced_on
FROM range(12 * getvariable('rows')['contest']) AS t(k)
"""

COACH_ENTRY: Final = """
SELECT k, 'co' || k AS id, person_id(high_skilled(k, 'coach')) AS coach, 'ct' || k AS contest, ['金牌', '银牌', '铜牌', '∅'][1 + k % 4] AS prize,
       getvariable('region') AS sent_by, least(getvariable('on'), recent(k, 'contest') + 20) AS announced_on
FROM range(getvariable('rows')['contest']) AS t(k)
"""

SERVICE: Final = """
SELECT k, 'sv' || k AS id, person_id(high_skilled(k % getvariable('rows')['membership'], 'member')) AS person,
       CASE WHEN k % 3 < 2 THEN organisation_id(one_of(k, 'bureau', '人社部门')) ELSE organisation_id(one_of(k, 'served', '村社区')) END AS organiser,
       pick(k, 'service kind', getvariable('service_kinds')) AS kind, recent(k, 'served on') AS held_on
FROM range(getvariable('rows')['service']) AS t(k)
"""

BREAKTHROUGH: Final = """
SELECT k, 'bt' || k AS id, person_id(high_skilled(k, 'leads')) AS led_by, organisation_id(zipf(k, 'helped octave', 'helped')) AS employer,
       recent(k, 'broke through') AS held_on
FROM range(getvariable('rows')['breakthrough']) AS t(k)
"""

ACTIVITY: Final = """
SELECT k, 'ac' || k AS id, pick(k, 'activity kind', getvariable('activity_kinds')) AS kind,
       CASE WHEN k % 3 = 0 THEN organisation_id(one_of(k, 'activity school', '高职院校')) ELSE '∅' END AS school,
       getvariable('region') AS held_by, recent(k, 'activity') AS held_on
FROM range(getvariable('rows')['activity']) AS t(k)
"""

TABLES: Final = {
    "recognition": RECOGNITION, "studio": STUDIO, "studio_review": STUDIO_REVIEW, "base": BASE,
    "base_review": BASE_REVIEW, "base_service": BASE_SERVICE, "training_base": TRAINING_BASE, "contest": CONTEST,
    "contest_item": CONTEST_ITEM, "contest_entry": CONTEST_ENTRY, "coach_entry": COACH_ENTRY, "service": SERVICE,
    "breakthrough": BREAKTHROUGH, "activity": ACTIVITY,
}  # fmt: skip
