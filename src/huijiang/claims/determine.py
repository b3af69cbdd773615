"""Determinations: what the rules make of frozen facts, signed by digest.

determine(claim, viewer)                                    the rule (or a local rule) gives the point
determine(claim, viewer, figure=…, basis=Basis.AUDITED_COST, basis_words="…")
asked(made)            which figure a person has to give, where the rules leave an interval
body_of(made)          conditions, working, lines, limits (dict; see `judging.Judged.told`), and what is due
open_conditions(made)  labels of what is not met or not known
still_holds(claim, made)
verify(made)           whether the digest covers what is stored
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

import tiaowen
from huijiang import audit
from huijiang.accounts.viewers import Viewer, today
from huijiang.claims import effects, freezing, judging, locks, merging, opinions
from huijiang.claims.errors import CannotDetermine
from huijiang.claims.judging import Judged
from huijiang.claims.models import CapGroup, Claim, Determination
from huijiang.claims.models.decision import Basis, Outcome
from huijiang.web.components.amount import Amount
from tiaowen.check.library import Library


def evaluate(claim: Claim, on: dt.date | None = None, placed: Library | None = None) -> Judged:
    """What the rules in force say of a claim now: the registry as it is, and what was declared.  Raises CannotDetermine."""
    person, organisation, holder = merging.now_of(claim)
    return judging.judge_live(
        claim.region_id, claim.benefit, holder, on or today(), person=person, organisation=organisation,
        answers=claim.answers, opinions=opinions.of(claim), placed=placed,
    )  # fmt: skip


def determine(
    claim: Claim, viewer: Viewer | None, *, figure: int | None = None, basis: Basis | None = None, basis_words: str = "",
    on: dt.date | None = None,
) -> Determination:  # fmt: skip
    """A new determination of a claim that is held, in submitted, checking or in_review; earlier signatures are void.

    `figure` (fen) with its basis where the rules leave an interval: within it, by a person, with words; of the whole
    where one amount that has begun is open, else of each period (`asked`).  Raises CannotDetermine.
    """
    judged = evaluate(claim, on)
    payable = Payable(judged, _left(claim, judged))
    if figure is not None:
        payable.fix(figure, basis, basis_words, viewer)
    number = (claim.determinations.order_by("-number").values_list("number", flat=True).first() or 0) + 1
    facts, body = freezing.canonical(judged.kept), freezing.canonical({**judged.told(), **payable.told()})
    made = Determination(
        claim=claim, number=number, release=judged.placed.release, engine=tiaowen.__version__, on=judged.on,
        outcome=payable.outcome, low=payable.low, high=payable.high, later=payable.later, point=payable.point,
        basis=payable.basis, basis_words=basis_words if figure is not None else "", facts=facts, body=body,
        made_by=viewer.user if viewer is not None else None,
    )  # fmt: skip
    made.digest = digest_of(made, facts, body)
    made.save()
    audit.record(made.made_by, "claims.determined", f"claim:{claim.uid}", claim.region_id, number=number,
                 digest=made.digest, outcome=made.outcome, release=made.release)  # fmt: skip
    effects.tell("determined", claim, determination=made)
    return made


@dataclass(frozen=True)
class Asked:
    """The figure that a person gives: from, to (fen; None: no ceiling), for how many open periods that have begun and
    that are still to come.  Where one amount that has begun is open it is of the whole; else it is each period's."""

    low: int
    high: int | None
    begun: int
    coming: int

    @property
    def per_period(self) -> bool:
        return self.begun != 1 or self.coming > 0

    def within(self) -> Amount:
        return Amount(self.low, self.high)

    def at_most(self, wish: int) -> int:
        """A wish in fen, cut to what may be given."""
        return max(self.low, wish if self.high is None else min(wish, self.high))


