"""`tiaowen evaluate FOLDER` counts the targets of the documents that ran."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.tiaowen.population_run.town import PLACE, write_town
from tiaowen.cli import main


def test_targets_stand_beside_the_summary_with_count_promise_standing_and_lead(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_town(tmp_path / "town")
    out = tmp_path / "out"
    asked = ["--lang", "en", "evaluate", str(tmp_path / "town"), "--out", str(out), "--region", PLACE]
    assert main(asked) == 0
    told = {each["id"]: each for each in json.loads((out / "targets.json").read_text(encoding="utf-8"))["targets"]}
    # 张, 王, 李 and 赵 work in 萧山 and hold 高级工 or higher; 钱 works in 滨江, where 孙 works is not known
    assert told["high-skilled-stock"] | {"with": []} == {
        "document": "xiaoshan-2025-3", "clause": "一(二)", "id": "high-skilled-stock", "row": "",
        "name": "全区高技能人才总量", "mode": "rows", "nature": "stock", "unit": "人", "qualifier": "at least",
        "striving": False, "promised": {"low": 165_000, "high": 165_000}, "counted": {"low": 4, "high": 4},
        "standing": "on the way", "on": "2026-06-01", "until": "2027-12-31", "lead": "区人力社保局", "with": [],
    }  # fmt: skip
    printed = capsys.readouterr().out
    assert "on the way  全区高技能人才总量  4 人 / at least 165,000 人  by 2027-12-31  区人力社保局" in printed
