"""A claim's story for whoever made it: what happened, what happens next and by when, what was decided."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huijiang import present
from huijiang.accounts.viewers import today
from huijiang.claims import clock, determine
from huijiang.claims.models import Claim, Movement, NoticeEntry
from huijiang.claims.states import DECIDED, PAUSED, State
from huijiang.claims.states import Event as Happened
from huijiang.letters.services import Letter
from huijiang.web.components.lists import Event
from huijiang.web.components.tags import Tag

HAPPENED: Final = {
    Happened.SUBMIT: gettext_lazy("提交了申报"), Happened.WITHDRAW: gettext_lazy("撤回了申报"), Happened.ACCEPT: gettext_lazy("正式受理"),
    Happened.DECLINE: gettext_lazy("决定不予受理"), Happened.CHECKED: gettext_lazy("与登记核对完毕，进入审核"),
    Happened.ASK_CORRECTION: gettext_lazy("请您补正，办理期限暂停"), Happened.CORRECT: gettext_lazy("交回补正，办理期限继续计算"),
    Happened.LAPSE: gettext_lazy("逾期没有补正，按撤回处理"), Happened.REVIEW: gettext_lazy("审核通过，等第二个人复核"),
    Happened.SEND_BACK: gettext_lazy("复核退回，重新审核"), Happened.APPROVE: gettext_lazy("复核通过"), Happened.REFUSE: gettext_lazy("作出不予支持的决定"),
    Happened.NOTICE_ENDED: gettext_lazy("公示期满，没有异议"), Happened.RECALCULATE: gettext_lazy("情况有变化，重新核定"),
    Happened.OBJECT: gettext_lazy("有人提出异议，暂停办理"), Happened.DISMISS: gettext_lazy("异议不成立，继续办理"),
    Happened.UPHOLD: gettext_lazy("异议成立，重新审核"), Happened.FUND: gettext_lazy("资金已落实"), Happened.UNFUND: gettext_lazy("资金安排有变，重新落实"),
    Happened.PAY: gettext_lazy("已拨付"), Happened.RETURN: gettext_lazy("银行退回了这笔款"), Happened.NEXT_DUE: gettext_lazy("下一期到期"),
    Happened.RECOVER: gettext_lazy("款项已追回"), Happened.CLOSE: gettext_lazy("办结归档"),
}  # fmt: skip

NEXT: Final = {
    State.DRAFT: gettext_lazy("还没有提交。填好以后核对、提交，才算申报。"),
    State.SUBMITTED: gettext_lazy("工作人员核对后决定是否受理，并出具受理通知书。"),
    State.CHECKING: gettext_lazy("正在与社保、证书等登记核对，您不用做什么。"),
    State.IN_REVIEW: gettext_lazy("工作人员正在审核，您不用做什么。"),
    State.SECOND_REVIEW: gettext_lazy("审核已通过，正在由第二个人复核。"),
    State.AWAITING_CORRECTION: gettext_lazy("请按列出的事项补正，交回后继续办理。"),
    State.PUBLIC_NOTICE: gettext_lazy("正在公示。期满没有异议，就安排资金。"),
    State.APPROVED: gettext_lazy("已批准，正在落实资金。"),
    State.PAYABLE: gettext_lazy("资金已落实，等待拨付到您的账户。"),
    State.PAID: gettext_lazy("已拨付。银行入账一般要一到三个工作日，到账可在“到账记录”里查。"),
    State.PAYMENT_RETURNED: gettext_lazy("银行退回了这笔款，多半是账户有误。请更换收款账户，换好后重新拨付。"),
    State.REFUSED: gettext_lazy("决定不予支持，理由见下面的决定。不服的可以提出异议，也可以申请复议或诉讼。"),
    State.UNDER_OBJECTION: gettext_lazy("异议正在由没有经手过这件事的人核对，答复以前暂停办理和拨付。"),
    State.RECOVERED: gettext_lazy("款项已追回。"),
    State.WITHDRAWN: gettext_lazy("已撤回，可以重新申报。"),
    State.CLOSED: gettext_lazy("已办结归档。"),
}  # fmt: skip

BRIEFLY: Final = {
    State.DRAFT: gettext_lazy("填完以后提交"), State.APPROVED: gettext_lazy("等资金落实"), State.PAYABLE: gettext_lazy("等拨付"),
    State.PAYMENT_RETURNED: gettext_lazy("请更换收款账户"), State.REFUSED: gettext_lazy("不服可以提出异议"),
    State.WITHDRAWN: gettext_lazy("可以重新申报"), State.PAID: gettext_lazy("不用再办"), State.RECOVERED: gettext_lazy("不用再办"),
    State.CLOSED: gettext_lazy("不用再办"),
}  # fmt: skip
"""What a list says of a state that has no day."""

COLOURS: Final = {
    State.DRAFT: "grey", State.AWAITING_CORRECTION: "amber", State.PAYMENT_RETURNED: "amber", State.REFUSED: "red",
    State.UNDER_OBJECTION: "amber", State.PAID: "green", State.APPROVED: "green", State.PAYABLE: "green", State.WITHDRAWN: "grey",
    State.CLOSED: "grey", State.RECOVERED: "grey",
}  # fmt: skip


WAITS_FOR: Final[list[Callable[[Claim], str]]] = []
"""Room `funds` appends a function: what an approved claim waits for, in a sentence; empty for nothing."""


@dataclass(frozen=True)
class Next:
    """What happens next: the sentence; the day by which, and what that day is; how the office's clock stands."""

    words: str
    by: dt.date | None
    by_words: str
    clock: str


