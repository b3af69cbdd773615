"""Ten clauses of 萧人社〔2025〕3号 as OpenFisca variables: people, firms, months.

Runs in OpenFisca's own environment.  Amounts are whole fen.  An event is an input of the
month in which it was; a second and third one in a month have slots of their own.
Formulas look at rows that may be paid only, where that saves work.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import openfisca_events as flat
from openfisca_core.entities import build_entity
from openfisca_core.periods import ETERNITY, MONTH, YEAR, period
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

Person = build_entity(key="person", plural="persons", label="人", is_person=True)
Firm = build_entity(
    key="firm", plural="firms", label="单位", roles=[{"key": "worker", "plural": "workers", "label": "职工"}]
)
MONTHS = [f"{2025 + (2 + n) // 12}-{(2 + n) % 12 + 1:02}" for n in range(16)]  # with facts, in force
PAID_MONTHS = [
    f"{2025 + (2 + n) // 12}-{(2 + n) % 12 + 1:02}" for n in range(52)
]  # the last allowance ends three years on
YEARS = ["2025", "2026"]
assert (MONTHS[0], MONTHS[-1]) == (flat.FIRST, flat.LAST)

FIRM, SCHOOL, BUREAU = 1, 2, 3
DISTRICT, CITY = 2, 3
ALLOWANCE_MONTHS = 36


def _amounts(codes: tuple[str, ...], yuan: dict[str, int]) -> np.ndarray:
    """Fen by code; what is not listed is not paid."""
    return np.array([0, *(100 * yuan.get(each, 0) for each in codes)], dtype=np.int32)


TRAINER = _amounts(flat.LEVELS, {"高级工": 800, "技师": 1000, "高级技师": 1500})
EMPLOYER = _amounts(flat.LEVELS, {"高级工": 1000, "技师": 1500, "高级技师": 2000})
PRIZE = _amounts(flat.PRIZES, {"一等奖": 2000, "二等奖": 1500, "三等奖": 1000, "优胜奖": 500})
TITLE = _amounts(flat.TITLES, {"全国技术能手": 10000, "省技术能手": 5000, "市技术能手": 3000})
STAR = _amounts(flat.STARS, {"五星": 30000, "四星": 20000})
AWARD_FROM, AWARD_BASE, AWARD_EACH, AWARD_MOST = 50, 3_000_000, 50_000, 5_000_000
STUDIO_START, STUDIO_RUNNING, ALLOWANCE, SERVICE = 10_000_000, 3_000_000, 100_000, 100_000

PERSON_INPUTS: dict[str, dict[str, type]] = {
    "certificate": {"level": int, "occupation": int, "taught": bool, "trainer_kind": int, "trainer_here": bool},
    "entry": {"tier": int, "prize": int, "title": int, "contest_here": bool, "sent_here": bool},
    "service": {"kind": int, "organiser_kind": int, "organiser_here": bool, "pilot": bool},
    "title": {"honour": int, "granted_here": bool},
}
FIRM_INPUTS: dict[str, dict[str, type]] = {
    "issued": {"certificates": int},
    "term": {"stars": int},
    "studio": {"kind": int, "tier": int, "master": int},
    "review": {"kind": int, "result": int, "studio": int, "year": int},
}
FIRM_FACTS: dict[str, type] = {"kind": int, "here": bool, "filed": bool}
BENEFITS = {
    "trainer_grant": MONTHS, "employer_grant": MONTHS, "self_certification_award": YEARS, "star_award": MONTHS,
    "studio_start": MONTHS, "studio_running": MONTHS, "chief_technician_allowance": PAID_MONTHS,
    "expert_title_award": MONTHS, "district_prize": MONTHS, "service_subsidy": MONTHS,
}  # fmt: skip


def months_to(until: Any) -> list[Any]:
    return [each for each in map(period, MONTHS) if each.start <= until.start]


def system(slots: dict[str, int]) -> TaxBenefitSystem:
    """The clauses, for events of which one month holds at most so many (`slots`, by kind of event)."""
    made = TaxBenefitSystem([Person, Firm])
    for entity, inputs in ((Person, PERSON_INPUTS), (Firm, FIRM_INPUTS)):
        for kind, columns in inputs.items():
            for column, kind_of in columns.items():
                for slot in range(slots[kind]):
                    made.add_variable(_variable(f"{kind}_{column}_{slot}", entity, MONTH, kind_of))
    for column, kind_of in FIRM_FACTS.items():
        made.add_variable(_variable(f"firm_{column}", Firm, ETERNITY, kind_of))
    for slot in range(slots["certificate"]):
        for name, payer, amounts in (("trainer", SCHOOL, TRAINER), ("employer", FIRM, EMPLOYER)):
            made.add_variable(_variable(f"{name}_due_{slot}", Person, MONTH, bool, _taught(slot, payer, amounts)))
    formulas = (
        ("trainer_grant", Person, MONTH, _once(slots["certificate"], "trainer", TRAINER, "employer")),
        ("employer_grant", Person, MONTH, _once(slots["certificate"], "employer", EMPLOYER, "")),
        ("expert_title_award", Person, MONTH, _titles(slots["entry"])),
        ("district_prize", Person, MONTH, _prizes(slots["entry"])),
        ("service_subsidy", Person, MONTH, _services(slots["service"])),
        ("chief_technician", Person, MONTH, _named(slots["title"])),
        ("chief_technician_allowance", Person, MONTH, _allowance),
        ("self_certification_award", Firm, YEAR, _award),
        ("star_award", Firm, MONTH, _stars(slots["term"])),
        ("studio_start", Firm, MONTH, _studio_start(slots["studio"])),
        ("studio_running", Firm, MONTH, _studio_running(slots["review"])),
    )
    for name, entity, when, formula in formulas:
        made.add_variable(_variable(name, entity, when, bool if name == "chief_technician" else int, formula))
    return made


def _variable(name: str, entity: Any, when: Any, kind: type, formula: Any = None) -> type[Variable]:
    content: dict[str, Any] = {"value_type": kind, "entity": entity, "definition_period": when, "label": name}
    if formula is not None:
        content["formula_2025_03" if when == MONTH else "formula_2025"] = formula
    return type(name, (Variable,), content)


# -- 二(一)2、二(三)8: who taught a skilled worker ------------------------------------------
def _taught(slot: int, payer: int, amounts: np.ndarray) -> Any:
    def formula(person: Any, period: Any) -> Any:
        directly = person(f"certificate_taught_{slot}", period)
        here = person(f"certificate_trainer_here_{slot}", period)
        kind = person(f"certificate_trainer_kind_{slot}", period) == payer
        return directly & here & kind & (amounts[person(f"certificate_level_{slot}", period)] > 0)

    return formula


def _once(slots: int, name: str, amounts: np.ndarray, higher: str) -> Any:
    """Once per person, occupation and level; nothing where the `higher` grant is due for the same."""

    def formula(person: Any, period: Any) -> Any:
        total = np.zeros(person.count, dtype=np.int32)
        for slot in range(slots):
            rows = np.flatnonzero(person(f"{name}_due_{slot}", period))
            if not rows.size:
                continue
            level = person(f"certificate_level_{slot}", period)[rows]
            occupation = person(f"certificate_occupation_{slot}", period)[rows]

            def same(due: str, month: Any, at: int, rows: Any = rows, level: Any = level, job: Any = occupation) -> Any:
                found = person(f"{due}_due_{at}", month)[rows]
                if found.any():
                    found = found & (person(f"certificate_level_{at}", month)[rows] == level)
                    found &= person(f"certificate_occupation_{at}", month)[rows] == job
                return found

            gone = np.zeros(rows.size, dtype=bool)
            for month in months_to(period):
                for at in range(slots if month != period else slot):
                    gone |= same(name, month, at)
            if higher:
                for month in map(_period, MONTHS):
                    for at in range(slots):
                        gone |= same(higher, month, at)
            total[rows] += np.where(gone, 0, amounts[level]).astype(np.int32)
        return total

    return formula


_period = period


# -- 二(五)11、12, 二(六)15: titles, contests, services ---------------------------------------
def _titles(slots: int) -> Any:
    def formula(person: Any, period: Any) -> Any:
        return sum(
            person(f"entry_sent_here_{n}", period) * (person(f"entry_tier_{n}", period) >= CITY)
            * TITLE[person(f"entry_title_{n}", period)] for n in range(slots)
        )  # fmt: skip

    return formula


def _prizes(slots: int) -> Any:
    def formula(person: Any, period: Any) -> Any:
        return sum(
            person(f"entry_contest_here_{n}", period) * (person(f"entry_tier_{n}", period) == DISTRICT)
            * PRIZE[person(f"entry_prize_{n}", period)] for n in range(slots)
        )  # fmt: skip

    return formula


def _services(slots: int) -> Any:
    def formula(person: Any, period: Any) -> Any:
        return SERVICE * sum(
            (person(f"service_pilot_{n}", period) & (person(f"service_kind_{n}", period) == 1)
             & (person(f"service_organiser_kind_{n}", period) == BUREAU) & person(f"service_organiser_here_{n}", period)
             ).astype(np.int32) for n in range(slots)
        )  # fmt: skip

    return formula


def _named(slots: int) -> Any:
    def formula(person: Any, period: Any) -> Any:
        named = np.zeros(person.count, dtype=bool)
        for n in range(slots):
            named |= (person(f"title_honour_{n}", period) > 0) & person(f"title_granted_here_{n}", period)
        return named

    return formula


def _allowance(person: Any, period: Any) -> Any:
    """A month's allowance for who was named in this month or one of the 35 before it."""
    named = np.zeros(person.count, dtype=bool)
    for month in months_to(period):
        if _apart(period, month) < ALLOWANCE_MONTHS:
            named |= person("chief_technician", month)
    return np.where(named, ALLOWANCE, 0).astype(np.int32)