class Payable:
    """What of a judgement can be paid: after what other claims left of shared limits; and its point."""

    def __init__(self, judged: Judged, left: list[dict[str, Any]]) -> None:
        self.judged, self.left = judged, left
        essence = judged.essence()
        self.later: int | None = essence["later"]
        self.lines = [dict(each) for each in essence["lines"] if each["begun"]]
        self.coming = [each for each in essence["lines"] if not each["begun"]]
        self.outcome = essence["outcome"] if essence["outcome"] in Outcome.values else Outcome.REFUSED
        self._limited()
        self.low = sum(each["low"] for each in self.lines)
        highs = [each["high"] for each in self.lines]
        self.high: int | None = None if None in highs else sum(highs)
        least = judged.left_open()
        self.open = [each for each in (*self.lines, *self.coming)
                     if each["low"] != each["high"] and (each["period"], each["instalment"]) in least]  # fmt: skip
        for each in self.coming:  # its conditions are for a later day to say
            each["low"] = max(each["low"], least.get((each["period"], each["instalment"]), each["low"]))
        self.asked = self._asked()
        self.point: int | None = None
        self.basis = ""
        if self.outcome == Outcome.ENTITLED and self.high == self.low and not self.open:
            fixed = any(each["outcome"] == "true" for each in judged.fixed_by())
            self.point, self.basis = self.low, Basis.LOCAL_RULE if fixed else Basis.RULE

    def _limited(self) -> None:
        """Cut the lines, in their order, to what is left of each limit."""
        for limit in self.left:
            mine = [each for each in self.lines if [each["period"], each["instalment"]] in limit["places"]]
            room = limit["left"]
            for each in mine:
                if limit["kind"] == "money":
                    each["low"], each["high"] = (
                        min(each["low"], room),
                        room if each["high"] is None else min(each["high"], room),
                    )
                    room -= each["low"]
                elif room < 1:
                    each["low"] = each["high"] = 0
                else:
                    room -= 0 if limit["events"] else 1
        if self.lines and self.outcome == Outcome.ENTITLED and not any(each["high"] != 0 for each in self.lines):
            self.outcome = Outcome.EXCLUDED

    def _asked(self) -> Asked | None:
        """What a person has to give; None where nothing is open, nothing is granted, or nobody can give it yet."""
        if self.outcome != Outcome.ENTITLED or not self.open or self._not_yet():
            return None
        begun = sum(each["begun"] for each in self.open)
        if len(self.open) == begun == 1:
            return Asked(self.low, self.high, 1, 0)
        highs = [each["high"] for each in self.open]
        return Asked(
            min(each["low"] for each in self.open), None if None in highs else max(highs), begun, len(highs) - begun
        )

    def _not_yet(self) -> str:
        """Why nobody can give a figure now; empty where somebody can."""
        if any(each["outcome"] != "true" and each["high"] != 0 for each in self.lines):
            return _("已开始的某一期条件还不清楚，先核实再核定金额。")
        if len({each["instalment"] for each in self.open}) > 1:
            return _("几笔分期各有各的范围，不能核定为一个数；请先由地方细则定下其中几笔。")
        return ""

    def fix(self, figure: int, basis: Basis | None, words: str, viewer: Viewer | None) -> None:
        """A person's figure, within what the rules leave; a period whose ceiling is lower takes its ceiling, and what is
        to come is signed with it.  Raises CannotDetermine."""
        if viewer is None or basis not in (Basis.AUDITED_COST, Basis.ASSESSED_AWARD) or not words.strip():
            raise CannotDetermine(_("核定金额要由人给出，并写明依据。"))
        asked = self.asked
        if asked is None and self.open and (why := self._not_yet()):
            raise CannotDetermine(why)
        if asked is None:
            raise CannotDetermine(_("这件申报的金额不是要核定的区间。"))
        if figure < asked.low or (asked.high is not None and figure > asked.high):
            raise CannotDetermine(_("核定金额 %(point)s 不在文件允许的范围内：%(within)s。")
                                  % {"point": Amount.exactly(figure), "within": asked.within()})  # fmt: skip
        each_one = figure if asked.per_period else figure - (self.low - self.open[0]["low"])
        for line in self.open:
            most = each_one if line["high"] is None else min(each_one, line["high"])
            line["low"] = line["high"] = max(line["low"], most)
        self._limited()  # what the first periods take of a shared limit is gone for the next
        self.point, self.basis = sum(each["low"] for each in self.lines), basis
        coming = [each["high"] for each in self.coming]
        self.later = None if None in coming else sum(coming)

    def told(self) -> dict[str, Any]:
        due = [{k: each[k] for k in ("period", "instalment", "label", "from", "to")} | {"amount": each["low"]}
               for each in self.lines if each["low"] == each["high"] and each["low"] > 0]  # fmt: skip
        found = {"due": due if self.point is not None else [], "coming": self.coming, "left": self.left}
        return found | ({"asked": vars(self.asked)} if self.asked is not None else {})


