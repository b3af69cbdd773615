"""A small office's money, for tests and for the gate: who pays, from what, and how far a claim has come."""

from __future__ import annotations

import datetime as dt
import io

from huijiang.accounts.models import Role, User
from huijiang.accounts.viewers import today
from huijiang.claims.models import Claim
from huijiang.funds import answers, batches, budget, payers, reserving
from huijiang.funds.models import Account, Allotment, Answer, Batch, Payment, Source
from huijiang.regions.models import Region
from tests.huijiang.claims.office import Office
from tests.huijiang.entitlements.town import TRAINER, account
from tests.huijiang.funds.test_bank_files import workbook

DAY = dt.date(2026, 12, 2)
YUAN = 100


def paid_from(place: Region, source: Source, maker: User, chief: User) -> None:
    """The account that pays a source, proposed by one and approved by another."""
    payers.approve(payers.propose(
        place, source, maker, name="萧山区人社局", bank="工行萧山支行", cnaps="102331002444", number="1202024409900000001",
        form="pain.001",
    ), chief)  # fmt: skip


class Treasury:
    """A small office with 100 万元 for whatever its claims are paid from, and three people of finance."""

    def __init__(self, desk: Office, yuan: int = 1_000_000) -> None:
        self.desk, self.place = desk, desk.town.xiaoshan
        self.maker, self.chief, self.third = (
            account(f"funds-{name}", name, Role.FINANCE, self.place) for name in ("maker", "chief", "third")
        )
        self.source = Source.objects.create(code="talent", name="人才专项资金", words=[])
        self.line = budget.open_line(self.place, self.source, today().year, self.maker)
        if yuan:
            self.allot(yuan)
        paid_from(self.place, self.source, self.maker, self.chief)

    def allot(self, yuan: int) -> None:
        asked = budget.ask(self.line, Allotment.Kind.ADDITION, yuan * YUAN, "萧财社〔2026〕1号", self.maker)
        budget.approve(asked, self.chief)
        self.line.refresh_from_db()

    def pays_for(self, *words: str) -> None:
        """The source answers to what the documents call it."""
        Source.objects.filter(pk=self.source.pk).update(words=list(words))

    def approved(self, benefit: str = TRAINER) -> Claim:
        claim = self.desk.approved(benefit)
        self.pays_for(*{each.fund for each in claim.dues.all()})
        reserving.reserve(list(claim.dues.all()))
        claim.refresh_from_db()
        return claim

    def signed(self) -> Batch:
        batch = batches.freeze(batches.build(self.place, self.source, self.maker, pay_on=DAY), self.maker)
        batches.sign(batch, self.chief, "finance")
        return batches.sign(batch, self.third, "release")

    def sent(self) -> Batch:
        return batches.send(self.signed(), self.maker)

    def balance(self, kind: str) -> int:
        found = Account.objects.filter(source=self.source, kind=kind).values_list("balance", flat=True)
        return sum(found)

    def told(self, *lines: tuple[Payment, str], extra: tuple[tuple[object, ...], ...] = ()) -> Answer:
        rows = [(each.reference, word, f"{each.amount / 100:.2f}", DAY, "户名不符" if word != "成功" else None, f"B{each.pk}")
                for each, word in lines]  # fmt: skip
        content = workbook(*rows, *extra)
        return answers.take(io.BytesIO(content), len(content), "回单.xlsx", self.place, self.maker)
