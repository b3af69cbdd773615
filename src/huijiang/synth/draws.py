"""Chance by counting: every draw is a hash of (seed, its own word, the row's number).

No draw depends on another or on the order of work, so a row can be made anywhere
and twice with the same result, and only whole numbers are used: the same on every machine.
`rank` shuffles people without repeats (a stride over the ring of `n`), which makes totals
exact; `who` is its inverse.  Levels, ages, jobs are functions of a person's number alone.
"""

from __future__ import annotations

from typing import Final

CHANCE: Final = (
    "MACRO salt(word) AS md5_number_lower(concat(getvariable('seed'), ':', word)) % 4294967296",
    "MACRO mix_a(x) AS (xor(x, x >> 16) * 2146121005) & 4294967295",
    "MACRO mix_b(x) AS (xor(x, x >> 15) * 2221713035) & 4294967295",
    """MACRO mix(x, s) AS mix_b(mix_a(xor(mix_b((x * 2654435761) & 4294967295), s)))""",
    "MACRO roll(i, word, n) AS ((mix((i)::UBIGINT, salt(word)) >> 4) % (n)::UBIGINT)::BIGINT",
    "MACRO chance(i, word, parts) AS roll(i, word, 10000) < parts",
    "MACRO pick(i, word, choices) AS (choices)[1 + roll(i, word, len(choices))]",
)

PEOPLE: Final = (
    "MACRO rank(i) AS ((i) * getvariable('stride') + getvariable('shift')) % getvariable('n')",
    "MACRO who(r) AS ((r + getvariable('n') - getvariable('shift')) * getvariable('inverse')) % getvariable('n')",
    """MACRO twin(k) AS who((k - getvariable('n')) * (getvariable('n_here') // greatest(1, getvariable('n_twice'))))""",
    "MACRO person_id(i) AS 'p' || lpad((i)::VARCHAR, 8, '0')",
    # 0 works here, 1 works outside, 2 studies, 3 has no work
    """MACRO part_of(i) AS CASE WHEN rank(i) < getvariable('n_here') THEN 0
         WHEN rank(i) < getvariable('n_outside') THEN 1 WHEN rank(i) < getvariable('n_students') THEN 2 ELSE 3 END""",
    """MACRO level_no(i) AS CASE part_of(i)
         WHEN 0 THEN len(list_filter(getvariable('ends'), lambda e: rank(i) < e))
         WHEN 1 THEN pick(i, 'level outside', [0, 0, 0, 0, 1, 1, 2, 2, 3, 4])
         WHEN 2 THEN pick(i, 'level of student', [0, 0, 0, 0, 0, 0, 2, 2, 3, 3])
         ELSE pick(i, 'level without work', [0, 0, 0, 0, 0, 0, 0, 1, 1, 2]) END""",
    "MACRO level_name(no) AS CASE WHEN no = 0 THEN '∅' ELSE getvariable('levels')[no] END",
    # 0 other workers, 1 high-skilled, 2 students, 3 everybody else: each with days of birth and a range of serials,
    # so that no two people share an identity number.
    """MACRO age_class(i) AS CASE WHEN part_of(i) = 0 AND rank(i) < getvariable('n_high') THEN 1
         WHEN part_of(i) = 0 THEN 0 WHEN part_of(i) = 2 THEN 2 ELSE 3 END""",
    "MACRO days_of(class) AS [14600, 12775, 2922, 14600][class + 1]",
    "MACRO youngest(class) AS [6640, 8800, 5900, 7400][class + 1]",
    "MACRO serial_from(class) AS [0, 450, 590, 900][class + 1]",
    """MACRO in_class(i) AS rank(i) - CASE age_class(i) WHEN 0 THEN getvariable('n_high') WHEN 1 THEN 0
         WHEN 2 THEN getvariable('n_outside') ELSE CASE part_of(i) WHEN 1 THEN getvariable('n_here')
         ELSE getvariable('n_students') - getvariable('n_outside') + getvariable('n_here') END END""",
    "MACRO rank_in_days(i) AS in_class(i) // days_of(age_class(i))",
    """MACRO birth(i) AS (getvariable('on')
         - (youngest(age_class(i)) + in_class(i) * 5003 % days_of(age_class(i)))::INTEGER)::DATE""",
    """MACRO id_body(i) AS strftime(birth(i), '%Y%m%d')::BIGINT * 1000
         + serial_from(age_class(i)) + rank_in_days(i)""",
    "MACRO older(i, years) AS (birth(i) + to_years(years))::DATE",
)

# The area 339999 was never given out; 291 is its part of the weighted sum.
NUMBERS: Final = (
    """MACRO person_sum(x) AS 291 + (x // 10000000000) % 10 * 2 + (x // 1000000000) % 10 + (x // 100000000) % 10 * 6
         + (x // 10000000) % 10 * 3 + (x // 1000000) % 10 * 7 + (x // 100000) % 10 * 9 + (x // 10000) % 10 * 10
         + (x // 1000) % 10 * 5 + (x // 100) % 10 * 8 + (x // 10) % 10 * 4 + x % 10 * 2""",
    "MACRO person_check(x) AS '10X98765432'[1 + person_sum(x) % 11]",
    "MACRO wrong_check(x) AS '10X98765432'[1 + (person_sum(x) + 3) % 11]",
    """MACRO code_check(prefix_sum, x) AS '0123456789ABCDEFGHJKLMNPQRTUWXY'[1 + (31 - (prefix_sum
         + (x // 1000000) % 10 * 25 + (x // 100000) % 10 * 13 + (x // 10000) % 10 * 8 + (x // 1000) % 10 * 24
         + (x // 100) % 10 * 10 + (x // 10) % 10 * 30 + x % 10 * 28) % 31) % 31]""",
    "MACRO code_sum(prefix) AS getvariable('prefix_sums')[list_position(getvariable('prefixes'), prefix)]",
)

