"""Claims: read by a bureau for its region and by a firm for its own; made and sent by a firm's system, once per key."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Final

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.request import Request
from rest_framework.response import Response

from huijiang.access.law import in_scope
from huijiang.access.sightings import Purpose, saw_all
from huijiang.accounts.viewers import Capacity, Viewer
from huijiang.api import claiming, shapes
from huijiang.api.asked import Asked, Page
from huijiang.api.described import CURSOR, KEY, LIMIT, described, word
from huijiang.api.endpoint import Endpoint, made, unchanged
from huijiang.api.idempotency import once
from huijiang.api.problems import Problem, not_found
from huijiang.api.scopes import Scope
from huijiang.claims.access import access_claims
from huijiang.claims.models import Claim, Due
from huijiang.claims.public_notice import name_of
from huijiang.claims.states import State
from huijiang.funds.models import Payment

CLOSED: Final = ("no-token", "beyond-scope")
STATES: Final = tuple(each.value for each in State)


def claims_of(viewer: Viewer) -> QuerySet[Claim]:
    """What a system may read: a bureau's, whatever was sent in its region; a firm's, its own, drafts too."""
    if viewer.capacity is Capacity.STAFF:
        return Claim.objects.filter(in_scope(viewer.paths(), "region")).exclude(number=None)
    if viewer.capacity is Capacity.AGENT:
        return access_claims(viewer)
    return Claim.objects.none()


def claim_json(each: Claim) -> dict[str, Any]:
    """Without names: who it is is read from the registers, within the client's columns."""
    return {
        "id": str(each.uid), "number": each.number, "benefit": each.benefit, "name": name_of(each.benefit), "state": each.state,
        "state_since": each.state_since.isoformat(), "region": each.region_id, "way": each.way,
        "event_day": _day(each.event_day), "submitted_at": each.submitted_at.isoformat() if each.submitted_at else None,
        "deadline": _day(each.deadline),
        "payee": _party(each.payee_person, each.payee_organisation),
        "beneficiary": _party(each.beneficiary_person, each.beneficiary_organisation),
    }  # fmt: skip


def _day(day: dt.date | None) -> str | None:
    return day.isoformat() if day is not None else None


def _party(person: Any, organisation: Any) -> dict[str, str] | None:
    for kind, found in (("person", person), ("organisation", organisation)):
        if found is not None:
            return {"kind": kind, "id": str(found.uid)}
    return None


def whole(each: Claim) -> dict[str, Any]:
    """One claim with its course (in the words that the applicant was told) and its money, in fen."""
    paid: dict[int, list[dict[str, Any]]] = {}
    for payment in Payment.objects.filter(due__claim=each).order_by("id"):
        paid.setdefault(payment.due_id, []).append({
            "reference": payment.reference, "amount": payment.amount, "state": payment.state,
            "settled_on": _day(payment.settled_on),
        })  # fmt: skip
    return {
        **claim_json(each),
        "course": [
            {"event": move.event, "from": move.source, "to": move.target, "at": move.at.isoformat(), "words": move.words}
            for move in each.movements.order_by("number")
        ],
        "dues": [
            {"id": str(due.uid), "period": due.period, "instalment": due.instalment, "amount": due.amount, "fund": due.fund,
             "due_on": due.due_on.isoformat(), "payments": paid.get(due.pk, [])}
            for due in Due.objects.filter(claim=each, cancelled_at=None).order_by("due_on", "instalment")
        ],
    }  # fmt: skip


def _joined(found: QuerySet[Claim]) -> QuerySet[Claim]:
    return found.select_related("payee_person", "payee_organisation", "beneficiary_person", "beneficiary_organisation")


def _seen(viewer: Viewer, found: Iterable[Claim], purpose: str) -> None:
    people: dict[int, Any] = {}
    firms: dict[int, Any] = {}
    for each in found:
        for kept, one in (
            (people, each.payee_person),
            (people, each.beneficiary_person),
            (firms, each.payee_organisation),
        ):
            if one is not None:
                kept[one.pk] = one
    for kept in (people, firms):
        saw_all(viewer, kept.values(), purpose or "own", ["claim"])


def _purpose(asked: Asked, viewer: Viewer) -> str:
    return asked.choice("purpose", Purpose.values, required=viewer.capacity is Capacity.STAFF)


PURPOSE: Final = word("purpose", gettext_lazy("用途；部门系统必填，本人（单位）看得到"), Purpose.values)


