"""A claim in the parts of the desk's pages: who, how much, how long, what the rules saw, what happened."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from huijiang.claims import clock
from huijiang.claims.determine import Asked
from huijiang.claims.models import Act, Check, Claim, Determination
from huijiang.claims.models.checks import Judgement, Severity, Verdict
from huijiang.claims.public_notice import masked
from huijiang.claims.states import PAUSED, RUNNING, State
from huijiang.registry.vocabulary import vocabulary
from huijiang.web.components import conditions as parts
from huijiang.web.components.amount import Amount, grouped
from huijiang.web.components.clauses import Clause
from huijiang.web.components.lists import Event as Happened
from huijiang.web.components.tables import Cell
from huijiang.web.components.tags import Tag

COLOURS: Final = {
    State.SUBMITTED: "blue", State.CHECKING: "blue", State.AWAITING_CORRECTION: "grey", State.IN_REVIEW: "amber",
    State.SECOND_REVIEW: "violet", State.PUBLIC_NOTICE: "teal", State.APPROVED: "green", State.PAYABLE: "teal",
    State.PAID: "green", State.PAYMENT_RETURNED: "red", State.REFUSED: "red", State.UNDER_OBJECTION: "red",
}  # fmt: skip
OUTCOMES: Final = {"true": parts.MET, "false": parts.UNMET, "unknown": parts.UNKNOWN}
SOON: Final = 3  # working days from which a deadline is shown in amber


def state_tag(claim: Claim) -> Tag:
    return Tag(str(claim.get_state_display()), COLOURS.get(State(claim.state), "grey"))


def name_of(claim: Claim) -> str:
    """The payee as a list shows them: a firm's name, a person's masked."""
    if claim.payee_organisation is not None:
        return str(claim.payee_organisation.name)
    return masked(str(claim.payee_person.name)) if claim.payee_person is not None else "—"


def amount_of(made: Determination | None) -> Amount:
    if made is None:
        return Amount(None)
    if made.point is not None:
        return Amount.exactly(made.point)
    return Amount(made.low if made.low or made.high == 0 else None, made.high)


def range_of(asked: Asked) -> str:
    """Between which amounts the text leaves it; of each period, where several are open."""
    if asked.high is None:
        said = _("不低于 %(low)s 元，没有上限") % {"low": grouped(asked.low)}
    else:
        said = _("%(low)s 元到 %(high)s 元") % {"low": grouped(asked.low), "high": grouped(asked.high)}
    return _("每期 %(range)s") % {"range": said} if asked.per_period else said


def ask_figure(field: forms.Field, asked: Asked | None) -> None:
    """Say in a form of what the figure is, and within what."""
    if asked is None:
        return
    field.help_text = _("文件所留的范围：%(range)s。") % {"range": range_of(asked)}
    if asked.per_period:
        field.label = _("每期核定金额（元）")
        field.help_text += _("已开始的 %(begun)s 期、以后的 %(coming)s 期都按这个数；某一期上限更低的，按那一期的上限。") % {
            "begun": asked.begun, "coming": asked.coming}  # fmt: skip


def time_cell(claim: Claim, left: int | None) -> Cell:
    """The deadline in words: how many working days, over by how many, or that the clock stands."""
    if left is None:
        paused = claim.clock_days is not None and claim.state in (
            State.AWAITING_CORRECTION,
            State.PUBLIC_NOTICE,
            State.UNDER_OBJECTION,
        )
        return Cell(_("计时暂停") if paused else "—", icon="clock" if paused else "")
    if claim.deadline is not None and left == 0:
        return Cell(_("今日到期"), icon="clock", tone="amber")
    if left < 0:
        return Cell(ngettext("已超期 %(n)s 天", "已超期 %(n)s 天", -left) % {"n": -left}, icon="clock", tone="red")
    said = ngettext("剩 %(n)s 个工作日", "剩 %(n)s 个工作日", left) % {"n": left}
    return Cell(said, icon="clock", tone="amber" if left <= SOON else "")


def clock_words(claim: Claim, on: dt.date) -> str:
    """A sentence about the office's time; empty where it has none to keep."""
    if claim.clock_days is None or claim.state not in PAUSED | RUNNING:
        return ""
    left = clock.days_left(claim, on)
    if left is None:
        rest = max(claim.clock_days - claim.used_days, 0)
        return _("计时暂停：共 %(all)s 个工作日，已用 %(used)s 个，恢复后还有 %(rest)s 个。") % {
            "all": claim.clock_days, "used": claim.used_days, "rest": rest}  # fmt: skip
    assert claim.deadline is not None
    return _("法定期限 %(day)s，共 %(all)s 个工作日，暂停前已用 %(used)s 个。") % {
        "day": claim.deadline.isoformat(), "all": claim.clock_days, "used": claim.used_days}  # fmt: skip


