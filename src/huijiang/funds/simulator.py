"""A bank that is not one: reads payment files from a folder, answers into another, and misbehaves as banks do.

    python -m huijiang bank-simulator FROM TO --seed 1 --seconds 60

For each pain.001 file it answers twice: at once a pain.002 (some payments rejected), a little later a camt.054 of
what left the account and of what came back.  Some lines are late, some come twice, some name a payment that nobody
made; a file may come in halves, and the halves in the wrong order.  The same seed misbehaves the same way.  For demos
and tests; it moves no money and ends by itself.
"""

from __future__ import annotations

import argparse
import datetime as dt
import random
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from defusedxml.ElementTree import ParseError, parse
from lxml import etree

from huijiang.funds.bankfiles.instructions import yuan

PAIN002: Final = "urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"
CAMT054: Final = "urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"
REASONS: Final = (("AC01", "账号户名不符"), ("AC04", "账户已销户"), ("AC06", "账户被冻结"), ("AM05", "重复支付"))


@dataclass(frozen=True)
class Manners:
    """How often what goes wrong, in thousandths of payments."""

    rejected: int = 20
    returned: int = 15
    late: int = 30
    twice: int = 20
    unknown: int = 5


@dataclass(frozen=True)
class Taken:
    """A payment that the bank was told to make; `amount` in fen."""

    reference: str
    amount: int


@dataclass(frozen=True)
class Message:
    """An answer: its file name and bytes."""

    name: str
    content: bytes


def instructions(path: Path) -> list[Taken]:
    """The payments of a pain.001 file.  Raises ValueError for another file, and for a payment without number or amount."""
    root = parse(path).getroot()
    if root is None or "pain.001" not in root.tag:
        raise ValueError(f"{path.name}: {'' if root is None else root.tag[:80]}；应为 expected pain.001")
    space = root.tag[: root.tag.index("}") + 1]
    found: list[Taken] = []
    for each in root.iter(f"{space}CdtTrfTxInf"):
        reference, amount = (
            each.findtext(f"{space}{name}") for name in (f"PmtId/{space}EndToEndId", f"Amt/{space}InstdAmt")
        )
        if not reference or not amount:
            raise ValueError(f"{path.name}: CdtTrfTxInf {len(found) + 1}；应为 expected EndToEndId, InstdAmt")
        found.append(Taken(reference, int(amount.replace(".", ""))))
    return found


