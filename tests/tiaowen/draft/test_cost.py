"""What an encoded draft costs on a population, by hand: three firms, five certificates (see `town.py`)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.tiaowen.draft.test_encoded import FILES, FRONT
from tests.tiaowen.population_run.town import town
from tiaowen.cli import main
from tiaowen.draft.cost import Bill, as_text, cost, moved
from tiaowen.draft.docx import DraftError
from tiaowen.draft.library import with_draft
from tiaowen.population import write_facts
from tiaowen.report.money import Sum

# The town's firm 甲 taught two 高级工 and one 技师 in 2025, 乙 one 高级技师 in January 2026; 丙 lies in 滨江.
GIFT = (
    FRONT.replace("effective: 2026-12-01", "effective: 2025-01-01")
    + """```benefit
id: trained-gift
name: 培养奖励
for: certificate
pays: certificate.trainer
where:
  区内企业: certificate.trainer.place in here
amount:
  by: certificate.level
  高级工: 2000 元/人
  技师: up to 3000 元/人
  高级技师: undetermined
  otherwise: not paid
limits:
  同一人同一职业同一等级一次: once per certificate.holder and certificate.occupation and certificate.level
```

```benefit
id: holder-gift
name: 取证奖励
for: certificate
pays: certificate.holder
where:
  区内企业: certificate.trainer.place in here
fund: 失业保险基金
amount:
  by: certificate.level
  高级技师: 500 元/人
  otherwise: not paid
limits:
  同一人同一职业同一等级一次: once per certificate.holder and certificate.occupation and certificate.level
```
"""
)


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("town")
    write_facts(town(), folder)
    return folder


@pytest.fixture(scope="module")
def bill(facts: Path) -> Bill:
    library, ident = with_draft(FILES, "xiaoshan-trial.md", GIFT)
    assert library.errors == []
    return cost(library, ident, facts)


def test_a_draft_costs_what_its_amounts_come_to(bill: Bill) -> None:
    # 2 × 2,000 = 4,000 元 certain, one 技师 up to 3,000 元, one 高级技师 without an amount
    gift = bill.costs[0]
    assert (gift.sum, gift.claims, gift.sure, gift.maybe) == (Sum(400_000, 700_000, 1), 4, 2, 0)
    assert bill.sum == Sum(450_000, 750_000, 1)


def test_the_bill_is_told_by_fund_by_payee_and_by_year(bill: Bill) -> None:
    assert bill.by("fund") == {"人才专项资金": Sum(400_000, 700_000, 1), "失业保险基金": Sum(50_000, 50_000, 0)}
    assert bill.by("kind") == {"organisation": Sum(400_000, 700_000, 1), "person": Sum(50_000, 50_000, 0)}
    assert bill.years() == {2025: Sum(400_000, 700_000, 0), 2026: Sum(50_000, 50_000, 1)}
    assert bill.payees == {"organisation": (2, 0), "person": (1, 0)}


def test_a_draft_drawn_up_by_another_place_pays_that_place(facts: Path) -> None:
    library, ident = with_draft(FILES, "xiaoshan-trial.md", moved(GIFT, "浙江省/杭州市/滨江区"))
    assert cost(library, ident, facts).sum == Sum(200_000, 200_000, 0)  # 丙 taught one 高级工


def test_a_text_without_a_place_can_not_be_moved() -> None:
    with pytest.raises(DraftError, match="region"):
        moved("# 试拟的意见\n", "浙江省/杭州市/滨江区")


def test_the_bill_reads_in_both_languages(bill: Bill) -> None:
    zh, en = as_text(bill, "zh").splitlines(), as_text(bill, "en").splitlines()
    assert zh[0].startswith("在名册 town")
    assert zh[0].endswith("上的花费（由萧山区印发）")
    assert "  4,000–7,000 元，另有 1 笔数额未定  可领 2，待定 0  培养奖励  [人才专项资金]" in zh
    assert "  in all  4,500–7,500 yuan, and 1 with no amount set" in en
    assert "  paid to  people  500 yuan, entitled 1, unknown 0" in en


def test_the_command_adds_the_bill_to_its_findings(
    facts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    draft = tmp_path / "xiaoshan-trial.md"
    draft.write_text(GIFT, encoding="utf-8")
    assert main(["lint", str(draft), "--county", str(facts), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)["cost"]
    assert (told["low"], told["high"], told["open"]) == (450_000, 750_000, 1)
    assert told["benefits"][1] == {
        "key": "xiaoshan-trial#holder-gift", "name": "取证奖励", "fund": "失业保险基金", "pays": "person",
        "claims": 1, "entitled": 1, "unknown": 0, "low": 50_000, "high": 50_000, "open": 0,
    }  # fmt: skip


def test_a_plain_text_can_not_be_costed(facts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    draft = tmp_path / "draft.txt"
    draft.write_text("一、给一笔钱。\n", encoding="utf-8")
    assert main(["--lang", "en", "lint", str(draft), "--county", str(facts)]) == 2
    assert "only an encoded .md can be costed" in capsys.readouterr().err


def test_a_folder_without_facts_and_an_unknown_place_are_told(
    facts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    draft = tmp_path / "xiaoshan-trial.md"
    draft.write_text(GIFT, encoding="utf-8")
    assert main(["--lang", "en", "lint", str(draft), "--county", str(tmp_path / "nowhere")]) == 2
    assert "no such folder" in capsys.readouterr().err
    assert main(["--lang", "en", "lint", str(draft), "--county", str(facts), "--place", "无此地"]) == 2
    assert "无此地: no such place" in capsys.readouterr().err
