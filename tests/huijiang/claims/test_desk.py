"""The desk through its pages: intake, first and second reviewer on one claim, a notice, an objection, and its answer."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from huijiang.access.models import Sighting
from huijiang.accounts.viewers import today
from huijiang.claims import bulk, disputes, public_notice, queue, review, standing_in
from huijiang.claims.errors import ClaimError, MayNot
from huijiang.claims.models import BulkDecision, Claim, Dispute, StandIn
from huijiang.claims.queue import VIEWS, Asked
from huijiang.claims.states import State
from huijiang.registry.models import MODELS
from tests.huijiang.accounts.people import signed_in
from tests.huijiang.claims.office import ON, Office
from tests.huijiang.entitlements.town import CHIEF, NUMBER, TRAINER

pytestmark = pytest.mark.django_db


def as_(desk: Office, name: str) -> Client:
    return signed_in(desk.user(name))


def decide(client: Client, claim: Claim, deed: str, **told: Any) -> Any:
    return client.post(f"{reverse('claims:decide', args=[claim.number])}?deed={deed}", told)


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", answer.content.decode()))


def test_a_claim_goes_from_intake_to_its_notice_through_the_pages_of_three_people(desk: Office) -> None:
    claim = desk.submitted(TRAINER)
    intake, first, second = (as_(desk, each) for each in ("intake", "first", "second"))
    taken = intake.post(reverse("claims:take"))
    assert taken.headers["Location"] == reverse("claims:case", args=[claim.number])
    assert decide(intake, claim, "accept").status_code == 302
    assert decide(first, claim, "checked").status_code == 302
    page = text(first.get(reverse("claims:case", args=[claim.number])))
    assert "规则预审：符合" in page
    assert "1,000 元" in page  # 技师 trained by the body: 1,000 yuan to the body
    assert decide(first, claim, "review", reason="已核对证书").status_code == 302
    # Whoever signed the review sees why the second review is another's, and can't do it by posting either.
    assert decide(first, claim, "approve").headers["Location"] == reverse("claims:case", args=[claim.number])
    seen = text(second.get(reverse("claims:case", args=[claim.number])))
    assert "审核由 first 签署，复核要由另一个人" in seen
    assert decide(second, claim, "approve").status_code == 302
    claim.refresh_from_db()
    assert claim.state == State.PUBLIC_NOTICE
    assert [each.kind for each in claim.acts.order_by("id")] == ["intake", "review", "second_review"]


def test_a_refusal_names_an_unmet_condition_and_is_read_before_it_is_sent(desk: Office) -> None:
    claim = desk.checking(CHIEF)
    MODELS["recognition"].objects.filter(pk=desk.town.honour.pk).update(granted_by=desk.town.yuyao)
    review.checked(claim, None, on=ON)
    first = as_(desk, "first")
    told = {"condition": "萧山区选树", "words": "称号由余姚选树，不属于本区。"}
    assert decide(first, claim, "refuse", condition="没有这个条件", words="x").status_code == 422
    shown = decide(first, claim, "refuse", **told)
    assert shown.status_code == 200
    assert "不符合：萧山区选树" in text(shown)
    assert "六十日内" in text(shown)
    claim.refresh_from_db()
    assert claim.state == State.IN_REVIEW  # nothing is sent by looking
    assert decide(first, claim, "refuse", confirmed="yes", **told).status_code == 302
    claim.refresh_from_db()
    assert claim.state == State.REFUSED


def test_what_is_to_be_corrected_is_told_once_and_stops_the_clock(desk: Office) -> None:
    claim = desk.in_review(CHIEF)
    first = as_(desk, "first")
    assert decide(first, claim, "ask_correction").status_code == 422
    told = {"items": ["account"], "more": "请补交称号文件原件\n"}
    assert "请补交称号文件原件" in text(decide(first, claim, "ask_correction", **told))
    assert decide(first, claim, "ask_correction", confirmed="yes", **told).status_code == 302
    claim.refresh_from_db()
    assert claim.state == State.AWAITING_CORRECTION
    assert [each["code"] for each in claim.corrections.get().items] == ["account", "other:请补交称号文件原件"]
    assert "计时暂停" in text(first.get(reverse("claims:case", args=[claim.number])))


def test_full_names_and_numbers_are_shown_for_a_purpose_and_the_person_sees_it(desk: Office) -> None:
    claim = desk.in_review(CHIEF)
    first, address = as_(desk, "first"), reverse("claims:reveal", args=[claim.number])
    listed = text(first.get(f"{reverse('claims:desk')}?view=all"))
    assert "林*英" in listed
    assert "林小英" not in listed
    assert first.post(address).status_code == 422
    assert NUMBER not in text(first.get(address))
    shown = text(first.post(address, {"purpose": "review"}))
    assert NUMBER in shown
    assert "林小英" in shown
    seen = Sighting.objects.filter(
        person=desk.town.worker, viewer=desk.user("first"), columns__contains=["identity_document.number"]
    )
    assert seen.get().purpose == "review"


def test_a_selection_is_decided_one_by_one_with_totals_first_and_reasons_after(desk: Office) -> None:
    ready, early = desk.in_review(TRAINER), desk.submitted(CHIEF)
    first, numbers = as_(desk, "first"), [ready.number, early.number]
    before = first.post(reverse("claims:bulk"), {"deed": "review", "claim": [*numbers, "NO-SUCH-ONE"]})
    assert "1 件，合计 1,000 元" in text(before)
    assert "1 件不在您的地区" in text(before)
    assert "“已提交”时不能由您“审核通过，提交复核”" in text(before)
    uid = re.search(r'name="uid" value="([0-9a-f-]{36})"', before.content.decode())
    assert uid is not None
    sure = {"deed": "review", "claim": numbers, "confirmed": "yes"}
    assert first.post(reverse("claims:bulk"), sure).headers["Location"] == reverse("claims:desk")  # no totals were seen
    sent = [first.post(reverse("claims:bulk"), {**sure, "uid": uid[1]}).headers["Location"] for _again in range(2)]
    assert sent == [reverse("claims:bulk_done", args=[uid[1]])] * 2
    after = text(first.get(sent[0]))
    assert "已办 1 件，合计 1,000 元" in after
    assert "1 件没有办成" in after
    assert as_(desk, "third").get(sent[0]).status_code == 404
    assert as_(desk, "third").post(reverse("claims:bulk"), {**sure, "uid": uid[1]}).headers["Location"] == reverse(
        "claims:desk"
    )
    assert BulkDecision.objects.count() == 1
    assert [Claim.objects.get(pk=each.pk).state for each in (ready, early)] == [State.SECOND_REVIEW, State.SUBMITTED]
    # Before anything is determined there is nothing to add up.
    taken = text(as_(desk, "intake").post(reverse("claims:bulk"), {"deed": "accept", "claim": numbers}))
    assert "1 件" in taken
    assert "，合计" not in taken
    # The same person can't then approve the lot.
    told = bulk.make(uuid.uuid4(), desk.staff["first"], "approve", [Claim.objects.get(pk=ready.pk)])
    assert [each.outcome for each in told.items.all()] == ["not_done"]


def test_a_deputy_has_the_absent_ones_work_for_those_days_and_signs_with_their_own_role(desk: Office) -> None:
    claim = desk.in_review(TRAINER)
    review.assign(claim, desk.user("third"), desk.staff["watch"])
    first, on = desk.staff["first"], today()

    def mine(day: dt.date) -> list[Claim]:
        return list(queue.listed(first, VIEWS["mine"], Asked(), day))

    assert mine(on) == []
    with pytest.raises(MayNot):
        standing_in.stand_in(desk.user("third"), first.user, on, on, first)
    made = standing_in.stand_in(desk.user("third"), first.user, on, on + dt.timedelta(days=2), desk.staff["third"])
    assert mine(on) == [claim]
    assert mine(on + dt.timedelta(days=3)) == []
    with pytest.raises(ClaimError, match="已经有别的代办"):
        standing_in.stand_in(desk.user("third"), desk.user("second"), on, on, desk.staff["third"])
    assert "您正在代办：third" in text(as_(desk, "first").get(reverse("claims:desk")))
    review.review(claim, first)
    assert claim.acts.get(kind="review").user == first.user
    standing_in.end(made, first)
    assert StandIn.objects.get().ended_at is not None
    assert mine(on) == []


def test_a_notice_stands_for_everybody_until_its_day_and_an_objection_is_answered_by_another(desk: Office) -> None:
    claim = desk.after(review.second_review, desk.second_review(CHIEF), "second")
    second, anybody = as_(desk, "second"), Client()
    asked = {"benefit": CHIEF, "region": desk.town.xiaoshan.pk}
    assert "林*英" in text(second.get(reverse("claims:publish"), asked))
    assert second.post(reverse("claims:publish"), {**asked, "confirmed": "yes"}).status_code == 302
    entry = claim.notice_entries.get()
    address = reverse("claims:notice", args=[entry.notice.uid])
    page = anybody.get(address)
    assert page.headers["X-Robots-Tag"].startswith("noindex")
    assert "林*英" in text(page)
    assert not {"林小英", "1990", NUMBER} & set(re.findall(r"林小英|1990|" + NUMBER, page.content.decode()))
    form = reverse("claims:object_to", args=[entry.notice.uid, entry.pk])
    assert anybody.post(form, {"ground": "person", "words": "不是本人"}).status_code == 422
    sent = anybody.post(form, {"ground": "person", "words": "不是本人", "name": "林路人", "contact": "0571-00000000"})
    assert "答复之前不付款" in text(sent)
    claim.refresh_from_db()
    assert claim.state == State.UNDER_OBJECTION
    found = Dispute.objects.get()
    answer = reverse("claims:dispute", args=[found.uid])
    told = {"upheld": "no", "words": "已核对称号文件，属实。"}
    assert second.post(answer, told).status_code == 422  # signed the second review
    assert "林路人" in text(as_(desk, "fourth").get(answer))
    assert as_(desk, "fourth").post(answer, told).status_code == 302
    claim.refresh_from_db()
    assert claim.state == State.PUBLIC_NOTICE
    later = entry.notice.ends_on + dt.timedelta(days=1)
    assert list(public_notice.standing(on=later)) == []


def test_a_notice_is_gone_after_its_day(desk: Office) -> None:
    claim = desk.on_notice(CHIEF)  # ended some days ago, not yet taken down
    notice = claim.notice_entries.get().notice
    for address in (
        reverse("claims:notice", args=[notice.uid]),
        reverse("claims:object_to", args=[notice.uid, claim.notice_entries.get().pk]),
    ):
        gone = Client().get(address)
        assert gone.status_code == 410
        assert "林" not in text(gone).replace("林业", "")
    assert "林*英" not in text(Client().get(reverse("claims:notices")))


def test_the_queue_goes_on_where_the_last_page_ended(desk: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    found = [desk.submitted(TRAINER), desk.submitted(CHIEF)]
    Claim.objects.filter(pk=found[1].pk).update(deadline=found[0].deadline)
    monkeypatch.setattr(queue, "PER_PAGE", 1)
    view, viewer = VIEWS["all"], desk.staff["intake"]
    every = queue.listed(viewer, view, Asked(), ON)
    one = queue.page(every, view)
    two = queue.page(every, view, one.onward)
    assert [each.pk for each in (*one.rows, *two.rows)] == [each.pk for each in found]
    assert two.onward == ""
    assert queue.page(every, view, "nonsense").rows == one.rows
    assert queue.listed(viewer, view, Asked(overdue=True), found[0].deadline).count() == 0  # type: ignore[arg-type]
    assert disputes.waiting(viewer).count() == 0


def test_the_dossier_of_a_case_is_a_pdf_that_names_its_signatures(desk: Office) -> None:
    claim = desk.second_review(TRAINER)
    answer = as_(desk, "first").post(reverse("claims:dossier", args=[claim.number]))
    assert answer.content.startswith(b"%PDF")
    assert as_(desk, "intake").post(reverse("claims:dossier", args=[claim.number])).status_code == 302
