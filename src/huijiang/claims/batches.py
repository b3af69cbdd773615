"""Many claims of one benefit from a workbook: what is known is filled in, each row is checked, all go out or none.

rows = known(viewer, organisation, benefit)
template(rows)                                                 the workbook to fill in
batch = take(viewer, organisation, benefit, content, name)     drafts of the rows that are fine, faults of the others
totals(batch)
send(batch, viewer, partial=False)                             raises ClaimError while rows have faults, unless partial
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import openpyxl
import xlsxwriter
from django.db import transaction
from django.utils.translation import gettext as _
from xlsxwriter.utility import xl_col_to_name

from huijiang import audit, present
from huijiang.access.law import access_rows, consenting
from huijiang.access.models import Consent
from huijiang.accounts.viewers import Viewer
from huijiang.claims import drafting, intake, judging, questions
from huijiang.claims.errors import CannotDetermine, ClaimError, MayNot
from huijiang.claims.forms_apply import fault_of
from huijiang.claims.models import Account, Batch, Claim
from huijiang.claims.models.claim import Way
from huijiang.claims.questions import Question
from huijiang.claims.states import LIVE, State
from huijiang.entitlements import live
from huijiang.entitlements.firm import one_benefit
from huijiang.entitlements.models import Standing
from huijiang.entitlements.models import State as Found
from huijiang.registry.models import MODELS, Organisation, Person
from huijiang.registry.vocabulary import vocabulary

MOST_ROWS: Final = 300
MOST_COLUMNS: Final = 60
HOLDER, WHO, DAY, AMOUNT, WANTED, BANK, NUMBER = (
    "事由编号",
    "人员",
    "日期",
    "预计金额（元）",
    "是否申报",
    "开户行",
    "账号",
)
HEADERS: Final = (HOLDER, WHO, DAY, AMOUNT, WANTED)
FILLED: Final = (BANK, NUMBER)
CLAIMABLE: Final = (Found.READY, Found.UNKNOWN)


@dataclass(frozen=True)
class Known:
    """An event that may be claimed.  `person`: whose it is where it is paid to one of the organisation's people."""

    holder: str
    who: str
    day: dt.date | None
    low: int
    high: int | None
    person: int | None
    asked: Mapping[str, Question] = field(default_factory=dict)


def known(viewer: Viewer, organisation: Organisation, benefit: str) -> list[Known]:
    """The events of a benefit that the organisation may claim now: paid to itself, by the facts of now; paid to people
    who agreed that it files for them, by the last night.  What is claimed already is left out."""
    done = set(Claim.objects.filter(benefit=benefit, state__in=LIVE).values_list("holder", flat=True))
    found = [*_own(viewer, organisation, benefit), *_of_people(viewer, benefit)]
    return [each for each in found if each.holder not in done][:MOST_ROWS]


def _own(viewer: Viewer, organisation: Organisation, benefit: str) -> Iterator[Known]:
    for each in one_benefit(viewer, organisation, benefit).entitlements:
        if each.state in CLAIMABLE:
            open_ = each.state is Found.UNKNOWN
            asked = (
                _asked(organisation.managed_by_id, benefit, each.holder, viewer.on, organisation=organisation.pk)
                if open_
                else {}
            )
            low, high = (each.if_low, each.if_high) if open_ else (each.due_low, each.due_high)
            yield Known(each.holder, _who(viewer, each.holder), each.day, low, high, None, asked)


def agreed(viewer: Viewer) -> dict[int, str]:
    """People who let the organisation file for them: primary key and name."""
    given = consenting(viewer, Consent.Purpose.CLAIMS)
    return dict(Person.objects.filter(pk__in=given).values_list("pk", "name"))


def _of_people(viewer: Viewer, benefit: str) -> Iterator[Known]:
    people = agreed(viewer)
    listed = Standing.objects.filter(person__in=people, last_run=None, benefit=benefit, state__in=CLAIMABLE)
    for each in listed.select_related("region").order_by("person__pinyin", "id"):
        assert each.person_id is not None
        asked = (
            _asked(each.region_id, benefit, each.holder, viewer.on, person=each.person_id)
            if each.state == Found.UNKNOWN
            else {}
        )
        yield Known(each.holder, people[each.person_id], None, each.low, each.high, each.person_id, asked)


def _asked(region: str, benefit: str, holder: str, on: dt.date, **whose: Any) -> dict[str, Question]:
    """The questions of an event by their heading; where one heading is asked of several rows, the first."""
    try:
        found = questions.what_to_ask(region, benefit, holder, on, **whose).questions
    except CannotDetermine:
        return {}
    told: dict[str, Question] = {}
    for each in found:
        told.setdefault(each.label, each)
    return told