def _apart(later: Any, earlier: Any) -> int:
    return int((later.start.year - earlier.start.year) * 12 + later.start.month - earlier.start.month)


# -- 二(三)7, 二(二)4: firms -------------------------------------------------------------------
def _award(firm: Any, period: Any) -> Any:
    able = firm("firm_here", period) & (firm("firm_kind", period) == FIRM) & firm("firm_filed", period)
    months = [each for each in map(_period, MONTHS) if each.start.year == period.start.year]
    count = sum(firm("issued_certificates_0", month) for month in months)
    amount = np.where(count >= AWARD_FROM, AWARD_BASE + AWARD_EACH * (count - AWARD_FROM), 0)
    return np.where(able, np.minimum(amount, AWARD_MOST), 0).astype(np.int32)


def _stars(slots: int) -> Any:
    def formula(firm: Any, period: Any) -> Any:
        able = firm("firm_here", period) & (firm("firm_kind", period) == FIRM) & firm("firm_filed", period)
        return able * sum(STAR[firm(f"term_stars_{n}", period)] for n in range(slots))

    return formula


def _studio_start(slots: int) -> Any:
    """Once per firm and master."""

    def starts(firm: Any, month: Any, n: int) -> Any:
        return (firm(f"studio_kind_{n}", month) == 1) & (firm(f"studio_tier_{n}", month) == DISTRICT)

    def formula(firm: Any, period: Any) -> Any:
        total = np.zeros(firm.count, dtype=np.int32)
        for n in range(slots):
            due = starts(firm, period, n) & firm("firm_here", period)
            for month in months_to(period) if due.any() else ():
                for at in range(slots if month != period else n):
                    again = firm(f"studio_master_{at}", month) == firm(f"studio_master_{n}", period)
                    due &= ~(starts(firm, month, at) & again)
            total += STUDIO_START * due.astype(np.int32)
        return total

    return formula


def _studio_running(slots: int) -> Any:
    """Once per studio and year."""

    def passed(firm: Any, month: Any, n: int) -> Any:
        return (firm(f"review_kind_{n}", month) == 1) & (firm(f"review_result_{n}", month) >= 2)

    def formula(firm: Any, period: Any) -> Any:
        total = np.zeros(firm.count, dtype=np.int32)
        for n in range(slots):
            due = passed(firm, period, n) & firm("firm_here", period)
            for month in months_to(period) if due.any() else ():
                for at in range(slots if month != period else n):
                    again = firm(f"review_studio_{at}", month) == firm(f"review_studio_{n}", period)
                    again &= firm(f"review_year_{at}", month) == firm(f"review_year_{n}", period)
                    due &= ~(passed(firm, month, at) & again)
            total += STUDIO_RUNNING * due.astype(np.int32)
        return total

    return formula
