"""What is done to many claims at once: set-wise steps tell what single ones tell, selections and packs are made by jobs."""

from __future__ import annotations

import datetime as dt
import io
import json
import uuid
import zipfile
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from huijiang.accounts.models import Grant, Role
from huijiang.accounts.viewers import today
from huijiang.audit.models import Event as AuditEvent
from huijiang.claims import bulk, dues, effects, in_bulk, packs
from huijiang.claims.models import AuditPack, BulkDecision, BulkItem, Claim, Telling
from huijiang.claims.states import Event, State
from huijiang.files import retention, vault
from huijiang.files.paper import faces
from huijiang.jobs.models import Run
from huijiang.jobs.queue import Cancelled, perform
from huijiang.notices.models import Delivery, Notice
from tests.huijiang.accounts.people import signed_in
from tests.huijiang.claims.office import Office
from tests.huijiang.claims.test_desk import text
from tests.huijiang.entitlements.town import CHIEF, TRAINER

pytestmark = pytest.mark.django_db(transaction=True)


def notices(claim: Claim, template: str) -> list[dict[str, Any]]:
    """What was told of a claim, with everything but its own number, time and claim's number."""
    found = Notice.objects.filter(subject=f"claim:{claim.uid}", template=template).order_by("pk")
    return [{"to": (each.person_id, each.organisation_id), "required": each.required, "group": each.group,
             "values": {**json.loads(each.values.open()), "number": ""},
             "ways": sorted(Delivery.objects.filter(notice=each).values_list("user", "channel", "why"))} for each in found]  # fmt: skip


