"""A claim that is being made: what it asks, what was answered, the papers, the account; and what is still missing.

sheet = drafting.sheet_of(claim, on)        # sheet.questions, sheet.papers, sheet.missing, sheet.judged
drafting.answer(claim, viewer, question, value)
drafting.add_paper(claim, viewer, paper, upload)

Nothing is kept in a session: every page saves, and the draft is where it was on the next visit.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.core.files.base import ContentFile
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from huijiang.accounts.viewers import Viewer
from huijiang.claims import determine, intake, questions
from huijiang.claims.judging import Judged
from huijiang.claims.models import Account, Claim, Correction
from huijiang.claims.questions import Question
from huijiang.claims.states import State
from huijiang.files import services as files
from huijiang.files.models import File
from huijiang.registry.vocabulary import vocabulary
from tiaowen.explain.show import show_value
from tiaowen.vocabulary.types import NONE

BETWEEN: Final = "·"  # between what a paper is and its file's own name
YES: Final = "是"
ACCOUNT: Final = "account"  # the item of a correction that asks for another account


def key_of(*parts: str) -> str:
    """A short name for an address: of a question, or of a paper."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Asked:
    """A question with its answer.  `answered`: also by “I don't know”, whose value is None."""

    question: Question
    key: str
    answered: bool
    value: Any

    @property
    def shown(self) -> str:
        return shown_value(self.question, self.value) if self.answered else ""


@dataclass(frozen=True)
class Paper:
    """A paper to bring: what it is, what it is to prove, the files that were handed in for it.

    `needed`: without it the claim does not go out; items of a correction may be put right by an answer as well.
    """

    title: str
    about: str
    key: str
    files: tuple[File, ...]
    needed: bool


@dataclass(frozen=True)
class Sheet:
    claim: Claim
    questions: tuple[Asked, ...]
    papers: tuple[Paper, ...]
    judged: Judged
    correction: Correction | None

    @property
    def account(self) -> Account | None:
        return self.claim.account

    @property
    def account_asked(self) -> bool:
        """Whether the office asked for another account and none was chosen since."""
        if self.correction is None or not any(each["code"] == ACCOUNT for each in self.correction.items):
            return False
        return self.claim.account is None or self.claim.account.made_at <= self.correction.asked_at

    @property
    def missing(self) -> list[tuple[str, str, str]]:
        """What stands in the way of sending: kind (question, paper, account), key, words."""
        found = [("question", each.key, each.question.label) for each in self.questions if not each.answered]
        found += [("paper", each.key, each.title) for each in self.papers if each.needed and not each.files]
        return found + ([("account", "", _("收款账户"))] if self.claim.account_id is None else [])

    @property
    def unmet(self) -> list[str]:
        """Labels of conditions that are not met, as far as is known now."""
        return [each.label for each in self.judged.answer.checks if each.outcome is False]

    def question(self, key: str) -> Asked | None:
        return next((each for each in self.questions if each.key == key), None)

    def paper(self, key: str) -> Paper | None:
        return next((each for each in self.papers if each.key == key), None)


def sheet_of(claim: Claim, on: dt.date) -> Sheet:
    """Everything that the pages of a claim show.  Raises CannotDetermine when the event is gone from the registry."""
    first = questions.what_to_ask(
        claim.region_id, claim.benefit, claim.holder, on, person=claim.payee_person_id,
        organisation=claim.payee_organisation_id,
    )  # fmt: skip
    judged = determine.evaluate(claim, on)
    then = questions.asked(judged)
    said = {(each["table"], each.get("row", ""), each.get("column", "")): each for each in claim.answers}
    listed = list(dict.fromkeys([*first.questions, *then.questions]))
    found = tuple(_asked(each, said) for each in listed)
    correction = None
    if claim.state == State.AWAITING_CORRECTION:
        correction = claim.corrections.filter(answered_at=None).first()
    papers = list(dict.fromkeys([*first.papers, *(each for each in then.papers if each not in first.papers)]))
    return Sheet(claim, found, tuple(_papers(claim, papers, correction)), judged, correction)


def _asked(question: Question, said: Mapping[tuple[str, str, str], Mapping[str, Any]]) -> Asked:
    given = said.get((question.table, question.row, question.column))
    value = None if given is None else given.get("complete" if question.kind == "complete" else "value")
    return Asked(question, key_of(question.table, question.row, question.column), given is not None, value)