def clause_of(benefit: str, clause: str) -> Clause:
    document = benefit.partition("#")[0]
    try:
        return Clause(clause, reverse("documents:clause", args=[document, clause]))
    except NoReverseMatch:
        return Clause(clause)


def conditions(body: Mapping[str, Any]) -> list[parts.Condition]:
    """The conditions of a determination: each with what was seen, where from, as of when, by which clause."""
    found = []
    for each in body["conditions"]:
        facts = each["facts"]
        seen = "；".join(f"{fact['label']}：{_value(fact['value'])}" for fact in facts[:6])
        missing = "、".join(dict.fromkeys(one["label"] for one in each["missing"]))
        said = seen if not missing else f"{seen}；{_('缺：')}{missing}" if seen else f"{_('缺：')}{missing}"
        days = [dt.date.fromisoformat(fact["as_of"]) for fact in facts if fact["as_of"]]
        source = "、".join(dict.fromkeys(fact["source"] for fact in facts if fact["source"]))
        found.append(parts.Condition(OUTCOMES[each["outcome"]], each["label"], said, clause_of(body["benefit"], each["clause"]),
                                     source, min(days, default=None)))  # fmt: skip
    return found


def limits(body: Mapping[str, Any]) -> list[str]:
    """Each limit that the claim shares with others, once, with what is left of it: the least of its periods."""
    least: dict[str, Mapping[str, Any]] = {}
    for each in body["left"]:
        if each["label"] not in least or each["left"] < least[each["label"]]["left"]:
            least[each["label"]] = each
    return [
        _("额度“%(label)s”：还余 %(left)s，共 %(cap)s")
        % {"label": label, "left": _much(each, "left"), "cap": _much(each, "cap")}
        for label, each in least.items()
    ]


def _much(each: Mapping[str, Any], name: str) -> str:
    return str(Amount.exactly(each[name])) if each["kind"] == "money" else str(each[name])


def _value(value: object) -> str:
    if value is True:
        return _("是")
    if value is False:
        return _("不是")
    return _("未登记") if value is None or value == "" else str(value)


# -- checks -----------------------------------------------------------------------------
def check_state(check: Check) -> tuple[str, str]:
    """(as a condition's state, what was found in a word)."""
    if check.judgement == Judgement.CLEARED:
        return parts.MET, str(Judgement.CLEARED.label)
    if check.verdict == Verdict.PASSED:
        return parts.MET, str(Verdict.PASSED.label)
    if check.verdict == Verdict.FAILED:
        return parts.UNMET, str(check.get_judgement_display() or check.get_verdict_display())
    return parts.UNKNOWN, str(check.get_verdict_display())


