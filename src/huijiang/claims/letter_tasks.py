"""The letters of a claim, each set once: asked for where something is decided, made by a job."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from django.db import transaction

from huijiang import present
from huijiang.accounts.viewers import today
from huijiang.claims import determine, drafting, locks, moving, public_notice
from huijiang.claims.models import Claim, Movement
from huijiang.documents import library
from huijiang.jobs import Handle, job
from huijiang.letters import services as letters
from huijiang.letters.services import Letter

JOB: Final = "claims.letter"
ELSEWHERE: Final = "可以在平台“我能享受的政策”里查看其他可以申领的项目，也可以拨打12333咨询。"
ADVICE: Final = "条件以后满足的，可以重新申请。其他可以享受的政策，可以登录平台查看或拨打12333咨询。"
PAYMENT: Final = (
    "款项拨付到你（单位）登记的收款账户，到账情况可登录平台查看。以后各期条件一直满足的，按期发放，不再另行申请。"
)
DECISIONS: Final = (letters.Kind.GRANT, letters.Kind.REFUSAL, letters.Kind.NON_ACCEPTANCE)


@job(JOB, "出具文书", repeatable=True)
def write(run: Handle, claim: str, kind: str, movement: int) -> None:
    found = Claim.objects.select_related("region", "payee_person", "payee_organisation").get(uid=claim)
    made = issue(found, kind, movement)
    run.result(letter=made.number if made is not None else "")


@transaction.atomic
def issue(claim: Claim, kind: str, movement: int = 0) -> Letter | None:
    """Set a letter, once for each occasion; `withdrawal` takes back the decisions that were sent out.

    None where the letter is there already, or its decision was overtaken before it was written.
    """
    held = locks.claim(claim)
    subject = f"claim:{held.uid}"
    sent = Letter.objects.filter(subject=subject, kind=kind)
    if kind == "withdrawal":
        _take_back(subject)
        return None
    move = held.movements.filter(number=movement).select_related("by").first()
    since = move.at if move is not None else held.corrections.latest("id").asked_at
    if sent.filter(issued_at__gte=since).exists() or _overtaken(held, move):
        return None
    amount = _point(held) if kind == "grant" else None
    by = move.by if move is not None else held.corrections.latest("id").asked_by
    return letters.issue(
        kind, subject, region=held.region_id, to=letters.To(held.payee_person_id, held.payee_organisation_id),
        values=_values(held, kind, move), by=by, amount=amount, named=_named(held), on=present.day_of(since),
    )  # fmt: skip


def _overtaken(claim: Claim, move: Movement | None) -> bool:
    """Whether the claim was decided anew after this move: then another letter is on its way."""
    if move is None:
        return False
    return claim.movements.filter(number__gt=move.number, event__in=("uphold", "recalculate")).exists()


def _take_back(subject: str) -> None:
    for each in Letter.objects.filter(subject=subject, kind__in=DECISIONS, withdrawal=None):
        letters.withdraw(None, each, letters.Withdrawal.Reason.REVOKED)


def _named(claim: Claim) -> bool:
    """Minors and sensitive benefits are verified without a name, as they stand on a notice."""
    return claim.payee_person is None or public_notice.shown(claim, today()) != claim.number


def _point(claim: Claim) -> int:
    made = moving.last_of(claim)
    assert made is not None
    assert made.point is not None
    return made.point


def _values(claim: Claim, kind: str, move: Movement | None) -> dict[str, Any]:
    said: dict[str, Any] = {"case": claim.number, "benefit": public_notice.name_of(claim.benefit)}
    sent = present.day_of(claim.submitted_at) if claim.submitted_at else today()
    match kind:
        case "acceptance":
            papers = [each.name.open() for each in drafting.files_of(claim)]
            return said | {
                "received": _day(sent),
                "due": _day(claim.deadline or today()),
                "papers": papers or ["申报信息（其余事实由登记核对，不要求提交材料）"],
            }
        case "non_acceptance":
            assert move is not None
            return said | {
                "received": _day(sent),
                "reason": move.words,
                "clause": _clause(claim),
                "elsewhere": ELSEWHERE,
            }
        case "correction":
            asked = claim.corrections.latest("id")
            return said | {"items": [each["words"] for each in asked.items], "until": _day(asked.due_on)}
        case "grant":
            made = moving.last_of(claim)
            assert made is not None
            body = determine.body_of(made)
            working = [*body["working"], *([made.basis_words] if made.basis_words else [])]
            return said | {
                "clause": _clause(claim),
                "working": working or [made.get_basis_display()],
                "payment": PAYMENT,
            }
        case _:
            assert move is not None
            return said | {"reasons": [f"{move.condition}：{move.words}"], "clause": _clause(claim), "advice": ADVICE}


def _day(value: dt.date) -> str:
    return f"{value.year}年{value.month}月{value.day}日"


def _clause(claim: Claim) -> str:
    """Document and clause, from the determination where there is one, else from the rules of today."""
    made = moving.last_of(claim)
    if made is not None:
        body = determine.body_of(made)
        return f"{body['document']}{body['clause']}"
    rule = library.placed(claim.region_id).rule(claim.benefit)
    return f"{library.placed(claim.region_id).plans[rule.document].number}{rule.clause}"
