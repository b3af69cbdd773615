"""Applying, through the pages: a person, an organisation's agent, a clerk at the counter."""

from __future__ import annotations

import re
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from huijiang.access.models import Sighting
from huijiang.accounts.viewers import today
from huijiang.claims import drafting, review
from huijiang.claims.letter_tasks import issue
from huijiang.claims.models import Account, Claim
from huijiang.claims.states import State
from huijiang.files.models import File
from huijiang.letters.models import Letter
from huijiang.notices.models import Notice
from huijiang.registry.models import MODELS
from tests.huijiang.accounts.people import signed_in
from tests.huijiang.claims.office import Office
from tests.huijiang.entitlements.town import CHIEF, NUMBER, TRAINER
from tests.huijiang.files import uploads

CARD = "6222021234567890128"
"""Luhn by hand: of 622202123456789012 from the right, every second digit doubled from the first on, digits summed:
4+1+0+9+7+7+3+5+8+3+4+1+4+0+4+2+4+6 = 72, so the check digit is 8."""


def begun_months() -> int:
    """Months begun since 15 June 2025, of three years at most."""
    now = today()
    return min((now.year - 2025) * 12 + now.month - 6 + (now.day >= 15), 36)


def text(client: Client, address: str, **posted: Any) -> str:
    answer = client.post(address, posted, follow=True) if posted else client.get(address, follow=True)
    return str(answer.content.decode())


def test_the_check_digit_of_a_card_finds_one_wrong_digit() -> None:
    assert drafting.passes_luhn(CARD)
    assert not drafting.passes_luhn(CARD[:-1] + "9")


def test_a_person_claims_what_the_registers_answer_whole(desk: Office) -> None:
    """Nothing is asked but the account; the wrong check digit is told, the number is masked, the draft is kept."""
    client = signed_in(desk.town.worker_user)
    begin = reverse("claims:apply_new", args=[*CHIEF.split("#"), desk.town.holder])
    assert begin in text(client, reverse("entitlements:mine"))
    assert "核对收款账户" in text(client, begin)
    assert Claim.objects.count() == 0
    assert "已完成 0 项" in text(client, begin, go="yes")
    claim = Claim.objects.get()
    account = reverse("claims:apply_account", args=[claim.uid])
    assert "校验位不对" in text(client, account, number=CARD[:-1] + "9", bank="甲银行")
    checked = text(client, account, number=CARD, bank="甲银行")
    assert "尾号 0128" in checked
    assert CARD not in checked
    assert f"{begun_months()},000" in checked  # 1,000 yuan a month
    check = reverse("claims:apply_check", args=[claim.uid])
    assert "请勾选" in text(client, check, other="yes")
    done = text(client, check, true="yes")
    claim.refresh_from_db()
    assert claim.state == State.SUBMITTED
    assert str(claim.number) in done
    assert claim.deadline is not None
    assert claim.deadline.isoformat() in done
    assert "已经申报过" in text(client, begin)
    told = Notice.objects.get(person=desk.town.worker)
    assert (told.template, told.subject) == ("claim_submitted", f"claim:{claim.uid}")


def test_what_no_register_has_is_asked_and_its_paper_brought_and_corrections_are_answered(desk: Office) -> None:
    """Who granted the honour is not registered: one question, one paper; then a correction, then an objection's page."""
    MODELS["recognition"].objects.filter(pk=desk.town.honour.pk).update(granted_by=None)
    client = signed_in(desk.town.worker_user)
    begin = reverse("claims:apply_new", args=[*CHIEF.split("#"), desk.town.holder])
    assert "回答 1 个问题" in text(client, begin)
    text(client, begin, go="yes")
    claim = Claim.objects.get()
    (asked,) = drafting.sheet_of(claim, today()).questions
    question = reverse("claims:apply_question", args=[claim.uid, asked.key])
    assert "两者选一" in text(client, question, value="", other="x")
    assert "没有这个地方" in text(client, question, value="没有这个地方")
    paper_page = text(client, question, value="萧山区")
    assert "上传：认定文件" in paper_page
    check = reverse("claims:apply_check", args=[claim.uid])
    assert "还缺：认定文件、收款账户" in text(client, check, true="yes")
    (paper,) = drafting.sheet_of(Claim.objects.get(), today()).papers
    address = reverse("claims:apply_paper", args=[claim.uid, paper.key])
    assert "请选一个文件" in text(client, address, held="")
    text(client, address, file=SimpleUploadedFile("红头.pdf", uploads.pdf()))
    assert File.objects.get(subject=f"claim:{claim.uid}").name.open() == "认定文件·红头.pdf"
    text(client, reverse("claims:apply_account", args=[claim.uid]), number=CARD, bank="甲银行")
    assert "已提交" in text(client, check, true="yes")
    claim.refresh_from_db()
    case = reverse("claims:my_case", args=[claim.number])

    desk.after(review.accept, claim, "intake")
    letter = issue(claim, "acceptance", claim.moves)
    assert letter is not None
    assert issue(claim, "acceptance", claim.moves) is None
    assert letter.number in text(client, case)
    assert "认定文件·红头.pdf" in str(letter.values.open())
    review.request_correction(claim, desk.staff["first"], [{"code": "a", "words": "文件缺第二页"}])
    claim.refresh_from_db()
    issue(claim, "correction")
    assert {each.kind for each in Letter.objects.all()} == {"acceptance", "correction"}
    seen = text(client, case)
    assert "办理期限已暂停" in seen
    assert "文件缺第二页" in seen
    item = next(each for each in drafting.sheet_of(claim, today()).papers if not each.needed)
    text(
        client,
        reverse("claims:apply_paper", args=[claim.uid, item.key]),
        file=SimpleUploadedFile("第二页.pdf", uploads.pdf(words="two")),
    )
    assert "已提交" in text(client, check, true="yes")
    claim.refresh_from_db()
    assert claim.state == State.CHECKING
    assert set(Notice.objects.filter(person=desk.town.worker).values_list("template", flat=True)) == {
        "claim_submitted", "claim_accepted", "claim_correction",
    }  # fmt: skip
    text(client, reverse("claims:my_withdraw", args=[claim.uid]), confirmed="yes")
    claim.refresh_from_db()
    assert claim.state == State.WITHDRAWN