# Sizes of firms fall off like 1/rank: every doubling of the rank holds as many workers as the one before.
ORGANISATIONS: Final = (
    "MACRO organisation_id(o) AS 'o' || lpad((o)::VARCHAR, 7, '0')",
    """MACRO zipf(i, octave, within) AS CASE roll(i, octave, getvariable('octaves'))
         WHEN 0 THEN roll(i, within, getvariable('first_octave'))
         ELSE zipf_from(roll(i, octave, getvariable('octaves')))
           + roll(i, within, zipf_from(roll(i, octave, getvariable('octaves')))) END""",
    "MACRO zipf_from(octave) AS getvariable('first_octave') << greatest(octave - 1, 0)",
    "MACRO one_of(x, word, block) AS getvariable('first')[block] + roll(x, word, getvariable('count')[block])",
    "MACRO in_block(o, block) AS o >= getvariable('first')[block] AND o < getvariable('first')[block] + getvariable('count')[block]",
    "MACRO is_firm(o) AS o < getvariable('count')['企业']",
    "MACRO is_outside(o) AS in_block(o, '区外企业')",
    """MACRO organisation_place(o) AS CASE WHEN is_outside(o) THEN pick(o, 'outside', getvariable('nearby'))
         ELSE pick(o, 'street', getvariable('streets')) END""",
    """MACRO organisation_county(o) AS CASE WHEN is_outside(o) THEN pick(o, 'outside', getvariable('nearby'))
         ELSE getvariable('region') END""",
    # Firms are numbered by size, so the first ones are the large ones.
    "MACRO is_filed(o) AS is_firm(o) AND o * 100 < getvariable('count')['企业'] * 6",
)

JOBS: Final = (
    """MACRO job_days(i) AS pick(i, 'years in job', [0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 3, 4, 5, 7, 10]) * 365
         + 10 + roll(i, 'days in job', 365)""",
    "MACRO job_from(i) AS greatest(getvariable('on') - job_days(i)::INTEGER, older(i, 17))",
    """MACRO employer_no(i) AS CASE WHEN part_of(i) = 1 THEN one_of(i, 'employer outside', '区外企业')
         WHEN chance(i, 'works in no firm', 700)
           THEN getvariable('count')['企业'] + roll(i, 'institution', getvariable('institutions'))
         ELSE zipf(i, 'octave', 'firm') END""",
    """MACRO past_no(i) AS CASE WHEN chance(i, 'came from outside', 2500) THEN one_of(i, 'past outside', '区外企业')
         ELSE zipf(i, 'past octave', 'past firm') END""",
    """MACRO past_to(i) AS CASE WHEN part_of(i) = 3 THEN getvariable('on') - (30 + roll(i, 'days without work', 1500))::INTEGER
         ELSE job_from(i) - (6 + roll(i, 'days between jobs', 120))::INTEGER END""",
    "MACRO past_from(i) AS greatest(past_to(i) - (200 + roll(i, 'days in past job', 2000))::INTEGER, older(i, 16))",
    "MACRO has_past(i) AS part_of(i) <> 2 AND chance(i, 'had a job before', 4500) AND past_from(i) < past_to(i) - 60",
    """MACRO late(i) AS CASE WHEN chance(i, 'late registration', getvariable('late_registrations')) AND job_days(i) > 200
         THEN 1 + roll(i, 'months late', 5)::INTEGER ELSE 0 END""",
    "MACRO month_start(day) AS date_trunc('month', day)::DATE",
    "MACRO month_end(day) AS last_day(day)",
    "MACRO works(x, word) AS who(roll(x, word, getvariable('n_here')))",
    "MACRO high_skilled(x, word) AS who(roll(x, word, getvariable('n_high')))",
    "MACRO student_no(x) AS who(getvariable('n_outside') + x)",
    "MACRO school_no(i) AS getvariable('first')['技工院校'] + roll(i, 'school', getvariable('schools'))",
    "MACRO day_between(x, word, low, high) AS low + roll(x, word, 1 + (high - low))::INTEGER",
    # Half of what happened since 2021 lies in the days of the document in force, so that small counties show it too.
    """MACRO recent(x, word) AS day_between(x, word, CASE WHEN (x) % 2 = 0 THEN DATE '2025-03-01'
         ELSE DATE '2021-01-01' END, getvariable('on'))""",
    """MACRO studio_day(s) AS day_between(s, 'studio', CASE WHEN (s) % 3 = 0 THEN DATE '2025-03-01'
         ELSE DATE '2018-01-01' END, getvariable('on'))""",
    """MACRO contest_level(c) AS CASE WHEN (c) % 3 < 2 THEN CASE WHEN (c) % 3 = 0 THEN '区级' ELSE '市级' END
         ELSE pick(c, 'contest level', ['区级', '省级', '国家级']) END""",
    "MACRO has_paper(i) AS chance(i, 'paper', 1200)",
    "MACRO paper_day(i) AS greatest(older(i, 16), day_between(i, 'paper on', DATE '2018-01-01', getvariable('on')))",
    """MACRO training_day(k) AS CASE WHEN has_paper(works(k, 'trainee')) THEN paper_day(works(k, 'trainee'))
         ELSE recent(k, 'completed') END""",
    "MACRO occupation(x, word) AS pick(x, word, getvariable('occupations'))",
)

MACROS: Final = (*CHANCE, *PEOPLE, *NUMBERS,
                 *ORGANISATIONS, *JOBS)  # fmt: skip
