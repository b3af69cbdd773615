"""What an encoded draft would cost on a population: money by benefit, fund and year, people and organisations.

All events of the population count on which the draft is in force; one without an effective date is
taken as in force on every day, so the years tell more than the sum.  Other documents are not run:
what they pay for the same event is not taken off.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tiaowen.check.library import Library
from tiaowen.draft.docx import DraftError
from tiaowen.plan import terms as t
from tiaowen.plan.rules import Rule
from tiaowen.population.execution import Population, run
from tiaowen.population.rows import lines_of
from tiaowen.report.money import Sum, total

MEMORY: Final = "1GB"
REGION: Final = re.compile(r"^region:[^\n]*$", re.M)


@dataclass(frozen=True)
class Cost:
    """One benefit: money in fen, claims (lines), payees surely entitled or perhaps (none where the text names none)."""

    key: str
    name: str
    fund: str
    kind: str
    sum: Sum
    claims: int
    sure: int
    maybe: int
    years: dict[int, Sum]


@dataclass(frozen=True)
class Bill:
    """The draft on a population: benefits that anyone may get, in the draft's order."""

    folder: str
    place: str
    on: str
    costs: list[Cost]
    payees: dict[str, tuple[int, int]]  # kind → surely entitled to something, perhaps; each counted once

    def by(self, what: str) -> dict[str, Sum]:
        """Sums by `fund` or `kind` (person, organisation, or empty where the payee is not stated)."""
        found: dict[str, Sum] = {}
        for each in self.costs:
            found.setdefault(getattr(each, what), Sum()).join(each.sum)
        return found

    def years(self) -> dict[int, Sum]:
        found: dict[int, Sum] = {}
        for each in self.costs:
            for year, one in each.years.items():
                found.setdefault(year, Sum()).join(one)
        return dict(sorted(found.items()))

    @property
    def sum(self) -> Sum:
        found = Sum()
        for each in self.costs:
            found.join(each.sum)
        return found


def moved(text: str, path: str) -> str:
    """The draft as if another place (a path) had drawn it up.  Raises DraftError where it names no place."""
    if not REGION.search(text):
        raise DraftError("文件头没有 region", "the front matter has no region")
    return REGION.sub(f"region: {path}", text, count=1)


def cost(library: Library, document: str, folder: Path, on: dt.date | None = None) -> Bill:
    """Run the draft alone over a folder of Parquet, under the local rules of its place.

    Raises PopulationError (folder, file, column) and Unsupported (rule, construct).
    """
    region = library.plans[document].region
    placed = library.placed(region, True) if region else library
    plan = placed.plans[document]
    benefits = [name for name in plan.order if plan.rules[name].kind == "benefit"]
    with run(placed, document, folder, on=on, memory=MEMORY, rules=benefits, plan=plan) as population:
        costs = [_cost(population, plan.rules[name]) for name in benefits]
        payees = _payees(population, [plan.rules[name] for name in benefits])
    day = on.isoformat() if on is not None else ""
    place = library.vocabulary.regions.name(region) if region else ""
    return Bill(folder.name, place, day, [each for each in costs if each.sum.high or each.sum.open], payees)


def _cost(population: Population, rule: Rule) -> Cost:
    kind = _kind(rule)
    lines = population.connection.table(f'"{lines_of(rule.id)}"')
    possible = lines.filter("verdict IS NOT FALSE AND paid_high IS DISTINCT FROM 0")
    counted = "count(*), count(DISTINCT payee) FILTER (verdict), count(DISTINCT payee) FILTER (verdict IS NULL)"
    claims, sure, maybe = (int(each) for each in possible.aggregate(counted).fetchall()[0])
    sums = possible.aggregate(
        'coalesce(year(coalesce("begin", date)), 0), sum(paid_low)::BIGINT, '
        "sum(coalesce(paid_high, paid_low))::BIGINT, count(*) FILTER (paid_high IS NULL)",
        'coalesce(year(coalesce("begin", date)), 0)',
    ).fetchall()
    years = {int(year): Sum(int(low), int(high), int(more)) for year, low, high, more in sums}
    whole = Sum()
    for each in years.values():
        whole.join(each)
    fund = "" if rule.fund == "undetermined" else rule.fund
    told = (sure, maybe) if kind else (0, 0)
    return Cost(rule.key, rule.name, fund, kind, whole, claims, *told, dict(sorted(years.items())))


def _kind(rule: Rule) -> str:
    return rule.pays.type.name if isinstance(rule.pays, t.Term) else ""


