"""The defects of real data: the rates at which they are put in, and how they are counted afterwards.

Rates are parts of ten thousand.  Columns that tie a row to its person and the dates of
the main tables are never made missing: one unknown holder could be anybody, and would
turn every "no earlier certificate" of the county into unknown.
"""

from __future__ import annotations

from typing import Final

PARTS: Final = 10_000

MISSING: Final[dict[tuple[str, str], int]] = {
    ("person", "birth_date"): 50,
    ("person", "hukou"): 400,
    ("person", "technical_worker"): 600,
    ("person", "annual_pay"): 3_000,
    ("person", "rents_in"): 2_000,
    ("person", "bought_home_in"): 2_000,
    ("organisation", "industry"): 200,
    ("organisation", "above_scale"): 150,
    ("organisation", "technology_based"): 500,
    ("organisation", "training_system"): 2_500,
    ("organisation", "training_centre"): 2_500,
    ("organisation", "post_allowance_scheme"): 2_500,
    ("employment", "position"): 1_000,
    ("employment", "occupation"): 1_500,
    ("employment", "front_line"): 1_500,
    ("certificate", "holder_employer"): 300,
    ("certificate", "trainer"): 200,
    ("certificate", "trained_directly"): 1_200,
    ("certificate", "hours"): 800,
    ("certificate", "hours_by_trainer"): 1_500,
    ("hire", "origin"): 700,
    ("hire", "contract_signed"): 200,
    ("hire", "contract_length"): 500,
    ("hire", "introduced"): 400,
    ("training", "hours"): 600,
    ("training", "class"): 300,
    ("placement", "origin"): 800,
    ("stay", "injury_insured"): 1_500,
    ("apprenticeship", "passed"): 500,
    ("education_fund", "front_line"): 2_000,
}

DUPLICATE_PERSONS: Final = 60  # of the people, a second row of the same person
WRONG_PERSON_CHECKS: Final = 50  # of the identity numbers
WRONG_CODE_CHECKS: Final = 80  # of the credit codes
OVERLAPPING_SPELLS: Final = 150  # of the people at work, a second insurance spell over the first
LATE_REGISTRATIONS: Final = 400  # of the current jobs older than 200 days, insured one to five months late

RATES: Final = {
    "duplicate_persons": DUPLICATE_PERSONS,
    "wrong_person_checks": WRONG_PERSON_CHECKS,
    "wrong_code_checks": WRONG_CODE_CHECKS,
    "overlapping_spells": OVERLAPPING_SPELLS,
    "late_registrations": LATE_REGISTRATIONS,
}

# Each counts (found, looked at) in the finished files: what the page shows is what a reader would find.
COUNTS: Final = {
    "duplicate_persons": "SELECT count(*) - count(DISTINCT id_number), count(DISTINCT id_number) FROM person",
    "wrong_person_checks": """
        SELECT count(*) FILTER (person_check(id_number[7:17]::BIGINT) <> id_number[18]), count(*) FROM person""",
    "wrong_code_checks": """
        SELECT count(*) FILTER (code_check(code_sum(uscc[1:10]), uscc[11:17]::BIGINT) <> uscc[18]), count(*)
        FROM organisation""",
    "overlapping_spells": """
        SELECT (SELECT count(*) FROM insurance AS other SEMI JOIN
                  (SELECT worker, started_on, ended_on FROM insurance WHERE id LIKE '%-0') AS first
                ON other.worker = first.worker AND other.started_on <= first.ended_on
                   AND first.started_on <= other.ended_on
                WHERE other.id LIKE '%-2'),
               (SELECT count(*) FROM insurance WHERE id LIKE '%-0')""",
    "late_registrations": """
        SELECT count(*) FILTER (insurance.started_on > employment.started_on), count(*)
        FROM insurance JOIN employment ON 'w' || insurance.id[2:] = employment.id
        WHERE insurance.id LIKE '%-0' AND employment.started_on < getvariable('on') - 200""",
}
