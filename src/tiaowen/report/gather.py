"""From a roster's case to the report: evaluate, gather, compare.  No I/O."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from tiaowen.check.library import Library
from tiaowen.evaluate.answers import Answer, answer_case
from tiaowen.evaluate.facts import Facts
from tiaowen.plan.rules import DocumentPlan
from tiaowen.report.cards import Cards
from tiaowen.report.gaps import Gaps
from tiaowen.report.model import (
    AUDIENCES,
    READY,
    UNKNOWN,
    Card,
    FundLine,
    Paper,
    PlaceColumn,
    Report,
    Treatment,
)
from tiaowen.report.money import Sum
from tiaowen.report.names import Names
from tiaowen.report.places import answers_elsewhere, compared_places, county_of, place_column, wide_plans
from tiaowen.report.readings import questions
from tiaowen.report.treatments import treatment
from tiaowen.workbook import RosterCase

Progress = Callable[[str, int, int], None]


def build_report(
    library: Library, roster: RosterCase, facts: Facts, region: str, *, source: str = "", sample: bool = False,
    compare: bool = True, drafts: bool = False, language: str = "zh", progress: Progress | None = None,
) -> Report:  # fmt: skip
    """Everything that is said of one firm on one day.

    `region` decides which documents apply; `facts` are the roster's, with the day in `facts.on`.
    """
    regions = library.vocabulary.regions
    names = Names(roster, library.vocabulary)
    papers = {plan.id: _paper(library, plan) for plan in library.plans.values()}
    answers = answer_case(library, facts, region, drafts)
    plans = sorted(answers.plans(), key=lambda plan: -len(regions.chain(plan.region)))
    gaps = Gaps(answers, names, _form(roster))
    cards = Cards(answers, names, gaps)
    treatments: list[Treatment] = []
    mine: list[tuple[DocumentPlan, Answer]] = []
    places = compared_places(library, region) if compare else []
    steps = sum(len(plan.rules) for plan in plans) + len(plans) + len(places)
    done = 0

    def advance(said: str, by: int = 1) -> None:
        nonlocal done
        done += by
        if progress is not None:
            progress(said, min(done, steps), steps)

    for plan in plans:
        advance(plan.number, 0)
        by_rule: dict[str, list[Answer]] = {}
        for answer in answers.of(plan, readings=False):
            by_rule.setdefault(answer.rule.id, []).append(answer)
        for name, found in by_rule.items():
            rule = plan.rules[name]
            if rule.kind == "benefit":
                for answer in found:
                    cards.add(plan, papers[plan.id], answer)
                    mine.append((plan, answer))
            else:
                treatments.append(treatment(answers, names, gaps, papers[plan.id], rule, found, len(treatments)))
            advance(plan.number)
    shown, refusals = cards.finish()
    for plan in plans:
        wanted = list(dict.fromkeys(c.key.partition("#")[2] for c in shown
                                    if c.paper.id == plan.id and c.state in (READY, UNKNOWN)))  # fmt: skip
        lines = questions(answers, plan, wanted)
        for card in shown:
            if card.paper.id == plan.id and card.state in (READY, UNKNOWN):
                card.questions = lines.get(card.key.partition("#")[2], [])
        advance(plan.number)
    columns = _columns(library, names, papers, facts, region, plans, mine, places, advance)
    people = facts.rows("employment")
    report = Report(
        roster.organisations.get(roster.firm, ""), regions.path(region), facts.on or dt.date.min, library.release,
        len(people), source, sample, [papers[plan.id] for plan in plans], shown, refusals,
        [t for t in treatments if t.kind == "treatment"], [t for t in treatments if t.kind == "duty"],
        gaps.gaps(), columns, _instruments(library, columns), [],
        [(problem.text("zh"), problem.text("en")) for problem in roster.warnings],
    )  # fmt: skip
    report.funds = _funds(shown)
    own = facts.rows("organisation")[0].values.get("place") if facts.rows("organisation") else None
    if isinstance(own, str) and own not in regions.inside(region) and region not in regions.chain(own):
        report.elsewhere = regions.path(own)
    return report


def _paper(library: Library, plan: DocumentPlan) -> Paper:
    place = library.vocabulary.regions.path(plan.region)
    return Paper(plan.id, plan.number, plan.title, place, plan.status, plan.issuers, plan.effective, plan.expires)


def _form(roster: RosterCase) -> dict[str, str]:
    """What the form's statements of completeness say now, by table covered."""
    from tiaowen.workbook.roster import STATEMENTS

    covers: list[dict[str, Any]] = roster.case.get("covers", [])
    found = {}
    for statement in STATEMENTS:
        for each in covers:
            if any(each["table"] == table and each["by"] == [by] for table, by in statement.covers):
                found[statement.label] = str(each.get("from", ""))
    return found


def _columns(
    library: Library, names: Names, papers: dict[str, Paper], facts: Facts, region: str, plans: list[DocumentPlan],
    mine: list[tuple[DocumentPlan, Answer]], places: list[tuple[str, str]], advance: Callable[[str], None],
) -> list[PlaceColumn]:  # fmt: skip
    if not places:
        return []
    regions = library.vocabulary.regions
    wide = wide_plans(library, region)
    seat = next((row.values.get("place") for row in facts.rows("organisation")), None)
    home = county_of(regions, seat if isinstance(seat, str) else region)
    found = []
    for code, of in places:
        if code == region:
            local = [plan for plan in plans if plan.id not in wide]
            theirs = [(plan, answer) for plan, answer in mine if plan.id not in wide]
        else:
            local, theirs = answers_elsewhere(library, facts, home, code, wide)
        found.append(place_column(library, names, papers, code, of, region, local, theirs))
        advance(regions.name(code))
    top = regions.province(region)
    if top is not None and wide:
        whole = [plan for plan in plans if plan.id in wide]
        theirs = [(plan, answer) for plan, answer in mine if plan.id in wide]
        found.append(place_column(library, names, papers, top, top, region, whole, theirs))
    return found


def _instruments(library: Library, columns: list[PlaceColumn]) -> list[tuple[str, str]]:
    """Kinds of event that some place pays for on this roster: table and its name."""
    tables = [t for t in library.vocabulary.tables if any(t in column.offers for column in columns)]
    return [(t, library.vocabulary.tables[t].label) for t in tables]


def _funds(cards: list[Card]) -> list[FundLine]:
    """Sums by fund over what is ready, and what more may come."""
    found: dict[str, FundLine] = {}
    for card in cards:
        if card.state not in (READY, UNKNOWN):
            continue
        line = found.setdefault(
            card.fund, FundLine(card.fund, {a: Sum() for a in AUDIENCES}, Sum(), Sum(), Sum(), Sum())
        )
        if card.state == UNKNOWN:
            line.maybe.join(card.sum)
            continue
        line.by[card.audience].join(card.sum)
        line.sum.join(card.sum)
        line.due.join(card.due)
        line.later.join(card.later)
    return sorted(found.values(), key=lambda line: (-line.sum.low, -line.maybe.high))