def evidence(check: Check) -> list[str]:
    """What a hit rests on, in words: places and case numbers, registers and their day, how many registered rows."""
    told, regions = check.evidence, vocabulary().regions.by_code
    lines = [
        _("%(place)s，编号 %(number)s") % {"place": regions[each["place"]].name if each["place"] in regions else each["place"],
                                         "number": each["number"] or "—"}
        for each in told.get("matches", ())
    ]  # fmt: skip
    for each in told.get("registers", ()):
        said = {"register": each["register"], "source": each["source"], "day": each.get("as_of", "")}
        lines.append(_("%(register)s：%(source)s，数据日期 %(day)s") % said if "as_of" in each
                     else _("%(register)s：%(source)s 没有答复") % said)  # fmt: skip
    rows = Counter(table for table, _number in told.get("rows", ()))
    lines += [
        _("登记：%(table)s %(n)s 行") % {"table": vocabulary().tables[table].label, "n": n} for table, n in rows.items()
    ]
    lines += [
        _("%(n)s 件里 %(reviews)s 件") % {"n": each["total"], "reviews": each["reviews"]}
        for each in told.get("reviews", ())
    ]
    if told.get("unverified"):
        lines.append(_("用到没有核对过的数：%(names)s") % {"names": "、".join(told["unverified"])})
    if told.get("missing"):
        lines.append(_("缺：%(facts)s") % {"facts": "、".join(told["missing"])})
    return lines


def latest_checks(claim: Claim) -> list[Check]:
    """The last finding of each verifier, exceptions first."""
    found = list(claim.checks.order_by("verifier", "-id").distinct("verifier").select_related("judged_by"))
    rank = {parts.UNMET: 0, parts.UNKNOWN: 1, parts.MET: 2}
    return sorted(found, key=lambda each: (rank[check_state(each)[0]], each.severity != Severity.BLOCK, each.verifier))


def check_cell(found: tuple[int, int, int] | None) -> Cell:
    """n/m of a row: what passed, of how many; red where something failed that nobody judged."""
    if found is None:
        return Cell(_("未核验"), tone="")
    passed, of, open_ = found
    if open_:
        return Cell(_("有不符项"), icon="cross", tone="red", note=f"{passed}/{of}")
    if passed < of:
        return Cell(_("需人工判断"), icon="question", tone="amber", note=f"{passed}/{of}")
    return Cell(_("核验通过"), icon="check", tone="green", note=f"{passed}/{of}")


# -- what happened -------------------------------------------------------------------------
def happened(claim: Claim) -> list[Happened]:
    """Moves, determinations, requests and answers, the newest first; people and the system told apart."""
    found: list[tuple[dt.datetime, int, Happened]] = []
    for move in claim.movements.select_related("by"):
        said = [_(each) for each in (move.words, move.reason) if each]
        if move.condition:
            said.insert(0, _("未满足：%(condition)s") % {"condition": move.condition})
        who = (
            f"{move.by.name}（{move.get_who_display()}）"
            if move.by is not None and move.who != "applicant"
            else str(move.get_who_display())
        )
        found.append((move.at, move.number * 2, Happened(move.at, f"{move.get_event_display()} → {move.get_target_display()}", "；".join(said), who,
                                                automatic=move.by is None and move.who == "system")))  # fmt: skip
    for made in claim.determinations.select_related("made_by"):
        title = _("第 %(n)s 次核定：%(outcome)s，%(amount)s") % {
            "n": made.number, "outcome": made.get_outcome_display(), "amount": amount_of(made)}  # fmt: skip
        found.append((made.made_at, 1, Happened(made.made_at, title, made.basis_words, made.made_by.name if made.made_by else "",
                                                automatic=made.made_by is None)))  # fmt: skip
    for dispute in claim.disputes.select_related("answered_by"):
        if dispute.answered_at is not None:
            title = _("异议成立") if dispute.upheld else _("异议不成立")
            found.append((dispute.answered_at, 1, Happened(dispute.answered_at, title, dispute.answer,
                                                           dispute.answered_by.name if dispute.answered_by else "")))  # fmt: skip
    return [each for _at, _n, each in sorted(found, key=lambda one: (one[0], one[1]), reverse=True)]


def signatures(claim: Claim) -> list[Act]:
    """Who signed what; those that are void too, marked."""
    return list(claim.acts.select_related("user", "determination").order_by("id"))