def answers(
    name: str, payments: Sequence[Taken], chance: random.Random, on: dt.date, manners: Manners
) -> Iterator[Message]:
    """Everything that the bank says about a file, in the order in which it says it."""
    fate = {each.reference: _fate(chance, manners) for each in payments}
    rejected = [each for each in payments if fate[each.reference] == "rejected"]
    gone = [each for each in payments if fate[each.reference] != "rejected"]
    late = [each for each in gone if chance.randrange(1000) < manners.late]
    slow = set(late)
    prompt = [each for each in gone if each not in slow]
    if rejected:
        yield Message(f"{name}.status.xml", _pain002(name, rejected, chance, on))
    halves = [prompt[: len(prompt) // 2], prompt[len(prompt) // 2 :]]
    chance.shuffle(halves)
    for number, half in enumerate(filter(None, halves), start=1):
        again = [each for each in half if chance.randrange(1000) < manners.twice]
        strangers = [
            Taken(f"HJ999999{chance.randrange(10**8):08d}", 100)
            for _ in half
            if chance.randrange(1000) < manners.unknown
        ]
        yield Message(
            f"{name}.booked-{number}.xml", _camt054(f"{name}-{number}", half + again + strangers, [], chance, on)
        )
    back = [each for each in gone if fate[each.reference] == "returned"]
    if back:
        yield Message(f"{name}.returned.xml", _camt054(f"{name}-r", [], back, chance, on + dt.timedelta(days=2)))
    if late:
        yield Message(f"{name}.late.xml", _camt054(f"{name}-l", late, [], chance, on + dt.timedelta(days=3)))


def _fate(chance: random.Random, manners: Manners) -> str:
    drawn = chance.randrange(1000)
    if drawn < manners.rejected:
        return "rejected"
    return "returned" if drawn < manners.rejected + manners.returned else "paid"


def _pain002(name: str, rejected: Sequence[Taken], chance: random.Random, on: dt.date) -> bytes:
    root = etree.Element("Document", nsmap={None: PAIN002})
    report = etree.SubElement(root, "CstmrPmtStsRpt")
    _told(report, "GrpHdr", MsgId=f"S-{name}"[:35], CreDtTm=f"{on}T18:00:00+08:00")
    block = _told(report, "OrgnlPmtInfAndSts", OrgnlPmtInfId=name[:35])
    for each in rejected:
        code, words = chance.choice(REASONS)
        one = _told(block, "TxInfAndSts", OrgnlEndToEndId=each.reference, TxSts="RJCT")
        reason = etree.SubElement(one, "StsRsnInf")
        _told(reason, "Rsn", Cd=code)
        etree.SubElement(reason, "AddtlInf").text = words
        amount = etree.SubElement(etree.SubElement(etree.SubElement(one, "OrgnlTxRef"), "Amt"), "InstdAmt", Ccy="CNY")
        amount.text = yuan(each.amount)
    return _bytes(root)


def _camt054(name: str, booked: Sequence[Taken], back: Sequence[Taken], chance: random.Random, on: dt.date) -> bytes:
    root = etree.Element("Document", nsmap={None: CAMT054})
    notice = etree.SubElement(root, "BkToCstmrDbtCdtNtfctn")
    _told(notice, "GrpHdr", MsgId=f"N-{name}"[:35], CreDtTm=f"{on}T18:00:00+08:00")
    inner = _told(notice, "Ntfctn", Id=name[:35])
    for direction, found in (("DBIT", booked), ("CRDT", back)):
        if not found:
            continue
        entry = etree.SubElement(inner, "Ntry")
        etree.SubElement(entry, "Amt", Ccy="CNY").text = yuan(sum(each.amount for each in found))
        etree.SubElement(entry, "CdtDbtInd").text = direction
        _told(entry, "BookgDt", Dt=on.isoformat())
        details = etree.SubElement(entry, "NtryDtls")
        for each in found:
            one = etree.SubElement(details, "TxDtls")
            _told(one, "Refs", AcctSvcrRef=f"B{chance.randrange(10**12):012d}", EndToEndId=each.reference)
            etree.SubElement(one, "Amt", Ccy="CNY").text = yuan(each.amount)
            if direction == "CRDT":
                code, words = chance.choice(REASONS)
                reason = etree.SubElement(one, "RtrInf")
                _told(reason, "Rsn", Cd=code)
                etree.SubElement(reason, "AddtlInf").text = words
    return _bytes(root)


def _told(parent: Any, tag: str, **children: str) -> Any:
    made = etree.SubElement(parent, tag)
    for name, text in children.items():
        etree.SubElement(made, name).text = text
    return made


def _bytes(root: Any) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="utf-8")


def serve(
    source: Path, target: Path, seed: int, seconds: float, manners: Manners | None = None, on: dt.date | None = None
) -> int:
    """Answer files as they appear, for so many seconds; how many were answered.  A file is taken once."""
    target.mkdir(parents=True, exist_ok=True)
    end, done = time.monotonic() + seconds, set[str]()
    while time.monotonic() < end:
        for path in sorted(source.glob("*.xml")):
            if path.name in done:
                continue
            try:
                payments = instructions(path)
            except ParseError:
                continue  # still being written
            day = on or dt.datetime.now(dt.timezone(dt.timedelta(hours=8))).date()
            for message in answers(
                path.stem, payments, random.Random(f"{seed} {path.stem}"), day, manners or Manners()
            ):
                partial = target / f".{message.name}"
                partial.write_bytes(message.content)
                partial.rename(target / message.name)
            done.add(path.name)
        time.sleep(0.2)
    return len(done)


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "bank-simulator", help="演示用的银行 a bank for demos: answers payment files in a folder"
    )
    parser.add_argument("source", type=Path, help="付款文件所在的文件夹 folder of pain.001 files")
    parser.add_argument("target", type=Path, help="回单写到哪里 folder for the answers")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=60, help="运行多久 how long (60)")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    if not arguments.source.is_dir():
        print(f"{arguments.source}: 没有这个文件夹 there is no such folder", file=sys.stderr)
        return 2
    print(f"{serve(arguments.source, arguments.target, arguments.seed, arguments.seconds)} 个文件已答复 files answered")
    return 0