def asked(made: Determination) -> Asked | None:
    """The figure that a person has to give, or gave.  Raises SealedError."""
    told = body_of(made).get("asked")
    return Asked(**told) if told else None


def still_asked(made: Determination | None) -> Asked | None:
    """The figure that nobody has given yet."""
    return asked(made) if made is not None and made.point is None else None


def _left(claim: Claim, judged: Judged) -> list[dict[str, Any]]:
    """What other claims left of the limits that this one shares; read without a lock (`dues.take` locks)."""
    found = []
    for limit in judged.limits():
        group = CapGroup.objects.filter(limit_key=limit["limit_key"], key=limit["key"]).first()
        uses = group.uses.filter(released_at=None).exclude(claim=claim) if group is not None else ()
        used = sum(each.amount for each in uses)
        found.append({**limit, "used": used, "left": max(limit["cap"] - used, 0)})
    return found


def wanted(made: Determination, body: Mapping[str, Any] | None = None) -> list[locks.Wanted]:
    """What a determination takes of each limit: fen, or times."""
    told = body or body_of(made)
    amounts = {(each["period"], each["instalment"]): each["amount"] for each in told["due"]}
    found = []
    for limit in told["left"]:
        places = [tuple(each) for each in limit["places"] if tuple(each) in amounts]
        if limit["kind"] == "money":
            amount = sum(amounts[each] for each in places)
        else:
            amount = min(len(places), 1) if limit["events"] else len(places)
        if amount:
            found.append(locks.Wanted(limit["limit_key"], limit["key"], limit["kind"], limit["cap"], amount))
    return found


def digest_of(made: Determination, facts: str, body: str) -> str:
    """SM3 over everything that a signature covers."""
    return freezing.digest(freezing.canonical({
        "claim": str(made.claim.uid), "number": made.number, "release": made.release, "engine": made.engine,
        "on": made.on.isoformat(), "outcome": str(made.outcome), "low": made.low, "high": made.high, "later": made.later,
        "point": made.point, "basis": str(made.basis), "basis_words": made.basis_words,
        "facts": freezing.digest(facts), "body": freezing.digest(body),
    }))  # fmt: skip


def facts_of(made: Determination) -> dict[str, Any]:
    """The frozen facts.  Raises SealedError."""
    found: dict[str, Any] = json.loads(_open(made.facts))
    return found


def body_of(made: Determination) -> dict[str, Any]:
    """The conditions, working, lines, limits, and what is due.  Raises SealedError."""
    found: dict[str, Any] = json.loads(_open(made.body))
    return found


def _open(sealed: Any) -> str:
    return sealed if isinstance(sealed, str) else str(sealed.open())


def open_conditions(made: Determination) -> list[str]:
    """Labels of what is not met or not known, and of what takes it away: grounds that a refusal may name."""
    body = body_of(made)
    found = [each["label"] for each in body["conditions"] if each["outcome"] != "true"]
    found += [label for label, _how in body["taken_away"]]
    found += [each["label"] for each in body["left"] if each["left"] <= 0]
    return list(dict.fromkeys(found))


def still_holds(claim: Claim, made: Determination) -> bool:
    """Whether the facts of now give what was determined, on the day of the determination."""
    return evaluate(claim, made.on).essence() == body_of(made)["essence"]


def verify(made: Determination) -> bool:
    """Whether the digest covers what is stored: amounts, facts and body."""
    return digest_of(made, _open(made.facts), _open(made.body)) == made.digest