# -- telling ------------------------------------------------------------------------------
def test_a_payment_in_a_set_tells_what_a_single_one_tells_once_though_its_job_was_killed(
    desk: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    single = desk.payable(TRAINER)
    desk.released(single, "one")
    dues.mark_paid(single, None)
    others = [desk.again(each) for each in (1, 2)]
    for each in others:
        desk.released(each, "set")
    ids = [each.pk for each in others]

    assert in_bulk.move(ids, Event.PAY, [State.PAYABLE], State.PAID, words="补贴已拨付到账。") == 2
    told = Telling.objects.get()
    assert (told.claims, told.ended_at) == (2, None)
    assert [notices(each, "claim_paid") for each in others] == [[], []]  # the transaction does not wait for messages
    assert AuditEvent.objects.get(action="claims.pay_in_bulk").details["claims"] == 2
    assert in_bulk.move(ids, Event.PAY, [State.PAYABLE], State.PAID) == 0  # none is there to be paid twice
    assert Telling.objects.count() == 1

    monkeypatch.setattr(in_bulk, "AT_ONCE", 1)
    assert in_bulk.tell_some(told, 1) == 1  # then the worker is killed
    perform(Run.objects.get(kind=in_bulk.JOB).uid)
    expected = notices(single, "claim_paid")
    assert len(expected) == 1
    assert [notices(each, "claim_paid") for each in others] == [expected, expected]
    told.refresh_from_db()
    assert told.ended_at is not None
    assert in_bulk.tell_some(told) == 0
    assert in_bulk.tell_the_rest() == 0
    for statement in ("UPDATE claims_telling SET told = told - 1", "DELETE FROM claims_telling"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)

    # The bank sends one back: the same holds, and the one that was not sent back hears nothing.
    in_bulk.move([ids[0]], Event.RETURN, [State.PAID], State.PAYMENT_RETURNED, words="退回")
    assert in_bulk.tell_the_rest() == 1  # the night asks for what is open, beside the run that waits
    for run in Run.objects.filter(kind=in_bulk.JOB, state="waiting"):
        perform(run.uid)
    assert [len(notices(each, "claim_returned")) for each in others] == [1, 0]


def test_a_step_that_something_must_follow_at_once_is_not_made_in_a_set(desk: Office) -> None:
    """A place in a round is lost in the transaction of the refusal: no set may pass that over."""
    claim = desk.in_review(TRAINER)
    with pytest.raises(LookupError, match="lose"):
        in_bulk.move([claim.pk], Event.REFUSE, [State.IN_REVIEW], State.REFUSED)
    assert effects.can_wait("pay")
    assert not effects.can_wait("fund")


# -- selections ---------------------------------------------------------------------------
def test_a_large_selection_is_decided_by_a_job_that_goes_on_where_it_was_killed(
    desk: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "IN_REQUEST", 1)
    claims = [desk.in_review(TRAINER), desk.again(1, State.IN_REVIEW), desk.again(2, State.IN_REVIEW)]
    first = signed_in(desk.user("first"))
    every = f"view=all&benefit={TRAINER.replace('#', '%23')}"
    shown = first.post(reverse("claims:bulk"), {"deed": "review", "scope": "all", "whole": every})
    assert "3 件，合计 3,000 元" in text(shown)
    assert "确认后在后台办理" in text(shown)
    sent = first.post(reverse("claims:bulk"), {"deed": "review", "confirmed": "yes", "uid": shown.context["uid"],
                                               "claim": shown.context["numbers"]})  # fmt: skip
    made = BulkDecision.objects.get()
    assert sent.headers["Location"] == reverse("claims:bulk_done", args=[made.uid])
    assert {each.state for each in Claim.objects.filter(benefit=TRAINER)} == {State.IN_REVIEW}
    page = text(first.get(sent.headers["Location"]))
    assert "正在办理" in page
    assert "正在后台批量办理" in text(first.get(reverse("claims:desk")))

    def killed(done: int, total: int) -> None:
        if done == 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        bulk.carry_on(made, killed)
    assert [each.outcome for each in made.items.order_by("at")] == ["done", "done", ""]
    Claim.objects.filter(pk=claims[0].pk).get()
    perform(Run.objects.get(kind=bulk.JOB).uid)
    assert [each.outcome for each in made.items.order_by("at")] == ["done"] * 3
    assert {each.state for each in Claim.objects.filter(benefit=TRAINER)} == {State.SECOND_REVIEW}
    assert all(each.acts.filter(kind="review").count() == 1 for each in claims)
    page = text(first.get(sent.headers["Location"]))
    assert "已办 3 件，合计 3,000 元" in page
    with pytest.raises(DatabaseError), transaction.atomic():
        BulkItem.objects.update(outcome="not_done", why="x")

    # Whoever lost the role meanwhile decides nothing more; the reasons stand beside each.
    second = desk.staff["second"]
    later = bulk.make(uuid.uuid4(), second, "approve", claims)
    Grant.objects.filter(user=second.user).update(ends_on="2020-01-02")
    bulk.carry_on(later)
    assert {(each.outcome, each.why) for each in later.items.all()} == {("not_done", "您现在没有办理这件申报的岗位。")}

    # One that was told to stop before it began leaves everything as it was.
    stopped = bulk.make(uuid.uuid4(), desk.staff["fourth"], "approve", claims)
    fourth = signed_in(desk.user("fourth"))
    assert fourth.post(reverse("claims:bulk_cancel", args=[stopped.uid])).status_code == 302
    perform(stopped.run)
    assert "3 件没有轮到，保持原样" in text(fourth.get(reverse("claims:bulk_done", args=[stopped.uid])))
    assert first.post(reverse("claims:bulk_cancel", args=[stopped.uid])).status_code == 404


# -- packs --------------------------------------------------------------------------------
def test_an_audit_pack_is_made_in_parts_by_a_job_and_fetched_by_whoever_asked_for_a_week(
    desk: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    faces.prepare()
    claims = [desk.refused(TRAINER), desk.approved(CHIEF)]
    year = claims[0].submitted_at.year  # type: ignore[union-attr]
    watch = signed_in(desk.user("watch"))
    office = reverse("claims:team")
    for wrong in ("", "20", "年", "9999", "1999"):
        assert watch.post(reverse("claims:packs"), {"benefit": TRAINER, "year": wrong}).headers["Location"] == office
    assert watch.post(reverse("claims:packs"), {"benefit": "no#such", "year": year}).headers["Location"] == office
    assert not AuditPack.objects.exists()
    sent = [
        watch.post(reverse("claims:packs"), {"benefit": TRAINER, "year": year}).headers["Location"] for _twice in "12"
    ]
    held = AuditPack.objects.get()
    assert sent == [reverse("claims:pack", args=[held.uid])] * 2
    assert "正在制作" in text(watch.get(sent[0]))
    assert Run.objects.filter(kind=packs.JOB).count() == 1
    assert "正在制作" in text(watch.get(office))
    perform(held.run)  # type: ignore[arg-type]
    page = watch.get(sent[0])
    assert "已做好" in text(page)
    assert "正在制作" not in text(watch.get(office))
    address = reverse("claims:pack_part", args=[held.uid, 1])
    answer = watch.get(address)
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:  # type: ignore[attr-defined]
        assert f"{claims[0].number}/卷宗.pdf" in archive.namelist()
        assert [each["number"] for each in json.loads(archive.read("manifest.json"))["cases"]] == [claims[0].number]
    assert AuditEvent.objects.filter(action="files.download", details__of=f"pack:{held.uid}").count() == 1
    for name in ("first", "fourth"):
        assert signed_in(desk.user(name)).get(address).status_code in (302, 403, 404)
    other = desk.user("third")
    Grant.objects.create(user=other, role=Role.AUDITOR, region=desk.town.xiaoshan, starts_on="2020-01-01")
    assert signed_in(other).get(address).status_code == 404  # another auditor makes their own
    assert signed_in(other).get(reverse("files:file", args=[held.parts.get().file.uid])).status_code == 404

    # Killed between two parts: what is there stays, the rest follows, no claim twice.
    monkeypatch.setattr(packs, "PART", 1)
    more = [claims[0], desk.again(1, State.APPROVED)]
    assert packs.ask(desk.staff["watch"], TRAINER, year).pk != held.pk  # that one is done
    second = AuditPack.objects.first()
    assert second is not None
    assert second.claims == 2

    def killed(done: int, total: int) -> None:
        if done == 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        packs.make(second, killed)
    assert [each.number for each in second.parts.all()] == [1]
    assert list(vault.incoming().iterdir()) == []  # the part that was being written left nothing
    packs.make(second)
    assert [(each.number, each.claims) for each in second.parts.all()] == [(1, 1), (2, 1)]
    assert [each.until for each in second.parts.all()] == sorted(str(each.number) for each in more)
    part = second.parts.first()
    assert part is not None
    last = part.file.keep_until
    assert last == today() + dt.timedelta(days=7)
    retention.expire(last)
    assert watch.get(reverse("claims:pack_part", args=[second.uid, 1])).status_code == 200
    with connection.cursor() as cursor:  # eight days later
        cursor.execute("ALTER TABLE files_file DISABLE TRIGGER USER")
        cursor.execute("UPDATE files_file SET keep_until = keep_until - 8 WHERE purpose = 'pack'")
        cursor.execute("ALTER TABLE files_file ENABLE TRIGGER USER")
    retention.expire(today())
    assert watch.get(reverse("claims:pack_part", args=[second.uid, 1])).status_code == 404
    assert "已到期清除" in text(watch.get(reverse("claims:pack", args=[second.uid])))
