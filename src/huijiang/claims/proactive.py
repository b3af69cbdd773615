"""免申即享: after the night, who is owed a known amount and has not claimed finds a claim made ready, to confirm with an
account; who lacks a fact is told which.

Ready claims are drafts without an applicant (`way` proactive).  They are made in sets, by one statement a benefit, where
the rule pays the person whom the night found and dates its event by the event's own row; else one by one as the live
evaluation finds them, so many a night.  Whatever was claimed, refused or withdrawn before is not made ready again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from psycopg import sql

from huijiang import audit
from huijiang.access.models import Binding
from huijiang.claims import intake
from huijiang.claims.errors import ClaimError
from huijiang.claims.models import Carried, Claim, Due
from huijiang.claims.models.claim import Way
from huijiang.claims.public_notice import name_of
from huijiang.claims.states import LIVE, State
from huijiang.claims.terms import terms_of
from huijiang.documents import library
from huijiang.documents.releases import in_force
from huijiang.entitlements.models import NightlyRun, Standing
from huijiang.entitlements.models import State as Found
from huijiang.notices import services as notices
from huijiang.notices.models import Notice
from huijiang.regions.models import Region
from huijiang.registry.models import MODELS, Person
from tiaowen.plan import terms as t
from tiaowen.plan.rules import Rule

PAID_BEFORE: Final[list[Callable[[], QuerySet[Any]]]] = []
"""Room `funds` appends a function: the payments of before the take-over, rows with `benefit` and `holder`."""
ONE_BY_ONE: Final = 500
TOLD_AT_ONCE: Final = 500
NAMED: Final = 3
LOCK: Final = "claims.proactive"


@dataclass(frozen=True)
class Prepared:
    """What a region's night came to: claims made in sets, one by one, those that can't be, and people told."""

    region: str
    in_sets: int = 0
    singly: int = 0
    held: int = 0
    told: int = 0

    @property
    def made(self) -> int:
        return self.in_sets + self.singly


def _event(model: type[Any], **more: Any) -> QuerySet[Any]:
    return model.objects.filter(benefit=OuterRef("benefit"), holder=OuterRef("holder"), **more)


def owed(region: Region | None = None) -> QuerySet[Any]:
    """What the last night found ready, with `claimed`: a claim is under way or was decided, a due stands, or it was
    paid before the take-over."""
    found = Standing.objects.filter(last_run=None, state=Found.READY)
    if region is not None:
        found = found.filter(region=region)
    carried = Carried.objects.filter(holder=OuterRef("holder"), claim__benefit=OuterRef("benefit"), ended_at=None)
    claimed = Q(Exists(_event(Claim, state__in=[*LIVE, State.CLOSED]))) | Q(Exists(_event(Due, cancelled_at=None)))
    claimed |= Q(Exists(carried))
    for before in PAID_BEFORE:
        claimed |= Q(Exists(before().filter(benefit=OuterRef("benefit"), holder=OuterRef("holder"))))
    return found.annotate(claimed=claimed)


def candidates(region: Region) -> QuerySet[Standing]:
    """What can be made ready: a person's, of a known amount, and no claim of any state for the event."""
    found = owed(region).filter(person__isnull=False, low=F("high"), low__gt=0, claimed=False)
    return found.exclude(Exists(_event(Claim)))


def in_one_statement(rule: Rule) -> bool:
    """Whether payee, beneficiary and day of a rule's claims are plain from what the night stored."""
    if rule.grouping is not None or not isinstance(rule.date, t.Column):
        return False
    if rule.date.hops or rule.date.table != rule.table or rule.date.slot != t.EVENT:
        return False
    if isinstance(rule.pays, t.Term):
        return rule.pays.type.name == "person" and rule.beneficiary in (None, rule.pays)
    return (
        rule.pays == "undetermined" and isinstance(rule.beneficiary, t.Term) and rule.beneficiary.type.name == "person"
    )


def prepare(region: Region) -> Prepared:
    """Make ready what a region's last night found.  Twice changes nothing."""
    placed = library.placed(region.code)
    benefits = list(candidates(region).order_by("benefit").values_list("benefit", flat=True).distinct())
    in_sets = singly = held = 0
    for benefit in benefits:
        try:
            rule = placed.rule(benefit)
        except KeyError:
            held += 1  # a release since the night no longer has it
            continue
        if in_one_statement(rule):
            in_sets += _set(region, benefit, rule)
        else:
            made, not_made = _one_by_one(region, benefit, ONE_BY_ONE - singly)
            singly, held = singly + made, held + not_made
    return Prepared(region.code, in_sets, singly, held, _tell(region))


_FOUND: Final = "CREATE TEMP TABLE ready_now AS {found}"
"""All are found before the first claim is written: else each row would search the table that grows by them."""
_INSERT: Final = """
INSERT INTO claims_claim (uid, region_id, benefit, release_number, holder, event_day, payee_person_id,
                          beneficiary_person_id, way, state, moves, used_days, answers, notice_due, sensitive)
SELECT gen_random_uuid(), %s, %s, %s, s.holder, e.{day}, s.person_id, s.person_id, %s, 'draft', 0, 0, '[]', %s, %s
FROM ready_now AS s LEFT JOIN {event} AS e ON e.id = split_part(s.holder, ':', 2)::bigint
"""