def test_who_is_not_entitled_reads_why_and_what_else(desk: Office) -> None:
    MODELS["recognition"].objects.filter(pk=desk.town.honour.pk).update(granted_by=desk.town.yuyao)
    client = signed_in(desk.town.worker_user)
    seen = text(client, reverse("claims:apply_new", args=[*CHIEF.split("#"), desk.town.holder]))
    assert "现在还不能申领" in seen
    assert "萧山区选树" in seen
    assert "12333" in seen
    assert Claim.objects.count() == 0


def test_a_refused_claim_shows_its_condition_and_takes_an_objection(desk: Office) -> None:
    claim = desk.refused()
    client = signed_in(desk.town.worker_user)
    seen = text(client, reverse("claims:my_case", args=[claim.number]))
    assert "萧山区选树" in seen
    assert "行政复议" in seen
    letter = issue(claim, "refusal", claim.moves)
    assert letter is not None
    address = reverse("claims:my_object", args=[claim.uid])
    assert "请选出" in text(client, address, ground="condition", words="x")
    assert "暂停办理" in text(client, address, ground="condition", condition="萧山区选树", words="是本区选树的")
    claim.refresh_from_db()
    assert claim.state == State.UNDER_OBJECTION
    assert issue(claim, "withdrawal") is None
    letter.refresh_from_db()
    assert letter.withdrawal.reason == "revoked"


def test_an_approved_claim_gets_its_letter_with_the_amount_signed(desk: Office) -> None:
    claim = desk.approved()
    moved = claim.movements.get(event="notice_ended")
    letter = issue(claim, "grant", moved.number)
    assert letter is not None
    assert letter.amount == 1_800_000
    client = signed_in(desk.town.worker_user)
    page = text(client, reverse("claims:my_case", args=[claim.number]))
    assert "准予发放" in page
    rate = re.search(r'href="(/rate/\?about=[^"]+)"', page)
    assert rate is not None
    assert "一次办理" in text(client, rate[1])


def test_an_agent_claims_one_event_of_the_organisation(desk: Office) -> None:
    client = signed_in(desk.town.agent_user)
    begin = reverse("claims:org_apply_new", args=[*TRAINER.split("#"), f"certificate:{desk.town.certificate.pk}"])
    text(client, begin, go="yes")
    claim = Claim.objects.get()
    text(client, reverse("claims:org_apply_account", args=[claim.uid]), number="1200 0000 1111", bank="乙银行")
    assert "已提交" in text(client, reverse("claims:org_apply_check", args=[claim.uid]), true="yes")
    claim.refresh_from_db()
    assert claim.payee_organisation == desk.town.trainer
    assert Account.objects.get().number.open() == "120000001111"
    assert str(claim.number) in text(client, reverse("claims:org_cases"))
    stranger = signed_in(desk.town.worker_user)
    assert stranger.get(reverse("claims:apply", args=[claim.uid])).status_code == 404


def test_a_clerk_at_the_counter_claims_for_a_person_and_is_seen_to_have_looked(desk: Office) -> None:
    client = signed_in(desk.town.counter_user)
    search = reverse("claims:intake_search")
    assert "林**" in text(client, search, kind="person", words=NUMBER, checked="on")
    person = reverse("claims:intake_person", args=[desk.town.worker.uid])
    begin = reverse("claims:intake_new_person", args=[desk.town.worker.uid, *CHIEF.split("#"), desk.town.holder])
    assert begin in text(client, person)
    text(client, begin, go="yes")
    claim = Claim.objects.get()
    assert claim.way == "counter"
    text(client, reverse("claims:intake_account", args=[claim.uid]), number=CARD, bank="甲银行")
    assert "由另一位工作人员受理" in text(client, reverse("claims:intake_check", args=[claim.uid]), true="yes")
    assert Sighting.objects.filter(person=desk.town.worker, viewer=desk.town.counter_user, purpose="counter").exists()
    claim.refresh_from_db()
    desk.after(review.accept, claim, "intake")
    letter = issue(claim, "acceptance", claim.moves)
    assert letter is not None
    assert letter.number in text(client, reverse("claims:intake_done", args=[claim.uid]))
    elsewhere = signed_in(desk.town.elsewhere_user)
    assert elsewhere.get(reverse("claims:intake", args=[claim.uid])).status_code == 404
    assert elsewhere.get(person).status_code == 404
