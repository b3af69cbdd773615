"""Files to the bank in each form, and its answers: read whole, or refused with the place."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable

import openpyxl
import pytest
from lxml import etree

from huijiang.funds.bankfiles import pain001, replies, template, writing
from huijiang.funds.bankfiles.instructions import Debtor, FileError, Instruction, Order, fen, yuan
from huijiang.funds.bankfiles.replies import Outcome

OFFICE = Debtor("萧山区人社局", "1202024409900000001", "工行萧山支行", "102331002444")
MADE = dt.datetime(2026, 12, 1, 8, 0, tzinfo=dt.UTC)


def order(*instructions: Instruction) -> Order:
    told = instructions or (
        Instruction("P0001", 200_000, "张三", "6222021202000000001", "工行萧山支行", "102331002444", "技能提升补贴"),
        Instruction("P0002", 1, "阿卜杜拉·买买提", "6222021202000000002", remark="最小的一笔"),
    )
    return Order("PB202612010001", MADE, dt.date(2026, 12, 2), OFFICE, told, "2080799", "技能人才补贴")


def written(code: str, what: Order) -> bytes:
    out = io.BytesIO()
    writing.write(template.shipped()[code], what, out)
    return out.getvalue()


@pytest.mark.parametrize(("amount", "text"), [(0, "0.00"), (1, "0.01"), (200_000, "2000.00"), (-105, "-1.05")])
def test_fen_and_yuan(amount: int, text: str) -> None:
    assert (yuan(amount), fen(text)) == (text, amount)


@pytest.mark.parametrize("text", ["", "两千", "1.005", "1e20", "NaN", "0x10"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(FileError, match="金额"):
        fen(text)


def test_the_text_form_is_gb18030_with_totals_at_both_ends() -> None:
    lines = written("bank-text", order()).decode("gb18030").split("\r\n")
    assert lines[0] == "PB202612010001|2|2000.01|20261202|1202024409900000001|萧山区人社局"
    assert lines[1] == "1|P0001|6222021202000000001|张三|2000.00|工行萧山支行|102331002444|技能提升补贴"
    assert lines[3:] == ["END|2|2000.01", ""]


def test_a_rare_character_of_gb18030_stays_and_a_separator_in_a_name_moves_no_field() -> None:
    content = written("bank-text", order(Instruction("P1", 5, "𬭊|\n某", "62220212"))).decode("gb18030")
    assert content.split("\r\n")[1] == "1|P1|62220212|𬭊  某|0.05|||"


def test_the_workbook_keeps_account_numbers_as_text_and_runs_no_formula() -> None:
    content = written("bank-workbook", order(Instruction("P1", 5, "=1+1", "6222021202000000001")))
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    row = [each.value for each in sheet[2]]
    assert row[2:4] == ["=1+1", "6222021202000000001"]
    assert [each.data_type for each in sheet[2]][2:4] == ["s", "s"]


def test_the_budget_form_says_the_classification_and_the_total() -> None:
    root = etree.fromstring(written("budget-xml", order()))
    assert (root.findtext("BGT_CODE"), root.findtext("PAY_AMT"), len(root.findall("PAY_DETAIL"))) == (
        "2080799",
        "2000.01",
        2,
    )


def test_pain001_is_valid_against_the_standards_own_schema() -> None:
    out = io.BytesIO()
    pain001.write(order(), out)
    out.seek(0)
    pain001.check(out)
    root = etree.fromstring(out.getvalue())
    space = {"p": pain001.SPACE}
    assert root.xpath("string(//p:GrpHdr/p:CtrlSum)", namespaces=space) == "2000.01"
    assert [each.text for each in root.iterfind(".//p:EndToEndId", space)] == ["P0001", "P0002"]


def test_what_the_schema_refuses_is_told_with_its_place() -> None:
    out = io.BytesIO()
    pain001.write(order(Instruction("P" * 36, 5, "张三", "62220212")), out)
    out.seek(0)
    with pytest.raises(FileError, match="EndToEndId"):
        pain001.check(out)


def test_an_order_that_is_too_long_for_one_file_is_refused() -> None:
    one = Instruction("P1", 5, "张三", "62220212")
    with pytest.raises(FileError, match="最多 at most 10000"):
        written("bank-text", order(*[one] * 10_001))


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (("form: text", "form: pdf"), "form"),
        (("value: account", "value: salary"), "columns"),
        (("encoding: gb18030", "encoding: ascii"), "encoding"),
        (("most: 10000", "most: 0"), "most"),
        (("order.total_yuan", "order.profit"), "order.profit"),
    ],
)
def test_a_template_that_can_not_work_is_refused_when_it_is_read(change: tuple[str, str], named: str) -> None:
    import importlib.resources

    text = (importlib.resources.files("huijiang.funds.bankfiles") / "templates" / "bank-text.yaml").read_text("utf-8")
    with pytest.raises(FileError, match=named):
        template.read("own", text.replace(*change))


# -- answers ---------------------------------------------------------------------------
def workbook(*rows: tuple[object, ...], head: tuple[str, ...] = tuple(replies.HEADERS)) -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(head)
    for each in rows:
        book.active.append(each)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read(content: bytes) -> list[replies.Reply]:
    return replies.read(io.BytesIO(content), len(content))


def test_a_workbook_answer_is_read_line_by_line() -> None:
    found = read(workbook(
        ("P0001", "成功", "2,000.00", dt.date(2026, 12, 2), None, "B77"),
        (None,) * 6,
        ("P0002", "失败", 0.01, "20261202", "户名不符", None),
        ("P0003", "退票", "5.5", "2026/12/03", "账户已销", None),
    ))  # fmt: skip
    assert [(each.reference, each.outcome, each.amount, each.on) for each in found] == [
        ("P0001", Outcome.PAID, 200_000, dt.date(2026, 12, 2)),
        ("P0002", Outcome.REJECTED, 1, dt.date(2026, 12, 2)),
        ("P0003", Outcome.RETURNED, 550, dt.date(2026, 12, 3)),
    ]
    assert (found[1].reason, found[1].place) == ("户名不符", "Sheet 第 4 行")


@pytest.mark.parametrize(
    ("row", "named"),
    [
        (("P1", "好的", "1.00", "2026-12-02"), "第 2 行 处理结果“好的”"),
        (("P1", "成功", "很多", "2026-12-02"), "第 2 行 金额“很多”"),
        (("P1", "成功", "1.00", "昨天"), "第 2 行 日期“昨天”"),
        (("", "成功", "1.00", "2026-12-02"), "第 2 行 付款流水号“”"),
        (("P" * 36, "成功", "1.00", "2026-12-02"), "第 2 行 付款流水号"),
    ],
)
def test_a_cell_that_can_not_be_understood_stops_the_file_with_its_place(row: tuple[str, ...], named: str) -> None:
    with pytest.raises(FileError, match=named):
        read(workbook(row))


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (lambda: b"just words", "认不出"),
        (lambda: b"PK\x03\x04 broken", "工作簿"),
        (lambda: workbook(), "一笔也没有"),
        (lambda: workbook(("x",), head=("甲", "乙")), "缺少列"),
        (lambda: b"<Document xmlns='urn:iso:std:iso:20022:tech:xsd:pain.008.001.02'/>", "pain.008"),
        (lambda: b"<Document", "not well-formed"),
        (lambda: b"<!DOCTYPE d [<!ENTITY a 'b'>]><Document>&a;</Document>", "实体"),
    ],
)
def test_a_file_that_is_no_answer_is_refused(content: Callable[[], bytes], named: str) -> None:
    with pytest.raises(FileError, match=named):
        read(content())


PAIN002 = """<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt>
<GrpHdr><MsgId>R1</MsgId><CreDtTm>2026-12-02T10:00:00+08:00</CreDtTm></GrpHdr><OrgnlPmtInfAndSts><OrgnlPmtInfId>PB1</OrgnlPmtInfId>
<TxInfAndSts><OrgnlEndToEndId>P0001</OrgnlEndToEndId><TxSts>ACSC</TxSts><AcctSvcrRef>B77</AcctSvcrRef><OrgnlTxRef><Amt><InstdAmt Ccy="CNY">2000.00</InstdAmt></Amt></OrgnlTxRef></TxInfAndSts>
<TxInfAndSts><OrgnlEndToEndId>P0002</OrgnlEndToEndId><TxSts>RJCT</TxSts><StsRsnInf><Rsn><Cd>AC01</Cd></Rsn><AddtlInf>户名不符</AddtlInf></StsRsnInf><OrgnlTxRef><Amt><InstdAmt Ccy="CNY">0.01</InstdAmt></Amt></OrgnlTxRef></TxInfAndSts>
<TxInfAndSts><OrgnlEndToEndId>P0003</OrgnlEndToEndId><TxSts>PDNG</TxSts></TxInfAndSts>
</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>""".encode()


def test_pain002_says_paid_and_rejected_and_leaves_what_is_under_way() -> None:
    found = read(PAIN002)
    assert [(each.reference, each.outcome, each.amount, each.reason) for each in found] == [
        ("P0001", Outcome.PAID, 200_000, ""),
        ("P0002", Outcome.REJECTED, 1, "AC01 户名不符"),
    ]
    assert found[0].on == dt.date(2026, 12, 2)


def test_a_status_that_nobody_knows_is_refused() -> None:
    with pytest.raises(FileError, match="TxSts 'HUH'"):
        read(PAIN002.replace(b"ACSC", b"HUH"))


CAMT054 = b"""<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"><BkToCstmrDbtCdtNtfctn><Ntfctn>
<Ntry><Amt Ccy="CNY">2000.01</Amt><CdtDbtInd>DBIT</CdtDbtInd><BookgDt><Dt>2026-12-02</Dt></BookgDt><NtryDtls>
<TxDtls><Refs><AcctSvcrRef>B1</AcctSvcrRef><EndToEndId>P0001</EndToEndId></Refs><Amt Ccy="CNY">2000.00</Amt></TxDtls>
<TxDtls><Refs><EndToEndId>P0002</EndToEndId></Refs><Amt Ccy="CNY">0.01</Amt></TxDtls></NtryDtls></Ntry>
<Ntry><Amt Ccy="CNY">5.50</Amt><CdtDbtInd>CRDT</CdtDbtInd><BookgDt><Dt>2026-12-05</Dt></BookgDt><NtryDtls>
<TxDtls><Refs><EndToEndId>P0003</EndToEndId></Refs><Amt Ccy="CNY">5.50</Amt><RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf></TxDtls></NtryDtls></Ntry>
</Ntfctn></BkToCstmrDbtCdtNtfctn></Document>"""


def test_camt054_says_what_left_the_account_and_what_came_back() -> None:
    assert [(each.reference, each.outcome, each.amount, each.on.day, each.reason) for each in read(CAMT054)] == [
        ("P0001", Outcome.PAID, 200_000, 2, ""),
        ("P0002", Outcome.PAID, 1, 2, ""),
        ("P0003", Outcome.RETURNED, 550, 5, "AC04"),
    ]
