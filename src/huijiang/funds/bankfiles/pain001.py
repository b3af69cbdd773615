"""ISO 20022 pain.001.001.09, customer credit transfers in yuan, valid against the standard's own schema."""

from __future__ import annotations

import datetime as dt
from functools import cache
from importlib.resources import files
from typing import Any, BinaryIO, Final

from lxml import etree

from huijiang.funds.bankfiles.instructions import Debtor, FileError, Instruction, Order, yuan

MESSAGE: Final = "pain.001.001.09"
SPACE: Final = f"urn:iso:std:iso:20022:tech:xsd:{MESSAGE}"
CURRENCY: Final = "CNY"
CLEARING: Final = "CNAPS"  # China's clearing system; the standard's own list of codes has none for it
NAME: Final = 140
REMARK: Final = 140


@cache
def schema() -> etree.XMLSchema:
    """The standard's schema, as the package `sepaxml` carries it."""
    return etree.XMLSchema(etree.parse(str(files("sepaxml") / "schemas" / f"{MESSAGE}.xsd")))


def write(order: Order, to: BinaryIO) -> None:
    """Write the file of an order, piece by piece.  Hold the result against the schema with `check`."""
    with etree.xmlfile(to, encoding="utf-8") as xml:
        xml.write_declaration()
        with xml.element(_q("Document"), nsmap={None: SPACE}), xml.element(_q("CstmrCdtTrfInitn")):
            xml.write(_header(order))
            with xml.element(_q("PmtInf")):
                for each in _block(order):
                    xml.write(each)
                for instruction in order.instructions:
                    xml.write(_transfer(instruction))


def check(content: BinaryIO) -> None:
    """Hold a file against the standard's schema.  Raises FileError with the first place that it refuses."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    try:
        tree = etree.parse(content, parser)
    except etree.XMLSyntaxError as error:
        raise FileError(f"pain.001: 不是完整的 XML not well-formed XML（{error.msg}）") from None
    if not schema().validate(tree):
        first = schema().error_log[0]
        raise FileError(f"pain.001 第 {first.line} 行 line: {first.message}")


def _header(order: Order) -> Any:
    head = _new("GrpHdr")
    _in(head, "MsgId", order.reference)
    _in(head, "CreDtTm", order.made_at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    _in(head, "NbOfTxs", str(len(order.instructions)))
    _in(head, "CtrlSum", yuan(order.total))
    _in(_in(head, "InitgPty"), "Nm", order.debtor.name[:NAME])
    return head


def _block(order: Order) -> list[Any]:
    said = {"PmtInfId": order.reference, "PmtMtd": "TRF", "BtchBookg": "true",
            "NbOfTxs": str(len(order.instructions)), "CtrlSum": yuan(order.total)}  # fmt: skip
    day = _new("ReqdExctnDt")
    _in(day, "Dt", order.pay_on.isoformat())
    return [*(_new(name, text) for name, text in said.items()), day, *_debtor(order.debtor)]


def _debtor(debtor: Debtor) -> list[Any]:
    party = _new("Dbtr")
    _in(party, "Nm", debtor.name[:NAME])
    return [party, _account("DbtrAcct", debtor.account), _bank("DbtrAgt", debtor.bank, debtor.cnaps)]


def _transfer(instruction: Instruction) -> Any:
    one = _new("CdtTrfTxInf")
    _in(_in(one, "PmtId"), "EndToEndId", instruction.reference)
    _in(_in(one, "Amt"), "InstdAmt", yuan(instruction.amount)).set("Ccy", CURRENCY)
    one.append(_bank("CdtrAgt", instruction.bank, instruction.cnaps))
    _in(_in(one, "Cdtr"), "Nm", instruction.payee[:NAME])
    one.append(_account("CdtrAcct", instruction.account))
    if instruction.remark:
        _in(_in(one, "RmtInf"), "Ustrd", instruction.remark[:REMARK])
    return one


def _account(name: str, number: str) -> Any:
    made = _new(name)
    _in(_in(_in(made, "Id"), "Othr"), "Id", number)
    return made


def _bank(role: str, name: str, cnaps: str) -> Any:
    made = _new(role)
    found = _in(made, "FinInstnId")
    if cnaps:
        member = _in(found, "ClrSysMmbId")
        _in(_in(member, "ClrSysId"), "Prtry", CLEARING)
        _in(member, "MmbId", cnaps)
    if name:
        _in(found, "Nm", name[:NAME])
    if not (name or cnaps):
        _in(_in(found, "Othr"), "Id", "NOTPROVIDED")  # the standard's word for a bank that is not named
    return made


def _q(name: str) -> str:
    return f"{{{SPACE}}}{name}"


def _new(name: str, text: str = "") -> Any:
    made = etree.Element(_q(name), nsmap={None: SPACE})
    made.text = text or None
    return made


def _in(parent: Any, name: str, text: str = "") -> Any:
    made = etree.SubElement(parent, _q(name))
    made.text = text or None
    return made
