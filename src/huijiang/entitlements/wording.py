"""A result in the words and parts of the pages: cards, lines, the first sentence, what to do next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from huijiang.entitlements.live import Condition as Judged
from huijiang.entitlements.live import Entitlement, Result
from huijiang.entitlements.models import State
from huijiang.web.components import conditions as parts
from huijiang.web.components.amount import Amount
from huijiang.web.components.benefits import Benefit, Step
from huijiang.web.components.clauses import Clause
from huijiang.web.components.tags import ASK, NEAR, NOT, READY

ANSWER = {State.READY: READY, State.UNKNOWN: ASK, State.NEAR: NEAR, State.NO: NOT}
OUTCOME = {True: parts.MET, False: parts.UNMET, None: parts.UNKNOWN}
Address = Callable[[Entitlement], str]
MOST_FACTS = 4
MOST_NUMBER = 20  # characters of a document number that stands beside an amount


def amount_of(low: int, high: int | None, label: str = "", kind: str = "") -> Amount:
    """Both ends in fen; nothing known at all is 未定, never 0."""
    return Amount(low if low or high == 0 else None, high, label=label, kind=kind)


def clause_of(each: Entitlement, named: bool = False) -> Clause:
    """The clause with its page, where there is one."""
    return Clause(
        each.clause,
        _page_of(each.document_id, each.clause),
        each.document if named and len(each.document) <= MOST_NUMBER else "",
    )


@lru_cache(maxsize=4_096)
def _page_of(document: str, clause: str) -> str:
    try:
        return reverse("documents:clause", args=[document, clause])
    except NoReverseMatch:
        return ""


def condition(judged: Judged, of: Entitlement, mend: str = "") -> parts.Condition:
    """One condition: what was seen, where from, since when; or who has what is missing."""
    source = "、".join(dict.fromkeys(fact.source for fact in judged.facts if fact.source))
    days = [fact.as_of for fact in judged.facts if fact.as_of]
    shown = parts.Condition(
        OUTCOME[judged.outcome], judged.label, _seen(judged, of), clause_of(of), source, min(days, default=None)
    )
    if mend and judged.outcome is None and judged.kind != "open" and any(each.table for each in judged.missing):
        return parts.Condition(shown.state, shown.label, shown.fact, shown.clause, shown.source, shown.date, mend,
                               _("看看登记了什么"))  # fmt: skip
    return shown


def _seen(judged: Judged, of: Entitlement) -> str:
    if judged.outcome is None and judged.missing:
        return _missing(judged)
    if judged.facts:
        told = [f"{fact.label}：{fact.value}" for fact in judged.facts[:MOST_FACTS]]
        more = len(judged.facts) - len(told)
        return "；".join(told) + (_("；另有 %(n)s 条") % {"n": more} if more > 0 else "")
    if judged.kind == "force" and of.effective:
        until = of.expires.isoformat() if of.expires else _("长期")
        return _("文件自 %(since)s 起施行，至 %(until)s") % {"since": of.effective.isoformat(), "until": until}
    if judged.kind == "join":
        return _("登记里没有找到") if judged.outcome is False else _("登记里有")
    return _("要先满足前面的条件才能判断") if judged.outcome is None else ""


def _missing(judged: Judged) -> str:
    if judged.kind == "open":
        return "；".join(each.label for each in judged.missing) or _("由有关部门另行判断")
    told = judged.missing[:MOST_FACTS]
    held = [_("%(what)s（在%(who)s）") % {"what": each.label, "who": each.source} for each in told if each.table]
    said = [_("还缺：") + "；".join(held)] if held else []
    return "；".join(
        [*said, *(_("要对照%(list)s，系统里收的还不全") % {"list": each.label} for each in told if not each.table)]
    )


def is_open(judged: Judged) -> bool:
    """What no register can settle: left to somebody's judgement or to another text."""
    return judged.outcome is None and judged.kind == "open"


def must_also(each: Entitlement) -> list[str]:
    return [f"{judged.label}：{_seen(judged, each)}" for judged in each.conditions if is_open(judged)]


