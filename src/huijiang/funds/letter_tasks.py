"""The letters of money, each set once: of a recovery's steps, and of what was paid in proportion.

Asked for in the transaction of the step, made by a job; the letter's subject is `recovery:UID/OCCASION`, so that each
occasion has one letter however often the job runs.

| occasion | letter |
|---|---|
| notice | 追缴通知书 |
| plan-N | 分期退还通知书: the way back, as arranged for the Nth time |
| offset-ID | 抵扣告知书: what a payment kept |
| closed, closed-N | 追缴办结告知书; of what was withdrawn, the earlier letters hold no longer.  -N: after N arrivals were reversed |
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from huijiang.accounts.models import User
from huijiang.accounts.viewers import today
from huijiang.claims import public_notice
from huijiang.claims.models import Claim
from huijiang.funds import plans
from huijiang.funds.models import CameBack, Closing, Recovery
from huijiang.funds.wording import clause_of
from huijiang.jobs import Handle, job
from huijiang.letters import services as letters
from huijiang.letters.rendering import yuan
from huijiang.letters.services import Letter

RECOVERY: Final = "funds.recovery_letter"
SHARED: Final = "funds.share_letter"
NOTICE: Final = "notice"
CLOSED: Final = "closed"


@job(RECOVERY, "出具追缴文书", repeatable=True)
def write_recovery(run: Handle, recovery: str, occasion: str) -> None:
    made = issue_recovery(Recovery.objects.get(uid=uuid.UUID(recovery)), occasion)
    run.result(letter=made.number if made is not None else "")


@job(SHARED, "出具按比例发放告知书", repeatable=True)
def write_share(run: Handle, closing: str, claim: str) -> None:
    made = issue_share(Closing.objects.get(uid=uuid.UUID(closing)), Claim.objects.get(uid=uuid.UUID(claim)))
    run.result(letter=made.number if made is not None else "")


def letters_of(recovery: Recovery) -> list[Letter]:
    """Every letter of a recovery, the oldest first."""
    return list(Letter.objects.filter(subject__startswith=f"recovery:{recovery.uid}/").order_by("issued_at", "id"))


@transaction.atomic
def issue_recovery(recovery: Recovery, occasion: str) -> Letter | None:
    """The letter of an occasion; None where it is there already, or a plan was arranged anew before it was set."""
    held = Recovery.objects.select_for_update(of=("self",)).get(pk=recovery.pk)
    subject = f"recovery:{held.uid}/{occasion}"
    if Letter.objects.filter(subject=subject).exists():
        return None
    kind, _dash, which = occasion.partition("-")
    match kind:
        case "notice":
            made = _issue("recovery", held, subject, held.amount, _notice(held), held.decided_by, here(held.made_at))
        case "plan":
            if int(which) != held.plans:
                return None
            made = _issue(
                "recovery_plan",
                held,
                subject,
                held.amount,
                _plan(held),
                held.decided_by,
                here(held.planned_at or held.made_at),
            )
        case "offset":
            part = held.parts.get(pk=int(which))
            made = _issue("recovery_offset", held, subject, part.amount, _offset(held, part), part.by, part.on)
        case "closed":
            if held.closed_at is None or occasion != closing(held):  # opened again before the letter was set
                return None
            made = _issue(
                "recovery_closed",
                held,
                subject,
                held.back,
                _closed(held),
                held.decided_by,
                here(held.closed_at),
            )
            _overtaken(held, made)
        case _:
            raise ValueError(f"{occasion}；应为 expected notice, plan-N, offset-ID or closed")
    return made


def _issue(
    kind: str, held: Recovery, subject: str, amount: int, values: dict[str, Any], by: User | None, on: dt.date
) -> Letter:
    claim = held.payment.due.claim
    return letters.issue(
        kind, subject, region=claim.region_id, to=letters.To(claim.payee_person_id, claim.payee_organisation_id), by=by,
        values={"case": claim.number or "", "benefit": public_notice.name_of(claim.benefit), **values}, amount=amount,
        named=claim.payee_person is None or public_notice.shown(claim, today()) != claim.number, on=on,
    )  # fmt: skip


def _notice(held: Recovery) -> dict[str, Any]:
    paid = held.payment
    facts = [f"{held.get_ground_display()}：{held.words}",
             f"款项：付款流水号{paid.reference}，{day(paid.settled_on or today())}拨付{yuan(paid.amount + paid.offset)}"]  # fmt: skip
    last = plans.instalment_plan(held)[-1][0]
    return {"facts": facts, "clause": clause_of(paid.due.benefit), "until": day(last), "account": _account(held)}


def _plan(held: Recovery) -> dict[str, Any]:
    rows = [[str(at), day(on), yuan(amount)] for at, (on, amount) in enumerate(plans.instalment_plan(held), start=1)]
    reason = held.plan_words or "退还方式按追缴决定确定。"
    if held.by_offset:
        reason += "以后应付给你（单位）的同一来源补贴，先用于抵扣尚未退回的部分。"
    return {"notice": _number(held), "reason": reason, "account": _account(held),
            "plan": {"columns": ["期", "退还期限", "金额"], "rows": rows}}  # fmt: skip


def _offset(held: Recovery, part: CameBack) -> dict[str, Any]:
    from huijiang.funds.models import Payment

    kept = Payment.objects.select_related("due__claim").filter(reference=part.key).first()
    assert kept is not None  # an offset's voucher is the payment that it was kept from
    earlier = sum(each.amount for each in held.parts.filter(pk__lte=part.pk))
    name = public_notice.name_of(kept.due.benefit)
    return {
        "notice": _number(held), "from": f"“{name}”（办件编号{kept.due.claim.number}）",
        "kept": f"应发{yuan(kept.amount + kept.offset)}，抵扣{yuan(kept.offset)}，实际拨付{yuan(kept.amount)}（付款流水号{kept.reference}）。",
        "left": yuan(held.amount - earlier),
    }  # fmt: skip


def _closed(held: Recovery) -> dict[str, Any]:
    outcome = {
        Recovery.State.RECOVERED: "款项已全部退回，追缴办结",
        Recovery.State.WITHDRAWN: f"经复核，原追缴决定已撤销，理由是：{held.words}",
        Recovery.State.TRANSFERRED: f"已移送处理，尚未退回的部分仍应退回。{held.words}",
    }[Recovery.State(held.state)]
    rows = [[day(each.on), str(each.get_way_display()), yuan(each.amount)] for each in held.parts.order_by("id")]
    return {"notice": _number(held), "outcome": outcome,
            "parts": {"columns": ["日期", "方式", "金额"], "rows": rows or [["—", "没有退回的款项", yuan(0)]]}}  # fmt: skip


def closing(recovery: Recovery) -> str:
    """The occasion of a recovery's end: another one after an arrival was reversed, since it may end anew."""
    undone = recovery.parts.filter(way=CameBack.Way.UNDONE).count()
    return f"{CLOSED}-{undone}" if undone else CLOSED


