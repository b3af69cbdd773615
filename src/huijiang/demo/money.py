"""The demo's money: sources under the names that the documents use, a line for each year that the twelve months touch,
and a benefit with a line of its own that runs dry: first to the next year, then shared out pro rata."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.db.models import Sum

from huijiang.accounts.models import User
from huijiang.accounts.viewers import today
from huijiang.demo.people import Desk
from huijiang.documents import library
from huijiang.funds import budget, exporting, payers, reserving, returned, sharing, undetermined
from huijiang.funds.models import Account, Allotment, Closing, FundQuestion, Line, Source, Waiting
from huijiang.regions.models import Region

YUAN: Final = 100  # fen
NAMED: Final = {
    "talent": ("人才专项资金", {"province": 200, "city": 300, "county": 500}, 30_000_000),
    "skills": ("职业技能提升专账资金", {"central": 400, "province": 300, "county": 300}, 6_000_000),
}
"""Code → name, who bears it in thousandths, and what a year has in yuan."""
SHARED_BY: Final = "演示财社〔%s〕12号第三条"
Short = tuple[str, int]
Named = dict[str, tuple[str, dict[str, int], int]]
SHARES: Final = {"province": 300, "city": 700}


@dataclass
class Money:
    """What there is: sources by their code, and the benefit (with the fen of one claim) whose own line runs dry."""

    desk: Desk
    named: Named
    sources: dict[str, Source]
    short: Short | None
    year: int = 0

    @property
    def asks(self) -> User:
        return self.desk["finance"].user

    @property
    def _first(self) -> Source:
        return next(iter(self.sources.values()))

    @property
    def approves(self) -> User:
        return self.desk["finance-2"].user

    # -- years ------------------------------------------------------------------------
    def begin(self) -> None:
        """The lines of the first year: for the benefit of a line of its own, nothing; whoever waits goes on to the next."""
        self.year = today().year
        for number, (code, (_name, shares, yuan)) in enumerate(self.named.items(), start=1):
            self._line(self.sources[code], shares, yuan // 3, f"演示财社〔{self.year}〕{number}号")
        if self.short is not None:
            budget.open_line(self.desk.region, self.sources["talent"], self.year, self.asks, benefit=self.short[0],
                             shares={"county": 1_000}, dry=Line.Dry.NEXT_YEAR)  # fmt: skip

    def turn(self) -> None:
        """The year turns: new lines, the old ones frozen, what is left carried over, whoever waits moved on."""
        self.year = today().year
        for number, (code, (_name, shares, yuan)) in enumerate(self.named.items(), start=1):
            self._line(self.sources[code], shares, yuan, f"演示财社〔{self.year}〕{number}号")
        if self.short is not None:
            own = budget.open_line(self.desk.region, self.sources["talent"], self.year, self.asks, benefit=self.short[0],
                                   shares={"county": 1_000}, dry=Line.Dry.PRO_RATA, rest=Line.Rest.AWAIT)  # fmt: skip
            self.allot(own, Allotment.Kind.ORIGINAL, self.short[1], f"演示财社〔{self.year}〕12号")
        self._give_back(self.year - 1)
        for line in Line.objects.filter(region=self.desk.region, year=self.year - 1).order_by("pk"):
            halves = budget.carry_over(
                budget.freeze(line, self.asks), self.asks, f"演示财社〔{self.year}〕{line.pk}0号"
            )
            if halves is not None:
                budget.approve_carry_over(halves, self.approves)
            reserving.move_to_next_year(line, self.asks)
        for line in Line.objects.filter(region=self.desk.region, year=self.year).order_by("pk"):
            reserving.serve_waiting(line, self.asks)

    def _give_back(self, year: int) -> None:
        """What came back in a year and was not paid again goes back to its budget before the year is carried over."""
        pots = Account.objects.filter(region=self.desk.region, year=year, kind=Account.Kind.RETURNED)
        for pot in pots.order_by("pk"):
            if found := returned.in_account(pot):
                asked = returned.ask(
                    pot, [each.payment.pk for each in found], self.asks, "年底前没有联系上收款人，转回预算。"
                )
                returned.agree(asked, self.approves)

    def _line(self, source: Source, shares: dict[str, int], yuan: int, document: str) -> None:
        line = budget.open_line(self.desk.region, source, self.year, self.asks, shares=shares)
        self.allot(line, Allotment.Kind.ORIGINAL, yuan * YUAN, document)

    def allot(self, line: Line, kind: str, fen: int, document: str) -> None:
        budget.approve(budget.ask(line, kind, fen, document, self.asks), self.approves)

    def decide(self) -> None:
        """Which source pays what the place's own documents leave open: one proposes, another decides."""
        if NAMED is self.named:
            return  # the demo county's stay open: somebody may decide them
        for each in FundQuestion.objects.filter(region=self.desk.region, decided_at=None).order_by("pk"):
            document = f"演示财社〔{self.year}〕21号"
            undetermined.propose(
                each, self.asks, self._first, document, "文件没有写明由哪项资金支付，由本级安排（演示）。"
            )
            undetermined.decide(each, self.approves)

    # -- within a year ------------------------------------------------------------------
    def add(self) -> None:
        """More money in the course of the year, of the first source."""
        line = Line.objects.get(region=self.desk.region, source=self._first, year=self.year, benefit="")
        self.allot(line, Allotment.Kind.ADDITION, 2_000_000 * YUAN, f"演示财社〔{self.year}〕31号")

    def ask_for_more(self) -> None:
        """Something that waits for another's approval."""
        line = Line.objects.get(region=self.desk.region, source=self._first, year=self.year, benefit="")
        budget.ask(line, Allotment.Kind.ADDITION, 500_000 * YUAN, f"演示财社〔{self.year}〕47号", self.asks)

    def share_out(self, signers: tuple[User, User]) -> Closing | None:
        """The own line that ran dry gets half of what is awaited there; a period is closed and shared, signed by two."""
        line = Line.objects.filter(region=self.desk.region, dry=Line.Dry.PRO_RATA, waits__ended_at=None).first()
        if line is None:
            return None
        wanted = Waiting.objects.filter(line=line, ended_at=None).aggregate(sum=Sum("amount"))["sum"]
        self.allot(line, Allotment.Kind.ADDITION, wanted // 2, f"演示财社〔{self.year}〕58号")
        closing = sharing.compute(line, self.asks, SHARED_BY % self.year)
        for each in signers:
            closing = sharing.sign(closing, each)
        return closing


def named_of(region: Region) -> Named:
    """The sources that the documents of another place name, each with a line; one of its own where they leave it open."""
    said = {rule.fund for plan in library.current().plans.values() if plan.region == region.code
            for rule in plan.rules.values() if rule.kind == "benefit"}  # fmt: skip
    names = [
        *sorted(said - set(undetermined.NONE)),
        *([f"{region.name}技能人才资金（演示）"] if said & set(undetermined.NONE) else []),
    ]
    return {f"p{region.code}-{at}": (name, SHARES, 20_000_000) for at, name in enumerate(names, start=1)}


def make(desk: Desk, short: Short | None, named: Named = NAMED) -> Money:
    """Sources, the accounts that pay, and the first year's lines."""
    asks = desk["finance"].user
    used = {rule.fund for rule, _plan in library.benefits(desk.region.code).values()}
    made = {}
    for number, (code, (name, _shares, _yuan)) in enumerate(named.items(), start=1):
        made[code], _new = Source.objects.get_or_create(
            code=code, defaults={"name": name, "words": sorted(used & {name})}
        )
        proposed = payers.propose(
            desk.region, made[code], asks, name=f"{desk.region.name}人力资源和社会保障局（演示）", bank="演示银行",
            cnaps="999999000001", number=f"9999{desk.region.code:0>6}0000000{number}", form=exporting.PAIN001,
        )  # fmt: skip
        payers.approve(proposed, desk["finance-2"].user)
    money = Money(desk, named, made, short)
    money.begin()
    return money