def judged_conditions(each: Entitlement, mend: str = "") -> list[parts.Condition]:
    """Those that registers settle; what can't be judged before another one is met is left for later."""
    return [
        condition(judged, each, mend) for judged in each.conditions
        if not is_open(judged) and (judged.outcome is not None or judged.missing or judged.facts)
    ]  # fmt: skip


def money(each: Entitlement) -> Amount | None:
    """What the card says at its right: due now, or what it would come to."""
    if each.kind != "benefit":
        return None
    match each.state:
        case State.READY:
            later = each.high != each.due_high or each.low != each.due_low
            kind = _("全部期数共 %(sum)s") % {"sum": amount_of(each.low, each.high)} if later else ""
            return amount_of(each.due_low, each.due_high, _("现在可领"), kind)
        case State.NEAR if each.step is not None:
            return amount_of(each.step.low, each.step.high, _("符合后可领"))
        case State.UNKNOWN:
            return amount_of(each.if_low, each.if_high, _("符合后可领"))
        case _:
            return None


def next_step(each: Entitlement, address: str, claim: str = "") -> Step | None:
    """One sentence, and the page that says more; `claim`: the page on which it is claimed."""
    match each.state:
        case State.READY if claim:
            text = _("登记里已有的材料不用再交，核对收款账户就可以提交，几分钟办完。")
            return Step(text, _("申领"), claim, primary=True)
        case State.UNKNOWN if claim and not waits_for_lists(each):
            return Step(_("还缺登记里没有的信息，由您填写或上传就能判断。"), _("去填写"), claim, primary=True)
        case State.READY if each.kind == "benefit":
            text = _("带身份证和社保卡到人力社保服务窗口申领，登记里已有的材料不用再交。")
        case State.READY:
            text = each.gives
        case State.UNKNOWN if all(is_open(judged) for judged in each.open):
            text = _("登记里能核对的条件都已满足，余下的由有关部门判断，可以到窗口或拨 12333 询问。")
        case State.UNKNOWN:
            missing = dict.fromkeys(m for judged in each.open if not is_open(judged) for m in judged.missing)
            holders = "、".join(dict.fromkeys(m.source for m in missing if m.table))
            text = _("所缺的信息在：%(who)s。那里补上后，这里马上重新判断。") % {"who": holders}
            if not missing:  # a condition that waits for others
                text = _("登记里的信息还不够判断。说明里有每一个条件；要问的，请到窗口或拨 12333。")
            if waits_for_lists(each):
                lists = "、".join(dict.fromkeys(m.label for m in missing))
                text = _("要对照%(lists)s，系统里收的还不全，所以现在判断不了。您不用补什么，收全以后这里马上重新判断；"
                         "着急的话，请到窗口或拨 12333，由工作人员对照原件核实。") % {"lists": lists}  # fmt: skip
        case State.NEAR if each.step is not None and each.step.day is not None:
            text = _("%(day)s 起满足“%(label)s”，不用做什么。") % {
                "day": each.step.day.isoformat(), "label": each.step.label,
            }  # fmt: skip
        case State.NEAR if each.step is not None:
            text = _("还需要：%(needs)s。") % {"needs": each.step.needs}
        case _:
            return None
    return Step(text, _("查看说明"), address)


def waits_for_lists(each: Entitlement) -> bool:
    """Whether what is missing are lists and standards alone: nothing that the one who reads this could bring."""
    missing = [m for judged in each.open if not is_open(judged) for m in judged.missing]
    return bool(missing) and not any(m.table for m in missing)


def nowhere(each: Entitlement) -> str:
    """For readers who claim nothing here."""
    return ""


