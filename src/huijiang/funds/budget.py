"""Budget lines: opening one, allotting money to it, freezing it at the year's end and carrying over what is left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from huijiang import audit
from huijiang.access.humans import same
from huijiang.accounts.models import User
from huijiang.accounts.viewers import today
from huijiang.funds import ledger, returned
from huijiang.funds.models import Account, Allotment, Closing, Entry, Line, RuleChange, Share, Source
from huijiang.regions.models import Region
from huijiang.web.components.amount import yuan

WHOLE = 1_000  # thousandths
LESS = (Allotment.Kind.REDUCTION, Allotment.Kind.CARRIED_OUT)


class BudgetError(ValueError):
    """Something that can't be done with a budget line; says what and how to mend it."""


@dataclass(frozen=True)
class Part:
    """What a tier of government bears of an amount, in fen."""

    tier: str
    amount: int


@transaction.atomic
def open_line(
    region: Region, source: Source, year: int, by: User, *, benefit: str = "", function_code: str = "2080799",
    economic_code: str = "30399", dry: str = Line.Dry.FIRST_COME, rest: str = Line.Rest.AWAIT,
    shares: Mapping[str, int] | None = None,
) -> Line:  # fmt: skip
    """A line without money yet; the same line again is given as it is.  `shares`: tier → thousandths, 1,000 in all.

    Raises BudgetError when the shares don't sum to the whole.
    """
    return opened(region, source, year, by, benefit=benefit, function_code=function_code, economic_code=economic_code,
                  dry=dry, rest=rest, shares=shares or {Share.Tier.COUNTY: WHOLE})[0]  # fmt: skip


@transaction.atomic
def opened(
    region: Region, source: Source, year: int, by: User, *, benefit: str, function_code: str, economic_code: str,
    dry: str, rest: str, shares: Mapping[str, int],
) -> tuple[Line, bool]:  # fmt: skip
    """As `open_line`, and whether the line is new: False where it stood before, with what was declared of it then."""
    if sum(shares.values()) != WHOLE:
        raise BudgetError(_("分担比例合计 %(sum)s‰；应为 1000‰。") % {"sum": sum(shares.values())})
    line, made = Line.objects.get_or_create(
        region=region, source=source, year=year, benefit=benefit,
        defaults={"function_code": function_code, "economic_code": economic_code, "dry": dry, "rest": rest},
    )  # fmt: skip
    if made:
        Share.objects.bulk_create(
            Share(line=line, tier=tier, thousandths=part) for tier, part in sorted(shares.items())
        )
        audit.record(by, "funds.line_opened", f"line:{line.uid}", region.pk, year=year, source=source.code)
    return line, made


def rule_stands(line: Line) -> str:
    """Why what a line does when it runs dry can't be declared anew; empty while it can."""
    if line.frozen_at is not None:
        return _("%(year)s 年度额度已冻结，规则不再改；新的规则请在新年度的额度上定。") % {"year": line.year}
    if line.reservations.exists():
        return _("这笔额度已预留过资金，用完时的规则不能再改；新的规则请在下一年度的额度上定。")
    if line.closings.filter(state=Closing.State.OPEN).exists():
        return _("有一次按比例发放在等签署，请先签署或作废。")
    return ""


@transaction.atomic
def change_rule(line: Line, by: User, *, dry: str, rest: str, reason: str) -> bool:
    """Declare anew what a line does when it runs dry, as long as no money was held on it; False where nothing differs.

    Raises BudgetError without a reason, and once money was held, the line is frozen or a closing waits for signatures.
    """
    held = Line.objects.select_for_update(of=("self",)).get(pk=line.pk)
    stands = rule_stands(held)
    if stands:
        raise BudgetError(stands)
    if not reason.strip():
        raise BudgetError(_("请写明改规则的理由。"))
    if (held.dry, held.rest) == (dry, rest):
        return False
    RuleChange.objects.create(line=held, dry_before=held.dry, rest_before=held.rest, dry=dry, rest=rest,
                              reason=reason.strip()[:500], by=by)  # fmt: skip
    Line.objects.filter(pk=held.pk).update(dry=dry, rest=rest)
    audit.record(by, "funds.line_rule_changed", f"line:{held.uid}", held.region_id, dry_before=held.dry,
                 rest_before=held.rest, dry=dry, rest=rest)  # fmt: skip
    line.refresh_from_db()
    return True


@transaction.atomic
def ask(line: Line, kind: str, amount: int, document: str, by: User) -> Allotment:
    """Ask for a change of a line's money; another person approves it.  `amount` in fen, below zero for less."""
    if not document.strip():
        raise BudgetError(_("请写明依据的文号。"))
    less = kind in LESS
    if amount == 0 or less != (amount < 0):
        raise BudgetError(_("金额 %(yuan)s 元与“%(kind)s”不符：调减和结转转出为负，其余为正，不能为 0。")
                          % {"yuan": yuan(amount), "kind": Allotment.Kind(kind).label})  # fmt: skip
    made = Allotment.objects.create(line=line, kind=kind, amount=amount, document=document.strip(), asked_by=by)
    audit.record(by, "funds.allotment_asked", f"allotment:{made.uid}", line.region_id, kind=kind, amount=amount)
    return made


