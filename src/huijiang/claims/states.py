"""The state table: from which state to which, by what event, through whom, and what must hold first.

This is data.  `moving` walks it, the database keeps it (a trigger made from it: `triggers.MOVES_LISTED`),
docs/claims-states.md draws it, and the tests go through it whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy, pgettext_lazy

from huijiang.accounts.models import Role


class State(models.TextChoices):
    DRAFT = "draft", gettext_lazy("草稿")
    SUBMITTED = "submitted", gettext_lazy("已提交")
    CHECKING = "checking", gettext_lazy("核验中")
    AWAITING_CORRECTION = "awaiting_correction", gettext_lazy("待补正")
    IN_REVIEW = "in_review", gettext_lazy("审核中")
    SECOND_REVIEW = "second_review", gettext_lazy("复核中")
    PUBLIC_NOTICE = "public_notice", gettext_lazy("公示中")
    APPROVED = "approved", gettext_lazy("已批准，待资金")
    PAYABLE = "payable", gettext_lazy("待拨付")
    PAID = "paid", gettext_lazy("已拨付")
    PAYMENT_RETURNED = "payment_returned", gettext_lazy("退票待处理")
    REFUSED = "refused", gettext_lazy("不予支持")
    UNDER_OBJECTION = "under_objection", gettext_lazy("异议处理中")
    RECOVERED = "recovered", gettext_lazy("已追回")
    WITHDRAWN = "withdrawn", gettext_lazy("已撤回")
    CLOSED = "closed", gettext_lazy("已归档")


class Who(models.TextChoices):
    """As whom somebody moves a claim: the applicant, anybody (an objection to a notice), a job, or a role of staff."""

    APPLICANT = "applicant", gettext_lazy("申报人")
    PUBLIC = "public", gettext_lazy("社会公众")
    SYSTEM = "system", gettext_lazy("系统")
    COUNTER = Role.COUNTER.value, gettext_lazy("窗口受理")
    INTAKE = Role.INTAKE.value, gettext_lazy("受理")
    REVIEWER = Role.REVIEWER.value, gettext_lazy("审核")
    SECOND_REVIEWER = Role.SECOND_REVIEWER.value, pgettext_lazy("role", "复核")
    FINANCE = Role.FINANCE.value, gettext_lazy("财务拨付")
    SUPERVISOR = Role.SUPERVISOR.value, gettext_lazy("监督检查")


class Event(models.TextChoices):
    """What moves a claim."""

    SUBMIT = "submit", gettext_lazy("提交")
    WITHDRAW = "withdraw", gettext_lazy("撤回")
    ACCEPT = "accept", gettext_lazy("受理")
    DECLINE = "decline", gettext_lazy("不予受理")
    CHECKED = "checked", gettext_lazy("核验完成")
    ASK_CORRECTION = "ask_correction", gettext_lazy("一次性告知补正")
    CORRECT = "correct", gettext_lazy("补正")
    LAPSE = "lapse", gettext_lazy("逾期未补正")
    REVIEW = "review", gettext_lazy("审核通过")
    SEND_BACK = "send_back", gettext_lazy("退回审核")
    APPROVE = "approve", gettext_lazy("复核通过")
    REFUSE = "refuse", gettext_lazy("决定不予支持")
    NOTICE_ENDED = "notice_ended", gettext_lazy("公示结束")
    RECALCULATE = "recalculate", gettext_lazy("重新核定")
    OBJECT = "object", gettext_lazy("提出异议")
    DISMISS = "dismiss", gettext_lazy("异议不成立")
    UPHOLD = "uphold", gettext_lazy("异议成立")
    FUND = "fund", gettext_lazy("落实资金")
    UNFUND = "unfund", gettext_lazy("资金撤回")
    PAY = "pay", gettext_lazy("拨付")
    RETURN = "return", gettext_lazy("银行退回")
    NEXT_DUE = "next_due", gettext_lazy("下一期到期")
    RECOVER = "recover", gettext_lazy("追回")
    CLOSE = "close", gettext_lazy("归档")


class Guard(models.TextChoices):
    """What must hold for a move, beyond state and role.  Those marked * the database checks by itself too."""

    NONE = "", ""
    COMPLETE = "complete", gettext_lazy("问题已答、账户已填")
    SIGNED = "signed", gettext_lazy("本人已签署")  # *
    CONDITION = "condition", gettext_lazy("由人选定未满足的条件并签署")  # *
    ITEMS = "items", gettext_lazy("一次列全补正事项")  # *
    OVERDUE = "overdue", gettext_lazy("补正期限已过")
    TWO_SIGNED = "two_signed", gettext_lazy("两人签署同一核定，金额确定")  # *
    NOTICE_DUE = "notice_due", gettext_lazy("需要公示，两人签署同一核定，金额确定")  # *
    NO_NOTICE_DUE = "no_notice_due", gettext_lazy("不需公示，两人签署同一核定，金额确定")  # *
    NOTICE_FINISHED = "notice_finished", gettext_lazy("公示已撤下，没有未答复的异议")  # *
    NOTHING_PAID = "nothing_paid", gettext_lazy("还没有付款")
    DISPUTED = "disputed", gettext_lazy("有未答复的异议")  # *
    ANSWERED_BY_ANOTHER = "answered_by_another", gettext_lazy("由没有经手的人答复，退回原状态")  # *
    DUE = "due", gettext_lazy("有应付未付")
    RELEASED = "released", gettext_lazy("财务两人签署")  # *


@dataclass(frozen=True)
class Move:
    """One row: `event` takes a claim `source` → `target`, through one of `who`, while `guard` holds."""

    event: Event
    source: State
    target: State
    who: tuple[Who, ...]
    guard: Guard = Guard.NONE


A, P, S = Who.APPLICANT, Who.PUBLIC, Who.SYSTEM
C, IN, R, R2, F, V = Who.COUNTER, Who.INTAKE, Who.REVIEWER, Who.SECOND_REVIEWER, Who.FINANCE, Who.SUPERVISOR


def _moves() -> Iterator[Move]:
    e, s = Event, State
    yield Move(e.SUBMIT, s.DRAFT, s.SUBMITTED, (A, C), Guard.COMPLETE)
    for each in (
        s.DRAFT,
        s.SUBMITTED,
        s.CHECKING,
        s.AWAITING_CORRECTION,
        s.IN_REVIEW,
        s.SECOND_REVIEW,
        s.PUBLIC_NOTICE,
    ):
        yield Move(e.WITHDRAW, each, s.WITHDRAWN, (A, C))
    yield Move(e.ACCEPT, s.SUBMITTED, s.CHECKING, (IN, C), Guard.SIGNED)
    yield Move(e.DECLINE, s.SUBMITTED, s.REFUSED, (IN,), Guard.CONDITION)
    yield Move(e.CHECKED, s.CHECKING, s.IN_REVIEW, (S, R))
    yield Move(e.ASK_CORRECTION, s.SUBMITTED, s.AWAITING_CORRECTION, (IN,), Guard.ITEMS)
    yield Move(e.ASK_CORRECTION, s.CHECKING, s.AWAITING_CORRECTION, (IN, R), Guard.ITEMS)
    yield Move(e.ASK_CORRECTION, s.IN_REVIEW, s.AWAITING_CORRECTION, (R,), Guard.ITEMS)
    yield Move(e.CORRECT, s.AWAITING_CORRECTION, s.CHECKING, (A, C), Guard.COMPLETE)
    yield Move(e.LAPSE, s.AWAITING_CORRECTION, s.WITHDRAWN, (IN, R), Guard.OVERDUE)
    yield Move(e.REVIEW, s.IN_REVIEW, s.SECOND_REVIEW, (R,), Guard.SIGNED)
    yield Move(e.REFUSE, s.IN_REVIEW, s.REFUSED, (R,), Guard.CONDITION)
    yield Move(e.SEND_BACK, s.SECOND_REVIEW, s.IN_REVIEW, (R2,))
    yield Move(e.REFUSE, s.SECOND_REVIEW, s.REFUSED, (R2,), Guard.CONDITION)
    yield Move(e.APPROVE, s.SECOND_REVIEW, s.PUBLIC_NOTICE, (R2,), Guard.NOTICE_DUE)
    yield Move(e.APPROVE, s.SECOND_REVIEW, s.APPROVED, (R2,), Guard.NO_NOTICE_DUE)
    yield Move(e.NOTICE_ENDED, s.PUBLIC_NOTICE, s.APPROVED, (S, R), Guard.NOTICE_FINISHED)
    for each in (s.SECOND_REVIEW, s.PUBLIC_NOTICE, s.APPROVED, s.PAYABLE):
        yield Move(e.RECALCULATE, each, s.IN_REVIEW, (S, R, R2, V), Guard.NOTHING_PAID)
    yield Move(e.OBJECT, s.PUBLIC_NOTICE, s.UNDER_OBJECTION, (A, P), Guard.DISPUTED)
    for each in DISPUTABLE[1:]:
        yield Move(e.OBJECT, each, s.UNDER_OBJECTION, (A, P, V) if each != s.REFUSED else (A,), Guard.DISPUTED)
    for each in DISPUTABLE:
        yield Move(e.DISMISS, s.UNDER_OBJECTION, each, (R, R2, V), Guard.ANSWERED_BY_ANOTHER)
    yield Move(e.UPHOLD, s.UNDER_OBJECTION, s.IN_REVIEW, (R, R2, V), Guard.ANSWERED_BY_ANOTHER)
    yield Move(e.FUND, s.APPROVED, s.PAYABLE, (S, F), Guard.DUE)
    yield Move(e.UNFUND, s.PAYABLE, s.APPROVED, (S, F))
    yield Move(e.PAY, s.PAYABLE, s.PAID, (S, F), Guard.RELEASED)
    for each in (s.PAYABLE, s.PAID):
        yield Move(e.RETURN, each, s.PAYMENT_RETURNED, (S, F))
    yield Move(e.FUND, s.PAYMENT_RETURNED, s.PAYABLE, (S, F), Guard.DUE)
    yield Move(e.NEXT_DUE, s.PAID, s.APPROVED, (S,), Guard.DUE)
    for each in (s.PAID, s.PAYMENT_RETURNED):
        yield Move(e.RECOVER, each, s.RECOVERED, (S, F))
    for each in (s.PAID, s.REFUSED, s.WITHDRAWN, s.RECOVERED):
        yield Move(e.CLOSE, each, s.CLOSED, (S, R))


DISPUTABLE: Final = (
    State.PUBLIC_NOTICE,
    State.APPROVED,
    State.PAYABLE,
    State.PAID,
    State.PAYMENT_RETURNED,
    State.REFUSED,
)
"""Where an objection may come in, and whither a dismissed one leads back."""

MOVES: Final[tuple[Move, ...]] = tuple(_moves())

RUNNING: Final = frozenset({State.SUBMITTED, State.CHECKING, State.IN_REVIEW, State.SECOND_REVIEW})
"""Here the office's working days count; elsewhere before the end the clock stands still."""

PAUSED: Final = frozenset({State.AWAITING_CORRECTION, State.PUBLIC_NOTICE, State.UNDER_OBJECTION})

DECIDED: Final = frozenset({State.APPROVED, State.PAYABLE, State.PAID, State.PAYMENT_RETURNED})
"""Something is due, or was."""

OVER: Final = frozenset({State.REFUSED, State.RECOVERED, State.WITHDRAWN, State.CLOSED})
"""Another claim for the same event may follow."""

LIVE: Final = frozenset(State) - OVER - {State.DRAFT}
"""One claim of a benefit for an event at a time is in one of these."""


def moves_from(state: str, event: str | None = None) -> list[Move]:
    """The rows that start in a state (for an event, where one is named)."""
    return [each for each in MOVES if each.source == state and event in (None, each.event)]


def find(event: str, source: str, target: str) -> Move | None:
    """The row of an event between two states."""
    return next((m for m in MOVES if (m.event, m.source, m.target) == (event, source, target)), None)
