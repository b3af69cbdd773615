"""The example client, as its reader runs it: a process of its own against a live server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from pytest_django.live_server_helper import LiveServer

from huijiang.registry.models import MODELS
from huijiang.sealed import keys
from tests.huijiang.api.systems import systems
from tests.huijiang.api.test_entitlements import CASE
from tests.huijiang.api.test_rows import FIELDS
from tests.huijiang.entitlements.town import NUMBER, TRAINER

CLIENT = Path(__file__).parents[3] / "examples" / "api" / "client.py"


@pytest.mark.django_db(transaction=True)
def test_the_example_reads_asks_and_writes_and_says_what_was_refused(live_server: LiveServer, tmp_path: Path) -> None:
    keys.ensure(settings.KEY_FILE)
    made = systems()

    def run(*words: str, said: str = "", token: str = made.bureau) -> tuple[int, list[Any], str]:
        done = subprocess.run(
            [sys.executable, str(CLIENT), live_server.url, *words], input=said, capture_output=True, text=True,
            env={"HUIJIANG_TOKEN": token, "PATH": os.environ["PATH"], "PYTHONUTF8": "1"}, timeout=120, check=False,
        )  # fmt: skip
        return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr

    status, benefits, _ = run("benefits", token="")
    assert status == 0
    assert len(benefits) > 50  # more than one page
    (tmp_path / "case.json").write_text(json.dumps(CASE), "utf-8")
    status, answers, _ = run("case", str(tmp_path / "case.json"))
    assert (status, {each["kind"] for each in answers} >= {"benefit"}) == (0, True)
    status, found, _ = run("person", "--purpose", "enquiry", said=f"{NUMBER}\n")
    assert status == 0
    assert "xiaoshan-2025-3#chief-technician-allowance" in {each["benefit"] for each in found}
    (tmp_path / "rows.json").write_text(json.dumps([FIELDS]), "utf-8")
    store = ("store", "certificate", "--region", "330109", "--as-of", "2026-06-30", str(tmp_path / "rows.json"))
    status, stored, _ = run(*store)
    assert (status, stored[0]["new"]) == (0, 1)
    assert MODELS["certificate"].objects.filter(number=FIELDS["number"]).exists()
    status, rows, _ = run("rows", "certificate", "--purpose", "data")
    assert (status, len(rows)) == (0, 2)
    status, nothing, words = run(*store, token=made.firm)
    assert (status, nothing) == (1, [])
    assert "registry:write" in words

    (row,) = [each for each in rows if each["values"]["number"] == FIELDS["number"]]
    change = ("change", "certificate", row["id"], "--as-of", "2026-07-01", "hours=null", "level=高级技师")
    status, changed, words = run(*change)
    assert (status, words) == (0, "")
    assert changed[0]["values"]["level"] == "高级技师"

    MODELS["organisation"].objects.filter(pk=made.town.trainer.pk).update(uscc="91339999MA0000001M")
    status, own, _ = run("firm", "91339999MA0000001M", "--benefit", TRAINER, token=made.firm)
    ready = next(each for each in own if each["state"] == "ready")
    status, theirs, words = run("firm", "91339999MA0000001M", "--benefit", TRAINER, "--purpose", "review")
    assert (status, words, [each["id"] for each in theirs]) == (0, "", [each["id"] for each in own])
    (tmp_path / "account.json").write_text(
        json.dumps({"holder": "乙培训学校", "number": "33050161987654321", "bank": "甲银行"}), "utf-8"
    )
    status, sent, words = run("claim", ready["id"], TRAINER, str(tmp_path / "account.json"), token=made.firm)
    assert (status, words) == (0, "")
    assert (sent[0]["state"], sent[0]["missing"]) == ("submitted", [])
    status, listed, _ = run("claims", "--purpose", "review", "--state", "submitted")
    assert [each["id"] for each in listed] == [sent[0]["id"]]
    status, told, _ = run("status", sent[0]["id"], token=made.firm)
    assert [each["event"] for each in told[0]["course"]] == ["submit"]
