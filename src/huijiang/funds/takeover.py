"""Taking over from spreadsheets: past payments, opening balances, allowances in progress; and whether the office's
payments and the rules agree.

A workbook comes whole or not at all, with every fault by row and column; the same workbook again changes nothing.
What was paid before is never paid again: the database refuses to hold money for it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

import openpyxl
import xlsxwriter
from django.db import transaction
from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from huijiang import audit
from huijiang.access.humans import same
from huijiang.accounts.models import User
from huijiang.claims.models import Claim, Due
from huijiang.documents import library
from huijiang.funds import past_events
from huijiang.funds.bankfiles.instructions import FileError, fen
from huijiang.funds.models import PastFile, PastPayment, Source
from huijiang.funds.sources import source_of
from huijiang.regions.models import Region
from huijiang.registry.identity import read_document
from huijiang.registry.models import MODELS, IdentityDocument, Organisation
from huijiang.sealed import found_by

MOST_ROWS: Final = 200_000
MOST_FAULTS: Final = 500
CHUNK: Final = 5_000
HEADERS: Final = (
    "项目",
    "证件号码或统一社会信用代码",
    "事由编号",
    "所属期",
    "期次",
    "金额（元）",
    "发放日期",
    "资金来源",
    "原凭证号",
)
NEEDED: Final = ("项目", "证件号码或统一社会信用代码", "金额（元）", "发放日期", "资金来源")
PERIOD: Final = re.compile(r"(\d{4}(-(0[1-9]|1[0-2]))?)?", re.ASCII)
USCC: Final = re.compile(r"[0-9ANY][0-9A-Z]{17}", re.ASCII)


@dataclass(frozen=True)
class Fault:
    """What can't be taken: where, what was seen, what was expected."""

    row: int
    column: str
    seen: str
    expected: str

    def __str__(self) -> str:
        return f"第 {self.row} 行 {self.column}“{self.seen[:30]}”；应为 expected {self.expected}"


class Refused(ValueError):
    """A workbook with faults; nothing of it was stored."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("；".join(str(each) for each in self.faults[:5]))


def template() -> bytes:
    """An empty workbook with the headings."""
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made)
    sheet = book.add_worksheet("历史发放")
    for at, label in enumerate(HEADERS):
        sheet.set_column(at, at, 14)
        sheet.write_string(0, at, label, book.add_format({"bold": label in NEEDED}))
    book.close()
    return made.getvalue()


@transaction.atomic
def take(content: BinaryIO, name: str, region: Region, said_total: int, by: User) -> PastFile:
    """Read a workbook of past payments.  `said_total`: what the office's own books come to, in fen.

    Raises Refused with every fault, FileError for what is no workbook.  The same content gives the file that is there.
    """
    digest = hashlib.file_digest(content, "sha256").hexdigest()  # type: ignore[arg-type]  # has readinto
    content.seek(0)
    known = PastFile.objects.filter(digest=digest).first()
    if known is not None:
        return known
    read = _Reader(region)
    rows = list(read.rows(content))
    if read.faults:
        raise Refused(read.faults)
    if not rows:
        raise FileError(_("工作簿里一笔也没有。"))
    made = PastFile.objects.create(region=region, name=name[:200], digest=digest, rows=len(rows),
                                   total=sum(each.amount for each in rows), said_total=said_total, taken_by=by)  # fmt: skip
    for each in rows:
        each.file = made
    PastPayment.objects.bulk_create(rows, batch_size=CHUNK)
    audit.record(
        by, "funds.past_taken", f"past_file:{made.uid}", region.pk, count=made.rows, total=made.total, digest=digest
    )
    return made


@transaction.atomic
def confirm(file: PastFile, by: User) -> PastFile:
    """A second person says that the file is the office's books.  Raises ValueError for the one who brought it."""
    held = PastFile.objects.select_for_update(of=("self",)).get(pk=file.pk)
    if same(by, held.taken_by):
        raise ValueError(_("导入的人不能确认，请由另一位确认。"))
    if held.confirmed_at is None:
        PastFile.objects.filter(pk=held.pk).update(confirmed_by=by, confirmed_at=Now())
        audit.record(by, "funds.past_confirmed", f"past_file:{held.uid}", held.region_id)
        held.refresh_from_db()
    return held