@transaction.atomic
def approve(allotment: Allotment, by: User) -> Allotment:
    """Let a change count: the line's money moves, and the ledger's.  Approving it twice changes nothing.

    Raises BudgetError when the same person asked for it, when more is reserved and spent than would be left, or, of a
    carry-over, while money of that year that came back is neither paid again nor given back.
    """
    line = Line.objects.select_for_update(of=("self",)).get(pk=allotment.line_id)
    held = Allotment.objects.select_for_update(of=("self",)).get(pk=allotment.pk)
    if held.approved_by_id is not None:
        return held
    if same(by, held.asked_by):
        raise BudgetError(_("提出的人不能批准自己的额度变动，请由另一位批准。"))
    if line.frozen_at is not None and held.kind != Allotment.Kind.CARRIED_OUT:
        raise BudgetError(_("%(year)s 年度额度已冻结，请在新年度追加。") % {"year": line.year})
    if held.kind == Allotment.Kind.CARRIED_OUT and (unsettled := returned.must_be_settled(line)):
        raise BudgetError(unsettled)
    if line.free + held.amount < 0:
        raise BudgetError(_("只剩 %(free)s 元可用，不能再减 %(less)s 元。")
                          % {"free": yuan(line.free), "less": yuan(-held.amount)})  # fmt: skip
    Allotment.objects.filter(pk=held.pk).update(approved_by=by, approved_at=Now())
    _into_the_ledger(line, held, by)
    audit.record(by, "funds.allotment_approved", f"allotment:{held.uid}", line.region_id, amount=held.amount)
    held.refresh_from_db()
    return held


def _into_the_ledger(line: Line, allotment: Allotment, by: User) -> None:
    kinds = {Allotment.Kind.CARRIED_IN: Entry.Kind.CARRY_OVER, Allotment.Kind.CARRIED_OUT: Entry.Kind.CARRY_OVER,
             Allotment.Kind.OPENING: Entry.Kind.OPENING}  # fmt: skip
    bank, allotted = (
        ledger.account(line.region_id, line.source, line.year, kind)
        for kind in (Account.Kind.BANK, Account.Kind.ALLOTMENT)
    )
    ledger.post(ledger.Order(
        kinds.get(Allotment.Kind(allotment.kind), Entry.Kind.ALLOTMENT), f"allotment {allotment.uid}", today(),
        [ledger.Move(bank, allotment.amount), ledger.Move(allotted, -allotment.amount)],
        f"line:{line.uid}", allotment.document,
    ), by)  # fmt: skip


def parts(line: Line, amount: int) -> list[Part]:
    """How the tiers bear an amount: by thousandths, rounded down, what is left over borne by the lowest tier."""
    tiers = list(Share.Tier)
    shares = sorted(line.shares.all(), key=lambda each: tiers.index(Share.Tier(each.tier)))
    found = [Part(each.tier, amount * each.thousandths // WHOLE) for each in shares]
    left = amount - sum(each.amount for each in found)
    return [*found[:-1], Part(found[-1].tier, found[-1].amount + left)]


@transaction.atomic
def freeze(line: Line, by: User) -> Line:
    """End a year: nothing more is reserved on the line.  What is reserved may still be paid."""
    held = Line.objects.select_for_update(of=("self",)).get(pk=line.pk)
    if held.frozen_at is None:
        Line.objects.filter(pk=held.pk).update(frozen_at=Now(), frozen_by=by)
        audit.record(by, "funds.line_frozen", f"line:{held.uid}", held.region_id, year=held.year, free=held.free)
        held.refresh_from_db()
    return held


def carries(line: Line) -> bool:
    """Whether something became free on a frozen line (what came back, what was released) and nobody asked to carry it on."""
    asked = line.allotments.filter(kind=Allotment.Kind.CARRIED_OUT, approved_by=None)
    return line.frozen_at is not None and line.free > 0 and not asked.exists()


@transaction.atomic
def carry_over(line: Line, by: User, document: str) -> tuple[Allotment, Allotment] | None:
    """Ask that what is free on a frozen line goes to next year's; None where nothing is.  Both halves wait for
    another person (`approve_carry_over`).  Raises BudgetError for a line that is not frozen."""
    held = Line.objects.select_for_update(of=("self",)).get(pk=line.pk)
    if held.frozen_at is None:
        raise BudgetError(_("%(year)s 年度额度还没有冻结，冻结后才能结转。") % {"year": held.year})
    waiting = held.allotments.filter(kind=Allotment.Kind.CARRIED_OUT, approved_by=None)
    if waiting.exists():
        raise BudgetError(_("已有一笔结转在等批准。"))
    if held.free == 0:
        return None
    shares = {each.tier: each.thousandths for each in held.shares.all()}
    following = open_line(
        held.region, held.source, held.year + 1, by, benefit=held.benefit, function_code=held.function_code,
        economic_code=held.economic_code, dry=held.dry, rest=held.rest, shares=shares,
    )  # fmt: skip
    return (ask(held, Allotment.Kind.CARRIED_OUT, -held.free, document, by),
            ask(following, Allotment.Kind.CARRIED_IN, held.free, document, by))  # fmt: skip


@transaction.atomic
def approve_carry_over(halves: tuple[Allotment, Allotment], by: User) -> None:
    """Both halves or neither."""
    for each in halves:
        approve(each, by)