def card(
    each: Entitlement, address: Address, mend: str = "", disputed: bool = False, claim: Address = nowhere
) -> Benefit:
    """One result as a card."""
    here = address(each)
    return Benefit(
        ANSWER[each.state], each.name, judged_conditions(each, mend), money(each), here,
        (each.issuers or ("",))[-1] if len(each.issuers) < 2 else each.issuers[1], each.gives if each.kind == "treatment" else _about(each),
        clause_of(each, named=True), next=next_step(each, here, claim(each)), must_also=must_also(each),
        working=f"{here}#working" if works(each) else "", dispute=f"{here}object/" if disputed else "",
    )  # fmt: skip


def works(each: Entitlement) -> bool:
    """Whether there is an amount whose working says something."""
    return bool(each.working) and each.state in (State.READY, State.UNKNOWN)


def _about(each: Entitlement) -> str:
    """Which event: its kind and day."""
    return f"{each.what} {each.day.isoformat()}" if each.day and each.what else ""


@dataclass(frozen=True)
class Line:
    """A result in one line: why, or what it gives, or to whom."""

    title: str
    address: str
    why: str
    amount: Amount | None
    clause: Clause
    answer: str = ""


def line(each: Entitlement, address: Address) -> Line:
    """For results that are far away, for treatments, and for what goes to a firm."""
    why = each.gives
    if each.state is not State.READY and each.open:
        first = each.open[0]
        why = f"{first.label}：{_seen(first, each)}"
    elif each.kind == "benefit":
        why = _("发给 %(who)s") % {"who": each.payee} if each.payee and not each.to_me else _about(each)
    return Line(each.name, address(each), why, money(each), clause_of(each), ANSWER[each.state])


@dataclass(frozen=True)
class Section:
    """One heading with its count, its cards and its lines: the count is theirs."""

    anchor: str
    title: str
    cards: Sequence[Benefit]
    lines: Sequence[Line] = ()
    lead: str = ""
    folded: bool = False

    @property
    def count(self) -> int:
        return len(self.cards) + len(self.lines)


@dataclass(frozen=True)
class First:
    """The first sentence: how many can be claimed now and what they come to; `rights` are without money."""

    ready: int
    amount: Amount | None
    rights: int
    ask: int
    near: int
    not_met: int
    others: int


def sections(result: Result, address: Address, mend: str = "", claim: Address = nowhere) -> list[Section]:
    """The page's parts in order, empty ones left out."""
    mine = [each for each in result.entitlements if each.to_me]

    def of(state: State, kind: bool) -> list[Entitlement]:
        return [each for each in mine if each.state is state and (each.kind == "benefit") is kind]

    def cards(found: list[Entitlement]) -> list[Benefit]:
        return [card(each, address, mend, disputed=bool(mend), claim=claim) for each in found]

    def lines(found: Sequence[Entitlement]) -> list[Line]:
        return [line(each, address) for each in found]

    others = [each for each in result.entitlements if not each.to_me and each.state in (State.READY, State.UNKNOWN)]
    far = [*of(State.NO, True), *of(State.NO, False)]
    found = [
        Section("ready", _("可以申领"), cards(of(State.READY, True))),
        Section("rights", _("可以享受的待遇"), (), lines(of(State.READY, False)), _("不发钱、也不用申领，办相应的事时直接适用。")),
        Section("ask", _("补信息后可判断"), cards(of(State.UNKNOWN, True)), lines(of(State.UNKNOWN, False))),
        Section("near", _("差一个条件"), cards(of(State.NEAR, True)), lines(of(State.NEAR, False))),
        Section("firm", _("因您的事由、发给单位的"), (), lines(others), _("这些钱不发给您本人，列在这里让您知道。")),
        Section("not", _("暂不符合"), (), lines(far), folded=True),
    ]  # fmt: skip
    return [each for each in found if each.count]


def first_sentence(result: Result, shown: Sequence[Section]) -> First:
    """Counted from the sections, so that it can't say otherwise than they do."""
    counts = {each.anchor: each.count for each in shown}
    total = amount_of(result.low, result.high) if counts.get("ready") else None
    return First(counts.get("ready", 0), total, counts.get("rights", 0), counts.get("ask", 0), counts.get("near", 0),
                 counts.get("not", 0), counts.get("firm", 0))  # fmt: skip
