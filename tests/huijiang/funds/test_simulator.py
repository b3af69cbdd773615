"""The bank of the demo answers as banks do: some refused, some back, some late, some twice, some unknown."""

from __future__ import annotations

import datetime as dt
import io
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from huijiang.funds import simulator
from huijiang.funds.bankfiles import pain001, replies
from huijiang.funds.bankfiles.instructions import Debtor, Instruction, Order
from huijiang.funds.bankfiles.replies import Outcome

DAY = dt.date(2026, 12, 2)


def file_of(folder: Path, count: int, name: str = "PB1.xml") -> Path:
    told = Order("PB1", dt.datetime(2026, 12, 1, tzinfo=dt.UTC), DAY, Debtor("局", "1", "行", "102331002444"),
                 [Instruction(f"HJ{number:014d}", 100_00 + number, "张三", "6222021202000000001") for number in range(count)])  # fmt: skip
    out = io.BytesIO()
    pain001.write(told, out)
    path = folder / name
    path.write_bytes(out.getvalue())
    return path


def test_every_payment_has_its_end_and_what_goes_wrong_is_there(tmp_path: Path) -> None:
    payments = simulator.instructions(file_of(tmp_path, 2_000))
    said = list(simulator.answers("PB1", payments, random.Random(7), DAY, simulator.Manners()))
    lines = [line for each in said for line in replies.read(io.BytesIO(each.content), len(each.content))]
    known = {each.reference: each.amount for each in payments}
    by_outcome = {outcome: {each.reference for each in lines if each.outcome is outcome and each.reference in known}
                  for outcome in Outcome}  # fmt: skip
    assert by_outcome[Outcome.PAID] | by_outcome[Outcome.REJECTED] == set(known)
    assert by_outcome[Outcome.PAID] & by_outcome[Outcome.REJECTED] == set()
    assert by_outcome[Outcome.RETURNED] < by_outcome[Outcome.PAID]
    paid = Counter(each.reference for each in lines if each.outcome is Outcome.PAID)
    assert 0 < sum(count > 1 for count in paid.values()) < 200  # some twice
    assert {each.reference for each in lines} - set(known)  # some that nobody made
    assert all(each.amount == known[each.reference] for each in lines if each.reference in known)


def test_a_payment_without_number_or_amount_is_refused_by_its_place(tmp_path: Path) -> None:
    path = file_of(tmp_path, 3)
    whole = path.read_text()
    for gone in ("<EndToEndId>HJ00000000000001</EndToEndId>", '<InstdAmt Ccy="CNY">100.01</InstdAmt>'):
        assert gone in whole
        path.write_text(whole.replace(gone, ""))
        with pytest.raises(ValueError, match=r"PB1\.xml: CdtTrfTxInf 2；应为 expected EndToEndId, InstdAmt"):
            simulator.instructions(path)


def test_the_process_answers_what_it_finds_and_ends_by_itself(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    file_of(tmp_path / "out", 50)
    command = [
        sys.executable,
        "-m",
        "huijiang",
        "bank-simulator",
        str(tmp_path / "out"),
        str(tmp_path / "in"),
        "--seconds",
        "1",
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert "1 个文件" in done.stdout
    assert list((tmp_path / "in").glob("PB1.booked-*.xml"))
