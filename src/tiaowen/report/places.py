"""The same firm in each place that has documents: what would be paid there, for what, to whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from tiaowen.check.library import Library
from tiaowen.evaluate.answers import Answer, Answers, answer_case
from tiaowen.evaluate.facts import Coverage, Facts, Row
from tiaowen.plan.rules import DocumentPlan
from tiaowen.report.model import AUDIENCES, Offer, Paper, PlaceColumn
from tiaowen.report.money import Sum
from tiaowen.report.names import Names
from tiaowen.vocabulary.regions import Regions

BENEFITS = frozenset({"benefit"})


def relocate(facts: Facts, home: str, target: str) -> Facts:
    """The same facts with the home county, and all that lies in it, moved to another county.

    Regions elsewhere stay, and so do honours, kinds and amounts; nothing is changed in place.
    """
    regions = facts.vocabulary.regions
    moved = dict.fromkeys(regions.inside(home), target)
    copies: dict[int, Row] = {}
    for rows in facts.tables.values():
        for row in rows:
            copies[id(row)] = Row(row.table, row.id, dict(row.values))
    for name, rows in facts.tables.items():
        columns = facts.vocabulary.tables[name].columns
        places = [c for c, column in columns.items() if column.type.kind == "region"]
        links = [c for c, column in columns.items() if column.type.kind == "row"]
        for row in rows:
            values = copies[id(row)].values
            for column in places:
                value = values.get(column)
                if isinstance(value, str) and value in moved:
                    values[column] = moved[value]
            for column in links:
                other = values.get(column)
                if isinstance(other, Row):
                    values[column] = copies[id(other)]
    tables = {name: [copies[id(row)] for row in rows] for name, rows in facts.tables.items()}
    coverage = [Coverage(c.table, c.by, moved.get(c.place, c.place), c.since, c.until) for c in facts.coverage]
    return Facts(facts.vocabulary, tables, coverage, facts.on, facts.assume, facts.grant)


def county_of(regions: Regions, code: str) -> str:
    """The county (three below the country) that a place lies in, or itself where it is higher."""
    chain = [c for c in regions.chain(code) if c in regions.by_code]
    return chain[-3] if len(chain) > 3 else code


def compared_places(library: Library, home: str) -> list[tuple[str, str]]:
    """Places to compare, home first: (county to stand in, place whose document it is)."""
    regions = library.vocabulary.regions
    top = regions.province(home)  # beyond it, the province's own documents would differ too
    found: dict[str, str] = {home: home}
    for plan in library.plans.values():
        depth = len(regions.chain(plan.region))
        if depth < 2 or plan.region in regions.chain(home) or regions.province(plan.region) != top:
            continue
        county = plan.region
        if depth == 2:  # a city's document is looked at from its first district
            county = min((c for c, r in regions.by_code.items() if r.parent == plan.region and r.until is None),
                         default=plan.region)  # fmt: skip
        found.setdefault(county, plan.region)
    return list(found.items())


def wide_plans(library: Library, home: str) -> set[str]:
    """Documents of the province: they hold in every place compared."""
    top = library.vocabulary.regions.province(home)
    return {plan.id for plan in library.plans.values() if plan.region == top}


def place_column(
    library: Library, names: Names, papers: dict[str, Paper], code: str, of: str, home: str, plans: Iterable[DocumentPlan],
    answers: Iterable[tuple[DocumentPlan, Answer]],
) -> PlaceColumn:  # fmt: skip
    """A place's column from the answers of its own documents."""
    regions = library.vocabulary.regions
    plans = list(plans)
    offers: dict[str, dict[tuple[str, str], Offer]] = {}
    reasons: dict[str, Counter[str]] = {}
    tried: dict[str, set[str]] = {}
    sums = {audience: Sum() for audience in AUDIENCES}
    maybe = {audience: Sum() for audience in AUDIENCES}
    for plan in plans:
        for rule in plan.rules.values():
            if rule.kind == "benefit":
                tried.setdefault(rule.table, set()).add(rule.name)
    for plan, answer in answers:
        rule = answer.rule
        if answer.outcome not in ("entitled", "unknown"):
            stopping = [names.label(rule, c) for c in answer.checks if c.outcome is False][:1]
            reasons.setdefault(rule.table, Counter()).update(stopping)
            continue
        audience = names.audience(answer.payee)
        at = offers.setdefault(rule.table, {}).setdefault(
            (rule.key, audience),
            Offer(rule.name, plan.number, rule.clause, audience, [], 0, Sum(), 0, Sum()),
        )
        payee = names.show(answer.payee) if answer.payee not in (None, "undetermined", "nobody") else ""
        if payee and payee not in at.payees and len(at.payees) < 3:
            at.payees.append(payee)
        if answer.outcome == "entitled":
            at.ready += 1
            at.sum.add(answer.low, answer.high)
            sums[audience].add(answer.low, answer.high)
        else:
            at.unknown += 1
            at.maybe.add(0, answer.if_high)
            maybe[audience].add(0, answer.if_high)
    why = {
        table: ("refused", len(tried[table]), reasons[table].most_common(1)[0][0] if reasons.get(table) else "")
        for table in tried
        if table not in offers
    }
    name = regions.name(of)
    example = regions.name(code) if code != of else ""
    order = {table: sorted(each.values(), key=lambda o: (-o.sum.low, -o.sum.high)) for table, each in offers.items()}
    return PlaceColumn(code, name, example, [papers[p.id] for p in plans], code == home, order, why, sums, maybe)


def answers_elsewhere(
    library: Library, facts: Facts, home: str, code: str, wide: set[str]
) -> tuple[list[DocumentPlan], list[tuple[DocumentPlan, Answer]]]:
    """The firm moved to another county: the local documents' benefits there, drafts included."""
    moved = relocate(facts, home, code)
    moved.brief = True  # of a row out of force the comparison only says so
    there: Answers = answer_case(library, moved, code, drafts=True, kinds=BENEFITS)
    plans = [plan for plan in there.plans() if plan.id not in wide]
    found = [(plan, answer) for plan in plans for answer in there.of(plan, readings=False)]
    return plans, found