def opened_again(recovery: Recovery, by: User) -> None:
    """The letters that said it was over hold no longer."""
    for each in letters_of(recovery):
        if each.kind == "recovery_closed" and not hasattr(each, "withdrawal"):
            letters.withdraw(by, each, letters.Withdrawal.Reason.REVOKED)


def _overtaken(held: Recovery, closed: Letter) -> None:
    """Of a withdrawn recovery the letters hold no longer; of money that came back whole, the grant does not."""
    if held.state == Recovery.State.WITHDRAWN:
        for each in letters_of(held):
            if each.pk != closed.pk and not hasattr(each, "withdrawal"):
                letters.withdraw(None, each, letters.Withdrawal.Reason.REVOKED, closed)
    claim = held.payment.due.claim
    if claim.state == "recovered":
        for each in Letter.objects.filter(subject=f"claim:{claim.uid}", kind="grant", withdrawal=None):
            letters.withdraw(None, each, letters.Withdrawal.Reason.RECOVERED, closed)


def _number(held: Recovery) -> str:
    notice = Letter.objects.filter(subject=f"recovery:{held.uid}/{NOTICE}").first()
    return notice.number if notice is not None else "追缴通知书"


def _account(held: Recovery) -> str:
    paying = held.payment.batch.paying
    return f"户名：{paying.name}；账号：{paying.number.open()}；开户行：{paying.bank}"


@transaction.atomic
def issue_share(closing: Closing, claim: Claim) -> Letter | None:
    """What one claim gets of a closing, line by line; None where the letter is there already."""
    Closing.objects.select_for_update(of=("self",)).get(pk=closing.pk)
    subject = f"closing:{closing.uid}/{claim.uid}"
    if Letter.objects.filter(subject=subject).exists():
        return None
    found = list(closing.portions.filter(due__claim=claim).select_related("due").order_by("due__due_on", "id"))
    asked, share = sum(each.asked for each in found), sum(each.share for each in found)
    then = {
        "await": f"其余{yuan(asked - share)}继续等待，资金追加后再发放。",
        "lapse": f"按规定，其余{yuan(asked - share)}不再发放。",
    }
    rows = [[each.due.period or each.due.label or "一次性", yuan(each.asked), yuan(each.share)] for each in found]
    signer = closing.signatures.order_by("-id").first()
    return letters.issue(
        "share", subject, region=claim.region_id, to=letters.To(claim.payee_person_id, claim.payee_organisation_id),
        by=signer.user if signer is not None else None, amount=share,
        values={
            "case": claim.number or "", "benefit": public_notice.name_of(claim.benefit), "clause": found[0].clause,
            "document": closing.document, "asked": yuan(asked), "rest": then[closing.rest],
            "lines": {"columns": ["所属期", "应发", "本次发放"], "rows": rows},
        },
        named=claim.payee_person is None or public_notice.shown(claim, today()) != claim.number,
        on=here(closing.applied_at or timezone.now()),
    )  # fmt: skip


def here(moment: dt.datetime) -> dt.date:
    """The day here on which something was done: its letter bears that day, whenever the job runs."""
    return timezone.localtime(moment).date()


def day(value: dt.date) -> str:
    return f"{value.year}年{value.month}月{value.day}日"
