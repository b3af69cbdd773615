"""What a form asks, with no code per benefit: the facts that no register has, by the sources of the columns it reads.

what_to_ask(region, benefit, holder, on, person=…)   questions and papers, before a claim
open_questions(claim, on)                            what its answers leave open
typed(answers)                                       answers as the vocabulary types them
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from huijiang.claims.errors import ClaimError
from huijiang.claims.freezing import kept
from huijiang.claims.judging import Judged, judge_live
from huijiang.claims.models import Claim
from huijiang.claims.sources import SourceKind, kind_of
from huijiang.registry.vocabulary import vocabulary
from tiaowen.cases.values import ValueProblem, read_value
from tiaowen.explain.reading import Missing


@dataclass(frozen=True)
class Question:
    """One fact to declare.  `kind`: bool, date, month, year, int, text, code, region, quantity; `column` empty: whether
    a table lists all there is (`kind` complete)."""

    table: str
    row: str
    column: str
    label: str
    kind: str
    unit: str
    choices: tuple[str, ...]
    source: str
    or_none: bool


@dataclass(frozen=True)
class Paper:
    """A document to bring, because no register has the fact."""

    source: str
    about: tuple[str, ...]


@dataclass(frozen=True)
class Asked:
    questions: tuple[Question, ...]
    papers: tuple[Paper, ...]


def what_to_ask(
    region: str, benefit: str, holder: str, on: dt.date, *, person: int | None = None, organisation: int | None = None,
    answers: Sequence[Mapping[str, Any]] = (),
) -> Asked:  # fmt: skip
    """What is still open for an event and no register answers.  Raises CannotDetermine."""
    return asked(judge_live(region, benefit, holder, on, person=person, organisation=organisation, answers=answers))


def open_questions(claim: Claim, on: dt.date) -> tuple[Question, ...]:
    """What a claim's answers leave open; a question answered "I don't know" is answered."""
    found = what_to_ask(
        claim.region_id, claim.benefit, claim.holder, on, person=claim.payee_person_id,
        organisation=claim.payee_organisation_id, answers=claim.answers,
    )  # fmt: skip
    said = {(each["table"], each.get("row", ""), each.get("column", "")) for each in claim.answers}
    return tuple(each for each in found.questions if (each.table, each.row, each.column) not in said)


def papers_of(claim: Claim, on: dt.date) -> tuple[Paper, ...]:
    """The papers to bring for a claim: by what stands open before anything was declared."""
    return what_to_ask(
        claim.region_id, claim.benefit, claim.holder, on, person=claim.payee_person_id,
        organisation=claim.payee_organisation_id,
    ).papers  # fmt: skip


def asked(judged: Judged) -> Asked:
    """The questions and papers of a judgement, in the order of its conditions."""
    questions: dict[Question, None] = {}
    papers: dict[str, dict[str, None]] = {}
    for check in judged.answer.checks:
        for missing in judged.missing(check) if check.outcome is None else ():
            kind = kind_of(missing.source)
            if not missing.table or kind is SourceKind.REGISTER:
                continue
            question = _question(missing)
            if question is not None:
                questions[question] = None
            if kind is SourceKind.DOCUMENT:
                papers.setdefault(missing.source, {})[missing.label] = None
    return Asked(tuple(questions), tuple(Paper(source, tuple(about)) for source, about in papers.items()))


def _question(missing: Missing) -> Question | None:
    words = vocabulary()
    table = words.tables[missing.table]
    if not missing.column:
        return Question(table.id, "", "", missing.label, "complete", "", (), missing.source, False)
    kind = table.columns[missing.column].type
    if kind.kind == "row":
        return None  # which row it is, an officer finds in the registry
    choices: tuple[str, ...] = tuple(words.codes[kind.name].codes) if kind.kind == "code" else ()
    unit = kind.unit if kind.kind == "quantity" else ""
    return Question(
        table.id, missing.row, missing.column, missing.label, kind.kind, unit, choices, missing.source, kind.or_none
    )


def typed(answers: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Answers as they are kept: values read as their columns say.  Raises ClaimError naming each that can't be."""
    words, found, wrong = vocabulary(), [], []
    for each in answers:
        table = words.tables.get(str(each.get("table", "")))
        if table is None:
            wrong.append(f"{each.get('table')}: {_('没有这张表')}")
            continue
        if "complete" in each:
            found.append({"table": table.id, "complete": bool(each["complete"])})
            continue
        column = table.columns.get(str(each.get("column", "")))
        if column is None or column.derived is not None or column.type.kind == "row":
            wrong.append(f"{table.label}.{each.get('column')}: {_('不能申报的栏目')}")
            continue
        try:
            value = read_value(words, column.type, each.get("value"))
        except ValueProblem as error:
            wrong.append(f"{column.label}: {error}")
            continue
        found.append({"table": table.id, "row": str(each.get("row", "")), "column": column.name,
                      "value": None if value is None else kept(value)})  # fmt: skip
    if wrong:
        raise ClaimError("；".join(wrong))
    return found