def _papers(claim: Claim, papers: Sequence[questions.Paper], correction: Correction | None) -> list[Paper]:
    held = [(each, each.name.open()) for each in files_of(claim) if each.blob_id is not None]

    def of(title: str) -> tuple[File, ...]:
        return tuple(each for each, name in held if name.startswith(f"{title}{BETWEEN}"))

    by_source: dict[str, list[str]] = {}
    for each in papers:
        by_source.setdefault(each.source, []).extend(each.about)
    found = [
        Paper(source, "、".join(dict.fromkeys(about)), key_of("paper", source), of(source), True)
        for source, about in by_source.items()
    ]
    for at, item in enumerate(correction.items if correction is not None else (), start=1):
        if item["code"] == ACCOUNT:
            continue  # put right on the account's own page
        title = f"{_prefix(correction, at)}"
        found.append(Paper(title, item["words"], key_of("item", item["code"]), of(title), False))
    return found


def _prefix(correction: Correction | None, at: int) -> str:
    """Files of a correction are named in the office's language, whoever uploads them."""
    assert correction is not None
    return f"补正{correction.asked_at:%m%d}-{at}"


def files_of(claim: Claim) -> QuerySet[File]:
    """What was handed in for a claim."""
    found = File.objects.filter(subject=f"claim:{claim.uid}", purpose__in=(files.Purpose.EVIDENCE, files.Purpose.DRAFT))
    return found.select_related("blob").order_by("id")


def answer(claim: Claim, viewer: Viewer, question: Question, raw: str) -> Claim:
    """Keep one answer; empty is “I don't know”.  Raises ClaimError for what the column does not take."""
    made: dict[str, Any] = {"table": question.table}
    if question.kind == "complete":
        made["complete"] = raw == YES
    else:
        made |= {"row": question.row, "column": question.column, "value": raw or None}
    return intake.save_answer(claim, viewer, made)


def shown_value(question: Question, value: Any) -> str:
    """An answer in words."""
    if question.kind == "complete":
        return _("登记里的就是全部") if value else _("不知道")
    if value is None:
        return _("不知道")
    if isinstance(value, dict):
        value = NONE if "none" in value else dt.date.fromisoformat(value["date"])
    words = vocabulary()
    return show_value(words, words.tables[question.table].columns[question.column].type, value)


def add_paper(claim: Claim, viewer: Viewer, paper: Paper, upload: Any) -> File:
    """Hand in a file for a paper.  Raises files.Refused, files.NoRoom, MayNot, CannotMove."""
    intake.check_editable(claim, viewer)
    upload.name = f"{paper.title}{BETWEEN}{upload.name}"
    return files.store(
        upload, viewer, f"claim:{claim.uid}", files.Purpose.EVIDENCE, region=claim.region_id,
        person=claim.payee_person_id, organisation=claim.payee_organisation_id or claim.applicant_organisation_id,
    )  # fmt: skip


def take_paper(claim: Claim, viewer: Viewer, paper: Paper, held: File) -> File:
    """Hand in a file that lies in one's own folder: its content is stored once, its name says what it is for here."""
    opened = files.open_file(viewer, held.uid, "own")
    return add_paper(claim, viewer, paper, ContentFile(opened.read(), name=opened.name))


def own_files(viewer: Viewer) -> QuerySet[File]:
    """The folder of whoever applies: nothing for staff, who see no private folders."""
    return files.access_files(viewer).filter(purpose=files.Purpose.OWN, blob__isnull=False).order_by("-id")[:20]


def accounts_of(claim: Claim) -> QuerySet[Account]:
    """Where the payee was paid before."""
    return Account.objects.filter(
        person=claim.payee_person_id, organisation=claim.payee_organisation_id, ended_at=None
    ).order_by("-id")[:5]


def masked(account: Account) -> str:
    """甲银行 尾号 1234."""
    number = account.number if isinstance(account.number, str) else account.number.open()
    return _("%(bank)s 尾号 %(tail)s") % {"bank": account.bank, "tail": number[-4:]}


def is_card(number: str) -> bool:
    """Whether a number is that of a card, by its length and its first digits (UnionPay's 62; Visa, Mastercard)."""
    return (16 <= len(number) <= 19 and number[:2] in ("62", "60")) or (len(number) == 16 and number[:1] in "45")


def passes_luhn(number: str) -> bool:
    """The check digit of a card (ISO/IEC 7812-1): every second digit from the right doubled, digits summed."""
    total = 0
    for at, digit in enumerate(reversed(number)):
        doubled = int(digit) * (1 + at % 2)
        total += doubled - 9 * (doubled > 9)
    return total % 10 == 0
