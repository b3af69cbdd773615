"""The pages of money for the gate: a year with a line that pays, a batch in each state, a reply that does not fit whole,
a finding, a recovery under way, a file of past payments."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from huijiang.accounts.models import User
from huijiang.accounts.viewers import today
from huijiang.funds import (
    batches,
    budget,
    letter_tasks,
    payers,
    recoveries,
    reserving,
    returned,
    reversing,
    sharing,
    takeover,
    undetermined,
)
from huijiang.funds.models import (
    Account,
    Allotment,
    AnswerLine,
    Batch,
    Closing,
    Entry,
    Finding,
    FundQuestion,
    Line,
    PastFile,
    PayingAccount,
    Payment,
    Recovery,
    Refund,
    Reversal,
    Source,
)
from huijiang.sealed import keys
from tests.huijiang.claims.office import office
from tests.huijiang.entitlements.town import CHIEF, NUMBER, TRAINER, town
from tests.huijiang.funds.many import payable
from tests.huijiang.funds.test_takeover import past_workbook
from tests.huijiang.funds.treasury import DAY, Treasury, paid_from
from tests.huijiang.gate.pages import Page


@dataclass
class World:
    treasury: Treasury
    payment: Payment
    paid: Batch
    open: Batch
    finding: Finding
    recovery: Recovery
    line_open: AnswerLine
    past: PastFile
    asked: Allotment
    shared: Closing
    question: FundQuestion
    fresh: Line
    proposed: PayingAccount
    undone: Reversal
    given: Refund

    @property
    def maker(self) -> User:
        return self.treasury.maker

    @property
    def chief(self) -> User:
        return self.treasury.chief


def world() -> World:
    """The training body's grant paid and found wrong; the chief technician's months in an open batch."""
    keys.ensure(settings.KEY_FILE)
    treasury = Treasury(office(town()))
    treasury.approved(TRAINER)
    paid = treasury.sent()
    payment = paid.payments.get()
    told = treasury.told((payment, "成功"), extra=(("HJ99999999", "成功", "12.50", DAY, None, "B1"),))
    treasury.desk.town.colleague.refresh_from_db()
    chief = treasury.desk.approved(CHIEF)
    treasury.pays_for(*{each.fund for each in chief.dues.all()}, *treasury.source.words)
    reserving.reserve(list(chief.dues.all()))
    waiting = batches.build(treasury.place, treasury.source, treasury.maker, pay_on=DAY)
    first = recoveries.find(payment, "R12", "paid_twice", {"同职业同等级": "2025-09-01 已由别的单位领取"})
    recoveries.propose(first, treasury.maker, 40_000, "同一证书另一单位已领取")
    back = recoveries.decide(first, treasury.chief, today() + dt.timedelta(days=30), instalments=2, by_offset=True)
    recoveries.came_back(back, 10_000, today(), "B9001", treasury.maker)
    recoveries.ask_to_withdraw(back, treasury.third, "当事人说证书是两本，正在核对")
    for occasion in ("notice", "plan-1"):
        letter_tasks.issue_recovery(back, occasion)
    recoveries.ask_to_transfer(back, treasury.third, "涉嫌伪造证书，移送公安机关")
    second = recoveries.find(payment, "R04", "retired", {"养老待遇": "2025-08 起领取"})
    recoveries.ask_to_dismiss(second, treasury.maker, "退休年月登记有误，已更正")
    content = past_workbook(
        (CHIEF, NUMBER, "聘书3号", "2025-07", 1, "1000.00", "2025-08-01", "人才专项资金", "凭2"),
        (
            TRAINER,
            "91339999MA0000000J",
            "",
            "2025",
            1,
            "300.00",
            "2025-06-01",
            "人才专项资金",
            "凭1",
        ),
    )
    past = takeover.take(io.BytesIO(content), "2025 年发放.xlsx", treasury.place, 130_000, treasury.maker)
    asked = budget.ask(treasury.line, Allotment.Kind.ADDITION, 5_000_000, "萧财社〔2026〕20号", treasury.maker)
    return World(
        treasury,
        payment,
        paid,
        waiting,
        second,
        back,
        told.lines.get(verdict="unknown"),
        past,
        asked,
        _shared(treasury),
        _question(treasury),
        budget.open_line(treasury.place, treasury.source, today().year + 1, treasury.maker),
        payers.propose(
            treasury.place, treasury.source, treasury.maker, name="萧山区人力资源和社会保障局", bank="农行萧山支行",
            number="19080101040009999", cnaps="103331008011", form="pain.001",
        ),
        reversing.ask(Entry.objects.get(kind="recovered"), treasury.maker, "流水号抄错，是另一家单位的款"),
        _came_back(treasury),
    )  # fmt: skip


def _came_back(treasury: Treasury) -> Refund:
    """Two more were paid from another source and sent back; one of them is to be given back to the budget."""
    source = Source.objects.create(code="city", name="市级人才资金")
    line = budget.open_line(treasury.place, source, DAY.year, treasury.maker)
    budget.approve(
        budget.ask(line, Allotment.Kind.ORIGINAL, 1_000_000, "萧财社〔2026〕6号", treasury.maker), treasury.chief
    )
    paid_from(treasury.place, source, treasury.maker, treasury.chief)
    reserving.reserve(payable(2, treasury.place, treasury.desk.user("first"), source.name), treasury.maker, DAY)
    batch = batches.freeze(batches.build(treasury.place, source, treasury.maker, pay_on=DAY), treasury.maker)
    batches.sign(batch, treasury.chief, "finance")
    batches.send(batches.sign(batch, treasury.third, "release"), treasury.maker)
    treasury.told(*[(each, "退票") for each in batch.payments.all()])
    one = batch.payments.order_by("pk")[0]
    pot = Account.objects.get(source=source, kind="returned")
    return returned.ask(pot, [one.pk], treasury.maker, "收款单位已注销，多次联系不上")


def _question(treasury: Treasury) -> FundQuestion:
    """Two wait for a benefit whose text names no source; one source is proposed."""
    due, _other = payable(2, treasury.place, treasury.desk.user("first"), "undetermined")
    reserving.reserve([due, _other], treasury.maker, DAY)
    return undetermined.propose(
        FundQuestion.objects.get(), treasury.maker, treasury.source, "萧财社〔2026〕9号", "与同类补贴一致"
    )


def _shared(treasury: Treasury) -> Closing:
    """Three wait for 3,000 yuan on a pro-rata line that has 1,000."""
    source = Source.objects.create(code="skills", name="职业技能提升专账资金")
    line = budget.open_line(treasury.place, source, DAY.year, treasury.maker)
    budget.change_rule(
        line, treasury.maker, dry="pro_rata", rest="await", reason="萧人社〔2026〕8号第五条：额度不足时按比例发放"
    )
    reserving.reserve(payable(3, treasury.place, treasury.desk.user("first"), source.name), treasury.maker, DAY)
    asked = budget.ask(line, Allotment.Kind.ORIGINAL, 100_000, "萧财社〔2026〕5号", treasury.maker)
    budget.approve(asked, treasury.chief)
    return sharing.compute(line, treasury.maker, "萧人社〔2026〕8号第五条")


def page(name: str, who: str = "maker", query: str = "", **arguments: Any) -> Page:
    def filled(made: World) -> dict[str, Any]:
        return {key: value(made) for key, value in arguments.items()}

    return Page(f"funds:{name}", world, lambda made: getattr(made, who), filled, query)


def worker(made: World) -> User:
    found: User = made.treasury.desk.town.worker_user
    return found


def agent(made: World) -> User:
    found: User = made.treasury.desk.town.agent_user
    return found


PAGES = [
    page("lines"),
    page("line_new"),
    page("sources"),
    page("source_new"),
    page("paying_new"),
    page("paying_approve", "chief", pk=lambda made: made.proposed.pk),
    page("line", uid=lambda made: made.treasury.line.uid),
    page("line_rule", uid=lambda made: made.fresh.uid),
    page("line_rule", uid=lambda made: made.treasury.line.uid),
    page("approve", "chief", uid=lambda made: made.asked.uid),
    page("freeze_line", uid=lambda made: made.treasury.line.uid),
    page("line", uid=lambda made: made.shared.line.uid),
    page("close_period", uid=lambda made: made.shared.line.uid),
    page("closing", "chief", uid=lambda made: made.shared.uid),
    page("drop_closing", uid=lambda made: made.shared.uid),
    page("question", "chief", uid=lambda made: made.question.uid),
    page("batches"),
    page("build"),
    page("batch", uid=lambda made: made.open.uid),
    page("batch", uid=lambda made: made.paid.uid),
    page("drop", uid=lambda made: made.open.uid),
    page("answers"),
    page("answer_upload"),
    page("answer", uid=lambda made: made.line_open.answer.uid),
    page("handle", pk=lambda made: made.line_open.pk),
    page("recoveries"),
    page("recoveries", query="?view=running"),
    page("finding", "chief", uid=lambda made: made.finding.uid),
    page("recovery", uid=lambda made: made.recovery.uid),
    page("arrange", uid=lambda made: made.recovery.uid),
    page("end_recovery", uid=lambda made: made.recovery.uid),
    page("journal"),
    page("entry", "chief", uid=lambda made: made.undone.entry.uid),
    page("entry", uid=lambda made: Entry.objects.filter(kind="sent").order_by("pk")[0].uid),
    page("returned"),
    page("give_back", pk=lambda made: made.given.account.pk),
    page("refund", "chief", uid=lambda made: made.given.uid),
    page("statement", pk=lambda made: Account.objects.filter(kind="bank").order_by("pk")[0].pk),
    page("search"),
    page("search", query="?q=nothing"),
    page("trace", reference=lambda made: made.payment.reference),
    page("past_files"),
    page("past_upload"),
    page("past", "chief", uid=lambda made: made.past.uid),
    page("past_event", uid=lambda made: made.past.uid, pk=lambda made: made.past.payments.get(benefit=CHIEF).pk),
    page("past_event", uid=lambda made: made.past.uid, pk=lambda made: made.past.payments.get(benefit=TRAINER).pk),
    Page("funds:my_payments", world, worker),
    Page("funds:org_payments", world, agent),
    Page("funds:org_payment", world, agent, lambda made: {"reference": made.payment.reference}),
]
NOT_PAGES = {
    "funds:ask": "takes a form and goes back",
    "funds:freeze": "takes a form and goes back",
    "funds:question_propose": "takes a form and goes back",
    "funds:question_decide": "takes a form and goes back",
    "funds:sign_closing": "takes a form and goes back",
    "funds:reverse_entry": "takes a form and goes back",
    "funds:reversal_agree": "takes a form and goes back",
    "funds:reversal_decline": "takes a form and goes back",
    "funds:refund_agree": "takes a form and goes back",
    "funds:refund_decline": "takes a form and goes back",
    "funds:sign": "takes a form and goes back",
    "funds:export": "files to download",
    "funds:send": "takes a form and goes back",
    "funds:propose": "takes a form and goes back",
    "funds:dismiss": "takes a form and goes back",
    "funds:agree": "takes a form and goes back",
    "funds:decide": "takes a form and goes back",
    "funds:arrived": "takes a form and goes back",
    "funds:past_template": "a workbook to download",
    "funds:past_confirm": "takes a form and goes back",
    "funds:past_parallel": "takes a form and goes back",
    "funds:my_payment": "the same page as org_payment, which is walked",
}
