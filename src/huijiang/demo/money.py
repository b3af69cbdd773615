"""The demo's money: sources under the names that the documents use, this year's lines and last year's, one that runs dry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from huijiang.accounts.viewers import today
from huijiang.demo.people import Desk
from huijiang.documents import library
from huijiang.funds import budget, reserving
from huijiang.funds.models import Allotment, Line, PayingAccount, Source, Waiting
from huijiang.sealed import seal

YUAN: Final = 100  # fen
NAMED: Final = {
    "talent": ("人才专项资金", {"province": 200, "city": 300, "county": 500}, 30_000_000),
    "skills": ("职业技能提升专账资金", {"central": 400, "province": 300, "county": 300}, 6_000_000),
}
"""Code → name, who bears it in thousandths, and what a year has in yuan."""
FORM: Final = "pain.001"


@dataclass(frozen=True)
class Money:
    """What there is: sources by their code."""

    sources: dict[str, Source]


def make(desk: Desk, short: tuple[str, int] | None) -> Money:
    """Sources and lines.  `short`: a benefit and the fen that its own line gets, less than
    it will need."""
    asks, approves, year = desk["finance"].user, desk["finance-2"].user, today().year
    used = {rule.fund for plan in library.placed(desk.region.code).in_place(desk.region.code)
            for rule in plan.rules.values() if rule.kind == "benefit"}  # fmt: skip
    made = {}
    for number, (code, (name, shares, yuan)) in enumerate(NAMED.items(), start=1):
        source, _new = Source.objects.get_or_create(code=code, defaults={"name": name, "words": sorted(used & {name})})
        made[code] = source
        PayingAccount.objects.create(
            region=desk.region, source=source, name=f"{desk.region.name}人力资源和社会保障局（演示）", bank="演示银行",
            cnaps="999999000001", number=seal(f"99990000000000000{number}", "paying_account.number"), form=FORM, made_by=asks,
        )  # fmt: skip
        before = budget.open_line(desk.region, source, year - 1, asks, shares=shares)
        _allot(before, Allotment.Kind.ORIGINAL, yuan // 10, f"演示财社〔{year - 1}〕{number}号", desk)
        line = budget.open_line(desk.region, source, year, asks, shares=shares)
        _allot(line, Allotment.Kind.ORIGINAL, yuan, f"演示财社〔{year}〕{number}号", desk)
        halves = budget.carry_over(budget.freeze(before, asks), asks, f"演示财社〔{year}〕{number}0号")
        if halves is not None:
            budget.approve_carry_over(halves, approves)
    line = Line.objects.get(region=desk.region, source=made["talent"], year=year, benefit="")
    _allot(line, Allotment.Kind.ADDITION, 2_000_000, f"演示财社〔{year}〕31号", desk)
    budget.ask(line, Allotment.Kind.ADDITION, 500_000 * YUAN, f"演示财社〔{year}〕47号", asks)  # waits for approval
    if short is not None:
        benefit, fen = short
        own = budget.open_line(desk.region, made["talent"], year, asks, benefit=benefit, shares={"county": 1_000},
                               dry=Line.Dry.FIRST_COME)  # fmt: skip
        asked = budget.ask(own, Allotment.Kind.ORIGINAL, fen, f"演示财社〔{year}〕12号", asks)
        budget.approve(asked, approves)
    return Money(made)


def relieve(desk: Desk) -> None:
    """Lines that ran dry get what the longest waiting need; whoever is behind them waits on."""
    dry = Line.objects.filter(region=desk.region, waits__ended_at=None).exclude(benefit="").distinct()
    for line in dry.order_by("pk"):
        waiting = list(Waiting.objects.filter(line=line, ended_at=None).order_by("since", "id").select_related("due"))
        first = dict.fromkeys([each.due.claim_id for each in waiting])
        served = list(first)[: max(1, len(first) // 2)]
        fen = sum(each.amount for each in waiting if each.due.claim_id in served) - line.free
        document = f"演示财社〔{line.year}〕58号"
        budget.approve(
            budget.ask(line, Allotment.Kind.ADDITION, fen, document, desk["finance"].user), desk["finance-2"].user
        )
        reserving.serve_waiting(line, desk["finance"].user)


def _allot(line: Line, kind: str, yuan: int, document: str, desk: Desk) -> None:
    budget.approve(budget.ask(line, kind, yuan * YUAN, document, desk["finance"].user), desk["finance-2"].user)