def tag_of(claim: Claim) -> Tag:
    """The state, as a tag."""
    return Tag(claim.get_state_display(), COLOURS.get(State(claim.state), "blue"))


def next_of(claim: Claim) -> Next:
    """What happens next, by when, and who has to act."""
    state = State(claim.state)
    by, words = claim.deadline, _("最迟办结")
    if state == State.AWAITING_CORRECTION:
        asked = claim.corrections.filter(answered_at=None).first()
        by, words = (asked.due_on if asked else None), _("请在这一天以前补正")
    elif state == State.PUBLIC_NOTICE:
        entry = NoticeEntry.objects.filter(claim=claim, notice__taken_down_at=None).select_related("notice").last()
        by, words = (entry.notice.ends_on if entry else None), _("公示到")
    elif state == State.UNDER_OBJECTION:
        open_ = claim.disputes.filter(answered_at=None).order_by("answer_by").first()
        by, words = (open_.answer_by if open_ else None), _("最迟答复")
    return Next(waits_for(claim) or str(NEXT[state]), by, words, clock_of(claim))


def clock_of(claim: Claim, on: dt.date | None = None) -> str:
    """How the office's time stands, for whoever waits: when it begins, how much is left, that it stands or is over."""
    day = on or today()
    if claim.clock_days is None:
        return ""
    told = {"all": claim.clock_days, "used": claim.used_days, "left": max(claim.clock_days - claim.used_days, 0)}
    if claim.deadline is None or claim.running_since is None:
        if claim.state not in PAUSED:
            return ""
        return _("办理期限已暂停计算：共 %(all)s 个工作日，已用 %(used)s 个，恢复后还有 %(left)s 个。") % told
    if claim.running_since > day:
        return _("办理期限共 %(all)s 个工作日，本批收件、评审的时间不算在内，从 %(day)s 起算。") % {
            **told, "day": claim.running_since.isoformat()}  # fmt: skip
    left = clock.days_left(claim, day) or 0
    if left < 0 or claim.deadline < day:
        return _("已超过办理期限。可以联系经办科室，或者拨打 12333 反映。")
    return _("办理期限共 %(all)s 个工作日，还有 %(left)s 个。") % {**told, "left": left}


def waits_for(claim: Claim) -> str:
    """What keeps the money of an approved claim, in a sentence; empty where nothing does."""
    if claim.state != State.APPROVED:
        return ""
    return next((words for told in WAITS_FOR if (words := told(claim))), "")


def briefly(claim: Claim) -> str:
    """What happens next, in a few words for a list: by which day, else who does what."""
    found = next_of(claim)
    if found.by is not None:
        return _("%(what)s %(day)s") % {"what": found.by_words, "day": found.by.isoformat()}
    return str(BRIEFLY.get(State(claim.state), _("等工作人员办理")))


def events_of(claim: Claim) -> list[Event]:
    """What happened, the newest first, without names of officers."""
    found = [_event(each) for each in claim.movements.order_by("-number")]
    return [*found, Event(timezone.localtime(claim.created_at), _("开始填写"), "", "")]


def _event(made: Movement) -> Event:
    title = str(HAPPENED[Happened(made.event)])
    if made.event == Happened.APPROVE and made.target == State.PUBLIC_NOTICE:
        title = _("复核通过，等待公示")
    words = _(made.words) if made.words else ""
    return Event(timezone.localtime(made.at), title, words, str(made.get_who_display()), automatic=made.by_id is None)


def letters_of(claim: Claim) -> list[Letter]:
    """Letters about a claim, the newest first."""
    return list(Letter.objects.filter(subject=f"claim:{claim.uid}").order_by("-issued_at", "-id"))


@dataclass(frozen=True)
class Decision:
    """`amount` in fen, None for a refusal; `later`: what further periods may add."""

    granted: bool
    amount: int | None
    later: int | None
    clause: str
    document: str
    working: tuple[str, ...]
    condition: str
    words: str
    on: dt.date


def decision_of(claim: Claim) -> Decision | None:
    """What was decided, once it is; None while the office is still at it."""
    last = claim.movements.order_by("-number").first()
    made = claim.determinations.order_by("-number").first()
    refusal = claim.movements.filter(target=State.REFUSED).exclude(condition="").order_by("-number").first()
    if last is None:
        return None
    if claim.state != State.REFUSED and last.source != State.REFUSED:
        refusal = None  # an earlier one, which was overturned
    if refusal is None and (made is None or claim.state not in DECIDED | {State.PUBLIC_NOTICE}):
        return None
    body: dict[str, Any] = determine.body_of(made) if made is not None else {}
    on = present.day_of((refusal or last).at)
    return Decision(
        refusal is None, None if refusal is not None or made is None else made.point, None if made is None else made.later,
        body.get("clause", ""), body.get("document", ""), tuple(body.get("working", ())) if refusal is None else (),
        refusal.condition if refusal is not None else "", _(refusal.words) if refusal is not None and refusal.words else "", on,
    )  # fmt: skip