@transaction.atomic
def _set(region: Region, benefit: str, rule: Rule) -> int:
    """One statement for all; the laws of the table hold for each row of it."""
    assert isinstance(rule.date, t.Column)
    terms, release = terms_of(region, benefit), in_force(None)
    found = candidates(region).filter(benefit=benefit).values("holder", "person_id")
    source, values = found.query.sql_with_params()
    statement = sql.SQL(_INSERT).format(
        day=sql.Identifier(rule.date.column),
        event=sql.Identifier(MODELS[rule.table]._meta.db_table),
    )
    told = [
        region.code,
        benefit,
        release.number if release else None,
        str(Way.PROACTIVE),
        terms.notice_due,
        terms.sensitive,
    ]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{LOCK} {region.code}"])
        cursor.execute(sql.SQL(_FOUND).format(found=sql.SQL(source)), values)
        cursor.execute(statement, told)
        made = cursor.rowcount
        cursor.execute("DROP TABLE ready_now")
    if made:
        audit.record(None, "claims.prepared", f"benefit:{benefit}", region.code, claims=made)
    return made


def _one_by_one(region: Region, benefit: str, most: int) -> tuple[int, int]:
    """As the live evaluation finds each; gives how many were made, and how many it can't decide alone."""
    made = held = 0
    for holder, person in (
        candidates(region).filter(benefit=benefit).order_by("id").values_list("holder", "person_id")[: max(most, 0)]
    ):
        try:
            intake.open_draft(None, region, benefit, holder, person=person)
            made += 1
        except ClaimError:
            held += 1
    return made, held


# -- what a person sees -------------------------------------------------------------------
def ready_for(person: int) -> QuerySet[Claim]:
    """The claims that stand ready for somebody, as long as the last night still finds them owed."""
    still = Standing.objects.filter(
        last_run=None, state=Found.READY, benefit=OuterRef("benefit"), holder=OuterRef("holder"), person=person
    )
    mine = Claim.objects.filter(payee_person=person, way=Way.PROACTIVE, state=State.DRAFT)
    return mine.filter(Exists(still)).select_related("region").order_by("benefit", "id")


def owed_to(person: int) -> dict[tuple[str, str], int]:
    """What the last night found owed to somebody: (benefit, holder) → fen, at least."""
    found = Standing.objects.filter(person=person, last_run=None, state=Found.READY)
    return {(benefit, holder): low for benefit, holder, low in found.values_list("benefit", "holder", "low")}


def lacking_for(person: int) -> QuerySet[Standing]:
    """What a fact alone stands in the way of."""
    return Standing.objects.filter(person=person, last_run=None, state=Found.UNKNOWN).order_by("benefit", "holder")


# -- telling ------------------------------------------------------------------------------
def _tell(region: Region) -> int:
    """Tell everybody who has an account, once for what this night brought; gives how many messages."""
    night = NightlyRun.objects.filter(region=region, ended_at__isnull=False).order_by("-id").first()
    if night is None:
        return 0
    fresh = Standing.objects.filter(region=region, last_run=None, first_run=night)
    drafts = Exists(_event(Claim, way=Way.PROACTIVE, state=State.DRAFT))
    ready = fresh.filter(drafts, state=Found.READY)
    lacking = fresh.filter(state=Found.UNKNOWN)
    return sum(
        _some_told(found, template, values, night)
        for found, template, values in ((ready, "claim_made_ready", _ready), (lacking, "claim_lacks_a_fact", _lacks))
    )


def _ready(rows: list[Standing]) -> dict[str, str]:
    return {"count": str(len(rows)), "what": _names(rows)}


def _lacks(rows: list[Standing]) -> dict[str, str]:
    missing = "、".join(dict.fromkeys(each for row in rows for each in row.waits_for)) or _("登记里的一项信息")
    return {"what": _names(rows), "missing": missing[:200]}


def _some_told(
    found: QuerySet[Standing], template: str, values: Callable[[list[Standing]], dict[str, str]], night: NightlyRun
) -> int:  # fmt: skip
    """By people in the order of their ids, so many in a transaction; whoever was told since the night is passed over,
    so a job that was killed goes on and tells nobody twice."""
    bound = Binding.objects.filter(ended_at=None, person__isnull=False)
    told = Exists(Notice.objects.filter(person=OuterRef("person"), template=template, made_at__gte=night.ended_at))
    count = after = 0
    while True:
        ids = list(
            bound.filter(person__gt=after, person__in=found.values("person")).exclude(told)
            .order_by("person").values_list("person", flat=True).distinct()[:TOLD_AT_ONCE]
        )  # fmt: skip
        if not ids:
            return count
        by_person: dict[int, list[Standing]] = {}
        for each in found.filter(person__in=ids).order_by("person", "benefit"):
            assert each.person_id is not None
            by_person.setdefault(each.person_id, []).append(each)
        people = Person.objects.in_bulk(by_person)
        with transaction.atomic():
            for person, rows in by_person.items():
                who = people[person]
                count += notices.tell(who, template, values(rows), f"ready:{who.uid}") is not None
        after = ids[-1]


def _names(rows: Iterable[Standing]) -> str:
    names = list(dict.fromkeys(name_of(each.benefit) for each in rows))
    return "、".join(names[:NAMED]) + ("等" if len(names) > NAMED else "")