class _Reader:
    """Rows of one workbook, with what is wrong in them."""

    def __init__(self, region: Region) -> None:
        self.region = region
        self.faults: list[Fault] = []
        self.rules = {key: rule for key, (rule, _plan) in library.benefits(region.code).items()}
        self.names = {rule.name: key for key, rule in self.rules.items()}
        self.seen: dict[tuple[str, str, str, int], int] = {}
        self.sources: dict[str, Source | None] = {}
        self.events: dict[tuple[str, int | None, int | None], list[past_events.Event]] = {}

    def rows(self, content: BinaryIO) -> Iterator[PastPayment]:
        try:
            book = openpyxl.load_workbook(content, read_only=True, data_only=True)
        except (KeyError, ValueError, OSError, zipfile.BadZipFile) as error:
            raise FileError(_("不是完整的 Excel 工作簿（%(why)s）。") % {"why": str(error)[:80]}) from None
        lines = book.worksheets[0].iter_rows(values_only=True)
        head = [str(each or "").strip() for each in next(lines, ())]
        missing = [each for each in NEEDED if each not in head]
        if missing:
            raise FileError(_("第 1 行缺少列：%(columns)s。请用下载的模板填写。") % {"columns": "、".join(missing)})
        for number, line in enumerate(lines, start=2):
            if number > MOST_ROWS + 1:
                raise FileError(_("超过 %(most)s 行，请分成几份。") % {"most": MOST_ROWS})
            cells = {label: line[at] for at, label in enumerate(head) if label in HEADERS and at < len(line)}
            if any(each not in (None, "") for each in cells.values()) and len(self.faults) < MOST_FAULTS:
                made = self._row(number, cells)
                if made is not None:
                    yield made
        book.close()

    def _row(self, number: int, cells: dict[str, Any]) -> PastPayment | None:
        def text(label: str) -> str:
            return str(cells.get(label) if cells.get(label) is not None else "").strip()

        before = len(self.faults)
        benefit = text("项目") if text("项目") in self.rules else self.names.get(text("项目"), "")
        self._need(bool(benefit), number, "项目", text("项目"), "本地区文件中的项目名称或编号 a benefit of this place")
        person, organisation = self._payee(number, text("证件号码或统一社会信用代码"))
        amount = self._read(number, "金额（元）", text("金额（元）"), fen, "大于 0 的元，两位小数 yuan above 0")
        self._need(amount is None or amount > 0, number, "金额（元）", text("金额（元）"), "大于 0 above 0")
        paid_on = self._read(number, "发放日期", text("发放日期")[:10], dt.date.fromisoformat, "如 such as 2025-03-01")
        self._need(bool(PERIOD.fullmatch(text("所属期"))), number, "所属期", text("所属期"), "空、2025 或 or 2025-03")
        step = self._read(number, "期次", text("期次") or "1", int, "1 或更大的整数 a whole number from 1")
        self._need(step is None or 1 <= step <= 999, number, "期次", text("期次"), "1–999")
        source = self._source(text("资金来源"))
        self._need(
            source is not None, number, "资金来源", text("资金来源"), "已登记的资金来源 a declared source of money"
        )
        holder = self._holder(benefit, text("事由编号")[:64], person, organisation)
        if len(self.faults) > before or amount is None or paid_on is None or step is None or source is None:
            return None
        if holder and not self._once(number, (benefit, holder, text("所属期"), step)):
            return None
        return PastPayment(place=f"第 {number} 行", benefit=benefit, holder=holder, period=text("所属期"), instalment=step,
                           amount=amount, paid_on=paid_on, source=source, person_id=person, organisation_id=organisation,
                           voucher=text("原凭证号")[:64])  # fmt: skip

    def _need(self, holds: bool, row: int, column: str, seen: str, expected: str) -> None:
        if not holds:
            self.faults.append(Fault(row, column, seen, expected))

    def _read(self, row: int, column: str, seen: str, how: Callable[[str], Any], expected: str) -> Any:
        try:
            return how(seen)
        except ValueError:
            self.faults.append(Fault(row, column, seen, expected))
            return None

    def _once(self, number: int, key: tuple[str, str, str, int]) -> bool:
        first = self.seen.setdefault(key, number)
        stored = PastPayment.objects.filter(benefit=key[0], holder=key[1], period=key[2], instalment=key[3]).first()
        fresh = first == number and stored is None
        where = f"第 {first} 行" if first != number else f"{stored.file.name} {stored.place}" if stored else ""
        self._need(fresh, number, "事由编号", key[1], f"没有发放过的一期；已在 {where} paid already there")
        return fresh

    def _payee(self, row: int, number: str) -> tuple[int | None, int | None]:
        """A firm by its code or a person by their document.  The number itself is never told back whole."""
        shown = f"{number[:3]}…{number[-2:]}" if len(number) > 6 else number
        if USCC.fullmatch(number.upper()):
            firm = Organisation.objects.filter(uscc=number.upper()).first()
            if firm is not None:
                return None, firm.pk
        try:
            matched = read_document(number).matched
        except ValueError:
            self.faults.append(
                Fault(row, "证件号码或统一社会信用代码", shown, "登记过的个人或单位 a registered person or firm")
            )
            return None, None
        paper = IdentityDocument.objects.filter(found_by(IdentityDocument, "matched", matched)).first()
        self._need(
            paper is not None,
            row,
            "证件号码或统一社会信用代码",
            shown,
            "登记过的个人或单位 a registered person or firm",
        )
        return (paper.person_id if paper else None), None

    def _source(self, words: str) -> Source | None:
        if words not in self.sources:
            self.sources[words] = source_of(words)
        return self.sources[words]

    def _holder(self, benefit: str, key: str, person: int | None, organisation: int | None) -> str:
        """The event: the payee's own, by its number or day, or the only one; a certificate by its number, whoever is
        paid; empty where it can't be found, or several could be meant."""
        rule = self.rules.get(benefit)
        if rule is None or (person is None and organisation is None):
            return ""
        of = (benefit, person, organisation)
        if of not in self.events:
            self.events[of] = past_events.events(rule, person, organisation)
        found = past_events.meant(self.events[of], key)
        if not found and rule.table == "certificate" and key:
            row = MODELS["certificate"]._default_manager.filter(number=key).first()
            found = f"certificate:{row.pk}" if row is not None else ""
        return found