def _who(viewer: Viewer, holder: str) -> str:
    """Whose event it is, where the organisation may read the row."""
    table, _colon, row = holder.partition(":")
    if table not in MODELS or not row.isdecimal():
        return ""
    column = vocabulary().tables[table].person
    found = access_rows(viewer, table).filter(pk=row).first() if column else None
    if found is None:
        return ""
    person = getattr(found, f"{column}_id")
    return str(Person.objects.filter(pk=person).values_list("name", flat=True).first() or "")


def template(rows: Sequence[Known]) -> bytes:
    """The workbook to fill in: a row for each known event; formulas in names are written as text."""
    made = io.BytesIO()
    headers = headers_of(rows)
    with xlsxwriter.Workbook(made, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet, bold = book.add_worksheet("申报"), book.add_format({"bold": True, "bg_color": "#e8eef7"})
        text = book.add_format({"num_format": "@"})
        for at, label in enumerate(headers):
            sheet.set_column(at, at, 26 if label in (HOLDER, NUMBER, BANK) else 16, text)
            sheet.write_string(0, at, label, bold)
        for at, each in enumerate(rows, start=1):
            told = {
                HOLDER: each.holder,
                WHO: each.who,
                DAY: each.day.isoformat() if each.day else "",
                AMOUNT: worded(each.low, each.high),
                WANTED: "是",
            }
            for column, label in enumerate(headers):
                sheet.write_string(at, column, told.get(label, ""))
        sheet.data_validation(
            1, headers.index(WANTED), MOST_ROWS, headers.index(WANTED), {"validate": "list", "source": ["是", "否"]}
        )
        for label, question in _questions(rows).items():
            if question.choices or question.kind == "bool":
                source = list(question.choices) or ["是", "否"]
                if len(",".join(source)) < 250:  # what a validation list may hold
                    column = headers.index(label)
                    sheet.data_validation(1, column, MOST_ROWS, column, {"validate": "list", "source": source})
        sheet.freeze_panes(1, 1)
    return made.getvalue()


def headers_of(rows: Sequence[Known]) -> list[str]:
    """The columns of a workbook: those of all, the account where people are paid themselves, the questions."""
    people = FILLED if any(each.person for each in rows) else ()
    return [*HEADERS, *people, *_questions(rows)]


def _questions(rows: Sequence[Known]) -> dict[str, Question]:
    return {
        label: question for each in rows for label, question in each.asked.items() if label not in (*HEADERS, *FILLED)
    }


def worded(low: int, high: int | None) -> str:
    """Yuan: 1000.00, or 1000.00–2000.00, or 1000.00 起."""
    least = f"{low // 100}.{low % 100:02d}"
    if high is None:
        return f"{least} 起"
    return least if low == high else f"{least}–{high // 100}.{high % 100:02d}"


@dataclass
class _Reading:
    """The rows of a workbook against what is known.  A fault: row, column (letter and heading), seen, expected."""

    viewer: Viewer
    organisation: Organisation
    benefit: str
    batch: Batch
    account: Account | None
    faults: list[dict[str, Any]] = field(default_factory=list)
    seen: dict[str, int] = field(default_factory=dict)

    def fault(self, row: int, column: str, seen: str, expected: str) -> None:
        at = self.head.index(column) if column in self.head else -1
        place = f"{xl_col_to_name(at)}（{column}）" if at >= 0 else column
        self.faults.append({"row": row, "column": place, "seen": seen[:80], "expected": expected[:200]})

    def read(self, content: bytes) -> int:
        """Make drafts; gives how many rows want to be claimed.  Raises ClaimError for what is no workbook of ours."""
        lines = _lines(content)
        self.head = next(lines, [])
        missing = [each for each in (HOLDER, WANTED) if each not in self.head]
        if missing:
            raise ClaimError(_("第 1 行缺少列：%(columns)s。请用下载的模板填写。") % {"columns": "、".join(missing)})
        rows = {each.holder: each for each in known(self.viewer, self.organisation, self.benefit)}
        count = 0
        for number, line in enumerate(lines, start=2):
            cells = dict(zip(self.head, line, strict=False))
            if not any(cells.values()):
                continue
            if number > MOST_ROWS + 1:
                raise ClaimError(_("超过 %(most)s 行，请分成几份。") % {"most": MOST_ROWS})
            count += self._row(number, cells, rows)
        if count == 0:
            raise ClaimError(_("没有一行的“是否申报”是“是”。"))
        return count

    def _row(self, number: int, cells: dict[str, str], rows: Mapping[str, Known]) -> bool:
        wanted, holder = cells.get(WANTED, ""), cells.get(HOLDER, "")
        if wanted == "否":
            return False
        before = len(self.faults)
        if wanted != "是":
            self.fault(number, WANTED, wanted, _("是，或者否"))
        each = rows.get(holder)
        if holder in self.seen:
            self.fault(number, HOLDER, holder, _("每个事由一行；第 %(row)s 行已经有了") % {"row": self.seen[holder]})
        elif each is None:
            self.fault(number, HOLDER, holder, self._why(holder))
        self.seen.setdefault(holder, number)
        if each is None or len(self.faults) > before:
            return True
        answers = self._answers(number, cells, each)
        account = self._account(number, cells, each)
        if len(self.faults) == before:
            self._draft(number, each, answers, account)
        return True

    def _why(self, holder: str) -> str:
        claimed = Claim.objects.filter(
            benefit=self.benefit, holder=holder, state__in=LIVE, batch__organisation__in=self.viewer.firms
        ).first()
        if claimed is not None:
            return _("还没有申报的事由；这一件已申报（%(number)s）") % {"number": claimed.number}
        return _("模板里列出的事由编号")

    def _answers(self, number: int, cells: dict[str, str], each: Known) -> list[dict[str, Any]]:
        found = []
        for label, question in each.asked.items():
            said = cells.get(label, "")
            if not said:
                self.fault(number, label, "", _("请填写；不知道的写“未知”"))
                continue
            made: dict[str, Any] = {
                "table": question.table,
                "row": question.row,
                "column": question.column,
                "value": said,
            }
            if question.kind == "complete":
                made = {"table": question.table, "complete": said == "是"}
            try:
                questions.typed([made])
            except ClaimError as error:
                self.fault(number, label, said, str(error))
                continue
            found.append(made)
        return found

    def _account(self, number: int, cells: dict[str, str], each: Known) -> tuple[str, str] | None:
        if each.person is None:
            if self.account is None:
                self.fault(number, NUMBER, "", _("单位的收款账户"))
            return None
        bank, told = cells.get(BANK, ""), cells.get(NUMBER, "").replace(" ", "").replace("-", "")
        wrong = fault_of(told, person=True)
        if wrong:
            self.fault(number, NUMBER, f"…{told[-4:]}" if told else "", wrong)
        if not bank:
            self.fault(number, BANK, "", _("开户行，写到支行"))
        return bank, told

    def _draft(self, number: int, each: Known, answers: list[dict[str, Any]], account: tuple[str, str] | None) -> None:
        whose = {"person": each.person} if each.person is not None else {"organisation": self.organisation.pk}
        way = Way.FIRM if self.organisation.kind == "企业" else Way.SCHOOL
        try:
            with transaction.atomic():
                claim = intake.open_draft(
                    self.viewer, self.batch.region, self.benefit, each.holder, way=way, batch=self.batch, **whose
                )
                if answers:
                    claim = intake.save_answers(claim, self.viewer, answers)
                used = self.account
                if account is not None:
                    used = intake.make_account(
                        self.viewer, holder=each.who, bank=account[0], number=account[1], person=each.person
                    )
                assert used is not None
                intake.use_account(claim, self.viewer, used)
                unmet = drafting.sheet_of(claim, self.viewer.on).unmet if answers else []
                if unmet:
                    raise ClaimError(_("符合条件；现在没有满足：%(what)s") % {"what": "、".join(unmet)})
        except (ClaimError, MayNot) as error:
            self.fault(number, HOLDER, each.holder, str(error))


def _lines(content: bytes) -> Iterator[list[str]]:
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except (KeyError, ValueError, OSError, zipfile.BadZipFile) as error:
        raise ClaimError(_("不是完整的 Excel 工作簿（%(why)s）。") % {"why": str(error)[:80]}) from None
    for line in book.worksheets[0].iter_rows(values_only=True, max_col=MOST_COLUMNS):
        yield [_text(each) for each in line]
    book.close()


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


@transaction.atomic
def take(
    viewer: Viewer, organisation: Organisation, benefit: str, content: bytes, name: str, account: Account | None = None
) -> Batch:
    """Read a workbook: a draft for each row that is fine, a fault for each that is not; nothing is sent.

    Raises ClaimError where the file as a whole can't be read; then nothing is kept.
    """
    batch = Batch.objects.create(
        region=organisation.managed_by, organisation=organisation, benefit=benefit, made_by=viewer.user,
        file_name=name[:200], file_digest=hashlib.sha256(content).hexdigest(),
    )  # fmt: skip
    reading = _Reading(viewer, organisation, benefit, batch, account)
    with judging.shared():
        batch.rows = reading.read(content)
    batch.faults = reading.faults
    batch.save(update_fields=["rows", "faults"])
    audit.record(
        viewer.user, "claims.batch", f"batch:{batch.uid}", batch.region_id, rows=batch.rows, faults=len(batch.faults)
    )
    return batch


def drafts(batch: Batch) -> list[Claim]:
    """The claims of a batch in the order of its rows, those that were taken back left out."""
    found = batch.claims.exclude(state=State.WITHDRAWN).select_related(
        "region", "account", "beneficiary_person", "payee_person"
    )
    return list(found.order_by("id"))


@dataclass(frozen=True)
class Totals:
    """How many claims, how many rows with faults, and what they come to in fen (`high` None: open)."""

    claims: int
    faulty: int
    low: int
    high: int | None


def totals(batch: Batch, on: dt.date) -> Totals:
    """Before sending: what the batch comes to by the facts of now."""
    low, high, count, open_ = 0, 0, 0, False
    ready = _ready(batch, on)
    for claim in drafts(batch):
        told = ready.get(claim.holder) if not claim.answers else None
        least, most = told if told is not None else _judged(claim, on)
        low, count = low + least, count + 1
        open_, high = open_ or most is None, high + (most or 0)
    return Totals(count, len({each["row"] for each in batch.faults}), low, None if open_ else high)


def _ready(batch: Batch, on: dt.date) -> dict[str, tuple[int, int | None]]:
    """What every event of the organisation comes to, judged together: three hundred one by one would take minutes."""
    held = batch.organisation
    assert held is not None
    found = live.of_organisation(held.pk, batch.region_id, on, only=batch.benefit)
    return {
        each.holder: (each.due_low, each.due_high)
        for each in found.entitlements
        if each.key == batch.benefit and each.state is Found.READY
    }


def _judged(claim: Claim, on: dt.date) -> tuple[int, int | None]:
    low, high, _later = judging.judge_live(
        claim.region_id, claim.benefit, claim.holder, on, person=claim.payee_person_id,
        organisation=claim.payee_organisation_id, answers=claim.answers,
    ).span()  # fmt: skip
    return low, high


@transaction.atomic
def send(batch: Batch, viewer: Viewer, partial: bool = False, on: dt.date | None = None) -> int:
    """Submit every claim of a batch, or none; gives how many.

    Raises ClaimError: sent before, rows with faults while `partial` was not chosen, a claim that can't go out (which).
    """
    held = Batch.objects.select_for_update().get(pk=batch.pk)
    if held.sent_at is not None:
        raise ClaimError(_("这一批已经提交过。"))
    if held.faults and not partial:
        raise ClaimError(
            _("有 %(n)s 行有误。改好重新上传，或者明确选择只提交没有错误的行。")
            % {"n": len({each["row"] for each in held.faults})}
        )
    found = drafts(held)
    if not found:
        raise ClaimError(_("没有可以提交的行。"))
    with judging.shared():
        for claim in found:
            missing = _papers(claim, on or viewer.on)
            if missing:
                raise ClaimError(
                    _("%(holder)s 还缺材料：%(what)s") % {"holder": claim.holder, "what": "、".join(missing)}
                )
            try:
                intake.submit(claim, viewer, on)
            except ClaimError as error:
                raise ClaimError(f"{claim.holder}: {error}") from error
    Batch.objects.filter(pk=held.pk).update(sent_at=present.now(), taken=len(found))
    audit.record(
        viewer.user, "claims.batch_sent", f"batch:{held.uid}", held.region_id, claims=len(found), partial=partial
    )
    return len(found)


def _papers(claim: Claim, on: dt.date) -> list[str]:
    """Papers that are missing: where the registers answered everything none was asked for."""
    if not claim.answers:
        return []
    return [words for kind, _key, words in drafting.sheet_of(claim, on).missing if kind == "paper"]


@transaction.atomic
def drop(batch: Batch, viewer: Viewer) -> int:
    """Take a batch back that was not sent: its drafts are withdrawn."""
    held = Batch.objects.select_for_update().get(pk=batch.pk)
    if held.sent_at is not None:
        raise ClaimError(_("这一批已经提交过。"))
    found = drafts(held)
    for claim in found:
        intake.withdraw(claim, viewer)
    audit.record(viewer.user, "claims.batch_dropped", f"batch:{held.uid}", held.region_id, claims=len(found))
    return len(found)
