"""What a bank answers: a workbook, pain.002 or camt.054, read into one kind of line each.

A file from outside is hostile until read: entities and outside addresses are refused, sizes are bounded, a line that
can't be understood is told with its place and stops the file, so that nothing is taken by halves.
"""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, BinaryIO, Final

import openpyxl
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, iterparse

from huijiang.funds.bankfiles.instructions import FileError, fen

MOST_BYTES: Final = 200_000_000
MOST_LINES: Final = 200_000
REFERENCE: Final = 35


class Outcome(StrEnum):
    """What became of a payment."""

    PAID = "paid"
    REJECTED = "rejected"  # never left the account
    RETURNED = "returned"  # paid, and came back


@dataclass(frozen=True)
class Reply:
    """One line of a bank's answer.  `amount` in fen; `place`: where in the file it stands."""

    reference: str
    outcome: Outcome
    amount: int
    on: dt.date
    reason: str = ""
    bank_reference: str = ""
    place: str = ""


WORDS: Final = {
    "成功": Outcome.PAID, "已付": Outcome.PAID, "支付成功": Outcome.PAID,
    "失败": Outcome.REJECTED, "拒付": Outcome.REJECTED, "支付失败": Outcome.REJECTED,
    "退票": Outcome.RETURNED, "退汇": Outcome.RETURNED, "退回": Outcome.RETURNED,
}  # fmt: skip
HEADERS: Final = {"付款流水号": "reference", "处理结果": "outcome", "金额（元）": "amount", "处理日期": "on",
                  "原因": "reason", "银行流水号": "bank_reference"}  # fmt: skip
NEEDED: Final = ("付款流水号", "处理结果", "金额（元）", "处理日期")

# pain.002 external status codes: ACSC settled, ACCC credited, RJCT rejected.
STATUS: Final = {"ACSC": Outcome.PAID, "ACCC": Outcome.PAID, "RJCT": Outcome.REJECTED}
STILL_UNDER_WAY: Final = frozenset({"ACTC", "ACCP", "ACSP", "RCVD", "PDNG"})


def read(content: BinaryIO, size: int) -> list[Reply]:
    """The lines of a reply, whatever of the three forms it has.  Raises FileError."""
    if size > MOST_BYTES:
        raise FileError(f"{size} 字节 bytes；最多 at most {MOST_BYTES}")
    head = content.read(512)
    content.seek(0)
    if head.startswith(b"PK"):
        found = list(_workbook(content))
    elif head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
        found = list(_xml(content))
    else:
        raise FileError(
            "认不出的回单：应为工作簿（xlsx）或 pain.002、camt.054 的 XML expected xlsx, pain.002 or camt.054"
        )
    if not found:
        raise FileError("回单里一笔也没有 the reply holds no line")
    return found


def _workbook(content: BinaryIO) -> Iterator[Reply]:
    try:
        with zipfile.ZipFile(content) as held:
            if sum(each.file_size for each in held.infolist()) > MOST_BYTES:
                raise FileError(f"解开后超过 unpacks to more than {MOST_BYTES} 字节 bytes")
        content.seek(0)
        book = openpyxl.load_workbook(io.BytesIO(content.read()), read_only=True, data_only=True)
    except (zipfile.BadZipFile, KeyError, ValueError) as error:
        raise FileError(f"不是完整的工作簿 not a whole workbook（{error}）") from None
    sheet = book.worksheets[0]
    rows = sheet.iter_rows(values_only=True)
    head = [str(each or "").strip() for each in next(rows, ())]
    missing = [each for each in NEEDED if each not in head]
    if missing:
        raise FileError(
            f"{sheet.title} 第 1 行：缺少列 missing columns {'、'.join(missing)}；有 has {'、'.join(filter(None, head))}"
        )
    at = {name: head.index(label) for label, name in HEADERS.items() if label in head}
    for number, row in enumerate(rows, start=2):
        if number > MOST_LINES + 1:
            raise FileError(f"{sheet.title}: 超过 more than {MOST_LINES} 行 lines")
        if any(each not in (None, "") for each in row):
            yield _row(
                f"{sheet.title} 第 {number} 行", {name: row[place] for name, place in at.items() if place < len(row)}
            )
    book.close()


def _row(place: str, cells: dict[str, Any]) -> Reply:
    word = str(cells.get("outcome") or "").strip()
    if word not in WORDS:
        raise FileError(f"{place} 处理结果“{word[:20]}”；应为 expected {'、'.join(WORDS)}")
    try:
        amount = fen(str(cells.get("amount") if cells.get("amount") is not None else ""))
    except FileError as error:
        raise FileError(f"{place} {error}") from None
    day = cells.get("on")
    on = (
        day.date() if isinstance(day, dt.datetime) else day if isinstance(day, dt.date) else _day(place, str(day or ""))
    )
    return Reply(_reference(place, str(cells.get("reference") or "")), WORDS[word], amount, on,
                 str(cells.get("reason") or "").strip()[:200], str(cells.get("bank_reference") or "").strip()[:64], place)  # fmt: skip


