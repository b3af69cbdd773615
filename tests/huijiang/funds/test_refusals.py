"""What money refuses: said in the language of the page, with what was seen, and nothing half done."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from huijiang.accounts.viewers import today
from huijiang.audit.models import Event
from huijiang.funds import recoveries
from huijiang.funds.models import Allotment, Finding, Recovery
from huijiang.web.components.amount import yuan
from tests.huijiang.accounts.people import signed_in
from tests.huijiang.funds.pages import World, world

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(db: None, settings: Any, tmp_path: Path) -> World:
    settings.DATA = tmp_path
    return world()


def in_english(client: Client) -> Client:
    client.cookies["django_language"] = "en"
    return client


def test_what_can_not_be_is_refused_in_the_language_of_the_page_and_changes_nothing(made: World) -> None:
    maker, chief = in_english(signed_in(made.maker)), in_english(signed_in(made.chief))
    line, waiting, back = made.treasury.line, made.finding, made.recovery
    back.refresh_from_db()
    year = (today() + dt.timedelta(days=365)).isoformat()
    left = yuan(back.amount - back.back)
    asked = {"kind": "addition", "amount": "5", "document": "文"}
    file = SimpleUploadedFile("a.xlsx", b"PK\x03\x04 not a workbook")
    refused: list[tuple[Client, str, list[object], dict[str, Any], str, str]] = [
        (maker, "ask", [line.uid], {**asked, "amount": "many"}, "“many” is no amount", "不是金额"),
        (maker, "ask", [line.uid], {**asked, "amount": "0.001"}, "“0.001” is no amount", "不是金额"),
        (maker, "ask", [line.uid], {**asked, "amount": "0"}, "none is 0", "不能为 0"),
        (maker, "approve", [made.asked.uid], {"confirmed": "yes"}, "Whoever asked for a change", "提出的人"),
        (chief, "propose", [waiting.uid], {"amount": "1000.01", "words": "x"}, "expected 0.01–1,000 yuan", "元之间"),
        (maker, "agree", [waiting.uid], {}, "Whoever asked that nothing is taken back", "提出不追回的人"),
        (maker, "arrived", [back.uid], {"amount": "9999", "on": today().isoformat(), "key": "B1"},
         f"{left} yuan are still owed", "多出的退还"),
        (maker, "arrived", [back.uid], {"amount": "1", "on": today().isoformat(), "key": "B9001"},
         "B9001 stands for another sum", "已记过"),
        (maker, "arrange", [back.uid], {"due_on": year, "instalments": "37", "words": "x"}, "36", "小于或等于"),
        (maker, "arrange", [back.uid], {"due_on": "9999-12-31", "instalments": "2", "words": "x"}, "within ten years", "十年以内"),
        (maker, "sign_closing", [made.shared.uid], {}, "Whoever computed it", "计算的人"),
        (maker, "question_decide", [made.question.uid], {}, "Whoever proposed it", "提出的人"),
        (maker, "past_upload", [], {"region": "330109", "said_total": "1", "file": file}, "workbook", "不是完整的"),
    ]  # fmt: skip
    before = Event.objects.filter(action__startswith="funds.").count()
    for client, name, given, told, english, chinese in refused:
        address = reverse(f"funds:{name}", args=given)
        answer = client.post(address, told)
        page = answer.content.decode()
        assert (answer.status_code, english in page, chinese in page) == (422, True, False), (name, told)
    assert Event.objects.filter(action__startswith="funds.").count() == before
    assert Allotment.objects.filter(approved_by=None).count() == 1


def test_a_finding_that_was_dismissed_is_not_decided_any_more(made: World) -> None:
    finding = recoveries.propose(made.finding, made.maker, 10_000, "核对后追回")
    recoveries.dismiss(finding, made.chief)
    assert recoveries.dismiss(finding, made.chief).dismissed_by == made.chief  # pressing twice
    opened = Recovery.objects.count()
    answer = signed_in(made.chief).post(
        reverse("funds:decide", args=[finding.uid]),
        {"due_on": (today() + dt.timedelta(days=30)).isoformat(), "instalments": "1"},
    )
    assert (answer.status_code, Recovery.objects.count()) == (422, opened)
    with pytest.raises(recoveries.RecoveryError, match="已有结论"):
        recoveries.decide(Finding.objects.get(pk=finding.pk), made.chief, today())