def _paid(due: Due) -> QuerySet[PastPayment]:
    return PastPayment.objects.filter(
        benefit=due.benefit, holder=due.holder, period=due.period, instalment=due.instalment
    ).exclude(holder="")  # fmt: skip


def was_paid(due: Due) -> bool:
    """Whether the office paid a due before the platform."""
    return _paid(due).exists()


def told(claim: Claim) -> str:
    """For an approved claim of which nothing is left to pay: when it was paid before the platform; else empty."""
    found = [_paid(each).first() for each in claim.dues.filter(cancelled_at=None).order_by("due_on", "id")]
    paid = [each for each in found if each is not None]
    if not paid or len(paid) < len(found):
        return ""
    return _("已批准。这笔钱在使用本平台以前已于 %(day)s 发放，不再重复发放；没有收到的，请联系经办科室或者提出异议。") % {
        "day": paid[-1].paid_on.isoformat()}  # fmt: skip


@dataclass(frozen=True)
class Reconciled:
    """What was taken over of a benefit in a year: payments, fen, how many events were not found."""

    benefit: str
    year: int
    count: int
    amount: int
    without_event: int


def reconciliation(file: PastFile) -> list[Reconciled]:
    """A file's payments by benefit and year, to hold against the office's own totals."""
    found = (
        file.payments.values("benefit", "paid_on__year")
        .annotate(count=Count("id"), amount=Sum("amount"))
        .order_by("benefit", "paid_on__year")
    )
    open_ = {
        (each["benefit"], each["paid_on__year"]): each["count"]
        for each in file.payments.filter(holder="").values("benefit", "paid_on__year").annotate(count=Count("id"))
    }
    return [Reconciled(each["benefit"], each["paid_on__year"], each["count"], int(each["amount"]),
                       open_.get((each["benefit"], each["paid_on__year"]), 0)) for each in found]  # fmt: skip


@dataclass(frozen=True)
class Compared:
    """One past payment beside what the rules say for its day: fen; `high` None: open; `found` False: no such event
    for this payee under the rules."""

    payment: PastPayment
    found: bool
    state: str
    low: int
    high: int | None

    @property
    def agrees(self) -> bool:
        """The office paid what the rules give."""
        return (
            self.found
            and self.state == "ready"
            and self.low <= self.payment.amount
            and (self.high is None or self.payment.amount <= self.high)
        )


def parallel_run(file: PastFile, told: Callable[[int, int], None] = lambda done, total: None) -> Iterator[Compared]:
    """Every past payment whose event is known beside the rules of today's release on its day, one by one."""
    from huijiang.entitlements import live

    found = file.payments.exclude(holder="").select_related("file").order_by("id")
    total = found.count()
    for done, each in enumerate(found.iterator(chunk_size=500), start=1):
        of, pk = (live.of_person, each.person_id) if each.person_id else (live.of_organisation, each.organisation_id)
        assert pk is not None
        result = of(pk, file.region_id, each.paid_on).find(each.benefit, each.holder)
        told(done, total)
        if result is None:
            yield Compared(each, False, "", 0, None)
        else:
            part = (result.low, result.high) if result.periods <= 1 else (0, result.high)
            yield Compared(each, True, str(result.state), *part)