def _day(place: str, text: str) -> dt.date:
    plain = text.strip().replace("/", "-").replace(".", "-")
    try:
        return dt.datetime.strptime(plain, "%Y%m%d").date() if plain.isdigit() else dt.date.fromisoformat(plain[:10])  # noqa: DTZ007
    except ValueError:
        raise FileError(f"{place} 日期“{text[:20]}”；应如 expected such as 2026-12-01") from None


def _reference(place: str, text: str) -> str:
    found = text.strip()
    if not found or len(found) > REFERENCE:
        raise FileError(
            f"{place} 付款流水号“{found[:40]}”；应为 1–{REFERENCE} 个字符 expected 1–{REFERENCE} characters"
        )
    return found


# -- ISO 20022 -------------------------------------------------------------------------
def _xml(content: BinaryIO) -> Iterator[Reply]:
    try:
        yield from _messages(content)
    except DefusedXmlException as error:
        raise FileError(
            f"XML 里有实体或外部引用 holds entities or outside references（{type(error).__name__}）"
        ) from None
    except ParseError as error:
        raise FileError(f"不是完整的 XML not well-formed XML（{error}）") from None


def _messages(content: BinaryIO) -> Iterator[Reply]:
    """One pass, dropping what was read, so that a large file needs little memory."""
    space, number, day = "", 0, None
    for event, node in iterparse(content, events=("start", "end"), forbid_dtd=True):
        name = _local(node)
        if event == "start" and name == "Document":
            space = node.tag[1:].partition("}")[0].rpartition(":")[2]
            if not space.startswith(("pain.002.", "camt.054.")):
                raise FileError(f"报文 message {space!r}；应为 expected pain.002 或 or camt.054")
        if event == "start":
            continue
        if name in ("CreDtTm",) and day is None:
            day = _day("CreDtTm", node.text or "")
        if name == "TxInfAndSts":
            number += 1
            reply = _status(f"TxInfAndSts {number}", node, day)
            if reply is not None:
                yield reply
            node.clear()
        elif name == "Ntry" and space.startswith("camt.054."):
            number += 1
            yield from _booked(f"Ntry {number}", node)
            node.clear()
        if number > MOST_LINES:
            raise FileError(f"超过 more than {MOST_LINES} 笔 lines")


def _status(place: str, node: Any, day: dt.date | None) -> Reply | None:
    code = _text(node, "TxSts")
    if code in STILL_UNDER_WAY:
        return None  # no final word: the payment stays as it is
    if code not in STATUS:
        raise FileError(
            f"{place} TxSts {code!r}；应为 expected one of {', '.join([*STATUS, *sorted(STILL_UNDER_WAY)])}"
        )
    amount = _text(node, "InstdAmt")
    reason = " ".join(filter(None, [_text(node, "Cd"), _text(node, "AddtlInf")]))
    accepted = _text(node, "AccptncDtTm")
    on = _day(f"{place} AccptncDtTm", accepted) if accepted else day
    if on is None:
        raise FileError(f"{place}: 没有日期 has no date (AccptncDtTm, CreDtTm)")
    return Reply(_reference(place, _text(node, "OrgnlEndToEndId")), STATUS[code], _amount(place, amount), on, reason[:200],
                 _text(node, "AcctSvcrRef")[:64], place)  # fmt: skip


def _booked(place: str, entry: Any) -> Iterator[Reply]:
    """A debit is a payment made; a credit that names our reference is one that came back."""
    direction = _text(entry, "CdtDbtInd")
    if direction not in ("DBIT", "CRDT"):
        raise FileError(f"{place} CdtDbtInd {direction!r}；应为 expected DBIT 或 or CRDT")
    booked = [each for each in entry.iter() if _local(each) == "BookgDt"]
    on = _day(f"{place} BookgDt", _first(booked[0]) if booked else "")
    details = [each for each in entry.iter() if _local(each) == "TxDtls"]
    for at, each in enumerate(details or [entry], start=1):
        where = f"{place} TxDtls {at}"
        outcome = Outcome.PAID if direction == "DBIT" else Outcome.RETURNED
        reason = (
            " ".join(filter(None, [_text(each, "Cd"), _text(each, "AddtlInf")])) if outcome is Outcome.RETURNED else ""
        )
        yield Reply(_reference(where, _text(each, "EndToEndId")), outcome, _amount(where, _text(each, "Amt")), on,
                    reason[:200], _text(each, "AcctSvcrRef")[:64], where)  # fmt: skip


def _amount(place: str, text: str) -> int:
    try:
        return fen(text)
    except FileError as error:
        raise FileError(f"{place} {error}") from None


def _local(node: Any) -> str:
    return str(node.tag).rpartition("}")[2]


def _text(node: Any, name: str) -> str:
    """The first text of an element of that name, at any depth."""
    return next(
        ((each.text or "").strip() for each in node.iter() if _local(each) == name and (each.text or "").strip()), ""
    )


def _first(node: Any) -> str:
    return next(((each.text or "").strip() for each in node.iter() if (each.text or "").strip()), "")