def _payees(population: Population, rules: list[Rule]) -> dict[str, tuple[int, int]]:
    """Each payee once, however many benefits it gets."""
    found = {}
    for kind in sorted({_kind(rule) for rule in rules} - {""}):
        parts = [
            population.connection.table(f'"{lines_of(rule.id)}"')
            .filter("verdict IS NOT FALSE AND paid_high IS DISTINCT FROM 0 AND payee IS NOT NULL")
            .project("payee, verdict IS TRUE AS sure")
            for rule in rules if _kind(rule) == kind
        ]  # fmt: skip
        every = parts[0]
        for part in parts[1:]:
            every = every.union(part)
        once = every.aggregate("payee, bool_or(sure) AS sure", "payee")
        sure, maybe = once.aggregate("count(*) FILTER (sure), count(*) FILTER (NOT sure)").fetchall()[0]
        found[kind] = (int(sure), int(maybe))
    return found


# -- as text and as JSON -----------------------------------------------------------------
WORDS: Final = {
    "head": ("在名册 {folder} 上的花费（由{place}印发）", "Cost on the population {folder} (drawn up by {place})"),
    "none": ("没有人、没有单位能领", "nobody is entitled to anything"),
    "benefit": ("{sum}  可领 {sure}，待定 {maybe}  {name}  [{fund}]", "{sum}  entitled {sure}, unknown {maybe}  {name}  [{fund}]"),
    "unnamed": ("{sum}  {claims} 笔，收款人没有写明  {name}  [{fund}]", "{sum}  {claims} claims, no payee stated  {name}  [{fund}]"),
    "all": ("合计  {sum}", "in all  {sum}"),
    "fund": ("资金  {name}  {sum}", "fund  {name}  {sum}"),
    "kind": ("付给  {name}  {sum}", "paid to  {name}  {sum}"),
    "payees": ("，可领 {sure}，待定 {maybe}", ", entitled {sure}, unknown {maybe}"),
    "year": ("{name} 年  {sum}", "{name}  {sum}"),
    "no year": ("日期不知道", "day not known"),
    "person": ("个人", "people"),
    "organisation": ("单位", "organisations"),
    "": ("没有写明", "not stated"),
    "alone": (
        "只算这份草案：别的文件为同一件事已付的没有扣；可领、待定数的是收款方。",
        "The draft alone: what other documents pay for the same event is not taken off; payees are counted.",
    ),
}  # fmt: skip


def as_text(bill: Bill, lang: str) -> str:
    """The bill as lines below the findings."""
    at = 0 if lang == "zh" else 1

    def w(key: str, **values: object) -> str:
        return WORDS[key][at].format(**values)

    found = [w("head", folder=bill.folder, place=bill.place or "—")]
    if not bill.costs:
        return "\n".join([*found, f"  {w('none')}"])
    for each in bill.costs:
        found.append("  " + w("benefit" if each.kind else "unnamed", claims=f"{each.claims:,}", sum=total(each.sum, lang), sure=f"{each.sure:,}", maybe=f"{each.maybe:,}",
                              name=each.name, fund=each.fund or w("")))  # fmt: skip
    found.append("  " + w("all", sum=total(bill.sum, lang)))
    found += ["  " + w("fund", name=name or w(""), sum=total(one, lang)) for name, one in bill.by("fund").items()]
    for name, one in bill.by("kind").items():
        sure, maybe = bill.payees.get(name, (0, 0))
        many = w("payees", sure=f"{sure:,}", maybe=f"{maybe:,}") if name else ""
        found.append("  " + w("kind", name=w(name) if name in WORDS else name, sum=total(one, lang)) + many)
    for year, one in bill.years().items():
        found.append(
            "  " + (w("year", name=year, sum=total(one, lang)) if year else f"{w('no year')}  {total(one, lang)}")
        )
    return "\n".join([*found, f"  {w('alone')}"])


def as_json(bill: Bill) -> dict[str, Any]:
    """A stable shape; money in fen, `high` without the claims counted in `open`."""

    def money(one: Sum) -> dict[str, int]:
        return {"low": one.low, "high": one.high, "open": one.open}

    return {
        "population": bill.folder, "place": bill.place, "on": bill.on or None, **money(bill.sum),
        "funds": {name: money(one) for name, one in bill.by("fund").items()},
        "payees": {
            name: {**money(one), "entitled": bill.payees.get(name, (0, 0))[0], "unknown": bill.payees.get(name, (0, 0))[1]}
            for name, one in bill.by("kind").items()
        },
        "years": {str(year): money(one) for year, one in bill.years().items()},
        "benefits": [
            {"key": each.key, "name": each.name, "fund": each.fund or None, "pays": each.kind or None,
             "claims": each.claims, "entitled": each.sure, "unknown": each.maybe, **money(each.sum)}
            for each in bill.costs
        ],
    }  # fmt: skip
