"""Determinations: what the rules make of frozen facts, signed by digest.

determine(claim, viewer)                                    the rule (or a local rule) gives the point
determine(claim, viewer, point=…, basis=Basis.AUDITED_COST, basis_words="…")
body_of(made)          conditions, working, lines, limits (dict; see `judging.Judged.told`), and what is due
open_conditions(made)  labels of what is not met or not known
still_holds(claim, made)
verify(made)           whether the digest covers what is stored
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

import tiaowen
from huijiang import audit
from huijiang.accounts.viewers import Viewer, today
from huijiang.claims import effects, freezing, judging, locks, merging
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
        answers=claim.answers, placed=placed,
    )  # fmt: skip


def determine(
    claim: Claim, viewer: Viewer | None, *, point: int | None = None, basis: Basis | None = None, basis_words: str = "",
    on: dt.date | None = None,
) -> Determination:  # fmt: skip
    """A new determination of a claim that is held, in submitted, checking or in_review; earlier signatures are void.

    `point` (fen) with its basis where the rules leave an interval: within it, by a person, with words.
    Raises CannotDetermine.
    """
    judged = evaluate(claim, on)
    payable = Payable(judged, _left(claim, judged))
    if point is not None:
        payable.fix(point, basis, basis_words, viewer)
    number = (claim.determinations.order_by("-number").values_list("number", flat=True).first() or 0) + 1
    facts, body = freezing.canonical(judged.kept), freezing.canonical({**judged.told(), **payable.told()})
    made = Determination(
        claim=claim, number=number, release=judged.placed.release, engine=tiaowen.__version__, on=judged.on,
        outcome=payable.outcome, low=payable.low, high=payable.high, later=payable.later, point=payable.point,
        basis=payable.basis, basis_words=basis_words if point is not None else "", facts=facts, body=body,
        made_by=viewer.user if viewer is not None else None,
    )  # fmt: skip
    made.digest = digest_of(made, facts, body)
    made.save()
    audit.record(made.made_by, "claims.determined", f"claim:{claim.uid}", claim.region_id, number=number,
                 digest=made.digest, outcome=made.outcome, release=made.release)  # fmt: skip
    effects.tell("determined", claim, determination=made)
    return made


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
        self.point: int | None = None
        self.basis = ""
        if self.outcome == Outcome.ENTITLED and self.high == self.low:
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

    def fix(self, point: int, basis: Basis | None, words: str, viewer: Viewer | None) -> None:
        """A person's figure, within what the rules leave.  Raises CannotDetermine."""
        if viewer is None or basis not in (Basis.AUDITED_COST, Basis.ASSESSED_AWARD) or not words.strip():
            raise CannotDetermine(_("核定金额要由人给出，并写明依据。"))
        if self.outcome != Outcome.ENTITLED or self.high == self.low:
            raise CannotDetermine(_("这件申报的金额不是要核定的区间。"))
        if point < self.low or (self.high is not None and point > self.high):
            raise CannotDetermine(_("核定金额 %(point)s 不在文件允许的范围内：%(within)s。")
                                  % {"point": Amount.exactly(point), "within": Amount(self.low, self.high)})  # fmt: skip
        open_ = [each for each in self.lines if each["low"] != each["high"]]
        if len(open_) > 1:
            raise CannotDetermine(_("有几期金额都未定，不能核定为一个数。"))
        open_[0]["low"] = open_[0]["high"] = point - (self.low - open_[0]["low"])
        self.point, self.basis = point, basis

    def told(self) -> dict[str, Any]:
        due = [{k: each[k] for k in ("period", "instalment", "label", "from", "to")} | {"amount": each["low"]}
               for each in self.lines if each["low"] == each["high"] and each["low"] > 0]  # fmt: skip
        return {"due": due if self.point is not None else [], "coming": self.coming, "left": self.left}


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