class Claims(Endpoint):
    scopes: ClassVar[Mapping[str, Scope]] = {"GET": Scope.CLAIMS_READ, "POST": Scope.CLAIMS_WRITE}

    @described("claims", gettext_lazy("申报：部门系统看本地区的，单位系统看本单位的"), shapes.page(shapes.ref("Claim")), name="claims",
               may=CLOSED, parameters=(
                   LIMIT, CURSOR, PURPOSE, word("state", gettext_lazy("只要这个状态的"), STATES),
                   word("benefit", gettext_lazy("只要这个项目的（文件编号#项目编号）")),
                   word("since", gettext_lazy("只要这一天起变过状态的"))))  # fmt: skip
    def get(self, request: Request) -> Response:
        viewer = self.caller.viewer
        asked = Asked(request.query_params, "?")
        asked.known(("limit", "cursor", "purpose", "state", "benefit", "since"))
        page = Page(asked, "claims")
        purpose, state, benefit = (
            _purpose(asked, viewer),
            asked.choice("state", STATES),
            asked.text("benefit", most=128),
        )
        since = asked.day("since")
        asked.done()
        found = claims_of(viewer)
        if state:
            found = found.filter(state=state)
        if benefit:
            found = found.filter(benefit=benefit)
        if since is not None:
            found = found.filter(state_since__date__gte=since)
        rows = page.rows(_joined(found), newest_first=True)
        shown = rows[: page.limit]
        _seen(viewer, shown, purpose)
        return made(page.shown([claim_json(each) for each in shown], shown[-1].pk if len(rows) > page.limit else None))

    @described("claims", gettext_lazy("单位系统提交一件申报"), shapes.ref("ClaimMade"), name="make_claim",
               body=shapes.ref("MakeClaim"), status=201, parameters=(KEY,), may=(*CLOSED, "not-found", "conflict", "key-reused"),
               detail=gettext_lazy("entitlement 是 /api/v1/entitlements 答复里的 id。submit 为 false 时存为草稿并说明还缺什么；再提交一次同一个 entitlement 就接着填。缺材料的要由经办人在网上补传。"))  # fmt: skip
    def post(self, request: Request) -> Response:
        caller, told = self.caller, self.body()
        if caller.viewer.capacity is not Capacity.AGENT:
            raise Problem("beyond-scope", _("只有单位系统能提交申报；个人的申报由本人或窗口提交。"),
                          _("部门系统可以读取和订阅申报。"), where="Authorization")  # fmt: skip
        return once(request, caller, told, lambda: (201, _make(caller.viewer, told)))


def _make(viewer: Viewer, told: dict[str, Any]) -> dict[str, Any]:
    asked = Asked(told, "/")
    asked.known(("entitlement", "benefit", "person", "answers", "account", "submit"))
    wanted = claiming.Wanted.read(asked)
    asked.done()
    draft, missing = claiming.make(viewer, wanted)
    return {**claim_json(_joined(Claim.objects.filter(pk=draft.pk)).get()), "missing": missing}


class OneClaim(Endpoint):
    scopes: ClassVar[Mapping[str, Scope]] = {"GET": Scope.CLAIMS_READ}

    @described("claims", gettext_lazy("一件申报：进度、告知的话、应付和到账"), shapes.ref("WholeClaim"), name="claim", may=CLOSED,
               parameters=(PURPOSE,))  # fmt: skip
    def get(self, request: Request, uid: Any) -> Response:
        viewer = self.caller.viewer
        asked = Asked(request.query_params, "?")
        asked.known(("purpose",))
        purpose = _purpose(asked, viewer)
        asked.done()
        found = _joined(claims_of(viewer).filter(Q(uid=uid))).first()
        if found is None:
            raise not_found()
        _seen(viewer, [found], purpose)
        tag = f"{found.moves}.{Payment.objects.filter(due__claim=found).exclude(state='prepared').count()}"
        return unchanged(request, tag) or made(whole(found), tag)


class Withdraw(Endpoint):
    """A firm takes back what it sent, while nobody has decided."""

    scopes: ClassVar[Mapping[str, Scope]] = {"POST": Scope.CLAIMS_WRITE}

    @described("claims", gettext_lazy("单位系统撤回一件申报"), shapes.ref("Claim"), name="withdraw_claim", parameters=(KEY,),
               may=(*CLOSED, "conflict", "key-reused"))  # fmt: skip
    def post(self, request: Request, uid: Any) -> Response:
        caller = self.caller
        found = claims_of(caller.viewer).filter(uid=uid).first() if caller.viewer.capacity is Capacity.AGENT else None
        if found is None:
            raise not_found()
        return once(request, caller, {"withdraw": str(uid)}, lambda: (200, _withdraw(caller.viewer, found)))


def _withdraw(viewer: Viewer, found: Claim) -> dict[str, Any]:
    claiming.withdraw(viewer, found)
    return claim_json(_joined(Claim.objects.filter(pk=found.pk)).get())
